r"""The key formulas, each written once, and the notations in which others write them.

A formula is Python text in names with an index, ``"delta_j = df(net_j) * sum_k(delta_k * w_kj)"``:
the language of `latex.formula`, and in addition f and df, the activation and its slope, and a sum
over an index. The index says the layer, since the letters follow the signal: i in layer l − 1, j in
l, k in l + 1; what is about k alone is about the last layer. dE_dw_ji is ∂E/∂w_ji, new_w_ji the
weight after the update.

A `Notation` sets such a formula as a book or a tutorial would: other letters, the indices the other
way round, layers counted from another place. `numpy` sets it as a line of NumPy. No formula is
written twice.
"""

import ast
from copy import deepcopy
from dataclasses import dataclass, field, replace

from . import examples, functions, latex
from .names import Names, Symbol, derivative, unknown, updated

FORMULAS = {
    "net-input": "net_j = sum_i(w_ji * out_i) + b_j",
    "output": "out_j = f(net_j)",
    "loss": f"E = sum_k({functions.half_squares.term.format(a='out_k', t='t_k')})",
    "slope": f"df(net_j) = {functions.sigmoid.slope.format(z='net_j', a='out_j')}",
    "output-delta": f"delta_k = df(net_k) * ({functions.half_squares.slope})".format(
        a="out_k", t="t_k"
    ),
    "hidden-delta": "delta_j = df(net_j) * sum_k(delta_k * w_kj)",
    "weight-gradient": "dE_dw_ji = delta_j * out_i",
    "output-weight-gradient": "dE_dw_kj = delta_k * out_j",
    "bias-gradient": "dE_db_j = delta_j",
    "update": "new_w_ji = w_ji - eta * dE_dw_ji",
}

# How many layers after the formula's own an index is; k alone is about the last layer.
FROM_L = {"i": -1, "j": 0, "k": 1}
FROM_LAST = {"j": -1, "k": 0}


def sides(formula):
    """Return the two sides of a formula, by name; KeyError if there is none of that name."""
    if formula not in FORMULAS:
        raise KeyError(unknown(formula, FORMULAS, "formula"))
    left, right = FORMULAS[formula].split(" = ")
    return ast.parse(left, mode="eval").body, ast.parse(right, mode="eval").body


def places(formula):
    """Return (the letter of the formula's own layer, {index: layers after it})."""
    left, _ = sides(formula)
    is_of_last = indices(left)[:1] in ("k", "")  # E is of the whole network, and so of its end
    return ("L", FROM_LAST) if is_of_last else ("l", FROM_L)


def indices(node):
    """Return the indices of a part of a formula that no sum is over, "ji" of ``w_ji * b_j``."""
    match node:
        case ast.Name():
            return split(node.id)[1]
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            over = name.removeprefix("sum_") if name.startswith("sum_") else ""
            return "".join(index for index in indices(argument) if index not in over)
    found = "".join(map(indices, ast.iter_child_nodes(node)))
    return "".join(dict.fromkeys(found))


def split(name):
    """Return (quantity, indices): w_ji is ("w", "ji"), E is ("E", "")."""
    quantity, _, index = name.rpartition("_")
    return (quantity, index) if quantity else (name, "")


class _Rewriting(ast.NodeTransformer):
    """Replaces the parts of a formula that are no plain arithmetic; sums and f are for others."""

    def visit_Call(self, node):
        name = node.func.id
        if name.startswith("sum_"):
            return self.summed(name.removeprefix("sum_"), node.args[0])
        if name in ("f", "df"):
            return self.activated(name, node.args[0])
        return ast.Call(node.func, list(map(self.visit, node.args)), [])

    def activated(self, name, net):
        """Write the sigmoid out."""
        text = functions.sigmoid.formula if name == "f" else functions.sigmoid.slope
        out = f"out_{split(net.id)[1]}"
        return self.visit(ast.parse(text.format(z=net.id, a=out), mode="eval").body)


# ---- NumPy -------------------------------------------------------------------------------------

ARRAYS = {"net": "z", "out": "a", "w": "W", "dE_dw": "dW", "dE_db": "db", "new_w": "W"}
NUMBERS = {"t": "t", "E": "E", "eta": "learning_rate"}


