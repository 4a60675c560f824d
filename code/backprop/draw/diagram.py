"""The layout of a network on a canvas: where every unit, every edge and every number stands.

To the left of each unit its incoming edges are stacked, one place to an edge, so that no two
numbers can meet: an edge runs from its source to its place, and from there to its unit.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..latex import TIMES_TEN, fmt
from ..names import Names
from ..tables import TABLES
from .canvas import DASHES, Canvas, width_of
from .picture import LEAST_SIZE, PHONE, SIZE

TABLE = TABLES["diagram"]
MOST_UNITS, MOST_LAYERS = TABLE["MOST_UNITS"], TABLE["MOST_LAYERS"]  # what still fits on a page
LINE = 24  # from one line of text to the next, in pixels
PAD = 7  # between a box and its text
ACTIVE = 3  # width of the lines that a picture is about
ROUND, SQUARE = 99, 4  # corners
NARROW = PHONE * SIZE / LEAST_SIZE  # pixels: what a phone holds without scrolling
APART = 12  # from one pair of layers to the next, below it


# ---- rows of numbers ---------------------------------------------------------------------------

STYLES = {  # kind: (colour, look)
    "out": ("forward", "pill"),
    "net": ("forward", "plain"),
    "error": ("forward", "plain"),
    "target": ("ink", "plain"),
    "delta": ("delta", "dashed"),
    "slope": ("delta", "plain"),
    "gradient": ("delta", "underlined"),
    "weight": ("weight", "box"),
    "new": ("update", "plain"),
}
LEDGER = ("gradient", "new")  # set right even alone, so that decimals stand below each other


TO_WRITE = None  # in the place of a row's text: room for a number to be written by hand
ROOM = 76, 32  # of it, in pixels: its width, the least height of its row


class Row(NamedTuple):
    """One number in its place: a `kind` of STYLES, its symbol in LaTeX, its text.

    The text may be "", and TO_WRITE.
    """

    kind: str
    latex: str
    words: str | None

    @property
    def symbol(self):
        return mathematics(self.latex) if self.latex else ""

    @property
    def width(self):
        number = ROOM[0] if self.words is TO_WRITE else width_of(self.words)
        parts = [part for part in (width_of(self.symbol), number) if part]
        return sum(parts) + 8 * (len(parts) - 1) + 2 * PAD

    @property
    def height(self):
        least = ROOM[1] if self.words is TO_WRITE else LINE
        return max(least, LINE + 6 * ("^" in self.latex))  # one index above another needs more

    def draw(self, canvas: Canvas, x: float, y: float, width: float):
        """Draw the row, (x, y) its upper left corner: the symbol at the left, the number right."""
        colour, look = STYLES[self.kind]
        empty = self.words is TO_WRITE
        tall, middle = self.height - 4, y + self.height / 2
        if look in ("pill", "box", "dashed"):
            radius = SQUARE if look == "box" else ROUND
            stroke = DASHES if look == "dashed" else "-"
            filled = look == "pill" and not empty
            canvas.box(x, y + 2, width, tall, colour, filled, radius=radius, stroke=stroke)
        right = x + width - PAD
        if look == "underlined" or look == "plain" and empty:
            left = right - (ROOM[0] if empty else width_of(self.words))
            if self.latex and not empty:
                left = x + PAD
            level = middle + 0.62 * SIZE + (self.height - LINE) / 2
            stroke = DASHES if look == "underlined" else "-"
            canvas.line([left, right], [level, level], colour, stroke=stroke)
        if empty:
            canvas.text(x + PAD, middle, self.symbol, colour)
            return
        text = "page" if look == "pill" else colour
        if self.words and (self.latex or self.kind in LEDGER):
            canvas.text(x + PAD, middle, self.symbol, text)
            canvas.text(right, middle, self.words, text, "right")
        else:
            canvas.text(x + width / 2, middle, self.symbol or self.words, text, "center")


def mathematics(latex: str):
    r"""Return LaTeX as text for a canvas; \frac{∂E}{∂w} as ∂E/∂w, or its letters are too small."""
    inline = FRACTION.sub(r"\1/\2", latex)
    return f"${inline}$"


FORMULA = re.compile(r"\$([^$]+)\$")  # in a text, between dollars
FRACTION = re.compile(r"\\frac\{(\\partial .+)\}\{(\\partial .+)\}")


def shown(value: float, digits: int):
    """Return `latex.fmt`, its power of ten as mathematics: few fonts have raised figures."""
    head, ten, power = fmt(value, digits).partition(TIMES_TEN)
    power = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return f"{head} × 10$^{{{power}}}$" if ten else head


def wanted(pull: float):
    """Return what a pull ∂E/∂out wants of that output: where E grows with it, less."""
    return TABLE["WANTED"][1 + (pull > 0) - (pull < 0)]


def wish(pull: float, number: str):
    """Return a pull, its `number` as text, with its sign, and what it wants: +0.014: wants less."""
    signed = f"{'+' if pull > 0 else ''}{number}"
    return TABLE["WISH"].format(pull=signed, wanted=wanted(pull))


def how(pulls: Iterable[float]):
    """Say whether all that pull want the same."""
    together, against = TABLE["HOW"]
    return against if min(pulls) < 0 < max(pulls) else together


def height_of(rows: Iterable[Row]):
    return sum(row.height for row in rows)


def draw_rows(canvas: Canvas, rows: Iterable[Row], x: float, y: float, width: float):
    """Draw rows one below the other, (x, y) the upper left corner of the first."""
    for row in rows:
        row.draw(canvas, x, y, width)
        y += row.height


# ---- the network -------------------------------------------------------------------------------


def check_size(names: Names):
    """Return the units of each layer; ValueError where they are more than a drawing holds."""
    sizes = [len(layer) for layer in names.out]
    if max(sizes) > MOST_UNITS or len(sizes) - 1 > MOST_LAYERS:
        raise ValueError(
            f"a drawing holds up to {MOST_LAYERS} layers of up to {MOST_UNITS} units, and this "
            f"network is {'-'.join(map(str, sizes))}: draw a smaller one, or show its trace as a "
            "table"
        )
    return sizes


class Diagram:
    """A network, left to right, with rows of numbers at its units, edges and outputs.

    units[l, j], edges[l, j, i] (i None: the bias) and ends[k] are lists of rows, total that of the
    loss. A unit without rows is a dot, an edge without rows a line. Raises ValueError if the
    network is too large.
    """

    FAN, CONVERGE, LINK, GAP, MARGIN = 40, 18, 18, 20, 4  # between columns, units, all round
    FRAME, BELOW, DOT, THIN = 5, 4, 6, 8  # in a frame, below it, a dot's radius, a bare edge

    def __init__(
        self,
        names: Names,
        units: Mapping[tuple, Sequence[Row]],
        edges: Mapping[tuple, Sequence[Row]],
        ends: Mapping[int, Sequence[Row]],
        total: Sequence[Row] = (),
    ):
        self.names, self.units, self.edges = names, units, edges
        self.ends, self.total = ends, total
        self._lay_out(check_size(names), Canvas(), 0)

    def _lay_out(self, sizes, canvas, top):
        """Find a place for everything, from the height `top` down."""
        self.sizes, self.canvas, self.top = sizes, canvas, top
        self.places = {}  # of a unit's edges, in order
        for key in self.edges:
            self.places.setdefault(key[:2], []).append(key)
        self._place_across()
        self._place_down()

    def _place_across(self):
        x, self.column, self.slot = self.MARGIN, [], [None]  # of layers: (left, width)
        for l, size in enumerate(self.sizes):
            if l > 0:
                rows = [r for key, edge in self.edges.items() if key[0] == l for r in edge]
                width = max((row.width for row in rows), default=0)
                self.slot.append((x + self.FAN, width))
                x += self.FAN + width + self.CONVERGE
            rows = [row for j in range(size) for part in self._parts(l, j) for row in part]
            padding = 2 * self.FRAME if l > 0 else 0
            width = max((row.width + padding for row in rows), default=2 * self.DOT)
            self.column.append((x, width))
            x += width
        rows = [*(row for end in self.ends.values() for row in end), *self.total]
        self.end = x + self.LINK, max((row.width for row in rows), default=0)
        self.width = sum(self.end) + self.MARGIN if rows else x + self.MARGIN

    def _place_down(self):
        heights = [[self._height(l, j) for j in range(n)] for l, n in enumerate(self.sizes)]
        columns = [sum(column) + self.GAP * (len(column) - 1) for column in heights]
        tallest, self.middle = max(columns) + 2 * self.MARGIN, {}
        for l, column in enumerate(heights):
            y = self.top + (tallest - columns[l]) / 2
            for j, height in enumerate(column):
                self.middle[l, j] = y + height / 2
                y += height + self.GAP
        self.height = self.top + tallest
        bottoms = [self._end_top(k) + height_of(rows) for k, rows in self.ends.items()]
        self.sum_line = max(bottoms, default=0) + 4
        if self.total:
            self.height = max(self.height, self.sum_line + height_of(self.total) + self.MARGIN)

    def _height(self, l, j):
        """What a unit needs, its incoming edges included."""
        places = sum(self._place_height(key) for key in self.places.get((l, j), ()))
        return max(self._unit_height(l, j), places)

    def _unit_height(self, l, j):
        framed, below = self._parts(l, j)
        if not framed and not below:
            return 2 * self.DOT
        frame = height_of(framed) + 2 * self.FRAME if framed and l > 0 else height_of(framed)
        return frame + (self.BELOW + height_of(below) if below else 0)

    def _parts(self, l, j):
        """A unit's rows: those in its frame, and the deltas below it."""
        rows = self.units.get((l, j), ())
        return [r for r in rows if r.kind != "delta"], [r for r in rows if r.kind == "delta"]

    def _place_height(self, key):
        rows = self.edges[key]
        return height_of(rows) + 4 if rows else self.THIN

    def _end_top(self, k):
        return self._port(len(self.sizes) - 1, k) - height_of(self.ends[k]) / 2

    def _port(self, l, j):
        """The height at which lines meet a unit: the middle of its frame."""
        framed, below = self._parts(l, j)
        lowered = self.BELOW + height_of(below) if framed and below else 0
        return self.middle[l, j] - lowered / 2

    def _sides(self, l, j):
        """Where lines meet a unit: its left and its right."""
        x, width = self.column[l]
        if self.units.get((l, j)):
            return x, x + width
        return x + width / 2 - self.DOT, x + width / 2 + self.DOT

    def draw(
        self, edge_line: Callable[[int, int, int | None], dict], end_line: Callable[[int], dict]
    ):
        """Draw it all; edge_line(l, j, i) and end_line(k) are the looks of lines, as keywords."""
        for l, j in self.middle:
            self._draw_unit(l, j)
            y = self.middle[l, j] - sum(map(self._place_height, self.places.get((l, j), ()))) / 2
            for key in self.places.get((l, j), ()):
                self._draw_edge(key, y, edge_line(*key))
                y += self._place_height(key)
        x, width = self.end
        last = len(self.sizes) - 1
        for k, rows in self.ends.items():
            y = self._port(last, k)
            self.canvas.line([self._sides(last, k)[1], x], [y, y], **end_line(k))
            draw_rows(self.canvas, rows, x, self._end_top(k), width)
        if self.total:  # ruled off, as a sum in a ledger
            self.canvas.line([x + PAD, x + width - PAD], [self.sum_line] * 2)
            draw_rows(self.canvas, self.total, x, self.sum_line, width)

    def _draw_unit(self, l, j):
        framed, below = self._parts(l, j)
        left, right = self._sides(l, j)
        y = self.middle[l, j] - self._unit_height(l, j) / 2
        if not framed and not below:
            self.canvas.box(left, y, 2 * self.DOT, 2 * self.DOT, "ink", radius=ROUND, faint=True)
            return
        frame = self.FRAME if framed and l > 0 else 0
        inside = left + frame, right - left - 2 * frame
        if frame:
            height = height_of(framed) + 2 * frame
            self.canvas.box(left, y, right - left, height, "ink", radius=2 * SQUARE)
        draw_rows(self.canvas, framed, inside[0], y + frame, inside[1])
        y += height_of(framed) + 2 * frame + (self.BELOW if framed else 0)
        draw_rows(self.canvas, below, inside[0], y, inside[1])

    def _draw_edge(self, key, y, look):
        l, j, i = key
        rows, (x, width) = self.edges[key], self.slot[l]
        level = y + 2 + rows[0].height / 2 if rows else y + self.THIN / 2
        if i is not None:
            source = self._sides(l - 1, i)[1], self._port(l - 1, i)
            self.canvas.bend(source, (x, level), **look)
        if not rows:
            self.canvas.line([x, x + width], [level, level], **look)
        self.canvas.bend((x + width, level), (self._sides(l, j)[0], self._port(l, j)), **look)
        draw_rows(self.canvas, rows, x, y + 2, width)

    def narrow(self, edge_line: Callable, end_line: Callable, below: Iterable[str], alt: str):
        """Return the Picture of the same for a phone: pairs of layers, one below the other.

        Between them a layer's outputs are drawn again. edge_line, end_line: as in `draw`; below:
        lines of text.
        """
        canvas, width, height = Canvas(), 0, 0
        last = len(self.sizes) - 1
        for l in range(1, last + 1):
            pair = _Pair(self, l, canvas, height)
            pair.draw(lambda _, j, i, l=l: edge_line(l, j, i), end_line)
            width, height = max(width, pair.width), pair.height + APART * (l < last)
        if below:
            pair.write_below(line for text in below for line in wrapped(text, NARROW - 8))
            width, height = max(width, pair.width), pair.height
        return canvas.finish(width, height, alt)

    def sizes_of_pair(self, l: int):
        """Return how many units of layer l − 1 and of layer l a phone shows together."""
        return self.sizes[l - 1 : l + 1]

    def write_below(self, lines: Iterable[str]):
        """Write lines of text below the network."""
        for line in lines:
            self.canvas.text(self.MARGIN, self.height + LINE / 2, line)
            self.width = max(self.width, width_of(line) + 2 * self.MARGIN)
            self.height += LINE

    def picture(self, alt: str):
        """Return the Picture of what has been drawn."""
        return self.canvas.finish(self.width, self.height, alt)


