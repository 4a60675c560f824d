"""Printed numbers, read: Python lists, JSON, and what NumPy, PyTorch, Keras and JAX print of an
array, of several, or of a state_dict. Nothing that is pasted is ever run.

::

  text  = { [name ["=" | ":"]] value [","] }
  value = number | "None" | string | "[" {value [","]} "]" | "(" {value [","]} ")"
        | "{" {string ":" value [","]} "}" | word "(" value {"," word "=" anything} ")"

`ast.literal_eval` reads neither NumPy's rows, which have no commas, nor calls; and the twin of this
module, code/js/core/paste.js, has to take the same texts and to refuse the same, in the same words.
"""

import re
from math import isfinite
from typing import NamedTuple

# ---- the text as a tree --------------------------------------------------------------------------

SKIPPED = re.compile(r"(?:\s|#.*|Parameter containing:)*")  # PyTorch says so of each parameter
TOKEN = re.compile(
    r"(?P<elision>\.{3}|…)"
    r"|(?P<string>\"[^\"\n]*\"|'[^'\n]*')"
    r"|(?P<number>[-+−]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+−]?\d+)?(?![\w.]))"
    r"|(?P<word>[-+−]?[\w.]+(?:\[\d+\](?=\s*[=:]))?)"
    r"|(?P<sign>[\[\](){},:=<>])",
    re.ASCII,
)
CLOSING = {"[": "]", "(": ")", "{": "}"}
NOTHING = ("None", "null")
NO_NUMBER = re.compile(r"[-+−]?(nan|inf|infinity)", re.IGNORECASE)
ONE_ARRAY = re.compile(r"(.*\.)?(tensor|array)", re.IGNORECASE)  # and so not a list of some
PRINT_ALL = (
    "print them all, after torch.set_printoptions(threshold=100_000) or "
    "numpy.set_printoptions(threshold=100_000)"
)


class Token(NamedTuple):
    kind: str
    text: str
    at: int


class Node(NamedTuple):
    """kind "number" or "string": value is a text; "none"; "list": of nodes; "map": of pairs.

    whole: whether a list was printed as one array.
    """

    kind: str
    value: object = None
    whole: bool = False


def _fault(text, at, what):
    """Return an error that says where in the text something is."""
    lines = text[:at].split("\n")
    return ValueError(f"line {len(lines)}, column {len(lines[-1]) + 1}: {what}")


def _tokens(text):
    found, at = [], 0
    while True:
        at = SKIPPED.match(text, at).end()
        if at == len(text):
            return [*found, Token("end", "", at)]
        match = TOKEN.match(text, at)
        if not match:
            raise _fault(text, at, f"“{text[at]}” is no part of a list of numbers")
        found.append(Token(match.lastgroup, match[0], at))
        at = match.end()


class _Reader:
    """Reads the tokens of a text, one after the other."""

    def __init__(self, text):
        self.text, self.tokens, self.n = text, _tokens(text), 0

    @property
    def token(self):
        return self.tokens[self.n]

    def next(self, sign):
        return self.token.kind == "sign" and self.token.text == sign

    def skip(self, sign):
        found = self.next(sign)
        self.n += found
        return found

    def expect(self, sign, expected=None):
        if not self.skip(sign):
            raise self.wrong(expected or f"“{sign}”")

    def wrong(self, expected):
        kind, found, at = self.token
        if kind == "elision":
            what = f"“{found}” stands where numbers were left out in printing: {PRINT_ALL}"
        elif kind == "word" and NO_NUMBER.fullmatch(found):
            what = f"“{found}” is not a finite number"
        else:
            said = "the end" if kind == "end" else f"“{found}”"
            what = f"expected {expected}, and found {said}"
        return _fault(self.text, at, what)

    def entries(self):
        """Return [(name, node), …], name None where there is none."""
        found = []
        while self.token.kind != "end":
            name = None
            if self.is_name():
                name = self.token.text.strip("'\"")
                self.n += 1
                if not self.skip("="):
                    self.skip(":")
            found.append((name, self.node()))
            self.skip(",")
        return found

    def is_name(self):
        kind, text, _ = self.token
        if kind != "word":
            return kind == "string"
        calls = self.tokens[self.n + 1].text == "("
        return not calls and text not in NOTHING and not NO_NUMBER.fullmatch(text)

    def node(self):
        kind, text, _ = self.token
        if kind in ("number", "string"):
            self.n += 1
            return Node(kind, text.replace("−", "-") if kind == "number" else text[1:-1])
        if kind == "word" and text in NOTHING:
            self.n += 1
            return Node("none")
        if kind == "word" and self.tokens[self.n + 1].text == "(":
            self.n += 1
            return self.call(text)
        if self.next("{"):
            return self.map()
        if self.next("[") or self.next("("):
            return self.list()
        raise self.wrong("a number or a list")

    def list(self):
        close, items = CLOSING[self.token.text], []
        self.n += 1
        while not self.skip(close):
            if self.token.kind == "end" or self.token.text in CLOSING.values():
                raise self.wrong(f"a number or “{close}”")
            items.append(self.node())
            self.skip(",")
        return Node("list", items)

    def map(self):
        pairs = []
        self.n += 1
        while not self.skip("}"):
            if self.token.kind != "string":
                raise self.wrong("a name in quotation marks")
            name = self.token.text[1:-1]
            self.n += 1
            self.expect(":")
            pairs.append((name, self.node()))
            self.skip(",")
        return Node("map", pairs)

    def call(self, word):
        """tensor([[…]], dtype=torch.float64, grad_fn=<…>): only the value matters."""
        self.n += 1
        inner, end = self.node(), f"“)” at the end of {word}(…)"
        while self.skip(",") and not self.next(")"):
            if self.token.kind != "word":
                raise self.wrong(end)
            self.n += 1
            self.expect("=")
            self.setting()
        self.expect(")", end)
        return inner._replace(whole=inner.kind == "list" and bool(ONE_ARRAY.fullmatch(word)))

    def setting(self):
        depth = 0
        while depth or not (self.next(",") or self.next(")")):
            if self.token.kind == "end":
                raise self.wrong("“)”")
            depth += (self.next("(") or self.next("[")) - (self.next(")") or self.next("]"))
            self.n += 1


