// E over two weights as a map, with trainings' ways over it: a slice, all other weights are held.

import { runs } from "../core/latex.js";
import { weightAt } from "../core/names.js";
import { loss, reader } from "../core/network.js";
import { map } from "./map.js";

const CELLS = 40,
  LINES = 9;

/**
 * Return the map as an SVG. pick: names of the two weights, across and up; ways: [{ nets, look, label }];
 * window: [low, high, low, high], or null for what the ways need. The held weights are those of `net`.
 * @type {(net: Network, x: Given, t: Given, pick: string[], ways: { nets: Network[], look: Look, label: string | Run[] }[], window: number[] | null) => SVGSVGElement}
 */
export function landscape(net, x, t, pick, ways, window) {
  const read = pick.map((name) => reader(net.names, name));
  const walked = ways.map(({ nets, look, label }) => ({
    places: nets.map((each) => read.map((value) => value(each))),
    look,
    label,
  }));
  const shown = window ?? around(walked.flatMap(({ places }) => places));
  const heights = heightsOf(net, x, t, pick, shown);
  return map(heights, levelsOf(heights), {
    window: shown,
    symbols: pick.map((name) => symbolOf(net, name)),
    ways: walked,
  });
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
