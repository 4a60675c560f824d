// A training that can be continued, and what is kept of it: every loss, and networks ever further apart.

import { asRows, forward, loss } from "../core/network.js";
import { train } from "../core/train.js";

/** So many networks from the start are kept, each of them. */
export const FIRST = 200;

/**
 * Whether the network after n updates is kept: the first, then a hundred to each power of ten.
 * @type {(n: number) => boolean}
 */
const isKept = (n) => n <= FIRST || n % 10 ** (Math.floor(Math.log10(n)) - 1) === 0;

/**
 * Return a training from its start: { losses, kept, diverged, extend, between }.
 *
 * losses: E after 0, 1, 2, … updates; kept: [{ n, net, outputs }], the last of them the present one,
 * outputs a row for each example. extend(n, goal) goes on to n updates, or until E is below the goal;
 * diverged says after how many updates E was no number any more, else it is null. between(from, to)
 * returns every { n, net } after one that is kept, up to another.
 * @type {(net: Network, x: Given, t: Given, learningRate: number, options: Rules) => Training}
 */
export function newRun(net, x, t, learningRate, options) {
  /** @type {(n: number, net: Network) => Training["kept"][0]} */
  const entry = (n, net) => ({ n, net, outputs: asRows(forward(net, x).a.at(-1)) });
  /** @type {Training} */
  const run = {
    losses: [loss(net, x, t)],
    kept: [entry(0, net)],
    diverged: null,
    extend(updates, goal = -Infinity) {
      if (run.diverged !== null || done() >= updates || run.losses.at(-1) < goal) return;
      const from = done(),
        keep = new Set();
      for (let n = from + 1; n <= updates; n++) if (isKept(n)) keep.add(n - from);
      const more = train(run.kept.at(-1).net, x, t, learningRate, updates - from, {
        ...options,
        keep,
        until: (E) => E < goal,
      });
      for (let n = 1; n < more.loss.length; n++) run.losses.push(more.loss[n]);
      if (!isKept(run.kept.at(-1).n) && done() > from) run.kept.pop();
      for (const [n, net] of more.nets) run.kept.push(entry(from + n, net));
      if (run.kept.at(-1).n < done()) run.kept.push(entry(done(), more.net));
      if (more.diverged !== null) run.diverged = from + more.diverged;
    },
    between(from, to) {
      const keep = new Set(Array.from({ length: to.n - from.n }, (_, n) => n + 1));
      const { nets } = train(from.net, x, t, learningRate, to.n - from.n, { ...options, keep });
      return [...nets].map(([n, net]) => ({ n: from.n + n, net }));
    },
  };
  const done = () => run.losses.length - 1;
  return run;
}

const TREMOR = 1e-6; // of the whole way: a turn is more than the last digits of a weight at rest

/**
 * Return after how many updates a quantity of the network turns round, each time: the first `most`.
 * @type {(run: Training, quantity: (net: Network) => number, most: number) => number[]}
 */
export function turns(run, quantity, most) {
  const { kept } = run,
    values = kept.map(({ net }) => quantity(net));
  const least = TREMOR * (Math.max(...values) - Math.min(...values)),
    found = [];
  let farthest = 0,
    way = 0;
  for (let k = 1; k < kept.length && found.length < most; k++) {
    const ahead = Math.sign(values[k] - values[farthest]),
      isReal = Math.abs(values[k] - values[farthest]) > least;
    if (way && ahead === -way && isReal) found.push(exactly(run, quantity, farthest, way));
    if (isReal || ahead === way) {
      farthest = k;
      way = ahead;
    }
  }
  return found;
}

/**
 * Return the number of updates at which a quantity goes farthest its way, about the k-th that is kept.
 * @type {(run: Training, quantity: (net: Network) => number, k: number, way: number) => number}
 */
function exactly(run, quantity, k, way) {
  const [from, to] = [run.kept[k - 1], run.kept[k + 1]];
  if (to.n - from.n === 2) return run.kept[k].n;
  const all = run.between(from, to).map(({ n, net }) => ({ n, value: way * quantity(net) }));
  return all.reduce((best, one) => (one.value > best.value ? one : best)).n;
}
