"""The figure in which a reader turns the weight that a recurrent network uses at every step."""

import numpy as np
from numpy.typing import ArrayLike

from .. import draw, recurrent
from ..draw import Grid, Strip
from . import views
from .widget import Figure, make

MOST_STEPS = 8  # rows of a figure that still fits on a screen


class ThroughTime(Figure):
    """settings: the numbers u, v, b, c and the activation; x, the inputs, the target t, and how
    many steps there are at most. view: w; first, the input of step 1; steps, how many are read."""

    kind = "through_time"

    def rules(self):
        most = self.settings["most"]
        return {"w": views.number, "first": views.number, "steps": views.whole(1, most)}


def through_time(
    net: recurrent.Recurrent, x: ArrayLike, t: ArrayLike, *, steps: int | None = None,
    name: str = "terms-of-w",
):  # fmt: skip
    """Return the figure of what each step adds to the gradient of w: when do they cancel?

    net: of one unit, one input and one output; x: (steps, 1), the inputs that there are, at most
    MOST_STEPS; t: (1,), the target of the last step that is read; steps: how many are read at
    first, by default all; name: its id on the page. Raises ValueError for more steps, and as
    `recurrent.trace_of_recurrent` does.
    """
    x = np.asarray(x, dtype=float)
    if len(x) > MOST_STEPS:
        raise ValueError(f"the figure has room for {MOST_STEPS} steps, and x has {len(x)}")
    steps = len(x) if steps is None else steps
    views.whole(1, len(x))("steps", steps)
    trace = recurrent.trace_of_recurrent(net, x[:steps], t)
    numbers = trace.values
    rows = {
        r"$h^{(\tau-1)}$": ("out", [numbers[f"h{s}"] for s in range(steps)]),
        r"$\delta^{(\tau)}$": ("delta", [numbers[f"delta{s}"] for s in range(1, steps + 1)]),
        "term of each step": ("gradient", [numbers[f"dE_dw_at{s}"] for s in range(1, steps + 1)]),
        "sum": ("gradient", [numbers["dE_dw"]]),
    }
    still = Strip(draw.grids(Grid(title, kind, [row])) for title, (kind, row) in rows.items())
    settings = {
        **{letter: numbers[letter] for letter in "uvbc"},
        "activation": net.activation, "x": x[:, 0].tolist(), "t": numbers["t"], "most": len(x),
    }  # fmt: skip
    view = {"w": numbers["w"], "first": numbers["x1"], "steps": steps}
    return make(ThroughTime, {"settings": settings, "view": view}, name=name, still=still)
