"""What the quantities of a network are called: a name for the program, LaTeX for the page.

Two registers (chapter "notation"): `given` names, as a source prints them (w6, net_h1, out_o2), and
`indexed` ones (w2_1_2, z1_1, a2_2), whose first number is the layer. A quantity that is made of
others takes its name from theirs, so dE_dw6 and dE_dw2_1_2 need no table.
"""

import difflib
import keyword
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from .latex import FUNCTIONS


class Symbol(NamedTuple):
    """A quantity's `name` (a Python identifier, unique in its network) and its `latex`."""

    name: str
    latex: str


@dataclass(frozen=True)
class Names:
    """The symbols of a network's own quantities, and the rule for those made of them.

    Layers count from 0, the input, as in `Network`; units within a layer from 0, as in NumPy:
    out[l][j], net[l][j], w[l][j][i], b[l][j] (the same symbol where units share one bias),
    own_b[l][j], delta[l][j]; t[k] and error[k] of output k. `digits` is how many decimals
    are shown.

    w has None where no connection leads. A symbol at several places of w, or of own_b, is one
    weight that they share, as places of a map share a kernel (chapter "convolution").

    Raises ValueError for a name that no expression could use, and for one that two quantities have.
    """

    out: tuple
    net: tuple
    w: tuple
    b: tuple
    own_b: tuple
    delta: tuple
    t: tuple
    error: tuple
    total: Symbol
    digits: int

    def __post_init__(self):
        owners = {}  # of each name: whose it is, in words
        for owner, symbol in self._owners():
            if not symbol.name.isidentifier() or keyword.iskeyword(symbol.name):
                raise ValueError(f"{symbol.name!r} cannot name {owner}: it is no name in Python")
            if symbol.name in FUNCTIONS:
                raise ValueError(f"{symbol.name!r} cannot name {owner}: it names a function")
            other = owners.setdefault(symbol.name, owner)
            if other != owner:
                raise ValueError(f"{symbol.name!r} names {other} and {owner}: each needs its own")

    def _owners(self):
        """Yield (whose it is, symbol) of every quantity, and of those that a trace makes of them.

        Weights of one layer may share a symbol, and so may its biases.
        """
        yield "the learning rate", Symbol("eta", r"\eta")
        yield "the loss", self.total
        for what, symbols in (("target", self.t), ("loss of output", self.error)):
            for k, symbol in enumerate(symbols, 1):
                yield f"{what} {k}", symbol
        for l, layer in enumerate(self.out):
            for j, symbol in enumerate(layer, 1):
                yield f"the output of unit {j} in layer {l}", symbol
        for l in range(1, len(self.w)):
            for j, (net, delta) in enumerate(zip(self.net[l], self.delta[l], strict=True), 1):
                yield f"the net input of unit {j} in layer {l}", net
                yield f"the delta of unit {j} in layer {l}", delta
            for row in self.w[l]:
                for symbol in filter(None, row):
                    yield f"a weight of layer {l}", symbol
            for symbol in (*self.b[l], *self.own_b[l]):
                yield f"a bias of layer {l}", symbol
        for _, symbol in self.weights():
            yield f"the gradient of {symbol.name}", derivative(self.total, symbol)
            yield f"the new {symbol.name}", updated(symbol)

    def weight_at(self, name: str):
        """Return (l, j, i) of the weight `name`, or (l, j, None) of a bias.

        Raises KeyError if it is neither, ValueError if several places share it.
        """
        first, *others = self.places_of(name)
        if others:
            raise ValueError(f"{name} is at {1 + len(others)} places: it has no place of its own")
        return first

    def places_of(self, name: str):
        """Return the places, as in `weights`, of the weight or bias `name`; KeyError if neither."""
        found = [place for place, symbol in self.weights() if symbol.name == name]
        if not found:
            known = sorted(self.weights(), key=lambda weight: weight[0][2] is None)  # weights first
            raise KeyError(unknown(name, [symbol.name for _, symbol in known], "weight or bias"))
        return found

    def weights(self):
        """Yield ((l, j, i), symbol) of every weight, and ((l, j, None), symbol) of every unit's
        bias, unit by unit."""
        for l in range(1, len(self.w)):
            for j, row in enumerate(self.w[l]):
                for i, symbol in enumerate(row):
                    if symbol:
                        yield (l, j, i), symbol
                yield (l, j, None), self.own_b[l][j]

    @cached_property
    def places(self):
        """Of each layer, {symbol: [(j, i), …]}: where each weight is; (j, None) of a bias."""
        found = [None, *({} for _ in self.w[1:])]
        for (l, j, i), symbol in self.weights():
            found[l].setdefault(symbol, []).append((j, i))
        return found

    @cached_property
    def shared(self):
        """The layers in which several places share a weight, or a connection is missing."""
        full = [None, *(len(row) * (len(row[0]) + 1) for row in self.w[1:])]
        return {l for l in range(1, len(full)) if len(self.places[l]) < full[l]}


def unknown(name: Any, known: Collection[str], kind: str = "name"):
    """Return the sentence for a name that nothing has, with those that come near it."""
    near = difflib.get_close_matches(str(name), known, n=3) or list(known)[:8]
    return f"no {kind} {name!r} here; did you mean one of {', '.join(near)}?"


