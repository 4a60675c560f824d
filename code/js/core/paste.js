// Printed numbers, read: Python lists, JSON, and what NumPy, PyTorch, Keras and JAX print of an array, of
// several, or of a state_dict. Nothing that is pasted is ever run.
//
//   text  = { [name ["=" | ":"]] value [","] }
//   value = number | "None" | string | "[" {value [","]} "]" | "(" {value [","]} ")"
//         | "{" {string ":" value [","]} "}" | word "(" value {"," word "=" anything} ")"
//
// A number stays the text that it was: how many digits were printed says how exact it is.

/** What is wrong with a text, as a sentence without its full stop. */
export class Unreadable extends Error {}

// ---- the text as a tree -----------------------------------------------------------------------------

const SKIPPED = /(?:\s|#.*|Parameter containing:)*/y; // PyTorch says so of each parameter
const TOKEN = new RegExp(
  [
    /(?<elision>\.{3}|…)/,
    /(?<string>"[^"\n]*"|'[^'\n]*')/,
    /(?<number>[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+−]?\d+)?(?![\w.]))/,
    /(?<word>[-+−]?[\w.]+(?:\[\d+\](?=\s*[=:]))?)/,
    /(?<sign>[[\](){},:=<>])/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "y",
);
/** @type {Record<string, string>} */
const CLOSING = { "[": "]", "(": ")", "{": "}" };
const NOTHING = ["None", "null"];
const NO_NUMBER = /^[-+−]?(nan|inf|infinity)$/i;
const ONE_ARRAY = /(^|\.)(tensor|array)$/i; // and so not a list of some

/** @type {(text: string) => Token[]} */
function tokens(text) {
  /** @type {Token[]} */
  const found = [];
  let at = 0;
  /** @type {(pattern: RegExp) => RegExpExecArray | null} */
  const pass = (pattern) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    pass(SKIPPED);
    const start = at;
    if (at === text.length) return [...found, { kind: "end", text: "", at: start }];
    const match = pass(TOKEN);
    if (!match)
      throw fault(
        text,
        start,
        `${quoted(String.fromCodePoint(text.codePointAt(start)))} is no part of a list of numbers`,
      );
    const [kind] = Object.entries(match.groups).find(([, found]) => found !== undefined);
    found.push({ kind, text: match[0], at: start });
  }
}

/**
 * Return an error that says where in the text something is.
 * @type {(text: string, at: number, what: string) => Unreadable}
 */
function fault(text, at, what) {
  const lines = text.slice(0, at).split("\n");
  return new Unreadable(`line ${lines.length}, column ${[...lines.at(-1)].length + 1}: ${what}`);
}

/** @type {(text: string) => string} */
const quoted = (text) => `“${text}”`;

/**
 * Return the entries of a text: [{ name, node }], name null where there is none.
 *
 * A node is { kind: "number", text }, { kind: "none" }, { kind: "string", text }, { kind: "list", items,
 * whole }, whole where it was printed as one array, or { kind: "map", pairs }. Throws an Unreadable that says
 * where a text cannot be read, and what was expected there.
 * @type {(text: string) => { name: string | null, node: Pasted }[]}
 */
