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
import { see } from "../parts/model.js";

const { SHOWN, STRIDES, PADDINGS } = TABLES.figures;
const DIGITS = 4,
  WIDEST = 6; // decimals; letters of a number in a square

export function render({ model, el, id }) {
  const { x, k, b, t } = model.get("settings"),
    view = () => model.get("view");
  const [image, kernel] = [x, k].map((rows) => [rows.length, rows[0].length]); // their sizes
  const how = () => ({ stride: view().stride, padding: view().padding });
  const isOutside = ({ row, column }) => x[row]?.[column] === undefined;
  let z, delta, dx; // of the state

  // ---- what can be chosen ----

  const within = (n, most) => Math.min(Math.max(n, 0), most - 1);
  /** The place of the map; the last one, where the map has become smaller. */
  const place = () => [within(view().row - 1, z.length), within(view().column - 1, z[0].length)];
  const chosen = () => [view().point_row - 1, view().point_column - 1];
  const goTo = ([r, c]) =>
    see(model, {
      show: view().show === "forward" ? "forward" : "delta",
      row: within(r, z.length) + 1,
      column: within(c, z[0].length) + 1,
    });
  const pick = ([row, column]) =>
    see(model, {
      show: "point",
      point_row: within(row, image[0]) + 1,
      point_column: within(column, image[1]) + 1,
    });
  const moved = ([r, c], [down, across]) => [r + down, c + across];

  /** Of a square of the image: forward the window is laid around it, on the way back it is the point that is asked. */
  function touch(square) {
    const laid = square.map((n, axis) =>
      Math.round((n + view().padding - (kernel[axis] - 1) / 2) / view().stride),
    );
    if (view().show === "forward") goTo(laid);
    else pick(square);
  }

  // ---- the elements ----

  const number = (words, key, values) =>
    choice(
      words,
      values.map((n) => [String(n), String(n)]),
      (n) => see(model, { [key]: Number(n) }),
    );
  const show = choice("Show", Object.entries(SHOWN), (value) => see(model, { show: value }));
  const stride = number("Stride", "stride", STRIDES),
    padding = number("Padding", "padding", PADDINGS);
  const ofImage = grid({
    words: "Image. The arrow keys move the window, on the way back the point.",
    touch,
    move: (by) =>
      view().show === "forward" ? goTo(moved(place(), by)) : pick(moved(chosen(), by)),
  });
  const ofKernel = grid();
  const ofMap = grid({
    words: "Map. The arrow keys move from place to place.",
    touch: goTo,
    move: (by) => goTo(moved(place(), by)),
  });
  const lines = html("ol", { class: "bp-lines" });

  // ---- the model's state, shown ----

  function update() {
    z = conv2d(x, k, b, how());
    delta = z.map((row) => row.map((each) => each - t));
    ({ dx } = conv2dBackward(delta, x, k, how()));
    show.show(view().show);
    stride.show(String(view().stride));
    padding.show(String(view().padding));
    DRAWN[view().show]();
  }

  const DRAWN = {
    forward() {
      const seen = under(...place(), k, how());
      drawImage(
        "image x",
        "forward",
        (square) => pointOf(x, square.row, square.column),
        { ...seen[0], size: kernel },
        (square) => k[square.u]?.[square.v],
        seen,
      );
      drawKernel("kernel k", ([u, v]) => k[u][v]);
      drawMap("map z", "forward", z, place());
      const terms = seen.map(
        ({ u, v, row, column }) =>
          `${name("k", u, v)} * ${isOutside({ row, column }) ? "0" : name("x", row, column)}`,
      );
      showLines([
        ["forward", symbol("z", ...place()), [...terms, "b"].join(" + "), at(z, place())],
      ]);
    },
    delta() {
      const own = at(delta, place()),
        seen = under(...place(), k, how());
      drawImage(
        "k × δ, where it arrives",
        "delta",
        ({ u, v }) => (u === undefined ? null : k[u][v] * own),
        { ...seen[0], size: kernel },
        () => undefined,
        seen,
      );
      drawKernel("kernel k", ([u, v]) => k[u][v]);
      drawMap(`map, δ = z − ${written(t)}`, "delta", delta, place());
      showLines(
        seen
          .filter((square) => !isOutside(square))
          .map(({ u, v, row, column }) => [
            "share",
            slope(row, column),
            `${name("k", u, v)} * ${name("delta", ...place())}`,
            k[u][v] * own,
            " gets ",
          ]),
      );
    },
    point() {
      const [row, column] = chosen(),
        from = over(row, column, x, k, how());
      drawImage(
        "∂E/∂x",
        "delta",
        (square) => (isOutside(square) ? null : dx[square.row][square.column]),
        { row, column, size: [1, 1] },
      );
      drawKernel("kernel k, turned", ([u, v]) => k[kernel[0] - 1 - u][kernel[1] - 1 - v]);
      drawMap(`map, δ = z − ${written(t)}`, "delta", delta, null, from);
      const terms = from.map(({ u, v, r, c }) => `${name("k", u, v)} * ${name("delta", r, c)}`);
      showLines([["sum", slope(row, column), terms.join(" + ") || "0", dx[row][column]]]);
    },
  };

  /** numberOf(square): what stands there, null for nothing; timesOf(square): what it is multiplied by. */
  function drawImage(title, kind, numberOf, framed, timesOf = () => undefined, seen = []) {
    const squares = places(image.map((n) => n + 2 * view().padding)).map((corner) => {
      const [row, column] = corner.map((n) => n - view().padding);
      const square = seen.find((one) => one.row === row && one.column === column) ?? {
        row,
        column,
      };
      return {
        row,
        column,
        kind,
        words: inSquare(numberOf(square)),
        below: times(timesOf(square)),
        outside: isOutside(square),
      };
    });
    ofImage.draw(title, squares, { ...framed, kind });
  }

  const drawKernel = (title, numberOf) =>
    ofKernel.draw(
      title,
      places(kernel).map(([row, column]) => ({
        row,
        column,
        kind: "weight",
        words: inSquare(numberOf([row, column])),
      })),
    );

  /** from: the places, as of `over`, whose numbers are multiplied. */
  function drawMap(title, kind, numbers, framed, from = []) {
    const squares = places([z.length, z[0].length]).map(([row, column]) => {
      const { u, v } = from.find(({ r, c }) => r === row && c === column) ?? {};
      return { row, column, kind, words: inSquare(numbers[row][column]), below: times(k[u]?.[v]) };
    });
    ofMap.draw(title, squares, framed && { row: framed[0], column: framed[1], size: [1, 1], kind });
  }

  // ---- in words ----

  /** Show worked lines: [label, the symbol of what it gives, expression, value, what stands between the first two]. */
  function showLines(worked) {
    const symbols = { b: "b" },
      values = { b };
    for (const [letter, numbers] of Object.entries({ x, k, delta }))
      for (const [r, c] of places([numbers.length, numbers[0].length])) {
        symbols[name(letter, r, c)] = symbol(letter, r, c);
        values[name(letter, r, c)] = numbers[r][c];
      }
    lines.replaceChildren(
      ...worked.map(([label, of, expression, value, is = " = "]) =>
        html(
          "li",
          { class: "bp-line" },
          html("span", { class: "label" }, label),
          html("span", {}, ...inHtml([...runs(of), { text: is }, ...formula(expression, symbols)])),
          html("span", {}, "= ", ...inHtml(substituted(expression, values, DIGITS))),
          html("span", { class: "result" }, result(value, DIGITS)),
        ),
      ),
    );
  }

  function sentence() {
    const of = (r, c) => `row ${r + 1}, column ${c + 1}`;
    if (view().show === "point") {
      const [row, column] = chosen(),
        often = over(row, column, x, k, how()).length;
      return `The point at ${of(row, column)} lies under the window at ${often} of ${z.flat().length} places; ∂E/∂x there is ${written(dx[row][column])}.`;
    }
    const stands = `The window is at ${of(...place())} of a map of ${z.length} × ${z[0].length}: `;
    if (view().show === "forward") return `${stands}z is ${written(at(z, place()))}.`;
    const seen = under(...place(), k, how()),
      lost = seen.filter(isOutside).length;
    const told = lost
      ? `, and ${lost} of its shares ${lost === 1 ? "falls" : "fall"} on the padding`
      : "";
    return `${stands}δ is ${written(at(delta, place()))}. It reaches ${seen.length - lost} ${seen.length - lost === 1 ? "point" : "points"}${told}.`;
  }

  const table = () => [
    ["quantity", "value"],
    ...Object.entries({ x, k, z, delta }).flatMap(([letter, numbers]) =>
      rowsOf(numbers, (r, c) => symbol(letter, r, c)),
    ),
    ...rowsOf(dx, slope),
  ];

  function fits(key, value) {
    if (key === "show") return Object.hasOwn(SHOWN, value);
    if (key === "stride") return STRIDES.includes(value);
    if (key === "padding") return PADDINGS.includes(value);
    const most = image[key.endsWith("row") ? 0 : 1] + (key.startsWith("point") ? 0 : 2);
    return Number.isInteger(value) && value >= 1 && value <= most;
  }

  return frame(
    { model, el, id },
    {
      parts: [
        html("div", { class: "bp-settings" }, show.element, stride.element, padding.element),
        html("div", { class: "bp-grids" }, ofImage.element, ofKernel.element, ofMap.element),
        lines,
      ],
      update,
      sentence,
      table,
      fits,
    },
  );
}

const at = (numbers, [r, c]) => numbers[r][c];
const written = (number) => (number === null ? "" : fmt(number, DIGITS));
/** A number in a square: one of many digits rounded, which the lines and the table have in full. */
const inSquare = (number) => (written(number).length > WIDEST ? short(number, 3) : written(number));
const times = (number) => (number === undefined ? "" : `× ${inSquare(number)}`);
const name = (letter, r, c) => `${letter}${r + 1}${c + 1}`;
const symbol = (letter, r, c) => `${letter === "delta" ? "\\delta" : letter}_{${r + 1}${c + 1}}`;
const slope = (r, c) => `\\frac{\\partial E}{\\partial ${symbol("x", r, c)}}`;
const rowsOf = (numbers, symbolOf) =>
  places([numbers.length, numbers[0].length]).map(([r, c]) => [
    runs(symbolOf(r, c)),
    written(numbers[r][c]),
  ]);
