"""One pass in five small frames, one for each label of a trace."""

from itertools import product
from math import floor, log10

from ..latex import SCIENTIFIC_BELOW
from ..names import spoken
from ..trace import Trace
from .canvas import Canvas
from .diagram import ACTIVE, LINE, ROUND, Row, check_size, mathematics, shown
from .network import FAINT, LINES_AT
from .path import last_factors
from .picture import Strip

FRAME, APART = 164, 60  # width, so that two fit side by side on a phone; from unit to unit
UNIT, SIDE, SMALL = 12, 24, 13  # a unit's radius, from its middle to the side, the size of its name
ARROW = r"$\to$ "


def frames(trace: Trace, name: str | None = None):
    """Draw the pass in five small frames, one for each label, with few numbers.

    Gradient and update are those of one weight, `name`, or the one with the largest gradient.
    Raises ValueError if the trace has no update, KeyError for an unknown name, and as `network`.
    """
    names = trace.names
    last = len(check_size(names)) - 1
    if not trace.labelled("update"):
        raise ValueError("five frames need an update: make the trace with a learning rate")
    if name is None:
        weights = [w.name for layer in names.w[1:] for row in layer for w in row]
        name = max(weights, key=lambda w: abs(trace[last_factors(trace, w)[0].name].value))
    gradient, *_ = last_factors(trace, name)
    one = names.weight_at(name)

    def numbers(kind, layers, symbols):
        return {
            (l, j): (symbol.name, _few(kind, trace[symbol.name].value, latex_of(kind, symbol)))
            for l in layers
            for j, symbol in enumerate(symbols[l])
        }

    def latex_of(kind, symbol):
        return "" if kind == "out" else symbol.latex  # three outputs side by side leave no room

    def below(kind, symbol, latex):
        return {None: (symbol, _few(kind, trace[symbol].value, latex))}

    plans = {
        "forward": numbers("out", range(last + 1), names.out) | below("error", *names.total),
        "output delta": numbers("delta", (last,), names.delta),
        "hidden delta": numbers("delta", range(1, last), names.delta),
        "gradients": below("gradient", *gradient),
        "update": below("new", f"{name}_new", trace[name].symbol),
    }
    return Strip(
        _frame(trace, n, label, plan, one, is_last=n == len(plans))
        for n, (label, plan) in enumerate(plans.items(), 1)
    )


def _few(kind, value, latex=""):
    """A row with four decimals, or with as many as leave three figures; an output has three."""
    small = SCIENTIFIC_BELOW <= abs(value) < 0.01
    digits = 3 if kind == "out" else 2 - floor(log10(abs(value))) if small else 4
    arrow = ARROW if kind == "new" else ""
    return Row(kind, latex, arrow + shown(value, digits))


def _frame(trace, n, label, plan, one, is_last):
    """Draw one frame; plan[l, j] is (name, row) of the number at a unit, plan[None] that below."""
    canvas, sizes = Canvas(), check_size(trace.names)
    height = 34 + APART * max(sizes)
    canvas.text(0, 11, f"{n}  {label}")
    if not is_last:  # what follows is the next frame
        canvas.line([FRAME - 22, FRAME - 2], [11, 11])
        canvas.line([FRAME - 8, FRAME - 2, FRAME - 8], [6, 11, 16])

    def centre(l, j):
        x = SIDE + (FRAME - 2 * SIDE) * l / (len(sizes) - 1)
        return x, 42 + APART * (max(sizes) / 2 - 0.5 + j - (sizes[l] - 1) / 2)

    of_edges, first, _ = LINES_AT[label]
    for l, size in enumerate(sizes[1:], 1):
        for j, i in product(range(size), range(sizes[l - 1])):
            if label in ("gradients", "update"):
                look = of_edges | {"width": ACTIVE} if (l, j, i) == one else FAINT
            else:
                look = of_edges if l >= first else FAINT
            canvas.line(*zip(centre(l - 1, i), centre(l, j), strict=True), **look)
    for l, size in enumerate(sizes):
        for j in range(size):
            x, y = centre(l, j)
            for colour, filled in (("page", True), ("ink", False)):
                canvas.box(x - UNIT, y - UNIT, 2 * UNIT, 2 * UNIT, colour, filled, radius=ROUND)
            canvas.text(x, y, _named(trace.names.out[l][j]), align="center", size=SMALL)
            if (l, j) in plan:
                _, row = plan[l, j]
                # a hidden delta leaves room for the lines on its right, from which it comes
                reach = UNIT if label == "hidden delta" else row.width / 2
                left = min(max(x + reach - row.width, 1), FRAME - 1 - row.width)
                top = y + UNIT
                canvas.box(left, top + 2, row.width, row.height - 4, "page", True, radius=ROUND)
                row.draw(canvas, left, top, row.width)
    targets = [shown(trace[t.name].value, 2) for t in trace.names.t]
    wanted = f"wanted {' and '.join(targets)}"
    is_said = label == "forward" and len(targets) <= 3  # more do not fit
    if is_said:
        canvas.text(FRAME - 2, height - 8, wanted, align="right", size=SMALL)
    height += 16
    if None in plan:
        _, row = plan[None]
        row.draw(canvas, (FRAME - row.width) / 2, height - 8, row.width)
    said = [f"{spoken(name)} {row.words.removeprefix(ARROW)}" for name, row in plan.values()]
    if is_said:
        said.append(wanted)
    l, j, i = one
    if label in ("gradients", "update") and i is not None:  # a bias has no line
        out = trace.names.out
        said.append(f"on the line from {_named(out[l - 1][i])} to {_named(out[l][j])}")
    return canvas.finish(FRAME, height + LINE - 4, f"{n}, {label}: {', '.join(said)}.")


def _named(out):
    """What stands in a unit: h1 of out_h1, else the symbol of its output."""
    name = out.name.removeprefix("out_")
    return name if name != out.name or name.startswith("i") else mathematics(out.latex)
