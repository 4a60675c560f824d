// Train: update after update. Does it get there, and by which path?
//
// settings.controls: given numbers that can be changed, by name; settings.window: of the map, or null;
// settings.map_first: whether the map is open and comes before the curves, which then wait for an update.
// view: updates: how many are made; look: after how many of them we look; weight: the one whose path is
// drawn; span: whether the curves show all updates or the first; across, up: the two of the map; goal: the E
// to train until; other: what the training is compared with, other_rate its learning rate, other_across and
// other_up where the two of the map start.

import { fmt, inSentence, runs, short } from "../core/latex.js";
import { weightAt, weights } from "../core/names.js";
import { asRows, reader, withValues } from "../core/network.js";
import { TABLES } from "../core/tables.js";
import {
  button,
  choice,
  numberControl,
  numberField,
  rule,
  weightChoice,
} from "../parts/controls.js";
import { html, setAttribute, setText } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { givens, RATES, WEIGHTS } from "../parts/givens.js";
import { landscape } from "../parts/landscape.js";
import { networkOf, PASS, see } from "../parts/model.js";
import { plot } from "../parts/plot.js";
import { FIRST, newRun, turns } from "../parts/run.js";

const BUSY = 40; // ms of training at a stretch; then the page may answer
const PIECE = 500; // updates between two looks at the clock
const { COMPARED, SPANS } = TABLES.figures;
const GOALS = { min: 0, max: 1e6 };
/** @type {[number, string][]} */
const STEPS = [
  [1, "One update"],
  [10, "Ten"],
  [1000, "A thousand"],
];

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {TrainingSettings} */
  const settings = model.get("settings");
  const { names, most } = settings;
  /** @type {() => TrainingView} */
  const view = () => model.get("view");
  /** @type {Trainings} */
  let trainings; // those of the state
  /** @type {number | null} */
  let wanted = null; // the E to train until, while that is on its way
  let isBusy = false; // training in pieces
  let timer = 0;
  let trained = "", // the state for which there are the trainings
    asked = 0, // so many updates
    drawn = ""; // and the pictures

  const steps = STEPS.map(([n, words]) =>
    button(words, () => {
      const updates = within(done(trainings) + n, most);
      see(model, { updates, look: updates });
    }),
  );
  const goal = numberField("E to train until", {
    limits: GOALS,
    read: () => view().goal,
    write: (goal) => see(model, { goal }),
  });
  const until = button("Until E is below", () => {
    wanted = view().goal;
    work();
  });
  const progress = html("span", {});
  const numbers = givens(model)
    .filter(({ name }) => settings.controls.includes(name))
    .map(numberControl);
  const policy = rule(model, "biases", "Biases");
  const comparison = comparisonOf(model);
  const back = lookBack((k) => see(model, { look: trainings.main.kept[k].n }));
  const plots = plotsOf(model);
  const map = mapOf(model, settings.map_first, () => {
    const { n, net } = looked();
    return landscapeOf(model, trainings, n, net);
  });

  /** The network that we look at: while it is trained, the last one. */
  const looked = () => keptAt(trainings.main, wanted === null && !isBusy ? view().look : Infinity);

  /** Train until there is what the state asks for, in pieces, so that the page can answer between. */
  function work() {
    clearTimeout(timer);
    const to = wanted === null ? within(view().updates, most) : most;
    const isThere = trainOn(trainings, to, wanted ?? undefined);
    plots.show(trainings);
    showLook();
    setText(progress, isThere ? "" : `${counted(done(trainings))} so far …`);
    if (!isThere) {
      isBusy = true;
      timer = setTimeout(work);
      return;
    }
    const { main } = trainings;
    const change =
      wanted === null ? {} : { updates: main.diverged ?? done(trainings), look: done(trainings) };
    if (wanted === null && !isBusy) return;
    isBusy = false;
    wanted = null;
    see(model, change); // what has come about is said, and linked to
  }

  /** Show what depends on where in the history we look. */
  function showLook() {
    const { n } = looked();
    plots.element.hidden = settings.map_first && done(trainings) === 0;
    plots.mark(n);
    back.show(trainings, n);
    map.showSoon();
  }

  function update() {
    const { updates, weight, span } = view();
    const now = keyOf(model);
    const isOther = now !== trained;
    if (isOther || (within(updates, most) < done(trainings) && wanted === null))
      trainings = begun(model);
    if (isOther || updates !== asked) wanted = null; // it was for another training
    for (const control of [...numbers, goal, comparison, map]) control.show();
    policy.show(model.get("biases"));
    const picture = JSON.stringify([now, updates, weight, span]);
    const isNew = picture !== drawn;
    [trained, asked, drawn] = [now, updates, picture];
    if (isNew && wanted === null) work();
    else showLook();
  }

  return frame(
    { model, el, id },
    {
      parts: [
        html(
          "div",
          { class: "bp-steps" },
          ...steps,
          html("span", { class: "bp-until" }, until, goal.field),
          progress,
          goal.fault,
        ),
        html(
          "div",
          { class: "bp-controls" },
          ...numbers.map(({ element }) => element),
          policy.element,
          comparison.choice.element,
        ),
        comparison.element,
        ...(settings.map_first
          ? [map.element, back.element, plots.element]
          : [back.element, plots.element, map.element]),
      ],
      update,
      sentence: () =>
        isBusy
          ? `Training: ${counted(done(trainings))} so far …`
          : sentenceOf(names, view(), trainings, looked(), most),
      table: () => tableOf(names, view(), trainings, looked(), map.isOpen()),
      fits: (key, value) => fits(settings, key, value),
      stop() {
        clearTimeout(timer);
        map.stop();
      },
    },
  );
}

