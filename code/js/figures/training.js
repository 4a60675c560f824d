// Train: update after update. Does it get there, and by which way?
//
// settings.controls: given numbers that can be changed, by name; settings.window: of the map, or null.
// view: updates: how many are made; look: after how many of them we look; weight: the one whose way is
// drawn; across, up: the two of the map; goal: the E to train until; other: what the training is compared
// with, other_rate its learning rate, other_across and other_up where the two of the map start.

import { fmt, letters, runs, short } from "../core/latex.js";
import { weightAt, weights } from "../core/names.js";
import { reader, withValues } from "../core/network.js";
import { TABLES } from "../core/tables.js";
import { button, choice, numberControl, numberField, rule } from "../parts/controls.js";
import { html, setAttribute, setText } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { givens, RATES, WEIGHTS } from "../parts/givens.js";
import { landscape } from "../parts/landscape.js";
import { networkOf, see } from "../parts/model.js";
import { plot } from "../parts/plot.js";
import { newRun, rowsOf, turns } from "../parts/run.js";

const BUSY = 40; // ms of training at a stretch; then the page may answer
const PIECE = 500; // updates between two looks at the clock
const { COMPARED, PASS } = TABLES.figures;
const GOALS = { min: 0, max: 1e6 };

export function render({ model, el, id }) {
  const { names, controls, window, most: limit } = model.get("settings");
  const view = () => model.get("view");
  const known = weights(names).map(({ symbol }) => symbol.name);
  const net = () => networkOf(model);
  const symbol = (name) => runs(weightAt(names, name).symbol.latex);

  // ---- the elements ----

  const steps = [
    [1, "One update"],
    [10, "Ten"],
    [1000, "A thousand"],
  ].map(([n, words]) => button(words, () => goOn(done() + n)));
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
    .filter(({ name }) => controls.includes(name))
    .map(numberControl);
  const policy = rule(model, "biases", "Biases");
  const compare = choice("Compare with", Object.entries(COMPARED), (other) =>
    see(model, { other }),
  );
  const otherRate = numberControl({
    latex: "\\eta",
    limits: RATES,
    read: () => view().other_rate,
    write: (other_rate) => see(model, { other_rate }),
  });
  const compared = html("div", { class: "bp-controls bp-compared-by" });
  const back = html("input", { type: "range", min: 0, step: 1, "aria-label": "Look back" }),
    looked = html("span", {});
  back.addEventListener("input", () => see(model, { look: main.kept[back.value].n }));
  const word = (name) => letters(weightAt(names, name).symbol.latex);
  const weight = choice(
    "The way of",
    known.map((name) => [name, word(name)]),
    (weight) => see(model, { weight }),
  );
  const [across, up] = ["across", "up"].map((key) =>
    choice(
      key === "up" ? "Up" : "Across",
      known.map((name) => [name, word(name)]),
      (name) => see(model, { [key]: name, [`other_${key}`]: reader(names, name)(net()) }),
    ),
  );
  const [losses, outputs, way] = [plot(), plot(), plot()];
  const map = html("div", {});
  const fold = html(
    "details",
    { class: "bp-map" },
    html("summary", {}, "E as a landscape over two of the weights"),
    html("div", { class: "bp-controls" }, across.element, up.element),
    map,
    ...(known.length > 2
      ? [
          html(
            "p",
            {},
            "A slice: the other weights are held at what they are at the full dot. On the way they moved too.",
          ),
        ]
      : []),
  );
  fold.addEventListener("toggle", showMap);

  /** The controls of what the training is compared with; those of another start change with the map. */
  let shownFor,
    comparing = [];
  function showCompared() {
    const { other, across, up } = view(),
      now = other === "start" ? `${across} ${up}` : other;
    if (now !== shownFor) {
      shownFor = now;
      comparing =
        other === "rate"
          ? [otherRate]
          : other !== "start"
            ? []
            : ["across", "up"].map((key) =>
                numberControl({
                  latex: weightAt(names, view()[key]).symbol.latex,
                  limits: WEIGHTS,
                  read: () => view()[`other_${key}`],
                  write: (value) => see(model, { [`other_${key}`]: value }),
                }),
              );
      compared.replaceChildren(
        ...(comparing.length
          ? [html("p", {}, other === "rate" ? "The other’s rate:" : "The other starts from:")]
          : []),
        ...comparing.map(({ element }) => element),
      );
    }
    for (const control of comparing) control.show();
  }

  // ---- the trainings ----

  let main,
    other,
    timer,
    nextMap,
    inPieces = false;
  let trained, asked, drawn; // the state for which there is a training, so many updates, a picture
  let wanted = null; // the E to train until, while that is on its way
  const done = () => main.losses.length - 1;
  const within = (n) => Math.min(limit, Math.max(0, Math.floor(n)));
  const goOn = (n) => see(model, { updates: within(n), look: within(n) });

  function begin() {
    const { other: kind, other_rate, across, up, other_across, other_up } = view();
    const options = { biases: model.get("biases"), hiddenWeights: model.get("hidden_weights") };
    const run = (net, rate, changed) =>
      newRun(net, model.get("x"), model.get("t"), rate, { ...options, ...changed });
    const rate = model.get("learning_rate");
    main = run(net(), rate);
    other = null;
    if (kind === "rate") other = run(net(), other_rate);
    else if (kind === "start")
      other = run(withValues(net(), { [across]: other_across, [up]: other_up }), rate);
    else if (kind === "mistake") other = run(net(), rate, { hiddenWeights: "updated" });
    else if (kind !== "nothing") other = run(net(), rate, { biases: kind });
  }

  /** Train until there is what the state asks for, in pieces, so that the page can answer between. */
  function work() {
    clearTimeout(timer);
    const start = performance.now(),
      to = wanted === null ? within(view().updates) : limit,
      below = wanted ?? undefined;
    const isThere = () => done() >= to || main.diverged !== null || main.losses.at(-1) < below;
    while (!isThere() && performance.now() - start < BUSY) {
      main.extend(Math.min(done() + PIECE, to), below);
      other?.extend(done());
    }
    show();
    if (!isThere()) {
      inPieces = true;
      setText(progress, `${counted(done())} so far …`);
      timer = setTimeout(work);
      return;
    }
    setText(progress, "");
    const change = wanted === null ? {} : { updates: main.diverged ?? done(), look: done() };
    if (wanted === null && !inPieces) return;
    inPieces = false;
    wanted = null;
    see(model, change); // what has come about is said, and linked to
  }

  // ---- what is shown ----

  const isSame = () => view().other === "nothing";
  const labels = () =>
    ({
      rate: [`η ${short(model.get("learning_rate"))}`, `η ${short(view().other_rate)}`],
      start: ["this start", "the other"],
      mistake: ["right", "mistake"],
    })[view().other] ?? [model.get("biases"), view().other];
  const pair = (own) => [
    { run: main, look: "new", label: isSame() ? own : labels()[0] },
    ...(other ? [{ run: other, look: "other", label: labels()[1] }] : []),
  ];

  /** The one that is kept of a run after as many updates as we look at, or the last before. */
  function at(run) {
    const look = wanted === null && !inPieces ? view().look : done();
    return run.kept[run.kept.findLastIndex(({ n }) => n <= look)] ?? run.kept[0];
  }

  function show() {
    const most = done(),
      targets = rowsOf(model.get("t")),
      isBatch = targets.length > 1,
      isWide = targets[0].length > 1;
    losses.show(
      pair(names.total.name).map(({ run, look, label }) => {
        const xs = thinned(run.losses.length);
        return { xs, ys: xs.map((n) => run.losses[n]), look, label };
      }),
      most,
      { log: true },
    );
    const xs = main.kept.map(({ n }) => n),
      each = targets.flatMap((row, m) => row.map((y, k) => ({ y, m, k })));
    outputs.show(
      each.map(({ m, k }) => ({
        xs,
        ys: main.kept.map(({ outputs }) => outputs[m][k]),
        look: "forward",
        label: isBatch ? `${m + 1}${isWide ? `, ${k + 1}` : ""}` : runs(names.out.at(-1)[k].latex),
      })),
      most,
      { levels: each.map(({ y, k }) => ({ y, label: isBatch ? "" : runs(names.t[k].latex) })) },
    );
    const read = reader(names, view().weight);
    way.show(
      pair(symbol(view().weight)).map(({ run, look, label }) => ({
        xs: run.kept.map(({ n }) => n),
        ys: run.kept.map(({ net }) => read(net)),
        look,
        label,
      })),
      most,
    );
    back.max = main.kept.length - 1;
    showLook();
  }

  /** Show what depends on where in the history we look. */
  function showLook() {
    const { n } = at(main),
      words = `after ${n.toLocaleString("en")} of ${counted(done())}`;
    for (const plot of [losses, outputs, way]) plot.mark(n);
    back.value = main.kept.findIndex((kept) => kept.n === n);
    setAttribute(back, "aria-valuetext", words);
    setText(looked, words);
    cancelAnimationFrame(nextMap);
    nextMap = requestAnimationFrame(showMap); // it takes as long as a frame: not twice in one
  }

  function showMap() {
    if (!fold.open) return;
    const { across, up } = view(),
      { n, net } = at(main);
    const ways = pair("").map(({ run, look, label }) => ({
      nets: run.kept.filter((kept) => kept.n <= n).map(({ net }) => net),
      look,
      label,
    }));
    map.replaceChildren(
      across === up
        ? "Choose two different weights."
        : landscape(net, model.get("x"), model.get("t"), [across, up], ways, window),
    );
  }

  function update() {
    const { updates, look, weight: picked, goal: _, across: x, up: y, ...others } = view();
    const isStart = others.other === "start";
    const now = JSON.stringify([...PASS.map((key) => model.get(key)), others, isStart && [x, y]]);
    if (now !== trained || (within(updates) < done() && wanted === null)) begin();
    if (now !== trained || updates !== asked) wanted = null; // it was for another training
    for (const control of [...numbers, goal]) control.show();
    policy.show(model.get("biases"));
    compare.show(others.other);
    showCompared();
    weight.show(picked);
    across.show(x);
    up.show(y);
    const picture = JSON.stringify([now, updates, picked]);
    const isNew = picture !== drawn;
    [trained, asked, drawn] = [now, updates, picture];
    if (isNew && wanted === null) work();
    else showLook();
  }

  const E = (value) => (value < 1e6 ? fmt(value) : short(value, 6));

  function sentence() {
    const { weight, goal } = view(),
      called = word(weight),
      read = reader(names, weight),
      { n, net } = at(main);
    if (inPieces) return `Training: ${counted(done())} so far …`;
    const told = [
      `After ${counted(n)} E is ${E(main.losses[n])}, and ${called} is ${short(read(net), 6)}.`,
    ];
    if (n < done()) told.push(`${counted(done())} are made.`);
    if (main.diverged !== null)
      told.push(
        `Update ${main.diverged.toLocaleString("en")} makes numbers too large for a computer: the training diverges, the learning rate is too large.`,
      );
    const first = main.losses.findIndex((E) => E < goal);
    if (first >= 0) told.push(`E is below ${short(goal, 6)} after ${counted(first)}.`);
    else if (done() >= limit)
      told.push(`Within ${counted(limit)} E does not get below ${short(goal, 6)}.`);
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
      told.push(`Compared, with ${COMPARED[view().other]}: ${ends}.`);
    }
    return told.join(" ");
  }

  function table() {
    const stations = main.kept.filter(
      ({ n }, k) =>
        k === main.kept.length - 1 ||
        n === 0 ||
        Number.isInteger(Math.log10(n)) ||
        n === at(main).n,
    );
    const picked = [...new Set([view().weight, ...(fold.open ? [view().across, view().up] : [])])];
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
        ...picked.map(symbol),
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

  const fits = (key, value) =>
    ["weight", "across", "up"].includes(key)
      ? known.includes(value)
      : key === "other"
        ? value in COMPARED
        : key === "updates" || key === "look"
          ? value === within(value)
          : isWithin(value, { other_rate: RATES, goal: GOALS }[key] ?? WEIGHTS);

  const isBatch = rowsOf(model.get("t")).length > 1,
    isWide = names.t.length > 1;
  const titled = (title, { element }) =>
    html("div", {}, html("div", { class: "title" }, title), element);
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
          compare.element,
        ),
        compared,
        html("label", { class: "bp-back" }, "Look back", back, looked),
        html(
          "div",
          { class: "bp-plots" },
          titled("E, in powers of ten", losses),
          titled(
            isBatch
              ? `The outputs by example${isWide ? " and unit" : ""}, and their targets`
              : "The outputs, and their targets",
            outputs,
          ),
          titled(weight.element, way),
        ),
        fold,
      ],
      update,
      sentence,
      table,
      fits,
      stop() {
        clearTimeout(timer);
        cancelAnimationFrame(nextMap);
      },
    },
  );
}

const isWithin = (value, { min, max }) => value >= min && value <= max;
const counted = (n) => `${n.toLocaleString("en")} ${n === 1 ? "update" : "updates"}`;

/** Numbers of updates enough for a curve: all of the first, then ever fewer. */
function thinned(length) {
  const found = [];
  for (let n = 0; n < length; n = Math.max(n + 1, Math.floor(n * 1.02))) found.push(n);
  if (found.at(-1) !== length - 1) found.push(length - 1);
  return found;
}
