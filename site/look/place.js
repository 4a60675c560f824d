// Where the reader is: the contents scroll to the chapter that is open, and a reader who comes back
// is offered the section where they stopped.  That is kept in their browser alone, and only there
// where they allow it: `localStorage.place` is the place, or "off".

import { element } from "./element.js";

const root = document.documentElement.dataset.content_root;
const headings = [...document.querySelectorAll("main :is(h1, h2, h3)")];

/** Return the heading of the section that is being read; null on a page without any. */
export const headingRead = () =>
  headings.findLast((heading) => heading.getBoundingClientRect().top < innerHeight / 3) ??
  headings[0];

/**
 * Return the text of a heading, without the link that follows it.
 * @type {(heading: Element) => string}
 */
export const textOf = (heading) => {
  const copy = /** @type {Element} */ (heading.cloneNode(true));
  copy.querySelector(".headerlink")?.remove();
  return copy.textContent.trim();
};

/**
 * Scroll the contents to the chapter that is open, once they are shown.
 * @type {(contents: HTMLElement) => void}
 */
export function showPlace(contents) {
  const current = contents.querySelector("li > [aria-current]");
  const show = () => {
    const { top } = current.getBoundingClientRect();
    contents.scrollTop += top - contents.getBoundingClientRect().top - contents.clientHeight / 4;
  };
  if (!current) return;
  show();
  contents.addEventListener("toggle", show);
}

/**
 * Keep the place when the page is left, and offer the one kept before; the button switches it off.
 * @type {(button: HTMLButtonElement) => void}
 */
export function keepPlace(button) {
  const page = location.pathname.slice(new URL(root, location.href).pathname.length);
  const read = () => localStorage.place;
  const label = () => {
    button.textContent = `Keep my place: ${read() === "off" ? "no" : "yes"}`;
  };
  try {
    label();
  } catch {
    return; // storage is forbidden: there is nothing to keep, and nothing to switch off
  }
  button.hidden = false;
  button.addEventListener("click", () => {
    if (read() === "off") delete localStorage.place;
    else localStorage.place = "off";
    document.querySelector("main > .resume")?.remove();
    label();
  });

  const kept = read()?.startsWith("[") ? JSON.parse(read()) : null;
  const isHome = document.querySelector("#contents .book-title [aria-current]");
  if (kept && !location.hash && (isHome || kept[0] === page)) offer(kept);

  addEventListener("pagehide", () => {
    const heading = headingRead();
    const id = heading?.closest("section")?.id;
    const chapter = document.querySelector("#contents li > [aria-current]");
    if (chapter && id && heading.matches("h2, h3") && read() !== "off")
      localStorage.place = JSON.stringify([page, id, chapter.textContent, textOf(heading)]);
  });
}

/**
 * Offer a place above the text.
 * @type {(place: [page: string, id: string, chapter: string, heading: string]) => void}
 */
function offer([page, id, chapter, heading]) {
  const link = element("a", { href: `${root}${page}#${id}` }, `${chapter}, ${heading}`);
  document
    .getElementById("main")
    .prepend(element("p", { className: "resume" }, "You stopped at ", link));
}
