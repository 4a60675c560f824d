// What a page with figures of figures.js runs.

import { figures } from "./figures.js";
import { define } from "./parts/element.js";

define(figures);
