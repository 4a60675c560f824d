"""The arithmetic of one forward pass, one backward pass and one update, and nothing else.

Letters as in `network`, where what comes in is checked. W, b, z, a, delta, dW and db are lists or
tuples with one array to a layer, None at layer 0. Each function serves one example, (units,), and a
batch, (examples, units); floats and symbols alike.
"""

from collections.abc import Sequence

import numpy as np

from .functions import Activation, Loss

# An array to a layer, None at layer 0. Arrays of objects hold Fractions, or numbers of SymPy or
# mpmath; where the package takes one number of a pass, a float, it takes one of these too.
Layers = Sequence[np.ndarray | None]
Activations = Sequence[Activation | None]


def forward_pass(W: Layers, b: Layers, activations: Activations, x: np.ndarray):
    """Return (z, a) of every layer."""
    z, a = [None], [x]
    for l in range(1, len(W)):
        z.append(a[l - 1].dot(W[l].T) + b[l])  # dot is @, and quicker for one small example
        a.append(activations[l].f(z[l]))
    return z, a


def loss_value(loss: Loss, z: Layers, a: Layers, t: np.ndarray):
    """Return E: of the example, or the mean over the batch."""
    terms = loss.terms(z[-1], a[-1], t)
    return sum(terms.tolist()) if t.ndim == 1 else terms.sum() / len(t)


def backward_pass(
    W: Layers, activations: Activations, loss: Loss,
    z: Layers, a: Layers, t: np.ndarray, mistaken_rate: float | None = None,
):  # fmt: skip
    """Return (delta, dW, db) of every layer.

    A mistaken_rate carries the deltas back through weights already updated at that rate.
    """
    L = len(W) - 1
    delta, dW, db = [None] * (L + 1), [None] * (L + 1), [None] * (L + 1)
    delta[L] = loss.delta(activations[L], z[L], a[L], t)  # BP1
    for l in range(L, 0, -1):
        if delta[l].ndim == 1:
            db[l] = delta[l]  # BP3
            dW[l] = delta[l][:, None] * a[l - 1]  # BP4
        else:
            share = delta[l] / len(t)  # of each example in the mean over the batch
            db[l] = share.sum(axis=0)  # BP3
            dW[l] = share.T.dot(a[l - 1])  # BP4
        if l > 1:
            carrying = W[l] if mistaken_rate is None else W[l] - mistaken_rate * dW[l]
            g = delta[l].dot(carrying)  # ∂E/∂a of layer l - 1
            delta[l - 1] = activations[l - 1].back(g, z[l - 1], a[l - 1])  # BP2
    return delta, dW, db


def update_step(W: list, b: list, dW: list, db: Layers, learning_rate: float, biases: str):
    """Change W and b in place, w⁺ = w − η ∂E/∂w; biases as in `network.update`.

    Uses dW as scratch paper: its numbers are lost, and a large network needs no further array.
    """
    for l in range(1, len(W)):
        dW[l] *= learning_rate
        W[l] -= dW[l]
        if biases == "updated":
            b[l] -= learning_rate * db[l]
        elif biases == "shared":
            b[l] -= learning_rate * db[l].sum()
