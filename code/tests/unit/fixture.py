"""What the package computes for some hundreds of networks, for the figures' arithmetic to match.

`python code/tests/unit/fixture.py` writes networks.json.gz, saturated.json.gz and texts.json.gz
beside this file. They are tracked, so that node reads them without Python, and `test_js` fails when
they are not what the package computes.
"""

import gzip
import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np

from backprop import Network, backward, examples, forward, latex, loss, names, train, update, why
from backprop.cost import by_formula
from backprop.functions import ACTIVATIONS, LOSSES
from backprop.live.state import as_lists, settings_of
from backprop.network import BIASES, HIDDEN_WEIGHTS
from backprop.trace import trace

FOLDER = Path(__file__).parent
UPDATES = 3  # of each training
KINK = 1e-6  # so far from 0 the weighted inputs of a ReLU stay: there a last digit would decide


# ---- networks ------------------------------------------------------------------------------------

# Each form meets every loss under every rule: examples (0: one, not a batch), a softmax inside, and
# whether the names are those of a source, where units may share a bias.
FORMS = [
    {},
    {},
    {},
    {"examples": 3},
    {"examples": 1, "softmax": True},
    {"softmax": True},
    {"given": True},
]


def networks():
    """Return the cases, each a problem with what the package makes of it."""
    cases = product(FORMS, LOSSES, BIASES, HIDDEN_WEIGHTS)
    return [case(n, *one) for n, one in enumerate(cases)]


def case(n, form, loss_name, biases, hidden):
    rng = np.random.default_rng(n)
    net, x, t = problem(rng, loss_name, 1.2, one_bias=biases == "shared", **form)
    learning_rate = round(float(rng.uniform(0.01, 0.1)), 3)
    z, a = forward(net, x)
    delta, dW, db = backward(net, z, a, t, hidden_weights=hidden, learning_rate=learning_rate)
    after = update(net, dW, db, learning_rate, biases=biases)
    rules = {"biases": biases, "hidden_weights": hidden}
    _, history = train(net, x, t, learning_rate, UPDATES, **rules)
    found = {
        **given(net, x, t),
        **rules,
        "learning_rate": learning_rate,
        "z": as_lists(z),
        "a": as_lists(a),
        "terms": net.loss.terms(z[-1], a[-1], t).tolist(),
        "E": float(loss(net, x, t)),
        "dE_da": net.loss.d(a[-1], t).tolist(),
        "delta": as_lists(delta),
        "dW": as_lists(dW),
        "db": as_lists(db),
        "updated": {"W": as_lists(after.W), "b": as_lists(after.b)},
        "losses": history.loss.tolist(),
        "counts": by_formula(net.sizes),
    }
    if x.ndim == 2:
        return found
    known = [symbol.name for _, symbol in net.names.weights()]
    reason = why(net, x, t, known[int(rng.integers(len(known)))])
    found["why"] = {
        "name": reason.name,
        "symbol": reason.symbol,
        "paths": [
            {
                "names": path.names,
                "factors": [[factor.symbol, factor.value] for factor in path.factors],
                "product": path.product,
            }
            for path in reason.paths
        ],
        "total": reason.total,
    }
    if n % 7 == 0:  # every trace would be most of the file; seven meets all rules in turn
        found["trace"] = [
            [step.name, step.label, step.symbol, step.expression, step.value, step.inputs]
            for step in trace(net, x, t, learning_rate, biases=biases)
        ]
    return found


def problem(
    rng, loss_name, spread, *, examples=0, softmax=False, last=None, given=False, one_bias=False
):
    """Return a random (net, x, t) of few digits, weights and biases from -spread to spread.

    last: the activation of the outputs, where the loss leaves a choice, else one at random;
    one_bias: the units of a layer have equal ones.
    """
    of_loss = LOSSES[loss_name]
    kinds = list(ACTIVATIONS)
    while True:
        sizes = [2, 2, 2] if given else rng.integers(1, 5, rng.integers(2, 6)).tolist()
        inside = ["softmax" if softmax else str(rng.choice(kinds[:-1])) for _ in sizes[1:-1]]
        outputs = of_loss.partner.name if of_loss.partner else last or str(rng.choice(kinds))
        W = [rng.uniform(-spread, spread, (n, m)).round(2) for m, n in pairwise(sizes)]
        b = [rng.uniform(-spread, spread, 1 if one_bias else n).round(2) for n in sizes[1:]]
        b = [np.resize(of_layer, n) for of_layer, n in zip(b, sizes[1:], strict=True)]
        named = as_a_source(one_bias) if given else None
        net = Network([None, *W], [None, *b], [None, *inside, outputs], of_loss, named)
        rows = (examples,) if examples else ()
        x = rng.uniform(-1, 1, (*rows, sizes[0])).round(2)
        t = rng.uniform(0, 1, (*rows, sizes[-1])).round(2)
        if of_loss.name == "softmax cross-entropy":
            t = rng.multinomial(10, [1 / sizes[-1]] * sizes[-1], rows or None) / 10
        z, _ = forward(net, x)
        if all(f.name != "relu" or (abs(z_l) > KINK).all() for z_l, f in layers(net, z)):
            return net, x, t


