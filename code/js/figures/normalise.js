// Normalise: numbers that are normalised together, the pulls that come back, and along which three paths
// each becomes a delta. Two sums of the deltas are always 0.
//
// settings.controls: the keys of the view whose slider is in sight; the others are in a fold. view: z1, z2, …, the numbers; pull1, pull2, …,
// the pulls on what they become.

import { fmt, formula, result, runs, substituted } from "../core/latex.js";
import { normalise, sumOf } from "../core/normalisation.js";
import { numberControl } from "../parts/controls.js";
import { html, inHtml, setAttribute, setText, svg } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { cellsOf } from "../parts/line.js";
import { see } from "../parts/model.js";

const DIGITS = 4,
  LIMITS = {
    z: { min: -1000, max: 1000, low: -30, high: 30, step: 0.5 },
    pull: { min: -100, max: 100, low: -2, high: 2, step: 0.1 },
  };
const ROUNDING = 64 * Number.EPSILON; // of the largest term, what a sum cannot be trusted to
const PATHS = /** @type {const} */ (["straight", "mean", "variance", "delta"]);
const CALLED = {
  straight: "straight",
  mean: "through the mean",
  variance: "through the variance",
  delta: "delta, their sum",
};
const TALL = 16; // of a bar's row, in pixels

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {{ controls: string[] }} */
  const { controls } = model.get("settings");
  /** @type {() => Record<string, number>} */
  const view = () => model.get("view");
  const n = Object.keys(view()).length / 2,
    places = Array.from({ length: n }, (_, i) => i + 1);
  const numbers = (/** @type {"z" | "pull"} */ letter) => places.map((i) => view()[letter + i]);
  const state = () => ({ z: numbers("z"), pulls: numbers("pull") });
  const found = () => normalise(state().z, state().pulls);

  const sliderOf = (/** @type {string} */ key) =>
    numberControl({
      latex: symbolOf(key),
      limits: LIMITS[kindOf(key)],
      read: () => view()[key],
      write: (value) => see(model, { [key]: value }),
    });
  const first = controls.map(sliderOf),
    others = Object.keys(view())
      .filter((key) => !controls.includes(key))
      .map(sliderOf),
    sliders = [...first, ...others];
  const rows = places.map(exampleOf);
  const sums = html("ol", { class: "bp-lines" });

  function update() {
    for (const slider of sliders) slider.show();
    const { z, pulls } = state(),
      now = normalise(z, pulls);
    const most = Math.max(
      ...PATHS.flatMap((path) => [now[path]].flat().map(Math.abs)),
      Number.MIN_VALUE,
    );
    rows.forEach((row, i) => row.show(now, z[i], pulls[i], most));
    sums.replaceChildren(
      sumLine("sum, unrounded", places, now.delta),
      sumLine(
        "sum, unrounded",
        places,
        now.delta,
        z.map((each) => each - now.mu),
      ),
    );
  }

  function sentence() {
    const { s, delta, zHat, divided } = found();
    if (!divided)
      return `All ${n} numbers are equal: their variance is 0, and there is nothing to divide by.`;
    return `The root of the variance is ${fmt(s, DIGITS)}. Normalised, the numbers are ${listed(zHat)}; the deltas are ${listed(delta)}.`;
  }

  const table = () => {
    const { z, pulls } = state(),
      now = found();
    return [
      ["number", "z", "ẑ", "pull", ...PATHS.map((path) => CALLED[path])],
      ...places.map((i) => [
        String(i),
        ...[
          z[i - 1],
          now.zHat[i - 1],
          pulls[i - 1],
          ...PATHS.map((path) => of(now, path, i - 1)),
        ].map((each) => fmt(each, 6)),
      ]),
    ];
  };

  return frame(
    { model, el, id },
    {
      parts: [
        html("div", { class: "bp-controls" }, ...first.map(({ element }) => element)),
        ...(others.length
          ? [
              html(
                "details",
                { class: "bp-others" },
                html("summary", {}, "The other numbers and pulls"),
                html("div", { class: "bp-controls" }, ...others.map(({ element }) => element)),
              ),
            ]
          : []),
        html("div", { class: "bp-examples" }, ...rows.map(({ element }) => element)),
        sums,
      ],
      update,
      sentence,
      table,
      fits: (key, value) => {
        const { min, max } = LIMITS[kindOf(key)];
        return Number.isFinite(value) && value >= min && value <= max;
      },
    },
  );
}

