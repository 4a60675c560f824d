// The arithmetic of the book's package, without a page: the twin of functions.py, passes.py,
// network.py, train.py, paths.py and cost.by_formula, under the same names. Tests hold the two together.
//
// A network is plain data: { W, b, activations, loss, names }, layers counted from 0, the input, with
// null where nothing leads into it; activations and loss by name, names as in names.py. An example is an
// array (inputs), a batch an array of such rows: E, dW and db are then means over its rows.

// ---- activations: f fills a from z; back fills ∂E/∂z from g = ∂E/∂a (BP1, BP2) ----------------------

const EXP_LIMIT = 709; // e^709 is the last whole power of e that a double holds

const eachUnit = (f, slope) => ({
  f(z, a) {
    for (let j = 0; j < z.length; j++) a[j] = f(z[j]);
  },
  slope: (z, a, m, j) => (m === j ? slope(z[j], a[j]) : 0),
  back(g, z, a, delta) {
    for (let j = 0; j < z.length; j++) delta[j] = g[j] * slope(z[j], a[j]);
  },
});

/** By name: f(z, a) and back(g, z, a, delta) fill their last argument; slope(z, a, m, j) is ∂a_m/∂z_j. */
export const ACTIVATIONS = {
  sigmoid: eachUnit(
    (z) => 1 / (1 + Math.exp(Math.min(-z, EXP_LIMIT))),
    (z, a) => a * (1 - a),
  ),
  tanh: eachUnit(Math.tanh, (z, a) => 1 - a * a),
  relu: eachUnit(
    (z) => (z > 0 ? z : 0),
    (z) => (z > 0 ? 1 : 0),
  ), // 0 at z = 0, as everywhere in practice
  identity: eachUnit(
    (z) => z,
    () => 1,
  ),
  softmax: {
    coupled: true, // each output depends on every input of the layer
    f(z, a) {
      const most = Math.max(...z); // the same quotients, and no e^10000
      let sum = 0;
      for (let j = 0; j < z.length; j++) sum += a[j] = Math.exp(z[j] - most);
      for (let j = 0; j < z.length; j++) a[j] /= sum;
    },
    slope: (z, a, m, j) => a[m] * ((m === j) - a[j]),
    back(g, z, a, delta) {
      for (let j = 0; j < z.length; j++) {
        delta[j] = 0;
        for (let m = 0; m < z.length; m++) delta[j] += g[m] * a[m] * ((m === j) - a[j]);
      }
    },
  },
};

// ---- losses: E = Σ_k term(z, a, t, k); d is ∂E/∂a_k ---------------------------------------------------

/** By name: term(z, a, t, k), d(a, t, k), and the partner with which the output delta is a − t. */
export const LOSSES = {
  "half squares": {
    term: (z, a, t, k) => (a[k] - t[k]) ** 2 / 2,
    d: (a, t, k) => a[k] - t[k],
  },
  squares: {
    term: (z, a, t, k) => (a[k] - t[k]) ** 2,
    d: (a, t, k) => 2 * (a[k] - t[k]),
  },
  "mean squares": {
    term: (z, a, t, k) => (a[k] - t[k]) ** 2 / a.length,
    d: (a, t, k) => (2 * (a[k] - t[k])) / a.length,
  },
  "binary cross-entropy": {
    partner: "sigmoid",
    // −t ln a − (1 − t) ln(1 − a), with no ln 0 and no difference of nearly equal numbers
    term: (z, a, t, k) => Math.max(z[k], 0) - t[k] * z[k] + Math.log1p(Math.exp(-Math.abs(z[k]))),
    d: (a, t, k) => (a[k] - t[k]) / (a[k] * (1 - a[k])),
  },
  "softmax cross-entropy": {
    partner: "softmax",
    term(z, a, t, k) {
      const most = Math.max(...z);
      let sum = 0;
      for (const each of z) sum += Math.exp(each - most);
      return t[k] * (Math.log(sum) - (z[k] - most)); // −t ln a, with no ln 0
    },
    d: (a, t, k) => -t[k] / a[k],
  },
};

// ---- one forward pass, one backward pass, one update -----------------------------------------------
//
// They fill arrays that are there, so that training makes none. Inside, an example is a batch of one:
// z[l][n][j] is that of unit j of layer l for example n.

