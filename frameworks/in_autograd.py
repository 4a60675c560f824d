"""The 2-2-2 network of source S4 in autograd: a pass, its deltas, a gradient of our own.

Parameters stand in the order W1, b1, W2, b2, here and in the three other files.
"""

from importlib.metadata import version

import autograd.numpy as np  # NumPy, and each function knows its derivative
from autograd import grad, value_and_grad
from autograd.extend import defvjp, primitive

from backprop import examples

NAME, VERSION = "autograd", version("autograd")


def start(dtype):
    """Return (parameters, x, t), "float64" or a smaller kind."""
    net, x, t, _ = examples.two_two_two()
    given = [net.W[1], net.b[1], net.W[2], net.b[2], x, t]
    *parameters, x, t = [np.array(a, dtype=dtype) for a in given]
    return parameters, x, t


# ---- forward, loss, backward, gradients, update ----------


def plain_sigmoid(z):
    return 1 / (1 + np.exp(-z))  # autograd finds its slope


def loss(parameters, x, t, sigmoid=plain_sigmoid):
    W1, b1, W2, b2 = parameters
    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    return ((a2 - t) ** 2).sum() / 2


def gradient(parameters, x, t, sigmoid=plain_sigmoid):
    def E(parameters):
        return loss(parameters, x, t, sigmoid)

    return value_and_grad(E)(parameters)


def update(parameters, gradients, rate):
    pairs = zip(parameters, gradients, strict=True)
    return [p - rate * g for p, g in pairs]  # new arrays


# ---- the deltas ------------------------------------------


def deltas(parameters, x, t):
    W1, b1, W2, b2 = parameters

    def E(nudges):  # a slope by z is one by its nudge
        a1 = plain_sigmoid(W1 @ x + b1 + nudges[0])
        a2 = plain_sigmoid(W2 @ a1 + b2 + nudges[1])
        return ((a2 - t) ** 2).sum() / 2

    return grad(E)([np.zeros_like(b1), np.zeros_like(b2)])


# ---- a gradient of our own -------------------------------


@primitive  # what is inside is not looked at
def our_sigmoid(z):
    return 1 / (1 + np.exp(-z))


def our_backward(a, z):
    def backward(g):  # in comes ∂E/∂a, out goes ∂E/∂z
        return g * a * (1 - a)

    return backward


defvjp(our_sigmoid, our_backward)


def slope(f, z, dtype="float64"):
    """Return f′(z) of a function of one number, "float64" or a smaller kind."""
    return grad(f)(np.array(z, dtype=dtype))


if __name__ == "__main__":
    E, gradients = gradient(*start("float64"))
    print(E, *gradients, sep="\n")
