"""Why a weight has its gradient: the products along all paths, and their sum."""

from math import prod

import numpy as np
import pytest
from hypothesis import given

from backprop import Network, examples, trace, why
from networks import problems

S4 = examples.two_two_two()


@given(problems(examples=0))
def test_the_paths_of_every_weight_and_bias_sum_to_its_gradient(problem):
    net, x, t = problem
    steps = trace(net, x, t).values
    for l in range(1, len(net.W)):
        for name in [s.name for row in net.names.w[l] for s in row] + [
            s.name for s in net.names.own_b[l]
        ]:
            answer = why(net, x, t, name)
            assert answer.gradient == steps[f"dE_d{name}"]
            # terms may cancel, so the roundings count as shares of the largest
            size = max(abs(path.product) for path in answer.paths)
            assert answer.total == pytest.approx(answer.gradient, rel=1e-11, abs=1e-13 * size)
            assert answer.total == sum(prod(f.value for f in path.factors) for path in answer.paths)


@pytest.mark.parametrize(
    ("sizes", "name", "paths"),
    [
        ((2, 2, 2), "w2_1_2", 1),  # an output weight reaches the loss one way
        ((2, 2, 2), "w1_1_1", 2),  # a hidden one through every output
        ((1, 3, 4, 2), "w1_2_1", 4 * 2),
        ((1, 3, 4, 2), "b2_3", 2),
        ((2, 2, 2, 2, 2), "w1_1_1", 8),
    ],
)
def test_there_are_as_many_paths_as_ways_through_the_layers(sizes, name, paths):
    assert len(why(*ones(sizes, "sigmoid"), name).paths) == paths


def test_softmax_sends_every_unit_to_every_output():
    net, x, t = ones((1, 2, 3), [None, "sigmoid", "softmax"])
    assert len(why(net, x, t, "w2_1_1").paths) == 3
    assert len(why(net, x, t, "w1_1_1").paths) == 3 * 3


def test_softmax_with_its_cross_entropy_is_one_step():
    net, x, _ = ones((1, 2, 3), [None, "sigmoid", "softmax"])
    net = Network(net.W, net.b, net.activations, "softmax cross-entropy")
    assert len(why(net, x, [1, 0, 0], "w1_1_1").paths) == 3


def test_the_chain_of_w6_in_the_source():
    answer = why(S4.net, S4.x, S4.t, "w6")
    (path,) = answer.paths
    assert path.names == ("w6", "net_o1", "out_o1", "E")
    steps = trace(S4.net, S4.x, S4.t)
    chain = ["dE_dout_o1", "dout_o1_dnet_o1", "dnet_o1_dw6"]
    assert [f.value for f in path.factors] == [steps[name].value for name in chain]
    assert [f.symbol for f in path.factors] == [steps[name].symbol for name in chain]


def test_w1_reaches_the_loss_through_both_outputs():
    answer = why(S4.net, S4.x, S4.t, "w1")
    assert [path.names[-2] for path in answer.paths] == ["out_o1", "out_o2"]
    assert answer.paths[0].product > 0 > answer.paths[1].product


def test_too_many_paths_are_counted_and_not_listed():
    with pytest.raises(ValueError, match="10,648 paths lead from w1_1_1.*at most 10,000"):
        why(*ones((1, 1, 22, 22, 22, 1), "tanh"), "w1_1_1")
    assert len(why(*ones((1, 1, 22, 22, 22, 1), "tanh"), "w2_1_1").paths) == 22**2


def ones(sizes, activations):
    """Return a network of these sizes with weights 0.1, an input and a target of ones."""
    W = [None] + [np.full((n, m), 0.1) for m, n in zip(sizes, sizes[1:], strict=False)]
    net = Network(W, [None] + [np.zeros(n) for n in sizes[1:]], activations)
    return net, np.ones(sizes[0]), np.ones(sizes[-1])
