"""The pass on a page: a canvas of paper for the wall, A4 across.

At the left the network with every number of its trace, at the right the five labels, each with its
formula between whole layers, the shape of every factor and the numbers, below the index rule.
"""

import re

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from ..formulas import NOTATIONS
from ..names import derivative, updated
from ..trace import LABELS, Trace
from .canvas import width_of
from .diagram import shown
from .network import drawn_network

A4 = 297 / 25.4, 210 / 25.4  # inches
DIGITS = 6
MARGIN, BETWEEN = 44, 40  # round all; from the network to the five lines
HEAD, LARGE, SMALL = 34, 16, 13  # sizes of text, beside the canvas's own
ROW, SPACE, APART = 24, 34, 22  # of an array; below it, for its shape; below a label's arrays
COLOUR_OF = {  # of a label: the colour of its results
    "forward": "forward",
    "output delta": "delta",
    "hidden delta": "delta",
    "gradients": "delta",
    "update": "update",
}
FORMULAS = {
    "forward": ("net-input", "output"),
    "output delta": ("output-delta",),
    "hidden delta": ("hidden-delta",),
    "gradients": ("weight-gradient", "bias-gradient"),
    "update": ("update",),
}
INDEX_RULE = (
    r"$i \to j \to k$ follow the signal: $i$ in layer $l-1$, $j$ in $l$, $k$ in $l+1$; "
    "the input is layer 0.",
    r"$w_{ji}^{(l)}$ leads to $j$, from $i$: a row of $W^{(l)}$ holds what leads into one unit,",
    "a column what leads out of one.",
    "Forward, a row collects what arrives at a unit; backward, a column what is asked of one.",
)
FRACTION = re.compile(r"\\frac\{([^{}]+)\}\{((?:[^{}]|\{[^{}]*\})+)\}")


def poster(trace: Trace):
    """Return the Picture, of the size of the paper, of one pass of a network with a hidden layer.

    trace: of a network of three layers, with a learning rate; the title says that its units are
    sigmoids and its biases frozen, as in S4. Raises ValueError for a trace without
    an update and for another number of layers, and as `draw.network`.
    """
    layers = len(trace.names.out)
    if layers != 3:
        raise ValueError(
            f"the page holds inputs, one hidden layer and outputs; this network has {layers} layers"
        )
    if not trace.labelled("update"):
        raise ValueError("the page shows an update: make the trace with a learning rate")
    diagram, alt = drawn_network(trace, None, DIGITS)
    canvas, numbers, top = diagram.canvas, _Numbers(trace), -HEAD - 48  # above the network, a title
    y, end = top + HEAD / 2, 0
    for label, rows in _rows(numbers).items():
        y, right = _line(canvas, diagram.width + BETWEEN, y, label, rows)
        end = max(end, right)
    width = end + 2 * MARGIN
    bottom = top + width * A4[1] / A4[0] - 2 * MARGIN
    _title(canvas, trace, top)
    _index_rule(canvas, numbers, diagram.height + 64)
    canvas.text(0, bottom - SMALL / 2, "Backpropagation, Number by Number, CC BY 4.0", size=SMALL)
    picture = canvas.finish(width, bottom - top + 2 * MARGIN, alt)
    canvas.axes.set(xlim=(-MARGIN, width - MARGIN), ylim=(bottom + MARGIN, top - MARGIN))
    _to_paper(picture.figure, A4[0] * 72 / width)
    return picture


class _Numbers:
    """The arrays of a trace, by quantity and layer."""

    def __init__(self, trace):
        self.trace, self.names = trace, trace.names

    def values(self, symbols):
        return np.array([self.trace[symbol.name].value for symbol in symbols])

    def table(self, rows):
        return np.array([self.values(row) for row in rows])

    def of(self, quantity, l):
        rows = getattr(self.names, quantity)[l]
        return self.table(rows) if quantity == "w" else self.values(rows)

    def slopes(self, l):
        return np.array(
            [
                self.trace[f"d{out.name}_d{net.name}"].value
                for out, net in zip(self.names.out[l], self.names.net[l], strict=True)
            ]
        )

    def gradient(self, l):
        total = self.names.total
        return self.table([[derivative(total, w) for w in row] for row in self.names.w[l]])

    def new(self, l):
        return self.table([[updated(w) for w in row] for row in self.names.w[l]])


