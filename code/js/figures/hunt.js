// Hunt: programs, each with one mistake. Which line is wrong, and what is wrong in it?
//
// settings: right { lines, does }, the right program and what its lines are there for; gradients, the
// names of their entries and the right values; programs { mistake, lines, wrong, changed, unharmed,
// values, symptoms }: wrong are the numbers of its wrong lines, changed those in the right program,
// unharmed { number: whether what that line makes is right }. view.seed: of the order; at: which program
// in it; level: 1, its place is marked, 2, it is to be found, or 3, from the numbers alone; answer: a
// mistake, the number of a line, SHOWN or "".

import { fmt } from "../core/latex.js";
import { COINCIDES, WORDS } from "../core/mistakes.js";
import { pcg32 } from "../core/pcg.js";
import { TABLES } from "../core/tables.js";
import { button, choice } from "../parts/controls.js";
import { html, setAttribute, setText } from "../parts/dom.js";
import { frame, tableOf } from "../parts/frame.js";
import { see } from "../parts/model.js";
import { kept } from "../parts/progress.js";
import { again } from "../parts/verdict.js";

const LEVELS = [
  [1, "the place is marked"],
  [2, "the program and its numbers"],
  [3, "the numbers alone"],
];
const SHOWN = "shown"; // an answer that was not given but asked for
const OPTIONS = 4; // to choose from where the place is marked
const CLEAN = 2,
  MISSED = -2; // programs in a row after which the level changes
const STREAM = TABLES.pcg.STREAMS.programs;
const RIGHT = "right";

let count = 0; // of figures on this page: radio buttons go together by name

