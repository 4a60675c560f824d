"""What PyTorch and JAX find for each operation of `backprop.arrays`, and for small networks.

`python code/tests/unit/arrays_by_frameworks.py`, with PyTorch, JAX and NumPy, writes a .json beside
this file. It is tracked, so that the tests compare with it on every machine. A case is written
once, with the functions of a namespace `f`, of which PyTorch, JAX and the engine have one each.
"""

import json
from pathlib import Path
from types import SimpleNamespace

ELEMENTWISE = {
    "add": lambda f, a, b: a + b,
    "subtract": lambda f, a, b: a - b,
    "multiply": lambda f, a, b: a * b,
    "divide": lambda f, a, b: a / b,
}
PAIRS = [  # shapes that NumPy repeats to one another
    ((4, 3), (4, 3)), ((4, 3), (3,)), ((3,), (4, 3)), ((4, 1), (1, 3)), ((), (4, 3)),
    ((3, 3), (3,)), ((3, 3), (3, 1)), ((2, 4, 1), (3,)), ((1,), (4, 3)), ((), ()),
]  # fmt: skip
ONE = {
    "exp": lambda f, a: f.exp(a),
    "log": lambda f, a: f.log(a * a + 0.5),
    "tanh": lambda f, a: f.tanh(a),
    "sigmoid": lambda f, a: f.sigmoid(a),
    "relu": lambda f, a: f.relu(a),
    "power 2": lambda f, a: a**2,
    "power -1.5": lambda f, a: (a * a + 0.5) ** -1.5,
    "power 0": lambda f, a: a**0,
    "sum": lambda f, a: f.sum(a, (0, 1), False),
    "sum over 0": lambda f, a: f.sum(a, 0, False),
    "sum over 1, kept": lambda f, a: f.sum(a, 1, True),
    "sum over -1": lambda f, a: f.sum(a, -1, False),
    "max": lambda f, a: f.max(a, (0, 1), False),
    "max over 0": lambda f, a: f.max(a, 0, False),
    "max over -1, kept": lambda f, a: f.max(a, -1, True),
    "rows, one of them twice": lambda f, a: a[f.whole([0, 2, 0])],
    "entries, one of them twice": lambda f, a: a[f.whole([1, 1, 3]), f.whole([2, 2, 0])],
    "a slice": lambda f, a: a[1:, :2],
    "a row": lambda f, a: a[2],
    "reshape": lambda f, a: a.reshape(2, 6),
    "transpose": lambda f, a: a.T,
    "log_sum_exp": lambda f, a: f.log_sum_exp(a),
    "x times x": lambda f, a: a * a,
}
PRODUCTS = [
    ((4, 2), (2, 3)), ((2,), (2, 3)), ((4, 2), (2,)), ((2,), (2,)), ((5, 4, 2), (2, 3)),
    ((5, 1, 4, 2), (3, 2, 4)), ((2,), (3, 2, 4)), ((3, 4, 2), (2,)),
]  # fmt: skip


def network(f, X, T, W1, b1, W2, b2):
    a = f.sigmoid(X @ W1.T + b1)
    a = f.sigmoid(a @ W2.T + b2)
    return f.sum((a - T) ** 2, (0, 1), False) / 2 / 4


def attention(f, Q, K, V):
    z = Q @ K.T / 3**0.5
    shares = f.exp(z - f.max(z, -1, True))
    return (shares / f.sum(shares, -1, True)) @ V


def cases():
    """Return {name: (what is computed, the arrays, "given" or their shapes)}."""
    found = {
        f"{name} {' '.join(map(str, shapes))}": (f, shapes)
        for name, f in ELEMENTWISE.items()
        for shapes in PAIRS
    }
    found |= {name: (f, [(4, 3)]) for name, f in ONE.items()}
    found |= {
        f"matmul {' '.join(map(str, shapes))}": (lambda f, a, b: a @ b, shapes)
        for shapes in PRODUCTS
    }
    found["softmax cross-entropy"] = (lambda f, z, t: f.cross_entropy(z, t), [(4, 3), (4, 3)])
    found["attention"] = (attention, [(4, 3), (5, 3), (5, 2)])
    return found


