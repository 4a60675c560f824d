"""The pulls on a hidden unit, as ropes: the thicker, the stronger; to the left who wants less."""

from typing import NamedTuple

import numpy as np

from ..latex import fmt
from ..names import Symbol, derivative, spoken
from ..trace import Trace
from .canvas import Canvas, width_of
from .diagram import (
    LINE,
    ROUND,
    Row,
    check_size,
    draw_rows,
    height_of,
    how,
    mathematics,
    shown,
    wish,
)
from .path import last_factors, slopes_of

THICKEST, THINNEST = 22, 0.75  # of ropes, in pixels: the strongest, and what is still seen
BEND, HANG = 26, 62  # of a rope beside the knot, of a thread that is multiplied
ASIDE = 56  # how far down a thread goes until it hangs elsewhere than under the knot
SHARES = np.linspace(0, 1, 33)  # of a rope's way from one level to another, and
BENT = SHARES**2 * (3 - 2 * SHARES)  # how far it is over by then: it leaves and arrives level


def ropes(trace: Trace, name: str, beside: str | None = None, *, digits: int | None = None):
    """Draw the pulls on a hidden unit, and what is left of them for the weight `name`.

    Each unit after it pulls with δ w, to the left if it wants less of the unit and to the right if
    it wants more. The pulls are knotted at the unit; what hangs from the knot is their sum, times
    the unit's slope its delta, times what comes in along the weight its gradient. `beside` names
    another weight, hung beside it from its own delta. Thickness is the size of a pull. Raises
    KeyError for an unknown name, ValueError for a weight into an output, and as `path`.
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

    sides, said_how = _Sides(drawing, pulls), how([pull.value for pull in pulls])
    least = drawing.half_width(hung[0]) + 4
    x = max(sides.knot(names.out[l][j]), least)
    hangs = x if beside is None else least
    middle, bottom, right = sides.draw(x, names.out[l][j], said_how)
    at_sum, y = _draw_sum(drawing, knot, x, hangs, middle, bottom)
    above, below = trace[knot.name].value, trace[hung[0].delta.name].value
    level, end = y + LINE, y + 2 * LINE + 12
    at_slope = drawing.times(
        hangs, y, end, level, slope.latex, trace[slope.name].value, above, below
    )
    _draw_knot(drawing.canvas, x, middle)
    width, height = _draw_hung(drawing, hangs, end, hung)
    said = "; ".join(_said(drawing, pulls, knot, slope, hung))
    alt = f"Pulls on {spoken(names.out[l][j].name)}, {said_how}: {said}."
    return drawing.canvas.finish(max(right, at_sum, at_slope, width) + 4, height, alt)


class _Pull(NamedTuple):
    """One unit after the knot pulls with δ w: its output, δ and w as symbols, its target if it has
    one, and the pull."""

    out: Symbol
    delta: Symbol
    w: Symbol
    target: Symbol | None
    value: float

    @property
    def product(self):
        return rf"${self.delta.latex}\, {self.w.latex}$"


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
        """Draw a rope through points, as thick as its pull."""
        self.canvas.line(xs, ys, "delta", self.width(pull), cap="butt")

    def width(self, pull):
        return max(THINNEST, self.scale * abs(pull))

    def times(self, x, top, bottom, level, symbol, number, above, below):
        """Hang a rope that is multiplied on its way down, the factor beside it at `level`.

        above, below: the pull before and after it. Returns how far right that reaches.
        """
        half = (top + bottom) / 2
        self.rope([x, x], [top, half], above)
        self.rope([x, x], [half, bottom], below)
        words, number = rf"$\times\ {mathematics(symbol)[1:]}", shown(number, self.digits)
        return self.beside(x, level, words, number)

    def beside(self, x, level, symbol, number, colour="ink"):
        """Write a symbol and its number at the right of a thread; return how far that reaches."""
        self.canvas.text(x + 20, level - LINE / 2, symbol, colour)
        self.canvas.text(x + 20, level + LINE / 2, number, colour)
        return x + 20 + max(width_of(symbol), width_of(number))

    def block(self, x, y, rows):
        """Draw rows whose first has its middle at y."""
        width = max(row.width for row in rows)
        draw_rows(self.canvas, rows, x, y - rows[0].height / 2, width)

    def half_width(self, hung):
        """Half the width of what hangs from the knot for one weight."""
        rows = self.row("delta", hung.delta), self.row("gradient", hung.gradient)
        return max(row.width for row in rows) / 2


class _Sides:
    """The pulls by the side to which they go: -1, the left, who wants less, 1 who wants more."""

    def __init__(self, drawing, pulls):
        self.drawing = drawing
        self.of = {side: [p for p in pulls if _side(p) == side] for side in (-1, 1)}
        self.is_named_above = all(self.of.values())  # the knot: else at its free side
        crowded = self.is_named_above and max(map(len, self.of.values())) > 1
        self.straight = BEND if crowded else 0  # of a rope, below the knot's name
        texts = [width_of(words) for pull in pulls for words in self.below(pull)]
        rows = [row.width for pull in pulls for row in self.above(pull)]
        bent = any(len(pulls) > 1 for pulls in self.of.values())
        clear = max(map(drawing.width, (pull.value for pull in pulls))) / 2 if bent else 0
        self.long = max(*texts, *rows) + BEND + self.straight + clear  # a rope

    def above(self, pull):
        """The rows that stand above a rope: who pulls."""
        rows = [self.drawing.row("out", pull.out)]
        return rows + [self.drawing.row("target", pull.target)] if pull.target else rows

    def below(self, pull):
        """The lines that stand below a rope: how hard it pulls, for what, and why so hard."""
        return wish(pull.value, shown(pull.value, self.drawing.digits)), pull.product

    def knot(self, out):
        """Return where the knot is: after the ropes to its left, or after its own name."""
        return (self.long if self.of[-1] else width_of(mathematics(out.latex)) + 26) + 4

    def levels(self, side):
        """Return the heights of the ropes to a side, counted from its top, and its own height."""
        y, found = 0, []
        for pull in self.of[side]:
            above, thick = height_of(self.above(pull)) + 2, self.drawing.width(pull.value)
            found.append(y + above + thick / 2)
            y += above + thick + 2 * LINE + 4
        return found, y

    def draw(self, x, out, how):
        """Draw the ropes from a knot at x, its name, and above them how they pull.

        Returns the height of the knot, and how far down and how far right they reach.
        """
        levels, tall = zip(*map(self.levels, (-1, 1)), strict=True)
        halfway = [(found[0] + found[-1]) / 2 if found else 0 for found in levels]
        middle = LINE + max(halfway)
        at = max(x, width_of(how) / 2 + 4)
        self.drawing.canvas.text(at, 11, how, align="center")
        bottom = 0
        for n, (side, pulls) in enumerate(self.of.items()):
            top = middle - halfway[n]
            bottom = max(bottom, top + tall[n])
            for pull, level in zip(pulls, levels[n], strict=True):
                self.draw_one(pull, side, x, middle, top + level)
        self.draw_name(x, middle, out)
        name = 14 + width_of(mathematics(out.latex))
        right = x + (self.long if self.of[1] else name)
        return middle, bottom, max(right, at + width_of(how) / 2)

    def draw_one(self, pull, side, x, middle, level):
        """Draw one rope from the knot at (x, middle), and what is said above and below it."""
        drawing, rows, thick = self.drawing, self.above(pull), self.drawing.width(pull.value)
        end, width = x + side * self.long, max(row.width for row in rows)
        rise = (level - middle) * BENT
        xs = x + side * (self.straight + BEND * SHARES)
        drawing.rope([x, *xs, end], [middle, *(middle + rise), level], pull.value)
        top = level - thick / 2 - 2 - height_of(rows)
        draw_rows(drawing.canvas, rows, end if side < 0 else end - width, top, width)
        align = "left" if side < 0 else "right"
        for n, (words, colour) in enumerate(zip(self.below(pull), ("delta", "ink"), strict=True)):
            at = level + thick / 2 + (n + 0.5) * LINE
            drawing.canvas.text(end, at, words, colour, align)

    def draw_name(self, x, y, out):
        """Write the name of the knot above it, or beside it where no rope is."""
        free = 0 if self.is_named_above else 1 if self.of[-1] else -1
        align = ("center", "left", "right")[free]
        place = (x + 14 * free, y) if free else (x, y - 24)
        self.drawing.canvas.text(*place, mathematics(out.latex), "forward", align)


def _side(pull):
    return 1 if pull.value < 0 else -1


def _draw_sum(drawing, knot, x, hangs, middle, bottom):
    """Draw what all pull together: a thread down from the knot at x to where it hangs on.

    Returns how far right and how far down that reaches.
    """
    end = bottom + ASIDE
    aside = (hangs - x) * BENT
    ys = np.append(middle, bottom + (end - bottom) * SHARES)
    xs = [x, *(x + aside), hangs]
    drawing.rope(xs, [*ys, end + 2], drawing.trace[knot.name].value)
    right = drawing.beside(x, bottom + LINE, mathematics(knot.latex), drawing.shown(knot), "delta")
    return right, end


def _draw_knot(canvas, x, y):
    canvas.box(x - 8, y - 8, 16, 16, "page", True, radius=ROUND)
    canvas.box(x - 8, y - 8, 16, 16, "delta", radius=ROUND)


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
    said = [f"{spoken(p.out.name)} pulls with {wish(p.value, fmt(p.value, digits))}" for p in pulls]
    said.append(f"the sum of the pulls, {spoken(knot.name)} {drawing.fmt(knot)}")
    said.append(f"times the slope {drawing.fmt(slope)}")
    return said + [
        f"{spoken(delta.name)} {drawing.fmt(delta)} times {fmt(came_in, digits)}: "
        f"{spoken(gradient.name)} {drawing.fmt(gradient)}"
        for gradient, delta, _, came_in in hung
    ]
