"""The engine of `backprop.autodiff`: one gradient of the 2-2-2 network, and how its cost grows.

Where micrograd is installed (`pip install micrograd`), the same gradient by both, turn about. It
has no exp, so one is added to it here; the comparison with ReLU needs nothing added.
"""

import math
import time
from importlib.util import find_spec

import numpy as np

from backprop import examples
from backprop.autodiff import Value


def measure():
    print("numbers that differentiate, processor time", flush=True)
    job = _two_two_two()
    each = np.median([_time(lambda: job(Value, Value.sigmoid), 20) for _ in range(100)])
    print(f"  2-2-2, forward and backward: median {each:.0f} µs", flush=True)
    for many in (1_000, 10_000, 100_000):
        each = np.median([_time(lambda many=many: _chain(many), 1) for _ in range(9)]) / many
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
    """Time both turn about, so that what slows the machine slows both; print their ratio."""
    np.testing.assert_allclose(job(Value, our_f), job(kind, their_f), rtol=1e-12)  # the same job
    times = np.array(
        [
            [_time(lambda: job(kind, their_f), 20), _time(lambda: job(Value, our_f), 20)]
            for _ in range(200)
        ]
    )
    ratio = np.median(times[:, 1] / times[:, 0])
    (least_theirs, least), (median_theirs, median) = times.min(axis=0), np.median(times, axis=0)
    print(
        f"  2-2-2, {name}, against micrograd: {ratio:.2f} × (at most 1); median {median:.0f} "
        f"against {median_theirs:.0f} µs, least {least:.0f} against {least_theirs:.0f}: "
        f"{least / least_theirs:.2f} ×",
        flush=True,
    )


def _time(run, times):
    """Return the µs of one run."""
    start = time.process_time()  # of this process: others on the machine do not count
    for _ in range(times):
        run()
    return (time.process_time() - start) / times * 1e6