def given():
    """Return {name: (what is computed, arrays as lists)} of the cases with given numbers."""
    X = [[2, 1], [-1, 2], [1, -1], [0, 1]]  # examples.two_three_two
    T = [[0.9, 0.2], [0.1, 0.7], [0.2, 0.9], [0.6, 0.3]]
    W1, b1 = [[1, -1], [0.5, 1], [-1, 0.5]], [0.5, 0, 1]
    W2, b2 = [[0.5, -1, 1], [-0.5, 1, 0.5]], [0.2, -0.4]
    return {
        "2-3-2": (network, [X, T, W1, b1, W2, b2]),
        "far out": (lambda f, z, t: f.cross_entropy(z, t), [[1000.0, 0.0], [0.0, 1.0]]),
        "embedding": (lambda f, a: f.tanh(a[f.whole([2, 0, 2, 2])]), [[[1, 2], [3, 4], [0.5, -1]]]),
    }


def main():
    import jax
    import numpy as np
    import torch

    jax.config.update("jax_enable_x64", True)
    jnp, logsumexp = jax.numpy, jax.scipy.special.logsumexp
    by_torch = SimpleNamespace(
        exp=torch.exp, log=torch.log, tanh=torch.tanh, sigmoid=torch.sigmoid, relu=torch.relu,
        sum=torch.sum, max=torch.amax, whole=torch.tensor,
        log_sum_exp=lambda a: torch.logsumexp(a, -1),
        cross_entropy=lambda z, t: -(t * torch.log_softmax(z, -1)).sum(-1),
    )  # fmt: skip
    by_jax = SimpleNamespace(
        exp=jnp.exp, log=jnp.log, tanh=jnp.tanh, sigmoid=jax.nn.sigmoid, relu=jax.nn.relu,
        sum=lambda a, axis, keepdims: jnp.sum(a, axis=axis, keepdims=keepdims),
        max=lambda a, axis, keepdims: jnp.max(a, axis=axis, keepdims=keepdims),
        whole=jnp.array, log_sum_exp=lambda a: logsumexp(a, -1),
        cross_entropy=lambda z, t: -(t * jax.nn.log_softmax(z, -1)).sum(-1),
    )  # fmt: skip
    rng = np.random.default_rng(0)

    def record(f, arrays):
        tensors = [torch.tensor(array).requires_grad_() for array in arrays]
        y = f(by_torch, *tensors)
        g = np.array(rng.integers(-4, 5, tuple(y.shape)) / 4)
        grads = torch.autograd.grad(y, tensors, torch.tensor(g))
        y_jax, back = jax.vjp(lambda *a: f(by_jax, *a), *map(jnp.array, arrays))
        return {
            "arrays": [array.tolist() for array in arrays],
            "g": g.tolist(),
            "PyTorch": {"y": y.tolist(), "grads": [grad.tolist() for grad in grads]},
            "JAX": {"y": y_jax.tolist(), "grads": [grad.tolist() for grad in back(jnp.array(g))]},
        }

    found = {"versions": {"PyTorch": torch.__version__, "JAX": jax.__version__}, "cases": {}}
    for name, (f, shapes) in cases().items():  # quarters, so that some are equal, and 0 for relu
        arrays = [np.array(rng.integers(-4, 5, shape) / 4) for shape in shapes]
        if name.startswith("divide"):
            arrays[1] = arrays[1] + 1.125
        found["cases"][name] = record(f, arrays)
    for name, (f, lists) in given().items():
        found["cases"][name] = record(f, [np.array(numbers, dtype=float) for numbers in lists])
    Path(__file__).with_suffix(".json").write_text(json.dumps(found) + "\n", "utf-8")


if __name__ == "__main__":
    main()
