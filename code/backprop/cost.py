"""What a gradient costs: four methods that find the same one, and a count of their multiplications.

`count` runs a method on numbers that count, so that the count and the gradient come from one run.
What counts as one multiplication::

  weight × activation   in the weighted inputs, going forward
  slope × anything      f′(z) × what is carried; and a (1 − a), the slope of a sigmoid, is one too
  weight × delta        carrying back; or weight × what is carried forward
  delta × activation    the gradient of a weight
  a square              in the loss of each output

Not counted: additions, subtractions, divisions (the half of a loss, the 2h of a difference), exp.
The chapter is "why-backwards".
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce, total_ordering
from itertools import pairwise, product
from math import prod
from operator import mul
from typing import Any, NamedTuple, SupportsFloat

import numpy as np
from numpy.typing import ArrayLike

from .check import H, weight_by_weight
from .network import Network, as_rows, as_target, backward, by_name, forward
from .paths import MOST_PATHS, count_paths

# ---- a number that counts ----------------------------------------------------------------------


@total_ordering
class Counted:
    """A number that counts how often such numbers are multiplied: `Counted.multiplications`.

    `real` is the float that it stands for. What is computed from it is Counted too. It is no float
    of Python's, since a NumPy number would multiply that one by itself, and nobody would count.
    """

    multiplications = 0

    def __init__(self, value: SupportsFloat):
        self.real = float(value)

    def __float__(self):
        return self.real

    def __repr__(self):
        return f"Counted({self.real!r})"

    def __eq__(self, other):
        return self.real == other

    def __gt__(self, other):
        return self.real > other

    def __mul__(self, other):
        if isinstance(other, np.ndarray):
            return NotImplemented  # it multiplies entry by entry, and comes back with each
        Counted.multiplications += 1
        return Counted(self.real * float(other))

    __rmul__ = __mul__

    def __pow__(self, power):
        return reduce(mul, [self] * power)


def _not_counted(name):
    of_floats = getattr(float, name)

    def operation(self, *other):
        if other and isinstance(other[0], np.ndarray):
            return NotImplemented
        return Counted(of_floats(self.real, *map(float, other)))

    return operation


for _name in ("add", "radd", "sub", "rsub", "truediv", "rtruediv", "neg"):
    setattr(Counted, f"__{_name}__", _not_counted(f"__{_name}__"))

_counted = np.frompyfunc(Counted, 1, 1)  # of every entry of an array


class Count(NamedTuple):
    """How many multiplications a piece of work took, and what came out."""

    multiplications: int
    result: Any


def count(
    work: Callable[[Network, np.ndarray, np.ndarray], Any], net: Network, x: ArrayLike, t: ArrayLike
):
    """Run work(net, x, t) on numbers that count; return its Count.

    work: a method of this module, `loss`, or a function of your own that takes the three.
    x: (inputs,), t: (outputs,). Raises ValueError for a batch, and as `forward` and `backward` do.
    """
    x = as_rows("x", x, net.sizes[0], "inputs")
    if x.ndim != 1:
        raise ValueError(f"counted is the work for one example; x has shape {x.shape}")
    t = as_target(net, t, x)
    before = Counted.multiplications
    result = work(_counting(net), _counted(x), _counted(t))
    return Count(Counted.multiplications - before, result)


def _counting(net):
    """The network on counting numbers. What exp returns is a float, and is made to count again."""

    def counting(activation):
        return replace(activation, f=lambda z: _counted(activation.f(z)))

    return replace(
        net,
        W=[None, *map(_counted, net.W[1:])],
        b=[None, *map(_counted, net.b[1:])],
        activations=[None, *map(counting, net.activations[1:])],
    )


# ---- four methods: each (net, x, t) -> {name: gradient} of every weight and bias ---------------


def central_differences(net: Network, x: ArrayLike, t: ArrayLike):
    """Two whole forward passes for each weight and bias: (E(w + H) − E(w − H)) / 2H."""
    x = as_rows("x", x, net.sizes[0], "inputs")
    t = as_target(net, t, x)

    def slope(E, w):
        return (E(w + H) - E(w - H)) / (2 * H)

    return by_name(net, *weight_by_weight(net, x, t, slope, net.W[1].dtype))


def forward_mode(net: Network, x: ArrayLike, t: ArrayLike):
    """One pass from each weight and bias to the error, with the slopes of all that it moves.

    Nothing before the weight moves, and in its own layer one unit does: the pass starts there.
    Raises ValueError where units do not pass on one by one (softmax, a cross-entropy).
    """
    a, slopes, d = _stored(net, x, t)

    def slope(l, j, i):
        units = [j]  # those that move, and ∂a/∂w of each
        moved = slopes[l][units] if i is None else slopes[l][units] * a[l - 1][i]
        for m in range(l + 1, len(net.W)):
            moved = slopes[m] * net.W[m][:, units].dot(moved)
            units = slice(None)
        return d[units].dot(moved)

    return _of_each(net, slope)


def path_by_path(net: Network, x: ArrayLike, t: ArrayLike):
    """Along each path from each weight and bias to the error one product; the products summed.

    Raises ValueError for more than 10,000 paths from one weight, and as `forward_mode`.
    """
    paths = count_paths(net, 1)
    if paths > MOST_PATHS:
        raise ValueError(
            f"{paths:,} paths lead from a weight of the first layer to the loss, and at most "
            f"{MOST_PATHS:,} are multiplied one by one"
        )
    a, slopes, d = _stored(net, x, t)

    def slope(l, j, i):
        total = 0.0
        for path in product(*map(range, net.sizes[l + 1 :])):
            along = slopes[l][j] if i is None else slopes[l][j] * a[l - 1][i]
            for m, (came, to) in enumerate(pairwise((j, *path)), start=l + 1):
                along = along * net.W[m][to, came] * slopes[m][to]
            total = total + along * d[(j, *path)[-1]]
        return total

    return _of_each(net, slope)


def reverse(net: Network, x: ArrayLike, t: ArrayLike):
    """Backpropagation: the package's own `forward` and `backward`."""
    _, dW, db = backward(net, *forward(net, x), t)
    return by_name(net, dW, db)


