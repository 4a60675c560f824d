r"""How others write the key formulas: their letters, the order of their indices, their layers.

A `Notation` sets a formula of `formulas` as a book or a tutorial would; `ByName` does it for those
who call their units by name, h1 and o2. No formula is written here again: a notation is data, and a
test reads back, in numbers, what is printed.
"""

import ast
import re
from dataclasses import dataclass, field, replace
from itertools import product

from .. import latex
from ..names import unknown
from . import formulas
from .formulas import BETWEEN_LAYERS, FORMULAS, INDICES, quantities, split


@dataclass(frozen=True)
class Layers:
    """How layers are numbered: the input's number, whether W^(l) leaves layer l, the last's name.

    style: how the number looks as a superscript.
    """

    first: int = 0
    leaves: bool = False
    last: str = "L"
    style: str = "({})"

    def place(self, name):
        """Return the place of a quantity's number among those of the layers of i, j, k: 0, 1, 2."""
        quantity, index = split(name)
        is_of_weight = quantity in ("w", "b", "new_w", "dE_dw", "dE_db")
        return INDICES.index(index[0]) - (self.leaves and is_of_weight)

    def place_of_l(self, formula):
        """Return the place that is l (or L): of the left side; where weights leave, the lowest."""
        own = formulas.own(formula)
        if own == "j" and self.leaves:
            return min(self.place(name) for name in quantities(FORMULAS[formula]) if "_" in name)
        return INDICES.index(own)

    def number(self, name, formula, l=None):
        """Return the number of a quantity in a formula, as l+1, for above; l: as in `symbol`."""
        letter = self.last if formulas.own(formula) == "k" else "l"
        by = self.place(name) - (self.place_of_l(formula) if l is None else l)
        return self.style.format(formulas.moved(letter, by))


DERIVATIVES = {  # of what, by what
    "dE_dw": ("E", "w_{}"),
    "dE_db": ("E", "b_{}"),
    "dE_dout": ("E", "out_{}"),
    "dout_dnet": ("out_{}", "net_{}"),
    "delta": ("E", "net_{}"),  # where it has no letter of its own
}


