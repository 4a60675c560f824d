"""Problems without end: friendly numbers, the worked solution, and what mistakes make of it.

A problem is its kind and its seed. The given numbers are whole hundredths, drawn by `pcg`; a draw
is refused, and the next one taken, until

- any two answers that a mistake, or none, leads to differ somewhere by more than APART,
- whoever rounds every line to four significant digits ends within ROUNDED of the answers,
- no answer is smaller than SMALLEST, unless it is 0, and no ReLU stands at its kink,

each by a MARGIN, so that a last digit decides nothing: on every machine and in the browser, whose
widgets/practice.js is the twin of this module, one seed is one problem. `marking` marks answers.
"""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context
from functools import cached_property
from itertools import combinations

import numpy as np

from . import latex, mistakes, names
from .functions import relu
from .names import Names, Symbol, derivative, unknown
from .network import Network, backward, forward
from .pcg import Pcg32
from .trace import Trace, trace, trace_of_batch

APART = 0.04  # as a share: two answers, each marked at a hundredth, are never both right
ROUNDED = 0.005  # as a share: half of what an answer may be off
SMALLEST = 1e-3  # of an answer: four decimals show a smaller one with too few digits
KINK = 1e-2  # of a ReLU's net input: nearer to 0, rounding could turn it
MARGIN = 1e-6  # between a draw and each of these limits
SAME = mistakes.COINCIDES

PARTS = ("update", "gradients", "output delta", "hidden delta")  # in the order they become blank
EVERYTHING = len(PARTS) + 1  # is blank, the way forward too
REASONS = (  # why a draw is refused, in the order in which it is asked
    "kink",  # a ReLU stands at its own
    "small",  # an answer is
    "alike",  # the answers of two mistakes, or of one and of none, are
    "rounding",  # four digits on the way are too few
)
MIXED = 1000  # the stream of `pcg` that mixes the kinds

# ---- kinds -------------------------------------------------------------------------------------


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


_SIGMOIDS = "The units are sigmoids, and E is half of each squared error, summed. Find {asked}."
_TWO_TWO_TWO = {
    "sizes": (2, 2, 2),
    "activations": (None, "sigmoid", "sigmoid"),
    "loss": "half squares",
    "names": _given(("i1", "i2"), ("h1", "h2"), ("o1", "o2")),
    "asked": ("w6", "b_o2", "w2", "b_h2"),
}
KINDS = {  # in this order the streams of `pcg` belong to them: a new kind comes last
    "one-neuron": Kind(
        "One neuron", "The unit is a sigmoid, and E is half of the squared error. Find {asked}.",
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
        "squared error, summed. Find {asked}.",
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
        "of each squared error, summed, and then the mean over the two. Find {asked}.",
        (2, 2), (None, "sigmoid"), "half squares",
        names.indexed((2, 2)), ("w1_1_2", "w1_2_1", "b1_2"), examples=2,
    ),
    "which-line": Kind(
        "Which line is wrong?", "The units are sigmoids, and E is half of each squared error, "
        "summed. In this solution a mistake is made, wherever there is occasion for it, and what "
        "follows is wrong too. Find a line that is wrong by itself.",
        **_TWO_TWO_TWO, printed=True,
    ),
    "convolution": Kind(
        "A small convolution", "The image x has two rows of three points. A kernel k of two by "
        "two, with one bias, is laid on its left and on its right. Both sums pass through sigmoids "
        "into one sigmoid. E is half of the squared error. Find {asked}.",
        (6, 2, 1), (None, "sigmoid", "sigmoid"), "half squares",
        _window(2, 3, 2), ("w2_1_1", "k11", "k22", "b"),
    ),
}  # fmt: skip


def as_kind(name):
    """Return the Kind of that name; KeyError for an unknown one."""
    if name not in KINDS:
        raise KeyError(unknown(name, KINDS, "kind of problem"))
    return KINDS[name]


def mixed(kinds, seed):
    """Return the kind, of a list of them, of the problem number `seed` of a mixed set."""
    return kinds[Pcg32(seed, MIXED).below(len(kinds))]


