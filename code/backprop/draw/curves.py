"""Curves over one axis: each with its label at its end, no legend and no grid."""

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from math import ceil, floor

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from ..latex import SCIENTIFIC_BELOW, SUPERSCRIPT, fmt
from ..names import unknown
from ..tables import COLOURS
from .canvas import Canvas, width_of

TEXT = 16.5  # of text, so that it is still readable where a phone shows the plot smaller
WIDTH, HEIGHT = 432, 300
STROKES = ["-", (0, (7, 3)), (0, (2, 2.5)), (0, (7, 2.5, 2, 2.5))]  # the cue for equal colours


def curves(
    x: ArrayLike,
    lines: Mapping[str, ArrayLike],
    *,
    x_label: str,
    y_label: str = "",
    log: str = "",
    colours: Sequence[str] = (),
    marks: Sequence[tuple[float, float, str]] = (),
    label_at: Sequence[float] = (),
):
    """Draw curves over `x`, each with its label at its end.

    lines: {label: values}, each as long as x; log: `""`, `"x"`, `"y"` or `"xy"`, where points that
    are not above 0 are left out; colours: roles of the palette, one a line, or ink for all, which
    then differ in their strokes; marks: (x, y, text) of single points; label_at: an x for each
    line, where its label is beside it instead, for lines that end at one height. Raises ValueError
    for nothing to draw, lengths that differ, values that are not finite and another `log`, KeyError
    for an unknown colour.
    """
    lines = _checked_lines(x, lines, log)
    roles = list(colours) or ["ink"] * len(lines)
    if len(roles) != len(lines):
        raise ValueError(f"{len(lines)} lines take as many colours, or none; got {len(roles)}")
    if len(label_at) not in (0, len(lines)):
        raise ValueError(f"{len(lines)} lines take as many places of labels; got {len(label_at)}")
    for role in roles:
        if role not in COLOURS:
            raise KeyError(unknown(role, COLOURS, "colour"))
    strokes = STROKES if len(set(roles)) < len(lines) else ["-"]
    canvas = Canvas(TEXT)
    xs = Axis(np.concatenate([line_x for line_x, _ in lines.values()]), "x" in log, tight=True)
    ys = Axis(np.concatenate([line_y for _, line_y in lines.values()]), "y" in log, most=9)
    left = max(width_of(tick, TEXT) for _, tick in ys.ticks) + 16
    at_ends = [] if label_at else [width_of(label, TEXT) + 13 for label in lines]
    right = WIDTH - max(*at_ends, 13, width_of(xs.ticks[-1][1], TEXT) / 2 + 2)
    top, bottom = 34, HEIGHT - 52

    def across(value):
        return left + (right - left) * xs.share(value)

    def up(value):
        return bottom - (bottom - top) * ys.share(value)

    draw_axes(canvas, xs, ys, (left, right, top, bottom), x_label, y_label)
    if "y" not in log and ys.low < 0 < ys.high:
        canvas.line([left, right], [up(0), up(0)], "ink", 1, faint=True)
    ends = _apart([up(line_y[-1]) for _, line_y in lines.values()], 1.45 * TEXT, bottom - 8)
    drawn = [(across(line_x), up(line_y)) for line_x, line_y in lines.values()]
    for n, label in enumerate(lines):
        canvas.line(*drawn[n], roles[n], 2, stroke=strokes[n % len(strokes)])
        if label_at:
            px = across(label_at[n])
            canvas.text(px + 8, np.interp(px, *drawn[n]) - 10, label, roles[n])
        else:
            canvas.text(right + 8, ends[n], label, roles[n])
    drawn.append(([left, right], [bottom, bottom]))
    for mark_x, mark_y, words in marks:
        px, py = across(mark_x), up(mark_y)
        canvas.box(px - 4, py - 4, 8, 8, "ink", filled=True, radius=4)
        canvas.text(px + 8, py + _beside(px, py, words, drawn), words)
    return canvas.finish(WIDTH, HEIGHT, _curves_in_words(lines, x_label, y_label, marks, log))


