// Solve: a problem whose lines are blank from some part on. What stands there, and if it does not, why?
//
// settings.kinds: the kinds of problems, by name. view.kind: one of these, or "mixed", where the seed
// decides; view.seed: the problem; view.fade: how many of the PARTS are blank, or EVERYTHING; view.from:
// whether these are the last ones or the first; view.at: how many lines are done; view.answer: a wrong
// answer to the next line, so that an address tells what is said of it.

import { fmt, inSentence, result, runs, said } from "../core/latex.js";
import { ANSWERS, mark } from "../core/marking.js";
import { EVERYTHING, mixed, PARTS, problem } from "../core/problems.js";
import { namesOf, valuesOf } from "../core/trace.js";
import { button, choice, numberEntry, numberField } from "../parts/controls.js";
import { html, inHtml, setAttribute, setText } from "../parts/dom.js";
import { fitted } from "../parts/fitted.js";
import { frame } from "../parts/frame.js";
import { cellsOf, formulaOf, givenItem, stepRows, workedItems } from "../parts/line.js";
import { see } from "../parts/model.js";
import { forget, remember, remembered } from "../parts/progress.js";
import { saidOf } from "../parts/verdict.js";

const CLEAN = 2; // lines right at once, after which the rest of their part is filled in
const MISSES = 2; // wrong answers to a line, after which the same line of another problem is shown
const MOST_SEEDS = 2 ** 40,
  PARALLEL = 2 ** 41; // from a problem to the worked one like it

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {SolveSettings} */
  const { kinds } = model.get("settings");
  /** @type {() => SolveView} */
  const view = () => model.get("view");
  /** @type {Round} */
  let round = null; // the problem that the view says, and how the reader does
  const at = () => linesThere(round, view().at);

  const choices = choicesOf(model, kinds);
  const question = html("p"),
    list = html("ol", { class: "bp-lines" });
  const pictures = networkPictures();
  const form = answerForm(answer, () => goOn([], false));
  const verdict = html("div", { class: "bp-verdict", "aria-live": "polite" });
  const like = workedProblem(() => problemLike(round));
  const next = button("Next problem", () =>
    see(model, { ...following(round, view()), at: 0, answer: "" }),
  );
  const record = recordOf(kinds);

  /** Take up the problem that the view says. */
  function begin() {
    const before = round?.name;
    round = roundOf(kinds, view());
    const { kind } = round.problem;
    if (round.name !== before) pictures.draw(kind);
    question.replaceChildren(...asking(round.problem));
    verdict.replaceChildren();
    like.close();
    form.clear();
  }

  /** @type {(value: number) => void} */
  function answer(value) {
    const found = marked(value);
    if (found.kind === "right") return goOn(saidOf(found, id), round.misses === 0);
    round = missed(round);
    see(model, { answer: String(value) });
    tellWrong(found);
    form.select();
  }

  /** @type {(value: number) => Verdict} */
  function marked(value) {
    const { name } = round.rows[at()];
    const answers = { ...valuesOf(round.rows.slice(0, at())), [name]: value };
    return mark(round.problem, answers)[name];
  }

  /** @type {(found: Verdict) => void} */
  function tellWrong(found) {
    const help = round.misses < MISSES ? [] : sameLine(problemLike(round), round.rows[at()].name);
    tell(found.kind, [...saidOf(found, id), ...help]);
  }

  /** Say again what was said of the wrong answer that the view has: it came with an address. */
  function tellAgain() {
    const { answer } = view();
    if (round.problem.made) {
      if (answer in round.problem.shown) tellPicked(answer);
    } else if (answer && round.rows[at()]) tellWrong(marked(Number(answer)));
  }

  /** @type {(line: string) => Verdict} */
  function tellPicked(line) {
    const { line: found } = mark(round.problem, { line });
    tell(found.kind, saidOf(found, id));
    return found;
  }

  /**
   * Fill the line in, and after some in a row that were right at once the rest of its part.
   * @type {(told: Node[], atOnce: boolean) => void}
   */
  function goOn(told, atOnce) {
    const { after, there, rest } = filledIn(round, at(), atOnce);
    round = after;
    form.clear();
    const also = html("p", {}, "Two in a row right at once: the rest of this part is filled in.");
    tell("right", rest ? [...told, also] : told);
    see(model, { at: there, answer: "" });
    if (isDone(round, there)) finish();
    else form.focus();
  }

  /** @type {(line: Step) => void} */
  function pick({ name }) {
    const found = tellPicked(name);
    if (isDone(round, view().at)) return; // whoever has found the line can still ask about others
    if (found.kind !== "right") {
      round = missed(round);
      see(model, { answer: name });
      return;
    }
    see(model, { at: 1, answer: "" });
    finish();
  }

  function finish() {
    remember(round.name, round.missed === 0);
    record.show();
    next.focus();
  }

  /** @type {(kind: string, nodes: Node[]) => void} */
  function tell(kind, nodes) {
    verdict.className = `bp-verdict ${kind}`;
    verdict.replaceChildren(...nodes);
  }

  function update() {
    if (round?.key !== keyOf(view()) || view().at < round.done) {
      begin(); // another problem, or this one once more
      tellAgain();
    }
    round = { ...round, done: view().at };
    choices.show(round);
    form.show(round.rows[at()], round.problem.solution);
    setText(next, isDone(round, view().at) ? "Next problem" : "Another problem");
    pictures.show(numbersIn(round, at()), round.rows[at()]?.name);
    list.replaceChildren(...linesOf(round, at(), pick));
  }

  return frame(
    { model, el, id },
    {
      parts: [
        choices.element,
        question,
        pictures.element,
        list,
        form.element,
        verdict,
        like.element,
        html("p", { class: "bp-steps" }, next, record.element, record.clear),
      ],
      update,
      sentence: () => sentenceOf(round, view()),
      table: () =>
        stepRows(
          [...givenOf(round.problem), ...round.rows.slice(0, at())],
          round.problem.net.names.digits,
        ),
      fits: (key, value) => fits(kinds, key, value),
      restart() {
        round = null;
      },
      stop: pictures.stop,
    },
  );
}

