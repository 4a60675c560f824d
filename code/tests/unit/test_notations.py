"""The key formulas say the same in every notation: read back as printed, they give our numbers.

The NumPy lines are executed. A line of LaTeX becomes Python by a dozen substitutions, and is
computed; what its symbols mean is said here for each notation, in numbers: their z_i^(l+1) is our
z[l][i], their W_jk our W[k, j]. A swapped index, a sign, a layer off by one: each is found.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import count, product
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Network, backward, formulas, forward, loss, update
from backprop.formulas import FOUR_EQUATIONS, NOTATIONS, REGISTERS

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
    room |= {"dE_da": room["a"][L] - t, "df": df}
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


# ---- LaTeX as Python -----------------------------------------------------------------------------

LETTER = r"\\(?:delta|eta|alpha)|net|out|target|Loss|[abtwxyzCEJLOW]|i(?=_)"
SYMBOL = re.compile(
    rf"(?<![\\A-Za-z])({LETTER})(?![A-Za-z])(?:_(?:(\w)|\{{([^{{}}]*)\}}))?(?:\^\{{([^{{}}]*)\}})?"
)
RELATION = r" (?:=|:=|\\to) "
SUBSTITUTIONS = [  # where <3> is a symbol, the fourth
    (r"\\frac\{\\partial <(\d+)>\}\{\\partial <(\d+)>\}", r"slope(\1, \2)"),
    (r"\\nabla_\{<(\d+)>\} <(\d+)>", r"slope(\2, \1)"),
    (r"\\frac\{1\}\{1 \+ e\^\{-(<\d+>)\}\}", r"f(\1)"),
    (r"(?:f|g|\\sigma)'\(", "df("),
    (r"(?:f|g|\\sigma)\(", "f("),
    (r"\\tfrac\{1\}\{2\}", "0.5"),
    (r"\)\^\{2\}", ")**2"),
    (r"\)\^\{\\mathsf\{T\}\}", ").T"),
    (r"\\sum_\{(\w)\} ((?:\([^()]*\)|[^-+()])+)", r"total('\1', lambda: \2)"),  # of a product
    (r"(?<== )(.+) \\(?:odot|bullet) (.+)", r"by_entry(\1, \2)"),  # the last of its side
    (r"\\, ", " @ "),
    (r"\\,", "*"),
    (r"<(\d+)>", r"value(\1)"),
]


def upright(latex):
    return re.sub(r"\\mathrm\{(\w+)\}", r"\1", latex)


@cache
def translated(latex):
    """Return (the sides of an equation as Python, its symbols as (letter, below, above))."""
    symbols = []

    def numbered(found):
        letter, index, indices, above = found.groups()
        symbols.append((letter, index or indices or "", above or ""))
        return f"<{len(symbols) - 1}>"

    text = SYMBOL.sub(numbered, upright(latex))
    for pattern, python in SUBSTITUTIONS:
        text = re.sub(pattern, python, text)
    return [compile(side, latex, "eval") for side in re.split(RELATION, text)], symbols


# ---- what the symbols mean, in numbers -----------------------------------------------------------
# Where a symbol is: (its layer, its units in there), l and the indices being numbers in `it`.


def numbered(first=0, leaves=False):
    """first: the number of the input layer; leaves: W^(l) and b^(l) leave layer l."""

    def place(it, quantity, below, above):
        units = [it.index[letter] for letter in below]
        if quantity == "t":
            return it.last, units
        number = eval(above, {"l": it.l, "L": it.last + first, "n_l": it.last + first})
        return number - first + (leaves and quantity in "Wb"), units

    return place


def lettered(turned=False):
    """The layers by letter: i the inputs, j the hidden units, k the outputs; turned: W_from,to."""

    def place(it, quantity, below, above):
        units = below[::-1] if turned and quantity == "W" else below
        return "ijk".index(units[0]), [it.index[letter] for letter in units]

    return place


def one_unit(it, quantity, below, above):
    """The inputs of one unit, or any weight."""
    if quantity == "x":
        return 0, [it.index[below]]
    assert not below or quantity == "W"
    return 1, [0, it.index[below] if below else 1][: 1 + (quantity == "W")]


def by_name(it, quantity, below, above):
    """h1, o2, and w1 to w8 row by row; one bias for a layer."""
    match quantity:
        case "W":
            l, at = divmod(int(below) - 1, 4)
            return l + 1, divmod(at, 2)
        case "b":
            return int(below), [0]
        case "x":
            return 0, [int(below) - 1]
    return "iho".index(below[0]), [int(below[1:]) - 1]


QUANTITIES = "z", "a", "W", "b", "delta", "t", "E", "rate", "x"
MEANINGS = {
    "named": (r"net out w b \delta t E \eta -", lettered()),
    "indexed": (r"z a w b \delta t E \eta -", numbered()),
    "S0c": (r"- O W - \delta t E - -", lettered(turned=True)),
    "S0g": (r"z a w b - - - - -", numbered(1, leaves=True)),
    "S1": (r"z a W b \delta y J - -", numbered(1, leaves=True)),
    "S2": (r"z y w b - - L \alpha x", one_unit),
    "S3": (r"- - w - - - Loss \eta -", one_unit),
    "S4": (r"net out w b - target E_total x i", by_name),
    "Nielsen": (r"z a w b \delta y C \eta -", numbered(1)),
    "UFLDL": (r"z a W b \delta y J \alpha -", numbered(1, leaves=True)),
    "Mazur": (r"net out w b \delta target E_total \eta i", by_name),
}
NUMBERED = "indexed", "S0g", "S1", "Nielsen", "UFLDL"


class Missing(Exception):
    """A layer or a unit that the network does not have."""


class Rate(float):
    def __matmul__(self, array):
        return self * array


@dataclass
class Meaning:
    """The numbers of one pass by the symbols of a notation; whole: without indices, as columns."""

    key: str
    problem: tuple
    whole: bool = False

    def __post_init__(self):
        letters, self.place = MEANINGS[self.key]
        if self.whole and self.key == "indexed":
            letters = letters.replace("w", "W")
        self.quantities = dict(zip(letters.split(), QUANTITIES, strict=True))
        self.quantities.pop("-", None)
        net, x, t = self.problem
        z, a = forward(net, x)
        delta, dW, db = backward(net, z, a, t)
        self.sizes, self.last, self.loss = net.sizes, len(net.W) - 1, loss(net, x, t)
        before = [None] * self.last
        self.new = update(net, dW, db, RATE).W
        self.numbers = {"z": z, "a": a, "x": a, "W": net.W, "b": net.b, "delta": delta}
        self.numbers["t"] = [*before, t]
        self.slopes = {"z": delta, "a": [*before, a[-1] - t], "W": dW, "b": db}
        self.l, self.index = None, {}

    def quantity(self, letter, below):
        return self.quantities.get(f"{letter}_{below}") or self.quantities[letter]

    def value(self, letter, below, above, new=False):
        quantity = self.quantity(letter, below)
        if quantity in ("E", "rate"):
            return self.loss if quantity == "E" else Rate(RATE)
        new = quantity == "W" and (new or above.startswith("+"))
        return self.at(self.new if new else self.numbers[quantity], quantity, below, above)

    def slope(self, of, by):
        quantity = self.quantity(*by[:2])
        if self.quantity(*of[:2]) == "E":
            return self.at(self.slopes[quantity], quantity, *by[1:])
        assert (self.quantity(*of[:2]), quantity, of[1:]) == ("a", "z", by[1:])
        return df(self.value(*by))

    def at(self, layers, quantity, below, above):
        l, units = self.place(self, quantity, below, above)
        if not 0 <= l < len(layers) or layers[l] is None:
            raise Missing
        if self.whole:
            assert not units
            return layers[l].reshape(len(layers[l]), -1)
        if any(not 0 <= unit < n for unit, n in zip(units, layers[l].shape, strict=True)):
            raise Missing
        return layers[l][tuple(units)]

    def total(self, index, term):
        """Return the sum of a term over an index, to the last unit of its layer."""
        assert index not in self.index, "the sum's index is in use outside it"
        found = 0
        try:
            for unit in count():
                self.index[index] = unit
                found += term()
        except Missing:
            if unit == 0:
                raise
            return found
        finally:
            del self.index[index]

    def values(self, latex, l, index):
        """Return the values of the sides of an equation, or of a symbol alone.

        What is assigned, w := …, is the new weight.
        """
        self.l, self.index = l, dict(index)
        sides, symbols = translated(latex)
        assigns = ":=" in latex or r"\to" in latex or (self.key == "S3" and "=" in latex)
        room = {
            "value": lambda n: self.value(*symbols[n], new=assigns and n == 0),
            "slope": lambda of, by: self.slope(symbols[of], symbols[by]),
        }
        room |= {"total": self.total, "f": f, "df": df, "by_entry": by_entry}
        return [eval(side, room) for side in sides]

    def equations(self, latex):
        """Yield the sides of an equation in numbers, for all layers and units that it is about."""
        left = re.split(RELATION, latex)[0]
        letters = sorted(set("".join(re.findall(r"_\{([ijk]+)\}", left))))
        for l in range(self.last + 2) if re.search(r"\^\{\+?\(?l", latex) else [None]:
            for units in np.ndindex(*[max(self.sizes)] * len(letters)):
                with suppress(Missing):
                    yield self.values(latex, l, zip(letters, units, strict=True))

    def how_many(self, formula):
        """Return how many equations a formula stands for."""
        if formula == "loss" or self.place is by_name:
            return 1
        of_weights = formula in ("weight-gradient", "output-weight-gradient", "update")
        if self.place is one_unit:
            return self.sizes[0] if formula == "weight-gradient" else 1
        layers = range(1, self.last + (formula != "hidden-delta"))
        if self.key not in NUMBERED:
            layers = [1]
        if formula.startswith("output-"):
            layers = [self.last]
        if self.whole:
            return len(layers)
        return sum(self.sizes[l] * (self.sizes[l - 1] if of_weights else 1) for l in layers)


def f(z):
    return 1 / (1 + np.exp(-z))


def df(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2


def by_entry(one, other):
    assert one.shape == other.shape, "a product entry by entry needs equal shapes"
    return one * other


@cache
def meaning(key, whole=False):
    """Return the meaning of a notation's symbols for a random network."""
    if MEANINGS[key][1] is not by_name:
        return Meaning(key, problem((2, 3, 5, 4) if key in NUMBERED else (2, 3, 4), 7), whole)
    net, x, t = problem((2, 2, 2), 7)
    b = [None, *(np.full(2, b_l[0]) for b_l in net.b[1:])]  # one bias for a layer
    return Meaning(key, (replace(net, b=b), x, t))


