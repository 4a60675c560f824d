"""A convolutional network, convolution → ReLU → max pooling → fully connected, forward and back.

Letters as in `convolution`, and for the fully connected layers behind it, the head, as in
`network`; the head takes each pooled image row by row, channel after channel, as one vector::

  x → z = conv2d(x, k, b) → a = relu(z) → p = max_pool(a) → head → E

As in `network`, E and the gradients of weights are means over the examples, and what belongs to one
example, such as delta = ∂E/∂z and dx, stays undivided. The chapter "convolution" works through
`examples.convnet` with every number.
"""

from dataclasses import replace
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import network
from .convolution import conv2d, conv2d_backward, max_pool, max_pool_backward
from .functions import relu
from .names import Symbol, derivative, indexed, placed, updated
from .trace import LABELS, Steps, Trace, trace


class ConvNet(NamedTuple):
    """Kernels k (filters, channels, rows, columns), biases b (filters,), the size of the pooling
    windows, and the head, a `Network` with as many inputs as a pooled image has entries."""

    k: np.ndarray
    b: np.ndarray
    size: int
    head: network.Network


class Passed(NamedTuple):
    """What `forward` stores: z, a, p and the winners of the pooling; head_z, head_a of the head."""

    z: np.ndarray
    a: np.ndarray
    p: np.ndarray
    winners: np.ndarray
    head_z: list
    head_a: list


class Gradients(NamedTuple):
    """What `backward` returns, in the order in which it is found.

    Of the head (delta, dW, db), as `network.backward` has them; then ∂E/∂p, ∂E/∂a, delta = ∂E/∂z,
    each of its array's shape; dk and db; and dx, which no update uses.
    """

    head: tuple
    dp: np.ndarray
    da: np.ndarray
    delta: np.ndarray
    dk: np.ndarray
    db: np.ndarray
    dx: np.ndarray


def forward(net: ConvNet, x: ArrayLike):
    """Return what is `Passed`, for images x (examples, channels, rows, columns).

    Raises as `convolution.conv2d`, `max_pool` and `network.forward` do.
    """
    z, a, p, winners = _pooled(net, x)
    return Passed(z, a, p, winners, *network.forward(net.head, p.reshape(len(p), -1)))


def loss(net: ConvNet, x: ArrayLike, t: ArrayLike):
    """Return E, the mean over the images; t is (examples, outputs). Raises as `forward`."""
    _, _, p, _ = _pooled(net, x)
    return network.loss(net.head, p.reshape(len(p), -1), t)


def _pooled(net, x):
    """Return (z, a, p, winners): all that comes before the head."""
    z = conv2d(x, net.k, net.b)
    a = relu.f(z)
    return z, a, *max_pool(a, net.size)


def backward(net: ConvNet, x: ArrayLike, passed: Passed, t: ArrayLike):
    """Return the `Gradients`, given what `forward` stored. Raises as `network.backward` does."""
    head = network.backward(net.head, passed.head_z, passed.head_a, t)
    delta, _, _ = head
    dp = (delta[1] @ net.head.W[1]).reshape(passed.p.shape)
    da = max_pool_backward(dp, passed.winners, passed.a.shape)
    delta = relu.back(da, passed.z, passed.a)
    dx, dk, db = conv2d_backward(delta, x, net.k)
    return Gradients(head, dp, da, delta, dk / len(delta), db / len(delta), dx)


def update(net: ConvNet, gradients: Gradients, learning_rate: float):
    """Return the network after one step of gradient descent. Raises as `network.update` does."""
    _, dW, db = gradients.head
    return net._replace(
        k=net.k - learning_rate * gradients.dk,
        b=net.b - learning_rate * gradients.db,
        head=network.update(net.head, dW, db, learning_rate),
    )


# ---- every number of one pass ------------------------------------------------------------------


