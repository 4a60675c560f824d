"""The backward pass as a short program, right and with each mistake of `mistakes` in its lines.

What is shown is what is executed. A program is a tuple of lines of NumPy, in the letters of
`network`, for two layers of sigmoid units, half squares and one example: `slope`, and a `step` of
training that is given what the forward pass has stored, finds all gradients and then updates.
CHANGES says what a mistake puts in the place of which lines; the chapter "debugging-lab" looks for
them.
"""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from .. import latex
from ..functions import half_squares, sigmoid
from ..mistakes import COINCIDES, MISTAKES
from ..names import unknown
from ..network import Network, as_rate, as_target, copies, forward
from ..passes import Layers
from .pcg import STREAMS, Pcg32


@dataclass(frozen=True)
class Line:
    """A line of the right program: its `text`, and what it `does` if it computes something."""

    text: str
    does: str = ""


RIGHT = (
    Line("def slope(z):"),
    Line(
        "    return sigmoid(z) * (1 - sigmoid(z))",
        "The slope of a sigmoid at the net input z: its output, times 1 minus its output.",
    ),
    Line(""),
    Line("def step(W, b, z, a, t, rate):"),
    Line("    delta, dW, db = {}, {}, {}"),
    Line(
        "    dE_da = a[2] - t",
        "The slope of E in each output: output minus target.",
    ),
    Line(
        "    delta[2] = dE_da * slope(z[2])",
        "BP1, the delta of each output: that slope, times the slope at the output's net input.",
    ),
    Line(
        "    dW[2] = np.outer(delta[2], a[1])",
        "BP4: a row for each output, its delta times the output of each hidden unit.",
    ),
    Line("    db[2] = delta[2]", "BP3: a bias is added as it is, so its gradient is the delta."),
    Line(
        "    dE_da = W[2].T @ delta[2]",
        "The sum in BP2: for each hidden unit the deltas of all outputs, each through the weight "
        "that leads there.",
    ),
    Line(
        "    delta[1] = dE_da * slope(z[1])",
        "BP2, the delta of each hidden unit: that sum, times the slope at the unit's net input.",
    ),
    Line(
        "    dW[1] = np.outer(delta[1], a[0])",
        "BP4: a row for each hidden unit, its delta times each input.",
    ),
    Line("    db[1] = delta[1]", "BP3 again, in the hidden layer."),
    Line(
        "    W[2] -= rate * dW[2]",
        "The update of the weights into the outputs, against their gradients.",
    ),
    Line("    b[2] -= rate * db[2]", "The update of the outputs' biases."),
    Line(
        "    W[1] -= rate * dW[1]",
        "The update of the weights into the hidden units, against their gradients.",
    ),
    Line("    b[1] -= rate * db[1]", "The update of the hidden units' biases."),
    Line("    return dW, db"),
)

