"""A recurrent network: its gradients by five methods, its trace, its mistakes, what it refuses."""

import json
from itertools import combinations
from math import tanh
from pathlib import Path

import numpy as np
import pytest
import sympy

from backprop import Network, backward, examples, forward, latex, recurrent
from backprop.recurrent import WEIGHTS, Recurrent

RECORD = json.loads(Path(__file__).with_name("recurrent_by_pytorch.json").read_text("utf-8"))
GRADIENTS = tuple(f"d{name}" for name in WEIGHTS)


def drawn(examples_, steps, inputs, units, outputs, everywhere, seed=0, activation="tanh"):
    """Return a network, a batch of sequences, and its targets."""
    rng = np.random.default_rng(seed)
    shapes = (units, inputs), (units, units), (outputs, units), (units,), (outputs,)
    net = Recurrent(*(rng.normal(size=shape) for shape in shapes), activation)
    t = (examples_, steps, outputs) if everywhere else (examples_, outputs)
    return net, rng.normal(size=(examples_, steps, inputs)), rng.normal(size=t)


def gradients_of(net, x, t, **how):
    return recurrent.backward(net, x, recurrent.forward(net, x), t, **how)


PROBLEMS = {
    "the example": lambda: examples.recurrent()[:3],
    "practice": lambda: examples.recurrent_to_practise()[:3],
    "last": lambda: drawn(3, 5, 2, 4, 2, False),
    "every": lambda: drawn(2, 6, 3, 2, 2, True),
    "identity": lambda: drawn(2, 4, 1, 3, 1, True, activation="identity"),
}


def with_entry(net, name, at, value):
    array = np.array(getattr(net, name), dtype=np.result_type(getattr(net, name), value))
    array[at] = value
    return net._replace(**{name: array})


@pytest.mark.parametrize("problem", PROBLEMS)
def test_every_gradient_by_complex_step_and_by_central_differences(problem):
    net, x, t = PROBLEMS[problem]()
    found = gradients_of(net, x, t)
    for name in WEIGHTS:
        gradient, array = getattr(found, f"d{name}"), getattr(net, name)
        assert gradient.shape == array.shape
        for at in np.ndindex(array.shape):
            tiny = recurrent.loss(with_entry(net, name, at, array[at] + 1e-200j), x, t)
            assert gradient[at] == pytest.approx(tiny.imag / 1e-200, rel=1e-12, abs=1e-14)
            up, down = (
                recurrent.loss(with_entry(net, name, at, array[at] + nudge), x, t)
                for nudge in (1e-5, -1e-5)
            )
            assert gradient[at] == pytest.approx((up - down) / 2e-5, rel=1e-7, abs=1e-8)


def test_the_three_steps_by_hand():
    (u, w, v, b, c), x, t = (0.8, 0.7, 2.0, -0.2, 0.1), (2.0, -1.0, 0.5), 0.5
    h1 = tanh(u * x[0] + b)
    h2 = tanh(u * x[1] + w * h1 + b)
    h3 = tanh(u * x[2] + w * h2 + b)
    miss = v * h3 + c - t
    d3 = miss * v * (1 - h3**2)
    d2 = d3 * w * (1 - h2**2)
    d1 = d2 * w * (1 - h1**2)
    found = gradients_of(*examples.recurrent()[:3])
    expected = d1 * x[0] + d2 * x[1] + d3 * x[2], d2 * h1 + d3 * h2, miss * h3, d1 + d2 + d3, miss
    for name, by_hand in zip(GRADIENTS, expected, strict=True):
        assert getattr(found, name).item() == pytest.approx(by_hand, abs=1e-15)


@pytest.mark.parametrize("problem", ["the example", "practice"])
def test_the_three_steps_by_sympy(problem):
    net, x, t = PROBLEMS[problem]()
    letters = sympy.symbols("u w v b c")
    u, w, v, b, c = letters
    h = 0
    for entry in x[:, 0]:
        h = sympy.tanh(u * sympy.Rational(entry) + w * h + b)
    E = (v * h + c - sympy.Float(t[0], 30)) ** 2 / 2
    at = {
        letter: sympy.Float(getattr(net, name).item(), 30)
        for letter, name in zip(letters, WEIGHTS, strict=True)
    }
    found = gradients_of(net, x, t)
    for letter, name in zip(letters, WEIGHTS, strict=True):
        exactly = float(E.diff(letter).evalf(20, subs=at))
        assert getattr(found, f"d{name}").item() == pytest.approx(exactly, abs=1e-13)


