"""Images, kernels and maps as grids of numbers; a convolutional network with every number."""

import re
from typing import NamedTuple

import numpy as np

from ..latex import fmt
from ..names import Symbol, derivative, unknown
from ..trace import Trace
from .canvas import Canvas, width_of
from .diagram import STYLES, Row, mathematics, shown

LEAST, TALL = 30, 28  # of a cell, in pixels: its least width, its height
TITLE = 28  # the height of the line above a grid
GAP, APART = 12, 20  # between two pieces of a network, of a row
MARGIN = 1  # for frames at the edge
SHADE = 0.45  # of the darkest cell: ink is still easy to read on it


class Grid(NamedTuple):
    """Numbers in rows and columns.

    title: words, mathematics between dollars; kind: one of `diagram.STYLES`; values: (rows,
    columns); framed: windows with a frame around them, each (row, column, rows, columns), from 0;
    shaded: whether a cell is the darker, the larger its value is, signs apart, its number in ink.
    """

    title: str
    kind: str
    values: np.ndarray
    framed: tuple = ()
    shaded: bool = False


def grids(*pieces: Grid | str, digits: int = 3):
    """Draw grids side by side; pieces: each a `Grid`, or words that stand between two.

    digits: decimals shown. Raises KeyError for an unknown kind, ValueError for values that are not
    in rows and columns.
    """
    canvas, x = Canvas(), MARGIN
    tallest = max(_height(piece) for piece in pieces if isinstance(piece, Grid))
    for piece in pieces:
        if isinstance(piece, Grid):
            _draw(canvas, piece, x, (tallest - _height(piece)) / 2, digits)
            x += _width(piece, digits) + APART
        else:
            canvas.text(x, TITLE + (tallest - TITLE) / 2, piece)
            x += width_of(piece) + APART
    said = "; ".join(in_words(p, digits) if isinstance(p, Grid) else _plain(p) for p in pieces)
    return canvas.finish(x - APART + MARGIN, tallest + 3, f"Grids of numbers. {said}.")


def in_words(grid: Grid, digits: int):
    """Return a grid as words: its title, its numbers, row by row, and its frames."""
    rows = " / ".join(", ".join(fmt(value, digits) for value in row) for row in _checked(grid))
    frames = " and ".join(
        f"{_ends('row', row, rows)} of {_ends('column', column, columns)}"
        for row, column, rows, columns in grid.framed
    )
    return f"{_plain(grid.title)}: {rows}" + (f" (framed: {frames})" if frames else "")


def _ends(what, first, count):
    """Return the rows or columns of a frame in words, counted from 1."""
    return f"{what} {first + 1}" if count == 1 else f"{what}s {first + 1} to {first + count}"


def _plain(words):
    """Return words without the signs of LaTeX, which nobody should have to hear."""
    return re.sub(r"[\\${}]", "", words.replace(r"\partial ", "d"))


def _checked(grid):
    if grid.kind not in STYLES:
        raise KeyError(unknown(grid.kind, STYLES, "kind"))
    values = np.asarray(grid.values, dtype=float)
    if values.ndim != 2 or not values.size:
        raise ValueError(f"a grid takes (rows, columns), neither of them 0; got {values.shape}")
    return values


def _cell(grid, digits):
    """Return the width of a grid's cells."""
    return max(LEAST, *(width_of(shown(value, digits)) + 8 for value in _checked(grid).flat))


def _width(grid, digits):
    return max(_cell(grid, digits) * _checked(grid).shape[1], width_of(grid.title))


def _height(grid):
    return TITLE + TALL * len(_checked(grid))


def _draw(canvas, grid, x, y, digits):
    """Draw a grid, (x, y) its upper left corner; a 0 stands plain among deltas and gradients."""
    values, cell = _checked(grid), _cell(grid, digits)
    middle = x + _width(grid, digits) / 2
    canvas.text(middle, y + TITLE / 2 - 2, grid.title, STYLES[grid.kind][0], "center")
    x, y = middle - cell * values.shape[1] / 2, y + TITLE
    most = abs(values).max() or 1
    for (row, column), value in np.ndenumerate(values):
        if grid.shaded:
            share = abs(value) / most
            canvas.ground(x + cell * column, y + TALL * row, cell, TALL, "delta", SHADE * share)
        kind = "slope" if value == 0 and STYLES[grid.kind][0] == "delta" else grid.kind
        if grid.shaded:
            kind = "target"  # in ink, which is read on every ground
        left, words = x + cell * column, shown(value, digits)
        if STYLES[kind][1] == "underlined":  # under its figures, not under the cell
            own = Row(kind, "", words)
            own.draw(canvas, left + (cell - own.width) / 2, y + TALL * row + 2, own.width)
        else:
            Row(kind, "", words).draw(canvas, left + 1, y + TALL * row + 2, cell - 2)
    for row, column, rows, columns in grid.framed:
        left, top = x + cell * column, y + TALL * row
        canvas.box(left, top, cell * columns, TALL * rows, "ink")


# ---- a network ---------------------------------------------------------------------------------

