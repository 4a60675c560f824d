// Links that are copied: to a heading, a line, an exercise, an answer, the state of a figure.  A figure
// can also be copied as an <iframe>, of its page with ?only=ID, which shows it alone.

import { copied } from "./clipboard.js";
import { element } from "./element.js";

const PADDING = 128; // px around a figure that stands alone, with the line that says where it is from

/**
 * Let whatever has an address offer it, and copy the one that is clicked.
 */
export function showLinks() {
  for (const place of document.querySelectorAll("a[id^=step-], main .exercise[id]")) {
    const isLine = place.matches("a");
    const title = isLine ? place.parentElement : place.querySelector(".admonition-title");
    const link = offer("#", `#${place.id}`, `Copy link to this ${isLine ? "line" : "exercise"}`);
    if (isLine) link.tabIndex = -1; // else hundreds of stops for the keyboard
    title.append(link);
  }
  for (const link of document.querySelectorAll("figure[id] .headerlink")) {
    const { id } = link.closest("figure");
    const embed = offer("Copy iframe", `?only=${id}#${id}`, "Copy iframe");
    embed.dataset.embed = id;
    link.after(embed);
  }
  document.addEventListener("click", async (event) => {
    /** @type {HTMLAnchorElement} */
    const link = /** @type {Element} */ (event.target).closest(".bp-link, .bp-offer, .headerlink");
    if (!link) return;
    if (link.dataset.embed || link.matches(".bp-link")) event.preventDefault(); // others go there too
    const text = link.dataset.embed ? frameOf(link) : withoutQuery(link.href);
    if (!(await copied(text))) return prompt("To copy:", text); // where a browser keeps it from us
    link.dataset.said = "Copied";
    link.addEventListener("blur", () => delete link.dataset.said, { once: true });
    link.focus();
  });
}

/** @type {(address: string) => string} */
const withoutQuery = (address) => Object.assign(new URL(address), { search: "" }).href;

/**
 * Return an <iframe> that shows the figure of a link as it is now, as high as it is here.
 * @type {(link: HTMLAnchorElement) => string}
 */
function frameOf(link) {
  const height = aloneOf(link.dataset.embed).getBoundingClientRect().height;
  const frame = element("iframe", { src: link.href, title: document.title, width: "100%" });
  frame.height = String(Math.ceil(height) + PADDING);
  frame.style.border = "0";
  return frame.outerHTML;
}

/**
 * Return what is shown of a figure that is shown alone: with its caption, if it has one.
 * @type {(id: string) => Element}
 */
function aloneOf(id) {
  const figure = document.getElementById(id);
  return figure?.closest("figure") ?? figure;
}

/** Show one figure of the page and nothing else, if the address asks for that; return whether it does. */
export function showAlone() {
  const id = new URLSearchParams(location.search).get("only");
  const figure = id && aloneOf(id);
  delete document.documentElement.dataset.only; // the head has set it, so that nothing flickers
  if (!figure) return false;
  document.documentElement.dataset.only = "shown";
  const href = withoutQuery(location.href);
  const source = element("a", { href, target: "_blank" }, document.title);
  document.getElementById("main").replaceChildren(figure, source);
  return true;
}

/**
 * Return a link that is seen while the pointer or the keyboard is near: no part of the text.
 * @type {(shown: string, href: string, name: string) => HTMLAnchorElement}
 */
function offer(shown, href, name) {
  const link = element("a", { href, className: "bp-offer", ariaLabel: name, title: name });
  link.dataset.shown = shown; // by the style sheet
  return link;
}
