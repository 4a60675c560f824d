// The figures' arithmetic against the package's: every quantity of some hundreds of networks.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { byFormula } from "../../js/core/cost.js";
import { ACTIVATIONS, LOSSES } from "../../js/core/functions.js";
import { weightAt, weights } from "../../js/core/names.js";
import { backward, forward, loss, update, withValues } from "../../js/core/network.js";
import { why } from "../../js/core/paths.js";
import { trace } from "../../js/core/trace.js";
import { train } from "../../js/core/train.js";
import { largest, OF_LOSSES, rowsOf, SLOPES, sizesByName, sizesOf } from "./sizes.mjs";

const CLOSE = 1e-12; // of the size
const CLOSE_SLOPES = 1e-15; // of a (1 − a) and its like, absolute
const ANEW = "write the networks anew with python code/tests/unit/fixture.py";

const read = (name) =>
  JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, import.meta.url))));
const networks = read("networks"),
  saturated = read("saturated");
const called = (net) =>
  `${net.activations.slice(1).join(", ")}; ${net.loss}; ${net.biases}, ${net.hidden_weights}`;

for (const [file, losses, activations] of [
  ["code/js/core/functions.js", LOSSES, ACTIVATIONS],
  ["code/tests/unit/sizes.mjs", OF_LOSSES, SLOPES],
])
  for (const net of [...networks, ...saturated]) {
    assert.ok(net.loss in losses, `${file} has no loss ${net.loss}`);
    for (const name of net.activations.slice(1))
      assert.ok(name in activations, `${file} has no activation ${name}`);
  }

function close(actual, expected, size, what, allowed = CLOSE * size) {
  assert.ok(
    Math.abs(actual - expected) <= allowed,
    `${what}: ${actual} here, ${expected} in Python, size ${size}`,
  );
}

/** Compare arrays of any depth, each number by its own size; one example's have no rows, its sizes do. */
function compare(actual, expected, sizes, what) {
  if (expected === null) return assert.equal(actual, null);
  if (typeof expected === "number") return close(actual, expected, sizes, what);
  assert.equal(actual.length, expected.length, what);
  expected.forEach((one, k) => compare(actual[k], one, sizes[k], `${what}[${k}]`));
}

/** The sizes of layers of rows, as one example has them. */
const like = (net, sizes) =>
  Array.isArray(net.x[0]) ? sizes : sizes.map((rows) => rows && rows[0]);

function comparePass(net, pass, s) {
  for (const kind of ["z", "a", "delta"])
    compare(pass[kind].slice(1), net[kind].slice(1), like(net, s[kind]).slice(1), kind);
  for (const kind of ["dW", "db"]) compare(pass[kind], net[kind], s[kind], kind);
  close(pass.E, net.E, s.E, "E");
  close(loss(net, net.x, net.t), net.E, s.E, "E");
  const { term } = LOSSES[net.loss],
    [z, a] = [pass.z, pass.a].map((layers) => rowsOf(layers.at(-1)));
  const terms = rowsOf(net.t).map((t, n) => t.map((_, k) => term(z[n], a[n], t, k)));
  compare(terms, rowsOf(net.terms), s.terms, "terms");
}

test("there are networks of every kind, under every rule", () => {
  assert.ok(networks.length >= 200);
  const layers = new Set(networks.map((net) => net.W.length - 1));
  assert.deepEqual([...layers].sort(), [1, 2, 3, 4]);
  for (const kind of Object.keys(ACTIVATIONS))
    assert.ok(
      networks.some((net) => net.activations.slice(1, -1).includes(kind)),
      `${kind}: ${ANEW}`,
    );
  for (const kind of Object.keys(LOSSES))
    for (const biases of ["updated", "frozen", "shared"])
      for (const hidden of ["old", "updated"])
        for (const batch of [false, true])
          assert.ok(
            networks.some(
              (net) =>
                net.loss === kind &&
                net.biases === biases &&
                net.hidden_weights === hidden &&
                Array.isArray(net.x[0]) === batch,
            ),
            `${kind}, ${biases}, ${hidden}, ${batch ? "a batch" : "one example"}: ${ANEW}`,
          );
});

