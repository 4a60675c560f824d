// Solve: a problem whose lines are blank from some part on. What stands there, and if it does not, why?
//
// settings.kinds: the kinds of problems, by name; settings.texts: the sentences of marking.py. view.kind: one of
// these, or "mixed", where the seed decides; view.seed: the problem; view.fade: how many of the PARTS are
// blank, or EVERYTHING; view.from: whether these are the last ones or the first.

import { button, choice, numberEntry, numberField } from "./controls.js";
import { html, inHtml, setAttribute, setText } from "./dom.js";
import { fitted } from "./fitted.js";
import { frame } from "./frame.js";
import { formulaOf, workedLine } from "./line.js";
import { mark } from "./marking.js";
import { see } from "./model.js";
import { pcg32 } from "./pcg.js";
import { problem } from "./practice.js";
import { forget, remember, remembered } from "./progress.js";
import { fmt, runs, said } from "./text.js";
import { namesOf, valuesOf } from "./trace.js";

const PARTS = ["update", "gradients", "output delta", "hidden delta"]; // in the order in which they become blank
const EVERYTHING = PARTS.length + 1; // is blank, the way forward too
const CLEAN = 2; // lines right at once, after which the rest of their part is filled in
const MISSES = 2; // wrong answers to a line, after which the same line of another problem is shown
const LARGEST = 1e100; // of an answer: its square is still a number
const MOST_SEEDS = 2 ** 40, PARALLEL = 2 ** 41; // from a problem to the worked one like it
const MIXED = 1000; // the stream of the generator that mixes the kinds

