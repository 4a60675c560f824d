// Entry check: a few single lines, each of another problem. Where should you begin?
//
// settings.kinds: as in solve.js; settings.items: [kind, seed, line] of each question; settings.starts:
// by how many are right, { words, view }, view being where the practice block settings.block should begin.
// view: what the reader has answered, "" at first, by the number of the question.

import { fmt, runs, said } from "../core/latex.js";
import { ANSWERS, mark } from "../core/marking.js";
import { problem, withParts } from "../core/problems.js";
import { valuesOf } from "../core/trace.js";
import { numberEntry } from "../parts/controls.js";
import { html, inHtml } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { readNumber } from "../parts/givens.js";

import { see } from "../parts/model.js";
import { saidOf } from "../parts/verdict.js";

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {EntryCheckSettings} */
  const { kinds, items, starts, block } = model.get("settings");
  const questions = items.map(([kind, seed, name], n) =>
    question(problem(kinds[kind], seed), name, n + 1),
  );
  const advice = html("p");

  /**
   * One question, { element, show() -> whether it is answered and right, or null }.
   * @type {(it: Problem, name: string, n: number) => { element: HTMLElement, show: () => boolean | null }}
   */
  function question(it, name, n) {
    const line = it.lines.find((step) => step.name === name),
      parts = withParts(line, it);
    const own = new Set(parts.map((step) => step.name));
    const inputs = [...new Set(parts.flatMap((step) => step.inputs))].filter(
      (input) => !own.has(input),
    );
    const given = inputs.map((input) => it.solution.find((step) => step.name === input));
    const known = valuesOf(it.lines.filter((step) => inputs.includes(step.name)));
    const { field, fault, refuse, entered } = numberEntry(`Your answer, ${said(name)}`, ANSWERS);
    const verdict = html("div", { "aria-live": "polite" });
    const form = html(
      "form",
      { class: "bp-guess" },
      html("span", {}, ...inHtml(runs(line.symbol)), " = "),
      field,
      html("button", {}, "Check"),
      fault,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (entered() !== null) see(model, { [n]: field.value });
    });
    const words = given.flatMap(({ symbol, value }, k) => [
      k ? ", " : "",
      ...inHtml(runs(symbol)),
      ` = ${fmt(value, it.net.names.digits)}`,
    ]);
    const element = html(
      "li",
      {},
      html("p", {}, `${it.kind.title}, ${line.label}: `, ...words, "."),
      form,
      verdict,
    );
    /** @type {string | null} */
    let shown = null;
    function show() {
      const text = model.get("view")[n],
        value = readNumber(text, ANSWERS);
      const found = typeof value === "number" ? mark(it, { ...known, [name]: value })[name] : null;
      if (text !== shown) {
        shown = text;
        field.value = text;
        refuse("");
        verdict.className = `bp-verdict ${found?.kind ?? ""}`;
        verdict.replaceChildren(...(found ? saidOf(found, id) : []));
      }
      return found && found.kind === "right";
    }
    return { element, show };
  }

  /** @type {Start | null} */
  let start; // where to begin, once all is answered
  function update() {
    const answers = questions.map(({ show }) => show());
    start = answers.includes(null) ? null : starts[answers.filter(Boolean).length];
    advice.hidden = !start || !id;
    if (start)
      advice.replaceChildren(
        html("a", { href: `#${block}?${new URLSearchParams(start.view)}` }, "Begin there"),
      );
  }

  function sentence() {
    const done = Object.values(model.get("view")).filter(Boolean).length;
    return start ? start.words : `${done} of ${items.length} questions are answered.`;
  }

  const table = () => [
    ["question", "your answer"],
    ...items.map((_, n) => [String(n + 1), model.get("view")[n + 1] || "none yet"]),
  ];
  /** @type {Figure["fits"]} */
  const fits = (key, text) => typeof readNumber(text, ANSWERS) === "number";
  return frame(
    { model, el, id },
    {
      parts: [
        html("ol", { class: "bp-entry" }, ...questions.map(({ element }) => element)),
        advice,
      ],
      update,
      sentence,
      table,
      fits,
    },
  );
}