def layers(net, z):
    return zip(z[1:], net.activations[1:], strict=True)


def as_a_source(one_bias):
    """The names of a 2-2-2 network as a source gives them: a bias to each layer, or each unit."""
    biases = (("b1", "b1"), ("b2", "b2")) if one_bias else (("b_h1", "b_h2"), ("b_o1", "b_o2"))
    weights = ((("w1", "w2"), ("w3", "w4")), (("w5", "w6"), ("w7", "w8")))
    return names.given(("i1", "i2"), (("h1", "h2"), ("o1", "o2")), weights, biases)


def given(net, x, t):
    return {
        "W": as_lists(net.W),
        "b": as_lists(net.b),
        **settings_of(net),
        "x": x.tolist(),
        "t": t.tolist(),
    }


# ---- networks at their ends ----------------------------------------------------------------------

TOO_LARGE, MANY = 50.0, 40  # a learning rate, and updates with it


def saturated():
    """Return cases with weighted inputs of hundreds and thousands, and trainings that diverge."""
    forms = [{}, {"examples": 2}, {"last": "identity"}, {"last": "identity", "examples": 2}]
    cases = product(forms, LOSSES, (1, 40, 400, 4000))
    problems = [
        problem(np.random.default_rng(n), *one, **form) for n, (form, *one) in enumerate(cases)
    ]
    return [extreme(*one) for one in [*problems, *at_zero()]]


def at_zero():
    """Return problems whose weighted inputs are 0, where a ReLU has its kink."""
    W, b = [None, [[1.0], [-1.0]], [[0.5, 0.25]]], [None, [0.0, 0.0], [0.0]]
    for name in ACTIVATIONS:
        yield Network(W, b, [None, name, "identity"]), np.zeros(1), np.ones(1)


def extreme(net, x, t):
    z, a = forward(net, x)
    delta, dW, db = backward(net, z, a, t)
    diverged = None
    try:
        train(net, x, t, TOO_LARGE, MANY)
    except FloatingPointError as error:
        diverged = int(str(error).split(" after ")[1].split()[0])
    return {
        **given(net, x, t),
        "z": as_lists(z),
        "a": as_lists(a),
        "terms": net.loss.terms(z[-1], a[-1], t).tolist(),
        "E": float(loss(net, x, t)),
        "delta": as_lists(delta),
        "dW": as_lists(dW),
        "db": as_lists(db),
        "learning_rate": TOO_LARGE,
        "updates": MANY,
        "diverged": diverged,
    }


# ---- numbers as text -----------------------------------------------------------------------------


def texts():
    """Return numbers of all sizes as the pages show them, and names as they are said."""
    rng = np.random.default_rng(0)
    values = rng.normal(size=1500) * 10.0 ** rng.integers(-14, 8, 1500)
    halves = rng.integers(-3000, 3000, 300) / 2.0 ** rng.integers(1, 40, 300)
    sums = rng.integers(-99, 99, (200, 3)) / 100 @ [0.1, 0.01, 1]
    ends = [0.0, -0.0, 0.1 + 0.2, 1e-4, -1e-4, 9.9999999999e-5, 0.99999999995, 1e15, 1e22, 5e-324]
    ends += [1.7976931348623157e308, 1e21, 999999999999999.9, -0.00005, 2.5, 0.0625, 0.5**10]
    numbers = [
        [value, digits, latex.fmt(value, digits), latex.relation(value, digits)]
        for value in [*values.tolist(), *halves.tolist(), *sums.tolist(), *ends]
        for digits in (3, 6, 9)
    ]
    steps = [trace(*examples.two_two_two(), biases="shared"), trace(*examples.tapering())]
    said = {step.name: names.spoken(step.name) for of_one in steps for step in of_one}
    return {"numbers": numbers, "said": said}


FILES = {"networks": networks, "saturated": saturated, "texts": texts}


def computed(name):
    """Return what the file `name` should hold, as JSON reads it back."""
    return json.loads(json.dumps(FILES[name]()))


def read(name):
    return json.loads(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))


if __name__ == "__main__":
    for name in FILES:
        text = json.dumps(computed(name), ensure_ascii=False, separators=(",", ":"))
        (FOLDER / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
