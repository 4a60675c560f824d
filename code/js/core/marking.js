// Marking: what an answer is, and never only that it is right or wrong. The twin of marking.py.

import { evaluate, fill, said } from "./latex.js";
import { WORDS } from "./mistakes.js";
import { withParts, wrongFrom } from "./problems.js";
import { TABLES } from "./tables.js";
import { valuesOf } from "./trace.js";

const { TOLERANCE, LAST_DIGIT, LARGEST, FACTORS, SENTENCES } = TABLES.marking;

/** What an answer may be. */
export const ANSWERS = { min: -LARGEST, max: LARGEST };

/**
 * Return { step: verdict } of some answers, { step: number }, to a problem; `line`: the name of a step.
 * @type {(problem: Problem, given: Values | { line: string }) => Record<string, Verdict>}
 */
export function mark(problem, given) {
  if (problem.made) return { line: ofLine(problem, /** @type {{ line: string }} */ (given).line) };
  const answers = /** @type {Values} */ (given);
  const { right, solution, lines } = problem;
  const values = Object.fromEntries(solution.map(({ name, value }) => [name, value]));
  const updates = lines.filter(({ label }) => label === "update");
  /** @type {Record<string, Values>} */
  const wrong = {},
    /** @type {Values} */ olds = {};
  for (const [mistake, made] of Object.entries(wrongFrom(problem, answers))) {
    const all = { ...values, ...made, ...answers };
    wrong[mistake] = {
      ...made,
      ...Object.fromEntries(
        updates.map(({ name, expression }) => [name, evaluate(expression, all)]),
      ),
    };
  }
  for (const { name, inputs } of updates) olds[name] = values[inputs[0]];
  const follows = redone(problem, answers),
    lost = withoutAMinus(problem, answers);
  return judge(right, wrong, answers, { olds, follows, lost });
}

/**
 * Return { step: { kind, said, mistakes, factor, first } } of answers, { step: number }, in the order of `right`.
 *
 * right: { step: number }; wrong: { mistake: { step: number } }, of the steps that it changes. olds:
 * { update: the weight before it }, whose change is marked; follows: { step: what comes out of the
 * reader's own numbers before it }; lost: { step: { a negative number that goes in, in letters: what comes
 * out without its minus } }.
 * @type {(right: Values, wrong: Record<string, Values>, answers: Values, more?: { olds?: Values, follows?: Values, lost?: Record<string, Values> }) => Record<string, Verdict>}
 */
export function judge(right, wrong, answers, { olds = {}, follows = {}, lost = {} } = {}) {
  /** @type {(name: string, number: number) => boolean} */
  const isNear = (name, number) => {
    const slack = name in olds ? LAST_DIGIT : 0;
    return (
      Math.abs(answers[name] - number) <= TOLERANCE * Math.abs(number - (olds[name] ?? 0)) + slack
    );
  };
  /** @type {(name: string) => number | null} */
  const ratio = (name) => {
    const old = olds[name] ?? 0;
    return right[name] === old ? null : (answers[name] - old) / (right[name] - old);
  };
  const given = Object.keys(right).filter((name) => name in answers);
  const bad = given.filter((name) => !isNear(name, right[name]));
  /** @type {(mistake: string) => number} */
  const explained = (mistake) =>
    given.filter((name) => isNear(name, wrong[mistake][name] ?? right[name])).length;
  const ratios = bad.map(ratio);
  const isCommon =
    bad.length > 1 &&
    !ratios.includes(null) &&
    ratios[0] !== 0 &&
    ratios.every((each) => isRatio(each, ratios[0]));

  /** @type {(name: string) => Verdict} */
  function verdict(name) {
    if (!bad.includes(name)) return verdictOf("right", SENTENCES.right);
    const reached = Object.keys(wrong).filter(
      (mistake) => name in wrong[mistake] && isNear(name, wrong[mistake][name]),
    );
    const most = Math.max(0, ...reached.map(explained));
    const giving = reached.filter((mistake) => explained(mistake) === most);
    const dropped = Object.entries(lost[name] ?? {})
      .filter(([, value]) => isNear(name, value))
      .map(([which]) => which);
    if (most === given.length) return ofSlips(giving, bad.length === 1 ? dropped : []);
    const first = bad[0],
      times = ratio(name);
    if (name !== first && name in follows && isNear(name, follows[name]))
      return verdictOf("follows", fill(SENTENCES.follows, { first: said(first) }), { first });
    const of = name in olds ? " of an update" : "";
    if (isNear(name, 2 * (olds[name] ?? 0) - right[name]))
      return verdictOf("sign", SENTENCES[`sign${of}`], { factor: -1 });
    if (times !== null)
      for (const [factor, words] of FACTORS)
        if (isRatio(times, factor))
          return verdictOf("factor", fill(SENTENCES[`factor${of}`], { factor: words }), {
            factor,
          });
    if (giving.length || dropped.length) return ofSlips(giving, dropped);
    if (isCommon) return verdictOf("factor", SENTENCES.common, { factor: ratios[0] });
    return verdictOf(
      "unknown",
      fill(SENTENCES[name === first ? "first" : "unknown"], { first: said(first) }),
      { first },
    );
  }

  return Object.fromEntries(given.map((name) => [name, verdict(name)]));
}