# ---- each line is true ---------------------------------------------------------------------------

LINES = [  # (notation, formula, whether it is between whole layers)
    *((key, formula, False) for key, it in NOTATIONS.items() for formula in it.formulas),
    *((key, formula, True) for key, it in NOTATIONS.items() for formula in it.between_layers),
]


def latex_of(key, formula, whole):
    it = NOTATIONS[key]
    return it.latex_of_layers(formula) if whole else it.latex(formula)


def hold(key, formula, whole, latex):
    """Assert that LaTeX is true of every layer and unit that a line is about."""
    it = meaning(key, whole)
    found = list(it.equations(latex))
    assert len(found) == it.how_many(formula), latex
    for left, right in found:
        assert np.shape(left) == np.shape(right), latex
        assert np.allclose(left, right, rtol=1e-12, atol=0), latex


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[0]}-{line[1]}-{line[2]}")
def test_a_line_says_what_the_program_computes(line):
    hold(*line, latex_of(*line))


CHANGES = {
    "a swapped index": [(r"_\{([ijk])([ijk])\}", r"_{\2\1}")],
    "another index": [(r"_\{i\}", "_{j}"), (r"_\{[jk]\}", "_{i}")],
    "another unit": [(r"\{([ho])1\}", r"{\g<1>2}"), (r"\{([ho])2\}", r"{\g<1>1}")],
    "another weight or input": [(r"(?<=[wib]_)1", "2"), (r"(?<=[wi]_)[2-7]", "8")],
    "another layer": [(r"(?<=[({])(l|L|n_l)(?=[)}])", r"\1-1"), (r"(?<=[lL])[+-]1", "")],
    "another sign": [(r" \+ ", " - "), (" - ", " + "), ("= -", "= ")],
    "no slope": [(r"'\(", "(")],
    "no half": [(r"\\tfrac\{1\}\{2\}\\,", "")],
    "no square": [(r"\)\^\{2\}", ")")],
    "no transpose": [(r"\^\{\\mathsf\{T\}\}", "")],
    "one product for the other": [
        (r"\\, (?=\()", r" \\odot "),
        (r" \\(odot|bullet) (?=\\?[a-z])", r"\\, "),
    ],
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_line_with_a_change_is_found(change):
    changed = [
        (*line, latex[: found.start()] + found.expand(by) + latex[found.end() :])
        for line in LINES
        for latex in [latex_of(*line)]
        for pattern, by in CHANGES[change]
        for found in re.finditer(pattern, latex)
    ]
    assert len(changed) > 2
    for line in changed:
        with pytest.raises((AssertionError, KeyError, ValueError, SyntaxError)):
            hold(*line)
            pytest.fail(f"not found: {line}")


# ---- no line is missing --------------------------------------------------------------------------

ALL = """net-input output loss slope output-delta-any-loss output-delta hidden-delta weight-gradient
output-weight-gradient bias-gradient update""".split()
OF_S1 = "net-input output hidden-delta weight-gradient bias-gradient".split()
EXPECTED = {  # the formulas of each notation, and those that it has between layers
    "named": (ALL, []),
    "indexed": (ALL, [name for name in ALL if name not in ("loss", "slope")]),
    "S0c": ("output-delta hidden-delta weight-gradient output-weight-gradient".split(), []),
    "S0g": (["net-input", "output"], []),
    "S1": (OF_S1, OF_S1),
    "S2": ("net-input output weight-gradient bias-gradient".split(), []),
    "S3": (["update"], []),
    "S4": ([name for name in ALL if name != "bias-gradient"], []),
    "Nielsen": (ALL, ["net-input", "output", "hidden-delta"]),
    "UFLDL": (
        [name for name in ALL if name != "output-delta-any-loss"],
        [name for name in ALL if name not in ("loss", "slope", "output-delta-any-loss")],
    ),
    "Mazur": ([name for name in ALL if name != "bias-gradient"], []),
}


def test_no_line_is_missing():
    expected = {
        (key, formula, whole)
        for key, tables in EXPECTED.items()
        for whole, names in enumerate(tables)
        for formula in names
    }
    assert set(LINES) == expected


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: formulas.source("S0b"), "no source 'S0b' here; did you mean one of S0g, S0c"),
        (lambda: formulas.source("indexed"), "no source 'indexed' here"),
        (lambda: formulas.numpy("hiden-delta"), "no formula .* did you mean one of hidden-delta"),
        (lambda: formulas.table("lose"), "no question 'lose' here; did you mean one of loss"),
        (lambda: NOTATIONS["S0g"].latex("loss"), "S0g does not have 'loss'; it has net-input, out"),
        (
            lambda: NOTATIONS["S0c"].latex_of_layers("hidden-delta"),
            "S0c does not have 'hidden-delta' between layers; it has none",
        ),
    ],
)
def test_what_is_not_there_is_named(ask, says):
    with pytest.raises(KeyError, match=says):
        ask()