def _rows(numbers):
    """Return {label: rows}, a row being pieces from left to right: LaTeX, or (array, colour)."""
    of, forward, delta, weight = numbers.of, "forward", "delta", "weight"
    miss = of("out", 2) - numbers.values(numbers.names.t)
    loss = NOTATIONS["indexed"].latex("loss").replace(r"\tfrac", r"\frac")  # matplotlib lacks it
    total = shown(numbers.trace["E"].value, DIGITS)

    def layer(l):
        return [
            rf"z^{{({l})}} =", (of("w", l), weight), (of("out", l - 1), forward), "+",
            (of("b", l), weight), "=", (of("net", l), forward),
            rf"a^{{({l})}} =", (of("out", l), forward),
        ]  # fmt: skip

    def gradient(l):
        return [
            rf"\partial E/\partial W^{{({l})}} =", (of("delta", l)[:, None], delta),
            (of("out", l - 1)[None, :], forward), "=", (numbers.gradient(l), delta),
        ]  # fmt: skip

    output_delta = [
        r"\delta^{(2)} =", (miss, delta), r"\odot", (numbers.slopes(2), delta), "=",
        (of("delta", 2), delta),
    ]  # fmt: skip
    hidden_delta = [
        r"\delta^{(1)} =", r"(", (of("w", 2).T, weight), (of("delta", 2), delta), r")", r"\odot",
        (numbers.slopes(1), delta), "=", (of("delta", 1), delta),
    ]  # fmt: skip
    new = [piece for l in (2, 1) for piece in (rf"W^{{+({l})}} =", (numbers.new(l), "update"))]
    return {
        "forward": [layer(1), layer(2), [rf"{loss} = {total}"]],
        "output delta": [output_delta],
        "hidden delta": [hidden_delta],
        "gradients": [gradient(2), gradient(1)],
        "update": [new],
    }


def _line(canvas, x, y, label, rows):
    """Draw a label, its formulas and its rows of arrays; return (y below them, right end)."""
    indexed = NOTATIONS["indexed"]
    canvas.text(x, y, f"{LABELS.index(label)}  {label}", COLOUR_OF[label], size=LARGE)
    formulas = r"\qquad ".join(indexed.latex_of_layers(name) for name in FORMULAS[label])
    inline = FRACTION.sub(r"\1/\2", formulas)
    canvas.text(x + 130, y, f"${inline}$", size=LARGE)
    y, end = y + 24, x
    for row in rows:
        tall = max((len(piece[0]) for piece in row if isinstance(piece, tuple)), default=1)
        end = max(end, _row(canvas, x, y, ROW * tall, row))
        y += ROW * tall + (SPACE if tall > 1 else 10)
    return y + APART, end


def _row(canvas, x, y, height, row):
    """Draw pieces side by side, x the left end of the first; return the right end of the last."""
    for n, piece in enumerate(row):
        if isinstance(piece, tuple):
            x = _array(canvas, x, y, height, *piece) + 10
        else:
            words = f"${piece}$"
            x += 16 * (n > 0 and piece.endswith(" ="))  # another equation begins
            canvas.text(x + width_of(words) / 2, y + height / 2, words, align="center")
            x += width_of(words) + 10
    return x - 10


def _array(canvas, x, y, height, array, colour):
    """Draw an array in brackets, a vector as a column, its shape below; return its right end.

    array: of numbers, or of words.
    """
    grid = array if array.ndim == 2 else array[:, None]
    texts = [[v if isinstance(v, str) else shown(v, DIGITS) for v in row] for row in grid]
    widths = [max(map(width_of, column)) for column in zip(*texts, strict=True)]
    inner = sum(widths) + 14 * (len(widths) - 1)
    left, top = x + 7, y + (height - ROW * len(texts)) / 2
    for n, row in enumerate(texts):
        at = left
        for words, width in zip(row, widths, strict=True):
            at += width
            canvas.text(at, top + ROW * (n + 0.5), words, colour, "right")
            at += 14
    end = left + inner + 7
    for edge, inward in ((x, 5), (end, -5)):
        low = top + ROW * len(texts)
        canvas.line([edge + inward, edge, edge, edge + inward], [top, top, low, low], cap="butt")
    shape = f"({array.shape[0]},)" if array.ndim == 1 else "({}, {})".format(*array.shape)
    canvas.text((x + end) / 2, y + height + 11, shape, align="center", size=SMALL)
    return end


def _title(canvas, trace, y):
    canvas.text(0, y + HEAD / 2, "The pass on a page", size=HEAD)
    rate = shown(trace["eta"].value, DIGITS)
    words = (
        r"net is $z$, out is $a$; $f$ is the sigmoid, $f' = a\,(1-a)$; "
        rf"$\eta$ = {rate}; biases frozen"
    )
    canvas.text(0, y + HEAD + 24, words, size=LARGE)


def _index_rule(canvas, numbers, y):
    canvas.text(0, y, "Which index, which way", size=LARGE)
    for n, line in enumerate(INDEX_RULE):
        canvas.text(0, y + 32 + 27 * n, line)
    y, x = y + 32 + 27 * len(INDEX_RULE), 0
    for l in (1, 2):
        symbols = [[f"${w.latex}$" for w in row] for row in numbers.names.w[l]]
        x = _row(canvas, x, y, 2 * ROW, [rf"W^{{({l})}} =", (np.array(symbols), "weight")]) + 40


def _to_paper(figure, scale):
    """Make all that is drawn, but for where it stands, smaller by `scale`; size it as the paper."""
    figure.set_size_inches(*A4)
    for artist in figure.findobj(lambda one: isinstance(one, Text | Line2D | Patch)):
        artist.set_snap(False)
        if isinstance(artist, Text):
            artist.set_fontsize(artist.get_fontsize() * scale)
        else:
            artist.set_linewidth(artist.get_linewidth() * scale)
