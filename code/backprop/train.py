"""Gradient descent: forward, backward, update, again and again, and a history of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import isfinite
from numbers import Integral

import numpy as np
from numpy.typing import ArrayLike

from .network import (
    Network,
    as_mistaken_rate,
    as_rate,
    as_rows,
    as_target,
    check_biases,
    copies,
    share_gradients,
)
from .passes import backward_pass, forward_pass, loss_value, update_step


@dataclass(frozen=True, eq=False)
class History:
    """What `train` went through.

    loss: (updates + 1,), E after 0, 1, 2, … updates; nets: the networks kept, by their number of
    updates.
    """

    loss: np.ndarray
    nets: dict[int, Network]

    def updates_until(self, loss: float):
        """Return the number of updates after which E is first below `loss`, or None."""
        below = np.flatnonzero(self.loss < loss)
        return int(below[0]) if len(below) else None


def train(
    net: Network,
    x: ArrayLike,
    t: ArrayLike,
    learning_rate: float,
    updates: int,
    *,
    biases: str = "updated",
    hidden_weights: str = "old",
    keep: Iterable[int] = (),
):
    """Return (net, history) after `updates` steps of gradient descent on one example or a batch.

    x, t, biases and hidden_weights as in `forward`, `backward` and `update`; `keep` holds the
    numbers of updates after which the history keeps the network. Raises as those three do, and
    FloatingPointError if E stops being finite: the learning rate is too large.
    """
    check_biases(net, biases)
    if not isinstance(updates, Integral) or updates < 0:
        raise ValueError(f"updates should be a whole number, 0 or more, and is {updates!r}")
    keep = set(keep)
    if not keep <= set(range(updates + 1)):
        raise ValueError(f"keep should hold numbers from 0 to {updates}, and holds {keep}")
    learning_rate = as_rate(learning_rate)
    mistaken_rate = as_mistaken_rate(hidden_weights, learning_rate)
    x = as_rows("x", x, net.sizes[0], "inputs")
    t = as_target(net, t, x)
    activations, loss, names = net.activations, net.loss, net.names
    W, b = copies(net.W, x, t, learning_rate), copies(net.b, x, t, learning_rate)
    rate = np.asarray(learning_rate)  # which NumPy takes quicker than a float
    z, a = forward_pass(W, b, activations, x)
    losses, nets = [loss_value(loss, z, a, t)], {0: net} if 0 in keep else {}
    with np.errstate(over="ignore", invalid="ignore"):  # E shows it, and E is looked at
        for n in range(1, updates + 1):
            _, dW, db = backward_pass(W, activations, loss, z, a, t, mistaken_rate)
            share_gradients(names, dW, db)
            update_step(W, b, dW, db, rate, biases)
            del dW  # a large network makes the next one in the same place
            z, a = forward_pass(W, b, activations, x)
            losses.append(loss_value(loss, z, a, t))
            if not isfinite(losses[-1]):
                raise FloatingPointError(
                    f"E is {losses[-1]} after {n} updates: the learning rate, {learning_rate}, "
                    "is too large"
                )
            if n in keep:
                nets[n] = replace(net, W=W, b=b)
    return replace(net, W=W, b=b), History(np.array(losses), nets)
