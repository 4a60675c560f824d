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

/** @type {[number, string][]} */
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

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {HuntSettings} */
  const settings = model.get("settings");
  /** @type {() => HuntView} */
  const view = () => model.get("view");
  const { answer: _, ...start } = view();
  /** @type {Kept<Progress & { view: Omit<HuntView, "answer"> }>} */
  const own = kept(id ?? "hunt");
  /** @type {Progress} */
  let progress = { found: {}, streak: 0 };
  let misses = 0; // at this program
  let task = taskOf(settings, view());

  const level = choice("What you are told", LEVELS, (value) =>
    see(model, { level: Number(value), answer: "" }),
  );
  const form = programForm(answer, onward);
  const numbers = html("div", { class: "bp-scroll" });
  const forget = button("Forget my progress", clear);

  /** @type {(value: string) => void} */
  function answer(value) {
    if (isDone(task)) return;
    if (value === SHOWN || !isRight(task, value)) misses++;
    else if (misses === 0) progress = { ...progress, found: foundAlso(progress.found, task) };
    see(model, { answer: value });
    if (!isDone(task)) return;
    const { streak } = progress;
    progress.streak = misses === 0 ? Math.max(streak, 0) + 1 : Math.min(streak, 0) - 1;
    keep();
  }

  function onward() {
    const next = following(settings, view(), progress.streak),
      change = next.level - view().level;
    if (change) progress.streak = 0;
    see(model, { ...next, answer: "" });
    keep();
    if (change) form.say("", [html("p", {}, change > 0 ? TOLD_LESS : TOLD_MORE)]);
  }

  function keep() {
    const { seed, at, level } = view();
    own.write({ view: { seed, at, level }, ...progress });
  }

  function clear() {
    own.clear();
    progress = { found: {}, streak: 0 };
    misses = 0;
    see(model, { ...start, answer: "" });
  }

  let shownFor = "";
  function update() {
    task = taskOf(settings, view());
    const { seed, at, level: told } = view(),
      place = [seed, at, told].join();
    level.show(String(told));
    if (place !== shownFor) {
      shownFor = place;
      misses = 0;
      form.ask(task);
      numbers.replaceChildren(gradientsTable(settings.gradients, task.program));
      if (told === LEVELS.length)
        form.element.before(numbers); // they are what is given, and on a phone come first
      else form.element.after(numbers);
    }
    form.show(task);
    form.say(isDone(task) ? "right" : "", saidTo(task, id));
  }

  const cleanUp = frame(
    { model, el, id },
    {
      parts: [
        level.element,
        html("div", { class: "bp-hunt" }, form.element, numbers),
        html("p", {}, forget),
      ],
      update,
      sentence: () => sentenceOf(settings, view(), progress),
      fits: (key, value) => fits(settings, key, value),
    },
  );
  const before = own.read(),
    isLinked = location.hash.startsWith(`#${id}?`);
  if (!isLinked && PLACE.every((key) => fits(settings, key, before?.view?.[key]))) {
    const { found = {}, streak = 0 } = before;
    progress = { found, streak };
    see(model, before.view);
  }
  return cleanUp;
}

const TOLD_LESS = "Two in a row at the first try: from here on you are told less.",
  TOLD_MORE = "Two in a row took more than one try: from here on you are told more.";

// ---- the task: one program, and what is asked of it --------------------------------------------------

/**
 * The task that a view says: its program, the lines that are shown, the numbers of the wrong ones, and the last
 * answer, "" if it is none to what is asked now: an address may say anything.
 * @type {(settings: HuntSettings, view: HuntView) => HuntTask}
 */
function taskOf(settings, { seed, at, level, answer }) {
  const { programs, right } = settings,
    program = order(programs, seed)[at];
  const [lines, wrong] =
    level === LEVELS.length ? [right.lines, program.changed] : [program.lines, program.wrong];
  const task = { settings, program, level, lines, wrong, seed, at, answer: "" };
  const isOne =
    answer === SHOWN || (level === 1 ? answer in WORDS : isAsked(task, lines[Number(answer) - 1]));
  return isOne ? { ...task, answer } : task;
}

/**
 * Whether a line can be the wrong one.
 * @type {(task: HuntTask, text: string | undefined) => boolean}
 */
const isAsked = ({ settings: { right } }, text) =>
  Boolean(text) && right.does[right.lines.indexOf(text)] !== "";

/** @type {(task: HuntTask, answer: string) => boolean} */
const isRight = ({ level, program, wrong }, answer) =>
  level === 1 ? answer === program.mistake : wrong.includes(Number(answer));

/** @type {(task: HuntTask) => boolean} */
const isDone = (task) =>
  task.answer === SHOWN || (task.answer !== "" && isRight(task, task.answer));

