"""The gradient by every method, on random networks: the methods share no arithmetic, so they agree
only if all are right."""

import numpy as np
import pytest
from hypothesis import given, settings

from backprop import Network, check, examples
from backprop.functions import ACTIVATIONS, LOSSES
from networks import problems, target


@settings(max_examples=15)  # SymPy takes most of the time
@given(problems(layers=2, units=2))
def test_all_methods_agree_on_small_networks(problem):
    found = check.agree(*problem, methods=check.installed_methods())
    assert {"by hand", "matrices", "sympy", "central differences", "complex step"} <= set(found)


@settings(max_examples=60)
@given(problems(layers=4, units=4))
def test_all_methods_but_sympy_agree_on_networks_of_any_depth(problem):
    check.agree(*problem, methods=[r for r in check.installed_methods() if r != "sympy"])


@pytest.mark.parametrize("loss_name", LOSSES)
@pytest.mark.parametrize("hidden", ACTIVATIONS)
def test_every_activation_meets_every_loss(hidden, loss_name):
    last = LOSSES[loss_name].partner or ACTIVATIONS[hidden]
    rng = np.random.default_rng(5)
    net = Network(
        W=[None, rng.normal(size=(3, 2)), rng.normal(size=(2, 3))],
        b=[None, rng.normal(size=3), rng.normal(size=2)],
        activations=[None, hidden, last],
        loss=loss_name,
    )
    x = rng.normal(size=(2, 2))
    t = target(rng, net, 2)
    check.agree(net, x, t, methods=[r for r in check.installed_methods() if r != "sympy"])


def test_all_methods_agree_on_the_network_of_the_source():
    net, x, t, _ = examples.two_two_two()
    assert check.agree(net, x, t).keys() == set(check.FOUR)


def test_the_methods_by_other_people_are_taken():
    assert "autograd" in check.installed_methods()  # pyproject.toml asks for it; torch is a gift


def test_an_unknown_road_is_named():
    net, x, t, _ = examples.two_two_two()
    with pytest.raises(KeyError, match="no method 'sympi' here; did you mean one of sympy"):
        check.gradients(net, x, t, ["sympi"])


@pytest.mark.parametrize("method", check.FOUR)
@pytest.mark.parametrize("weight", ["w4", "w7", "b_h2"])
def test_one_wrong_gradient_is_found_and_named(monkeypatch, method, weight):
    net, x, t, _ = examples.two_two_two()
    l, j, i = net.names.weight_at(weight)

    def slightly_wrong(*problem, right=check.METHODS[method]):
        dW, db = right(*problem)
        dW, db = [[None, *(np.array(g) for g in layers[1:])] for layers in (dW, db)]
        if i is None:
            db[l][j] += 1e-8
        else:
            dW[l][j, i] += 1e-8
        return dW, db

    monkeypatch.setitem(check.METHODS, method, slightly_wrong)
    with pytest.raises(AssertionError, match=f"{weight}: {method} has"):
        check.agree(net, x, t)
