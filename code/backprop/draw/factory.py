"""A network as a factory: its layers are floors, and what goes in comes from below."""

from ..latex import fmt
from ..names import derivative
from ..trace import Trace
from .canvas import DASHES, Canvas, width_of
from .diagram import ACTIVE, LINE, SQUARE, Row, check_size, shown, wish

FIRST, ACROSS, MARGIN = 152, 148, 66  # to the first worker of a floor, to the second, to the wall
BOX, TALL = 104, 34  # a worker's box
FLOOR, BELTS, PULLED = 50, 74, 96  # heights: of a floor, of the belts between two, that are pulled
NEAR, HIGH = 0.32, 0.31  # of a belt's length: how far a number, a wish stand from its upper end
DIGITS = 2  # decimals; what is asked of a worker has one more
ORDERS = 2 * LINE + 6  # what the customers say, above the top floor


def factory(trace: Trace, at: str | None = None):
    """Draw a network of two units to a layer as a factory, the outputs on its top floor.

    Each belt has its weight, each worker what she passes on, each customer what was asked for. at:
    a unit of the floor below the top; then the floors from hers on are drawn, and what each worker
    above asks of her. Raises ValueError for a network of another shape and for a unit elsewhere.
    """
    sizes = check_size(trace.names)
    if set(sizes) != {2}:
        shape = "-".join(map(str, sizes))
        raise ValueError(f"a factory has two workers on each floor; this network is {shape}")
    if at is None:
        plan = _Plan(trace, 0)
        plan.draw_belts()
    else:
        plan = _Plan(trace, len(sizes) - 2)
        plan.draw_wishes(at)
    return plan.picture(at)


