// Where every unit, edge and number of a network's drawing stands: as diagram.py lays it out.
//
// To the left of each unit its incoming edges are stacked, one place to an edge, so that no two
// numbers can meet: a line runs from its source to its place, and from there to its unit.

import { runs } from "../core/latex.js";
import { derivative, updated } from "../core/names.js";
import { widthOf } from "./dom.js";

export const SIZE = 14,
  TALL = 22; // pixels: of letters, of a row
const BELOW = 4,
  GAP = 18,
  MARGIN = 4,
  BETWEEN = 6; // below a frame, from unit to unit, around, from edge to edge
export const NAME = 19; // the line for a name above its number, where the two do not fit beside each other

/**
 * From the widest to the narrowest, where symbols stand above their numbers. tight: inputs, targets and losses
 * have no room for a minus before all their digits, which they hardly need.
 * @type {Format[]}
 */
export const FORMATS = [
  { digits: 6, symbols: true, pad: 7, frame: 5, fan: 36, converge: 16, link: 14 },
  { digits: 4, symbols: true, pad: 4, frame: 3, fan: 20, converge: 10, link: 8 },
  { digits: 4, symbols: false, pad: 4, frame: 3, fan: 14, converge: 8, link: 8 },
  { digits: 4, symbols: false, pad: 2, frame: 1, fan: 8, converge: 5, link: 5, tight: true },
];

/**
 * Return { width, height, few, frames, rows, lines, sum } of a network's drawing, in pixels.
 *
 * rows: { symbols, x, y, width, edge }, a place for one of its quantities at a time, each { name, latex,
 * kind }, the first its own; edge: the name of the weight whose place it is; above: LaTeX of the name that stands there,
 * where numbers stand without their symbols. lines: { name, d }.
 * frames: of the units. few: whether an edge's numbers stand below each other. labels: those of the steps that have places.
 * @type {(names: Names, format: Format, labels: readonly string[]) => Layout}
 */
export function layout(names, format, labels) {
  const last = names.out.length - 1;
  const few = last <= 2 && names.out.every((layer) => layer.length <= 2); // then an edge's numbers stand below each other
  const plan = names.out.map((layer, l) =>
    layer.map((_, j) =>
      l === 0 ? /** @type {Edge[]} */ ([]) : edgesInto(names, l, j, few, labels),
    ),
  );
  /** @type {(digits: number) => number} */
  const widthOfNumber = (digits) => widthOf([{ text: "−0.".padEnd(digits + 3, "0") }], SIZE);
  /** @type {(rows: Row[], isGiven?: boolean) => number} */
  const widest = (rows, isGiven = false) => {
    const number = widthOfNumber(format.digits - (isGiven && format.tight ? 1 : 0));
    const symbol = rows.map(({ symbols: [{ latex }] }) =>
      format.symbols ? widthOf(runs(latex), SIZE) + 8 : 0,
    );
    return Math.max(...symbol) + number + 2 * format.pad;
  };

  // across: a column of units for each layer and, before each but the first, one of edges' places
  /** @type {Column[]} */
  const columns = [],
    /** @type {Column[]} */ slots = [];
  let x = MARGIN;
  for (let l = 0; l <= last; l++) {
    if (l > 0) {
      slots[l] = { x: x + format.fan, width: widest(plan[l].flat().map(({ rows }) => rows[0])) };
      x = slots[l].x + slots[l].width + format.converge;
    }
    columns.push({
      x,
      width:
        widest(
          names.out[l].flatMap((_, j) => unitRows(names, l, j, labels)),
          l === 0,
        ) + (l > 0 ? 2 * format.frame : 0),
    });
    x += columns[l].width;
  }
  const ends = names.t.map((t, k) => [row(of("target", t)), row(of("error", names.error[k]))]);
  const total = row(of("error", names.total));
  const end = { x: x + format.link, width: widest([...ends.flat(), total], true) };

  // down: each column in the middle of the tallest
  const head = format.symbols ? 0 : NAME;
  /** @type {(latex: string) => string | undefined} */
  const named = (latex) => (format.symbols ? undefined : latex);
  /** @type {(l: number) => number} */
  const unitHeight = (l) => head + (l === 0 ? TALL : 2 * TALL + 2 * format.frame + lowest(l));
  /** @type {(l: number) => number} */
  const lowest = (l) => (unitRows(names, l, 0, labels).length > 2 ? TALL + BELOW : 0); // the delta, below the frame
  const slotHeight = plan.at(-1)[0][0].rows.length * TALL + Math.max(BETWEEN, head);
  const heights = plan.map((layer, l) =>
    layer.map((edges) => Math.max(unitHeight(l), edges.length * slotHeight)),
  );
  const columnHeight = heights.map((layer) =>
    layer.reduce((sum, height) => sum + height + GAP, -GAP),
  );
  const tallest = Math.max(...columnHeight);
  const middle = heights.map((layer, l) => {
    let y = MARGIN + (tallest - columnHeight[l]) / 2;
    return layer.map((height) => {
      const top = y;
      y += height + GAP;
      return top + height / 2;
    });
  });
  /** @type {(l: number, j: number) => number} */
  const port = (l, j) => middle[l][j] + head / 2 - (l > 0 ? lowest(l) / 2 : 0); // where lines meet a unit

  /** @type {Layout["frames"]} */
  const frames = [],
    /** @type {PlacedRow[]} */ rows = [],
    /** @type {Layout["lines"]} */ lines = [];
  plan.forEach((layer, l) =>
    layer.forEach((edges, j) => {
      const column = columns[l],
        top = middle[l][j] - unitHeight(l) / 2 + head;
      const inset = l > 0 ? format.frame : 0,
        at = { x: column.x + inset, width: column.width - 2 * inset };
      if (l > 0) frames.push({ ...column, y: top, height: 2 * TALL + 2 * inset });
      unitRows(names, l, j, labels).forEach((row, n) =>
        rows.push({
          ...row,
          ...at,
          y: top + inset + n * TALL + (n === 2 ? inset + BELOW : 0),
          above: n ? undefined : named(unitName(names.out[l][j].latex)),
        }),
      );
      edges.forEach(({ weight, i, rows: own }, n) => {
        const y = middle[l][j] + (n - edges.length / 2) * slotHeight + head,
          level = y + TALL / 2,
          slot = slots[l];
        const from =
          i !== null &&
          bend(columns[l - 1].x + columns[l - 1].width, port(l - 1, i), slot.x, level);
        lines.push({
          name: weight.name,
          d: (from || "") + bend(slot.x + slot.width, level, column.x, port(l, j)),
        });
        own.forEach((row, m) =>
          rows.push({
            ...row,
            ...slot,
            y: y + m * TALL,
            edge: weight.name,
            above: m ? undefined : named(row.symbols[0].latex),
          }),
        );
      });
    }),
  );
  ends.forEach((own, k) => {
    const level = port(last, k);
    lines.push({
      name: names.error[k].name,
      d: `M${columns[last].x + columns[last].width} ${level}H${end.x}`,
    });
    own.forEach((row, n) =>
      rows.push({
        ...row,
        ...end,
        y: level + (n - 1) * TALL,
        above: n ? undefined : named("t, E"), // one below the other
      }),
    );
  });
  const sum = port(last, ends.length - 1) + TALL + 4; // ruled off, as in a ledger
  rows.push({ ...total, ...end, y: sum });
  return {
    width: end.x + end.width + MARGIN,
    height: Math.max(tallest, sum + TALL) + 2 * MARGIN,
    few,
    frames,
    rows,
    lines,
    sum: `M${end.x + format.pad} ${sum}h${end.width - 2 * format.pad}`,
  };
}

