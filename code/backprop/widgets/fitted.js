// A drawing as wide as its place allows: on a small screen another one takes its turn.

import { html } from "./dom.js";

/**
 * Return { element, stop }: the box of a drawing, which scrolls if even the narrow one does not fit.
 *
 * make(wide) -> { element, least }, a drawing and the pixels below which its text would be too small;
 * it is called again when the box becomes too narrow, or wide enough.
 */
export function fitted(make) {
  const { element: first, least } = make(true);
  const element = html("div", { class: "bp-scroll" }, first);
  let wide = true;
  const observer = new ResizeObserver(() => {
    if (element.clientWidth >= least === wide) return;
    wide = !wide;
    element.replaceChildren(make(wide).element);
  });
  observer.observe(element);
  return { element, stop: () => observer.disconnect() };
}
