"""What a network is shown and what it makes of it: images, and a table of its guesses."""

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike

from ..tables import COLOURS
from .canvas import Canvas, width_of
from .picture import SIZE, Strip

POINT = 9  # of an image, in pixels, from one to the next
CELL = 30  # of the table


def images(
    images: ArrayLike,
    labels: ArrayLike,
    guesses: ArrayLike | None = None,
    *,
    said: str = "A handwritten {}",
):
    """Draw images side by side, each with its label, or with its label and what it was read as.

    images: (n, rows, columns) of numbers, 0 for paper and the largest for ink: a point is a square
    with that share of its place; labels and guesses: (n,); said: what an image is, in words, with
    its label at the braces. Raises ValueError for shapes that do not fit, for no image and for
    images that are nowhere above 0 or somewhere below.
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
    for what, given in (("labels", labels), ("guesses", read)):
        if given.shape != images.shape[:1]:
            raise ValueError(f"{len(images)} images take as many {what}; got {given.shape}")
    shares = images / images.max()
    return Strip(
        _image(image, str(label), None if guesses is None else str(guess), said)
        for image, label, guess in zip(shares, labels, read, strict=True)
    )


def _image(shares, label, guess, said):
    words = label if guess is None else f"{label}, read as {guess}"
    width, height = (POINT * n for n in shares.shape[::-1])
    width = max(width, width_of(words) + 4)
    left, canvas = (width - POINT * shares.shape[1]) / 2, Canvas()
    corners = []
    for row, column in np.argwhere(shares > 0):
        half = POINT * np.sqrt(shares[row, column]) / 2
        x, y = left + POINT * (column + 0.5), POINT * (row + 0.5)
        corners += [(x + half * dx, y + half * dy) for dx, dy in SQUARE]
    if corners:
        codes = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY] * (len(corners) // 5)
        ink = PathPatch(Path(corners, codes), facecolor=COLOURS["ink"], edgecolor="none")
        canvas.axes.add_patch(ink)
    canvas.text(width / 2, height + SIZE, words, align="center")
    said = said.format(label) + ("" if guess is None else f", read as {guess}")
    points = f"{shares.shape[0]} × {shares.shape[1]} points"
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
