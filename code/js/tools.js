// The live figures that have a page to themselves, by kind, as in figures.js: other pages need not load them.

import { render as hunt } from "./figures/hunt.js";
import { render as your_network } from "./figures/your_network.js";

export const tools = { hunt, your_network };
