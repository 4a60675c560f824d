"""The ladder: small networks, from one unit to three layers and a batch, and right gradients.

All mistakes that the doctor knows come out as other numbers on them. They are the same each time.
"""

from dataclasses import dataclass

import numpy as np

from ..mistakes import RIGHT, by_lines
from ..network import Network


@dataclass(frozen=True)
class Case:
    """A network, x and t of an example or a batch, and the right gradients."""

    net: Network
    x: np.ndarray
    t: np.ndarray
    dW: list
    db: list

    @property
    def name(self):
        name = "-".join(map(str, self.net.sizes))
        return f"{name} with a batch of {len(self.x)}" if self.x.ndim == 2 else name


def ladder(activations: str = "sigmoid", loss: str = "half squares"):
    """Return the Cases on which a function is examined, the smallest first.

    activations: one name for all layers; or of the hidden layers and of the outputs, with a slash
    between them, as "tanh/softmax"; loss: its name. Raises as `Network` does.
    """
    hidden, _, last = activations.partition("/")
    rng = np.random.default_rng(11)
    cases = []
    for sizes, examples in LADDER:
        if (last or hidden) == "softmax":  # which has nothing to choose from one
            sizes = (*sizes[:-1], max(2, sizes[-1]))
        W = [rng.uniform(0.3, 1.2, (n, m)) * rng.choice([-1, 1], (n, m)) for m, n in _pairs(sizes)]
        b = [rng.uniform(0.1, 0.6, n) * rng.choice([-1, 1], n) for n in sizes[1:]]
        names = [None, *[hidden] * (len(sizes) - 2), last or hidden]
        net = Network([None, *W], [None, *b], names, loss)
        x = rng.uniform(0.2, 1.5, (examples or 1, sizes[0])) * rng.choice([-1, 1], sizes[0])
        t = _targets(rng, net, examples or 1)
        if not examples:
            x, t = x[0], t[0]
        cases.append(Case(net, x, t, *by_lines(net, x, t, RIGHT)[1:]))
    return cases


LADDER = (
    ((2, 1), 0), ((1, 1, 1), 0), ((2, 2, 2), 0), ((3, 2, 4), 0), ((2, 3, 4, 2), 0),
    ((3, 4, 2), 3),
)  # fmt: skip


def _pairs(sizes):
    return zip(sizes, sizes[1:], strict=False)


def _targets(rng, net, examples):
    outputs = net.sizes[-1]
    if net.activations[-1].coupled:
        return np.eye(outputs)[np.arange(examples) % outputs]
    if net.loss.partner:
        return (np.arange(examples * outputs).reshape(examples, outputs) % 2).astype(float)
    return rng.uniform(0.1, 0.9, (examples, outputs))


def arrays(gradients: tuple):
    """Return the arrays of (dW, db) from layer 1 on: dW1, db1, dW2, db2 and so on."""
    dW, db = gradients
    return [A for pair in zip(dW[1:], db[1:], strict=True) for A in pair]


def are_near(one: np.ndarray, other: np.ndarray, near: float):
    """Return whether two arrays differ by at most `near` of the largest entry of both."""
    with np.errstate(invalid="ignore"):
        size = max(np.abs(one).max(), np.abs(other).max())
        return bool(np.abs(one - other).max() <= near * size)
