"""Weights to start from, drawn so that signals and deltas keep their size from layer to layer.

Derived in the chapter "vanishing-gradients". The weights of a layer, (units, inputs), come from a
bell curve around 0, and biases are 0; W[0] and b[0] are None, as in `network`.
"""

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np


def drawn(sizes: Sequence[int], spread: Callable[[int, int], float], seed: int):
    """Return (W, b) of layers of these sizes; spread(n_in, n_out) is a layer's root mean square.

    sizes: units in layer 0, 1, …, L. The same seed gives the same weights but for their spread.
    Raises ValueError for fewer than two layers, an empty one and a spread that is below 0.
    """
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(f"sizes are two or more layers of at least one unit, and are {sizes}")
    rng = np.random.default_rng(seed)
    W, b = [None], [None]
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        W.append(rng.normal(0, spread(n_in, n_out), (n_out, n_in)))
        b.append(np.zeros(n_out))
    return W, b


def xavier(sizes: Sequence[int], seed: int):
    """Return (W, b) with variance 2 / (n_in + n_out), for tanh: Glorot and Bengio 2010.

    They draw from a box and not from a bell curve; the variance is the same.
    """
    return drawn(sizes, lambda n_in, n_out: sqrt(2 / (n_in + n_out)), seed)


def he(sizes: Sequence[int], seed: int):
    """Return (W, b) with variance 2 / n_in, for ReLU: He, Zhang, Ren and Sun 2015."""
    return drawn(sizes, lambda n_in, n_out: sqrt(2 / n_in), seed)