/** @type {(key: string) => "z" | "pull"} */
const kindOf = (key) => (key.startsWith("z") ? "z" : "pull");
/** @type {(key: string) => string} */
const symbolOf = (key) =>
  key.startsWith("z") ? `z_${key.slice(1)}` : `\\mathrm{pull}_${key.slice(4)}`;
/** @type {(now: Normalised, path: typeof PATHS[number], i: number) => number} */
const of = (now, path, i) => [now[path]].flat()[path === "mean" ? 0 : i];
/** @type {(numbers: number[]) => string} */
const listed = (numbers) => numbers.map((each) => fmt(each, 3)).join(", ");

/**
 * A number's part of the figure: what it is, and its paths as bars from a line in the middle.
 * @type {(i: number) => { element: HTMLElement, show: (now: Normalised, z: number, pull: number, most: number) => void }}
 */
function exampleOf(i) {
  const head = html("div", { class: "head" });
  const bars = PATHS.map((path) => {
    const bar = svg("rect", { y: 3, height: TALL - 6 }),
      words = html("span", { class: "number" });
    const element = html(
      "div",
      { class: `path ${path}` },
      html("span", { class: "name" }, CALLED[path]),
      svg(
        "svg",
        { "aria-hidden": true, viewBox: `-50 0 100 ${TALL}`, preserveAspectRatio: "none" },
        svg("line", { x1: 0, x2: 0, y1: 0, y2: TALL }),
        bar,
      ),
      words,
    );
    return { path, bar, words, element };
  });
  return {
    element: html("div", {}, head, ...bars.map(({ element }) => element)),
    show(now, z, pull, most) {
      head.replaceChildren(
        ...inHtml([
          ...runs(`z_${i}`),
          { text: ` = ${fmt(z, DIGITS)}, ` },
          ...runs(`ẑ_${i}`),
          { text: ` = ${fmt(now.zHat[i - 1], DIGITS)}, pull ${fmt(pull, DIGITS)}` },
        ]),
      );
      for (const { path, bar, words } of bars) {
        const value = of(now, path, i - 1),
          long = (48 * Math.abs(value)) / most;
        setAttribute(bar, "x", value < 0 ? -long : 0);
        setAttribute(bar, "width", long);
        setText(words, fmt(value, DIGITS));
      }
    },
  };
}

/**
 * A sum of the deltas that is 0, as a worked line; times: what each is multiplied by, if anything.
 * @type {(label: string, places: number[], delta: number[], times?: number[]) => HTMLElement}
 */
function sumLine(label, places, delta, times) {
  /** @type {Record<string, string>} */
  const symbols = {};
  /** @type {Values} */
  const values = {};
  for (const i of places) {
    symbols[`delta${i}`] = `\\delta_${i}`;
    symbols[`d${i}`] = `d_${i}`;
    values[`delta${i}`] = delta[i - 1];
    if (times) values[`d${i}`] = times[i - 1];
  }
  const terms = delta.map((each, k) => each * (times?.[k] ?? 1)),
    total = sumOf(terms),
    isZero = Math.abs(total) <= ROUNDING * Math.max(...terms.map(Math.abs));
  const expression = places.map((i) => (times ? `d${i} * delta${i}` : `delta${i}`)).join(" + ");
  return html(
    "li",
    { class: "bp-line" },
    ...cellsOf({
      label,
      formula: inHtml(formula(expression, symbols)),
      numbers: ["= ", ...inHtml(substituted(expression, values, DIGITS))],
      result: isZero ? "≈ 0" : result(total, DIGITS), // the numbers in the line are rounded
    }),
  );
}
