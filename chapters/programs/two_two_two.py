"""Backpropagation in NumPy, for a network of 2-2-2 units.

Prints every number of one pass, forward and back, and then trains
the network.  It needs NumPy and nothing else.
"""

import numpy as np

# What is given.  A row of W1 leads into a hidden unit: w1 and w2
# into h1, w3 and w4 into h2.  A row of W2 leads into an output.
x = np.array([0.02, 0.04])
t = np.array([0.5, 0.9])
W1 = np.array([[0.25, 0.25], [0.15, 0.20]])
b1 = np.array([0.4, 0.4])
W2 = np.array([[0.30, 0.35], [0.40, 0.35]])
b2 = np.array([0.7, 0.7])
learning_rate = 0.1


def sigmoid(z):
    # np.exp overflows a little above 709
    return 1 / (1 + np.exp(-np.maximum(z, -700)))


def forward(W1, b1, W2, b2, x):
    """Return the outputs of the hidden and of the last layer."""
    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    return a1, a2


def loss(a2, t):
    return ((a2 - t) ** 2).sum() / 2


def backward(W2, x, a1, a2, t):
    """Return the deltas of both layers, and dE/dW1 and dE/dW2.

    W2 has to be the one that the forward pass used.
    """
    delta2 = (a2 - t) * a2 * (1 - a2)
    delta1 = W2.T @ delta2 * a1 * (1 - a1)
    dW1, dW2 = np.outer(delta1, x), np.outer(delta2, a1)
    return delta1, delta2, dW1, dW2


# One pass, number by number.
a1, a2 = forward(W1, b1, W2, b2, x)
delta1, delta2, dW1, dW2 = backward(W2, x, a1, a2, t)

np.set_printoptions(precision=9, suppress=True)
print("hidden outputs ", a1)
print("outputs        ", a2)
print(f"loss E          {loss(a2, t):.9f}")
print("output deltas  ", delta2)
print("hidden deltas  ", delta1)
print("dE/dw5 … dE/dw8", dW2.ravel())
print("dE/dw1 … dE/dw4", dW1.ravel())
print("new w5 … w8    ", (W2 - learning_rate * dW2).ravel())
print("new w1 … w4    ", (W1 - learning_rate * dW1).ravel())

# The same ten thousand times.  All gradients come first, and only
# then does any weight change.  The biases stay as they are; to
# train them too, subtract learning_rate * delta1 and * delta2.
for n in range(10_001):
    a1, a2 = forward(W1, b1, W2, b2, x)
    if n in (0, 1, 10, 100, 1_000, 10_000):
        E = loss(a2, t)
        print(f"after {n:6,} updates: E = {E:.9f}, outputs {a2}")
    _, _, dW1, dW2 = backward(W2, x, a1, a2, t)
    W1 = W1 - learning_rate * dW1
    W2 = W2 - learning_rate * dW2