# ---- what a source's symbols are in the book -----------------------------------------------------

SOURCES = [key for key in NOTATIONS if key not in REGISTERS and NOTATIONS[key].formulas]


@pytest.mark.parametrize("key", SOURCES)
def test_what_is_said_to_be_our_symbol_is_the_same_number(key):
    source, theirs = NOTATIONS[key], meaning(key)
    register = "indexed" if key in NUMBERED else "named"
    ours = Meaning(register, theirs.problem)
    pairs = source.legend(" ".join(source.ours), register)
    assert [symbol for symbol, _ in pairs] == list(source.ours)
    for pair in pairs:
        if pair == (r"\bullet", r"\odot"):
            continue
        letters = ["".join(re.findall(r"_\{([ijk]+)\}", symbol)) for symbol in pair]
        compared = 0
        for l, units in product(range(theirs.last + 2), np.ndindex(5, 5, 5)):
            index = [dict(zip("ijk", units, strict=True))] * 2
            if key in NUMBERED:  # their letters are others
                index = [zip(of_one, units, strict=False) for of_one in letters]
            if theirs.place is one_unit:
                index = [{"j": 0, "i": 1}] * 2
            with suppress(Missing):
                assert theirs.values(pair[0], l, index[0]) == ours.values(pair[1], l, index[1])
                compared += 1
        assert compared, pair


