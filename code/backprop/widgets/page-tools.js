// What a page with one of tools.js runs.

import { define } from "./element.js";
import { tools } from "./tools.js";

define(tools);
