"""The given numbers of each worked example, with the source they come from; and at the end, what
other programs printed and recorded."""

import doctest
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .. import names
from ..convnet import ConvNet
from ..network import Network, forward
from ..recurrent import Recurrent


class Example(NamedTuple):
    """A network, the one example that it sees, or rows of them, and a learning rate."""

    net: Network
    x: np.ndarray
    t: np.ndarray
    learning_rate: float


def _example(W, b, x, t, learning_rate, **given):
    """Return the Example of a network of sigmoid units; `given`: arguments of `names.given`."""
    net = Network([None, *W], [None, *b], "sigmoid", "half squares", names.given(**given))
    return Example(net, np.array(x), np.array(t), learning_rate)


def two_two_two():
    """Return the 2-2-2 sigmoid network of source S4, its one example and its learning rate.

    The source never updates the biases: pass `biases="frozen"` to `update` and `train`.
    """
    return _example(
        W=[[[0.25, 0.25], [0.15, 0.20]], [[0.30, 0.35], [0.40, 0.35]]],
        b=[[0.4, 0.4], [0.7, 0.7]],
        x=[0.02, 0.04],
        t=[0.5, 0.9],
        learning_rate=0.1,
        inputs=("i1", "i2"),
        units=(("h1", "h2"), ("o1", "o2")),
        weights=((("w1", "w2"), ("w3", "w4")), (("w5", "w6"), ("w7", "w8"))),
        biases=(("b1", "b1"), ("b2", "b2")),
    )


def mazur():
    """Return the 2-2-2 sigmoid network of Matt Mazur's page, its one example and learning rate.

    The page never updates the biases; the chapter "copied-example" recomputes its figures.
    """
    return _example(
        W=[[[0.15, 0.20], [0.25, 0.30]], [[0.40, 0.45], [0.50, 0.55]]],
        b=[[0.35, 0.35], [0.6, 0.6]],
        x=[0.05, 0.1],
        t=[0.01, 0.99],
        learning_rate=0.5,
        inputs=("i1", "i2"),
        units=(("h1", "h2"), ("o1", "o2")),
        weights=((("w1", "w2"), ("w3", "w4")), (("w5", "w6"), ("w7", "w8"))),
        biases=(("b1", "b1"), ("b2", "b2")),
    )


# ---- the book's own: no source has them ------------------------------------------------------


def one_neuron():
    """Return one sigmoid unit with one input, i → net_o → out_o → E (chapter "chain-rule")."""
    return _example(
        W=[[[0.4]]],
        b=[[-0.3]],
        x=[2.0],
        t=[0.2],
        learning_rate=0.5,
        inputs=("i",),
        units=(("o",),),
        weights=((("w",),),),
        biases=(("b",),),
        digits=6,
    )


def fork():
    """Return one input that feeds two sigmoid units, so that two paths lead from it to E.

    The first unit is that of `one_neuron`; the chapter "chain-rule" adds the second, which asks the
    input for the opposite.
    """
    return _example(
        W=[[[0.4], [0.3]]],
        b=[[-0.3, -0.6]],
        x=[2.0],
        t=[0.2, 0.9],
        learning_rate=0.5,
        inputs=("i",),
        units=(("o1", "o2"),),
        weights=((("w1",), ("w2",)),),
        biases=(("b_o1", "b_o2"),),
        digits=6,
    )


def uneven():
    """Return the uneven network, 2-2-2 sigmoid units, on which every mistake shows itself.

    Found by search among weights of one decimal, all different in size, one of them negative: at
    this learning rate any two of `mistakes.MISTAKES` differ by a fifth or more in some gradient
    (`mistakes.separation`).
    """
    return _example(
        W=[[[0.4, 0.9], [0.3, 0.2]], [[0.1, -0.6], [0.5, 0.8]]],
        b=[[-0.1, -0.2], [-0.3, 0.4]],
        x=[0.9, 0.6],
        t=[0.9, 0.2],
        learning_rate=0.5,
        inputs=("i1", "i2"),
        units=(("h1", "h2"), ("o1", "o2")),
        weights=((("w1", "w2"), ("w3", "w4")), (("w5", "w6"), ("w7", "w8"))),
        biases=(("b_h1", "b_h2"), ("b_o1", "b_o2")),
        digits=6,
    )


