// Curves over the number of updates, or of a layer: no grid, no legend, each line named at its end.

import { short } from "../core/latex.js";
import { svg, svgText } from "./dom.js";

const WIDTH = 340,
  HEIGHT = 200,
  SIZE = 13; // pixels
const LEFT = 62,
  RIGHT = 264,
  TOP = 10,
  BOTTOM = 172;

/**
 * Return { element, show, mark }. show(lines, upTo, { log, levels, reach, from, xLabel }) draws lines over that many updates,
 * or over what xLabel says, from another number than 0, on a scale with all numbers of reach; mark(n) marks the lines after n updates.
 *
 * lines: { xs, ys, label, look }, look a class of figures.css; log: whether the scale goes in powers of
 * ten; levels: { y, label } drawn across, dashed.
 * @type {() => Plot}
 */
export function plot() {
  const element = svg("svg", {
    class: "bp-plot",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    "aria-hidden": true,
  });
  /** @type {(x: number, y: number, anchor: string, words: string | Run[], className?: string) => SVGTextElement} */
  const text = (x, y, anchor, words, className) =>
    svgText(x, y, words, { size: SIZE, anchor, className });
  const marks = svg("g", {});
  /** @type {Curve[]} */
  let drawn;
  /** @type {number} */
  let most;
  /** @type {(x: number) => number} */
  let px;
  /** @type {(y: number) => number} */
  let py;
  return {
    element,
    show(lines, upTo, { log = false, levels = [], reach = [], from = 0, xLabel = "updates" } = {}) {
      const of = log ? Math.log10 : (/** @type {number} */ y) => y;
      const all = [...lines.flatMap(({ ys }) => ys), ...levels.map(({ y }) => y), ...reach]
        .map(of)
        .filter(Number.isFinite);
      const [low, high] = spread(Math.min(...all), Math.max(...all));
      [drawn, most] = [lines, upTo];
      px = (x) => LEFT + ((RIGHT - LEFT) * (x - from)) / (most - from || 1);
      py = (y) => Math.min(BOTTOM, BOTTOM - ((BOTTOM - TOP) * (of(y) - low)) / (high - low)); // an E of 0 has no power of ten
      /** @type {(curve: Curve) => string} */
      const path = ({ xs, ys }) =>
        "M" + xs.map((x, k) => `${px(x).toFixed(1)} ${py(ys[k]).toFixed(1)}`).join("L");
      const named = [
        ...lines.map(({ ys, label, look }) => ({ y: ys.at(-1), label, look })),
        ...levels.map(({ y, label }) => ({ y, label, look: "" })),
      ].filter(({ label }) => label);
      const heights = apart(named.map(({ y }) => py(y)));
      element.replaceChildren(
        svg("path", { class: "axes", d: `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}` }),
        ...ticksOf(low, high, log).map((y) => text(LEFT - 8, py(y), "end", short(y, 8))),
        text(LEFT, BOTTOM + 16, "middle", String(from)),
        text(RIGHT, BOTTOM + 16, "end", most.toLocaleString("en")), // to its right the names begin
        text((LEFT + RIGHT) / 2, BOTTOM + 16, "middle", xLabel),
        ...levels.map(({ y }) => svg("path", { class: "level", d: `M${LEFT} ${py(y)}H${RIGHT}` })),
        ...lines.map((line) => svg("path", { class: `curve ${line.look}`, d: path(line) })),
        ...named.map(({ label, look }, k) => text(RIGHT + 6, heights[k], "start", label, look)),
        marks,
      );
    },
    mark(n) {
      const dots = drawn.flatMap(({ xs, ys, look }) => {
        const k = xs.findLastIndex((x) => x <= n);
        return xs.at(-1) < n
          ? []
          : [svg("circle", { class: `end ${look}`, cx: px(xs[k]), cy: py(ys[k]), r: 3.5 })];
      });
      marks.replaceChildren(
        ...(n < most ? [svg("path", { class: "axes", d: `M${px(n)} ${TOP}V${BOTTOM}` })] : []),
        ...dots,
      );
    },
  };
}

/**
 * A range that is none would be a line on the axis.
 * @type {(low: number, high: number) => number[]}
 */
function spread(low, high) {
  if (!Number.isFinite(low)) return [-1, 1]; // there is nothing to show
  const size = Math.max(Math.abs(low), Math.abs(high)),
    wide = high - low;
  if (wide <= 1e-9 * size) return [low - 0.5 * (size || 1), high + 0.5 * (size || 1)];
  return [low - 0.04 * wide, high + 0.04 * wide];
}

/**
 * Two to five round numbers of a range; low and high are exponents if it goes in powers of ten.
 * @type {(low: number, high: number, log: boolean) => number[]}
 */
function ticksOf(low, high, log) {
  if (log && high - low < 1) return ticksOf(10 ** low, 10 ** high, false);
  const rough = (high - low) / 5,
    power = 10 ** Math.floor(Math.log10(rough));
  const step = log && rough < 1 ? 1 : [1, 2, 5, 10].find((n) => n * power >= rough) * power;
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++)
    found.push(log ? 10 ** (k * step) : k * step);
  return found;
}

/**
 * Move heights apart, so that a line of text fits at each.
 * @type {(heights: number[]) => number[]}
 */
function apart(heights) {
  const order = heights.map((_, k) => k).sort((a, b) => heights[a] - heights[b]),
    moved = [...heights];
  order.forEach((k, n) => {
    if (n > 0) moved[k] = Math.max(moved[k], moved[order[n - 1]] + SIZE + 5);
  });
  const over = Math.max(0, ...moved.map((y) => y - BOTTOM));
  return moved.map((y) => y - over);
}
