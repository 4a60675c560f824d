"""The pulls that meet at a hidden unit, as ropes: the thicker, the stronger."""

from typing import NamedTuple

import numpy as np

from ..latex import fmt
from ..names import Symbol, derivative, spoken
from ..trace import Trace
from .canvas import Canvas, width_of
from .diagram import LINE, ROUND, Row, check_size, draw_rows, mathematics, shown
from .path import last_factors, slopes_of

THICKEST, THINNEST = 22, 0.75  # of ropes, in pixels: the strongest, and what is still seen
BEND, SPREAD, HANG = 52, 100, 62  # of a rope, from rope to rope, of a thread that is multiplied


def ropes(trace: Trace, name: str, beside: str | None = None, *, digits: int | None = None):
    """Draw the pulls that meet at a hidden unit, and what is left of them for the weight `name`.

    Each unit after it pulls with δ w. The pulls are knotted at the unit; what hangs from the knot
    is their sum, times the unit's slope its delta, times what comes in along the weight its
    gradient. `beside` names another weight, hung beside it from its own delta. Thickness is the
    size of a pull. Raises KeyError for an unknown name, ValueError for a weight into an output,
    and as `path`.
    """
    names = trace.names
    check_size(names)
    l, j, _ = names.weight_at(name)
    if l == len(names.out) - 1:
        raise ValueError(f"{name} leads into an output, where only its own error pulls")
    knot = derivative(names.total, names.out[l][j])
    (slope,) = slopes_of(trace, l, j)
    hung = [_Hung(*last_factors(trace, weight)) for weight in (name, beside) if weight is not None]
    pulls = _pulls(trace, l, j)
    sizes = [*(pull.value for pull in pulls), trace[knot.name].value]
    sizes += [trace[weight.delta.name].value for weight in hung]
    scale = THICKEST / (max(map(abs, sizes)) or 1)  # a dead ReLU's pulls are all 0
    drawing = _Ropes(trace, digits or trace.digits, Canvas(), scale)

    x, middle, right = _draw_pulls(drawing, names.out[l][j], knot, pulls, hung[0])
    factor = middle + _spread(pulls) + 66
    y = factor + LINE + 16
    above, below = trace[knot.name].value, trace[hung[0].delta.name].value
    at_slope = drawing.times(
        x, middle, y, factor, slope.latex, trace[slope.name].value, above, below
    )
    _draw_knot(drawing, x, middle, names.out[l][j], knot)
    width, height = _draw_hung(drawing, x, y, hung)
    said = "; ".join(_said(drawing, pulls, knot, slope, hung))
    alt = f"Ropes at {spoken(names.out[l][j].name)}: {said}."
    return drawing.canvas.finish(max(right, at_slope, width) + 4, height, alt)


class _Pull(NamedTuple):
    """One unit after the knot pulls with δ w: its output, δ and w as symbols, its target if it has
    one, and the pull."""

    out: Symbol
    delta: Symbol
    w: Symbol
    target: Symbol | None
    value: float

    @property
    def wish(self):
        return "less" if self.value > 0 else "more"

    @property
    def product(self):
        return rf"{self.wish}: ${self.delta.latex}\, {self.w.latex}$"


class _Hung(NamedTuple):
    """What hangs from the knot for one weight: ∂E/∂w = δ a, and the value of a."""

    gradient: Symbol
    delta: Symbol
    source: Symbol
    came_in: float


def _pulls(trace, l, j):
    """Return the pulls on unit j of layer l."""
    names = trace.names
    targets = names.t if l + 1 == len(names.out) - 1 else [None] * len(names.out[l + 1])
    units = zip(names.out[l + 1], names.delta[l + 1], names.w[l + 1], targets, strict=True)
    return [
        _Pull(out, delta, w[j], target, trace[delta.name].value * trace[w[j].name].value)
        for out, delta, w, target in units
    ]


class _Ropes(NamedTuple):
    """What is drawn with: the numbers of a trace, a canvas, pixels for a pull of 1."""

    trace: Trace
    digits: int
    canvas: Canvas
    scale: float

    def shown(self, symbol):
        return shown(self.trace[symbol.name].value, self.digits)

    def fmt(self, symbol):
        return fmt(self.trace[symbol.name].value, self.digits)

    def row(self, kind, symbol):
        return Row(kind, symbol.latex, self.shown(symbol))

    def rope(self, xs, ys, pull):
        """Draw a rope through points, as thick as its pull; return its width."""
        width = max(THINNEST, self.scale * abs(pull))
        self.canvas.line(xs, ys, "delta", width, cap="butt")
        return width

    def times(self, x, top, bottom, level, symbol, number, above, below):
        """Hang a rope that is multiplied on its way down, the factor beside it at `level`.

        above, below: the pull before and after it. Returns how far right that reaches.
        """
        half = (top + bottom) / 2
        self.rope([x, x], [top, half], above)
        self.rope([x, x], [half, bottom], below)
        words, number = rf"$\times\ {mathematics(symbol)[1:]}", shown(number, self.digits)
        self.canvas.text(x + 20, level - LINE / 2, words)
        self.canvas.text(x + 20, level + LINE / 2, number)
        return x + 20 + max(width_of(words), width_of(number))

    def block(self, x, y, rows):
        """Draw rows whose first has its middle at y."""
        width = max(row.width for row in rows)
        draw_rows(self.canvas, rows, x, y - rows[0].height / 2, width)

    def half_width(self, hung):
        """Half the width of what hangs from the knot for one weight."""
        rows = self.row("delta", hung.delta), self.row("gradient", hung.gradient)
        return max(row.width for row in rows) / 2


