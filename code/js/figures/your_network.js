// @ts-nocheck
// Your network: printed weights, an input and a target go in, every number of the pass comes out. Are your
// gradients right, and which mistake gives them if they are not?
//
// The view holds what was pasted, as text (paste.js): net, x, t, gradients; activations, one for each
// layer, parted by spaces; loss, biases, learning_rate; pick, the weight that is asked about.
// settings.most: how many weights and biases it takes.

import { ACTIVATIONS, LOSSES, partnerOf } from "../core/functions.js";
import { fmt, letters, result, runs } from "../core/latex.js";
import { WORDS } from "../core/mistakes.js";
import { derivative, indexed, weights } from "../core/names.js";
import { readGradients, readNetwork, readNumbers, Unreadable, written } from "../core/paste.js";
import { TABLES } from "../core/tables.js";
import { trace, valuesOf } from "../core/trace.js";
import { compared } from "../parts/compared.js";
import { choice, numberField, textEntry } from "../parts/controls.js";
import { html, setText } from "../parts/dom.js";
import { frame, tableOf } from "../parts/frame.js";
import { RATES } from "../parts/givens.js";
import { workedLine } from "../parts/line.js";
import { RULES, see } from "../parts/model.js";
import { passView } from "../parts/pass.js";
import { again } from "../parts/verdict.js";
import { warnings } from "../parts/warnings.js";

const ROWS = { units: "a unit of the layer, as in PyTorch", inputs: "an input, as in Keras" };
const { MOST_UNITS, MOST_LAYERS } = TABLES.diagram; // of a network that is drawn
const MOST_WARNINGS = 3;

