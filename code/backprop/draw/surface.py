"""A surface over two numbers as a map: a line through all places of equal height, each labelled."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from ..latex import fmt
from .canvas import Canvas, width_of
from .curves import STROKES, TEXT, WIDTH, Axis, draw_axes

TOP, BOTTOM, BELOW = 34, 384, 52
EDGE = 16  # pixels between a label and the right edge, so that its line shows on both sides
STEP = 3  # pixels between the places of a line where its label may stand


def surface(
    x: ArrayLike,
    y: ArrayLike,
    heights: ArrayLike,
    *,
    x_label: str,
    y_label: str,
    label: str = "E",
    levels: Iterable[float] | None = None,
    paths: Mapping[str, ArrayLike] | None = None,
    points: Sequence[tuple[float, float, str]] = (),
):
    """Draw the heights over x and y as lines of equal height, each with its height on it.

    x: (n,) and y: (m,), both rising; heights: (m, n), a row for each y; label: what the heights
    are; levels: those of the lines, in any order, by default about eight round ones. paths: {words:
    (k, 2)} of walks over the map, from a ring to a dot, the first solid and the others each in a
    stroke of its own, the words beside the ring, or beside the dot where walks share a ring;
    points: (x, y, words) of places. Raises ValueError for shapes that do not fit, for numbers that
    are not finite or do not rise, for levels none of which is between the heights, and for what
    lies off the map.
    """
    x, y, heights = _checked_map(x, y, heights)
    levels = _checked_levels(levels, heights)
    paths = {words: _on_the_map(words, path, x, y) for words, path in (paths or {}).items()}
    for px, py, words in points:
        _on_the_map(words, [(px, py)], x, y)
    xs, ys = Axis(x, log=False, tight=True), Axis(y, log=False, tight=True)
    left = max(width_of(tick, TEXT) for _, tick in ys.ticks) + 16
    right = WIDTH - width_of(xs.ticks[-1][1], TEXT) / 2 - 2

    def place(at):
        """Return the pixels of a place on the map, (2,), or of some, (k, 2)."""
        shares = np.stack([xs.share(at[..., 0]), ys.share(at[..., 1])], axis=-1)
        return np.array([left, BOTTOM]) + shares * np.array([right - left, TOP - BOTTOM])

    canvas, corners = Canvas(TEXT), (left, TOP, right, BOTTOM)
    draw_axes(canvas, xs, ys, (left, right, TOP, BOTTOM), x_label, y_label)
    taken = []  # the boxes of paths, dots and words: (left, top, right, bottom)
    for n, path in enumerate(paths.values()):
        walked = place(path)
        canvas.line(*walked.T, "update", 2.5, stroke=STROKES[n % len(STROKES)])
        _ring(canvas, *walked[0], "update")
        _dot(canvas, *walked[-1], "update")
        taken += [(px - 4, py - 4, px + 4, py + 4) for px, py in _evenly(walked, 8)]
    places = [place(np.array(at, dtype=float)) for *at, _ in points]
    for px, py in places:
        _dot(canvas, px, py, "ink")
        taken.append((px - 4, py - 4, px + 4, py + 4))
    starts = [tuple(path[0]) for path in paths.values()]
    named = [  # at its end, where another walk begins at the same ring
        place(path[-1] if starts.count(start) > 1 else path[0])
        for path, start in zip(paths.values(), starts, strict=True)
    ]
    said = [*paths, *(words for *_, words in points)]
    for at, words in zip(named + places, said, strict=True):
        _write_beside(canvas, *at, words, corners, taken)
    found = Figure().subplots().contour(x, y, heights, levels=levels).allsegs
    lines = [
        (level, place(line)) for level, pieces in zip(levels, found, strict=True) for line in pieces
    ]
    for level, line in lines:
        canvas.line(*line.T, "ink", 1)
        others = [_evenly(other, STEP) for at, other in lines if at != level]
        _label(canvas, line, fmt(level, 6), corners, taken, others)
    alt = _in_words((x, y, heights), levels, x_label, y_label, label, paths, points)
    return canvas.finish(WIDTH, BOTTOM + BELOW, alt)


def lowest(x: np.ndarray, y: np.ndarray, heights: np.ndarray):
    """Return the (x, y, height) of the places of a grid that are lower than all around them."""
    inside, low = heights[1:-1, 1:-1], np.ones(np.subtract(heights.shape, 2), dtype=bool)
    rows, columns = heights.shape
    for down in range(3):
        for across in range(3):
            if (down, across) != (1, 1):
                beside = heights[down : rows - 2 + down, across : columns - 2 + across]
                low &= inside < beside
    return [(x[j + 1], y[i + 1], inside[i, j]) for i, j in np.argwhere(low)]


# ---- what comes in -----------------------------------------------------------------------------


def _checked_map(x, y, heights):
    x, y, heights = (np.asarray(values, dtype=float) for values in (x, y, heights))
    if x.ndim != 1 or y.ndim != 1 or min(len(x), len(y)) < 3 or heights.shape != (len(y), len(x)):
        raise ValueError(
            "x and y take three numbers or more each, and the heights a row for each y and a "
            f"column for each x; got {x.shape}, {y.shape} and {heights.shape}"
        )
    if not all(np.isfinite(values).all() for values in (x, y, heights)):
        raise ValueError("x, y and the heights should be finite numbers")
    if (np.diff(x) <= 0).any() or (np.diff(y) <= 0).any():
        raise ValueError("x and y should rise from each number to the next")
    return x, y, heights


def _checked_levels(levels, heights):
    low, high = heights.min(), heights.max()
    if levels is None:
        levels = MaxNLocator(8, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    levels = sorted({float(level) for level in levels if low < level < high})
    if not levels:
        raise ValueError(f"no level lies between the heights, {low:g} to {high:g}")
    return levels


def _on_the_map(words, path, x, y):
    path = np.asarray(path, dtype=float)
    if path.ndim != 2 or path.shape[1] != 2 or not len(path):
        raise ValueError(f"{words!r} should be places (k, 2), at least one; got {path.shape}")
    low, high = (x[0], y[0]), (x[-1], y[-1])
    if not ((path >= low) & (path <= high)).all():  # nan too
        raise ValueError(f"{words!r} leaves the map, which goes from {low} to {high}")
    return path


# ---- drawing -----------------------------------------------------------------------------------


def _dot(canvas, x, y, colour):
    canvas.box(x - 4.5, y - 4.5, 9, 9, colour, filled=True, radius=5)


def _ring(canvas, x, y, colour):
    canvas.box(x - 5, y - 5, 10, 10, "page", filled=True, radius=5)
    canvas.box(x - 5, y - 5, 10, 10, colour, radius=5)


def _write_beside(canvas, x, y, words, corners, taken):
    """Write words under, over, right or left of a place, where most is free.

    taken: boxes of paths, dots and words, to which theirs is added.
    """
    half, tall = width_of(words, TEXT) / 2 + 3, 0.6 * TEXT
    left, top, right, bottom = corners
    boxes = np.array(taken)
    best, room = None, -np.inf
    for across, down in ((0, 18), (0, -18), (half + 8, 0), (-half - 8, 0)):
        middle = min(max(x + across, left + half), right - half)
        box = (middle - half, y + down - tall, middle + half, y + down + tall)
        if box[1] < top - tall or box[3] > bottom:
            continue
        free = _apart(box, boxes).min(initial=20)
        if free > room:
            best, room = box, free
    _plate(canvas, best, words)
    taken.append(best)


def _plate(canvas, box, words):
    """Write words in the middle of a box of the page's colour."""
    left, top, right, bottom = box
    canvas.box(left, top, right - left, bottom - top, "page", filled=True, radius=2)
    canvas.text((left + right) / 2, (top + bottom) / 2, words, align="center")