def trace_of_convnet(net: ConvNet, x: ArrayLike, t: ArrayLike, learning_rate: float | None = None):
    """Return the Trace of one image through a network of one kernel, up to the update if a learning
    rate is given.

    x: (1, 1, rows, columns), t: (1, outputs). A place is named by its row and column, from 1: z23.
    The layer behind the pooling has the names of layer 2, w2_1_3 from the third entry of the pooled
    image, in reading order, to its first unit. Sums over places leave out those whose delta is 0.
    Raises ValueError for several images, channels or kernels and for more than nine rows or
    columns, and as `forward` and `backward` do.
    """
    passed = forward(net, x)
    gradients = backward(net, x, passed, t)
    x, k = np.asarray(x, dtype=float), np.asarray(net.k, dtype=float)
    if len(x) > 1 or k.shape[:2] != (1, 1) or max(x.shape) > 9:
        raise ValueError(
            "a trace follows one image of one channel and at most 9 × 9 entries through one "
            f"kernel; x has shape {x.shape}, k {k.shape}"
        )
    names = _names_of_head(net.head.sizes, passed.p[0, 0])
    of_head = trace(
        replace(net.head, names=names), passed.head_a[0][0], np.asarray(t)[0], learning_rate
    )
    of_head = {label: of_head.labelled(label) for label in LABELS}
    p = {symbol.name for symbol in names.out[0]}

    steps = Steps(names.digits)
    for letter, array in (("x", x), ("k", k)):
        for at, value in np.ndenumerate(array[0, 0]):
            steps.add("given", placed(letter, at), "", value)
    steps.add("given", BIAS, "", np.asarray(net.b)[0])
    steps.take(step for step in of_head["given"] if step.name not in p)
    _forward(steps, passed, k, net.size)
    steps.take(of_head["forward"] + of_head["output delta"] + of_head["hidden delta"])
    _deltas(steps, names, passed, gradients, net.size)
    steps.take(of_head["gradients"])
    _gradients(steps, gradients, k)
    if learning_rate is not None:
        steps.take(of_head["update"])
        for at, value in np.ndenumerate(k[0, 0]):
            _step_down(steps, placed("k", at), value, gradients.dk[0, 0][at], learning_rate)
        _step_down(steps, BIAS, np.asarray(net.b)[0], gradients.db[0], learning_rate)
    return Trace(steps.done, names)


E, BIAS = Symbol("E", "E"), Symbol("b", "b")


def _delta(at):
    return placed("delta", at, r"\delta")


def _slope(letter, at):
    return derivative(E, placed(letter, at))


def _names_of_head(sizes, p):
    """Return the names of a network whose inputs are the entries of p, its first layer being 2."""
    known = indexed((1, *sizes))
    later = {
        name: (None, *getattr(known, name)[2:]) for name in ("net", "w", "b", "own_b", "delta")
    }
    return replace(
        known, out=(tuple(placed("p", at) for at in np.ndindex(p.shape)), *known.out[2:]), **later
    )


def _window(at, size):
    """Return the places of the pooling window that gives p at a place."""
    return [(size * at[0] + u, size * at[1] + v) for u, v in np.ndindex(size, size)]


def _forward(steps, passed, k, size):
    for at, value in np.ndenumerate(passed.z[0, 0]):
        products = [
            f"{placed('k', uv).name} * {placed('x', np.add(at, uv)).name}"
            for uv in np.ndindex(k.shape[2:])
        ]
        steps.add("forward", placed("z", at), " + ".join([*products, "b"]), value)
    for at, value in np.ndenumerate(passed.a[0, 0]):
        steps.add("forward", placed("a", at), relu.formula.format(z=placed("z", at).name), value)
    for at, value in np.ndenumerate(passed.p[0, 0]):
        entries = ", ".join(placed("a", place).name for place in _window(at, size))
        steps.add("forward", placed("p", at), f"max({entries})", value)


def _deltas(steps, names, passed, gradients, size):
    for i, (at, value) in enumerate(np.ndenumerate(gradients.dp[0, 0])):
        terms = [
            f"{delta.name} * {row[i].name}"
            for delta, row in zip(names.delta[1], names.w[1], strict=True)
        ]
        steps.add("hidden delta", _slope("p", at), " + ".join(terms), value)
    won = {
        divmod(int(winner), passed.a.shape[3]): _slope("p", at).name
        for at, winner in np.ndenumerate(passed.winners[0, 0])
    }
    for at, value in np.ndenumerate(gradients.da[0, 0]):
        steps.add("hidden delta", _slope("a", at), won.get(at, "0"), value)
    for at, value in np.ndenumerate(gradients.delta[0, 0]):
        slope = relu.slope.format(z=placed("z", at).name)
        steps.add("hidden delta", _delta(at), f"{_slope('a', at).name} * {slope}", value)


def _gradients(steps, gradients, k):
    alive = [at for at, value in np.ndenumerate(gradients.delta[0, 0]) if value != 0]
    for uv, value in np.ndenumerate(gradients.dk[0, 0]):
        terms = [f"{_delta(at).name} * {placed('x', np.add(at, uv)).name}" for at in alive]
        steps.add("gradients", _slope("k", uv), " + ".join(terms) or "0", value)
    terms = [_delta(at).name for at in alive]
    steps.add("gradients", derivative(E, BIAS), " + ".join(terms) or "0", gradients.db[0])
    for pixel, value in np.ndenumerate(gradients.dx[0, 0]):
        terms = [
            f"{_delta(at).name} * {placed('k', uv).name}"
            for at, uv in product(alive, np.ndindex(k.shape[2:]))
            if tuple(np.add(at, uv)) == pixel
        ]
        steps.add("gradients", _slope("x", pixel), " + ".join(terms) or "0", value)


def _step_down(steps, symbol, old, gradient, learning_rate):
    expression = f"{symbol.name} - eta * {derivative(E, symbol).name}"
    steps.add("update", updated(symbol), expression, old - learning_rate * gradient)
