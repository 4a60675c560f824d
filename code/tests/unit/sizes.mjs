// How far two programs may differ in a number that both compute right.
//
// They add in another order and have another exp, so they differ in the last digits of the largest term
// of a sum, however small the sum is. That term is the size of the number:
//
//   given           its absolute value
//   product         the product of the sizes of its factors
//   sum             the largest size of its terms
//   quotient n / d  (size of n + |n / d| × size of d) / |d|
//   f(z)            |f(z)| + |f′(z)| × size of z
//
// The tests allow 1e-12 of it.

import { ACTIVATIONS, partnerOf } from "../../js/core/functions.js";
import { derivative, updated } from "../../js/core/names.js";
import { forward } from "../../js/core/network.js";

export const rowsOf = (x) => (Array.isArray(x[0]) ? x : [x]);
export const largest = (numbers) => Math.max(0, ...numbers.map(Math.abs));
const layersOf = (W, f) => W.map((_, l) => (l ? f(l) : null));

// of ∂a_m/∂z_j, from the sizes of a
export const SLOPES = {
  sigmoid: (a, m, j) => (m === j ? a[j] * Math.max(1, a[j]) : 0),
  tanh: (a, m, j) => (m === j ? Math.max(1, a[j] ** 2) : 0),
  relu: (a, m, j) => Number(m === j),
  identity: (a, m, j) => Number(m === j),
  softmax: (a, m, j) => a[m] * Math.max(m === j, a[j]),
};

// of the term and of ∂E/∂a: e of a − t, a and z as they are, n outputs
export const OF_LOSSES = {
  "half squares": { term: ({ e }) => e ** 2, d: ({ e }) => e },
  squares: { term: ({ e }) => e ** 2, d: ({ e }) => 2 * e },
  "mean squares": { term: ({ e, n }) => e ** 2 / n, d: ({ e, n }) => (2 * e) / n },
  "binary cross-entropy": {
    term: ({ sz }) => Math.max(sz, Math.LN2),
    d: ({ e, a, t, sa }) =>
      (e + Math.abs((a - t) / (1 - a)) + Math.abs((a - t) / a) * sa) / (a * (1 - a)),
  },
  "softmax cross-entropy": {
    term: ({ t, sz, n }) => t * Math.max(sz, Math.log(n)),
    d: ({ t, a, sa }) => (t * sa) / a ** 2,
  },
};

/**
 * Return the sizes of everything that one pass and one update make, each in rows, an example to a row:
 * { z, a, slope, terms, E, d, g, delta, dW, db, W, b }; slope(l, n, m, j) is that of ∂a_m/∂z_j.
 */