class _Plan:
    """A factory from the floor `first` up, and what it says, from the bottom up."""

    def __init__(self, trace, first):
        self.trace, self.names, self.first = trace, trace.names, first
        self.top = len(self.names.out) - 1
        self.belts = PULLED if first else BELTS
        self.floors = [[_short(out.name) for out in layer] for layer in self.names.out]
        self.width = FIRST + ACROSS + MARGIN
        self.height = self.middle(first) + FLOOR / 2 + 2
        self.canvas, self.said = Canvas(), []
        self.draw_floors()
        self.draw_orders()

    def value(self, symbol):
        return self.trace[symbol.name].value

    def middle(self, l):
        """The height at which the workers of floor l stand."""
        return ORDERS + FLOOR / 2 + (FLOOR + self.belts) * (self.top - l)

    def belt(self, l, j, i):
        """The ends of a belt to worker j of floor l, the upper one first: its xs, its ys."""
        high, low = self.middle(l) + TALL / 2, self.middle(l - 1) - TALL / 2
        return (FIRST + ACROSS * j, FIRST + ACROSS * i), (high, low)

    def draw_floors(self):
        for l in range(self.first, self.top + 1):
            y = self.middle(l)
            if l > 0:
                self.canvas.box(1, y - FLOOR / 2, self.width - 2, FLOOR, "rule", radius=2)
            self.canvas.text(10, y, _floor(l, self.top))
            for i, out in enumerate(self.names.out[l]):
                row = Row("out", "", shown(self.value(out), DIGITS))
                x = FIRST + ACROSS * i
                self.canvas.box(x - BOX / 2, y - TALL / 2, BOX, TALL, "page", True)
                self.canvas.box(x - BOX / 2, y - TALL / 2, BOX, TALL, "ink")
                self.canvas.text(x - BOX / 2 + 9, y, self.floors[l][i])
                row.draw(self.canvas, x + BOX / 2 - row.width - 5, y - LINE / 2, row.width)
            passed = [
                f"{name} {fmt(self.value(out), DIGITS)}"
                for name, out in zip(self.floors[l], self.names.out[l], strict=True)
            ]
            self.said.append(f"{_floor(l, self.top)}: {', '.join(passed)}")

    def draw_orders(self):
        """Write what each customer asked for, and whether that is what came."""
        self.canvas.text(10, 11, "customers")
        for k, (out, t) in enumerate(zip(self.names.out[-1], self.names.t, strict=True)):
            got, asked = self.value(out), self.value(t)
            verdict = "too much" if got > asked else "too little" if got < asked else "right"
            words = f"asked for {shown(asked, DIGITS)}"
            self.canvas.text(FIRST + ACROSS * k, 11, words, align="center")
            self.canvas.text(FIRST + ACROSS * k, 11 + LINE, f"gets {verdict}", align="center")
            self.said.append(f"customer {k + 1} asked for {fmt(asked, DIGITS)}, {verdict}")

    def draw_label(self, l, j, i, row):
        """Write on a belt, above the place where two belts cross."""
        (x0, x1), (y0, y1) = self.belt(l, j, i)
        x, y = x0 + NEAR * (x1 - x0), y0 + NEAR * (y1 - y0)
        corner = x - row.width / 2, y - LINE / 2
        self.canvas.box(*corner, row.width, LINE, "page", True, radius=SQUARE)
        row.draw(self.canvas, *corner, row.width)

    def draw_belts(self):
        """Draw every belt with its weight."""
        said = []
        for l in range(1, self.top + 1):
            for j, row in enumerate(self.names.w[l]):
                for i, w in enumerate(row):
                    self.canvas.line(*self.belt(l, j, i), "weight")
                    number = Row("weight", "", shown(self.value(w), DIGITS))
                    self.draw_label(l, j, i, number)
                    ends = f"{self.floors[l - 1][i]} to {self.floors[l][j]}"
                    said.append(f"{ends} {fmt(self.value(w), DIGITS)}")
        self.said.append(f"the dials on the belts: {', '.join(said)}")

    def draw_wishes(self, at):
        """Draw what each worker of the top floor asks of `at`, and what is left of it."""
        here = self.floors[self.first]
        if at not in here:
            raise ValueError(f"the workers below the top floor are {' and '.join(here)}, not {at}")
        i = here.index(at)
        for j, error in enumerate(self.names.error):
            self.canvas.line(*self.belt(self.top, j, 1 - i), "weight", faint=True)
            pull = derivative(error, self.names.out[self.first][i])
            self.canvas.line(*self.belt(self.top, j, i), "delta", ACTIVE, stroke=DASHES)
            self.draw_wish(self.top, j, i, pull)
            words = self.wish(pull, fmt)
            self.said.append(f"{self.floors[-1][j]} to {at} {words}")
        together = derivative(self.names.total, self.names.out[self.first][i])
        words = f"together {self.wish(together)}"
        x, most = FIRST + ACROSS * i, self.width - width_of(words) / 2 - 1
        self.canvas.text(min(x, most), self.height + 10, words, "delta", "center")
        self.height += LINE
        self.said.append(f"together {self.wish(together, fmt)}")

    def draw_wish(self, l, j, i, pull):
        """Write on a belt, in two lines, how hard the worker above pulls, and what she wants."""
        (x0, x1), (y0, y1) = self.belt(l, j, i)
        x, y = x0 + HIGH * (x1 - x0), y0 + HIGH * (y1 - y0)
        lines = self.wish(pull).replace(": ", ":\n").split("\n")
        width = max(map(width_of, lines)) + 8
        self.canvas.box(x - width / 2, y - TALL / 2, width, TALL + 4, "page", True, radius=SQUARE)
        for n, line in enumerate(lines):
            self.canvas.text(x, y + 18 * n - 7, line, "delta", "center")

    def wish(self, pull, write=shown):
        value = self.value(pull)
        return wish(value, write(value, DIGITS + 1))

    def picture(self, at):
        kind = "from below" if at is None else f"what is asked of {at}"
        alt = f"The factory, {kind}: {'; '.join(self.said)}."
        return self.canvas.finish(self.width, self.height, alt)


def _short(name):
    """out_h1 -> h1"""
    return name.removeprefix("out_")


def _floor(l, top):
    if l == 0:
        return "suppliers"
    if l == top:
        return "top floor"
    return "middle floor" if top == 2 else f"floor {l}"