/**
 * The highest level at which each mistake was found at once, with that of a task.
 * @type {(found: Values, task: HuntTask) => Values}
 */
const foundAlso = (found, { program: { mistake }, level }) => ({
  ...found,
  [mistake]: Math.max(level, found[mistake] ?? 0),
});

/**
 * The view of the next program; after some in a row at once or not at once another level.
 * @type {(settings: HuntSettings, view: HuntView, streak: number) => Omit<HuntView, "answer">}
 */
function following({ programs }, { seed, at, level }, streak) {
  const step = streak >= CLEAN ? 1 : streak <= MISSED ? -1 : 0;
  const isLast = at === programs.length - 1;
  return {
    seed: isLast ? seed + 1 : seed,
    at: isLast ? 0 : at + 1,
    level: Math.min(LEVELS.length, Math.max(1, level + step)),
  };
}

/**
 * Return the programs in the order of a seed.
 * @type {(programs: Program[], seed: number) => Program[]}
 */
function order(programs, seed) {
  const rng = pcg32(seed, STREAM),
    all = [...programs];
  for (let n = all.length - 1; n > 0; n--) {
    const k = rng.below(n + 1);
    [all[n], all[k]] = [all[k], all[n]];
  }
  return all;
}

/**
 * Return programs to choose from, the task's among them: first those that go wrong in the same lines.
 * @type {(task: HuntTask) => Program[]}
 */
function optionsOf({ settings: { programs }, program: own, seed, at }) {
  /** @type {(program: Program) => boolean} */
  const isNear = ({ changed }) => changed.some((n) => own.changed.includes(n));
  const others = order(programs, seed + at).filter((program) => program !== own);
  const nearest = [...others.filter(isNear), ...others.filter((program) => !isNear(program))];
  return order([own, ...nearest.slice(0, OPTIONS - 1)], seed + at);
}

const PLACE = /** @type {const} */ (["seed", "at", "level"]); // the keys of the view that say which task it is

/** @type {(settings: HuntSettings, key: string, value: ValueOfKey) => boolean} */
function fits({ programs, right }, key, value) {
  if (key === "answer")
    return (
      value === "" ||
      value === SHOWN ||
      value in WORDS ||
      right.lines[Number(value) - 1] !== undefined
    );
  /** @type {Values} */
  const most = { seed: Infinity, at: programs.length - 1, level: LEVELS.length };
  return Number.isSafeInteger(value) && value >= Number(key === "level") && value <= most[key];
}

// ---- the parts of the figure ------------------------------------------------------------------------

/**
 * The program with its question and what can be answered: ask(task) begins anew, show(task) marks what is known,
 * say(kind, nodes) says something to an answer.
 * @type {(answer: (value: string) => void, onward: () => void) => { element: HTMLFormElement,
 *   ask: (task: HuntTask) => void, show: (task: HuntTask) => void, say: (kind: string, nodes: Node[]) => void }}
 */
function programForm(answer, onward) {
  const group = `bp-hunt-${++count}`;
  const asked = html("legend", {}),
    listing = html("div", { class: "bp-listing bp-scroll" }),
    options = html("div", { class: "bp-options" });
  const check = html("button", {}, "Check"),
    give = button("Show me", () => answer(SHOWN)),
    next = button("Next program", onward);
  const verdict = html("div", { class: "bp-verdict", "aria-live": "polite" });
  const element = html(
    "form",
    {},
    html("fieldset", {}, asked, listing, options),
    html("div", { class: "bp-steps" }, check, give, next),
    html("div", { class: "bp-answer" }, verdict),
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    /** @type {HTMLInputElement} */
    const chosen = element.querySelector("input:checked");
    if (chosen) answer(chosen.value);
    else verdict.replaceChildren(html("p", {}, "Choose first."));
  });
  return {
    element,
    ask(task) {
      const { at, level, lines, settings } = task;
      setText(asked, `Program ${at + 1} of ${settings.programs.length}. ${questionOf(task)}`);
      listing.replaceChildren(...lines.map((text, n) => rowOf(task, text, n + 1, group)));
      options.replaceChildren(
        ...(level === 1 ? optionsOf(task).map(({ mistake }) => optionOf(mistake, group)) : []),
      );
    },
    show(task) {
      const isMarked = task.level === 1 || isDone(task);
      [...listing.children].forEach((row, n) =>
        row.classList.toggle("marked", isMarked && task.wrong.includes(n + 1)),
      );
      for (const control of [check, give])
        setAttribute(control, "aria-disabled", isDone(task) || null);
    },
    say(kind, nodes) {
      verdict.classList.toggle("right", kind === "right");
      verdict.replaceChildren(...nodes);
    },
  };
}

