"""The 2-2-2 network of source S4 in JAX: a pass, its deltas, a gradient of our own.

Parameters stand in the order W1, b1, W2, b2, here and in the three other files.
"""

import jax
import jax.numpy as jnp

from backprop import examples

NAME, VERSION = "JAX", jax.__version__

jax.config.update("jax_enable_x64", True)  # else every double becomes a single


def start(dtype):
    """Return (parameters, x, t), "float64" or a smaller kind."""
    net, x, t, _ = examples.two_two_two()
    given = [net.W[1], net.b[1], net.W[2], net.b[2], x, t]
    *parameters, x, t = [jnp.array(a, dtype=dtype) for a in given]
    return parameters, x, t


# ---- forward, loss, backward, gradients, update ----------


def loss(parameters, x, t, sigmoid=jax.nn.sigmoid):
    W1, b1, W2, b2 = parameters
    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    return ((a2 - t) ** 2).sum() / 2


def gradient(parameters, x, t, sigmoid=jax.nn.sigmoid):
    def E(parameters):
        return loss(parameters, x, t, sigmoid)

    return jax.value_and_grad(E)(parameters)


def update(parameters, gradients, rate):
    pairs = zip(parameters, gradients, strict=True)
    return [p - rate * g for p, g in pairs]  # new arrays


# ---- the deltas ------------------------------------------


def deltas(parameters, x, t):
    W1, b1, W2, b2 = parameters

    def E(nudge1, nudge2):  # a slope by z is one by its nudge
        a1 = jax.nn.sigmoid(W1 @ x + b1 + nudge1)
        a2 = jax.nn.sigmoid(W2 @ a1 + b2 + nudge2)
        return ((a2 - t) ** 2).sum() / 2

    nothing = jnp.zeros_like(b1), jnp.zeros_like(b2)
    return jax.grad(E, argnums=(0, 1))(*nothing)


# ---- a gradient of our own -------------------------------


def plain_sigmoid(z):
    return 1 / (1 + jnp.exp(-z))  # JAX finds its slope


@jax.custom_vjp
def our_sigmoid(z):
    return plain_sigmoid(z)


def our_forward(z):
    a = plain_sigmoid(z)
    return a, a  # what goes on, and what the way back needs


def our_backward(a, g):  # in comes ∂E/∂a, out goes ∂E/∂z
    return (g * a * (1 - a),)


our_sigmoid.defvjp(our_forward, our_backward)


def slope(f, z, dtype="float64"):
    """Return f′(z) of a function of one number, "float64" or a smaller kind."""
    return jax.grad(f)(jnp.array(z, dtype=dtype))


if __name__ == "__main__":
    E, gradients = gradient(*start("float64"))
    print(E, *gradients, sep="\n")
