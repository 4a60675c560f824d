"""A network that learns to read handwritten digits, in NumPy.

Needs the file digits.csv.gz beside it, and takes a few seconds.

An example is a row of every array.  W[l] and b[l] lead into layer
l, and A[l] is its output.  Layer 0 is the input, so W[0] and b[0]
are None.
"""

from itertools import pairwise

import numpy as np

WIDTH, RATE, EPOCHS, BATCH = 32, 3, 30, 10


def load(path):
    """Return images, 64 numbers from 0 to 1 each, and labels."""
    rows = np.loadtxt(path, delimiter=",", skiprows=1, dtype=int)
    return rows[:, :-1] / 16, rows[:, -1]


def split(n):
    """Return where the training and held-out images are."""
    # 1000 and 1797 have no common divisor but 1: each is met once
    order = 1000 * np.arange(n) % n
    return np.split(order, [round(0.75 * n)])


def sigmoid(z):
    # np.exp overflows a little above 709
    return 1 / (1 + np.exp(-np.maximum(z, -700)))


def softmax(z):
    # with the largest z taken away, no power of e is above 1
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def start(sizes, rng):
    """Return random W and zero b for layers of these sizes."""
    W, b = [None], [None]
    for n_in, n_out in pairwise(sizes):
        W.append(rng.normal(0, 1 / np.sqrt(n_in), (n_out, n_in)))
        b.append(np.zeros(n_out))
    return W, b


def forward(W, b, X):
    """Return the outputs of every layer, X first."""
    A = [X]
    for l in range(1, len(W)):
        f = softmax if l == len(W) - 1 else sigmoid
        A.append(f(A[l - 1] @ W[l].T + b[l]))
    return A


def backward(W, A, T):
    """Return dW and db, the gradients of the mean loss."""
    dW, db = [None] * len(W), [None] * len(W)
    delta = A[-1] - T
    for l in range(len(W) - 1, 0, -1):
        share = delta / len(T)
        dW[l] = share.T @ A[l - 1]
        db[l] = share.sum(axis=0)
        if l > 1:
            delta = delta @ W[l] * A[l - 1] * (1 - A[l - 1])
    return dW, db


def train_epoch(W, b, X, T, rng):
    """Update after each mini-batch, once through all examples."""
    order = rng.permutation(len(X))
    for first in range(0, len(X), BATCH):
        rows = order[first : first + BATCH]
        dW, db = backward(W, forward(W, b, X[rows]), T[rows])
        for l in range(1, len(W)):
            W[l] -= RATE * dW[l]
            b[l] -= RATE * db[l]


def evaluate(W, b, X, labels):
    """Return the mean loss, and how many are read correctly."""
    outputs = forward(W, b, X)[-1]
    wanted = outputs[np.arange(len(X)), labels]
    # the logarithm of 0 would be minus infinity
    loss = -np.log(np.maximum(wanted, 1e-300)).mean()
    return loss, (outputs.argmax(axis=1) == labels).sum()


X, labels = load("digits.csv.gz")
T = np.eye(10)[labels]  # in each row a 1 at the digit, else 0
learn, held = split(len(X))
rng = np.random.default_rng(0)
W, b = start((64, WIDTH, 10), rng)

for epoch in range(1, EPOCHS + 1):
    train_epoch(W, b, X[learn], T[learn], rng)
    loss, _ = evaluate(W, b, X[learn], labels[learn])
    _, right = evaluate(W, b, X[held], labels[held])
    print(f"epoch {epoch}: {right}/{len(held)}, loss {loss:.4f}")
