// Native controls: they bring keyboard, touch and screen readers with them.

import { html, inHtml, setAttribute, setText } from "./dom.js";
import { readNumber } from "./givens.js";
import { runs } from "./text.js";

let count = 0; // of ids given on this page
const newId = () => `bp-control-${++count}`;

/**
 * Return a given number's row, { element, show() }: its symbol, a slider and a field.
 *
 * given: one of `givens`.
 */
export function numberControl({ latex, limits, read, write }) {
  const id = newId(), says = runs(latex);
  const { low, high, step } = limits;
  const slider = html("input", {
    type: "range", id, step,
    min: Math.min(low, Math.floor(read())), max: Math.max(high, Math.ceil(read())),
  });
  const entry = numberField(`${says.map((run) => run.text).join("")}, as a number`, { limits, read, write });
  slider.addEventListener("input", () => write(Number(slider.value)));
  const show = () => {
    if (slider.value !== String(read())) slider.value = read();
    setAttribute(slider, "aria-valuetext", shown(read()));
    entry.show();
  };
  return {
    element: html("div", { class: "bp-number" }, html("label", { for: id }, ...inHtml(says)), slider, entry.field, entry.fault),
    show,
  };
}

const shown = (number) => String(number).replace("-", "−");

/**
 * Return a field for a number, { field, fault, show() }, named by words for a screen reader.
 *
 * An entry that cannot be read or is out of limits is refused in `fault`, and the number stays as it was.
 */
export function numberField(words, { limits, read, write }) {
  const id = newId();
  const fault = html("span", { id, class: "bp-fault" });
  const field = html("input", {
    type: "text", inputmode: "decimal", size: 8, autocomplete: "off", spellcheck: "false", "aria-label": words, "aria-describedby": id,
  });
  const refuse = (text) => {
    setText(fault, text);
    setAttribute(field, "aria-invalid", text ? "true" : null);
  };
  field.addEventListener("input", () => {
    const value = readNumber(field.value, limits);
    if (typeof value !== "number") return; // perhaps half written
    refuse("");
    if (value !== read()) write(value);
  });
  field.addEventListener("change", () => {
    const value = readNumber(field.value, limits);
    refuse(typeof value === "number" ? "" : value);
  });
  const show = () => {
    if (document.activeElement === field || field.value === shown(read())) return;
    field.value = shown(read());
    refuse("");
  };
  return { field, fault, show };
}

/** Return one of several, { element, show(value) }: a labelled list; options: [[value, words], …]. */
export function choice(words, options, choose) {
  const id = newId();
  const select = html(
    "select", { id }, ...options.map(([value, text]) => html("option", { value }, text))
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

/** Return a button. */
export function button(words, press) {
  const element = html("button", { type: "button" }, words);
  element.addEventListener("click", press);
  return element;
}

/** Return a control for one of the choices of a model that is one of the network's rules. */
export function rule(model, key, words, options) {
  return choice(words, options, (value) => {
    model.set(key, value);
    model.save_changes();
  });
}
