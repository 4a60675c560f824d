// Why a weight has its gradient: its chain along every path to the loss, and the sum over the paths.

import { html, inHtml } from "./dom.js";
import { fmt, result, runs } from "./text.js";

const MOST = 8; // of chains that are written out

/** Fill `place` with the chains of a `why`, as formula and as numbers, and their sum. */
export function writeChains(place, { symbol, paths, total }, digits) {
  const operand = (value) => (value < 0 ? `(${fmt(value, digits)})` : fmt(value, digits));
  const line = (label, formula, numbers, value) =>
    html(
      "li",
      {},
      html("span", { class: "label" }, label),
      html("span", {}, ...formula),
      html("span", {}, numbers),
      html("span", { class: "bp-gradient" }, result(value, digits))
    );
  const lines = paths.slice(0, MOST).map(({ factors, product }, n) =>
    line(
      paths.length === 1 ? "the path" : `path ${n + 1}`,
      factors.flatMap((factor, k) => [...(k ? [" · "] : []), ...inHtml(runs(factor.symbol.latex))]),
      factors.map((factor) => operand(factor.value)).join(" × "),
      product
    )
  );
  if (paths.length > 1) {
    const terms = paths.length > MOST ? `the sum over ${paths.length} paths` : paths.map((path) => operand(path.product)).join(" + ");
    lines.push(line("sum", inHtml(runs(symbol.latex)), terms, total));
  }
  place.replaceChildren(...lines);
}
