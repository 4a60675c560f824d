// The mistakes, each as the line of a backward pass that goes wrong: the twin of mistakes.py. What is
// said of them is in tables.json.
//
// A line works on one example, arrays of numbers by unit; null says that it does not run there.

import { ACTIVATIONS, LOSSES, partnerOf } from "./functions.js";
import { shared, weights } from "./names.js";
import { forward, sum, together } from "./network.js";
import { TABLES } from "./tables.js";

/** COINCIDES: gradients nearer than this, as a share, are the same; WORDS: of each mistake, by name. */
export const { COINCIDES, WORDS } = TABLES.mistakes;
const { LOSSES: OF_LOSSES } = TABLES.functions;

/** @type {Lines["output"]} */
const back = (f, g, z, a) => {
  const delta = Array(z.length);
  ACTIVATIONS[f].back(g, z, a, delta);
  return delta;
};
/** @type {(delta: number[], a: number[]) => number[][]} */
const outer = (delta, a) => delta.map((d) => a.map((each) => d * each));
/**
 * ∂E/∂a of the layer before: delta by the rows of W.
 * @type {(delta: number[], W: number[][]) => number[]}
 */
const through = (delta, W) => W[0].map((_, j) => delta.reduce((sum, d, k) => sum + d * W[k][j], 0));

/** @type {Lines} */
const RIGHT = {
  output: back,
  scale: (delta) => delta,
  sent: (delta) => delta,
  carried: through, // BP2, its sum
  hidden: back, // BP2
  weight: outer, // BP4
  bias: (delta) => delta, // BP3
  shared: sum,
};
/** @type {(W: number[][]) => boolean} */
const isSquare = (W) => W.length === W[0].length;
/** @type {Lines["output"]} */
const noSlope = (f, g) => g;
/** @type {Lines["output"]} */
const slopeOfTheOutput = (f, g, z, a) => {
  const again = Array(a.length);
  ACTIVATIONS[f].f(a, again);
  return back(f, g, a, again);
};
/** @type {Lines["output"]} */
const netForOut = (f, g, z) => back(f, g, z, z);
/** @type {(delta: number[], factor: number) => number[]} */
const all = (delta, factor) => delta.map((d) => factor * d);

/** @type {Record<string, Partial<Lines>>} */
const LINES = {
  "updated weights": {
    carried: (delta, W, dW, rate) =>
      through(
        delta,
        W.map((row, k) => row.map((w, j) => w - rate * dW[k][j])),
      ),
  },
  "first path only": { carried: (delta, W) => through(delta.slice(0, 1), W.slice(0, 1)) },
  "last path only": { carried: (delta, W) => through(delta.slice(-1), W.slice(-1)) },
  "transposed weights": {
    carried: (delta, W) =>
      isSquare(W) ? W.map((row) => row.reduce((sum, w, k) => sum + w * delta[k], 0)) : null,
  },
  "no hidden slope": { hidden: noSlope },
  "error sent back": { sent: (delta, a, t) => a.map((each, k) => each - t[k]) },
  "no output slope": { output: noSlope },
  "activation twice": { output: slopeOfTheOutput, hidden: slopeOfTheOutput },
  "net for out": { output: netForOut, hidden: netForOut },
  "no half": {
    scale: (delta, loss) => (OF_LOSSES[loss].scale === "half" ? all(delta, 2) : delta),
  },
  "mean for sum": {
    scale: (delta, loss) =>
      OF_LOSSES[loss].scale === "mean" ? delta : all(delta, 1 / delta.length),
  },
  "wrong sign": { scale: (delta) => all(delta, -1) },
  "outer product turned": {
    weight: (delta, a) => (delta.length === a.length ? outer(a, delta) : null),
  },
  "bias gradient zero": { bias: (delta) => all(delta, 0) },
  "bias times input": { bias: (delta, a) => all(delta, a[0]) },
  "one bias for all": { bias: (delta) => delta.map(() => delta[0]), shared: null },
};
/** @type {Record<string, Partial<Lines>>} */
const OF_KERNELS = {
  // where several places share a weight
  "first place only": { shared: (each) => each[0] },
  "last place only": { shared: (each) => each.at(-1) },
};

/**
 * What each mistake puts in the place of which lines, by name.
 * @type {Record<string, Partial<Lines>>}
 */
export const ALL = { ...LINES, ...OF_KERNELS };

/**
 * Return the names of the mistakes that a network of this form may give occasion for, in the order of mistakes.py.
 * @type {(net: Network) => string[]}
 */
