"""Calling somebody else's function: its parameters, how it takes arrays, what it returns."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from .ladder import Case, are_near, arrays

SAME = 1e-12  # of the largest entry: two calls with the same numbers
_WORDS = {
    "W": re.compile(r"(w|ws|weights?|params_w)", re.IGNORECASE),
    "b": re.compile(r"(b|bs|bias|biases)", re.IGNORECASE),
    "x": re.compile(r"(x|xs|inputs?|a0|data|i)", re.IGNORECASE),
    "t": re.compile(r"(t|y|ts|ys|targets?|labels?|y_true|expected|d)", re.IGNORECASE),
}
_OF_A_LAYER = re.compile(r"(?:d|grad_|nabla_)?(w|b|weights?|bias|biases)_?(\d+)", re.IGNORECASE)


def caller(function: Callable):
    """Return what calls the function with (W, b, x, t), lists from layer 1 on, by its parameters.

    Raises TypeError for parameters that say nothing.
    """
    try:
        parameters = [
            p.name
            for p in inspect.signature(function).parameters.values()
            if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
    except ValueError:  # a function of C, which does not say
        parameters = ["W", "b", "x", "t"]
    roles = [_role(name) for name in parameters]
    whole = {"W", "b", "x", "t"}
    if set(roles) != whole and not (
        {"x", "t"} <= set(roles) and all(r in ("x", "t") or isinstance(r, tuple) for r in roles)
    ):
        raise TypeError(
            "expected a function of weights, biases, input and target, as backward(W, b, x, t) or "
            f"backward(x, t, W1, b1, W2, b2), and got one of ({', '.join(parameters)}); write a "
            "function around it that takes (W, b, x, t)"
        )

    def call(W, b, x, t):
        given = {"W": W, "b": b, "x": x, "t": t}
        layers = {("W", l): A for l, A in enumerate(W, 1)} | {
            ("b", l): A for l, A in enumerate(b, 1)
        }
        asked = {r for r in roles if isinstance(r, tuple)}
        if asked and {l for _, l in asked} != {l for _, l in layers}:
            raise _OtherDepth
        return function(*(given[r] if r in given else layers[r] for r in roles))

    return call


OTHER_DEPTH = "the function takes the weights of another number of layers"


class _OtherDepth(Exception):
    """A function of W1, b1, W2, b2 takes networks of two layers alone."""


def _role(parameter):
    for role, words in _WORDS.items():
        if words.fullmatch(parameter):
            return role
    if of := _OF_A_LAYER.fullmatch(parameter):
        return of[1][0].replace("w", "W").replace("B", "b"), int(of[2])
    return None


@dataclass(frozen=True)
class Convention:
    """How a function takes arrays: weights with a row to an input, and x as a vector, a row, or a
    column, the biases with it; and whether it returns (db, dW)."""

    turned: bool
    form: str
    biases_first: bool

    def given(self, case: Case):
        """Return (W, b, x, t), copies, as the function takes them."""
        W = [A.T.copy() if self.turned else A.copy() for A in case.net.W[1:]]
        b, x, t = [A.copy() for A in case.net.b[1:]], case.x.copy(), case.t.copy()
        if self.form != "vector":
            x, t = np.atleast_2d(x), np.atleast_2d(t)
        if self.form == "column":
            b, x, t = [A[:, None] for A in b], x.T.copy(), t.T.copy()
        return W, b, x, t

    def read(self, found: Any, case: Case):
        """Return (dW, db), None at layer 0, of what the function returned."""
        dW, db = _read(found, case, self.biases_first)
        dW = [A.T if self.turned else A for A in dW]
        db = [
            A.reshape(-1) if A.size == B.size else A
            for A, B in zip(db, case.net.b[1:], strict=True)
        ]
        return [None, *dW], [None, *db]


CONVENTIONS = tuple(
    Convention(turned, form, biases_first)
    for biases_first, form, turned in product(
        (False, True), ("vector", "row", "column"), (False, True)
    )
)


@dataclass(frozen=True)
class Run:
    """What came of a function in one convention: results, pairs (case, gradients); refused, pairs
    (case, why); besides, sentences on its arguments and on a second call."""

    results: list
    refused: list
    besides: list


def run_all(call: Callable, cases: Sequence[Case], convention: Convention):
    """Return the Run of what `caller` returned, on each case twice, in a convention."""
    results, refused, besides = [], [], []
    for case in cases:
        try:
            found, more = _run(call, case, convention)
        except _OtherDepth:
            refused.append((case, OTHER_DEPTH))
        except Exception as fault:  # of the function, whatever it is
            refused.append((case, f"{type(fault).__name__}: {fault}".rstrip(" .")))
        else:
            results.append((case, found))
            besides += [words for words in more if words not in besides]
    return Run(results, refused, besides)


def _run(call, case, convention):
    """Return the gradients of a case, and sentences on its arguments and on a second call."""

    def once():
        given, before = convention.given(case), convention.given(case)
        with np.errstate(all="ignore"):
            found = convention.read(call(*given), case)
        pairs = zip(_flat(given), _flat(before), strict=True)
        return found, all(np.array_equal(p, q) for p, q in pairs)

    (found, unchanged), (again, _) = once(), once()
    besides = [] if unchanged else ["It changes the arrays that it is given."]
    pairs = list(zip(arrays(found), arrays(again), strict=True))
    if not all(p.shape == q.shape and are_near(p, q, SAME) for p, q in pairs):
        twice = all(p.shape == q.shape and are_near(2 * p, q, SAME) for p, q in pairs)
        besides.append(
            "A second call adds its gradients to those of the first: set them to 0 before each."
            if twice
            else "A second call with the same numbers returns other gradients."
        )
    return found, besides


def _flat(given):
    W, b, x, t = given
    return [*W, *b, x, t]


def fits(result: tuple):
    """Return whether a result, a pair (Case, gradients), has the shapes of the parameters."""
    case, found = result
    ours = arrays((case.dW, case.db))
    return all(p.shape == q.shape for p, q in zip(arrays(found), ours, strict=True))


def _read(found, case, biases_first):
    """Return (dW, db), lists from layer 1 on, of what a function returned.

    Raises TypeError for what is not the gradients of every layer.
    """
    L = len(case.net.sizes) - 1
    if isinstance(found, Mapping):
        roles = {_role(re.sub(r"^(d|grad_|nabla_)", "", str(key))): v for key, v in found.items()}
        if {"W", "b"} <= set(roles):
            found = roles["W"], roles["b"]
        else:
            wanted = [(kind, l) for kind in "Wb" for l in range(1, L + 1)]
            if not set(wanted) <= set(roles):
                raise TypeError(
                    f"expected dW1, db1 and so on, and got {', '.join(map(str, found))}"
                )
            found = (
                [roles[("W", l)] for l in range(1, L + 1)],
                [roles[("b", l)] for l in range(1, L + 1)],
            )
    if isinstance(found, tuple | list) and len(found) == 3 and len(found[1]) == len(found[2]):
        found = found[1:]  # (delta, dW, db), as `backward` of this package
    if not isinstance(found, tuple | list):
        raise TypeError(f"expected the gradients (dW, db), and got {type(found).__name__}")
    if len(found) == 2 and all(isinstance(part, tuple | list) for part in found):
        dW, db = (_from_layer_1(part, L) for part in found)
        if biases_first:
            dW, db = db, dW
    elif len(found) == 2 * L and L > 1 or len(found) == 2 and L == 1:
        pairs = list(map(np.asarray, found))
        dW, db = (
            (pairs[::2], pairs[1::2])
            if pairs[1].ndim < 2 or pairs[1].shape[0] == 1
            else (pairs[:L], pairs[L:])
        )
    else:
        raise TypeError(f"expected gradients of {L} layers, (dW, db), and got {len(found)} parts")
    try:
        return [np.array(A, float) for A in dW], [np.array(A, float).squeeze() for A in db]
    except (TypeError, ValueError):
        raise TypeError("expected arrays of numbers as gradients") from None


def _from_layer_1(arrays, L):
    arrays = list(arrays)
    if len(arrays) == L + 1 and arrays[0] is None:
        arrays = arrays[1:]
    if len(arrays) != L:
        raise TypeError(f"expected gradients of {L} layers, and got {len(arrays)}")
    return arrays
