// What a page with figures of figures.js runs.

import { define } from "./parts/element.js";
import { figures } from "./figures.js";

define(figures);
