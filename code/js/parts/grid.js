// Numbers in the squares of a grid, on which a pointer and the arrow keys can move.

import { html, setAttribute, setText, svg, svgText } from "./dom.js";

const CELL = 48,
  EDGE = 2,
  SIZE = 14,
  SMALL = 13,
  FEW = 5; // pixels: of a square, around all, of letters; that fit in SIZE
/** @type {Record<string, number[]>} */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/**
 * Return { element, draw(title, cells, frame) }: a grid under its title.
 *
 * cells: [{ row, column, words, kind, below, outside }], row by row from any first row and column; kind: "forward",
 * "delta" or "weight"; below: a second line in the square; outside: of the padding. frame: a thick one, { row, column,
 * size: [rows, columns], kind }. words: what the grid is to a screen reader; touch([row, column]) is called for a
 * square under the pointer, pressed or dragged there, move([down, across]) for an arrow key. Without them it only shows.
 * @type {(how?: { words?: string, touch?: (square: number[]) => void, move?: (by: number[]) => void }) => { element: HTMLElement, draw: (title: string, cells: GridCell[], frame?: GridFrame) => void }}
 */
export function grid({ words, touch, move } = {}) {
  const heading = html("p", { class: "title" }),
    squares = svg("svg", { class: "bp-grid", "aria-hidden": true });
  const board = html(
    "div",
    touch ? { class: "pickable", tabindex: 0, role: "application", "aria-label": words } : {},
    squares,
  );
  /** @type {GridCell} */
  let first; // that of the upper left corner
  /** @type {number[]} */
  let last; // the square touched last

  if (touch) {
    /** @type {(event: PointerEvent) => void} */
    const reach = (event) => {
      const { left, top, width } = squares.getBoundingClientRect(),
        scale = squares.viewBox.baseVal.width / width;
      /** @type {(pixels: number) => number} */
      const at = (pixels) => Math.floor((pixels * scale - EDGE) / CELL);
      const square = [first.row + at(event.clientY - top), first.column + at(event.clientX - left)];
      if (String(square) === String(last)) return;
      last = square;
      touch(square);
    };
    board.addEventListener("pointerdown", (event) => {
      last = null;
      reach(event);
    });
    board.addEventListener("pointermove", (event) => event.buttons && reach(event));
    board.addEventListener("keydown", (event) => {
      if (!(event.key in ARROWS)) return;
      event.preventDefault(); // or the page would scroll
      move(ARROWS[event.key]);
    });
  }

  /** @type {(title: string, cells: GridCell[], frame?: GridFrame) => void} */
  function draw(title, cells, frame) {
    [first] = cells;
    /** @type {(square: { row: number, column: number }) => { x: number, y: number }} */
    const place = ({ row, column }) => ({
      x: EDGE + CELL * (column - first.column),
      y: EDGE + CELL * (row - first.row),
    });
    const end = place(cells.at(-1)),
      width = end.x + CELL + EDGE,
      height = end.y + CELL + EDGE;
    setText(heading, title);
    for (const [name, value] of Object.entries({
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
    }))
      setAttribute(squares, name, value);
    squares.replaceChildren(
      ...cells.map((cell) => {
        const { x, y } = place(cell),
          middle = y + CELL / 2;
        /** @type {(level: number, text: string, kind: string) => SVGTextElement} */
        const line = (level, text, kind) =>
          svgText(x + CELL / 2, level, text, {
            size: text.length > FEW ? SMALL : SIZE,
            anchor: "middle",
            className: kind,
          });
        return svg(
          "g",
          { class: cell.outside ? "outside" : "inside" },
          svg("rect", { x, y, width: CELL, height: CELL }),
          ...(cell.below
            ? [line(middle - 10, cell.words, cell.kind), line(middle + 10, cell.below, "weight")]
            : [line(middle, cell.words, cell.kind)]),
        );
      }),
    );
    if (frame)
      squares.append(
        svg("rect", {
          ...place(frame),
          width: CELL * frame.size[1],
          height: CELL * frame.size[0],
          class: `frame ${frame.kind}`,
        }),
      );
  }

  return { element: html("div", {}, heading, board), draw };
}
