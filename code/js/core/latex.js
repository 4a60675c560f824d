// Numbers and symbols as the pages set them: the twin of latex.fmt, and LaTeX as runs of plain text.
//
// A run is { text, italic, shift }: shift is "sub" or "sup" for an index. Runs stand in one line, so
// that they can be written as HTML and as SVG alike: ∂E/∂w₅, not one above the other.

import { TABLES } from "./tables.js";

/**
 * Return a text of tables.json with words in the place of its {keys}.
 * @type {(text: string, words: Record<string, string | number>) => string}
 */
export const fill = (text, words) => text.replace(/{(\w+)}/g, (_, key) => String(words[key]));

// ---- numbers ----------------------------------------------------------------------------------------

export const { SCIENTIFIC_BELOW } = TABLES.latex;
const NO_BREAK = "\u00a0";
/** @type {Record<"sub" | "sup", Record<string, string>>} */
const SMALL = {
  sub: smaller("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
  sup: smaller("-0123456789()", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"),
};

/**
 * Return a number as text for a page: rounded to `digits` decimals, with a true minus sign.
 *
 * An exact number loses its trailing zeros, a rounded one keeps them. Below SCIENTIFIC_BELOW there are
 * `digits` significant digits and a power of ten. Infinity is shown as its sign, what is no number in words.
 * @type {(value: number, digits?: number) => string}
 */
export function fmt(value, digits = 9) {
  if (!Number.isFinite(value))
    return Number.isNaN(value) ? "no number" : `${value < 0 ? "−" : ""}∞`;
  const { mantissa, exponent } = rounded(value, digits);
  return minus(mantissa) + (exponent ? timesTen(exponent, NO_BREAK) : "");
}

/**
 * Return the text of a number with true minus signs.
 * @type {(text: string) => string}
 */
export const minus = (text) => text.replaceAll("-", "−");

/**
 * Return a power of ten as text: 10⁻³.
 * @type {(exponent: number) => string}
 */
export const tenTo = (exponent) => `10${small(String(exponent), "sup")}`;

/** @type {(exponent: number, space: string) => string} */
const timesTen = (exponent, space) => `${space}×${space}${tenTo(exponent)}`;

/** @type {(plain: string, small: string) => Record<string, string>} */
function smaller(plain, small) {
  return Object.fromEntries([...small].map((sign, n) => [plain[n], sign]));
}

/**
 * Return text as an index in plain text; a sign that has no such form stays.
 * @type {(text: string, shift: "sub" | "sup") => string}
 */
const small = (text, shift) => [...text].map((sign) => SMALL[shift][sign] ?? sign).join("");

const SHORT_BELOW = 1e6;

/**
 * Return a number for a scale: rounded to `digits` significant ones, large and small ones with a power of ten.
 * @type {(value: number, digits?: number) => string}
 */
export function short(value, digits = 3) {
  if (!Number.isFinite(value)) return fmt(value);
  const rounded = Number(value.toPrecision(digits)),
    size = Math.abs(rounded);
  if (rounded === 0 || (size >= SCIENTIFIC_BELOW && size < SHORT_BELOW)) return fmt(rounded, 12);
  const [mantissa, exponent] = rounded.toExponential().split("e");
  return minus(mantissa) + timesTen(Number(exponent), "");
}

/**
 * Return the end of a worked line: "= 0.415", or "≈ 0.188198880" for a rounded number.
 * @type {(value: number, digits?: number) => string}
 */
export function result(value, digits = 9) {
  return `${Number.isFinite(value) && rounded(value, digits).exact ? "=" : "≈"}${NO_BREAK}${fmt(value, digits)}`;
}

/** @type {(value: number, digits: number) => { mantissa: string, exponent: number, exact: boolean }} */
function rounded(value, digits) {
  const isSmall = value !== 0 && Math.abs(value) < SCIENTIFIC_BELOW;
  const [text, exponent = 0] = (
    isSmall ? halfToEven("toExponential", value, digits - 1) : plain(value, digits)
  ).split("e");
  // a sum of a few doubles is off in the last bits of its terms: 0.25 × 0.02 + … = 0.41500000000000004,
  // and 0.35 × 0.9 − 0.75 × 1.3 + 0.7 = 0.040000000000000036
  const shown = Number(`${text}e${exponent}`),
    size = Math.max(Math.abs(shown), Math.abs(value));
  const exact = Math.abs(shown - value) <= 1e-15 * (Number(exponent) ? size : Math.max(size, 1));
  return {
    mantissa: exact && text.includes(".") ? text.replace(/\.?0+$/, "") : text,
    exponent: Number(exponent),
    exact,
  };
}

/**
 * toFixed, also where that turns to powers of ten.
 * @type {(value: number, digits: number) => string}
 */
const plain = (value, digits) =>
  Math.abs(value) < 1e21
    ? halfToEven("toFixed", value, digits)
    : BigInt(value) + "." + "0".repeat(digits);

/**
 * A number by toFixed or toExponential, but halfway between two the even one, as in Python: 0.0625 is 0.062.
 * @type {(method: "toFixed" | "toExponential", value: number, digits: number) => string}
 */
function halfToEven(method, value, digits) {
  const [all, power] = value[method](100).split("e"); // 100 digits are all of a double that ends soon
  const end = all.indexOf(".") + 1 + digits,
    cut = all.slice(0, end);
  if (!/^50*$/.test(all.slice(end)) || !/[02468]$/.test(cut)) return value[method](digits);
  return power ? `${cut}e${power}` : cut;
}

// ---- symbols ----------------------------------------------------------------------------------------

const FRACTION = /^\\frac\{(\\partial .+)\}\{(\\partial .+)\}$/;
/** @type {Record<string, string>} */
const SIGNS = { "\\beta": "β", "\\delta": "δ", "\\Delta": "Δ", "\\eta": "η", "\\partial": "∂" };
const PIECE = /\\mathrm\{([^}]*)\}|(\\[A-Za-z]+) ?|([_^])(?:\{((?:[^{}]|\{[^}]*\})*)\}|(.))|(.)/gy;

