// What every figure has around what it shows: a sentence that says its state, the numbers as a table,
// a link to the state and the way back to the start.

import { STATE, addressOf, applyAddress, backTo } from "./address.js";
import { html, inHtml, setText } from "./dom.js";
import { createModel } from "./model.js";

const PAUSE = 300; // ms without a change, after which the state is said, linked and tabled

/**
 * Put a figure into `el` and keep it in step with its model; return the clean-up.
 *
 * parts: its elements, in order. update(): shows the model's state; it runs now and after each
 * change. sentence() -> text of the state, announced when changes pause. table() -> rows, the first
 * of them the head; a cell is text or runs of text; none where the parts show all numbers. fits(key,
 * value): whether the view, asked for by an address, may have a value. stop(): lets go of what the
 * figure holds besides.
 */
export function frame({ model, el, id }, { parts, update, sentence, table, fits = () => true, stop = () => {} }) {
  const start = createModel(Object.fromEntries([...STATE, "settings"].map((key) => [key, model.get(key)])));
  const said = html("p", { role: "status", class: "bp-said" });
  const numbers = html("div", { class: "bp-scroll" });
  const fold = table && html("details", { class: "bp-numbers" }, html("summary", {}, "All the numbers, as a table"), numbers);
  const reset = html("button", { type: "button" }, "Start again");
  const link = id && html("a", { href: `#${id}` }, "Link to this state");
  el.classList.add("bp-live");
  el.append(...parts, said, ...(fold ? [fold] : []), html("p", { class: "bp-foot" }, reset, ...(link ? [link] : [])));

  let timer, faults = [];
  const settle = () => {
    setText(said, [...faults, sentence()].join(" "));
    if (link) link.href = addressOf(id, model, start);
    if (fold?.open) numbers.replaceChildren(tableOf(table()));
    keepKeys(el);
  };
  const changed = () => {
    faults = []; // they were those of the address
    update();
    clearTimeout(timer);
    timer = setTimeout(settle, PAUSE);
  };
  const fromAddress = () => {
    const found = applyAddress(location.hash, id, model, start, fits);
    if (found === null) return;
    faults = found;
    settle();
    el.scrollIntoView();
  };

  for (const key of STATE) model.on(`change:${key}`, changed);
  fold?.addEventListener("toggle", settle);
  reset.addEventListener("click", () => backTo(start, model));
  if (id) addEventListener("hashchange", fromAddress);
  update();
  settle();
  if (id) fromAddress();
  return () => {
    clearTimeout(timer);
    for (const key of STATE) model.off(`change:${key}`, changed);
    removeEventListener("hashchange", fromAddress);
    stop();
    el.replaceChildren();
  };
}

/** Return a table of rows, the first of them the head; a cell is text or runs of text. */
export function tableOf([head, ...rows]) {
  const cells = (row, tag) => row.map((cell) => html(tag, {}, ...(typeof cell === "string" ? [cell] : inHtml(cell))));
  return html(
    "table",
    {},
    html("thead", {}, html("tr", {}, ...cells(head, "th"))),
    html("tbody", {}, ...rows.map((row) => html("tr", {}, ...cells(row, "td"))))
  );
}

const FOCUSABLE = "a, button, input, select, summary, [tabindex]";

/** Keep JupyterLab from taking the arrow keys; it asks the focused element itself, not what is around. */
function keepKeys(el) {
  for (const element of el.querySelectorAll(FOCUSABLE)) element.dataset.lmSuppressShortcuts = "true";
}
