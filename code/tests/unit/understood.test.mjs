// What texts come to together: a network and an example that fit each other, or what does not, in sentences.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readNetwork } from "../../js/core/paste.js";
import { createModel, isBusy, setAll } from "../../js/parts/model.js";
import { asTexts, readsAs, understood } from "../../js/parts/understood.js";

const TEXTS = {
  net: "[[1 2] [3 4]] [5 6] [[7 8]] [9]",
  x: "0.5, -1",
  t: "1",
  activations: "tanh sigmoid",
  loss: "half squares",
  biases: "updated",
};
const MOST = 1000;
const faultsOf = (change, rows = null) => understood({ ...TEXTS, ...change }, rows, MOST).faults;

test("texts that fit are a network and an example, and each is written as short as it can be", () => {
  const { given, texts, reading } = understood(TEXTS, null, MOST);
  assert.deepEqual(given.net.W, [
    null,
    [
      [1, 2],
      [3, 4],
    ],
    [[7, 8]],
  ]);
  assert.deepEqual(given.net.b, [null, [5, 6], [9]]);
  assert.deepEqual([given.x, given.t], [[0.5, -1], [1]]);
  assert.deepEqual(given.net.activations, [null, "tanh", "sigmoid"]);
  assert.equal(texts.net, "W1 [[1 2] [3 4]]\nb1 [5 6]\nW2 [[7 8]]\nb2 [9]");
  assert.equal(texts.x, "0.5 -1");
  assert.deepEqual(reading, { rows: "units", either: false, without: [] });
});

test("what does not fit is said of each text, and of the network alone where there is none", () => {
  assert.deepEqual(faultsOf({ x: "1", t: "1 2", loss: "anger", biases: "shared" }), {
    loss: "no loss is called “anger” here",
    biases: "biases that a layer shares have to be equal at first",
    x: "1 given, and the network has 2 inputs",
    t: "2 given, and the network has 1 outputs",
  });
  assert.deepEqual(Object.keys(faultsOf({ net: "[[1 2", x: "" })), ["net"]);
  assert.deepEqual(faultsOf({ activations: "swish sigmoid" }), {
    activations: "no activation is called “swish” here",
  });
  assert.deepEqual(faultsOf({ loss: "softmax cross-entropy" }), {
    loss: "softmax cross-entropy goes with softmax in the last layer, not with sigmoid",
  });
  assert.equal(understood(TEXTS, null, 8).faults.net.slice(0, 2), "9 ");
});

test("activations go on for more layers, and the last stays the last", () => {
  const net = "[[1]] [[2]] [[3]] [[4]]";
  const { given } = understood({ ...TEXTS, net, x: "1" }, null, MOST);
  assert.deepEqual(given.net.activations.slice(1), ["tanh", "tanh", "tanh", "sigmoid"]);
});

test("a class is a 1 among zeros", () => {
  const change = {
    net: "[[1 2] [3 4] [5 6]]",
    loss: "softmax cross-entropy",
    activations: "softmax",
  };
  const texts = { ...TEXTS, ...change };
  assert.deepEqual(understood({ ...texts, t: "2" }, null, MOST).given.t, [0, 0, 1]);
  assert.equal(faultsOf({ ...change, t: "3" }).t, "a class is a whole number from 0 to 2");
  assert.match(faultsOf({ ...change, t: "0.5 0.6 0" }).t, /shares whose sum is 1/);
});

test("a text reads as the numbers that it was written from, and as no others", () => {
  const { W, b } = readNetwork(TEXTS.net),
    numbers = { W, b, x: [0.5, -0], t: [1] };
  const texts = asTexts(numbers);
  for (const key of ["net", "x", "t"]) assert.ok(readsAs[key](texts[key], numbers), key);
  assert.ok(!readsAs.net(texts.net, { ...numbers, b: [null, [5, 6], [8]] }));
  assert.ok(!readsAs.x("0.5 1", numbers) && !readsAs.t("a lot", numbers));
});

test("keys that are set together are seen when all of them are set", () => {
  const model = createModel({ W: [1], b: [2], view: {} }),
    seen = [];
  for (const key of ["W", "b", "view"])
    model.on(`change:${key}`, () => isBusy(model) || seen.push([model.get("W"), model.get("b")]));
  assert.ok(setAll(model, { W: [3], b: [4], view: {} }));
  assert.deepEqual(seen, [[[3], [4]]]);
  assert.ok(!setAll(model, { W: [3], b: [4] }) && !isBusy(model) && seen.length === 1);
});
