// The browser's convolution against Python's, which the file that is named holds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { conv2d, conv2dBackward, over, places, sizeOf, under } from "../../js/core/convolution.js";
import { close } from "./close.mjs";

const cases = JSON.parse(readFileSync(process.argv[2]));
for (const { x, k, b, how, z, delta, dx, dk, db } of cases) {
  const what = `${x.length} × ${x[0].length}, ${JSON.stringify(how)}`,
    found = conv2dBackward(delta, x, k, how);
  close(conv2d(x, k, b, how), z, what);
  close(found.dx, dx, `${what}, dx`);
  close(found.dk, dk, `${what}, dk`);
  close(found.db, db, `${what}, db`);
  // whom a place reaches and from where a pixel collects are the same pairs
  const reached = places(sizeOf(x, k, how)).flatMap(([r, c]) =>
    under(r, c, k, how).map((at) => [r, c, at.u, at.v, at.row, at.column]),
  );
  const inside = reached
    .filter(([, , , , row, column]) => x[row]?.[column] !== undefined)
    .map(String)
    .sort();
  const collected = places([x.length, x[0].length]).flatMap(([row, column]) =>
    over(row, column, x, k, how).map(({ u, v, r, c }) => [r, c, u, v, row, column]),
  );
  assert.deepEqual(collected.map(String).sort(), inside, what);
}
console.log(`${cases.length} cases`);
