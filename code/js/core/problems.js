// Problems without end: the twin of practice/problems.py, so that one seed is one problem here and there.
//
// A kind is plain data, as live/figures.py writes it: { stream, title, question, sizes, activations, loss,
// names, asked, examples, printed }.

import { evaluate } from "./latex.js";
import { COINCIDES, distance, backward as mistaken, possible } from "./mistakes.js";
import { derivative, weights } from "./names.js";
import { backward } from "./network.js";
import { pcg32 } from "./pcg.js";
import { TABLES } from "./tables.js";
import { trace, traceOfBatch, valuesOf } from "./trace.js";

const { APART, ROUNDED, SMALLEST, KINK, MARGIN } = TABLES.problems;
const { STREAMS } = TABLES.pcg;
const { LOSSES } = TABLES.functions;

/** The parts of a problem, in the order in which they become blank. */
export const { PARTS } = TABLES.problems;
/** How many parts are blank where the way forward is too. */
export const EVERYTHING = PARTS.length + 1;

/**
 * Return the kind, of a list of names, of the problem number `seed` of a mixed set.
 * @type {(kinds: string[], seed: number) => string}
 */
export const mixed = (kinds, seed) => kinds[pcg32(seed, STREAMS.mixed).below(kinds.length)];

/**
 * Return the problem of a kind and a seed:
 * { kind, seed, net, x, t, learningRate, asked, solution, lines, right, wrong, made, shown }.
 *
 * solution: all steps; lines: those that can be asked; right: { step: value } of these; wrong:
 * { mistake: { step: value } }. made, shown: the mistake and the lines of a printed solution, else null.
 * @type {(kind: Kind, seed: number) => Problem}
 */
export function problem(kind, seed) {
  const rng = pcg32(seed, kind.stream),
    asked = kind.asked.map((name) => `d${kind.names.total.name}_d${name}`);
  for (;;) {
    const drawn = draw(rng, kind),
      wrong = toldApart(kind, asked, drawn);
    if (!wrong) continue;
    const { net, x, t, learningRate } = drawn;
    const solution =
      kind.examples > 1
        ? traceOfBatch(
            net,
            /** @type {number[][]} */ (x),
            /** @type {number[][]} */ (t),
            learningRate,
          )
        : trace(net, /** @type {number[]} */ (x), /** @type {number[]} */ (t), learningRate);
    if (!survivesRounding(solution, asked)) continue;
    const lines = solution.filter(isLine(kind.names)),
      right = valuesOf(lines);
    /** @type {Problem} */
    const found = {
      kind,
      seed,
      ...drawn,
      asked,
      solution,
      lines,
      right,
      wrong,
      made: null,
      shown: null,
    };
    if (!kind.printed) return found;
    const names = Object.keys(wrong),
      made = names[rng.below(names.length)];
    const known = valuesOf(lines.filter(({ label }) => label !== "update"));
    return { ...found, asked: ["line"], made, shown: { ...known, ...wrong[made] } };
  }
}

/**
 * Whether a step can be asked: net inputs, outputs, deltas, gradients, updates.
 * @type {(names: Names) => (step: Step) => boolean}
 */
function isLine({ total, ...names }) {
  const gradients = new Set(weights(names).map(({ symbol }) => derivative(total, symbol).name));
  return ({ name, label }) => {
    if (label === "forward") return !name.startsWith(total.name); // nor the term of an output in it
    if (label === "output delta" || label === "hidden delta") return name.startsWith("delta");
    return label === "gradients" ? gradients.has(name) : label === "update";
  };
}

/**
 * Return what a line of a problem is worked out with: slopes, pulls and their like, and last the line itself.
 * @type {(line: Step, problem: Pick<Problem, "solution" | "lines">) => Step[]}
 */
export function withParts(line, { solution, lines }) {
  const isLine = new Set(lines.map(({ name }) => name)),
    found = new Set();
  /** @type {(step: Step) => void} */
  const add = (step) => {
    for (const input of step.inputs) {
      const part = solution.find(({ name }) => name === input);
      if (part.expression && !isLine.has(input)) add(part);
    }
    found.add(step);
  };
  add(line);
  return [...found];
}

/**
 * Draw the given numbers: hundredths, of which a calculator needs few keys.
 * @type {(rng: Random, kind: Kind) => Draw}
 */
function draw(rng, { sizes, activations, loss, names, examples }) {
  /** @type {(low: number, high: number) => number} */
  const hundredths = (low, high) =>
    5 * (Math.floor(low / 5) + rng.below(Math.floor((high - low) / 5) + 1));
  /** @type {(low: number, high: number) => number} */
  const eitherSign = (low, high) => {
    const number = hundredths(low, high);
    return rng.below(3) === 0 ? -number : number;
  };
  /** @type {<T>(count: number, one: (_: unknown, k: number) => T) => T[]} */
  const many = (count, one) => Array.from({ length: count }, one);
  /** @type {(length: number, number: (low: number, high: number) => number, low: number, high: number) => number[]} */
  const row = (length, number, low, high) => many(length, () => number(low, high) / 100);
  /** @type {(symbols: Quantity[], low: number, drawn: Map<string, number>) => number[]} */
  const numbers = (symbols, low, drawn) =>
    symbols.map((symbol) => {
      if (!symbol) return 0;
      if (!drawn.has(symbol.name)) drawn.set(symbol.name, eitherSign(low, 95) / 100); // one that several places share, once
      return drawn.get(symbol.name);
    });
  /** @type {Layers<number[][]>} */
  const W = [null],
    /** @type {Layers<number[]>} */ b = [null];
  for (let l = 1; l < sizes.length; l++) {
    const drawn = new Map();
    W.push(names.w[l].map((symbols) => numbers(symbols, 10, drawn)));
    b.push(numbers(names.b[l], 5, new Map()));
  }
  const inputs = sizes[0],
    outputs = sizes.at(-1);
  const target = activations.at(-1) === "tanh" ? eitherSign : hundredths;
  /** @type {Given} */
  let x = many(examples, () => row(inputs, eitherSign, 20, 150)),
    /** @type {Given} */ t;
  if (LOSSES[loss].targets === "distribution") {
    const wanted = rng.below(outputs);
    t = [many(outputs, (_, k) => (k === wanted ? 1 : 0))];
  } else t = many(examples, () => row(outputs, target, 5, 95));
  if (examples === 1) [[x], [t]] = [x, t];
  return {
    net: { W, b, activations, loss, names },
    x,
    t,
    learningRate: (50 * (1 + rng.below(4))) / 100,
  };
}

