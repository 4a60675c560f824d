"""The doctor: mistakes of its list, programs as people write them, and mistakes on no list."""

import subprocess
import sys
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from backprop import Network, doctor
from backprop.doctor.hypotheses import ROLES, known
from backprop.mistakes import MISTAKES, RIGHT, by_lines

NAMES = [*MISTAKES, *doctor.PROGRAMS]
OF_OTHERS = {  # on sigmoids with half squares they are no mistakes
    "slope beside cross-entropy": ("relu/softmax", "softmax cross-entropy"),
    "diagonal of the softmax": ("tanh/softmax", "half squares"),
    "slope of a sigmoid": ("relu/sigmoid", "half squares"),
}


def said(report):
    """Return a report as one line."""
    return " ".join(str(report).split())


def passing(name, activations="sigmoid", loss="half squares", where="", rate=0.3):
    """Return a backward pass with a mistake, in some of its layers."""
    hidden, _, last = activations.partition("/")

    def backward(W, b, x, t):
        L = len(W)
        of = [None, *[hidden] * (L - 1), last or hidden]
        net = Network([None, *W], [None, *b], of, loss)
        lines = dict.fromkeys(ROLES[where](L), known(name).lines if name else RIGHT)
        return by_lines(net, x, t, lines, rate)[1:]

    return backward


@pytest.mark.parametrize("activations, loss", [
    ("sigmoid", "half squares"), ("tanh", "mean squares"), ("relu/identity", "half squares"),
    ("sigmoid", "binary cross-entropy"), ("relu/softmax", "softmax cross-entropy"),
])  # fmt: skip
def test_a_right_pass_is_right(activations, loss):
    report = doctor.examine(passing(None, activations, loss), activations, loss)
    assert report.kind == "right" and report.is_right, report


@pytest.mark.parametrize("name", NAMES)
def test_each_mistake_is_named_and_no_other(name):
    of = OF_OTHERS.get(name, ("sigmoid", "half squares"))
    report = doctor.examine(passing(name, *of), *of)
    assert report.kind == "mistake"
    assert [h.mistakes for h in report.found] == [(name,)], report
    if name == "updated weights":
        assert report.found[0].rate == pytest.approx(0.3, rel=1e-6)
    if name != "transposed weights" and report.yours:  # which does not run on most of the ladder
        shown = next(c for c in doctor.ladder(*of) if c.name == report.case.name)
        assert all(not np.allclose(report.yours[n], q) for n, q in report.right.items())
        assert shown.name in said(report)


@pytest.mark.parametrize("name, where", [
    ("activation twice", " (in the output layer only)"),
    ("net for out", " (in the hidden layers only)"),
    ("bias gradient zero", " (in the first layer only)"),
    ("outer product turned", " (in the first layer only)"),
])  # fmt: skip
def test_a_mistake_in_some_layers_is_named_with_them(name, where):
    report = doctor.examine(passing(name, where=where))
    assert name in [m for h in report.found for m in h.mistakes], report
    if name != "outer product turned":
        assert [h.where for h in report.found] == [where]


@pytest.mark.parametrize("name", ["no hidden slope", "first path only", "bias times input"])
@pytest.mark.parametrize("factor", ["times −1", "times ½", "times the number of outputs"])
def test_a_mistake_and_a_factor_are_found_together(name, factor):
    def backward(W, b, x, t):
        dW, db = passing(name)(W, b, x, t)
        times = {"times −1": -1, "times ½": 0.5}.get(factor, len(t.T))
        return [times * A for A in dW[1:]], [times * A for A in db[1:]]

    (found,) = doctor.examine(backward).found
    assert (found.mistakes, found.factor) == ((name,), factor)


@pytest.mark.parametrize("name", ["updated weights", "last path only", "bias of the layer"])
@pytest.mark.parametrize("times", [0.1, -3.7])
def test_a_mistake_times_any_constant_is_named_with_it(name, times):
    def backward(W, b, x, t):
        dW, db = passing(name)(W, b, x, t)
        return [times * A for A in dW[1:]], [times * A for A in db[1:]]

    (found,) = doctor.examine(backward).found
    assert found.mistakes == (name,) and found.times == pytest.approx(times)
    if name == "updated weights":
        assert found.rate == pytest.approx(0.3, rel=1e-6)


