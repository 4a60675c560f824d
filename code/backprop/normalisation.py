"""Batch and layer normalisation: forward, backward, their trace, and mistakes in the backward pass.

Letters, those of the chapter "normalisation", where each line is derived::

  z            net inputs, (examples, units), or (examples,) of one unit
  mu, v        mean and variance of the n numbers that are normalised together
  s            √(v + ε): what they are divided by
  z_hat        (z − mu) / s, with mean 0 and, but for ε, variance 1
  gamma, beta  a factor and a shift for each unit, both learned
  y            gamma z_hat + beta
  dy, delta    ∂E/∂y and ∂E/∂z, per example

Which n numbers go together is the only difference between the two: the axis 0, EXAMPLES, makes a
batch normalisation of each unit, the axis 1, UNITS, a layer normalisation of each example. dgamma
and dbeta are sums over the examples, so a loss that is the mean of m examples takes them divided by
m. Floats and complex numbers. `normalise_backward` is for training, where mean and variance are
those of z; with running ones, at test time, they are constants and delta is gamma dy / s.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import latex
from .names import Symbol, derivative, indexed, unknown
from .network import as_numbers
from .trace import Steps, Trace

EXAMPLES, UNITS = 0, 1  # axes: over the examples in a batch, over the units in a layer
EPSILON = 1e-5  # as in PyTorch, where it is added to the variance


class Normalised(NamedTuple):
    """What `normalise` returns, and stores for the way back: y and z_hat of the shape of z; s, with
    a length of 1 along the axis."""

    y: np.ndarray
    z_hat: np.ndarray
    s: np.ndarray


class Gradients(NamedTuple):
    """What `normalise_backward` returns: delta of the shape of z; dgamma and dbeta, (units,), or
    one number where z is of one unit."""

    delta: np.ndarray
    dgamma: np.ndarray
    dbeta: np.ndarray


def normalise(
    z: ArrayLike,
    gamma: ArrayLike = 1.0,
    beta: ArrayLike = 0.0,
    axis: int = EXAMPLES,
    epsilon: float = EPSILON,
):
    """Return what is `Normalised`.

    z: (examples, units), or (examples,) of one unit; gamma, beta: (units,) or one number; axis:
    EXAMPLES or UNITS. Raises ValueError for shapes that do not fit, and where all of the numbers
    that go together are equal and epsilon is 0; TypeError for what is not a number.
    """
    z = _checked(z, axis)
    away = z - z.mean(axis=axis, keepdims=True)
    v = (away**2).mean(axis=axis, keepdims=True)
    if epsilon < 0 or np.any(v + epsilon == 0):
        raise ValueError(
            "v + epsilon should be above 0: where all numbers that are normalised together are "
            f"equal, v is 0; epsilon is {epsilon}"
        )
    s = np.sqrt(v + epsilon)
    z_hat = away / s
    return Normalised(as_numbers("gamma", gamma) * z_hat + as_numbers("beta", beta), z_hat, s)


def normalise_backward(
    dy: ArrayLike, passed: Normalised, gamma: ArrayLike = 1.0, axis: int = EXAMPLES
):
    """Return the `Gradients`, given dy = ∂E/∂y, of the shape of z, and what `normalise` returned.

    gamma and axis as they were there. Raises as `normalise` does.
    """
    dy = _checked(dy, axis)
    _, z_hat, s = passed
    if dy.shape != z_hat.shape:
        raise ValueError(f"dy has shape {dy.shape}; what was normalised has {z_hat.shape}")
    g = as_numbers("gamma", gamma) * dy  # ∂E/∂z_hat
    straight = g
    through_mean = g.mean(axis=axis, keepdims=True)
    through_variance = z_hat * (g * z_hat).mean(axis=axis, keepdims=True)
    delta = (straight - through_mean - through_variance) / s
    return Gradients(delta, (dy * z_hat).sum(axis=0), dy.sum(axis=0))


def _checked(z, axis):
    z = as_numbers("z", z)
    if axis not in (EXAMPLES, UNITS) or z.ndim not in (axis + 1, 2) or 0 in z.shape:
        raise ValueError(
            f"z takes (examples, units), or (examples,) with axis 0, none of them 0; it has shape "
            f"{z.shape}, and the axis is {axis}"
        )
    return z


# ---- every number of one pass ------------------------------------------------------------------


def trace_of_normalisation(
    z: ArrayLike,
    pulls: ArrayLike,
    gamma: float = 1.0,
    beta: float = 0.0,
    epsilon: float = 0.0,
    *,
    suffix: str = "",
):
    """Return the Trace of n numbers that are normalised together, such as one unit's in a batch.

    z: (n,); pulls: ∂E/∂y, (n,). d is z − mu, and g is ∂E/∂z_hat. The terms of each delta are its
    paths: straight, through the mean and through the variance. suffix: what the names of its steps
    end in, for a page that shows two such traces. Raises ValueError for more than nine numbers, and
    as `normalise` does.
    """
    passed = normalise(z, gamma, beta, epsilon=epsilon)
    z, dy, n = as_numbers("z", z), as_numbers("pulls", pulls), len(passed.y)
    if z.ndim != 1 or n > 9:
        raise ValueError(f"a trace follows one row of at most nine numbers; z has shape {z.shape}")
    delta, dgamma, dbeta = normalise_backward(dy, passed, gamma)
    s, g, away = passed.s[0], gamma * dy, z - z.mean()
    numbers = [str(i) for i in range(1, n + 1)]

    steps = Steps(digits=6)

    def add(label, symbol, expression, value):
        ending = symbol._replace(name=symbol.name + suffix)
        for name in latex.names_in(expression) if expression and suffix else ():
            expression = re.sub(rf"\b{name}\b", name + suffix, expression)
        steps.add(label, ending, expression, value)

    for i, value in zip(numbers, z, strict=True):
        add("given", _z(i), "", value)
    for symbol, value in zip((GAMMA, BETA, EPS), (gamma, beta, epsilon), strict=True):
        add("given", symbol, "", value)
    for i, value in zip(numbers, dy, strict=True):
        add("given", derivative(E, _y(i)), "", value)

    add("forward", MU, f"({' + '.join(f'z{i}' for i in numbers)}) / {n}", z.mean())
    for i, value in zip(numbers, away, strict=True):
        add("forward", Symbol(f"d{i}", f"d_{i}"), f"z{i} - mu", value)
    squares = " + ".join(f"d{i}**2" for i in numbers)
    add("forward", V, f"({squares}) / {n}", (away**2).mean())
    add("forward", ROOT, "sqrt(v + epsilon)" if epsilon else "sqrt(v)", s)
    for i, value in zip(numbers, passed.z_hat, strict=True):
        add("forward", _z_hat(i), f"d{i} / s", value)
    for i, value in zip(numbers, passed.y, strict=True):
        add("forward", _y(i), f"gamma * z_hat{i} + beta", value)

    for i, value in zip(numbers, g, strict=True):
        add("hidden delta", Symbol(f"dE_dz_hat{i}", f"g_{i}"), f"gamma * dE_dy{i}", value)
    terms = " + ".join(f"dE_dz_hat{i}" for i in numbers)
    d_mu = -g.sum() / s
    add("hidden delta", derivative(E, MU), f"-({terms}) / s", d_mu)
    terms = " + ".join(f"dE_dz_hat{i} * d{i}" for i in numbers)
    d_v = -(g * away).sum() / (2 * s**3)
    add("hidden delta", derivative(E, V), f"({terms}) / (-2 * s**3)", d_v)
    for i, value in zip(numbers, g / s, strict=True):
        add("hidden delta", Symbol(f"delta{i}_straight", f"S_{i}"), f"dE_dz_hat{i} / s", value)
    add("hidden delta", Symbol("delta_mean", "M"), f"1 / {n} * dE_dmu", d_mu / n)
    for i, value in zip(numbers, 2 * d_v * away / n, strict=True):
        add(
            "hidden delta",
            Symbol(f"delta{i}_variance", f"V_{i}"),
            f"2 * d{i} / {n} * dE_dv",
            value,
        )
    for i, value in zip(numbers, delta, strict=True):
        expression = f"delta{i}_straight + delta_mean + delta{i}_variance"
        add("hidden delta", Symbol(f"delta{i}", rf"\delta_{i}"), expression, value)

    terms = " + ".join(f"dE_dy{i} * z_hat{i}" for i in numbers)
    add("gradients", derivative(E, GAMMA), terms, dgamma)
    terms = " + ".join(f"dE_dy{i}" for i in numbers)
    add("gradients", derivative(E, BETA), terms, dbeta)
    return Trace(steps.done, indexed((1, 1)))


E, MU, V, ROOT = Symbol("E", "E"), Symbol("mu", r"\mu"), Symbol("v", "v"), Symbol("s", "s")
GAMMA, BETA = Symbol("gamma", r"\gamma"), Symbol("beta", r"\beta")
EPS = Symbol("epsilon", r"\varepsilon")


def _z(i):
    return Symbol(f"z{i}", f"z_{i}")


def _z_hat(i):
    return Symbol(f"z_hat{i}", rf"\hat z_{i}")


def _y(i):
    return Symbol(f"y{i}", f"y_{i}")


# ---- mistakes ----------------------------------------------------------------------------------


class Lines(NamedTuple):
    """The lines of the backward pass that go wrong: by what the squares are divided, for n numbers;
    mean(g) -> the path through the mean; variance(g, z_hat, divisor) -> through the variance. g is
    ∂E/∂z_hat."""

    divisor: Callable
    mean: Callable
    variance: Callable


def _nothing(g, *_):
    return np.zeros_like(g)


RIGHT = Lines(
    divisor=lambda n: n,
    mean=np.mean,
    variance=lambda g, z_hat, divisor: z_hat * (g * z_hat).sum() / divisor,
)
MISTAKES = {  # what was done, as a clause about you: the lines
    "took mean and variance for constants": RIGHT._replace(mean=_nothing, variance=_nothing),
    "forgot the path through the mean": RIGHT._replace(mean=_nothing),
    "forgot the path through the variance": RIGHT._replace(variance=_nothing),
    "divided by n − 1 in the variance": RIGHT._replace(divisor=lambda n: n - 1),
    "added where a mean is taken": RIGHT._replace(
        mean=np.sum, variance=lambda g, z_hat, divisor: z_hat * (g * z_hat).sum()
    ),
}


def mistaken(z: ArrayLike, pulls: ArrayLike, mistake: str, gamma: float = 1.0):
    """Return delta, (n,), as it comes out with one of MISTAKES; epsilon is 0.

    z, pulls: (n,), as in `trace_of_normalisation`. Raises KeyError for an unknown mistake, and as
    `normalise` does.
    """
    if mistake not in MISTAKES:
        raise KeyError(unknown(mistake, MISTAKES, "mistake"))
    lines = MISTAKES[mistake]
    normalise(z, epsilon=0.0)  # raises where z cannot be normalised
    z, g = as_numbers("z", z), gamma * as_numbers("pulls", pulls)
    away, divisor = z - z.mean(), lines.divisor(len(z))
    s = np.sqrt((away**2).sum() / divisor)
    z_hat = away / s
    return (g - lines.mean(g) - lines.variance(g, z_hat, divisor)) / s