export function sizesOf(net, x, t, { learningRate, hiddenWeights = "old", biases = "updated" }) {
  const { W, b, activations, loss } = net,
    last = W.length - 1,
    rows = rowsOf(x),
    targets = rowsOf(t);
  const { z, a } = forward(net, rows),
    m = rows.length;
  const s = {
    z: [null],
    a: [rows.map((row) => row.map(Math.abs))],
    delta: [],
    dW: [],
    db: [],
    g: [],
  };
  for (let l = 1; l <= last; l++) {
    const { slope } = ACTIVATIONS[activations[l]];
    s.z[l] = s.a[l - 1].map((before) =>
      W[l].map((row, j) => largest([b[l][j], ...row.map((w, i) => w * before[i])])),
    );
    s.a[l] = a[l].map((row, n) =>
      row.map(
        (value, j) =>
          Math.abs(value) + largest(row.map((_, k) => slope(z[l][n], row, j, k) * s.z[l][n][k])),
      ),
    );
  }
  s.slope = (l, n, m, j) => SLOPES[activations[l]](s.a[l][n], m, j);
  const ofLoss = (which) =>
    targets.map((row, n) =>
      row.map((t, k) => {
        const sa = s.a[last][n][k],
          of = {
            a: a[last][n][k],
            t,
            sa,
            sz: largest(s.z[last][n]),
            e: Math.max(sa, Math.abs(t)),
            n: row.length,
          };
        return OF_LOSSES[loss][which](of);
      }),
    );
  [s.terms, s.d] = [ofLoss("term"), ofLoss("d")];
  s.E = largest(s.terms.flat()) / m;

  const back = (g, l) =>
    g.map((row, n) => row.map((_, j) => largest(row.map((size, k) => size * s.slope(l, n, k, j)))));
  s.g[last] = s.d;
  s.delta[last] = partnerOf(loss)
    ? targets.map((row, n) => row.map((t, k) => Math.max(s.a[last][n][k], Math.abs(t))))
    : back(s.d, last);
  for (let l = last; l > 0; l--) {
    s.db[l] = W[l].map((_, j) => largest(s.delta[l].map((row) => row[j])) / m);
    s.dW[l] = W[l].map((row, j) =>
      row.map((_, i) => largest(s.delta[l].map((d, n) => d[j] * s.a[l - 1][n][i])) / m),
    );
    if (l === 1) continue;
    const moved = (j, i) => (hiddenWeights === "updated" ? learningRate * s.dW[l][j][i] : 0);
    s.g[l - 1] = s.delta[l].map((d) =>
      W[l][0].map((_, i) =>
        largest(W[l].map((row, j) => d[j] * Math.max(Math.abs(row[i]), moved(j, i)))),
      ),
    );
    s.delta[l - 1] = back(s.g[l - 1], l - 1);
  }
  s.W = layersOf(W, (l) =>
    W[l].map((row, j) => row.map((w, i) => largest([w, learningRate * s.dW[l][j][i]]))),
  );
  s.b = layersOf(W, (l) =>
    b[l].map((bias, j) =>
      largest([bias, learningRate * (biases === "shared" ? largest(s.db[l]) : s.db[l][j])]),
    ),
  );
  return s;
}

/** Return the sizes of one example's steps and slopes by name, as a trace and a path call them. */
export function sizesByName({ names, W, b }, t, learningRate, s) {
  const found = { eta: learningRate },
    last = W.length - 1;
  const put = (symbol, size) => (found[symbol.name] = size);
  names.out[0].forEach((symbol, i) => put(symbol, s.a[0][0][i]));
  names.t.forEach((symbol, k) => put(symbol, Math.abs(t[k])));
  names.error.forEach((symbol, k) => put(symbol, s.terms[0][k]));
  put(names.total, s.E);
  for (let l = 1; l <= last; l++)
    names.out[l].forEach((out, j) => {
      const [net, own] = [names.net[l][j], names.own_b[l][j]];
      put(net, s.z[l][0][j]);
      put(out, s.a[l][0][j]);
      put(names.delta[l][j], s.delta[l][0][j]);
      put(derivative(names.total, net), s.delta[l][0][j]);
      put(derivative(names.total, out), s.g[l][0][j]);
      names.out[l].forEach((other, m) => put(derivative(other, net), s.slope(l, 0, m, j)));
      put(names.b[l][j], Math.abs(b[l][j]));
      put(derivative(net, own), 1);
      put(derivative(names.total, own), s.db[l][j]);
      put(updated(own), s.b[l][j]);
      put(updated(names.b[l][j]), s.b[l][j]);
      put({ name: `dE_d${names.b[l][0].name}_shared` }, largest(s.db[l]));
      names.w[l][j].forEach((w, i) => {
        put(w, Math.abs(W[l][j][i]));
        put(derivative(net, w), s.a[l - 1][0][i]);
        put(derivative(net, names.out[l - 1][i]), Math.abs(W[l][j][i]));
        put(derivative(names.total, w), s.dW[l][j][i]);
        put(updated(w), s.W[l][j][i]);
        if (l === last)
          put(
            derivative(names.error[j], names.out[l - 1][i]),
            s.delta[l][0][j] * Math.abs(W[l][j][i]),
          );
      });
    });
  return found;
}