export function render({ model, el, id }) {
  const { right, gradients, programs } = model.get("settings");
  const view = () => model.get("view");
  const now = () => order(programs, view().seed)[view().at];
  const own = kept(id ?? "hunt"),
    group = `bp-hunt-${++count}`;
  let found = {},
    streak = 0,
    misses = 0; // found: the highest level at which each mistake was, at once

  // ---- the elements ----

  const level = choice("What you are told", LEVELS, (value) =>
    see(model, { level: Number(value), answer: "" }),
  );
  const asked = html("legend", {}),
    listing = html("div", { class: "bp-listing bp-scroll" }),
    options = html("div", { class: "bp-options" });
  const form = html("form", {}, html("fieldset", {}, asked, listing, options));
  const numbers = html("div", { class: "bp-scroll" });
  const check = html("button", {}, "Check"),
    show = button("Show me", () => answer(SHOWN));
  const next = button("Next program", onward),
    forget = button("Forget my progress", clear);
  const verdict = html("div", { class: "bp-verdict", "aria-live": "polite" });
  form.append(
    html("div", { class: "bp-steps" }, check, show, next),
    html("div", { class: "bp-answer" }, verdict),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input:checked");
    if (chosen) answer(chosen.value);
    else verdict.replaceChildren(html("p", {}, "Choose first."));
  });

  // ---- what the reader does ----

  const isRight = (answer) =>
    view().level === 1 ? answer === now().mistake : wrong().includes(Number(answer));
  const isAsked = (text) => Boolean(text) && right.does[right.lines.indexOf(text)] !== "";
  /** The last answer, or "" if it is none to what is asked now: an address may say anything. */
  const given = () => {
    const { answer, level } = view();
    const isOne =
      answer === SHOWN || (level === 1 ? answer in WORDS : isAsked(lines()[Number(answer) - 1]));
    return isOne ? answer : "";
  };
  const isDone = () => given() === SHOWN || (given() !== "" && isRight(given()));

  function answer(value) {
    if (isDone()) return;
    if (value === SHOWN || !isRight(value)) misses++;
    else if (misses === 0)
      found = { ...found, [now().mistake]: Math.max(view().level, found[now().mistake] ?? 0) };
    see(model, { answer: value });
    if (!isDone()) return;
    streak = misses === 0 ? Math.max(streak, 0) + 1 : Math.min(streak, 0) - 1;
    keep();
  }

  function onward() {
    const isLast = view().at === programs.length - 1;
    const place = isLast ? { seed: view().seed + 1, at: 0 } : { at: view().at + 1 };
    const step = streak >= CLEAN ? 1 : streak <= MISSED ? -1 : 0,
      level = Math.min(3, Math.max(1, view().level + step));
    const isOther = level !== view().level;
    if (isOther) streak = 0;
    see(model, { ...place, level, answer: "" });
    keep();
    if (isOther)
      verdict.replaceChildren(
        html(
          "p",
          {},
          step > 0
            ? "Two in a row at the first try: from here on you are told less."
            : "Two in a row took more than one try: from here on you are told more.",
        ),
      );
  }

  function keep() {
    const { seed, at, level } = view();
    own.write({ view: { seed, at, level }, found, streak });
  }

  function clear() {
    own.clear();
    [found, streak, misses] = [{}, 0, 0];
    see(model, { ...start, answer: "" });
  }

  // ---- the model's state, shown ----

  const lines = () => (view().level === 3 ? right.lines : now().lines);
  const wrong = () => (view().level === 3 ? now().changed : now().wrong);

  let shownFor;
  function update() {
    const { seed, at, level: told } = view(),
      place = [seed, at, told].join();
    level.show(String(told));
    if (place !== shownFor) {
      shownFor = place;
      misses = 0;
      setText(asked, `Program ${at + 1} of ${programs.length}. ${question()}`);
      listing.replaceChildren(...lines().map(row));
      options.replaceChildren(
        ...(told === 1 ? choices(programs, now(), seed + at).map(option) : []),
      );
      numbers.replaceChildren(table());
      if (told === LEVELS.length)
        form.before(numbers); // they are what is given, and on a phone come first
      else form.after(numbers);
    }
    const isMarked = told === 1 || isDone();
    [...listing.children].forEach((row, n) =>
      row.classList.toggle("marked", isMarked && wrong().includes(n + 1)),
    );
    for (const control of [check, show]) setAttribute(control, "aria-disabled", isDone() || null);
    verdict.classList.toggle("right", isDone());
    verdict.replaceChildren(...(given() === "" ? [] : said(given())));
  }

  function question() {
    if (view().level === 1)
      return `Look at ${linesOf(wrong())}. What has gone wrong there? The programmer …`;
    if (view().level === 2) return "Which line is wrong? (Of two wrong ones either will do.)";
    return "This is the right program. Which of its lines was another when it gave these numbers?";
  }

  function row(text, index) {
    const number = html("span", { class: "number" }, String(index + 1)),
      code = html("code", {}, text);
    if (view().level === 1 || !isAsked(text))
      return html("div", { class: "row" }, html("span", {}), number, code);
    return html(
      "label",
      { class: "row" },
      html("input", { type: "radio", name: group, value: index + 1 }),
      number,
      code,
    );
  }

  const option = ({ mistake }) =>
    html(
      "label",
      {},
      html("input", { type: "radio", name: group, value: mistake }),
      html("span", {}, WORDS[mistake].what),
    );

  function table() {
    const { values } = now();
    const rows = gradients.map(({ name, value }, k) => [
      name,
      fmt(value, 6),
      fmt(values[k], 6),
      times(values[k], value),
    ]);
    const element = tableOf([["gradient", "right", "found", "times"], ...rows]);
    for (const row of element.tBodies[0].rows)
      row.classList.toggle("off", row.lastChild.textContent !== RIGHT);
    return element;
  }

  /** What is said to an answer: paragraphs. */
  function said(answer) {
    const { mistake, symptoms } = now(),
      { what, explanation, section } = WORDS[mistake];
    if (!isDone())
      return [html("p", {}, ...(view().level === 1 ? ofMistake(answer) : ofLine(Number(answer))))];
    const places = (numbers, all) =>
      numbers.flatMap((n, k) => [k ? " and " : "", code(all[n - 1])]);
    return [
      html(
        "p",
        {},
        html("strong", {}, `${answer === SHOWN ? "Here it is" : "Yes"}, ${linesOf(wrong())}. `),
        `The programmer ${what}: `,
        ...places(now().wrong, now().lines),
        ". ",
        explanation,
      ),
      html(
        "p",
        {},
        "It should be ",
        ...places(now().changed, right.lines),
        ". In the numbers: ",
        symptoms,
        ". ",
        again(section, id),
        ".",
      ),
    ];
  }

  /** To a mistake that it is not: what it would look like. */
  function ofMistake(answer) {
    const other = programs.find(({ mistake }) => mistake === answer);
    const theirs = other.wrong.flatMap((n, k) => [k ? " and " : "", code(other.lines[n - 1])]);
    return [
      html("strong", {}, "Not this. "),
      `Whoever ${WORDS[answer].what} has `,
      ...theirs,
      ". Compare that with what is marked.",
    ];
  }

  /** To a line that is right: what it is there for, and where to look. */
  function ofLine(n) {
    const text = lines()[n - 1],
      unharmed = now().unharmed[now().lines.indexOf(text) + 1];
    const where =
      unharmed === undefined
        ? "It gives the slope at whatever it is handed. Look at the lines that call it."
        : unharmed
          ? "What it makes is right too, and so is all that it takes in. Look in the table for an array that is off, and for the line that makes it."
          : "What it makes is off, but only since something that it takes in is. Go up to the line that makes that.";
    return [
      html("strong", {}, `Not line ${n}. `),
      code(text),
      ` is as it should be. ${right.does[right.lines.indexOf(text)]} ${where}`,
    ];
  }

  function sentence() {
    const { at, level } = view(),
      levels = Object.values(found),
      all = `${levels.length} of ${programs.length}`;
    const told = LEVELS.find(([number]) => number === level)[1];
    const alone = levels.filter((level) => level === LEVELS.length).length;
    return `Program ${at + 1}: ${told}. Found at the first try so far: ${all}, ${alone} from the numbers alone.`;
  }

  const places = { seed: Infinity, at: programs.length - 1, level: LEVELS.length };
  const fits = (key, value) =>
    key === "answer"
      ? value === "" ||
        value === SHOWN ||
        value in WORDS ||
        right.lines[Number(value) - 1] !== undefined
      : Number.isSafeInteger(value) && value >= Number(key === "level") && value <= places[key];

  const { answer: _, ...start } = view();
  const cleanUp = frame(
    { model, el, id },
    {
      parts: [
        level.element,
        html("div", { class: "bp-hunt" }, form, numbers),
        html("p", {}, forget),
      ],
      update,
      sentence,
      fits,
    },
  );
  const before = own.read(),
    linked = location.hash.startsWith(`#${id}?`);
  if (!linked && Object.keys(places).every((key) => fits(key, before?.view?.[key]))) {
    ({ found = {}, streak = 0 } = before);
    see(model, before.view);
  }
  return cleanUp;
}

const times = (found, value) =>
  Math.abs(found / value - 1) < COINCIDES ? RIGHT : fmt(found / value, 2);
const linesOf = (numbers) =>
  numbers.length > 1 ? `lines ${numbers.join(" and ")}` : `line ${numbers}`;
const code = (text) => html("code", {}, text.trim());

/** Return the programs in the order of a seed. */
function order(programs, seed) {
  const rng = pcg32(seed, STREAM),
    all = [...programs];
  for (let n = all.length - 1; n > 0; n--) {
    const k = rng.below(n + 1);
    [all[n], all[k]] = [all[k], all[n]];
  }
  return all;
}

/** Return programs to choose from, this one among them: first those that go wrong in the same lines. */
function choices(programs, own, seed) {
  const isNear = ({ changed }) => changed.some((n) => own.changed.includes(n));
  const others = order(programs, seed).filter((program) => program !== own);
  const nearest = [...others.filter(isNear), ...others.filter((program) => !isNear(program))];
  return order([own, ...nearest.slice(0, OPTIONS - 1)], seed);
}
