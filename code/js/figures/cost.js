// Cost: what a gradient costs by four methods. What do shared parts save?
//
// view: width, depth: units to a layer, and layers after the input; layer, unit: the one whose delta is
// asked, counted from 1.

import { byFormula } from "../core/cost.js";
import { short, tenTo } from "../core/latex.js";
import { numberControl } from "../parts/controls.js";
import { html, setAttribute, setText, svg } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { see } from "../parts/model.js";

const METHODS = Object.keys(byFormula([1, 1]));
const TALL = 22,
  MOST_DRAWN = 8, // pixels; units and layers that are drawn
  MOST_TICKS = 6;
const COLUMN = 48,
  ROW = 30,
  DOT = 6;

/** @type {Render} */
export function render({ model, el, id }) {
  const view = () => model.get("view");
  const { most } = model.get("settings");
  const [width, depth, layer, unit] = ["width", "depth", "layer", "unit"].map((key) =>
    numberControl({
      latex: `\\mathrm{${key}}`,
      limits: { min: 1, max: most, low: 1, high: most, step: 1 },
      read: () => view()[key],
      write: (value) => see(model, { [key]: Math.round(value) }),
    }),
  );

  const rows = new Map(METHODS.map((method) => [method, rowOf(method)]));
  const axis = svg("svg", { class: "axis", "aria-hidden": true });
  const bars = html(
    "div",
    { class: "bp-prices" },
    ...[...rows.values()].map(({ element }) => element),
    html("div", {}, html("span", {}), axis, html("span", {}, "multiplications")),
  );
  const told = html("p", {});
  const place = html("div", { class: "bp-scroll" });
  const sizes = () => Array(view().depth + 1).fill(view().width);
  const asked = () => ({
    layer: Math.min(view().layer, view().depth),
    unit: Math.min(view().unit, view().width),
  });

  let drawnFor = "";
  /** @type {Dots | null} */
  let drawn = null;
  function update() {
    for (const control of [width, depth, layer, unit]) control.show();
    const counts = byFormula(sizes()),
      decades = Math.ceil(Math.log10(Math.max(...Object.values(counts), 10))),
      ticks = ticksOf(decades);
    for (const [method, { show }] of rows)
      show(counts[method], counts["reverse mode"], decades, ticks);
    axis.replaceChildren(
      ...ticks.map((n) =>
        svg(
          "text",
          { x: percent(n, decades), y: 14, "font-size": 13, "text-anchor": "middle" },
          power(n),
        ),
      ),
    );
    const at = asked(),
      paths = view().width ** (view().depth - at.layer);
    setText(
      told,
      `The delta of unit ${at.unit} in layer ${at.layer} is one number. It stands for ${counted(paths)} ${paths === 1 ? "path" : "paths"} to the outputs, and ${counted(view().width)} weights and a bias use it.`,
    );
    if (drawnFor !== sizes().join()) {
      drawnFor = sizes().join();
      drawn =
        view().width <= MOST_DRAWN && view().depth <= MOST_DRAWN
          ? dots(sizes(), (place) => see(model, place))
          : null;
      place.replaceChildren(
        drawn?.element ??
          html("p", {}, `Up to ${MOST_DRAWN} by ${MOST_DRAWN} the network is drawn here.`),
      );
    }
    drawn?.show(at.layer, at.unit);
  }

  const sentence = () => {
    const counts = byFormula(sizes());
    return `${view().width} units to a layer, ${view().depth} layers: ${METHODS.map((method) => `${method} ${counted(counts[method])}`).join(", ")} multiplications.`;
  };
  const table = () => {
    const counts = byFormula(sizes());
    return [
      ["method", "multiplications", "times reverse mode"],
      ...METHODS.map((method) => [
        method,
        counted(counts[method]),
        counted(counts[method] / counts["reverse mode"]),
      ]),
    ];
  };
  return frame(
    { model, el, id },
    {
      parts: [
        html("div", { class: "bp-controls" }, width.element, depth.element),
        bars,
        html("div", { class: "bp-controls" }, layer.element, unit.element),
        told,
        place,
      ],
      update,
      sentence,
      table,
      fits: (key, value) => Number.isInteger(value) && value >= 1 && value <= most,
    },
  );
}

/**
 * Where a power of ten is on the scale, of so many of them; there is room for half a label at both ends.
 * @type {(exponent: number, decades: number) => string}
 */
