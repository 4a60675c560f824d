"""Every figure that the source tutorials print, held against what the package computes.

`sources.csv` has a row for each: what is printed, digit for digit, and the expression whose value
it should be, in the names of the trace and of the rows above it.
"""

import csv
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from pathlib import Path

from . import latex

VERDICTS = {
    "rounds": "the computed value rounds to what is printed",
    "cut": "the computed value is cut, not rounded, to what is printed",
    "from printed": "the step, redone from the source's own printed inputs, gives what is printed",
    "slip": "the source slips, and the slip redone gives what is printed",
    "lost": "the source's digits are lost; here they are computed",
    "differs": "neither the step nor a known slip gives what is printed",
}


@dataclass(frozen=True)
class Documented:
    """A printed figure: `printed` as text, `""` where its digits are lost.

    `expression` should have that value; `slip` is the expression that the source worked out instead
    and `reason` says what happened; `step` is the step of the trace that shows it.
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


def documented():
    """Return every printed figure, in the order of the sources."""
    text = Path(__file__).with_name("sources.csv").read_text(encoding="utf8")
    return [Documented(**row) for row in csv.DictReader(text.splitlines())]


def ledger(trace):
    """Return an Entry for every printed figure, given the trace of the source's network.

    The trace needs the learning rate. Raises KeyError if it lacks a step that a row needs.
    """
    computed, printed, entries = dict(trace.values), dict(trace.values), []
    for row in documented():
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
        return Entry(row, value, "slip" if _shows(redone, row.printed) else "differs", redone)
    how = _shows(value, row.printed)
    if how:
        return Entry(row, value, how)
    redone = latex.evaluate(row.expression, printed)
    return Entry(row, value, "from printed" if _shows(redone, row.printed) else "differs", redone)


def _shows(value, printed):
    """Return "rounds" or "cut" if `value`, at as many decimals as printed, is what is printed."""
    places = Decimal(printed)
    exact = Decimal(repr(round(value, 15)))  # a double's last bits are no digits of the number
    if exact.quantize(places, ROUND_HALF_UP) == places:
        return "rounds"
    if exact.quantize(places, ROUND_DOWN) == places:
        return "cut"
    return None