def test_the_unrolled_network_is_a_network_of_the_package():
    """A layer for each step; what comes in from outside stands in its bias, u x + b."""
    net, x, t = drawn(1, 4, 2, 3, 2, False)
    x, t = x[0], t[0]
    unrolled = Network(
        [None, *[net.W] * len(x), net.V],
        [None, *(net.U @ row + net.b for row in x), net.c],
        [None, *["tanh"] * len(x), "identity"],
    )
    delta, dW, db = backward(unrolled, *forward(unrolled, np.zeros(3)), t)
    found = gradients_of(net, x, t)
    steps = range(1, len(x) + 1)
    np.testing.assert_allclose(found.delta, delta[1:-1], rtol=1e-13)
    np.testing.assert_allclose(found.dW, sum(dW[s] for s in steps), rtol=1e-13)
    np.testing.assert_allclose(found.db, sum(db[s] for s in steps), rtol=1e-13)
    dU = sum(np.outer(db[s], x[s - 1]) for s in steps)
    np.testing.assert_allclose(found.dU, dU, rtol=1e-13)
    np.testing.assert_allclose(found.dV, dW[-1], rtol=1e-13)
    np.testing.assert_allclose(found.dc, db[-1], rtol=1e-13)


@pytest.mark.parametrize("case", RECORD["cases"])
def test_pytorch_computes_the_same(case):
    net = Recurrent(*(np.array(case[name]) for name in WEIGHTS), case["activation"])
    x, t = case["x"], case["t"]
    passed, found = recurrent.forward(net, x), gradients_of(net, x, t)
    ours = {
        "h": passed.h[:, 1:], "y": passed.y, "E": recurrent.loss(net, x, t),
        **{name: getattr(found, name) for name in GRADIENTS},
    }  # fmt: skip
    for name, value in ours.items():
        np.testing.assert_allclose(value, case[name], rtol=1e-12, atol=1e-12)


def test_the_first_recorded_case_is_the_example():
    net, x, t, _ = examples.recurrent()
    case = RECORD["cases"][0]
    assert all(getattr(net, name).tolist() == case[name] for name in WEIGHTS)
    assert [x.tolist()] == case["x"] and [t.tolist()] == case["t"]


