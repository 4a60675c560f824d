// Heights over two numbers as a map: lines of equal height, and ways over it.

import { short } from "../core/latex.js";
import { contour } from "./contours.js";
import { svg, svgText, widthOf } from "./dom.js";

const WIDTH = 340,
  SIZE = 13,
  LEFT = 46,
  RIGHT = 330,
  TOP = 10,
  BELOW = 42; // pixels

/**
 * Return the map as an SVG. heights: rows of a grid over the window, [y][x], rows from low to high; levels: of the
 * lines; window: [low, high, low, high], across and up; symbols: of the two numbers; ways: places (across, up) of
 * each, from a ring to a dot, its label beside the dot; tall: how high the map is, in pixels.
 * @type {(heights: number[][], levels: number[], how: { window: number[], symbols: Run[][], ways: Way[], tall?: number }) => SVGSVGElement}
 */
export function map(heights, levels, { window: [x0, x1, y0, y1], symbols, ways, tall = 248 }) {
  const BOTTOM = TOP + tall,
    rows = heights.length - 1,
    columns = heights[0].length - 1,
    walked = ways.map(({ places }) => places);
  /** @type {(cell: number) => number} */
  const px = (cell) => LEFT + ((RIGHT - LEFT) * cell) / columns;
  /** @type {(cell: number) => number} */
  const py = (cell) => BOTTOM - ((BOTTOM - TOP) * cell) / rows;
  /** @type {(place: number[]) => number[]} */
  const at = ([across, up]) => [
    px(((across - x0) / (x1 - x0)) * columns),
    py(((up - y0) / (y1 - y0)) * rows),
  ];
  /** @type {(x: number, y: number, anchor: string, words: string | Run[], className?: string) => SVGTextElement} */
  const text = (x, y, anchor, words, className) =>
    svgText(x, y, words, { size: SIZE, anchor, className });

  const element = svg("svg", {
    class: "bp-plot",
    viewBox: `0 0 ${WIDTH} ${BOTTOM + BELOW}`,
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
  const names = ways.map(({ places, label }, k) => {
    const [x, y] = at(places.at(-1)),
      wide = label ? widthOf(typeof label === "string" ? [{ text: label }] : label, SIZE) : 0;
    return [
      within(x + 8, LEFT + 4, RIGHT - wide - 6),
      within(y + (k ? 16 : -14), TOP + 10, BOTTOM - 8 - (k ? 0 : 16)),
      wide,
    ];
  });
  const taken = [
    ...walked.flatMap((places) => [at(places[0]), at(places.at(-1))]),
    ...names.map(([x, y, wide]) => [x + wide / 2, y]),
  ];
  for (const level of levels) {
    const lines = contour(heights, level).map(([a, b, c, e]) => [px(a), py(b), px(c), py(e)]);
    inside.append(
      svg("path", {
        class: "height",
        d: lines
          .map(([a, b, c, e]) => `M${a.toFixed(1)} ${b.toFixed(1)}L${c.toFixed(1)} ${e.toFixed(1)}`)
          .join(""),
      }),
    );
    const free = lines.filter((line) => isClear(taken, line, BOTTOM)),
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
    text((LEFT + RIGHT) / 2, BOTTOM + 18, "middle", symbols[0]),
    text(LEFT - 10, (TOP + BOTTOM) / 2, "end", symbols[1]),
  );
  return element;
}

/** @type {(taken: number[][], place: number[], bottom: number) => boolean} */
const isClear = (taken, [x, y], bottom) =>
  x > LEFT + 26 &&
  x < RIGHT - 26 &&
  y > TOP + 10 &&
  y < bottom - 10 &&
  taken.every((place) => Math.abs(place[0] - x) > 50 || Math.abs(place[1] - y) > 16);
