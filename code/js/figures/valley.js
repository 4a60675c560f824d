// A narrow valley: two optimisers walk in it from one place. Which of them comes down, and how?
//
// settings: curvatures along and across the valley; start, along and across; updates that are drawn; window and
// levels of the map; most_rate. view: first and second, each an optimiser of WALKERS, second also "nothing";
// first_rate, second_rate; beta, of momentum; turn, of TURNS: by how many degrees the valley is turned.

import { short } from "../core/latex.js";
import { STEPS } from "../core/optimisers.js";
import { TABLES } from "../core/tables.js";
import { axes, borders, height, walk } from "../core/valley.js";
import { choice, numberControl } from "../parts/controls.js";
import { html, setText } from "../parts/dom.js";
import { frame } from "../parts/frame.js";
import { map } from "../parts/map.js";
import { see } from "../parts/model.js";

const { WALKERS, TURNS } = TABLES.figures;
const CELLS = 80, // of the map, each way
  TALL = 174, // pixels: a step is drawn as long across as along
  LONGEST = 3000, // updates within which a walk may arrive
  NEAR = 0.1; // from the bottom: so near has it arrived
const BETAS = { min: 0, max: 0.999, low: 0, high: 0.99, step: 0.01 };

/** @type {Render} */
export function render({ model, el, id }) {
  /** @type {ValleySettings} */
  const settings = model.get("settings");
  /** @type {() => ValleyView} */
  const view = () => model.get("view");
  const limits = { min: 1e-4, max: settings.most_rate, low: 0.01, high: 0.5, step: 0.01 };

  const walkers = Object.entries(WALKERS);
  /** @type {(words: string, key: "first" | "second", options: [string, string][]) => { element: HTMLElement, show: () => void }} */
  const walker = (words, key, options) => {
    const who = choice(words, options, (value) => see(model, { [key]: value }));
    const rate = numberControl({
      latex: "\\eta",
      limits,
      read: () => view()[`${key}_rate`],
      write: (value) => see(model, { [`${key}_rate`]: value }),
    });
    return {
      element: html("div", {}, who.element, rate.element),
      show() {
        who.show(view()[key]);
        rate.show();
        rate.element.hidden = view()[key] === "nothing";
      },
    };
  };
  const first = walker("Solid", "first", walkers),
    second = walker("Dashed", "second", [...walkers, ["nothing", "nothing"]]);
  const beta = numberControl({
    latex: "\\beta",
    limits: BETAS,
    read: () => view().beta,
    write: (value) => see(model, { beta: value }),
  });
  const turn = choice("Valley", Object.entries(TURNS), (value) => see(model, { turn: value }));
  const place = html("div", { class: "bp-valley" });
  const told = html("p", {});

  /** @type {ValleyWalk[]} */
  let walks = [];
  function update() {
    const now = view();
    for (const control of [first, second, beta]) control.show();
    beta.element.hidden = ![now.first, now.second].includes("momentum");
    turn.show(now.turn);
    walks = walksOf(settings, now);
    place.replaceChildren(mapOf(settings, now, walks));
    setText(told, bordersIn(settings, now));
  }

  return frame(
    { model, el, id },
    {
      parts: [
        html("div", { class: "bp-walkers" }, first.element, second.element),
        html("div", { class: "bp-controls" }, beta.element, turn.element),
        place,
        told,
      ],
      update,
      sentence: () => walks.map((one) => sentenceOf(settings, view(), one)).join(" "),
      table: () => tableOf(settings, view(), walks),
      fits: (key, value) => fits(settings, key, value),
    },
  );
}

/** @type {(settings: ValleySettings, view: ValleyView) => Valley} */
const valleyOf = ({ along, across }, { turn }) => ({ along, across, turn: Number(turn) });

/**
 * The walks that the view asks for.
 * @type {(settings: ValleySettings, view: ValleyView) => ValleyWalk[]}
 */
function walksOf(settings, view) {
  const valley = valleyOf(settings, view),
    { inside, outside } = axes(valley),
    { beta } = view;
  /** @type {OptimiserStep} */
  const heavy = (g, rate, state) => STEPS.momentum(g, rate, state, beta);
  /** @type {(optimiser: string, rate: number, look: Look) => ValleyWalk} */
  const one = (optimiser, rate, look) => {
    const step = optimiser === "momentum" ? heavy : STEPS[optimiser];
    const all = walk(valley, step, rate, outside(settings.start), LONGEST),
      places = all.slice(0, settings.updates + 1);
    const far = all.findLastIndex((at) => !(Math.hypot(...at) <= NEAR)),
      sides = places.map((at) => Math.sign(inside(at)[1]));
    return {
      optimiser,
      rate,
      look,
      places,
      arrived: far + 1 < all.length && all.length > LONGEST ? far + 1 : null,
      crossings: sides.filter((side, n) => n > 0 && side * sides[n - 1] < 0).length,
    };
  };
  return [
    one(view.first, view.first_rate, "new"),
    ...(view.second === "nothing" ? [] : [one(view.second, view.second_rate, "other")]),
  ];
}

