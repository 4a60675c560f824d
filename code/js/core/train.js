// Gradient descent: the twin of train.py.

import { asRows, together } from "./network.js";
import { backwardPass, emptyPass, forwardPass, lossValue, updateStep } from "./passes.js";

/**
 * Return { net, loss, nets, diverged } after `updates` steps of gradient descent.
 *
 * loss: E after 0, 1, 2, … updates; nets: Map from the numbers of updates in the set `keep` to the
 * network then; until(E): whether to stop there. diverged: the number of updates after which E is no
 * number any more, or null; training then stops, and net is the one before.
 * @type {(net: Network, x: Given, t: Given, learningRate: number, updates: number, options?: Rules & { keep?: Set<number>, until?: (E: number) => boolean }) => { net: Network, loss: number[], nets: Map<number, Network>, diverged: number | null }}
 */
export function train(net, x, t, learningRate, updates, options = {}) {
  const {
    biases = "updated",
    hiddenWeights = "old",
    keep = new Set(),
    until = () => false,
  } = options;
  const { W, b } = structuredClone({ W: net.W, b: net.b });
  const rows = asRows(t),
    pass = emptyPass(W, rows.length),
    now = () => structuredClone({ W, b });
  const mistakenRate = hiddenWeights === "updated" ? learningRate : null;
  pass.a[0] = asRows(x);
  forwardPass(W, b, net.activations, pass);
  const losses = [lossValue(net.loss, pass, rows)],
    nets = new Map();
  if (keep.has(0)) nets.set(0, { ...net, ...now() });
  for (let n = 1; n <= updates && !until(losses.at(-1)); n++) {
    backwardPass(W, net.activations, net.loss, pass, rows, mistakenRate);
    for (let l = 1; l < W.length; l++) together(net.names, l, pass.dW[l], pass.db[l]);
    updateStep(W, b, pass, learningRate, biases);
    forwardPass(W, b, net.activations, pass);
    const E = lossValue(net.loss, pass, rows);
    // the update cannot be undone, it has rounded; the same again ends one earlier
    if (!Number.isFinite(E))
      return { ...train(net, x, t, learningRate, n - 1, options), diverged: n };
    losses.push(E);
    if (keep.has(n)) nets.set(n, { ...net, ...now() });
  }
  return { net: { ...net, ...now() }, loss: losses, nets, diverged: null };
}