class _Pair(Diagram):
    """Layer l of a diagram and the one before it, of which only the outputs are drawn.

    What stands beside the outputs stands below them, if it does not fit on a phone.
    """

    FAN, CONVERGE, LINK, GAP = 26, 12, 12, 16

    def __init__(self, diagram, l, canvas, top):
        is_last, sizes = l == len(diagram.sizes) - 1, diagram.sizes_of_pair(l)
        before = {(0, i): diagram.units.get((l - 1, i), ()) for i in range(sizes[0])}
        if l > 1:
            before = {  # only the output, or its name, where something is drawn at the unit
                (0, i): [r for r in rows if r.kind in ("out", "net")][-1:]
                or [Row("net", diagram.names.out[l - 1][i].latex, "")] * bool(rows)
                for (_, i), rows in before.items()
            }
        self.units = before | {(1, j): diagram.units.get((l, j), ()) for j in range(sizes[1])}
        self.edges = {(1, j, i): rows for (at, j, i), rows in diagram.edges.items() if at == l}
        self.ends, self.total = (diagram.ends, diagram.total) if is_last else ({}, ())
        self.under = {}
        self._lay_out(sizes, canvas, top)
        if is_last and self.width > NARROW:
            self.under, self.ends, self.total = self.ends, {}, ()
            self._lay_out(sizes, canvas, top)
            self.sum = diagram.total

    def _parts(self, l, j):
        framed, below = super()._parts(l, j)
        return framed, [*below, *(self.under.get(j, ()) if l == 1 else ())]

    def draw(self, edge_line, end_line):
        super().draw(edge_line, end_line)
        if self.under and self.sum:
            x, width = self.column[1]
            self.canvas.line([x + PAD, x + width - PAD], [self.height] * 2)
            draw_rows(self.canvas, self.sum, x, self.height, width)
            self.height += height_of(self.sum) + self.MARGIN


def wrapped(text: str, width: float):
    """Return text in lines of at most `width` pixels; no formula is broken."""
    lines = [""]
    for word in re.findall(r"(?:\$[^$]+\$|\S)+", text):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