@dataclass(frozen=True)
class Notation:
    r"""One way to write the formulas; what is not known of a source is left out.

    symbols: LaTeX of the quantities net, out, w, b, delta, t, E, eta, and of "out_i", whole, where
    the outputs of one index are called otherwise; without delta it is ∂E/∂net. letters: the index
    of the formula's own layer and that of the layer before or after, "" for none; () for i, j, k.
    to_first: w_ji, to j from i; else w_ij. f: the activation's letter, or "" where the sigmoid is
    written out. turned: {a piece of a formula: the same as they write it}. assign: how w := … is
    written where the new weight has no sign of its own. formulas: those that it has. vectors: those
    that it also has between whole layers, with the symbol W of a matrix; hadamard: the sign of the
    product entry by entry; gradient: ∂E/∂W, in {E} and {w}. says: what the formulas do not tell and
    `table` shows, in words.
    """

    name: str
    symbols: dict
    letters: tuple = ()
    to_first: bool = True
    layers: Layers | None = None
    f: str = ""
    turned: dict = field(default_factory=dict)
    assign: str = ""
    formulas: tuple = tuple(FORMULAS)
    vectors: tuple = ()
    hadamard: str = r"\odot"
    gradient: str = r"\frac{{\partial {E}}}{{\partial {w}}}"
    says: dict = field(default_factory=dict)

    def latex(self, formula):
        """Return a formula, by name, as LaTeX; KeyError if there is none, or it is not in here."""
        left, right = self.sides(formula)
        symbols = {name: self.symbol(name, formula) for name in quantities(right)}
        symbols |= {f"sum_{it}": rf"\sum_{{{self.letter(it, formula)}}}" for it in INDICES}
        symbols |= {"f": self.f, "df": f"{self.f}'"}
        relation = self.assign if formula == "update" and self.assign else "="
        return f"{self.symbol(left, formula)} {relation} {latex.formula(right, symbols)}"

    def latex_of_layers(self, formula, units=""):
        """Return a formula between whole layers, W a + b, as LaTeX; KeyError if it is not in here.

        Vectors are columns: W a takes the rows of W, W^T δ its columns, and δ a^T is a table of all
        products. The slope stands last, as all have it who write so. units: the letter for the
        number of units in a layer; each array then has its shape below, in that letter.
        """
        if formula not in self.vectors:
            has = ", ".join(self.vectors) or "none"
            raise KeyError(f"{self.name} does not have {formula!r} between layers; it has {has}")
        left, right = self.sides(formula)
        relation = self.assign if formula == "update" and self.assign else "="
        whole = _WholeLayers(self, formula, units)
        left, right = (ast.parse(side, mode="eval").body for side in (left, right))
        return f"{whole.latex(left)} {relation} {whole.latex(right)}"

    def layer(self, name, formula):
        """Return the LaTeX of a whole layer's quantity: W^{(l)} for w_ji, a^{(l-1)} for out_i."""
        quantity, index = split(name)
        if quantity in DERIVATIVES and quantity not in self.symbols:
            of, by = (self.layer(part.format(index), formula) for part in DERIVATIVES[quantity])
            return self.gradient.format(E=of, w=by)
        old = quantity.removeprefix("new_")
        above = "+" if quantity != old and not self.assign else ""
        if index and quantity != "t":
            above += self.layers.number(name, formula)
        base = self.symbols.get("W", "W") if old == "w" else self.symbols[old]
        return base + (f"^{{{above}}}" if above else "")

    def sides(self, formula):
        """Return the two sides of a formula as text, turned as they are here; raises as `latex`."""
        left, right = formulas.sides(formula)
        if formula not in self.formulas:
            has = ", ".join(self.formulas)
            raise KeyError(f"{self.name} does not have the formula {formula!r}; it has {has}")
        for ours, theirs in self.turned.items():
            right = right.replace(ours, theirs)
        return left, right if self.f else formulas.written_out(right)

    def symbol(self, name, formula, l=None):
        """Return the LaTeX of a quantity as it stands in a formula.

        l: the place, as `Layers.place`, that is called l, if another than this notation's.
        """
        quantity, index = split(name)
        if quantity == "dout_dnet" and self.f:
            return f"{self.f}'({self.symbol(f'net_{index}', formula, l)})"
        if quantity in DERIVATIVES and quantity not in self.symbols:
            parts = (part.format(index) for part in DERIVATIVES[quantity])
            of, by = (self.symbol(part, formula, l) for part in parts)
            return rf"\frac{{\partial {of}}}{{\partial {by}}}"
        old = quantity.removeprefix("new_")
        units = [self.letter(unit, formula) for unit in re.findall(r"[ijk]\d?", index)]
        below = "".join(units if self.to_first else reversed(units))
        above = "+" if quantity != old and not self.assign else ""
        if self.layers and index and quantity != "t":
            above += self.layers.number(name, formula, l)
        whole = self.symbols.get(f"{old}_{below}")
        base = whole or self.symbols[old] + (f"_{{{below}}}" if below else "")
        return base + (f"^{{{above}}}" if above else "")

    def letter(self, index, formula):
        """Return what the index i, j or k is called in a formula."""
        if not self.letters:
            return index
        own, other = self.letters
        return own if index == formulas.own(formula) else other

    def dictionary(self, formula, book):
        """Return [(theirs, the book's)]: symbols of a formula that the book writes otherwise."""
        l = None
        if self.layers and book.layers:  # in the letters of theirs, whose last layer is ours too
            from_0 = self.layers.first if formulas.own(formula) == "j" else 0
            l = self.layers.place_of_l(formula) + from_0
        pairs = {
            self.symbol(name, formula): book.symbol(name, formula, l)
            for name in self.names_in(formula)
        }
        return [(theirs, ours) for theirs, ours in pairs.items() if theirs != ours]

    def names_in(self, formula):
        """Return the quantities of a formula, those of a derivative apart, in order."""
        left, right = self.sides(formula)
        found = []
        for name in [left, *quantities(right)]:
            quantity, index = split(name)
            if quantity in DERIVATIVES and quantity != "delta":
                found += [part.format(index) for part in DERIVATIVES[quantity]]
            else:
                found.append(name.removeprefix("new_"))
        return list(dict.fromkeys(found))


