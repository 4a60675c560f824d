// The figures in Jupyter: an anywidget, whose model is Python's.

import { figures } from "./figures.js";

const render = ({ model, el }) => figures[model.get("kind")]({ model, el });

export default { render };
