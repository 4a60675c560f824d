"""The first wrong line of a backward pass, where no mistake that we know explains it."""

from collections.abc import Sequence

import numpy as np

from ..network import forward
from .ladder import are_near


def first_wrong(results: Sequence, near: float):
    """Return (case, sentence) of the first line that is wrong by itself, or None.

    results and near as in `hypotheses.explaining`. Each line is worked out from the function's own
    numbers before it: a delta from its own deltas of the next layer, a weight's gradient from its
    own delta. A delta is read from the gradients of the biases, or, if these are wrong by
    themselves, from those of the weights. Batches are left out.
    """
    for case, gradients in results:
        if case.x.ndim < 2 and (sentence := _of_case(case, *gradients, near)):
            return case, sentence
    return None


def _of_case(case, dW, db, near):
    net, L = case.net, len(case.net.sizes) - 1
    z, a = forward(net, case.x)
    delta = None  # of the layer after this one, as the function has it
    for l in range(L, 0, -1):
        if l == L:
            layer, expected = f"layer {l}, the output,", case.db[L]
            made_of = "∂E/∂a times the slope of the activation (BP1)"
        else:
            layer, g = f"layer {l}", delta @ net.W[l + 1]
            expected = net.activations[l].back(g, z[l], a[l])
            made_of = "its own deltas of the next layer through the weights, times the slope (BP2)"
        of_W, is_product = _delta_of(dW[l], a[l - 1], near)
        if are_near(db[l], expected, near):
            if not are_near(dW[l], np.outer(expected, a[l - 1]), near):
                return (
                    f"∂E/∂W of {layer} should be its delta times what comes in (BP4), "
                    f"{shown(np.outer(expected, a[l - 1]))}; it is {shown(dW[l])}."
                )
        elif is_product and are_near(of_W, expected, near):
            return (
                f"∂E/∂b of {layer} should be its delta (BP3), {shown(expected)}; it is "
                f"{shown(db[l])}."
            )
        else:
            return (
                f"The delta of {layer} should be {shown(expected)}, made of {made_of}; it is "
                f"{shown(db[l])}."
            )
        delta = expected
    return None


def _delta_of(dW, a, near):
    """Return the delta of which dW is the product with a, and whether it is one."""
    delta = dW @ a / (a @ a)
    return delta, are_near(np.outer(delta, a), dW, near)


def _row(array):
    return "[" + ", ".join(f"{entry:.6g}" for entry in np.atleast_1d(array)) + "]"


def _rows(array):
    return "[" + ", ".join(map(_row, array)) + "]"


def shown(array: np.ndarray):
    """Return an array as text, a row in brackets, with six significant digits."""
    return _rows(array) if np.ndim(array) == 2 else _row(array)
