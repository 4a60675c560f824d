// A button at each piece of code copies it: what can be run, without the prompts of a session and
// without what it answered.  Nor has what a cell printed a button.

/** Give the code of the page its buttons. */
export function offerCopies() {
  const status = document.createElement("p"); // a screen reader says what is put into it
  status.role = "status";
  status.className = "bp-said";
  document.body.append(status);
  for (const code of document.querySelectorAll("main .highlight:not(.output > *)")) {
    const button = document.createElement("button");
    button.className = "bp-copy";
    button.type = "button";
    button.ariaLabel = "Copy";
    code.append(button);
  }
  /** @type {Element} */
  let last; // what it copied is in the clipboard
  document.addEventListener("click", async (event) => {
    const button = /** @type {Element} */ (event.target).closest(".bp-copy");
    if (!button) return;
    const code = button.previousElementSibling;
    if (last) last.ariaLabel = "Copy";
    last = button;
    status.textContent = "";
    try {
      await navigator.clipboard.writeText(withoutPrompts(code));
      button.ariaLabel = "Copied";
    } catch {
      getSelection().selectAllChildren(code); // a browser that forbids it still copies by its own key
      button.ariaLabel = "Selected";
    }
    status.textContent = button.ariaLabel;
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
