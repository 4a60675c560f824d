// E over two weights as a map, with a training's way over it: a slice, all other weights are held.

import { contour } from "./contours.js";
import { inSvg, svg } from "./dom.js";
import { loss, weightAt, withValues } from "./nn.js";
import { fmt, runs } from "./text.js";

const CELLS = 40, LINES = 9;
const WIDTH = 340, HEIGHT = 300, SIZE = 13, LEFT = 46, RIGHT = 330, TOP = 10, BOTTOM = 258; // pixels

/** Return the value of a weight or bias of a network, by name. */
export function valueOf(net, name) {
  const { l, j, i } = weightAt(net.names, name);
  return i === null ? net.b[l][j] : net.W[l][j][i];
}

/**
 * Return the map as an SVG. pick: names of the two weights, across and up; ways: [{ nets, look, label }];
 * window: [low, high, low, high], or null for what the ways need. The held weights are those of `net`.
 */
export function landscape(net, x, t, pick, ways, window) {
  const walked = ways.map(({ nets }) => nets.map((each) => pick.map((name) => valueOf(each, name))));
  const [x0, x1, y0, y1] = window ?? around(walked.flat());
  const at = (cell, low, high) => low + ((high - low) * cell) / CELLS;
  const heights = Array.from({ length: CELLS + 1 }, (_, row) =>
    Array.from({ length: CELLS + 1 }, (_, column) =>
      loss(withValues(net, { [pick[0]]: at(column, x0, x1), [pick[1]]: at(row, y0, y1) }), x, t)
    )
  );
  const px = (cell) => LEFT + ((RIGHT - LEFT) * cell) / CELLS, py = (cell) => BOTTOM - ((BOTTOM - TOP) * cell) / CELLS;
  const cellX = (value) => ((value - x0) / (x1 - x0)) * CELLS, cellY = (value) => ((value - y0) / (y1 - y0)) * CELLS;
  const text = (x, y, anchor, words, className) =>
    svg("text", { x, y: y + 0.34 * SIZE, "font-size": SIZE, "text-anchor": anchor, class: className }, ...(typeof words === "string" ? [words] : inSvg(words, SIZE)));

  const element = svg("svg", { class: "bp-plot", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": true });
  element.append(svg("rect", { class: "axes", x: LEFT, y: TOP, width: RIGHT - LEFT, height: BOTTOM - TOP }));
  const labels = [];
  for (const level of levelsOf(heights)) {
    const segments = contour(heights, level);
    const d = segments.map(([a, b, c, e]) => `M${px(a).toFixed(1)} ${py(b).toFixed(1)}L${px(c).toFixed(1)} ${py(e).toFixed(1)}`);
    element.append(svg("path", { class: "height", d: d.join("") }));
    const place = segments.find(([a, b]) => clear(labels, px(a), py(b)));
    if (place) labels.push({ x: px(place[0]), y: py(place[1]), words: fmt(level, 4) });
  }
  for (const { x, y, words } of labels) element.append(text(x, y, "middle", words, "plate"));
  ways.forEach(({ look, label }, k) => {
    const points = walked[k].map(([x, y]) => [px(cellX(x)), py(cellY(y))]);
    const inside = points.filter(([x, y]) => x >= LEFT && x <= RIGHT && y >= TOP && y <= BOTTOM);
    if (!inside.length) return;
    element.append(svg("path", { class: `curve ${look}`, d: "M" + inside.map((point) => point.map((n) => n.toFixed(1)).join(" ")).join("L") }));
    const [[fromX, fromY], [toX, toY]] = [inside[0], inside.at(-1)];
    element.append(svg("circle", { class: `start ${look}`, cx: fromX, cy: fromY, r: 5 }), svg("circle", { class: `end ${look}`, cx: toX, cy: toY, r: 5 }));
    if (label) element.append(text(Math.min(toX + 8, RIGHT - 60), Math.min(toY + 14 + 16 * k, BOTTOM - 8), "start", label, "plate"));
  });
  const tick = (value) => fmt(value, 2).replaceAll("\u00a0", "");
  element.append(
    text(LEFT, BOTTOM + 16, "middle", tick(x0)), text(RIGHT, BOTTOM + 16, "end", tick(x1)),
    text(LEFT - 6, BOTTOM - 6, "end", tick(y0)), text(LEFT - 6, TOP + 6, "end", tick(y1)),
    text((LEFT + RIGHT) / 2, BOTTOM + 18, "middle", symbolOf(net, pick[0])), text(LEFT - 10, (TOP + BOTTOM) / 2, "end", symbolOf(net, pick[1]))
  );
  return element;
}

const symbolOf = (net, name) => runs(weightAt(net.names, name).symbol.latex);

/** A window around places, half as large again, and never a point. */
function around(places) {
  return [0, 1].flatMap((axis) => {
    const all = places.map((place) => place[axis]), low = Math.min(...all), high = Math.max(...all);
    const margin = Math.max(0.5, (high - low) / 2);
    return [low - margin, high + margin];
  });
}

/** Levels that part the grid's heights into equal shares, so that flat ground has lines too. */
function levelsOf(heights) {
  const all = heights.flat().filter(Number.isFinite).sort((a, b) => a - b);
  return [...new Set(Array.from({ length: LINES }, (_, k) => all[Math.floor((all.length * (k + 0.5)) / LINES)]))];
}

const clear = (labels, x, y) =>
  x > LEFT + 26 && x < RIGHT - 26 && y > TOP + 10 && y < BOTTOM - 10 &&
  labels.every((label) => Math.abs(label.x - x) > 56 || Math.abs(label.y - y) > 16);
