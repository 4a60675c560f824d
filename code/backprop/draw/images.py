"""What a network is shown and what it makes of it: images, and a table of its guesses."""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike

from ..latex import fmt
from ..tables import COLOURS
from .canvas import Canvas, width_of
from .picture import SIZE, Strip

POINT = 9  # of an image, in pixels, from one to the next
EDGE = 1.5  # of a square that is empty
CELL = 30  # of the table


def images(
    images: ArrayLike,
    labels: ArrayLike,
    guesses: ArrayLike | None = None,
    *,
    said: str | Sequence[str] = "A handwritten {}",
    point: float = POINT,
    framed: bool = False,
):
    """Draw images side by side, each with its label, or with its label and what it was read as.

    images: (n, rows, columns) of numbers, 0 for paper and the largest for ink: a point is a square
    with that share of its place; labels and guesses: (n,); said: what an image is, in words, with
    its label at the braces, for all or for each of them; point: pixels from one point to the next;
    framed: whether each has a frame at its edge. Raises ValueError for shapes that do not fit, for
    no image and for images that are nowhere above 0 or somewhere below.
    """
    images, labels = np.asarray(images), np.asarray(labels)
    if images.ndim != 3 or not images.size:
        raise ValueError(f"images take (n, rows, columns), none of them 0; got {images.shape}")
    if not (images.min() >= 0 and images.max() > 0):
        raise ValueError(
            f"images take numbers from 0, paper, and some above; got {images.min()} to "
            f"{images.max()}"
        )
    read = labels if guesses is None else np.asarray(guesses)
    each = np.asarray([said] * len(images) if isinstance(said, str) else said)
    for what, given in (("labels", labels), ("guesses", read), ("words", each)):
        if given.shape != images.shape[:1]:
            raise ValueError(f"{len(images)} images take as many {what}; got {given.shape}")
    shares = images / images.max()
    return Strip(
        _image(image, str(label), None if guesses is None else str(guess), words, point, framed)
        for image, label, guess, words in zip(shares, labels, read, each, strict=True)
    )


def kernels(kernels: ArrayLike, labels: ArrayLike, *, point: float = 16):
    """Draw kernels side by side: a weight above 0 is a full square, one below 0 an empty one.

    kernels: (n, rows, columns); the square of the largest weight of all, signs apart, fills its
    place, and the others have their share of that; labels: (n,); point: pixels from one weight to
    the next. Raises ValueError for shapes that do not fit, for no kernel and for weights all 0.
    """
    kernels, labels = np.asarray(kernels, dtype=float), np.asarray(labels)
    if kernels.ndim != 3 or not kernels.any():
        raise ValueError(f"kernels take (n, rows, columns), not all of them 0; got {kernels.shape}")
    if labels.shape != kernels.shape[:1]:
        raise ValueError(f"{len(kernels)} kernels take as many labels; got {labels.shape}")
    shares = kernels / abs(kernels).max()

    def words(weights):
        return " / ".join(", ".join(fmt(w, 2) for w in row) for row in weights)

    return Strip(
        _image(share, str(label), None, f"{{}}: {words(weights)}", point, True, "weights")
        for share, weights, label in zip(shares, kernels, labels, strict=True)
    )


def _image(shares, label, guess, said, point, framed=False, of="points"):
    words = label if guess is None else f"{label}, read as {guess}"
    width, height = (point * n for n in shares.shape[::-1])
    width = max(width, width_of(words) + 4)
    left, canvas = (width - point * shares.shape[1]) / 2, Canvas()
    if framed or not shares.any():  # an empty one has its frame
        canvas.box(left, 0, point * shares.shape[1], height, "ink", radius=0, faint=True)
    for is_full, signed in ((True, shares), (False, -shares)):
        corners = []
        for row, column in np.argwhere(signed > 0):
            side = point * np.sqrt(signed[row, column])
            half = max(side - (0 if is_full else EDGE), 0) / 2  # half of an edge is outside
            x, y = left + point * (column + 0.5), point * (row + 0.5)
            corners += [(x + half * dx, y + half * dy) for dx, dy in SQUARE]
        if corners:
            codes = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * (len(corners) // 5)
            fill, edge = (COLOURS["ink"], "none") if is_full else ("none", COLOURS["ink"])
            squares = Path(corners, codes)
            canvas.axes.add_patch(
                PathPatch(squares, facecolor=fill, edgecolor=edge, linewidth=EDGE)
            )
    canvas.text(width / 2, height + SIZE, words, align="center")
    said = said.format(label) + ("" if guess is None else f", read as {guess}")
    points = f"{shares.shape[0]} × {shares.shape[1]} {of}"
    return canvas.finish(width, height + 2 * SIZE, f"{said}; {points}.")


SQUARE = [(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]


def confusion(labels: ArrayLike, guesses: ArrayLike):
    """Draw how often each label was read as what: a row for a label, a column for a guess.

    labels, guesses: (n,), whole numbers from 0. What was read wrongly stands in a box. Raises
    ValueError for shapes that differ, for none, and for numbers that are not whole or below 0.
    """
    labels, guesses = np.asarray(labels), np.asarray(guesses)
    if labels.shape != guesses.shape or labels.ndim != 1 or not labels.size:
        raise ValueError(
            f"labels and guesses take one shape, (n,); got {labels.shape} and {guesses.shape}"
        )
    for what, given in (("labels", labels), ("guesses", guesses)):
        if given.dtype.kind not in "iu" or given.min() < 0:
            raise ValueError(f"{what} take whole numbers from 0, and hold {given.tolist()}")
    classes = 1 + max(labels.max(), guesses.max())
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (labels, guesses), 1)
    left, top, canvas, said = width_of("written") + 10, 58, Canvas(), []
    end = left + CELL * classes
    canvas.text((left + end) / 2, 10, "read as", align="center")
    canvas.text(0, 36, "written")
    canvas.line([left, end], [top - 4] * 2, "ink", 1)
    for row in range(classes):
        at = top + CELL * (row + 0.5)
        canvas.text(left + CELL * (row + 0.5), 36, str(row), align="center")
        canvas.text(left - 10, at, str(row), align="right")
        for column in np.flatnonzero(counts[row]):
            x = left + CELL * (column + 0.5)
            canvas.text(x, at, str(counts[row, column]), align="center")
            if row != column:
                canvas.box(x - 12, at - 11, 24, 22, "ink")
        others = [
            f"{counts[row, column]} read as {column}"
            for column in np.flatnonzero(counts[row])
            if column != row
        ]
        said.append(", ".join([f"{row}: {counts[row, row]} of {counts[row].sum()} right", *others]))
    alt = f"How often each label was read as what. {'; '.join(said)}."
    return canvas.finish(end, top + CELL * classes, alt)
