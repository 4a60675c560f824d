// Activations and losses, each beside its derivative: the twin of functions.py. Their rows of
// tables.json have the same formulas as text, and what goes with a loss.

import { TABLES } from "./tables.js";

const { EXP_LIMIT } = TABLES.functions;

// ---- activations: f fills a from z; back fills ∂E/∂z from g = ∂E/∂a (BP1, BP2) ---------------------

/** @type {(f: (z: number) => number, slope: (z: number, a: number) => number) => Activation} */
const eachUnit = (f, slope) => ({
  f(z, a) {
    for (let j = 0; j < z.length; j++) a[j] = f(z[j]);
  },
  slope: (z, a, m, j) => (m === j ? slope(z[j], a[j]) : 0),
  back(g, z, a, delta) {
    for (let j = 0; j < z.length; j++) delta[j] = g[j] * slope(z[j], a[j]);
  },
});

/**
 * By name: f(z, a) and back(g, z, a, delta) fill their last argument; slope(z, a, m, j) is ∂a_m/∂z_j.
 * @type {Record<string, Activation>}
 */
export const ACTIVATIONS = {
  sigmoid: eachUnit(
    (z) => 1 / (1 + Math.exp(Math.min(-z, EXP_LIMIT))),
    (z, a) => a * (1 - a),
  ),
  tanh: eachUnit(Math.tanh, (z, a) => 1 - a * a),
  relu: eachUnit(
    // biome-ignore lint/complexity/useMathMinMax: of no number Math.max makes none, functions.py 0
    (z) => (z > 0 ? z : 0),
    (z) => (z > 0 ? 1 : 0),
  ), // 0 at z = 0, as everywhere in practice
  identity: eachUnit(
    (z) => z,
    () => 1,
  ),
  softmax: {
    coupled: true, // each output depends on every input of the layer
    f(z, a) {
      const most = Math.max(...z); // the same quotients, and no e^10000
      let sum = 0;
      for (let j = 0; j < z.length; j++) sum += a[j] = Math.exp(z[j] - most);
      for (let j = 0; j < z.length; j++) a[j] /= sum;
    },
    slope: (z, a, m, j) => a[m] * ((m === j ? 1 : 0) - a[j]),
    back(g, z, a, delta) {
      for (let j = 0; j < z.length; j++) {
        delta[j] = 0;
        for (let m = 0; m < z.length; m++) delta[j] += g[m] * a[m] * ((m === j ? 1 : 0) - a[j]);
      }
    },
  },
};

// ---- losses: E = Σ_k term(z, a, t, k); d is ∂E/∂a_k ---------------------------------------------------

/**
 * By name: term(z, a, t, k) and d(a, t, k).
 * @type {Record<string, Loss>}
 */
export const LOSSES = {
  "half squares": {
    term: (z, a, t, k) => (a[k] - t[k]) ** 2 / 2,
    d: (a, t, k) => a[k] - t[k],
  },
  squares: {
    term: (z, a, t, k) => (a[k] - t[k]) ** 2,
    d: (a, t, k) => 2 * (a[k] - t[k]),
  },
  "mean squares": {
    term: (z, a, t, k) => (a[k] - t[k]) ** 2 / a.length,
    d: (a, t, k) => (2 * (a[k] - t[k])) / a.length,
  },
  "binary cross-entropy": {
    // −t ln a − (1 − t) ln(1 − a), with no ln 0 and no difference of nearly equal numbers
    term: (z, a, t, k) => Math.max(z[k], 0) - t[k] * z[k] + Math.log1p(Math.exp(-Math.abs(z[k]))),
    d: (a, t, k) => (a[k] - t[k]) / (a[k] * (1 - a[k])),
  },
  "softmax cross-entropy": {
    term(z, a, t, k) {
      const most = Math.max(...z);
      let sum = 0;
      for (const each of z) sum += Math.exp(each - most);
      return t[k] * (Math.log(sum) - (z[k] - most)); // −t ln a, with no ln 0
    },
    d: (a, t, k) => -t[k] / a[k],
  },
};

/**
 * Return the activation with which the output delta of a loss is a − t, or undefined.
 * @type {(loss: string) => string | undefined}
 */
export const partnerOf = (loss) => TABLES.functions.LOSSES[loss].partner;