def numpy(formula):
    """Return a formula as a line of NumPy for one example, in the letters of `network`."""
    left, right = sides(formula)
    if isinstance(left, ast.Call):  # df(net_j): NumPy has no name for the slope
        return ast.unparse(_Numpy(formula, "j").visit(right))
    rewriting = _Numpy(formula, indices(left))
    return f"{ast.unparse(rewriting.visit(left))} = {ast.unparse(rewriting.visit(right))}"


class _Numpy(_Rewriting):
    """Whole layers in the place of units: a sum becomes @, a product of two indices np.outer."""

    def __init__(self, formula, wanted):
        self.own, self.after = places(formula)
        self.wanted = wanted  # the indices of the result, in order

    def visit_Name(self, node):
        quantity, index = split(node.id)
        if quantity in NUMBERS or not index:
            return ast.Name(NUMBERS.get(quantity, quantity))
        layer = _moved(self.own, self.after[index[0]], " ")
        return ast.parse(f"{ARRAYS.get(quantity, quantity)}[{layer}]", mode="eval").body

    def visit_BinOp(self, node):
        left, right = indices(node.left), indices(node.right)
        apart = left and right and not set(left) & set(right)
        if not (isinstance(node.op, ast.Mult) and apart):
            return self.generic_visit(node)
        first, second = sorted(
            [node.left, node.right], key=lambda it: self.wanted.index(indices(it))
        )
        return _call("np.outer", self.visit(first), self.visit(second))

    def summed(self, index, body):
        match body:
            case ast.BinOp(left=ast.Name() as one, op=ast.Mult(), right=ast.Name() as other):
                # the index summed over is the last of what stands left of @, or its only one
                if not indices(one).endswith(index) or indices(other)[0] != index:
                    one, other = other, one
                return ast.BinOp(self.visit(one), ast.MatMult(), self.visit(other))
        return _call("np.sum", self.visit(body))

    def visit_Call(self, node):
        if node.func.id == "exp":
            return _call("np.exp", *map(self.visit, node.args))
        return super().visit_Call(node)


def _call(function, *arguments):
    return ast.Call(ast.parse(function, mode="eval").body, list(arguments), [])


def _moved(letter, by, space=""):
    """Return l moved by some layers as text: l - 1, l, l + 1."""
    return f"{letter}{space}{'-' if by < 0 else '+'}{space}{abs(by)}" if by else letter


# ---- notations ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Layers:
    """How layers are numbered: the input's number, whether W^(l) leaves layer l, the last's name.

    style: how the number looks as a superscript.
    """

    first: int = 0
    leaves: bool = False
    last: str = "L"
    style: str = "({})"


