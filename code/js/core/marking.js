// Marking: what an answer is, and never only that it is right or wrong. The twin of marking.py.

import { evaluate, fill, said } from "./latex.js";
import { WORDS } from "./mistakes.js";
import { wrongFrom } from "./problems.js";
import { TABLES } from "./tables.js";

const { TOLERANCE, LAST_DIGIT, LARGEST, FACTORS, SENTENCES } = TABLES.marking;

/** What an answer may be. */
export const ANSWERS = { min: -LARGEST, max: LARGEST };

/** Return { step: verdict } of some answers, { step: number }, to a problem; `line`: the name of a step. */
export function mark(problem, answers) {
  if (problem.made) return { line: ofLine(problem, answers.line) };
  const { right, solution, lines } = problem;
  const values = Object.fromEntries(solution.map(({ name, value }) => [name, value]));
  const updates = lines.filter(({ label }) => label === "update");
  const wrong = {},
    olds = {};
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
  return judge(right, wrong, answers, { olds, follows: redone(problem, answers) });
}

/**
 * Return { step: { kind, said, mistakes, factor, first } } of answers, { step: number }, in the order of `right`.
 *
 * right: { step: number }; wrong: { mistake: { step: number } }, of the steps that it changes. olds:
 * { update: the weight before it }, whose change is marked; follows: { step: what comes out of the
 * reader's own numbers before it }.
 */
export function judge(right, wrong, answers, { olds = {}, follows = {} } = {}) {
  const isNear = (name, number) => {
    const slack = name in olds ? LAST_DIGIT : 0;
    return (
      Math.abs(answers[name] - number) <= TOLERANCE * Math.abs(number - (olds[name] ?? 0)) + slack
    );
  };
  const ratio = (name) => {
    const old = olds[name] ?? 0;
    return right[name] === old ? null : (answers[name] - old) / (right[name] - old);
  };
  const given = Object.keys(right).filter((name) => name in answers);
  const bad = given.filter((name) => !isNear(name, right[name]));
  const explained = (mistake) =>
    given.filter((name) => isNear(name, wrong[mistake][name] ?? right[name])).length;
  const ratios = bad.map(ratio);
  const isCommon =
    bad.length > 1 &&
    !ratios.includes(null) &&
    ratios[0] !== 0 &&
    ratios.every((each) => isRatio(each, ratios[0]));

  function verdict(name) {
    if (!bad.includes(name)) return verdictOf("right", SENTENCES.right);
    const reached = Object.keys(wrong).filter(
      (mistake) => name in wrong[mistake] && isNear(name, wrong[mistake][name]),
    );
    const most = Math.max(0, ...reached.map(explained));
    const giving = reached.filter((mistake) => explained(mistake) === most);
    if (most === given.length) return ofMistakes(giving);
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
    if (giving.length) return ofMistakes(giving);
    if (isCommon) return verdictOf("factor", SENTENCES.common, { factor: ratios[0] });
    return verdictOf(
      "unknown",
      fill(SENTENCES[name === first ? "first" : "unknown"], { first: said(first) }),
      { first },
    );
  }

  return Object.fromEntries(given.map((name) => [name, verdict(name)]));
}

const verdictOf = (kind, said, more) => ({
  kind,
  said,
  mistakes: [],
  factor: null,
  first: null,
  ...more,
});
const isRatio = (one, other) => Math.abs(one - other) <= TOLERANCE * Math.abs(other);

function ofMistakes(giving) {
  const known = giving.map((name) => WORDS[name]);
  const said =
    known.length === 1
      ? fill(SENTENCES.mistake, known[0])
      : fill(SENTENCES.several, { what: known.map(({ what }) => what).join(", or ") });
  return verdictOf("mistake", said, { mistakes: giving });
}

/** Return { step: its value, worked out from the numbers before it }, some of which are given. */
function redone({ solution, net }, answers) {
  const values = {},
    found = {},
    loss = net.names.total.name;
  for (const { name, label, expression, value } of solution) {
    if (label === "forward" && name.startsWith(loss)) continue; // no line needs it
    found[name] = expression ? evaluate(expression, values) : value;
    values[name] = answers[name] ?? found[name];
  }
  return found;
}

/** Return the names of the lines that are wrong in a printed solution, each by itself. */
export function wrongLines(problem) {
  const { shown } = problem,
    again = redone(problem, shown);
  return Object.keys(shown).filter((name) => !isRatio(shown[name], again[name]));
}

function ofLine(problem, line) {
  const { made, shown, right } = problem;
  if (wrongLines(problem).includes(line))
    return verdictOf("right", fill(SENTENCES.line, WORDS[made]), { mistakes: [made] });
  return isRatio(shown[line], right[line])
    ? verdictOf("unknown", SENTENCES["line right"])
    : verdictOf("follows", SENTENCES["line follows"]);
}
