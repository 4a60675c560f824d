// Numbers and symbols as the pages set them: against latex.fmt, and by reading.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import {
  evaluate,
  fmt,
  formula,
  letters,
  result,
  runs,
  said,
  substituted,
} from "../../js/core/latex.js";

const read = (name) =>
  JSON.parse(gunzipSync(readFileSync(new URL(`${name}.json.gz`, import.meta.url))));
const plain = (all) =>
  all.map(({ text, shift }) => (shift ? `${shift === "sub" ? "_" : "^"}${text}` : text)).join("");

test("numbers are rounded and written as in Python", () => {
  for (const [value, digits, text, relation] of read("texts").numbers) {
    assert.equal(fmt(value, digits), text, `${value} to ${digits} digits`);
    assert.equal(result(value, digits), `${relation}\u00a0${text}`);
  }
});

test("what is no number is said in words", () => {
  assert.deepEqual(
    [Infinity, -Infinity, NaN].map((value) => fmt(value)),
    ["∞", "−∞", "no number"],
  );
});

test("symbols stand in one line", () => {
  const read = {
    w_6: "w_6",
    "\\mathrm{net}_{h1}": "net_h1",
    "z_1^{(1)}": "z_1^(1)",
    "w_{2,10}^{(2)}": "w_2,10^(2)",
    "\\delta_{o1}": "δ_o1",
    "w_6^+": "w_6^+",
    "\\frac{\\partial E}{\\partial \\mathrm{out}_{h1}}": "∂E/∂out_h1",
  };
  for (const [latex, text] of Object.entries(read)) assert.equal(plain(runs(latex)), text);
  assert.deepEqual(runs("w_6")[0], { text: "w", italic: true });
});

test("an index stays an index in plain text", () => {
  const plainly = {
    w_6: "w6",
    "b_1^{(2)}": "b₁⁽²⁾",
    "w_{11}^{(1)}": "w₁₁⁽¹⁾",
    "w_{2,10}^{(2)}": "w₂,₁₀⁽²⁾",
  };
  for (const [latex, text] of Object.entries(plainly)) assert.equal(letters(latex), text);
});

test("every symbol of every trace is letters alone", () => {
  for (const net of read("networks"))
    for (const [, , symbol] of net.trace ?? [])
      assert.doesNotMatch(plain(runs(symbol)), /undefined|[\\{}]/);
});

test("a formula, read back, is the expression", () => {
  for (const net of read("networks"))
    for (const [, , , expression] of net.trace ?? []) {
      const symbols = Object.fromEntries(
        expression.match(/[A-Za-z_]\w*/g)?.map((name) => [name, `\\mathrm{${name}}`]) ?? [],
      );
      const all = formula(expression, symbols),
        text = all.map(({ text, shift }) => (shift ? `**${text}` : text)).join("");
      const back = text.replaceAll("·", "*").replaceAll("−", "-").replaceAll("ln(", "log(");
      assert.equal(back.replaceAll(" ", ""), expression.replaceAll(" ", ""));
    }
});

/** Yield every computed step of the networks, with the values of its network and the size of its own. */
function* computedSteps() {
  for (const net of read("networks")) {
    const steps = net.trace ?? [],
      values = Object.fromEntries(steps.map((step) => [step[0], step[4]]));
    for (const [name, , , expression, value, inputs] of steps) {
      if (!expression) continue;
      const size = Math.max(1, Math.abs(value), ...inputs.map((input) => Math.abs(values[input])));
      yield { name, expression, value, values, size };
    }
  }
}

test("a line of numbers, worked out, is the value of its step", () => {
  const raised = Object.fromEntries([..."⁻⁰¹²³⁴⁵⁶⁷⁸⁹"].map((sign, k) => [sign, "-0123456789"[k]]));
  const words = { ln: "Math.log", exp: "Math.exp", tanh: "Math.tanh", max: "Math.max" };
  let found = 0;
  for (const { name, expression, value, values, size } of computedSteps()) {
    const text = substituted(expression, values, 15)
      .map(({ text, shift }) => (shift ? `**${text}` : text))
      .join("");
    const code = text
      .replace(
        /\u00a0×\u00a010([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g,
        (_, power) => `e${power.replace(/./g, (sign) => raised[sign])}`,
      )
      .replaceAll("×", "*")
      .replaceAll("−", "-")
      .replace(/step\((.*)\)/, "Number(0 < $1)")
      .replace(/[a-z]+(?=\()/g, (word) => words[word] ?? word);
    assert.ok(
      Math.abs(Function(`return ${code}`)() - value) <= 1e-11 * size ** 2,
      `${name}: ${text}, and not ${value}`,
    );
    found += 1;
  }
  assert.ok(found > 500);
});

test("an expression, evaluated, is the value of its step", () => {
  let found = 0;
  for (const { name, expression, value, values, size } of computedSteps()) {
    assert.ok(Math.abs(evaluate(expression, values) - value) <= 1e-12 * size ** 2, name);
    found += 1;
  }
  assert.ok(found > 500);
});

test("an expression is read as it would be written by hand", () => {
  const symbols = { a: "a", t: "t", z: "z" },
    values = { a: 0.5, t: -2, z: 3 };
  assert.equal(plain(formula("1 / 2 * (a - t)**2", symbols)), "1 / 2 · (a − t)^2");
  assert.equal(plain(substituted("1 / 2 * (a - t)**2", values)), "1 / 2 × (0.5 − (−2))^2");
  assert.equal(plain(formula("1 / (1 + exp(-z))", symbols)), "1 / (1 + exp(−z))");
  assert.equal(
    plain(formula("-(t * log(a) + (1 - t) * log(1 - a))", symbols)),
    "−(t · ln(a) + (1 − t) · ln(1 − a))",
  );
  assert.equal(plain(formula("a / (sqrt(z) + t)", symbols)), "a / (√(z) + t)");
  assert.equal(evaluate("sqrt(a * z + 1 / 2 * a)", values), Math.sqrt(1.75));
  assert.equal(plain(substituted("t", values)), "−2");
  assert.equal(plain(substituted("tanh(t)", values)), "tanh(−2)");
  assert.equal(plain(substituted("max(t, a)", values)), "max((−2), 0.5)");
});

test("a name is said in the words of Python's drawings", () => {
  for (const [name, words] of Object.entries(read("texts").said)) assert.equal(said(name), words);
});
