// One pass as a list of steps, each with its symbol, its expression and its value: the twin of trace.py.

import { ACTIVATIONS, LOSSES, partnerOf } from "./functions.js";
import { fill } from "./latex.js";
import { derivative, placesOf, updated, weights } from "./names.js";
import { backward } from "./network.js";
import { TABLES } from "./tables.js";

const { ACTIVATIONS: OF_ACTIVATIONS, LOSSES: OF_LOSSES } = TABLES.functions; // formulas as text

/** The labels of the steps, in order. */
export const { LABELS } = TABLES.trace;

const [SLOPE, PULL] = TABLES.trace.PARTS;

/**
 * Return what a line of a step is called: its label, or one of PARTS, because a factor is not a delta.
 * @type {(step: { name: string, label: string }) => string}
 */
export function wordOf({ name, label }) {
  if (label.includes("delta") && !name.startsWith("delta"))
    return label.includes("hidden") && name.startsWith("dE") ? PULL : SLOPE;
  return label === "gradients" && !name.startsWith("dE") ? SLOPE : label;
}

/**
 * Return the steps of one example, [{ name, label, symbol, expression, value, inputs }], in order.
 *
 * symbol is LaTeX; expression is text in the names of `inputs`, "" for a given number. Up to the
 * update, with biases as in `update`, and with hidden deltas by hiddenWeights as in `backward`.
 * @type {(net: Network, x: number[], t: number[], learningRate: number, rules?: Rules) => Step[]}
 */
export function trace(net, x, t, learningRate, { biases = "updated", hiddenWeights = "old" } = {}) {
  const { add, done } = collected(),
    last = net.W.length - 1;
  const pass = backward(net, x, t, { hiddenWeights, learningRate });
  ofExample(add, net, x, t, pass);
  add("given", ETA, "", learningRate);
  for (let l = last; l > 0; l--) updates(add, net, pass, l, learningRate, biases);
  return [...done.values()];
}

/**
 * Return the steps of a batch: those of each example, the means of their gradients, and the update.
 *
 * The quantities of an example are named by it, counted from 1: delta1_2_of_3 is that of the third.
 * @type {(net: Network, x: number[][], t: number[][], learningRate: number) => Step[]}
 */
export function traceOfBatch(net, x, t, learningRate) {
  const { add, done } = collected(),
    last = net.W.length - 1,
    pass = backward(net, x, t);
  const each = x.map((_, n) => ({ ...net, names: namesOf(net.names, n + 1) }));
  each.forEach((of, n) => ofExample(add, of, x[n], t[n], backward(of, x[n], t[n])));
  for (let l = last; l > 0; l--)
    for (const { j, i, symbol } of weights(net.names).filter((weight) => weight.l === l)) {
      const terms = each.map(({ names }) => derivative(names.total, symbol).name).join(" + ");
      const value = i === null ? pass.db[l][j] : pass.dW[l][j][i];
      add("gradients", derivative(net.names.total, symbol), `(${terms}) / ${each.length}`, value);
    }
  add("given", ETA, "", learningRate);
  for (let l = last; l > 0; l--) updates(add, net, pass, l, learningRate, "updated");
  return [...done.values()];
}

const ETA = { name: "eta", latex: "\\eta" };

