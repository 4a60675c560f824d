"""Well-known mistakes in a backward pass, each as the line that goes wrong: thirteen, and one more
where several places share a weight.

A backward pass is eight lines, the fields of `Lines`. RIGHT has them as the chapters "output-delta"
and "hidden-delta" derive them; a mistake puts a wrong one in the place of one of them, or two, and
everything after it follows. So the gradients that a mistake leads to can be computed for any
network, and a wrong number can be recognised by the mistake that gives it (`marking`).

Letters as in `network`; arrays have shape (units,) for one example and (examples, units) for a
batch.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from .names import unknown
from .network import as_rate, as_target, by_name, forward, together

COINCIDES = 1e-9  # as a share: gradients nearer than this are the same but for rounding


@dataclass(frozen=True)
class Lines:
    """The lines of a backward pass, in order.

    output(f, g, z, a) -> δ of the outputs, given g = ∂E/∂a; scale(delta, loss) -> the same, times
    what the loss has been taken for; sent(delta, a, t) -> what the outputs send back;
    carried(delta, W, dW, rate) -> ∂E/∂a of the layer before; hidden(f, g, z, a) -> its δ;
    weight(delta, a) -> each example's ∂E/∂W, a of the layer before; bias(delta, a) -> its ∂E/∂b;
    shared(each) -> ∂E/∂w of a weight that several places share, of what comes out at each of them.
    """

    output: Callable
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


def _mistake(number, name, what, explanation, section, **lines):
    return Mistake(number, name, what, explanation, section, replace(RIGHT, **lines))


def _no_slope(f, g, z, a):
    return g


def _slope_of_the_output(f, g, z, a):
    return f.back(g, a, f.f(a))


def _net_for_out(f, g, z, a):
    return f.back(g, z, z)


def _twice(delta, loss):
    return 2 * delta if loss.name == "half squares" else delta


def _mean(delta, loss):
    return delta if loss.name == "mean squares" else delta / delta.shape[-1]


def _no_mistake(each):
    raise ValueError("its units share a bias, and rightly")


MISTAKES = {
    mistake.name: mistake
    for mistake in (
        _mistake(
            1, "updated weights", "carried the deltas back through weights already updated",
            "All gradients belong to one point: carry back through the weights that made the "
            "outputs, and update when every gradient is there.",
            "hidden-delta#old-weights",
            carried=lambda delta, W, dW, rate: delta @ (W - rate * dW),
        ),
        _mistake(
            2, "first path only", "took only the path through the first unit of the next layer",
            "A hidden unit feeds every unit of the next layer, so each of them pulls at it: add "
            "delta times weight over all of them.",
            "hidden-delta#pull",
            carried=lambda delta, W, dW, rate: delta[..., :1] @ W[:1],
        ),
        _mistake(
            2, "last path only", "took only the path through the last unit of the next layer",
            "A hidden unit feeds every unit of the next layer, so each of them pulls at it: add "
            "delta times weight over all of them.",
            "hidden-delta#pull",
            carried=lambda delta, W, dW, rate: delta[..., -1:] @ W[-1:],
        ),
        _mistake(
            3, "transposed weights", "carried the deltas back through the transposed weights",
            "What comes back to a unit comes through the weights that lead out of it, each times "
            "the delta of the unit that it leads to.",
            "four-equations#missing-transpose",
            carried=lambda delta, W, dW, rate: delta @ W.T,
        ),
        _mistake(
            4, "no hidden slope", "left out the slope of the hidden units",
            "The pulls add to what E does as the unit's output moves. To say what it does as its "
            "net input moves, multiply by the slope there.",
            "hidden-delta#hidden-delta-derived",
            hidden=_no_slope,
        ),
        _mistake(
            5, "error sent back", "sent back out − t in the place of the output deltas",
            "What travels back is the output's delta, out − t times the output's slope: the way to "
            "the hidden units leads through the output units.",
            "questions#q-delta-contains-slope",
            sent=lambda delta, a, t: a - t,
        ),
        _mistake(
            6, "no output slope", "left out the slope of the output units",
            "The error out − t says what E does as the output moves. A weight moves the net input "
            "first, so the delta is out − t times the slope of the output unit.",
            "output-delta#output-delta-found",
            output=_no_slope,
        ),
        _mistake(
            7, "activation twice", "took the slope at out, where it is taken at net",
            "The slope is that at the net input. In a sigmoid's out (1 − out) the net input has "
            "been through the sigmoid already, once.",
            "chain-rule#sigmoid-slope",
            output=_slope_of_the_output, hidden=_slope_of_the_output,
        ),
        _mistake(
            8, "net for out", "put net where the formula of the slope has out",
            "The slope is written in the unit's output, which spares you an exponential: a "
            "sigmoid's is out (1 − out), with out after the sigmoid and not before it.",
            "chain-rule#sigmoid-slope",
            output=_net_for_out, hidden=_net_for_out,
        ),
        _mistake(
            9, "no half", "left out the ½ of the loss",
            "The loss is half of the squared error. The 2 that comes down from the square and the "
            "½ make 1: out − t is left.",
            "questions#q-why-the-half",
            scale=_twice,
        ),
        _mistake(
            10, "mean for sum", "divided by the number of outputs",
            "E is the sum over the outputs, so each output's own term stands in it undivided.",
            "questions#q-sum-or-mean",
            scale=_mean,
        ),
        _mistake(
            11, "wrong sign", "took t − out for out − t",
            "As the output grows, an output that is too large makes E larger: the slope has the "
            "sign of out − t. The minus comes with the update, and only there.",
            "questions#q-t-minus-o",
            scale=lambda delta, loss: -delta,
        ),
        _mistake(
            12, "outer product turned", "wrote each weight's gradient at its mirror image's place",
            "A weight's gradient is the delta of the unit that it leads to, times the output of "
            "the unit that it comes from.",
            "four-equations#outer-product-turned",
            weight=lambda delta, a: _outer(a, delta),
        ),
        _mistake(
            13, "bias gradient zero", "let nothing come in at a bias",
            "A bias is added as it is: as it moves, the net input moves as much. Its gradient is "
            "the delta, times 1.",
            "output-delta#bias-of-an-output",
            bias=lambda delta, a: np.zeros_like(delta),
        ),
        _mistake(
            13, "bias times input", "multiplied the bias's gradient by the first input too",
            "A bias is added as it is and multiplies no input. Its gradient is the delta, times 1.",
            "output-delta#bias-of-an-output",
            bias=lambda delta, a: delta * a[..., :1],
        ),
        _mistake(
            13, "one bias for all", "took the first unit's bias gradient for every unit",
            "Here each unit has a bias of its own, whose gradient is the unit's own delta.",
            "questions#q-bias-per-layer",
            bias=lambda delta, a: np.broadcast_to(delta[..., :1], delta.shape),
            shared=_no_mistake,
        ),
    )
}  # fmt: skip

_EVERY_PLACE = (
    "A shared weight is at several places, and each of them says something about it: its gradient "
    "is the sum, of delta times what came in, over all of them."
)
OF_KERNELS = {  # one more where several places share a weight
    mistake.name: mistake
    for mistake in (
        _mistake(
            14, "first place only", "took a shared weight at the first of its places only",
            _EVERY_PLACE, "convolution#shared-weight", shared=lambda each: each[0],
        ),
        _mistake(
            14, "last place only", "took a shared weight at the last of its places only",
            _EVERY_PLACE, "convolution#shared-weight", shared=lambda each: each[-1],
        ),
    )
}  # fmt: skip
ALL = MISTAKES | OF_KERNELS


def backward(net, x, t, mistake, learning_rate=None, known=None):
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
        delta, dW, db = _backward(net, x, t, ALL[mistake].lines, learning_rate, known)
    except ValueError as error:
        raise ValueError(f"{mistake!r} does not run on a {_sizes(net)} network: {error}") from None
    if [W.shape for W in dW[1:]] != shapes:
        raise ValueError(f"{mistake!r} gives gradients of other shapes on a {_sizes(net)} network")
    return delta, dW, db


def gradients(net, x, t, mistake, learning_rate=None):
    """Return (dW, db) of the backward pass with a mistake; as `backward`, and raises as it does."""
    _, dW, db = backward(net, x, t, mistake, learning_rate)
    return dW, db


def _sizes(net):
    return "-".join(map(str, net.sizes))


def _backward(net, x, t, lines, learning_rate=None, known=None):
    """Return (delta, dW, db) by these lines; the loop is that of `passes.backward_pass`."""
    z, a = forward(net, x)
    t, f, L = as_target(net, t, a[0]), net.activations, len(net.W) - 1
    delta, dW, db = [None] * (L + 1), [None] * (L + 1), [None] * (L + 1)
    if net.loss.partner:  # a cross-entropy and its activation: error and slope in one
        delta[L] = net.loss.delta(f[L], z[L], a[L], t)
    else:
        delta[L] = lines.output(f[L], net.loss.d(a[L], t), z[L], a[L])
    delta[L] = lines.scale(delta[L], net.loss)
    for l in range(L, 0, -1):
        on = delta[l] if known is None else np.where(np.isnan(known[l]), delta[l], known[l])
        dW[l], db[l] = lines.weight(on, a[l - 1]), lines.bias(on, a[l - 1])
        if t.ndim == 2:
            dW[l], db[l] = dW[l].mean(axis=0), db[l].mean(axis=0)
        if l in net.names.shared and dW[l].shape == net.W[l].shape:
            dW[l], db[l] = together(net.names, l, dW[l], db[l], lines.shared)
        if l > 1:
            sent = lines.sent(on, a[L], t) if l == L else on
            g = lines.carried(sent, net.W[l], dW[l], learning_rate)
            delta[l - 1] = lines.hidden(f[l - 1], g, z[l - 1], a[l - 1])
    return delta, dW, db


def _right(net, x, t):
    return by_name(net, *_backward(net, x, t, RIGHT)[1:])


def possible(net):
    """Return the names of the mistakes that a network of this form may give occasion for."""
    return tuple(ALL if net.names.shared else MISTAKES)


def effects(net, x, t, learning_rate=None):
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


def of_weight(net, x, t, weight, learning_rate=None):
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


def distance(one, other):
    """Return by what share two {name: gradient} differ where they differ most."""
    return max(_apart(one[name], other[name]) for name in one)


def _apart(p, q):
    return abs(p - q) / max(abs(p), abs(q)) if p != q else 0.0


def separation(net, x, t, learning_rate):
    """Return (share, pair): the two of the mistakes, and of `"right"`, that are hardest to tell
    apart, and by what share they differ in the gradient that tells them apart best."""
    found = effects(net, x, t, learning_rate)
    found["right"] = _right(net, x, t)
    return min((distance(found[p], found[q]), (p, q)) for p, q in combinations(found, 2))
