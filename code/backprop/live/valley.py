"""The figure of a narrow valley: two optimisers walk in it, and their paths are compared."""

from functools import partial
from typing import NamedTuple

import numpy as np

from .. import draw, optimisers
from ..network import as_rate
from ..tables import TABLES
from ..valley import Valley as Shape
from ..valley import height, walk
from . import views
from .widget import Figure, make

TABLE = TABLES["figures"]
WALKERS, TURNS = TABLE["WALKERS"], TABLE["TURNS"]  # what each is called
VALLEY, START = Shape(0.1, 10), np.array([-1.8, 0.5])  # START: along and across
UPDATES = 60  # that are drawn
WINDOW = -2.4, 1.2, -1.35, 0.85  # of the map: x from, to, y from, to
LEVELS = 0.02, 0.3, 1, 3, 7
CELLS = 132  # of the still map, each way; one line of the grid is at 0
MOST_RATE = 10.0


class Walker(NamedTuple):
    """An optimiser of WALKERS, and its rate."""

    optimiser: str
    rate: float


def _beta(key, value):
    if not 0 <= views.number(key, value) < 1:
        raise ValueError(f"{key} should be from 0 to below 1, and is {value!r}")
    return float(value)


def _rate(key, value):
    if as_rate(views.number(key, value)) > MOST_RATE:
        raise ValueError(f"{key} should be at most {MOST_RATE:g}, and is {value!r}")
    return float(value)


class Valley(Figure):
    """view: first and second, each an optimiser of WALKERS, second also "nothing"; first_rate and
    second_rate; beta, of momentum; turn, of TURNS: by how many degrees the valley is turned."""

    kind = "valley"

    def rules(self):
        return {
            "first": views.one_of([*WALKERS], "optimiser"),
            "first_rate": _rate,
            "second": views.one_of([*WALKERS, "nothing"], "optimiser"),
            "second_rate": _rate,
            "beta": _beta,
            "turn": views.one_of([*TURNS], "turn"),
        }


def valley(
    first: tuple[str, float] = ("gradient_descent", 0.18),
    second: tuple[str, float] = ("momentum", 0.1),
    *,
    beta: float = 0.8,
    turn: str = "0",
    name: str = "valley",
):
    """Return the figure in which two optimisers walk in a narrow valley.

    first, second: the name of a step of `optimisers`, one of WALKERS, and its rate; beta: of
    momentum, the other steps have their usual ones; turn: one of TURNS; name: its id on the page.
    Raises KeyError for another optimiser or turn, ValueError for a rate or a beta that is none, and
    for a walk that leaves the map of the still picture.
    """
    first, second = Walker(*first), Walker(*second)
    view = {
        "first": first.optimiser, "first_rate": first.rate,
        "second": second.optimiser, "second_rate": second.rate,
        "beta": beta, "turn": turn,
    }  # fmt: skip
    for key, rule in Valley.rules(None).items():
        rule(key, view[key])
    shape = VALLEY._replace(turn=float(turn))
    start = START @ shape.axes
    paths = {
        f"{WALKERS[optimiser]}, rate {rate:g}": walk(
            shape, step_of(optimiser, beta), rate, start, UPDATES
        )
        for optimiser, rate in (first, second)
    }
    x, y = np.linspace(*WINDOW[:2], CELLS + 1), np.linspace(*WINDOW[2:], CELLS + 1)
    heights = height(shape, np.stack(np.meshgrid(x, y), axis=-1))
    still = draw.surface(
        x, y, heights, x_label="weight x", y_label="weight y", levels=LEVELS, paths=paths
    )
    settings = {
        "along": VALLEY.along, "across": VALLEY.across, "start": START.tolist(),
        "updates": UPDATES, "window": list(WINDOW), "levels": list(LEVELS), "most_rate": MOST_RATE,
    }  # fmt: skip
    return make(Valley, {"settings": settings, "view": view}, name=name, still=still)


def step_of(optimiser: str, beta: float):
    """Return a step of `optimisers` by name; momentum's with this β."""
    step = getattr(optimisers, optimiser)
    return partial(step, beta=beta) if optimiser == "momentum" else step
