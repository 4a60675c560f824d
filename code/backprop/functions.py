"""Activations and losses, each beside its derivative.

Letters, those of the indexed register (chapter "notation")::

  z   the weighted input of a unit
  a   its output, a = f(z)
  t   the output wanted

Arrays have shape (units,) for one example and (examples, units) for a batch. The functions take
floats, complex numbers, and arrays of SymPy, mpmath or Fraction objects: what the book derives
and what it computes with are the same lines.

Each has a row of data/tables.json, which the browser reads too: there its formulas stand as Python
text with the letters in braces, ``"{a} * (1 - {a})"``. `latex.formula` sets such a text and a trace
evaluates it, so that picture, page and test read one string.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .tables import TABLES

TABLE = TABLES["functions"]
# e^709 is the last whole power of e that a double holds. Both are arrays: NumPy would otherwise
# make one of the number at each use.
EXP_LIMIT, ONE = np.array(TABLE["EXP_LIMIT"], dtype=float), np.array(1.0)
SUM_WITHIN = TABLE["SUM_WITHIN"]  # of 1: nine ninths written as 0.111111111 sum to 1 − 1e-9


# ---- exp, log and tanh of any kind of number ---------------------------------------------------


def _library(number):
    """The module that has the functions for this kind of number: sympy, mpmath, else math."""
    home = type(number).__module__.split(".")[0]
    if home == "fractions":
        raise TypeError(
            f"{number!r} is a Fraction, and exp, log and tanh of a fraction are not fractions: "
            "take the activation identity or relu, or sympy.Rational numbers"
        )
    return sys.modules[home if home in ("sympy", "mpmath") else "math"]


def _of_any_number(name):
    """NumPy's function `name`, which on an object array asks the library of each entry."""
    of_floats = getattr(np, name)
    of_objects = np.frompyfunc(lambda number: getattr(_library(number), name)(number), 1, 1)

    def function(z: ArrayLike):
        z = np.asarray(z)
        return of_objects(z) if z.dtype == object else of_floats(z)

    return function


exp, log, _tanh = (_of_any_number(name) for name in ("exp", "log", "tanh"))


# ---- activations -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Activation:
    """An activation beside its derivative.

    f(z) -> a; df(z, a) -> ∂a/∂z, of the shape of z, or (…, units, units) if `coupled`: then each
    output depends on every input of the layer, and df[…, m, k] = ∂a_m/∂z_k. `formula` and `slope`
    are the two as text in {z} and {a}; {exps} is the sum of e^z over the layer.
    """

    name: str
    f: Callable
    df: Callable
    formula: str
    slope: str
    coupled: bool = False

    def back(self, g: np.ndarray, z: np.ndarray, a: np.ndarray):
        """Return ∂E/∂z, given g = ∂E/∂a: g ⊙ f′(z), or g times the Jacobian (BP1, BP2)."""
        if self.coupled:
            return (g[..., None, :] @ self.df(z, a))[..., 0, :]
        return g * self.df(z, a)


def _sigmoid(z):
    z = np.asarray(z)
    if z.dtype == object:
        return 1 / (1 + exp(-z))
    return ONE / (ONE + np.exp(np.minimum(-z, EXP_LIMIT)))  # e^10000 would overflow


def _sigmoid_slope(z, a):
    return a * (1 - a) if a.dtype == object else a * (ONE - a)


def _relu(z):
    z = np.asarray(z)
    if z.dtype == object:
        return np.frompyfunc(_relu_of_object, 1, 1)(z)
    return np.where(z.real > 0, z, 0)


def _relu_of_object(number):
    library = _library_or_none(number)
    return library.Max(0, number) if library else max(number, type(number)(0))


def _relu_slope(z, a):
    z = np.asarray(z)
    if z.dtype == object:
        return np.frompyfunc(_relu_slope_of_object, 1, 1)(z)
    return np.where(z.real > 0, 1.0, 0.0)  # 0 at z = 0, as everywhere in practice


def _relu_slope_of_object(number):
    library = _library_or_none(number)
    return library.Heaviside(number, 0) if library else int(number > 0)


def _library_or_none(number):
    """SymPy for its own expressions, which may be neither above zero nor below; else None."""
    return sys.modules["sympy"] if type(number).__module__.startswith("sympy.") else None


def _softmax(z):
    z = np.asarray(z)
    if z.dtype != object:
        z = z - z.real.max(axis=-1, keepdims=True)  # the same quotients, and no e^10000
    powers = exp(z)
    return powers / powers.sum(axis=-1, keepdims=True)


