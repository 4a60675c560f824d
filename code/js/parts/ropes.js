// The pulls on a hidden unit, as ropes: thickness is the size of a pull, its side what it wants, as in draw.ropes.

import { fill, fmt, runs } from "../core/latex.js";
import { derivative } from "../core/names.js";
import { TABLES } from "../core/tables.js";
import { setAttribute, setText, svg, svgText } from "./dom.js";

const THICKEST = 18,
  THINNEST = 0.75,
  MOST = 40; // pixels: the strongest at first, what is still seen
const SIZE = 14,
  WIDTH = 340,
  BEND = 34; // of a rope, beside the knot
const ABOVE = 24,
  BELOW = 30; // around a rope, for who pulls and how hard

/**
 * Return δ w of every unit after unit j of layer l, from the values of a trace.
 * @type {(names: Names, l: number, j: number, values: Values) => number[]}
 */
export const pullsAt = (names, l, j, values) =>
  names.delta[l + 1].map((delta, k) => values[delta.name] * values[names.w[l + 1][k][j].name]);

const { WANTED, WISH, HOW } = TABLES.diagram;

/** @type {(pull: number) => string} */
const wish = (pull) =>
  fill(WISH, {
    pull: (pull > 0 ? "+" : "") + fmt(pull, 6),
    wanted: WANTED[1 + Number(pull > 0) - Number(pull < 0)],
  });

/**
 * Say whether all that pull want the same.
 * @type {(pulls: number[]) => string}
 */
const how = (pulls) => HOW[Number(Math.min(...pulls) < 0 && Math.max(...pulls) > 0)];

/**
 * Return { element, show(values) }: the ropes on unit j of layer l, one from each unit after it.
 *
 * Each pulls with δ w, to the left who wants less of the unit, to the right who wants more; together they make
 * ∂E/∂out. values: those of a trace, by name; the scale is that of the first ones shown.
 * @type {(names: Names, l: number, j: number) => { element: SVGSVGElement, show: (values: Values) => void }}
 */
export function ropes(names, l, j) {
  const out = names.out[l][j],
    sum = derivative(names.total, out),
    knot = WIDTH / 2;
  const element = svg("svg", { class: "bp-ropes", width: WIDTH, "aria-hidden": true });
  /** @type {(x: number, className?: string, words?: string | Run[], anchor?: string) => SVGTextElement} */
  const text = (x, className, words = "", anchor = "start") =>
    element.appendChild(svgText(x, 0, words, { size: SIZE, anchor, className }));

  const pulling = names.out[l + 1].map((after) => {
    const rope = element.appendChild(svg("path", { class: "rope" }));
    return { rope, unit: text(0, "forward", runs(after.latex)), wanted: text(0, "delta") };
  });
  const point = element.appendChild(svg("circle", { class: "knot", cx: knot, r: 8 }));
  const title = text(knot, "", "", "middle"),
    name = text(knot, "forward", runs(out.latex), "middle");
  const symbol = text(4, "delta", runs(sum.latex)),
    total = text(64, "delta");

  /** @type {number} */
  let scale;
  return {
    element,
    show(values) {
      const pulls = pullsAt(names, l, j, values);
      scale ??= THICKEST / (Math.max(...pulls.map(Math.abs)) || 1); // a dead ReLU's pulls are all 0
      const thick = pulls.map((pull) => Math.min(MOST, Math.max(THINNEST, scale * Math.abs(pull))));
      const sides = [-1, 1].map((side) => {
        const all = pulls
          .map((pull, k) => ({ pull, k }))
          .filter(({ pull }) => sideOf(pull) === side);
        return { side, ...stacked(all, thick) };
      });
      const middle = 24 + Math.max(...sides.map(({ halfway }) => halfway));
      const bottom = middle + Math.max(...sides.map(({ halfway, tall }) => tall - halfway));
      for (const { side, levels, halfway } of sides)
        for (const { k, level } of levels) {
          const { rope, unit, wanted } = pulling[k],
            y = middle - halfway + level,
            end = side < 0 ? 4 : WIDTH - 4,
            anchor = side < 0 ? "start" : "end";
          setAttribute(rope, "stroke-width", thick[k]);
          setAttribute(rope, "d", ropeTo(knot, middle, side, y, end));
          for (const [one, at] of /** @type {const} */ ([
            [unit, y - thick[k] / 2 - 14],
            [wanted, y + thick[k] / 2 + 14],
          ])) {
            setAttribute(one, "x", end);
            setAttribute(one, "text-anchor", anchor);
            put(one, at);
          }
          setText(wanted, wish(pulls[k]));
        }
      setAttribute(point, "cy", middle);
      // the knot's name stands where no rope is
      const [left, right] = sides.map(({ levels }) => levels.length);
      const free = left && right ? 0 : left ? 1 : -1;
      setAttribute(name, "x", knot + 14 * free);
      setAttribute(name, "text-anchor", ["end", "middle", "start"][free + 1]);
      put(name, free ? middle : middle - Math.max(...thick) / 2 - 14);
      setText(title, how(pulls));
      put(title, 10);
      for (const one of [symbol, total]) put(one, bottom + 12);
      setText(total, `= ${fmt(values[sum.name], 6)}, the sum of the pulls`);
      setAttribute(element, "height", bottom + 28);
      setAttribute(element, "viewBox", `0 0 ${WIDTH} ${bottom + 28}`);
    },
  };
}

/** @type {(pull: number) => number} */
const sideOf = (pull) => (pull < 0 ? 1 : -1);

/** @type {(text: SVGTextElement, y: number) => void} */
const put = (text, y) => setAttribute(text, "y", y + 0.34 * SIZE);

/**
 * Return the heights of the ropes to one side, from its top, and the height of its middle and its end.
 * @type {(pulls: { k: number }[], thick: number[]) => { levels: { k: number, level: number }[], halfway: number, tall: number }}
 */
function stacked(pulls, thick) {
  let tall = 0;
  const levels = pulls.map(({ k }) => {
    const level = tall + ABOVE + thick[k] / 2;
    tall = level + thick[k] / 2 + BELOW;
    return { k, level };
  });
  return { levels, halfway: levels.length ? (levels[0].level + levels.at(-1).level) / 2 : 0, tall };
}

/** @type {(x: number, middle: number, side: number, y: number, end: number) => string} */
const ropeTo = (x, middle, side, y, end) => {
  const [near, half] = [x + side * BEND, x + (side * BEND) / 2];
  return `M${x} ${middle}C${half} ${middle} ${half} ${y} ${near} ${y}H${end}`;
};
