// Train: update after update. Does it get there, and by which way?
//
// settings.controls: given numbers that can be changed, by name; settings.window: of the map, or null.
// view: updates: how many are made; other, other_rate: what the training is compared with; weight: the
// one whose way is drawn; across, up: the two of the map; goal: the E to train until.

import { button, choice, numberControl, rule } from "./controls.js";
import { html, inHtml } from "./dom.js";
import { frame } from "./frame.js";
import { givens } from "./givens.js";
import { landscape, valueOf } from "./landscape.js";
import { forward, weightAt, weights } from "./nn.js";
import { plot } from "./plot.js";
import { MOST, newRun, turn } from "./run.js";
import { fmt, runs, said } from "./text.js";

const BUSY = 40; // ms of training at a stretch; then the page may answer
const PIECE = 2000; // updates between two looks at the clock
const OTHERS = {
  nothing: "nothing",
  rate: "another learning rate",
  updated: "updated biases",
  frozen: "frozen biases",
  shared: "shared biases",
  mistake: "hidden deltas by updated weights, a mistake",
};

export function render({ model, el, id }) {
  const { names, activations, loss, controls, window } = model.get("settings");
  const view = () => model.get("view");
  const see = (change) => {
    model.set("view", { ...view(), ...change });
    model.save_changes();
  };
  const named = weights(names).map(({ symbol }) => [symbol.name, said(symbol.name)]);

  // ---- the elements ----

  const numbers = new Map(givens(model).map((given) => [given.name, numberControl(given)]));
  const policy = rule(model, "biases", "Biases", [["updated", "updated"], ["frozen", "frozen"], ["shared", "updated, shared by a layer"]]);
  const train = (more) => see({ updates: Math.min(MOST, done() + more) });
  const goal = numberControl({
    latex: "E", limits: { min: 0, max: 1e6, low: 0, high: 0.1, step: 0.001 }, read: () => view().goal, write: (goal) => see({ goal }),
  });
  let wanted = null; // the E to train until, while that is on its way
  const until = button("Train until E is below this", () => {
    wanted = view().goal;
    work();
  });
  const compare = choice("Compare with", Object.entries(OTHERS), (other) => see({ other }));
  const otherRate = numberControl({
    latex: "\\eta_2", limits: { min: 1e-6, max: 1000, low: 0.01, high: Math.max(5, view().other_rate), step: 0.01 },
    read: () => view().other_rate, write: (other_rate) => see({ other_rate }),
  });
  const [weight, across, up] = [["weight", "The way of"], ["across", "Across"], ["up", "Up"]].map(([key, words]) => ({
    key, ...choice(words, named, (name) => see({ [key]: name })),
  }));
  const [losses, outputs, way] = [plot(), plot(), plot()];
  const map = html("div", {});
  const isSlice = named.length > 2;
  const slice = html("p", { hidden: !isSlice }, "A slice: the other weights are held at what they are now. On the way they moved too.");
  const fold = html(
    "details", { class: "bp-map" }, html("summary", {}, "E as a landscape over two of the weights"),
    html("div", { class: "bp-controls" }, across.element, up.element), map, slice
  );
  fold.addEventListener("toggle", showMap);

  // ---- the trainings ----

  let main, other, key, timer, pieceDone = true;
  const done = () => main.losses.length - 1;
  const net = () => ({ W: model.get("W"), b: model.get("b"), names, activations, loss });

  function begin() {
    const { other: kind, other_rate } = view();
    const options = { biases: model.get("biases"), hiddenWeights: model.get("hidden_weights") };
    const rate = model.get("learning_rate"), x = model.get("x"), t = model.get("t");
    main = newRun(net(), x, t, rate, options);
    other = null;
    if (kind === "rate") other = newRun(net(), x, t, other_rate, options);
    else if (kind === "mistake") other = newRun(net(), x, t, rate, { ...options, hiddenWeights: "updated" });
    else if (kind !== "nothing") other = newRun(net(), x, t, rate, { ...options, biases: kind });
  }

  /** Train until there is what the state asks for, in pieces, so that the page can answer between. */
  function work() {
    clearTimeout(timer);
    const start = performance.now();
    const there = () => (wanted === null ? done() >= view().updates : done() >= MOST || main.losses.at(-1) < wanted) || main.diverged !== null;
    while (!there() && performance.now() - start < BUSY) {
      const to = Math.min(done() + PIECE, wanted === null ? view().updates : MOST);
      main.extend(to, wanted ?? undefined);
      other?.extend(done());
    }
    other?.extend(done());
    pieceDone = there();
    show();
    if (!pieceDone) timer = setTimeout(work);
    else if (wanted !== null) {
      wanted = null;
      see({ updates: done() });
    }
  }

  // ---- what is shown ----

  const pair = () => [{ run: main, look: "new", label: "" }, ...(other ? [{ run: other, look: "other", label: otherName() }] : [])];
  const otherName = () => ({ rate: `η₂ ${fmt(view().other_rate, 3)}`, mistake: "mistake" })[view().other] ?? view().other;
  const ownName = () => ({ rate: `η ${fmt(model.get("learning_rate"), 3)}`, mistake: "right" })[view().other] ?? model.get("biases");

  function show() {
    const most = done(), both = pair();
    losses.show(
      both.map(({ run, look, label }) => {
        const xs = thinned(run.losses.length);
        return { xs, ys: xs.map((n) => run.losses[n]), look, label: label || (other ? ownName() : "E") };
      }),
      most, { log: true }
    );
    const delivered = main.kept.map(({ n, net }) => ({ n, rows: rowsOf(forward(net, model.get("x")).a.at(-1)) }));
    const targets = rowsOf(model.get("t"));
    const curves = targets.flatMap((row, m) =>
      row.map((_, k) => ({
        xs: delivered.map(({ n }) => n), ys: delivered.map(({ rows }) => rows[m][k]), look: "forward",
        label: targets.length > 1 ? `${m + 1}${row.length > 1 ? `, ${k + 1}` : ""}` : runs(names.out.at(-1)[k].latex),
      }))
    );
    const levels = targets.flatMap((row, m) => row.map((y, k) => ({ y, label: targets.length > 1 ? "" : runs(names.t[k].latex) })));
    outputs.show(curves, most, { levels });
    way.show(
      both.map(({ run, look, label }) => ({
        xs: run.kept.map(({ n }) => n), ys: run.kept.map(({ net }) => valueOf(net, view().weight)), look,
        label: label || (other ? ownName() : runs(weightAt(names, view().weight).symbol.latex)),
      })),
      most
    );
    showMap();
  }

  function showMap() {
    if (!fold.open) return;
    const { across, up } = view();
    const ways = pair().map(({ run, look, label }) => ({ nets: run.kept.map(({ net }) => net), look, label: label || (other ? ownName() : "") }));
    if (across === up) map.replaceChildren("Choose two different weights.");
    else map.replaceChildren(landscape(main.net, model.get("x"), model.get("t"), [across, up], ways, window));
  }

  function update() {
    const now = JSON.stringify([...["W", "b", "x", "t", "learning_rate", "biases", "hidden_weights"].map((each) => model.get(each)), view().other, view().other_rate]);
    if (now !== key || view().updates < done()) begin();
    key = now;
    for (const name of controls) numbers.get(name).show();
    for (const control of [goal, otherRate]) control.show();
    policy.show(model.get("biases"));
    compare.show(view().other);
    otherRate.element.hidden = view().other !== "rate";
    for (const list of [weight, across, up]) list.show(view()[list.key]);
    if (wanted === null) work();
  }

  function sentence() {
    const { weight, goal } = view(), word = said(weight), told = [];
    if (!pieceDone) return `Training: ${done().toLocaleString("en")} updates so far …`;
    told.push(`After ${counted(done())} E is ${fmt(main.losses.at(-1), 9)}.`);
    if (main.diverged !== null) told.push(`Update ${main.diverged} makes numbers that are too large for a computer: the learning rate is too large.`);
    const first = main.losses.findIndex((E) => E < goal);
    if (first >= 0) told.push(`It is below ${fmt(goal, 6)} after ${counted(first)}.`);
    else if (done() >= MOST) told.push(`Within ${counted(MOST)} it does not get below ${fmt(goal, 6)}.`);
    const turned = turn(main.kept, (net) => valueOf(net, weight));
    if (turned) told.push(`${word} turns round after ${turned[0] === turned[1] ? turned[0] : `between ${turned[0]} and ${turned[1]}`} updates.`);
    if (other) {
      const ends = other.diverged === null ? `E is ${fmt(other.losses.at(-1), 9)}` : `the numbers are too large for a computer after ${counted(other.diverged)}`;
      told.push(`Compared, with ${OTHERS[view().other]}: ${ends}.`);
    }
    return told.join(" ");
  }

  function table() {
    const stations = main.kept.filter(({ n }, k) => k === main.kept.length - 1 || n === 0 || Number.isInteger(Math.log10(n)));
    return [
      ["updates", names.total.name, ...(other ? ["compared"] : []), runs(weightAt(names, view().weight).symbol.latex)],
      ...stations.map(({ n, net }) => [
        n.toLocaleString("en"), fmt(main.losses[n]), ...(other ? [n < other.losses.length ? fmt(other.losses[n]) : "–"] : []), fmt(valueOf(net, view().weight)),
      ]),
    ];
  }

  const titled = (title, { element }) => html("div", {}, html("p", { class: "title" }, ...title), element);
  return frame({ model, el, id }, {
    parts: [
      html("div", { class: "bp-steps" }, ...[[1, "One update"], [10, "Ten"], [1000, "A thousand"]].map(([n, words]) => button(words, () => train(n)))),
      html("div", { class: "bp-controls" }, ...controls.map((name) => numbers.get(name).element), html("div", {}, goal.element, until), policy.element, compare.element, otherRate.element),
      html("div", { class: "bp-plots" }, titled(["E, in powers of ten"], losses), titled(["The outputs, and their targets"], outputs), titled([weight.element], way)),
      fold,
    ],
    update, sentence, table,
    stop: () => clearTimeout(timer),
  });
}

const rowsOf = (value) => (Array.isArray(value[0]) ? value : [value]);
const counted = (n) => `${n.toLocaleString("en")} ${n === 1 ? "update" : "updates"}`;

/** Numbers of updates enough for a curve: all of the first, then ever fewer. */
function thinned(length) {
  const found = [];
  for (let n = 0; n < length; n = Math.max(n + 1, Math.floor(n * 1.02))) found.push(n);
  if (found.at(-1) !== length - 1) found.push(length - 1);
  return found;
}
