// The window: a kernel slides over an image. What does it see? On the way back, whom does a delta reach?
//
// settings: the image x and the kernel k, rows of numbers; the bias b; t, what each place of the map should be: E is
// half of each (z − t)², summed. view.show: one of SHOWN; view.row, column: the place of the map, and point_row,
// point_column: the point, counted from 1; view.stride, padding.

import { conv2d, conv2dBackward, over, places, pointOf, under } from "../core/convolution.js";
import { fmt, formula, result, runs, short, substituted } from "../core/latex.js";
import { TABLES } from "../core/tables.js";
import { choice } from "../parts/controls.js";
import { html, inHtml } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { grid } from "../parts/grid.js";
import { cellsOf } from "../parts/line.js";
import { see } from "../parts/model.js";

const { SHOWN, STRIDES, PADDINGS } = TABLES.figures;
const DIGITS = 4,
  WIDEST = 6; // decimals; letters of a number in a square

/** @type {Render} */
export function render({ model, el, id }) {
  const state = () => stateOf(model.get("settings"), model.get("view"));
  let now = state();
  const show = choice("Show", Object.entries(SHOWN), (value) => see(model, { show: value }));
  const stride = numberChoice("Stride", "stride", STRIDES),
    padding = numberChoice("Padding", "padding", PADDINGS);
  const image = grid({
    words: "Image. The arrow keys move the window, on the way back the point.",
    touch: (square) => see(model, touched(now, square)),
    move: (by) => see(model, moved(now, by)),
  });
  const kernel = grid();
  const map = grid({
    words: "Map. The arrow keys move from place to place.",
    touch: (place) => see(model, windowAt(now, place)),
    move: (by) => see(model, windowAt(now, sum(now.place, by))),
  });
  const lines = html("ol", { class: "bp-lines" });

  /** @type {(words: string, key: string, values: number[]) => Choice} */
  function numberChoice(words, key, values) {
    const options = values.map((n) => /** @type {const} */ ([n, String(n)]));
    return choice(words, options, (n) => see(model, { [key]: Number(n) }));
  }

  function update() {
    now = state();
    show.show(now.view.show);
    stride.show(String(now.view.stride));
    padding.show(String(now.view.padding));
    const picture = PICTURES[now.view.show](now);
    image.draw(picture.image.title, picture.image.cells, picture.image.frame);
    kernel.draw(picture.kernel.title, picture.kernel.cells);
    map.draw(picture.map.title, picture.map.cells, picture.map.frame);
    lines.replaceChildren(...picture.lines.map((line) => lineOf(now, line)));
  }

  return frame(
    { model, el, id },
    {
      parts: [
        html("div", { class: "bp-settings" }, show.element, stride.element, padding.element),
        html("div", { class: "bp-grids" }, image.element, kernel.element, map.element),
        lines,
      ],
      update,
      sentence: () => sentenceOf(now),
      table: () => tableOf(now),
      fits: (key, value) => fits(now, key, value),
    },
  );
}

// ---- the state, and how a reader changes it ---------------------------------------------------------

/**
 * Return what the settings and the view come to: the passes; the place of the map at which the window is, the last
 * one, where the map has become smaller; the point that is asked.
 * @type {(settings: WindowSettings, view: WindowView) => WindowState}
 */
function stateOf(settings, view) {
  const { x, k, b, t } = settings,
    how = { stride: view.stride, padding: view.padding };
  const z = conv2d(x, k, b, how);
  const delta = z.map((row) => row.map((each) => each - t));
  const { dx } = conv2dBackward(delta, x, k, how);
  const place = within([view.row - 1, view.column - 1], sizeOf(z));
  return {
    ...settings,
    view,
    how,
    z,
    delta,
    dx,
    place,
    point: [view.point_row - 1, view.point_column - 1],
  };
}