// ---- a round: one problem, and how the reader does ---------------------------------------------------

/**
 * The round of a view at its start. rows: the lines that the figure has, of these the blank parts' are asked;
 * misses: wrong answers to this line, missed: to all; streak: lines in a row that were right at once, clean: of all.
 * @type {(kinds: Record<string, Kind>, view: SolveView) => Round}
 */
function roundOf(kinds, view) {
  const { kind, seed, fade, from } = view;
  const name = kind === "mixed" ? mixed(Object.keys(kinds), seed) : kind;
  const it = problem(kinds[name], seed),
    parts = PARTS.filter((part) => it.lines.some(({ label }) => label === part));
  const blank = new Set(blankParts(fade, from, parts));
  const rows = it.made ? [] : it.lines.filter((line) => isWanted(it, line));
  return {
    problem: it,
    name,
    key: keyOf(view),
    parts,
    rows,
    blank,
    blanks: rows.filter(({ label }) => blank.has(label)).length,
    misses: 0,
    missed: 0,
    streak: 0,
    clean: 0,
    done: 0,
  };
}

/**
 * On what a problem and its blanks depend, as text.
 * @type {(view: SolveView) => string}
 */
const keyOf = (view) => JSON.stringify({ ...view, at: 0, answer: "" });

/**
 * Of the gradients and updates, those that the question asks for.
 * @type {(it: Problem, line: Step) => boolean}
 */
function isWanted({ asked }, { name, label, inputs }) {
  if (label === "gradients") return asked.includes(name);
  return label !== "update" || asked.includes(inputs[2]);
}

/**
 * Return how many lines are there: those done, and the worked ones after them.
 * @type {(round: Round, done: number) => number}
 */
function linesThere({ problem, rows, blank }, done) {
  if (problem.made) return Math.min(done, 1);
  let n = Math.min(done, rows.length);
  while (n < rows.length && !blank.has(rows[n].label)) n++;
  return n;
}

