"""The figures that set a reader a task: problems to solve, lines to check, programs to read."""

import html
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import draw, latex, practice
from ..draw import Strip
from ..mistakes import MISTAKES
from ..network import Network, backward, forward
from ..practice import marking, programs
from . import views
from .state import kinds_of
from .widget import Figure, make


class Solve(Figure):
    """view: the kind and seed of the problem, fade, from which end the parts are blank, at, how
    many of its lines are done, and the answer, a wrong one to the next line, "" before there is
    one: a number, or the name of a line as text. settings.kinds: the kinds it sets."""

    kind = "solve"

    @property
    def problem(self):
        """The `practice.Problem` that the figure shows."""
        kind, seed = self.view["kind"], self.view["seed"]
        if kind == "mixed":
            kind = practice.mixed(list(self.settings["kinds"]), seed)
        return practice.problem(kind, seed)

    def rules(self):
        return {
            "kind": views.one_of([*self.settings["kinds"], "mixed"], "kind of problem"),
            "seed": views.count,
            "fade": views.whole(0, practice.EVERYTHING),
            "from": views.one_of(["end", "start"], "end to begin from"),
            "at": views.count,
            "answer": views.text,
        }


def solve(
    kinds: Iterable[str] | None = None, *, seed: int = 1, fade: int = 1, name: str = "practice"
):
    """Return the figure that sets problems, marks each line and names the mistake in a wrong one.

    kinds: names of `practice.KINDS`, by default all; seed: that of the first problem, of the first
    kind; fade: how many parts of the way are blank at first, of `practice.PARTS`, or one more for
    all of it. `figure.problem` is the problem that it shows. Raises KeyError for an unknown kind,
    ValueError for another fade, and as `practice.problem` does.
    """
    known = kinds_of(kinds or practice.KINDS)
    first = practice.problem(next(iter(known)), seed)
    view = {"kind": first.kind, "seed": seed, "fade": fade, "from": "end", "at": 0, "answer": ""}
    state = {"settings": {"kinds": known}, "view": view}
    return make(Solve, state, name=name, still=draw.problem(first))


ENTRY = (
    ("one-neuron", 6, "delta_o"),
    ("two-two-two", 6, "dE_dw6"),
    ("two-two-two", 29, "delta_h1"),
)
STARTS = (  # by how many of the three are right: what is said, and where the practice block begins
    ("Begin with one neuron, all of it but the update worked for you.", "one-neuron", 1),
    ("Begin with one neuron, and fill in its delta yourself.", "one-neuron", 3),
    ("Begin with two inputs, two hidden units, two outputs, the hidden deltas worked.",
     "two-two-two", 3),
    ("You can do each line: take mixed kinds, with everything blank.", "mixed", 5),
)  # fmt: skip


class EntryCheck(Figure):
    """view: the answer to each line, by its number from 1, "" before there is one."""

    kind = "entry_check"

    def rules(self):
        return {str(n): _answer for n, _ in enumerate(self.settings["items"], 1)}


def _answer(key, value):
    if views.text(key, value):
        marking.read_number(value)
    return value


def entry_check(block: str = "practice", *, name: str = "three-lines"):
    """Return the figure that asks three lines, and says where to begin with practice.

    block: the id of the figure of `solve`, on the same page, that is to begin there.
    """
    problems = [practice.problem(kind, seed) for kind, seed, _ in ENTRY]
    starts = [
        {"words": words, "view": {"kind": kind, "fade": fade}} for words, kind, fade in STARTS
    ]
    settings = {
        "kinds": kinds_of(dict.fromkeys(kind for kind, _, _ in ENTRY)),
        "items": ENTRY, "starts": starts, "block": block,
    }  # fmt: skip
    view = {str(n): "" for n in range(1, len(ENTRY) + 1)}
    still = Strip([draw.problem(one) for one in problems])
    return make(EntryCheck, {"settings": settings, "view": view}, name=name, still=still)


TOLD = "shown"  # an answer that was not given but asked for


