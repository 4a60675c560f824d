"""The key formulas say the same in every notation: read back as printed, they give our numbers.

The NumPy lines are executed. The LaTeX is read by a small reader of its own, which knows nothing of
how it was written; what a symbol means is said here once more for each notation, in numbers: their
z_i^(l+1) is our z[l][i], their W_jk our W[k, j]. A swapped index, or a layer off by one, fails.
"""

import re
from contextlib import suppress
from dataclasses import replace
from itertools import count
from math import exp, isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Network, backward, examples, forward, loss, update
from backprop.formulas import formulas, notations
from backprop.formulas.formulas import FORMULAS
from backprop.formulas.notations import NOTATIONS

RATE = 0.5


# ---- NumPy ---------------------------------------------------------------------------------------


@st.composite
def sigmoid_problems(draw):
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    return problem(sizes, draw(st.integers(0, 2**32 - 1)))


def problem(sizes, seed):
    """Return (net, x, t): a network of sigmoids, with the numbers of a random generator."""
    rng = np.random.default_rng(seed)
    W = [None] + [rng.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:], strict=False)]
    b = [None] + [rng.normal(size=n) for n in sizes[1:]]
    return Network(W, b, "sigmoid"), rng.normal(size=sizes[0]), rng.random(sizes[-1])


@given(sigmoid_problems())
def test_the_lines_of_numpy_are_a_round_of_training(problem):
    net, x, t = problem
    L = len(net.W) - 1
    none = [None] * (L + 1)
    room = {"np": np, "L": L, "t": t, "learning_rate": RATE, "W": list(net.W), "b": list(net.b)}
    room |= {"z": [*none], "a": [x, *none[1:]], "delta": [*none], "dW": [*none], "db": [*none]}

    def run(formula, layers):
        for l in layers:
            exec(formulas.numpy(formula), room | {"l": l})

    for l in range(1, L + 1):
        run("net-input", [l])
        run("output", [l])
    room["dE_da"] = room["a"][L] - t
    run("output-delta-any-loss", [L])
    general = room["delta"][L]
    run("output-delta", [L])
    assert np.allclose(general, room["delta"][L], rtol=1e-15)
    run("hidden-delta", range(L - 1, 0, -1))
    run("output-weight-gradient", [L])
    last = room["dW"][L]
    run("weight-gradient", range(1, L + 1))
    assert np.array_equal(last, room["dW"][L])
    run("bias-gradient", range(1, L + 1))
    run("update", range(1, L + 1))
    exec(formulas.numpy("loss"), room)

    z, a = forward(net, x)
    delta, dW, db = backward(net, z, a, t)
    new = update(net, dW, db, RATE)
    assert isclose(room["E"], loss(net, x, t), rel_tol=1e-12)
    ours = {"z": z, "a": a, "delta": delta, "dW": dW, "db": db, "W": new.W}
    for name, layers in ours.items():
        for l in range(1, L + 1):
            assert np.allclose(room[name][l], layers[l], rtol=1e-12, atol=1e-15), name
            slope = eval(formulas.numpy("slope"), room | {"l": l})
            assert np.allclose(slope, net.activations[l].df(z[l], a[l]))


# ---- a reader of LaTeX ---------------------------------------------------------------------------

TOKEN = re.compile(r"\\[a-zA-Z]+|\\,|[a-zA-Z]|\d+|\S")


class Missing(Exception):
    """A layer or a unit that the network does not have."""


