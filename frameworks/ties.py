"""Ask PyTorch and JAX where a pull goes at a tie, and what slope a ReLU has at 0.

    python ties.py            with both installed, into code/backprop/data/ties.json

The page "convolution-variants" shows the answers. Several programs of one framework do not agree.
"""

import json
from pathlib import Path

import jax
import jax.numpy as jnp
import torch

RECORD = Path(__file__).parents[1] / "code" / "backprop" / "data" / "ties.json"
TIED = [[1.0, 3.0], [3.0, 2.0]]

jax.config.update("jax_enable_x64", True)  # as the book's numbers


def in_pytorch(f, at):
    """Return the gradient of f, which gives one number, at a number or an array."""
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    f(x).backward()
    return x.grad.tolist()


def in_jax(f, at):
    return jax.grad(f)(jnp.array(at)).tolist()


def windows(x):
    """Return the largest entry of one window of 2 x 2, as JAX pools."""
    pooled = jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (2, 2), (2, 2), "VALID")
    return pooled.sum()


def main():
    zero = torch.zeros((), dtype=torch.float64)
    found = {
        "versions": {"PyTorch": torch.__version__.partition("+")[0], "JAX": jax.__version__},
        "tied": TIED,
        "largest": {
            "torch.nn.functional.max_pool2d": in_pytorch(
                lambda x: torch.nn.functional.max_pool2d(x[None, None], 2).sum(), TIED
            ),
            "torch.max": in_pytorch(torch.max, TIED),
            "torch.amax": in_pytorch(torch.amax, TIED),
            "jax.lax.reduce_window": in_jax(windows, TIED),
            "jax.numpy.max": in_jax(jnp.max, TIED),
        },
        "relu": {
            "torch.relu(z)": in_pytorch(torch.relu, 0.0),
            "torch.maximum(z, 0)": in_pytorch(lambda z: torch.maximum(z, zero), 0.0),
            "torch.clamp(z, min=0)": in_pytorch(lambda z: torch.clamp(z, min=0), 0.0),
            "jax.nn.relu(z)": in_jax(jax.nn.relu, 0.0),
            "jax.numpy.maximum(z, 0)": in_jax(lambda z: jnp.maximum(z, 0.0), 0.0),
        },
    }
    RECORD.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
