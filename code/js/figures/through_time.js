// Through time: what each step adds to the gradient of the weight that is used at every step. When do they cancel?
//
// settings: the numbers u, v, b, c and the activation of a recurrent network of one unit; x, the inputs, of which the
// first steps are read; t, the target of the last step; most, how many steps there may be.
// view: w; first, the input of step 1; steps, how many are read.

import { fmt } from "../core/latex.js";
import { passOf } from "../core/recurrent.js";
import { numberControl } from "../parts/controls.js";
import { html, setAttribute, setText, svg } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { see } from "../parts/model.js";

const DIGITS = 4,
  TALL = 20; // decimals; height of a bar's picture in pixels
const WIDE = { min: -10, max: 10, low: -2, high: 2, step: 0.01 };

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {ThroughTimeSettings} */
  const settings = model.get("settings");
  /** @type {() => ThroughTimeView} */
  const view = () => model.get("view");
  const pass = () => {
    const { w, first, steps } = view();
    return passOf({ ...settings, w }, [first, ...settings.x.slice(1, steps)], settings.t);
  };
  const controls = [
    numberControl({
      latex: "w",
      limits: WIDE,
      read: () => view().w,
      write: (w) => see(model, { w }),
    }),
    numberControl({
      latex: "x^{(1)}",
      limits: WIDE,
      read: () => view().first,
      write: (first) => see(model, { first }),
    }),
    numberControl({
      latex: "\\mathrm{steps}",
      limits: { min: 1, max: settings.most, low: 1, high: settings.most, step: 1 },
      read: () => view().steps,
      write: (steps) => see(model, { steps: Math.round(steps) }),
    }),
  ];
  const rows = Array.from({ length: settings.most }, (_, s) => rowOf(`step ${s + 1}`));
  const total = rowOf("their sum");
  total.element.classList.add("sum");
  const told = html("p", {});

  function update() {
    const now = pass(),
      size = Math.max(...now.terms.map(Math.abs), Math.abs(now.dw), Number.MIN_VALUE);
    for (const control of controls) control.show();
    rows.forEach(({ element, show }, s) => {
      element.hidden = s >= view().steps;
      if (!element.hidden) show(now.terms[s], size);
    });
    total.show(now.dw, size);
    setText(
      told,
      `The output is ${written(now.y)}, the target ${written(settings.t)}, and E is ${written(now.E)}.`,
    );
  }

  const sentence = () => {
    const { w, steps } = view(),
      { terms, dw } = pass();
    const each = terms.map((term, s) => `${written(term)} at step ${s + 1}`).join(", ");
    return `With w = ${written(w)} and ${steps} ${steps === 1 ? "step" : "steps"}, the terms of the gradient are: ${each}; their sum is ${written(dw)}.`;
  };

  const table = () => {
    const { z, h, y, E, delta, terms, dw } = pass();
    return [
      ["step", "z", "h", "δ", "term"],
      ...terms.map((term, s) => [
        String(s + 1),
        ...[z[s], h[s + 1], delta[s], term].map((number) => written(number)),
      ]),
      ["output y", written(y), "", "", ""],
      ["loss E", written(E), "", "", ""],
      ["∂E/∂w", "", "", "", written(dw)],
    ];
  };

  return frame(
    { model, el, id },
    {
      parts: [
        html("div", { class: "bp-controls" }, ...controls.map(({ element }) => element)),
        html("div", { class: "bp-terms" }, ...rows.map(({ element }) => element), total.element),
        told,
      ],
      update,
      sentence,
      table,
      fits: (key, value) =>
        key === "steps"
          ? Number.isInteger(value) && value >= 1 && value <= settings.most
          : value >= WIDE.min && value <= WIDE.max,
    },
  );
}

/**
 * A row: its name, its number as a bar to the left or right of the middle, where 0 is, and the number.
 * @type {(name: string) => { element: HTMLElement, show: (value: number, size: number) => void }}
 */
function rowOf(name) {
  const bar = svg("rect", { y: 3, height: TALL - 6 }),
    zero = svg("line", { x1: "50%", x2: "50%", y1: 0, y2: TALL });
  const number = html("span", { class: "count" });
  return {
    element: html(
      "div",
      {},
      html("span", {}, name),
      svg("svg", { "aria-hidden": true }, zero, bar),
      number,
    ),
    show(value, size) {
      const wide = (48 * Math.abs(value)) / size;
      setAttribute(bar, "x", `${(value < 0 ? 50 - wide : 50).toFixed(3)}%`);
      setAttribute(bar, "width", `${wide.toFixed(3)}%`);
      setText(number, written(value));
    },
  };
}

/** @type {(number: number) => string} */
const written = (number) => fmt(number, DIGITS);
