// Words and numbers as the search compares them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { finder } from "../../../site/look/search_find.js";
import { shared, shown, withPoints } from "../../../site/look/search_numbers.js";
import { words } from "../../../site/look/search_words.js";

const keys = (text) => words(text).flatMap(({ keys }) => keys);

test("a word is the same in both spellings and in all its forms", () => {
  for (const [one, other] of [
    ["initialisation", "initialization"],
    ["optimiser", "optimizers"],
    ["vectorised", "vectorization"],
    ["labelled", "labeled"],
    ["colour", "color"],
    ["behaviour", "behavior"],
    ["centre", "center"],
    ["analyse", "analyze"],
    ["practise", "practice"],
    ["license", "licences"],
    ["gradients", "gradient"],
    ["weight's", "weights"],
    ["Nielsen's", "Nielsen"],
    ["matrices", "matrix"],
    ["δ", "delta"],
    ["1/2", "½"],
    ["1e-07", "10⁻⁷"],
  ])
    assert.deepEqual(keys(one), keys(other), `${one}, ${other}`);
  assert.notDeepEqual(keys("1/20"), keys("½0"));
});

test("small words do not count, names have parts, Chinese has pairs", () => {
  assert.deepEqual(keys("don't I use the old or the new weights?"), ["us", "old", "new", "weight"]);
  assert.deepEqual(words("zero_grad")[0].forms, ["zero", "grad", "zero_grad"]);
  assert.deepEqual(keys("卷积核 层"), ["卷积", "积核", "层"]);
  const [, second] = words("w6 = 0.25");
  assert.deepEqual([second.start, second.end], [5, 9]);
});

test("a number is read however it is written", () => {
  for (const [text, value, place, digits] of [
    ["0.0250", 0.025, -4, 3],
    ["1,797", 1797, 0, 4],
    ["2.5e-03", 0.0025, -4, 2],
    ["1.2 × 10⁻⁵", 1.2e-5, -6, 2],
    ["1.2 · 10^−5", 1.2e-5, -6, 2],
    ["10⁻⁷", 1e-7, -7, 1],
    ["10^-7", 1e-7, -7, 1],
  ])
    assert.deepEqual(shown(text), { value, place, digits }, text);
  assert.equal(
    withPoints("0,291 and 3,1416 of 1,797 or 2,406,172"),
    "0.291 and 3.1416 of 1,797 or 2,406,172",
  );
});

test("a number is the same cut, rounded, and with more digits", () => {
  const same = (one, other) => shared(shown(one), shown(other));
  assert.equal(same("0.2910", "0.291027924"), 4); // cut and rounded
  assert.equal(same("0.29103", "0.291027924"), 5); // rounded
  assert.equal(same("0.29102", "0.291027924"), 5); // cut
  assert.equal(same("0.29102792421", "0.291027924"), 9);
  assert.equal(same("0.291027924", "0.29103"), 5);
  for (const other of ["0.2911", "0.29101", "0.29104", "2.9103", "0.291029"])
    assert.equal(same(other, "0.291027924"), 0, other);
});

const entry = (given) => ({
  ...{ id: "here", kind: "section", heading: "", text: "", lines: {}, names: [], terms: [] },
  ...given,
});
const find = finder([
  {
    page: "one.html",
    name: "One",
    title: "One: the first",
    entries: [
      entry({
        id: "top",
        heading: "The learning rate",
        text: "How far.\nA step = 0.123456789",
        lines: { 1: "step-w1" },
      }),
      entry({
        id: "code",
        heading: "Programs",
        text: "It learns. Nothing else.",
        names: ["with_values"],
      }),
    ],
  },
  {
    page: "two.html",
    name: "Two",
    title: "Two: the second",
    entries: [
      entry({
        id: "xor",
        heading: "What no straight network can do",
        text: "It is 0.1234 here. Two lines.",
        terms: ["exclusive or", "XOR", "异或"],
      }),
      entry({
        id: "rate",
        heading: "Elsewhere",
        text: "The rate at which it is learning, learning.",
      }),
    ],
  },
]);
const links = (query) => find(query).pages.map(({ hits }) => hits[0].href);

test("a heading counts more than words apart, and a term leads to its section", () => {
  assert.deepEqual(links("learning rate"), ["one.html#top", "two.html#rate"]);
  for (const query of ["xor", "Exclusive or", "异或"])
    assert.equal(links(query)[0], "two.html#xor");
});

test("what is mistyped, or not yet typed to its end, is found", () => {
  for (const query of ["learnign rate", "laerning", "straiht", "with_valeus"])
    assert.ok(links(query).length, query);
  assert.equal(find("learnign straiht 0,5").readAs, "learning straight 0.5");
  assert.equal(find("with_valeus").readAs, "with_values");
  assert.equal(find("setp").readAs, "step"); // two letters in the wrong order are one slip
  assert.equal(links("progr")[0], "one.html#code");
  assert.equal(find("progr").readAs, "programs");
  assert.deepEqual(links("zzzz"), []);
});

test("a number leads to its line, with the number marked", () => {
  assert.deepEqual(links("0.12345679"), ["one.html#step-w1", "two.html#xor"]);
  assert.deepEqual(links("0.1234"), ["two.html#xor", "one.html#step-w1"]);
  const [{ hits }] = find("0,123456789").pages;
  assert.deepEqual(hits[0].sentence, [
    { text: "A step = ", marked: false },
    { text: "0.123456789", marked: true },
  ]);
});

test("the sentence with the words is shown, and what is only in code is said", () => {
  const said = (query) =>
    find(query)
      .pages[0].hits[0].sentence.map(({ text, marked }) => (marked ? `[${text}]` : text))
      .join("");
  assert.equal(said("nothing"), "[Nothing] else.");
  assert.equal(said("with_values"), "In the code: [with_values]");
});
