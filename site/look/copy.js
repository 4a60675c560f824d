// A button at each piece of code copies it: what can be run, without the prompts of a session and
// without what it answered.  Nor has what a cell printed a button.

import { copied, tell } from "./clipboard.js";
import { element } from "./element.js";

/** Give the code of the page its buttons. */
export function offerCopies() {
  for (const code of document.querySelectorAll("main .highlight:not(.output > *)")) {
    code.append(element("button", { className: "bp-copy", type: "button", ariaLabel: "Copy" }));
  }
  /** @type {Element} */
  let last; // what it copied is in the clipboard
  document.addEventListener("click", async (event) => {
    const button = /** @type {Element} */ (event.target).closest(".bp-copy");
    if (!button) return;
    const code = button.previousElementSibling;
    if (last) last.ariaLabel = "Copy";
    last = button;
    if (await copied(withoutPrompts(code))) button.ariaLabel = "Copied";
    else {
      getSelection().selectAllChildren(code); // a browser that forbids it still copies by its own key
      button.ariaLabel = "Selected";
      tell("Selected");
    }
  });
}

/** @type {(code: Element) => string} */
function withoutPrompts(code) {
  const text = code.textContent;
  if (!code.querySelector(".gp")) return text;
  return text
    .match(/^(>>>|\.\.\.).*\n/gm)
    .map((line) => line.slice(4) || "\n")
    .join("");
}