def _spread(pulls):
    """Half the height from the first rope's end to the last one's."""
    return SPREAD * (len(pulls) - 1) / 2


def _draw_pulls(drawing, out, knot, pulls, first):
    """Draw the ropes from the knot to the units after it, each with its pull and what it asks for.

    first: what hangs from the knot below it. Returns (x, y) of the knot, and how far right the
    drawing reaches.
    """
    at_left = [*map(width_of, _at_knot(drawing, knot)), width_of(mathematics(out.latex)) + 18]
    x, spread = max(drawing.half_width(first), *at_left) + 4, _spread(pulls)
    middle = 40 + max(spread, 30)
    signed = [("+" if p.value > 0 else "") + shown(p.value, drawing.digits) for p in pulls]
    level = x + BEND + max(map(width_of, [*signed, *(pull.product for pull in pulls)])) + 20
    share, right = np.linspace(0, 1, 33), 0
    for k, (pull, words) in enumerate(zip(pulls, signed, strict=True)):
        y = middle - spread + SPREAD * k
        rise = (y - middle) * share**2 * (3 - 2 * share)
        ends = np.append(x + BEND * share, level), np.append(middle + rise, y)
        off = drawing.rope(*ends, pull.value) / 2 + 15
        centre = (x + BEND + level) / 2
        drawing.canvas.text(centre, y - off, words, "delta", "center")
        drawing.canvas.text(centre, y + off + 2, pull.product, align="center")
        rows = [drawing.row("out", pull.out)]
        if pull.target:
            rows.append(drawing.row("target", pull.target))
        drawing.block(level, y, rows)
        right = max(right, level + max(row.width for row in rows))
    return x, middle, right


def _at_knot(drawing, knot):
    """The two lines above the knot: the sum of the pulls, its symbol first."""
    return mathematics(knot.latex), drawing.shown(knot)


def _draw_knot(drawing, x, y, out, knot):
    """Draw the knot, the unit's output at its left and the sum of the pulls above it."""
    canvas = drawing.canvas
    canvas.box(x - 8, y - 8, 16, 16, "page", True, radius=ROUND)
    canvas.box(x - 8, y - 8, 16, 16, "delta", radius=ROUND)
    canvas.text(x - 14, y, mathematics(out.latex), "forward", "right")
    for words, above in zip(_at_knot(drawing, knot), (47, 26), strict=True):
        canvas.text(x + 3, y - above, words, "delta", "right")


def _draw_hung(drawing, x, y, hung):
    """Draw, for each weight, its unit's delta, times what comes in, side by side from (x, y) on.

    Returns how far right and how far down that reaches.
    """
    half_widths, width, height = [drawing.half_width(weight) for weight in hung], 0, 0
    for half_width, (gradient, delta, source, came_in) in zip(half_widths, hung, strict=True):
        pill, result = drawing.row("delta", delta), drawing.row("gradient", gradient)
        drawing.block(x - pill.width / 2, y + pill.height / 2 - 2, [pill])
        top = y + pill.height - 4
        bottom = top + HANG
        above, below = drawing.trace[delta.name].value, drawing.trace[gradient.name].value
        level = (top + bottom) / 2
        right = drawing.times(x, top, bottom, level, source.latex, came_in, above, below)
        drawing.block(x - result.width / 2, bottom + result.height / 2, [result])
        width = max(width, right, x + half_width)
        x = max(right, x + half_width) + 16 + half_widths[-1]
        height = bottom + result.height + 4
    return width, height


def _said(drawing, pulls, knot, slope, hung):
    """Return the drawing in words, part by part."""
    digits = drawing.digits
    said = [
        f"{spoken(p.out.name)} pulls with {fmt(p.value, digits)}, asking for {p.wish}"
        for p in pulls
    ]
    said.append(f"together {spoken(knot.name)} {drawing.fmt(knot)}")
    said.append(f"times the slope {drawing.fmt(slope)}")
    return said + [
        f"{spoken(delta.name)} {drawing.fmt(delta)} times {fmt(came_in, digits)}: "
        f"{spoken(gradient.name)} {drawing.fmt(gradient)}"
        for gradient, delta, _, came_in in hung
    ]