@pytest.mark.parametrize("key", SOURCES)
def test_a_symbol_of_a_source_is_ours_or_is_said_to_be(key):
    source = NOTATIONS[key]
    lines = " ".join([*source.formulas.values(), *source.between_layers.values()])
    assert [symbol for symbol in source.ours if symbol not in lines] == []
    here = symbols_in(" ".join(source.formulas.values())) - symbols_in(" ".join(source.ours))
    registers = (line for name in REGISTERS for line in NOTATIONS[name].formulas.values())
    here -= symbols_in(" ".join(registers))
    assert not {symbol for symbol in here if not re.search(r"\d", symbol)}  # w_1, h1: by name


def symbols_in(latex):
    return {found[0] for found in SYMBOL.finditer(upright(latex))}


def test_the_named_register_has_no_layers():
    source = NOTATIONS["UFLDL"]
    assert source.legend(source.latex("net-input"), "named") == [
        ("z_{i}^{(l+1)}", r"\mathrm{net}_{j}"),
        ("W_{ij}^{(l)}", "w_{ji}"),
        ("a_{j}^{(l)}", r"\mathrm{out}_{i}"),
        ("b_{i}^{(l)}", "b_{j}"),
    ]
    s0c = NOTATIONS["S0c"]  # whose delta_k is ours
    assert s0c.legend(s0c.latex("output-delta"), "named") == [("O_{k}", r"\mathrm{out}_{k}")]


