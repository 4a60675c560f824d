"""Names: each is one quantity's, and one that an expression can use."""

import numpy as np
import pytest

from backprop import Network, examples, names, trace
from backprop.practice import problem

GIVEN = {
    "inputs": ("i1", "i2"),
    "units": (("h1",), ("o1",)),
    "weights": ((("w1", "w2"),), (("w3",),)),
    "biases": (("b1",), ("b2",)),
}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        # the trace of such a network once had a wrong number, and said so in no way
        ({"weights": ((("w", "w2"),), (("w",),))}, "'w' names a weight of layer 1 and a weight of"),
        ({"inputs": ("out_o1", "i2")}, "'out_o1' names the output of unit 1 in layer 0 and the"),
        ({"biases": (("w1",), ("b2",))}, "'w1' names a weight of layer 1 and a bias of layer 1"),
        ({"weights": ((("w1", "w2"),), (("w1_new",),))}, "'w1_new' names a weight of layer 2 and"),
        ({"inputs": ("dE_dw1", "i2")}, "'dE_dw1' names the output of unit 1 in layer 0 and the gr"),
        ({"inputs": ("eta", "i2")}, "'eta' names the learning rate and the output of unit 1"),
        ({"biases": (("lambda",), ("b2",))}, "'lambda' cannot name a bias of layer 1: it is no"),
        ({"biases": (("b 1",), ("b2",))}, "'b 1' cannot name a bias of layer 1: it is no name"),
        (
            {"weights": ((("w1", "exp"),), (("w3",),))},
            "'exp' cannot name a weight of layer 1: it",
        ),
    ],
)
def test_a_name_is_one_quantity_s(changed, message):
    names.given(**GIVEN)  # which nothing is wrong with
    with pytest.raises(ValueError, match=message):
        names.given(**{**GIVEN, **changed})


def test_units_of_a_layer_may_share_a_bias_and_places_a_weight():
    assert len(set(examples.two_two_two().net.names.b[1])) == 1
    assert problem("convolution", 1).net.names.shared == {1}


def test_an_overflowing_network_has_its_trace_all_the_same():
    net = Network([None, [[1e308]], [[1.0]]], [None, [0.0], [0.0]], "identity")
    with np.errstate(over="ignore"):
        shown = trace(net, [1e10], [1.0])
    assert shown.shown("z1_1") == "∞" and shown["z1_1"].formula
