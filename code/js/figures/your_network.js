// Your network: printed weights, an input and a target go in, every number of the pass comes out. Are your
// gradients right, and which mistake gives them if they are not?
//
// W, b, x and t are the last numbers that fit each other. The view has the texts that they came from, as they
// were pasted (paste.js): net, x, t, and gradients; "" is what the numbers say. Its other keys: activations,
// one for each layer, parted by spaces; loss, biases, learning_rate; pick, the weight that is asked about.
// settings.most: how many weights and biases it takes.

import { ACTIVATIONS, LOSSES } from "../core/functions.js";
import { fmt, inSentence, result, runs } from "../core/latex.js";
import { WORDS } from "../core/mistakes.js";
import { derivative, weights } from "../core/names.js";
import { readGradients, written } from "../core/paste.js";
import { TABLES } from "../core/tables.js";
import { trace, valuesOf } from "../core/trace.js";
import { compared } from "../parts/compared.js";
import { choice, numberField, textEntry } from "../parts/controls.js";
import { html, setText } from "../parts/dom.js";
import { frame, tableOf } from "../parts/frame.js";
import { RATES } from "../parts/givens.js";
import { workedLine } from "../parts/line.js";
import { RULES, see, setAll } from "../parts/model.js";
import { passView } from "../parts/pass.js";
import { asTexts, attempted, readsAs, sizesOf, understood } from "../parts/understood.js";
import { again } from "../parts/verdict.js";
import { warnings } from "../parts/warnings.js";

/** @type {Record<Rows, string>} */
const ROWS = { units: "a unit of the layer, as in PyTorch", inputs: "an input, as in Keras" };
const { MOST_UNITS, MOST_LAYERS } = TABLES.diagram; // of a network that is drawn
const MOST_WARNINGS = 3;
const NUMBERS = /** @type {const} */ (["net", "x", "t"]); // the texts that are read as numbers

