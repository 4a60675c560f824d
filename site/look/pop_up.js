// Ask any number "why?": a pop-up beside it says where it comes from, and each part of the answer
// can be asked in turn.  What it shows is copied from the worked line or the answer that the number
// links to: on this page, or in the <template> that the build has put at its end (book_pop_ups.py).
// Without this script, or in a browser without pop-ups, a number is a link to its line or answer.
// A chain of answers has an address: #why-w6_new,dE_dw6,delta_o1.

import { element } from "./element.js";

/** @type {Record<string, string>} */
const CLASSES = { label: "title", formula: "line", numbers: "line", result: "result", printed: "" };
const answers = document.createDocumentFragment(); // those of this page, which are shown nowhere else

/**
 * Let every number of the page be asked; `shown` is called when an answer is on the page, and `reveal`
 * brings a number before the reader that an address asks.
 * @type {(shown: () => void, reveal: (link: Element) => void) => void}
 */
export function answerNumbers(shown, reveal) {
  const box = element("div", { className: "bp-pop", popover: "auto", tabIndex: -1 });
  if (!box.togglePopover) return;
  answers.append(...document.querySelectorAll(".bp-answers"));
  box.setAttribute("role", "dialog");
  document.body.append(box);
  for (const link of document.querySelectorAll("a.bp-val"))
    if (find(/** @type {HTMLAnchorElement} */ (link))) link.setAttribute("aria-haspopup", "dialog");

  /** @type {HTMLAnchorElement[]} */
  let asked; // the link in the text, and then those in its answer, one from within the other
  const back = () => {
    asked.pop();
    show();
  };
  const show = () => {
    const link = asked.at(-1),
      mark = find(link);
    const more = mark.querySelector(":scope > .foot a") ?? (isAnswer(link) ? null : link);
    const foot = element("p", { className: "foot" });
    if (asked[1]) foot.append(element("button", { type: "button", onclick: back }, "Back"));
    if (more) {
      const text = isAnswer(link) ? more.textContent : "Go to the line";
      const close = () => box.hidePopover();
      foot.append(element("a", { href: more.getAttribute("href"), onclick: close }, text));
    }
    const address = `#why-${asked.map(nameOf)}`;
    foot.append(element("a", { className: "bp-link", href: address }, "Copy link"));
    box.replaceChildren(...told(mark), foot);
    box.setAttribute("aria-label", `Where ${link.dataset.value ?? link.textContent} comes from`);
    for (const copy of box.querySelectorAll("[id]")) copy.removeAttribute("id");
    box.togglePopover({ force: true, source: asked[0] });
    box.scrollTop = 0;
    box.focus({ preventScroll: true });
    shown();
  };
  /** @type {(link: HTMLAnchorElement) => void} */
  const ask = (link) => {
    if (box.contains(link)) asked.push(link);
    else {
      if (asked) asked[0].style.anchorName = "";
      link.style.anchorName = "--asked"; // where the style sheet puts the pop-up
      asked = [link];
    }
    show();
  };
  const askAddress = () => {
    const [, names] = /^#why-(.+)/.exec(decodeURIComponent(location.hash)) ?? [];
    if (!names) return;
    const [first, ...parts] = names.split(",");
    const link = named(document, first);
    if (!link || !find(link)) return;
    reveal(link);
    ask(link);
    for (const name of parts) {
      const part = named(box, name); // in the answer to the one before it
      if (part) ask(part);
    }
  };

  document.addEventListener("click", (event) => {
    /** @type {HTMLAnchorElement} */
    const link = /** @type {Element} */ (event.target).closest("a.bp-val");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !find(link))
      return;
    event.preventDefault();
    ask(link);
  });
  addEventListener("hashchange", askAddress);
  askAddress();
}

/** @type {(link: HTMLAnchorElement) => boolean} */
const isAnswer = (link) => link.hash.startsWith("#why-");

/** @type {(link: HTMLAnchorElement) => string} */
const nameOf = (link) => link.hash.replace(/^#(why|step)-/, "");

/**
 * Return the first link to the answer or the line of this name.
 * @type {(where: ParentNode, name: string) => HTMLAnchorElement | null}
 */
const named = (where, name) =>
  where.querySelector(`a.bp-val[href$="#why-${CSS.escape(name)}"]`) ??
  where.querySelector(`a.bp-val[href$="#step-${CSS.escape(name)}"]`);

/**
 * Return what a link leads to: the mark of a line, or an answer; a copy, if that is on another page.
 * @type {(link: HTMLAnchorElement) => HTMLElement | null}
 */
function find(link) {
  const address = link.getAttribute("href"),
    place = address.slice(1);
  if (address[0] === "#") return answers.getElementById(place) ?? document.getElementById(place);
  /** @type {HTMLTemplateElement} */
  const others = document.querySelector("main template");
  return others?.content.querySelector(`[data-at="${address}"]`);
}

/**
 * Say how a number came about: the cells of its line, or its answer, and what it was made of.
 * @type {(mark: HTMLElement) => Element[]}
 */
function told(mark) {
  /** @type {Element[]} */
  const said = [];
  for (const cell of (mark.closest("tr") ?? mark).children) {
    const name = Object.keys(CLASSES).find((name) => cell.classList.contains(name));
    const copy = /** @type {Element} */ (cell.cloneNode(true));
    copy.querySelector(".bp-offer")?.remove();
    if (cell.classList.contains("code")) said.push(copy);
    else if (name && copy.textContent)
      said.push(element("div", { className: CLASSES[name] }, ...copy.childNodes));
  }
  for (const figure of said.flatMap((part) => [...queryAll(part, "[data-why]")]))
    figure.after(`, printed in ${figure.dataset.where}: ${figure.dataset.why}`);
  const parts = (mark.dataset.from ?? "").split(" ").map(part).filter(Boolean);
  if (parts.length) said.push(element("p", { className: "from" }, "It comes from ", ...parts));
  return said;
}

/**
 * Return the link to a step that a line came from, its symbol and value, if there is such a line.
 * @type {(address: string) => HTMLAnchorElement | undefined}
 */
function part(address) {
  const link = element("a", { className: "bp-val" });
  link.setAttribute("href", address);
  const mark = address && find(link);
  if (!mark) return;
  link.dataset.value = mark.dataset.value;
  link.append(symbol(cell(mark, "formula")), ` ${cell(mark, "result").textContent.trim()}`);
  return link;
}

/**
 * Return the left side of a formula, as seen and as read aloud.
 * @type {(formula: Element) => Element}
 */
function symbol(formula) {
  const katex = /** @type {Element} */ (formula.querySelector(".katex").cloneNode(true));
  const equals = [...katex.querySelectorAll("mo")].find((sign) => sign.textContent === "=");
  while (equals?.nextSibling) equals.nextSibling.remove();
  for (const rest of [equals, ...katex.querySelectorAll("annotation, .katex-base ~ *, .mrel")])
    rest?.remove();
  return katex;
}

/**
 * Return a cell of a worked line by its name: of the row on this page, or of its copy.
 * @type {(mark: HTMLElement, name: string) => Element | null}
 */
const cell = (mark, name) => (mark.closest("tr") ?? mark).querySelector(`:scope > .${name}`);

/** @type {(where: Element, selector: string) => NodeListOf<HTMLElement>} */
const queryAll = (where, selector) => where.querySelectorAll(selector);
