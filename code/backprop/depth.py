"""What depth does to a delta, and to what differs between examples: their sizes, layer by layer.

The networks are those of the chapter "vanishing-gradients", with coins in place of bell curves:
each weight is plus or minus one number, so its square is no matter of luck, and the browser has the
same weights to the last bit. Its twin is code/js/core/depth.js.
"""

from math import sqrt
from typing import NamedTuple

import numpy as np

from .names import unknown
from .network import Network, forward
from .tables import TABLES

TABLE = TABLES["depth"]
STARTS = TABLE["STARTS"]  # what to call them; all biases are 0 but those of "middle"
WIDTH = TABLE["WIDTH"]  # units of each layer, inputs included
EXAMPLES = TABLE["EXAMPLES"]
MOST_LAYERS = TABLE["MOST_LAYERS"]
SCALES = tuple(TABLE["SCALES"])  # the least and the greatest


class Coins(NamedTuple):
    """Tosses, each 1 or -1: pulls, (examples, units); W, (layers, units, inputs). And inputs x,
    (examples, units), of mean square 1: of coins as well they would add up to 0 in many a unit, and
    a ReLU's slope there would hang on rounding."""

    x: np.ndarray
    pulls: np.ndarray
    W: np.ndarray


class Sizes(NamedTuple):
    """Of layer 1, 2, …, each (layers,).

    delta: the root mean square of the deltas; spread: of the outputs around their mean over the
    examples.
    """

    delta: np.ndarray
    spread: np.ndarray


def network(start: str, scale: float, coins: Coins):
    """Return the network of these coins, its weights `scale` times Xavier's for layers of one size.

    start: one of STARTS, or KeyError. With "middle" the biases of a layer take away what comes in
    when every unit before it puts out one half, so that its units stay about their middle.
    """
    if start not in STARTS:
        raise KeyError(unknown(start, STARTS, "start"))
    W = scale / sqrt(coins.W.shape[-1]) * coins.W
    b = np.zeros(W.shape[:2])
    if start == "middle":
        b[1:] = -W[1:].sum(axis=2) / 2  # what the first layer gets is around 0 as it is
    return Network([None, *W], [None, *b], "sigmoid" if start == "middle" else start)


def sizes(net: Network, x: np.ndarray, pulls: np.ndarray):
    """Return the Sizes of a network, for inputs x and given pulls ∂E/∂a of its last layer."""
    z, a = forward(net, x)
    L = len(z) - 1
    delta = net.activations[L].back(pulls, z[L], a[L])  # BP1, whatever the loss
    deltas = [delta]
    for l in range(L - 1, 0, -1):
        delta = net.activations[l].back(delta @ net.W[l + 1], z[l], a[l])  # BP2
        deltas.append(delta)
    around = [layer - layer.mean(axis=0) for layer in a[1:]]
    return Sizes(_root_mean_squares(deltas[::-1]), _root_mean_squares(around))


def _root_mean_squares(layers):
    return np.array([sqrt((layer**2).mean()) for layer in layers])