function parsed(text) {
  const all = tokens(text);
  let n = 0;
  /** @type {(sign: string) => boolean} */
  const next = (sign) => all[n].kind === "sign" && all[n].text === sign;
  /** @type {(sign: string) => boolean} */
  const skip = (sign) => next(sign) && Boolean(++n);
  /** @type {(expected: string) => Unreadable} */
  const wrong = (expected) => {
    const { kind, text: found, at } = all[n];
    if (kind === "elision")
      return fault(
        text,
        at,
        `${quoted(found)} stands where numbers were left out in printing: ${PRINT_ALL}`,
      );
    if (kind === "word" && NO_NUMBER.test(found))
      return fault(text, at, `${quoted(found)} is not a finite number`);
    return fault(
      text,
      at,
      `expected ${expected}, and found ${kind === "end" ? "the end" : quoted(found)}`,
    );
  };
  /** @type {(sign: string, expected?: string) => void} */
  const expect = (sign, expected = quoted(sign)) => {
    if (!skip(sign)) throw wrong(expected);
  };

  /** @type {() => Pasted} */
  function value() {
    const { kind, text: word } = all[n];
    if (kind === "number" || kind === "string") {
      n++;
      return kind === "number"
        ? { kind, text: word.replaceAll("−", "-") }
        : { kind, text: word.slice(1, -1) };
    }
    if (kind === "word" && NOTHING.includes(word)) {
      n++;
      return { kind: "none" };
    }
    if (kind === "word" && all[n + 1].text === "(") {
      n++;
      return call(word);
    }
    if (next("{")) return map();
    if (next("[") || next("(")) return list();
    throw wrong("a number or a list");
  }

  /** @type {() => Pasted} */
  function list() {
    const close = CLOSING[all[n++].text],
      items = [];
    while (!skip(close)) {
      if (all[n].kind === "end" || Object.values(CLOSING).includes(all[n].text))
        throw wrong(`a number or ${quoted(close)}`);
      items.push(value());
      skip(",");
    }
    return { kind: "list", items, whole: false };
  }

  /** @type {() => Pasted} */
  function map() {
    /** @type {[string, Pasted][]} */
    const pairs = [];
    n++;
    while (!skip("}")) {
      if (all[n].kind !== "string") throw wrong("a name in quotation marks");
      const name = all[n++].text.slice(1, -1);
      expect(":");
      pairs.push([name, value()]);
      skip(",");
    }
    return { kind: "map", pairs };
  }

  /**
   * tensor([[…]], dtype=torch.float64, grad_fn=<…>): only the value matters.
   * @type {(word: string) => Pasted}
   */
  function call(word) {
    n++;
    const inner = value();
    while (skip(",") && !next(")")) {
      if (all[n].kind !== "word") throw wrong(`${quoted(")")} at the end of ${word}(…)`);
      n++;
      expect("=");
      setting();
    }
    expect(")", `${quoted(")")} at the end of ${word}(…)`);
    return inner.kind === "list" && ONE_ARRAY.test(word) ? { ...inner, whole: true } : inner;
  }

  function setting() {
    for (let depth = 0; depth || !(next(",") || next(")")); n++) {
      if (all[n].kind === "end") throw wrong(quoted(")"));
      if (next("(") || next("[")) depth++;
      if (next(")") || next("]")) depth--;
    }
  }

  const entries = [];
  while (all[n].kind !== "end") {
    const { kind, text: word } = all[n];
    const named =
      kind === "string" ||
      (kind === "word" &&
        all[n + 1].text !== "(" &&
        !NOTHING.includes(word) &&
        !NO_NUMBER.test(word));
    let name = null;
    if (named) {
      name = kind === "string" ? word.slice(1, -1) : word;
      n++;
      if (!skip("=")) skip(":");
    }
    entries.push({ name, node: value() });
    skip(",");
  }
  return entries;
}

const PRINT_ALL =
  "print them all, after torch.set_printoptions(threshold=100_000) or numpy.set_printoptions(threshold=100_000)";

// ---- the tree as arrays -----------------------------------------------------------------------------

/**
 * How deep lists of numbers are nested: 0 a number, 1 a list, 2 rows; null where they are not all alike.
 * @type {(node: Pasted) => number | null}
 */
function depthOf(node) {
  if (node.kind === "number") return 0;
  const depths = new Set(node.kind === "list" ? node.items.map(depthOf) : [null]);
  const [depth = null] = depths;
  return depths.size === 1 && depth !== null ? depth + 1 : null;
}

/**
 * The named parts of a map, or of an OrderedDict([("0.weight", …), …]).
 * @type {(node: Pasted) => [string, Pasted][] | null}
 */
function pairsOf(node) {
  if (node.kind === "map") return node.pairs;
  /** @type {(node: Pasted) => boolean} */
  const isPair = ({ kind, items }) =>
    kind === "list" && items.length === 2 && items[0].kind === "string";
  const isPairs = node.kind === "list" && node.items.length && node.items.every(isPair);
  return isPairs ? node.items.map(({ items: [key, value] }) => [key.text, value]) : null;
}

// 0.weight, fc1.bias, W1, dW1, b[2], dense/kernel: what stands before it, what it is, its number
const NAME =
  /^(.*?[./_]|)(?:d|grad_?)?(weights?|w|kernel|bias(?:es)?|b)[_[]?(\d*)\]?(?:[./_]grad|:0)?$/i;

/**
 * Yield the arrays of a node, { role, key, name, node }: role "W" or "b"; key what the names of one
 * layer have in common, null without names; path: the names and places that lead to the node.
 * @type {(node: Pasted, path: (string | number)[]) => Generator<PastedArray>}
 */
function* arrays(node, path) {
  const pairs = pairsOf(node),
    depth = depthOf(node),
    at = path.findLastIndex((part) => typeof part === "string"),
    named = /** @type {string | undefined} */ (path[at]);
  if (pairs) {
    for (const [name, value] of pairs) yield* arrays(value, [...path, name]);
    return;
  }
  const [, before, kind, number] = NAME.exec(named ?? (depth === 1 ? "b" : "W")) ?? [];
  if (!kind)
    throw new Unreadable(
      `${quoted(named)} is neither weights nor biases: those are called 0.weight and 0.bias, kernel and bias, or W1 and b1`,
    );
  const role = /^[wk]/i.test(kind) ? "W" : "b";
  const isOne =
    node.whole ||
    node.kind === "none" ||
    (depth !== null && depth <= (role === "W" || number ? 2 : 1));
  if (isOne) {
    const key = at < 0 ? null : path.with(at, before + number).join(".");
    yield { role, key, name: named ?? null, isKernel: /^k/i.test(kind), node };
    return;
  }
  if (node.kind !== "list")
    throw new Unreadable(`expected numbers, and found ${quoted(node.text)}`);
  const items = node.items[0]?.kind === "none" ? node.items.slice(1) : node.items; // nothing leads into layer 0
  for (const [n, item] of items.entries())
    yield* arrays(item, items.length === 1 ? path : [...path, n]);
}

