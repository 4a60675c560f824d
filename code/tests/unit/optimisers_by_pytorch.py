"""What PyTorch's optimisers make of the book's networks, for ours to match.

`python code/tests/optimisers_by_pytorch.py` needs PyTorch, and writes a .json beside this file.
It is tracked: who has no PyTorch compares with its numbers all the same. The learning is PyTorch's
from end to end, its gradients too; of ours it has only the numbers that the examples begin with.
"""

import json
from pathlib import Path

import torch

from backprop import examples

FILE = Path(__file__).with_suffix(".json")
EXAMPLES = {"two_two_two": "frozen", "two_three_two": "updated"}
KEPT = (1, 2, 3, 10, 50)  # after so many updates the weights are written down
OPTIMISERS = {  # ours: theirs, with its settings, lr being the rate
    "gradient_descent": (torch.optim.SGD, {"lr": 0.3}),
    "momentum": (torch.optim.SGD, {"lr": 0.3, "momentum": 0.9}),
    "rmsprop": (torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9}),
    "adam": (torch.optim.Adam, {"lr": 0.05}),
    "adam with L2": (torch.optim.Adam, {"lr": 0.05, "weight_decay": 0.01}),
    "adamw": (torch.optim.AdamW, {"lr": 0.05, "weight_decay": 0.01}),
}


def learned(example, biases, kind, settings):
    """Return {updates: [W1, b1, W2, b2]} of a network of sigmoid units."""
    net, x, t, _ = getattr(examples, example)()
    W, b = ([torch.tensor(array) for array in arrays[1:]] for arrays in (net.W, net.b))
    moving = W + b if biases == "updated" else W
    for array in moving:
        array.requires_grad_()
    optimiser, kept = kind(moving, **settings), {}
    x, t = torch.tensor(x), torch.tensor(t)
    for n in range(1, KEPT[-1] + 1):
        a = x
        for weights, bias in zip(W, b, strict=True):
            a = torch.sigmoid(a @ weights.T + bias)
        optimiser.zero_grad()
        ((a - t) ** 2 / 2).sum(dim=-1).mean().backward()
        optimiser.step()
        if n in KEPT:
            kept[n] = [array.tolist() for layer in zip(W, b, strict=True) for array in layer]
    return kept


def main():
    runs = [
        {
            "example": example,
            "biases": biases,
            "optimiser": name,
            "rate": settings["lr"],
            "learned": learned(example, biases, kind, settings),
        }
        for example, biases in EXAMPLES.items()
        for name, (kind, settings) in OPTIMISERS.items()
    ]
    version = torch.__version__.partition("+")[0]
    lines = ",\n".join(json.dumps(run) for run in runs)
    FILE.write_text(f'{{"pytorch": "{version}", "runs": [\n{lines}\n]}}\n', "utf-8")


if __name__ == "__main__":
    main()
