// The drawing of a network with a place for every number, shared by the figures that walk and hold it.

import { fmt, runs, SCIENTIFIC_BELOW, short } from "../core/latex.js";
import { setAttribute, setText, svg, svgText } from "./dom.js";
import { layout, NAME, SIZE, TALL } from "./layout.js";

const SMALLEST = 13, // pixels: a drawing is scrolled before its letters get smaller
  RAISED = 1; // of the figures in a row, so that an index stands clear of its box

/**
 * Return the drawing of a network: { element, few, show, mark, light, onPick }.
 *
 * names: those of the network; format: one of FORMATS; labels: of the steps that have places; few: whether weight, gradient and update of an edge each have
 * a place, else the last one shown stands there. A quantity of a trace is meant by the name of its step:
 *   show(numbers)  write these, [{ name, value }, …], at their places; elsewhere the symbols are left alone
 *   mark(names)    frame the places of these
 *   light(looks)   draw lines strong, { name of a weight: look }, and the others faint
 *   onPick(f)      call f(name of the weight) when a place on an edge is clicked
 * @type {(names: Names, format: Format, labels: readonly string[]) => Drawing}
 */
export function drawing(names, format, labels) {
  const { width, height, few, frames, rows, lines: paths, sum } = layout(names, format, labels);
  const element = svg("svg", {
    class: "bp-drawing",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "aria-hidden": true,
  });
  element.style.minWidth = `${leastOf(width)}px`;

  /** @type {Map<string, SVGPathElement>} */
  const lines = new Map();
  for (const { name, d } of paths)
    lines.set(name, element.appendChild(svg("path", { class: "line", d })));
  element.append(svg("path", { class: "sum", d: sum }));
  for (const frame of frames) element.append(svg("rect", { class: "unit", rx: 6, ...frame }));

  const all = rows.map((row) => placeOf(row, format));
  /** @type {Map<string, { place: DrawnPlace, kind: string }[]>} */
  const places = new Map(); // name: where it stands, [{ place, kind }]; a shared bias does at every unit
  for (const place of all) {
    element.append(place.group);
    for (const { name, kind } of place.row.symbols)
      places.set(name, [...(places.get(name) ?? []), { place, kind }]);
  }

  /** @type {Map<string, Look>} */
  const lit = new Map();
  return {
    element,
    few,
    show(numbers) {
      const stands = new Map(); // at each place the last of them
      const values = new Map(numbers.map(({ name, value }) => [name, value]));
      for (const { name, value } of numbers)
        for (const { place, kind } of places.get(name) ?? [])
          stands.set(place, { kind, value, before: values.get(name.replace(/_new$/, "")) });
      for (const place of all) {
        const { kind, value, before } = stands.get(place) ?? { kind: "empty" };
        become(place, kind);
        const words =
          kind === "empty"
            ? ""
            : kind === "new"
              ? moved(value, before, format)
              : inPlace(value, format.digits);
        setText(place.number, words);
      }
    },
    mark(chosen) {
      const wanted = new Set(
        chosen.flatMap((name) => places.get(name) ?? []).map(({ place }) => place),
      );
      for (const place of all)
        if (wanted.has(place) !== place.group.classList.contains("marked"))
          place.group.classList.toggle("marked");
    },
    light(looks) {
      for (const [name, line] of lines) {
        const wanted = looks[name] ?? "faint";
        if (lit.get(name) !== wanted) line.setAttribute("class", `line ${wanted}`);
        lit.set(name, wanted);
      }
    },
    onPick(pick) {
      for (const { group, row } of all) {
        if (!row.edge) continue;
        group.classList.add("pickable");
        group.addEventListener("click", () => pick(row.edge));
      }
    },
  };
}

/**
 * Return the pixels below which a drawing has to be scrolled.
 * @type {(names: Names, format: Format, labels: readonly string[]) => number}
 */
export const leastWidth = (names, format, labels) => leastOf(layout(names, format, labels).width);

/** @type {(width: number) => number} */
const leastOf = (width) => Math.ceil((width * SMALLEST) / SIZE);

/** @type {(row: PlacedRow, format: Format) => DrawnPlace} */
function placeOf(row, { pad, symbols }) {
  const { x, y, width } = row,
    [{ kind, latex }] = row.symbols,
    level = y + TALL / 2 - RAISED;
  const shape = svg("path", { d: shapeOf(kind, row, pad) });
  const isNamed = symbols && kind !== "gradient" && kind !== "new"; // an edge names its weight once
  const symbol = svgText(x + pad, level, isNamed ? runs(latex) : "", { size: SIZE });
  const number = svgText(x + width - pad, level, "", { size: SIZE, anchor: "end" });
  const above = row.above
    ? [svgText(x + pad, y - NAME / 2 - 2, runs(row.above), { size: SIZE, className: "name" })]
    : [];
  return {
    group: svg("g", { class: `place ${kind}` }, shape, symbol, number, ...above),
    shape,
    number,
    row,
    kind,
    pad,
  };
}

/** @type {(place: DrawnPlace, kind: string) => void} */
function become(place, kind) {
  if (place.kind === kind) return;
  const { classList } = place.group;
  classList.replace(place.kind, kind);
  setAttribute(place.shape, "d", shapeOf(kind, place.row, place.pad));
  place.kind = kind;
}

/** @type {(kind: string, row: PlacedRow, pad: number) => string} */
function shapeOf(kind, { x, y, width }, pad) {
  const tall = TALL - 2;
  if (kind === "out" || kind === "delta") return rounded(x, y + 1, width, tall, tall / 2);
  if (kind === "weight") return rounded(x, y + 1, width, tall, 4);
  return kind === "gradient" ? `M${x + pad} ${y + TALL - 2}h${width - 2 * pad}` : "";
}

/** @type {(x: number, y: number, width: number, height: number, r: number) => string} */
const rounded = (x, y, width, height, r) =>
  `M${x + r} ${y}h${width - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}v${height - 2 * r}a${r} ${r} 0 0 1 ${-r} ${r}` +
  `h${2 * r - width}a${r} ${r} 0 0 1 ${-r} ${-r}v${2 * r - height}a${r} ${r} 0 0 1 ${r} ${-r}z`;

/**
 * A new value; the move to there where that is too small for the digits.
 * @type {(value: number, before: number | undefined, format: Format) => string}
 */
function moved(value, before, { digits, symbols }) {
  const isSeen =
    before === undefined || before === value || before.toFixed(digits) !== value.toFixed(digits);
  if (isSeen) return `→\u202f${inPlace(value, digits)}`;
  const move = short(value - before, symbols ? 2 : 1);
  return value < before ? move : `+${move}`;
}

/**
 * A number for a narrow place: fewer figures where it is very small or very large.
 * @type {(value: number, digits: number) => string}
 */
function inPlace(value, digits) {
  const size = Math.abs(value);
  if (value === 0 || (size >= SCIENTIFIC_BELOW && size < 100)) return fmt(value, digits);
  return short(value, size >= 100 && size < 1e6 ? digits : digits / 2);
}
