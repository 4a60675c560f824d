"""A stack of layers of one width, with or without a shortcut around each, and with or without a
normalisation in each.

Letters as in `network`, for a batch with one example to a row::

  z[l] = a[l-1] W[l]ᵀ + b[l]       z[l] is normalised, if the stack is
  a[l] = a[l-1] + c[l] f(z[l])     with a shortcut, c being the factor of the branch
  a[l] = c[l] f(z[l])              without
  g[l] = ∂E/∂a[l]

Derived in the chapter "normalisation". All is per example: dW and db are sums over the examples, so
a loss that is the mean of m examples takes them divided by m. The numbers are not checked: the
chapter shows what becomes of them when they grow without bounds.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from . import functions
from .normalisation import Normalised, normalise, normalise_backward


class Stack(NamedTuple):
    """W[l] (units, units) and b[l] (units,) for l = 1 … L, W[0] = b[0] = None; f, the activation of
    every layer; branch: c, one number, or a sequence of them, c[0] unused; axis: None, or that of
    `normalisation` over which each z is normalised."""

    W: Sequence
    b: Sequence
    f: functions.Activation
    shortcut: bool = False
    branch: float | Sequence = 1.0
    axis: int | None = None


class Passed(NamedTuple):
    """What `forward` stores, each by layer: a; z as it enters f; f(z); what was `Normalised`."""

    a: list
    z: list
    out: list
    normalised: list


class Gradients(NamedTuple):
    """What `backward` returns, each by layer: g = ∂E/∂a from layer 0 on; delta = ∂E/∂z, before the
    normalisation; dW, db."""

    g: list
    delta: list
    dW: list
    db: list


def forward(stack: Stack, x: np.ndarray):
    """Return what is `Passed`, for x (examples, units)."""
    a, z, out, normalised = [np.asarray(x)], [None], [None], [None]
    c = np.broadcast_to(stack.branch, len(stack.W))
    for l in range(1, len(stack.W)):
        entering, passed = a[-1] @ stack.W[l].T + stack.b[l], None
        if stack.axis is not None:
            passed = normalise(entering, axis=stack.axis)
            entering = passed.y
        z.append(entering)
        normalised.append(passed)
        out.append(stack.f.f(entering))
        branch = c[l] * out[-1]
        a.append(a[-1] + branch if stack.shortcut else branch)
    return Passed(a, z, out, normalised)


def backward(stack: Stack, passed: Passed, g: np.ndarray):
    """Return the `Gradients`, given what `forward` stored and g = ∂E/∂a of the last layer."""
    L, c = len(stack.W) - 1, np.broadcast_to(stack.branch, len(stack.W))
    of_a, of_z, dW, db = [None] * L + [g], [None] * (L + 1), [None] * (L + 1), [None] * (L + 1)
    for l in range(L, 0, -1):
        delta = stack.f.back(c[l] * of_a[l], passed.z[l], passed.out[l])
        normalised: Normalised | None = passed.normalised[l]
        if normalised is not None:
            delta = normalise_backward(delta, normalised, axis=stack.axis).delta
        of_z[l], dW[l], db[l] = delta, delta.T @ passed.a[l - 1], delta.sum(axis=0)
        of_a[l - 1] = delta @ stack.W[l]
        if stack.shortcut:
            of_a[l - 1] = of_a[l] + of_a[l - 1]
    return Gradients(of_a, of_z, dW, db)
