// The drawing of a network, left to right, with a place for every number: as diagram.py lays it out.
//
// To the left of each unit its incoming edges are stacked, one place to an edge, so that no two
// numbers can meet: a line runs from its source to its place, and from there to its unit.

import { inSvg, setAttribute, setText, svg, widthOf } from "./dom.js";
import { fmt, runs } from "./text.js";

const SIZE = 14, SMALLEST = 13, TALL = 22, PAD = 7; // of letters, of a row, beside its text
const FRAME = 5, BELOW = 4, GAP = 18, MARGIN = 4, BETWEEN = 6; // in and below a unit, from unit to unit
const WIDE = { digits: 6, fan: 36, converge: 16, link: 14, symbols: true };
const NARROW = { digits: 4, fan: 20, converge: 10, link: 10, symbols: false };

/**
 * Return the drawing of a network: { element, put, clear, mark, light, onPick }.
 *
 * names: those of the network. wide: false for a small screen, where numbers stand without their
 * symbols and with fewer decimals. Every quantity of a trace has its place, by the name of its step:
 *   put(name, value)    write its number there; several quantities of one edge or unit share a place
 *   clear(name)         leave its symbol alone there
 *   mark(names)         frame the places of these
 *   light(lines)        draw these lines strong, {name of a weight: role of a colour}; the others faint
 *   onPick(f)           call f(name of a weight) when its place is clicked
 */
