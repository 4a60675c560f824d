"""How a result of `autodiff` was computed: each value with its gradient, each edge with its slope.

A graph of `arrays` shows shapes for numbers, and on an edge what its end sums on the way back.

Left to right in columns, every operation to the right of all that goes into it. An edge that skips
a column passes a place of its own there, so that no line crosses a number. A graph that is too wide
is drawn in stages, one below the other; what ends a stage begins the next.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from ..arrays import Array
from ..autodiff import Value
from ..latex import fmt
from ..names import plain, spoken
from .canvas import Canvas, width_of
from .diagram import LINE, PAD, ROUND, Row, draw_rows, height_of, shown

MOST_VALUES = 50  # what still fits on a page
FAN, CONVERGE, BESIDE = 18, 12, 4  # from pills to slopes, to a sign, and to pills again
GAP, MARGIN, AIR = 14, 4, 3  # between places, all round, at both ends of a slope
THIN = 6  # above and below an edge that passes

SIGNS = {  # op of a value: how it is drawn, how it is said
    "+": ("$+$", "plus"),
    "-": ("$-$", "minus"),
    "*": (r"$\times$", "times"),
    "/": (r"$\div$", "over"),
    "neg": ("$-$", "minus"),
    "log": ("ln", "log of"),
    "sigmoid": (r"$\sigma$", "sigmoid of"),
    "add": ("$+$", "plus"),
    "subtract": ("$-$", "minus"),
    "multiply": (r"$\times$", "times"),
    "divide": (r"$\div$", "over"),
    "matmul": ("@", "in matrix product with"),
    "sum": (r"$\Sigma$", "sum of"),
    "power": ("$(\\;)^n$", "power of"),
    "transpose": (r"$(\;)^{\mathsf{T}}$", "transpose of"),
}


def graph(
    result: Value | Array,
    *,
    digits: int = 4,
    stages: Sequence[Sequence[Value | Array]] = (),
    **names: Value | Array,
):
    """Draw how a `Value` or an `Array` was computed, from what was given at the left to the result.

    Filled pills hold the values; each has its gradient below it, underlined with dashes, once
    `backward` has run. On the edges stand the local slopes. stages: the values that end each stage
    but the last; no edge may pass by them. names: what values of the graph are called, w6=w6 or
    net_o=z. Raises ValueError for a name or a stage whose value is not in the graph, and for more
    than 50 values.

    Of an Array there is the shape; constants are not drawn. On an edge along which NumPy repeated
    it stand the axes that are summed on the way back: Σ 0, the first.
    """
    values = result.graph()
    if len(values) > MOST_VALUES:
        raise ValueError(
            f"a drawing holds up to {MOST_VALUES} values, and this graph has {len(values):,}"
        )
    for name, value in names.items():
        if value not in values:
            raise ValueError(f"{name} is {value!r}, which is not in the graph of {result!r}")
    for value in (value for ends in stages for value in ends):
        if value not in values:
            raise ValueError(
                f"a stage ends with {value!r}, which is not in the graph of {result!r}"
            )
    symbols = {value: plain(name) for name, value in names.items()}
    drawings, begins = [], ()
    for ends in (*stages, (result,)):
        made_from = _stage(ends, begins)
        drawings.append(_Drawing(made_from, symbols, digits, _has_gradient(values)))
        begins = ends
    canvas, top = Canvas(), 0
    for drawing in drawings:
        drawing.draw(canvas, top)
        top += drawing.height
    width = max(drawing.width for drawing in drawings)
    return canvas.finish(width, top, _in_words(values, symbols, digits))


def _stage(ends, begins):
    """Return {value: what it was made from} from `begins`, with nothing there, to `ends`."""
    found, to_visit = {}, [*ends]
    while to_visit:
        value = to_visit.pop()
        if value not in found:
            found[value] = () if value in begins else value.made_from
            to_visit += [part for part, _ in found[value]]
    return {value: found[value] for value in sorted(found, key=lambda value: value.number)}


class _Across(NamedTuple):
    """Where a column begins, with its slopes; the middle of its signs; its pills; its end."""

    slopes: float
    sign: float
    pills: float
    end: float


class _Drawing:
    """Where every value and every edge of a stage stands, and the canvas that it is drawn on.

    made_from: for each value, in order of making, its pairs (value, slope). A place in a column is
    a value, or (value, n, column): there the edge of its n-th input passes.
    """

    def __init__(self, made_from, symbols, digits, went_back):
        self.made_from, self.rows, self.slopes = made_from, {}, {}
        for value in made_from:
            latex = symbols[value].latex if value in symbols else ""
            self.rows[value] = [Row("out", latex, _number(value, digits))]
            if went_back:
                self.rows[value].append(Row("gradient", "", shown(value.grad, digits)))
            self.slopes[value] = [_on_edge(value, n, digits) for n in range(len(made_from[value]))]
        self._place_in_columns()
        self._place_across()
        self._place_down()

    def _place_in_columns(self):
        """Set `columns`, the places of each from above, and `ways`, those that an edge comes by."""
        made_from = self.made_from
        edges = [(v, value, n) for value in made_from for n, (v, _) in enumerate(made_from[value])]
        column = {}
        for value in made_from:
            column[value] = max((column[v] + 1 for v, _ in made_from[value]), default=0)
        for given in made_from:
            if not made_from[given]:  # it stands just before its first use
                column[given] = min((column[to] for v, to, _ in edges if v is given), default=1) - 1
        self.columns = [[] for _ in range(max(column.values()) + 1)]
        for value in made_from:
            self.columns[column[value]].append(value)
        self.ways, ahead = {}, {}  # ahead: where edges lead from a place, and to which input
        for v, value, n in edges:
            passed = [(value, n, c) for c in range(column[v] + 1, column[value])]
            for place in passed:
                self.columns[place[2]].append(place)
            self.ways[value, n] = [v, *passed]
            for place, then in pairwise([v, *passed, value]):
                ahead.setdefault(place, []).append((then, n))
        rank = {place: k for k, place in enumerate(self.columns[-1])}
        for places in self.columns[-2::-1]:  # in the order of what they lead to
            places.sort(key=lambda place: min((rank[then], n) for then, n in ahead[place]))
            rank |= {place: k for k, place in enumerate(places)}

    def _place_across(self):
        self.across, x = [], MARGIN
        for places in self.columns:
            values = [place for place in places if place in self.rows]
            slopes = max((_width_of_slopes(self.slopes[v]) for v in values), default=0)
            sign = max((_width_of_sign(v) for v in values if self.made_from[v]), default=0)
            left = x + FAN if self.across else x
            pills = left + slopes + CONVERGE + sign + BESIDE if sign else left
            end = pills + max(row.width for v in values for row in self.rows[v])
            self.across.append(_Across(left, left + slopes + CONVERGE + sign / 2, pills, end))
            x = end
        self.width = x + MARGIN

    def _place_down(self):
        """Set `level`, the height at which lines meet a place: the middle of a value's pill."""
        parts = {}  # of a place: above and below its level
        for place in (place for places in self.columns for place in places):
            parts[place] = THIN, THIN
            if place in self.rows:
                above = max(self.rows[place][0].height, LINE * len(self.slopes[place])) / 2
                rows = height_of(self.rows[place]) - self.rows[place][0].height / 2
                parts[place] = above, max(above, rows)
        heights = [
            sum(sum(parts[place]) + GAP for place in places) - GAP for places in self.columns
        ]
        self.height, self.level = max(heights) + 2 * MARGIN, {}
        for places, height in zip(self.columns, heights, strict=True):
            y = (self.height - height) / 2
            for place in places:
                self.level[place] = y + parts[place][0]
                y += sum(parts[place]) + GAP

    def draw(self, canvas, top):
        """Draw the stage on a canvas, `top` below its upper edge."""
        self.canvas = canvas
        self.level = {place: level + top for place, level in self.level.items()}
        for column, places in zip(self.across, self.columns, strict=True):
            for place in places:
                if place in self.rows:
                    self._draw_value(place, column)
                else:
                    level = self.level[place]
                    self.canvas.line([column.slopes, column.end], [level, level])

    def _draw_value(self, value, column):
        level, slopes = self.level[value], self.slopes[value]
        top = level - self.rows[value][0].height / 2
        draw_rows(self.canvas, self.rows[value], column.pills, top, column.end - column.pills)
        if not self.made_from[value]:
            return
        width, half = _width_of_sign(value), LINE / 2 - 1
        left = column.sign - width / 2
        self.canvas.box(left, level - half, width, 2 * half, "ink", radius=ROUND)
        self.canvas.text(column.sign, level, _sign(value)[0], align="center")
        self.canvas.line([left + width, column.pills], [level, level])
        wide = _width_of_slopes(slopes)
        for n, text in enumerate(slopes):
            y = level + LINE * (n - (len(slopes) - 1) / 2)
            self._draw_way(self.ways[value, n], (column.slopes, y))
            if text:
                self.canvas.text(column.slopes + wide / 2, y, text, "delta", "center")
            else:
                self.canvas.line([column.slopes, column.slopes + wide], [y, y])
            self.canvas.bend((column.slopes + wide, y), (left, level))

    def _draw_way(self, way, end):
        """Draw an edge from a value past its places to its slope."""
        at = {place: c for c, places in enumerate(self.columns) for place in places}
        for place, then in pairwise([*way, None]):
            start = self.across[at[place]].end, self.level[place]
            to = (self.across[at[then]].slopes, self.level[then]) if then else end
            self.canvas.bend(start, to)


