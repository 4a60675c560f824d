// PCG32, a generator of whole numbers that gives the same ones in any language: the twin of pcg.py.

const MULTIPLIER = 6364136223846793005n;
/** @type {(number: bigint) => bigint} */
const in64 = (number) => BigInt.asUintN(64, number);

/**
 * Return { next(), below(bound) }: whole numbers from 0 to 2**32 - 1, and from 0 to bound - 1.
 * @type {(seed: number, stream: number) => Random}
 */
export function pcg32(seed, stream) {
  const increment = in64(2n * BigInt(stream) + 1n);
  let state = 0n;
  const next = () => {
    const old = state;
    state = in64(old * MULTIPLIER + increment);
    const shifted = Number(BigInt.asUintN(32, ((old >> 18n) ^ old) >> 27n)),
      turn = Number(old >> 59n);
    return ((shifted >>> turn) | (shifted << (-turn & 31))) >>> 0;
  };
  /** @type {(bound: number) => number} */
  const below = (bound) => {
    const first = 2 ** 32 % bound; // the numbers from here on are a multiple of bound
    let number;
    do number = next();
    while (number < first);
    return number % bound;
  };
  next();
  state = in64(state + BigInt(seed));
  next();
  return { next, below };
}