def draw_axes(
    canvas: Canvas,
    xs: "Axis",
    ys: "Axis",
    corners: tuple[float, float, float, float],
    x_label: str,
    y_label: str,
):
    """Draw both axes with their ticks and labels; corners: (left, right, top, bottom)."""
    left, right, top, bottom = corners
    canvas.line([left, left, right], [top, bottom, bottom], "ink", 1)
    for value, tick in xs.ticks:
        x = left + (right - left) * xs.share(value)
        canvas.line([x, x], [bottom, bottom + 5], "ink", 1)
        canvas.text(x, bottom + 17, tick, "ink", "center")
    for value, tick in ys.ticks:
        y = bottom - (bottom - top) * ys.share(value)
        canvas.line([left - 5, left], [y, y], "ink", 1)
        canvas.text(left - 9, y, tick, "ink", "right")
    canvas.text(0, 11, y_label)
    canvas.text(right, bottom + 40, x_label, "ink", "right")


def _beside(x, y, words, drawn):
    """Return how far below a mark its words stand: a little above it, unless a line is there."""

    def room(offset):
        """Return how far the nearest line is from the words, which begin right of the mark."""
        over = np.linspace(x + 8, x + 8 + width_of(words, TEXT), 9)
        return min(np.abs(np.interp(over, *curve) - y - offset).min() for curve in drawn)

    return max(-10, 14, key=lambda offset: min(room(offset), 0.6 * TEXT))


def _checked_lines(x, lines, log):
    """Return {label: (xs, ys)}, the points that can be drawn; ValueError if they cannot."""
    if log not in ("", "x", "y", "xy"):
        raise ValueError(f'log should be "", "x", "y" or "xy", and is {log!r}')
    if not lines:
        raise ValueError("there is no line to draw")
    x, drawn = np.asarray(x, dtype=float), {}
    for label, values in lines.items():
        values = np.asarray(values, dtype=float)
        if values.shape != x.shape or x.ndim != 1:
            raise ValueError(
                f"{label!r} should have one value for each x; their shapes are {values.shape} and "
                f"{x.shape}"
            )
        if not (np.isfinite(values).all() and np.isfinite(x).all()):
            raise ValueError(f"{label!r} should be made of finite numbers")
        keep = (("x" not in log) | (x > 0)) & (("y" not in log) | (values > 0))
        if keep.sum() < 2:
            raise ValueError(f"{label!r} has fewer than two points to draw")
        drawn[label] = x[keep], values[keep]
    return drawn


class Axis:
    """From values to shares of an axis; `ticks` are (value, text).

    A log axis starts and ends at a power of ten, and its ticks, `most` at most, are 1 and every so
    many powers from there; another starts and ends at a tick, or if `tight` at the data.
    """

    def __init__(self, values: np.ndarray, log: bool, tight: bool = False, most: int = 6):
        self.log = log
        low, high = self._scaled(values.min()), self._scaled(values.max())
        if low == high:
            low, high = low - 1, high + 1
        if log:
            self.low, self.high = floor(low + 1e-9), ceil(high - 1e-9)
            step = _step_of_powers(self.high - self.low, most - 1)
            exponents = range(step * ceil(self.low / step), self.high + 1, step)
            plain = 4 if exponents[-1] <= 4 else 1  # one way of writing for all of an axis
            self.ticks = [(10.0**n, _power(n, plain)) for n in exponents]
        else:
            ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
            self.low, self.high = (low, high) if tight else (ticks[0], ticks[-1])
            ticks = ticks[(self.low <= ticks) & (ticks <= self.high)]
            self.ticks = [(tick, fmt(tick, 6)) for tick in ticks]

    def _scaled(self, values):
        return np.log10(values) if self.log else values

    def share(self, value: float | np.ndarray):
        return (self._scaled(value) - self.low) / (self.high - self.low)


