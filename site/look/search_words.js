// Words as the search compares them, of a page and of a query alike: by their stem, in British
// spelling or American; code by its names and their parts; Chinese by pairs of characters; Greek
// letters by name.

import { stemmer } from "stemmer";
import { NUMBER, shown } from "./search_numbers.js";

const WORD = new RegExp(
  `(?<number>${NUMBER})|(?<chinese>\\p{Script=Han}+)|(?<word>[\\p{L}_][\\p{L}\\p{N}_’']*)|[½⊙∇]`,
  "gu",
);
const GREEK = /** @type {Record<string, string>} */ ({
  ...{ α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", η: "eta", θ: "theta" },
  ...{ λ: "lambda", μ: "mu", ρ: "rho", σ: "sigma", ς: "sigma" },
});
// Words that every page is full of, and of which a question is.
const SMALL = new Set(
  (
    "a about am an and are as at be been but by ca can could did do does for from get had has have he her " +
    "here how i if in into is it its just me my no not of on one or our s she should so some t than that " +
    "the their them then there these they this to too up us was we were what when where which while who " +
    "why will with wo would you your"
  ).split(" "),
);
// British to American, which the rules for stems are made for.
const SPELLINGS = /** @type {[RegExp, string][]} */ ([
  [/([ae]l)l(ed|ing|er|ers)$/, "$1$2"],
  [/ys(e[sdr]?)$/, "yz$1"],
  [/(ol|ab|vi|hb|av)our/, "$1or"],
  [/t(?:re)([sd]?)$/, "ter$1"],
  [/^(pro)gramme(s)?$/, "$1gram$2"],
  [/(lic|def|off)enc/, "$1ens"],
  [/(pract)is/, "$1ic"],
  [/([a-z]{2})is(e[sdr]?|ers|ing|ation|ations|able)$/, "$1iz$2"],
  [/(i)ces$/, "$1x"], // matrices, vertices
]);

/**
 * A word of a text: where it stands, what it says in small letters, all that it is found by, and by
 * what it asks in a query.
 * @typedef {{ said: string, forms: string[], keys: string[] }} Form
 * @typedef {Form & { start: number, end: number }} Word
 */

/** @type {Map<string, Form>} */
const met = new Map(); // each word is taken apart once

/**
 * Return the words of a text, small ones left out.
 * @type {(text: string) => Word[]}
 */
export function words(text) {
  const found = [];
  for (const match of text.replace(/(?<![\d/])1\/2(?![\d/])/g, "½  ").matchAll(WORD)) {
    const [all] = match;
    if (!met.has(all)) met.set(all, formOf(all, match.groups));
    const form = met.get(all);
    const end = match.index + all.length;
    if (form.forms.length) found.push({ start: match.index, end, ...form });
  }
  return found;
}

/** @type {(text: string, kind: Record<string, string>) => Form} */
function formOf(text, { number, chinese, word }) {
  const only = (/** @type {string} */ key) => ({ said: key, forms: [key], keys: [key] });
  if (number) return only(String(shown(text).value));
  if (chinese) return { said: text, forms: pairs(text), keys: pairs(text) };
  if (!word) return only(text);
  const said = text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/n[’']t$|[’']s?$|[’']/g, "") // weight's, don't
    .replace(/[α-ω]/g, (letter) => GREEK[letter] ?? letter);
  if (SMALL.has(said)) return { said, forms: [], keys: [] };
  if (!said.includes("_")) return { said, forms: [stemOf(said)], keys: [stemOf(said)] };
  return { said, forms: [...said.split("_").filter(Boolean), said], keys: [said] };
}

/** @type {(word: string) => string} */
function stemOf(word) {
  const american = SPELLINGS.reduce((it, [british, to]) => it.replace(british, to), word);
  return /^[a-z]+$/.test(american) ? stemmer(american) : american;
}

/** @type {(text: string) => string[]} */
const pairs = (text) =>
  text.length < 2
    ? [text]
    : Array.from({ length: text.length - 1 }, (_, n) => text.slice(n, n + 2));
