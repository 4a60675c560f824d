// The drawing of a network as large as its place allows: on a small screen a smaller one takes its turn.

import { html } from "./dom.js";
import { drawing, leastWidth } from "./drawing.js";
import { FORMATS } from "./layout.js";

/**
 * Return { element, stop }: the box of a drawing, which scrolls if even the smallest does not fit.
 *
 * drew(drawing) is called with the first one, and with each that takes its place.
 * @type {(names: Names, drew: (drawing: Drawing) => void) => { element: HTMLElement, stop: () => void }}
 */
export function fitted(names, drew) {
  const widths = FORMATS.map((format) => leastWidth(names, format));
  const element = html("div", { class: "bp-scroll" });
  /** @type {Format} */
  let chosen;
  const fit = () => {
    const room = element.clientWidth || Infinity; // not on a page yet
    const fits = widths.findIndex((width) => width <= room);
    const format = FORMATS.at(fits);
    if (format === chosen) return;
    chosen = format;
    const drawn = drawing(names, format);
    element.replaceChildren(drawn.element);
    drew(drawn);
  };
  const observer = new ResizeObserver(fit);
  observer.observe(element);
  fit();
  return { element, stop: () => observer.disconnect() };
}