/**
 * Return what the mistakes make of a draw, or null where the answers do not tell them apart.
 * @type {(kind: Kind, asked: string[], draw: Draw) => Record<string, Values> | null}
 */
function toldApart({ activations }, asked, { net, x, t, learningRate }) {
  const pass = backward(net, x, t);
  /** @type {(l: number) => boolean} */
  const atKink = (l) => pass.z[l].flat().some((z) => Math.abs(z) < KINK + MARGIN);
  if (activations.some((activation, l) => activation === "relu" && atKink(l))) return null;
  const right = valuesIn(net, pass);
  if (asked.some((name) => right[name] !== 0 && Math.abs(right[name]) < SMALLEST + MARGIN))
    return null;
  /** @type {(values: Values) => Values} */
  const answers = (values) => Object.fromEntries(asked.map((name) => [name, values[name]]));
  /** @type {Record<string, Values>} */
  const found = {},
    different = [answers(right)];
  for (const mistake of possible(net)) {
    const made = mistaken(net, x, t, mistake, learningRate);
    if (!made) continue;
    const values = valuesIn(net, made);
    if (distance(answers(values), different[0]) <= COINCIDES) continue;
    found[mistake] = values;
    different.push(answers(values));
  }
  const tooNear = different.some((one, n) =>
    different.slice(0, n).some((other) => distance(one, other) < APART + MARGIN),
  );
  return tooNear ? null : found;
}

/**
 * Return `wrong` of a problem as it comes out where some deltas, { step: value }, are given.
 *
 * The lines after a given delta go on with it, so a mistake shows in the line where it is made too:
 * who has the output deltas right can still put net for out in the hidden ones.
 * @type {(problem: Problem, given: Values) => Record<string, Values>}
 */
export function wrongFrom({ net, x, t, learningRate, wrong }, given) {
  const isBatch = Array.isArray(x[0]);
  /** @type {(l: number, n: number, j: number) => number | undefined} */
  const known = (l, n, j) => given[nameOf(net.names.delta[l][j].name, n, isBatch)];
  return Object.fromEntries(
    Object.keys(wrong).map((mistake) => [
      mistake,
      valuesIn(net, mistaken(net, x, t, mistake, learningRate, known)),
    ]),
  );
}

/** @type {(name: string, n: number, isBatch: boolean) => string} */
const nameOf = (name, n, isBatch) => (isBatch ? `${name}_of_${n + 1}` : name);

/**
 * Return { step: value } of deltas and gradients; those of a batch's deltas by their example.
 * @type {(net: Network, pass: Gradients & { delta: Layers<Given> }) => Values}
 */
function valuesIn({ names }, { delta, dW, db }) {
  /** @type {Values} */
  const found = {};
  for (let l = names.delta.length - 1; l > 0; l--) {
    const isBatch = Array.isArray(delta[l][0]);
    /** @type {number[][]} */ (isBatch ? delta[l] : [delta[l]]).forEach((row, n) =>
      names.delta[l].forEach(({ name }, j) => (found[nameOf(name, n, isBatch)] = row[j])),
    );
  }
  for (const { l, j, i, symbol } of weights(names))
    found[derivative(names.total, symbol).name] = i === null ? db[l][j] : dW[l][j][i];
  return found;
}

/**
 * Whether the asked steps come out with every line rounded to four significant digits.
 * @type {(solution: Step[], asked: string[]) => boolean}
 */
function survivesRounding(solution, asked) {
  /** @type {Values} */
  const values = {};
  for (const { name, expression, value } of solution)
    values[name] = fourDigits(expression ? evaluate(expression, values) : value);
  const exact = valuesOf(solution);
  return asked.every(
    (name) => distance({ it: values[name] }, { it: exact[name] }) < ROUNDED - MARGIN,
  );
}

/**
 * Return a number rounded to four significant digits, a half away from 0, as one does by hand.
 *
 * The digits are those of the number to twelve, so that 1.2325 is a half wherever it is computed.
 * @type {(value: number) => number}
 */
export function fourDigits(value) {
  const [digits, power] = value.toExponential(11).split("e"),
    twelve = Number(digits.replace(".", ""));
  const four = Math.sign(twelve) * Math.floor(Math.abs(twelve) / 1e8 + 0.5);
  return Number(`${four}e${Number(power) - 3}`);
}
