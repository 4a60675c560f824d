// Take hold: every given number can be changed, and all the others follow. Who pulls on a hidden unit?
//
// settings.controls: names of the given numbers that stand beside the drawing; settings.more: whether
// the others can be changed too. view.pick: the weight whose paths to the loss are lit.

import { button, numberControl, rule, choice } from "./controls.js";
import { html, inHtml, setText } from "./dom.js";
import { drawing } from "./drawing.js";
import { frame } from "./frame.js";
import { givens } from "./givens.js";
import { ropes } from "./ropes.js";
import { why } from "./nn.js";
import { trace } from "./trace.js";
import { fmt, formula, result, runs, substituted } from "./text.js";

export function render({ model, el, id }) {
  const { names, controls, more } = model.get("settings");
  const all = givens(model).map((given) => [given.name, numberControl(given)]);
  return frame({ model, el, id }, { parts: [], update() {}, sentence: () => "", table: () => [[]] });
}
