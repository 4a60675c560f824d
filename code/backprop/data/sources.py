"""Every figure that S4 and Mazur's page print, held against what the package computes.

`sources.csv` has a row for each: what is printed, digit for digit, and the expression whose value
it should be, in the names of the trace and of the rows of the same source above it.
"""

import csv
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path

from .. import latex
from ..names import unknown
from ..trace import Trace

CHAPTERS = {"S4": "two-two-two", "Mazur": "copied-example"}  # where a source's lines are worked
VERDICTS = {
    "rounds": "the computed value rounds to what is printed",
    "cut": "the computed value is cut, not rounded, to what is printed",
    "from printed": (
        "the step, redone from the source's own printed inputs, or from inputs rounded as it "
        "rounds, gives what is printed"
    ),
    "slip": "the source slips, and the slip redone gives what is printed",
    "misprint": "one digit too many is among the digits that the slip gives",
    "lost": "the source's digits are lost; here they are computed",
    "differs": "neither the step nor a known slip gives what is printed",
}


@dataclass(frozen=True)
class Documented:
    """A printed figure: `printed` as text, `""` where its digits are lost.

    `expression` should have that value; `slip` is the expression that the source worked out instead
    and `reason` says what happened; `step` is the step of the trace that shows it, `""` for a
    figure of many passes.
    """

    id: str
    source: str
    section: str
    quantity: str
    printed: str
    expression: str
    step: str
    slip: str
    reason: str


@dataclass(frozen=True)
class Entry:
    """A printed figure beside the computed one, with one of VERDICTS.

    `redone` is the value that gives the printed digits where `computed` does not: of the slip, or
    of the step from the source's own printed inputs.
    """

    documented: Documented
    computed: float
    verdict: str
    redone: float | None = None

    @property
    def agrees(self):
        return self.verdict in ("rounds", "cut", "from printed")


def documented(source: str = "S4"):
    """Return every figure that a source prints, in its order; KeyError for an unknown source."""
    if source not in CHAPTERS:
        raise KeyError(unknown(source, CHAPTERS, "source with figures"))
    text = Path(__file__).with_name("sources.csv").read_text(encoding="utf8")
    rows = (Documented(**row) for row in csv.DictReader(text.splitlines()))
    return [row for row in rows if row.source == source]


def ledger(trace: Trace, source: str = "S4", **beyond: float):
    """Return an Entry for every figure that a source prints, given the trace of its network.

    The trace needs the learning rate; beyond: numbers that no single pass has, by the names that
    the rows call them. Raises KeyError if the trace lacks a step that a row leads to, and for an
    unknown source, NameError if a row needs a number that is not there.
    """
    computed = trace.values | {name: float(value) for name, value in beyond.items()}
    printed = {name: round(value, trace.digits) for name, value in computed.items()}
    entries = []
    for row in documented(source):
        if row.step:
            trace[row.step]  # a row leads to a step that there is
        value = latex.evaluate(row.expression, computed)
        entries.append(_entry(row, value, computed, printed))
        computed[row.id] = value
        printed[row.id] = float(row.printed or value)
    return entries


def _entry(row, value, computed, printed):
    if not row.printed:
        return Entry(row, value, "lost")
    if row.slip:
        redone = latex.evaluate(row.slip, computed)
        return Entry(row, value, _verdict_of_slip(redone, row.printed), redone)
    how = _shows(value, row.printed)
    if how:
        return Entry(row, value, how)
    redone = latex.evaluate(row.expression, printed)
    return Entry(row, value, "from printed" if _shows(redone, row.printed) else "differs", redone)


def _verdict_of_slip(redone, printed):
    if _shows(redone, printed):
        return "slip"
    decimals = range(printed.index(".") + 1, len(printed))
    one_less = [printed[:n] + printed[n + 1 :] for n in decimals]
    return "misprint" if any(_shows(redone, text) == "rounds" for text in one_less) else "differs"


def _shows(value, printed):
    """Return "rounds" or "cut" if `value`, at as many decimals as printed, is what is printed."""
    places = Decimal(printed)
    exact = Decimal(repr(round(value, 15)))  # a double's last bits are no digits of the number
    if exact.quantize(places, ROUND_HALF_UP) == places:
        return "rounds"
    if exact.quantize(places, ROUND_DOWN) == places:
        return "cut"
    return None
