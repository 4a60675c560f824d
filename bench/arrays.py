"""The engine of `backprop.arrays`: the gradient of 784-128-10, batch 64, against `backward`, and
where it is installed against HIPS autograd, which records and goes back in the same way."""

from importlib.util import find_spec

import numpy as np

from backprop import backward, forward
from backprop.arrays import Array

from .training import digits
from .turn_about import compare

REPEATS = 200


def measure():
    print("arrays that differentiate, 784-128-10, batch 64, processor time", flush=True)
    net, x, t = digits()
    weights = net.W[1], net.b[1], net.W[2], net.b[2]

    def by_package():
        _, dW, db = backward(net, *forward(net, x), t)
        return dW[1], db[1], dW[2], db[2]

    def by_arrays():
        W1, b1, W2, b2 = arrays = [Array(weight) for weight in weights]
        a = (x @ W1.T + b1).sigmoid()
        a = (a @ W2.T + b2).sigmoid()
        (((a - t) ** 2).sum() / 2 / len(x)).backward()
        return [array.grad for array in arrays]

    _compare("forward and backward, against the package", by_package, by_arrays, most=2)
    if not find_spec("autograd"):
        print("  autograd is not installed, and not compared with", flush=True)
        return
    import autograd
    import autograd.numpy as anp

    def E(weights):
        W1, b1, W2, b2 = weights
        a = 1 / (1 + anp.exp(-(anp.dot(x, W1.T) + b1)))
        a = 1 / (1 + anp.exp(-(anp.dot(a, W2.T) + b2)))
        return anp.sum((a - t) ** 2) / 2 / len(x)

    gradient = autograd.grad(E)
    _compare("the same, against autograd", lambda: gradient(weights), by_arrays, most=1.5)


def _compare(name, theirs, ours, most):
    """Hold both to the same numbers, and compare their times."""
    for one, other in zip(ours(), theirs(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-15)
    compare(name, theirs, ours, most, REPEATS)