def _has_gradient(values):
    """Whether `backward` has run; the gradient of an array has its shape, and is not drawn."""
    return isinstance(values[-1], Value) and values[-1].grad


def _number(value, digits):
    if isinstance(value, Array):
        return str(value.shape)
    return shown(value.data, digits)


def _on_edge(value, n, digits):
    """Return what an edge says: the local slope, or the axes along which an array is summed."""
    part, slope = value.made_from[n]
    if isinstance(value, Value):
        return shown(slope, digits)
    return rf"$\Sigma$ {axes}" if (axes := _summed(value, part)) else ""


def _summed(value, part):
    """Return the axes of the result along which NumPy has repeated a part, "0" or "0, 1"."""
    if value.op not in ("add", "subtract", "multiply", "divide"):
        return ""
    new = len(value.shape) - len(part.shape)
    padded = (None,) * new + part.shape
    return ", ".join(str(k) for k, m in enumerate(value.shape) if padded[k] != m)


def _sign(value):
    """Return how the operation of a value is drawn, and how it is said."""
    if value.op.startswith("**"):
        power = value.op.removeprefix("**")
        return f"$(\\;)^{{{power}}}$", f"to the power {power}"
    return SIGNS.get(value.op, (value.op, f"{value.op} of"))


def _width_of_slopes(texts):
    return max(map(width_of, texts), default=0) + 2 * AIR