def _softmax_jacobian(z, a):
    unit = np.eye(a.shape[-1], dtype=int)  # whole numbers keep SymPy's results exact
    return a[..., :, None] * (unit - a[..., None, :])


def _activation(name, f, df, coupled=False):
    return Activation(name, f, df, coupled=coupled, **TABLE["ACTIVATIONS"][name])


sigmoid = _activation("sigmoid", _sigmoid, _sigmoid_slope)
tanh = _activation("tanh", _tanh, lambda z, a: 1 - a**2)
relu = _activation("relu", _relu, _relu_slope)
identity = _activation("identity", lambda z: z, lambda z, a: np.ones_like(z))
softmax = _activation("softmax", _softmax, _softmax_jacobian, coupled=True)

ACTIVATIONS = {f.name: f for f in (sigmoid, tanh, relu, identity, softmax)}


# ---- losses ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loss:
    """A loss beside its derivative, for one example: E = Σ_k terms_k.

    terms(z, a, t) -> one term for each output, (…, outputs); d(a, t) -> ∂E/∂a, the same shape.
    `term` and `slope` are the two as text in {a}, {t} and, for the mean, {n} outputs. `scale` says
    what the terms are multiplied by, "half", "one" or, for the mean, "mean"; `targets` what t may
    be: "free", in the "unit interval", or a "distribution" over the outputs.
    `partner` is the one activation that a cross-entropy goes with: there ∂E/∂a grows as f′
    vanishes, their product is a − t exactly, and the program takes a − t instead of ∞ × 0.
    """

    name: str
    terms: Callable
    d: Callable
    term: str
    slope: str
    scale: str
    targets: str
    partner: Activation | None = None

    def check_target(self, t: np.ndarray):
        """Return what is wrong with a target, or None."""
        return TARGETS[self.targets](t)

    def delta(self, activation: Activation, z: np.ndarray, a: np.ndarray, t: np.ndarray):
        """Return the output delta ∂E/∂z (BP1), of the shape of z."""
        if self.partner is not None:
            return a - t
        return activation.back(self.d(a, t), z, a)


def _binary_terms(z, a, t):
    if z.dtype == float:
        # -t ln a - (1 - t) ln(1 - a), with no ln 0 and no difference of nearly equal numbers
        return np.maximum(z, 0) - t * z + np.log1p(np.exp(-abs(z)))
    return -(t * log(a) + (1 - t) * log(1 - a))


def _softmax_terms(z, a, t):
    if z.dtype != object:
        z = z - z.real.max(axis=-1, keepdims=True)
        return t * (np.log(np.exp(z).sum(axis=-1, keepdims=True)) - z)  # -t ln a, with no ln 0
    return -t * log(a)


def _outside_unit_interval(t):
    if ((t < 0) | (t > 1)).any():
        return f"every target between 0 and 1, and got {t.min():g} to {t.max():g}"


def _not_a_distribution(t):
    if (t < 0).any() or (abs(t.sum(axis=-1) - 1) > SUM_WITHIN).any():
        return f"targets that are shares: none below 0, their sum 1; and got {t.tolist()}"


TARGETS = {
    "free": lambda t: None,
    "unit interval": _outside_unit_interval,
    "distribution": _not_a_distribution,
}


def _loss(name, terms, d):
    row = TABLE["LOSSES"][name]
    partner = ACTIVATIONS[row["partner"]] if "partner" in row else None
    return Loss(name, terms, d, **(row | {"partner": partner}))


half_squares = _loss("half squares", lambda z, a, t: (a - t) ** 2 / 2, lambda a, t: a - t)
squares = _loss("squares", lambda z, a, t: (a - t) ** 2, lambda a, t: 2 * (a - t))
mean_squares = _loss(
    "mean squares",
    lambda z, a, t: (a - t) ** 2 / a.shape[-1],
    lambda a, t: 2 * (a - t) / a.shape[-1],
)
binary_cross_entropy = _loss(
    "binary cross-entropy", _binary_terms, lambda a, t: (a - t) / (a * (1 - a))
)
softmax_cross_entropy = _loss("softmax cross-entropy", _softmax_terms, lambda a, t: -t / a)

LOSSES = {
    loss.name: loss
    for loss in (half_squares, squares, mean_squares, binary_cross_entropy, softmax_cross_entropy)
}