export function drawing(names, { wide }) {
  const look = wide ? WIDE : NARROW;
  const last = names.out.length - 1;
  const few = Math.max(...names.out.map((layer) => layer.length)) <= 2 && last <= 2;
  const numberWidth = widthOf([{ text: "−0.".padEnd(look.digits + 3, "0") }], SIZE);
  const places = new Map(), lines = new Map(), element = svg("svg", { class: "bp-drawing", "aria-hidden": true });
  const edges = element.appendChild(svg("g"));

  // ---- what stands where: rows, each { names of the steps that may stand there } ----

  const row = (kind, ...symbols) => ({ kind, symbols });
  const unitRows = (l, j) =>
    l === 0
      ? [row("out", names.out[0][j])]
      : [row("net", names.net[l][j]), row("out", names.out[l][j]), row("delta", names.delta[l][j])];
  const edgeRows = (weight, own) => {
    const all = [row("weight", weight), row("gradient", gradientOf(own)), row("new", newOf(weight), newOf(own))];
    return few ? all : [{ kind: "weight", symbols: all.flatMap((one) => one.symbols) }];
  };
  const gradientOf = ({ name }) => ({ name: `d${names.total.name}_d${name}` });
  const newOf = ({ name }) => ({ name: `${name}_new` });
  const edgesInto = (l, j) => [
    ...names.w[l][j].map((weight, i) => ({ weight, own: weight, i })),
    { weight: names.b[l][j], own: names.own_b[l][j], i: null },
  ];
  const symbolRuns = (symbol) => (look.symbols && symbol.latex ? runs(symbol.latex) : []);
  const widthOfRow = ({ symbols: [symbol] }) => {
    const written = widthOf(symbolRuns(symbol), SIZE);
    return written + (written && 8) + numberWidth + 2 * PAD;
  };

  // ---- across: columns of units and, before each but the first, of the edges' places ----

  const columns = [], slots = [null];
  let x = MARGIN;
  for (let l = 0; l <= last; l++) {
    if (l > 0) {
      const width = Math.max(...names.out[l].flatMap((_, j) =>
        edgesInto(l, j).flatMap(({ weight, own }) => edgeRows(weight, own).map(widthOfRow))));
      slots.push({ x: x + look.fan, width });
      x += look.fan + width + look.converge;
    }
    const width = Math.max(...names.out[l].flatMap((_, j) => unitRows(l, j).map(widthOfRow))) + (l > 0 ? 2 * FRAME : 0);
    columns.push({ x, width });
    x += width;
  }
  const ends = names.t.map((t, k) => [row("target", t), row("error", names.error[k])]);
  const total = row("error", names.total);
  const end = { x: x + look.link, width: Math.max(...[...ends.flat(), total].map(widthOfRow)) };
  const width = end.x + end.width + MARGIN;

  // ---- down ----

  const unitHeight = (l) => (l === 0 ? TALL : 3 * TALL + 2 * FRAME + BELOW);
  const slotHeight = (few ? 3 : 1) * TALL + BETWEEN;
  const heightOf = (l, j) => Math.max(unitHeight(l), l > 0 ? edgesInto(l, j).length * slotHeight : 0);
  const columnHeight = names.out.map((layer, l) => layer.reduce((sum, _, j) => sum + heightOf(l, j) + GAP, -GAP));
  const middle = names.out.map(() => []);
  const tallest = Math.max(...columnHeight);
  names.out.forEach((layer, l) => {
    let y = MARGIN + (tallest - columnHeight[l]) / 2;
    layer.forEach((_, j) => {
      middle[l].push(y + heightOf(l, j) / 2);
      y += heightOf(l, j) + GAP;
    });
  });
  const port = (l, j) => middle[l][j] - (l > 0 ? (TALL + BELOW) / 2 : 0); // where lines meet a unit
  const sumLine = port(last, names.t.length - 1) + TALL + 4;
  const height = Math.max(tallest + 2 * MARGIN, sumLine + TALL + 2 * MARGIN);

  // ---- drawn ----

  const bend = (x0, y0, x1, y1) => `M${x0} ${y0}C${(x0 + x1) / 2} ${y0} ${(x0 + x1) / 2} ${y1} ${x1} ${y1}`;
  const line = (name, ...paths) => {
    const path = edges.appendChild(svg("path", { class: "line", d: paths.join("") }));
    if (name) lines.set(name, path);
  };
  const box = (x, y, width, height, name) => edges.appendChild(svg("rect", { class: name, x, y, width, height, rx: 6 }));
  const putRow = (one, x, y, width) => {
    const place = placeFor(one, x, y, width);
    element.append(place.group);
    for (const symbol of one.symbols) places.set(symbol.name, place);
  };
  const placeFor = ({ kind, symbols }, x, y, width) => {
    const group = svg("g", { class: `place ${kind}` });
    const shape = svg("path", { d: shapeOf(kind, x, y + 2, width, TALL - 4) });
    const level = y + TALL / 2 + 0.34 * SIZE;
    const symbol = svg("text", { x: x + PAD, y: level, "font-size": SIZE }, ...inSvg(symbolRuns(symbols[0]), SIZE));
    const number = svg("text", { x: x + width - PAD, y: level, "font-size": SIZE, "text-anchor": "end" });
    group.append(shape, symbol, number);
    return { group, shape, number, kind, base: kind, box: [x, y + 2, width, TALL - 4] };
  };

  names.out.forEach((layer, l) =>
    layer.forEach((_, j) => {
      const { x, width } = columns[l];
      let y = middle[l][j] - unitHeight(l) / 2;
      if (l === 0) return putRow(unitRows(0, j)[0], x, y, width);
      box(x, y, width, 2 * TALL + 2 * FRAME, "unit");
      const [net, out, delta] = unitRows(l, j);
      putRow(net, x + FRAME, y + FRAME, width - 2 * FRAME);
      putRow(out, x + FRAME, y + FRAME + TALL, width - 2 * FRAME);
      putRow(delta, x + FRAME, y + 2 * (FRAME + TALL) + BELOW, width - 2 * FRAME);

      const into = edgesInto(l, j), slot = slots[l];
      y = middle[l][j] - (into.length * slotHeight) / 2;
      for (const { weight, own, i } of into) {
        const level = y + TALL / 2, from = i === null ? null : columns[l - 1];
        line(
          own.name,
          from ? bend(from.x + from.width, port(l - 1, i), slot.x, level) : "",
          bend(slot.x + slot.width, level, x, port(l, j))
        );
        edgeRows(weight, own).forEach((one, n) => putRow(one, slot.x, y + n * TALL, slot.width));
        if (weight !== own) places.set(own.name, places.get(weight.name));
        places.get(own.name).pick = own.name;
        y += slotHeight;
      }
    })
  );
  ends.forEach((rows, k) => {
    const level = port(last, k);
    line(names.error[k].name, `M${columns[last].x + columns[last].width} ${level}H${end.x}`);
    rows.forEach((one, n) => putRow(one, end.x, level + (n - 1) * TALL, end.width));
  });
  edges.append(svg("path", { class: "sum", d: `M${end.x + PAD} ${sumLine}h${end.width - 2 * PAD}` }));
  putRow(total, end.x, sumLine, end.width);
  setAttribute(element, "viewBox", `0 0 ${width} ${height}`);
  setAttribute(element, "width", width);
  setAttribute(element, "height", height);
  element.style.minWidth = `${Math.round((width * SMALLEST) / SIZE)}px`;

  // ---- what it can do ----

  const become = (place, kind) => {
    if (place.kind === kind) return;
    place.kind = kind;
    place.group.setAttribute("class", `place ${kind}`);
    place.shape.setAttribute("d", shapeOf(kind, ...place.box));
  };
  let marked = [], lit = new Map();
  return {
    element,
    put(name, value, kind) {
      const place = places.get(name);
      if (!place) return;
      if (kind) become(place, kind);
      place.group.classList.remove("empty");
      setText(place.number, (place.kind === "new" ? "→ " : "") + short(value, look.digits));
    },
    clear(name) {
      const place = places.get(name);
      become(place, place.base);
      place.group.classList.add("empty");
      setText(place.number, "");
    },
    mark(names) {
      for (const place of marked) place.group.classList.remove("marked");
      marked = names.map((name) => places.get(name)).filter(Boolean);
      for (const place of marked) place.group.classList.add("marked");
    },
    light(roles) {
      for (const [name, path] of lines) {
        const role = roles === null ? "" : (roles[name] ?? "faint");
        if (lit.get(name) !== role) path.setAttribute("class", `line ${role}`);
        lit.set(name, role);
      }
    },
    onPick(picked) {
      for (const { group, pick } of new Set(places.values()))
        if (pick) {
          group.classList.add("pickable");
          group.addEventListener("click", () => picked(pick));
        }
    },
  };
}

/** A number for a narrow place: fewer figures where it is very small or very large. */
export function short(value, digits) {
  const size = Math.abs(value);
  if (size > 0 && size < 1e-4) return fmt(value, 3).replaceAll("\u00a0", "");
  if (size < 100) return fmt(value, digits);
  return size < 1e6 ? fmt(value, Math.max(0, digits - 3)) : value.toExponential(2).replace("e+", "e").replaceAll("-", "−");
}

function shapeOf(kind, x, y, width, height) {
  if (kind === "out" || kind === "delta") return rounded(x, y, width, height, height / 2);
  if (kind === "weight") return rounded(x, y, width, height, 4);
  if (kind === "gradient") return `M${x + PAD} ${y + height}h${width - 2 * PAD}`;
  return "";
}

const rounded = (x, y, width, height, r) =>
  `M${x + r} ${y}h${width - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}v${height - 2 * r}a${r} ${r} 0 0 1 ${-r} ${r}` +
  `h${2 * r - width}a${r} ${r} 0 0 1 ${-r} ${-r}v${2 * r - height}a${r} ${r} 0 0 1 ${r} ${-r}z`;