/**
 * Return the LaTeX of a symbol of names.py, z_1^{(1)} or \frac{\partial E}{\partial w_5}, as runs.
 * @type {(latex: string) => Run[]}
 */
export function runs(latex) {
  const [, above, below] = FRACTION.exec(latex) ?? [];
  if (above) return [...runs(above), { text: "/" }, ...runs(below)];
  return [...latex.matchAll(PIECE)].map(([, upright, sign, shift, group, single, letter]) => {
    if (shift) return { text: group ?? single, shift: shift === "_" ? "sub" : "sup" };
    if (upright) return { text: upright };
    return sign
      ? { text: SIGNS[sign], italic: sign !== "\\partial" && sign !== "\\Delta" }
      : { text: letter, italic: /[a-z]/i.test(letter) };
  });
}

/**
 * Return a symbol as plain text, for lists and sentences: w6, and w₁₁⁽¹⁾ with its layer.
 * @type {(latex: string) => string}
 */
export function letters(latex) {
  const all = runs(latex),
    isIndexed = all.some(({ text, shift }) => shift === "sup" && text.startsWith("("));
  return all.map(({ text, shift }) => (shift && isIndexed ? small(text, shift) : text)).join("");
}

/**
 * Return a symbol for a sentence that `written` reads, with its index lowered where `letters` has no small one.
 * @type {(latex: string) => string}
 */
export const inSentence = (latex) =>
  runs(latex).some(({ text, shift }) => shift === "sup" && text.startsWith("("))
    ? letters(latex)
    : `$${latex}$`;

/**
 * Return a sentence as runs of text, the symbols in it, between dollars, as they are drawn.
 * @type {(sentence: string) => Run[]}
 */
export const written = (sentence) =>
  sentence.split("$").flatMap((part, n) => (n % 2 ? runs(part) : part ? [{ text: part }] : []));

/**
 * Return a name as words, for a screen reader: dE_dw6 -> dE/dw6, w6_new -> new w6, net_h1 -> net h1.
 * @type {(name: string) => string}
 */
export function said(name) {
  if (name.endsWith("_new")) return `new ${said(name.slice(0, -4))}`;
  return name.replace(/^(d\w+?)_d/, "$1/d").replaceAll("_", " ");
}

// ---- expressions ------------------------------------------------------------------------------------