/** @type {(round: Round, done: number) => boolean} */
const isDone = (round, done) =>
  linesThere(round, done) === (round.problem.made ? 1 : round.rows.length);

/** @type {(round: Round) => Round} */
const missed = (round) => ({
  ...round,
  misses: round.misses + 1,
  missed: round.missed + 1,
  streak: 0,
});

/**
 * The round after its line is filled in, how many lines are then there, and how many of them besides.
 * @type {(round: Round, at: number, atOnce: boolean) => { after: Round, there: number, rest: number }}
 */
function filledIn(round, at, atOnce) {
  const before = atOnce || round.misses ? round : missed(round); // the line was asked for
  const streak = atOnce ? before.streak + 1 : 0;
  const others = round.rows.slice(at + 1).findIndex(({ label }) => label !== round.rows[at].label);
  const left = others < 0 ? round.rows.length - at - 1 : others,
    rest = streak === CLEAN ? left : 0;
  const after = {
    ...before,
    misses: 0,
    streak: streak === CLEAN ? 0 : streak,
    clean: before.clean + (atOnce ? 1 : 0),
    blanks: before.blanks - rest,
  };
  return { after, there: at + 1 + rest, rest };
}

/**
 * The next problem: after a clean one with one part more blank, after three misses with one less.
 * @type {(round: Round, view: SolveView) => Partial<SolveView>}
 */
function following(round, { seed, fade, at }) {
  const isOver = isDone(round, at) && !round.problem.made;
  const change = !isOver ? 0 : round.missed === 0 ? 1 : round.missed > 2 ? -1 : 0;
  return {
    seed: (seed + 1) % MOST_SEEDS,
    fade: Math.min(EVERYTHING, Math.max(Math.min(fade, 1), fade + change)),
  };
}

/**
 * A worked problem of the same kind.
 * @type {(round: Round) => Problem}
 */
const problemLike = ({ problem: it }) => problem(it.kind, it.seed + PARALLEL);

/** @type {(it: Problem) => Step[]} */
const givenOf = ({ solution }) => solution.filter(({ label }) => label === "given");

/**
 * The numbers that the pictures show.
 * @type {(round: Round, at: number) => { name: string, value: number }[]}
 */
function numbersIn({ problem: it, rows }, at) {
  const known = it.made
    ? Object.entries(it.shown).map(([name, value]) => ({ name, value }))
    : rows.slice(0, at);
  return [...givenOf(it), ...known];
}

/**
 * Return the labels of the parts that are blank, of those that a problem has.
 * @type {(fade: number, from: string, parts: string[]) => string[]}
 */
function blankParts(fade, from, parts) {
  if (fade === EVERYTHING) return ["forward", ...parts];
  return (from === "end" ? parts : [...parts].reverse()).slice(0, fade);
}

/** @type {(fade: number, from: string, parts: string[]) => string} */
function blankWords(fade, from, parts) {
  if (fade === 0) return "nothing";
  return fade === EVERYTHING ? "everything" : blankParts(fade, from, parts).join(", ");
}

/** @type {(round: Round, view: SolveView) => string} */
function sentenceOf(round, view) {
  const { problem: it, rows, blanks, clean } = round,
    at = linesThere(round, view.at),
    line = rows[at];
  const which = `${it.kind.title}, problem ${view.seed}`;
  if (it.made)
    return isDone(round, view.at)
      ? `${which}: found.`
      : `${which}: a line that is wrong by itself is asked for.`;
  if (line) return `${which}: line ${at + 1} of ${rows.length}, find ${inSentence(line.symbol)}.`;
  if (!blanks)
    return `${which}: every line is worked. Read it; in the next problem a part can be blank.`;
  return `${which}: all is there, ${clean} of ${blanks} blanks filled in at once.`;
}

