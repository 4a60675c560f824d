// The figures in Jupyter: an anywidget, whose model is Python's.

import { figures } from "./figures.js";
import { tools } from "./tools.js";

const all = { ...figures, ...tools };
const render = ({ model, el }) => all[model.get("kind")]({ model, el });

export default { render };
