"""The 2-2-2 network of source S4 in TensorFlow: a pass, its deltas, a gradient of our own.

Parameters stand in the order W1, b1, W2, b2, here and in the three other files.
"""

import tensorflow as tf

from backprop import examples

NAME, VERSION = "TensorFlow", tf.__version__


def start(dtype):
    """Return (parameters, x, t), "float64" or a smaller kind."""
    net, x, t, _ = examples.two_two_two()
    given = [net.W[1], net.b[1], net.W[2], net.b[2]]
    parameters = [tf.Variable(a, dtype=dtype) for a in given]
    x, t = tf.constant(x, dtype=dtype), tf.constant(t, dtype=dtype)
    return parameters, x, t


# ---- forward, loss, backward, gradients, update ----------


def loss(parameters, x, t, sigmoid=tf.sigmoid):
    W1, b1, W2, b2 = parameters
    a1 = sigmoid(tf.linalg.matvec(W1, x) + b1)
    a2 = sigmoid(tf.linalg.matvec(W2, a1) + b2)
    return tf.reduce_sum((a2 - t) ** 2) / 2


def gradient(parameters, x, t, sigmoid=tf.sigmoid):
    with tf.GradientTape() as tape:  # notes all that is done
        E = loss(parameters, x, t, sigmoid)
    return E, tape.gradient(E, parameters)


def update(parameters, gradients, rate):
    for p, g in zip(parameters, gradients, strict=True):
        p.assign_sub(rate * g)
    return parameters  # the same ones, changed


# ---- the deltas ------------------------------------------


def deltas(parameters, x, t):
    W1, b1, W2, b2 = parameters
    with tf.GradientTape() as tape:
        z1 = tf.linalg.matvec(W1, x) + b1
        z2 = tf.linalg.matvec(W2, tf.sigmoid(z1)) + b2
        E = tf.reduce_sum((tf.sigmoid(z2) - t) ** 2) / 2
    return tape.gradient(E, [z1, z2])


# ---- a gradient of our own -------------------------------


def plain_sigmoid(z):
    return 1 / (1 + tf.exp(-z))  # TensorFlow finds its slope


@tf.custom_gradient
def our_sigmoid(z):
    a = plain_sigmoid(z)

    def backward(g):  # in comes ∂E/∂a, out goes ∂E/∂z
        return g * a * (1 - a)

    return a, backward


def slope(f, z, dtype="float64"):
    """Return f′(z) of a function of one number, "float64" or a smaller kind."""
    z = tf.Variable(z, dtype=dtype)
    with tf.GradientTape() as tape:
        a = f(z)
    return tape.gradient(a, z)


# ---- the loss that comes with it -------------------------


def mean_squares_slope(a, t):
    """Return the gradient, by a, of the loss that is called mean squared error here."""
    a = tf.Variable(a)
    with tf.GradientTape() as tape:
        E = tf.keras.losses.MeanSquaredError()(tf.constant(t), a)
    return tape.gradient(E, a)


if __name__ == "__main__":
    E, gradients = gradient(*start("float64"))
    print(E, *gradients, sep="\n")
