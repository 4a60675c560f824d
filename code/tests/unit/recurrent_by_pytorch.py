"""What PyTorch computes for some recurrent networks, for `recurrent` to match.

`python code/tests/unit/recurrent_by_pytorch.py`, with PyTorch and NumPy, writes a .json beside
this file. It is tracked, so that the tests compare with it on every machine. torch.nn.RNN has two
biases, whose gradients are equal; the second is 0 here. The first case is `examples.recurrent`.
"""

import json
from pathlib import Path

EXAMPLE = {
    "U": [[0.8]], "W": [[0.7]], "V": [[2.0]], "b": [-0.2], "c": [0.1],
    "x": [[[2.0], [-1.0], [0.5]]], "t": [[0.5]],
}  # fmt: skip
CASES = [  # examples, steps, inputs, units, outputs, a target at every step or at the last, f
    (1, 1, 1, 1, 1, False, "tanh"),
    (4, 6, 2, 3, 2, False, "tanh"),
    (3, 5, 2, 4, 2, True, "tanh"),
    (2, 7, 3, 2, 1, True, "relu"),
    (2, 12, 1, 5, 3, True, "tanh"),
]


def main():
    import numpy as np
    import torch

    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(0)

    def numbers(*shape):
        return (rng.integers(-8, 9, shape) / 8).tolist()

    def drawn(examples, steps, inputs, units, outputs, everywhere, f):
        t = (examples, steps, outputs) if everywhere else (examples, outputs)
        return f, {
            "U": numbers(units, inputs), "W": numbers(units, units), "V": numbers(outputs, units),
            "b": numbers(units), "c": numbers(outputs),
            "x": numbers(examples, steps, inputs), "t": numbers(*t),
        }  # fmt: skip

    found = {"version": torch.__version__, "cases": []}
    for f, given in [("tanh", EXAMPLE), *(drawn(*case) for case in CASES)]:
        of = {name: torch.tensor(value) for name, value in given.items()}
        units, inputs = of["U"].shape
        rnn = torch.nn.RNN(inputs, units, nonlinearity=f, batch_first=True)
        out = torch.nn.Linear(units, len(of["V"]))
        with torch.no_grad():
            rnn.weight_ih_l0.copy_(of["U"])
            rnn.weight_hh_l0.copy_(of["W"])
            rnn.bias_ih_l0.copy_(of["b"])
            rnn.bias_hh_l0.zero_()
            out.weight.copy_(of["V"])
            out.bias.copy_(of["c"])
        h, _ = rnn(of["x"])
        y = out(h)
        seen = y if of["t"].ndim == 3 else y[:, -1]
        E = ((seen - of["t"]) ** 2).sum() / 2 / len(y)
        weights = (rnn.weight_ih_l0, rnn.weight_hh_l0, out.weight, rnn.bias_ih_l0, out.bias)
        gradients = torch.autograd.grad(E, weights)
        names = ("dU", "dW", "dV", "db", "dc")
        case = {name: one.tolist() for name, one in zip(names, gradients, strict=True)}
        shown = {"h": h.tolist(), "y": y.tolist(), "E": E.item()}
        found["cases"].append({"activation": f, **given, **shown, **case})
    Path(__file__).with_suffix(".json").write_text(json.dumps(found) + "\n", "utf-8")


if __name__ == "__main__":
    main()
