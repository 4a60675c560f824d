// E over two weights as a map, with trainings' ways over it: a slice, all other weights are held.

import { runs, short } from "../core/latex.js";
import { weightAt } from "../core/names.js";
import { loss, reader } from "../core/network.js";
import { contour } from "./contours.js";
import { svg, svgText } from "./dom.js";

const CELLS = 40,
  LINES = 9;
const WIDTH = 340,
  HEIGHT = 300,
  SIZE = 13,
  LEFT = 46,
  RIGHT = 330,
  TOP = 10,
  BOTTOM = 258; // pixels

/**
 * Return the map as an SVG. pick: names of the two weights, across and up; ways: [{ nets, look, label }];
 * window: [low, high, low, high], or null for what the ways need. The held weights are those of `net`.
 * @type {(net: Network, x: Given, t: Given, pick: string[], ways: { nets: Network[], look: Look, label: string | Run[] }[], window: number[] | null) => SVGSVGElement}
 */
export function landscape(net, x, t, pick, ways, window) {
  const read = pick.map((name) => reader(net.names, name));
  const walked = ways.map(({ nets }) => nets.map((each) => read.map((value) => value(each))));
  const [x0, x1, y0, y1] = window ?? around(walked.flat());
  const heights = heightsOf(net, x, t, pick, [x0, x1, y0, y1]);
  /** @type {(cell: number) => number} */
  const px = (cell) => LEFT + ((RIGHT - LEFT) * cell) / CELLS;
  /** @type {(cell: number) => number} */
  const py = (cell) => BOTTOM - ((BOTTOM - TOP) * cell) / CELLS;
  /** @type {(place: number[]) => number[]} */
  const at = ([across, up]) => [
    px(((across - x0) / (x1 - x0)) * CELLS),
    py(((up - y0) / (y1 - y0)) * CELLS),
  ];
  /** @type {(x: number, y: number, anchor: string, words: string | Run[], className?: string) => SVGTextElement} */
  const text = (x, y, anchor, words, className) =>
    svgText(x, y, words, { size: SIZE, anchor, className });

  const element = svg("svg", {
    class: "bp-plot",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    "aria-hidden": true,
  });
  const size = { width: RIGHT - LEFT, height: BOTTOM - TOP };
  const inside = svg("svg", {
    x: LEFT,
    y: TOP,
    ...size,
    viewBox: `${LEFT} ${TOP} ${size.width} ${size.height}`,
  }); // cut off at its edge
  element.append(inside, svg("rect", { class: "axes", x: LEFT, y: TOP, ...size }));
  /** @type {(n: number, low: number, high: number) => number} */
  const within = (n, low, high) => Math.min(Math.max(n, low), high);
  const names = walked.map((places, k) => {
    const [x, y] = at(places.at(-1));
    return [within(x + 8, LEFT + 4, RIGHT - 60), within(y + (k ? 16 : -14), TOP + 10, BOTTOM - 8)];
  });
  const taken = [
    ...walked.flatMap((places) => [at(places[0]), at(places.at(-1))]),
    ...names.map(([x, y]) => [x + 28, y]),
  ];
  for (const level of levelsOf(heights)) {
    const lines = contour(heights, level).map(([a, b, c, e]) => [px(a), py(b), px(c), py(e)]);
    inside.append(
      svg("path", {
        class: "height",
        d: lines
          .map(([a, b, c, e]) => `M${a.toFixed(1)} ${b.toFixed(1)}L${c.toFixed(1)} ${e.toFixed(1)}`)
          .join(""),
      }),
    );
    const free = lines.filter((line) => isClear(taken, line)),
      middle = free[Math.floor(free.length / 2)];
    if (!middle) continue;
    taken.push(middle);
    element.append(text(middle[0], middle[1], "middle", short(level), "plate"));
  }
  ways.forEach(({ look, label }, k) => {
    const points = walked[k].map(at);
    /** @type {(kind: string, place: number[]) => SVGCircleElement} */
    const disc = (kind, [cx, cy]) => svg("circle", { class: `${kind} ${look}`, cx, cy, r: 5 });
    const path = svg("path", {
      class: `curve ${look}`,
      d: "M" + points.map((point) => point.map((n) => n.toFixed(1)).join(" ")).join("L"),
    });
    inside.append(path, disc("start", points[0]), disc("end", points.at(-1)));
    if (label) element.append(text(names[k][0], names[k][1], "start", label, "plate"));
  });
  /** @type {(y: number, words: string) => SVGTextElement} */
  const beside = (y, words) =>
    words.length > 6 ? text(LEFT + 6, y, "start", words, "plate") : text(LEFT - 6, y, "end", words);
  element.append(
    text(LEFT, BOTTOM + 16, "middle", short(x0)),
    text(RIGHT, BOTTOM + 16, "end", short(x1)),
    beside(BOTTOM - 8, short(y0)),
    beside(TOP + 8, short(y1)),
    text((LEFT + RIGHT) / 2, BOTTOM + 18, "middle", symbolOf(net, pick[0])),
    text(LEFT - 10, (TOP + BOTTOM) / 2, "end", symbolOf(net, pick[1])),
  );
  return element;
}

/** @type {(net: Network, name: string) => Run[]} */
const symbolOf = (net, name) => runs(weightAt(net.names, name).symbol.latex);

/**
 * E on the grid of a window, rows from low to high; where it is too large for a number, the largest.
 * @type {(net: Network, x: Given, t: Given, pick: string[], window: number[]) => number[][]}
 */
function heightsOf(net, x, t, pick, [x0, x1, y0, y1]) {
  const moved = { ...net, ...structuredClone({ W: net.W, b: net.b }) };
  const [across, up] = pick.map((name) => {
    const { l, j, i } = weightAt(net.names, name);
    /** @type {(value: number) => void} */
    const move = (value) => {
      if (i === null) moved.b[l][j] = value;
      else moved.W[l][j][i] = value;
    };
    return move;
  });
  /** @type {(cell: number, low: number, high: number) => number} */
  const at = (cell, low, high) => low + ((high - low) * cell) / CELLS;
  return Array.from({ length: CELLS + 1 }, (_, row) => {
    up(at(row, y0, y1));
    return Array.from({ length: CELLS + 1 }, (_, column) => {
      across(at(column, x0, x1));
      const E = loss(moved, x, t);
      return Number.isFinite(E) ? E : Number.MAX_VALUE;
    });
  });
}

/**
 * A window around places, half as large again, and never a point.
 * @type {(places: number[][]) => number[]}
 */
function around(places) {
  return [0, 1].flatMap((axis) => {
    const all = places.map((place) => place[axis]),
      low = Math.min(...all),
      high = Math.max(...all);
    const margin = Math.max(0.5, (high - low) / 2);
    return [low - margin, high + margin];
  });
}

/**
 * Round levels that part the grid's heights into about equal shares, so that flat ground has lines too.
 * @type {(heights: number[][]) => number[]}
 */
function levelsOf(heights) {
  const all = heights.flat().sort((a, b) => a - b);
  const shares = Array.from(
    { length: LINES },
    (_, k) => all[Math.floor((all.length * (k + 0.5)) / LINES)],
  );
  return [...new Set(shares.map((height) => Number(height.toPrecision(3))))];
}

/** @type {(taken: number[][], place: number[]) => boolean} */
const isClear = (taken, [x, y]) =>
  x > LEFT + 26 &&
  x < RIGHT - 26 &&
  y > TOP + 10 &&
  y < BOTTOM - 10 &&
  taken.every((place) => Math.abs(place[0] - x) > 50 || Math.abs(place[1] - y) > 16);
