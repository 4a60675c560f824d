"""The printed networks of paste.test.mjs are what they are said to be: Python reads some itself."""

import ast
import doctest
import json
from pathlib import Path

import numpy as np
import pytest

from backprop import Network, backward, examples, forward

FOLDER = Path(__file__).parent
PASTED = json.loads((FOLDER / "pasted.json").read_text("utf-8"))
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


def network_of(arrays):
    """Return (W, b) as a `Network` takes them, of arrays layer by layer; b None where none is."""
    W, b = [None], [None]
    for array in arrays:
        if array.ndim == 2:
            W.append(array)
            b.append(None)
        else:
            b[-1] = array
    return W, b


def arrays_in(value):
    """Yield the matrices and lists of numbers in what `ast.literal_eval` made of a text."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list | tuple):
        return
    try:
        array = np.array(value, dtype=float)
    except (TypeError, ValueError):  # rows of several lengths, names, None
        array = np.empty((0, 0, 0))
    if array.ndim <= 2:
        yield array
    else:
        for one in value:
            yield from arrays_in(one)


@pytest.mark.parametrize("case", PASTED["networks"], ids=lambda case: case["about"])
def test_python_reads_one_of_the_texts_of_a_network_as_the_same(case):
    weights = [np.array(W) for W in case["W"][1:]]
    if case["rows"] == "inputs":
        weights = [W.T for W in weights]
    biases = [b for l, b in enumerate(case["b"]) if l and l not in case["without"]]
    read = []
    for text in case["texts"]:
        try:
            arrays = list(arrays_in(ast.literal_eval(text.replace("−", "-"))))
        except (SyntaxError, ValueError):  # no text of Python's
            continue
        matrices = [array.tolist() for array in arrays if array.ndim == 2]
        lists = [array.tolist() for array in arrays if array.ndim == 1]
        read.append((matrices, lists) == ([W.tolist() for W in weights], biases))
    assert any(read)


@pytest.mark.parametrize("session", sessions(), ids=lambda session: session[0])
def test_gradients_that_pytorch_prints_are_those_of_the_network_it_prints(session):
    head, weights, gradients = session
    activations, loss, x, t = (part.strip() for part in head.split(";"))
    W, b = network_of(examples.tensors(weights))
    b[1:] = [np.zeros(len(W[l])) if b[l] is None else b[l] for l in range(1, len(W))]
    net = Network(W, b, [None, *activations.split()], loss)
    x, t = ([float(number) for number in part.split()] for part in (x, t))
    if len(t) < net.sizes[-1]:  # a class
        t = [float(k == t[0]) for k in range(net.sizes[-1])]
    given_W, given_b = network_of(examples.tensors(gradients))
    _, dW, db = backward(net, *forward(net, x), t)
    for l in range(1, len(net.W)):
        # the weights that it prints are rounded too, which moves the gradients by a thousandth
        close = SMALL + 0.001 * abs(dW[l]).max()
        assert abs(dW[l] - given_W[l]).max() < close
        assert given_b[l] is None or abs(db[l] - given_b[l]).max() < close