def test_a_batch_is_the_mean_of_its_sequences():
    for everywhere in (False, True):
        net, x, t = drawn(4, 5, 2, 3, 2, everywhere)
        together = gradients_of(net, x, t)
        each = [gradients_of(net, x_n, t_n) for x_n, t_n in zip(x, t, strict=True)]
        losses = [recurrent.loss(net, x_n, t_n) for x_n, t_n in zip(x, t, strict=True)]
        assert recurrent.loss(net, x, t) == pytest.approx(np.mean(losses), rel=1e-14)
        for name in GRADIENTS:
            mean = sum(getattr(one, name) for one in each) / 4
            np.testing.assert_allclose(getattr(together, name), mean, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(together.delta, [one.delta for one in each], rtol=1e-12)


def test_the_terms_of_the_steps_sum_to_the_gradient():
    for net, x, t in (PROBLEMS["every"](), PROBLEMS["the example"]()):
        passed = recurrent.forward(net, x)
        found = recurrent.backward(net, x, passed, t)
        each = recurrent.terms(passed, found)
        assert each.shape == (x.shape[-2], *net.W.shape) and (each[0] == 0).all()
        np.testing.assert_allclose(each.sum(axis=0), found.dW, rtol=1e-13)


def test_a_truncated_gradient_is_a_part_of_the_sum():
    net, x, t = PROBLEMS["the example"]()
    passed, whole = recurrent.forward(net, x), gradients_of(net, x, t)
    each = recurrent.terms(passed, whole)[:, 0, 0]
    for last in (1, 2, 3, 4):
        part = recurrent.backward(net, x, passed, t, truncated=last)
        assert part.dW[0, 0] == pytest.approx(each[-last:].sum(), abs=1e-15)
        assert (part.delta[:-last] == 0).all()
        np.testing.assert_array_equal(part.delta[-last:], whole.delta[-last:])


def test_pieces_with_a_target_at_every_step_are_passes_of_their_own():
    net, x, t = drawn(2, 6, 1, 3, 1, True)
    passed = recurrent.forward(net, x)
    part = recurrent.backward(net, x, passed, t, truncated=2)
    for s in (0, 2, 4):
        piece = recurrent.Passed(*(a[:, s : s + 2 + (a is passed.h)] for a in passed))
        alone = recurrent.backward(net, x[:, s : s + 2], piece, t[:, s : s + 2])
        np.testing.assert_allclose(part.delta[:, s : s + 2], alone.delta, rtol=1e-14)


def test_a_target_at_every_step_in_a_sequence_of_one_is_that_of_the_last():
    net, x, t = drawn(3, 1, 2, 3, 2, False)
    last, every = gradients_of(net, x, t), gradients_of(net, x, t[:, None])
    assert all((getattr(last, name) == getattr(every, name)).all() for name in GRADIENTS)


@pytest.mark.parametrize("example", [examples.recurrent, examples.recurrent_to_practise])
def test_the_mistakes_can_be_told_apart(example):
    net, x, t, _ = example()
    passed = recurrent.forward(net, x)
    found = {"right": gradients_of(net, x, t).dW.item()}
    for name in recurrent.MISTAKES:
        found[name] = recurrent.backward_with(name, net, x, passed, t).dW.item()
    for one, other in combinations(found.values(), 2):
        assert abs(one - other) > 0.25 * max(abs(one), abs(other))
    terms = recurrent.terms(passed, gradients_of(net, x, t))[:, 0, 0]
    assert terms[1] * terms[2] < 0
    assert found["last step only"] == terms[2]
    assert found["mean over steps"] == pytest.approx(found["right"] / 3)
    with pytest.raises(KeyError, match="no mistake 'first step only' here; did you mean one of"):
        recurrent.backward_with("first step only", net, x, passed, t)


def test_the_mistakes_that_change_nothing_where_there_is_nothing_to_get_wrong():
    net, x, t = drawn(2, 1, 2, 3, 2, True)
    passed, right = recurrent.forward(net, x), gradients_of(net, x, t)
    for name in recurrent.MISTAKES.keys() - {"state of the same step"}:
        wrong = recurrent.backward_with(name, net, x, passed, t)
        assert all(np.allclose(getattr(wrong, d), getattr(right, d)) for d in GRADIENTS)


def test_every_line_of_the_trace_follows_from_those_before():
    for example in (examples.recurrent, examples.recurrent_to_practise):
        trace = recurrent.trace_of_recurrent(*example())
        known = {}
        for step in trace:
            assert set(step.inputs) <= known.keys()
            if step.expression:
                value = latex.evaluate(step.expression, known)
                assert value == pytest.approx(step.value, abs=1e-14)
            known[step.name] = step.value


def test_the_trace_has_every_number_of_the_pass():
    net, x, t, learning_rate = examples.recurrent()
    trace = recurrent.trace_of_recurrent(net, x, t, learning_rate)
    passed, found = recurrent.forward(net, x), gradients_of(net, x, t)
    after = recurrent.update(net, found, learning_rate)
    for s in range(1, 4):
        assert trace[f"z{s}"].value == passed.z[s - 1, 0]
        assert trace[f"h{s}"].value == passed.h[s, 0]
        assert trace[f"delta{s}"].value == found.delta[s - 1, 0]
        assert trace[f"dE_dw_at{s}"].value == recurrent.terms(passed, found)[s - 1, 0, 0]
    assert trace["E"].value == recurrent.loss(net, x, t)
    for letter, name in zip("uwvbc", WEIGHTS, strict=True):
        assert trace[f"dE_d{letter}"].value == getattr(found, f"d{name}").item()
        assert trace[f"{letter}_new"].value == pytest.approx(getattr(after, name).item(), abs=1e-15)
    assert not recurrent.trace_of_recurrent(net, x, t).labelled("update")


def test_a_step_lowers_the_error():
    net, x, t, learning_rate = examples.recurrent()
    errors = [recurrent.loss(net, x, t)]
    for _ in range(5):
        net = recurrent.update(net, gradients_of(net, x, t), learning_rate)
        errors.append(recurrent.loss(net, x, t))
    assert (np.diff(errors) < 0).all() and errors[-1] < errors[0] / 100


def test_what_does_not_fit_is_said():
    net, x, t = PROBLEMS["last"]()
    passed = recurrent.forward(net, x)
    with pytest.raises(ValueError, match=r"x has shape \(3, 5\); the network has 2 inputs"):
        recurrent.forward(net, x[..., 0])
    with pytest.raises(ValueError, match=r"t has shape \(3, 1\); the outputs have \(3, 5, 2\)"):
        recurrent.loss(net, x, t[:, :1])
    with pytest.raises(ValueError, match=r"W has shape \(4, 3\), and for 4 units"):
        recurrent.forward(net._replace(W=net.W[:, :3]), x)
    with pytest.raises(ValueError, match=r"U has shape \(2,\)"):
        recurrent.forward(net._replace(U=[1.0, 2.0]), x)
    with pytest.raises(KeyError, match="no activation 'softmax' here"):
        recurrent.forward(net._replace(activation="softmax"), x)
    with pytest.raises(ValueError, match="truncated should be a whole number of steps from 1"):
        recurrent.backward(net, x, passed, t, truncated=0)
    with pytest.raises(ValueError, match="a trace follows one sequence of one input"):
        recurrent.trace_of_recurrent(net, x, t)
    net, x, t, _ = examples.recurrent()
    with pytest.raises(ValueError, match="at most 9 steps"):
        recurrent.trace_of_recurrent(net, np.ones((10, 1)), t)


def test_nothing_that_is_passed_in_is_changed():
    net, x, t = PROBLEMS["every"]()
    before = [array.copy() for array in (*net[:5], x, t)]
    recurrent.update(net, gradients_of(net, x, t), 0.1)
    assert all((a == b).all() for a, b in zip((*net[:5], x, t), before, strict=True))
