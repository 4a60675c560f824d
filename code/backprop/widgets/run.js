// A training that can be continued, and what is kept of it: every loss, and networks ever further apart.

import { loss, train } from "./nn.js";

/** The most updates that a figure makes. */
export const MOST = 100_000;

/** Whether the network after n updates is kept: the first 200, then a hundred to each power of ten. */
const isKept = (n) => n <= 200 || n % 10 ** (Math.floor(Math.log10(n)) - 1) === 0;

/**
 * Return a training from its start: { losses, kept, net, diverged, extend }.
 *
 * losses: E after 0, 1, 2, … updates; kept: [{ n, net }], the last of them the present one. extend(n,
 * goal) goes on to n updates, or until E is below the goal; diverged says after how many updates E was
 * no number any more, else it is null.
 */
export function newRun(net, x, t, learningRate, options) {
  const run = { losses: [loss(net, x, t)], kept: [{ n: 0, net }], net, diverged: null };
  const done = () => run.losses.length - 1;
  run.extend = (updates, goal = -Infinity) => {
    if (run.diverged !== null || done() >= updates || run.losses.at(-1) < goal) return;
    const from = done(), keep = new Set();
    for (let n = from + 1; n <= updates; n++) if (isKept(n)) keep.add(n - from);
    const more = train(run.net, x, t, learningRate, updates - from, { ...options, keep, until: (E) => E < goal });
    for (let n = 1; n < more.loss.length; n++) run.losses.push(more.loss[n]);
    while (!isKept(run.kept.at(-1).n)) run.kept.pop();
    for (const [n, net] of more.nets) run.kept.push({ n: from + n, net });
    run.net = more.net;
    if (run.kept.at(-1).n < done()) run.kept.push({ n: done(), net: run.net });
    if (more.diverged !== null) run.diverged = from + more.diverged;
  };
  return run;
}

/** Return the numbers of updates at which a quantity, of kept networks, first turns round: [from, to]. */
export function turn(kept, quantity) {
  let before = 0;
  for (let k = 1; k < kept.length; k++) {
    const way = Math.sign(quantity(kept[k].net) - quantity(kept[k - 1].net));
    if (before && way === -before) return [kept[k - 1].n, k > 1 && kept[k].n - kept[k - 2].n > 2 ? kept[k].n : kept[k - 1].n];
    before = way || before;
  }
  return null;
}