/** @type {() => { add: Add, done: Map<string, Step> }} */
function collected() {
  /** @type {Map<string, Step>} */
  const done = new Map();
  /** @type {Add} */
  const add = (label, { name, latex }, expression, value) => {
    if (done.has(name)) return; // a bias that several units share
    const inputs = [...new Set(expression.match(/[A-Za-z_]\w*(?!\w|\()/g))];
    done.set(name, { name, label, symbol: latex, expression, value, inputs });
  };
  return { add, done };
}

/** @type {(add: Add, net: Network, x: number[], t: number[], pass: Pass<number[]>) => void} */
function ofExample(add, net, x, t, pass) {
  const last = net.W.length - 1;
  given(add, net, x, t);
  forwardSteps(add, net, pass, t);
  outputDeltas(add, net, pass, t);
  for (let l = last - 1; l > 0; l--) hiddenDeltas(add, net, pass, l);
  for (let l = last; l > 0; l--) gradients(add, net.names, pass, l);
}

/**
 * Return the names of a batch's n-th example: its own, but for the weights and biases.
 * @type {(names: Names, n: number) => Names}
 */
export function namesOf(names, n) {
  /** @type {(symbols: Nested) => Nested} */
  const ofAll = (symbols) => {
    if (Array.isArray(symbols)) return symbols.map(ofAll);
    return symbols && { name: `${symbols.name}_of_${n}`, latex: `${symbols.latex}[${n}]` };
  };
  const own = /** @type {const} */ (["out", "net", "delta", "t", "error", "total"]).map((field) => [
    field,
    ofAll(names[field]),
  ]);
  return { ...names, ...Object.fromEntries(own) };
}

/**
 * Return the value of every step, by name.
 * @type {(steps: { name: string, value: number }[]) => Values}
 */
export const valuesOf = (steps) =>
  Object.fromEntries(steps.map(({ name, value }) => [name, value]));

/** @type {(add: Add, net: Network, x: number[], t: number[]) => void} */
function given(add, { names, W, b }, x, t) {
  names.out[0].forEach((symbol, i) => add("given", symbol, "", x[i]));
  for (let l = 1; l < W.length; l++)
    names.w[l].forEach((row, j) => {
      row.forEach((symbol, i) => symbol && add("given", symbol, "", W[l][j][i]));
      add("given", names.b[l][j], "", b[l][j]);
    });
  names.t.forEach((symbol, k) => add("given", symbol, "", t[k]));
}

/** @type {(add: Add, net: Network, pass: Pass<number[]>, t: number[]) => void} */
function forwardSteps(add, { names, W, activations, loss }, { z, a }, t) {
  const last = W.length - 1;
  for (let l = 1; l <= last; l++) {
    const exps = names.net[l].map(({ name }) => `exp(${name})`).join(" + ");
    const { formula } = OF_ACTIVATIONS[activations[l]],
      /** @type {Parameters<Add>[]} */ outputs = [];
    names.net[l].forEach((net, j) => {
      const products = names.w[l][j].flatMap((w, i) =>
        w ? [`${w.name} * ${names.out[l - 1][i].name}`] : [],
      );
      add("forward", net, [...products, names.b[l][j].name].join(" + "), z[l][j]);
      /** @type {Parameters<Add>} */
      const output = ["forward", names.out[l][j], fill(formula, { z: net.name, exps }), a[l][j]];
      if (ACTIVATIONS[activations[l]].coupled)
        outputs.push(output); // it takes every net input first
      else add(...output);
    });
    for (const output of outputs) add(...output);
  }
  const terms = names.error.map((_, k) => LOSSES[loss].term(z[last], a[last], t, k));
  names.error.forEach((symbol, k) => {
    const letters = { a: names.out[last][k].name, t: names.t[k].name, n: t.length };
    add("forward", symbol, fill(OF_LOSSES[loss].term, letters), terms[k]);
  });
  const total = terms.reduce((sum, term) => sum + term);
  add("forward", names.total, names.error.map(({ name }) => name).join(" + "), total);
}

/** @type {(add: Add, net: Network, pass: Pass<number[]>, t: number[]) => void} */
function outputDeltas(add, net, pass, t) {
  const { names, loss } = net,
    last = net.W.length - 1,
    out = names.out[last];
  if (partnerOf(loss)) {
    // a cross-entropy: E's derivative and the activation's give a − t together
    out.forEach(({ name }, k) =>
      add(
        "output delta",
        names.delta[last][k],
        `${name} - ${names.t[k].name}`,
        pass.delta[last][k],
      ),
    );
    return;
  }
  out.forEach((symbol, k) => {
    const letters = { a: symbol.name, t: names.t[k].name, n: t.length };
    add(
      "output delta",
      derivative(names.total, symbol),
      fill(OF_LOSSES[loss].slope, letters),
      pass.g[last][k],
    );
  });
  throughActivation(add, "output delta", net, pass, last);
}

/** @type {(add: Add, net: Network, pass: Pass<number[]>, l: number) => void} */
function hiddenDeltas(add, net, pass, l) {
  const { names, W, activations } = net,
    last = W.length - 1;
  names.out[l].forEach((out, j) => {
    const pulls = names.delta[l + 1].map(
      (delta, k) => names.w[l + 1][k][j] && `${delta.name} * ${names.w[l + 1][k][j].name}`,
    );
    if (l + 1 === last && !ACTIVATIONS[activations[last]].coupled)
      // each output's own term: how hard that output pulls on this unit
      names.error.forEach((error, k) => {
        if (!pulls[k]) return; // no connection leads there
        const pull = derivative(error, out);
        add("hidden delta", pull, pulls[k], pass.delta[last][k] * W[last][k][j]);
        pulls[k] = pull.name;
      });
    add(
      "hidden delta",
      derivative(names.total, out),
      pulls.filter(Boolean).join(" + "),
      pass.g[l][j],
    );
  });
  throughActivation(add, "hidden delta", net, pass, l);
}

/**
 * From ∂E/∂out to δ: times the slope, or along every entry of the Jacobian.
 * @type {(add: Add, label: string, net: Network, pass: Pass<number[]>, l: number) => void}
 */
function throughActivation(add, label, { names, activations }, { z, a, delta }, l) {
  const { coupled, slope } = ACTIVATIONS[activations[l]],
    formula = OF_ACTIVATIONS[activations[l]].slope;
  names.net[l].forEach((net, j) => {
    const factors = (coupled ? names.out[l].map((_, m) => m) : [j]).map((m) => {
      const out = names.out[l][m],
        symbol = derivative(out, net);
      const own = fill(formula, { z: net.name, a: out.name });
      add(
        label,
        symbol,
        m === j ? own : `-${out.name} * ${names.out[l][j].name}`,
        slope(z[l], a[l], m, j),
      );
      return `${derivative(names.total, out).name} * ${symbol.name}`;
    });
    add(label, names.delta[l][j], factors.join(" + "), delta[l][j]);
  });
}

/** @type {(add: Add, names: Names, pass: Pass<number[]>, l: number) => void} */
function gradients(add, names, { a, dW, db }, l) {
  for (const { symbol, places } of placesOf(names, l)) {
    const terms = places.map(({ j, i }) => {
      // one for each place that shares the weight
      const delta = names.delta[l][j].name;
      if (i === null) return delta;
      const out = names.out[l - 1][i].name;
      add("gradients", derivative(names.net[l][j], symbol), out, a[l - 1][i]);
      return `${delta} * ${out}`;
    });
    const [{ j, i }] = places;
    add(
      "gradients",
      derivative(names.total, symbol),
      terms.join(" + "),
      i === null ? db[l][j] : dW[l][j][i],
    );
  }
}

/** @type {(add: Add, net: Network, gradients: Gradients, l: number, learningRate: number, biases: Biases) => void} */
function updates(add, { names, W, b }, { dW, db }, l, learningRate, biases) {
  /** @type {(symbol: Quantity, old: Quantity, gradient: Quantity, value: number) => void} */
  const stepDown = (symbol, old, gradient, value) =>
    add("update", updated(symbol), `${old.name} - eta * ${gradient.name}`, value);
  names.w[l].forEach((row, j) =>
    row.forEach(
      (w, i) =>
        w && stepDown(w, w, derivative(names.total, w), W[l][j][i] - learningRate * dW[l][j][i]),
    ),
  );
  const own = names.own_b[l].map((symbol) => derivative(names.total, symbol));
  if (biases === "updated")
    names.own_b[l].forEach((symbol, j) =>
      stepDown(symbol, names.b[l][j], own[j], b[l][j] - learningRate * db[l][j]),
    );
  if (biases === "shared") {
    const bias = names.b[l][0],
      common = db[l].reduce((sum, each) => sum + each);
    const shared = derivative(names.total, { name: `${bias.name}_shared`, latex: bias.latex });
    add("gradients", shared, own.map(({ name }) => name).join(" + "), common);
    stepDown(bias, bias, shared, b[l][0] - learningRate * common);
  }
}