const TOKEN = /([A-Za-z_]\w*)(\()?|\*\*(\d+)|(\d+)|([-+*/(),])| /gy;
/** @type {Record<string, string>} */
/**
 * What an expression may call, as latex.FUNCTIONS has it: how each is written, and what it computes.
 * @type {Record<string, { written: string, f: (...numbers: number[]) => number }>}
 */
export const FUNCTIONS = {
  exp: { written: "exp", f: Math.exp },
  log: { written: "ln", f: Math.log },
  sqrt: { written: "√", f: Math.sqrt },
  tanh: { written: "tanh", f: Math.tanh },
  max: { written: "max", f: Math.max },
  step: { written: "step", f: (z) => (z > 0 ? 1 : 0) },
};

/**
 * Return an expression of a trace as runs; symbols: { name: its LaTeX }.
 * @type {(expression: string, symbols: Record<string, string>) => Run[]}
 */
export function formula(expression, symbols) {
  return inRuns(expression, (name) => runs(symbols[name]), " · ");
}

/**
 * Return an expression as runs with every name replaced by its number; negative ones in brackets.
 * @type {(expression: string, values: Values, digits?: number) => Run[]}
 */
export function substituted(expression, values, digits = 9) {
  /** @type {(name: string, isArgument: boolean) => Run[]} */
  const operand = (name, isArgument) => {
    const text = fmt(values[name], digits),
      isAlone = expression === name || isArgument;
    return [{ text: text.startsWith("−") && !isAlone ? `(${text})` : text }];
  };
  return inRuns(expression, operand, " × ");
}

/**
 * Return an expression as runs; leaf(name, isArgument): a name's, isArgument: of one that is all that a function takes.
 * @type {(expression: string, leaf: (name: string, isArgument: boolean) => Run[], times: string) => Run[]}
 */
function inRuns(expression, leaf, times) {
  /** @type {Run[]} */
  const found = [];
  let afterOperand = false, // else a minus is a sign, and stands without spaces
    afterCall = false;
  for (const match of expression.matchAll(TOKEN)) {
    const [token, name, calls, power, number, sign] = match;
    if (token === " ") continue;
    if (name && calls) found.push({ text: `${FUNCTIONS[name].written}(` });
    else if (name)
      found.push(...leaf(name, afterCall && expression[match.index + token.length] === ")"));
    else if (power) found.push({ text: power, shift: "sup" });
    else if (sign === "*") found.push({ text: times });
    else if (sign === "/" || sign === "(" || sign === ")")
      found.push({ text: sign === "/" ? " / " : sign });
    else if (sign === ",") found.push({ text: ", " });
    else if (sign) found.push({ text: afterOperand ? ` ${minus(sign)} ` : minus(sign) });
    else found.push({ text: number });
    afterOperand = Boolean((name && !calls) || number || power || sign === ")");
    afterCall = Boolean(name && calls);
  }
  return found;
}

/** @type {Map<string, Evaluated>} */
const compiled = new Map(); // networks of one form have the same expressions, with other numbers

/**
 * Return the value of an expression, as latex.evaluate; values: { name: number }.
 * @type {(expression: string, values: Values) => number}
 */
export function evaluate(expression, values) {
  if (!compiled.has(expression)) compiled.set(expression, parsed(expression));
  return compiled.get(expression)(values);
}

/**
 * Return an expression as a function of its values: sums of products of powers, as Python reads them.
 * @type {(expression: string) => Evaluated}
 */
function parsed(expression) {
  const tokens = [...expression.matchAll(TOKEN)].filter(([token]) => token !== " ");
  let at = 0;
  /** @type {(...signs: string[]) => boolean} */
  const is = (...signs) => at < tokens.length && signs.includes(tokens[at][0]);
  /** @type {(operand: () => Evaluated, signs: string[]) => Evaluated} */
  const chain = (operand, signs) => {
    let left = operand();
    while (is(...signs)) {
      const [sign] = tokens[at++],
        before = left,
        right = operand();
      left = OPERATIONS[sign](before, right);
    }
    return left;
  };
  /** @type {() => Evaluated} */
  const sum = () => chain(product, ["+", "-"]),
    product = () => chain(signed, ["*", "/"]);
  /** @type {() => Evaluated} */
  const signed = () => {
    if (!is("-")) return power();
    at++;
    const operand = signed();
    return (values) => -operand(values);
  };
  /** @type {() => Evaluated} */
  const power = () => {
    const base = atom(),
      exponent = Number(tokens[at]?.[3]);
    if (!exponent) return base;
    at++;
    return (values) => base(values) ** exponent;
  };
  /** @type {() => Evaluated} */
  const atom = () => {
    const [token, name, calls, , number] = tokens[at++];
    if (number) return () => Number(number);
    if (name && !calls) return (values) => values[name];
    const inner = [sum()]; // after "(" or after a function's name and its "("
    while (is(",")) {
      at++;
      inner.push(sum());
    }
    at++;
    return token === "("
      ? inner[0]
      : (values) => FUNCTIONS[name].f(...inner.map((each) => each(values)));
  };
  return sum();
}

/** @type {Record<string, (p: Evaluated, q: Evaluated) => Evaluated>} */
const OPERATIONS = {
  "+": (p, q) => (values) => p(values) + q(values),
  "-": (p, q) => (values) => p(values) - q(values),
  "*": (p, q) => (values) => p(values) * q(values),
  "/": (p, q) => (values) => p(values) / q(values),
};
