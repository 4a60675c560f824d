// The drawing of a network as large as its place allows: on a small screen a smaller one takes its turn.

import { html } from "./dom.js";
import { drawing, leastWidth } from "./drawing.js";
import { LOOKS } from "./layout.js";

/**
 * Return { element, stop }: the box of a drawing, which scrolls if even the smallest does not fit.
 *
 * drew(drawing) is called with the first one, and with each that takes its place.
 */
export function fitted(names, drew) {
  const widths = LOOKS.map((look) => leastWidth(names, look));
  const element = html("div", { class: "bp-scroll" });
  let chosen;
  const fit = () => {
    const room = element.clientWidth || Infinity; // not on a page yet
    const fits = widths.findIndex((width) => width <= room);
    const look = LOOKS.at(fits);
    if (look === chosen) return;
    chosen = look;
    const drawn = drawing(names, look);
    element.replaceChildren(drawn.element);
    drew(drawn);
  };
  const observer = new ResizeObserver(fit);
  observer.observe(element);
  fit();
  return { element, stop: () => observer.disconnect() };
}