@dataclass(frozen=True)
class Notation:
    r"""One way to write the formulas; what is not known of a source is left out.

    symbols: LaTeX of the quantities net, out, w, b, delta, t, E, eta; `out_i` where the outputs of
    one index have a letter of their own; without delta it is ∂E/∂net. letters: what i, j, k are
    called, "" for no index; `about_last`: what k is called where a formula is about it. to_first:
    w_ji, to j from i; else w_ij. f: the activation's letter, or "" where the sigmoid is written
    out. target_first: formulas with t − out for out − t. order: of the two factors of a product.
    assign: how w := … is written where the new weight has no sign of its own. formulas: those that
    it has. says: what the formulas do not tell and `table` shows, in words.
    """

    name: str
    symbols: dict = field(default_factory=dict)
    letters: tuple = ("i", "j", "k")
    about_last: str = "k"
    to_first: bool = True
    layers: Layers | None = None
    f: str = ""
    target_first: tuple = ()
    order: tuple = ("delta", "w", "out")
    assign: str = ""
    formulas: tuple = tuple(FORMULAS)
    says: dict = field(default_factory=dict)

    @property
    def writing(self):
        return _Writing

    def latex(self, formula):
        """Return a formula in this notation; KeyError if there is none, or not in this notation."""
        left, right = self.sides(formula)
        relation = self.assign if formula == "update" and self.assign else "="
        writing = self.writing(self, formula)
        return f"{self.left(left, formula, writing)} {relation} {writing.text(right)}"

    def left(self, side, formula, writing):
        if isinstance(side, ast.Call) and not self.f:  # df(net_j), where the slope has no sign
            net = side.args[0].id
            of, by = (writing.symbol(name) for name in (f"out_{split(net)[1]}", net))
            return rf"\frac{{\partial {of}}}{{\partial {by}}}"
        return writing.text(side)

    def sides(self, formula):
        found = sides(formula)
        if formula not in self.formulas:
            has = ", ".join(self.formulas) or "none"
            raise KeyError(f"{self.name} does not have the formula {formula!r}; it has {has}")
        return found

    def symbol(self, name, formula, shift=0):
        """Return the LaTeX of a name as it stands in a formula, its layers shifted."""
        quantity, index = split(name)
        under = _under(name)
        if under and (quantity != "delta" or "delta" not in self.symbols):
            E, below = self.symbols["E"], self.symbol(under, formula, shift)
            return rf"\frac{{\partial {E}}}{{\partial {below}}}"
        mark = "+" if quantity == "new_w" and not self.assign else ""
        quantity = quantity.removeprefix("new_")
        letter = self.symbols.get(f"{quantity}_{index}") or self.symbols[quantity]
        ordered = index if quantity != "w" or self.to_first else index[::-1]
        below = "".join(self.letter(it, formula) for it in ordered)
        above = mark + self.number(quantity, index, formula, shift)
        return letter + (f"_{{{below}}}" if below else "") + (f"^{{{above}}}" if above else "")

    def letter(self, index, formula):
        """Return what an index is called in a formula."""
        before, this, after = self.letters
        if places(formula)[0] == "l":
            return {"i": before, "j": this, "k": after}[index]
        return {"k": self.about_last, "j": this if this != self.about_last else before}[index]

    def number(self, quantity, index, formula, shift):
        """Return the layer of a quantity as a superscript, counted from the formula's own."""
        if not self.layers or not index or quantity == "t":
            return ""
        own, after = places(formula)
        by = after[index[0]] - (self.layers.leaves and quantity in ("w", "b"))
        if own == "l":
            by += shift - self.ahead(formula)
        return self.layers.style.format(_moved(self.layers.last if own == "L" else "l", by))

    def ahead(self, formula):
        """Return how many layers after the book's l this notation's l is, if both count from 0.

        Where a weight leaves its layer, l is the number of the weight; else of the left side.
        """
        if not (self.layers and self.layers.leaves):
            return 0
        _, after = places(formula)
        names = [latex.names_in(ast.unparse(side)) for side in sides(formula)]
        weights = [split(name)[1] for name in sum(names, ()) if _is_weight(name)]
        return after[weights[0][0]] - 1 if weights else 0

    def dictionary(self, formula, book):
        """Return [(theirs, the book's)]: symbols of a formula that the book writes otherwise."""
        both = self.layers and book.layers
        shift = -(self.layers.first + self.ahead(formula)) if both else 0
        pairs = {
            self.symbol(name, formula): book.symbol(name, formula, shift)
            for name in self.names_in(formula)
        }
        return [(theirs, ours) for theirs, ours in pairs.items() if theirs != ours]

    def names_in(self, formula):
        """Return the names of a formula that stand in it as this notation writes it, in order."""
        left, right = self.sides(formula)
        writing = self.writing(self, formula)
        self.left(left, formula, writing), writing.text(right)
        found = []
        for name in writing.used:
            if name.startswith("dE_"):
                found += ["E", _under(name)]
            else:
                found.append(name.removeprefix("new_"))
        return list(dict.fromkeys(found))


def _under(name):
    """Return what ∂E/∂… is taken by: w_ji for dE_dw_ji, net_j for delta_j; else None."""
    quantity, index = split(name)
    by = {"dE_dw": "w", "dE_db": "b", "delta": "net"}.get(quantity)
    return by and f"{by}_{index}"


def _is_weight(name):
    return split(name)[0] in ("w", "b", "new_w", "dE_dw", "dE_db")


