// The pulls that meet at a hidden unit, as ropes: thickness is the size of a pull (as draw.ropes).

import { inSvg, setAttribute, setText, svg, widthOf } from "./dom.js";
import { fmt, runs } from "./text.js";

const THICKEST = 18, THINNEST = 0.75; // the strongest pull; what is still seen
const SIZE = 14, WIDTH = 330, APART = 58, KNOT = 60, END = 300;

/**
 * Return { element, show(trace values) }: the ropes at unit j of layer l, one from each unit after it.
 *
 * Each pulls with δ w, together they make ∂E/∂out; a pull above zero asks the unit for less.
 */
export function ropes(names, l, j) {
  const after = names.out[l + 1].map((out, k) => ({ out, delta: names.delta[l + 1][k].name, weight: names.w[l + 1][k][j] }));
  const height = APART * after.length + 34, middle = (APART * after.length) / 2;
  const element = svg("svg", {
    class: "bp-ropes", viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, "aria-hidden": true,
  });
  const text = (x, y, anchor, className) =>
    element.appendChild(svg("text", { x, y: y + 0.34 * SIZE, "font-size": SIZE, "text-anchor": anchor, class: className }));
  const written = (target, latex) => (target.append(...inSvg(runs(latex), SIZE)), target);

  const drawn = after.map(({ out }, k) => {
    const y = APART * (k + 0.5);
    const rope = element.appendChild(
      svg("path", { class: "rope", d: `M${KNOT} ${middle}C${KNOT + 60} ${middle} ${KNOT + 60} ${y} ${KNOT + 120} ${y}H${END - 30}` })
    );
    written(text(END - 24, y, "start", "forward"), out.latex);
    return { rope, pull: text(KNOT + 130, y - 18, "start", "delta"), wish: text(KNOT + 130, y + 18, "start", "") };
  });
  element.append(svg("circle", { class: "knot", cx: KNOT, cy: middle, r: 8 }));
  written(text(KNOT - 14, middle, "end", "forward"), names.out[l][j].latex);
  const sum = text(0, height - 14, "start", "delta");
  const symbol = inSvg(runs(`\\frac{\\partial ${names.total.latex}}{\\partial ${names.out[l][j].latex}}`), SIZE);
  const together = svg("tspan", { dy: 0 });
  sum.append(...symbol, together);

  return {
    element,
    show(values) {
      const pulls = after.map(({ delta, weight }) => values[delta] * values[weight.name]);
      const most = Math.max(...pulls.map(Math.abs));
      pulls.forEach((pull, k) => {
        const { rope, pull: number, wish } = drawn[k];
        setAttribute(rope, "stroke-width", most ? Math.max(THINNEST, (THICKEST * Math.abs(pull)) / most) : THINNEST);
        setText(number, (pull > 0 ? "+" : "") + fmt(pull, 6));
        setText(wish, pull === 0 ? "asks for nothing" : pull > 0 ? "asks for less" : "asks for more");
      });
    },
  };
}
