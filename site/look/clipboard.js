// The clipboard, and one place that tells a screen reader what became of a copy.

import { element } from "./element.js";

const status = document.body.appendChild(element("p", { role: "status", className: "unseen" }));

/** @type {(text: string) => void} */
export const tell = (text) => {
  status.textContent = text;
};

/**
 * Copy a text and tell it; return whether the browser allowed that.
 * @type {(text: string) => Promise<boolean>}
 */
export async function copied(text) {
  tell(""); // what is said again is told again
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return false;
  }
  tell("Copied");
  return true;
}
