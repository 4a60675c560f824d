// The browser's problems and marks against Python's, which the file that is named holds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { mark } from "../../js/core/marking.js";
import { problem } from "../../js/core/problems.js";

const CLOSE = 1e-9; // as a share: sums in another order, and another exp

const { kinds, problems } = JSON.parse(readFileSync(process.argv[2]));

function close(mine, theirs, what) {
  assert.deepEqual(Object.keys(mine), Object.keys(theirs), what);
  for (const [name, value] of Object.entries(theirs))
    assert.ok(
      Math.abs(mine[name] - value) <= CLOSE * Math.abs(value) + 1e-15,
      `${what}, ${name}: ${mine[name]}, ${value}`,
    );
}

for (const theirs of problems) {
  const what = `${theirs.kind} ${theirs.seed}`,
    mine = problem(kinds[theirs.kind], theirs.seed);
  for (const [key, value] of Object.entries({
    W: mine.net.W,
    b: mine.net.b,
    x: mine.x,
    t: mine.t,
    learning_rate: mine.learningRate,
  }))
    assert.deepEqual(value, theirs[key], `${what}: ${key}`); // the very numbers
  for (const key of ["asked", "made"]) assert.deepEqual(mine[key], theirs[key], `${what}: ${key}`);
  assert.deepEqual(
    mine.solution.map((s) => [s.name, s.label, s.symbol, s.expression]),
    theirs.solution.map((s) => s.slice(0, 4)),
    what,
  );
  close(
    Object.fromEntries(mine.solution.map((s) => [s.name, s.value])),
    Object.fromEntries(theirs.solution.map((s) => [s[0], s[4]])),
    what,
  );
  close(mine.right, theirs.right, what);
  assert.deepEqual(Object.keys(mine.wrong), Object.keys(theirs.wrong), what);
  for (const mistake of Object.keys(theirs.wrong))
    close(mine.wrong[mistake], theirs.wrong[mistake], `${what}, ${mistake}`);
  if (theirs.shown) close(mine.shown, theirs.shown, what);
  theirs.answers.forEach((answers, n) => {
    const verdicts = mark(mine, answers),
      expected = theirs.verdicts[n];
    const told = `${what}, answers ${JSON.stringify(answers)}`;
    assert.deepEqual(Object.keys(verdicts), Object.keys(expected), told);
    for (const [name, { factor, ...verdict }] of Object.entries(expected)) {
      const { factor: mineFactor, ...rest } = verdicts[name];
      assert.deepEqual(rest, verdict, `${told}: ${name}`);
      if (factor === null) assert.equal(mineFactor, null, told);
      else assert.ok(Math.abs(mineFactor - factor) <= CLOSE * Math.abs(factor), told);
    }
  });
}
console.log(`${problems.length} problems`);
