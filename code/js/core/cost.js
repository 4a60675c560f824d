// What a gradient costs by four methods: the twin of cost.by_formula.

/**
 * Return { method: multiplications } for sigmoid units and half squares (cost.by_formula).
 * @type {(sizes: number[]) => Values}
 */
export function byFormula(sizes) {
  const last = sizes.length - 1,
    layers = sizes.map((_, l) => l).slice(1);
  /** @type {(over: number[], f: (l: number) => number) => number} */
  const sum = (over, f) => over.reduce((total, l) => total + f(l), 0);
  /** @type {(numbers: number[]) => number} */
  const product = (numbers) => numbers.reduce((total, n) => total * n, 1);
  const count = sum(layers, (l) => sizes[l] * sizes[l - 1]); // of weights
  const units = sum(layers, (l) => sizes[l]); // as many slopes, and as many biases
  /** @type {(l: number) => number} */
  const paths = (l) => product(sizes.slice(l + 1));
  /** @type {(l: number) => number} */
  const alongPaths = (l) => paths(l) * (2 * (last - l) + 1);
  /**
   * Carry the slope of one unit of layer l forward, to all units after it and to E.
   * @type {(l: number) => number}
   */
  const carried = (l) =>
    l === last
      ? 1
      : 2 * sizes[l + 1] +
        sum(layers.slice(l + 1), (m) => sizes[m] * (sizes[m - 1] + 1)) +
        sizes[last];
  /**
   * Of each bias one(l); of each weight more(l) besides, the product with its input.
   * @type {(one: (l: number) => number, more: (l: number) => number) => number}
   */
  const ofAll = (one, more) =>
    sum(layers, (l) => sizes[l] * (one(l) + sizes[l - 1] * (one(l) + more(l))));
  return {
    "central differences": 2 * (count + units) * (count + sizes[last]),
    "path by path": count + units + ofAll(alongPaths, paths),
    "forward mode": count + units + ofAll(carried, () => 1),
    "reverse mode": 3 * count - sizes[1] * sizes[0] + 2 * units,
  };
}