class _WholeLayers:
    """Sets a formula of `ast` between layers: a sum becomes a product of matrices, W a or W^T δ."""

    def __init__(self, notation, formula, units=""):
        self.notation, self.formula, self.units = notation, formula, units

    def latex(self, node):
        match node:
            case ast.Name(id=name):
                return self.factor(name)
            case ast.Call(func=ast.Name(id="f" | "df" as name), args=[ast.Name(id=net)]):
                prime = "'" if name == "df" else ""
                return self.factor(net, f"{self.notation.f}{prime}({{}})")
            case ast.Call(func=ast.Name(id=name), args=[ast.BinOp(left=one, right=other)]):
                return self.matrix_product(name[-1], one, other)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return f"{self.latex(left)} + {self.latex(right)}"
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return f"{self.latex(left)} - {self.latex(right)}"
            case ast.BinOp(left=ast.UnaryOp(operand=left), op=ast.Mult() as times, right=right):
                return f"-{self.latex(ast.BinOp(left, times, right))}"
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self.product(left, right)
        raise ValueError(f"no product of layers for {ast.unparse(node)!r}")

    def matrix_product(self, summed, one, other):
        weight, vector = sorted((one, other), key=lambda node: not node.id.startswith("w_"))
        down = weight.id[2] == summed  # w_kj, a sum over k: down a column
        W = self.factor(weight.id, TRANSPOSED if down else "{}")
        return rf"{W}\, {self.latex(vector)}"

    def product(self, left, right):
        over, under = formulas.indices(left), formulas.indices(right)
        if not over or not under:
            return rf"{self.latex(left)}\, {self.latex(right)}"
        if not over & under:
            left, right = sorted((left, right), key=lambda node: max(formulas.indices(node)))[::-1]
            column, row = self.factor(left.id, "{}", 2), self.factor(right.id, TRANSPOSED, 2)
            return rf"{column}\, {row}"
        slope, factor = left, right
        if not isinstance(slope, ast.Call):
            slope, factor = right, left
        factor = self.latex(factor) if isinstance(factor, ast.Name) else f"({self.latex(factor)})"
        return rf"{factor} {self.notation.hadamard} {self.latex(slope)}"

    def factor(self, name, form="{}", axes=1):
        """Return one array, set in a form such as f'({}), with its shape below if that is wanted.

        axes: 2 for a vector that is a matrix with one column.
        """
        symbol = form.format(self.notation.layer(name, self.formula))
        _, index = split(name)
        if not self.units or not index:
            return symbol
        shape = [f"{self.units}_{{{self.letter(unit)}}}" for unit in index]
        shape += ["1"] * (axes - len(shape))
        if form == TRANSPOSED:
            shape.reverse()
        shape = r",\, ".join(shape) + "," * (len(shape) == 1)
        return rf"\underset{{({shape})}}{{{symbol}}}"

    def letter(self, unit):
        """Return the number of the layer that a unit i, j, k of the formula is in: l-1, l, L."""
        own = formulas.own(self.formula)
        by = INDICES.index(unit) - INDICES.index(own)
        return formulas.moved("L" if own == "k" else "l", by)


TRANSPOSED = r"({})^{{\mathsf{{T}}}}"


@dataclass(frozen=True)
class ByName(Notation):
    """A notation that knows only the units of one 2-2-2 network, h1, o2: sums are written out.

    What is about a hidden unit is shown for h1, i1 and w1; about an output for o1, h2 and w6.
    symbols: those of single units too, whole, as "w_h1i1".
    """

    def sides(self, formula):
        left, right = super().sides(formula)
        tree = _SumsWrittenOut().visit(ast.parse(right, mode="eval"))
        return left, ast.unparse(tree)

    def letter(self, index, formula):
        """Return the name of a unit: h1 of j or j1, i2 of i2."""
        letter, number = index[0], index[1:]
        shown = 2 if letter == "j" and formulas.own(formula) == "k" else 1
        return f"{'iho'[INDICES.index(letter)]}{number or shown}"

    def names_in(self, formula):
        """Return only the names that are of no unit: its name says what it is."""
        return [name for name in super().names_in(formula) if not split(name)[1]]


class _SumsWrittenOut(ast.NodeTransformer):
    """Puts two terms in the place of a sum: sum_k(delta_k * w_kj) is that for k1, and for k2."""

    def visit_Call(self, node):
        if not node.func.id.startswith("sum_"):
            return node
        index, term = node.func.id[-1], ast.unparse(node.args[0])
        terms = (re.sub(rf"_([ijk]?){index}", rf"_\g<1>{index}{unit}", term) for unit in (1, 2))
        return ast.parse(" + ".join(terms), mode="eval").body


# ---- the book's notation, and those of others --------------------------------------------------
# The pages of the others are linked in the chapter "notation".

