// Solve: a problem whose lines are blank from some part on. What stands there, and if it does not, why?
//
// settings.kinds: the kinds of problems, by name. view.kind: one of these, or "mixed", where the seed
// decides; view.seed: the problem; view.fade: how many of the PARTS are blank, or EVERYTHING; view.from:
// whether these are the last ones or the first; view.at: how many lines are done.

import { fmt, result, runs, said } from "../core/latex.js";
import { ANSWERS, mark } from "../core/marking.js";
import { EVERYTHING, mixed, PARTS, problem } from "../core/problems.js";
import { namesOf, valuesOf } from "../core/trace.js";
import { button, choice, numberEntry, numberField } from "../parts/controls.js";
import { html, inHtml, setAttribute, setText } from "../parts/dom.js";
import { fitted } from "../parts/fitted.js";
import { frame } from "../parts/frame.js";
import { formulaOf, givenItem, stepRows, workedItems } from "../parts/line.js";
import { see } from "../parts/model.js";
import { forget, remember, remembered } from "../parts/progress.js";
import { saidOf } from "../parts/verdict.js";

const CLEAN = 2; // lines right at once, after which the rest of their part is filled in
const MISSES = 2; // wrong answers to a line, after which the same line of another problem is shown
const MOST_SEEDS = 2 ** 40,
  PARALLEL = 2 ** 41; // from a problem to the worked one like it