/** @type {Render} */
export function render({ model, el, id }) {
  const { most } = model.get("settings");
  let draft = {},
    stands = {}; // by key of the view: what the reader has written, and the view's text that it came to
  let rows = null,
    reading = {}; // what a row of the weights is for: as the reader says, as it was understood
  let shown = null,
    pass = null,
    steps = [],
    said; // of the last network that fits, and of the gradients

  // ---- the elements ----

  const note = html("p"),
    turn = choice("Each row of the weights is for", Object.entries(ROWS), (value) => {
      rows = value;
      edit({}, true);
    });
  const texts = {
    net: textEntry("Weights and biases", {
      rows: 7,
      note: html("div", { class: "bp-note" }, note, turn.element),
      entered(net, isWhole) {
        if (net !== draft.net) rows = null;
        edit({ net }, isWhole);
      },
    }),
    x: textEntry("Input", { entered: (x, isWhole) => edit({ x }, isWhole) }),
    t: textEntry("Target", { entered: (t, isWhole) => edit({ t }, isWhole) }),
    gradients: textEntry("Your gradients, to be compared", { rows: 7, entered: editGradients }),
  };
  const named = (table) => Object.keys(table).map((name) => [name, name]);
  const choices = {
    loss: choice("Loss", named(LOSSES), (loss) => edit({ loss }, true)),
    biases: choice("Biases", RULES.biases, (biases) => edit({ biases }, true)),
  };
  const rate = numberField("η, the learning rate, as a number", {
    limits: RATES,
    read: () => model.get("view").learning_rate,
    write: (learning_rate) => see(model, { learning_rate }),
  });
  const functions = html("div", { class: "bp-settings" }),
    fault = html("p", { class: "bp-fault", role: "alert" });
  const stale = html(
    "p",
    { hidden: true },
    "The numbers below are still those of the last network that fits.",
  );
  const place = html("div"),
    answer = html("p", { class: "bp-answer", "aria-live": "polite" }),
    differing = html("div", { class: "bp-scroll" });

  let perLayer = []; // the choice of each layer's activation
  function showActivations(names) {
    if (names.length !== perLayer.length) {
      perLayer = names.map((_, n) =>
        choice(`Layer ${n + 1}`, named(ACTIVATIONS), (name) =>
          edit({ activations: draft.activations.split(" ").with(n, name).join(" ") }, true),
        ),
      );
      functions.replaceChildren(...perLayer.map(({ element }) => element));
    }
    perLayer.forEach((choice, n) => choice.show(names[n]));
  }

  // ---- from the reader to the model ----

  /** Take a change if everything fits with it; else say why not, unless it is half typed. */
  function edit(change, isWhole) {
    draft = { ...draft, ...change };
    const found = understood(draft, rows, most);
    if (!found.faults) {
      const { parts } = found;
      for (const key of ["net", "x", "t"]) {
        if (draft[key] === stands[key] && !rows) parts[key] = draft[key]; // the view's text as it is
        stands[key] = parts[key];
      }
      reading = found.reading;
      see(model, parts);
    } else if (isWhole) refuse(found.faults);
  }

  function editGradients(text, isWhole) {
    const { value: gradients, fault } = attempted(
      () => text.trim() && written(readGradients(text, shown.net.W, reading.rows)),
    );
    draft.gradients = text;
    if (fault === undefined) {
      stands.gradients = gradients;
      texts.gradients.refuse("");
      see(model, { gradients });
    } else if (isWhole) texts.gradients.refuse(`${fault}.`);
  }

  function refuse(faults) {
    for (const key of ["net", "x", "t"]) texts[key].refuse(faults[key] ? `${faults[key]}.` : "");
    setText(
      fault,
      ["activations", "loss", "biases"]
        .map((key) => faults[key])
        .filter(Boolean)
        .map((text) => `${text}.`)
        .join(" "),
    );
    stale.hidden = !Object.keys(faults).length;
  }

  // ---- the model's state, shown ----

  function update() {
    const view = model.get("view");
    for (const key of Object.keys(view)) {
      if (view[key] === stands[key]) continue;
      draft[key] = stands[key] = view[key]; // set by an address, by Python, by starting again
      texts[key]?.show(view[key]);
      texts[key]?.refuse("");
      if (key === "net") [rows, reading] = [null, {}];
    }
    const found = understood(view, null, most);
    refuse(found.faults ?? {});
    for (const [key, choice] of Object.entries(choices)) choice.show(draft[key]);
    rate.show();
    if (found.faults) return;
    if (!reading.rows) ({ reading } = found);
    showNetwork(found.given, view);
    showVerdict(view);
  }

  function showNetwork({ net, x, t }, view) {
    const sizes = String(sizesOf(net)),
      { names } = net;
    if (!shown || sizes !== String(sizesOf(shown.net))) {
      pass?.stop();
      const isDrawn = net.W.length - 1 <= MOST_LAYERS && Math.max(...sizesOf(net)) <= MOST_UNITS;
      pass = passView(names, (pick) => see(model, { pick }), { isDrawn });
      place.replaceChildren(pass.picture, pass.reasons);
    }
    shown = { net, x, t };
    steps = trace(net, x, t, view.learning_rate, { biases: view.biases });
    pass.show(net, x, t, steps, pickOf(view));
    showActivations(net.activations.slice(1));
    setText(
      note,
      `${inWords(net)}. ${reading.rows === "inputs" ? "Its rows were for inputs, and have been turned. " : ""}${lacking(reading.without)}`,
    );
    turn.element.hidden = !reading.either;
    turn.show(reading.rows);
  }

  const readAgain = (mistake) => [" ", again(WORDS[mistake].section, id), "."];

  const pickOf = ({ pick }) =>
    weights(shown.net.names).some(({ symbol }) => symbol.name === pick)
      ? pick
      : shown.net.names.w[1][0][0].name;

  function showVerdict({ gradients, learning_rate }) {
    const { value, fault } = gradients
      ? attempted(() => readGradients(gradients, shown.net.W, null))
      : {};
    const verdict = value ? compared(shown.net, shown.x, shown.t, learning_rate, value) : null;
    texts.gradients.refuse(fault ? `${fault}.` : ""); // of another network than they were
    if (verdict?.said !== said)
      answer.replaceChildren(
        ...(verdict ? [verdict.said, ...verdict.mistakes.flatMap(readAgain)] : []),
      );
    said = verdict?.said;
    differing.replaceChildren(...(verdict?.rows.length ? [tableOf(verdict.rows)] : []));
  }

  function sentence() {
    const {
        net: { names, activations },
      } = shown,
      values = valuesOf(steps);
    const { symbol } = weights(names).find(
      ({ symbol }) => symbol.name === pickOf(model.get("view")),
    );
    const gradient = fmt(values[derivative(names.total, symbol).name], 6);
    const sentences = [
      `E is ${fmt(values[names.total.name], 6)}, the gradient of ${letters(symbol.latex)} ${gradient}.`,
    ];
    const warned = warnings(names, activations, values);
    return [...sentences, ...warned.slice(0, MOST_WARNINGS)].join(" ");
  }

  /** Every line worked; of a given number there is nothing to work out. */
  function table() {
    const { digits } = shown.net.names;
    const given = ({ label, symbol, value }) => [label, runs(symbol), "", result(value, digits)];
    return [
      ["step", "formula", "numbers", "result"],
      ...steps.map((step) => (step.expression ? workedLine(step, steps, digits) : given(step))),
    ];
  }

  return frame(
    { model, el, id },
    {
      parts: [
        html(
          "div",
          { class: "bp-pasted" },
          texts.net.element,
          html("div", {}, texts.x.element, texts.t.element),
        ),
        html(
          "fieldset",
          { class: "bp-rules" },
          html("legend", {}, "Activations, loss, rules"),
          functions,
          choices.loss.element,
          choices.biases.element,
          html(
            "div",
            { class: "bp-choice" },
            html("span", { "aria-hidden": "true" }, "η"),
            rate.field,
            rate.fault,
          ),
          fault,
        ),
        stale,
        place,
        html("div", { class: "bp-judged" }, texts.gradients.element, answer, differing),
      ],
      update,
      sentence,
      table,
      heading: () => `${inWords(shown.net)}: every line of one pass`,
      fits: (key, value) => key !== "learning_rate" || (value >= RATES.min && value <= RATES.max),
      restart: () => (stands = {}),
      stop: () => pass.stop(),
    },
  );
}