// ---- the trainings of a state -----------------------------------------------------------------------

/**
 * On what the trainings of a model depend, as text.
 * @type {(model: Model) => string}
 */
function keyOf(model) {
  /** @type {TrainingView} */
  const { other, other_rate, other_across, other_up, across, up } = model.get("view");
  return JSON.stringify([
    ...PASS.map((key) => model.get(key)),
    [other, other_rate, other_across, other_up],
    other === "start" && [across, up],
  ]);
}

/**
 * The trainings of a model at their start.
 * @type {(model: Model) => Trainings}
 */
function begun(model) {
  /** @type {TrainingView} */
  const { other, other_rate, across, up, other_across, other_up } = model.get("view");
  const net = networkOf(model),
    rate = model.get("learning_rate");
  const rules = { biases: model.get("biases"), hiddenWeights: model.get("hidden_weights") };
  /** @type {(net: Network, rate: number, changed?: Rules) => Training} */
  const run = (net, rate, changed) =>
    newRun(net, model.get("x"), model.get("t"), rate, { ...rules, ...changed });
  /** @type {Record<string, () => Training | null>} */
  const others = {
    nothing: () => null,
    rate: () => run(net, other_rate),
    start: () => run(withValues(net, { [across]: other_across, [up]: other_up }), rate),
    mistake: () => run(net, rate, { hiddenWeights: "updated" }),
  };
  const compared =
    others[other] ?? (() => run(net, rate, { biases: /** @type {Biases} */ (other) }));
  return { main: run(net, rate), other: compared() };
}

/**
 * How many updates are made.
 * @type {(trainings: Trainings) => number}
 */
const done = ({ main }) => main.losses.length - 1;

/**
 * Train on for a while, until `to` updates are made or E is below; return whether that is so.
 * @type {(trainings: Trainings, to: number, below?: number) => boolean}
 */
function trainOn(trainings, to, below) {
  const { main, other } = trainings,
    start = performance.now();
  const isThere = () =>
    done(trainings) >= to || main.diverged !== null || main.losses.at(-1) < below;
  while (!isThere() && performance.now() - start < BUSY) {
    main.extend(Math.min(done(trainings) + PIECE, to), below);
    other?.extend(done(trainings));
  }
  return isThere();
}

/**
 * What is kept of a training after so many updates, or the last before.
 * @type {(run: Training, n: number) => Training["kept"][0]}
 */
const keptAt = (run, n) => run.kept[run.kept.findLastIndex((kept) => kept.n <= n)] ?? run.kept[0];

/**
 * The trainings, each with the class of its lines and a name, `own` where there is only one.
 * @type {<L>(model: Model, trainings: Trainings, own: L) => { run: Training, look: Look, label: L | string }[]}
 */
function labelled(model, { main, other }, own) {
  if (!other) return [{ run: main, look: "new", label: own }];
  /** @type {TrainingView} */
  const view = model.get("view");
  /** @type {Record<string, [string, string]>} */
  const labels = {
    rate: [`η ${short(model.get("learning_rate"))}`, `η ${short(view.other_rate)}`],
    start: ["this start", "the other"],
    mistake: ["right", "mistake"],
  };
  const [one, two] = labels[view.other] ?? [model.get("biases"), view.other];
  return [
    { run: main, look: "new", label: one },
    { run: other, look: "other", label: two },
  ];
}

