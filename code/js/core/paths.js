// Why a weight has its gradient, path by path: the twin of paths.py.

import { ACTIVATIONS, LOSSES, partnerOf } from "./functions.js";
import { derivative, weightAt } from "./names.js";
import { forward } from "./network.js";

/**
 * Return why a weight or bias has its gradient: { symbol, paths, total }, one example's.
 *
 * Each path is { names, factors, product }: the quantities on it from the weight to the loss, and its
 * slopes { symbol, value } from the loss back to the weight. total is the sum of the products.
 * @type {(net: Network, x: number[], t: number[], name: string) => Why}
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

/**
 * Return { passed, factors } of every path from net input j of layer l to the loss.
 * @type {(net: Network, pass: { z: Layers<number[]>, a: Layers<number[]> }, t: number[], l: number, j: number) => { passed: string[], factors: Factor[] }[]}
 */
function fromNet(net, { z, a }, t, l, j) {
  const { names } = net,
    last = net.W.length - 1,
    { d } = LOSSES[net.loss];
  const { coupled, slope } = ACTIVATIONS[net.activations[l]];
  if (l === last && partnerOf(net.loss)) {
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
