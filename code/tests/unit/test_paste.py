"""Printed weights, read: each text means what it says, or is refused in a sentence."""

import doctest
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import networks
from backprop import Network, backward, forward
from backprop.live import paste

FOLDER = Path(__file__).parent
PASTED = json.loads((FOLDER / "pasted.json").read_text("utf-8"))  # paste.test.mjs reads it too
TEXTS = [(case, text) for case in PASTED["networks"] for text in case["texts"]]
SMALL = 5.1e-5  # half of the fourth decimal, which is the last that PyTorch prints, and a little


def sessions():
    """Return [(head, printed weights, printed gradients)] of what PyTorch printed."""
    found = []
    for part in doctest.DocTestParser().parse((FOLDER / "pytorch.txt").read_text("utf-8")):
        if isinstance(part, str):
            heads = [line for line in part.splitlines() if line.count(";") == 3]
            found += [(heads[-1], [])] if heads else []
        elif part.want:
            found[-1][1].append(part.want)
    return [(head, *printed) for head, printed in found]


@pytest.mark.parametrize(("case", "text"), TEXTS)
def test_a_text_means_the_network_that_it_says(case, text):
    expected = {key: case[key] for key in paste.Pasted._fields}
    assert paste.read_network(text)._asdict() == expected


@pytest.mark.parametrize("case", PASTED["faults"], ids=lambda case: case["said"][:40])
def test_what_is_no_network_is_refused_in_a_sentence_that_says_where(case):
    with pytest.raises(ValueError) as refused:
        paste.read_network(case["text"])
    assert str(refused.value) == case["said"]


def test_a_row_is_for_what_the_reader_says_where_both_fit():
    text = "[[1 2] [3 4]]"
    assert (
        paste.read_network(text, "inputs").W[1]
        == np.transpose(paste.read_network(text, "units").W[1]).tolist()
    )
    with pytest.raises(ValueError, match="layer 1 has 2 units, and 1 bias"):
        paste.read_network("[[1 2]] [0]", "inputs")


@given(networks.problems())
def test_what_is_written_reads_as_the_same(drawn):
    net, _, _ = drawn
    again = paste.read_network(paste.written(net.W, net.b))
    for l in range(1, len(net.W)):
        assert (np.array(again.W[l]) == net.W[l]).all() and (again.b[l] == net.b[l]).all()


@given(st.text(alphabet="[](){}:,=.'\"-+eE0123456789 tensorNWb\n", max_size=40))
def test_any_other_text_is_refused_and_never_breaks(text):
    try:
        pasted = paste.read_network(text)
    except ValueError as error:
        assert str(error)
    else:
        Network(pasted.W, pasted.b, "sigmoid")


@pytest.mark.parametrize("session", sessions(), ids=lambda session: session[0])
def test_gradients_that_pytorch_prints_are_those_of_the_network_it_prints(session):
    head, weights, gradients = session
    activations, loss, x, t = (part.strip() for part in head.split(";"))
    W, b, *_ = paste.read_network(weights)
    net = Network(W, b, [None, *activations.split()], loss)
    x, t = ([float(number) for number in part.split()] for part in (x, t))
    if len(t) < net.sizes[-1]:  # a class
        t = [float(k == t[0]) for k in range(net.sizes[-1])]
    given = paste.read_network(gradients)
    _, dW, db = backward(net, *forward(net, x), t)
    for l in range(1, len(net.W)):
        # the weights that it prints are rounded too, which moves the gradients by a thousandth
        close = SMALL + 0.001 * abs(dW[l]).max()
        assert abs(dW[l] - given.W[l]).max() < close
        assert l in given.without or abs(db[l] - given.b[l]).max() < close
