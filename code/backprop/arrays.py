"""Arrays that find the derivatives of whatever is computed with them: `Array`.

An operation is a rule. It takes arrays of NumPy, and returns what it makes of them, and for each of
them a function, its vector-Jacobian product (vjp): given g, the slopes of the result in what the
operation made, the slopes of the result in what it took. The Jacobian itself is never made.
`@operation` makes of such a rule a function of Arrays; one of your own is added in the same way::

    @operation
    def softplus(a):
        y = np.logaddexp(0, a)
        return y, lambda g: g * np.exp(a - y)

No rule thinks of shapes that differ. What NumPy repeated on the way forward, a list of biases for
each row of a batch, the engine sums on the way back, once and for all operations: `summed_to`.

The chapter is "arrays". The names are those of NumPy; `autodiff` does the same with single numbers.
"""

from collections.abc import Callable
from contextlib import contextmanager
from functools import wraps
from itertools import count
from numbers import Real
from operator import attrgetter

import numpy as np
from numpy.typing import ArrayLike

# ---- how an operation is recorded ----------------------------------------------------------------


def operation(rule: Callable):
    """Make of a rule a function of Arrays; a decorator.

    ``rule(*arrays, **settings)`` takes arrays of floats, which it may not change, and returns a
    tuple: the result, then for each array its vjp, a function of g, which has the shape of the
    result. What a vjp returns has the shape of its array, or the one that it was repeated to.

    In the function that is returned, what is given by place is an array (an Array, or a constant),
    and what is given by name a setting, such as an axis. The rule is its attribute `rule`. When it
    is called it raises TypeError if the rule returns no tuple, or not one vjp for each array.
    """

    @wraps(rule)
    def function(*parts, **settings):
        arrays = [_data_of(part) for part in parts]
        with _named(rule.__name__, *arrays):
            made = rule(*arrays, **settings)
        _expect_one_each(rule, parts, made)
        data, *vjps = made
        pairs = zip(parts, vjps, strict=True)
        made_from = tuple(p for p in pairs if isinstance(p[0], Array))
        return Array._made(data, rule.__name__, made_from)

    function.rule = rule
    return function


def summed_to(g: np.ndarray, shape: tuple):
    """Sum g along the axes on which NumPy repeats this shape."""
    if g.shape == shape:
        return g
    _expect_repeated(shape, g.shape)
    new = g.ndim - len(shape)  # axes that the array did not have
    ones = [new + k for k, n in enumerate(shape) if n == 1]
    g = g.sum(axis=(*range(new), *ones), keepdims=True)
    return g.reshape(shape)


def _expect_repeated(shape, to):
    new = len(to) - len(shape)
    if new < 0 or any(n not in (1, m) for n, m in zip(shape, to[new:], strict=True)):
        raise ValueError(f"{to} was handed back to an array of the shape {shape}")


def _expect_one_each(rule, parts, made):
    if not isinstance(made, tuple) or not made:
        raise TypeError(
            f"{rule.__name__} should return its result and its vjps as a tuple, and returned "
            f"{type(made).__name__}"
        )
    if len(made) != 1 + len(parts):
        raise TypeError(f"{rule.__name__} took {len(parts)} arrays, and gave {len(made) - 1} vjps")


def _data_of(part):
    return part.data if isinstance(part, Array) else _numbers(part)


def _numbers(data):
    try:
        array = np.asarray(data)
    except ValueError:  # rows of different lengths
        array = np.array(None)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"expected an array of real numbers, and got {data!r}")
    return np.asarray(array, dtype=float)


@contextmanager
def _named(op, *arrays):
    """Raise where NumPy would go on with inf or nan, and say in which operation."""
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"):
            yield
    except (ValueError, IndexError, FloatingPointError) as error:
        shapes = " and ".join(str(array.shape) for array in arrays)
        raise type(error)(f"{op} of {shapes}: {error}") from None


# ---- the operations: each returns what it makes, then the vjp of each array that it took ---------


@operation
def add(a, b):
    return a + b, lambda g: g, lambda g: g