/** @type {(rows: number[][]) => number[]} */
const sizeOf = (rows) => [rows.length, rows[0].length];
/** @type {(square: number[], size: number[]) => number[]} */
const within = (square, size) => square.map((n, axis) => Math.min(Math.max(n, 0), size[axis] - 1));
/** @type {(square: number[], by: number[]) => number[]} */
const sum = (square, by) => square.map((n, axis) => n + by[axis]);

/**
 * The change of the view that brings the window to a place of the map.
 * @type {(now: WindowState, place: number[]) => Partial<WindowView>}
 */
function windowAt({ view, z }, place) {
  const [r, c] = within(place, sizeOf(z));
  return { show: view.show === "forward" ? "forward" : "delta", row: r + 1, column: c + 1 };
}

/**
 * The change of the view that asks about a point of the image.
 * @type {(now: WindowState, square: number[]) => Partial<WindowView>}
 */
function pointAt({ x }, square) {
  const [row, column] = within(square, sizeOf(x));
  return { show: "point", point_row: row + 1, point_column: column + 1 };
}

/**
 * Of a square of the image: forward the window is laid around it, on the way back it is the point that is asked.
 * @type {(now: WindowState, square: number[]) => Partial<WindowView>}
 */
function touched(now, square) {
  const { view, k, how } = now;
  if (view.show !== "forward") return pointAt(now, square);
  const laid = square.map((n, axis) =>
    Math.round((n + how.padding - (sizeOf(k)[axis] - 1) / 2) / how.stride),
  );
  return windowAt(now, laid);
}

/** @type {(now: WindowState, by: number[]) => Partial<WindowView>} */
const moved = (now, by) =>
  now.view.show === "forward"
    ? windowAt(now, sum(now.place, by))
    : pointAt(now, sum(now.point, by));

/** @type {(now: WindowState, key: string, value: ValueOfKey) => boolean} */
function fits({ x }, key, value) {
  if (key === "show") return Object.hasOwn(SHOWN, value);
  if (key === "stride") return STRIDES.includes(value);
  if (key === "padding") return PADDINGS.includes(value);
  const most = sizeOf(x)[key.endsWith("row") ? 0 : 1] + (key.startsWith("point") ? 0 : 2);
  return Number.isInteger(value) && value >= 1 && value <= most;
}

// ---- what is shown: three grids, and the lines worked below them --------------------------------------

/** @type {Record<string, (now: WindowState) => WindowPicture>} */
const PICTURES = {
  forward(now) {
    const { x, k, z, place } = now,
      seen = windowOf(now);
    const terms = seen.map(
      ({ u, v, row, column }) =>
        `${name("k", u, v)} * ${isOutside(now, row, column) ? "0" : name("x", row, column)}`,
    );
    return {
      image: imageOf(now, "image x", "forward", {
        numberOf: ({ row, column }) => pointOf(x, row, column),
        timesOf: ({ u, v }) => k[u]?.[v],
        frame: { row: seen[0].row, column: seen[0].column, size: sizeOf(k) },
        seen,
      }),
      kernel: kernelOf(now, "kernel k", (u, v) => k[u][v]),
      map: mapOf(now, "map z", "forward", z, { framed: place }),
      lines: [
        {
          label: "forward",
          of: symbol("z", place[0], place[1]),
          expression: [...terms, "b"].join(" + "),
          value: at(z, place),
        },
      ],
    };
  },
  delta(now) {
    const { k, t, delta, place } = now,
      own = at(delta, place),
      seen = windowOf(now);
    return {
      image: imageOf(now, "k × δ, where it arrives", "delta", {
        numberOf: ({ u, v }) => (u === undefined ? null : k[u][v] * own),
        frame: { row: seen[0].row, column: seen[0].column, size: sizeOf(k) },
        seen,
      }),
      kernel: kernelOf(now, "kernel k", (u, v) => k[u][v]),
      map: mapOf(now, `map, δ = z − ${written(t)}`, "delta", delta, { framed: place }),
      lines: seen
        .filter(({ row, column }) => !isOutside(now, row, column))
        .map(({ u, v, row, column }) => ({
          label: "share",
          of: slope(row, column),
          is: " gets ",
          expression: `${name("k", u, v)} * ${name("delta", place[0], place[1])}`,
          value: k[u][v] * own,
        })),
    };
  },
  point(now) {
    const { x, k, t, delta, dx, how } = now,
      [row, column] = now.point,
      [rows, columns] = sizeOf(k);
    const from = over(row, column, x, k, how);
    const terms = from.map(({ u, v, r, c }) => `${name("k", u, v)} * ${name("delta", r, c)}`);
    return {
      image: imageOf(now, "∂E/∂x", "delta", {
        numberOf: (square) =>
          isOutside(now, square.row, square.column) ? null : dx[square.row][square.column],
        frame: { row, column, size: [1, 1] },
      }),
      kernel: kernelOf(now, "kernel k, turned", (u, v) => k[rows - 1 - u][columns - 1 - v]),
      map: mapOf(now, `map, δ = z − ${written(t)}`, "delta", delta, { from }),
      lines: [
        {
          label: "sum",
          of: slope(row, column),
          expression: terms.join(" + ") || "0",
          value: dx[row][column],
        },
      ],
    };
  },
};