networks.forEach((net, number) => {
  const { x, t, learning_rate: learningRate } = net;
  const rules = { biases: net.biases, hiddenWeights: net.hidden_weights, learningRate };
  const s = sizesOf(net, x, t, rules);

  test(`network ${number}, ${called(net)}`, () => {
    const before = structuredClone({ W: net.W, b: net.b });
    const pass = backward(net, x, t, rules);
    comparePass(net, pass, s);
    assert.deepEqual(forward(net, x), { z: pass.z, a: pass.a });
    const d = rowsOf(t).map((row, n) =>
      row.map((_, k) => LOSSES[net.loss].d(rowsOf(pass.a.at(-1))[n], row, k)),
    );
    compare(d, rowsOf(net.dE_da), s.d, "∂E/∂a");

    const after = update(net, pass, learningRate, rules);
    compare(after.W, net.updated.W, s.W, "W updated");
    compare(after.b, net.updated.b, s.b, "b updated");

    const updates = net.losses.length - 1,
      keep = new Set([0, 1, updates]);
    const trained = train(net, x, t, learningRate, updates, { ...rules, keep });
    compare(
      trained.loss,
      net.losses,
      net.losses.map((_, n) => largest([s.E, ...net.losses.slice(0, n + 1)])),
      "E of training",
    );
    assert.deepEqual([...trained.nets.keys()], [...keep]);
    for (const [n, kept] of trained.nets) assert.equal(loss(kept, x, t), trained.loss[n]);
    assert.deepEqual(trained.nets.get(updates), trained.net);
    assert.equal(trained.diverged, null);
    assert.deepEqual({ W: net.W, b: net.b }, before, "what was passed in is changed");

    const sizes = [net.W[1][0].length, ...net.W.slice(1).map((layer) => layer.length)];
    assert.deepEqual(byFormula(sizes), net.counts);
  });

  if (net.why)
    test(`network ${number}: the paths of ${net.why.name}`, () => {
      const reason = why(net, x, t, net.why.name),
        sizes = sizesByName(net, t, learningRate, s);
      const sizeOf = ({ factors }) =>
        factors.reduce((product, { symbol }) => product * sizes[symbol.name], 1);
      assert.equal(reason.symbol.latex, net.why.symbol);
      assert.deepEqual(
        reason.paths.map(({ names }) => names),
        net.why.paths.map(({ names }) => names),
      );
      reason.paths.forEach((path, p) => {
        const expected = net.why.paths[p];
        assert.deepEqual(
          path.factors.map(({ symbol }) => symbol.latex),
          expected.factors.map(([latex]) => latex),
        );
        path.factors.forEach(({ symbol, value }, k) =>
          close(value, expected.factors[k][1], sizes[symbol.name], symbol.name),
        );
        close(path.product, expected.product, sizeOf(path), `path ${p}`);
      });
      close(reason.total, net.why.total, largest(reason.paths.map(sizeOf)), "sum over the paths");
      const { l, j, i } = weightAt(net.names, net.why.name),
        { dW, db } = backward(net, x, t);
      close(
        reason.total,
        i === null ? db[l][j] : dW[l][j][i],
        largest(reason.paths.map(sizeOf)),
        "the other road",
      );
    });

  if (net.trace)
    test(`network ${number}: the steps of its trace`, () => {
      const steps = trace(net, x, t, learningRate, { biases: net.biases });
      const sizes = sizesByName(
        net,
        t,
        learningRate,
        sizesOf(net, x, t, { learningRate, biases: net.biases }),
      );
      assert.deepEqual(
        steps.map((step) => [step.name, step.label, step.symbol, step.expression, step.inputs]),
        net.trace.map(([name, label, symbol, expression, , inputs]) => [
          name,
          label,
          symbol,
          expression,
          inputs,
        ]),
      );
      steps.forEach(({ name, value }, k) => close(value, net.trace[k][4], sizes[name], name));
      const mistaken = trace(net, x, t, learningRate, rules),
        values = Object.fromEntries(mistaken.map(({ name, value }) => [name, value]));
      for (let l = 1; l < net.W.length; l++)
        compare(
          net.names.delta[l].map(({ name }) => values[name]),
          net.delta[l],
          s.delta[l][0],
          "delta of the trace",
        );
    });
});

test("slopes are Python's to 1e-15", () => {
  let found = 0;
  for (const net of networks)
    for (const [l, kind] of net.activations.entries()) {
      if (!l || kind === "identity") continue;
      const [here, there] = [forward(net, net.x), net].map(({ z, a }) => [
        rowsOf(z[l]),
        rowsOf(a[l]),
      ]);
      here[0].forEach((_, n) =>
        net.W[l].forEach((_, j) =>
          net.W[l].forEach((_, m) => {
            const [own, python] = [here, there].map(([z, a]) =>
              ACTIVATIONS[kind].slope(z[n], a[n], m, j),
            );
            close(own, python, 1, `a slope of ${kind}`, CLOSE_SLOPES);
            found += 1;
          }),
        ),
      );
    }
  assert.ok(found > 1000);
});

saturated.forEach((net, number) =>
  test(`saturated network ${number}, ${net.activations.slice(1).join(", ")}; ${net.loss}`, () => {
    const { x, t, learning_rate: learningRate, updates } = net,
      pass = backward(net, x, t);
    comparePass(net, pass, sizesOf(net, x, t, { learningRate }));
    for (const number of [pass.z, pass.a, pass.delta, pass.dW, pass.db, pass.E].flat(3))
      assert.ok(number === null || Number.isFinite(number));
    const trained = train(net, x, t, learningRate, updates);
    assert.equal(trained.diverged, net.diverged);
    assert.equal(trained.loss.length, net.diverged ?? updates + 1);
    assert.ok(trained.loss.every(Number.isFinite));
    assert.equal(
      loss(trained.net, x, t),
      trained.loss.at(-1),
      "the network is that of the last finite E",
    );
  }),
);

test("some trainings diverge, some do not", () => {
  const diverged = saturated.filter((net) => net.diverged !== null).length;
  assert.ok(diverged >= 5 && diverged < saturated.length / 2);
});

test("a training can stop at a loss", () => {
  const net = networks.find((net) => net.losses[1] < net.losses[0]),
    goal = (net.losses[0] + net.losses[1]) / 2;
  const { loss } = train(net, net.x, net.t, net.learning_rate, 3, {
    until: (E) => E < goal,
    biases: net.biases,
    hiddenWeights: net.hidden_weights,
  });
  assert.equal(loss.length, 2);
});

test("a weight is found and set by its name, and an unknown one is named", () => {
  for (const net of networks)
    for (const { symbol, l, j, i } of weights(net.names)) {
      assert.deepEqual(weightAt(net.names, symbol.name), { l, j, i, symbol });
      const { W, b } = withValues(net, { [symbol.name]: 7 });
      assert.equal(i === null ? b[l][j] : W[l][j][i], 7);
      assert.notEqual(i === null ? net.b[l][j] : net.W[l][j][i], 7);
      assert.equal(
        symbol.name,
        i === null ? net.names.own_b[l][j].name : net.names.w[l][j][i].name,
      );
    }
  assert.throws(() => weightAt(networks[0].names, "w99"), /no weight or bias w99/);
});
