// What the scripts have of the things that tables.json names: { file: { kind of thing: [name, …] } }.

import { ACTIVATIONS, LOSSES } from "../../js/core/functions.js";
import { FUNCTIONS } from "../../js/core/latex.js";
import { ALL } from "../../js/core/mistakes.js";
import { OF_LOSSES, SLOPES } from "./sizes.mjs";

const { keys } = Object;
console.log(
  JSON.stringify({
    "code/js/core/functions.js": { activation: keys(ACTIVATIONS), loss: keys(LOSSES) },
    "code/js/core/latex.js": { "function of a formula": keys(FUNCTIONS) },
    "code/js/core/mistakes.js": { mistake: keys(ALL) },
    "code/tests/unit/sizes.mjs": { activation: keys(SLOPES), loss: keys(OF_LOSSES) },
  }),
);
