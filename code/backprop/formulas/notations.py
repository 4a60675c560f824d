r"""The key formulas in every notation, read from `notations.toml`.

A formula has a name, such as "hidden-delta", and the file has a line for each notation that writes
it. Nothing is derived here; a test reads the LaTeX of every line and computes it. In our own lines
the letters of the indices follow the signal: i in layer l − 1, j in l, k in l + 1. A formula for
k, or for E, is about the last layer: k in L, j in L − 1. Derived in the chapters "forward-pass" (up
to the loss), "chain-rule" (slope), "output-delta" and "hidden-delta"; the update is that of
"factory", and BP1 for any loss that of "four-equations".
"""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from ..names import unknown

FILE = Path(__file__).with_name("notations.toml")
REGISTERS = ("named", "indexed")  # the book's own notations; the others are its sources'
FOUR_EQUATIONS = {
    "BP1": "output-delta-any-loss",
    "BP2": "hidden-delta",
    "BP3": "bias-gradient",
    "BP4": "weight-gradient",
}
QUESTIONS = {  # of the chapter "notation": the head of the table that answers it
    "delta": (r"$\partial E/\partial\,\mathrm{net}$", "is called", "with the slope?"),
    "weight": ("a weight", "comes first", "shape of the matrix"),
    "layers": (
        "the input is layer",
        "first net inputs",
        "first weights",
        "$W^{(l)}$ and layer $l$",
    ),
    "loss": ("of one example", "of several"),
    "letters": ("net", "out", "target", "loss", "rate"),
}


@dataclass(frozen=True)
class Notation:
    """How one author writes the formulas; what is not known of a source is left out.

    Each field is the table of this name in the file, where its head says what it holds.
    """

    name: str
    answers: dict
    formulas: dict = field(default_factory=dict)
    between_layers: dict = field(default_factory=dict)
    with_shapes: dict = field(default_factory=dict)
    for_a_batch: dict = field(default_factory=dict)
    ours: dict = field(default_factory=dict)
    completed: tuple = ()

    def marked(self, line: str):
        """Return the name, with * where a formula or an answer is not in what is left of it."""
        return self.name + r"\*" * (line in self.completed)

    def latex(self, formula: str):
        """Return a formula, by name, as LaTeX; KeyError if this notation does not have it."""
        return self._line(formula, self.formulas)

    def latex_of_layers(self, formula: str, shapes: bool = False):
        """Return a formula between whole layers, W a + b, as LaTeX; KeyError if it is not in here.

        shapes: whether each array has its shape below, with s_l for the units of layer l.
        """
        lines = self.with_shapes if shapes else self.between_layers
        return self._line(formula, lines, " between layers")

    def latex_of_a_batch(self, formula: str):
        """Return one of the four equations for m examples, one to a row, as LaTeX with shapes.

        Raises KeyError if it is not in here.
        """
        return self._line(formula, self.for_a_batch, " for a batch")

    def _line(self, formula, lines, where=""):
        if formula not in lines:
            has = ", ".join(lines) or "none"
            raise KeyError(f"{self.name} does not have {formula!r}{where}; it has {has}")
        return lines[formula]

    def legend(self, text: str, register: str):
        """Return [(theirs, ours)]: the symbols in a LaTeX text that a register writes otherwise."""
        symbols = rf"(?<![\\A-Za-z])({'|'.join(map(re.escape, self.ours))})(?![A-Za-z])"
        found = {theirs: self.ours[theirs] for theirs in re.findall(symbols, text)}
        if register == "named":
            found = {theirs: _named(ours) for theirs, ours in found.items()}
        return [(theirs, ours) for theirs, ours in found.items() if theirs != ours]


def _named(symbol):
    """Return a symbol of the indexed register in the named one: net_j for z_j^(l)."""
    unit = re.sub(r"\^\{\(.*\)\}", "", symbol)
    return re.sub("^z_", r"\\mathrm{net}_", re.sub("^a_", r"\\mathrm{out}_", unit))


def _entry(table, name, kind):
    if name not in table:
        raise KeyError(unknown(name, table, kind))
    return table[name]


_file = tomllib.loads(FILE.read_text("utf-8"))
_NUMPY = _file["numpy"]
NOTATIONS = {
    key: Notation(f"this book, {key}" if key in REGISTERS else key, **tables)
    for key, tables in _file["notation"].items()
}


def source(name: str):
    """Return the notation of a source, no register of the book; KeyError if there is none."""
    sources = {key: it for key, it in NOTATIONS.items() if key not in REGISTERS}
    return _entry(sources, name, "source")


def numpy(formula: str):
    """Return a formula, by name, as a line of NumPy for one example, in the letters of `network`.

    The activation is the sigmoid, but the output delta of any loss has df, the slope of any. The
    slope, which has no letter there, is an expression. Raises KeyError for another name.
    """
    return _entry(_NUMPY, formula, "formula")


def table(question: str):
    """Return (head, rows) of one of QUESTIONS about all who have an answer, as Markdown cells.

    An answer that was completed has * beside the name. Raises KeyError for another question.
    """
    head = _entry(QUESTIONS, question, "question")
    rows = [
        [it.marked(question), *(_cell(it, cell) for cell in it.answers[question])]
        for it in NOTATIONS.values()
        if question in it.answers
    ]
    return ["who", *head], rows


def _cell(notation, cell):
    formula = notation.formulas.get(cell)
    return f"$\\displaystyle {formula}$" if formula else cell
