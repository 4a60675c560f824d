"""The gradient by every road, on random networks: the roads share no arithmetic, so they agree only
if all are right."""

import numpy as np
import pytest
from hypothesis import given, settings

from backprop import Network, check, examples, loss
from backprop.functions import ACTIVATIONS, LOSSES
from networks import problems, target

# How far a road may be from `backward`, as a share of the largest gradient (of 1e-3 where all are
# smaller): the exact ones round each of some hundred operations; a central difference errs by h²
# and by the rounding of E over h, 1e-16 / 6e-6.
EXACT = 1e-11
MEASURED = 1e-7


def assert_all_agree(net, x, t, roads=None):
    found = check.gradients(net, x, t, roads)
    dW, db = found.pop("backward")
    size = max([1e-3, *(abs(g).max() for g in [*dW[1:], *db[1:]])])
    for road, (dW_road, db_road) in found.items():
        allowed = MEASURED * max(1, loss(net, x, t)) if road == "central differences" else EXACT
        for l in range(1, len(net.W)):
            for name, ours, theirs in [("dW", dW[l], dW_road[l]), ("db", db[l], db_road[l])]:
                assert ours.shape == np.shape(theirs), f"{road}, {name}[{l}]"
                np.testing.assert_allclose(
                    theirs, ours, rtol=0, atol=allowed * size, err_msg=f"{road}, {name}[{l}]"
                )
    return found


@settings(max_examples=15)  # SymPy takes most of the time
@given(problems(layers=2, units=2))
def test_all_roads_agree_on_small_networks(problem):
    found = assert_all_agree(*problem)
    assert {"by hand", "matrices", "sympy", "central differences", "complex step"} <= set(found)


@settings(max_examples=60)
@given(problems(layers=4, units=4))
def test_all_roads_but_sympy_agree_on_networks_of_any_depth(problem):
    assert_all_agree(*problem, roads=[r for r in check.installed_roads() if r != "sympy"])


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
    assert_all_agree(net, x, t, roads=[r for r in check.installed_roads() if r != "sympy"])


def test_all_roads_agree_on_the_network_of_the_source():
    net, x, t, _ = examples.two_two_two()
    assert_all_agree(net, x, t)


def test_the_roads_by_other_people_are_taken():
    assert "autograd" in check.installed_roads()  # pyproject.toml asks for it; torch is a gift


def test_an_unknown_road_is_named():
    net, x, t, _ = examples.two_two_two()
    with pytest.raises(KeyError, match="no road 'sympi' here; did you mean one of sympy"):
        check.gradients(net, x, t, ["sympi"])