/** @type {Render} */
export function render({ model, el, id }) {
  const { most } = model.get("settings");
  /** @type {() => YourNetworkView} */
  const view = () => model.get("view");
  /** @type {Record<string, string>} */
  let draft = {}; // by key of the view, what the reader has written
  /** @type {Record<string, unknown>} */
  let stands = {}; // and the view's text that it came to
  /** @type {Rows | null} */
  let rows = null; // what a row of the weights is for, as the reader says
  /** @type {Reading | null} */
  let reading = null; // and as it was understood
  /** @type {string} */
  let seen; // the numbers of the model whose texts were last looked at, as JSON
  /** @type {PastedPass | null} */
  let shown = null; // of the last network that fits
  let isRefused = false; // the text of gradients that the reader sees: the view has another

  const fields = fieldsOf({
    edit,
    editGradients,
    editActivation: (n, name) =>
      edit({ activations: draft.activations.split(" ").with(n, name).join(" ") }, true),
    turn(value) {
      rows = /** @type {Rows} */ (value);
      edit({}, true);
    },
    rate: {
      read: () => view().learning_rate,
      write: (learning_rate) => see(model, { learning_rate }),
    },
  });
  const pass = passOf((pick) => see(model, { pick }));
  const verdict = verdictOf(id);

  // ---- from the reader to the model ----

  /**
   * Take a change if everything fits with it; else say why not, unless it is half typed.
   * @type {(change: Record<string, string>, isWhole: boolean) => void}
   */
  function edit(change, isWhole) {
    if ("net" in change && change.net !== draft.net) rows = null;
    draft = { ...draft, ...change };
    const found = understood(/** @type {PastedTexts} */ (draft), rows, most);
    if (found.faults) {
      if (isWhole) fields.refuse(found.faults);
      return;
    }
    const { texts } = found;
    for (const key of NUMBERS) {
      if (draft[key] === stands[key] && !rows) texts[key] = draft[key]; // the view's text as it is
      stands[key] = texts[key];
    }
    reading = found.reading;
    keep(found.given, texts);
    fields.refuse({}); // also where it all came to what was there before
  }

  /**
   * Take gradients that can be read; of others nothing is said but why not, and that not while they are half typed.
   * @type {(text: string, isWhole: boolean) => void}
   */
  function editGradients(text, isWhole) {
    const { value: gradients, fault } = attempted(
      () => text.trim() && written(readGradients(text, shown.net.W, reading?.rows)),
    );
    draft.gradients = text;
    isRefused = fault !== undefined;
    if (isRefused) {
      verdict.clear();
      if (isWhole) fields.refuseGradients(fault);
      return;
    }
    stands.gradients = gradients;
    see(model, { gradients });
    judge(); // also where the view had them already
  }

  function judge() {
    fields.refuseGradients(verdict.show(shown, view()) ?? "");
  }

  // ---- numbers and texts of the model, in step ----

  /**
   * Give the model a network and an example, and texts of the view that go with them; return whether that is new.
   * @type {(given: Understood["given"], texts: Partial<PastedTexts>) => boolean}
   */
  function keep({ net, x, t }, texts) {
    const pick = pickOf(net.names, view().pick);
    return setAll(model, { W: net.W, b: net.b, x, t, view: { ...view(), ...texts, pick } });
  }

  /** Write the texts of numbers that are new, as Python sets them, where the view says others; return whether. */
  function keepTexts() {
    const [W, b, x, t] = ["W", "b", "x", "t"].map((key) => model.get(key)),
      numbers = { W, b, x, t },
      now = JSON.stringify(numbers);
    const isNew = now !== seen;
    seen = now;
    const texts = asTexts(numbers),
      stale = NUMBERS.filter(
        (key) => !view()[key] || (isNew && !readsAs[key](view()[key], numbers)),
      );
    if (stale.length) see(model, Object.fromEntries(stale.map((key) => [key, texts[key]])));
    return stale.length > 0;
  }

  // ---- the model's state, shown ----

  function update() {
    if (keepTexts()) return; // this has shown it
    const now = view();
    for (const [key, text] of Object.entries(now)) {
      if (text === stands[key]) continue;
      stands[key] = text; // set by an address, by Python, by starting again
      draft[key] = String(text);
      fields.show(key, draft[key]);
      if (key === "net") [rows, reading] = [null, null];
      if (key === "gradients") isRefused = false;
    }
    const found = understood(now, null, most);
    fields.refuse(found.faults ?? {});
    fields.choose(draft);
    if (found.faults || keep(found.given, { activations: found.texts.activations })) return;
    reading ??= found.reading;
    const { net, x, t } = found.given;
    const steps = trace(net, x, t, now.learning_rate, { biases: now.biases });
    shown = { net, x, t, steps };
    pass.show(shown, now.pick);
    fields.tell(net, reading);
    if (isRefused)
      editGradients(draft.gradients, true); // they may fit this network
    else judge();
  }

  keepTexts(); // before the frame takes what there is for the start
  return frame(
    { model, el, id },
    {
      parts: [
        ...fields.elements,
        pass.element,
        html("div", { class: "bp-judged" }, fields.gradients, verdict.said, verdict.differing),
      ],
      update,
      sentence: () => sentence(shown, view().pick),
      table: () => linesOf(shown),
      heading: () => `${inWords(shown.net)}: every line of one pass`,
      fits: (key, value) => key !== "learning_rate" || (value >= RATES.min && value <= RATES.max),
      restart: () => (stands = {}),
      stop: () => pass.stop(),
    },
  );
}

// ---- what the reader writes -------------------------------------------------------------------------

/**
 * Return the fields, and what is said beside them: { elements, gradients, show, refuse, refuseGradients, choose, tell }.
 *
 * edit({ key: text }, isWhole), editGradients(text, isWhole), editActivation(n, name): called as they change;
 * turn(rows): when the reader says what a row of the weights is for; rate: { read, write } of the learning rate.
 * @type {(asked: {
 *   edit: (change: Record<string, string>, isWhole: boolean) => void,
 *   editGradients: (text: string, isWhole: boolean) => void,
 *   editActivation: (n: number, name: string) => void,
 *   turn: (rows: string) => void,
 *   rate: { read: () => number, write: (value: number) => void },
 * }) => PastedFields}
 */
