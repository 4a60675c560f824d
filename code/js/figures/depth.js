// Depth: a delta on its way back through many layers, and what differs between examples on its way forward.
// Does it arrive?
//
// settings.seed: of the coins that are tossed for the weights; view: layers, their number; scale, of the weights, in
// Xavier's; start, one of STARTS.

import { sizes, tossed } from "../core/depth.js";
import { short } from "../core/latex.js";
import { TABLES } from "../core/tables.js";
import { choice, numberControl } from "../parts/controls.js";
import { html } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { see } from "../parts/model.js";
import { plot } from "../parts/plot.js";

const { STARTS, MOST_LAYERS, SCALES, WIDTH } = TABLES.depth;
const [SMALLEST, LARGEST] = SCALES;
const REACH = [1e-3, 1e3]; // of the scale at least, so that a curve that is nearly flat looks so

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {() => { layers: number, scale: number, start: string }} */
  const view = () => model.get("view");
  const coins = tossed(model.get("settings").seed);
  const start = choice("Activation", Object.entries(STARTS), (value) =>
    see(model, { start: value }),
  );
  const scale = numberControl({
    latex: "\\mathrm{scale}",
    limits: { min: SMALLEST, max: LARGEST, low: SMALLEST, high: LARGEST, step: 0.1 },
    read: () => view().scale,
    write: (value) => see(model, { scale: value }),
  });
  const layers = numberControl({
    latex: "\\mathrm{layers}",
    limits: { min: 2, max: MOST_LAYERS, low: 2, high: MOST_LAYERS, step: 1 },
    read: () => view().layers,
    write: (value) => see(model, { layers: Math.round(value) }),
  });
  const curves = plot();
  /** @type {Sizes} */
  let now;

  function update() {
    start.show(view().start);
    scale.show();
    layers.show();
    const found = sizes(coins, view());
    now = {
      delta: found.delta.map((each) => each / found.delta[view().layers - 1]),
      spread: found.spread.map((each) => each / found.spread[0]),
    };
    const xs = now.delta.map((_, n) => n + 1);
    curves.show(
      [
        { xs, ys: now.delta, label: "delta", look: "back" },
        { xs, ys: now.spread, label: "spread", look: "forward" },
      ],
      view().layers,
      { log: true, levels: [{ y: 1, label: "" }], reach: REACH, from: 1, xLabel: "layer" },
    );
  }

  const sentence = () => {
    const { layers, scale, start } = view();
    return `${layers} layers of ${WIDTH} units, ${STARTS[start]}, weights ${short(scale)} times Xavier’s. The first layer gets ${share(now.delta[0])} of the last one’s delta; the last layer keeps ${share(now.spread[layers - 1])} of the spread in the first.`;
  };
  const table = () => [
    ["layer", "size of the delta, by the last", "spread of the outputs, by the first"],
    ...now.delta.map((each, n) => [String(n + 1), short(each), short(now.spread[n])]),
  ];
  return frame(
    { model, el, id },
    {
      parts: [
        html("div", { class: "bp-settings" }, start.element),
        html("div", { class: "bp-controls" }, scale.element, layers.element),
        curves.element,
      ],
      update,
      sentence,
      table,
      fits: (key, value) => FITS[key](value),
    },
  );
}

/** @type {(number: number) => string} */
const share = (number) => (number >= 100 ? `${short(number, 2)} times` : short(number, 2));

/** @type {Record<string, (value: string | number) => boolean>} */
const FITS = {
  start: (value) => value in STARTS,
  scale: (value) => Number(value) >= SMALLEST && Number(value) <= LARGEST,
  layers: (value) => Number.isInteger(value) && Number(value) >= 2 && Number(value) <= MOST_LAYERS,
};