def test_two_mistakes_at_once_are_found():
    def backward(W, b, x, t):
        dW, _ = passing("no hidden slope")(W, b, x, t)
        _, db = passing("no hidden slope")(W, b, x, t)
        return dW[1:], [0 * B for B in db[1:]]

    (found,) = doctor.examine(backward).found
    assert set(found.mistakes) == {"no hidden slope", "bias gradient zero"}


def test_the_ladder_tells_all_mistakes_apart():
    cases = doctor.ladder()
    given = {}
    for name in NAMES:
        if name in OF_OTHERS:
            continue
        found = []
        for case in cases:
            try:
                dW, db = by_lines(case.net, case.x, case.t, known(name).lines, 0.3)[1:]
            except ValueError:
                dW, db = [None], [None]
            found.append(np.concatenate([np.ravel(A) for A in (*dW[1:], *db[1:])] or [[0.0]]))
        given[name] = np.concatenate(found)
    for one, other in combinations(given, 2):
        p, q = given[one], given[other]
        assert p.shape != q.shape or abs(p - q).max() > 1e-3 * abs(p).max(), (one, other)


# ---- programs as people write them: each with a bug and without ---------------------------------


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def rows_and_mean(bug):
    """A batch of rows, weights with a row to an input, two layers by name."""

    def backprop(X, y, W1, b1, W2, b2):
        hidden = sigmoid(X @ W1 + b1)
        out = sigmoid(hidden @ W2 + b2)
        d2 = (out - y) * out * (1 - out)
        d1 = (d2 @ W2.T) * (1 if bug else hidden * (1 - hidden))
        m = len(X)
        return {
            "dW1": X.T @ d1 / m,
            "db1": d1.sum(0) / m,
            "dW2": hidden.T @ d2 / m,
            "db2": d2.sum(0) / m,
        }

    return backprop


def columns(bug):
    """A batch of columns, and a dict that begins with the last layer."""

    def gradients(X, Y, weights, biases):
        activations = [X]
        for W, b in zip(weights, biases, strict=True):
            activations.append(sigmoid(W @ activations[-1] + b))
        m, grads = X.shape[1], {}
        dZ = (activations[-1] - Y) * activations[-1] * (1 - activations[-1])
        for l in range(len(weights), 0, -1):
            scale = 1 if bug else m
            grads[f"dW{l}"] = dZ @ activations[l - 1].T / scale
            grads[f"db{l}"] = dZ.sum(axis=1, keepdims=True) / scale
            A = activations[l - 1]
            dZ = (weights[l - 1].T @ dZ) * A * (1 - A)
        return grads

    return gradients


def biases_first(bug):
    """One column at a time; lists filled from the end; biases are returned first."""

    def backprop(x, y, weights, biases):
        nabla_b, nabla_w = [0 * b for b in biases], [0 * w for w in weights]
        activation, activations, zs = x, [x], []
        for b, w in zip(biases, weights, strict=True):
            zs.append(w @ activation + b)
            activation = sigmoid(zs[-1])
            activations.append(activation)
        prime = lambda z: sigmoid(z) * (1 - sigmoid(z))  # noqa: E731
        delta = (activations[-1] - y) * prime(activations[-1] if bug else zs[-1])
        nabla_b[-1], nabla_w[-1] = delta, delta @ activations[-2].T
        for l in range(2, len(weights) + 1):
            delta = (weights[-l + 1].T @ delta) * prime(activations[-l] if bug else zs[-l])
            nabla_b[-l], nabla_w[-l] = delta, delta @ activations[-l - 1].T
        return nabla_b, nabla_w

    return backprop


