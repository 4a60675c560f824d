// Native controls: they bring keyboard, touch and screen readers with them.

import { html, inHtml, setAttribute, setText } from "./dom.js";
import { readNumber } from "./givens.js";
import { runs } from "./text.js";

let count = 0; // of ids given on this page
const newId = () => `bp-control-${++count}`;

/**
 * Return a given number's row, { element, show() }: its symbol, a slider and a field.
 *
 * given: one of `givens`. An entry that cannot be read or is out of range is refused beside the
 * field, and the number stays as it was.
 */
export function numberControl({ latex, limits, read, write }) {
  const id = newId(), says = runs(latex);
  const { low, high, step } = limits;
  const slider = html("input", {
    type: "range", id, step,
    min: Math.min(low, Math.floor(read())), max: Math.max(high, Math.ceil(read())),
  });
  const field = html("input", {
    type: "text", inputmode: "decimal", size: 8, autocomplete: "off", spellcheck: "false",
    "aria-label": `${says.map((run) => run.text).join("")}, as a number`, "aria-describedby": `${id}-fault`,
  });
  const fault = html("span", { id: `${id}-fault`, class: "bp-fault" });
  const refuse = (text) => {
    setText(fault, text);
    setAttribute(field, "aria-invalid", text ? "true" : null);
  };
  slider.addEventListener("input", () => write(Number(slider.value)));
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
    const text = String(read()).replace("-", "−");
    if (slider.value !== String(read())) slider.value = read();
    setAttribute(slider, "aria-valuetext", text);
    if (document.activeElement === field || field.value === text) return;
    field.value = text;
    refuse("");
  };
  return {
    element: html("div", { class: "bp-number" }, html("label", { for: id }, ...inHtml(says)), slider, field, fault),
    show,
  };
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
    show: (value) => void (select.value = value),
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
