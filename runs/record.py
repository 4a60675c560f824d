"""Train what takes longer than a page may take, and write down what came of it.

    make record-runs         all runs, into code/backprop/data/runs.json: some minutes
    python record.py faint   one of them, as JSON, on the screen

The pages "optimisers", "convolution-digits" and "what-is-a-score-worth" show the numbers, and
code/tests/unit/test_runs.py recomputes a cheap part of each. Where a rate suits badly a rounding
error can grow, so the counts of another machine may differ by a few.
"""

import json
import platform
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from backprop import Network, backward, convnet, digits, forward, loss
from backprop.convnet import ConvNet
from backprop.initial import he, xavier
from backprop.optimisers import adam, batches, cosine, descend, gradient_descent, momentum, warm_up

RECORD = Path(__file__).parent.parent / "code" / "backprop" / "data" / "runs.json"

images, labels = digits.load()
X, T = images.reshape(-1, 64) / 16, np.eye(10)[labels]
learn, held = digits.split()
quarter, rest = learn[::4], np.setdiff1d(learn, learn[::4])


def guesses(net, x):
    """Return the digit that the network takes each image for."""
    return forward(net, x)[1][-1].argmax(axis=1)


def right(output, rows):
    """Return how many of these images are read correctly, given the outputs for them."""
    return int((output.argmax(axis=1) == labels[rows]).sum())


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


# ---- deep: ten layers of ReLUs under Adam, with and without a schedule ---------------------------

DRAWS = range(4)
TEN_EPOCHS = 10 * -(-len(rest) // 20)  # updates
PLANS = {
    "constant": 0.01,
    "cosine": cosine(0.01, TEN_EPOCHS),
    "warm-up, then cosine": warm_up(cosine(0.01, TEN_EPOCHS), 100),
}


def deep_run(plan, seed):
    """Return how many images of the quarter are read correctly after ten epochs."""
    net = Network(
        *he((64, *[32] * 10, 10), seed),
        [None] + 10 * ["relu"] + ["softmax"],
        "softmax cross-entropy",
    )
    *_, net = descend(net, batches(X[rest], T[rest], 20, 10, seed), adam, PLANS[plan])
    found = right(forward(net, X[quarter])[1][-1], quarter)
    say(f"ten layers, {plan}, seed {seed}: {found} of {len(quarter)}")
    return found


def deep():
    """Return what is read under each plan, from each seed."""
    return {plan: [deep_run(plan, seed) for seed in DRAWS] for plan in PLANS}


# ---- copies: a full network on moved copies of the training set ----------------------------------

LONGER = (10, 30, 60, 100)
SEEDS = range(3)


def moved(rows):
    """Return these images and four copies, moved by a point, as rows of 64; and the labels."""
    wide = np.pad(images[rows] / 16, ((0, 0), (1, 1), (1, 1)))
    corners = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]
    copies = [wide[:, r : r + 8, c : c + 8] for r, c in corners]
    return np.concatenate(copies).reshape(-1, 64), np.tile(labels[rows], 5)