# ---- problems ----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Problem:
    """A problem with its worked solution.

    net, x, t, learning_rate: as `trace` takes them; of a batch, x and t are rows. asked: the names
    of the steps that are to be found. solution: the Trace, with the update. wrong: {mistake:
    {step: value}} of the deltas and gradients, for the mistakes that change an answer. Where the
    question is which line is wrong, asked is ("line",), made the mistake, and shown {step: value}
    of the printed solution, without an update.
    """

    kind: str
    seed: int
    net: Network
    x: np.ndarray
    t: np.ndarray
    learning_rate: float
    asked: tuple
    solution: Trace
    wrong: dict
    made: str | None = None
    shown: dict | None = None

    @property
    def question(self):
        """The question, with formulas in LaTeX between dollars."""
        symbols = [f"${self.solution[name].symbol}$" for name in self.asked if name != "line"]
        *before, last = symbols or [""]
        asked = f"{', '.join(before)} and {last}" if before else last
        question = KINDS[self.kind].question.format(asked=asked)
        rate = rf" The learning rate is $\eta = {latex.number(self.learning_rate)}$."
        return question if self.made else question + rate

    @cached_property
    def lines(self):
        """The steps that can be asked, in order: net inputs, outputs, deltas, gradients, updates.

        The others, as slopes and pulls, are what a line is worked out with.
        """
        return tuple(step for step in self.solution if _is_line(step, self.net.names))

    @cached_property
    def right(self):
        """The value of each of `lines`, by name."""
        return {step.name: step.value for step in self.lines}

    def wrong_from(self, given):
        """Return `wrong` as it comes out where some deltas, {step: value}, are given.

        The lines after a given delta go on with it, so a mistake shows in the line where it is made
        too: who has the output deltas right can still put net for out in the hidden ones.
        """
        net, rate = self.net, self.learning_rate
        known = [None, *(_array_of(given, layer, self.x) for layer in net.names.delta[1:])]
        if all(np.isnan(layer).all() for layer in known[1:]):
            return self.wrong
        return {
            mistake: _values(net, *mistakes.backward(net, self.x, self.t, mistake, rate, known))
            for mistake in self.wrong
        }


def _is_line(step, names):
    if step.label == "forward":
        return not step.name.startswith(names.total.name)  # nor the term of an output in it
    if step.label in ("output delta", "hidden delta"):
        return step.name.startswith("delta")
    if step.label == "gradients":
        return step.name in {derivative(names.total, symbol).name for _, symbol in names.weights()}
    return step.label == "update"


def problem(kind, seed):
    """Return the Problem of a kind, of KINDS, and a seed, a whole number from 0 to 2**53 - 1.

    Raises KeyError for an unknown kind, TypeError or ValueError for another seed.
    """
    return _search(kind, seed)[0]


def refused(kind, seed):
    """Return why each draw was refused, of REASONS, that came before the Problem of a seed.

    Raises as `problem` does; chapter "practice".
    """
    return _search(kind, seed)[1]


def _search(kind, seed):
    """Return (problem, the reasons for which the draws before it were refused)."""
    form = as_kind(kind)
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise TypeError(f"a seed is a whole number, and got {seed!r}")
    if not 0 <= seed < 2**53:  # which a browser's numbers hold
        raise ValueError(f"a seed is a whole number from 0 to 2**53 - 1, and got {seed}")
    rng, reasons = Pcg32(seed, list(KINDS).index(kind)), []
    asked = tuple(f"d{form.names.total.name}_d{name}" for name in form.asked)
    while True:
        drawn = _drawn(rng, form)
        reason, wrong = _told_apart(asked, *drawn)
        if reason is None:
            solution = (trace if form.examples == 1 else trace_of_batch)(*drawn)
            if _survives_rounding(solution, asked):
                break
            reason = "rounding"
        reasons.append(reason)
    found = Problem(kind, seed, *drawn, asked, solution, wrong)
    if form.printed:
        made = list(wrong)[rng.below(len(wrong))]
        known = {step.name: step.value for step in found.lines if step.label != "update"}
        found = replace(found, asked=("line",), made=made, shown=known | wrong[made])
    return found, reasons