/** @type {(settings: ValleySettings, view: ValleyView, walks: ValleyWalk[]) => SVGSVGElement} */
function mapOf(settings, view, walks) {
  const valley = valleyOf(settings, view),
    [x0, x1, y0, y1] = settings.window;
  /** @type {(n: number, low: number, high: number) => number} */
  const at = (n, low, high) => low + ((high - low) * n) / CELLS;
  const grid = Array.from({ length: CELLS + 1 }, (_, row) =>
    Array.from({ length: CELLS + 1 }, (_, column) =>
      height(valley, [at(column, x0, x1), at(row, y0, y1)]),
    ),
  );
  return map(grid, settings.levels, {
    window: settings.window,
    symbols: [[{ text: "x", italic: true }], [{ text: "y", italic: true }]],
    ways: walks.map(({ optimiser, look, places }) => ({
      places: onTheMap(places),
      look,
      label: WALKERS[optimiser],
    })),
    tall: TALL,
  });
}

/**
 * The places of a walk that are drawn: those up to the first that is far off the map.
 * @type {(places: number[][]) => number[][]}
 */
function onTheMap(places) {
  const off = places.findIndex((at) => Math.hypot(...at) > FARTHEST);
  return off < 0 ? places : places.slice(0, off + 1);
}
const FARTHEST = 2.5;

/**
 * From which rates on the walks that have borders no longer come down.
 * @type {(settings: ValleySettings, view: ValleyView) => string}
 */
function bordersIn({ across }, { first, second, beta }) {
  const here = [first, second],
    plain = borders()[2] / across,
    heavy = borders(beta)[2] / across;
  const named = [
    { who: "gradient descent", at: `2 / ${short(across)} = ${short(plain, 4)}` },
    {
      who: "momentum",
      at: `2 × (1 + ${short(beta)}) / ${short(across)} = ${short(heavy, 4)}`,
    },
  ].filter(({ who }) => here.some((one) => WALKERS[one] === who));
  const said = named.map(({ who, at }, n) =>
    n
      ? `, ${who} from ${at} on`
      : `${who[0].toUpperCase()}${who.slice(1)} no longer comes down from a rate of ${at} on`,
  );
  return said.length ? `Across the valley k is ${short(across)}. ${said.join("")}.` : "";
}

/** @type {(settings: ValleySettings, view: ValleyView, one: ValleyWalk) => string} */
function sentenceOf({ updates }, { beta }, { optimiser, rate, arrived, crossings }) {
  const who = `${WALKERS[optimiser]} at a rate of ${short(rate)}${optimiser === "momentum" ? ` with β = ${short(beta)}` : ""}`;
  const sides = `changes sides ${crossings === 1 ? "once" : `${crossings} times`} in ${updates} updates`;
  const end =
    arrived === null
      ? `is not within ${NEAR} of the bottom after ${LONGEST.toLocaleString("en")}`
      : `stays within ${NEAR} of the bottom after ${arrived}`;
  return `${who[0].toUpperCase()}${who.slice(1)} ${sides}, and ${end}.`;
}

/** @type {(settings: ValleySettings, view: ValleyView, walks: ValleyWalk[]) => Cell[][]} */
function tableOf({ updates }, view, walks) {
  const names = walks.map(({ optimiser, rate }) => `${WALKERS[optimiser]}, η = ${short(rate)}`);
  return [
    ["update", ...names.flatMap((name) => [`${name}: x`, "y"])],
    ...Array.from({ length: updates + 1 }, (_, n) => [
      String(n),
      ...walks.flatMap(({ places }) =>
        [0, 1].map((axis) => (places[n] ? short(places[n][axis], 6) : "–")),
      ),
    ]),
  ];
}

/** @type {(settings: ValleySettings, key: string, value: ValueOfKey) => boolean} */
function fits({ most_rate }, key, value) {
  if (key === "turn") return String(value) in TURNS;
  if (key === "first") return value in WALKERS;
  if (key === "second") return value in WALKERS || value === "nothing";
  if (key === "beta") return value >= BETAS.min && value < 1;
  return value > 0 && value <= most_rate;
}
