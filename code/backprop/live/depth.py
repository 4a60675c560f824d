"""The figure in which a delta goes back through many layers, of a depth and scale to choose."""

from math import sqrt

import numpy as np

from .. import draw
from ..depth import EXAMPLES, MOST_LAYERS, SCALES, STARTS, WIDTH, Coins, network, sizes
from ..practice.pcg import STREAMS, Pcg32
from . import views
from .widget import Figure, make

BITS = 32  # of a number of the generator: as many coins


def tossed(seed: int, layers: int = MOST_LAYERS):
    """Return the Coins of a seed: the inputs first, the pulls, then the weights layer by layer."""
    rng, shape = Pcg32(seed, STREAMS["depth"]), (EXAMPLES, WIDTH)

    def numbers(count):
        return np.array([rng.next() for _ in range(count)], dtype=np.int64)

    def toss(*shape):
        bits = numbers(np.prod(shape) // BITS)[:, None] >> np.arange(BITS) & 1
        return (2.0 * bits - 1).reshape(shape)

    x = sqrt(3) * (numbers(EXAMPLES * WIDTH).reshape(shape) / 2**31 - 1)  # of mean square 1
    return Coins(x, toss(*shape), toss(layers, WIDTH, WIDTH))


class Depth(Figure):
    """view: layers, their number; scale, of the weights, in Xavier's; start, one of STARTS.
    settings.seed: of the coins."""

    kind = "depth"

    def rules(self):
        return {
            "layers": views.whole(2, MOST_LAYERS),
            "scale": views.between(*SCALES),
            "start": views.one_of(STARTS, "start"),
        }


def depth(
    start: str, scale: float = 1.0, layers: int = MOST_LAYERS, *, seed: int = 0, name: str = "depth"
):
    """Return the figure of a delta on its way back, and of what differs between examples.

    start: one of `depth.STARTS`; scale: of the weights, as a multiple of Xavier's; layers: from 2
    to MOST_LAYERS, of 64 units each; seed: of the coins that are tossed for the weights; name: its
    id on the page. Raises KeyError for another start, ValueError for what is out of range.
    """
    view = {"layers": layers, "scale": scale, "start": start}
    figure = {"settings": {"seed": seed}, "view": view}
    views.one_of(STARTS, "start")("start", start)
    views.between(*SCALES)("scale", scale)
    coins = tossed(seed, views.whole(2, MOST_LAYERS)("layers", layers))
    found = sizes(network(start, scale, coins), coins.x, coins.pulls)
    lines = {"delta": found.delta / found.delta[-1], "spread": found.spread / found.spread[0]}
    still = draw.curves(
        np.arange(1, layers + 1), lines, x_label="layer", y_label="size, as a multiple", log="y",
        colours=("delta", "forward"),
    )  # fmt: skip
    return make(Depth, figure, name=name, still=still)