/** Return the arrays that the passes of m examples fill, of doubles from the start: quicker by half. */
function emptyPass(W, m) {
  const rows = (units) => Array.from({ length: m }, () => new Float64Array(units));
  const ofUnits = () => [null, ...W.slice(1).map((weights) => rows(weights.length))];
  const [z, a, g, delta] = [ofUnits(), ofUnits(), ofUnits(), ofUnits()]; // g is ∂E/∂a
  const dW = [
    null,
    ...W.slice(1).map((weights) => weights.map((row) => new Float64Array(row.length))),
  ];
  const db = [null, ...W.slice(1).map((weights) => new Float64Array(weights.length))];
  return { z, a, g, delta, dW, db };
}

/** Fill z and a of every layer, from a[0]. */
function forwardPass(W, b, activations, { z, a }) {
  for (let l = 1; l < W.length; l++)
    for (let n = 0; n < a[0].length; n++) {
      const before = a[l - 1][n],
        into = z[l][n];
      for (let j = 0; j < into.length; j++) {
        const row = W[l][j];
        let sum = 0;
        for (let i = 0; i < row.length; i++) sum += before[i] * row[i];
        into[j] = sum + b[l][j];
      }
      ACTIVATIONS[activations[l]].f(into, a[l][n]);
    }
}

/** Return E: of one example, or the mean over the batch. */
function lossValue(loss, { z, a }, t) {
  const { term } = LOSSES[loss];
  let sum = 0;
  for (let n = 0; n < t.length; n++)
    for (let k = 0; k < t[n].length; k++) sum += term(z.at(-1)[n], a.at(-1)[n], t[n], k);
  return sum / t.length;
}

/** Fill delta, dW and db. A mistakenRate carries back through weights already updated at that rate. */
function backwardPass(W, activations, loss, { z, a, g, delta, dW, db }, t, mistakenRate = null) {
  const last = W.length - 1,
    m = t.length,
    { partner, d } = LOSSES[loss];
  for (let n = 0; n < m; n++)
    if (partner)
      for (let k = 0; k < t[n].length; k++) delta[last][n][k] = a[last][n][k] - t[n][k]; // BP1
    else {
      for (let k = 0; k < t[n].length; k++) g[last][n][k] = d(a[last][n], t[n], k);
      ACTIVATIONS[activations[last]].back(g[last][n], z[last][n], a[last][n], delta[last][n]); // BP1
    }
  for (let l = last; l > 0; l--) {
    const units = W[l].length,
      before = W[l][0].length;
    for (let j = 0; j < units; j++) {
      db[l][j] = 0;
      dW[l][j].fill(0);
      for (let n = 0; n < m; n++) {
        const share = delta[l][n][j] / m; // of each example in the mean over the batch
        db[l][j] += share; // BP3
        for (let i = 0; i < before; i++) dW[l][j][i] += share * a[l - 1][n][i]; // BP4
      }
    }
    if (l === 1) return;
    for (let n = 0; n < m; n++) {
      for (let i = 0; i < before; i++) {
        let sum = 0;
        for (let j = 0; j < units; j++)
          sum +=
            delta[l][n][j] *
            (mistakenRate === null ? W[l][j][i] : W[l][j][i] - mistakenRate * dW[l][j][i]);
        g[l - 1][n][i] = sum;
      }
      ACTIVATIONS[activations[l - 1]].back(g[l - 1][n], z[l - 1][n], a[l - 1][n], delta[l - 1][n]); // BP2
    }
  }
}

/** Change W and b in place, w⁺ = w − η ∂E/∂w; biases as in `update`. */
function updateStep(W, b, { dW, db }, learningRate, biases) {
  for (let l = 1; l < W.length; l++) {
    let common = 0;
    for (let j = 0; j < W[l].length; j++) {
      for (let i = 0; i < W[l][j].length; i++) W[l][j][i] -= learningRate * dW[l][j][i];
      if (biases === "updated") b[l][j] -= learningRate * db[l][j];
      common += db[l][j];
    }
    if (biases === "shared") for (let j = 0; j < b[l].length; j++) b[l][j] -= learningRate * common;
  }
}

// ---- the same for one network: nothing that is passed in is changed ---------------------------------

