// Finding: from the index of the book (book_search.py) and a query to pages, the best first, each
// with its best sections and the sentences that answer.  Knows of no page that is open.

/*! With MiniSearch, © Luca Ongaro, and stemmer, © Titus Wormer; both under the MIT licence. */

import MiniSearch from "minisearch";
import { NUMBER, shared, shown, withPoints } from "./search_numbers.js";
import { meantBy } from "./search_spelling.js";
import { words } from "./search_words.js";

/** @import { Shown } from "./search_numbers.js" */

/**
 * What can be found: a section, a term of the glossary, a name of the package.  Each line of `text`
 * is a paragraph or a row of a table; `lines` has the anchors of those that are worked lines.
 * @typedef {{ id: string, kind: "section" | "term" | "name", heading: string, text: string,
 *   lines: Record<string, string>, names: string[], terms: string[] }} Entry
 * @typedef {{ page: string, name: string, title: string, entries: Entry[] }} Page
 */

/**
 * What is found: pages with their best entries, for the query as it was read, slips corrected; of a
 * sentence the pieces, those marked that were asked for.
 * @typedef {{ text: string, marked: boolean }} Piece
 * @typedef {{ heading: string, href: string, sentence: Piece[] }} Hit
 * @typedef {{ name: string, hits: Hit[] }} PageFound
 * @typedef {{ readAs: string, pages: PageFound[] }} Found
 */

/**
 * A number of the book and where it stands, or one that is asked for.
 * @typedef {Shown & { entry: number, line: number }} Placed
 * @typedef {{ keys: string[], numbers: Shown[] }} Query
 */

/**
 * An entry that answers: how well, which words of it do, how many of the query's parts, and the
 * line with the number.
 * @typedef {{ entry: number, score: number, marks: Set<string>, parts: number, line?: number }} Answer
 */

const BOOST = { terms: 4, heading: 4, title: 1.5, text: 1, names: 1 };
// A chapter explains what the lists of terms and of names only name.
const WEIGHT = { section: 1, term: 0.15, name: 0.3 };
const SURE = 3; // so many digits of a number are no coincidence
const CLOSER = 60; // so many of the best are looked at more closely
const PAGES = 12;
const HITS = 4; // of a page
const LONG = 240; // letters of a sentence

/**
 * Return the function that finds.
 * @type {(pages: Page[]) => (query: string) => Found}
 */
export function finder(pages) {
  const entries = pages.flatMap((page) => page.entries.map((entry) => ({ ...entry, page })));
  /** @type {Map<string, number>} */
  const spellings = new Map(); // each word of the book: how often it is there
  const known = new Set(); // all that words are found by
  const index = new MiniSearch({
    fields: Object.keys(BOOST),
    tokenize: (text) =>
      words(text).flatMap(({ said, forms }) => {
        spellings.set(said, (spellings.get(said) ?? 0) + 1);
        return forms;
      }),
    processTerm: (form) => known.add(form) && form,
    searchOptions: { boost: BOOST, tokenize: (query) => query.split(" "), processTerm: String },
  });
  index.addAll(
    entries.map(({ terms, heading, text, names, page }, id) => ({
      ...{ id, heading, text, title: `${page.name}\n${page.title}` },
      ...{ terms: terms.join("\n"), names: names.join("\n") },
    })),
  );
  /** @type {Placed[]} */
  const numbers = entries.flatMap(({ text }, entry) =>
    text
      .split("\n")
      .flatMap((block, line) =>
        Array.from(block.matchAll(EVERY_NUMBER), ([number]) => ({ ...shown(number), entry, line })),
      ),
  );

  // A word that the book does not have is not yet typed to its end, or mistyped.
  /** @type {(text: string) => string} */
  const corrected = (text) =>
    words(text).reduceRight((all, { start, end, said, keys }) => {
      const meant = keys.some((key) => known.has(key)) ? "" : meantBy(said, spellings);
      return meant ? all.slice(0, start) + meant + all.slice(end) : all;
    }, text);

  /** @type {(text: string) => Query} */
  const read = (text) => {
    /** @type {Query} */
    const query = { keys: [], numbers: [] };
    for (const { start, end, forms, keys } of words(text)) {
      const number = WHOLE_NUMBER.test(text.slice(start, end)) && shown(text.slice(start, end));
      if (number && (number.digits >= SURE || !known.has(keys[0]))) query.numbers.push(number);
      else query.keys.push(...(isName(keys[0]) && !known.has(keys[0]) ? forms.slice(0, -1) : keys));
    }
    return query;
  };

  /** @type {(query: Query) => Answer[]} */
  const answers = ({ keys, numbers: asked }) => {
    /** @type {Map<number, Answer>} */
    const found = new Map();
    for (const { id, score, terms, queryTerms } of index.search(keys.join(" ")))
      found.set(id, { entry: id, score, marks: new Set(terms), parts: new Set(queryTerms).size });
    for (const number of asked) {
      /** @type {Map<number, Placed & { score: number }>} */
      const best = new Map();
      for (const one of numbers) {
        const score = nearness(number, one, entries[one.entry]);
        if (score > (best.get(one.entry)?.score ?? 0)) best.set(one.entry, { ...one, score });
      }
      for (const [entry, { score, line, value }] of best) {
        const answer = found.get(entry) ?? { entry, score: 0, marks: new Set(), parts: 0 };
        answer.marks.add(String(value));
        found.set(
          entry,
          Object.assign(answer, { score: answer.score + score, line, parts: answer.parts + 1 }),
        );
      }
    }
    return [...found.values()];
  };

  /** @type {(query: Query) => Answer[]} */
  const ranked = (query) => {
    const parts = new Set(query.keys).size + query.numbers.length;
    const phrase = ` ${query.keys.join(" ")} `;
    return answers(query)
      .map((answer) => ({
        ...answer,
        score: answer.score * (answer.parts / parts) ** 1.5 * WEIGHT[entries[answer.entry].kind],
      }))
      .sort(byScore)
      .slice(0, CLOSER)
      .map((one) => ({ ...one, score: one.score * literal(phrase, entries[one.entry]) }))
      .sort(byScore);
  };

  return (text) => {
    const readAs = corrected(withPoints(text));
    const pages = [...Map.groupBy(ranked(read(readAs)), ({ entry }) => entries[entry].page)]
      .map(([page, hits]) => ({ page, hits, score: together(hits) }))
      .sort(byScore)
      .slice(0, PAGES)
      .map(({ page, hits }) => ({
        name: page.name,
        hits: hits
          .slice(0, HITS)
          .filter(({ score }) => score > hits[0].score / 4)
          .map((hit) => shownHit(entries[hit.entry], hit)),
      }));
    return { readAs, pages };
  };
}