def derivative(of: Symbol, by: Symbol):
    r"""Return the symbol of ∂of/∂by: dE_dw6 and ``\frac{∂E}{∂w_6}``."""
    return Symbol(f"d{of.name}_d{by.name}", rf"\frac{{\partial {of.latex}}}{{\partial {by.latex}}}")


def placed(letter: str, at: Sequence[int], latex: str | None = None):
    """Return the symbol of a place of an image or a map, at (row, column) from 0: x23, x_{23}."""
    index = f"{at[0] + 1}{at[1] + 1}"
    return Symbol(f"{letter}{index}", f"{latex or letter}_{{{index}}}")


def updated(symbol: Symbol):
    """Return the symbol of a weight after the update: w6_new and w_6^+."""
    base, brace, index = symbol.latex.partition("^{(")
    latex = f"{base}^{{+({index}" if brace else f"{symbol.latex}^+"
    return Symbol(f"{symbol.name}_new", latex)


def spoken(name: str):
    """Return a step's name as words: dE_dw6 -> dE/dw6, w6_new -> new w6, net_h1 -> net h1."""
    if name.endswith("_new"):
        return f"new {spoken(name.removesuffix('_new'))}"
    return re.sub(r"^(d\w+?)_d", r"\1/d", name).replace("_", " ")


def given(
    inputs: Sequence[str],
    units: Sequence[Sequence[str]],
    weights: Sequence[Sequence[Sequence[str]]],
    biases: Sequence[Sequence[str]],
    digits: int = 9,
):
    """Return the names that a source gave.

    inputs `("i1", "i2")`; units, from layer 1 on, `(("h1", "h2"), ("o1", "o2"))`;
    weights[l − 1][j][i] and biases[l − 1][j] likewise. A bias that two units share has one name for
    both; its gradient at one unit is named by the unit, b_h1.
    """

    def of_unit(kind, latex):
        return (None, *(tuple(Symbol(f"{kind}_{u}", latex(u)) for u in layer) for layer in units))

    outputs = units[-1]
    out = of_unit("out", lambda u: rf"\mathrm{{out}}_{{{u}}}")
    return Names(
        out=(tuple(plain(i) for i in inputs), *out[1:]),
        net=of_unit("net", lambda u: rf"\mathrm{{net}}_{{{u}}}"),
        w=(None, *(tuple(tuple(map(plain, row)) for row in layer) for layer in weights)),
        b=(None, *(tuple(map(plain, layer)) for layer in biases)),
        own_b=of_unit("b", lambda u: rf"b_{{{u}}}"),
        delta=of_unit("delta", lambda u: rf"\delta_{{{u}}}"),
        t=tuple(Symbol(f"t_{u}", rf"t_{{{u}}}") for u in outputs),
        error=tuple(Symbol(f"E_{u}", rf"E_{{{u}}}") for u in outputs),
        total=Symbol("E", "E"),
        digits=digits,
    )


def plain(name: str):
    r"""Return the Symbol of a name: letters, then the index, if there is one.

    w6 -> w_6, b_h1 -> b_{h1}, w -> w; a word stands upright, net_o -> ``\mathrm{net}_o``.
    """
    letters, _, index = name.partition("_")
    if not index:
        letters = name.rstrip("0123456789")
        index = name[len(letters) :]
    if len(letters) > 1:
        letters = rf"\mathrm{{{letters}}}"
    if len(index) > 1:
        return Symbol(name, f"{letters}_{{{index}}}")
    return Symbol(name, f"{letters}_{index}" if index else letters)


def indexed(sizes: Sequence[int], digits: int = 6):
    """Return the names of a network of any `sizes` (units of layer 0, 1, …): z1_2 is z_2^(1)."""
    return _indexed(tuple(sizes), digits)


@lru_cache(32)  # networks of one form share their names, which never change
def _indexed(sizes, digits):

    def units(letter, latex, first=1):
        layers = tuple(
            tuple(
                Symbol(f"{letter}{l}_{j}", f"{latex}_{{{j}}}^{{({l})}}")
                for j in range(1, sizes[l] + 1)
            )
            for l in range(first, len(sizes))
        )
        return layers if first == 0 else (None, *layers)

    def comma(j, i):  # w_21, but w_2,10
        return f"{j}{i}" if j < 10 and i < 10 else f"{j},{i}"

    weights = tuple(
        tuple(
            tuple(
                Symbol(f"w{l}_{j}_{i}", f"w_{{{comma(j, i)}}}^{{({l})}}")
                for i in range(1, sizes[l - 1] + 1)
            )
            for j in range(1, sizes[l] + 1)
        )
        for l in range(1, len(sizes))
    )
    b = units("b", "b")
    outputs = range(1, sizes[-1] + 1)
    return Names(
        out=units("a", "a", first=0),
        net=units("z", "z"),
        w=(None, *weights),
        b=b,
        own_b=b,
        delta=units("delta", r"\delta"),
        t=tuple(Symbol(f"t_{k}", f"t_{k}") for k in outputs),
        error=tuple(Symbol(f"E_{k}", f"E_{k}") for k in outputs),
        total=Symbol("E", "E"),
        digits=digits,
    )
