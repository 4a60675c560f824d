// Trainings that are continued, and the map: against train itself, and by reading.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { short } from "../../js/core/latex.js";
import { train } from "../../js/core/train.js";
import { contour } from "../../js/parts/contours.js";
import { newRun, turns } from "../../js/parts/run.js";

const read = (name) =>
  JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, import.meta.url))));
const some = read("networks").filter((_, n) => n % 10 === 0);
const first = (net) => net.W[1][0][0];
const all = (n) => new Set(Array.from({ length: n + 1 }, (_, k) => k));

test("a training in pieces is the training in one", () => {
  for (const net of some) {
    const run = newRun(net, net.x, net.t, 0.1, {});
    for (const n of [1, 2, 199, 200, 203, 1000, 1007]) run.extend(n);
    const whole = train(net, net.x, net.t, 0.1, 1007, { keep: all(1007) });
    assert.deepEqual(run.losses, whole.loss);
    assert.ok(run.kept.length < 300 && run.kept.at(-1).n === whole.loss.length - 1);
    for (const { n, net } of run.kept)
      assert.deepEqual([net.W, net.b], [whole.nets.get(n).W, whole.nets.get(n).b]);
  }
});

test("it stops below the goal, and goes on from there", () => {
  const net = some.find(
      ({ activations }) => activations.length === 3 && !activations.includes("relu"),
    ),
    { loss } = train(net, net.x, net.t, 0.001, 50);
  const run = newRun(net, net.x, net.t, 0.001, {}),
    goal = loss[30];
  assert.ok(loss[50] < goal && goal < loss[0]);
  run.extend(50, goal);
  assert.equal(
    run.losses.findIndex((E) => E < goal),
    run.losses.length - 1,
  );
  run.extend(50);
  assert.equal(run.losses.length, 51);
});

test("where a weight turns round is where its every value says so", () => {
  let found = 0;
  for (const net of read("networks").filter((_, n) => n % 3 === 0)) {
    const run = newRun(net, net.x, net.t, 0.3, {});
    run.extend(1500);
    const { nets } = train(net, net.x, net.t, 0.3, 1500, { keep: all(1500) });
    const values = [...nets.values()].map(first);
    for (const n of turns(run, first, 2)) {
      found += 1;
      assert.ok(
        (values[n] - values[n - 1]) * (values[n + 1] - values[n]) <= 0,
        `${values.slice(n - 1, n + 2)}`,
      );
    }
  }
  assert.ok(found > 20, `${found} turns`);
});

test("a weight at rest does not turn", () => {
  const still = {
    kept: Array.from({ length: 9 }, (_, n) => ({
      n,
      net: { W: [null, [[n ? 1 + (n % 2) * 1e-12 : 0]]] },
    })),
  };
  assert.deepEqual(turns(still, first, 3), []);
});

test("after diverging there is the last network that is one", () => {
  for (const net of read("saturated").filter(({ diverged }) => diverged)) {
    const { diverged, net: last } = train(net, net.x, net.t, 50, 30);
    const before = train(net, net.x, net.t, 50, diverged - 1);
    assert.deepEqual([last.W, last.b], [before.net.W, before.net.b]);
  }
});

test("a contour of a slope is a line, of a saddle two, and of the largest numbers no NaN", () => {
  assert.deepEqual(
    contour(
      [
        [0, 1],
        [0, 1],
      ],
      0.25,
    ),
    [[0.25, 0, 0.25, 1]],
  );
  assert.equal(
    contour(
      [
        [0, 1],
        [1, 0],
      ],
      0.4,
    ).length,
    2,
  );
  assert.ok(
    contour(
      [
        [0, Number.MAX_VALUE],
        [1, Number.MAX_VALUE],
      ],
      0.5,
    )
      .flat()
      .every(Number.isFinite),
  );
});

test("a number for a scale is short", () => {
  const texts = {
    0: "0",
    0.25: "0.25",
    0.08623: "0.0862",
    "-1.5": "−1.5",
    1e-6: "1×10⁻⁶",
    123456: "123000",
    2.5e150: "2.5×10¹⁵⁰",
    1e6: "1×10⁶",
  };
  for (const [value, text] of Object.entries(texts)) assert.equal(short(Number(value)), text);
});
