"""The engine of `backprop.autodiff`: one gradient of the 2-2-2 network, and how its cost grows.

Where micrograd is installed (`pip install micrograd`), the same gradient by both, turn about. It
has no exp, so one is added to it here; the comparison with ReLU needs nothing added.
"""

import math
from importlib.util import find_spec

import numpy as np

from backprop import examples
from backprop.autodiff import Value

from .turn_about import compare, time_of

OFTEN = 20  # one gradient takes too short a time to be timed alone


def measure():
    print("numbers that differentiate, processor time", flush=True)
    job = _two_two_two()
    often = [time_of(lambda: [job(Value, Value.sigmoid) for _ in range(OFTEN)]) for _ in range(100)]
    each = np.median(often) / OFTEN
    print(f"  2-2-2, forward and backward: median {each:.0f} µs", flush=True)
    for many in (1_000, 10_000, 100_000):
        each = np.median([time_of(lambda many=many: _chain(many)) for _ in range(9)]) / many
        print(f"  a chain of {many:,} sums, there and back: {each:.2f} µs a sum", flush=True)
    if not find_spec("micrograd"):
        print("  micrograd is not installed, and not compared with", flush=True)
        return
    from micrograd.engine import Value as Theirs

    _compare("sigmoid as 1 / (1 + exp(-z))", job, Theirs, _their_sigmoid(Theirs), _our_sigmoid)
    _compare("relu", job, Theirs, Theirs.relu, Value.relu)


def _two_two_two():
    """Return a function of a kind of number and an activation: E and its ten gradients."""
    net, x, t, _ = examples.two_two_two()
    (i1, i2), (t1, t2) = x.tolist(), t.tolist()
    weights = [*net.W[1].ravel().tolist(), *net.W[2].ravel().tolist()]
    biases = [layer[0].item() for layer in net.b[1:]]

    def job(kind, f):
        w1, w2, w3, w4, w5, w6, w7, w8 = w = [kind(weight) for weight in weights]
        b1, b2 = b = [kind(bias) for bias in biases]
        h1, h2 = f(w1 * i1 + w2 * i2 + b1), f(w3 * i1 + w4 * i2 + b1)
        o1, o2 = f(w5 * h1 + w6 * h2 + b2), f(w7 * h1 + w8 * h2 + b2)
        E = ((o1 - t1) ** 2 + (o2 - t2) ** 2) * 0.5
        E.backward()
        return [E.data, *(number.grad for number in w + b)]

    return job


def _chain(many):
    x = Value(1.0)
    total = x
    for _ in range(many):
        total = total + x
    total.backward()


def _our_sigmoid(z):
    return 1 / (1 + (-z).exp())


def _their_sigmoid(kind):
    def exp(z):
        made = kind(math.exp(z.data), (z,), "exp")

        def backward():
            z.grad += made.data * made.grad

        made._backward = backward
        return made

    return lambda z: 1 / (1 + exp(-z))


def _compare(name, job, kind, their_f, our_f):
    """Hold both to the same numbers, and compare their times."""
    np.testing.assert_allclose(job(Value, our_f), job(kind, their_f), rtol=1e-12)
    name = f"2-2-2, {name}, against micrograd"

    def often(kind, f):
        return lambda: [job(kind, f) for _ in range(OFTEN)]

    compare(name, often(kind, their_f), often(Value, our_f), most=1, repeats=200, jobs=OFTEN)
