// The figures in Jupyter: an anywidget, whose model is Python's.

import { figures } from "./figures.js";
import { tools } from "./tools.js";

/** @type {Record<string, Render>} */
const all = { ...figures, ...tools };
/** @type {Render} */
const render = ({ model, el }) => all[model.get("kind")]({ model, el });

export default { render };