/** @type {(one: { score: number }, other: { score: number }) => number} */
const byScore = (one, other) => other.score - one.score;

/** @type {(key: string) => boolean} */
const isName = (key) => key.includes("_");
const EVERY_NUMBER = new RegExp(NUMBER, "gu");
const WHOLE_NUMBER = new RegExp(`^(?:${NUMBER})$`, "u");

/**
 * Say how near a number of the book is to the one asked for, 0 for not at all: by the digits that
 * they share, then as it is typed, then in a worked line.
 * @type {(asked: Shown, one: Placed, entry: Entry) => number}
 */
function nearness(asked, one, entry) {
  const digits = shared(asked, one);
  if (!digits || (one.place > asked.place && digits <= SURE)) return 0;
  const typed = one.place === asked.place ? 3 : 0;
  return 10 + 5 * digits + typed + (entry.lines[one.line] ? 2 : 0);
}

/**
 * Say how much more an entry is worth because it has the words of a query one after the other: as
 * one of its terms, as its heading, in it, in its text.
 * @type {(phrase: string, entry: Entry) => number}
 */
function literal(phrase, { terms, heading, text }) {
  if (!phrase.trim()) return 1;
  const title = keysOf(heading);
  if (terms.some((term) => keysOf(term) === phrase)) return 6;
  if (title === phrase) return 3;
  if (title.includes(phrase)) return 1.4;
  return keysOf(text).includes(phrase) ? 1.2 : 1;
}

/** @type {(text: string) => string} */
const keysOf = (text) =>
  ` ${words(text)
    .flatMap(({ keys }) => keys)
    .join(" ")} `;

/**
 * Return what a page is worth by its answers, the best first.
 * @type {(answers: Answer[]) => number}
 */
const together = ([best, second, third]) =>
  best.score + (second?.score ?? 0) / 4 + (third?.score ?? 0) / 8;

/**
 * Return what is shown of an answer: of the entry's sentences the one with most of what was asked.
 * @type {(entry: Entry & { page: Page }, answer: Answer) => Hit}
 */
function shownHit({ heading, id, kind, text, lines, names, page }, { marks, line }) {
  const href = `${page.page}#${lines[line] ?? id}`;
  const blocks = text.split("\n");
  const sentences = (kind === "term" ? blocks.slice(0, 1) : (blocks[line] ?? text).split("\n"))
    .flatMap((block) => block.split(END))
    .map((sentence) => pieces(sentence, marks));
  const counts = sentences.map(
    (all) => new Set(all.filter(({ marked }) => marked).map(({ text }) => text.toLowerCase())).size,
  );
  const most = Math.max(...counts);
  const code = most ? [] : names.filter((name) => isMarked(name, marks));
  const sentence = code.length
    ? pieces(`In the code: ${code.join(", ")}`, marks)
    : sentences[counts.indexOf(most)];
  return { heading: heading === page.title ? page.name : heading, href, sentence: cut(sentence) };
}

const END = /(?<=[.?!][)"”]?) (?=[^a-z])|(?<=[。？！])/;

/** @type {(text: string, marks: Set<string>) => boolean} */
const isMarked = (text, marks) =>
  words(text).some(({ forms }) => forms.some((form) => marks.has(form)));

/**
 * Return a sentence in pieces, the words with these forms marked.
 * @type {(text: string, marks: Set<string>) => Piece[]}
 */
function pieces(text, marks) {
  const all = [];
  let done = 0;
  for (const { start, end, forms } of words(text)) {
    if (!forms.some((form) => marks.has(form))) continue;
    all.push({ text: text.slice(done, start), marked: false });
    all.push({ text: text.slice(start, end), marked: true });
    done = end;
  }
  return [...all, { text: text.slice(done), marked: false }].filter(({ text }) => text);
}

/**
 * Shorten a sentence that is long, around the first word marked.
 * @type {(all: Piece[]) => Piece[]}
 */
function cut(all) {
  const first = all.findIndex(({ marked }) => marked);
  const before = all[0] && first > 0 ? all[0].text : "";
  const from = before.length > LONG / 2 ? before.indexOf(" ", before.length - LONG / 3) + 1 : 0;
  const kept = [];
  let room = LONG;
  for (const [n, { text, marked }] of all.entries()) {
    const rest = n === 0 && from ? `… ${text.slice(from)}` : text;
    const end = rest.length > room ? rest.lastIndexOf(" ", room) : rest.length;
    if (room > 0) kept.push({ text: end < rest.length ? `${rest.slice(0, end)} …` : rest, marked });
    room -= rest.length;
  }
  return kept;
}
