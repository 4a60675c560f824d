// Walk: the passes one step at a time. What comes next?
//
// settings.until: the label of the last steps that are walked. view.step: how many are done.

import { fmt, runs, said } from "../core/latex.js";
import { derivative, updated, weights } from "../core/names.js";
import { LABELS, trace, wordOf } from "../core/trace.js";
import { button, choice, numberEntry } from "../parts/controls.js";
import { html, inHtml, setAttribute } from "../parts/dom.js";
import { fitted, showMarked } from "../parts/fitted.js";
import { frame } from "../parts/frame.js";
import { stepRows, workedLine } from "../parts/line.js";
import { networkOf, see } from "../parts/model.js";

/**
 * How the lines of a step look, by its label.
 * @type {Record<string, Look>}
 */
const LOOK_OF = {
  forward: "forward",
  "output delta": "back",
  "hidden delta": "back",
  gradients: "back",
  update: "new",
};
const NEAR = 0.01; // of the number: as near as four figures on the way leave a prediction

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {WalkSettings} */
  const { names, until } = model.get("settings");
  /** @type {Map<string, string>} */
  const lines = new Map(); // step or parent: the weight or the error on whose line it is
  for (const { symbol } of weights(names))
    for (const { name } of [symbol, derivative(names.total, symbol), updated(symbol)])
      lines.set(name, symbol.name);
  for (const { name } of names.error) lines.set(name, name);

  /** @type {Step[]} */
  let steps = [];
  /** @type {Step[]} */
  let walked = []; // those of them that are asked for
  /** @type {{ step: number, value: number } | null} */
  let guess = null; // what the reader said comes next
  const at = () => Math.min(Math.max(0, Math.round(model.get("view").step)), walked.length);
  /** @type {(step: number) => void} */
  const go = (step) => see(model, { step: Math.min(Math.max(0, step), walked.length) });

  // ---- the elements ----

  const back = button("Back", () => go(at() - 1)),
    next = button("Show what comes next", () => go(at() + 1));
  const { field, fault, entered } = numberEntry("Your prediction", {
    min: -Infinity,
    max: Infinity,
  });
  setAttribute(fault, "role", "alert");
  const check = html("button", {}, "Check");
  const question = html("span", {}),
    line = html("p", { class: "bp-line" });
  const form = html("form", { class: "bp-guess" }, question, field, check, fault);
  const stops = LABELS.slice(1, LABELS.indexOf(until) + 1);
  /** @type {[string, string][]} */
  const parts = stops.map((label) => [label, label]);
  const jump = choice("Go to", [["", "a part …"], ...parts, ["end", "the end"]], (label) => {
    go(label === "end" ? walked.length : walked.findIndex((step) => step.label === label));
    jump.show("");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (at() === walked.length) return;
    const value = entered();
    if (value === null) return;
    guess = { step: at(), value };
    go(at() + 1);
  });
  el.addEventListener("keydown", (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const target = /** @type {Element} */ (event.target);
    const moves = target.matches("button, a, summary") || (target === field && !field.value);
    if (!way || !moves || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(at() + way);
  });

  /** The given numbers that the walk needs: before an update, no learning rate. */
  const known = () =>
    steps.filter(({ name, label }) => label === "given" && (name !== "eta" || until === "update"));

  /** @type {Drawing} */
  let drawn;
  const picture = fitted(
    names,
    (drawing) => {
      drawn = drawing;
      showDrawing();
    },
    stops,
  );

  // ---- the model's state, shown ----

  function showDrawing() {
    drawn.show([...known(), ...walked.slice(0, at())]);
    const now = walked[at() - 1],
      parents = now?.inputs ?? [],
      /** @type {Record<string, Look>} */ looks = {};
    if (now)
      for (const name of [now.name, ...parents])
        if (lines.has(name)) looks[lines.get(name)] = LOOK_OF[now.label];
    drawn.light(looks);
    drawn.mark(now ? [now.name, ...parents] : []);
    if (drawn.element.parentElement) showMarked(drawn.element.parentElement);
  }

  function update() {
    const options = { biases: model.get("biases"), hiddenWeights: model.get("hidden_weights") };
    steps = trace(
      networkOf(model),
      model.get("x"),
      model.get("t"),
      model.get("learning_rate"),
      options,
    );
    const asked = new Set(stops),
      inputs = new Set(names.out.flat().map(({ name }) => name));
    // ∂net/∂w is what comes in along the weight: nothing to work out
    walked = steps.filter(({ label, expression }) => asked.has(label) && !inputs.has(expression));
    showDrawing();
    const coming = walked[at()];
    // not `disabled`: what has the focus at the end would lose it, and with it the arrow keys
    setAttribute(back, "aria-disabled", at() === 0 || null);
    for (const control of [next, check]) setAttribute(control, "aria-disabled", !coming || null);
    question.replaceChildren(
      ...(coming
        ? [`${wordOf(coming)}: what is `, ...inHtml(runs(coming.symbol)), "?"]
        : ["Nothing is left to do."]),
    );
    field.value = "";
    line.replaceChildren(...worked());
  }

  /** The line of the step that was done last, and how near the prediction came. */
  function worked() {
    const step = walked[at() - 1];
    if (!step)
      return ["Only the given numbers are there. Say what comes next, or let it be shown."];
    return [
      ...workedLine(step, steps, names.digits),
      ...(guess?.step === at() - 1
        ? [html("span", { class: "verdict" }, verdict(guess.value, step.value))]
        : []),
    ];
  }

  function sentence() {
    const step = walked[at() - 1];
    if (!step) return `${walked.length} steps are to come.`;
    const told = [
      `Step ${at()} of ${walked.length}: ${said(step.name)} is ${fmt(step.value, names.digits)}.`,
    ];
    if (guess?.step === at() - 1) told.push(verdict(guess.value, step.value));
    return [...told, ...touched(walked.slice(0, at()))].join(" ");
  }

  /**
   * How often the two passes have come along each weight so far.
   * @type {(done: Step[]) => string[]}
   */
  function touched(done) {
    const all = names.w
      .flat(2)
      .filter(Boolean)
      .map(({ name }) => name);
    /** @type {(label: string, of: (step: Step) => string[]) => { used: number, often: string }} */
    const count = (label, of) => {
      const used = done
        .filter((step) => step.label === label)
        .flatMap(of)
        .filter((name) => all.includes(name));
      const most = Math.max(...all.map((name) => used.filter((other) => other === name).length));
      return { used: new Set(used).size, often: most === 1 ? "once" : `up to ${most} times` };
    };
    const forth = count("forward", ({ inputs }) => inputs);
    const ways = count("gradients", ({ name }) => [lines.get(name)]);
    const told = [
      `Forward, ${forth.used} of ${all.length} weights are multiplied, each ${forth.often}.`,
    ];
    if (ways.used)
      told.push(
        `On the way back ${ways.used} of ${all.length} have their gradient, each found ${ways.often}.`,
      );
    return forth.used ? told : [];
  }

  const table = () => stepRows([...known(), ...walked.slice(0, at())], names.digits);

  return frame(
    { model, el, id },
    {
      parts: [
        picture.element,
        line,
        form,
        html("div", { class: "bp-steps" }, back, next, jump.element),
      ],
      update,
      sentence,
      table,
      fits: (key, step) => Number.isInteger(step) && step >= 0,
      stop: picture.stop,
    },
  );
}

/**
 * Say how a prediction compares with the number.
 * @type {(guess: number, value: number) => string}
 */
function verdict(guess, value) {
  const off = Math.abs(guess - value);
  if (off <= NEAR * Math.abs(value)) return "As you said.";
  if (Math.abs(guess + value) <= NEAR * Math.abs(value))
    return "You have its size, with the other sign.";
  const factor = guess / value;
  if (Number.isFinite(factor) && factor > 0)
    return `You said ${fmt(guess, 6)}, ${fmt(factor, 2)} times the number.`;
  return `You said ${fmt(guess, 6)}.`;
}