/**
 * The numbers of an array's node as texts: rows of them for weights, a list for biases; null for none.
 * @type {(array: PastedArray, l: number) => string[][] | string[] | null}
 */
function texts({ role, name, node }, l) {
  if (node.kind === "none") return null;
  const what = name ? quoted(name) : `the ${role === "W" ? "weights" : "biases"} of layer ${l}`,
    depth = depthOf(node);
  /** @type {(node: Pasted) => string[]} */
  const list = ({ items }) => items.map(({ text }) => text);
  if (role === "W") {
    if (depth !== 2)
      throw new Unreadable(`${what}: weights are rows of numbers, as [[0.1, 0.2], [0.3, 0.4]]`);
    const rows = node.items.map(list),
      odd = rows.findIndex((row) => row.length !== rows[0].length);
    if (odd > 0)
      throw new Unreadable(
        `${what}: row 1 has ${count(rows[0].length, "number")}, and row ${odd + 1} has ${rows[odd].length}`,
      );
    return rows;
  }
  if (depth === 0) return [node.text];
  if (depth === 1) return list(node);
  const isLine =
    depth === 2 && (node.items.length === 1 || node.items.every(({ items }) => items.length === 1));
  if (!isLine) throw new Unreadable(`${what}: biases are a list of numbers, as [0.1, 0.2]`);
  return node.items.flatMap(list);
}

/** @type {(n: number, thing: string) => string} */
const count = (n, thing) => `${n} ${thing}${n === 1 ? "" : thing.endsWith("s") ? "es" : "s"}`;

/**
 * Return the layers of a text, [{ W, b }] of number texts, null for what is missing; isKernel: as Keras says.
 * @type {(text: string) => { layers: PastedLayer[], isKernel: boolean }}
 */
function layersOf(text) {
  /** @type {(Partial<PastedLayer> & { key: string | null })[]} */
  const layers = [];
  let isKernel = false;
  for (const { name, node } of parsed(text))
    for (const array of arrays(node, name === null ? [] : [name])) {
      const { role, key } = array;
      let layer = layers.find((other) =>
        key === null ? other.key === null && !(role in other) : other.key === key,
      );
      if (layer && role in layer) throw new Unreadable(`${quoted(array.name)} comes twice`);
      if (!layer) {
        layer = { key };
        layers.push(layer);
      }
      const found = texts(array, layers.indexOf(layer) + 1);
      if (role === "W") layer.W = /** @type {string[][]} */ (found);
      else layer.b = /** @type {string[]} */ (found);
      isKernel ||= array.isKernel;
    }
  return { layers: layers.map(({ W = null, b = null }) => ({ W, b })), isKernel };
}

// ---- what a figure asks for -------------------------------------------------------------------------

/** @type {<T>(rows: T[][]) => T[][]} */
const turned = (rows) => rows[0].map((_, i) => rows.map((row) => row[i]));
/** @type {(layers: PastedLayer[]) => PastedLayer[]} */
const turnedLayers = (layers) => layers.map(({ W, b }) => ({ W: W && turned(W), b }));

/**
 * What does not fit, of layers with (units, inputs) weights, as a sentence; or null.
 * @type {(layers: PastedLayer[]) => string | null}
 */
function misfit(layers) {
  for (const [n, { W, b }] of layers.entries()) {
    const l = n + 1,
      before = n && layers[n - 1].W.length;
    if (n && W[0].length !== before)
      return `layer ${l} takes ${count(W[0].length, "input")}, and layer ${n} has ${count(before, "unit")}`;
    if (b && b.length !== W.length)
      return `layer ${l} has ${count(W.length, "unit")}, and ${count(b.length, "bias")}`;
  }
  return null;
}

/**
 * Return the layers with (units, inputs) weights: { layers, rows, either }; rows: what a row is for, null to find out.
 * @type {(layers: PastedLayer[], isKernel: boolean, rows: Rows | null, misfit: (layers: PastedLayer[]) => string | null) => Reading & { layers: PastedLayer[] }}
 */
