// The arithmetic of one forward pass, one backward pass and one update: the twin of passes.py.
//
// They fill arrays that are there, so that training makes none. Inside, an example is a batch of one:
// z[l][n][j] is that of unit j of layer l for example n.

import { ACTIVATIONS, LOSSES, partnerOf } from "./functions.js";

/**
 * Return the arrays that the passes of m examples fill, of doubles from the start: quicker by half.
 * @type {(W: Layers<number[][]>, m: number) => Arrays}
 */
export function emptyPass(W, m) {
  /** @type {(units: number) => Float64Array[]} */
  const rows = (units) => Array.from({ length: m }, () => new Float64Array(units));
  const ofUnits = () => [null, ...W.slice(1).map((weights) => rows(weights.length))];
  const [z, a, g, delta] = [ofUnits(), ofUnits(), ofUnits(), ofUnits()]; // g is ∂E/∂a
  const dW = [
    null,
    ...W.slice(1).map((weights) => weights.map((row) => new Float64Array(row.length))),
  ];
  const db = [null, ...W.slice(1).map((weights) => new Float64Array(weights.length))];
  return { z, a, g, delta, dW, db };
}

/**
 * Fill z and a of every layer, from a[0].
 * @type {(W: Layers<number[][]>, b: Layers<number[]>, activations: string[], pass: Pick<Arrays, "z" | "a">) => void}
 */
export function forwardPass(W, b, activations, { z, a }) {
  for (let l = 1; l < W.length; l++)
    for (let n = 0; n < a[0].length; n++) {
      const before = a[l - 1][n],
        into = z[l][n];
      for (let j = 0; j < into.length; j++) {
        const row = W[l][j];
        let sum = 0;
        for (let i = 0; i < row.length; i++) sum += before[i] * row[i];
        into[j] = sum + b[l][j];
      }
      ACTIVATIONS[activations[l]].f(into, a[l][n]);
    }
}

/**
 * Return E: of one example, or the mean over the batch.
 * @type {(loss: string, pass: Pick<Arrays, "z" | "a">, t: number[][]) => number}
 */
export function lossValue(loss, { z, a }, t) {
  const { term } = LOSSES[loss];
  let sum = 0;
  for (let n = 0; n < t.length; n++)
    for (let k = 0; k < t[n].length; k++) sum += term(z.at(-1)[n], a.at(-1)[n], t[n], k);
  return sum / t.length;
}

/**
 * Fill delta, dW and db. A mistakenRate carries back through weights already updated at that rate.
 * @type {(W: Layers<number[][]>, activations: string[], loss: string, pass: Arrays, t: number[][], mistakenRate?: number | null) => void}
 */
export function backwardPass(
  W,
  activations,
  loss,
  { z, a, g, delta, dW, db },
  t,
  mistakenRate = null,
) {
  const last = W.length - 1,
    m = t.length,
    { d } = LOSSES[loss],
    partner = partnerOf(loss);
  for (let n = 0; n < m; n++)
    if (partner)
      for (let k = 0; k < t[n].length; k++) delta[last][n][k] = a[last][n][k] - t[n][k]; // BP1
    else {
      for (let k = 0; k < t[n].length; k++) g[last][n][k] = d(a[last][n], t[n], k);
      ACTIVATIONS[activations[last]].back(g[last][n], z[last][n], a[last][n], delta[last][n]); // BP1
    }
  for (let l = last; l > 0; l--) {
    const units = W[l].length,
      before = W[l][0].length;
    for (let j = 0; j < units; j++) {
      db[l][j] = 0;
      dW[l][j].fill(0);
      for (let n = 0; n < m; n++) {
        const share = delta[l][n][j] / m; // of each example in the mean over the batch
        db[l][j] += share; // BP3
        for (let i = 0; i < before; i++) dW[l][j][i] += share * a[l - 1][n][i]; // BP4
      }
    }
    if (l === 1) return;
    for (let n = 0; n < m; n++) {
      for (let i = 0; i < before; i++) {
        let sum = 0;
        for (let j = 0; j < units; j++)
          sum +=
            delta[l][n][j] *
            (mistakenRate === null ? W[l][j][i] : W[l][j][i] - mistakenRate * dW[l][j][i]);
        g[l - 1][n][i] = sum;
      }
      ACTIVATIONS[activations[l - 1]].back(g[l - 1][n], z[l - 1][n], a[l - 1][n], delta[l - 1][n]); // BP2
    }
  }
}

/**
 * Change W and b in place, w⁺ = w − η ∂E/∂w; biases as in `update`.
 * @type {(W: Layers<number[][]>, b: Layers<number[]>, gradients: { dW: Layers<Numbers[]>, db: Layers<Numbers> }, learningRate: number, biases: Biases) => void}
 */
export function updateStep(W, b, { dW, db }, learningRate, biases) {
  for (let l = 1; l < W.length; l++) {
    let common = 0;
    for (let j = 0; j < W[l].length; j++) {
      for (let i = 0; i < W[l][j].length; i++) W[l][j][i] -= learningRate * dW[l][j][i];
      if (biases === "updated") b[l][j] -= learningRate * db[l][j];
      common += db[l][j];
    }
    if (biases === "shared") for (let j = 0; j < b[l].length; j++) b[l][j] -= learningRate * common;
  }
}
