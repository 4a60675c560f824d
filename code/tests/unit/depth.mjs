// The browser's sizes in a deep network against Python's, which the file that is named holds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { sizes, tossed } from "../../js/core/depth.js";

const CLOSE = 1e-5, // another order of sums, and fifty layers in which a large scale makes it grow
  ROUNDING = 1e-15; // of outputs near one half

const { seed, first, cases } = JSON.parse(readFileSync(process.argv[2]));
const coins = tossed(seed);
assert.deepEqual([...coins.x[0]], first.x);
assert.deepEqual([...coins.pulls.at(-1)], first.pulls);
assert.deepEqual([...coins.W.at(-1).at(-1)], first.W);
for (const { how, delta, spread } of cases) {
  const found = sizes(coins, how);
  for (const [mine, theirs] of [
    [found.delta, delta],
    [found.spread, spread],
  ]) {
    assert.equal(mine.length, how.layers);
    mine.forEach((each, l) => {
      const off = Math.abs(each - theirs[l]);
      assert.ok(
        off <= CLOSE * theirs[l] + (mine === found.spread ? ROUNDING : 0),
        `${JSON.stringify(how)}, layer ${l + 1}: ${each}, ${theirs[l]}`,
      );
    });
  }
}
console.log(`${cases.length} cases`);