def two_three_two():
    """Return a 2-3-2 sigmoid network of indexed names, and four examples, one to a row.

    No layer has as many units as inputs, and neither has four, so that each shape says what it is
    of (chapter "fully-connected-layer").
    """
    net = Network(
        W=[None, [[1, -1], [0.5, 1], [-1, 0.5]], [[0.5, -1, 1], [-0.5, 1, 0.5]]],
        b=[None, [0.5, 0, 1], [0.2, -0.4]],
        activations="sigmoid",
    )
    X = np.array([[2, 1], [-1, 2], [1, -1], [0, 1]], dtype=float)
    T = np.array([[0.9, 0.2], [0.1, 0.7], [0.2, 0.9], [0.6, 0.3]])
    return Example(net, X, T, 10.0)


def perceptron():
    """Return the right half of the uneven network: its inputs are what h1 and h2 pass on.

    The chapter "output-delta" looks at it alone.
    """
    net, x, t, learning_rate = uneven()
    _, a = forward(net, x)
    known = net.names
    names = replace(
        known,
        out=known.out[1:],
        **{
            field: (None, *getattr(known, field)[2:])
            for field in ("net", "w", "b", "own_b", "delta")
        },
    )
    return Example(
        replace(net, W=(None, net.W[2]), b=(None, net.b[2]), activations="sigmoid", names=names),
        a[1],
        t,
        learning_rate,
    )


def uneven_deep():
    """Return the uneven network with one more layer, g1 and g2, in front of its hidden layer."""
    after = uneven()
    return _example(
        W=[[[0.7, -0.4], [0.2, 0.6]], *after.net.W[1:]],
        b=[[0.1, 0.3], *after.net.b[1:]],
        x=after.x,
        t=after.t,
        learning_rate=after.learning_rate,
        inputs=("i1", "i2"),
        units=(("g1", "g2"), ("h1", "h2"), ("o1", "o2")),
        weights=(
            (("v1", "v2"), ("v3", "v4")),
            (("w1", "w2"), ("w3", "w4")),
            (("w5", "w6"), ("w7", "w8")),
        ),
        biases=(("b_g1", "b_g2"), ("b_h1", "b_h2"), ("b_o1", "b_o2")),
        digits=6,
    )


def tapering():
    """Return a 3-4-2-1 network of sigmoid units: no two layers of a size, no matrix square.

    What fits by chance between layers of two does not fit here (chapter "four-equations").
    """
    net = Network(
        W=[
            None,
            [[0.5, -0.3, 0.8], [-0.6, 0.4, 0.2], [0.7, 0.1, -0.5], [0.3, 0.9, -0.2]],
            [[0.6, -0.7, 0.2, 0.4], [-0.5, 0.8, 0.3, -0.9]],
            [[1.0, -0.8]],
        ],
        b=[None, [0.1, -0.4, 0.3, 0.2], [-0.1, 0.5], [0.2]],
        activations="sigmoid",
    )
    return Example(net, np.array([0.9, -0.4, 0.6]), np.array([0.1]), 0.5)


def convnet():
    """Return a convolutional network, one image of 5 × 5 points and its targets.

    A kernel of 2 × 2, pooling by 2 × 2, two sigmoid units. Found by search: three pooling windows
    have one largest entry each, in three different corners, and the fourth has nothing above 0, so
    that ReLU lets nothing back there; two of the winners share a pixel, and no two entries of the
    kernel have the same gradient (chapter "convolution").
    """
    net = ConvNet(
        k=np.array([[[[-0.5, -1.0], [1.5, 2.0]]]]),
        b=np.array([-1.0]),
        size=2,
        head=Network(
            W=[None, [[0.2, -0.4, 0.1, 0.3], [-0.3, 0.5, -0.2, 0.1]]],
            b=[None, [0.1, -0.2]],
            activations="sigmoid",
        ),
    )
    image = [
        [2, 0, 0, 1, 0],
        [1, 2, 1, 1, 1],
        [0, 1, 2, 1, 2],
        [0, 0, 1, 2, 1],
        [0, 0, 0, 1, 1],
    ]
    return Example(net, np.array([[image]], dtype=float), np.array([[0.0, 1.0]]), 0.5)


