// What is said of an answer, and where to read it again.

import { WORDS } from "../core/mistakes.js";
import { html } from "./dom.js";

/**
 * Return a verdict of marking.js as HTML: its sentences, and links to where its mistakes are explained.
 * @type {(verdict: Verdict, id?: string) => HTMLElement[]}
 */
export function saidOf({ said, mistakes }, id) {
  const chapters = new Set(mistakes.map((mistake) => WORDS[mistake].section));
  return [
    html("p", {}, said, ...[...chapters].flatMap((section) => [" ", again(section, id), "."])),
  ];
}

/**
 * Return the link to a section, chapter#label; id: that of the figure, which it has on a page alone.
 * @type {(section: string, id?: string) => HTMLAnchorElement}
 */
export function again(section, id) {
  const [chapter, place] = section.split("#");
  return html("a", { href: `${chapter}.${id ? "html" : "ipynb"}#${place}` }, "Read it again");
}
