// What depth does to a delta, and to what differs between examples: the twin of depth.py, and of `tossed`
// in live/depth.py.

import { ACTIVATIONS } from "./functions.js";
import { pcg32 } from "./pcg.js";
import { TABLES } from "./tables.js";

const { WIDTH, EXAMPLES, MOST_LAYERS } = TABLES.depth;
const BITS = 32; // of a number of the generator: as many coins

/**
 * Return the coins of a seed, each 1 or -1, in rows: pulls one for each example, W[l - 1] one for each unit of layer l;
 * and the inputs x, of mean square 1.
 * @type {(seed: number) => Coins}
 */
export function tossed(seed) {
  const { next } = pcg32(seed, TABLES.pcg.STREAMS.depth);
  /** @type {(rows: number) => Float64Array[]} */
  const toss = (rows) =>
    Array.from({ length: rows }, () => {
      const row = new Float64Array(WIDTH);
      for (let start = 0; start < WIDTH; start += BITS) {
        const number = next();
        for (let bit = 0; bit < BITS; bit++) row[start + bit] = 2 * ((number >>> bit) & 1) - 1;
      }
      return row;
    });
  return {
    x: Array.from({ length: EXAMPLES }, () =>
      new Float64Array(WIDTH).map(() => Math.sqrt(3) * (next() / 2 ** 31 - 1)),
    ),
    pulls: toss(EXAMPLES),
    W: Array.from({ length: MOST_LAYERS }, () => toss(WIDTH)),
  };
}

/**
 * Return the root mean square of the deltas, and that of the outputs around their mean over the examples, of layer 1
 * to the last, of a start of TABLES.depth.STARTS.
 * @type {(coins: Coins, how: { start: string, scale: number, layers: number }) => Sizes}
 */
export function sizes({ x, pulls, W }, { start, scale, layers }) {
  const isMiddle = start === "middle",
    { f, back } = ACTIVATIONS[isMiddle ? "sigmoid" : start],
    size = scale / Math.sqrt(WIDTH);
  const rows = () => Array.from({ length: EXAMPLES }, () => new Float64Array(WIDTH));
  const z = Array.from({ length: layers }, rows),
    a = Array.from({ length: layers }, rows);
  for (let l = 0; l < layers; l++)
    for (let n = 0; n < EXAMPLES; n++) {
      const input = l === 0 ? x[n] : a[l - 1][n];
      for (let j = 0; j < WIDTH; j++) {
        let net = 0;
        const row = W[l][j],
          middle = isMiddle && l > 0 ? 0.5 : 0;
        for (let i = 0; i < WIDTH; i++) net += row[i] * (input[i] - middle);
        z[l][n][j] = size * net;
      }
      f(z[l][n], a[l][n]);
    }
  /** @type {number[]} */
  const deltas = [];
  const delta = rows(),
    g = pulls.map((row) => row.slice());
  for (let l = layers - 1; l >= 0; l--) {
    for (let n = 0; n < EXAMPLES; n++) {
      back(g[n], z[l][n], a[l][n], delta[n]);
      g[n].fill(0);
      for (let j = 0; j < WIDTH; j++)
        for (let i = 0; i < WIDTH; i++) g[n][i] += size * W[l][j][i] * delta[n][j];
    }
    deltas.unshift(rootMeanSquare(delta));
  }
  return { delta: deltas, spread: a.map((layer) => rootMeanSquare(around(layer))) };
}

/**
 * Return the examples' outputs less their mean over the examples.
 * @type {(layer: Float64Array[]) => Float64Array[]}
 */
function around(layer) {
  const mean = new Float64Array(WIDTH);
  for (const row of layer) for (let j = 0; j < WIDTH; j++) mean[j] += row[j] / EXAMPLES;
  return layer.map((row) => row.map((each, j) => each - mean[j]));
}

/** @type {(rows: Float64Array[]) => number} */
const rootMeanSquare = (rows) => {
  let sum = 0;
  for (const row of rows) for (const each of row) sum += each * each;
  return Math.sqrt(sum / (rows.length * WIDTH));
};