def test_a_letter_of_a_command_or_a_word_is_no_symbol():
    assert NOTATIONS["S2"].legend(r"\bullet \mathrm{bay} b", "named") == [("b", "b_{j}")]


# ---- the tables of the chapter "notation" --------------------------------------------------------


@pytest.mark.parametrize("key", MEANINGS)
def test_the_answers_are_those_of_the_formulas(key):
    it, numbers = NOTATIONS[key], meaning(key)
    letters = {quantity: letter for letter, quantity in numbers.quantities.items()}
    cells = [upright(cell).strip("$").replace("{total}", "total") for cell in it.answers["letters"]]
    assert cells == [letters.get(name, "–") for name in ("z", "a", "t", "E", "rate")]
    assert ("loss" in it.formulas) == (it.answers.get("loss", [""])[0] == "loss")

    assert ("delta" in it.answers) == ("weight-gradient" in it.formulas)
    if "delta" in it.answers:
        symbol = it.answers["delta"][0].removeprefix(r"$\displaystyle ").strip("$")
        assert symbol in it.formulas.get("hidden-delta", it.formulas["weight-gradient"])
        assert quantities_of(symbol, numbers)[-1] == ("delta" if "delta" in letters else "z")

    assert ("weight" in it.answers) == (numbers.place is not one_unit)
    if "weight" in it.answers:
        symbol, first, _ = it.answers["weight"]
        assert symbol.strip("$") in " ".join(it.formulas.values())
        assert quantities_of(symbol.strip("$"), numbers) == ["W"]
        index = re.search(r"_\{?(.)", symbol)[1]
        to = "from" if key == "S0c" else "to"
        expected = "one number for both" if numbers.place is by_name else f"{to} ${index}$"
        assert first == expected

    assert ("layers" in it.answers) == (key in NUMBERED)
    if "layers" in it.answers:
        first, net_input, weight, enters = it.answers["layers"]
        assert numbers.place(numbers, "a", "", first) == (0, [])
        for cell, quantity in ((net_input, "z"), (weight, "W")):
            assert quantities_of(cell.strip("$"), numbers) == [quantity]
            assert numbers.place(numbers, quantity, "", cell.split("^")[1].strip("{}$")) == (1, [])
        leaves = numbers.place(numbers, "W", "", first) == (1, [])
        assert enters == ("leaves" if leaves else "enters")


def quantities_of(latex, numbers):
    return [numbers.quantity(*symbol[:2]) for symbol in translated(latex)[1]]


def test_a_table_has_a_row_for_each_who_answers():
    for question in ("delta", "weight", "layers", "letters", "loss"):
        head, rows = formulas.table(question)
        who = [it.marked(question) for it in NOTATIONS.values() if question in it.answers]
        assert [row[0] for row in rows] == who and {len(row) for row in rows} == {len(head)}
    loss = NOTATIONS["named"].latex("loss")
    assert rows[0] == ["this book, named", f"$\\displaystyle {loss}$", "the mean over the examples"]
    assert rows[-1][0] == "PyTorch"


def test_what_is_completed_is_a_line_of_its_source_and_has_its_mark():
    for it in NOTATIONS.values():
        assert {*it.completed} <= {*it.formulas, *it.answers}
    _, rows = formulas.table("delta")
    assert [row[0] for row in rows if "*" in row[0]] == [r"S1\*", r"S4\*"]


