// Elements made in one call, and runs of text (latex.js) written as HTML or as SVG.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Return a new HTML element. An attribute of undefined or false is left out; of true, empty.
 * @type {<K extends keyof HTMLElementTagNameMap>(tag: K, attributes?: Attributes, ...children: Child[]) => HTMLElementTagNameMap[K]}
 */
export function html(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/**
 * Return a new SVG element, likewise.
 * @type {<K extends keyof SVGElementTagNameMap>(tag: K, attributes?: Attributes, ...children: Child[]) => SVGElementTagNameMap[K]}
 */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** @type {<E extends Element>(element: E, attributes: Attributes, children: Child[]) => E} */
function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== false)
      element.setAttribute(name, value === true ? "" : String(value));
  element.append(...children);
  return element;
}

/**
 * Set the text of an element, if it is another one: what does not change is not laid out anew.
 * @type {(element: Element, text: string) => void}
 */
export function setText(element, text) {
  if (element.textContent === text) return;
  const { firstChild } = element;
  // a text node that stays costs the browser less than a new one
  if (firstChild instanceof Text && !firstChild.nextSibling) firstChild.data = text;
  else element.textContent = text;
}

/**
 * Set or remove an attribute, if that changes it.
 * @type {(element: Element, name: string, value: string | number | boolean | null) => void}
 */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/** @type {Record<Run["shift"], "sub" | "sup">} */
const HTML_SHIFTS = { sub: "sub", sup: "sup" };

/**
 * Return runs of text as HTML nodes.
 * @type {(runs: Run[]) => Child[]}
 */
export function inHtml(runs) {
  return runs.map(({ text, italic, shift }) => {
    const inner = italic ? html("i", {}, text) : text;
    return shift ? html(HTML_SHIFTS[shift], {}, inner) : inner;
  });
}

/** @type {Record<Run["shift"], number>} */
const SHIFTS = { sub: 0.2, sup: -0.4 }; // of an index from the line, in heights of a letter
const SMALL = 0.72;
const CLEAR = 0.06; // before an index, so that it stands clear of a slanted letter

/**
 * Return runs of text as SVG tspans, for a text of `size` pixels.
 * @type {(runs: Run[], size: number) => SVGTSpanElement[]}
 */
function inSvg(runs, size) {
  let level = 0;
  return runs.map(({ text, italic, shift }) => {
    const wanted = shift ? SHIFTS[shift] * size : 0;
    const span = svg(
      "tspan",
      {
        dx: shift && level === 0 ? CLEAR * size : undefined,
        dy: wanted === level ? undefined : wanted - level,
        "font-size": shift ? SMALL * size : undefined,
        "font-style": italic ? "italic" : undefined,
      },
      text,
    );
    level = wanted;
    return span;
  });
}

const HALF_FIGURE = 0.34; // of the size: from the line up to the middle of a figure

/**
 * Return an SVG text, words or runs, the middle of its figures at (x, y); anchor "start", "middle" or "end".
 * @type {(x: number, y: number, words: string | Run[], how: { size: number, anchor?: string, className?: string }) => SVGTextElement}
 */
export function svgText(x, y, words, { size, anchor = "start", className }) {
  const level = y + HALF_FIGURE * size;
  const inner = typeof words === "string" ? [words] : inSvg(words, size);
  return svg(
    "text",
    { x, y: level, "font-size": size, "text-anchor": anchor, class: className },
    ...inner,
  );
}

/**
 * Return about how many pixels runs of text take at `size`; a little more than less.
 * @type {(runs: Run[], size: number) => number}
 */
export function widthOf(runs, size) {
  return runs.reduce((sum, { text, shift }) => sum + text.length * size * (shift ? 0.4 : 0.53), 0);
}