export const possible = ({ names }) =>
  Object.keys(names.w.some((_, l) => shared(names, l)) ? ALL : LINES);

/**
 * Return { delta, dW, db } of the backward pass with a mistake, by name, as network.backward returns them;
 * null where it does not run, as a transposed matrix that does not fit. known(l, n, j): a number with
 * which the pass goes on in the place of its own delta of example n, or undefined.
 * @type {(net: Network, x: Given, t: Given, mistake: string, learningRate: number, known?: (l: number, n: number, j: number) => number | undefined) => Gradients & { delta: Layers<Given> } | null}
 */
export function backward(
  net,
  x,
  t,
  mistake,
  learningRate,
  known = () => /** @type {number} */ (undefined),
) {
  const lines = { ...RIGHT, ...ALL[mistake] };
  const isBatch = Array.isArray(x[0]),
    last = net.W.length - 1,
    f = net.activations;
  const { z, a } = forward(net, /** @type {number[][]} */ (isBatch ? x : [x])),
    targets = /** @type {number[][]} */ (isBatch ? t : [t]),
    examples = targets.map((_, n) => n);
  /** @type {Layers<number[][]>} */
  const delta = Array(last + 1).fill(null),
    /** @type {Layers<number[][]>} */ dW = [...delta],
    /** @type {Layers<number[]>} */ db = Array(last + 1).fill(null);
  /** @type {(each: number[][]) => number[]} */
  const mean = (each) =>
    each[0].map((_, j) => each.reduce((sum, of) => sum + of[j], 0) / each.length);
  delta[last] = examples.map((n) => {
    const out = a[last][n],
      { d } = LOSSES[net.loss];
    if (partnerOf(net.loss))
      return lines.scale(
        out.map((each, k) => each - targets[n][k]),
        net.loss,
      );
    const g = out.map((_, k) => d(out, targets[n], k));
    return lines.scale(lines.output(f[last], g, z[last][n], out), net.loss);
  });
  for (let l = last; l > 0; l--) {
    const on = delta[l].map((row, n) => row.map((d, j) => known(l, n, j) ?? d));
    const each = examples.map((n) => lines.weight(on[n], a[l - 1][n]));
    if (each.includes(null)) return null;
    dW[l] = each[0].map((_, j) => mean(each.map((rows) => rows[j])));
    db[l] = mean(examples.map((n) => lines.bias(on[n], a[l - 1][n])));
    if (shared(net.names, l)) {
      if (!lines.shared) return null;
      together(net.names, l, dW[l], db[l], lines.shared);
    }
    if (l === 1) break;
    const carried = examples.map((n) => {
      const sent = l === last ? lines.sent(on[n], a[l][n], targets[n]) : on[n];
      return lines.carried(sent, net.W[l], dW[l], learningRate);
    });
    if (carried.includes(null)) return null;
    delta[l - 1] = examples.map((n) =>
      lines.hidden(f[l - 1], carried[n], z[l - 1][n], a[l - 1][n]),
    );
  }
  return { delta: isBatch ? delta : delta.map((rows) => rows && rows[0]), dW, db };
}

/**
 * Return { name: gradient } of every weight and every unit's bias, as network.by_name.
 * @type {(net: Network, gradients: Gradients) => Values}
 */
export function byName(net, { dW, db }) {
  return Object.fromEntries(
    weights(net.names).map(({ l, j, i, symbol }) => [
      symbol.name,
      i === null ? db[l][j] : dW[l][j][i],
    ]),
  );
}

/**
 * Return by what share two { name: number } differ where they differ most.
 * @type {(one: Values, other: Values) => number}
 */
export function distance(one, other) {
  /** @type {(p: number, q: number) => number} */
  const apart = (p, q) => (p === q ? 0 : Math.abs(p - q) / Math.max(Math.abs(p), Math.abs(q)));
  return Math.max(...Object.keys(one).map((name) => apart(one[name], other[name])));
}

/**
 * Return { mistake: { weight or bias: its wrong gradient } } of the mistakes that show here.
 * @type {(net: Network, x: number[], t: number[], right: Values, learningRate: number) => Record<string, Values>}
 */
export function effects(net, x, t, right, learningRate) {
  /** @type {Record<string, Values>} */
  const found = {};
  for (const mistake of possible(net)) {
    const pass = backward(net, x, t, mistake, learningRate),
      wrong = pass && byName(net, pass);
    if (wrong && distance(wrong, right) > COINCIDES) found[mistake] = wrong;
  }
  return found;
}