/**
 * What a frame is called that holds net and out: h1, where its output is called out_h1.
 * @type {(out: string) => string}
 */
const unitName = (out) => out.replace(/^\\mathrm\{out\}_\{(\w+)\}$/, "\\mathrm{$1}");

/** @type {(kind: string, symbol: Quantity) => Row["symbols"][0]} */
const of = (kind, symbol) => ({ ...symbol, kind });
/** @type {(...symbols: Row["symbols"]) => Row} */
const row = (...symbols) => ({ symbols });

/** @type {(names: Names, l: number, j: number, labels: readonly string[]) => Row[]} */
function unitRows(names, l, j, labels) {
  const out = names.out[l][j];
  if (l === 0) return [row(of("out", out))];
  const net = names.net[l][j];
  const before = [derivative(names.total, out), derivative(out, net)]; // on the way to δ
  const forward = [row(of("net", net)), row(of("out", out))];
  const label = l === names.out.length - 1 ? "output delta" : "hidden delta";
  if (!labels.includes(label)) return forward;
  const delta = row(of("delta", names.delta[l][j]), ...before.map((symbol) => of("slope", symbol)));
  return [...forward, delta];
}

/**
 * The edges into a unit, its bias the last: { weight, i, rows }, weight by the unit's own name.
 * @type {(names: Names, l: number, j: number, few: boolean, labels: readonly string[]) => Edge[]}
 */
function edgesInto(names, l, j, few, labels) {
  const last = names.out.length - 1;
  /** @type {(given: Quantity, weight: Quantity, i: number | null, ...before: Quantity[]) => Edge} */
  const edge = (given, weight, i, ...before) => {
    const back = row(
      of("gradient", derivative(names.total, weight)),
      ...before.map((symbol) => of("slope", symbol)),
    );
    const rows = [
      row(of("weight", given)),
      ...(labels.includes("output delta") ? [back] : []), // the slopes before a gradient are found with the deltas
      ...(labels.includes("update")
        ? [row(of("new", updated(weight)), of("new", updated(given)))]
        : []),
    ];
    return { weight, i, rows: few ? rows : [row(...rows.flatMap(({ symbols }) => symbols))] };
  };
  return [
    ...names.w[l][j].flatMap((w, i) => {
      if (!w) return /** @type {Edge[]} */ ([]); // no connection leads here
      // on the edge to an output stands, before its gradient, how hard that output pulls
      return l === last && l > 1
        ? edge(w, w, i, derivative(names.error[j], names.out[l - 1][i]))
        : edge(w, w, i);
    }),
    edge(names.b[l][j], names.own_b[l][j], null),
  ];
}

/**
 * A line that leaves and arrives level.
 * @type {(x0: number, y0: number, x1: number, y1: number) => string}
 */
function bend(x0, y0, x1, y1) {
  const half = (x0 + x1) / 2;
  return `M${x0} ${y0}C${half} ${y0} ${half} ${y1} ${x1} ${y1}`;
}
