// What a reader should know of numbers that look like any others: nothing passes back through a
// saturated unit, and a number may be too large to be one.

import { fmt, inSentence } from "../core/latex.js";
import { derivative } from "../core/names.js";

const SMALL = 1e-3; // of a slope: it leaves a thousandth of what comes back

/**
 * Return sentences about the units of a trace that pass nothing, or next to nothing, back.
 * @type {(names: Names, activations: string[], values: Values) => string[]}
 */
export function warnings(names, activations, values) {
  /** @type {string[]} */
  const found = [];
  for (let l = 1; l < names.out.length; l++)
    names.out[l].forEach((out, j) => {
      const slope = values[derivative(out, names.net[l][j]).name];
      if (slope === undefined || Math.abs(slope) >= SMALL) return;
      found.push(
        slope === 0 && activations[l] === "relu"
          ? `The ReLU of ${inSentence(out.latex)} is off: its slope is 0, and nothing passes back through it.`
          : `${inSentence(out.latex)} is saturated: its slope is ${fmt(slope, 6)}, and next to nothing passes back through it.`,
      );
    });
  const lost = Object.keys(values).find((name) => !Number.isFinite(values[name]));
  if (lost)
    found.push(`From ${lost.replaceAll("_", " ")} on the numbers are too large for a computer.`);
  return found;
}
