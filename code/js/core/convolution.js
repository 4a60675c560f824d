// The arithmetic of a window that slides over an image: the twin of convolution.py, for one image, one
// kernel. Images, kernels and maps are arrays of rows, counted from 0; how: { stride, padding }.

/**
 * Return [rows, columns] of the map.
 * @type {(x: number[][], k: number[][], how: Slide) => number[]}
 */
export const sizeOf = (x, k, { stride, padding }) =>
  [
    [x.length, k.length],
    [x[0].length, k[0].length],
  ].map(([n, m]) => Math.floor((n + 2 * padding - m) / stride) + 1);

/**
 * Return [{ u, v, row, column }]: which point lies under which entry of the kernel at place (r, c) of the map.
 * @type {(r: number, c: number, k: number[][], how: Slide) => Square[]}
 */
export const under = (r, c, k, { stride, padding }) =>
  k.flatMap((entries, u) =>
    entries.map((_, v) => ({
      u,
      v,
      row: r * stride + u - padding,
      column: c * stride + v - padding,
    })),
  );

/**
 * Return [{ u, v, r, c }]: at which places a point lies under which entry.
 * @type {(row: number, column: number, x: number[][], k: number[][], how: Slide) => { u: number, v: number, r: number, c: number }[]}
 */
export const over = (row, column, x, k, how) =>
  places(sizeOf(x, k, how)).flatMap(([r, c]) =>
    under(r, c, k, how).flatMap((at) =>
      at.row === row && at.column === column ? [{ u: at.u, v: at.v, r, c }] : [],
    ),
  );

/**
 * Return what an image has at a place: 0 in the padding around it.
 * @type {(x: number[][], row: number, column: number) => number}
 */
export const pointOf = (x, row, column) => x[row]?.[column] ?? 0;

/**
 * Return the map z.
 * @type {(x: number[][], k: number[][], b: number, how: Slide) => number[][]}
 */
export const conv2d = (x, k, b, how) =>
  filled(
    sizeOf(x, k, how),
    (r, c) =>
      under(r, c, k, how).reduce(
        (sum, { u, v, row, column }) => sum + k[u][v] * pointOf(x, row, column),
        0,
      ) + b,
  );

/**
 * Return { dx, dk, db }, given delta = ∂E/∂z.
 * @type {(delta: number[][], x: number[][], k: number[][], how: Slide) => { dx: number[][], dk: number[][], db: number }}
 */
export function conv2dBackward(delta, x, k, how) {
  /** @type {(terms: number[]) => number} */
  const sum = (terms) => terms.reduce((total, term) => total + term, 0);
  const all = places(sizeOf(x, k, how));
  return {
    dx: filled([x.length, x[0].length], (row, column) =>
      sum(over(row, column, x, k, how).map(({ u, v, r, c }) => k[u][v] * delta[r][c])),
    ),
    dk: filled([k.length, k[0].length], (u, v) =>
      sum(
        all.map(
          ([r, c]) =>
            delta[r][c] *
            pointOf(x, r * how.stride + u - how.padding, c * how.stride + v - how.padding),
        ),
      ),
    ),
    db: sum(delta.flat()),
  };
}

/** @type {<T>(size: number[], f: (r: number, c: number) => T) => T[][]} */
const filled = ([rows, columns], f) =>
  Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => f(r, c)));

/**
 * Return [[r, c], …] of all places of a grid.
 * @type {(size: number[]) => number[][]}
 */
export const places = (size) => filled(size, (r, c) => [r, c]).flat();
