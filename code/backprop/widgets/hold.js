// Take hold: given numbers can be changed, and all the others follow. Who pulls on a hidden unit?
//
// settings.controls: the given numbers beside the drawing, by name; settings.more: whether the others
// can be changed too. view.pick: the weight whose paths to the loss are lit.

import { chains } from "./chain.js";
import { choice, numberControl, rule } from "./controls.js";
import { html } from "./dom.js";
import { fitted } from "./fitted.js";
import { frame } from "./frame.js";
import { givens } from "./givens.js";
import { networkOf, see } from "./model.js";
import { derivative, weightAt, weights, why } from "./nn.js";
import { pullsAt, ropes } from "./ropes.js";
import { fmt, letters, runs } from "./text.js";
import { trace, valuesOf } from "./trace.js";
import { warnings } from "./warnings.js";

const NOTHING = 0.01; // of the strongest pull: if no more is left of all together, they cancel

export function render({ model, el, id }) {
  const { names, activations, controls, more } = model.get("settings");
  const known = weights(names), last = names.out.length - 1;
  const pick = (name) => see(model, { pick: name });

  // ---- the elements ----

  const numbers = new Map(givens(model).map((given) => [given.name, numberControl(given)]));
  const shown = more ? [...numbers.keys()] : controls;
  const rows = (chosen) => chosen.map((name) => numbers.get(name).element);
  const biases = rule(model, "biases", "Biases"), hidden = rule(model, "hidden_weights", "Hidden deltas by");
  const others = more && html(
    "details", { class: "bp-others" }, html("summary", {}, "All the given numbers"),
    html("div", { class: "bp-controls" }, ...rows(shown.filter((name) => !controls.includes(name))), biases.element, hidden.element)
  );
  const asked = choice("Why this gradient? The paths of", known.map(({ symbol }) => [symbol.name, letters(symbol.latex)]), pick);
  const knot = html("div", { class: "bp-scroll" }), reasons = chains(6);

  let drawn, pulls, pulled, steps = [], values = {};
  const picture = fitted(names, (drawing) => {
    drawn = drawing;
    drawn.onPick(pick);
    showDrawing();
  });

  // ---- the model's state, shown ----

  function showDrawing() {
    if (!steps.length) return;
    const weightsAgain = drawn.few ? [] : known.map(({ symbol: { name } }) => ({ name, value: values[name] })); // their only place
    drawn.show([...steps, ...weightsAgain]);
    drawn.light(onPaths());
    drawn.mark([model.get("view").pick]);
  }

  /** The lines on the paths from the picked weight to the loss. */
  function onPaths() {
    const { l, j, symbol } = weightAt(names, model.get("view").pick), lines = { [symbol.name]: "back" };
    for (const edge of known)
      if (edge.i !== null && (edge.l > l + 1 || (edge.l === l + 1 && edge.i === j))) lines[edge.symbol.name] = "back";
    names.error.forEach(({ name }, k) => {
      if (l < last || k === j) lines[name] = "back";
    });
    return lines;
  }

  function showPulls() {
    const { l, j } = weightAt(names, model.get("view").pick), place = l < last ? `${l} ${j}` : "";
    if (place !== pulled) {
      pulled = place;
      pulls = place && ropes(names, l, j);
      knot.replaceChildren(...(place ? [pulls.element] : []));
    }
    if (place) pulls.show(values);
  }

  function update() {
    const net = networkOf(model);
    steps = trace(net, model.get("x"), model.get("t"), model.get("learning_rate"), {
      biases: model.get("biases"), hiddenWeights: model.get("hidden_weights"),
    });
    values = valuesOf(steps);
    showDrawing();
    showPulls();
    for (const name of shown) numbers.get(name).show();
    biases.show(model.get("biases"));
    hidden.show(model.get("hidden_weights"));
    asked.show(model.get("view").pick);
    reasons.show(why(net, model.get("x"), model.get("t"), model.get("view").pick));
  }

  function sentence() {
    const { l, j, symbol } = weightAt(names, model.get("view").pick), word = letters(symbol.latex);
    const gradient = values[derivative(names.total, symbol).name];
    const told = [`${names.total.name} is ${fmt(values[names.total.name], 6)}, the gradient of ${word} ${fmt(gradient, 6)}.`];
    const each = l < last ? pullsAt(names, l, j, values) : [];
    const strongest = Math.max(...each.map(Math.abs)), left = Math.abs(each.reduce((sum, pull) => sum + pull, 0));
    if (each.length > 1 && left < NOTHING * strongest)
      told.push(`The pulls at ${letters(names.out[l][j].latex)} cancel: every output may be wrong, and ${word} has next to nothing to do.`);
    else if (gradient !== 0) told.push(`The update makes ${word} ${gradient > 0 ? "smaller" : "larger"}.`);
    return [...told, ...warnings(names, activations, values)].join(" ");
  }

  const table = () => [
    ["step", "quantity", "value"],
    ...steps.map(({ label, symbol, value }) => [label, runs(symbol), fmt(value, names.digits)]),
  ];

  return frame({ model, el, id }, {
    parts: [
      html("div", { class: "bp-controls" }, ...rows(controls)),
      picture.element,
      ...(others ? [others] : []),
      html("div", { class: "bp-why" }, html("div", {}, asked.element, reasons.element), knot),
    ],
    update, sentence, table, fits: (key, name) => known.some(({ symbol }) => symbol.name === name), stop: picture.stop,
  });
}