/** @type {(task: HuntTask) => string} */
function questionOf({ level, wrong }) {
  if (level === 1) return `Look at ${linesOf(wrong)}. What has gone wrong there? The programmer …`;
  if (level === 2) return "Which line is wrong? (If two are, either will do.)";
  return "This is the right program. Which of its lines was different when it gave these numbers?";
}

/**
 * A line of the program, with a button where it can be chosen.
 * @type {(task: HuntTask, text: string, n: number, group: string) => HTMLElement}
 */
function rowOf(task, text, n, group) {
  const number = html("span", { class: "number" }, String(n)),
    line = html("code", {}, text);
  if (task.level === 1 || !isAsked(task, text))
    return html("div", { class: "row" }, html("span", {}), number, line);
  const choose = html("input", { type: "radio", name: group, value: n });
  return html("label", { class: "row" }, choose, number, line);
}

/** @type {(mistake: string, group: string) => HTMLElement} */
const optionOf = (mistake, group) =>
  html(
    "label",
    {},
    html("input", { type: "radio", name: group, value: mistake }),
    html("span", {}, WORDS[mistake].what),
  );

/**
 * The gradients beside the right ones.
 * @type {(gradients: { name: string, value: number }[], program: Program) => HTMLElement}
 */
function gradientsTable(gradients, { values }) {
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

/** @type {(found: number, value: number) => string} */
const times = (found, value) =>
  Math.abs(found / value - 1) < COINCIDES ? RIGHT : fmt(found / value, 2);

// ---- in words ---------------------------------------------------------------------------------------

/**
 * What is said to the answer of a task: paragraphs.
 * @type {(task: HuntTask, id: string | undefined) => HTMLElement[]}
 */
function saidTo(task, id) {
  const { answer, level } = task;
  if (answer === "") return [];
  if (isDone(task)) return solved(task, id);
  return [html("p", {}, ...(level === 1 ? notThis(task) : notLine(task)))];
}

/** @type {(task: HuntTask, id: string | undefined) => HTMLElement[]} */
function solved({ settings, program, wrong, answer }, id) {
  const { what, explanation, section } = WORDS[program.mistake];
  return [
    html(
      "p",
      {},
      html("strong", {}, `${answer === SHOWN ? "Here it is" : "Yes"}, ${linesOf(wrong)}. `),
      `The programmer ${what}: `,
      ...listed(program.wrong, program.lines),
      ". ",
      explanation,
    ),
    html(
      "p",
      {},
      "It should be ",
      ...listed(program.changed, settings.right.lines),
      ". In the numbers: ",
      program.symptoms,
      ". ",
      again(section, id),
      ".",
    ),
  ];
}

/**
 * To a mistake that it is not: what it would look like.
 * @type {(task: HuntTask) => Child[]}
 */
function notThis({ settings: { programs }, answer }) {
  const other = programs.find(({ mistake }) => mistake === answer);
  return [
    html("strong", {}, "Not this. "),
    `A programmer who ${WORDS[answer].what} would have written `,
    ...listed(other.wrong, other.lines),
    ". Compare that with what is marked.",
  ];
}

/**
 * To a line that is right: what it is there for, and where to look.
 * @type {(task: HuntTask) => Child[]}
 */
function notLine({ settings: { right }, program, lines, answer }) {
  const text = lines[Number(answer) - 1],
    unharmed = program.unharmed[program.lines.indexOf(text) + 1];
  const where =
    unharmed === undefined
      ? "It returns the slope at whatever it is given. Look at the lines that call it."
      : unharmed
        ? "What it computes is right, and so is everything that it uses. Look in the table for an array that is wrong, and for the line that computes it."
        : "What it computes is wrong, but only because something that it uses is. Go up to the line that computes that.";
  return [
    html("strong", {}, `Not line ${Number(answer)}. `),
    code(text),
    ` is as it should be. ${right.does[right.lines.indexOf(text)]} ${where}`,
  ];
}

/** @type {(settings: HuntSettings, view: HuntView, progress: Progress) => string} */
function sentenceOf({ programs }, { at, level }, { found }) {
  const levels = Object.values(found),
    told = LEVELS.find(([number]) => number === level)[1];
  const alone = levels.filter((level) => level === LEVELS.length).length;
  return `Program ${at + 1}: ${told}. Found at the first try so far: ${levels.length} of ${programs.length}, ${alone} from the numbers alone.`;
}

/** @type {(numbers: number[]) => string} */
const linesOf = (numbers) =>
  numbers.length > 1 ? `lines ${numbers.join(" and ")}` : `line ${numbers}`;

/**
 * Lines of a program, by their numbers.
 * @type {(numbers: number[], lines: string[]) => Child[]}
 */
const listed = (numbers, lines) =>
  numbers.flatMap((n, k) => [k ? " and " : "", code(lines[n - 1])]);

/** @type {(text: string) => HTMLElement} */
const code = (text) => html("code", {}, text.trim());
