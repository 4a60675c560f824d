// Native controls: they bring keyboard, touch and screen readers with them.

import { letters, minus, runs } from "../core/latex.js";
import { weights } from "../core/names.js";
import { html, inHtml, setAttribute, setText } from "./dom.js";
import { readNumber } from "./givens.js";
import { RULES, set } from "./model.js";

let count = 0; // of ids given on this page
const newId = () => `bp-control-${++count}`;

/**
 * Return a given number's row, { element, show() }: its symbol, a slider and a field.
 *
 * given: one of `givens`.
 * @type {(number: Control) => Shown}
 */
export function numberControl({ latex, limits, read, write }) {
  const id = newId(),
    says = runs(latex);
  const { low, high, step } = limits;
  const slider = html("input", {
    type: "range",
    id,
    step,
    min: read() < low ? Math.max(limits.min, Math.floor(read())) : low,
    max: read() > high ? Math.min(limits.max, Math.ceil(read())) : high,
  });
  const entry = numberField(`${letters(latex)}, as a number`, { limits, read, write });
  slider.addEventListener("input", () => write(Number(slider.value)));
  const show = () => {
    if (slider.value !== String(read())) slider.value = String(read());
    setAttribute(slider, "aria-valuetext", shown(read()));
    entry.show();
  };
  return {
    element: html(
      "div",
      { class: "bp-number" },
      html("label", { for: id }, ...inHtml(says)),
      slider,
      entry.field,
      entry.fault,
    ),
    show,
  };
}

/** @type {(number: number) => string} */
const shown = (number) => minus(String(number));

/**
 * Return an entry for a number, { field, fault, refuse, entered }, named by words for a screen reader.
 *
 * entered() -> the number, or null and what is wrong with it in `fault`; refuse(text) says that, or "".
 * @type {(words: string, limits: Limits) => Entry}
 */
export function numberEntry(words, limits) {
  const id = newId();
  const fault = html("span", { id, class: "bp-fault" });
  const field = html("input", {
    type: "text",
    inputmode: "decimal",
    size: 8,
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": words,
    "aria-describedby": id,
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !field.form) return;
    event.preventDefault(); // in JupyterLab a browser would not submit by itself
    field.form.requestSubmit();
  });
  /** @type {(text: string) => void} */
  const refuse = (text) => {
    setText(fault, text);
    setAttribute(field, "aria-invalid", text ? "true" : null);
  };
  const entered = () => {
    const value = readNumber(field.value, limits),
      isNumber = typeof value === "number";
    refuse(isNumber ? "" : value);
    return isNumber ? value : null;
  };
  return { field, fault, refuse, entered };
}

/**
 * Return a field for a number of the state, { field, fault, show() }: a good entry is written at once.
 * @type {(words: string, number: NumberOf<Limits>) => { field: HTMLInputElement, fault: HTMLElement, show: () => void }}
 */
export function numberField(words, { limits, read, write }) {
  const { field, fault, refuse, entered } = numberEntry(words, limits);
  field.addEventListener("input", () => {
    if (typeof readNumber(field.value, limits) !== "number") return; // perhaps half written
    const value = entered();
    if (value !== read()) write(value);
  });
  field.addEventListener("change", entered);
  const show = () => {
    if (document.activeElement === field || field.value === shown(read())) return;
    field.value = shown(read());
    refuse("");
  };
  return { field, fault, show };
}

/**
 * Return an entry for a text, { element, refuse, show }: labelled, what is wrong with it below.
 *
 * rows: of its field, 1 for a line. entered(text, isWhole) is called as it changes; isWhole: whether the
 * text is there as it is meant, pasted or left, and not half typed. refuse(text) says what is wrong, or "".
 * @type {(words: string, how: { rows?: number, note?: Node, entered: (text: string, isWhole: boolean) => void }) => TextEntry}
 */
export function textEntry(words, { rows = 1, note, entered }) {
  const id = newId(),
    fault = html("p", { id: `${id}-fault`, class: "bp-fault", role: "alert" });
  const attributes = {
    id,
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    "aria-describedby": `${id}-fault`,
  };
  const field =
    rows === 1
      ? html("input", { type: "text", ...attributes })
      : html("textarea", { rows, ...attributes });
  field.addEventListener("input", (event) => {
    const { inputType } = /** @type {InputEvent} */ (event);
    entered(field.value, inputType !== "insertText" && !inputType?.startsWith("delete"));
  });
  field.addEventListener("change", () => entered(field.value, true));
  return {
    element: html(
      "div",
      { class: "bp-text" },
      html("label", { for: id }, words),
      field,
      fault,
      ...(note ? [note] : []),
    ),
    refuse(text) {
      setText(fault, text);
      setAttribute(field, "aria-invalid", text ? "true" : null);
    },
    show(text) {
      if (field.value !== text) field.value = text;
    },
  };
}

/**
 * Return one of several, { element, show(value) }: a labelled list; options: [[value, words], …].
 * @type {(words: string, options: readonly (readonly [string | number, string])[], choose: (value: string) => void) => Choice}
 */
export function choice(words, options, choose) {
  const id = newId();
  const select = html(
    "select",
    { id },
    ...options.map(([value, text]) => html("option", { value }, text)),
  );
  select.addEventListener("change", () => choose(select.value));
  return {
    element: html("div", { class: "bp-choice" }, html("label", { for: id }, words), select),
    show(value) {
      // Chromium looks through all controls of a page when one is set, even to what it was
      if (select.value !== value) select.value = value;
    },
  };
}

/**
 * Return the choice of one weight or bias of a network. A bias that the drawing calls by the name that its
 * layer shares has that name after its own.
 * @type {(names: Names, words: string, choose: (name: string) => void) => Choice}
 */
export function weightChoice(names, words, choose) {
  /** @type {(weight: Weight) => string} */
  const called = ({ l, j, i, symbol }) => {
    const own = letters(symbol.latex),
      drawn = i === null ? letters(names.b[l][j].latex) : own;
    return own === drawn ? own : `${own} (${drawn})`;
  };
  return choice(
    words,
    weights(names).map((weight) => [weight.symbol.name, called(weight)]),
    choose,
  );
}

/**
 * Return a button.
 * @type {(words: string, press: () => void) => HTMLButtonElement}
 */
export function button(words, press) {
  const element = html("button", { type: "button" }, words);
  element.addEventListener("click", press);
  return element;
}

/**
 * Return a control for one of the RULES of a model's network.
 * @type {(model: Model, key: keyof typeof RULES, words: string) => Choice}
 */
export const rule = (model, key, words) =>
  choice(words, RULES[key], (value) => set(model, key, value));
