// Printed weights and gradients, read: each text means the network beside it, or is refused in a sentence.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { indexed } from "../../js/core/names.js";
import {
  readGradients,
  readNetwork,
  readNumbers,
  Unreadable,
  written,
} from "../../js/core/paste.js";
import { pcg32 } from "../../js/core/pcg.js";

const file = (name) => readFileSync(new URL(name, import.meta.url));
const pasted = JSON.parse(file("pasted.json")),
  networks = JSON.parse(gunzipSync(file("networks.json.gz")));
const refuses = (f, said) =>
  assert.throws(f, (error) => error instanceof Unreadable && error.message === said);

for (const { about, texts, ...network } of pasted.networks)
  test(about, () => {
    for (const text of texts) assert.deepEqual(readNetwork(text), network, text);
  });

test("what is no network is refused in a sentence that says where", () => {
  for (const { text, said } of pasted.faults) refuses(() => readNetwork(text), said);
});

test("any other text is refused, and never breaks", () => {
  const rng = pcg32(1, 0),
    parts = [..."[](){}:,=.'\"-+eE0123456789 \n", "tensor(", "None", "W1", "b1 ", "[[1, 2]]", "…"];
  let refused = 0;
  for (let n = 0; n < 5000; n++) {
    const text = Array.from({ length: 1 + rng.below(20) }, () => parts[rng.below(parts.length)]);
    try {
      const { W, b } = readNetwork(text.join(""));
      assert.equal(W.length, b.length);
    } catch (error) {
      assert.ok(error instanceof Unreadable && error.message, `${text.join("")}: ${error.stack}`);
      refused++;
    }
  }
  assert.ok(refused > 1000 && refused < 5000);
});

test("a row is for what the reader says, where both fit", () => {
  assert.deepEqual(readNetwork("[[1 2] [3 4]]", "inputs").W[1], [
    [1, 3],
    [2, 4],
  ]);
  refuses(() => readNetwork("[[1 2]] [0]", "inputs"), "layer 1 has 2 units, and 1 bias");
});

test("what is written reads as the same", () => {
  for (const { W, b } of networks) {
    const again = readNetwork(written({ W, b }), "units");
    assert.equal(JSON.stringify([again.W, again.b]), JSON.stringify([W, b])); // where −0 is 0
  }
});

test("names of any sizes are those of the package", () => {
  const sizes = ({ W }) => [W[1][0].length, ...W.slice(1).map((rows) => rows.length)];
  const some = networks.filter(
    ({ names }) => names.total.name === "E" && names.out[0][0].name === "a0_1",
  );
  assert.ok(some.length > 100);
  for (const net of some) assert.deepEqual(indexed(sizes(net)), net.names);
  assert.equal(indexed([12, 1]).w[1][0][11].latex, "w_{1,12}^{(1)}");
});

test("one example's numbers, as people write and programs print them", () => {
  for (const text of [
    "0.5 -1",
    "0.5, -1",
    "[0.5, -1]",
    "(.5, −1.0)",
    "tensor([[ 0.5000, -1.0000]])",
    "x = np.array([0.5, -1.])",
  ])
    assert.deepEqual(readNumbers(text), [0.5, -1], text);
  assert.deepEqual(readNumbers("tensor(2)"), [2]);
  refuses(() => readNumbers("[[1, 2], [3, 4]]"), "2 rows, where one example is a list of numbers");
  refuses(() => readNumbers(""), "expected numbers, as 0.05, 0.1");
  refuses(
    () => readNumbers("0.5, a lot"),
    "line 1, column 8: expected a number or a list, and found “lot”",
  );
});

test("gradients stay as they were printed, and lie as the weights do", () => {
  const { W } = readNetwork("[[1 2] [3 4] [5 6]] [0 0 0] [[1 2 3]] [0]");
  const expected = {
    W: [
      null,
      [
        ["0.10", "2"],
        ["3", "4"],
        ["5", "-6e-05"],
      ],
      [["7", "8", "9"]],
    ],
    b: [null, ["1", "2", "3"], null],
  };
  for (const text of [
    "tensor([[0.10, 2], [3, 4], [5, -6e-05]]) tensor([1, 2, 3]) tensor([[7, 8, 9]])",
    "0.weight tensor([[0.10, 2], [3, 4], [5, -6e-05]])\n0.bias tensor([1, 2, 3])\n2.weight tensor([[7, 8, 9]])\n2.bias None",
    "[array([[0.10, 3, 5], [2, 4, −6e-05]]), array([1, 2, 3]), array([[7], [8], [9]])]", // as Keras has them
    "dW1 = [[0.10 2] [3 4] [5 -6e-05]] db1 = [1 2 3] dW2 = [[7 8 9]]",
  ])
    assert.deepEqual(readGradients(text, W, "units"), expected, text);
  assert.equal(
    written(expected),
    "W1 [[0.10 2] [3 4] [5 -6e-05]]\nb1 [1 2 3]\nW2 [[7 8 9]]\nb2 None",
  );
  assert.deepEqual(readGradients(written(expected), W, "units"), expected);
  refuses(
    () => readGradients("[[1 2] [3 4] [5 6]]", W, "units"),
    "gradients for 1 layer, and the network has 2",
  );
  refuses(
    () => readGradients("[[1 2] [3 4]] [[1 2 3]]", W, "units"),
    "the gradients of layer 1 are 2 by 2, and its weights 3 by 2",
  );
  refuses(
    () => readGradients("[[1 2] [3 4] [5 6]] [1 2] [[1 2 3]]", W, "units"),
    "layer 1 has 3 units, and gradients for 2 biases",
  );
});

test("square gradients are read as the weights were", () => {
  const { W } = readNetwork("[[1 2] [3 4]]"),
    turned = [
      ["1", "3"],
      ["2", "4"],
    ];
  assert.deepEqual(readGradients("[[1 2] [3 4]]", W, "units").W[1], [
    ["1", "2"],
    ["3", "4"],
  ]);
  assert.deepEqual(readGradients("[[1 2] [3 4]]", W, "inputs").W[1], turned);
  assert.deepEqual(readGradients("kernel [[1 2] [3 4]]", W, "units").W[1], turned);
});