class Reader:
    """Computes the value of LaTeX: of sums, products, fractions, powers of e and functions.

    meaning.value(base, below, above, side) is the number of a symbol with its indices as text, and
    meaning.slope(of, by, reader) that of a ∂/∂; meaning.bound(index, n) lets a sum run.
    """

    def __init__(self, meaning):
        self.meaning = meaning

    def equation(self, text):
        """Return the values of both sides."""
        left, right = re.split(r" (?:=|:=|\\to) ", text, maxsplit=1)
        return self.side(left, "left"), self.side(right, "right")

    def side(self, text, which):
        self.tokens, self.at, self.which = TOKEN.findall(text.replace(r"\,", " ")), 0, which
        value = self.sum()
        assert self.at == len(self.tokens), text
        return value

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, expected=None):
        token = self.peek()
        assert token and (expected is None or token == expected), (token, expected)
        self.at += 1
        return token

    def braced(self):
        """Return the tokens in braces, or the one token that stands without."""
        if self.peek() != "{":
            return [self.take()]
        self.take()
        depth, start = 1, self.at
        while depth:
            depth += {"{": 1, "}": -1}.get(self.take(), 0)
        return self.tokens[start : self.at - 1]

    def inner(self, tokens):
        reader = Reader(self.meaning)
        reader.tokens, reader.at, reader.which = tokens, 0, self.which
        value = reader.sum()
        assert reader.at == len(tokens), tokens
        return value

    def sum(self):
        sign = -1 if self.peek() == "-" else 1
        if sign < 0:
            self.take()
        value = sign * self.product()
        while self.peek() in ("+", "-"):
            sign = 1 if self.take() == "+" else -1
            value += sign * self.product()
        return value

    def product(self):
        value = 1.0
        while self.peek() not in ("", "+", "-", ")"):
            value *= self.factor()
        return value

    def factor(self):
        token = self.peek()
        if token == r"\sum":
            return self.summed()
        if token.isdigit():
            return float(self.take())
        if token in (r"\frac", r"\tfrac"):
            self.take()
            above, below = self.braced(), self.braced()
            if above[0] == r"\partial":
                return self.meaning.slope(above[1:], below[1:], self)
            return self.inner(above) / self.inner(below)
        if token == "(":
            value = self.bracket()
            return value ** self.inner(self.braced()) if self.power() else value
        return self.symbol()

    def power(self):
        if self.peek() == "^":
            return self.take()

    def bracket(self):
        self.take("(")
        value = self.sum()
        self.take(")")
        return value

    def summed(self):
        self.take()
        self.take("_")
        (index,) = self.braced()
        start = end = self.at
        total = 0.0
        for n in count():  # to the last unit of the layer
            self.at = start
            try:
                with self.meaning.bound(index, n):
                    total += self.product()
            except Missing:
                if n == 0:
                    raise
                self.at = end
                return total
            end = self.at

    def symbol(self):
        base, below, above = self.name()
        if base in self.meaning.functions:
            prime = self.peek() == "'"
            if prime:
                self.take()
            return self.meaning.function(self.bracket(), prime)
        if base == "e" and above:
            return exp(self.inner(above))
        return self.meaning.value(base, below, "".join(above), self.which)

    def name(self):
        """Return (letter, indices below, tokens above), as they are printed."""
        base = self.take()
        if base == r"\mathrm":
            base = "".join(self.braced())
        below, above = [], []
        while self.peek() in ("_", "^"):
            if self.take() == "_":
                below = self.braced()
            else:
                above = self.braced()
        return base, "".join(below).replace(r"\mathrm", "").strip("{}"), above

    def names(self, tokens):
        reader = Reader(self.meaning)
        reader.tokens, reader.at = tokens, 0
        name = reader.name()
        assert reader.at == len(tokens)
        return name


# ---- what the symbols mean, in numbers -----------------------------------------------------------


class Meaning:
    """The numbers of one pass by the symbols of a notation, where l, i, j and k are numbers too."""

    functions = {"f", "g", r"\sigma"}
    losses = {"E", "J", "C", "L", "Loss"}

    def __init__(self, net, x, t):
        self.net, self.t, self.last = net, t, len(net.W) - 1
        self.z, self.a = forward(net, x)
        self.delta, self.dW, self.db = backward(net, self.z, self.a, t)
        self.da = [None] * self.last + [self.a[self.last] - t]
        self.new = update(net, self.dW, self.db, RATE)
        self.index, self.l = {}, None

    def pick(self, layers, l, *units):
        """Return one number of an array, and never one counted from its end."""
        if not 0 <= l < len(layers) or layers[l] is None:
            raise Missing
        for unit, size in zip(units, layers[l].shape, strict=True):
            if not 0 <= unit < size:
                raise Missing
        return layers[l][units]

    def weight(self, l, to, start, which=""):
        return self.pick((self.new if which in ("left", "new") else self.net).W, l, to, start)

    def function(self, z, prime):
        return 1 / (1 + exp(-z)) if not prime else exp(-z) / (1 + exp(-z)) ** 2

    def loss(self):
        return sum((self.a[self.last] - self.t) ** 2) / 2

    def bound(self, index, n):
        return Bound(self.index, index, n)