/** @type {(settings: TrainingSettings, key: string, value: ValueOfKey) => boolean} */
function fits({ names, most }, key, value) {
  if (["weight", "across", "up"].includes(key))
    return weights(names).some(({ symbol }) => symbol.name === value);
  if (key === "other") return value in COMPARED;
  if (key === "span") return value in SPANS;
  if (key === "updates" || key === "look") return value === within(value, most);
  const { min, max } = key === "other_rate" ? RATES : key === "goal" ? GOALS : WEIGHTS;
  return value >= min && value <= max;
}

/** @type {(n: number, most: number) => number} */
const within = (n, most) => Math.min(most, Math.max(0, Math.floor(n)));

// ---- the parts of the figure ------------------------------------------------------------------------

/**
 * What the training is compared with, and the controls of that; those of another start change with the map.
 * @type {(model: Model) => { choice: Choice, element: HTMLElement, show: () => void }}
 */
function comparisonOf(model) {
  /** @type {() => TrainingView} */
  const view = () => model.get("view");
  /** @type {NetworkSettings} */
  const { names } = model.get("settings");
  const kind = choice("Compare with", Object.entries(COMPARED), (other) => see(model, { other }));
  const element = html("div", { class: "bp-controls bp-compared-by" });
  const rate = numberControl({
    latex: "\\eta",
    limits: RATES,
    read: () => view().other_rate,
    write: (other_rate) => see(model, { other_rate }),
  });
  const starts = () =>
    /** @type {const} */ (["across", "up"]).map((key) =>
      numberControl({
        latex: weightAt(names, view()[key]).symbol.latex,
        limits: WEIGHTS,
        read: () => view()[`other_${key}`],
        write: (value) => see(model, { [`other_${key}`]: value }),
      }),
    );
  let shownFor = "";
  /** @type {Shown[]} */
  let controls = [];
  function show() {
    const { other, across, up } = view(),
      now = other === "start" ? `${across} ${up}` : other;
    kind.show(other);
    if (now !== shownFor) {
      shownFor = now;
      controls = other === "rate" ? [rate] : other === "start" ? starts() : [];
      const words = other === "rate" ? "The other’s rate:" : "The other starts from:";
      element.replaceChildren(
        ...(controls.length ? [html("p", {}, words)] : []),
        ...controls.map(({ element }) => element),
      );
    }
    for (const control of controls) control.show();
  }
  return { choice: kind, element, show };
}

/**
 * The slider that looks back; look(k) is called with the number of what is kept.
 * @type {(look: (k: number) => void) => { element: HTMLElement, show: (trainings: Trainings, n: number) => void }}
 */
function lookBack(look) {
  const slider = html("input", { type: "range", min: 0, step: 1, "aria-label": "Look back" }),
    said = html("span", {});
  slider.addEventListener("input", () => look(Number(slider.value)));
  return {
    element: html("label", { class: "bp-back" }, "Look back", slider, said),
    show(trainings, n) {
      const { kept } = trainings.main,
        words = `after ${n.toLocaleString("en")} of ${counted(done(trainings))}`;
      slider.max = String(kept.length - 1);
      slider.value = String(kept.findIndex((one) => one.n === n));
      setAttribute(slider, "aria-valuetext", words);
      setText(said, words);
    },
  };
}

/**
 * The three plots beside each other: E, the outputs, and the path of a weight; of all updates or the first.
 * @type {(model: Model) => { element: HTMLElement, show: (trainings: Trainings) => void, mark: (n: number) => void }}
 */
function plotsOf(model) {
  /** @type {NetworkSettings} */
  const { names } = model.get("settings");
  const [losses, outputs, way] = [plot(), plot(), plot()];
  const weight = weightChoice(names, "Path of", (weight) => see(model, { weight }));
  const span = choice("Curves of", Object.entries(SPANS), (span) => see(model, { span }));
  const isBatch = asRows(model.get("t")).length > 1,
    isWide = names.t.length > 1;
  const ofOutputs = isBatch
    ? `The outputs by example${isWide ? " and unit" : ""}, and their targets`
    : "The outputs, and their targets";
  /** @type {(title: Child, plot: Plot) => HTMLElement} */
  const titled = (title, { element }) =>
    html("div", {}, html("div", { class: "title" }, title), element);
  return {
    element: html(
      "div",
      {},
      html("div", { class: "bp-controls" }, span.element),
      html(
        "div",
        { class: "bp-plots" },
        titled("E (logarithmic scale)", losses),
        titled(ofOutputs, outputs),
        titled(weight.element, way),
      ),
    ),
    show(trainings) {
      const { weight: picked, span: shown } = model.get("view"),
        upTo = shown === "first" ? Math.min(FIRST, done(trainings)) : done(trainings),
        targets = asRows(model.get("t"));
      weight.show(picked);
      span.show(shown);
      /** @type {(curves: Curve[]) => Curve[]} */
      const cut = (curves) => curves.map((curve) => cutAt(curve, upTo));
      const runsOf = labelled(model, trainings, names.total.name);
      losses.show(cut(lossCurves(runsOf)), upTo, { log: true });
      outputs.show(cut(outputCurves(names, trainings.main, targets)), upTo, {
        levels: levelsOf(names, targets),
      });
      const latex = runs(weightAt(names, picked).symbol.latex);
      const ways = wayCurves(labelled(model, trainings, latex), reader(names, picked));
      way.show(cut(ways), upTo);
    },
    mark(n) {
      for (const plot of [losses, outputs, way]) plot.mark(n);
    },
  };
}