class _Writing(_Rewriting):
    """Turns a side of a formula into plain arithmetic of names whose LaTeX is known."""

    def __init__(self, notation, formula):
        self.notation, self.formula, self.symbols, self.used = notation, formula, {}, {}

    def text(self, side):
        return latex.formula(ast.unparse(self.visit(side)), self.symbols)

    def named(self, text):
        """Return a name that stands for some LaTeX."""
        name = f"_{len(self.symbols)}"
        self.symbols[name] = text
        return ast.Name(name)

    def symbol(self, name):
        self.used[name] = True
        return self.notation.symbol(name, self.formula)

    def visit_Name(self, node):
        return self.named(self.symbol(node.id))

    def visit_BinOp(self, node):
        order = self.notation.order
        match node:
            case ast.BinOp(left=ast.Name() as out, op=ast.Sub(), right=ast.Name(id=t)) if (
                t.startswith("t_") and self.formula in self.notation.target_first
            ):
                turned = ast.BinOp(self.visit(node.right), ast.Sub(), self.visit(out))
                return ast.UnaryOp(ast.USub(), turned)
            case ast.BinOp(left=ast.Name(), op=ast.Mult(), right=ast.Name()):
                pair = [node.left, node.right]
                if all(split(it.id)[0] in order for it in pair):
                    pair.sort(key=lambda it: order.index(split(it.id)[0]))
                    node.left, node.right = pair
        node = self.generic_visit(node)
        match node:  # -(t - out): no sign under a square, and one sign in front of a product
            case ast.BinOp(left=ast.UnaryOp(operand=turned), op=ast.Pow(), right=power):
                return ast.BinOp(turned, ast.Pow(), power)
            case ast.BinOp(left=left, op=ast.Mult(), right=ast.UnaryOp(operand=turned)):
                return ast.UnaryOp(ast.USub(), ast.BinOp(left, ast.Mult(), turned))
        return node

    def activated(self, name, net):
        if not self.notation.f:
            return super().activated(name, net)
        prime = "'" if name == "df" else ""
        return self.named(f"{self.notation.f}{prime}({self.symbol(net.id)})")

    def summed(self, index, body):
        inner = self.text(body)
        return self.named(rf"\sum_{{{self.notation.letter(index, self.formula)}}} {inner}")


@dataclass(frozen=True)
class ByName(Notation):
    """A notation that knows only the units of one 2-2-2 network, h1, o2: sums are written out.

    What is about a hidden unit is shown for h1, i1 and w1; about an output for o1, h2 and w6.
    """

    names: Names | None = None

    @property
    def writing(self):
        return _WritingByName

    def symbol(self, name, formula, shift=0, at=None):
        quantity, index = split(name)
        if quantity in ("E", "eta"):
            return self.names.total.latex if quantity == "E" else self.symbols["eta"]
        own, after = places(formula)
        layer = 1 + (own == "L") + after[index[0]]
        units = map((at or self.shown(formula)).get, index)
        return self.of_unit(quantity, layer, *units).latex

    def of_unit(self, quantity, layer, unit, start=None):
        """Return the symbol of a quantity of a unit, or of a weight to it from another."""
        names = self.names
        match quantity:
            case "w":
                return names.w[layer][unit][start]
            case "new_w":
                return updated(names.w[layer][unit][start])
            case "dE_dw":
                return derivative(names.total, names.w[layer][unit][start])
            case "dE_db":
                return derivative(names.total, names.own_b[layer][unit])
            case "t":
                return names.t[unit]
            case "delta" if "delta" not in self.symbols:
                return derivative(names.total, names.net[layer][unit])
        return getattr(names, quantity)[layer][unit]

    def shown(self, formula):
        """Return the unit, from 0, that each index stands for where no sum is over it."""
        return {"j": 1, "k": 0} if places(formula)[0] == "L" else {"i": 0, "j": 0}

    def dictionary(self, formula, book):
        """Return [(theirs, the book's)] for what is not only a matter of naming a unit."""
        return [
            (self.symbol(name, formula), book.symbol(name, formula))
            for name in self.names_in(formula)
            if name in ("E", "eta") and self.symbol(name, formula) != book.symbol(name, formula)
        ]


class _WritingByName(_Writing):
    """Writes a formula for certain units, its sums out."""

    def __init__(self, notation, formula):
        super().__init__(notation, formula)
        self.at = notation.shown(formula)

    def symbol(self, name):
        self.used[name] = True
        return self.notation.symbol(name, self.formula, at=self.at)

    def summed(self, index, body):
        terms = []
        for unit in range(2):
            self.at[index] = unit
            terms.append(self.visit(deepcopy(body)))
        del self.at[index]
        return ast.BinOp(terms[0], ast.Add(), terms[1])


