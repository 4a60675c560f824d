// The figures' arithmetic against the package's: every quantity of some hundreds of networks.
//
// A number is a sum of products; two programs that add in another order, with another exp, differ by
// some 1e-16 of the largest term of that sum, and of what the terms themselves were sums of. So each
// comparison has a scale, the largest term that went into the number, and holds within 1e-12 of it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import {
  ACTIVATIONS, LOSSES, backward, byFormula, forward, loss, train, update, weightAt, why, withValues,
} from "../backprop/widgets/nn.js";
import { trace } from "../backprop/widgets/trace.js";

const CLOSE = 1e-12; // of the scale
const SLOPES = 1e-15; // a (1 − a) and its like, absolute

const read = (name) => JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, import.meta.url))));
const networks = read("networks"), saturated = read("saturated");
const rowsOf = (x) => (Array.isArray(x[0]) ? x : [x]);
const largest = (numbers) => Math.max(...numbers.map(Math.abs));

function close(actual, expected, scale, what) {
  assert.ok(
    Math.abs(actual - expected) <= CLOSE * scale,
    `${what}: ${actual} here, ${expected} in Python, ${Math.abs(actual - expected) / scale} of the scale ${scale}`
  );
}

/** The scales of z, a, g, delta, dW, db and E: the pass once more, each sum replaced by its largest term. */
function scalesOf(net, x, t) {
  const last = net.W.length - 1, rows = rowsOf(x), targets = rowsOf(t);
  const { z, a } = forward(net, rows), { delta, g } = backward(net, rows, targets);
  const s = { z: [null], a: [rows.map((row) => row.map(Math.abs))], delta: [], dW: [], db: [] };
  for (let l = 1; l <= last; l++) {
    s.z[l] = rows.map((_, n) => net.W[l].map((row, j) => largest([net.b[l][j], ...row.map((w, i) => w * s.a[l - 1][n][i])])));
    const linear = ["relu", "identity"].includes(net.activations[l]);
    s.a[l] = s.z[l].map((row, n) => row.map((scale, j) => (linear ? scale : Math.abs(a[l][n][j]) + largest(s.z[l][n]) * largest(slopesAt(net, z, a, l, n, j)))));
  }
  s.E = largest(targets.flatMap((row, n) => row.map((y, k) => (largest([s.a[last][n][k], y, 1]) * (1 + largest(s.z[last][n]))) * (1 + largest([s.a[last][n][k], y])))));
  const sg = rows.map((_, n) => targets[n].map((y, k) => largest([s.a[last][n][k], y, g[last][n][k]]) * 2));
  s.delta[last] = sg.map((row, n) => row.map((scale, j) => scale * largest([...slopesAt(net, z, a, last, n, j), LOSSES[net.loss].partner ? 1 : 0]) + largest(g[last][n]) * SLOPES * 1e3));
  for (let l = last; l > 0; l--) {
    s.db[l] = net.W[l].map((_, j) => largest(s.delta[l].map((row) => row[j])));
    s.dW[l] = net.W[l].map((row, j) => row.map((_, i) => largest(s.delta[l].map((d, n) => d[j] * s.a[l - 1][n][i]))));
    if (l > 1)
      s.delta[l - 1] = rows.map((_, n) =>
        net.W[l][0].map((_, i) => {
          const carried = largest(net.W[l].map((row, j) => s.delta[l][n][j] * (Math.abs(row[i]) + s.dW[l][j][i])));
          return carried * (largest(slopesAt(net, z, a, l - 1, n, i)) + largest(s.a[l - 1][n]) * 1e-3);
        })
      );
  }
  return s;
}

const slopesAt = (net, z, a, l, n, j) => z[l][n].map((_, m) => ACTIVATIONS[net.activations[l]].slope(z[l][n], a[l][n], m, j));

/** Compare layers of rows, each number by its own scale. */
function compare(actual, expected, scales, what) {
  expected.forEach((layer, l) => {
    if (layer === null) return;
    rowsOf(layer).forEach((row, n) =>
      row.forEach((number, j) => {
        const scale = scales[l][n]?.[j] ?? scales[l][j];
        close(rowsOf(actual[l])[n][j], number, scale, `${what}[${l}][${n}][${j}]`);
      })
    );
  });
}

test("there are networks of every kind", () => {
  assert.ok(networks.length >= 200);
  for (const name of Object.keys(ACTIVATIONS)) assert.ok(networks.some((net) => net.activations.includes(name)), name);
  for (const name of Object.keys(LOSSES)) assert.ok(networks.some((net) => net.loss === name), name);
  assert.ok(networks.some((net) => net.W.length === 5) && networks.some((net) => Array.isArray(net.x[0])));
});