/** @type {(kinds: Record<string, Kind>, key: string, value: ValueOfKey) => boolean} */
function fits(kinds, key, value) {
  if (key === "kind") return value === "mixed" || Object.hasOwn(kinds, value);
  if (key === "from") return value === "end" || value === "start";
  if (key === "answer") return /^[-\w.+]*$/.test(value); // a number, or the name of a line
  const most = key === "fade" ? EVERYTHING : MOST_SEEDS;
  return Number.isInteger(value) && value >= 0 && value <= most;
}

// ---- the parts of the figure ------------------------------------------------------------------------

/**
 * What can be chosen: the kind, which parts are blank, and the number of the problem.
 * @type {(model: Model, kinds: Record<string, Kind>) => { element: HTMLElement, show: (round: Round) => void }}
 */
function choicesOf(model, kinds) {
  /** @type {() => SolveView} */
  const view = () => model.get("view");
  /** @type {(change: Partial<SolveView>) => void} */
  const choose = (change) => see(model, { ...change, at: 0, answer: "" });
  /** @type {[string, string][]} */
  const titles = Object.entries(kinds).map(([kind, { title }]) => [kind, title]);
  const kind = choice("Kind", [...titles, ["mixed", "Mixed kinds"]], (kind) => choose({ kind }));
  /** @type {[number, string][]} */
  const levels = Array.from({ length: EVERYTHING + 1 }, (_, fade) => [fade, ""]); // their words are the problem's
  const fade = choice("Blank", levels, (fade) => choose({ fade: Number(fade) }));
  const from = choice(
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
  return {
    element: html(
      "div",
      { class: "bp-settings" },
      ...(titles.length > 1 ? [kind.element] : []),
      fade.element,
      from.element,
      html("label", { class: "bp-choice" }, "Problem ", seed.field, seed.fault),
    ),
    show({ parts, problem: it }) {
      kind.show(view().kind);
      [...fade.element.querySelectorAll("option")].forEach((option, n) => {
        setText(option, blankWords(n, view().from, parts));
        option.hidden = n > parts.length && n < EVERYTHING; // of one layer there is no hidden delta
      });
      fade.show(String(view().fade));
      from.show(view().from);
      seed.show();
      fade.element.hidden = from.element.hidden = Boolean(it.made);
    },
  };
}

/**
 * The drawing of the network; of a batch, once for each example. draw(kind) begins anew, show(numbers, asked) writes
 * the numbers and marks the line that is asked.
 * @type {() => { element: HTMLElement, draw: (kind: Kind) => void, stop: () => void,
 *   show: (numbers: { name: string, value: number }[], asked?: string) => void }}
 */
function networkPictures() {
  const element = html("div");
  /** @type {Drawing[]} */
  let drawings = [];
  /** @type {() => void} */
  let showAgain = () => {};
  let stop = () => {};
  return {
    element,
    draw({ names, examples }) {
      stop();
      drawings = [];
      showAgain = () => {};
      const each =
        examples > 1 ? Array.from({ length: examples }, (_, n) => namesOf(names, n + 1)) : [names];
      const boxes = each.map((own, n) =>
        fitted(own, (drawing) => {
          drawings[n] = drawing;
          showAgain();
        }),
      );
      stop = () => boxes.forEach((box) => box.stop());
      element.replaceChildren(...boxes.map((box) => box.element));
    },
    show(numbers, asked) {
      showAgain = () => {
        for (const drawing of drawings.filter(Boolean)) {
          drawing.show(numbers);
          drawing.mark(asked === undefined ? [] : [asked]);
        }
      };
      showAgain();
    },
    stop: () => stop(),
  };
}

/**
 * The line that is asked: answer(value) is called with what the reader says, give() to have it shown.
 * @type {(answer: (value: number) => void, give: () => void) => { element: HTMLElement, clear: () => void,
 *   focus: () => void, select: () => void, show: (line: Step | undefined, steps: Step[]) => void }}
 */
function answerForm(answer, give) {
  const { field, fault, refuse, entered } = numberEntry("Your answer", ANSWERS);
  const asked = html("span"),
    check = html("button", {}, "Check");
  const element = html(
    "form",
    { class: "bp-guess" },
    asked,
    field,
    check,
    button("Show this line", give),
    fault,
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = entered();
    if (value !== null) answer(value);
  });
  return {
    element,
    clear() {
      field.value = "";
      refuse("");
    },
    focus: () => field.focus(),
    select: () => field.select(),
    show(line, steps) {
      element.hidden = !line;
      asked.replaceChildren(...(line ? [`${line.label}: `, ...formulaOf(line, steps), " = "] : []));
    },
  };
}

