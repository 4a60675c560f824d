// What the quantities of a network of any size are called: the twin of names.indexed.

/** Return the names of a network of `sizes` (units of layer 0, 1, …), as settings.names has them. */
export function indexed(sizes, digits = 6) {
  const symbol = (letter, latex, l, j) => ({
    name: `${letter}${l}_${j}`,
    latex: `${latex}_{${j}}^{(${l})}`,
  });
  const numbers = (n) => Array.from({ length: n }, (_, k) => k + 1);
  const units = (letter, latex = letter) =>
    sizes.map((n, l) => (l ? numbers(n).map((j) => symbol(letter, latex, l, j)) : null));
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