class Bound:
    def __init__(self, indices, index, n):
        self.indices, self.index, self.n = indices, index, n

    def __enter__(self):
        assert self.index not in self.indices, "the sum's index is in use outside it"
        self.indices[self.index] = self.n

    def __exit__(self, *_):
        del self.indices[self.index]


class Layered(Meaning):
    """first: their number of the input; leaves: their W^(l) and b^(l) leave layer l."""

    first, leaves = 0, False
    letters = {"z": "z", "a": "a", r"\delta": "delta"}
    weights, rate, target = "w", r"\eta", "t"

    def number(self, above):
        last = self.last + self.first
        text = above.strip("+").strip("()")
        return eval(text, {"l": self.l, "L": last, "n_l": last})

    def unit_layer(self, above):
        return self.number(above) - self.first

    def weight_layer(self, above):
        return self.number(above) - self.first + self.leaves

    def value(self, base, below, above, which):
        if base in self.losses:
            return self.loss()
        if base == self.rate:
            return RATE
        units = [self.index[letter] for letter in below]
        if base == self.target:
            return self.pick([self.t], 0, *units)
        if base == self.weights:
            which = "new" if above.startswith("+") else which
            return self.weight(self.weight_layer(above), *units, which=which)
        if base == "b":
            return self.pick(self.net.b, self.weight_layer(above), *units)
        return self.pick(getattr(self, self.letters[base]), self.unit_layer(above), *units)

    def slope(self, of, by, reader):
        assert "".join(of) in self.losses
        base, below, above = reader.names(by)
        units, above = [self.index[letter] for letter in below], "".join(above)
        if base == "a":
            return self.pick(self.da, self.unit_layer(above), *units)
        layers = {self.weights: self.dW, "b": self.db}[base]
        return self.pick(layers, self.weight_layer(above), *units)


class FromOne(Layered):
    first, leaves, weights, rate, target = 1, True, "W", r"\alpha", "y"


class SymbolTable(Layered):
    first, leaves = 1, True


class Chapter2(Layered):
    first, target = 1, "y"


class ByLetter(Layered):
    """Layers by letter: i the inputs, j the hidden units, k the outputs."""

    letters = {"net": "z", "out": "a", r"\delta": "delta"}
    layer = {"i": 0, "j": 1, "k": 2}

    def value(self, base, below, above, which):
        if base in self.letters or base == "b":
            layers = self.net.b if base == "b" else getattr(self, self.letters[base])
            return self.pick(layers, self.layer[below], self.index[below])
        if base == self.weights:
            to, start = self.ends(below)
            which = "new" if above else ""
            return self.weight(self.layer[to], self.index[to], self.index[start], which)
        return super().value(base, below, above, which)

    def ends(self, below):
        return below

    def slope(self, of, by, reader):
        if "".join(of) in self.losses:
            base, below, _ = reader.names(by)
            if base == "b":
                return self.pick(self.db, self.layer[below], self.index[below])
            if base == "out":
                return self.pick(self.da, self.layer[below], self.index[below])
            to, start = self.ends(below)
            return self.pick(self.dW, self.layer[to], self.index[to], self.index[start])
        (of, unit, _), (by, below, _) = reader.names(of), reader.names(by)
        assert (of, by) == ("out", "net") and unit == below
        z = self.pick(self.z, self.layer[below], self.index[below])
        return self.function(z, prime=True)


class FromTo(ByLetter):
    letters = {"O": "a", r"\delta": "delta"}
    weights = "W"

    def ends(self, below):
        return below[::-1]