def _label(canvas, line, words, corners, taken, others):
    """Write a height on its line, where it is furthest from all else, if there is room.

    taken: boxes of paths, dots and words, to which its own is added; others: the places of the
    other lines.
    """
    half, tall = width_of(words, TEXT) / 2 + 3, 0.6 * TEXT
    left, top, right, bottom = corners
    boxes = np.array(taken + [(px, py, px, py) for other in others for px, py in other])
    best, room = None, 1
    for px, py in _evenly(line, STEP):
        box = (px - half, py - tall, px + half, py + tall)
        if box[0] < left + 2 or box[1] < top or box[2] > right - EDGE or box[3] > bottom - 2:
            continue
        free = _apart(box, boxes).min(initial=40)
        if free > room:
            best, room = box, free
    if best:
        _plate(canvas, best, words)
        taken.append(best)


def _evenly(line, step):
    """Return places on a line of pixels, `step` apart."""
    run = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    at = np.arange(0, run[-1] + 1e-9, step)
    return np.stack([np.interp(at, run, line[:, axis]) for axis in (0, 1)], axis=1)


def _apart(box, boxes):
    """Return how far a box is from each of (k, 4) boxes, below 0 where they overlap."""
    left, top, right, bottom = boxes.reshape(-1, 4).T
    across = np.maximum(left - box[2], box[0] - right)
    down = np.maximum(top - box[3], box[1] - bottom)
    return np.maximum(across, down)


# ---- in words ----------------------------------------------------------------------------------


def _near(value, values):
    """Return 0 for what differs from it by less than a thousandth of a range."""
    return 0.0 if abs(value) < 1e-3 * np.ptp(values) else value


def _in_words(surface, levels, x_label, y_label, label, paths, points):
    """The range, the lowest places inside, and where each path starts and ends."""
    x, y, heights = surface

    def at(px, py):
        row = [np.interp(px, x, line) for line in heights]
        over = fmt(_near(px, x), 2), fmt(_near(py, y), 2)
        return f"({', '.join(over)}), {label} {fmt(_near(np.interp(py, y, row), heights), 3)}"

    def corner(n):
        i, j = np.unravel_index(n, heights.shape)
        return at(x[j], y[i])

    said = [
        f"{label} over {x_label} from {fmt(x[0], 2)} to {fmt(x[-1], 2)} and {y_label} from "
        f"{fmt(y[0], 2)} to {fmt(y[-1], 2)}: least at {corner(heights.argmin())}, greatest at "
        f"{corner(heights.argmax())}",
        f"lines at {label} = {', '.join(fmt(level, 6) for level in levels)}",
    ]
    valleys = lowest(x, y, heights)
    if valleys:
        said.append("lower than all around: " + "; ".join(at(px, py) for px, py, _ in valleys))
    said += [
        f"path {words} goes from {at(*path[0])}, to {at(*path[-1])}"
        for words, path in paths.items()
    ]
    said += [f"marked: {words} at {at(px, py)}" for px, py, words in points]
    return "; ".join(said) + "."