def _drawn(rng, form):
    """Draw (net, x, t, learning_rate): hundredths, of which a calculator needs few keys."""

    def hundredths(low, high):  # a multiple of five of them
        return 5 * (low // 5 + rng.below((high - low) // 5 + 1))

    def either_sign(low, high):
        number = hundredths(low, high)
        return -number if rng.below(3) == 0 else number

    def array(numbers, *shape):
        return np.array(numbers).reshape(shape) / 100

    def row(symbols, low, drawn):
        for symbol in symbols:
            if symbol not in drawn:  # a weight that several places share is drawn once
                drawn[symbol] = either_sign(low, 95)
        return [drawn[symbol] for symbol in symbols]

    W, b = [None], [None]
    for weights, biases in zip(form.names.w[1:], form.names.b[1:], strict=True):
        drawn = {None: 0}
        W.append(array([row(symbols, 10, drawn) for symbols in weights], len(weights), -1))
        b.append(array(row(biases, 5, {}), -1))
    shape = (form.examples,) if form.examples > 1 else ()
    inputs, outputs = form.sizes[0], form.sizes[-1]
    x = array([either_sign(20, 150) for _ in range(form.examples * inputs)], *shape, inputs)
    if form.loss == "softmax cross-entropy":
        t = np.eye(outputs)[rng.below(outputs)]
    else:
        target = either_sign if form.activations[-1] == "tanh" else hundredths
        t = array([target(5, 95) for _ in range(form.examples * outputs)], *shape, outputs)
    learning_rate = 50 * (1 + rng.below(4)) / 100
    return Network(W, b, list(form.activations), form.loss, form.names), x, t, learning_rate


def _told_apart(asked, net, x, t, learning_rate):
    """Return (None, Problem.wrong), or (reason, None) where the answers do not tell them apart."""
    z, a = forward(net, x)
    for l in range(1, len(z)):
        if net.activations[l] == relu and (abs(z[l]) < KINK + MARGIN).any():
            return "kink", None
    right = _values(net, *backward(net, z, a, t))
    if any(0 < abs(right[name]) < SMALLEST + MARGIN for name in asked):
        return "small", None
    found = {}
    for mistake in mistakes.possible(net):
        try:
            found[mistake] = _values(net, *mistakes.backward(net, x, t, mistake, learning_rate))
        except ValueError:  # it does not run here
            continue
    answers = {None: {name: right[name] for name in asked}}
    for mistake, values in found.items():
        answers[mistake] = {name: values[name] for name in asked}
    shown = [m for m in found if mistakes.distance(answers[m], answers[None]) > SAME]
    for one, other in combinations([None, *shown], 2):
        if mistakes.distance(answers[one], answers[other]) < APART + MARGIN:
            return "alike", None
    return None, {mistake: found[mistake] for mistake in shown}


def _values(net, delta, dW, db):
    """Return {step: value} of deltas and gradients; those of a batch's deltas by their example."""
    symbols, found = net.names, {}
    for l in range(len(delta) - 1, 0, -1):
        for n, row in enumerate(np.atleast_2d(delta[l])):
            for j, symbol in enumerate(symbols.delta[l]):
                found[_of(symbol.name, n, delta[l])] = float(row[j])
    for (l, j, i), symbol in symbols.weights():
        value = db[l][j] if i is None else dW[l][j, i]
        found[derivative(symbols.total, symbol).name] = float(value)
    return found


def _array_of(given, symbols, x):
    """Return the given numbers of these symbols as an array, NaN where there is none."""
    rows = [
        [given.get(_of(symbol.name, n, x), np.nan) for symbol in symbols]
        for n in range(len(np.atleast_2d(x)))
    ]
    return np.array(rows if np.ndim(x) == 2 else rows[0])


def _of(name, n, rows):
    """The name of a quantity of the n-th example, counted from 0."""
    return f"{name}_of_{n + 1}" if np.ndim(rows) == 2 else name


def _survives_rounding(steps, asked):
    """Say whether the asked steps come out with every line rounded to four significant digits."""
    values = {}
    for step in steps:
        exact = latex.evaluate(step.expression, values) if step.expression else step.value
        values[step.name] = four_digits(exact)
    exact = {step.name: step.value for step in steps}
    return all(mistakes.distance({0: values[n]}, {0: exact[n]}) < ROUNDED - MARGIN for n in asked)


_FOUR = Context(prec=4, rounding=ROUND_HALF_UP)


def four_digits(value):
    """Return a number rounded to four significant digits, a half away from 0, as one does by hand.

    The digits are those of the number to twelve, so that 1.2325 is a half wherever it is computed.
    """
    return float(_FOUR.create_decimal(f"{value:.11e}"))