const percent = (exponent, decades) => `${(5 + (90 * exponent) / decades).toFixed(3)}%`;

/**
 * The exponents of the ticks, from 0: a few, at equal distances.
 * @type {(decades: number) => number[]}
 */
function ticksOf(decades) {
  const step = Math.ceil(decades / MOST_TICKS);
  return Array.from({ length: Math.floor(decades / step) + 1 }, (_, k) => k * step);
}

/**
 * A power of ten on the scale: 1, 10, 10², 10³.
 * @type {(exponent: number) => string}
 */
const power = (exponent) => (exponent < 2 ? String(10 ** exponent) : tenTo(exponent));

/**
 * A method's row: its name, its count as a dot on a scale of powers of ten, and in words.
 * @type {(method: string) => { element: HTMLElement, show: (value: number, least: number, decades: number, ticks: number[]) => void }}
 */
function rowOf(method) {
  const scale = svg("g", {}),
    dot = svg("circle", { cy: TALL / 2, r: 5 });
  const count = html("span", { class: "count" });
  return {
    element: html(
      "div",
      {},
      html("span", {}, method),
      svg("svg", { "aria-hidden": true }, scale, dot),
      count,
    ),
    show(value, least, decades, ticks) {
      scale.replaceChildren(
        ...ticks.map((n) => {
          const x = percent(n, decades);
          return svg("line", { x1: x, x2: x, y1: 0, y2: TALL });
        }),
      );
      setAttribute(dot, "cx", percent(Math.log10(value), decades));
      setText(
        count,
        `${counted(value)}${value === least ? "" : `, ${counted(value / least)} times reverse mode`}`,
      );
    },
  };
}

/** @type {[number, string][]} */
const NAMES = [
  [1e18, "quintillion"],
  [1e15, "quadrillion"],
  [1e12, "trillion"],
  [1e9, "billion"],
  [1e6, "million"],
];

/**
 * A count in words: 240; 41,200; 2.1 million; 3×10²⁴.
 * @type {(value: number) => string}
 */
function counted(value) {
  if (value >= 1e21) return short(value, 2);
  const [size, name] = NAMES.find(([size]) => value >= size) ?? [];
  if (name) return `${Number((value / size).toPrecision(3))} ${name}`;
  return value < 100 && !Number.isInteger(value)
    ? String(Number(value.toPrecision(2)))
    : Math.round(value).toLocaleString("en");
}

/**
 * The network as dots and lines, pick({ layer, unit }) of a click; show(layer, unit) lights the paths from a unit to the outputs.
 * @type {(sizes: number[], pick: (place: { layer: number, unit: number }) => void) => Dots}
 */
function dots(sizes, pick) {
  /** @type {(l: number) => number} */
  const x = (l) => 12 + COLUMN * l,
    /** @type {(j: number) => number} */ y = (j) => 14 + ROW * j,
    last = sizes.length - 1;
  const width = x(last) + 12,
    height = y(sizes[0] - 1) + 14;
  const element = svg("svg", {
    class: "bp-dots",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "aria-hidden": true,
  });
  /** @type {{ line: SVGPathElement, l: number, i: number }[]} */
  const lines = [];
  /** @type {{ circle: SVGCircleElement, l: number, j: number }[]} */
  const circles = [];
  for (let l = 1; l <= last; l++)
    for (let j = 0; j < sizes[l]; j++)
      for (let i = 0; i < sizes[l - 1]; i++) {
        const line = element.appendChild(
          svg("path", { d: `M${x(l - 1)} ${y(i)}L${x(l)} ${y(j)}` }),
        );
        lines.push({ line, l, i });
      }
  for (let l = 0; l <= last; l++)
    for (let j = 0; j < sizes[l]; j++) {
      const circle = element.appendChild(svg("circle", { cx: x(l), cy: y(j), r: DOT }));
      circles.push({ circle, l, j });
      if (l === 0) continue;
      circle.classList.add("pickable");
      circle.addEventListener("click", () => pick({ layer: l, unit: j + 1 }));
    }
  return {
    element,
    show(layer, unit) {
      for (const { line, l, i } of lines)
        line.classList.toggle("back", l > layer + 1 || (l === layer + 1 && i === unit - 1));
      for (const { circle, l, j } of circles)
        circle.classList.toggle("asked", l === layer && j === unit - 1);
    },
  };
}