class OneUnit(Meaning):
    """S2: the inputs x_i of one unit, y its output."""

    def value(self, base, below, above, which):
        found = {"z": self.z[1][0], "y": self.a[1][0], "b": self.net.b[1][0]}
        if base in found:
            assert not below
            return found[base]
        layers = {"x": self.a[0], "w": self.net.W[1][0]}
        return self.pick([layers[base]], 0, self.index[below])

    def slope(self, of, by, reader):
        assert of == ["L"]
        base, below, _ = reader.names(by)
        if base == "w":
            return self.pick([self.dW[1][0]], 0, self.index[below])
        return {"b": self.db[1][0], "z": self.delta[1][0]}[base]


class OneWeight(Meaning):
    """S3: any weight."""

    def value(self, base, below, above, which):
        return {"w": self.weight(2, 0, 1, which), r"\eta": RATE}[base]

    def slope(self, of, by, reader):
        assert "".join(of) == r"\mathrm{Loss}" and by == ["w"]
        return self.dW[2][0, 1]


class ByUnit(Meaning):
    """S4 and Mazur: h1, o2, and w1 to w8 row by row."""

    rate = r"\eta"

    def where(self, unit):
        return "iho".index(unit[0]), int(unit[1]) - 1

    def weight_at(self, number):
        l, rest = divmod(int(number) - 1, 4)
        return l + 1, *divmod(rest, 2)

    def value(self, base, below, above, which):
        if base == "E":
            assert below == "total"
            return self.loss()
        if base == self.rate:
            return RATE
        if base == "w":
            return self.weight(*self.weight_at(below), which="new" if above == "+" else "")
        if base == "b":
            return self.net.b[int(below)][0]
        if base == "i":
            return self.a[0][int(below) - 1]
        l, unit = self.where(below)
        if base == "target":
            assert l == 2
            return self.t[unit]
        return {"net": self.z, "out": self.a, r"\delta": self.delta}[base][l][unit]

    def slope(self, of, by, reader):
        (of, unit, _), (by, below, _) = reader.names(of), reader.names(by)
        if of == "out":
            assert by == "net" and unit == below
            l, n = self.where(below)
            return self.function(self.z[l][n], prime=True)
        assert (of, unit) == ("E", "total")
        if by == "w":
            l, *units = self.weight_at(below)
            return self.dW[l][*units]
        l, n = self.where(below)
        return {"net": self.delta, "out": self.da, "b": self.db}[by][l][n]


class Tutorial(ByUnit):
    rate = "x"


MEANINGS = {
    "book": ByLetter,
    "indexed": Layered,
    "S0c": FromTo,
    "S0g": SymbolTable,
    "S1": FromOne,
    "S2": OneUnit,
    "S3": OneWeight,
    "S4": Tutorial,
    "Nielsen": Chapter2,
    "UFLDL": FromOne,
    "Mazur": ByUnit,
}
SIZES = {"book": (2, 3, 4), "S0c": (2, 3, 4), "S4": (2, 2, 2), "Mazur": (2, 2, 2)}


def meaning(key):
    """Return the meaning of a notation's symbols for a random network."""
    net, x, t = problem(SIZES.get(key, (2, 3, 5, 4)), seed=7)
    if net.sizes == (2, 2, 2):  # one bias for a layer
        b = [None, *(np.full(2, b_l[0]) for b_l in net.b[1:])]
        net = replace(net, b=b)
    return MEANINGS[key](net, x, t)


def equations(key, formula, text):
    """Return the pairs of sides that a formula says are equal, for all layers and units."""
    numbers, found = meaning(key), []
    left = re.split(r" (?:=|:=|\\to) ", text)[0]
    letters = sorted(set("".join(re.findall(r"_\{([ijk]+)\}", left))))
    layered = isinstance(numbers, Layered) and not isinstance(numbers, ByLetter)
    for l in range(6) if layered and LEFT_IN[formula] != "L" else [0]:
        numbers.l = l
        for units in np.ndindex(*[max(numbers.net.sizes)] * len(letters)):
            numbers.index = dict(zip(letters, units, strict=True))
            with suppress(Missing):
                found.append(Reader(numbers).equation(text))
    return found


# The layers that the left side of a formula may be in.
LEFT_IN = dict.fromkeys(FORMULAS, "1 … L") | {
    "loss": "L",
    "output-delta-any-loss": "L",
    "output-delta": "L",
    "output-weight-gradient": "L",
    "hidden-delta": "1 …",
}


