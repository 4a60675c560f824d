// Nudge: turn one weight, and see what every quantity after it does, and what its slope had promised.
//
// settings.weight: the one that is turned; a single path leads from it to the loss. view.dx: by how much.

import { fmt, runs, said } from "../core/latex.js";
import { weightAt } from "../core/names.js";
import { reader, withValues } from "../core/network.js";
import { why } from "../core/paths.js";
import { trace, valuesOf } from "../core/trace.js";
import { button, numberControl } from "../parts/controls.js";
import { html, inHtml, setAttribute, setText, svg } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { networkOf, see } from "../parts/model.js";

const LIMITS = { min: -10, max: 10, low: -2, high: 2, step: 0.01 };
const WIDTH = 200,
  TALL = 44,
  EDGE = 8,
  LEVEL = 20; // of a dial, in pixels

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {NudgeSettings} */
  const { names, weight } = model.get("settings");
  const { symbol } = weightAt(names, weight),
    at = reader(names, weight);
  /** @type {(net: Network, value: number) => Values} */
  const valuesAt = (net, value) => {
    const steps = trace(withValues(net, { [weight]: value }), model.get("x"), model.get("t"), 1);
    return { ...valuesOf(steps), [weight]: value };
  };
  const dx = () => model.get("view").dx;
  /** @type {(dx: number) => void} */
  const turn = (dx) => see(model, { dx });

  /**
   * What each quantity on the path does for a nudge: { name, before, actual, promised, gap }.
   * @type {(nudge: number) => Change[]}
   */
  function changes(nudge) {
    const net = networkOf(model),
      before = valuesAt(net, at(net)),
      after = valuesAt(net, at(net) + nudge);
    const [path] = why(net, model.get("x"), model.get("t"), weight).paths;
    let slope = 1;
    const slopes = [1, ...path.factors.toReversed().map(({ value }) => (slope *= value))]; // of each by the weight
    return path.names.map((name, k) => {
      const actual = k === 0 ? nudge : after[name] - before[name],
        promised = slopes[k] * nudge;
      return { name, before: before[name], actual, promised, gap: actual - promised };
    });
  }

  const symbols = Object.fromEntries(
    [symbol, ...names.net.flat(), ...names.out.flat(), names.total]
      .filter(Boolean)
      .map((one) => [one.name, one.latex]),
  );
  const ends = [changes(LIMITS.low), changes(LIMITS.high)];
  const dials = changes(dx()).map(({ name, before }, k) => {
    const reached = ends.flatMap((end) => [end[k].actual, end[k].promised]);
    return dial(runs(symbols[name]), before, Math.min(0, ...reached), Math.max(0, ...reached));
  });
  const control = numberControl({
    latex: `\\Delta ${symbol.latex}`,
    limits: LIMITS,
    read: dx,
    write: turn,
  });
  const compared = html("p", { class: "bp-compared" });

  function update() {
    const now = changes(dx());
    now.forEach((change, k) => dials[k].show(change));
    control.show();
    const { gap } = now.at(-1),
      twice = changes(2 * dx()).at(-1).gap;
    setText(
      compared,
      dx() === 0
        ? "No nudge, no change."
        : `The gap at ${said(names.total.name)} is ${fmt(gap, 9)}. At twice the nudge it is ${fmt(twice, 9)}: this is ${fmt(gap / twice, 3)} of it.`,
    );
  }

  function sentence() {
    const { name, actual, promised, gap } = changes(dx()).at(-1);
    const moved = `${said(weight)} is nudged by ${fmt(dx(), 6)}, and ${said(name)} changes by ${fmt(actual, 9)}`;
    return `${moved}; the slope promised ${fmt(promised, 9)}${gap === 0 ? ", all of it" : ""}.`;
  }

  const table = () => [
    ["quantity", "before", "actual change", "promised", "gap"],
    ...changes(dx()).map(({ name, before, actual, promised, gap }) => [
      runs(symbols[name]),
      ...[before, actual, promised, gap].map((number) => fmt(number)),
    ]),
  ];

  return frame(
    { model, el, id },
    {
      parts: [
        html(
          "div",
          { class: "bp-controls" },
          control.element,
          html(
            "div",
            {},
            button("Halve the nudge", () => turn(dx() / 2)),
          ),
        ),
        html("div", { class: "bp-dials" }, ...dials.map(({ element }) => element)),
        compared,
      ],
      update,
      sentence,
      table,
      fits: (key, dx) => Math.abs(dx) <= LIMITS.max,
    },
  );
}

/**
 * Return { element, show(change) }: a scale on which a quantity moves from `before` by low to high.
 * @type {(symbol: Run[], before: number, low: number, high: number) => { element: HTMLElement, show: (change: Change) => void }}
 */
function dial(symbol, before, low, high) {
  /** @type {(change: number) => number} */
  const place = (change) => EDGE + ((WIDTH - 2 * EDGE) * (change - low)) / (high - low || 1);
  const origin = place(0);
  const gap = svg("rect", { class: "gap", y: LEVEL - 5, height: 10 });
  const promise = svg("path", { class: "promise" }),
    now = svg("circle", { class: "now", cy: LEVEL, r: 6 });
  const scale = svg(
    "svg",
    { class: "bp-dial", viewBox: `0 0 ${WIDTH} ${TALL}`, "aria-hidden": true },
    svg("path", {
      class: "scale",
      d: `M${EDGE} ${LEVEL}H${WIDTH - EDGE}M${origin} ${LEVEL - 12}v24`,
    }),
    gap,
    promise,
    now,
  );
  const [actual, promised] = [
    html("span", { class: "actual" }),
    html("span", { class: "bp-promised" }),
  ];
  /** @type {(words: string, number: HTMLElement) => HTMLElement} */
  const row = (words, number) => html("div", {}, words, number);
  const element = html(
    "div",
    {},
    html("div", {}, ...inHtml(symbol), ` = ${fmt(before, 6)}`),
    scale,
    row("moved", actual),
    row("promised", promised),
  );
  return {
    element,
    show(change) {
      /** @type {(value: number) => number} */
      const inside = (value) => Math.min(WIDTH - EDGE, Math.max(EDGE, place(value)));
      const [from, to] = [inside(change.promised), inside(change.actual)];
      setAttribute(gap, "x", Math.min(from, to));
      setAttribute(gap, "width", Math.abs(to - from));
      setAttribute(promise, "d", `M${from} ${LEVEL + 3}l-5 12h10z`);
      setAttribute(now, "cx", to);
      setText(actual, signed(change.actual));
      setText(promised, signed(change.promised));
    },
  };
}

/** @type {(value: number) => string} */
const signed = (value) => (value > 0 ? "+" : "") + fmt(value, 6);