networks.forEach((net, n) => {
  const rules = { biases: net.biases, hiddenWeights: net.hidden_weights, learningRate: net.learning_rate };
  const [x, t] = [rowsOf(net.x)[0], rowsOf(net.t)[0]];

  test(`network ${n}: ${net.activations.slice(1)}, ${net.loss}`, () => {
    const s = scalesOf(net, net.x, net.t), pass = backward(net, net.x, net.t, rules);
    compare(forward(net, net.x).z, net.z, s.z, "z");
    compare(forward(net, net.x).a, net.a, s.a, "a");
    compare(pass.delta, net.delta, s.delta, "delta");
    compare(pass.dW, net.dW, s.dW, "dW");
    compare(pass.db, net.db, s.db, "db");
    close(pass.E, net.E, s.E, "E");
    close(loss(net, net.x, net.t), net.E, s.E, "E");

    const before = structuredClone({ W: net.W, b: net.b });
    const after = update(net, pass, net.learning_rate, rules);
    const moved = (weights, steps) => weights.map((layer, l) => layer && layer.map((row, j) => [row].flat().map((w, i) => largest([w, [steps[l][j]].flat()[i] * layer.length]))));
    const scaleW = moved(net.W, s.dW), scaleB = moved(net.b, s.db).map((layer) => layer && layer.flat().map(() => largest(layer.flat())));
    compare(after.W, net.updated.W, scaleW, "W updated");
    compare(after.b, net.updated.b, scaleB, "b updated");

    const trained = train(net, net.x, net.t, net.learning_rate, net.losses.length - 1, { ...rules, keep: new Set([0, 2]) });
    net.losses.forEach((E, k) => close(trained.loss[k], E, 10 * largest([s.E, ...net.losses.slice(0, k + 1)]), `E after ${k}`));
    compare(trained.net.W, net.trained.W, net.trained.W.map((layer, l) => layer && layer.map((row, j) => row.map((w, i) => 10 * largest([scaleW[l][j][i], ...layer.flat()])))), "W trained");
    assert.equal(trained.diverged, null);
    assert.deepEqual([...trained.nets.keys()], [0, 2]);
    assert.deepEqual({ W: net.W, b: net.b }, before, "what was passed in is changed");
  });

  test(`network ${n}: the paths of ${net.why.weight}`, () => {
    const reason = why(net, x, t, net.why.weight);
    assert.deepEqual(reason.paths.map(({ names }) => names), net.why.paths.map(({ names }) => names));
    reason.paths.forEach(({ factors }, p) =>
      factors.forEach(({ value }, k) => close(value, net.why.paths[p].factors[k], largest([1, value, net.why.paths[p].factors[k]]), `factor ${k}`))
    );
    const { l, j, i } = weightAt(net.names, net.why.weight), { dW, db } = backward(net, x, t);
    close(reason.total, i === null ? db[l][j] : dW[l][j][i], largest(reason.paths.map(({ product }) => product)) || 1e-300, "sum over paths");
  });

  if (net.trace)
    test(`network ${n}: the steps of its trace`, () => {
      const steps = trace(net, x, t, net.learning_rate, rules.biases && { biases: net.biases });
      const told = (step) => [step.name, step.label, step.symbol, step.expression];
      assert.deepEqual(steps.map(told), net.trace.map((step) => step.slice(0, 4)));
      const values = net.trace.map((step) => step[4]), scale = largest([1, ...values]);
      steps.forEach(({ name, value }, k) => close(value, values[k], scale, name));
      for (const { expression, inputs } of steps)
        assert.deepEqual([...inputs].sort(), [...new Set(expression.match(/[A-Za-z]\w*/g) ?? [])].filter((word) => !["exp", "log", "tanh", "max", "step"].includes(word)).sort());
    });

  test(`network ${n}: what its gradient costs`, () => assert.deepEqual(byFormula([x.length, ...net.W.slice(1).map((layer) => layer.length)]), net.counts));
});

test("slopes are those of Python to 1e-15", () => {
  for (const net of networks)
    for (let l = 1; l < net.W.length; l++)
      rowsOf(net.a[l]).forEach((a, n) => {
        const z = rowsOf(net.z[l])[n], own = forward(net, net.x), here = rowsOf(own.a[l])[n];
        if (net.activations[l] === "sigmoid")
          here.forEach((value, j) => assert.ok(Math.abs(value * (1 - value) - a[j] * (1 - a[j])) <= SLOPES && Math.abs(value - a[j]) <= SLOPES, `${z[j]}`));
      });
});

saturated.forEach((net, n) =>
  test(`saturated network ${n}: ${net.activations.slice(1)}, ${net.loss}`, () => {
    const s = scalesOf(net, net.x, net.t), pass = backward(net, net.x, net.t);
    compare(pass.z, net.z, s.z, "z");
    compare(pass.a, net.a, s.a, "a");
    compare(pass.delta, net.delta, s.delta, "delta");
    compare(pass.dW, net.dW, s.dW, "dW");
    close(pass.E, net.E, s.E, "E");
    for (const layer of [pass.z, pass.a, pass.delta].flat(3)) assert.ok(layer === null || Number.isFinite(layer));
    const trained = train(net, net.x, net.t, 50, 30);
    assert.equal(trained.diverged, net.diverged);
    assert.ok(trained.loss.every(Number.isFinite));
    assert.ok(Number.isFinite(loss(trained.net, net.x, net.t)), "the net before it diverged");
    assert.ok(trained.net.W.flat(2).every((w) => w === null || !Number.isNaN(w)));
  })
);

test("some trainings diverge, some do not", () => {
  assert.ok(saturated.some(({ diverged }) => diverged !== null) && saturated.some(({ diverged }) => diverged === null));
});

test("a weight is set by its name, and an unknown one is named", () => {
  const [net] = networks, { symbol, l, j, i } = weightAt(net.names, net.names.w[1][0][0].name);
  assert.equal(withValues(net, { [symbol.name]: 7 }).W[l][j][i], 7);
  assert.equal(withValues(net, { [net.names.own_b[1][0].name]: 7 }).b[1][0], 7);
  assert.throws(() => weightAt(net.names, "w99"), /no weight or bias w99/);
});