COLUMNS = {  # of each way: (arrow to the next, what is done there, grid, the grids below it)
    "forward": (
        (r"$\to$", "$k$, $b$", "x", ("k", "b")),
        (r"$\to$", "ReLU", "z", ()),
        (r"$\to$", "max", "a", ("w", "b_out")),
        (r"$\to$", "$W$, $b$", "p", ()),
        (r"$\to$", "sigmoid", "net", ("t",)),
        ("", "", "out", ("E",)),
    ),
    "back": (
        (r"$\leftarrow$", "$k$", "dE_dx", ("dE_dk", "dE_db")),
        (r"$\leftarrow$", "ReLU", "delta", ()),
        (r"$\leftarrow$", "max", "dE_da", ("dE_dw", "dE_db_out")),
        (r"$\leftarrow$", "$W$", "dE_dp", ()),
        ("", "", "delta_out", ("dE_dout",)),
    ),
}


def convnet(trace: Trace, way: str = "forward", *, digits: int | None = None):
    """Draw a `convnet.trace_of_convnet` with every number of one way.

    way: `"forward"`, from the image to the loss, or `"back"`, from the loss to the image. digits:
    decimals; three on the way back unless given. Raises KeyError for another way.
    """
    if way not in COLUMNS:
        raise KeyError(unknown(way, COLUMNS, "way"))
    digits = digits or (trace.digits if way == "forward" else 3)
    known = _grids_of(trace)
    columns = [
        (arrow, words, known[upper], [known[name] for name in lower])
        for arrow, words, upper, lower in COLUMNS[way]
    ]
    canvas, x = Canvas(), MARGIN
    tall = max(_height(upper) for _, _, upper, _ in columns)
    low = max(_height(grid) for *_, lower in columns for grid in lower)
    for arrow, words, upper, lower in columns:
        below = sum(_width(grid, digits) + GAP for grid in lower) - GAP
        width = max(_width(upper, digits), below)
        _draw(
            canvas,
            upper,
            x + (width - _width(upper, digits)) / 2,
            (tall - _height(upper)) / 2,
            digits,
        )
        left = x + (width - below) / 2
        for grid in lower:
            _draw(canvas, grid, left, tall + GAP, digits)
            left += _width(grid, digits) + GAP
        x += width + GAP
        if arrow:
            middle, half = TITLE + (tall - TITLE) / 2, max(width_of(words), width_of(arrow)) / 2
            canvas.text(x + half, middle - 10, words, align="center")
            canvas.text(x + half, middle + 8, arrow, align="center")
            x += 2 * half + GAP
    said = "; ".join(in_words(g, digits) for *_, upper, lower in columns for g in (upper, *lower))
    towards = "from the image to the loss" if way == "forward" else "from the loss to the image"
    alt = f"A convolutional network with all its numbers, {towards}. {said}."
    return canvas.finish(x - GAP + MARGIN, tall + GAP + low + 3, alt)


def _grids_of(trace):
    """Return the grids of a network by the names of COLUMNS; a vector is a column."""
    names, total = trace.names, trace.names.total

    def plane(letter):  # z11, z12, … in rows
        found = [step for step in trace if re.fullmatch(rf"{letter}\d\d", step.name)]
        columns = max(int(step.name[-1]) for step in found)
        symbols = [Symbol(step.name, step.symbol) for step in found]
        return [symbols[i : i + columns] for i in range(0, len(symbols), columns)]

    def column(symbols):
        return [[symbol] for symbol in symbols]

    def grid(kind, title, rows, framed=()):
        return Grid(
            mathematics(title),
            kind,
            [[trace[symbol.name].value for symbol in row] for row in rows],
            framed,
        )

    def by(kind, letter, rows):
        slopes = [[derivative(total, symbol) for symbol in row] for row in rows]
        return grid(kind, derivative(total, Symbol("", letter)).latex, slopes)

    x, k, z, a, p = map(plane, "xkzap")
    bias, size = [[Symbol("b", "b")]], len(a) // len(p)
    pools = [(size * r, size * c, size, size) for r, c in np.ndindex(len(p), len(p[0]))]
    w, b_out, out = names.w[1], column(names.b[1]), column(names.out[1])
    return {
        "x": grid("out", "x", x),
        "k": grid("weight", "k", k),
        "b": grid("weight", "b", bias),
        "z": grid("net", "z", z),
        "a": grid("out", "a", a, pools),
        "w": grid("weight", "W^{(2)}", w),
        "b_out": grid("weight", "b^{(2)}", b_out),
        "p": grid("out", "p", p),
        "net": grid("net", "z^{(2)}", column(names.net[1])),
        "out": grid("out", "a^{(2)}", out),
        "t": grid("target", "t", column(names.t)),
        "E": grid("error", "E", [[total]]),
        "dE_dx": by("gradient", "x", x),
        "dE_dk": by("gradient", "k", k),
        "dE_db": by("gradient", "b", bias),
        "delta": grid("delta", r"\delta", plane("delta")),
        "dE_da": by("slope", "a", a)._replace(framed=pools),
        "dE_dw": by("gradient", "W^{(2)}", w),
        "dE_db_out": by("gradient", "b^{(2)}", b_out),
        "dE_dp": by("slope", "p", p),
        "delta_out": grid("delta", r"\delta^{(2)}", column(names.delta[1])),
        "dE_dout": by("slope", "a^{(2)}", out),
    }