def loops(bug):
    """No arrays at all: lists and loops, one example."""

    def backward(weights, biases, inputs, targets):
        outs = [list(inputs)]
        for W, b in zip(weights, biases, strict=True):
            outs.append(
                [
                    float(sigmoid(sum(w * o for w, o in zip(row, outs[-1], strict=True)) + bias))
                    for row, bias in zip(W, b, strict=True)
                ]
            )
        deltas = [(o - t) * o * (1 - o) for o, t in zip(outs[-1], targets, strict=True)]
        dW, db = [], []
        for l in range(len(weights) - 1, -1, -1):
            dW.insert(0, [[d * o for o in outs[l]] for d in deltas])
            db.insert(0, deltas)
            units = range(len(outs[l]))
            pulls = [
                deltas[0] * weights[l][0][i]
                if bug
                else sum(d * row[i] for d, row in zip(deltas, weights[l], strict=True))
                for i in units
            ]
            deltas = [p * o * (1 - o) for p, o in zip(pulls, outs[l], strict=True)]
        return dW, db

    return backward


def updated_on_the_way(bug):
    """The weights are changed layer by layer while the deltas go back."""

    def step(W, b, x, t, rate=0.5):
        W = [A.copy() for A in W]
        outs = [x]
        for A, c in zip(W, b, strict=True):
            outs.append(sigmoid(A @ outs[-1] + c))
        delta, dW, db = (outs[-1] - t) * outs[-1] * (1 - outs[-1]), [], []
        for l in reversed(range(len(W))):
            dW.append(np.outer(delta, outs[l]))
            db.append(delta)
            old = W[l].copy()
            W[l] -= rate * dW[-1]
            delta = ((W[l] if bug else old).T @ delta) * outs[l] * (1 - outs[l])
        return dW[::-1], db[::-1]

    return step