@operation
def subtract(a, b):
    return a - b, lambda g: g, lambda g: -g


@operation
def multiply(a, b):
    return a * b, lambda g: g * b, lambda g: g * a


@operation
def divide(a, b):
    y = a / b
    return y, lambda g: g / b, lambda g: -g * y / b


@operation
def power(a, *, n):
    return a**n, lambda g: g * n * a ** (n - 1) if n else 0 * g


@operation
def matmul(a, b):
    """a @ b. A vector is one row on the left, one column on the right, as in NumPy."""
    left, right = (a[None, :] if a.ndim == 1 else a), (b[:, None] if b.ndim == 1 else b)
    y = _product(left, right)
    added = (-2,) * (a.ndim == 1) + (-1,) * (b.ndim == 1)  # axes that vectors have only here

    def back_a(g):
        return _product(np.expand_dims(g, added), right.swapaxes(-1, -2))

    def back_b(g):
        back = _product(left.swapaxes(-1, -2), np.expand_dims(g, added))
        return back[..., 0] if b.ndim == 1 else back

    return y.squeeze(added), back_a, back_b


def _product(a, b):
    with np.errstate(all="ignore"):  # some libraries for matrices raise flags for nothing
        return a @ b


@operation
def exp(a):
    y = np.exp(a)
    return y, lambda g: g * y


@operation
def log(a):
    return np.log(a), lambda g: g / a


@operation
def tanh(a):
    y = np.tanh(a)
    return y, lambda g: g * (1 - y * y)


@operation
def sigmoid(a):
    y = 1 / (1 + np.exp(-np.maximum(a, -709)))  # e^710 would overflow
    return y, lambda g: g * y * (1 - y)


@operation
def relu(a):
    return np.maximum(a, 0), lambda g: g * (a > 0)  # flat at 0, as everywhere in practice


@operation
def sum(a, *, axis=None, keepdims=False):
    def back(g):
        return np.broadcast_to(_as_kept(g, axis, keepdims), a.shape)

    return a.sum(axis=axis, keepdims=keepdims), back


@operation
def max(a, *, axis=None, keepdims=False):
    """The largest entry along an axis; equally large ones share what arrives."""
    largest = a == a.max(axis=axis, keepdims=True)
    share = largest / largest.sum(axis=axis, keepdims=True)
    return a.max(axis=axis, keepdims=keepdims), lambda g: share * _as_kept(g, axis, keepdims)


def _as_kept(g, axis, keepdims):
    """Give back to g the axes that a sum has taken away, each of length 1."""
    return g if keepdims or axis is None else np.expand_dims(g, axis)


@operation
def getitem(a, *, key):
    """a[key]: rows of a table, each as often as key names it."""

    def back(g):
        total = np.zeros(a.shape)
        np.add.at(total, key, g)  # += would count a row once
        return total

    return a[key], back


@operation
def reshape(a, *, shape):
    return a.reshape(shape), lambda g: g.reshape(a.shape)


@operation
def transpose(a):
    return a.T, lambda g: g.T


@operation
def log_sum_exp(a):
    """ln Σ e^a along the last axis, where no power of e is above 1."""
    top = a.max(axis=-1, keepdims=True)
    y = top + np.log(np.exp(a - top).sum(axis=-1, keepdims=True))
    return y[..., 0], lambda g: g[..., None] * np.exp(a - y)


@operation
def softmax_cross_entropy(z, t):
    """−Σ t ln softmax(z) along the last axis: a loss a row."""
    minus_ln_a = log_sum_exp.rule(z)[0][..., None] - z
    y = (t * minus_ln_a).sum(axis=-1)

    def back_z(g):
        total = t.sum(axis=-1, keepdims=True)  # 1, if the targets are shares
        return g[..., None] * (total * np.exp(-minus_ln_a) - t)

    return y, back_z, lambda g: g[..., None] * minus_ln_a


# ---- the arrays ----------------------------------------------------------------------------------


_next_number = count().__next__  # of the arrays, in the order in which they are made


