// What search.html runs: asks for the index at the first query, and shows what is found as the
// reader types.

import { element } from "./element.js";
import { finder } from "./search_find.js";

/** @import { PageFound, Hit } from "./search_find.js" */

/** @type {HTMLFormElement} */
const form = document.querySelector("form.search");
/** @type {HTMLInputElement} */
const field = form.querySelector("[name=q]");
const status = form.querySelector("[role=status]");
const results = document.getElementById("results");

/** @type {Promise<ReturnType<typeof finder>>} */
let index;
const asked = new URLSearchParams(location.search).get("q");

// A <script>, since a page opened from disk may not fetch.
const load = () =>
  (index ??= new Promise((resolve, reject) => {
    const script = element("script", { src: form.dataset.index, onerror: reject });
    script.onload = () => resolve(finder(/** @type {any} */ (window).bookIndex.pages));
    document.head.append(script);
  }));

async function show() {
  const query = field.value.trim();
  if (!query) return tell("", []);
  if (!index) status.textContent = "Fetching the index of the book …";
  /** @type {ReturnType<typeof finder>} */
  let find;
  try {
    find = await load();
  } catch {
    return tell("The index of the book could not be fetched. Reload the page to try again.", []);
  }
  if (query !== field.value.trim()) return; // the reader has typed on
  const { readAs, pages } = find(query);
  const count = pages.length === 1 ? "1 page" : `${pages.length || "No"} pages`;
  const meant = readAs === query ? "" : `, read as “${readAs}”`;
  tell(`${count} for “${query}”${meant}`, pages);
}

/** @type {(said: string, pages: PageFound[]) => void} */
function tell(said, pages) {
  status.textContent = said;
  results.replaceChildren(...pages.map(shown));
}

/** @type {(page: PageFound) => HTMLElement} */
function shown({ name, hits: [best, ...others] }) {
  const first = best.heading === name ? best : { ...best, heading: `${name} › ${best.heading}` };
  const item = element("li", {}, link(first), sentence(best));
  const more = others.map((hit) => element("li", {}, link(hit), sentence(hit)));
  if (more.length) item.append(element("ul", {}, ...more));
  return item;
}

/** @type {(hit: Hit) => HTMLElement} */
const link = ({ heading, href }) => element("a", { href }, heading);

/** @type {(hit: Hit) => HTMLElement} */
const sentence = ({ sentence }) =>
  element(
    "p",
    {},
    ...sentence.map(({ text, marked }) => (marked ? element("mark", {}, text) : text)),
  );

field.addEventListener("input", show);
field.addEventListener("change", () => {
  history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  show();
});
form.hidden = false;
field.value = asked ?? "";
if (asked) show();
else field.focus();
