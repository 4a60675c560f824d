"""The yardstick for `train`: the same training of a two-layer sigmoid network, written by hand.

Plain NumPy as a careful engineer writes it for this one network: no layers to loop over, no choice
of activation or loss, nothing computed that is not used, the weights changed in place. The job is
the package's: half squares, the loss of every update recorded, the arrays of the caller untouched,
biases updated or frozen, one example (inputs,) or a batch (examples, inputs). What it leaves out:
the checks of what comes in, and the guard against overflow, which an engineer with inputs of
ordinary size does without.
"""

import numpy as np


def train_one(W1, b1, W2, b2, x, t, learning_rate, updates, biases="updated"):
    """Return (W1, b1, W2, b2, losses) after gradient descent on one example."""
    W1, b1, W2, b2 = W1.copy(), b1.copy(), W2.copy(), b2.copy()
    losses = np.empty(updates + 1)
    for n in range(updates + 1):
        h = 1 / (1 + np.exp(-(W1 @ x + b1)))
        o = 1 / (1 + np.exp(-(W2 @ h + b2)))
        error = o - t
        losses[n] = error @ error / 2
        if n == updates:
            break
        d2 = error * o * (1 - o)
        d1 = d2 @ W2 * h * (1 - h)
        W2 -= learning_rate * d2[:, None] * h
        W1 -= learning_rate * d1[:, None] * x
        if biases == "updated":
            b2 -= learning_rate * d2
            b1 -= learning_rate * d1
    return W1, b1, W2, b2, losses


def train_batch(W1, b1, W2, b2, x, t, learning_rate, updates, biases="updated"):
    """Return (W1, b1, W2, b2, losses) after gradient descent on the mean of a batch."""
    W1, b1, W2, b2 = W1.copy(), b1.copy(), W2.copy(), b2.copy()
    losses = np.empty(updates + 1)
    rate = learning_rate / len(x)
    for n in range(updates + 1):
        h = 1 / (1 + np.exp(-(x @ W1.T + b1)))
        o = 1 / (1 + np.exp(-(h @ W2.T + b2)))
        error = o - t
        losses[n] = np.vdot(error, error) / 2 / len(x)
        if n == updates:
            break
        d2 = error * o * (1 - o)
        d1 = d2 @ W2 * h * (1 - h)
        W2 -= (rate * d2).T @ h  # the rate goes to the smaller array
        W1 -= (rate * d1).T @ x
        if biases == "updated":
            b2 -= rate * d2.sum(axis=0)
            b1 -= rate * d1.sum(axis=0)
    return W1, b1, W2, b2, losses
