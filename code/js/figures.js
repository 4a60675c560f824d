// The live figures of many pages, by kind. Each is ({ model, el, id }) -> clean-up: it fills `el` from the
// model, and on a page, where it has an `id`, its state can be linked to.

import { render as cost } from "./figures/cost.js";
import { render as depth } from "./figures/depth.js";
import { render as entry_check } from "./figures/entry_check.js";
import { render as normalise } from "./figures/normalise.js";
import { render as nudge } from "./figures/nudge.js";
import { render as solve } from "./figures/solve.js";
import { render as take_hold } from "./figures/take_hold.js";
import { render as through_time } from "./figures/through_time.js";
import { render as training } from "./figures/training.js";
import { render as valley } from "./figures/valley.js";
import { render as walk } from "./figures/walk.js";
import { render as window } from "./figures/window.js";

export const figures = {
  cost,
  depth,
  entry_check,
  normalise,
  nudge,
  solve,
  take_hold,
  through_time,
  training,
  valley,
  walk,
  window,
};