def how_many(key, formula):
    """Return how many equations a formula stands for in the network of `meaning`."""
    numbers = meaning(key)
    sizes, by_unit = numbers.net.sizes, isinstance(numbers, ByUnit | OneWeight)
    if formula == "loss" or by_unit:
        return 1
    if isinstance(numbers, OneUnit):
        return sizes[0] if formula == "weight-gradient" else 1
    layers = {
        "1 … L": range(1, len(sizes)),
        "1 …": range(1, len(sizes) - 1),
        "L": [len(sizes) - 1],
    }[LEFT_IN[formula]]
    if isinstance(numbers, ByLetter) and LEFT_IN[formula] != "L":
        layers = [1]
    weights = formula in ("weight-gradient", "output-weight-gradient", "update")
    return sum(sizes[l] * (sizes[l - 1] if weights else 1) for l in layers)


PRINTED = [(key, formula) for key, it in NOTATIONS.items() for formula in it.formulas]


@pytest.mark.parametrize(("key", "formula"), PRINTED)
def test_a_formula_says_in_every_notation_what_the_program_computes(key, formula):
    found = equations(key, formula, NOTATIONS[key].latex(formula))
    assert len(found) == how_many(key, formula)
    for left, right in found:
        assert isclose(left, right, rel_tol=1e-12)


def agree(key, notation, formula):
    """Say whether the formula, as some notation writes it, is right in the letters of `key`."""
    try:
        found = equations(key, formula, notation.latex(formula))
    except (AssertionError, KeyError):  # it does not read as a formula of that notation at all
        return False
    right = [isclose(left, right, rel_tol=1e-9) for left, right in found]
    return len(right) == how_many(key, formula) and all(right)


@pytest.mark.parametrize("formula", ["hidden-delta", "weight-gradient", "output-weight-gradient"])
def test_a_swapped_index_is_found(formula):
    for key in ("book", "indexed", "S0c", "UFLDL", "Nielsen"):
        notation = NOTATIONS[key]
        assert agree(key, notation, formula)
        assert not agree(key, replace(notation, to_first=not notation.to_first), formula)


@pytest.mark.parametrize("formula", ["net-input", "hidden-delta", "weight-gradient"])
def test_a_layer_off_by_one_is_found(formula):
    for key in ("indexed", "UFLDL", "Nielsen"):
        notation = NOTATIONS[key]
        moved = replace(notation.layers, leaves=not notation.layers.leaves)
        assert not agree(key, replace(notation, layers=moved), formula)


# ---- between whole layers ------------------------------------------------------------------------


class LayerReader(Reader):
    """The same for columns and matrices: what stands side by side is a product of matrices."""

    def product(self):
        value = self.matrix_product()
        while self.peek() in (r"\odot", r"\bullet"):
            self.take()
            other = self.matrix_product()
            assert value.shape == other.shape, "a product entry by entry needs equal shapes"
            value = value * other
        return value

    def matrix_product(self):
        value = self.factor()
        while self.peek() not in ("", "+", "-", ")", r"\odot", r"\bullet"):
            factor = self.factor()
            value = value @ factor if np.ndim(value) else value * factor
        return value

    def factor(self):
        if self.peek() == r"\nabla":
            self.take()
            self.take("_")
            by = self.braced()
            return self.meaning.slope(self.take(), by, self)
        if self.peek() == "(":
            value = self.bracket()
            if self.power():
                assert self.braced() == [r"\mathsf", "{", "T", "}"]
                value = value.T
            return value
        return super().factor()


class InLayers:
    """A meaning of symbols without indices: vectors are columns."""

    weights = "W"

    def pick(self, layers, l, *units):
        assert not units
        if not 0 <= l < len(layers) or layers[l] is None:
            raise Missing
        return layers[l][:, None] if layers[l].ndim == 1 else layers[l]

    def weight(self, l, which=""):
        return self.pick((self.new if which in ("left", "new") else self.net).W, l)

    def function(self, z, prime):
        a = 1 / (1 + np.exp(-z))
        return a * (1 - a) if prime else a