export function render({ model, el, id }) {
  const { kinds, texts } = model.get("settings"), view = () => model.get("view");
  let now; // the problem and how far the reader has come with it

  // ---- the elements ----

  const titles = Object.entries(kinds).map(([kind, { title }]) => [kind, title]);
  const kindChoice = choice("Kind", titles.length > 1 ? [...titles, ["mixed", "Mixed kinds"]] : titles, (kind) => see(model, { kind }));
  const fadeChoice = choice("Blank", Array.from({ length: EVERYTHING + 1 }, (_, n) => [String(n), blankWords(n, view().from)]), (fade) => see(model, { fade: Number(fade) }));
  const fromChoice = choice("Blanks grow", [["end", "from the end"], ["start", "from the deltas"]], (from) => see(model, { from }));
  const seed = numberField("Number of the problem", {
    limits: { min: 0, max: MOST_SEEDS }, read: () => view().seed, write: (value) => see(model, { seed: Math.round(value) }),
  });
  const question = html("p", { class: "bp-question" }), pictures = html("div"), list = html("ol", { class: "bp-lines" });
  const { field, fault, refuse, entered } = numberEntry("Your answer", { min: -LARGEST, max: LARGEST });
  const asked = html("span"), check = html("button", {}, "Check");
  const form = html("form", { class: "bp-guess" }, asked, field, check, button("Show this line", () => goOn({ shown: true })), fault);
  const verdict = html("div", { class: "bp-verdict", role: "status" });
  const parallel = html("ol", { class: "bp-lines" });
  const like = html("details", { class: "bp-like" }, html("summary", {}, "A worked problem like it"), parallel);
  const next = button("Next problem", () => see(model, following()));
  const record = html("span"), clear = button("Forget this", () => {
    forget();
    showRecord();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (now.at === now.lines.length) return;
    const value = entered();
    if (value !== null) answer(value);
  });
  like.addEventListener("toggle", showParallel);

  // ---- the problem ----

  function begin() {
    const { kind, seed, fade, from } = view();
    const names = Object.keys(kinds), chosen = kind === "mixed" ? names[pcg32(seed, MIXED).below(names.length)] : kind;
    const it = problem(kinds[chosen], seed), wanted = new Set(it.asked);
    const lines = it.made ? [] : it.lines.filter(({ name, label, inputs }) =>
      label === "gradients" ? wanted.has(name) : label !== "update" || wanted.has(inputs[2])
    );
    const blank = new Set(it.made ? [] : blankParts(fade, from));
    const isNew = now?.kind !== chosen;
    now = { ...it, kind: chosen, key: keyOf(), lines, blank, at: 0, misses: 0, streak: 0, missed: 0, clean: 0, blanks: 0, isDone: false };
    now.blanks = lines.filter(({ label }) => blank.has(label)).length;
    if (isNew) draw();
    question.replaceChildren(...asking(kinds[chosen].question));
    like.open = false;
    verdict.replaceChildren();
    pass();
  }

  const keyOf = () => JSON.stringify(view());
  const isBlank = ({ label }) => now.blank.has(label);

  /** Pass by the lines that are worked, up to the next blank one. */
  function pass() {
    while (now.at < now.lines.length && !isBlank(now.lines[now.at])) now.at++;
    now.misses = 0;
    field.value = "";
    refuse("");
  }

  function answer(value) {
    const line = now.lines[now.at], before = now.lines.slice(0, now.at).map(({ name }) => [name, now.right[name]]);
    const found = mark(now, { ...Object.fromEntries(before), [line.name]: value }, texts)[line.name];
    if (found.kind === "right") return goOn({ found });
    now.misses++;
    now.missed++;
    now.streak = 0;
    tell(found, now.misses < MISSES ? [] : example(line));
    field.select();
    showAll();
  }

  /** Fill the line in, and after two in a row the rest of its part; shown: the reader asked for it. */
  function goOn({ found, shown = false }) {
    if (now.at === now.lines.length) return;
    const line = now.lines[now.at], wasClean = !shown && now.misses === 0, notes = [];
    if (shown) now.missed++;
    now.clean += wasClean ? 1 : 0;
    now.streak = wasClean ? now.streak + 1 : 0;
    now.at++;
    if (now.streak === CLEAN) {
      now.streak = 0;
      const rest = now.lines.slice(now.at).findIndex(({ label }) => label !== line.label);
      const skipped = rest < 0 ? now.lines.length - now.at : rest;
      if (skipped) notes.push(`Two in a row at once: the rest of this part is filled in.`);
      now.blanks -= skipped;
      now.at += skipped;
    }
    pass();
    if (now.at === now.lines.length) finish();
    tell(found, notes);
    showAll();
    if (now.at === now.lines.length) next.focus();
    else field.focus();
  }

  function finish() {
    if (now.isDone) return;
    now.isDone = true;
    remember(now.kind, now.missed === 0);
    showRecord();
  }

  /** The next problem: after a clean one with one more part blank, after many misses with one less. */
  function following() {
    const { seed, fade } = view(), change = !now.isDone ? 0 : now.missed === 0 ? 1 : now.missed > 2 ? -1 : 0;
    return { seed: (seed + 1) % MOST_SEEDS, fade: now.made ? fade : Math.min(EVERYTHING, Math.max(1, fade + change)) };
  }

  // ---- what is shown ----

  function draw() {
    now.stop?.();
    const { names, examples } = kinds[now.kind];
    const each = examples > 1 ? Array.from({ length: examples }, (_, n) => namesOf(names, n + 1)) : [names];
    drawings = each.map(() => null);
    const boxes = each.map((own, n) => fitted(own, (drawing) => {
      drawings[n] = drawing;
      if (now.at !== undefined) showDrawings();
    }));
    stopDrawing();
    stopDrawing = () => boxes.forEach(({ stop }) => stop());
    pictures.replaceChildren(...boxes.map(({ element }) => element));
  }
  let drawings = [], stopDrawing = () => {};

  function showDrawings() {
    const given = now.solution.filter(({ label }) => label === "given");
    const known = now.made ? Object.entries(now.shown).map(([name, value]) => ({ name, value })) : now.lines.slice(0, now.at);
    for (const drawing of drawings) {
      drawing.show([...given, ...known]);
      drawing.mark(now.at < now.lines.length ? [now.lines[now.at].name] : []);
    }
  }

  /** A line's own parts, that are lines of no kind: slopes and pulls; then the line. */
  function withParts(step, solution, lines) {
    const isLine = new Set(lines.map(({ name }) => name)), found = new Map();
    const add = (one) => {
      for (const input of one.inputs) {
        const part = solution.find(({ name }) => name === input);
        if (part.expression && !isLine.has(input)) add(part);
      }
      found.set(one.name, one);
    };
    add(step);
    return [...found.values()];
  }

  const worked = (step, solution, lines, digits) =>
    withParts(step, solution, lines).map((one) =>
      html("li", { class: one === step ? "bp-line" : "bp-line part" }, ...workedLine(one, solution, digits))
    );

  function showLines() {
    const { digits } = kinds[now.kind].names;
    if (now.made) return list.replaceChildren(...printed(digits));
    list.replaceChildren(...now.lines.slice(0, now.at).flatMap((step) => worked(step, now.solution, now.lines, digits)));
  }

  /** The lines of a printed solution, each with a button that says it is the wrong one. */
  function printed(digits) {
    return now.lines.concat(now.solution.filter(({ name }) => name in now.shown)).map((step) => {
      const pick = button("This one", () => {
        const { line: found } = mark(now, { line: step.name }, texts);
        if (found.kind === "right") finish();
        else now.missed++;
        tell(found, []);
        if (found.kind === "right") next.focus();
      });
      setAttribute(pick, "aria-label", `This one is wrong: ${said(step.name)}`);
      return html(
        "li", { class: "bp-line" }, html("span", { class: "label" }, step.label), html("span", {}, ...formulaOf(step, now.solution)), pick,
        html("span", { class: "result" }, `≈ ${fmt(now.shown[step.name], digits)}`)
      );
    });
  }

  function asking(sentence) {
    const symbols = now.asked.filter((name) => name !== "line").map((name) => now.solution.find((step) => step.name === name).symbol);
    const [before, after] = sentence.split("{asked}");
    const listed = symbols.flatMap((symbol, n) => [...(n ? [n === symbols.length - 1 ? " and " : ", "] : []), ...inHtml(runs(symbol))]);
    return after === undefined ? [before] : [before, ...listed, after];
  }

  function tell(found, notes) {
    const said = found ? [html("p", {}, found.said, ...found.mistakes.flatMap(again))] : [];
    verdict.className = `bp-verdict ${found?.kind ?? ""}`;
    verdict.replaceChildren(...said, ...notes.map((note) => (typeof note === "string" ? html("p", {}, note) : note)));
  }

  /** A link to where a mistake is explained. */
  function again(mistake) {
    const [chapter, place] = texts.mistakes[mistake].section.split("#");
    return [" ", html("a", { href: `${chapter}.${id ? "html" : "ipynb"}#${place}` }, "Read it again"), "."];
  }

  function likeIt() {
    return problem(kinds[now.kind], view().seed + PARALLEL);
  }

  /** The same line of another problem, worked. */
  function example(line) {
    const other = likeIt(), step = other.solution.find(({ name }) => name === line.name), { digits } = kinds[now.kind].names;
    const given = withParts(step, other.solution, other.lines).flatMap(({ inputs }) => inputs);
    return [
      html("p", {}, "The same line of another problem, with its own numbers:"),
      html("ol", { class: "bp-lines" }, ...worked(step, other.solution, other.lines, digits)),
    ].slice(0, given.length ? 2 : 0);
  }

  function showParallel() {
    if (!like.open) return;
    const other = likeIt(), { digits } = kinds[now.kind].names;
    const lines = now.made ? other.lines : other.lines.filter(({ name }) => now.lines.some((line) => line.name === name));
    const given = other.solution.filter(({ label }) => label === "given").map(({ symbol, value }) =>
      html("li", { class: "bp-line given" }, html("span", { class: "label" }, "given"), html("span", {}, ...inHtml(runs(symbol))), html("span", { class: "result" }, `= ${fmt(value, digits)}`))
    );
    parallel.replaceChildren(...given, ...lines.flatMap((step) => worked(step, other.solution, other.lines, digits)));
  }

  function showRecord() {
    const told = Object.entries(remembered()).filter(([kind]) => kind in kinds).map(([kind, { solved, clean }]) =>
      `${kinds[kind].title}: ${solved} solved, ${clean} without a wrong answer`
    );
    setText(record, told.length ? `Kept in this browser. ${told.join("; ")}.` : "");
    clear.hidden = !told.length;
  }

  function showAll() {
    const line = now.lines[now.at];
    showDrawings();
    showLines();
    form.hidden = !line;
    next.textContent = now.isDone || (!line && !now.made) ? "Next problem" : "Another problem";
    asked.replaceChildren(...(line ? [`${line.label}: `, ...formulaOf(line, now.solution), " = "] : []));
  }

  function update() {
    const { kind, fade, from } = view();
    if (now?.key !== keyOf()) begin();
    kindChoice.show(kind);
    for (const [n, option] of [...fadeChoice.element.querySelectorAll("option")].entries()) setText(option, blankWords(n, from));
    fadeChoice.show(String(fade));
    fromChoice.show(from);
    seed.show();
    fadeChoice.element.hidden = fromChoice.element.hidden = Boolean(now.made);
    showAll();
    showRecord();
  }

  function sentence() {
    const { seed } = view(), which = `${kinds[now.kind].title}, problem ${seed}`;
    if (now.made) return now.isDone ? `${which}: found.` : `${which}: which line is wrong by itself?`;
    const line = now.lines[now.at];
    if (line) return `${which}: line ${now.at + 1} of ${now.lines.length} is asked, ${said(line.name)}.`;
    if (!now.blanks) return `${which}: every line is worked. In the next one the last part is blank.`;
    return `${which}: all is there, ${now.clean} of ${now.blanks} blanks filled in at once.`;
  }

  const table = () => [
    ["step", "quantity", "value"],
    ...now.solution.filter(({ label }) => label === "given").concat(now.lines.slice(0, now.at)).map(({ label, symbol, value }) => [
      label, runs(symbol), fmt(value, kinds[now.kind].names.digits),
    ]),
  ];

  const fits = (key, value) =>
    key === "kind" ? value === "mixed" || value in kinds
    : key === "from" ? value === "end" || value === "start"
    : Number.isInteger(value) && value >= 0 && value <= (key === "fade" ? EVERYTHING : MOST_SEEDS);

  return frame({ model, el, id }, {
    parts: [
      html("div", { class: "bp-settings" }, ...(titles.length > 1 ? [kindChoice.element] : []), fadeChoice.element, fromChoice.element,
        html("label", { class: "bp-choice" }, "Problem ", seed.field, seed.fault)),
      question, pictures, list, form, verdict, like,
      html("p", { class: "bp-steps" }, next, record, clear),
    ],
    update, sentence, table, fits, stop: () => stopDrawing(),
  });
}

/** Return the labels of the parts that are blank. */
function blankParts(fade, from) {
  if (fade === EVERYTHING) return ["forward", ...PARTS];
  return (from === "end" ? PARTS : [...PARTS].reverse()).slice(0, fade);
}

function blankWords(fade, from) {
  if (fade === 0) return "nothing";
  return fade === EVERYTHING ? "everything" : blankParts(fade, from).join(", ");
}
