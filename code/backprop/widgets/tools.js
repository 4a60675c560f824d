// The live figures that have a page to themselves, by kind, as in figures.js: other pages need not load them.

import { render as hunt } from "./hunt.js";
import { render as own } from "./own.js";

export const tools = { hunt, own };
