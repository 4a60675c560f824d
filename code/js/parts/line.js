// The lines of a pass: label, formula, the formula with numbers, result; or only what came out.

import { fmt, formula, result, runs, substituted } from "../core/latex.js";
import { withParts } from "../core/problems.js";
import { valuesOf, wordOf } from "../core/trace.js";
import { html, inHtml } from "./dom.js";

/** @type {WeakMap<Step[], { symbols: Record<string, string>, values: Values }>} */
const known = new WeakMap(); // by list of steps: their symbols and values, by name

/** @type {(steps: Step[]) => { symbols: Record<string, string>, values: Values }} */
function namesIn(steps) {
  if (!known.has(steps)) {
    const symbols = Object.fromEntries(steps.map(({ name, symbol }) => [name, symbol]));
    known.set(steps, { symbols, values: valuesOf(steps) });
  }
  return known.get(steps);
}

/**
 * Return a step's symbol and formula, "δ = ∂E/∂out · ∂out/∂net", as HTML nodes; steps: those that it is one of.
 * @type {(step: Step, steps: Step[]) => Child[]}
 */
export function formulaOf(step, steps) {
  return inHtml([
    ...runs(step.symbol),
    { text: " = " },
    ...formula(step.expression, namesIn(steps).symbols),
  ]);
}

/**
 * Return the cells of a worked line, named as lines.py names them; what is not given has none.
 * @type {(line: { label: string, formula: Child[], numbers?: Child[], result: string }) => HTMLElement[]}
 */
export function cellsOf({ label, formula, numbers, result }) {
  return Object.entries({ label: [label], formula, numbers, result: [result] })
    .filter(([, content]) => content)
    .map(([name, content]) => html("span", { class: name }, ...content));
}

/**
 * Return the cells of a step's worked line: label, formula, formula with numbers, result.
 * @type {(step: Step, steps: Step[], digits: number) => HTMLElement[]}
 */
export function workedLine(step, steps, digits) {
  return cellsOf({
    label: wordOf(step),
    formula: formulaOf(step, steps),
    numbers: ["= ", ...inHtml(substituted(step.expression, namesIn(steps).values, digits))],
    result: result(step.value, digits),
  });
}

/**
 * Return a line of a problem, worked, and before it its parts, as items of a list.
 * @type {(line: Step, problem: Problem) => HTMLElement[]}
 */
export function workedItems(line, problem) {
  const { digits } = problem.net.names;
  return withParts(line, problem).map((step) =>
    html(
      "li",
      { class: step === line ? "bp-line" : "bp-line part" },
      ...workedLine(step, problem.solution, digits),
    ),
  );
}

/**
 * Return a given number as an item of the same list.
 * @type {(step: Step, digits: number) => HTMLElement}
 */
export function givenItem({ symbol, value }, digits) {
  return html(
    "li",
    { class: "bp-line given" },
    ...cellsOf({ label: "given", formula: inHtml(runs(symbol)), result: result(value, digits) }),
  );
}

/**
 * Return steps as the rows of a table: label, symbol and value.
 * @type {(steps: Step[], digits: number) => Cell[][]}
 */
export const stepRows = (steps, digits) => [
  ["step", "quantity", "value"],
  ...steps.map((step) => [wordOf(step), runs(step.symbol), fmt(step.value, digits)]),
];