class Hunt(Figure):
    """view: the seed of the order, at, which program of it, the level, and the answer: a mistake
    where the level is 1, else the number of a line, as text; "" or TOLD."""

    kind = "hunt"

    def rules(self):
        return {
            "seed": views.count,
            "at": views.whole(0, len(MISTAKES) - 1),
            "level": views.whole(1, 3),
            "answer": views.text,
        }

    def checked(self, key: str, value: Any):
        value = super().checked(key, value)
        if key == "view":
            answers = [*MISTAKES] if value["level"] == 1 else self._lines(value)
            views.one_of(["", TOLD, *answers], "answer")("answer", value["answer"])
        return value

    def _lines(self, view):
        """The numbers of the lines that are listed, as texts."""
        lines = self.settings["right"]["lines"]
        if view["level"] == 2:
            mistake = programs.in_order(view["seed"])[view["at"]]
            (lines,) = (
                one["lines"] for one in self.settings["programs"] if one["mistake"] == mistake
            )
        return [str(n) for n, _ in enumerate(lines, 1)]


def hunt(
    net: Network,
    x: ArrayLike,
    t: ArrayLike,
    learning_rate: float,
    *,
    seed: int = 1,
    level: int = 1,
    name: str = "hunt",
):
    """Return the figure that looks for the wrong line in the programs of `programs`.

    All that the programs make of this network and this example is what the reader sees of them.
    seed: of their order, a whole number; level: what the reader is told at first, 1 the place, 2
    the program and its gradients, 3 the gradients alone; name: its id on the page. Raises
    ValueError for another level, and as `programs.run` does; on a network of another shape than
    2-2-2 some do not run.
    """
    _, *right = backward(net, *forward(net, x), t)
    given = net, x, t, learning_rate
    settings = {
        "right": {"lines": programs.program(), "does": programs.purposes()},
        "gradients": [{"name": n, "value": v} for n, v in _entries(*right).items()],
        "programs": [_wrong_program(mistake, right, *given) for mistake in MISTAKES],
    }
    view = {"seed": seed, "at": 0, "level": level, "answer": ""}
    still = _Hunted(programs.in_order(seed)[0], settings)
    return make(Hunt, {"settings": settings, "view": view}, name=name, still=still)


def _wrong_program(mistake, right, *given):
    """The program with a mistake, and what it makes of the given numbers, as figures/hunt.js takes
    it; right: (dW, db) of the right program."""
    lines, changes = programs.program(mistake), programs.CHANGES[mistake]
    found = programs.run(lines, *given)
    alike = {}  # arrays that go wrong in the same way
    for array, words in programs.symptoms(found, right).items():
        alike.setdefault(words, []).append(array)
    return {
        "mistake": mistake,
        "lines": lines,
        "wrong": programs.wrong_lines(mistake),
        "changed": [n for n, line in enumerate(programs.RIGHT, 1) if line.text.strip() in changes],
        "unharmed": programs.unharmed(mistake, *given),
        "values": list(_entries(*found).values()),
        "symptoms": "; ".join(f"{', '.join(alike[words])}: {words}" for words in alike),
    }


def _entries(dW, db):
    """Return {"dW[2][0, 0]": gradient, …} of every weight and bias, as NumPy calls them."""
    return {
        f"{kind}[{l}][{', '.join(map(str, place))}]": float(array[l][place])
        for l in range(len(dW) - 1, 0, -1)
        for kind, array in (("dW", dW), ("db", db))
        for place in np.ndindex(array[l].shape)
    }


class _Hunted:
    """The still form of a hunt: a program, its wrong lines marked, and its gradients."""

    def __init__(self, mistake, settings):
        self._program = programs.Listing(programs.program(mistake), programs.wrong_lines(mistake))
        (values,) = (p["values"] for p in settings["programs"] if p["mistake"] == mistake)
        self._rows = [["gradient", "right", "found"]] + [
            [right["name"], *(latex.fmt(number, 6) for number in (right["value"], value))]
            for right, value in zip(settings["gradients"], values, strict=True)
        ]

    def html(self):
        """Return listing and table as HTML."""

        def line(cells, tag):
            return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"

        head, *rows = self._rows
        body = "".join(line(row, "td") for row in rows)
        table = f"<table><thead>{line(head, 'th')}</thead><tbody>{body}</tbody></table>"
        return self._program.html() + table

    def __repr__(self):
        rows = (f"{name:12}{right:>14}{value:>14}" for name, right, value in self._rows)
        return "\n".join([repr(self._program), "", *rows])

    def _repr_mimebundle_(self, **_):
        return {"text/html": self.html(), "text/plain": repr(self)}