const isBatch = (x) => Array.isArray(x[0]);
const asRows = (x) => (isBatch(x) ? x : [x]);
const plain = (layers) => layers.map((rows) => rows && rows.map((row) => [...row]));
const like = (x, layers) =>
  isBatch(x) ? plain(layers) : plain(layers).map((rows) => rows && rows[0]);

function passed(net, x) {
  const pass = emptyPass(net.W, asRows(x).length);
  pass.a[0] = asRows(x);
  forwardPass(net.W, net.b, net.activations, pass);
  return pass;
}

/** Return { z, a }, the weighted inputs and the outputs of every layer. */
export function forward(net, x) {
  const { z, a } = passed(net, x);
  return { z: like(x, z), a: like(x, a) };
}

/** Return E: of one example, or the mean over a batch. */
export function loss(net, x, t) {
  return lossValue(net.loss, passed(net, x), asRows(t));
}

/**
 * Return { z, a, g, delta, dW, db, E } of one pass forward and back; g is ∂E/∂a.
 *
 * hiddenWeights "updated" makes a well-known mistake on purpose: the hidden deltas are carried back
 * through weights that the update with this learningRate has already changed.
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

/** Return the network after one step; biases "updated", "frozen" or "shared" as in network.update. */
export function update(net, gradients, learningRate, { biases = "updated" } = {}) {
  const { W, b } = structuredClone({ W: net.W, b: net.b });
  updateStep(W, b, gradients, learningRate, biases);
  return { ...net, W, b };
}

/**
 * Return { net, loss, nets, diverged } after `updates` steps of gradient descent.
 *
 * loss: E after 0, 1, 2, … updates; nets: Map from the numbers of updates in the set `keep` to the
 * network then; until(E): whether to stop there. diverged: the number of updates after which E is no
 * number any more, or null; training then stops, and net is the one before.
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

// ---- weights by name --------------------------------------------------------------------------------

/** Return [{ l, j, i, symbol }] of every weight and, with i null, of every unit's own bias. */
export function weights({ w, own_b }) {
  return w.flatMap((layer, l) =>
    (layer ?? []).flatMap((row, j) => [
      ...row.flatMap((symbol, i) => (symbol ? [{ l, j, i, symbol }] : [])), // none where no connection leads
      { l, j, i: null, symbol: own_b[l][j] },
    ]),
  );
}

/** Return [{ symbol, places }] of the weights of a layer, places [{ j, i }, …]: several can share one. */
export function placesOf(names, l) {
  const found = new Map();
  for (const { symbol, ...place } of weights(names).filter((weight) => weight.l === l)) {
    if (!found.has(symbol.name)) found.set(symbol.name, { symbol, places: [] });
    found.get(symbol.name).places.push(place);
  }
  return [...found.values()];
}

const sharing = new WeakMap(); // by names: what of each layer is shared, found once

/** Return placesOf a layer in which several places share a weight, or a connection is missing; else null. */
export function shared(names, l) {
  if (!sharing.has(names))
    sharing.set(
      names,
      names.w.map((layer, l) => {
        const all = layer && placesOf(names, l);
        return all && all.length < layer.length * (layer[0].length + 1) ? all : null;
      }),
    );
  return sharing.get(names)[l];
}

export const sum = (numbers) => numbers.reduce((total, each) => total + each);

/** Change the gradients of a layer in place: at all places that share a weight what `add` makes of them. */
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

/** Return { l, j, i, symbol } of a weight or a unit's bias; throws for a name that is neither. */
export function weightAt(names, name) {
  const found = weights(names).find(({ symbol }) => symbol.name === name);
  if (!found) throw new Error(`no weight or bias ${name} here`);
  return found;
}

/** Return a function that reads a weight or a unit's bias of a network, by name. */
export function reader(names, name) {
  const { l, j, i } = weightAt(names, name);
  return i === null ? ({ b }) => b[l][j] : ({ W }) => W[l][j][i];
}

/** Return the network with some weights or biases, { name: value }, set to other numbers. */
export function withValues(net, values) {
  const { W, b } = structuredClone({ W: net.W, b: net.b });
  for (const [name, value] of Object.entries(values)) {
    const { l, j, i } = weightAt(net.names, name);
    if (i === null) b[l][j] = value;
    else W[l][j][i] = value;
  }
  return { ...net, W, b };
}

