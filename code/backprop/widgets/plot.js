// Curves over the number of updates: no grid, no legend, each line named at its end.

import { inSvg, svg } from "./dom.js";
import { fmt } from "./text.js";

const WIDTH = 340, HEIGHT = 200, SIZE = 13; // pixels
const LEFT = 62, RIGHT = 264, TOP = 10, BOTTOM = 172;

/**
 * Return { element, show }. show(lines, most, { log, levels }) draws lines over 0 … most updates.
 *
 * lines: { xs, ys, label, look }, look a class of figures.css; log: whether the scale goes in powers of
 * ten; levels: { y, label } drawn across, dashed.
 */
export function plot() {
  const element = svg("svg", { class: "bp-plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": true });
  const text = (x, y, anchor, words, className) =>
    svg("text", { x, y: y + 0.34 * SIZE, "font-size": SIZE, "text-anchor": anchor, class: className }, ...(typeof words === "string" ? [words] : inSvg(words, SIZE)));
  return {
    element,
    show(lines, most, { log = false, levels = [] } = {}) {
      const of = log ? (y) => Math.log10(Math.max(y, Number.MIN_VALUE)) : (y) => y;
      const all = [...lines.flatMap(({ ys }) => ys), ...levels.map(({ y }) => y)].map(of).filter(Number.isFinite);
      const [low, high] = spread(Math.min(...all), Math.max(...all));
      const px = (x) => LEFT + ((RIGHT - LEFT) * x) / (most || 1);
      const py = (y) => BOTTOM - ((BOTTOM - TOP) * (of(y) - low)) / (high - low);
      const path = ({ xs, ys }) => "M" + xs.map((x, k) => `${px(x).toFixed(1)} ${py(ys[k]).toFixed(1)}`).join("L");
      const ticks = ticksOf(low, high, log);
      const ends = apart([...lines.map(({ ys }) => py(ys.at(-1))), ...levels.map(({ y }) => py(y))]);
      element.replaceChildren(
        svg("path", { class: "axes", d: `M${LEFT} ${TOP}V${BOTTOM}H${RIGHT}` }),
        ...ticks.map((y) => text(LEFT - 8, py(y), "end", fmt(y, 3).replaceAll("\u00a0", ""))),
        text(LEFT, BOTTOM + 16, "middle", "0"),
        text(RIGHT, BOTTOM + 16, "middle", most.toLocaleString("en")),
        text((LEFT + RIGHT) / 2, BOTTOM + 16, "middle", "updates"),
        ...levels.map(({ y }) => svg("path", { class: "level", d: `M${LEFT} ${py(y)}H${RIGHT}` })),
        ...lines.map((line) => svg("path", { class: `curve ${line.look}`, d: path(line) })),
        ...[...lines, ...levels].map(({ label, look = "" }, k) => text(RIGHT + 6, ends[k], "start", label, look))
      );
    },
  };
}

/** A range that is none would be a line on the axis. */
function spread(low, high) {
  if (!(high > low)) return [low - 0.5, high + 0.5];
  return [low - 0.04 * (high - low), high + 0.04 * (high - low)];
}

/** Three to five round numbers of a range; of powers of ten their exponents are round. */
function ticksOf(low, high, log) {
  const rough = (high - low) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = log && rough < 1 && high - low >= 1 ? 1 : [1, 2, 5, 10].find((n) => n * power >= rough) * power;
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(log ? 10 ** (k * step) : Number((k * step).toPrecision(12)));
  return found;
}

/** Move heights apart, so that a line of text fits at each. */
function apart(heights) {
  const order = heights.map((_, k) => k).sort((a, b) => heights[a] - heights[b]), moved = [...heights];
  order.forEach((k, n) => {
    if (n > 0) moved[k] = Math.max(moved[k], moved[order[n - 1]] + SIZE + 2);
  });
  const over = Math.max(0, ...moved.map((y) => y - BOTTOM));
  return moved.map((y) => y - over);
}
