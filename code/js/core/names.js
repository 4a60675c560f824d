// What the quantities of a network are called, and where each weight is: the twin of names.py.

/**
 * Return the names of a network of `sizes` (units of layer 0, 1, …), as settings.names has them.
 * @type {(sizes: number[], digits?: number) => Names}
 */
export function indexed(sizes, digits = 6) {
  /** @type {(letter: string, latex: string, l: number, j: number) => Quantity} */
  const symbol = (letter, latex, l, j) => ({
    name: `${letter}${l}_${j}`,
    latex: `${latex}_{${j}}^{(${l})}`,
  });
  /** @type {(n: number) => number[]} */
  const numbers = (n) => Array.from({ length: n }, (_, k) => k + 1);
  /** @type {(letter: string, latex?: string) => Layers<Quantity[]>} */
  const units = (letter, latex = letter) =>
    sizes.map((n, l) => (l ? numbers(n).map((j) => symbol(letter, latex, l, j)) : null));
  /** @type {(j: number, i: number) => string} */
  const index = (j, i) => (j < 10 && i < 10 ? `${j}${i}` : `${j},${i}`);
  const w = sizes.map((n, l) =>
    l
      ? numbers(n).map((j) =>
          numbers(sizes[l - 1]).map((i) => ({
            name: `w${l}_${j}_${i}`,
            latex: `w_{${index(j, i)}}^{(${l})}`,
          })),
        )
      : null,
  );
  /** @type {(letter: string) => Quantity[]} */
  const ofOutputs = (letter) =>
    numbers(sizes.at(-1)).map((k) => ({ name: `${letter}_${k}`, latex: `${letter}_${k}` }));
  const out = [numbers(sizes[0]).map((i) => symbol("a", "a", 0, i)), ...units("a").slice(1)];
  const b = units("b"),
    total = { name: "E", latex: "E" };
  return {
    out,
    net: units("z"),
    w,
    b,
    own_b: b,
    delta: units("delta", "\\delta"),
    t: ofOutputs("t"),
    error: ofOutputs("E"),
    total,
    digits,
  };
}

/**
 * Return [{ l, j, i, symbol }] of every weight and, with i null, of every unit's own bias.
 * @type {(names: Pick<Names, "w" | "own_b">) => Weight[]}
 */
export function weights({ w, own_b }) {
  return w.flatMap((layer, l) =>
    (layer ?? []).flatMap((row, j) => [
      ...row.flatMap((symbol, i) => (symbol ? [{ l, j, i, symbol }] : [])), // none where no connection leads
      { l, j, i: null, symbol: own_b[l][j] },
    ]),
  );
}

/**
 * Return [{ symbol, places }] of the weights of a layer, places [{ j, i }, …]: several can share one.
 * @type {(names: Names, l: number) => Shared[]}
 */
export function placesOf(names, l) {
  /** @type {Map<string, Shared>} */
  const found = new Map();
  for (const { symbol, ...place } of weights(names).filter((weight) => weight.l === l)) {
    if (!found.has(symbol.name)) found.set(symbol.name, { symbol, places: [] });
    found.get(symbol.name).places.push(place);
  }
  return [...found.values()];
}

/** @type {WeakMap<Names, (Shared[] | null)[]>} */
const sharing = new WeakMap(); // by names: what of each layer is shared, found once

/**
 * Return placesOf a layer in which several places share a weight, or a connection is missing; else null.
 * @type {(names: Names, l: number) => Shared[] | null}
 */
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

/**
 * Return { l, j, i, symbol } of a weight or a unit's bias; throws for a name that is neither.
 * @type {(names: Names, name: string) => Weight}
 */
export function weightAt(names, name) {
  const found = weights(names).find(({ symbol }) => symbol.name === name);
  if (!found) throw new Error(`no weight or bias ${name} here`);
  return found;
}

/**
 * Return the symbol of ∂of/∂by.
 * @type {(of: Quantity, by: Quantity) => Quantity}
 */
export function derivative(of, by) {
  return {
    name: `d${of.name}_d${by.name}`,
    latex: `\\frac{\\partial ${of.latex}}{\\partial ${by.latex}}`,
  };
}

/**
 * Return the symbol of a weight after the update: w6_new, w_6^+.
 * @type {(weight: Quantity) => Quantity}
 */
export function updated({ name, latex }) {
  const [base, index] = latex.split("^{(");
  return { name: `${name}_new`, latex: index === undefined ? `${latex}^+` : `${base}^{+(${index}` };
}
