// A narrow valley over two weights, and walks in it: the twin of valley.py.

/**
 * The valley's own directions: (u, v) of a place (x, y), and back.
 * @type {(valley: Valley) => { inside: (place: number[]) => number[], outside: (own: number[]) => number[] }}
 */
export function axes({ turn }) {
  const angle = (turn * Math.PI) / 180,
    c = Math.cos(angle),
    s = Math.sin(angle);
  return {
    inside: ([x, y]) => [c * x + s * y, -s * x + c * y],
    outside: ([u, v]) => [c * u - s * v, s * u + c * v],
  };
}

/**
 * Return E at a place.
 * @type {(valley: Valley, place: number[]) => number}
 */
export function height(valley, place) {
  const [u, v] = axes(valley).inside(place);
  return (valley.along * u ** 2 + valley.across * v ** 2) / 2;
}

/**
 * Return the gradient of E at a place.
 * @type {(valley: Valley, place: number[]) => number[]}
 */
export function slope(valley, place) {
  const { inside, outside } = axes(valley),
    [u, v] = inside(place);
  return outside([valley.along * u, valley.across * v]);
}

/**
 * Return the places of a walk, the start first; it ends early where a place is too large to be a number.
 *
 * step(g, rate, state) -> [change, state], of optimisers.js, which treats each weight by itself.
 * @type {(valley: Valley, step: OptimiserStep, rate: number, start: number[], updates: number) => number[][]}
 */
export function walk(valley, step, rate, start, updates) {
  const places = [start];
  /** @type {number[][]} */
  let states = [[], []];
  for (let n = 0; n < updates; n++) {
    const at = places[n],
      made = slope(valley, at).map((g, k) => step(g, rate, states[k]));
    const next = at.map((value, k) => value + made[k][0]);
    if (!next.every(Number.isFinite)) break;
    states = made.map(([, state]) => state);
    places.push(next);
  }
  return places;
}

/**
 * Return where walks on E = ½kw² change their kind, as three numbers for ηk (valley.borders).
 * @type {(beta?: number) => number[]}
 */
export const borders = (beta = 0) => [
  (1 - Math.sqrt(beta)) ** 2,
  (1 + Math.sqrt(beta)) ** 2,
  2 * (1 + beta),
];
