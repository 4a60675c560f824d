// The browser's pass through time against Python's, which the file that is named holds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { passOf } from "../../js/core/recurrent.js";

const CLOSE = 1e-13; // another machine's tanh

const cases = JSON.parse(readFileSync(process.argv[2]));
for (const { net, x, t, expected } of cases) {
  const found = passOf(net, x, t);
  for (const [name, theirs] of Object.entries(expected))
    [theirs].flat().forEach((value, n) => {
      const mine = [found[name]].flat()[n];
      assert.ok(
        Math.abs(mine - value) <= CLOSE * Math.max(1, Math.abs(value)),
        `${name}: ${mine}, ${value}`,
      );
    });
}
console.log(`${cases.length} cases`);