_BOOK_SAYS = {"delta": "delta", "shape": "(units, inputs)", "mean": "the mean over the examples"}
_INDEXED = {"net": "z", "out": "a", "w": "w", "b": "b", "delta": r"\delta", "t": "t"}
_INDEXED |= {"E": "E", "eta": r"\eta"}
_WEIGHT_FIRST = {"delta_k * w_kj": "w_kj * delta_k"}
_OUT_FIRST = {"delta_j * out_i": "out_i * delta_j", "delta_k * out_j": "out_j * delta_k"}
_TARGET_FIRST = {"(out_k - t_k)**2": "(t_k - out_k)**2"}
_MINUS = {"df(net_k) * (out_k - t_k)": "-df(net_k) * (t_k - out_k)"}
_UFLDL = Notation(
    "UFLDL",
    _INDEXED | {"w": "W", "t": "y", "E": "J", "eta": r"\alpha"},
    letters=("i", "j"),
    layers=Layers(first=1, leaves=True, last="n_l"),
    f="f",
    turned=_WEIGHT_FIRST | _OUT_FIRST | _TARGET_FIRST | _MINUS,
    assign=":=",
    formulas=tuple(name for name in FORMULAS if name != "output-delta-any-loss"),
    vectors=tuple(name for name in BETWEEN_LAYERS if name != "output-delta-any-loss"),
    hadamard=r"\bullet",
    gradient=r"\nabla_{{{w}}} {E}",
    says={
        "delta": "the error term",
        "shape": "(units, inputs)",
        "mean": "the mean over the examples, plus a term for large weights",
    },
)
_OF_S1 = ("net-input", "output", "hidden-delta", "weight-gradient", "bias-gradient")
_TO_AND_FROM = [*product(("h1", "h2"), ("i1", "i2")), *product(("o1", "o2"), ("h1", "h2"))]
_S4 = ByName(
    "S4",
    {
        "net": r"\mathrm{net}",
        "out": r"\mathrm{out}",
        "out_i1": "i_1",
        "out_i2": "i_2",
        **{f"w_{to}{start}": f"w_{n}" for n, (to, start) in enumerate(_TO_AND_FROM, 1)},
        "b_h1": "b_1",
        "t": r"\mathrm{target}",
        "E": r"E_{\mathrm{total}}",
        "eta": "x",
    },
    turned=_TARGET_FIRST | _MINUS,
    formulas=tuple(name for name in FORMULAS if name != "bias-gradient"),
)

NOTATIONS = {
    "book": Notation(
        "this book, named",
        _INDEXED | {"net": r"\mathrm{net}", "out": r"\mathrm{out}"},
        says=_BOOK_SAYS,
    ),
    "indexed": Notation(
        "this book, indexed",
        _INDEXED,
        layers=Layers(),
        f="f",
        vectors=BETWEEN_LAYERS,
        says=_BOOK_SAYS,
    ),
    "S0c": Notation(
        "S0c",
        {"out": "O", "w": "W", "delta": r"\delta", "t": "t", "E": "E"},
        to_first=False,
        turned=_OUT_FIRST,
        formulas=("output-delta", "hidden-delta", "weight-gradient", "output-weight-gradient"),
    ),
    "S0g": Notation(
        "S0g",
        {"net": "z", "out": "a", "w": "w", "b": "b"},
        letters=("i", "j"),
        layers=Layers(first=1, leaves=True),
        f="g",
        formulas=("net-input", "output"),
    ),
    "S1": replace(
        _UFLDL,
        name="S1",
        symbols={name: latex for name, latex in _UFLDL.symbols.items() if name != "eta"},
        formulas=_OF_S1,
        vectors=_OF_S1,
        says={"delta": "the residual"},
    ),
    "S2": Notation(
        "S2",
        {"net": "z", "out": "y", "out_i": "x_{i}", "w": "w", "b": "b", "E": "L", "eta": r"\alpha"},
        letters=("", "i"),
        f="f",
        formulas=("net-input", "output", "weight-gradient", "bias-gradient"),
        says={"loss": "squares, their mean"},
    ),
    "S3": Notation(
        "S3",
        {"w": "w", "E": r"\mathrm{Loss}", "eta": r"\eta"},
        letters=("", ""),
        assign="=",
        formulas=("update",),
        says={"loss": "squares, their mean, for example"},
    ),
    "S4": _S4,
    "Nielsen": Notation(
        "Nielsen",
        _INDEXED | {"W": "w", "t": "y", "E": "C"},
        letters=("j", "k"),
        layers=Layers(first=1, style="{}"),
        f=r"\sigma",
        turned=_WEIGHT_FIRST | _OUT_FIRST | _TARGET_FIRST,
        assign=r"\to",
        vectors=("net-input", "output", "hidden-delta"),
        says={**_BOOK_SAYS, "delta": "the error"},
    ),
    "UFLDL": _UFLDL,
    "Mazur": replace(
        _S4,
        name="Mazur",
        symbols=_S4.symbols | {"delta": r"\delta", "eta": r"\eta"},
        says={"delta": "the node delta"},
    ),
}
REGISTERS = ("book", "indexed")


