"""Well-known mistakes in a backward pass, each as the line that goes wrong: thirteen, and one more
where several places share a weight.

A backward pass is nine lines, the fields of `Lines`. RIGHT has them as the chapters "output-delta"
and "hidden-delta" derive them; a mistake puts a wrong one in the place of one of them, or two, and
everything after it follows. So the gradients that a mistake leads to can be computed for any
network, and a wrong number can be recognised by the mistake that gives it (`marking`).

Here stands what a mistake does. What is said of it, `what`, `explanation` and `section`, is in the
section "mistakes" of data/tables.json, since the browser says it too.

Letters as in `network`; arrays have shape (units,) for one example and (examples, units) for a
batch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .names import unknown
from .network import Network, as_rate, as_target, by_name, forward, together
from .passes import Layers
from .tables import TABLES

TABLE = TABLES["mistakes"]
COINCIDES = TABLE["COINCIDES"]  # as a share: nearer gradients are the same but for rounding


@dataclass(frozen=True)
class Lines:
    """The lines of a backward pass, in order.

    output(f, g, z, a) -> δ of the outputs, given g = ∂E/∂a; paired(loss, f, z, a, t) -> the same of
    a cross-entropy and its activation, error and slope in one; scale(delta, loss) -> this δ, times
    what the loss has been taken for; sent(delta, a, t) -> what the outputs send back;
    carried(delta, W, dW, rate) -> ∂E/∂a of the layer before; hidden(f, g, z, a) -> its δ;
    weight(delta, a) -> each example's ∂E/∂W, a of the layer before; bias(delta, a) -> its ∂E/∂b;
    shared(each) -> ∂E/∂w of a weight that several places share, of what comes out at each of them.
    """

    output: Callable
    paired: Callable
    scale: Callable
    sent: Callable
    carried: Callable
    hidden: Callable
    weight: Callable
    bias: Callable
    shared: Callable


def _outer(delta, a):
    return delta[..., :, None] * a[..., None, :]


RIGHT = Lines(
    output=lambda f, g, z, a: f.back(g, z, a),  # BP1
    paired=lambda loss, f, z, a, t: loss.delta(f, z, a, t),  # BP1
    scale=lambda delta, loss: delta,
    sent=lambda delta, a, t: delta,
    carried=lambda delta, W, dW, rate: delta @ W,  # BP2, its sum
    hidden=lambda f, g, z, a: f.back(g, z, a),  # BP2
    weight=_outer,  # BP4
    bias=lambda delta, a: delta,  # BP3
    shared=sum,
)


@dataclass(frozen=True)
class Mistake:
    """One mistake: its `number`, `what` was done, as a clause about you, and `lines`.

    explanation: what is right there, and why; section: where to read it again, as chapter#label.
    A mistake that people make in several forms has one of these for each, of the same number.
    """

    number: int
    name: str
    what: str
    explanation: str
    section: str
    lines: Lines


def _mistake(name, **lines):
    return Mistake(name=name, **TABLE["WORDS"][name], lines=replace(RIGHT, **lines))


def _no_slope(f, g, z, a):
    return g


def _slope_of_the_output(f, g, z, a):
    return f.back(g, a, f.f(a))


def _net_for_out(f, g, z, a):
    return f.back(g, z, z)


def _twice(delta, loss):
    return 2 * delta if loss.scale == "half" else delta


def _mean(delta, loss):
    return delta if loss.scale == "mean" else delta / delta.shape[-1]


def _first_for_all(delta, a):
    return np.broadcast_to(delta[..., :1], delta.shape)


def _no_mistake(each):
    raise ValueError("its units rightly share a bias")


MISTAKES = {
    mistake.name: mistake
    for mistake in (
        _mistake("updated weights", carried=lambda delta, W, dW, rate: delta @ (W - rate * dW)),
        _mistake("first path only", carried=lambda delta, W, dW, rate: delta[..., :1] @ W[:1]),
        _mistake("last path only", carried=lambda delta, W, dW, rate: delta[..., -1:] @ W[-1:]),
        _mistake("transposed weights", carried=lambda delta, W, dW, rate: delta @ W.T),
        _mistake("no hidden slope", hidden=_no_slope),
        _mistake("error sent back", sent=lambda delta, a, t: a - t),
        _mistake("no output slope", output=_no_slope),
        _mistake("activation twice", output=_slope_of_the_output, hidden=_slope_of_the_output),
        _mistake("net for out", output=_net_for_out, hidden=_net_for_out),
        _mistake("no half", scale=_twice),
        _mistake("mean for sum", scale=_mean),
        _mistake("wrong sign", scale=lambda delta, loss: -delta),
        _mistake("outer product turned", weight=lambda delta, a: _outer(a, delta)),
        _mistake("bias gradient zero", bias=lambda delta, a: np.zeros_like(delta)),
        _mistake("bias times input", bias=lambda delta, a: delta * a[..., :1]),
        _mistake("one bias for all", bias=_first_for_all, shared=_no_mistake),
    )
}

OF_KERNELS = {  # one more where several places share a weight
    mistake.name: mistake
    for mistake in (
        _mistake("first place only", shared=lambda each: each[0]),
        _mistake("last place only", shared=lambda each: each[-1]),
    )
}
ALL = MISTAKES | OF_KERNELS


def backward(
    net: Network,
    x: ArrayLike,
    t: ArrayLike,
    mistake: str,
    learning_rate: float | None = None,
    known: Layers | None = None,
):
    """Return (delta, dW, db), as `network.backward`, of the backward pass with a mistake, by name.

    x, t: one example or a batch; known: arrays as delta, of numbers with which the pass goes on in
    the place of its own deltas, NaN where there is none. Raises KeyError for an unknown mistake,
    ValueError where it does not run, as a transposed matrix that does not fit, TypeError for
    updated weights without a learning_rate; and as `forward` does.
    """
    if mistake not in ALL:
        raise KeyError(unknown(mistake, ALL, "mistake"))
    if mistake == "updated weights":
        learning_rate = as_rate(learning_rate)
    shapes = [np.shape(W) for W in net.W[1:]]
    try:
        delta, dW, db = by_lines(net, x, t, ALL[mistake].lines, learning_rate, known)
    except ValueError as error:
        raise ValueError(f"{mistake!r} does not run on a {_sizes(net)} network: {error}") from None
    if [W.shape for W in dW[1:]] != shapes:
        raise ValueError(f"{mistake!r} gives gradients of other shapes on a {_sizes(net)} network")
    return delta, dW, db


def gradients(
    net: Network, x: ArrayLike, t: ArrayLike, mistake: str, learning_rate: float | None = None
):
    """Return (dW, db) of the backward pass with a mistake; as `backward`, and raises as it does."""
    _, dW, db = backward(net, x, t, mistake, learning_rate)
    return dW, db


def _sizes(net):
    return "-".join(map(str, net.sizes))


def by_lines(
    net: Network,
    x: ArrayLike,
    t: ArrayLike,
    lines: Lines | Mapping[int, Lines],
    learning_rate: float | None = None,
    known: Layers | None = None,
):
    """Return (delta, dW, db) by these lines; the loop is that of `passes.backward_pass`.

    lines: the same for all layers, or {layer: its own}, where the others have the right ones; the
    line that carries a delta back belongs to the layer whose weights it uses. x, t, learning_rate
    and known as in `backward`. Raises ValueError where lines do not run, and as `forward` does.
    """
    z, a = forward(net, x)
    t, f, L = as_target(net, t, a[0]), net.activations, len(net.W) - 1
    if isinstance(lines, Lines):
        lines = dict.fromkeys(range(1, L + 1), lines)
    of = {l: lines.get(l, RIGHT) for l in range(1, L + 1)}
    delta, dW, db = [None] * (L + 1), [None] * (L + 1), [None] * (L + 1)
    if net.loss.partner:
        delta[L] = of[L].paired(net.loss, f[L], z[L], a[L], t)
    else:
        delta[L] = of[L].output(f[L], net.loss.d(a[L], t), z[L], a[L])
    delta[L] = of[L].scale(delta[L], net.loss)
    for l in range(L, 0, -1):
        on = delta[l] if known is None else np.where(np.isnan(known[l]), delta[l], known[l])
        dW[l], db[l] = of[l].weight(on, a[l - 1]), of[l].bias(on, a[l - 1])
        if t.ndim == 2:
            dW[l], db[l] = dW[l].mean(axis=0), db[l].mean(axis=0)
        if l in net.names.shared and dW[l].shape == net.W[l].shape:
            dW[l], db[l] = together(net.names, l, dW[l], db[l], of[l].shared)
        if l > 1:
            sent = of[l].sent(on, a[L], t) if l == L else on
            g = of[l].carried(sent, net.W[l], dW[l], learning_rate)
            delta[l - 1] = of[l - 1].hidden(f[l - 1], g, z[l - 1], a[l - 1])
    return delta, dW, db


def _right(net, x, t):
    return by_name(net, *by_lines(net, x, t, RIGHT)[1:])


def possible(net: Network):
    """Return the names of the mistakes that a network of this form may give occasion for."""
    return tuple(ALL if net.names.shared else MISTAKES)


def effects(net: Network, x: ArrayLike, t: ArrayLike, learning_rate: float | None = None):
    """Return {mistake: {weight or bias: its wrong gradient}} of the mistakes that show here.

    A mistake shows if it runs on this network and changes some gradient; that of updated weights
    needs a learning_rate. Raises as `forward` does.
    """
    right = _right(net, x, t)
    found = {}
    for name in possible(net):
        if name == "updated weights" and learning_rate is None:
            continue
        try:
            wrong = by_name(net, *gradients(net, x, t, name, learning_rate))
        except ValueError:  # it does not run here
            continue
        if distance(wrong, right) > COINCIDES:
            found[name] = wrong
    return found


def of_weight(
    net: Network, x: ArrayLike, t: ArrayLike, weight: str, learning_rate: float | None = None
):
    """Return {mistake: ∂E/∂weight as it comes out} for the mistakes that change this gradient.

    weight: the name of a weight or bias; KeyError for an unknown one.
    """
    net.names.places_of(weight)  # raises for an unknown one
    right = _right(net, x, t)[weight]
    return {
        mistake: wrong[weight]
        for mistake, wrong in effects(net, x, t, learning_rate).items()
        if _apart(wrong[weight], right) > COINCIDES
    }


def distance(one: Mapping[Any, float], other: Mapping[Any, float]):
    """Return by what share two {name: gradient} differ where they differ most."""
    return max(_apart(one[name], other[name]) for name in one)


def _apart(p, q):
    return abs(p - q) / max(abs(p), abs(q)) if p != q else 0.0


def separation(net: Network, x: ArrayLike, t: ArrayLike, learning_rate: float):
    """Return (share, pair): the two of the mistakes, and of `"right"`, that are hardest to tell
    apart, and by what share they differ in the gradient that tells them apart best."""
    found = effects(net, x, t, learning_rate)
    found["right"] = _right(net, x, t)
    return min((distance(found[p], found[q]), (p, q)) for p, q in combinations(found, 2))