// ---- the paths of one weight ------------------------------------------------------------------------

/** Return the symbol of ∂of/∂by. */
export function derivative(of, by) {
  return {
    name: `d${of.name}_d${by.name}`,
    latex: `\\frac{\\partial ${of.latex}}{\\partial ${by.latex}}`,
  };
}

/**
 * Return why a weight or bias has its gradient: { symbol, paths, total }, one example's.
 *
 * Each path is { names, factors, product }: the quantities on it from the weight to the loss, and its
 * slopes { symbol, value } from the loss back to the weight. total is the sum of the products.
 */
export function why(net, x, t, name) {
  const { names } = net,
    { l, j, i, symbol } = weightAt(names, name),
    pass = forward(net, x);
  const came = {
    symbol: derivative(names.net[l][j], symbol),
    value: i === null ? 1 : pass.a[l - 1][i],
  };
  const paths = fromNet(net, pass, t, l, j).map(({ passed, factors }) => {
    const all = [...factors, came];
    return {
      names: [name, names.net[l][j].name, ...passed],
      factors: all,
      product: all.reduce((product, { value }) => product * value, 1),
    };
  });
  const total = paths.reduce((sum, { product }) => sum + product, 0);
  return { symbol: derivative(names.total, symbol), paths, total };
}

/** Return { passed, factors } of every path from net input j of layer l to the loss. */
function fromNet(net, { z, a }, t, l, j) {
  const { names } = net,
    last = net.W.length - 1,
    { partner, d } = LOSSES[net.loss];
  const { coupled, slope } = ACTIVATIONS[net.activations[l]];
  if (l === last && partner) {
    const symbol = derivative(names.total, names.net[l][j]);
    return [{ passed: [names.total.name], factors: [{ symbol, value: a[l][j] - t[j] }] }];
  }
  return (coupled ? names.out[l].map((_, m) => m) : [j]).flatMap((m) => {
    const out = names.out[l][m];
    const through = { symbol: derivative(out, names.net[l][j]), value: slope(z[l], a[l], m, j) };
    if (l === last) {
      const end = { symbol: derivative(names.total, out), value: d(a[l], t, m) };
      return [{ passed: [out.name, names.total.name], factors: [end, through] }];
    }
    return net.W[l + 1].flatMap((row, k) => {
      const carried = { symbol: derivative(names.net[l + 1][k], out), value: row[m] };
      return fromNet(net, { z, a }, t, l + 1, k).map(({ passed, factors }) => ({
        passed: [out.name, names.net[l + 1][k].name, ...passed],
        factors: [...factors, carried, through],
      }));
    });
  });
}

// ---- what a gradient costs --------------------------------------------------------------------------

/** Return { method: multiplications } for sigmoid units and half squares (cost.by_formula). */
export function byFormula(sizes) {
  const last = sizes.length - 1,
    layers = sizes.map((_, l) => l).slice(1);
  const sum = (over, f) => over.reduce((total, l) => total + f(l), 0);
  const product = (numbers) => numbers.reduce((total, n) => total * n, 1);
  const count = sum(layers, (l) => sizes[l] * sizes[l - 1]); // of weights
  const units = sum(layers, (l) => sizes[l]); // as many slopes, and as many biases
  const paths = (l) => product(sizes.slice(l + 1));
  const alongPaths = (l) => paths(l) * (2 * (last - l) + 1);
  /** Carry the slope of one unit of layer l forward, to all units after it and to E. */
  const carried = (l) =>
    l === last
      ? 1
      : 2 * sizes[l + 1] +
        sum(layers.slice(l + 1), (m) => sizes[m] * (sizes[m - 1] + 1)) +
        sizes[last];
  /** Of each bias one(l); of each weight more(l) besides, the product with its input. */
  const ofAll = (one, more) =>
    sum(layers, (l) => sizes[l] * (one(l) + sizes[l - 1] * (one(l) + more(l))));
  return {
    "central differences": 2 * (count + units) * (count + sizes[last]),
    "path by path": count + units + ofAll(alongPaths, paths),
    "forward mode": count + units + ofAll(carried, () => 1),
    "reverse mode": 3 * count - sizes[1] * sizes[0] + 2 * units,
  };
}
