// Ask any number "why?": a pop-up beside it says where it comes from, and each part of the answer
// can be asked in turn.  What it shows is copied from the worked line or cell that the number links
// to: on this page, or in the <template> that the build has put at its end (book_pop_ups.py).
// Without this script, or in a browser without pop-ups, a number is a link to its line.

/**
 * Let every number of the page be asked; `shown` is called when an answer is on the page.
 * @type {(shown: () => void) => void}
 */
export function answerNumbers(shown) {
  const box = element("div", { className: "bp-pop", popover: "auto", tabIndex: -1 });
  if (!box.togglePopover) return;
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
    const link = asked.at(-1);
    const line = element("a", { href: link.href, onclick: () => box.hidePopover() });
    line.append(isCell(link) ? "Go to the cell" : "Go to the line");
    const foot = element("p", { className: "foot" }, line);
    if (asked[1]) foot.prepend(element("button", { type: "button", onclick: back }, "Back"));
    box.replaceChildren(...(isCell(link) ? computed : worked)(find(link)), foot);
    box.setAttribute("aria-label", `Where ${link.dataset.value ?? link.textContent} comes from`);
    for (const copy of box.querySelectorAll("[id]")) copy.removeAttribute("id");
    box.togglePopover({ force: true, source: asked[0] });
    box.scrollTop = 0;
    box.focus({ preventScroll: true });
    shown();
  };

  document.addEventListener("click", (event) => {
    /** @type {HTMLAnchorElement} */
    const link = /** @type {Element} */ (event.target).closest("a.bp-val");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !find(link))
      return;
    event.preventDefault();
    if (box.contains(link)) asked.push(link);
    else {
      if (asked) asked[0].style.anchorName = "";
      link.style.anchorName = "--asked"; // where the style sheet puts the pop-up
      asked = [link];
    }
    show();
  });
}

/** @type {(link: HTMLAnchorElement) => boolean} */
const isCell = (link) => link.hash.startsWith("#cell");

/**
 * Return what a link leads to: the mark of a line, or a cell; a copy, if that is on another page.
 * @type {(link: HTMLAnchorElement) => HTMLElement | null}
 */
function find(link) {
  const address = link.getAttribute("href");
  if (address[0] === "#") return document.getElementById(address.slice(1));
  /** @type {HTMLTemplateElement} */
  const others = document.querySelector("main template");
  return others?.content.querySelector(`[data-at="${address}"]`);
}

/**
 * Say how a worked line came about.
 * @type {(mark: HTMLElement) => HTMLElement[]}
 */
function worked(mark) {
  const parts = (mark.dataset.from ?? "").split(" ").map(part).filter(Boolean);
  const said = [
    element("p", { className: "title" }, ...copy(mark, "label")),
    element("div", { className: "line" }, ...copy(mark, "formula")),
    element("div", { className: "line" }, ...copy(mark, "numbers")),
    element("p", { className: "result" }, ...copy(mark, "result")),
  ];
  if (cell(mark, "printed")?.textContent) {
    const print = element("div", {}, ...copy(mark, "printed"));
    /** @type {NodeListOf<HTMLElement>} */
    const figures = print.querySelectorAll("[data-why]");
    for (const figure of figures)
      figure.after(`, printed in ${figure.dataset.where}: ${figure.dataset.why}`);
    said.push(print);
  }
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
 * Show the code of a cell, if the page shows it, and the result unless that is a figure.
 * @type {(place: HTMLElement) => Node[]}
 */
function computed(place) {
  const code = place.querySelector(".cell_input");
  const results = [...place.querySelectorAll(".cell_output > *")].filter(
    (result) => !result.matches("bp-figure, :has(svg, bp-figure)"),
  );
  const title = code ? "Computed by this cell" : "Computed with this";
  const shown = [code, ...results].filter(Boolean).map((part) => part.cloneNode(true));
  return [element("p", { className: "title" }, title), ...shown];
}

/**
 * Return a cell of a worked line by its name: of the row on this page, or of its copy.
 * @type {(mark: HTMLElement, name: string) => Element | null}
 */
const cell = (mark, name) => (mark.closest("tr") ?? mark).querySelector(`:scope > .${name}`);

/**
 * Return a copy of what is in a cell of a worked line.
 * @type {(mark: HTMLElement, name: string) => Node[]}
 */
const copy = (mark, name) => [...cell(mark, name).cloneNode(true).childNodes];

/** @type {<K extends keyof HTMLElementTagNameMap>(name: K, properties: Partial<HTMLElementTagNameMap[K]>, ...children: (Node | string)[]) => HTMLElementTagNameMap[K]} */
function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