CHANGES = {  # mistake: {a line of the right program: what stands in its place}
    "updated weights": {
        "dE_da = W[2].T @ delta[2]": "W[2] -= rate * dW[2]\ndE_da = W[2].T @ delta[2]",
        "W[2] -= rate * dW[2]": "",
    },
    "first path only": {"dE_da = W[2].T @ delta[2]": "dE_da = W[2][0] * delta[2][0]"},
    "last path only": {"dE_da = W[2].T @ delta[2]": "dE_da = W[2][-1] * delta[2][-1]"},
    "transposed weights": {"dE_da = W[2].T @ delta[2]": "dE_da = W[2] @ delta[2]"},
    "no hidden slope": {"delta[1] = dE_da * slope(z[1])": "delta[1] = dE_da"},
    "error sent back": {"dE_da = W[2].T @ delta[2]": "dE_da = W[2].T @ dE_da"},
    "no output slope": {"delta[2] = dE_da * slope(z[2])": "delta[2] = dE_da"},
    "activation twice": {
        "delta[2] = dE_da * slope(z[2])": "delta[2] = dE_da * slope(a[2])",
        "delta[1] = dE_da * slope(z[1])": "delta[1] = dE_da * slope(a[1])",
    },
    "net for out": {"return sigmoid(z) * (1 - sigmoid(z))": "return z * (1 - z)"},
    "no half": {"dE_da = a[2] - t": "dE_da = 2 * (a[2] - t)"},
    "mean for sum": {"dE_da = a[2] - t": "dE_da = (a[2] - t) / len(t)"},
    "wrong sign": {"dE_da = a[2] - t": "dE_da = t - a[2]"},
    "outer product turned": {
        "dW[2] = np.outer(delta[2], a[1])": "dW[2] = np.outer(a[1], delta[2])",
        "dW[1] = np.outer(delta[1], a[0])": "dW[1] = np.outer(a[0], delta[1])",
    },
    "bias gradient zero": {
        "db[2] = delta[2]": "db[2] = np.zeros_like(b[2])",
        "db[1] = delta[1]": "db[1] = np.zeros_like(b[1])",
    },
    "bias times input": {
        "db[2] = delta[2]": "db[2] = delta[2] * a[1][0]",
        "db[1] = delta[1]": "db[1] = delta[1] * a[0][0]",
    },
    "one bias for all": {
        "db[2] = delta[2]": "db[2] = np.full(len(t), delta[2][0])",
        "db[1] = delta[1]": "db[1] = np.full(len(a[1]), delta[1][0])",
    },
}


def program(mistake: str | None = None):
    """Return the lines of the right program, or of the one with a mistake, by name.

    Raises KeyError for an unknown mistake.
    """
    return tuple(text for text, _, _ in _lines(mistake))


def wrong_lines(mistake: str):
    """Return the numbers of the lines that a mistake changes or moves, counted from 1."""
    return tuple(n for n, (_, _, is_wrong) in enumerate(_lines(mistake), 1) if is_wrong)


def purposes(mistake: str | None = None):
    """Return what each line of a program is there for; "" where it computes nothing."""
    return tuple(does for _, does, _ in _lines(mistake))


def in_order(seed: int):
    """Return the names of all mistakes in the order that a seed, a whole number, gives them."""
    rng, order = Pcg32(seed, STREAMS["programs"]), list(MISTAKES)
    for n in range(len(order) - 1, 0, -1):
        k = rng.below(n + 1)
        order[n], order[k] = order[k], order[n]
    return order


def _lines(mistake):
    """Yield (text, what it is there for, whether it is wrong) of every line."""
    if mistake is not None and mistake not in MISTAKES:
        raise KeyError(unknown(mistake, MISTAKES, "mistake"))
    changes = CHANGES.get(mistake, {})
    for line in RIGHT:
        change = changes.get(line.text.strip())
        if change is None:
            yield line.text, line.does, False
        else:
            for text in change.splitlines():
                yield f"    {text}", line.does, True


# ---- running one -------------------------------------------------------------------------------


def run(
    program: Sequence[str] | str, net: Network, x: ArrayLike, t: ArrayLike, learning_rate: float
):
    """Return (dW, db), lists as `backward` returns, of a program: its lines, or the text of one.

    x: (inputs,), t: (outputs,). Raises ValueError unless the network has two layers of sigmoid
    units and half squares, and for a batch; as `forward` does; and whatever the program raises.
    """
    dW, db, _, _ = _run(program, net, x, t, learning_rate)
    return dW, db


def after(
    program: Sequence[str] | str, net: Network, x: ArrayLike, t: ArrayLike, learning_rate: float
):
    """Return the network after one step of a program; arguments and errors as in `run`."""
    _, _, W, b = _run(program, net, x, t, learning_rate)
    return replace(net, W=W, b=b)


def results(program: Iterable[str], net: Network, x: ArrayLike, t: ArrayLike, learning_rate: float):
    """Return {number of a line: what it makes} of the lines of `step`; arguments as in `run`."""
    made, watched = {}, []
    for n, line in enumerate(program, 1):
        watched.append(line)
        assigns = re.match(r"    (\S+) -?= ", line)
        if assigns:
            watched.append(f"    made[{n}] = np.copy({assigns[1]})")
    _run(watched, net, x, t, learning_rate, made=made)
    return made