class Array:
    """An array that remembers how it was made.

    data: its numbers, as floats, a copy that is read-only: an update puts a new array in its place;
    grad: what `backward` has added up here, of the shape of data, 0.0 at first; op: the name of the
    operation, "" for an array that was given; made_from: a pair (array, vjp) for each Array that
    went into it; number: how many were made before it.

    An array of NumPy, or a number, beside an Array is a constant: nothing is handed back to it.

    Raises TypeError for what are not real numbers; ValueError and IndexError, with the operation
    and the shapes, where NumPy refuses shapes or indices; FloatingPointError where NumPy would warn
    and go on with inf or nan: log of 0, division by 0, the root of −1, e¹⁰⁰⁰.
    """

    __slots__ = ("data", "grad", "op", "made_from", "number")
    __array_ufunc__ = None  # so that NumPy leaves `array + Array` to the Array

    def __init__(self, data: ArrayLike):
        self._set(_numbers(data).copy(), "", ())

    @staticmethod
    def _made(data, op, made_from):
        made = object.__new__(Array)  # without the copy of a given array
        made._set(np.asarray(data, dtype=float).view(), op, made_from)
        return made

    def _set(self, data, op, made_from):
        data.flags.writeable = False  # the rules may need it on the way back
        self.data, self.grad = data, 0.0
        self.op, self.made_from, self.number = op, made_from, _next_number()

    def graph(self):
        """Return every array that this one was computed from, and itself, in order of making."""
        found, to_visit = {self}, [self]
        while to_visit:
            for array, _ in to_visit.pop().made_from:
                if array not in found:
                    found.add(array)
                    to_visit.append(array)
        return sorted(found, key=attrgetter("number"))

    def backward(self, g: ArrayLike | None = None):
        """Add ∂self/∂array to the `grad` of every array in the graph.

        That is for an array of one number, a loss. For any other give g, of its shape, the vector
        of the vector-Jacobian product: what is added is then the slope of (g * self).sum().
        """
        if g is None and self.data.size != 1:
            raise ValueError(
                f"the way back begins at one number, and this array has the shape {self.shape}: "
                "sum it first, or give backward an array of that shape"
            )
        g = np.ones(self.shape) if g is None else _numbers(g)
        if g.shape != self.shape:
            raise ValueError(f"g should have the shape {self.shape}, and has {g.shape}")
        arrived = {self: g}  # in this call
        for array in reversed(self.graph()):  # last made first
            g = arrived.pop(array)  # all that it receives has arrived
            array.grad = array.grad + g
            for part, vjp in array.made_from:
                with _named(f"the way back of {array.op}", g):
                    handed = summed_to(vjp(g), part.shape)
                if part in arrived:
                    handed = handed + arrived[part]
                arrived[part] = handed

    @property
    def shape(self):
        return self.data.shape

    def __repr__(self):
        return f"Array({np.array2string(self.data, separator=', ', prefix='Array(')})"

    # ---- the operations that Python or NumPy writes so ----

    __add__, __sub__, __mul__, __truediv__ = add, subtract, multiply, divide
    __matmul__ = matmul
    exp, log, tanh, sigmoid, relu = exp, log, tanh, sigmoid, relu
    sum, max = sum, max  # with axis=…, keepdims=…
    T = property(transpose)

    def __radd__(self, other):
        return add(other, self)

    def __rsub__(self, other):
        return subtract(other, self)

    def __rmul__(self, other):
        return multiply(other, self)

    def __rtruediv__(self, other):
        return divide(other, self)

    def __rmatmul__(self, other):
        return matmul(other, self)

    def __neg__(self):
        return multiply(self, -1)

    def __pow__(self, n):
        if not isinstance(n, Real):
            raise TypeError(f"an exponent is a number here, and not {n!r}; a ** b is exp(b log a)")
        return power(self, n=float(n))

    def __getitem__(self, key):
        return getitem(self, key=key)

    def __len__(self):
        return len(self.data)

    def reshape(self, *shape: int):
        return reshape(self, shape=shape)
