"""Problems without end: friendly numbers, the worked solution, and what mistakes make of it.

A problem is its kind and its seed. The given numbers are whole hundredths, drawn by `pcg`; a draw
is refused, and the next one taken, until

- any two answers that a mistake, or none, leads to differ somewhere by more than APART,
- whoever rounds every line to four significant digits ends within ROUNDED of the answers,
- no answer is smaller than SMALLEST, unless it is 0, and no ReLU stands at its kink,

each by a MARGIN, so that a last digit decides nothing: on every machine and in the browser, whose
core/problems.js is the twin of this module, one seed is one problem. `marking` marks answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context
from functools import cached_property
from itertools import combinations

import numpy as np

from .. import latex, mistakes
from ..functions import LOSSES, relu
from ..names import derivative
from ..network import Network, backward, forward
from ..tables import TABLES
from ..trace import Trace, trace, trace_of_batch
from .kinds import KINDS, as_kind
from .pcg import STREAMS, Pcg32

TABLE = TABLES["problems"]
APART = TABLE["APART"]  # as a share: two answers, each marked at a hundredth, are never both right
ROUNDED = TABLE["ROUNDED"]  # as a share: half of what an answer may be off
SMALLEST = TABLE["SMALLEST"]  # of an answer: four decimals show a smaller one with too few digits
KINK = TABLE["KINK"]  # of a ReLU's net input: nearer to 0, rounding could turn it
MARGIN = TABLE["MARGIN"]  # between a draw and each of these limits
SAME = mistakes.COINCIDES

PARTS = tuple(TABLE["PARTS"])  # in the order they become blank
EVERYTHING = len(PARTS) + 1  # is blank, the way forward too
REASONS = (  # why a draw is refused, in the order in which it is asked
    "kink",  # a ReLU stands at its own
    "small",  # an answer is
    "alike",  # the answers of two mistakes, or of one and of none, are
    "rounding",  # four digits on the way are too few
)


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

    def wrong_from(self, given: Mapping[str, float]):
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


def problem(kind: str, seed: int):
    """Return the Problem of a kind, of KINDS, and a seed, a whole number from 0 to 2**53 - 1.

    Raises KeyError for an unknown kind, TypeError or ValueError for another seed.
    """
    return _search(kind, seed)[0]


def refused(kind: str, seed: int):
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
    rng, reasons = Pcg32(seed, STREAMS[kind]), []
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
    if LOSSES[form.loss].targets == "distribution":
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


def four_digits(value: float):
    """Return a number rounded to four significant digits, a half away from 0, as one does by hand.

    The digits are those of the number to twelve, so that 1.2325 is a half wherever it is computed.
    """
    return float(_FOUR.create_decimal(f"{value:.11e}"))
