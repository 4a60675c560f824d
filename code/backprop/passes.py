"""The arithmetic of one forward pass, one backward pass and one update, and nothing else.

Letters as in `network`, where what comes in is checked. W, b, z, a, delta, dW and db are lists or
tuples with one array to a layer, None at layer 0. Each function serves one example, (units,), and a
batch, (examples, units); floats and symbols alike.
"""

import numpy as np


def forward_pass(W, b, activations, x):
    """Return (z, a) of every layer."""
    z, a = [None], [x]
    for l in range(1, len(W)):
        z.append(a[l - 1] @ W[l].T + b[l])
        a.append(activations[l].f(z[l]))
    return z, a


def loss_value(loss, z, a, t):
    """Return E: of the example, or the mean over the batch."""
    E = loss.value(z[-1], a[-1], t)
    return E if np.ndim(E) == 0 else E.mean()


def backward_pass(W, activations, loss, z, a, t, mistaken_rate=None):
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
            db[l] = delta[l].sum(axis=0) / len(t)  # BP3, mean of the batch
            dW[l] = delta[l].T @ a[l - 1] / len(t)  # BP4, mean of the batch
        if l > 1:
            carrying = W[l] if mistaken_rate is None else W[l] - mistaken_rate * dW[l]
            g = delta[l] @ carrying  # ∂E/∂a of layer l - 1
            delta[l - 1] = activations[l - 1].back(g, z[l - 1], a[l - 1])  # BP2
    return delta, dW, db


def update_step(W, b, dW, db, learning_rate, biases):
    """Return the updated (W, b); biases as in `network.update`."""
    layers = range(1, len(W))
    W = [None] + [W[l] - learning_rate * dW[l] for l in layers]
    if biases == "updated":
        b = [None] + [b[l] - learning_rate * db[l] for l in layers]
    elif biases == "shared":
        b = [None] + [b[l] - learning_rate * db[l].sum() for l in layers]
    return W, b
