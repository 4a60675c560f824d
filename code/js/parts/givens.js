// The given numbers of a figure, by name: where each is kept in the model, and what it may be.
// The same list serves the controls and the address that a state can be linked to.

import { minus } from "../core/latex.js";
import { TABLES } from "../core/tables.js";
import { set } from "./model.js";

/** What a weight, an input and a learning rate may be, and how far their sliders go. */
export const WEIGHTS = { min: -1000, max: 1000, low: -2, high: 2, step: 0.01 };
export const RATES = { min: 1e-6, max: 1000, low: 0.01, high: 5, step: 0.01 };
const SHARES = { min: 0, max: 1, low: 0, high: 1, step: 0.001 }; // what a sigmoid can put out

/**
 * Return the given numbers of a model: { name, latex, kind, limits, read(), write(value) }.
 *
 * kind: "input", "weight", "bias", "target" or "rate". limits: `min` and `max` of what may be
 * entered, `low`, `high` and `step` of the slider. A bias that units share is one number. Inputs and
 * targets of a batch are not among them.
 * @type {(model: Model) => GivenNumber[]}
 */
export function givens(model) {
  /** @type {NetworkSettings} */
  const { names, activations, loss } = model.get("settings");
  if (!names) return []; // a figure without a network
  /** @type {GivenNumber[]} */
  const found = [];
  /** @type {(symbol: Quantity, kind: GivenNumber["kind"], limits: SliderLimits, read: () => number, write: (value: number) => void) => void} */
  const add = (symbol, kind, limits, read, write) =>
    found.push({ name: symbol.name, latex: symbol.latex, kind, limits, read, write });
  /** @type {(key: string, k: number) => [() => number, (value: number) => void]} */
  const entry = (key, k) => [() => model.get(key)[k], (value) => change(key, [[k]], value)];

  /**
   * Replace the array of a key by one with `value` at some places: what is kept is never changed.
   * @type {(key: string, places: number[][], value: number) => void}
   */
  function change(key, places, value) {
    const copy = structuredClone(model.get(key));
    for (const place of places) {
      const inner = place.slice(0, -1).reduce((array, index) => array[index], copy);
      inner[place.at(-1)] = value;
    }
    set(model, key, copy);
  }

  const isBatch = Array.isArray(model.get("x")[0]);
  if (!isBatch)
    names.out[0].forEach((symbol, i) => add(symbol, "input", WEIGHTS, ...entry("x", i)));
  for (let l = 1; l < names.w.length; l++)
    names.w[l].forEach((row, j) =>
      row.forEach((symbol, i) =>
        add(
          symbol,
          "weight",
          WEIGHTS,
          () => model.get("W")[l][j][i],
          (value) => change("W", [[l, j, i]], value),
        ),
      ),
    );
  for (let l = 1; l < names.b.length; l++)
    for (const name of new Set(names.b[l].map((symbol) => symbol.name))) {
      const units = names.b[l].flatMap((symbol, j) => (symbol.name === name ? [[l, j]] : []));
      const symbol = names.b[l][units[0][1]];
      add(
        symbol,
        "bias",
        WEIGHTS,
        () => model.get("b")[l][units[0][1]],
        (value) => change("b", units, value),
      );
    }
  const { targets } = TABLES.functions.LOSSES[loss];
  if (!isBatch && targets !== "distribution") {
    const bounded =
      targets === "unit interval" ? SHARES : { ...WEIGHTS, ...sliderOf(activations.at(-1)) };
    names.t.forEach((symbol, k) => add(symbol, "target", bounded, ...entry("t", k)));
  }
  if (model.get("learning_rate") !== undefined)
    add(
      { name: "eta", latex: "\\eta" },
      "rate",
      RATES,
      () => model.get("learning_rate"),
      (value) => set(model, "learning_rate", value),
    );
  return found;
}

/**
 * A target's slider goes as far as the output can.
 * @type {(activation: string) => Partial<SliderLimits>}
 */
function sliderOf(activation) {
  if (activation === "sigmoid" || activation === "softmax") return { low: 0, high: 1, step: 0.001 };
  return activation === "tanh" ? { low: -1, high: 1, step: 0.01 } : {};
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹",
  POWER = /\s*[×x·*]\s*10(?:\^|\*\*)?\(?([-+]?\d+)\)?$/;

/**
 * Return the number that a reader wrote, or what is wrong with it as text.
 *
 * Takes 0.5, 0,5, .5, −0.5, 1e-3, 1.2 × 10⁻³ and 1/2, as marking.read_number.
 * @type {(text: string, limits: Limits) => number | string}
 */
export function readNumber(text, { min, max }) {
  const plain = text
    .trim()
    .replace(/[−–⁻]/g, "-")
    .replace(/⁺/g, "+")
    .replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => String(RAISED.indexOf(digit)))
    .replaceAll(",", ".");
  const [, above, below] = /^([^/]+)(?:\/([^/]+))?$/.exec(plain) ?? [];
  /** @type {(digits: string) => number} */
  const part = (digits) => {
    const written = digits?.trim().replace(POWER, "e$1");
    return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(written) ? Number(written) : NaN;
  };
  const value = below === undefined ? part(above) : part(above) / part(below);
  if (!Number.isFinite(value))
    return `“${text.trim()}” is not a number: write it as 0.5, −2 or 1e-3`;
  if (value < min || value > max)
    return `${text.trim()} is outside of ${minus(`${min} to ${max}`)}`;
  return value;
}
