// What the texts of a network of your own come to: a network, an input and a target that fit each other, or
// what does not fit, as sentences. No page is touched.
//
// The texts: net, x and t as people write and programs print them (paste.js); activations, one for each layer,
// parted by spaces; loss; biases, the rule for them.

import { ACTIVATIONS, LOSSES, partnerOf } from "../core/functions.js";
import { indexed } from "../core/names.js";
import { readNetwork, readNumbers, Unreadable, written } from "../core/paste.js";
import { TABLES } from "../core/tables.js";
import { RULES } from "./model.js";

/**
 * Return { given: { net, x, t }, texts, reading }, or { faults }, sentences by text, where they do not fit.
 *
 * rows: what a row of the weights is for, null to find out; most: how many weights and biases there may be.
 * texts: the same, each as short as it can be written; reading: { rows, either, without } of readNetwork.
 * @type {(texts: PastedTexts, rows: Rows | null, most: number) => Understood}
 */
export function understood(texts, rows, most) {
  const found = attempted(() => limited(readNetwork(texts.net, rows), most));
  if (found.fault !== undefined) return { faults: { net: found.fault } };
  const { W, b, ...reading } = found.value;
  const names = spread(texts.activations.split(" "), W.length - 1),
    { loss, biases } = texts;
  const x = attempted(() => fitting(readNumbers(texts.x), W[1][0].length, "inputs"));
  const t = attempted(() => targetOf(readNumbers(texts.t), W.at(-1).length, loss));
  const faults = Object.fromEntries(
    Object.entries({
      activations: faultOfActivations(names),
      loss: faultOfLoss(loss, names.at(-1)),
      biases: faultOfBiases(biases, b),
      x: x.fault,
      t: t.fault,
    }).filter(([, fault]) => fault !== undefined),
  );
  if (Object.keys(faults).length) return { faults };
  const net = { W, b, activations: [null, ...names], loss, names: indexed(sizesOf({ W })) };
  const short = { ...asTexts({ W, b, x: x.value, t: t.value }), activations: names.join(" ") };
  return { given: { net, x: x.value, t: t.value }, texts: { ...short, loss, biases }, reading };
}

/**
 * Return { value } of a function, or { fault }: what it could not read.
 * @type {<T>(f: () => T) => { value?: T, fault?: string }}
 */
export function attempted(f) {
  try {
    return { value: f() };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { fault: error.message };
  }
}

/**
 * Return the numbers of a figure as texts.
 * @type {(numbers: PastedNumbers) => { net: string, x: string, t: string }}
 */
export const asTexts = ({ W, b, x, t }) => ({
  net: written({ W, b }),
  x: x.join(" "),
  t: t.join(" "),
});

/**
 * By key, whether a text of asTexts reads as the numbers of a figure.
 * @type {Record<string, (text: string, numbers: PastedNumbers) => boolean>}
 */
export const readsAs = {
  net: (text, { W, b }) => isRead(() => layersOf(readNetwork(text)), layersOf({ W, b })),
  x: (text, { x }) => isRead(() => readNumbers(text), x),
  t: (text, { t }) => isRead(() => readNumbers(text), t),
};

/** @type {(net: { W: Layers<number[][]>, b: Layers<number[]> }) => unknown[]} */
const layersOf = ({ W, b }) => [W, b];

/** @type {(read: () => unknown, numbers: unknown) => boolean} */
function isRead(read, numbers) {
  const { value } = attempted(read);
  return JSON.stringify(value) === JSON.stringify(numbers); // where −0 is 0
}

/**
 * The units of each layer, the inputs first.
 * @type {(net: { W: Layers<number[][]> }) => number[]}
 */
export const sizesOf = ({ W }) => [W[1][0].length, ...W.slice(1).map((rows) => rows.length)];

/** @type {(names: string[]) => string | undefined} */
function faultOfActivations(names) {
  const strange = names.find((name) => !(name in ACTIVATIONS));
  return strange === undefined ? undefined : `no activation is called “${strange}” here`;
}

/** @type {(loss: string, last: string) => string | undefined} */
function faultOfLoss(loss, last) {
  if (!(loss in LOSSES)) return `no loss is called “${loss}” here`;
  const partner = partnerOf(loss);
  return partner && partner !== last
    ? `${loss} goes with ${partner} in the last layer, not with ${last}`
    : undefined;
}

/** @type {(rule: string, b: Layers<number[]>) => string | undefined} */
function faultOfBiases(rule, b) {
  if (!RULES.biases.some(([known]) => known === rule))
    return `no rule for biases is called “${rule}” here`;
  const isUnequal = b.some((own) => own?.some((bias) => bias !== own[0]));
  return rule === "shared" && isUnequal
    ? "biases that a layer shares have to be equal at first"
    : undefined;
}

/** @type {<T extends { W: Layers<number[][]>, b: Layers<number[]> }>(net: T, most: number) => T} */
function limited(net, most) {
  const n = [...net.W, ...net.b].flat(2).filter((number) => number !== null).length;
  if (n > most)
    throw new Unreadable(
      `${n} weights and biases: this figure shows every number, and takes up to ${most}`,
    );
  return net;
}

/** @type {(numbers: number[], n: number, things: string) => number[]} */
function fitting(numbers, n, things) {
  if (numbers.length !== n)
    throw new Unreadable(`${numbers.length} given, and the network has ${n} ${things}`);
  return numbers;
}

/**
 * A class alone, as PyTorch's CrossEntropyLoss takes it, is a 1 among zeros.
 * @type {(numbers: number[], n: number, loss: string) => number[]}
 */
function targetOf(numbers, n, loss) {
  const targets = TABLES.functions.LOSSES[loss]?.targets, // of an unknown loss, none
    isClass = targets === "distribution" && numbers.length === 1 && n > 1;
  if (isClass && !(Number.isInteger(numbers[0]) && numbers[0] >= 0 && numbers[0] < n))
    throw new Unreadable(`a class is a whole number from 0 to ${n - 1}`);
  const t = isClass
    ? Array.from({ length: n }, (_, k) => Number(k === numbers[0]))
    : fitting(numbers, n, "outputs");
  const isShare = t.every((share) => share >= 0 && share <= 1),
    sum = t.reduce((sum, share) => sum + share, 0);
  if (targets === "unit interval" && !isShare)
    throw new Unreadable(`${loss} takes targets from 0 to 1`);
  if (targets === "distribution" && !(isShare && Math.abs(sum - 1) <= TABLES.functions.SUM_WITHIN))
    throw new Unreadable(`${loss} takes a class, or shares whose sum is 1`);
  return t;
}

/**
 * Activations for another number of layers: the last stays the last, the hidden layers go on as they are.
 * @type {(names: string[], layers: number) => string[]}
 */
function spread(names, layers) {
  const hidden = names.length > 1 ? names.slice(0, -1) : ["sigmoid"];
  return Array.from({ length: layers }, (_, l) =>
    l === layers - 1 ? names.at(-1) : (hidden[l] ?? hidden.at(-1)),
  );
}
