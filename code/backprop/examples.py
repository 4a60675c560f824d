"""The given numbers of each worked example, with the source they come from."""

from typing import NamedTuple

import numpy as np

from . import names
from .network import Network


class Example(NamedTuple):
    """A network, the one example that it sees, and the learning rate of its source."""

    net: Network
    x: np.ndarray
    t: np.ndarray
    learning_rate: float


def two_two_two():
    """Return the 2-2-2 sigmoid network of source S4 and its one example.

    The source never updates the biases: pass `biases="frozen"` to `update` and `train`.
    """
    net = Network(
        W=[None, [[0.25, 0.25], [0.15, 0.20]], [[0.30, 0.35], [0.40, 0.35]]],
        b=[None, [0.4, 0.4], [0.7, 0.7]],
        activations="sigmoid",
        loss="half squares",
        names=names.given(
            inputs=("i1", "i2"),
            units=(("h1", "h2"), ("o1", "o2")),
            weights=((("w1", "w2"), ("w3", "w4")), (("w5", "w6"), ("w7", "w8"))),
            biases=(("b1", "b1"), ("b2", "b2")),
        ),
    )
    return Example(net, x=np.array([0.02, 0.04]), t=np.array([0.5, 0.9]), learning_rate=0.1)