// ---- what the parts come to -------------------------------------------------------------------------

const sizesOf = ({ W }) => [W[1][0].length, ...W.slice(1).map((rows) => rows.length)];

/** A network as words: its sizes, its activations and its loss. */
function inWords(net) {
  return `A ${sizesOf(net).join("-")} network, ${net.activations.slice(1).join(", ")}; ${net.loss}`;
}

const lacking = (layers) =>
  layers?.length ? `Without biases in layer ${layers.join(", ")}: 0 is taken there.` : "";

/**
 * Return what some parts of the view come to: { given: { net, x, t }, parts, reading }, or { faults }, sentences by
 * part, where they do not fit each other. parts: the same, each as short as it can be written.
 */
function understood(parts, rows, most) {
  const faults = {};
  const attempt = (key, f) => {
    const { value, fault } = attempted(f);
    if (fault !== undefined) faults[key] = fault;
    return value;
  };
  const found = attempt("net", () => limited(readNetwork(parts.net, rows), most));
  if (!found) return { faults };
  const { W, b, ...reading } = found,
    sizes = sizesOf({ W });
  const names = spread(parts.activations.split(" "), W.length - 1),
    { loss, biases } = parts;
  for (const name of names)
    if (!(name in ACTIVATIONS)) faults.activations = `no activation is called “${name}” here`;
  if (!(loss in LOSSES)) faults.loss = `no loss is called “${loss}” here`;
  else if (partnerOf(loss) && partnerOf(loss) !== names.at(-1))
    faults.loss = `${loss} goes with ${partnerOf(loss)} in the last layer, not with ${names.at(-1)}`;
  if (!RULES.biases.some(([rule]) => rule === biases))
    faults.biases = `no rule for biases is called “${biases}” here`;
  else if (biases === "shared" && b.some((own) => own?.some((bias) => bias !== own[0])))
    faults.biases = "biases that a layer shares have to be equal at first";
  const x = attempt("x", () => fitting(readNumbers(parts.x), sizes[0], "inputs"));
  const t = attempt("t", () => targetOf(readNumbers(parts.t), sizes.at(-1), loss));
  if (Object.keys(faults).length) return { faults };
  const net = { W, b, activations: [null, ...names], loss, names: indexed(sizes) };
  return {
    given: { net, x, t },
    parts: {
      net: written(net),
      x: x.join(" "),
      t: t.join(" "),
      activations: names.join(" "),
      loss,
      biases,
    },
    reading,
  };
}

/** Return { value } of a function, or { fault }: what it could not read. */
function attempted(f) {
  try {
    return { value: f() };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { fault: error.message };
  }
}

function limited(net, most) {
  const n = [...net.W, ...net.b].flat(2).filter((number) => number !== null).length;
  if (n > most)
    throw new Unreadable(
      `${n} weights and biases: this figure shows every number, and takes up to ${most}`,
    );
  return net;
}

function fitting(numbers, n, things) {
  if (numbers.length !== n)
    throw new Unreadable(`${numbers.length} given, and the network has ${n} ${things}`);
  return numbers;
}

/** A class alone, as PyTorch's CrossEntropyLoss takes it, is a 1 among zeros. */
function targetOf(numbers, n, loss) {
  const targets = TABLES.functions.LOSSES[loss]?.targets, // of an unknown loss, none
    isClass = targets === "distribution" && numbers.length === 1 && n > 1;
  if (isClass && !(Number.isInteger(numbers[0]) && numbers[0] >= 0 && numbers[0] < n))
    throw new Unreadable(`a class is a whole number from 0 to ${n - 1}`);
  const t = isClass
    ? Array.from({ length: n }, (_, k) => Number(k === numbers[0]))
    : fitting(numbers, n, "outputs");
  const isShare = t.every((share) => share >= 0 && share <= 1),
    sum = t.reduce((sum, share) => sum + share, 0);
  if (targets === "unit interval" && !isShare)
    throw new Unreadable(`${loss} takes targets from 0 to 1`);
  if (targets === "distribution" && !(isShare && Math.abs(sum - 1) <= TABLES.functions.SUM_WITHIN))
    throw new Unreadable(`${loss} takes a class, or shares whose sum is 1`);
  return t;
}

/** Activations for another number of layers: the last stays the last, the hidden layers go on as they are. */
function spread(names, layers) {
  const hidden = names.length > 1 ? names.slice(0, -1) : ["sigmoid"];
  return Array.from({ length: layers }, (_, l) =>
    l === layers - 1 ? names.at(-1) : (hidden[l] ?? hidden.at(-1)),
  );
}