/** @type {(now: WindowState) => Square[]} */
const windowOf = ({ place: [r, c], k, how }) => under(r, c, k, how);
/** @type {(now: WindowState, row: number, column: number) => boolean} */
const isOutside = ({ x }, row, column) => x[row]?.[column] === undefined;

/**
 * The image with the padding around it. numberOf(square): what stands there, null for nothing; timesOf(square): what it
 * is multiplied by; a square that is seen has the entry of the kernel that lies over it.
 * @type {(now: WindowState, title: string, kind: string, how: {
 *   numberOf: (square: Partial<Square>) => number | null,
 *   timesOf?: (square: Partial<Square>) => number | undefined,
 *   frame: Omit<GridFrame, "kind">,
 *   seen?: Square[],
 * }) => GridPicture}
 */
function imageOf(
  now,
  title,
  kind,
  { numberOf, timesOf = () => /** @type {number} */ (undefined), frame, seen = [] },
) {
  const { padding } = now.how;
  const cells = places(sizeOf(now.x).map((n) => n + 2 * padding)).map((corner) => {
    const [row, column] = corner.map((n) => n - padding);
    const square = seen.find((one) => one.row === row && one.column === column) ?? { row, column };
    return {
      row,
      column,
      kind,
      words: inSquare(numberOf(square)),
      below: times(timesOf(square)),
      outside: isOutside(now, row, column),
    };
  });
  return { title, cells, frame: { ...frame, kind } };
}

/** @type {(now: WindowState, title: string, numberOf: (u: number, v: number) => number) => GridPicture} */
const kernelOf = ({ k }, title, numberOf) => ({
  title,
  cells: places(sizeOf(k)).map(([row, column]) => ({
    row,
    column,
    kind: "weight",
    words: inSquare(numberOf(row, column)),
  })),
});

/**
 * The map. framed: a place with a frame around it; from: the places, as of `over`, whose numbers are multiplied.
 * @type {(now: WindowState, title: string, kind: string, numbers: number[][],
 *   how: { framed?: number[], from?: ReturnType<typeof over> }) => GridPicture}
 */
function mapOf({ k }, title, kind, numbers, { framed, from = [] }) {
  const cells = places(sizeOf(numbers)).map(([row, column]) => {
    const its = from.find(({ r, c }) => r === row && c === column);
    return {
      row,
      column,
      kind,
      words: inSquare(numbers[row][column]),
      below: its ? times(k[its.u][its.v]) : "",
    };
  });
  return {
    title,
    cells,
    frame: framed && { row: framed[0], column: framed[1], size: [1, 1], kind },
  };
}