/**
 * The map in its fold, and the two weights that are chosen for it; draw() is what is drawn when it is open,
 * as it is at first if `isOpen`.
 * @type {(model: Model, isOpen: boolean, draw: () => Child) => {
 *   element: HTMLElement, show: () => void, showSoon: () => void, isOpen: () => boolean, stop: () => void }}
 */
function mapOf(model, isOpen, draw) {
  /** @type {NetworkSettings} */
  const { names } = model.get("settings");
  const [across, up] = ["across", "up"].map((key) =>
    weightChoice(names, key === "up" ? "Up" : "Across", (name) =>
      see(model, { [key]: name, [`other_${key}`]: reader(names, name)(networkOf(model)) }),
    ),
  );
  const map = html("div", {});
  const slice =
    "A slice: the other weights are held at what they are at the full dot. On the way they moved too.";
  const fold = html(
    "details",
    { class: "bp-map" },
    html("summary", {}, "E as a landscape over two of the weights"),
    html("div", { class: "bp-controls" }, across.element, up.element),
    map,
    ...(weights(names).length > 2 ? [html("p", {}, slice)] : []),
  );
  fold.open = isOpen;
  const showMap = () => {
    if (fold.open) map.replaceChildren(draw());
  };
  fold.addEventListener("toggle", showMap);
  let next = 0;
  return {
    element: fold,
    show() {
      across.show(model.get("view").across);
      up.show(model.get("view").up);
    },
    showSoon() {
      cancelAnimationFrame(next);
      next = requestAnimationFrame(showMap); // it takes as long as a frame: not twice in one
    },
    isOpen: () => fold.open,
    stop: () => cancelAnimationFrame(next),
  };
}

// ---- curves and ways --------------------------------------------------------------------------------

/** @type {(runs: ReturnType<typeof labelled<string>>) => Curve[]} */
const lossCurves = (runs) =>
  runs.map(({ run, look, label }) => {
    const xs = thinned(run.losses.length);
    return { xs, ys: xs.map((n) => run.losses[n]), look, label };
  });

/** @type {(names: Names, main: Training, targets: number[][]) => Curve[]} */
function outputCurves(names, { kept }, targets) {
  const isBatch = targets.length > 1,
    isWide = targets[0].length > 1;
  const xs = kept.map(({ n }) => n);
  return targets.flatMap((row, m) =>
    row.map((_, k) => ({
      xs,
      ys: kept.map(({ outputs }) => outputs[m][k]),
      look: "forward",
      label: isBatch ? `${m + 1}${isWide ? `, ${k + 1}` : ""}` : runs(names.out.at(-1)[k].latex),
    })),
  );
}

/** @type {(names: Names, targets: number[][]) => Level[]} */
const levelsOf = (names, targets) =>
  targets.flatMap((row) =>
    row.map((y, k) => ({ y, label: targets.length > 1 ? "" : runs(names.t[k].latex) })),
  );

/** @type {(runs: ReturnType<typeof labelled<Run[]>>, read: (net: Network) => number) => Curve[]} */
const wayCurves = (runs, read) =>
  runs.map(({ run: { kept }, look, label }) => ({
    xs: kept.map(({ n }) => n),
    ys: kept.map(({ net }) => read(net)),
    look,
    label,
  }));

/**
 * A curve as far as so many updates.
 * @type {(curve: Curve, upTo: number) => Curve}
 */
function cutAt(curve, upTo) {
  const length = curve.xs.findLastIndex((n) => n <= upTo) + 1;
  return { ...curve, xs: curve.xs.slice(0, length), ys: curve.ys.slice(0, length) };
}

