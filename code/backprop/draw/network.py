"""A network with every number of its trace at its place.

A second cue goes with every colour: forward values are filled pills (net inputs plain), deltas
dashed pills, weights boxed on their edges, gradients underlined with dashes, updates arrows.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..latex import fmt
from ..names import derivative, spoken, unknown, updated
from ..trace import LABELS, Trace
from .diagram import ACTIVE, TO_WRITE, Diagram, Row, shown

FORWARD = {"colour": "forward", "width": ACTIVE}
BACK = {"colour": "delta", "width": ACTIVE}
FAINT = {"faint": True}
FEW = 6  # decimals on a phone, where more do not fit

LINES_AT = {  # stage: (of edges, from which layer on; of the lines between outputs and targets)
    "forward": (FORWARD, 1, FORWARD),
    "output delta": (FAINT, 1, BACK),
    "hidden delta": (BACK, 2, FAINT),
    "gradients": ({"colour": "delta"}, 1, FAINT),
    "update": ({"colour": "update"}, 1, FAINT),
}


def network(
    trace: Trace,
    stage: str | None = None,
    *,
    digits: int | None = None,
    delta_digits: int | None = None,
    blank: Sequence[str] = (),
):
    """Draw the network of a trace with every number at its place, as far as `stage` has come.

    stage: one of the labels of a trace; what it computes is drawn strong, the other lines faint.
    None: all that the trace holds, nothing faint. digits: decimals, those of the trace by default;
    delta_digits: those of the deltas, which are small, `digits` by default. blank: names of steps
    whose places are left empty, to be written in by hand. Raises KeyError for another stage or
    step, ValueError for a stage that the trace has not reached and for a network that is too large
    to draw.
    """
    digits = digits or trace.digits
    of_deltas = delta_digits or digits
    diagram, alt = drawn_network(trace, stage, digits, blank, of_deltas)
    picture = diagram.picture(alt)

    def narrower():
        found = diagram.narrow(*_lines(stage), [], alt)
        if found.fits_a_phone or digits <= FEW:
            return found
        fewer, _ = _laid_out(trace, stage, FEW, blank, min(FEW, of_deltas))
        return fewer.narrow(*_lines(stage), [], alt)

    picture.narrower = narrower
    return picture


def drawn_network(
    trace: Trace,
    stage: str | None,
    digits: int,
    blank: Sequence[str] = (),
    delta_digits: int | None = None,
):
    """Return (diagram, alt) of `network`, drawn, for a canvas on which there is more to come."""
    diagram, numbers = _laid_out(trace, stage, digits, blank, delta_digits or digits)
    diagram.draw(*_lines(stage))
    return diagram, f"{network_of(trace)}, {stage or 'all its numbers'}: {_said(numbers)}."


def _laid_out(trace, stage, digits, blank, delta_digits):
    """Return (diagram, numbers): everything has its place, and nothing is drawn yet."""
    for name in blank:
        trace[name]  # raises for an unknown one
    if stage is not None and stage not in LABELS:
        raise KeyError(unknown(stage, LABELS, "stage"))
    if stage is not None and not trace.labelled(stage):
        raise ValueError(f"the trace has no {stage}: make it with a learning rate")
    seen = LABELS if stage is None else LABELS[: LABELS.index(stage) + 1]
    numbers = _Numbers(trace, digits, delta_digits, seen, frozenset(blank), set())
    names = trace.names
    diagram = Diagram(
        names,
        _at_units(numbers),
        _at_edges(numbers),
        _at_ends(numbers),
        numbers.rows(("error", names.total)),
    )
    return diagram, numbers


def _lines(stage):
    """Return (edge_line, end_line), as `Diagram.draw` takes them."""
    of_edges, first, of_ends = LINES_AT.get(stage, ({}, 1, {}))

    def edge_line(l, j, i):
        no_way_back = stage == "hidden delta" and i is None  # no delta goes into a bias
        return FAINT if l < first or no_way_back else of_edges

    return edge_line, lambda k: of_ends


class _Numbers(NamedTuple):
    """The numbers of a trace as rows: those whose label is `seen`, room for those in `blank`.

    placed: the names of those that have got their place.
    """

    trace: Trace
    digits: int
    delta_digits: int
    seen: tuple
    blank: frozenset
    placed: set

    def rows(self, *kinds_and_symbols):
        found = [
            (kind, symbol)
            for kind, symbol in kinds_and_symbols
            if symbol.name in self.trace and self.trace[symbol.name].label in self.seen
        ]
        self.placed.update(symbol.name for _, symbol in found)
        return [Row(kind, symbol.latex, self._words(kind, symbol.name)) for kind, symbol in found]

    def rows_without_symbol(self, kind, symbol, before=""):
        """Rows whose symbol is left out; an empty place says what belongs there."""
        return [
            row._replace(latex=before or row.latex)
            if row.words is TO_WRITE
            else row._replace(latex="", words=(f"${before}$ " if before else "") + row.words)
            for row in self.rows((kind, symbol))
        ]

    def digits_of(self, kind):
        return self.delta_digits if kind == "delta" else self.digits

    def _words(self, kind, name):
        if name in self.blank:
            return TO_WRITE
        return shown(self.trace[name].value, self.digits_of(kind))


def _symbols_only(kind, *symbols):
    """Rows of what is still to come, or differs by example."""
    return [Row(kind, symbol.latex, "") for symbol in symbols]


def _at_units(numbers):
    """Return {(l, j): rows} of every unit."""
    names = numbers.trace.names
    found = {
        (0, i): numbers.rows(("out", symbol)) or _symbols_only("net", symbol)
        for i, symbol in enumerate(names.out[0])
    }
    for l in range(1, len(names.out)):
        for j, out in enumerate(names.out[l]):
            net, delta = names.net[l][j], names.delta[l][j]
            rows = numbers.rows(("net", net), ("out", out), ("delta", delta))
            found[l, j] = rows or _symbols_only("net", net, out)
    return found


def _at_edges(numbers):
    """Return {(l, j, i): rows} of every weight and, with i None, of every bias."""
    names, drawn, found = numbers.trace.names, set(), {}

    def edge(symbol, own):
        if own in drawn:  # the gradient of a shared weight is one, and stands at its first place
            return numbers.rows(("weight", symbol))
        drawn.add(own)
        new = updated(symbol if updated(symbol).name in numbers.trace else own)
        return [
            *numbers.rows(("weight", symbol)),
            *numbers.rows_without_symbol("gradient", derivative(names.total, own)),
            *numbers.rows_without_symbol("new", new, r"\to"),
        ]

    for l in range(1, len(names.out)):
        for j, weights in enumerate(names.w[l]):
            found |= {(l, j, i): edge(w, w) for i, w in enumerate(weights) if w}
            found[l, j, None] = edge(names.b[l][j], names.own_b[l][j])
    return found


def _at_ends(numbers):
    """Return {k: rows} of every output's target and error."""
    names = numbers.trace.names
    return {
        k: numbers.rows(("target", t), ("error", error)) or _symbols_only("target", t)
        for k, (t, error) in enumerate(zip(names.t, names.error, strict=True))
    }


def _said(numbers):
    """Return the numbers that are drawn, and all given ones, in words; what is to be written in."""
    steps = [
        step
        for step in numbers.trace
        if step.label == "given" or step.name in numbers.placed | numbers.blank
    ]
    said = ", ".join(
        f"{spoken(step.name)} {fmt(step.value, numbers.digits_of(_kind(step)))}"
        for step in steps
        if step.name not in numbers.blank
    )
    empty = ", ".join(spoken(step.name) for step in steps if step.name in numbers.blank)
    return said + (f"; to write in: {empty}" if empty else "")


def _kind(step):
    return "delta" if step.name.startswith("delta") else ""


def network_of(trace: Trace):
    return f"The {'-'.join(str(len(layer)) for layer in trace.names.out)} network"
