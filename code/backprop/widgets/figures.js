// The live figures of many pages, by kind. Each is ({ model, el, id }) -> clean-up: it fills `el` from the
// model, and on a page, where it has an `id`, its state can be linked to.

import { render as cost } from "./cost.js";
import { render as entry } from "./entry.js";
import { render as hold } from "./hold.js";
import { render as nudge } from "./nudge.js";
import { render as solve } from "./solve.js";
import { render as train } from "./train.js";
import { render as walk } from "./walk.js";
import { render as window } from "./window.js";

export const figures = { cost, entry, hold, nudge, solve, train, walk, window };