function fieldsOf({ edit, editGradients, editActivation, turn, rate }) {
  const note = html("p"),
    rows = choice("Each row of the weights is for", Object.entries(ROWS), turn);
  /** @type {(key: string) => (text: string, isWhole: boolean) => void} */
  const entered = (key) => (text, isWhole) => edit({ [key]: text }, isWhole);
  /** @type {Record<string, TextEntry>} */
  const texts = {
    net: textEntry("Weights and biases", {
      rows: 7,
      note: html("div", { class: "bp-note" }, note, rows.element),
      entered: entered("net"),
    }),
    x: textEntry("Input", { entered: entered("x") }),
    t: textEntry("Target", { entered: entered("t") }),
    gradients: textEntry("Your gradients, to be compared", { rows: 7, entered: editGradients }),
  };
  /** @type {(table: object) => [string, string][]} */
  const named = (table) => Object.keys(table).map((name) => [name, name]);
  /** @type {(key: string) => (value: string) => void} */
  const chosen = (key) => (value) => edit({ [key]: value }, true);
  const choices = {
    loss: choice("Loss", named(LOSSES), chosen("loss")),
    biases: choice("Biases", RULES.biases, chosen("biases")),
  };
  const layers = activationsOf(named(ACTIVATIONS), editActivation);
  const eta = numberField("η, the learning rate, as a number", { limits: RATES, ...rate });
  const fault = html("p", { class: "bp-fault", role: "alert" });
  const stale = html(
    "p",
    { hidden: true },
    "The numbers below are still those of the last network that fits.",
  );
  const pasted = html(
    "div",
    { class: "bp-pasted" },
    texts.net.element,
    html("div", {}, texts.x.element, texts.t.element),
  );
  const rules = html(
    "fieldset",
    { class: "bp-rules" },
    html("legend", {}, "Activations, loss, rules"),
    layers.element,
    choices.loss.element,
    choices.biases.element,
    html(
      "div",
      { class: "bp-choice" },
      html("span", { "aria-hidden": "true" }, "η"),
      eta.field,
      eta.fault,
    ),
    fault,
  );
  /** @type {(fault: string) => string} */
  const sentenceOf = (fault) => (fault ? `${fault}.` : "");
  return {
    elements: [pasted, rules, stale],
    gradients: texts.gradients.element,
    /** Write into the field of a key of the view, if it has one. */
    show(key, text) {
      texts[key]?.show(text);
      texts[key]?.refuse("");
    },
    /** Say what does not fit, { key: fault }; {} where all does. */
    refuse(faults) {
      for (const key of NUMBERS) texts[key].refuse(sentenceOf(faults[key]));
      const others = ["activations", "loss", "biases"].map((key) => sentenceOf(faults[key]));
      setText(fault, others.filter(Boolean).join(" "));
      stale.hidden = !Object.keys(faults).length;
    },
    refuseGradients: (fault) => texts.gradients.refuse(sentenceOf(fault)),
    choose(draft) {
      for (const [key, choice] of Object.entries(choices)) choice.show(draft[key]);
      eta.show();
    },
    /** Say of a network that fits how it was read; layers have their choices from then on. */
    tell(net, { rows: of, either, without }) {
      layers.show(net.activations.slice(1));
      const turned = of === "inputs" ? "Its rows were for inputs, so it has been transposed. " : "";
      setText(note, `${inWords(net)}. ${turned}${lacking(without)}`);
      rows.element.hidden = !either;
      rows.show(of);
    },
  };
}

/**
 * Return the choice of each layer's activation; choose(n, name): of layer n + 1.
 * @type {(options: [string, string][], choose: (n: number, name: string) => void) =>
 *   { element: HTMLElement, show: (names: string[]) => void }}
 */
function activationsOf(options, choose) {
  const element = html("div", { class: "bp-settings" });
  /** @type {Choice[]} */
  let perLayer = [];
  /** @type {(n: number) => Choice} */
  const choiceOf = (n) => choice(`Layer ${n + 1}`, options, (name) => choose(n, name));
  return {
    element,
    show(names) {
      if (names.length !== perLayer.length) {
        perLayer = names.map((_, n) => choiceOf(n));
        element.replaceChildren(...perLayer.map(({ element }) => element));
      }
      for (const [n, choice] of perLayer.entries()) choice.show(names[n]);
    },
  };
}

// ---- what comes out ---------------------------------------------------------------------------------