def plan(x, digit, rate, epochs, seed):
    """Return the batches of 32, and the rate of each update: half a wave."""
    parts = batches(x, np.eye(10)[digit], 32, epochs, seed)
    return parts, cosine(rate, epochs * -(-len(x) // 32))


def full_run(x, digit, rate, epochs, seed, units=20):
    """Return the network of that many ReLU units that has learnt."""
    net = Network(*he((64, units, 10), seed), [None, "relu", "softmax"], "softmax cross-entropy")
    parts, rate_of = plan(x, digit, rate, epochs, seed)
    *_, net = descend(net, parts, momentum, rate_of)
    return net


def copies_run(epochs, seed):
    """Return what twenty ReLU units read after this many epochs, of the copies and of the rest."""
    x, digit = moved(learn)
    net = full_run(x, digit, 0.1, epochs, seed)
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


# ---- kernels: a network with kernels and a full one of its size, from five starts ----------------

STARTS = range(5)
IN_DISORDER = np.random.default_rng(0).permutation(64)  # of the points of every image
TRIALS = {  # name: (has kernels, what it learns from, rate, epochs)
    "kernels": (True, "as they are", 0.05, 30),
    "full": (False, "as they are", 0.2, 30),
    "kernels, moved copies": (True, "moved", 0.1, 10),
    "full, moved copies": (False, "moved", 0.1, 10),
    "kernels, shuffled": (True, "shuffled", 0.05, 30),
    "full, shuffled": (False, "shuffled", 0.2, 30),
}


def kernels_run(x, digit, rate, epochs, seed):
    """Return the network of fifteen kernels that has learnt."""
    rng = np.random.default_rng(seed)
    net = ConvNet(
        k=rng.normal(0, np.sqrt(2 / 9), (15, 1, 3, 3)),
        b=np.zeros(15),
        size=2,
        head=Network(*he((15 * 3 * 3, 10), seed), "softmax", "softmax cross-entropy"),
    )
    parts, rate_of = plan(x.reshape(-1, 1, 8, 8), digit, rate, epochs, seed)
    states = [()] * 4
    for n, (x, t) in enumerate(parts, 1):
        found = convnet.backward(net, x, convnet.forward(net, x), t)
        _, dW, db = found.head
        arrays = [net.k, net.b, net.head.W[1], net.head.b[1]]
        for i, g in enumerate([found.dk, found.db, dW[1], db[1]]):
            change, states[i] = momentum(g, rate_of(n), *states[i])
            arrays[i] = arrays[i] + change
        k, b, W, c = arrays
        net = ConvNet(k, b, 2, replace(net.head, W=[None, W], b=[None, c]))
    return net


def trial_run(name, seed):
    """Return the outputs for the held-out images, of one start."""
    has_kernels, source, rate, epochs = TRIALS[name]
    x, digit = moved(learn) if source == "moved" else (X[learn], labels[learn])
    shown = X[held]
    if source == "shuffled":
        x, shown = x[:, IN_DISORDER], shown[:, IN_DISORDER]
    if has_kernels:
        net = kernels_run(x, digit, rate, epochs, seed)
        output = convnet.forward(net, shown.reshape(-1, 1, 8, 8)).head_a[-1]
    else:
        net = full_run(x, digit, rate, epochs, seed)
        output = forward(net, shown)[1][-1]
    say(f"{name}, seed {seed}: {right(output, held)} of {len(held)}")
    return output


def scored(outputs):
    """Return what each start reads of the held-out images, and all together by the sum."""
    return {
        "alone": [right(output, held) for output in outputs],
        "together": right(sum(outputs), held),
    }


def kernels():
    """Return what is read in each trial, and which five alone are right where others are not."""
    outputs = {name: [trial_run(name, seed) for seed in STARTS] for name in TRIALS}
    ours, theirs = (
        sum(outputs[name]).argmax(axis=1) == labels[held] for name in ("kernels", "full")
    )
    return {
        "of held": len(held),
        "read": {name: scored(of_starts) for name, of_starts in outputs.items()},
        "only": {"kernels": int((ours & ~theirs).sum()), "full": int((theirs & ~ours).sum())},
    }


# ---- widths, orders and unshared: what makes the difference between the two ----------------------

PLANS_OF_FULL = {"as they are": (0.2, 30), "moved": (0.1, 10)}  # rate, epochs
WIDTHS = (20, 40, 64, 128)
ORDERS = range(5)
RATES = (0.02, 0.05, 0.1, 0.2)


def examples_from(source, rows):
    """Return images and digits: these rows, with moved copies or without."""
    return moved(rows) if source == "moved" else (X[rows], labels[rows])


def widths():
    """Return what full networks of other widths read, with moved copies and without."""
    found = {}
    for units in WIDTHS:
        found[units] = {}
        for source, (rate, epochs) in PLANS_OF_FULL.items():
            x, digit = examples_from(source, learn)
            nets = [full_run(x, digit, rate, epochs, seed, units) for seed in STARTS]
            found[units][source] = scored([forward(net, X[held])[1][-1] for net in nets])
            if source == "moved":
                counts = [int((guesses(net, x) == digit).sum()) for net in nets]
                found[units][source]["copies"] = counts
            say(f"{units} units, {source}: {found[units][source]}")
    return found


def orders():
    """Return what both networks read if the points of every image are shuffled, in some orders."""
    found = {}
    for n in ORDERS:
        order = np.random.default_rng(n).permutation(64)
        x, digit, shown = X[learn][:, order], labels[learn], X[held][:, order]
        _, _, rate, epochs = TRIALS["kernels"]
        nets = [kernels_run(x, digit, rate, epochs, seed) for seed in STARTS]
        outputs = [convnet.forward(net, shown.reshape(-1, 1, 8, 8)).head_a[-1] for net in nets]
        _, _, rate, epochs = TRIALS["full"]
        others = [full_run(x, digit, rate, epochs, seed) for seed in STARTS]
        found[n] = {
            "kernels": scored(outputs),
            "full": scored([forward(net, shown)[1][-1] for net in others]),
        }
        say(f"order {n}: {found[n]}")
    return found


def pooled(k, b, x):
    """Return, of a kernel for each place, the windows, z, the winners and the pooled maps.

    k: (36 places, 15, 9); b: (36, 15); x: (examples, 64).
    """
    windows = sliding_window_view(x.reshape(-1, 8, 8), (3, 3), axis=(1, 2)).reshape(len(x), 36, 9)
    z = np.matmul(windows.swapaxes(0, 1), k.swapaxes(1, 2)).swapaxes(0, 1) + b
    a = np.maximum(0, z).reshape(-1, 3, 2, 3, 2, 15).transpose(0, 5, 1, 3, 2, 4)
    a = a.reshape(-1, 15, 9, 4)
    return windows, z, a.argmax(axis=-1), a.max(axis=-1).reshape(len(x), -1)


def unshared_run(x, digit, rate, epochs, seed):
    """Return kernels, biases and the layer of outputs that have learnt, with nothing shared."""
    k = np.random.default_rng(seed).normal(0, np.sqrt(2 / 9), (36, 15, 9))
    b = np.zeros((36, 15))
    head = Network(*he((15 * 3 * 3, 10), seed), "softmax", "softmax cross-entropy")
    states = [()] * 4
    parts, rate_of = plan(x, digit, rate, epochs, seed)
    for n, (x, t) in enumerate(parts, 1):
        windows, z, winners, p = pooled(k, b, x)
        deltas, dW, dc = backward(head, *forward(head, p), t)
        pull = (deltas[1] @ head.W[1]).reshape(winners.shape) / len(x)
        da = np.zeros((*winners.shape, 4))
        np.put_along_axis(da, winners[..., None], pull[..., None], axis=-1)
        da = da.reshape(-1, 15, 3, 3, 2, 2).transpose(0, 2, 4, 3, 5, 1).reshape(z.shape)
        delta = da * (z > 0)
        dk = np.matmul(delta.transpose(1, 2, 0), windows.swapaxes(0, 1))
        arrays = [k, b, head.W[1], head.b[1]]
        for i, g in enumerate([dk, delta.sum(axis=0), dW[1], dc[1]]):
            change, states[i] = momentum(g, rate_of(n), *states[i])
            arrays[i] = arrays[i] + change
        k, b, W, c = arrays
        head = replace(head, W=[None, W], b=[None, c])
    return k, b, head


def unshared_output(net, rows):
    """Return the outputs of such a network for these images."""
    k, b, head = net
    return forward(head, pooled(k, b, X[rows])[-1])[1][-1]


def unshared():
    """Return what a network with a kernel for each place reads, at the rate best within learn."""
    found = {}
    for source, (_, epochs) in PLANS_OF_FULL.items():
        tried = dict.fromkeys(RATES, 0)
        for rate in RATES:
            for fold in (learn[k::4] for k in range(4)):
                x, digit = examples_from(source, np.setdiff1d(learn, fold))
                tried[rate] += right(
                    unshared_output(unshared_run(x, digit, rate, epochs, 0), fold), fold
                )
        best = max(tried, key=tried.get)
        x, digit = examples_from(source, learn)
        nets = [unshared_run(x, digit, best, epochs, seed) for seed in STARTS]
        outputs = [unshared_output(net, held) for net in nets]
        found[source] = {"rate": best, "validation": tried, **scored(outputs)}
        say(f"unshared, {source}: {found[source]}")
    return found


# ---- validation: five networks that vote, in four folds and in the order of the file -------------

FOLDS = range(4)
SETTINGS = {  # name: (learns from moved copies, width, rate, epochs)
    "plain": (False, 32, 3, 30),
    "moved": (True, 64, 2, 10),
}


def scored_run(x, digit, width, rate, epochs, seed):
    """Return the network of sigmoids that has learnt, in batches of ten."""
    rng = np.random.default_rng(seed)
    W = [rng.normal(0, 1 / np.sqrt(n), (m, n)) for n, m in ((64, width), (width, 10))]
    net = Network(
        [None, *W],
        [None, np.zeros(width), np.zeros(10)],
        [None, "sigmoid", "softmax"],
        "softmax cross-entropy",
    )
    T = np.eye(10)[digit]

    def parts():
        for _ in range(epochs):
            order = rng.permutation(len(x))
            for first in range(0, len(x), 10):
                rows = order[first : first + 10]
                yield x[rows], T[rows]

    *_, net = descend(net, parts(), gradient_descent, rate)
    return net


def misread(name, taught, rows):
    """Return which of these rows five networks misread together that have learnt from others."""
    with_copies, *setting = SETTINGS[name]
    x, digit = moved(taught) if with_copies else (X[taught], labels[taught])
    nets = [scored_run(x, digit, *setting, seed) for seed in STARTS]
    said = sum(forward(net, X[rows])[1][-1] for net in nets).argmax(axis=1)
    return rows[said != labels[rows]].tolist()


def of_fold(name, k):
    """Return the rows of a fold of the training set that are misread."""
    fold = learn[k::4]
    wrong = misread(name, np.setdiff1d(learn, fold), fold)
    say(f"{name}, fold {k}: {len(wrong)} of {len(fold)} misread")
    return wrong


def of_quarter(k):
    """Return the rows of a quarter of the file that are misread."""
    everything = np.arange(len(X))
    rows = np.array_split(everything, 4)[k]
    wrong = misread("plain", np.setdiff1d(everything, rows), rows)
    say(f"plain, quarter {k} of the file: {len(wrong)} of {len(rows)} misread")
    return wrong


def validation():
    """Return the rows misread: of each fold, for each setting, and of each quarter of the file."""
    return {
        "folds": {name: [of_fold(name, k) for k in FOLDS] for name in SETTINGS},
        "file order": [of_quarter(k) for k in FOLDS],
    }


RUNS = {
    "copies": copies,
    "deep": deep,
    "faint": faint,
    "kernels": kernels,
    "validation": validation,
}

RUNS |= {"orders": orders, "unshared": unshared, "widths": widths}


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
