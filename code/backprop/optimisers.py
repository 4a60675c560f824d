"""Optimisers: what is done with a gradient, once backpropagation has found it.

Letters::

  g      ∂E/∂w of one weight, or of an array of them
  rate   η, the learning rate
  n      how many updates there have been
  v      velocity: a sum of all g so far, older ones counting less
  m, r   means of g and of g², older ones counting less; Kingma and Ba call r v
  w      the weight itself, or the array of them, for an optimiser that asks for it

An optimiser is a function ``step(g, rate, *state)`` that returns (change, state). The change is
added to the weight. The state, a tuple of numbers or arrays, is what it wants to be told at the
next update; at the first there is none. Each weight is treated by itself: g is a number, or an
array of any shape. An optimiser with a parameter w is given the weight too, by this name. A
schedule, n -> the rate, is given the number of the update that it is for: 1 at the first.
By hand in the chapter "optimisers".
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from inspect import signature
from math import cos, pi

import numpy as np
from numpy.typing import ArrayLike

from .names import unknown
from .network import Network, as_rate, backward, forward

BIASES = ("updated", "frozen")
Numbers = float | np.ndarray  # of one weight, or of an array of them
Schedule = Callable[[int], float]


# ---- steps -------------------------------------------------------------------------------------


def gradient_descent(g: Numbers, rate: float):
    """Return (change, ()): against the gradient."""
    return -rate * g, ()


def momentum(g: Numbers, rate: float, v: Numbers = 0.0, *, beta: float = 0.9):
    """Return (change, (v,)): the share beta of the last change goes on (Polyak 1964)."""
    v = beta * v + g
    return -rate * v, (v,)


def rmsprop(g: Numbers, rate: float, r: Numbers = 0.0, *, beta: float = 0.9, eps: float = 1e-8):
    """Return (change, (r,)): g, divided by the root of the mean of its squares.

    Tieleman and Hinton 2012.
    """
    r = beta * r + (1 - beta) * g**2
    return -rate * g / (r**0.5 + eps), (r,)


def adam(
    g: Numbers,
    rate: float,
    n: int = 0,
    m: Numbers = 0.0,
    r: Numbers = 0.0,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
):
    """Return (change, (n, m, r)): the mean of g, divided by its root mean square.

    Kingma and Ba 2015.

    Both means set out from 0, so that at first they are too small, by the factor 1 − βⁿ.
    """
    n = n + 1
    m = beta1 * m + (1 - beta1) * g
    r = beta2 * r + (1 - beta2) * g**2
    mean, mean_square = m / (1 - beta1**n), r / (1 - beta2**n)
    return -rate * mean / (mean_square**0.5 + eps), (n, m, r)


def adamw(
    g: Numbers, rate: float, *state: Numbers, w: Numbers, decay: float = 0.01, **settings: float
):
    """Return (change, (n, m, r)): Adam's change, and w less by the share rate · decay.

    The decay goes past the division by the root (Loshchilov and Hutter 2019). settings: of `adam`.
    """
    change, new = adam(g, rate, *state, **settings)
    return change - rate * decay * w, new


# ---- schedules: the rate of update n = 1, 2, 3, … ----------------------------------------------


def constant(rate: float):
    """Return n -> the rate, the same for every update."""
    return lambda n: rate


def staircase(rate: float, every: int, factor: float = 0.1):
    """Return n -> the rate, multiplied by the factor after each `every` updates."""
    return lambda n: rate * factor ** ((n - 1) // every)


def cosine(rate: float, updates: int):
    """Return n -> the rate, down half a wave: `rate` at first, almost 0 at the last update.

    The first of the waves of Loshchilov and Hutter 2017.
    """
    return lambda n: rate * (1 + cos(pi * (n - 1) / updates)) / 2


def warm_up(schedule: Schedule, updates: int):
    """Return n -> the rate of the schedule, to which it climbs during the first updates."""
    return lambda n: schedule(n) * min(1, n / updates)


# ---- training ----------------------------------------------------------------------------------


def batches(X: np.ndarray, T: np.ndarray, size: int, epochs: int, seed: int):
    """Yield mini-batches (x, t): in every epoch each row once, in an order drawn anew."""
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for first in range(0, len(X), size):
            rows = order[first : first + size]
            yield X[rows], T[rows]


def descend(
    net: Network,
    batches: Iterable[tuple[ArrayLike, ArrayLike]],
    step: Callable,
    learning_rate: float | Schedule,
    *,
    biases: str = "updated",
):
    """Yield the network after each update, one for each (x, t) of `batches`.

    step: an optimiser; learning_rate: a number, or a schedule n -> the rate; biases: `"updated"` or
    `"frozen"`. Raises as `forward` and `backward` do, KeyError for other biases, and
    FloatingPointError if a weight stops being finite: the learning rate is too large.
    """
    if biases not in BIASES:
        raise KeyError(unknown(biases, BIASES, "bias policy"))
    if not callable(learning_rate):
        learning_rate = constant(as_rate(learning_rate))
    state_W, state_b = [()] * len(net.W), [()] * len(net.b)
    for n, (x, t) in enumerate(batches, 1):
        _, dW, db = backward(net, *forward(net, x), t)
        W = _moved(net.W, dW, step, learning_rate(n), state_W)
        b = _moved(net.b, db, step, learning_rate(n), state_b) if biases == "updated" else net.b
        if not all(np.isfinite(array).all() for array in (*W[1:], *b[1:])):
            raise FloatingPointError(
                f"a weight is no longer finite after {n} updates: the learning rate, "
                f"{learning_rate(n)}, is too large"
            )
        net = replace(net, W=W, b=b)
        yield net


def _moved(arrays, gradients, step, rate, state):
    """Return the arrays after one step; what it wants to remember goes into `state`."""
    moved = [None]
    asks_for_w = "w" in signature(step).parameters
    with np.errstate(over="ignore", invalid="ignore"):  # the caller looks
        for l in range(1, len(arrays)):
            more = {"w": arrays[l]} if asks_for_w else {}
            change, state[l] = step(gradients[l], rate, *state[l], **more)
            moved.append(arrays[l] + change)
    return moved
