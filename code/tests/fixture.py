"""What the package computes for some hundreds of networks, for the figures' arithmetic to match.

`python code/tests/fixture.py` writes networks.json.gz, saturated.json.gz and texts.json.gz beside
this file. They are tracked, so that the JavaScript is tested without Python, and `test_widgets`
fails when they are not what the package computes.
"""

import gzip
import json
import warnings
from itertools import pairwise
from pathlib import Path

import numpy as np

from backprop import Network, backward, forward, latex, loss, names, train, update, why
from backprop.cost import by_formula
from backprop.functions import ACTIVATIONS, LOSSES
from backprop.live import _lists, _settings_of
from backprop.network import BIASES
from backprop.trace import trace

FOLDER = Path(__file__).parent
NETWORKS, SATURATED, TEXTS = 240, 60, 3000
UPDATES = 5  # of each training


# ---- networks that pass everything on ------------------------------------------------------------


def networks():
    """Return the cases, each an input with what the package makes of it."""
    return [case(np.random.default_rng(seed), seed) for seed in range(NETWORKS)]


def case(rng, seed):
    net, x, t = random_problem(rng, seed, spread=1.5)
    biases = BIASES[seed % 3]
    hidden = ("old", "updated")[seed % 2]
    learning_rate = round(float(rng.uniform(0.05, 0.5)), 2)
    z, a = forward(net, x)
    delta, dW, db = backward(net, z, a, t, hidden_weights=hidden, learning_rate=learning_rate)
    after = update(net, dW, db, learning_rate, biases=biases)
    trained, history = train(
        net, x, t, learning_rate, UPDATES, biases=biases, hidden_weights=hidden
    )
    one = (x, t) if x.ndim == 1 else (x[0], t[0])
    weight = net.names.w[1][0][0].name if seed % 2 else net.names.own_b[1][-1].name
    reason = why(net, *one, weight)
    return {
        **problem(net, x, t),
        "learning_rate": learning_rate,
        "biases": biases,
        "hidden_weights": hidden,
        "z": _lists(z),
        "a": _lists(a),
        "delta": _lists(delta),
        "dW": _lists(dW),
        "db": _lists(db),
        "E": float(loss(net, x, t)),
        "updated": {"W": _lists(after.W), "b": _lists(after.b)},
        "losses": history.loss.tolist(),
        "trained": {"W": _lists(trained.W), "b": _lists(trained.b)},
        "why": {
            "weight": weight,
            "paths": [
                {"names": path.names, "factors": [factor.value for factor in path.factors]}
                for path in reason.paths
            ],
        },
        "trace": steps_of(net, *one, learning_rate, biases) if seed % 4 == 0 else None,
        "counts": by_formula(net.sizes),
    }


def random_problem(rng, seed, spread):
    """Return (net, x, t) of few digits: all kinds in turn, and a batch now and then."""
    loss_names = list(LOSSES)
    of_loss = LOSSES[loss_names[seed % len(loss_names)]]
    kinds = [kind for kind in ACTIVATIONS if kind != "softmax"]
    sizes = [int(n) for n in rng.integers(1, 5, size=int(rng.integers(2, 6)))]
    if seed % 10 == 3:  # the S4 form, with shared biases under the names that a source gives
        sizes = [2, 2, 2]
    last = of_loss.partner.name if of_loss.partner else kinds[(seed // 5) % len(kinds)]
    hidden = [kinds[(seed // 3 + l) % len(kinds)] for l in range(1, len(sizes) - 1)]
    if seed % 12 == 8:
        hidden = ["softmax" for _ in hidden]
        last = last if of_loss.partner else "softmax"
    activations = [*hidden, last]
    W = [
        rng.uniform(-spread, spread, (after, before)).round(2) for before, after in pairwise(sizes)
    ]
    b = [
        np.full(units, rng.uniform(-spread, spread)).round(2) for units in sizes[1:]
    ]  # may be shared
    given = None
    if seed % 10 == 3:
        given = names.given(
            ("i1", "i2"), (("h1", "h2"), ("o1", "o2")),
            ((("w1", "w2"), ("w3", "w4")), (("w5", "w6"), ("w7", "w8"))),
            (("b1", "b1"), ("b2", "b2")),
        )  # fmt: skip
    net = Network([None, *W], [None, *b], [None, *activations], of_loss, given)
    rows = int(rng.integers(2, 5)) if seed % 6 == 5 else None
    x = rng.uniform(-1, 1, (rows or 1, sizes[0])).round(2)
    t = rng.uniform(0, 1, (rows or 1, sizes[-1])).round(2)
    if of_loss.name == "softmax cross-entropy":
        t = np.eye(sizes[-1])[rng.integers(0, sizes[-1], rows or 1)]
    return net, x if rows else x[0], t if rows else t[0]


def problem(net, x, t):
    return {
        "W": _lists(net.W),
        "b": _lists(net.b),
        **_settings_of(net),
        "x": x.tolist(),
        "t": t.tolist(),
    }


def steps_of(net, x, t, learning_rate, biases):
    return [
        [step.name, step.label, step.symbol, step.expression, step.value]
        for step in trace(net, x, t, learning_rate, biases=biases)
    ]


# ---- networks at their ends ----------------------------------------------------------------------


def saturated():
    """Return cases whose weighted inputs are hundreds and thousands, and trainings that diverge."""
    return [extreme(np.random.default_rng(seed), seed) for seed in range(SATURATED)]


def extreme(rng, seed):
    net, x, t = random_problem(rng, seed, spread=(40.0, 400.0, 4000.0)[seed % 3])
    with np.errstate(all="ignore"):
        z, a = forward(net, x)
        delta, dW, db = backward(net, z, a, t)
        E = float(loss(net, x, t))
        try:
            _, history = train(net, x, t, 50.0, 30)
            diverged = None
        except FloatingPointError as error:
            diverged = int(str(error).split(" after ")[1].split()[0])
    return {
        **problem(net, x, t),
        "z": _lists(z),
        "a": _lists(a),
        "delta": _lists(delta),
        "dW": _lists(dW),
        "db": _lists(db),
        "E": E,
        "diverged": diverged,
    }


# ---- numbers and symbols as text -----------------------------------------------------------------


def texts():
    """Return numbers of all sizes as the pages show them: [value, digits, text, = or ≈]."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=TEXTS) * 10.0 ** rng.integers(-12, 7, TEXTS)
    round_ones = [0.0, -0.0, 0.5, 0.1 + 0.2, 1e-4, 9.9999999e-5, 0.99995, 123456789.0, 2.5e-5, -1.0]
    values = [*values.tolist(), *values[: TEXTS // 4].round(3).tolist(), *round_ones]
    return [
        [value, digits, latex.fmt(value, digits), latex.relation(value, digits)]
        for value in values
        for digits in (3, 6, 9)
    ]


FILES = {"networks": networks, "saturated": saturated, "texts": texts}


def read(name):
    return json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))


def write(name):
    text = json.dumps(FILES[name](), separators=(",", ":"))
    (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    warnings.simplefilter("error")
    for name in FILES:
        write(name)