def source(name):
    """Return the notation of a source, no register of the book; KeyError if there is none."""
    known = [key for key in NOTATIONS if key not in REGISTERS]
    if name not in known:
        raise KeyError(unknown(name, known, "source"))
    return NOTATIONS[name]


# ---- the book beside the others ----------------------------------------------------------------

PROGRAMS = {  # {who writes programs and no formulas: {question: the cells of its row}}
    "CS231n": {
        "delta": (
            "`dscores`",
            "d and the name of what E is differentiated by",
            "`dhidden`: without first, then with",
        ),
        "weight": ("`W`", "from", "(inputs, units)"),
        "loss": (
            "softmax and cross-entropy",
            "the mean over the examples, plus a term for large weights",
        ),
        "letters": ("–", "–", "–", "–", "`step_size`"),
    },
    "PyTorch": {
        "delta": (
            "`z.grad`",
            "a tensor's own gradient, kept if asked for",
            "of `z` with, of `a` without",
        ),
        "weight": ("`weight`", "to", "(units, inputs)"),
        "loss": ("`MSELoss`: squares, without the half", "the mean over outputs and examples"),
        "letters": ("–", "–", "–", "–", "`lr`"),
    },
}


def table(question):
    """Return (head, rows) of one of QUESTIONS about all who have an answer, as Markdown cells.

    Raises KeyError for another question.
    """
    if question not in QUESTIONS:
        raise KeyError(unknown(question, QUESTIONS, "question"))
    head, answer = QUESTIONS[question]
    answers = {notation.name: answer(notation) for notation in NOTATIONS.values()}
    answers |= {name: cells.get(question) for name, cells in PROGRAMS.items()}
    return ["who", *head], [[name, *cells] for name, cells in answers.items() if cells]


def _delta(notation):
    if "weight-gradient" not in notation.formulas:
        return None
    called = "–" if "delta" in notation.symbols else "no name of its own"
    symbol = notation.symbol("delta_j", "hidden-delta")
    return f"$\\displaystyle {symbol}$", notation.says.get("delta", called), "with"


def _weight(notation):
    if "" in notation.letters:
        return None
    symbol = f"${notation.symbol('w_ji', 'weight-gradient')}$"
    if isinstance(notation, ByName):
        return symbol, "one number for both", "–"
    j, i = (notation.letter(index, "weight-gradient") for index in "ji")
    first = f"to ${j}$" if notation.to_first else f"from ${i}$"
    return symbol, first, notation.says.get("shape", "–")


def _layers(notation):
    layers = notation.layers
    if layers is None:
        return None
    net, w = (
        f"${notation.symbols[quantity]}^{{{layers.style.format(number)}}}$"
        for quantity, number in (
            ("net", layers.first + 1),
            ("w", layers.first + (not layers.leaves)),
        )
    )
    return str(layers.first), net, w, "leaves" if layers.leaves else "enters"


def _loss(notation):
    says = notation.says
    if "loss" in notation.formulas:
        one = f"$\\displaystyle {notation.latex('loss')}$"
    elif "loss" in says:
        one = f"${notation.symbols['E']}$: {says['loss']}"
    else:
        return None
    return one, says.get("mean", "–")


def _letters(notation):
    found = map(notation.symbols.get, ("net", "out", "t", "E", "eta"))
    return [f"${letter}$" if letter else "–" for letter in found]


QUESTIONS = {
    "delta": ((r"$\partial E/\partial\,\mathrm{net}$", "is called", "with the slope?"), _delta),
    "weight": (("a weight", "comes first", "shape of the matrix"), _weight),
    "layers": (
        ("the input is layer", "first net inputs", "first weights", "$W^{(l)}$ and layer $l$"),
        _layers,
    ),
    "loss": (("of one example", "of several"), _loss),
    "letters": (("net", "out", "target", "loss", "rate"), _letters),
}
