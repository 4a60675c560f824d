// Numbers, or rows of them however deep, that agree but for another order of sums.

import assert from "node:assert/strict";

const CLOSE = 1e-12;

export function close(mine, theirs, what) {
  if (!Array.isArray(theirs))
    return assert.ok(Math.abs(mine - theirs) <= CLOSE, `${what}: ${mine}, ${theirs}`);
  assert.equal(mine.length, theirs.length, what);
  theirs.forEach((each, n) => close(mine[n], each, what));
}
