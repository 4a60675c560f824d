// What every figure has around what it shows: a sentence that says its state, the numbers as a table,
// links to the state, in its page and alone, and the way back to the start.

import { written } from "../core/latex.js";
import { addressOf, applyAddress, backTo } from "./address.js";
import { html, inHtml, setText } from "./dom.js";
import { createModel, isBusy, stateOf } from "./model.js";

const PAUSE = 300; // ms without a change, after which the state is said, linked and tabled
const LONGEST = 8000; // characters of an address that can still be sent to somebody

/**
 * Put a figure into `el` and keep it in step with its model; return the clean-up.
 *
 * parts: its elements, in order. update(): shows the model's state; it runs now and after each
 * change. sentence() -> text of the state, its symbols between dollars, announced when changes pause. table() -> rows, the first
 * of them the head (tableOf); none where the parts show all numbers. fits(key, value): whether the view,
 * asked for by an address, may have a value. heading() -> what the table is of, where paper shows that and no
 * still picture. restart(): forgets what the reader has written and the model has not; stop(): lets go of
 * what the figure holds besides.
 * @type {(host: Host, figure: Figure) => () => void}
 */
export function frame(
  { model, el, id },
  {
    parts,
    update,
    sentence,
    table,
    fits = () => true,
    heading,
    restart = () => {},
    stop = () => {},
  },
) {
  const start = createModel({ ...stateOf(model), settings: model.get("settings") });
  const changing = Object.keys(stateOf(model)).map((key) => `change:${key}`);
  const said = html("p", { role: "status", class: "bp-said" });
  const numbers = html("div", { class: "bp-scroll" });
  const fold =
    table &&
    html(
      "details",
      { class: "bp-numbers" },
      html("summary", {}, "All the numbers, as a table"),
      numbers,
    );
  const reset = html("button", { type: "button" }, "Start again");
  // book.js copies them
  const link = id && html("a", { class: "bp-link" }, "Copy link"),
    embed = id && html("a", { class: "bp-link", "data-embed": id }, "Copy iframe"),
    tooLong = html("span");
  const print = heading && html("button", { type: "button" }, "Print this");
  el.classList.add("bp-live");
  const ends = [reset, print, link, embed, link && tooLong].filter(Boolean);
  el.append(...parts, said, ...(fold ? [fold] : []), html("p", { class: "bp-foot" }, ...ends));

  /** @type {number} */
  let timer,
    /** @type {string[]} */ faults = [];
  let told = "";
  const settle = () => {
    const runs = [...faults.map((fault) => ({ text: `${fault} ` })), ...written(sentence())];
    const words = JSON.stringify(runs);
    if (words !== told) said.replaceChildren(...inHtml(runs));
    told = words;
    if (link) showLink(addressOf(id, model, start));
    if (fold?.open) numbers.replaceChildren(tableOf(table(), heading?.()));
    keepKeys(el);
    delete el.dataset.changing;
  };
  /** @type {(address: string) => void} */
  const showLink = (address) => {
    link.href = address;
    embed.href = `?only=${encodeURIComponent(id)}${address}`;
    link.hidden = embed.hidden = address.length > LONGEST;
    setText(
      tooLong,
      link.hidden
        ? `Too large for a link: ${address.length} characters, of ${LONGEST} that it may have.`
        : "",
    );
  };
  const onPaper = () => {
    fold.open = true;
    settle();
  };
  const changed = () => {
    if (isBusy(model)) return;
    el.dataset.changing = ""; // until it is said, linked and tabled: what the tests wait for
    faults = []; // they were those of the address
    update();
    clearTimeout(timer);
    timer = setTimeout(settle, PAUSE);
  };
  const fromAddress = () => {
    const found = applyAddress(location.hash, id, model, start, fits);
    if (found === null) return;
    restart();
    update();
    faults = found;
    settle();
    el.scrollIntoView();
  };

  for (const event of changing) model.on(event, changed);
  fold?.addEventListener("toggle", settle);
  reset.addEventListener("click", () => {
    restart();
    backTo(start, model);
    changed(); // also where the model was at its start, and a field was not
  });
  if (heading) {
    fold.classList.add("bp-sheet");
    print.addEventListener("click", () => printAlone(fold));
    addEventListener("beforeprint", onPaper);
  }
  if (id) addEventListener("hashchange", fromAddress);
  update();
  settle();
  if (id) fromAddress();
  return () => {
    clearTimeout(timer);
    for (const event of changing) model.off(event, changed);
    removeEventListener("hashchange", fromAddress);
    if (heading) removeEventListener("beforeprint", onPaper);
    stop();
    el.replaceChildren();
  };
}

/**
 * Print one element of the page and nothing else.
 * @type {(element: Element) => void}
 */
function printAlone(element) {
  element.classList.add("bp-alone");
  addEventListener("afterprint", () => element.classList.remove("bp-alone"), { once: true });
  print();
}

/**
 * Return a table of rows, the first of them its head; a cell is text, runs of text or an element.
 * @type {(rows: Cell[][], heading?: string) => HTMLTableElement}
 */
export function tableOf([head, ...rows], heading) {
  /** @type {(row: Cell[], tag: "th" | "td") => HTMLElement[]} */
  const cells = (row, tag) =>
    row.map((cell) => html(tag, {}, ...(Array.isArray(cell) ? inHtml(cell) : [cell])));
  return html(
    "table",
    {},
    ...(heading ? [html("caption", {}, heading)] : []),
    html("thead", {}, html("tr", {}, ...cells(head, "th"))),
    html("tbody", {}, ...rows.map((row) => html("tr", {}, ...cells(row, "td")))),
  );
}

const FOCUSABLE = "a, button, input, select, summary, textarea, [tabindex]";

/**
 * Keep JupyterLab from taking the arrow keys; it asks the focused element itself, not what is around.
 * @type {(el: HTMLElement) => void}
 */
function keepKeys(el) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (el.querySelectorAll(FOCUSABLE)))
    element.dataset.lmSuppressShortcuts = "true";
}
