"""Where each of the four equations stands: at the outputs, between layers, at biases and weights."""

from itertools import product
from math import hypot

from .diagram import ACTIVE, ROUND, check_size
from .picture import DASHES, Sheet, width_of

ACROSS, DOWN, DOT = 80, 40, 8  # from layer to layer, from unit to unit, radius of a unit
LEFT, TOP = 22, 70  # of the first unit of the largest layer
STEM = 36  # below the lowest unit of layer l, to its bias

FACTORS = ("a^{(l-1)}", r"\delta^{(l)}", r"\delta^{(l+1)}")  # what layers l − 1, l and l + 1 give


def card(net):
    """Draw a network's layers, and on them BP1 to BP4 where each of them is at work.

    l is the last hidden layer, so that l + 1 is L: filled pills are outputs, dashed ones deltas,
    thick lines what goes back. Raises ValueError for a network without a hidden layer, and for one
    that is too large to draw.
    """
    sizes, sheet = check_size(net.names), Sheet()
    L = len(sizes) - 1
    if L < 2:
        raise ValueError("four equations need a hidden layer, and this network has none")
    l = L - 1
    bottom = TOP + DOWN * (max(sizes) - 1)

    def place(layer, j):
        return LEFT + ACROSS * layer, (TOP + bottom) / 2 + DOWN * (j - (sizes[layer] - 1) / 2)

    for layer, size in enumerate(sizes[1:], 1):
        look = {"faint": True}
        if layer == l:
            look = {"colour": "delta", "stroke": DASHES}
        elif layer == L:
            look = {"colour": "delta", "width": ACTIVE}
        for j, i in product(range(size), range(sizes[layer - 1])):
            ends = place(layer - 1, i), place(layer, j)
            sheet.line(*zip(*ends, strict=True), **look)
            if layer == L:
                _head(sheet, *ends)
    x, y = place(L, 0)
    loss = x + 56
    for k in range(sizes[L]):
        ends = (x, place(L, k)[1]), (loss - 9, (TOP + bottom) / 2)
        sheet.line(*zip(*ends, strict=True), colour="delta", width=ACTIVE)
        _head(sheet, *ends)
    sheet.text(loss, (TOP + bottom) / 2, "$E$", align="center")

    x, y = place(l, sizes[l] - 1)
    sheet.line([x, x], [y, y + STEM], "delta", stroke=DASHES)
    _sign(sheet, x, y + STEM, "BP3")
    for layer, size in enumerate(sizes):
        filled = layer < l
        for j in range(size):
            x, y = place(layer, j)
            for colour, full in (("page", True), ("forward" if filled else "delta", filled)):
                stroke = "-" if filled or full else DASHES
                sheet.box(
                    x - DOT, y - DOT, 2 * DOT, 2 * DOT, colour, full, radius=ROUND, stroke=stroke
                )
    middle = (TOP + bottom) / 2
    _sign(sheet, LEFT + ACROSS * (l - 0.5), middle, "BP4")
    _sign(sheet, LEFT + ACROSS * (L - 0.5), middle, "BP2")
    _sign(sheet, (LEFT + ACROSS * L + loss) / 2, middle - 26, "BP1")

    letters = {l - 1: "l-1", l: "l", L: "l+1 = L"}
    for layer, letter in letters.items():
        x = LEFT + ACROSS * layer
        sheet.text(x, 12, f"${letter}$", align="center")
        colour = "forward" if layer < l else "delta"
        sheet.text(x, 36, f"${FACTORS[layer - l + 1]}$", colour, "center")
    sheet.text(LEFT - DOT, 12, "layer")
    shape = "-".join(map(str, sizes))
    alt = (
        f"A {shape} network; l is layer {l}, the last hidden one. BP1 stands between the loss and "
        f"the outputs, and gives their deltas. BP2 stands on the weights from layer {l} to layer "
        f"{L}, and carries the deltas back to layer {l}. BP3 stands at the biases of layer {l}. "
        f"BP4 stands on the weights from layer {l - 1} to layer {l}."
    )
    return sheet.finish(loss + 16, max(bottom + DOT, y + STEM) + 16, alt)


def _head(sheet, end, start):
    """Draw the head of an arrow that comes from `start`, at the edge of a unit at `end`."""
    (x, y), (x0, y0) = end, start
    length = hypot(x0 - x, y0 - y)
    ux, uy = (x0 - x) / length, (y0 - y) / length
    tip_x, tip_y = x + (DOT + 2) * ux, y + (DOT + 2) * uy
    wings = [(tip_x + 8 * ux + s * 5 * uy, tip_y + 8 * uy - s * 5 * ux) for s in (1, -1)]
    xs, ys = zip(wings[0], (tip_x, tip_y), wings[1], strict=True)
    sheet.line(xs, ys, "delta", 2)


def _sign(sheet, x, y, words):
    """Write the name of an equation on what lies below it."""
    width = width_of(words) + 12
    sheet.box(x - width / 2, y - 11, width, 22, "page", True)
    sheet.box(x - width / 2, y - 11, width, 22, "ink")
    sheet.text(x, y, words, align="center")
