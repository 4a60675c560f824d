"""A recurrent network, rolled up and unrolled: one column for each step, with every number.

Unrolled it is an ordinary network, and `Diagram` draws it: layer τ has the hidden state of step τ,
and below it the input of the step after. The weights u, w and b are at every step, and below w and
u is what that step adds to their gradients.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..latex import fmt
from ..names import Symbol, derivative, spoken
from ..recurrent import DELTA_Y, LETTERS, E, T, Y, at, delta_at, term
from ..trace import LABELS, Trace
from .canvas import Canvas
from .diagram import ACTIVE, Diagram, Row, shown

WAYS = {  # of each: the labels of a trace whose numbers are drawn, the look of the lines
    "forward": (LABELS[: LABELS.index("forward") + 1], {"colour": "forward", "width": ACTIVE}),
    "back": (LABELS, {"colour": "delta", "width": ACTIVE}),
}


class _Layers(NamedTuple):
    """What a diagram asks of the names of a network: the outputs of each layer."""

    out: Sequence[Sequence[Symbol]]


def unrolled(trace: Trace, way: str = "forward", digits: int = 3):
    """Draw the network of a trace of `recurrent`, a column to a step.

    way: "forward", or "back", with the deltas, and on w, u and b what each step adds to their
    gradients. Raises KeyError for another way, ValueError for more than three steps.
    """
    labels, look = WAYS[way]
    steps = sum(name.startswith("h") for name in trace.values) - 1
    placed = []

    def rows(*kinds_and_symbols):
        found = [(k, s) for k, s in kinds_and_symbols if trace[s.name].label in labels]
        placed.extend(symbol.name for _, symbol in found)
        return [Row(k, s.latex, shown(trace[s.name].value, digits)) for k, s in found]

    def edge(name, gradient):
        below = [row._replace(latex="") for row in rows(("gradient", gradient))]
        return [*rows(("weight", LETTERS[name])), *below]

    out = [[at("h", s), *([at("x", s + 1)] if s < steps else [])] for s in range(steps + 1)]
    units, edges = {(0, 0): rows(("out", at("h", 0)))}, {}
    for s in range(1, steps + 1):
        units[s - 1, 1] = rows(("out", at("x", s)))
        units[s, 0] = rows(("net", at("z", s)), ("out", at("h", s)), ("delta", delta_at(s)))
        for i, name in ((0, "w"), (1, "u"), (None, "b")):
            edges[s, 0, i] = edge(name, term(name, s))
    units[steps + 1, 0] = rows(("net", Y), ("delta", DELTA_Y))
    for i, name in ((0, "v"), (None, "c")):
        edges[steps + 1, 0, i] = edge(name, derivative(E, LETTERS[name]))
    diagram = _Unrolled(
        _Layers([*out, [Y]]), units, edges, {0: rows(("target", T))}, rows(("error", E))
    )

    def edge_line(l, j, i):
        return {"faint": True} if way == "back" and i is None else look

    said = ", ".join(f"{_said(name)} {fmt(trace[name].value, digits)}" for name in placed)
    alt = f"The recurrent network unrolled over {steps} steps, {way}: {said}."
    diagram.draw(edge_line, lambda k: look)
    picture = diagram.picture(alt)
    picture.narrower = lambda: diagram.narrow(edge_line, lambda k: look, [], alt)
    return picture


def _said(name):
    """Return the name of a step as words: dE_dw_at2 -> dE/dw at step 2."""
    whole, _, step = name.partition("_at")
    return f"{spoken(whole)} at step {step}" if step else spoken(name)


class _Unrolled(Diagram):
    """A diagram in which an input has no frame, and no edge that leads to it, at any layer."""

    FAN, CONVERGE = 26, 12

    def _draw_unit(self, l, j):
        if j == 0:
            return super()._draw_unit(l, j)
        x, width = self.column[l]
        own = self.units[l, j][0]
        top = self.middle[l, j] - own.height / 2
        own.draw(self.canvas, x + width - own.width, top, own.width)

    def sizes_of_pair(self, l):
        return [self.sizes[l - 1], 1]  # the next input comes with the next pair


HEAD, LOOP = 5, 30  # pixels: half the width of an arrow's head, and of the loop


def rolled():
    """Draw a recurrent network as it is written down, with the one weight w that leads from the
    state back to the state."""
    canvas, level, top, middle = Canvas(), 76, 20, 165
    pieces = {
        "x": Row("out", r"x^{(\tau)}", ""),
        "h": Row("out", r"h^{(\tau)}", ""),
        "y": Row("net", "y", ""),
    }
    widths = {name: row.width for name, row in pieces.items()} | {"h": 2 * LOOP + 28}
    lefts = {"x": 4, "h": middle - widths["h"] / 2, "y": 290}
    for name, row in pieces.items():
        row.draw(canvas, lefts[name], level - row.height / 2, widths[name])
    for start, end, weight in (("x", "h", "u"), ("h", "y", "v")):
        left, right = lefts[start] + widths[start], lefts[end]
        _arrow(canvas, [left, right], [level, level])
        _weight(canvas, weight, (left + right) / 2, level)
    right, left = middle + LOOP, middle - LOOP
    edge = level - pieces["h"].height / 2 + 2
    _arrow(canvas, [right, right, left, left], [edge, top, top, edge])
    _weight(canvas, "w", middle, top)
    alt = (
        "A recurrent network, rolled up: the input of step tau goes by the weight u into the state "
        "h, the state goes by the weight v into the output y, and by the weight w back into itself."
    )
    return canvas.finish(290 + widths["y"] + 4, 100, alt)


def _arrow(canvas, xs, ys):
    """Draw a line through points, its last piece level or upright, with a head at its end."""
    canvas.line(xs, ys)
    x, y = xs[-1], ys[-1]
    if xs[-1] == xs[-2]:
        canvas.line([x - HEAD, x, x + HEAD], [y - HEAD, y, y - HEAD])
    else:
        canvas.line([x - HEAD, x, x - HEAD], [y - HEAD, y, y + HEAD])


def _weight(canvas, name, x, y):
    row = Row("weight", name, "")
    canvas.box(x - row.width / 2, y - row.height / 2 + 2, row.width, row.height - 4, "page", True)
    row.draw(canvas, x - row.width / 2, y - row.height / 2, row.width)
