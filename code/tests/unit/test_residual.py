"""A stack of layers with shortcuts, by the complex step, a product of matrices, and PyTorch."""

import json
from pathlib import Path

import numpy as np
import pytest

from backprop import functions, residual
from backprop.residual import Stack

RECORDED = Path(__file__).with_name("normalisation_by_pytorch.json")
BY_PYTORCH = json.loads(RECORDED.read_text("utf-8"))["stacks"]
WITHIN = {"rtol": 1e-12, "atol": 1e-12}
FUNCTIONS = {name: getattr(functions, name) for name in ("sigmoid", "tanh", "relu")}


def made(case):
    """Return (stack, x, g) of a recorded case."""
    layers = ([None, *map(np.array, case[name])] for name in ("W", "b"))
    how = (case[name] for name in ("shortcut", "branch", "axis"))
    stack = Stack(*layers, FUNCTIONS[case["f"]], *how)
    return stack, np.array(case["x"]), np.array(case["g"])


CASES = pytest.mark.parametrize("case", BY_PYTORCH, ids=lambda case: case["f"])


@CASES
def test_pytorch_finds_the_same(case):
    stack, x, g = made(case)
    passed = residual.forward(stack, x)
    found = residual.backward(stack, passed, g)
    np.testing.assert_allclose(passed.a[-1], case["a"], **WITHIN)
    np.testing.assert_allclose(found.g[0], case["dx"], **WITHIN)
    for name in ("dW", "db"):
        for ours, theirs in zip(getattr(found, name)[1:], case[name], strict=True):
            np.testing.assert_allclose(ours, theirs, **WITHIN)


@CASES
def test_the_complex_step_agrees(case):
    stack, x, g = made(case)
    found = residual.backward(stack, residual.forward(stack, x), g)

    def slope(**changed):
        of = stack._replace(**{k: v for k, v in changed.items() if k != "x"})
        a = residual.forward(of, changed.get("x", x)).a[-1]
        return (g * a).sum().imag / 1e-30

    for at in np.ndindex(x.shape):
        nudge = np.zeros(x.shape, complex)
        nudge[at] = 1e-30j
        assert found.g[0][at] == pytest.approx(slope(x=x + nudge), abs=1e-11)
    for l in (1, 3):
        for at in [(0, 0), (2, 4), (4, 1)]:
            W = [w if w is None else w.astype(complex) for w in stack.W]
            W[l][at] += 1e-30j
            assert found.dW[l][at] == pytest.approx(slope(W=W), abs=1e-11)


@CASES
def test_differences_agree(case):
    stack, x, g = made(case)
    found = residual.backward(stack, residual.forward(stack, x), g)
    for at in [(0, 0), (3, 2), (5, 4)]:
        nudge = np.zeros(x.shape)
        nudge[at] = 1e-6
        up, down = ((g * residual.forward(stack, it).a[-1]).sum() for it in (x + nudge, x - nudge))
        assert found.g[0][at] == pytest.approx((up - down) / 2e-6, rel=1e-6, abs=1e-7)


def test_a_shortcut_adds_the_identity_to_each_layer_s_matrix():
    stack, x, g = made(BY_PYTORCH[1])
    passed = residual.forward(stack, x)
    for n in range(len(x)):  # each example has its own slopes
        row = g[n]
        for l in range(len(stack.W) - 1, 0, -1):
            slopes = np.diag(stack.f.df(passed.z[l][n], passed.out[l][n]))
            row = row @ (np.eye(len(row)) + stack.branch * slopes @ stack.W[l])
        found = residual.backward(stack, passed, g).g[0][n]
        np.testing.assert_allclose(found, row, **WITHIN)


def test_a_branch_may_have_another_factor_in_each_layer():
    stack, x, g = made(BY_PYTORCH[1])
    of_each = stack._replace(branch=[0, 1.0, -1.0, 0.5, -0.25])
    found = residual.backward(of_each, residual.forward(of_each, x), g)
    nudge = 1e-30j * np.eye(len(x), x.shape[1])
    slope = (g * residual.forward(of_each, x + nudge).a[-1]).sum().imag / 1e-30
    assert (found.g[0] * np.eye(len(x), x.shape[1])).sum() == pytest.approx(slope, abs=1e-11)
    same = residual.forward(stack._replace(branch=[0] + 4 * [stack.branch]), x)
    assert (same.a[-1] == residual.forward(stack, x).a[-1]).all()


def test_without_a_shortcut_it_is_the_backward_pass_of_a_network():
    from backprop import Network, backward, forward

    stack, x, _ = made(BY_PYTORCH[0])
    net = Network(stack.W, stack.b, "sigmoid")
    z, a = forward(net, x)
    t = np.zeros(a[-1].shape)
    delta, dW, db = backward(net, z, a, t)
    passed = residual.forward(stack, x)
    found = residual.backward(stack, passed, passed.a[-1] - t)
    np.testing.assert_allclose(found.delta[1], delta[1], **WITHIN)
    np.testing.assert_allclose(found.dW[2] / len(x), dW[2], **WITHIN)
    np.testing.assert_allclose(found.db[3] / len(x), db[3], **WITHIN)


def test_biases_before_a_batch_normalisation_have_no_gradient():
    stack, x, g = made(BY_PYTORCH[3])
    found = residual.backward(stack, residual.forward(stack, x), g)
    assert all(abs(db).max() < 1e-12 for db in found.db[1:])
