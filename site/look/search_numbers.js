// Numbers as a reader types them and as a page shows them: 0.2910, cut, and 0.29103, rounded, are
// found where 0.291027924 stands, and so is the number with all the digits that a program prints.

const POWER = "(?:\\^[-−]?\\d+|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)";
/** What a number looks like: 0.25, 2,406, 1e-7, 1.2 × 10⁻⁵, 10^-7; its sign is not part of it. */
export const NUMBER = `10${POWER}|(?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d+)?(?:[eE][-+−]?\\d+(?!\\w)|\\s?[×·*]\\s?10${POWER})?`;

const PARTS = new RegExp(
  `^(?:([\\d,]+)(?:\\.(\\d+))?(?:[eE]([-+−]?\\d+)|\\s?[×·*]\\s?10(${POWER}))?|10(${POWER}))$`,
  "u",
);
const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A number: its size, the power of ten of its last digit, and how many of its digits count.
 * @typedef {{ value: number, place: number, digits: number }} Shown
 */

/**
 * Read what NUMBER has found.
 * @type {(text: string) => Shown}
 */
export function shown(text) {
  const [, whole, fraction = "", power, after, alone] = PARTS.exec(
    text.replace(/^10(?=[\^⁻⁰-⁹¹²³])/u, "1×10"),
  );
  const raised = (after ?? alone ?? "").replace(/^\^/, "");
  const plain = [...(power ?? raised)].map((sign) => {
    const digit = RAISED.indexOf(sign);
    return digit >= 0 ? digit : sign === "−" || sign === "⁻" ? "-" : sign;
  });
  const exponent = Number(plain.join(""));
  const digits = whole.replaceAll(",", "") + fraction;
  const place = exponent - fraction.length;
  return {
    value: Number(`${digits}e${place}`),
    place,
    digits: digits.replace(/^0+/, "").length,
  };
}

/**
 * Return how many digits two numbers share, 0 if they differ: one may be the other, cut or rounded.
 * @type {(asked: Shown, found: Shown) => number}
 */
export function shared(asked, found) {
  const [fine, coarse] = asked.place < found.place ? [asked, found] : [found, asked];
  const unit = 10 ** coarse.place;
  const apart = fine.value / unit - Math.round(coarse.value / unit);
  return apart > -0.5 - 1e-6 && apart < 1 - 1e-6 ? coarse.digits : 0;
}

/**
 * Let a decimal comma be a point: 0,29 and 3,1416, while 1,797 is a whole number.
 * @type {(query: string) => string}
 */
export const withPoints = (query) =>
  query.replace(/(?<![\d.,])(\d+),(\d+)(?![\d.,])/g, (all, whole, fraction) =>
    whole === "0" || whole.length > 3 || fraction.length !== 3 ? `${whole}.${fraction}` : all,
  );
