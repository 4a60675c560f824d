"""Train what takes longer than a page may take, and write down what came of it.

    make record-runs         all runs, into code/backprop/data/runs.json: some minutes
    python record.py faint   one of them, as JSON, on the screen

The pages "optimisers" and "convolution-digits" show the numbers, and code/tests/unit/test_runs.py
recomputes a cheap part of each. Where a rate suits badly a rounding error can grow, so the counts
of another machine may differ by a few.
"""

import json
import platform
import sys
from pathlib import Path

import numpy as np

from backprop import Network, digits, forward, loss
from backprop.initial import he, xavier
from backprop.optimisers import adam, batches, cosine, descend, gradient_descent, momentum

RECORD = Path(__file__).parent.parent / "code" / "backprop" / "data" / "runs.json"

images, labels = digits.load()
X, T = images.reshape(-1, 64) / 16, np.eye(10)[labels]
learn, held = digits.split()
quarter, rest = learn[::4], np.setdiff1d(learn, learn[::4])


def guesses(net, x):
    """Return the digit that the network takes each image for."""
    return forward(net, x)[1][-1].argmax(axis=1)


def say(*words):
    """Tell how far we are, where it does not get among the numbers."""
    print(*words, file=sys.stderr, flush=True)


# ---- faint: deep networks of sigmoids, by three optimisers ---------------------------------------

EPOCHS = 400
COUNTED = range(0, EPOCHS + 1, 10)
FAINT = {  # name: (hidden layers, optimiser, rate, seed)
    "Adam, seed 0": (10, adam, 0.003, 0),
    "Adam, seed 1": (10, adam, 0.003, 1),
    "gradient descent at 0.3": (10, gradient_descent, 0.3, 0),
    "gradient descent at 1": (10, gradient_descent, 1, 0),
    "momentum at 0.3": (10, momentum, 0.3, 0),
    "Adam, fifty layers": (50, adam, 0.003, 0),
}


def sigmoids(layers, seed):
    """Return a network of hidden layers of 32 sigmoids, with Xavier's weights."""
    return Network(
        *xavier((64, *[32] * layers, 10), seed),
        [None] + layers * ["sigmoid"] + ["softmax"],
        "softmax cross-entropy",
    )


def difference(net):
    """Return how far the images lie apart at the last hidden layer: the root mean square, over
    images and units, of a unit's output minus its mean over the images."""
    last = forward(net, X[rest])[1][-2]
    last = last - last[0]  # without rounding where they are nearly equal, as a mean would not be
    return float(np.sqrt(((last - last.mean(axis=0)) ** 2).mean()))


def told(net):
    """Return what is written down of a network."""
    said = guesses(net, X[quarter])
    return {
        "right": int((said == labels[quarter]).sum()),
        "digits said": len(set(said.tolist())),
        "loss": float(loss(net, X[rest], T[rest])),
    }


def faint_run(name, epochs=None):
    """Return what is told of the network after 0, 1, 10, 20, … epochs, by default EPOCHS."""
    epochs = epochs or EPOCHS
    layers, step, rate, seed = FAINT[name]
    net, found = sigmoids(layers, seed), {}
    found[0] = told(net)
    per_epoch = -(-len(rest) // 20)
    steps = descend(net, batches(X[rest], T[rest], 20, epochs, seed), step, rate)
    for n, net in enumerate(steps, 1):
        epoch, left = divmod(n, per_epoch)
        if not left and (epoch == 1 or epoch in COUNTED):
            found[epoch] = told(net)
            if epoch % 100 == 0:
                say(f"{name}: {found[epoch]['right']} of {len(quarter)} after {epoch} epochs")
    return {"epochs": found, "difference at the end": difference(net)}


def faint():
    """Return the runs, and how far the images lie apart at the last hidden layer before them."""
    return {
        "of": len(quarter),
        "difference": {str(layers): difference(sigmoids(layers, 0)) for layers in (10, 50)},
        "runs": {name: faint_run(name) for name in FAINT},
    }


# ---- copies: a full network on moved copies of the training set ----------------------------------

LONGER = (10, 30, 60, 100)
SEEDS = range(3)


def moved(rows):
    """Return these images and four copies, moved by a point, as rows of 64; and the labels."""
    wide = np.pad(images[rows] / 16, ((0, 0), (1, 1), (1, 1)))
    corners = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    copies = [wide[:, r : r + 8, c : c + 8] for r, c in corners]
    return np.concatenate(copies).reshape(-1, 64), np.tile(labels[rows], 5)


def copies_run(epochs, seed):
    """Return what twenty ReLU units read after this many epochs, of the copies and of the rest."""
    x, digit = moved(learn)
    net = Network(*he((64, 20, 10), seed), [None, "relu", "softmax"], "softmax cross-entropy")
    parts = batches(x, np.eye(10)[digit], 32, epochs, seed)
    *_, net = descend(net, parts, momentum, cosine(0.1, epochs * -(-len(x) // 32)))
    found = {
        "copies": int((guesses(net, x) == digit).sum()),
        "held": int((guesses(net, X[held]) == labels[held]).sum()),
    }
    say(f"moved copies, {epochs} epochs, seed {seed}: {found}")
    return found


def copies():
    """Return the runs: {epochs: one for each seed}."""
    return {
        "of copies": 5 * len(learn),
        "of held": len(held),
        "epochs": {epochs: [copies_run(epochs, seed) for seed in SEEDS] for epochs in LONGER},
    }


RUNS = {"copies": copies, "faint": faint}


def main():
    """Make all runs, and write them down."""
    found = {name: run() for name, run in RUNS.items()}
    found |= {"numpy": np.__version__, "python": platform.python_version()}
    RECORD.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(RUNS[sys.argv[1]](), allow_nan=False))
    else:
        main()