METHODS = {
    "central differences": central_differences,
    "path by path": path_by_path,
    "forward mode": forward_mode,
    "reverse mode": reverse,
}


def _of_each(net, slope):
    return {symbol.name: float(slope(*place)) for place, symbol in net.names.weights()}


def _stored(net, x, t):
    """Return a, f′(z) of every layer and ∂E/∂a of the last: what a forward pass leaves behind."""
    if net.loss.partner or any(f.coupled for f in net.activations[1:]):
        raise ValueError(
            "here each unit passes its signal on by itself: a network without softmax and without "
            f"a cross-entropy; this one has {', '.join(f.name for f in net.activations[1:])} and "
            f"{net.loss.name}"
        )
    z, a = forward(net, x)
    slopes = [None] + [net.activations[l].df(z[l], a[l]) for l in range(1, len(a))]
    return a, slopes, net.loss.d(a[-1], as_target(net, t, a[0]))


# ---- the same counts without a run -------------------------------------------------------------


def by_formula(sizes: Sequence[int]):
    """Return {method: multiplications} for sigmoid units and half squares, without a run.

    sizes: units of layer 0, 1, …, L. The tests hold it against `count`.
    """
    layers, last = range(1, len(sizes)), len(sizes) - 1
    weights = sum(sizes[l] * sizes[l - 1] for l in layers)
    units = sum(sizes[1:])  # as many slopes, and as many biases

    def carried(l):
        """Carry the slope of one unit of layer l forward, to all units after it and to E."""
        if l == last:
            return 1
        first = 2 * sizes[l + 1]  # a weight and a slope for each unit that one unit feeds
        return first + sum(sizes[m] * (sizes[m - 1] + 1) for m in layers[l + 1 :]) + sizes[last]

    def paths(l):
        return prod(sizes[l + 1 :])

    def along_paths(l):
        """A weight and a slope for each layer that a path still crosses, ∂E/∂a at its end."""
        return paths(l) * (2 * (last - l) + 1)

    def of_all(one, more):
        """Of each bias, one(l); of each weight more(l) besides, the product with its input."""
        return sum(sizes[l] * (one(l) + sizes[l - 1] * (one(l) + more(l))) for l in layers)

    return {
        "central differences": 2 * (weights + units) * (weights + sizes[last]),
        "path by path": weights + units + of_all(along_paths, paths),
        "forward mode": weights + units + of_all(carried, lambda l: 1),
        # forward, carried back, gradients; slopes, and their products with what comes back
        "reverse mode": weights + (weights - sizes[1] * sizes[0]) + weights + 2 * units,
    }