/**
 * Return the pass of a network of any sizes; pick(name): a weight is asked about.
 * @type {(pick: (name: string) => void) =>
 *   { element: HTMLElement, show: (pass: PastedPass, picked: string) => void, stop: () => void }}
 */
function passOf(pick) {
  const element = html("div");
  /** @type {ReturnType<typeof passView>} */
  let pass;
  let shownSizes = "";
  return {
    element,
    show({ net, x, t, steps }, picked) {
      const sizes = sizesOf(net);
      if (String(sizes) !== shownSizes) {
        shownSizes = String(sizes);
        pass?.stop();
        const isDrawn = sizes.length - 1 <= MOST_LAYERS && Math.max(...sizes) <= MOST_UNITS;
        pass = passView(net.names, pick, { isDrawn });
        element.replaceChildren(pass.picture, pass.reasons);
      }
      pass.show(net, x, t, steps, picked);
    },
    stop: () => pass?.stop(),
  };
}

/**
 * Return what is said of the reader's gradients; id: of the figure on its page.
 * @type {(id: string) => { said: HTMLElement, differing: HTMLElement,
 *   show: (pass: PastedPass, view: YourNetworkView) => string | undefined, clear: () => void }}
 */
function verdictOf(id) {
  const said = html("p", { class: "bp-answer", "aria-live": "polite" }),
    differing = html("div", { class: "bp-scroll" });
  /** @type {(mistake: string) => (string | Node)[]} */
  const readAgain = (mistake) => [" ", again(WORDS[mistake].section, id), "."];
  /** @type {string | undefined} */
  let last; // what was said: a screen reader says again what is written again
  /** @type {(verdict: ReturnType<typeof compared> | null) => void} */
  function write(verdict) {
    if (verdict?.said !== last)
      said.replaceChildren(
        ...(verdict ? [verdict.said, ...verdict.mistakes.flatMap(readAgain)] : []),
      );
    last = verdict?.said;
    differing.replaceChildren(...(verdict?.rows.length ? [tableOf(verdict.rows)] : []));
  }
  return {
    said,
    differing,
    /** Compare the gradients of a view; return what of them cannot be read, if there is anything. */
    show({ net, x, t }, { gradients, learning_rate }) {
      const { value, fault } = gradients
        ? attempted(() => readGradients(gradients, net.W, null))
        : {};
      write(value ? compared(net, x, t, learning_rate, value) : null);
      return fault;
    },
    clear: () => write(null),
  };
}

/**
 * The name of a weight or bias: the picked one if there is one of this name.
 * @type {(names: Names, pick: string) => string}
 */
const pickOf = (names, pick) =>
  weights(names).some(({ symbol }) => symbol.name === pick) ? pick : names.w[1][0][0].name;

/**
 * What a pass comes to, in sentences.
 * @type {(pass: PastedPass, pick: string) => string}
 */
function sentence({ net: { names, activations }, steps }, pick) {
  const values = valuesOf(steps);
  const { symbol } = weights(names).find(({ symbol }) => symbol.name === pick);
  const gradient = fmt(values[derivative(names.total, symbol).name], 6);
  return [
    `E is ${fmt(values[names.total.name], 6)}, the gradient of ${inSentence(symbol.latex)} ${gradient}.`,
    ...warnings(names, activations, values).slice(0, MOST_WARNINGS),
  ].join(" ");
}

/**
 * Every line worked, as rows; of a given number there is nothing to work out.
 * @type {(pass: PastedPass) => Cell[][]}
 */
function linesOf({ net, steps }) {
  const { digits } = net.names;
  /** @type {(step: Step) => Cell[]} */
  const given = ({ label, symbol, value }) => [label, runs(symbol), "", result(value, digits)];
  return [
    ["step", "formula", "numbers", "result"],
    ...steps.map((step) => (step.expression ? workedLine(step, steps, digits) : given(step))),
  ];
}

/**
 * A network as words: its sizes, its activations and its loss.
 * @type {(net: Network) => string}
 */
function inWords(net) {
  return `A ${sizesOf(net).join("-")} network, ${net.activations.slice(1).join(", ")}; ${net.loss}`;
}

/** @type {(layers?: number[]) => string} */
const lacking = (layers) =>
  layers?.length ? `Without biases in layer ${layers.join(", ")}: 0 is taken there.` : "";
