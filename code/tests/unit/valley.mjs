// Compares walks in a valley, from a file that test_valley.py writes, with those of the scripts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { STEPS } from "../../js/core/optimisers.js";
import { borders, height, walk } from "../../js/core/valley.js";

const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
const close = (a, b) => Math.abs(a - b) <= 1e-10 * Math.max(1, Math.abs(b));

for (const { valley, optimiser, rate, beta, start, places, heights } of cases.walks) {
  const step =
    optimiser === "momentum"
      ? (g, rate, state) => STEPS.momentum(g, rate, state, beta)
      : STEPS[optimiser];
  const found = walk(valley, step, rate, start, places.length - 1);
  assert.equal(found.length, places.length);
  found.forEach((place, n) => {
    assert.ok(
      place.every((value, k) => close(value, places[n][k])),
      `${optimiser}, update ${n}`,
    );
    assert.ok(close(height(valley, place), heights[n]));
  });
}
for (const [beta, three] of cases.borders)
  borders(beta).forEach((value, k) => {
    assert.ok(close(value, three[k]));
  });
console.log(`${cases.walks.length} walks`);
