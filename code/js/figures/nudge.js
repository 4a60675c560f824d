// Nudge: turn one weight, and see what every quantity after it does, and what its slope had promised.
//
// settings.weight: the one that is turned; a single path leads from it to the loss. view.dx: by how much.

import { fmt, runs, said } from "../core/latex.js";
import { weightAt } from "../core/names.js";
import { reader, withValues } from "../core/network.js";
import { why } from "../core/paths.js";
import { trace, valuesOf } from "../core/trace.js";
import { button, numberControl } from "../parts/controls.js";
import { html, inHtml, setAttribute, setText, svg, svgText } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { networkOf, see } from "../parts/model.js";

const LIMITS = { min: -10, max: 10, low: -2, high: 2, step: 0.01 };
const WIDTH = 200,
  TALL = 52,
  EDGE = 8,
  LEVEL = 20,
  SMALL = 17; // of a dial, in pixels: where the line is, and the letters, which are drawn smaller
const ROUNDING = 8 * Number.EPSILON; // of two numbers, what their difference cannot be trusted to
const SAMPLES = 40; // nudges between low and high, by which a dial's scale is chosen

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
      return {
        name,
        before: before[name],
        actual,
        promised,
        gap: gapOf(before[name], actual, promised),
      };
    });
  }

  const symbols = Object.fromEntries(
    [symbol, ...names.net.flat(), ...names.out.flat(), names.total]
      .filter(Boolean)
      .map((one) => [one.name, one.latex]),
  );
  const tried = Array.from({ length: SAMPLES + 1 }, (_, n) =>
    changes(LIMITS.low + ((LIMITS.high - LIMITS.low) * n) / SAMPLES),
  );
  const dials = changes(dx()).map(({ name, before }, k) => {
    const reached = tried.flatMap((all) => [all[k].actual, all[k].promised]);
    const [low, high] = [Math.min(0, ...reached), Math.max(0, ...reached)];
    return dial(runs(symbols[name]), before, outwards(low), outwards(high));
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
        : gap === 0
          ? `The gap at ${said(names.total.name)} is 0, as far as a computer's rounding shows.`
          : `The gap at ${said(names.total.name)} is ${fmt(gap, 9)}. At twice the nudge the gap is ${fmt(twice, 9)}; the present one is ${fmt(gap / twice, 3)} of that.`,
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
 * Return what is left between a change and what was promised: 0 if it is no more than the rounding of
 * the two numbers whose difference the change is.
 * @type {(before: number, actual: number, promised: number) => number}
 */
function gapOf(before, actual, promised) {
  const gap = actual - promised;
  return Math.abs(gap) <= ROUNDING * (Math.abs(before) + Math.abs(before + actual)) ? 0 : gap;
}

/**
 * Return the end of a scale: rounded away from 0 to one figure.
 * @type {(value: number) => number}
 */
function outwards(value) {
  if (value === 0) return 0;
  const unit = 10 ** Math.floor(Math.log10(Math.abs(value)));
  const figure = Math.ceil(Math.abs(value) / unit - 1e-9);
  return Math.sign(value) * Number((figure * unit).toPrecision(1));
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
    ...marks(low, high, origin),
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
  const beyond = html("div", { class: "beyond" });
  const element = html(
    "div",
    {},
    html("div", {}, ...inHtml(symbol), ` = ${fmt(before, 6)}`),
    scale,
    row("moved", actual),
    row("promised", promised),
    beyond,
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
      const leaves = [change.actual, change.promised].some((it) => it < low || it > high);
      setText(beyond, leaves ? "beyond the scale" : "");
    },
  };
}

/**
 * What is written at the ends of a scale, and where nothing changes.
 * @type {(low: number, high: number, origin: number) => SVGTextElement[]}
 */
function marks(low, high, origin) {
  /** @type {(x: number, value: number, anchor: string) => SVGTextElement} */
  const mark = (x, value, anchor) =>
    svgText(x, TALL - 8, value === 0 ? "0" : signed(value), {
      size: SMALL,
      anchor,
      className: "end",
    });
  const places = [mark(0, low, "start"), mark(WIDTH, high, "end")];
  const clear = Math.min(origin, WIDTH - origin) > WIDTH / 3;
  return clear ? [...places, mark(origin, 0, "middle")] : places;
}

/** @type {(value: number) => string} */
const signed = (value) => (value > 0 ? "+" : "") + fmt(value, 6);
