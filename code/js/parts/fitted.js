// The drawing of a network as large as its place allows: on a small screen a smaller one takes its turn.

import { LABELS } from "../core/trace.js";
import { html } from "./dom.js";
import { drawing, leastWidth } from "./drawing.js";
import { FORMATS } from "./layout.js";

const MARGIN = 8; // between what is marked and the edge of its box

/**
 * Return { element, stop }: the box of a drawing, which scrolls if even the smallest does not fit.
 *
 * drew(drawing) is called with the first one, and with each that takes its place. labels: those of the steps that
 * have places in it.
 * @type {(names: Names, drew: (drawing: Drawing) => void, labels?: readonly string[]) => { element: HTMLElement, stop: () => void }}
 */
export function fitted(names, drew, labels = LABELS) {
  const widths = FORMATS.map((format) => leastWidth(names, format, labels));
  const element = html("div", { class: "bp-scroll" });
  /** @type {Format} */
  let chosen;
  const fit = () => {
    const room = element.clientWidth || Infinity; // not on a page yet
    const fits = widths.findIndex((width) => width <= room);
    const format = FORMATS.at(fits);
    if (format === chosen) return;
    chosen = format;
    const drawn = drawing(names, format, labels);
    element.replaceChildren(drawn.element);
    drew(drawn);
  };
  const observer = new ResizeObserver(() => {
    fit();
    showMarked(element);
  });
  observer.observe(element);
  fit();
  return { element, stop: () => observer.disconnect() };
}

/**
 * Scroll a drawing that is wider than its box sideways, until the places that are marked are seen.
 * @type {(box: Element) => void}
 */
export function showMarked(box) {
  const marked = [...box.querySelectorAll(".marked")];
  if (box.scrollWidth <= box.clientWidth || !marked.length) return;
  const rects = marked.map((place) => place.getBoundingClientRect()),
    { left, right } = box.getBoundingClientRect(),
    over = Math.max(...rects.map((rect) => rect.right)) + MARGIN - right,
    under = Math.min(...rects.map((rect) => rect.left)) - MARGIN - left;
  if (over > 0) box.scrollLeft += over;
  else if (under < 0) box.scrollLeft += under;
}