# ---- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("formula", ["net-input", "output", *FOUR_EQUATIONS.values()])
def test_each_array_of_the_four_equations_has_its_shape_below(formula):
    """For l = 2, in a network without two layers of one size: the shapes that NumPy finds."""
    net, x, t = problem((5, 4, 3, 2), 7)
    z, a = forward(net, x)
    delta, dW, db = backward(net, z, a, t)
    arrays = {
        r"\delta^{(L)}": delta[3], r"\frac{\partial E}{\partial a^{(L)}}": a[3] - t,
        "f'(z^{(L)})": z[3], r"\delta^{(l)}": delta[2], r"\delta^{(l+1)}": delta[3],
        r"(W^{(l+1)})^{\mathsf{T}}": net.W[3].T, "f'(z^{(l)})": z[2],
        r"\frac{\partial E}{\partial b^{(l)}}": db[2],
        r"\frac{\partial E}{\partial W^{(l)}}": dW[2], r"(a^{(l-1)})^{\mathsf{T}}": a[1][None, :],
        "f(z^{(l)})": a[2], "z^{(l)}": z[2], "a^{(l)}": a[2], "a^{(l-1)}": a[1],
        "W^{(l)}": net.W[2], "b^{(l)}": net.b[2],
    }  # fmt: skip
    if formula == "weight-gradient":
        arrays[r"\delta^{(l)}"] = delta[2][:, None]
    last = "s_{L}" if formula == FOUR_EQUATIONS["BP1"] else "s_{l+1}"
    units = {1: "1", 2: last, 3: "s_{l}", 4: "s_{l-1}"}

    def with_shape(found):
        shape = [units[n] for n in arrays[found[0]].shape]
        inside = r",\, ".join(shape) + "," * (len(shape) == 1)
        return rf"\underset{{({inside})}}{{{found[0]}}}"

    line = NOTATIONS["indexed"].latex_of_layers(formula)
    line = re.sub("|".join(map(re.escape, arrays)), with_shape, line)
    assert line == NOTATIONS["indexed"].latex_of_layers(formula, shapes=True)


def test_the_four_equations_of_a_batch_are_true_and_have_their_shapes():
    """For l = 2 and seven examples; no two sizes are equal, so a shape fits in one place only."""
    net, x, t = problem((5, 4, 3, 2), 7)
    rng = np.random.default_rng(1)
    X, T, m = rng.normal(size=(7, 5)), rng.random((7, 2)), 7
    Z, A = forward(net, X)
    Delta, dW, db = backward(net, Z, A, T)
    dE_dA = A[3] - T
    arrays = {
        r"\Delta^{(L)}": Delta[3], r"\frac{\partial E_n}{\partial A^{(L)}}": dE_dA,
        "f'(Z^{(L)})": df(Z[3]), r"\Delta^{(l)}": Delta[2], r"\Delta^{(l+1)}": Delta[3],
        "W^{(l+1)}": net.W[3], "f'(Z^{(l)})": df(Z[2]),
        r"\frac{\partial E}{\partial b^{(l)}}": db[2],
        r"\frac{\partial E}{\partial W^{(l)}}": dW[2],
        r"(\Delta^{(l)})^{\mathsf{T}}": Delta[2].T, "A^{(l-1)}": A[1],
        "Z^{(l)}": Z[2], "A^{(l)}": A[2], "f(Z^{(l)})": A[2],
        r"(W^{(l)})^{\mathsf{T}}": net.W[2].T, "b^{(l)}": net.b[2],
    }  # fmt: skip
    sizes = {"m": 7, "s_{L}": 2, "s_{l+1}": 2, "s_{l}": 3, "s_{l-1}": 4}
    seen = set()
    for formula in "net-input", "output", *FOUR_EQUATIONS.values():
        line = NOTATIONS["indexed"].latex_of_a_batch(formula)
        for array, value in arrays.items():
            for shape in re.findall(rf"\\underset{{\(([^()]*)\)}}{{{re.escape(array)}}}", line):
                sides = [sizes[side.strip(",")] for side in shape.split(r",\, ")]
                assert tuple(sides) == value.shape, (formula, array)
                seen.add(array)
        assert line.count(r"\underset") == sum(line.count("}{" + array + "}") for array in arrays)
    assert seen == {*arrays}
    assert np.allclose(Z[2], A[1] @ net.W[2].T + net.b[2], rtol=1e-12)
    assert np.allclose(Delta[3], dE_dA * df(Z[3]), rtol=1e-12)
    assert np.allclose(Delta[2], (Delta[3] @ net.W[3]) * df(Z[2]), rtol=1e-12)
    assert np.allclose(db[2], Delta[2].mean(axis=0), rtol=1e-12)
    assert np.allclose(dW[2], Delta[2].T @ A[1] / m, rtol=1e-12)
