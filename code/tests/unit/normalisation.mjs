// The browser's normalisation against Python's, which the file that is named holds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { normalise, sumOf } from "../../js/core/normalisation.js";
import { close } from "./close.mjs";

const cases = JSON.parse(readFileSync(process.argv[2]));
for (const { z, pulls, found } of cases) {
  const mine = normalise(z, pulls);
  for (const [name, theirs] of Object.entries(found)) close(mine[name], theirs, name);
  close(
    mine.delta.map((each, i) => each - mine.straight[i] - mine.variance[i]),
    mine.delta.map(() => mine.mean),
    "paths",
  );
  close(sumOf(mine.delta), 0, "first sum");
  close(sumOf(mine.delta.map((each, i) => each * mine.away[i])), 0, "second sum");
}
const equal = normalise([2, 2, 2], [1, 0, 0]);
assert.equal(equal.divided, false);
assert.deepEqual(equal.delta, [0, 0, 0]);
console.log(`${cases.length} cases`);
