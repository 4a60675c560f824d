// Why a weight has its gradient: its chain along every path to the loss, and the sum over the paths.

import { fmt, result, runs } from "../core/latex.js";
import { html, inHtml, setText } from "./dom.js";

const MOST = 8; // of chains that are written out

/**
 * Return { element, show(why) }: the list of the chains of a `why`, as formula and as numbers, and their sum; a path may have a label.
 * @type {(digits: number) => { element: HTMLElement, show: (why: Why) => void }}
 */
export function chains(digits) {
  const element = html("ol", { class: "bp-chains" });
  /** @type {(value: number) => string} */
  const operand = (value) => (value < 0 ? `(${fmt(value, digits)})` : fmt(value, digits));
  /** @type {string} */
  let of; // the weight whose formulas are written
  /** @type {{ numbers: HTMLElement, end: HTMLElement }[]} */
  let lines; // where their numbers stand

  /** @type {(label: string, formula: Child[]) => { numbers: HTMLElement, end: HTMLElement }} */
  function line(label, formula) {
    const numbers = html("span"),
      end = html("span", { class: "bp-gradient" });
    element.append(
      html(
        "li",
        {},
        html("span", { class: "label" }, label),
        html("span", {}, ...formula),
        numbers,
        end,
      ),
    );
    return { numbers, end };
  }

  /** @type {(why: Why) => void} */
  function write({ symbol, paths }) {
    element.replaceChildren();
    of = symbol.name;
    lines = paths.slice(0, MOST).map(({ label, factors }, n) =>
      line(
        label ?? (paths.length === 1 ? "the path" : `path ${n + 1}`),
        factors.flatMap((factor, k) => [
          ...(k ? [" · "] : []),
          ...inHtml(runs(factor.symbol.latex)),
        ]),
      ),
    );
    if (paths.length > 1) lines.push(line("sum", inHtml(runs(symbol.latex))));
  }

  /** @type {(why: Why) => void} */
  function show(why) {
    const { symbol, paths, total } = why;
    if (symbol.name !== of) write(why);
    lines.forEach(({ numbers, end }, n) => {
      const path = n < MOST && paths[n];
      const terms =
        paths.length > MOST
          ? `the sum over ${paths.length} paths`
          : paths.map(({ product }) => operand(product)).join(" + ");
      setText(numbers, path ? path.factors.map(({ value }) => operand(value)).join(" × ") : terms);
      setText(end, result(path ? path.product : total, digits));
    });
  }

  return { element, show };
}