/**
 * A worked problem in a fold, made when that is opened.
 * @type {(make: () => Problem) => { element: HTMLElement, close: () => void }}
 */
function workedProblem(make) {
  const list = html("ol", { class: "bp-lines" });
  const element = html(
    "details",
    { class: "bp-like" },
    html("summary", {}, "A worked problem like it"),
    list,
  );
  element.addEventListener("toggle", () => {
    if (!element.open) return;
    const it = make(),
      lines = it.lines.filter((line) => it.made || isWanted(it, line));
    list.replaceChildren(
      ...givenOf(it).map((step) => givenItem(step, it.net.names.digits)),
      ...lines.flatMap((line) => workedItems(line, it)),
    );
  });
  return {
    element,
    close() {
      element.open = false;
    },
  };
}

/**
 * The lines that are there; of a printed solution all, and pick(line) is called for the one that is said to be wrong.
 * @type {(round: Round, at: number, pick: (line: Step) => void) => HTMLElement[]}
 */
function linesOf({ problem: it, rows }, at, pick) {
  if (!it.made) return rows.slice(0, at).flatMap((line) => workedItems(line, it));
  return it.lines
    .filter(({ name }) => name in it.shown)
    .map((line) => {
      const wrong = button("This one", () => pick(line));
      setAttribute(wrong, "aria-label", `This one is wrong: ${said(line.name)}`);
      return html(
        "li",
        { class: "bp-line printed" },
        ...cellsOf({
          label: line.label,
          formula: formulaOf(line, it.solution),
          result: result(it.shown[line.name], it.net.names.digits),
        }),
        wrong,
      );
    });
}

/**
 * The question: its sentence, with the symbols of what is asked.
 * @type {(it: Problem) => Child[]}
 */
function asking({ kind, made, asked, solution, learningRate }) {
  const symbols = made
    ? []
    : asked.map((name) => solution.find((step) => step.name === name).symbol);
  const listed = symbols.flatMap((symbol, n) => [
    n === 0 ? "" : n === symbols.length - 1 ? " and " : ", ",
    ...inHtml(runs(symbol)),
  ]);
  const sentence = kind.question
    .split("{asked}")
    .flatMap((text, n) => (n ? [...listed, text] : [text]));
  return [...sentence, ...(made ? [] : [` The learning rate is η = ${fmt(learningRate)}.`])];
}

/** @type {(other: Problem, name: string) => HTMLElement[]} */
function sameLine(other, name) {
  const same = other.solution.find((step) => step.name === name);
  return [
    html("p", {}, "The same line of another problem, with its own numbers:"),
    html("ol", { class: "bp-lines" }, ...workedItems(same, other)),
  ];
}

/**
 * What this browser has kept of the problems that were solved, and the button that forgets it.
 * @type {(kinds: Record<string, Kind>) => { element: HTMLElement, clear: HTMLElement, show: () => void }}
 */
function recordOf(kinds) {
  const element = html("span"),
    clear = button("Forget this", () => {
      forget();
      show();
    });
  function show() {
    const told = Object.entries(remembered())
      .filter(([kind]) => Object.hasOwn(kinds, kind))
      .map(
        ([kind, { solved, clean }]) =>
          `${kinds[kind].title}: ${solved} done, ${clean} without a wrong answer.`,
      );
    setText(element, told.length ? `Kept in this browser. ${told.join(" ")}` : "");
    clear.hidden = !told.length;
  }
  show();
  return { element, clear, show };
}