function oriented(layers, isKernel, rows, misfit) {
  const readings = { units: layers, inputs: turnedLayers(layers) };
  const faults = { units: misfit(readings.units), inputs: misfit(readings.inputs) };
  const first = isKernel ? "inputs" : "units",
    second = isKernel ? "units" : "inputs";
  const chosen = rows ?? (faults[first] && !faults[second] ? second : first);
  if (faults[chosen]) throw new Unreadable(faults[chosen]);
  return { layers: readings[chosen], rows: chosen, either: !faults.units && !faults.inputs };
}

/**
 * Return the network that a text has: { W, b, rows, either, without }, W and b as in network.js.
 *
 * W comes out as (units, inputs). rows: what a row of the pasted weights is for, "units" as in PyTorch or
 * "inputs" as in Keras, or null to find out, from names and shapes; either: whether both fit. Layers
 * `without` biases, by number, get 0. Throws an Unreadable that says what is wrong, and where.
 * @type {(text: string, rows?: Rows | null) => Pick<Network, "W" | "b"> & Reading}
 */
export function readNetwork(text, rows = null) {
  const found = layersOf(text);
  if (!found.layers.length)
    throw new Unreadable("expected the weights of a network, and found nothing");
  found.layers.forEach(({ W, b }, n) => {
    if (!W)
      throw new Unreadable(`layer ${n + 1} has ${b ? "biases, and no weights" : "no weights"}`);
  });
  const { layers, ...how } = oriented(found.layers, found.isKernel, rows, misfit);
  return {
    W: [null, ...layers.map(({ W }) => W.map((row) => row.map(finite)))],
    b: [null, ...layers.map(({ W, b }) => b?.map(finite) ?? W.map(() => 0))],
    ...how,
    without: layers.flatMap(({ b }, n) => (b ? [] : [n + 1])),
  };
}

/** @type {(text: string) => number} */
function finite(text) {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Unreadable(`${text} is too large for a computer's number`);
  return value;
}

/**
 * Return the numbers of one example, as an input or a target is. Throws an Unreadable that says what is wrong.
 * @type {(text: string) => number[]}
 */
export function readNumbers(text) {
  const nodes = parsed(text).map(({ node }) => node);
  /** @type {Pasted} */
  let node = nodes.length === 1 ? nodes[0] : { kind: "list", items: nodes };
  if (depthOf(node) === 2) {
    if (node.items.length > 1)
      throw new Unreadable(`${node.items.length} rows, where one example is a list of numbers`);
    [node] = node.items;
  }
  if (depthOf(node) === 0) node = { kind: "list", items: [node] };
  if (depthOf(node) !== 1) throw new Unreadable("expected numbers, as 0.05, 0.1");
  return node.items.map(({ text }) => finite(text));
}

/**
 * Return the gradients that a text has for the weights W of a network: { W, b } of number texts, layer by
 * layer, null for an array that is None or left out.
 *
 * rows: what a row of the network's own text was for; of square weights the gradients are read alike.
 * Throws an Unreadable that says what does not fit.
 * @type {(text: string, W: Layers<number[][]>, rows: Rows | null) => Printed}
 */
export function readGradients(text, W, rows) {
  const { layers: found, isKernel } = layersOf(text),
    last = W.length - 1;
  if (found.length !== last)
    throw new Unreadable(
      `gradients for ${count(found.length, "layer")}, and the network has ${last}`,
    );
  /** @type {(layers: PastedLayer[]) => string | null} */
  const unlike = (layers) => {
    for (const [n, { W: rows, b }] of layers.entries()) {
      const l = n + 1,
        units = W[l].length,
        inputs = W[l][0].length;
      if (rows && (rows.length !== units || rows[0].length !== inputs))
        return `the gradients of layer ${l} are ${rows.length} by ${rows[0].length}, and its weights ${units} by ${inputs}`;
      if (b && b.length !== units)
        return `layer ${l} has ${count(units, "unit")}, and gradients for ${count(b.length, "bias")}`;
    }
    return null;
  };
  const { layers } = oriented(found, isKernel || rows === "inputs", null, unlike);
  return { W: [null, ...layers.map(({ W }) => W)], b: [null, ...layers.map(({ b }) => b)] };
}

/**
 * Return layers of numbers as a text that reads as the same, and is short in an address.
 * @type {(numbers: Printed | Pick<Network, "W" | "b">) => string}
 */
export function written({ W, b }) {
  /** @type {(row: (string | number)[]) => string} */
  const list = (row) => `[${row.join(" ")}]`;
  /** @type {(rows: (string | number)[][], l: number) => string[]} */
  const lines = (rows, l) => [
    `W${l} ${rows ? list(rows.map(list)) : "None"}`,
    `b${l} ${b[l] ? list(b[l]) : "None"}`,
  ];
  return W.flatMap((rows, l) => (l ? lines(rows, l) : [])).join("\n");
}