# ---- the tree as arrays --------------------------------------------------------------------------


def _depth(node):
    """How deep lists of numbers are nested: 0 a number, 1 a list, 2 rows; None where not all are
    alike."""
    if node.kind == "number":
        return 0
    depths = {_depth(item) for item in node.value} if node.kind == "list" else {None}
    depth = depths.pop() if len(depths) == 1 else None
    return None if depth is None else depth + 1


def _pairs(node):
    """The named parts of a map, or of an OrderedDict([("0.weight", …), …])."""
    if node.kind == "map":
        return node.value

    def is_pair(item):
        return item.kind == "list" and len(item.value) == 2 and item.value[0].kind == "string"

    if node.kind == "list" and node.value and all(map(is_pair, node.value)):
        return [(item.value[0].value, item.value[1]) for item in node.value]
    return None


# 0.weight, fc1.bias, W1, dW1, b[2], dense/kernel: what stands before it, what it is, its number
NAME = re.compile(
    r"(.*?[./_]|)(?:d|grad_?)?(weights?|w|kernel|bias(?:es)?|b)[_[]?(\d*)\]?(?:[./_]grad|:0)?",
    re.IGNORECASE | re.ASCII,
)


class Array(NamedTuple):
    """An array of a text: role "W" or "b"; key, what the names of one layer have in common, None
    without names."""

    role: str
    key: str | None
    name: str | None
    is_kernel: bool
    node: Node


def _arrays(node, path=()):
    """Yield the arrays of a node; path: the names and places that lead to it."""
    pairs, depth = _pairs(node), _depth(node)
    if pairs is not None:
        for name, value in pairs:
            yield from _arrays(value, (*path, name))
        return
    at = max((n for n, part in enumerate(path) if isinstance(part, str)), default=None)
    name = None if at is None else path[at]
    match = NAME.fullmatch(name if name is not None else "b" if depth == 1 else "W")
    if not match:
        raise ValueError(
            f"“{name}” is neither weights nor biases: those are called 0.weight and 0.bias, "
            "kernel and bias, or W1 and b1"
        )
    before, kind, number = match.groups()
    role = "W" if kind[0] in "wWkK" else "b"
    most = 2 if role == "W" or number else 1  # deeper than this, a list of them
    if node.whole or node.kind == "none" or (depth is not None and depth <= most):
        key = None
        if at is not None:
            key = ".".join(map(str, (*path[:at], before + number, *path[at + 1 :])))
        yield Array(role, key, name, kind[0] in "kK", node)
        return
    if node.kind != "list":
        raise ValueError(f"expected numbers, and found “{node.value}”")
    items = node.value
    if items and items[0].kind == "none":  # nothing leads into layer 0
        items = items[1:]
    for n, item in enumerate(items):
        yield from _arrays(item, path if len(items) == 1 else (*path, n))


