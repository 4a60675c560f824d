// Take hold: given numbers can be changed, and all the others follow. Who pulls on a hidden unit?
//
// settings.controls: the given numbers beside the drawing, by name; settings.more: whether the others
// can be changed too. view.pick: the weight whose paths to the loss are lit.

import { fmt, inSentence } from "../core/latex.js";
import { derivative, weightAt, weights } from "../core/names.js";
import { trace, valuesOf } from "../core/trace.js";
import { numberControl, rule } from "../parts/controls.js";
import { html } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { givens } from "../parts/givens.js";
import { stepRows } from "../parts/line.js";
import { networkOf, see } from "../parts/model.js";
import { passView } from "../parts/pass.js";
import { pullsAt } from "../parts/ropes.js";
import { warnings } from "../parts/warnings.js";

const NOTHING = 0.01; // of the strongest pull: if no more is left of all together, they cancel

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {TakeHoldSettings} */
  const { names, activations, controls, more } = model.get("settings");
  const known = weights(names),
    last = names.out.length - 1;
  /** @type {(name: string) => void} */
  const pick = (name) => see(model, { pick: name });

  // ---- the elements ----

  const numbers = new Map(givens(model).map((given) => [given.name, numberControl(given)]));
  const shown = more ? [...numbers.keys()] : controls;
  /** @type {(chosen: string[]) => HTMLElement[]} */
  const rows = (chosen) => chosen.map((name) => numbers.get(name).element);
  const biases = rule(model, "biases", "Biases"),
    hidden = rule(model, "hidden_weights", "Hidden deltas by");
  const others =
    more &&
    html(
      "details",
      { class: "bp-others" },
      html("summary", {}, "All the given numbers"),
      html(
        "div",
        { class: "bp-controls" },
        ...rows(shown.filter((name) => !controls.includes(name))),
        biases.element,
        hidden.element,
      ),
    );
  const pass = passView(names, pick);
  /** @type {Step[]} */
  let steps = [];
  /** @type {Values} */
  let values = {};

  // ---- the model's state, shown ----

  function update() {
    const net = networkOf(model),
      x = model.get("x"),
      t = model.get("t");
    steps = trace(net, x, t, model.get("learning_rate"), {
      biases: model.get("biases"),
      hiddenWeights: model.get("hidden_weights"),
    });
    values = valuesOf(steps);
    pass.show(net, x, t, steps, model.get("view").pick);
    for (const name of shown) numbers.get(name).show();
    biases.show(model.get("biases"));
    hidden.show(model.get("hidden_weights"));
  }

  function sentence() {
    const { l, j, symbol } = weightAt(names, model.get("view").pick),
      word = inSentence(symbol.latex);
    const gradient = values[derivative(names.total, symbol).name];
    const told = [
      `${names.total.name} is ${fmt(values[names.total.name], 6)}, and the gradient of ${word} is ${fmt(gradient, 6)}.`,
    ];
    const each = l < last ? pullsAt(names, l, j, values) : [];
    const strongest = Math.max(...each.map(Math.abs)),
      left = Math.abs(each.reduce((sum, pull) => sum + pull, 0));
    if (each.length > 1 && left < NOTHING * strongest)
      told.push(
        `The pulls on ${inSentence(names.out[l][j].latex)} cancel: ${names.t.length === 2 ? "both outputs" : "every output"} may still be wrong, and yet ${word} has next to nothing to do.`,
      );
    else if (gradient !== 0)
      told.push(`The update makes ${word} ${gradient > 0 ? "smaller" : "larger"}.`);
    return [...told, ...warnings(names, activations, values)].join(" ");
  }

  return frame(
    { model, el, id },
    {
      parts: [
        html("div", { class: "bp-controls" }, ...rows(controls)),
        pass.picture,
        ...(others ? [others] : []),
        pass.reasons,
      ],
      update,
      sentence,
      table: () => stepRows(steps, names.digits),
      fits: (key, name) => known.some(({ symbol }) => symbol.name === name),
      stop: pass.stop,
    },
  );
}