def _step_of_powers(decades, steps):
    """From one tick to the next, in powers of ten: a number easy to add, at most so many times."""
    rough, tens = decades / steps, 1
    while rough > 10 * tens:
        tens *= 10
    return next(n * tens for n in (1, 2, 3, 5, 10) if rough <= n * tens)


def _power(exponent, most):
    """A power of ten as a tick: written out up to the exponent `most`."""
    return f"{10**exponent:,}" if 0 <= exponent <= most else f"10$^{{{exponent}}}$"


def _apart(heights, least, lowest):
    """Heights of labels, moved so that no two are nearer than `least` and none below `lowest`."""
    order = np.argsort(heights)
    moved = np.array(heights, dtype=float)
    for _ in heights:
        for above, below in pairwise(order):
            lacking = max(0, least - (moved[below] - moved[above]))
            moved[above] -= lacking / 2
            moved[below] += lacking / 2
    for n in order[::-1]:
        moved[n] = min(moved[n], lowest)
        lowest = moved[n] - least
    return moved


def _curves_in_words(lines, x_label, y_label, marks, log):
    """Where each curve starts, is half way and ends, is least and greatest; where two cross."""

    def short(value):
        if abs(value) >= 1e6:
            mantissa, exponent = f"{value:.1e}".split("e")
            return f"{fmt(float(mantissa), 1)} × 10{str(int(exponent)).translate(SUPERSCRIPT)}"
        return fmt(value, 3 if abs(value) < SCIENTIFIC_BELOW else 4)

    said = []
    for label, (xs, ys) in lines.items():
        start, half, end = (f"{short(ys[n])} at {short(xs[n])}" for n in (0, len(xs) // 2, -1))
        words = f"{label} goes from {start} through {half} to {end}"
        if ys.argmin() not in (0, len(ys) - 1) and ys.argmax() in (0, len(ys) - 1):
            words += ", falling to a lowest point and rising again"
        for extreme, n in (("least", ys.argmin()), ("greatest", ys.argmax())):
            if n not in (0, len(ys) - 1):
                words += f", {extreme} {short(ys[n])} at {short(xs[n])}"
        said.append(words)
    through_zero = {
        label: _rough(_crossings(xs, ys, np.zeros_like(ys), log))
        for label, (xs, ys) in lines.items()
        if "y" not in log
    }
    for label, places in through_zero.items():
        said += [f"{label} crosses 0 near {short(place)}" for place in places]
    for (a, (xs, first)), (b, (over, second)) in combinations(lines.items(), 2):
        if np.array_equal(xs, over):
            # a sum meets one of its two terms where the other one is 0, which is said already
            zeros = {p for label in through_zero.keys() - {a, b} for p in through_zero[label]}
            places = [p for p in _rough(_crossings(xs, first, second, log)) if p not in zeros]
            said += [f"{a} and {b} cross near {short(place)}" for place in places]
    said += [f"marked: {words or 'a dot'} at {short(x)}, {short(y)}" for x, y, words in marks]
    return f"{y_label or 'Curves'} against {x_label}. {'; '.join(said)}."


def _rough(places):
    return [float(f"{place:.3g}") for place in places[:3]]


def _crossings(x, first, second, log):
    """Return where the upper of two curves becomes the lower, not where they only meet.

    The place is that of the drawn lines: between two points, straight on the scales of the plot.
    """
    across = np.log(x) if "x" in log else x
    above = np.log(first / second) if "y" in log else first - second
    apart = np.flatnonzero(above)
    n = np.flatnonzero(np.diff(np.sign(above[apart])))
    before, after = apart[n], apart[n + 1]
    share = above[before] / (above[before] - above[after])
    places = across[before] + share * (across[after] - across[before])
    return np.exp(places) if "x" in log else places
