"""The four equations, each where it stands in a network: at outputs, weights and biases."""

from itertools import product
from math import hypot

from ..network import Network
from .canvas import DASHES, Canvas, width_of
from .diagram import ACTIVE, ROUND, check_size

ACROSS, DOWN, DOT = 80, 40, 8  # from layer to layer, from unit to unit, radius of a unit
LEFT, TOP = 22, 70  # of the first unit of the largest layer
STEM = 36  # below the lowest unit of layer l, to its bias

COLUMNS = (  # a layer's number, what the equations take from it or give it, and its colour
    ("$l-1$", "$a^{(l-1)}$", "forward"),
    ("$l$", r"$\delta^{(l)}$", "delta"),
    ("$l+1 = L$", r"$\delta^{(l+1)}$", "delta"),
)


def equations(net: Network):
    """Draw a network's layers, and on them BP1 to BP4 where each of them is at work.

    l is the last hidden layer, so that l + 1 is L: filled pills are outputs, dashed ones deltas,
    thick lines what goes back. Raises ValueError for a network without a hidden layer, and for one
    that is too large to draw.
    """
    sizes, canvas = check_size(net.names), Canvas()
    L = len(sizes) - 1
    if L < 2:
        raise ValueError("four equations need a hidden layer, and this network has none")
    l = L - 1
    bottom = TOP + DOWN * (max(3, *sizes) - 1)
    middle = (TOP + bottom) / 2

    def place(layer, j):
        return LEFT + ACROSS * layer, middle + DOWN * (j - (sizes[layer] - 1) / 2)

    for layer, size in enumerate(sizes[1:], 1):
        look = {"faint": True}
        if layer == l:
            look = {"colour": "delta", "stroke": DASHES}
        elif layer == L:
            look = {"colour": "delta", "width": ACTIVE}
        for j, i in product(range(size), range(sizes[layer - 1])):
            ends = place(layer - 1, i), place(layer, j)
            canvas.line(*zip(*ends, strict=True), **look)
            if layer == L:
                _head(canvas, *ends)
    loss = LEFT + ACROSS * L + 56
    for k in range(sizes[L]):
        ends = place(L, k), (loss - 9, middle)
        canvas.line(*zip(*ends, strict=True), colour="delta", width=ACTIVE)
        _head(canvas, *ends)
    canvas.text(loss, middle, "$E$", align="center")

    x, y = place(l, sizes[l] - 1)
    canvas.line([x, x], [y, y + STEM], "delta", stroke=DASHES)
    _sign(canvas, x, y + STEM, "BP3")
    for layer, size in enumerate(sizes):
        for j in range(size):
            x, y = place(layer, j)
            corner = x - DOT, y - DOT, 2 * DOT, 2 * DOT
            if layer < l:
                canvas.box(*corner, "forward", True, radius=ROUND)
            else:
                canvas.box(*corner, "page", True, radius=ROUND)
                canvas.box(*corner, "delta", radius=ROUND, stroke=DASHES)
    _sign(canvas, LEFT + ACROSS * (l - 0.5), middle, "BP4")
    _sign(canvas, LEFT + ACROSS * (L - 0.5), middle, "BP2")
    _sign(canvas, (LEFT + ACROSS * L + loss) / 2, middle - 26, "BP1")

    for layer, (letter, gives, colour) in zip((l - 1, l, L), COLUMNS, strict=True):
        x = LEFT + ACROSS * layer
        canvas.text(x, 12, letter, align="center")
        canvas.text(x, 36, gives, colour, "center")
    if l > 1:  # else l - 1 stands here
        canvas.text(LEFT - DOT, 12, "layer")
    shape = "-".join(map(str, sizes))
    alt = (
        f"A {shape} network; l is layer {l}, the last hidden one. BP1 stands between the loss and "
        f"the outputs, and gives their deltas. BP2 is on the weights from layer {l} to layer "
        f"{L}, and carries the deltas back to layer {l}. BP3 is at the biases of layer {l}. "
        f"BP4 is on the weights from layer {l - 1} to layer {l}."
    )
    return canvas.finish(loss + 16, max(bottom + DOT, y + STEM) + 16, alt)


def _head(canvas, end, start):
    """Draw the head of an arrow that comes from `start`, at the edge of a unit at `end`."""
    (x, y), (x0, y0) = end, start
    length = hypot(x0 - x, y0 - y)
    ux, uy = (x0 - x) / length, (y0 - y) / length
    tip_x, tip_y = x + (DOT + 2) * ux, y + (DOT + 2) * uy
    wings = [(tip_x + 8 * ux + s * 5 * uy, tip_y + 8 * uy - s * 5 * ux) for s in (1, -1)]
    xs, ys = zip(wings[0], (tip_x, tip_y), wings[1], strict=True)
    canvas.line(xs, ys, "delta", 2)


def _sign(canvas, x, y, words):
    """Write the name of an equation on what lies below it."""
    width = width_of(words) + 12
    canvas.box(x - width / 2, y - 11, width, 22, "page", True)
    canvas.box(x - width / 2, y - 11, width, 22, "ink")
    canvas.text(x, y, words, align="center")