/**
 * Numbers of updates enough for a curve: all of the first, then ever fewer.
 * @type {(length: number) => number[]}
 */
function thinned(length) {
  const found = [];
  for (let n = 0; n < length; n = Math.max(n + 1, Math.floor(n * 1.02))) found.push(n);
  if (found.at(-1) !== length - 1) found.push(length - 1);
  return found;
}

/**
 * The map of a network after n updates, with the ways of the trainings to there; or why there is none.
 * @type {(model: Model, trainings: Trainings, n: number, net: Network) => Child}
 */
function landscapeOf(model, trainings, n, net) {
  const { across, up } = model.get("view");
  if (across === up) return "Choose two different weights.";
  const ways = labelled(model, trainings, "").map(({ run, look, label }) => ({
    nets: run.kept.filter((kept) => kept.n <= n).map(({ net }) => net),
    look,
    label,
  }));
  const { window } = model.get("settings");
  return landscape(net, model.get("x"), model.get("t"), [across, up], ways, window);
}

// ---- in words ---------------------------------------------------------------------------------------

/** @type {(names: Names, view: TrainingView, trainings: Trainings, looked: KeptNetwork, most: number) => string} */
function sentenceOf(names, { weight, goal, other: kind }, trainings, { n, net }, most) {
  const { main, other } = trainings,
    called = inSentence(weightAt(names, weight).symbol.latex),
    read = reader(names, weight);
  const told = [
    `After ${counted(n)} E is ${E(main.losses[n])}, and ${called} is ${short(read(net), 6)}.`,
  ];
  if (n < done(trainings)) told.push(`${counted(done(trainings))} are made.`);
  if (main.diverged !== null)
    told.push(
      `Update ${main.diverged.toLocaleString("en")} makes numbers too large for a computer: the training diverges, the learning rate is too large.`,
    );
  const first = main.losses.findIndex((E) => E < goal);
  if (first >= 0) told.push(`E is below ${short(goal, 6)} after ${counted(first)}.`);
  else if (done(trainings) >= most)
    told.push(`Within ${counted(most)} E does not get below ${short(goal, 6)}.`);
  const turned = turns(main, read, 3).map((n) => n.toLocaleString("en"));
  if (turned.length > 2)
    told.push(`${called} turns round again and again, first after ${turned[0]} updates.`);
  else if (turned.length)
    told.push(`${called} turns round after ${turned.join(" updates and again after ")} updates.`);
  if (other) {
    const ends =
      other.diverged === null
        ? `E is ${E(other.losses[Math.min(n, other.losses.length - 1)])}`
        : `update ${other.diverged.toLocaleString("en")} makes numbers too large for a computer`;
    told.push(`Compared, with ${COMPARED[kind]}: ${ends}.`);
  }
  return told.join(" ");
}

/**
 * The numbers after 1, 10, 100, … updates, where we look, and at the end.
 * @type {(names: Names, view: TrainingView, trainings: Trainings, looked: KeptNetwork, isMapOpen: boolean) => Cell[][]}
 */
function tableOf(names, { weight, across, up }, { main, other }, looked, isMapOpen) {
  const stations = main.kept.filter(
    ({ n }, k) =>
      k === main.kept.length - 1 || n === 0 || Number.isInteger(Math.log10(n)) || n === looked.n,
  );
  const picked = [...new Set([weight, ...(isMapOpen ? [across, up] : [])])];
  const isBatch = main.kept[0].outputs.length > 1;
  const outs = main.kept[0].outputs.flatMap((row, m) => row.map((_, k) => ({ m, k })));
  return [
    [
      "updates",
      names.total.name,
      ...(other ? ["E, compared"] : []),
      ...outs.map(({ m, k }) => [
        ...runs(names.out.at(-1)[k].latex),
        ...(isBatch ? [{ text: `, example ${m + 1}` }] : []),
      ]),
      ...picked.map((name) => runs(weightAt(names, name).symbol.latex)),
    ],
    ...stations.map(({ n, net, outputs }) => [
      n.toLocaleString("en"),
      E(main.losses[n]),
      ...(other ? [n < other.losses.length ? E(other.losses[n]) : "–"] : []),
      ...outs.map(({ m, k }) => short(outputs[m][k], 6)),
      ...picked.map((name) => short(reader(names, name)(net), 9)),
    ]),
  ];
}

/** @type {(value: number) => string} */
const E = (value) => (value < 1e6 ? fmt(value) : short(value, 6));
/** @type {(n: number) => string} */
const counted = (n) => `${n.toLocaleString("en")} ${n === 1 ? "update" : "updates"}`;