# ---- the book's notation, and those of others --------------------------------------------------
# The pages of the others are linked in the chapter "notation".

_INDEXED = {"net": "z", "out": "a", "w": "w", "b": "b", "delta": r"\delta", "t": "t"}
_INDEXED |= {"E": "E", "eta": r"\eta"}
_FROM_1 = Layers(first=1, leaves=True, last="n_l")
_OF_2_2_2 = replace(
    examples.two_two_two().net.names,
    total=Symbol("E_total", r"E_{\mathrm{total}}"),
    t=tuple(Symbol(f"target_{o}", rf"\mathrm{{target}}_{{{o}}}") for o in ("o1", "o2")),
)
_WITHOUT_BIASES = tuple(name for name in FORMULAS if name != "bias-gradient")
_UFLDL = Notation(
    "UFLDL",
    _INDEXED | {"w": "W", "t": "y", "E": "J", "eta": r"\alpha"},
    letters=("j", "i", "j"),
    about_last="i",
    layers=_FROM_1,
    f="f",
    target_first=("loss", "output-delta"),
    order=("w", "out", "delta"),
    assign=":=",
    says={
        "delta": "the error term",
        "shape": "(units, inputs)",
        "mean": "the mean over the examples, plus a term for large weights",
    },
)

NOTATIONS = {
    "book": Notation(
        "this book, named",
        _INDEXED | {"net": r"\mathrm{net}", "out": r"\mathrm{out}"},
        says={"delta": "delta", "shape": "(units, inputs)", "mean": "the mean over the examples"},
    ),
    "indexed": Notation(
        "this book, indexed",
        _INDEXED,
        layers=Layers(),
        f="f",
        says={"delta": "delta", "shape": "(units, inputs)", "mean": "the mean over the examples"},
    ),
    "S0c": Notation(
        "S0c",
        {"out": "O", "w": "W", "delta": r"\delta", "t": "t", "E": "E"},
        to_first=False,
        order=("out", "delta", "w"),
        formulas=("output-delta", "hidden-delta", "weight-gradient", "output-weight-gradient"),
    ),
    "S0g": Notation(
        "S0g",
        {"net": "z", "out": "a", "w": "w", "b": "b"},
        letters=("j", "i", "j"),
        layers=_FROM_1,
        f="g",
        order=("w", "out"),
        formulas=("net-input", "output"),
    ),
    "S1": replace(
        _UFLDL,
        name="S1",
        symbols={name: latex for name, latex in _UFLDL.symbols.items() if name != "eta"},
        formulas=("net-input", "output", "hidden-delta", "weight-gradient", "bias-gradient"),
        says={"delta": "the residual"},
    ),
    "S2": Notation(
        "S2",
        {"net": "z", "out": "y", "out_i": "x", "w": "w", "b": "b", "E": "L", "eta": r"\alpha"},
        letters=("i", "", ""),
        f="f",
        formulas=("net-input", "output", "weight-gradient", "bias-gradient"),
        says={"loss": "squares, their mean", "shape": "one unit: a row of our W"},
    ),
    "S3": Notation(
        "S3",
        {"w": "w", "E": r"\mathrm{Loss}", "eta": r"\eta"},
        letters=("", "", ""),
        assign="=",
        formulas=("update",),
        says={"loss": "squares, their mean, for example"},
    ),
    "S4": ByName(
        "S4",
        {"eta": "x"},
        target_first=("loss", "output-delta"),
        formulas=_WITHOUT_BIASES,
        names=_OF_2_2_2,
    ),
    "Nielsen": Notation(
        "Nielsen",
        _INDEXED | {"t": "y", "E": "C"},
        letters=("k", "j", "k"),
        about_last="j",
        layers=Layers(first=1, style="{}"),
        f=r"\sigma",
        target_first=("loss",),
        order=("w", "out", "delta"),
        assign=r"\to",
        says={
            "delta": "the error",
            "shape": "(units, inputs)",
            "mean": "the mean over the examples",
        },
    ),
    "UFLDL": _UFLDL,
    "Mazur": ByName(
        "Mazur",
        {"eta": r"\eta", "delta": r"\delta"},
        target_first=("loss", "output-delta"),
        formulas=_WITHOUT_BIASES,
        names=_OF_2_2_2,
        says={"delta": "the node delta"},
    ),
    "CS231n": Notation(
        "CS231n",
        formulas=(),
        says={
            "symbol": "`dscores`",
            "delta": "d and the name of what E is differentiated by",
            "slope": "`dhidden`: without first, then with",
            "weight": "`W`",
            "shape": "(inputs, units)",
            "loss": "softmax and cross-entropy",
            "mean": "the mean over the examples, plus a term for large weights",
            "rate": "`step_size`",
        },
    ),
    "PyTorch": Notation(
        "PyTorch",
        formulas=(),
        says={
            "symbol": "`z.grad`",
            "delta": "a tensor's own gradient, kept if asked for",
            "slope": "of `z` with, of `a` without",
            "weight": "`weight`",
            "shape": "(units, inputs)",
            "loss": "`MSELoss`: squares, without the half",
            "mean": "the mean over outputs and examples",
            "rate": "`lr`",
        },
    ),
}
REGISTERS = ("book", "indexed")


