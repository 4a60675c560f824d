"""The kinds of problems: each a network without its numbers, and what is asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .. import names
from ..names import Names, Symbol, unknown
from .pcg import STREAMS, Pcg32


@dataclass(frozen=True)
class Kind:
    """A kind of problem: `title`, the network without its numbers, and the gradients `asked`.

    question: text in which {asked} stands for these; sizes, activations, loss and names as in
    `Network`; examples: 1, or the rows of a batch; asked: weights and biases, by name; printed:
    whether the question is which line of a printed solution is wrong.
    """

    title: str
    question: str
    sizes: tuple
    activations: tuple
    loss: str
    names: Names
    asked: tuple
    examples: int = 1
    printed: bool = False


def _units(layers, first):
    """The weights of full layers, numbered row by row from `first`, and a bias for each unit."""
    weights, biases, number = [], [], first
    for before, units in zip(layers, layers[1:], strict=False):
        weights.append(
            tuple(
                tuple(f"w{number + j * len(before) + i}" for i in range(len(before)))
                for j in range(len(units))
            )
        )
        number += len(units) * len(before)
        biases.append(tuple(f"b_{unit}" for unit in units))
    return tuple(weights), tuple(biases)


def _given(*layers):
    weights, biases = _units(layers, 1)
    return names.given(layers[0], layers[1:], weights, biases, digits=6)


def _window(rows, columns, size):
    """The names of an image of rows by columns, its map by a kernel of size by size, and an output.

    The places of the map, read row by row, are the units of layer 1; chapter "convolution".
    """

    def weight(row, column):
        return names.placed("k", (row, column)) if {row, column} <= set(range(size)) else None

    image = list(np.ndindex(rows, columns))
    places = list(np.ndindex(rows - size + 1, columns - size + 1))
    z, a = (tuple(names.placed(letter, at) for at in places) for letter in ("z", "a"))
    w = tuple(tuple(weight(r - down, c - across) for r, c in image) for down, across in places)
    delta = tuple(names.placed("delta", at, r"\delta") for at in places)
    b = (Symbol("b", "b"),) * len(places)
    known = names.indexed((len(image), len(places), 1))
    return replace(
        known,
        out=(tuple(names.placed("x", at) for at in image), a, known.out[2]),
        net=(None, z, known.net[2]),
        w=(None, w, known.w[2]),
        b=(None, b, known.b[2]),
        own_b=(None, b, known.b[2]),
        delta=(None, delta, known.delta[2]),
    )


_SIGMOIDS = "The units are sigmoids, and E is half of each squared miss, summed. Find {asked}."
_TWO_TWO_TWO = {
    "sizes": (2, 2, 2),
    "activations": (None, "sigmoid", "sigmoid"),
    "loss": "half squares",
    "names": _given(("i1", "i2"), ("h1", "h2"), ("o1", "o2")),
    "asked": ("w6", "b_o2", "w2", "b_h2"),
}
KINDS = {  # each has a stream of its own, of `pcg.STREAMS`
    "one-neuron": Kind(
        "One neuron", "The unit is a sigmoid, and E is half of the squared miss. Find {asked}.",
        (2, 1), (None, "sigmoid"), "half squares",
        _given(("i1", "i2"), ("o",)), ("w1", "w2", "b_o"),
    ),
    "several-outputs": Kind(
        "One layer, several outputs", _SIGMOIDS, (2, 2), (None, "sigmoid"), "half squares",
        _given(("i1", "i2"), ("o1", "o2")), ("w2", "w3", "b_o2"),
    ),
    "two-two-two": Kind("Two inputs, two hidden units, two outputs", _SIGMOIDS, **_TWO_TWO_TWO),
    "three-layers": Kind(
        "Three layers", _SIGMOIDS,
        (2, 2, 2, 2), (None, "sigmoid", "sigmoid", "sigmoid"), "half squares",
        names.indexed((2, 2, 2, 2)), ("w3_1_2", "b3_2", "w2_1_2", "w1_1_2", "b1_2"),
    ),
    "relu-and-tanh": Kind(
        "ReLU and tanh", "The hidden units are ReLUs, the outputs tanh, and E is half of each "
        "squared miss, summed. Find {asked}.",
        (2, 2, 2), (None, "relu", "tanh"), "half squares",
        names.indexed((2, 2, 2)), ("w2_1_2", "b2_2", "w1_1_2", "b1_2"),
    ),
    "softmax": Kind(
        "Softmax with cross-entropy", "The hidden units are sigmoids, the outputs a softmax, and E "
        "is their cross-entropy. Find {asked}.",
        (2, 2, 3), (None, "sigmoid", "softmax"), "softmax cross-entropy",
        names.indexed((2, 2, 3)), ("w2_1_2", "b2_2", "w1_1_2", "b1_2"),
    ),
    "batch": Kind(
        "A small batch", "Two examples, [1] and [2], pass through a layer of sigmoids. E is half "
        "of each squared miss, summed, and then the mean over the two. Find {asked}.",
        (2, 2), (None, "sigmoid"), "half squares",
        names.indexed((2, 2)), ("w1_1_2", "w1_2_1", "b1_2"), examples=2,
    ),
    "which-line": Kind(
        "Which line is wrong?", "The units are sigmoids, and E is half of each squared miss, "
        "summed. In this solution a mistake is made, wherever there is occasion for it, and what "
        "follows is wrong too. Find a line that is wrong by itself.",
        **_TWO_TWO_TWO, printed=True,
    ),
    "convolution": Kind(
        "A small convolution", "The image x has two rows of three points. A kernel k of two by "
        "two, with one bias, is laid on its left and on its right. Both sums pass through sigmoids "
        "into one sigmoid. E is half of the squared miss. Find {asked}.",
        (6, 2, 1), (None, "sigmoid", "sigmoid"), "half squares",
        _window(2, 3, 2), ("w2_1_1", "k11", "k22", "b"),
    ),
}  # fmt: skip


def as_kind(name: str):
    """Return the Kind of that name; KeyError for an unknown one."""
    if name not in KINDS:
        raise KeyError(unknown(name, KINDS, "kind of problem"))
    return KINDS[name]


def mixed(kinds: Sequence[str], seed: int):
    """Return the kind, of a list of them, of the problem number `seed` of a mixed set."""
    return kinds[Pcg32(seed, STREAMS["mixed"]).below(len(kinds))]