export function render({ model, el, id }) {
  const { kinds } = model.get("settings"),
    view = () => model.get("view");
  const choose = (change) => see(model, { ...change, at: 0 });
  let now; // the problem, its lines that the figure has, `rows`, and how the reader does: see begin

  // ---- the elements ----

  const titles = Object.entries(kinds).map(([kind, { title }]) => [kind, title]);
  const kindChoice = choice("Kind", [...titles, ["mixed", "Mixed kinds"]], (kind) =>
    choose({ kind }),
  );
  const levels = Array.from({ length: EVERYTHING + 1 }, (_, fade) => [String(fade), ""]); // their words are the problem's
  const fadeChoice = choice("Blank", levels, (fade) => choose({ fade: Number(fade) }));
  const fromChoice = choice(
    "Blanks grow",
    [
      ["end", "from the end"],
      ["start", "from the deltas"],
    ],
    (from) => choose({ from }),
  );
  const seed = numberField("Number of the problem", {
    limits: { min: 0, max: MOST_SEEDS },
    read: () => view().seed,
    write: (value) => choose({ seed: Math.round(value) }),
  });
  const number = html("label", { class: "bp-choice" }, "Problem ", seed.field, seed.fault);
  const question = html("p"),
    pictures = html("div"),
    list = html("ol", { class: "bp-lines" });
  const { field, fault, refuse, entered } = numberEntry("Your answer", ANSWERS);
  const asked = html("span"),
    check = html("button", {}, "Check");
  const form = html(
    "form",
    { class: "bp-guess" },
    asked,
    field,
    check,
    button("Show this line", () => goOn([], false)),
    fault,
  );
  const verdict = html("div", { class: "bp-verdict", "aria-live": "polite" });
  const parallel = html("ol", { class: "bp-lines" });
  const like = html(
    "details",
    { class: "bp-like" },
    html("summary", {}, "A worked problem like it"),
    parallel,
  );
  const next = button("Next problem", () => choose(following()));
  const record = html("span"),
    clear = button("Forget this", () => {
      forget();
      showRecord();
    });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = entered();
    if (value !== null) answer(value);
  });
  like.addEventListener("toggle", showParallel);

  // ---- the problem, and answers to it ----

  /** Take up the problem that the view says; misses: wrong answers to this line, missed: to all. */
  function begin() {
    const { kind, seed, fade, from } = view(),
      before = now?.kind;
    const chosen = kind === "mixed" ? mixed(Object.keys(kinds), seed) : kind;
    const it = problem(kinds[chosen], seed),
      parts = PARTS.filter((part) => it.lines.some(({ label }) => label === part));
    const blank = new Set(blankParts(fade, from, parts));
    const rows = it.made ? [] : it.lines.filter(isWanted(it));
    const blanks = rows.filter(({ label }) => blank.has(label)).length;
    now = {
      ...it,
      kind: chosen,
      key: keyOf(),
      parts,
      rows,
      blank,
      blanks,
      misses: 0,
      missed: 0,
      streak: 0,
      clean: 0,
    };
    if (chosen !== before) draw();
    question.replaceChildren(...asking());
    verdict.replaceChildren();
    like.open = false;
    field.value = "";
    refuse("");
  }

  const keyOf = () => JSON.stringify({ ...view(), at: 0 });

  /** Of the gradients and updates, those that the question asks for. */
  const isWanted =
    ({ asked }) =>
    ({ name, label, inputs }) =>
      label === "gradients"
        ? asked.includes(name)
        : label !== "update" || asked.includes(inputs[2]);

  /** Return how many lines are there: those done, and the worked ones after them. */
  function at() {
    if (now.made) return Math.min(view().at, 1);
    let n = Math.min(view().at, now.rows.length);
    while (n < now.rows.length && !now.blank.has(now.rows[n].label)) n++;
    return n;
  }

  const isDone = () => at() === (now.made ? 1 : now.rows.length);

  function answer(value) {
    const line = now.rows[at()];
    const found = mark(now, { ...valuesOf(now.rows.slice(0, at())), [line.name]: value })[
      line.name
    ];
    if (found.kind === "right") return goOn(saidOf(found, id), now.misses === 0);
    missed();
    tell(found.kind, [...saidOf(found, id), ...(now.misses < MISSES ? [] : sameLine(line))]);
    field.select();
  }

  function missed() {
    now.misses++;
    now.missed++;
    now.streak = 0;
  }

  /** Fill the line in, and after some in a row that were right at once the rest of its part. */
  function goOn(told, atOnce) {
    const line = now.rows[at()];
    let done = at() + 1;
    if (!atOnce && !now.misses) missed(); // it was asked for
    now.clean += atOnce ? 1 : 0;
    now.streak = atOnce ? now.streak + 1 : 0;
    if (now.streak === CLEAN) {
      now.streak = 0;
      const others = now.rows.slice(done).findIndex(({ label }) => label !== line.label);
      const rest = others < 0 ? now.rows.length - done : others;
      if (rest)
        told.push(html("p", {}, "Two in a row at once: the rest of this part is filled in."));
      now.blanks -= rest;
      done += rest;
    }
    now.misses = 0;
    field.value = "";
    refuse("");
    tell("right", told);
    see(model, { at: done });
    if (isDone()) finish();
    else field.focus();
  }

  function pick({ name }) {
    const { line: found } = mark(now, { line: name });
    tell(found.kind, saidOf(found, id));
    if (isDone()) return; // whoever has found the line can still ask about others
    if (found.kind !== "right") return missed();
    see(model, { at: 1 });
    finish();
  }

  function finish() {
    remember(now.kind, now.missed === 0);
    showRecord();
    next.focus();
  }

  /** The next problem: after a clean one with one part more blank, after three misses with one less. */
  function following() {
    const { seed, fade } = view(),
      change = now.made || !isDone() ? 0 : now.missed === 0 ? 1 : now.missed > 2 ? -1 : 0;
    return {
      seed: (seed + 1) % MOST_SEEDS,
      fade: Math.min(EVERYTHING, Math.max(Math.min(fade, 1), fade + change)),
    };
  }

  // ---- what is shown ----

  let drawings = [],
    stopDrawing = () => {};

  /** Draw the network; of a batch, once for each example. */
  function draw() {
    const { names, examples } = kinds[now.kind];
    const each =
      examples > 1 ? Array.from({ length: examples }, (_, n) => namesOf(names, n + 1)) : [names];
    stopDrawing();
    drawings = [];
    const boxes = each.map((own, n) =>
      fitted(own, (drawing) => {
        drawings[n] = drawing;
        showDrawings();
      }),
    );
    stopDrawing = () => boxes.forEach(({ stop }) => stop());
    pictures.replaceChildren(...boxes.map(({ element }) => element));
  }

  function showDrawings() {
    const line = now.rows[at()];
    const known = now.made
      ? Object.entries(now.shown).map(([name, value]) => ({ name, value }))
      : now.rows.slice(0, at());
    for (const drawing of drawings.filter(Boolean)) {
      drawing.show([...givenOf(now), ...known]);
      drawing.mark(line ? [line.name] : []);
    }
  }

  function showLines() {
    if (now.made)
      return list.replaceChildren(
        ...now.lines.filter(({ name }) => name in now.shown).map(printedItem),
      );
    list.replaceChildren(...now.rows.slice(0, at()).flatMap((line) => workedItems(line, now)));
  }

  /** A line of a printed solution, with a button that says it is the wrong one. */
  function printedItem(line) {
    const wrong = button("This one", () => pick(line));
    setAttribute(wrong, "aria-label", `This one is wrong: ${said(line.name)}`);
    return html(
      "li",
      { class: "bp-line printed" },
      html("span", { class: "label" }, line.label),
      html("span", {}, ...formulaOf(line, now.solution)),
      html("span", { class: "result" }, result(now.shown[line.name], now.net.names.digits)),
      wrong,
    );
  }

  /** The question: its sentence, with the symbols of what is asked. */
  function asking() {
    const symbols = now.made
      ? []
      : now.asked.map((name) => now.solution.find((step) => step.name === name).symbol);
    const listed = symbols.flatMap((symbol, n) => [
      n === 0 ? "" : n === symbols.length - 1 ? " and " : ", ",
      ...inHtml(runs(symbol)),
    ]);
    const sentence = kinds[now.kind].question
      .split("{asked}")
      .flatMap((text, n) => (n ? [...listed, text] : [text]));
    return [
      ...sentence,
      ...(now.made ? [] : [` The learning rate is η = ${fmt(now.learningRate)}.`]),
    ];
  }

  function tell(kind, nodes) {
    verdict.className = `bp-verdict ${kind}`;
    verdict.replaceChildren(...nodes);
  }

  const likeIt = () => problem(kinds[now.kind], view().seed + PARALLEL);

  function sameLine(line) {
    const other = likeIt(),
      same = other.solution.find(({ name }) => name === line.name);
    return [
      html("p", {}, "The same line of another problem, with its own numbers:"),
      html("ol", { class: "bp-lines" }, ...workedItems(same, other)),
    ];
  }

  function showParallel() {
    if (!like.open) return;
    const other = likeIt(),
      lines = other.lines.filter(now.made ? () => true : isWanted(now));
    parallel.replaceChildren(
      ...givenOf(other).map((step) => givenItem(step, other.net.names.digits)),
      ...lines.flatMap((line) => workedItems(line, other)),
    );
  }

  function showRecord() {
    const told = Object.entries(remembered())
      .filter(([kind]) => Object.hasOwn(kinds, kind))
      .map(
        ([kind, { solved, clean }]) =>
          `${kinds[kind].title}: ${solved} done, ${clean} without a wrong answer.`,
      );
    setText(record, told.length ? `Kept in this browser. ${told.join(" ")}` : "");
    clear.hidden = !told.length;
  }

  function update() {
    const { kind, fade, from } = view();
    if (now?.key !== keyOf() || view().at < now.done) begin(); // another problem, or this one once more
    now.done = view().at;
    const line = now.rows[at()];
    kindChoice.show(kind);
    [...fadeChoice.element.querySelectorAll("option")].forEach((option, n) => {
      setText(option, blankWords(n, from, now.parts));
      option.hidden = n > now.parts.length && n < EVERYTHING; // of one layer there is no hidden delta
    });
    fadeChoice.show(String(fade));
    fromChoice.show(from);
    seed.show();
    fadeChoice.element.hidden = fromChoice.element.hidden = Boolean(now.made);
    form.hidden = !line;
    asked.replaceChildren(
      ...(line ? [`${line.label}: `, ...formulaOf(line, now.solution), " = "] : []),
    );
    setText(next, isDone() ? "Next problem" : "Another problem");
    showDrawings();
    showLines();
  }

  function sentence() {
    const which = `${kinds[now.kind].title}, problem ${view().seed}`,
      line = now.rows[at()];
    if (now.made)
      return isDone()
        ? `${which}: found.`
        : `${which}: a line that is wrong by itself is asked for.`;
    if (line)
      return `${which}: line ${at() + 1} of ${now.rows.length} is asked, ${said(line.name)}.`;
    if (!now.blanks)
      return `${which}: every line is worked. Read it; in the next one a part can be blank.`;
    return `${which}: all is there, ${now.clean} of ${now.blanks} blanks filled in at once.`;
  }

  const table = () => stepRows([...givenOf(now), ...now.rows.slice(0, at())], now.net.names.digits);

  function fits(key, value) {
    if (key === "kind") return value === "mixed" || Object.hasOwn(kinds, value);
    if (key === "from") return value === "end" || value === "start";
    return (
      Number.isInteger(value) && value >= 0 && value <= (key === "fade" ? EVERYTHING : MOST_SEEDS)
    );
  }

  showRecord();
  return frame(
    { model, el, id },
    {
      parts: [
        html(
          "div",
          { class: "bp-settings" },
          ...(titles.length > 1 ? [kindChoice.element] : []),
          fadeChoice.element,
          fromChoice.element,
          number,
        ),
        question,
        pictures,
        list,
        form,
        verdict,
        like,
        html("p", { class: "bp-steps" }, next, record, clear),
      ],
      update,
      sentence,
      table,
      fits,
      stop: () => stopDrawing(),
    },
  );
}

const givenOf = ({ solution }) => solution.filter(({ label }) => label === "given");

/** Return the labels of the parts that are blank, of those that a problem has. */
function blankParts(fade, from, parts) {
  if (fade === EVERYTHING) return ["forward", ...parts];
  return (from === "end" ? parts : [...parts].reverse()).slice(0, fade);
}

function blankWords(fade, from, parts) {
  if (fade === 0) return "nothing";
  return fade === EVERYTHING ? "everything" : blankParts(fade, from, parts).join(", ");
}
