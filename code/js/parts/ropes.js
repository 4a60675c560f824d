// The pulls that meet at a hidden unit, as ropes: thickness is the size of a pull, as in draw.ropes.

import { fmt, runs } from "../core/latex.js";
import { derivative } from "../core/names.js";
import { setAttribute, setText, svg, svgText } from "./dom.js";

const THICKEST = 18,
  THINNEST = 0.75,
  MOST = 40; // pixels: the strongest at first, what is still seen
const SIZE = 14,
  WIDTH = 340,
  APART = 60,
  KNOT = 76,
  LEVEL = 110,
  END = 268;

/**
 * Return δ w of every unit after unit j of layer l, from the values of a trace.
 * @type {(names: Names, l: number, j: number, values: Values) => number[]}
 */
export const pullsAt = (names, l, j, values) =>
  names.delta[l + 1].map((delta, k) => values[delta.name] * values[names.w[l + 1][k][j].name]);

/**
 * Return { element, show(values) }: the ropes at unit j of layer l, one from each unit after it.
 *
 * Each pulls with δ w; together they make ∂E/∂out. A pull above zero asks the unit for less. values:
 * those of a trace, by name; the scale is that of the first ones shown.
 * @type {(names: Names, l: number, j: number) => { element: SVGSVGElement, show: (values: Values) => void }}
 */
export function ropes(names, l, j) {
  const out = names.out[l][j],
    sum = derivative(names.total, out);
  const height = APART * names.out[l + 1].length + 36,
    middle = (height - 36) / 2;
  const element = svg("svg", {
    class: "bp-ropes",
    viewBox: `0 0 ${WIDTH} ${height}`,
    width: WIDTH,
    height,
    "aria-hidden": true,
  });
  /** @type {(x: number, y: number, className?: string, words?: string | Run[], anchor?: string) => SVGTextElement} */
  const text = (x, y, className, words = "", anchor = "start") =>
    element.appendChild(svgText(x, y, words, { size: SIZE, anchor, className }));

  const pulling = names.out[l + 1].map((after, k) => {
    const y = APART * (k + 0.5);
    const rope = element.appendChild(
      svg("path", {
        class: "rope",
        d: `M${KNOT} ${middle}C${LEVEL} ${middle} ${LEVEL} ${y} ${LEVEL + 50} ${y}H${END}`,
      }),
    );
    text(END + 8, y, "forward", runs(after.latex));
    return { rope, number: text(LEVEL + 54, y - 20, "delta"), wish: text(LEVEL + 54, y + 20) };
  });
  element.append(svg("circle", { class: "knot", cx: KNOT, cy: middle, r: 8 }));
  text(KNOT - 14, middle, "forward", runs(out.latex), "end");
  text(4, height - 12, "delta", runs(sum.latex));
  const together = text(KNOT, height - 12, "delta");

  /** @type {number} */
  let scale;
  return {
    element,
    show(values) {
      const pulls = pullsAt(names, l, j, values);
      scale ??= THICKEST / (Math.max(...pulls.map(Math.abs)) || 1); // a dead ReLU's pulls are all 0
      pulling.forEach(({ rope, number, wish }, k) => {
        const pull = pulls[k];
        setAttribute(
          rope,
          "stroke-width",
          Math.min(MOST, Math.max(THINNEST, scale * Math.abs(pull))),
        );
        setText(number, (pull > 0 ? "+" : "") + fmt(pull, 6));
        setText(
          wish,
          pull === 0 ? "asks for nothing" : pull > 0 ? "asks for less" : "asks for more",
        );
      });
      setText(together, `= ${fmt(values[sum.name], 6)}, all pulls together`);
    },
  };
}
