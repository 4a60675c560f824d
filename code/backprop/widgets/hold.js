// Take hold: given numbers can be changed, and all the others follow. Who pulls on a hidden unit?
//
// settings.controls: the given numbers beside the drawing, by name; settings.more: whether the others
// can be changed too. view.pick: the weight whose paths to the loss are lit.

import { writeChains } from "./chain.js";
import { choice, numberControl, rule } from "./controls.js";
import { html, inHtml } from "./dom.js";
import { drawing } from "./drawing.js";
import { fitted } from "./fitted.js";
import { frame } from "./frame.js";
import { givens } from "./givens.js";
import { weightAt, weights, why } from "./nn.js";
import { ropes } from "./ropes.js";
import { fmt, formula, runs, said } from "./text.js";
import { trace } from "./trace.js";
import { warnings } from "./warnings.js";

const KINDS = { "∂": "gradient" };

export function render({ model, el, id }) {
  const { names, controls, more, ...functions } = model.get("settings");
  const network = () => ({ W: model.get("W"), b: model.get("b"), names, ...functions });
  const pick = (name) => {
    model.set("view", { ...model.get("view"), pick: name });
    model.save_changes();
  };

  const numbers = new Map(givens(model).map((given) => [given.name, numberControl(given)]));
  const beside = controls.map((name) => numbers.get(name));
  const others = more ? [...numbers.entries()].filter(([name]) => !controls.includes(name)).map(([, control]) => control) : [];
  const question = choice("Where does this weight’s gradient come from?", weights(names).map(({ symbol }) => [symbol.name, said(symbol.name)]), pick);
  const biases = rule(model, "biases", "Biases", [["updated", "updated"], ["frozen", "frozen"], ["shared", "shared, one to a layer"]]);
  const hidden = rule(model, "hidden_weights", "Hidden deltas by", [["old", "the old weights"], ["updated", "the updated weights (a mistake)"]]);
  const rules = [biases, hidden];
  const chains = html("ol", { class: "bp-chains" }), pulls = html("div", { class: "bp-scroll" });

  let steps, values, net, drawn, knot;
  const picture = fitted((wide) => {
    drawn = drawing(names, { wide });
    drawn.onPick(pick);
    if (values) show();
    return drawn.element;
  });
  const show = () => {
    for (const { name, value } of steps) drawn.put(name, value);
    drawn.light(lit());
  };
  /** The lines on the paths from the picked weight to the loss. */
  const lit = () => {
    const { l } = weightAt(names, model.get("view").pick), roles = {};
    for (const { l: layer, j, i, symbol } of weights(names)) {
      const onPath = symbol.name === model.get("view").pick || (i !== null && reached(layer, i, l));
      if (onPath) roles[symbol.name] = "delta strong";
    }
    for (const { name } of names.error) roles[name] = "delta strong";
    return roles;
  };
  const reached = (layer, i, l) => layer > l + 1 || (layer === l + 1 && i === weightAt(names, model.get("view").pick).j);

  const update = () => {
    net = network();
    steps = trace(net, model.get("x"), model.get("t"), model.get("learning_rate"), {
      biases: model.get("biases"), hiddenWeights: model.get("hidden_weights"),
    });
    values = Object.fromEntries(steps.map(({ name, value }) => [name, value]));
    show();
    for (const control of [...beside, ...others]) control.show();
    biases.show(model.get("biases"));
    hidden.show(model.get("hidden_weights"));
    const { pick } = model.get("view");
    question.show(pick);
    writeChains(chains, why(net, model.get("x"), model.get("t"), pick), 6);
    showRopes(pick);
  };
  let knotAt;
  const showRopes = (pick) => {
    const { l, j } = weightAt(names, pick);
    if (l === names.out.length - 1) {
      knotAt = null;
      pulls.replaceChildren();
      return;
    }
    if (knotAt !== `${l} ${j}`) {
      knotAt = `${l} ${j}`;
      knot = ropes(names, l, j);
      pulls.replaceChildren(knot.element);
    }
    knot.show(values);
  };

  return frame({ model, el, id }, {
    parts: [],
    update,
    sentence: () => "",
    table: () => [],
  });
}