/**
 * A worked line as an item of the list.
 * @type {(now: WindowState, line: WindowLine) => HTMLElement}
 */
function lineOf({ x, k, b, delta }, { label, of, is = " = ", expression, value }) {
  /** @type {Record<string, string>} */
  const symbols = { b: "b" };
  /** @type {Values} */
  const values = { b };
  for (const [letter, numbers] of Object.entries({ x, k, delta }))
    for (const [r, c] of places(sizeOf(numbers))) {
      symbols[name(letter, r, c)] = symbol(letter, r, c);
      values[name(letter, r, c)] = numbers[r][c];
    }
  return html(
    "li",
    { class: "bp-line" },
    ...cellsOf({
      label,
      formula: inHtml([...runs(of), { text: is }, ...formula(expression, symbols)]),
      numbers: ["= ", ...inHtml(substituted(expression, values, DIGITS))],
      result: result(value, DIGITS),
    }),
  );
}

// ---- in words ---------------------------------------------------------------------------------------

/** @type {(now: WindowState) => string} */
function sentenceOf(now) {
  const { view, x, k, z, delta, dx, how, place } = now;
  /** @type {(square: number[]) => string} */
  const of = ([r, c]) => `row ${r + 1}, column ${c + 1}`;
  if (view.show === "point") {
    const [row, column] = now.point,
      often = over(row, column, x, k, how).length;
    return `The point at ${of(now.point)} lies under the window at ${often} of ${z.flat().length} places; ∂E/∂x there is ${written(dx[row][column])}.`;
  }
  const stands = `The window is at ${of(place)} of a map of ${z.length} × ${z[0].length}: `;
  if (view.show === "forward") return `${stands}z is ${written(at(z, place))}.`;
  const seen = windowOf(now),
    lost = seen.filter(({ row, column }) => isOutside(now, row, column)).length;
  const told = lost
    ? `, and ${lost} of its shares ${lost === 1 ? "falls" : "fall"} on the padding`
    : "";
  return `${stands}δ is ${written(at(delta, place))}. It reaches ${seen.length - lost} ${seen.length - lost === 1 ? "point" : "points"}${told}.`;
}

/** @type {(now: WindowState) => Cell[][]} */
const tableOf = ({ x, k, z, delta, dx }) => [
  ["quantity", "value"],
  ...Object.entries({ x, k, z, delta }).flatMap(([letter, numbers]) =>
    rowsOf(numbers, (r, c) => symbol(letter, r, c)),
  ),
  ...rowsOf(dx, slope),
];

/** @type {(numbers: number[][], symbolOf: (r: number, c: number) => string) => Cell[][]} */
const rowsOf = (numbers, symbolOf) =>
  places(sizeOf(numbers)).map(([r, c]) => [runs(symbolOf(r, c)), written(numbers[r][c])]);

/** @type {(numbers: number[][], place: number[]) => number} */
const at = (numbers, [r, c]) => numbers[r][c];
/** @type {(number: number | null) => string} */
const written = (number) => (number === null ? "" : fmt(number, DIGITS));
/**
 * A number in a square: one of many digits rounded, which the lines and the table have in full.
 * @type {(number: number | null) => string}
 */
const inSquare = (number) => (written(number).length > WIDEST ? short(number, 3) : written(number));
/** @type {(number: number | undefined) => string} */
const times = (number) => (number === undefined ? "" : `× ${inSquare(number)}`);
/** @type {(letter: string, r: number, c: number) => string} */
const name = (letter, r, c) => `${letter}${r + 1}${c + 1}`;
/** @type {(letter: string, r: number, c: number) => string} */
const symbol = (letter, r, c) => `${letter === "delta" ? "\\delta" : letter}_{${r + 1}${c + 1}}`;
/** @type {(r: number, c: number) => string} */
const slope = (r, c) => `\\frac{\\partial E}{\\partial ${symbol("x", r, c)}}`;