def softmax_and_relu(bug):
    """Rows, a softmax with cross-entropy, ReLUs before it."""

    def grad(W, b, x, y):
        layers = [x]
        for A, c in zip(W[:-1], b[:-1], strict=True):
            layers.append(np.maximum(layers[-1] @ A.T + c, 0))
        logits = layers[-1] @ W[-1].T + b[-1]
        p = np.exp(logits - logits.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        delta = (p - y) / len(x)
        if bug:
            delta = delta * p * (1 - p)
        dW, db = [], []
        for l in reversed(range(len(W))):
            dW.insert(0, delta.T @ layers[l])
            db.insert(0, delta.sum(0))
            delta = (delta @ W[l]) * (layers[l] > 0)
        return dW, db

    return grad


def remembering(bug):
    """Gradients in a store outside, which somebody has to empty."""
    store = {}

    def backward(W, b, x, t):
        if not bug:
            store.clear()
        dW, db = passing(None)(W, b, x, t)
        for l in range(1, len(dW)):
            key = (l, *W[l - 1].ravel())
            old = store.get(key, (0, 0))
            store[key] = old[0] + dW[l], old[1] + db[l]
        found = [store[(l, *W[l - 1].ravel())] for l in range(1, len(dW))]
        return [p for p, _ in found], [q for _, q in found]

    return backward


def in_place(bug):
    """The target is overwritten with the miss."""

    def backward(W, b, x, t):
        found = passing(None)(W, b, x, t)
        if bug:
            t -= 1
        return found

    return backward


def flipped(bug):
    """Learns by w += rate * change, and calls the changes gradients."""

    def backward(W, b, x, t):
        dW, db = passing("no output slope")(W, b, x, t) if bug else passing(None)(W, b, x, t)
        sign = -1 if bug else 1
        return [sign * A for A in dW[1:]], [sign * A for A in db[1:]]

    return backward


def as_changes(bug):
    def backward(W, b, x, t):
        dW, db = passing(None)(W, b, x, t)
        rate = 0.05 if bug else 1
        return [rate * A for A in dW[1:]], [rate * A for A in db[1:]]

    return backward


def as_new_weights(bug):
    def backward(W, b, x, t):
        dW, db = passing(None)(W, b, x, t)
        if not bug:
            return dW[1:], db[1:]
        return (
            [A - 0.1 * g for A, g in zip(W, dW[1:], strict=True)],
            [A - 0.1 * g for A, g in zip(b, db[1:], strict=True)],
        )

    return backward


def last_example(bug):
    """A loop over the examples whose result of the last one is left over."""

    def backward(W, b, x, t):
        if x.ndim < 2:
            return passing(None)(W, b, x, t)
        each = [passing(None)(W, b, p, q) for p, q in zip(x, t, strict=True)]
        if bug:
            return each[-1]
        return tuple(
            [
                None,
                *(
                    np.mean(arrays, axis=0)
                    for arrays in zip(*(one[i][1:] for one in each), strict=True)
                ),
            ]
            for i in (0, 1)
        )

    return backward


CROSS_ENTROPY = ("relu/softmax", "softmax cross-entropy")
PROGRAMS = {  # with the bug: what the report says
    rows_and_mean: ("left out the slope of the hidden unit", ()),
    columns: ("summed over the examples", ()),
    biases_first: ("put the output through the activation once more", ()),
    loops: ("only the path through the first unit", ()),
    updated_on_the_way: ("weights already updated, and the learning rate in it is 0.5", ()),
    softmax_and_relu: ("although the cross-entropy has cancelled it", CROSS_ENTROPY),
    remembering: ("A second call adds its gradients", ()),
    in_place: ("It changes the arrays that it is given", ()),
    flipped: ("times −1", ()),
    as_changes: ("times 0.05: a learning rate may be in them", ()),
    as_new_weights: ("new weights in the place of gradients, made with the learning rate 0.1", ()),
    last_example: ("the last example of a batch", ()),
}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_program_without_its_bug_passes(program):
    report = doctor.examine(program(False), *PROGRAMS[program][1])
    assert report.is_right, report
    doctor.check(program(False), *PROGRAMS[program][1])


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_a_program_with_its_bug_is_told_which(program):
    says, of = PROGRAMS[program]
    report = doctor.examine(program(True), *of)
    assert not report.is_right and says in said(report), report
    with pytest.raises(AssertionError, match="Not tested"):
        doctor.check(program(True), *of)


# ---- mistakes that are on no list ----------------------------------------------------------------


def outer(delta, a):
    return delta[..., :, None] * a[..., None, :]


MUTANTS = {  # ten wrong lines for each equation
    "BP1": [dict(output=line) for line in (
        lambda f, g, z, a: g * a,
        lambda f, g, z, a: g * z,
        lambda f, g, z, a: f.back(g**3, z, a),
        lambda f, g, z, a: f.back(g, z, a) + 0.01,
        lambda f, g, z, a: f.back(g**2, z, a),
        lambda f, g, z, a: f.back(abs(g), z, a),
        lambda f, g, z, a: f.back(g + a, z, a),
        lambda f, g, z, a: g * a**2 * (1 - a),
        lambda f, g, z, a: g * (1 - a**2),
        lambda f, g, z, a: f.back(g, 2 * z, f.f(2 * z)),
    )],
    "BP2": [dict(carried=line) for line in (
        lambda delta, W, dW, rate: delta @ abs(W),
        lambda delta, W, dW, rate: delta @ W**2,
        lambda delta, W, dW, rate: (delta @ W)[..., ::-1] + 0.1,
        lambda delta, W, dW, rate: (delta / delta.shape[-1]) @ W + 0.001,
        lambda delta, W, dW, rate: abs(delta) @ W,
    )] + [dict(hidden=line) for line in (
        lambda f, g, z, a: g * a,
        lambda f, g, z, a: g * z,
        lambda f, g, z, a: g / (0.1 + f.df(z, a)),
        lambda f, g, z, a: f.back(g, z, a) + 0.01,
        lambda f, g, z, a: g * (1 - a**2),
    )],
    "BP3": [dict(bias=line) for line in (
        lambda delta, a: delta + 0.01,
        lambda delta, a: delta**2,
        lambda delta, a: 1.1 * delta,
        lambda delta, a: delta * abs(a).max(axis=-1, keepdims=True),
        lambda delta, a: delta * 0.5 + 0.001,
        lambda delta, a: abs(delta),
        lambda delta, a: delta - delta.mean(axis=-1, keepdims=True) / 2,
        lambda delta, a: delta * a.shape[-1] + 0.01,
        lambda delta, a: np.cumsum(delta, axis=-1) + 0.1,
        lambda delta, a: 3.0 * delta,
    )],
    "BP4": [dict(weight=line) for line in (
        lambda delta, a: outer(delta, a) + 0.01,
        lambda delta, a: outer(delta, a + 1),
        lambda delta, a: outer(delta, a**2),
        lambda delta, a: outer(delta, abs(a)) * 1.5,
        lambda delta, a: outer(delta, np.ones_like(a)),
        lambda delta, a: outer(delta**2, a),
        lambda delta, a: outer(delta, a) * 1.1,
        lambda delta, a: outer(delta, a / 3),
        lambda delta, a: abs(outer(delta, a)) + 0.001,
        lambda delta, a: np.sqrt(abs(outer(delta, a))),
    )],
}  # fmt: skip
EACH = [(line, wrong) for line, several in MUTANTS.items() for wrong in several]


@pytest.mark.parametrize(
    "line, wrong", EACH, ids=[f"{line}-{n % 10}" for n, (line, _) in enumerate(EACH)]
)
def test_a_mistake_that_nobody_knows_gets_no_name_and_its_line_is_found(line, wrong):
    def backward(W, b, x, t):
        net = Network([None, *W], [None, *b], "sigmoid", "half squares")
        return by_lines(net, x, t, replace(RIGHT, **wrong))[1:]

    report = doctor.examine(backward)
    assert report.kind == "unknown" and f"({line})" in report.said, report


# ---- what cannot be examined, and the command ----------------------------------------------------


def test_parameters_that_say_nothing_are_refused():
    with pytest.raises(TypeError, match="weights, biases, input and target.*got one of \\(p, q\\)"):
        doctor.examine(lambda p, q: None)


def test_what_a_function_raises_is_in_the_report():
    def backward(W, b, x, t):
        raise RuntimeError("no forward pass yet")

    report = doctor.examine(backward)
    assert report.kind == "refused" and "RuntimeError: no forward pass yet" in said(report)


def test_a_function_that_fails_on_some_networks_is_not_right():
    def backward(W, b, x, t):
        if len(W) > 2:
            raise IndexError("layer 3")
        return passing(None)(W, b, x, t)

    report = doctor.examine(backward)
    assert report.kind == "right" and not report.is_right
    assert "It fails on 2-3-4-2: IndexError: layer 3" in said(report)


def test_what_was_not_tested_is_said():
    def backward(x, t, W1, b1, W2, b2):
        dW, db = passing(None)([W1, W2], [b1, b2], x, t)
        return dW[1], db[1], dW[2], db[2]

    report = doctor.examine(backward)
    assert report.is_right and "Not tested: 2-3-4-2, since the function takes" in said(report)


FILE = """
import numpy as np
from backprop import Network, mistakes

def backward(W, b, x, t):
    net = Network([None, *W], [None, *b], "sigmoid", "half squares")
    return mistakes.by_lines(net, x, t, mistakes.{lines})[1:]

text = "no function"
"""


@pytest.mark.parametrize("lines, asked, code, says", [
    ("RIGHT", "backward", 0, "Right: on all"),
    ("MISTAKES['no hidden slope'].lines", "backward", 1, "Wrong: it left out the slope"),
    ("RIGHT", "text", 2, "has no function text"),
    ("NOTHING", "backward", 2, "has no attribute 'NOTHING'"),
])  # fmt: skip
def test_the_command_examines_a_function_in_a_file(tmp_path, lines, asked, code, says):
    path = tmp_path / "network.py"
    path.write_text(FILE.format(lines=lines), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "backprop", "doctor", f"{path}:{asked}"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == code and says in done.stdout + done.stderr


def test_a_file_that_does_not_run_is_not_called_wrong(tmp_path):
    path = tmp_path / "network.py"
    path.write_text("import a_module_that_nobody_has\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "backprop", "doctor", f"{path}:backward"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and "does not run: ModuleNotFoundError" in done.stderr
    assert "Traceback" not in done.stderr
