"""Is this derivative right? The same gradient by independent methods, and the comparison.

`gradients` takes every method for a network, `agree` compares them, `of_weight` shows one weight's
figures side by side, and `derivative` checks one derivative of your own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec

import mpmath
import numpy as np
import sympy
from numpy.typing import ArrayLike, DTypeLike

from . import latex, symbolic
from .names import unknown
from .network import Network, as_rows, as_target, backward, by_name, forward, loss, share_gradients
from .passes import forward_pass, loss_value
from .trace import trace

# A central difference errs by about h², its subtraction by about 1e-16 / h; the sum is least near
# the cube root of 1e-16.
H = 6e-6
COMPLEX_H = 1e-20  # nothing is subtracted, so it may be as small as one likes

# How far a method may be from `backward`, as a share of the largest gradient (of 1e-3 where all are
# smaller): the exact ones round each of some hundred operations; a central difference errs by h²
# and by the rounding of E over h, 1e-16 / 6e-6.
EXACT = 1e-11
MEASURED = 1e-7


# ---- the methods: each (net, x, t) -> (dW, db), lists by layer, None at layer 0 ----------------


def by_backward(net: Network, x: ArrayLike, t: ArrayLike):
    """The four equations, as `backward` has them."""
    _, dW, db = backward(net, *forward(net, x), t)
    return dW, db


def by_hand(net: Network, x: ArrayLike, t: ArrayLike):
    """Step by step from the given numbers: every formula of the trace, in plain Python."""
    x, t = np.atleast_2d(x), np.atleast_2d(t)
    dW = [None] + [np.zeros(W.shape) for W in net.W[1:]]
    db = [None] + [np.zeros(b.shape) for b in net.b[1:]]
    for x_n, t_n in zip(x, t, strict=True):
        values = {}
        for step in trace(net, x_n, t_n):
            given = step.label == "given"
            values[step.name] = step.value if given else latex.evaluate(step.expression, values)
        for (l, j, i), symbol in net.names.weights():
            if i is None:
                db[l][j] += values[f"dE_d{symbol.name}"] / len(x)
            else:
                dW[l][j, i] += values[f"dE_d{symbol.name}"] / len(x)
    return dW, db


def by_matrices(net: Network, x: ArrayLike, t: ArrayLike):
    """One product of Jacobian matrices from the loss back to each layer's weights."""
    z, a = forward(net, x)
    z, a = [None] + [np.atleast_2d(layer) for layer in z[1:]], [np.atleast_2d(row) for row in a]
    t = np.atleast_2d(t)
    dW = [None] + [np.zeros(W.shape) for W in net.W[1:]]
    db = [None] + [np.zeros(b.shape) for b in net.b[1:]]
    for n in range(len(t)):
        row = net.loss.d(a[-1][n], t[n])[None, :]  # ∂E/∂a, (1, outputs)
        for l in range(len(net.W) - 1, 0, -1):
            activation = net.activations[l]
            slopes = activation.df(z[l][n], a[l][n])
            row = row @ (slopes if activation.coupled else np.diag(slopes))  # ∂E/∂z
            jacobian = np.kron(np.eye(len(net.W[l])), a[l - 1][n])  # ∂z/∂W, (units, units × inputs)
            dW[l] += (row @ jacobian).reshape(net.W[l].shape) / len(t)
            db[l] += row[0] / len(t)
            row = row @ net.W[l]  # ∂E/∂a of the layer before
    return _together(net, dW, db)


def by_sympy(net: Network, x: ArrayLike, t: ArrayLike):
    """E written out in symbols, differentiated by SymPy, then the numbers put in."""
    x, t = np.atleast_2d(x), np.atleast_2d(t)
    symbols, xs, ts, values = symbolic.symbols(_with_own_biases(net), x[0], t[0])
    E, layers = loss(symbols, xs, ts), range(1, len(net.W))
    arrays = [symbols.W[l] for l in layers] + [symbols.b[l] for l in layers]
    formulas = [sympy.diff(E, symbol) if symbol else 0 for array in arrays for symbol in array.flat]
    # in mpmath's numbers of 17 digits, and what several formulas share only once
    slopes = sympy.lambdify([*values], formulas, "mpmath", cse=True)
    total = np.zeros(len(formulas))
    for x_n, t_n in zip(x, t, strict=True):
        numbers = values | dict(zip([*xs, *ts], map(float, [*x_n, *t_n]), strict=True))
        with mpmath.workdps(17):
            total += np.array(slopes(*map(mpmath.mpf, numbers.values())), dtype=float)
    ends = np.cumsum([array.size for array in arrays])[:-1]
    found = [
        part.reshape(array.shape)
        for part, array in zip(np.split(total / len(x), ends), arrays, strict=True)
    ]
    return [None, *found[: len(layers)]], [None, *found[len(layers) :]]


def by_central_differences(net: Network, x: np.ndarray, t: np.ndarray):
    """(E(w + h) − E(w − h)) / 2h for every weight and bias."""

    def slope(E, w):
        h = H * max(1.0, abs(w))
        return (E(w + h) - E(w - h)) / (2 * h)

    return weight_by_weight(net, x, t, slope, float)


