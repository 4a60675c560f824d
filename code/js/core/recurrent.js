// A recurrent network of one unit, forward and back through time: of recurrent.py, the case that its trace follows.

import { ACTIVATIONS } from "./functions.js";

/**
 * Return the pass of a sequence x whose last step has the target t: z, h with h(0) before the others, y, E, deltaY,
 * delta, what each step adds to the gradient of w, and their sum dw.
 * @type {(net: RecurrentNet, x: number[], t: number) => RecurrentPass}
 */
export function passOf({ u, w, v, b, c, activation }, x, t) {
  const f = ACTIVATIONS[activation],
    z = x.map(() => 0),
    h = [0, ...z],
    delta = x.map(() => 0);
  x.forEach((entry, s) => {
    z[s] = u * entry + w * h[s] + b;
    const a = [0];
    f.f([z[s]], a);
    h[s + 1] = a[0];
  });
  const y = v * h.at(-1) + c,
    deltaY = y - t;
  let pull = deltaY * v;
  for (let s = x.length - 1; s >= 0; s--) {
    const own = [0];
    f.back([pull], [z[s]], [h[s + 1]], own);
    delta[s] = own[0];
    pull = delta[s] * w;
  }
  const terms = delta.map((each, s) => each * h[s]);
  const dw = terms.reduce((sum, term) => sum + term, 0);
  return { z, h, y, E: deltaY ** 2 / 2, deltaY, delta, terms, dw };
}