def _numbers(array, l):
    """The numbers of an array: rows of them for weights, a list for biases; None for none."""
    node, depth = array.node, _depth(array.node)
    if node.kind == "none":
        return None
    things = "weights" if array.role == "W" else "biases"
    what = f"“{array.name}”" if array.name is not None else f"the {things} of layer {l}"
    if array.role == "W":
        if depth != 2:
            raise ValueError(f"{what}: weights are rows of numbers, as [[0.1, 0.2], [0.3, 0.4]]")
        rows = [_list(row) for row in node.value]
        for n, row in enumerate(rows, 1):
            if len(row) != len(rows[0]):
                first = _count(len(rows[0]), "number")
                raise ValueError(f"{what}: row 1 has {first}, and row {n} has {len(row)}")
        return rows
    if depth == 0:
        return [_finite(node.value)]
    if depth == 1:
        return _list(node)
    is_line = depth == 2 and (len(node.value) == 1 or all(len(r.value) == 1 for r in node.value))
    if not is_line:
        raise ValueError(f"{what}: biases are a list of numbers, as [0.1, 0.2]")
    return [number for row in node.value for number in _list(row)]


def _list(node):
    return [_finite(item.value) for item in node.value]


def _finite(text):
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is too large for a computer's number")
    return value


def _count(n, thing):
    ending = "" if n == 1 else "es" if thing.endswith("s") else "s"
    return f"{n} {thing}{ending}"


# ---- what a network is made of -------------------------------------------------------------------


class Pasted(NamedTuple):
    """The network of a text: W and b as a `Network` takes them, W as (units, inputs).

    rows: what a row of the text's weights was for, "units" as in PyTorch or "inputs" as in Keras;
    either: whether both fit; without: the numbers of the layers without biases, which get 0.
    """

    W: list
    b: list
    rows: str
    either: bool
    without: list


def read_network(text, rows=None):
    """Return the network that a text has, a Pasted. In the chapter "your-network".

    rows: what a row of its weights is for, "units" or "inputs", or None to find out, from names
    and shapes. Raises ValueError with a sentence that says what is wrong, and where.
    """
    layers, is_kernel = _layers(text)
    if not layers:
        raise ValueError("expected the weights of a network, and found nothing")
    for l, (W, b) in enumerate(layers, 1):
        if W is None:
            raise ValueError(
                f"layer {l} has {'no weights' if b is None else 'biases, and no weights'}"
            )
    turned = [(list(map(list, zip(*W, strict=True))), b) for W, b in layers]
    readings = {"units": layers, "inputs": turned}
    faults = {name: _misfit(reading) for name, reading in readings.items()}
    first, second = ("inputs", "units") if is_kernel else ("units", "inputs")
    chosen = rows or (second if faults[first] and not faults[second] else first)
    if faults[chosen]:
        raise ValueError(faults[chosen])
    found = readings[chosen]
    return Pasted(
        W=[None, *(W for W, _ in found)],
        b=[None, *([0.0] * len(W) if b is None else b for W, b in found)],
        rows=chosen,
        either=not any(faults.values()),
        without=[l for l, (_, b) in enumerate(found, 1) if b is None],
    )


def _layers(text):
    """Return ([(W, b), …], is_kernel) of a text, None for what is missing; is_kernel: whether its
    weights are called as Keras does."""
    layers, is_kernel = [], False
    for name, node in _Reader(text).entries():
        for array in _arrays(node, () if name is None else (name,)):
            l, layer = _layer_of(array, layers)
            if array.role in layer:
                raise ValueError(f"“{array.name}” comes twice")
            layer[array.role] = _numbers(array, l)
            is_kernel |= array.is_kernel
    return [(layer.get("W"), layer.get("b")) for layer in layers], is_kernel


def _layer_of(array, layers):
    """Return (l, layer) of an array, a new one if it has none yet; a layer is {"key", "W", "b"}."""
    for l, layer in enumerate(layers, 1):
        if layer["key"] == array.key and (array.key is not None or array.role not in layer):
            return l, layer
    layers.append({"key": array.key})
    return len(layers), layers[-1]


def _misfit(layers):
    """What does not fit, of layers with (units, inputs) weights, as a sentence; or None."""
    for l, (W, b) in enumerate(layers, 1):
        units = len(layers[l - 2][0])
        if l > 1 and len(W[0]) != units:
            inputs = _count(len(W[0]), "input")
            return f"layer {l} takes {inputs}, and layer {l - 1} has {_count(units, 'unit')}"
        if b is not None and len(b) != len(W):
            return f"layer {l} has {_count(len(W), 'unit')}, and {_count(len(b), 'bias')}"
    return None


def written(W, b):
    """Return layers of numbers as a text that reads as the same, and is short in an address."""

    def row(numbers):
        return f"[{' '.join(map(short, numbers))}]"

    return "\n".join(
        line
        for l in range(1, len(W))
        for line in (f"W{l} [{' '.join(map(row, W[l]))}]", f"b{l} {row(b[l])}")
    )


def short(number):
    """Return the shortest text that reads as this number: 1 for 1.0."""
    return repr(float(number)).removesuffix(".0")