def by_complex_step(net: Network, x: np.ndarray, t: np.ndarray):
    """Im E(w + ih) / h for every weight and bias: no subtraction, so no digits are lost."""
    return weight_by_weight(net, x, t, lambda E, w: E(w + 1j * COMPLEX_H).imag / COMPLEX_H, complex)


def by_autograd(net: Network, x: ArrayLike, t: ArrayLike):
    """HIPS autograd, from the loss written in its own NumPy."""
    import autograd.numpy as autograd_numpy
    from autograd import grad

    def E(weights):
        return _other_loss(autograd_numpy, net, *weights, np.asarray(x), np.asarray(t))

    dW, db = grad(E)((list(net.W[1:]), list(net.b[1:])))
    return _together(net, [None, *dW], [None, *db])


def by_torch(net: Network, x: ArrayLike, t: ArrayLike):
    """PyTorch, from the loss written in its tensors."""
    import torch

    W, b = (
        [torch.tensor(np.array(array), requires_grad=True) for array in arrays[1:]]
        for arrays in (net.W, net.b)
    )
    x, t = (torch.tensor(np.array(array, dtype=float)) for array in (x, t))
    _other_loss(torch, net, W, b, x, t).backward()
    dW, db = ([None] + [array.grad.numpy() for array in arrays] for arrays in (W, b))
    return _together(net, dW, db)


METHODS = {
    "backward": by_backward,
    "by hand": by_hand,
    "matrices": by_matrices,
    "sympy": by_sympy,
    "central differences": by_central_differences,
    "complex step": by_complex_step,
    "autograd": by_autograd,
    "torch": by_torch,
}


def installed_methods():
    """Return the names of METHODS that can be taken here: autograd and torch may be missing."""
    return [
        method for method in METHODS if method not in ("autograd", "torch") or find_spec(method)
    ]


def gradients(net: Network, x: ArrayLike, t: ArrayLike, methods: Sequence[str] | None = None):
    """Return {method: (dW, db)} for every method that is installed, or for those named in methods.

    x, t: one example or a batch. Raises as `forward` and `backward` do, and
    KeyError for an unknown method.
    """
    x = as_rows("x", x, net.sizes[0], "inputs")
    t = as_target(net, t, x)
    for method in methods or ():
        if method not in METHODS:
            raise KeyError(unknown(method, METHODS, "method"))
    return {method: METHODS[method](net, x, t) for method in methods or installed_methods()}


FOUR = ("by hand", "matrices", "sympy", "central differences")


def agree(net: Network, x: ArrayLike, t: ArrayLike, methods: Sequence[str] = FOUR):
    """Return {method: how far it is from `backward`}, the largest share over all parameters.

    A share is of the largest gradient. Raises AssertionError, with the weight and both numbers, if
    a method is further away than its rounding explains (EXACT, MEASURED), and as `gradients` does.
    """
    found = gradients(net, x, t, ["backward", *methods])
    values = {method: by_name(net, *both) for method, both in found.items()}
    right = values.pop("backward")
    size = max(1e-3, *map(abs, right.values()))
    measured = MEASURED * max(1, loss(net, x, t))
    furthest = {}
    for method, theirs in values.items():
        allowed = measured if method == "central differences" else EXACT
        shares = {name: abs(theirs[name] - right[name]) / size for name in right}
        for name, share in shares.items():
            if not share <= allowed:  # nan too
                raise AssertionError(
                    f"{name}: {method} has {theirs[name]!r}, backward {right[name]!r}; "
                    f"{share:.1e} of the largest gradient apart, where {allowed:.1e} is rounding"
                )
        furthest[method] = max(shares.values())
    return furthest


def of_weight(net: Network, x: ArrayLike, t: ArrayLike, name: str):
    """Return {method: ∂E/∂name} for one weight or bias. Raises KeyError for an unknown name."""
    net.names.places_of(name)  # raises for an unknown one
    found = gradients(net, x, t)
    return {method: by_name(net, *both)[name] for method, both in found.items()}


