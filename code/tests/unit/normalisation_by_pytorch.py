"""What PyTorch computes for some normalisations, and stacks with shortcuts, for us to match.

`python code/tests/unit/normalisation_by_pytorch.py`, with PyTorch and NumPy, writes a .json beside
this file. It is tracked, so that the tests compare with it on every machine.
"""

import json
from pathlib import Path

CASES = [(4, 1, 1e-5), (4, 3, 1e-9), (7, 5, 1e-3), (2, 6, 1e-5)]  # examples, units, epsilon
STACKS = [("sigmoid", False, 1.0, None), ("relu", True, 0.5, None), ("sigmoid", True, 1.0, 0),
          ("relu", False, 1.0, 0), ("tanh", True, 0.25, 1)]  # fmt: skip
LAYERS, WIDTH, EXAMPLES = 4, 5, 6
MOMENTUM = 0.1
NO_EPSILON = 1e-300  # PyTorch asks for more than 0; added to 3.5 this changes no digit


def main():
    import numpy as np
    import torch
    from torch.nn import functional

    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(0)

    def numbers(*shape):
        return torch.tensor(rng.normal(size=shape)).requires_grad_()

    def plain(**tensors):
        return {name: tensor.tolist() for name, tensor in tensors.items()}

    def normalised(z, axis, epsilon, gamma=None, beta=None):
        if axis == 1:
            return functional.layer_norm(z, z.shape[1:], gamma, beta, epsilon)
        return functional.batch_norm(z, None, None, gamma, beta, True, MOMENTUM, epsilon)

    found = {"version": torch.__version__, "normalisations": [], "stacks": []}
    for examples, units, epsilon in CASES:
        for axis in (0, 1):
            if (examples, units)[axis] == 1:
                continue  # one number alone: its variance is 0
            z, gamma, beta = numbers(examples, units), numbers(units), numbers(units)
            y = normalised(z, axis, epsilon, gamma, beta)
            dy = numbers(examples, units)
            delta, dgamma, dbeta = torch.autograd.grad(y, (z, gamma, beta), dy)
            case = plain(
                z=z, gamma=gamma, beta=beta, dy=dy, y=y, delta=delta, dgamma=dgamma, dbeta=dbeta
            )
            found["normalisations"].append({"axis": axis, "epsilon": epsilon, **case})

    # the four numbers of the chapter, and what PyTorch keeps of them for later
    z = torch.tensor([[1.0], [2.0], [3.0], [6.0]], requires_grad=True)
    mean, variance = torch.zeros(1), torch.ones(1)
    y = functional.batch_norm(z, mean, variance, None, None, True, MOMENTUM, NO_EPSILON)
    (delta,) = torch.autograd.grad(y, z, torch.tensor([[1.0], [0.0], [0.0], [0.0]]))
    found["chapter"] = plain(y=y[:, 0], delta=delta[:, 0], mean=mean, variance=variance)
    try:
        functional.batch_norm(z[:1], None, None, None, None, True)
    except ValueError as error:
        found["one example"] = str(error)

    for f, shortcut, branch, axis in STACKS:
        W = [numbers(WIDTH, WIDTH) for _ in range(LAYERS)]
        b = [numbers(WIDTH) for _ in range(LAYERS)]
        x = a = numbers(EXAMPLES, WIDTH)
        for weights, biases in zip(W, b, strict=True):
            z = functional.linear(a, weights, biases)
            if axis is not None:
                z = normalised(z, axis, 1e-5)
            out = branch * getattr(torch, f)(z)
            a = a + out if shortcut else out
        g = numbers(EXAMPLES, WIDTH)
        dx, *of_weights = torch.autograd.grad(a, (x, *W, *b), g)
        as_lists = {
            name: [tensor.tolist() for tensor in tensors]
            for name, tensors in {
                "W": W, "b": b, "dW": of_weights[:LAYERS], "db": of_weights[LAYERS:],
            }.items()
        }  # fmt: skip
        how = {"f": f, "shortcut": shortcut, "branch": branch, "axis": axis}
        found["stacks"].append({**how, **plain(x=x, a=a, g=g, dx=dx), **as_lists})
    Path(__file__).with_suffix(".json").write_text(json.dumps(found) + "\n", "utf-8")


if __name__ == "__main__":
    main()
