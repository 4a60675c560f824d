"""One update inside `train`, against plain NumPy written for the one network (`reference`)."""

import numpy as np

from backprop import Network, examples, train

from . import reference
from .turn_about import compare


def measure():
    print("one update inside `train`, processor time, against bench/reference.py", flush=True)
    net, x, t, learning_rate = examples.two_two_two()
    for biases in ("frozen", "updated"):
        name = f"2-2-2, one example, biases {biases}"
        job = (net, x, t, learning_rate, 300, biases)
        _compare(name, reference.train_one, job, 100, most=1.3)
    job = (*digits(), 0.5, 200, "updated")
    _compare("784-128-10, batch 64", reference.train_batch, job, 25, most=1.1)


def digits():
    """Return a network of the size that reads handwritten digits, and a random batch."""
    rng = np.random.default_rng(0)
    net = Network(
        W=[None, rng.normal(0, 0.05, (128, 784)), rng.normal(0, 0.1, (10, 128))],
        b=[None, np.zeros(128), np.zeros(10)],
        activations="sigmoid",
    )
    return net, rng.random((64, 784)), np.eye(10)[rng.integers(0, 10, 64)]


def _compare(name, by_reference, job, repeats, most):
    """Hold both to the same numbers, and compare their times."""
    net, x, t, learning_rate, updates, biases = job
    weights = (net.W[1], net.b[1], net.W[2], net.b[2])

    def theirs():
        return by_reference(*weights, x, t, learning_rate, updates, biases)[-1]

    def ours():
        return train(net, x, t, learning_rate, updates, biases=biases)[1].loss

    # the same job: sums are taken in another order, so the last digits may differ
    np.testing.assert_allclose(ours(), theirs(), rtol=1e-9)
    compare(name, theirs, ours, most, repeats, jobs=updates)
