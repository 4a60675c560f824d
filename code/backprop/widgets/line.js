// A worked line: label, formula, the formula with numbers, result.

import { html, inHtml } from "./dom.js";
import { formula, result, runs, substituted } from "./text.js";
import { valuesOf } from "./trace.js";

/** Return a step's symbol and formula, "δ = ∂E/∂out · ∂out/∂net", as HTML nodes; steps: those that it is one of. */
export function formulaOf(step, steps) {
  const symbols = Object.fromEntries(steps.map(({ name, symbol }) => [name, symbol]));
  return inHtml([...runs(step.symbol), { text: " = " }, ...formula(step.expression, symbols)]);
}

/** Return the parts of a step's worked line: label, formula, formula with numbers, result. */
export function workedLine(step, steps, digits) {
  return [
    html("span", { class: "label" }, step.label),
    html("span", {}, ...formulaOf(step, steps)),
    html("span", {}, "= ", ...inHtml(substituted(step.expression, valuesOf(steps), digits))),
    html("span", { class: "result" }, result(step.value, digits)),
  ];
}