def in_layers(key):
    """Return the meaning of a notation's symbols for whole layers of a random network."""
    letter = {"weights": "w"} if key == "Nielsen" else {}
    net, x, t = problem((2, 3, 5, 4), seed=7)
    return type(key, (InLayers, MEANINGS[key]), letter)(net, x, t)


def equations_of_layers(key, formula, text):
    """Return the pairs of sides, arrays, that a formula says are equal, for all layers."""
    numbers, found = in_layers(key), []
    for l in range(6) if LEFT_IN[formula] != "L" else [0]:
        numbers.l = l
        with suppress(Missing):
            found.append(LayerReader(numbers).equation(text))
    return found


def are_equal(pairs):
    return all(np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-12) for a, b in pairs)


BETWEEN = [(key, formula) for key, it in NOTATIONS.items() for formula in it.vectors]


@pytest.mark.parametrize(("key", "formula"), BETWEEN)
def test_a_formula_between_layers_says_what_the_program_computes(key, formula):
    found = equations_of_layers(key, formula, NOTATIONS[key].latex_of_layers(formula))
    layers = {"1 … L": 3, "1 …": 2, "L": 1}[LEFT_IN[formula]]
    assert len(found) == layers and are_equal(found)
    assert formula in NOTATIONS[key].formulas


@pytest.mark.parametrize(
    ("formula", "right", "wrong"),
    [
        ("hidden-delta", r"^{\mathsf{T}}", ""),  # no transpose
        ("hidden-delta", "W^{(l+1)}", "W^{(l)}"),  # another layer's weights
        ("weight-gradient", r"\, (a^{(l-1)})^{\mathsf{T}}", r" \odot a^{(l-1)}"),
        ("weight-gradient", r"\delta^{(l)}\, (a^{(l-1)})", r"a^{(l-1)}\, (\delta^{(l)})"),
        ("output-delta-any-loss", "f'", "f"),
        ("net-input", r"W^{(l)}", r"(W^{(l)})^{\mathsf{T}}"),
        ("update", "- \\eta", "+ \\eta"),
    ],
)
def test_a_wrong_product_of_layers_is_found(formula, right, wrong):
    text = NOTATIONS["indexed"].latex_of_layers(formula)
    assert right in text
    try:
        found = equations_of_layers("indexed", formula, text.replace(right, wrong))
    except (ValueError, AssertionError):  # shapes that do not fit
        return
    assert not are_equal(found)


def test_a_formula_that_a_notation_has_not_between_layers_is_named():
    with pytest.raises(KeyError, match="S0c does not have 'hidden-delta' between layers"):
        NOTATIONS["S0c"].latex_of_layers("hidden-delta")


# What is right in other layers, or for other units, and would not be what the source prints.
AS_PRINTED = {
    ("UFLDL", "net-input"): "z_{i}^{(l+1)}",
    ("UFLDL", "hidden-delta"): r"\delta_{i}^{(l)}",
    ("UFLDL", "weight-gradient"): r"\frac{\partial J}{\partial W_{ij}^{(l)}}",
    ("Nielsen", "net-input"): "z_{j}^{l}",
    ("Mazur", "hidden-delta"): r"\delta_{h1}",
    ("Mazur", "output-weight-gradient"): r"\frac{\partial E_{\mathrm{total}}}{\partial w_6}",
}


@pytest.mark.parametrize(("key", "formula"), AS_PRINTED)
def test_a_formula_is_about_the_layer_and_the_unit_that_the_source_has(key, formula):
    left, _ = NOTATIONS[key].latex(formula).split(" = ")
    assert left == AS_PRINTED[key, formula]


def test_every_piece_that_a_notation_turns_stands_in_a_formula():
    for notation in NOTATIONS.values():
        for piece in notation.turned:
            assert any(piece in formula for formula in FORMULAS.values()), piece


def test_the_wrong_sign_or_slope_is_found():
    turned = NOTATIONS["UFLDL"].latex("output-delta").replace("-f'", "f'", 1)
    assert not all(isclose(*sides) for sides in equations("UFLDL", "output-delta", turned))
    flat = NOTATIONS["UFLDL"].latex("hidden-delta").replace("f'", "f")
    assert not all(isclose(*sides) for sides in equations("UFLDL", "hidden-delta", flat))


