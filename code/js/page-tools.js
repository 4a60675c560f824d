// What a page with one of tools.js runs.

import { define } from "./parts/element.js";
import { tools } from "./tools.js";

define(tools);