/** @type {(kind: Verdict["kind"], said: string, more?: Partial<Verdict>) => Verdict} */
const verdictOf = (kind, said, more) => ({
  kind,
  said,
  mistakes: [],
  factor: null,
  first: null,
  ...more,
});
/** @type {(one: number, other: number) => boolean} */
const isRatio = (one, other) => Math.abs(one - other) <= TOLERANCE * Math.abs(other);

/**
 * The verdict on a number that these mistakes give, or one of these numbers without its minus.
 * @type {(giving: string[], dropped: string[]) => Verdict}
 */
function ofSlips(giving, dropped) {
  const known = giving.map((name) => WORDS[name]),
    what = known.map(({ what }) => what);
  if (dropped.length) what.push(fill(SENTENCES.minus, { which: dropped.join(" or ") }));
  if (!known.length) return verdictOf("sign", fill(SENTENCES.lost, { what: what[0] }));
  const text =
    what.length === 1
      ? fill(SENTENCES.mistake, known[0])
      : fill(SENTENCES.several, { what: what.join(", or ") });
  return verdictOf("mistake", text, { mistakes: giving });
}

/**
 * Return { step: its value, worked out from the numbers before it }, some of which are given.
 * @type {(problem: Problem, answers: Values) => Values}
 */
function redone({ solution, net }, answers) {
  /** @type {Values} */
  const values = {},
    /** @type {Values} */ found = {},
    loss = net.names.total.name;
  for (const { name, label, expression, value } of solution) {
    if (label === "forward" && name.startsWith(loss)) continue; // no line needs it
    found[name] = expression ? evaluate(expression, values) : value;
    values[name] = answers[name] ?? found[name];
  }
  return found;
}

/**
 * Return { step: { a negative number that goes into it: what comes out without its minus } }.
 *
 * The numbers are the reader's own where there are some; an update has none, for its change is marked, and
 * that has no minus of its own to lose.
 * @type {(problem: Problem, answers: Values) => Record<string, Values>}
 */
function withoutAMinus(problem, answers) {
  const { lines, solution } = problem;
  const values = { ...valuesOf(solution), ...answers };
  /** @type {Record<string, Values>} */
  const lost = {};
  for (const line of lines) {
    if (!(line.name in answers) || line.label === "update") continue;
    const steps = withParts(line, problem),
      made = new Set(steps.map(({ name }) => name));
    const goesIn = new Set(steps.flatMap(({ inputs }) => inputs));
    lost[line.name] = Object.fromEntries(
      [...goesIn]
        .filter((name) => !made.has(name) && values[name] < 0)
        .map((name) => {
          const found = { ...values, [name]: -values[name] };
          for (const step of steps) found[step.name] = evaluate(step.expression, found);
          return [said(name), found[line.name]];
        }),
    );
  }
  return lost;
}

/**
 * Return the names of the lines that are wrong in a printed solution, each by itself.
 * @type {(problem: Problem) => string[]}
 */
export function wrongLines(problem) {
  const { shown } = problem,
    again = redone(problem, shown);
  return Object.keys(shown).filter((name) => !isRatio(shown[name], again[name]));
}

/** @type {(problem: Problem, line: string) => Verdict} */
function ofLine(problem, line) {
  const { made, shown, right } = problem;
  if (wrongLines(problem).includes(line))
    return verdictOf("right", fill(SENTENCES.line, WORDS[made]), { mistakes: [made] });
  return isRatio(shown[line], right[line])
    ? verdictOf("unknown", SENTENCES["line right"])
    : verdictOf("follows", SENTENCES["line follows"]);
}
