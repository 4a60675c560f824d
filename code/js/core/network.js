// A network, its passes and its weights by name: the twin of network.py.
//
// A network is plain data: { W, b, activations, loss, names }, layers counted from 0, the input, with
// null where nothing leads into it; activations and loss by name, names as in names.py. An example is an
// array (inputs), a batch an array of such rows: E, dW and db are then means over its rows. Nothing that
// is passed in is changed.

import { shared, weightAt } from "./names.js";
import { backwardPass, emptyPass, forwardPass, lossValue, updateStep } from "./passes.js";

/** @param {Given} x @returns {x is number[][]} */
const isBatch = (x) => Array.isArray(x[0]);
/** @type {(x: Given) => number[][]} */
export const asRows = (x) => (isBatch(x) ? x : [x]);
/** @type {(layers: Layers<Numbers[]>) => Layers<number[][]>} */
const plain = (layers) => layers.map((rows) => rows && rows.map((row) => [...row]));
/**
 * @template {Given} X
 * @param {X} x
 * @param {Layers<Numbers[]>} layers
 * @returns {Layers<X>}
 */
const like = (x, layers) =>
  /** @type {Layers<X>} */ (
    isBatch(x) ? plain(layers) : plain(layers).map((rows) => rows && rows[0])
  );

/** @type {(net: Network, x: Given) => Arrays} */
function passed(net, x) {
  const pass = emptyPass(net.W, asRows(x).length);
  pass.a[0] = asRows(x);
  forwardPass(net.W, net.b, net.activations, pass);
  return pass;
}

/**
 * Return { z, a }, the weighted inputs and the outputs of every layer.
 * @type {<X extends Given>(net: Network, x: X) => { z: Layers<X>, a: Layers<X> }}
 */
export function forward(net, x) {
  const { z, a } = passed(net, x);
  return { z: like(x, z), a: like(x, a) };
}

/**
 * Return E: of one example, or the mean over a batch.
 * @type {(net: Network, x: Given, t: Given) => number}
 */
export function loss(net, x, t) {
  return lossValue(net.loss, passed(net, x), asRows(t));
}

/**
 * Return { z, a, g, delta, dW, db, E } of one pass forward and back; g is ∂E/∂a.
 *
 * hiddenWeights "updated" makes a well-known mistake on purpose: the hidden deltas are carried back
 * through weights that the update with this learningRate has already changed.
 * @type {<X extends Given>(net: Network, x: X, t: X, how?: { hiddenWeights?: HiddenWeights, learningRate?: number }) => Pass<X>}
 */
export function backward(net, x, t, { hiddenWeights = "old", learningRate } = {}) {
  const pass = passed(net, x);
  backwardPass(
    net.W,
    net.activations,
    net.loss,
    pass,
    asRows(t),
    hiddenWeights === "updated" ? learningRate : null,
  );
  const [z, a, g, delta] = [pass.z, pass.a, pass.g, pass.delta].map((layers) => like(x, layers));
  const dW = plain(pass.dW),
    db = pass.db.map((row) => row && [...row]);
  for (let l = 1; l < dW.length; l++) together(net.names, l, dW[l], db[l]);
  return { z, a, g, delta, dW, db, E: lossValue(net.loss, pass, asRows(t)) };
}

/**
 * Return the network after one step; biases "updated", "frozen" or "shared" as in network.update.
 * @type {(net: Network, gradients: Gradients, learningRate: number, rules?: Pick<Rules, "biases">) => Network}
 */
export function update(net, gradients, learningRate, { biases = "updated" } = {}) {
  const { W, b } = structuredClone({ W: net.W, b: net.b });
  updateStep(W, b, gradients, learningRate, biases);
  return { ...net, W, b };
}

/** @type {(numbers: number[]) => number} */
export const sum = (numbers) => numbers.reduce((total, each) => total + each);

/**
 * Change the gradients of a layer in place: at all places that share a weight what `add` makes of them.
 * @type {(names: Names, l: number, dW: Numbers[], db: Numbers, add?: (each: number[]) => number) => void}
 */
export function together(names, l, dW, db, add = sum) {
  const all = shared(names, l);
  if (!all) return;
  const [of, bias] = [dW.map((row) => [...row]), [...db]];
  for (const row of dW) row.fill(0);
  for (const { places } of all) {
    const total = add(places.map(({ j, i }) => (i === null ? bias[j] : of[j][i])));
    for (const { j, i } of places) {
      if (i === null) db[j] = total;
      else dW[j][i] = total;
    }
  }
}

/**
 * Return a function that reads a weight or a unit's bias of a network, by name.
 * @type {(names: Names, name: string) => (net: Network) => number}
 */
export function reader(names, name) {
  const { l, j, i } = weightAt(names, name);
  return i === null ? ({ b }) => b[l][j] : ({ W }) => W[l][j][i];
}

/**
 * Return the network with some weights or biases, { name: value }, set to other numbers.
 * @type {(net: Network, values: Values) => Network}
 */
export function withValues(net, values) {
  const { W, b } = structuredClone({ W: net.W, b: net.b });
  for (const [name, value] of Object.entries(values)) {
    const { l, j, i } = weightAt(net.names, name);
    if (i === null) b[l][j] = value;
    else W[l][j][i] = value;
  }
  return { ...net, W, b };
}
