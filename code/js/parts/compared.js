// Gradients that a reader has, from any program, compared with those of a network: are they right, and
// which mistake gives them if they are not?

import { LOSSES, partnerOf } from "../core/functions.js";
import { fmt, minus, runs } from "../core/latex.js";
import { judge } from "../core/marking.js";
import { byName, effects } from "../core/mistakes.js";
import { derivative, weights } from "../core/names.js";
import { backward } from "../core/network.js";

const FEWEST = 4; // decimals that rounding leaves; numbers with fewer, as 0.5, were written as they are
const VAGUE = 0.01; // of a gradient: half of its last printed digit is as much as marking.js allows
const MOST_ROWS = 12;

/**
 * Return { said, mistakes, rows }: what the gradients are, in sentences, the mistakes that give them, and
 * those that differ as rows of a table.
 *
 * printed: { W, b } of number texts, null for what is not there (paste.readGradients).
 * @type {(net: Network, x: number[], t: number[], learningRate: number, printed: Printed) => { said: string, mistakes: string[], rows: Cell[][] }}
 */
export function compared(net, x, t, learningRate, printed) {
  /** @type {Map<string, Asked>} */
  const asked = new Map(); // name of a gradient: { symbol, text }, in the order in which they are found
  const backwards = weights(net.names).sort((one, other) => other.l - one.l);
  for (const { l, j, i, symbol } of backwards) {
    const text = i === null ? printed.b[l]?.[j] : printed.W[l]?.[j][i],
      gradient = derivative(net.names.total, symbol);
    if (text !== undefined) asked.set(gradient.name, { symbol: gradient, text });
  }
  const answers = Object.fromEntries([...asked].map(([name, { text }]) => [name, Number(text)]));

  /**
   * Gradients { weight: number } by the names that are asked; what prints as the answer is the answer.
   * @type {(gradients: Values) => Values}
   */
  function shown(gradients) {
    const named = Object.entries(gradients).map(([name, value]) => [
      `d${net.names.total.name}_d${name}`,
      value,
    ]);
    const all = Object.fromEntries(named),
      /** @type {(name: string) => boolean} */
      printsAs = (name) => Math.abs(all[name] - answers[name]) <= halfDigit(asked.get(name).text);
    return Object.fromEntries(
      [...asked.keys()].map((name) => [name, printsAs(name) ? answers[name] : all[name]]),
    );
  }

  const exact = byName(net, backward(net, x, t)),
    wrong = effects(net, x, t, exact, learningRate),
    right = shown(exact);
  for (const mistake of Object.keys(wrong)) wrong[mistake] = shown(wrong[mistake]);
  const verdicts = judge(right, wrong, answers),
    bad = [...asked.keys()].filter((name) => verdicts[name].kind !== "right");
  /** @type {(loss: string) => boolean} */
  const isRight = (loss) => {
    const all = judge(shown(byName(net, backward({ ...net, loss }, x, t))), {}, answers);
    return Object.values(all).every(({ kind }) => kind === "right");
  };
  const others = bad.length
    ? Object.keys(LOSSES).filter((loss) => loss !== net.loss && fits(loss, net, t) && isRight(loss))
    : [];
  const isExplained = others.length > 0 && verdicts[bad[0]].kind !== "mistake"; // by the loss, and by no mistake
  const vague = [...asked].filter(
    ([name, { text }]) => halfDigit(text) > VAGUE * Math.abs(right[name]),
  ).length;
  const count = asked.size;
  return {
    said: [
      bad.length
        ? `${bad.length} of ${count} gradients differ.`
        : `These match: all ${count} gradients are right, to 1 %.`,
      ...(isExplained ? [] : whatDiffers(bad.map((name) => verdicts[name]))),
      ...others.map((loss) => `They are right for another loss, ${loss}.`),
      ...(vague
        ? [
            `Of ${count}, ${vague} are printed with too few digits to tell: print more of them, as after torch.set_printoptions(precision=8).`,
          ]
        : []),
    ].join(" "),
    mistakes: bad.length ? verdicts[bad[0]].mistakes : [],
    rows: bad.length ? differing(bad, asked, right) : [],
  };
}

/**
 * What all that differ have in common, else what is said of the first.
 * @type {(verdicts: Verdict[]) => string[]}
 */
function whatDiffers([first, ...rest]) {
  if (!first) return [];
  /** @type {(verdict: Verdict) => boolean} */
  const isSame = ({ said }) => said === first.said;
  return rest.every(isSame) || first.kind === "unknown"
    ? [first.said]
    : [`The first of them: ${first.said}`];
}

/** @type {(bad: string[], asked: Map<string, Asked>, right: Values) => Cell[][]} */
function differing(bad, asked, right) {
  const rows = bad.slice(0, MOST_ROWS).map((name) => {
    const { symbol, text } = asked.get(name),
      times = Number(text) / right[name];
    return [
      runs(symbol.latex),
      minus(text),
      fmt(right[name], 6),
      Number.isFinite(times) ? fmt(times, 3) : "",
    ];
  });
  const left = bad.length - rows.length;
  return [
    ["gradient", "yours", "right", "yours / right"],
    ...rows,
    ...(left ? [[`and ${left} more`, "", "", ""]] : []),
  ];
}

/**
 * Half of the last digit that was printed: as much as rounding may have taken.
 * @type {(text: string) => number}
 */
function halfDigit(text) {
  const [, decimals = "", power = "0"] = /^[^.e]*\.?(\d*)(?:e(.+))?$/i.exec(text);
  return decimals.length < FEWEST ? 0 : 0.5000001 * 10 ** (Number(power) - decimals.length);
}

/**
 * Whether a loss can be taken for these targets, behind the network's last activation.
 * @type {(loss: string, net: Network, t: number[]) => boolean}
 */
function fits(loss, { activations }, t) {
  const partner = partnerOf(loss);
  return (
    !partner || (partner === activations.at(-1) && t.every((share) => share >= 0 && share <= 1))
  );
}
