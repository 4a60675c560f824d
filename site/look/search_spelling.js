// A word that the book does not have: the one of its words that is meant.

/**
 * Return the word of the book that begins so, or else the one that differs by the fewest slips: by one
 * in a short word, two in a longer one; the most frequent of several, "" if there is none.
 * @type {(word: string, spellings: Map<string, number>) => string}
 */
export function meantBy(word, spellings) {
  let [best, least, often] = ["", word.length < 8 ? 1 : 2, 0];
  for (const [other, count] of spellings) {
    const slips = other.startsWith(word) ? 0 : slipsUpTo(least, word, other);
    if (slips < least || (slips === least && count > often))
      [best, least, often] = [other, slips, count];
  }
  return best;
}

/**
 * Count the slips between two words; more than `most` for words that are further apart, for short
 * ones and for what is no word of Latin letters.
 * @type {(most: number, word: string, other: string) => number}
 */
function slipsUpTo(most, word, other) {
  const tooFar = Math.abs(word.length - other.length) > most;
  if (tooFar || !/^[a-z_]{4,}$/.test(word) || !/^[a-z_]+$/.test(other)) return most + 1;
  return slips(most, word, other);
}

/**
 * Count the slips that lead from one word to another, up to `most`: a letter too many, one left out,
 * another one, or two in the wrong order.
 * @type {(most: number, one: string, other: string) => number}
 */
function slips(most, one, other) {
  /** @type {number[]} */
  let before;
  let row = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      next[j] = Math.min(
        row[j] + 1,
        next[j - 1] + 1,
        row[j - 1] + Number(one[i - 1] !== other[j - 1]),
      );
      if (before && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    if (Math.min(...next) > most) return most + 1;
    [before, row] = [row, next];
  }
  return row[other.length];
}