# ---- one derivative of your own ----------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """A derivative beside its central difference, both of the shape of `x`.

    True if they are nowhere further apart than `allowed`.
    """

    x: np.ndarray
    derivative: np.ndarray
    central_difference: np.ndarray
    allowed: np.ndarray

    @property
    def difference(self):
        return abs(self.derivative - self.central_difference)

    def __bool__(self):
        return bool((self.difference <= self.allowed).all())

    def __str__(self):
        worst = np.unravel_index(np.argmax(self.difference - self.allowed), self.x.shape)
        verdict = "agree" if self else "differ"
        return (
            f"{verdict}: at x = {self.x[worst]:.6g}\n"
            f"  derivative          {self.derivative[worst]:.12g}\n"
            f"  central difference  {self.central_difference[worst]:.12g}\n"
            f"  apart by            {self.difference[worst]:.1e}, "
            f"where {self.allowed[worst]:.1e} is allowed"
        )

    __repr__ = __str__


def derivative(
    f: Callable[[np.ndarray], ArrayLike],
    df: Callable[[np.ndarray], ArrayLike],
    x: ArrayLike,
    tolerance: float = 1e-7,
):
    """Compare a derivative that you wrote with the central difference of f.

    f takes an array of the shape of x and returns a number, df then its gradient; or f works entry
    by entry, df too. Allowed are `tolerance`, as a share of the derivative where that is above 1,
    and the rounding of the difference, 2.2e-16 f / h, where h is H, times x where that is above 1.
    Raises ValueError if the shapes fit neither, or if f gives no finite number near x.

    >>> bool(derivative(np.sin, np.cos, 0.5))
    True
    """
    x = np.array(x, dtype=float)
    if not np.isfinite(x).all():
        raise ValueError(f"x should be finite, and is {x}")
    written, value = np.asarray(df(x.copy()), dtype=float), np.asarray(f(x.copy()))
    if written.shape != x.shape or value.shape not in ((), x.shape):
        raise ValueError(
            f"x has shape {x.shape}: df should return that shape, and returned {written.shape}; "
            f"f should return a number or that shape, and returned {value.shape}"
        )
    measured, rounding = np.empty(x.shape), np.empty(x.shape)
    for place in np.ndindex(x.shape):
        h = H * max(1.0, abs(x[place]))
        ahead, behind = x.copy(), x.copy()
        ahead[place] += h
        behind[place] -= h
        ends = [np.asarray(f(end)) for end in (ahead, behind)]
        above, below = (float(end if end.shape == () else end[place]) for end in ends)
        measured[place] = (above - below) / (2 * h)
        rounding[place] = np.finfo(float).eps * max(abs(above), abs(below)) / h
    if not (np.isfinite(measured).all() and np.isfinite(written).all()):
        raise ValueError(
            f"f and df should be finite near x; df gave {written}, f's slope {measured}"
        )
    size = np.maximum(np.maximum(abs(written), abs(measured)), 1)
    return Comparison(x, written, measured, tolerance * size + rounding)


# ---- shared by the methods ---------------------------------------------------------------------


def _with_own_biases(net):
    """Return the network with a name of its own for each unit's bias."""
    return replace(net, names=replace(net.names, b=net.names.own_b))


def weight_by_weight(
    net: Network,
    x: np.ndarray,
    t: np.ndarray,
    slope: Callable[[Callable, float], float],
    dtype: DTypeLike,
):
    """Return (dW, db) with slope(E, w) of each weight and bias, E as a function of that number.

    dtype: of the weights while they are changed.
    """
    W = [None] + [array.astype(dtype) for array in net.W[1:]]
    b = [None] + [array.astype(dtype) for array in net.b[1:]]

    def slope_at(array, place):
        before = array[place]

        def E(value):
            array[place] = value
            z, a = forward_pass(W, b, net.activations, x)
            return loss_value(net.loss, z, a, t)

        found = slope(E, before.real)
        array[place] = before
        return found

    def slopes(arrays):
        return [None] + [
            np.array([slope_at(array, place) for place in np.ndindex(array.shape)]).reshape(
                array.shape
            )
            for array in arrays[1:]
        ]

    return _together(net, slopes(W), slopes(b))


def _together(net, dW, db):
    """Return the gradients of a method that takes each connection for a weight of its own."""
    share_gradients(net.names, dW, db)
    return dW, db


# The functions once more, for programs that differentiate by themselves: written from their
# textbook definitions, not from `functions`.
OTHER_ACTIVATIONS = {
    "sigmoid": lambda lib, z: 1 / (1 + lib.exp(-z)),
    "tanh": lambda lib, z: lib.tanh(z),
    "relu": lambda lib, z: z * (z > 0),
    "identity": lambda lib, z: z,
    "softmax": lambda lib, z: lib.exp(z) / lib.exp(z).sum(-1)[..., None],
}
OTHER_LOSSES = {
    "half squares": lambda lib, a, t: 0.5 * ((t - a) ** 2).sum(-1),
    "squares": lambda lib, a, t: ((t - a) ** 2).sum(-1),
    "mean squares": lambda lib, a, t: ((t - a) ** 2).mean(-1),
    "binary cross-entropy": lambda lib, a, t: -(t * lib.log(a) + (1 - t) * lib.log(1 - a)).sum(-1),
    "softmax cross-entropy": lambda lib, a, t: -(t * lib.log(a)).sum(-1),
}


def _other_loss(lib, net, W, b, x, t):
    """Return E, computed with autograd's NumPy or with torch."""
    a = x
    for W_l, b_l, activation in zip(W, b, net.activations[1:], strict=True):
        a = _once_more(OTHER_ACTIVATIONS, activation)(lib, a @ W_l.T + b_l)
    return _once_more(OTHER_LOSSES, net.loss)(lib, a, t).mean()


def _once_more(functions, known):
    if known.name not in functions:
        raise KeyError(
            f"{known.name!r} is in functions.py, and code/backprop/check.py has not written it "
            "once more, as it does for programs that differentiate by themselves"
        )
    return functions[known.name]