def source(name):
    """Return the notation of a source; KeyError if there is none of that name."""
    known = [key for key in NOTATIONS if key not in REGISTERS]
    if name not in known:
        raise KeyError(unknown(name, known, "source"))
    return NOTATIONS[name]


# ---- the book beside the others ----------------------------------------------------------------


def table(question):
    """Return (head, rows) of one of QUESTIONS about all the notations that have an answer."""
    if question not in QUESTIONS:
        raise KeyError(unknown(question, QUESTIONS, "question"))
    head, answer = QUESTIONS[question]
    rows = [(notation.name, answer(notation)) for notation in NOTATIONS.values()]
    return ["who", *head], [[name, *cells] for name, cells in rows if cells]


def _delta(notation):
    says = notation.says
    if "slope" in says:
        return says["symbol"], says["delta"], says["slope"]
    if "hidden-delta" in notation.formulas or "weight-gradient" in notation.formulas:
        name = "hidden-delta" if "hidden-delta" in notation.formulas else "weight-gradient"
        symbol = notation.symbol("delta_j", name)
        called = says.get("delta", "–" if "delta" in notation.symbols else "no name of its own")
        return f"$\\displaystyle {symbol}$", called, "with"
    return None


def _weight(notation):
    says = notation.says
    if "weight" in says:
        to_first = says["shape"] == "(units, inputs)"
        return says["weight"], "to" if to_first else "from", says["shape"]
    if isinstance(notation, ByName):
        return f"${notation.symbol('w_ji', 'weight-gradient')}$", "one number for both", "–"
    if notation.letters[1] == "" or "w" not in notation.symbols:
        return None
    symbol = notation.symbol("w_ji", "weight-gradient")
    j, i = (notation.letter(index, "weight-gradient") for index in "ji")
    first = f"to ${j}$" if notation.to_first else f"from ${i}$"
    return f"${symbol}$", first, says.get("shape", "–")


def _layers(notation):
    layers = notation.layers
    if layers is None:
        return None
    net, w = (
        letter + f"^{{{layers.style.format(number)}}}"
        for letter, number in (
            (notation.symbols["net"], layers.first + 1),
            (notation.symbols["w"], layers.first + (not layers.leaves)),
        )
    )
    return str(layers.first), f"${net}$", f"${w}$", "leaves" if layers.leaves else "enters"


def _loss(notation):
    says = notation.says
    if "loss" in notation.formulas:
        one = f"$\\displaystyle {notation.latex('loss')}$"
    elif "loss" in says:
        letter = notation.symbols.get("E")
        one = f"${letter}$: {says['loss']}" if letter else says["loss"]
    else:
        return None
    return one, says.get("mean", "–")


def _letters(notation):
    symbols = notation.symbols
    if isinstance(notation, ByName):
        names = notation.names
        found = names.net[1][0], names.out[1][0], names.t[0], names.total
        cells = [symbol.latex for symbol in found]
    else:
        cells = [symbols.get(name) for name in ("net", "out", "t", "E")]
    rate = f"${symbols['eta']}$" if "eta" in symbols else notation.says.get("rate", "–")
    return *(f"${cell}$" if cell else "–" for cell in cells), rate


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
