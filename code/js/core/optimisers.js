// What an optimiser does with the gradient of one weight: the twin of the steps of optimisers.py.
//
// A step takes a gradient, the rate and its state, and returns [change, state]; at first the state is empty.

/** @type {Record<string, OptimiserStep>} */
export const STEPS = {
  gradient_descent: (g, rate) => [-rate * g, []],
  momentum: (g, rate, [v = 0], beta = 0.9) => {
    const next = beta * v + g;
    return [-rate * next, [next]];
  },
  rmsprop: (g, rate, [r = 0], beta = 0.9, eps = 1e-8) => {
    const next = beta * r + (1 - beta) * g ** 2;
    return [(-rate * g) / (Math.sqrt(next) + eps), [next]];
  },
  adam: (g, rate, [before = 0, m = 0, r = 0]) => {
    const n = before + 1,
      mean = BETA1 * m + (1 - BETA1) * g,
      square = BETA2 * r + (1 - BETA2) * g ** 2;
    const change =
      (-rate * mean) / (1 - BETA1 ** n) / (Math.sqrt(square / (1 - BETA2 ** n)) + 1e-8);
    return [change, [n, mean, square]];
  },
};
const BETA1 = 0.9,
  BETA2 = 0.999;