def unharmed(mistake: str, net: Network, x: ArrayLike, t: ArrayLike, learning_rate: float):
    """Return {number of a line: whether what it makes is right} of the lines that a mistake leaves.

    Where it is wrong, what the line takes in is. Arguments as in `run`.
    """
    lines, wrong, right = program(mistake), wrong_lines(mistake), program()
    expected = {
        right[n - 1]: value for n, value in results(right, net, x, t, learning_rate).items()
    }
    return {
        n: np.allclose(value, expected[lines[n - 1]], rtol=COINCIDES, atol=0)
        for n, value in results(lines, net, x, t, learning_rate).items()
        if n not in wrong
    }


@cache  # a training runs one program a thousand times
def _compiled(text):
    return compile(text, "program", "exec")


def _run(program, net, x, t, learning_rate, **more):
    """Return (dW, db, W, b): gradients and updated weights; more: names that a program may use."""
    L = len(net.W) - 1
    if L != 2 or net.activations[1:] != (sigmoid, sigmoid) or net.loss != half_squares:
        names = ", ".join(f.name for f in net.activations[1:])
        raise ValueError(
            "the programs are for two layers of sigmoid units with half squares, and this network "
            f"has {L}, {names}, with {net.loss.name}"
        )
    z, a = forward(net, x)
    if a[0].ndim != 1:
        raise ValueError(f"a program takes one example; x has shape {a[0].shape}")
    rate = as_rate(learning_rate)
    W, b = copies(net.W, rate), copies(net.b, rate)  # a step updates them in place
    space = {"np": np, "sigmoid": sigmoid.f, **more}
    exec(_compiled(program if isinstance(program, str) else "\n".join(program)), space)
    dW, db = space["step"](W, b, z, a, as_target(net, t, a[0]), rate)
    return [None, dW[1], dW[2]], [None, db[1], db[2]], W, b


# ---- what a mistake looks like -----------------------------------------------------------------


def symptoms(found: Sequence[Layers], right: Sequence[Layers]):
    """Return {"dW[2]": words, …}: how each array of found gradients differs from the right one.

    found, right: (dW, db) of two layers, none of the right gradients 0.
    """
    return {
        f"{kind}[{l}]": _difference(found[k][l], right[k][l])
        for l in (2, 1)
        for k, kind in enumerate(("dW", "db"))
    }


def _difference(found, right):
    """Say how an array differs from the right one, in words."""
    if np.allclose(found, right, rtol=COINCIDES, atol=0):
        return "right"
    if np.allclose(np.sort(found, None), np.sort(right, None), rtol=COINCIDES, atol=0):
        return "the right numbers in other places"
    if not found.any():
        return "zero"
    ratio = found / right
    low, high = (latex.fmt(size, 2) for size in (abs(ratio).min(), abs(ratio).max()))
    times = f"× {low}" if low == high else f"× {low} to {high}"
    if np.allclose(abs(ratio), 1, rtol=COINCIDES, atol=0):
        times = ""
    turned = (
        "" if (ratio > 0).all() else "the other sign" if (ratio < 0).all() else "some signs turned"
    )
    return ", ".join(filter(None, (times, turned)))


class Listing:
    """A program as it is shown: its lines with their numbers, the `marked` ones (numbers) bold."""

    def __init__(self, lines: Iterable[str], marked: Iterable[int] = ()):
        self.lines, self.marked = tuple(lines), tuple(marked)

    def _rows(self):
        for n, line in enumerate(self.lines, 1):
            yield n in self.marked, f"{'▸' if n in self.marked else ' '}{n:3}  {line}".rstrip()

    def html(self):
        """Return the listing as HTML."""
        rows = ((marked, html.escape(row)) for marked, row in self._rows())
        text = "\n".join(f"<strong>{row}</strong>" if marked else row for marked, row in rows)
        return f'<pre class="bp-program">{text}</pre>'

    def __repr__(self):
        return "\n".join(row for _, row in self._rows())

    def _repr_mimebundle_(self, **_):
        return {"text/html": self.html(), "text/plain": repr(self)}
