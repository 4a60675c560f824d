// One pass, shown: its drawing, and why a weight has its gradient. Both the figure that holds a
// network's numbers and the one that takes a network of your own are made around it.

import { short } from "../core/latex.js";
import { derivative, weightAt, weights } from "../core/names.js";
import { why } from "../core/paths.js";
import { valuesOf } from "../core/trace.js";
import { chains } from "./chain.js";
import { weightChoice } from "./controls.js";
import { html } from "./dom.js";
import { fitted } from "./fitted.js";
import { ropes } from "./ropes.js";

const MOST_CHAINS = 1000; // of one weight, that are shown each by itself; beyond, they are taken together

/**
 * Return { picture, reasons, show, stop }: a drawing, which can be left out, and what explains a gradient.
 *
 * pick(name) is called with the weight that the reader asks about; isDrawn: whether there is a drawing.
 * show(net, x, t, steps, picked) writes the numbers of a trace, and why the picked weight has its gradient.
 * @type {(names: Names, pick: (name: string) => void, how?: { isDrawn?: boolean }) => PassView}
 */
export function passView(names, pick, { isDrawn = true } = {}) {
  const known = weights(names),
    last = names.out.length - 1;
  const asked = weightChoice(names, "Why this gradient? The paths of", pick);
  const knot = html("div", { class: "bp-scroll" }),
    reasons = chains(6);

  /** @type {Drawing} */
  let drawn;
  /** @type {ReturnType<typeof ropes>} */
  let pulls;
  let pulled = ""; // the unit at which they pull
  /** @type {Step[]} */
  let steps = [];
  let picked = "";
  /** @type {Values} */
  let values = {};
  const picture =
    isDrawn &&
    fitted(names, (drawing) => {
      drawn = drawing;
      drawn.onPick(pick);
      showDrawing();
    });

  function showDrawing() {
    if (!drawn || !steps.length) return;
    const weightsAgain = drawn.few
      ? []
      : known.map(({ symbol: { name } }) => ({ name, value: values[name] })); // their only place
    drawn.show([...steps, ...weightsAgain]);
    drawn.light(onPaths());
    drawn.mark([picked]);
  }

  /**
   * The lines on the paths from the picked weight to the loss.
   * @type {() => Record<string, Look>}
   */
  function onPaths() {
    const { l, j, symbol } = weightAt(names, picked),
      /** @type {Record<string, Look>} */ lines = { [symbol.name]: "back" };
    for (const edge of known)
      if (edge.i !== null && (edge.l > l + 1 || (edge.l === l + 1 && edge.i === j)))
        lines[edge.symbol.name] = "back";
    names.error.forEach(({ name }, k) => {
      if (l < last || k === j) lines[name] = "back";
    });
    return lines;
  }

  function showPulls() {
    const { l, j } = weightAt(names, picked),
      place = isDrawn && l < last ? `${l} ${j}` : "";
    if (place !== pulled) {
      pulled = place;
      pulls = place && ropes(names, l, j);
      knot.replaceChildren(...(place ? [pulls.element] : []));
    }
    if (place) pulls.show(values);
  }

  return {
    picture: picture ? picture.element : html("div"),
    reasons: html(
      "div",
      { class: "bp-why" },
      html("div", {}, asked.element, reasons.element),
      knot,
    ),
    show(net, x, t, shown, of) {
      [steps, picked, values] = [shown, of, valuesOf(shown)];
      showDrawing();
      showPulls();
      asked.show(picked);
      const paths = names.out
        .slice(weightAt(names, picked).l + 1)
        .reduce((product, layer) => product * layer.length, 1);
      reasons.show(
        paths > MOST_CHAINS ? together(names, picked, values, paths) : why(net, x, t, picked),
      );
    },
    stop: () => picture && picture.stop(),
  };
}

/**
 * A `why` of one chain for all paths: δ has them in it.
 * @type {(names: Names, weight: string, values: Values, paths: number) => Why}
 */
function together(names, weight, values, paths) {
  const { l, j, i, symbol } = weightAt(names, weight),
    net = names.net[l][j];
  const [total, product] = [names.total, values[derivative(names.total, symbol).name]];
  const factors = [
    { symbol: derivative(total, net), value: values[names.delta[l][j].name] },
    { symbol: derivative(net, symbol), value: i === null ? 1 : values[names.out[l - 1][i].name] },
  ];
  return {
    symbol: derivative(total, symbol),
    paths: [{ label: `${short(paths)} paths`, factors, product }],
    total: product,
  };
}