def normalised():
    """Return four net inputs of one unit, one to an example, and the pulls on what they become.

    Mean 3 and variance 3.5; one pull of 1, at the first (chapter "normalisation").
    """
    return np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, 0.0, 0.0, 0.0])


def normalised_to_practise():
    """Return four other net inputs, two pulls, a factor gamma and a shift beta.

    Mean 6 and variance 9, so that the root is whole (chapter "normalisation").
    """
    return np.array([1.0, 7.0, 7.0, 9.0]), np.array([0.0, 1.0, 0.0, 2.0]), 3.0, 1.0


def recurrent():
    """Return a recurrent network of one tanh unit, a sequence of three inputs, and the target of
    its last step (chapter "through-time").

    Found by search among numbers of one decimal: the terms of steps 2 and 3 in the gradient of w
    have opposite signs, so that the last term alone has the wrong one, and any two of
    `recurrent.MISTAKES` differ there by a quarter or more.
    """
    net = _one_unit(u=0.8, w=0.7, v=2.0, b=-0.2, c=0.1)
    return Example(net, np.array([[2.0], [-1.0], [0.5]]), np.array([0.5]), 0.1)


def recurrent_to_practise():
    """Return a recurrent network for practice, as `recurrent`; its w is below 0, so that the sign
    of the delta changes at every step."""
    net = _one_unit(u=0.4, w=-0.7, v=2.0, b=0.3, c=0.1)
    return Example(net, np.array([[0.5], [2.0], [1.0]]), np.array([0.8]), 0.1)


def _one_unit(u, w, v, b, c):
    """Return the recurrent network of one unit, one input and one output."""
    U, W, V = (np.array([[number]]) for number in (u, w, v))
    return Recurrent(U, W, V, np.array([b]), np.array([c]))


class Printed(NamedTuple):
    """What another program printed: the whole session, and of it a network and its gradients."""

    session: str
    network: str
    gradients: str


def printed_by_pytorch():
    """Return what PyTorch 2.13.0 printed of a 2-3-2 network (chapter "your-network").

    Who has PyTorch can hold it to that: `python -m doctest code/backprop/data/pytorch.txt`.
    """
    session = Path(__file__).with_name("pytorch.txt").read_text("utf-8")
    shown = [line.want for line in doctest.DocTestParser().get_examples(session) if line.want]
    return Printed(session, *shown)


def tensors(printed: str):
    """Return the arrays of a text that PyTorch printed: those in it as tensor([…]), in order."""
    lists = re.findall(r"tensor\((\[.*?\])(?:\)|, \w+=)", printed, re.DOTALL)
    return [np.array(json.loads(numbers)) for numbers in lists]


def by_ties():
    """Return what PyTorch and JAX do where two are equal (chapter "convolution-variants").

    {"versions", "tied": a window, "largest": {program: its gradient there}, "relu": {program: its
    slope at 0}}. `frameworks/ties.py` writes it.
    """
    return json.loads(Path(__file__).with_name("ties.json").read_text("utf-8"))


def by_frameworks():
    """Return what four frameworks computed of `two_two_two` (chapter "frameworks").

    {program: {"name", "version", "float64": {"gradients": {"w1": …}, …}, …}}, program as in the
    folder frameworks, in_pytorch. `make test-frameworks` runs them and writes it.
    """
    record = Path(__file__).with_name("frameworks.json")
    return json.loads(record.read_text("utf-8"))


def long_runs():
    """Return what trainings came to that take longer than a page may take.

    Chapters "optimisers" ("deep", "faint"), "convolution-digits" ("copies", "kernels")
    and "what-is-a-score-worth" ("validation"). {"faint": …, "copies": …, …}, each as its part of
    runs/record.py says. `make record-runs` runs them and writes it.
    """
    return json.loads(Path(__file__).with_name("runs.json").read_text("utf-8"))
