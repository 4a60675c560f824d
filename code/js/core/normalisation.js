// The arithmetic of a normalisation: the twin of normalisation.py, for one row of numbers and without ε.

/**
 * Return { mu, s, zHat, straight, mean, variance, delta, divided }: of each number its normalised one and, given
 * the pulls on these, the three paths of its delta and their sum; mean is the same for all. divided: whether the
 * numbers differ; where they are all equal there is nothing to divide by, and zHat and all that follows is 0.
 * @type {(z: number[], pulls: number[]) => Normalised}
 */
export function normalise(z, pulls) {
  const mu = meanOf(z),
    away = z.map((each) => each - mu),
    s = Math.sqrt(meanOf(away.map((each) => each * each)));
  const divided = s > 0,
    over = divided ? 1 / s : 0;
  const zHat = away.map((each) => each * over),
    shared = meanOf(pulls.map((pull, i) => pull * zHat[i]));
  const straight = pulls.map((pull) => pull * over),
    mean = -meanOf(pulls) * over,
    variance = zHat.map((each) => -each * shared * over);
  const delta = straight.map((each, i) => each + mean + variance[i]);
  return { mu, s, away, zHat, straight, mean, variance, delta, divided };
}

/** @type {(numbers: number[]) => number} */
const meanOf = (numbers) => sumOf(numbers) / numbers.length;

/** @type {(numbers: number[]) => number} */
export const sumOf = (numbers) => numbers.reduce((sum, each) => sum + each, 0);