@pytest.mark.parametrize("register", notations.REGISTERS)
@pytest.mark.parametrize(("key", "formula"), PRINTED)
def test_what_is_said_to_be_our_symbol_is_the_same_number(key, formula, register):
    pairs = NOTATIONS[key].dictionary(formula, NOTATIONS[register])
    assert bool(pairs) == (key != register) or isinstance(NOTATIONS[key], notations.ByName)
    if not NOTATIONS[key].layers or register != "indexed":
        return  # without layers on both sides there is no number to compare
    theirs, ours = meaning(key), meaning("indexed")
    compared = 0
    for l in range(6):
        for units in np.ndindex(5, 5, 5):
            index = dict(zip("ijk", units, strict=True))
            for symbols in pairs:
                theirs.l = ours.l = l
                theirs.index, ours.index = dict(index), renamed(symbols, index)
                with suppress(Missing):
                    values = [
                        Reader(it).side(s, "")
                        for it, s in zip((theirs, ours), symbols, strict=True)
                    ]
                    assert values[0] == values[1], symbols
                    compared += 1
    assert compared or not pairs


def renamed(symbols, index):
    """Return the units that our letters stand for, those of theirs in their order."""
    theirs, ours = ("".join(re.findall(r"_\{([ijk]+)\}", symbol)) for symbol in symbols)
    return {our: index[their] for their, our in zip(theirs, ours, strict=True)}


# ---- shapes --------------------------------------------------------------------------------------

UNDER = r"\underset"


def with_shapes(line):
    """Yield (array, shape below it), both LaTeX, for every array of a line."""
    for start in [found.end() for found in re.finditer(re.escape(UNDER), line)]:
        shape, rest = braced(line[start:])
        yield braced(rest)[0], shape


def braced(text):
    """Return what stands in the braces that a text begins with, and what follows them."""
    depth = 0
    for end, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if depth == 0:
            return text[1:end], text[end + 1 :]
    raise AssertionError(f"{text} is not closed")


def test_each_array_of_the_four_equations_has_its_shape_below():
    """In a network without two layers of one size, and l = 2: the shapes that NumPy finds."""
    net, x, t, _ = examples.tapering()
    z, a = forward(net, x)
    delta, dW, db = backward(net, z, a, t)
    arrays = {
        r"\delta^{(L)}": delta[3], r"\frac{\partial E}{\partial a^{(L)}}": a[3] - t,
        "f'(z^{(L)})": z[3], r"\delta^{(l)}": delta[2], r"\delta^{(l+1)}": delta[3],
        r"(W^{(l+1)})^{\mathsf{T}}": net.W[3].T, "f'(z^{(l)})": z[2],
        r"\frac{\partial E}{\partial b^{(l)}}": db[2],
        r"\frac{\partial E}{\partial W^{(l)}}": dW[2], r"(a^{(l-1)})^{\mathsf{T}}": a[1][None, :],
    }  # fmt: skip
    sizes = {
        f"s_{{{l}}}": str(net.sizes[n]) for l, n in (("l-1", 1), ("l", 2), ("l+1", 3), ("L", 3))
    }
    for formula in formulas.FOUR_EQUATIONS.values():
        found = list(with_shapes(NOTATIONS["indexed"].latex_of_layers(formula, units="s")))
        for array, shape in found:
            for letter, number in sizes.items():
                shape = shape.replace(letter, number)
            expected = arrays[array]
            if formula == "weight-gradient" and array == r"\delta^{(l)}":
                expected = expected[:, None]
            assert shape.replace(r"\, ", " ") == str(expected.shape), (formula, array)
        assert len(found) == (2 if formula == "bias-gradient" else 3 + (formula == "hidden-delta"))


@pytest.mark.parametrize("formula", formulas.BETWEEN_LAYERS)
def test_shapes_change_nothing_else(formula):
    line = NOTATIONS["indexed"].latex_of_layers(formula, units="s")
    while UNDER in line:
        before, after = line.split(UNDER, 1)
        _, rest = braced(after)
        array, rest = braced(rest)
        line = before + array + rest
    assert line == NOTATIONS["indexed"].latex_of_layers(formula)