def _width_of_sign(value):
    return max(LINE - 2, width_of(_sign(value)[0]) + 2 * PAD)


def _in_words(values, symbols, digits):
    """Return what the drawing shows, value by value."""
    called, said = {}, []
    for n, value in enumerate(values, 1):
        is_array = isinstance(value, Array)
        number = f"shape {value.shape}" if is_array else fmt(value.data, digits)
        called[value] = (
            spoken(symbols[value].name)
            if value in symbols
            else f"{'array' if is_array else 'value'} {n}"
        )
        parts = [called[parent] for parent, _ in value.made_from]
        sign = _sign(value)[1] if parts else ""
        if len(parts) == 2:
            made = f" = {parts[0]} {sign} {parts[1]}"
        elif parts:
            made = f" = {parts[0]} {sign}" if value.op.startswith("**") else f" = {sign} {parts[0]}"
        else:
            made = ""
        line = f"{called[value]}{made}{', ' if is_array else ' = '}{number}"
        if is_array:
            for part, (array, _) in zip(parts, value.made_from, strict=True):
                axes = _summed(value, array)
                over = "axes" if "," in axes else "axis"
                line += f", {part} summed over {over} {axes} on the way back" if axes else ""
        elif value.made_from:
            slopes = " and ".join(fmt(slope, digits) for _, slope in value.made_from)
            line += f", local slopes {slopes}"
        line += f", gradient {fmt(value.grad, digits)}" if _has_gradient(values) else ""
        said.append(line)
    things = "arrays" if isinstance(values[-1], Array) else "values"
    return f"A graph of {len(values)} {things}: {'; '.join(said)}."
