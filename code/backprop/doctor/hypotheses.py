"""What a backward pass may have done: a mistake, in all layers or in some, a factor, two mistakes.

Mistakes are those of `mistakes`, and PROGRAMS: further ones that programs make. As there, each is
the right backward pass with a line replaced.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from ..mistakes import MISTAKES, RIGHT, Lines, by_lines
from ..network import forward
from .ladder import Case, are_near, arrays

TINY = 1e-7  # an η below it is none: the gradients are right

# ---- mistakes that programs make, besides those of `mistakes` ----------------------------------


@dataclass(frozen=True)
class ProgramMistake:
    """A mistake of programs: `what` was done, a clause about you; what is right; and the lines."""

    what: str
    explanation: str
    lines: Lines


def _of_program(what, explanation, **lines):
    return ProgramMistake(what, explanation, replace(RIGHT, **lines))


def _same_for_all(g, like):
    return np.broadcast_to(g.sum(axis=-1, keepdims=True), like)


def _slope_twice(f, g, z, a):
    return f.back(f.back(g, z, a), z, a)


def _one_minus_out(f, g, z, a):
    return g * (1 - a)


def _slope_of_a_sigmoid(f, g, z, a):
    return g * a * (1 - a)


def _no_miss(f, g, z, a):
    return f.back(np.ones_like(g), z, a)


PROGRAMS = {
    "slope twice": _of_program(
        "multiplied by the slope of the activation twice on the way into a hidden unit",
        "Each unit's slope enters once, where its ∂E/∂a becomes its delta.",
        hidden=_slope_twice,
    ),
    "one factor of the slope": _of_program(
        "took 1 − a for the slope of the sigmoid",
        "The slope is a (1 − a).",
        output=_one_minus_out, hidden=_one_minus_out,
    ),
    "slope beside cross-entropy": _of_program(
        "multiplied by the slope of the outputs although the cross-entropy has cancelled it",
        "With its own activation a cross-entropy has the delta a − t, the slope already in it.",
        paired=lambda loss, f, z, a, t: (a - t) * a * (1 - a),
    ),
    "diagonal of the softmax": _of_program(
        "took a (1 − a) for the whole slope of a softmax",
        "Each output of a softmax depends on every net input: its slopes are a matrix.",
        output=_slope_of_a_sigmoid,
    ),
    "slope of a sigmoid": _of_program(
        "took the slope of a sigmoid, a (1 − a), for that of another activation",
        "A ReLU has the slope 1 or 0, and tanh 1 − a².",
        hidden=_slope_of_a_sigmoid,
    ),
    "no miss": _of_program(
        "began with the slope of the outputs and left out how far they are from the targets",
        "The delta of an output is ∂E/∂a times the slope.",
        output=_no_miss, paired=lambda loss, f, z, a, t: a * (1 - a),
    ),
    "weights left out": _of_program(
        "added the deltas of the next layer without their weights",
        "Each delta comes back through the weight through which the output went.",
        carried=lambda delta, W, dW, rate: _same_for_all(delta, (*delta.shape[:-1], W.shape[1])),
    ),
    "no pull": _of_program(
        "took the slope of a hidden unit for its delta, with nothing from the layer after it",
        "A hidden delta is what comes back from the next layer, times the slope.",
        carried=lambda delta, W, dW, rate: np.ones((*delta.shape[:-1], W.shape[1])),
    ),
    "bias of the layer": _of_program(
        "added up the deltas of all units of a layer for each of its biases",
        "The gradient of a bias is the delta of its own unit.",
        bias=lambda delta, a: _same_for_all(delta, delta.shape),
    ),
    "bias times all inputs": _of_program(
        "multiplied the gradient of a bias by the sum of the unit's inputs",
        "A bias is multiplied by 1, so its gradient is the delta alone.",
        bias=lambda delta, a: delta * a.sum(axis=-1, keepdims=True),
    ),
}  # fmt: skip


# ---- hypotheses --------------------------------------------------------------------------------

ROLES = {  # in which layers of 1, …, L a mistake is made
    "": lambda L: range(1, L + 1),
    " (in the output layer only)": lambda L: [L],
    " (in the hidden layers only)": lambda L: range(1, L),
    " (in the first layer only)": lambda L: [1] if L > 1 else [],
}
FACTORS = {  # of a case, and how it is said
    "": lambda case: 1.0,
    "times −1": lambda case: -1.0,
    "times 2": lambda case: 2.0,
    "times ½": lambda case: 0.5,
    "times −2": lambda case: -2.0,
    "times the number of outputs": lambda case: float(case.net.sizes[-1]),
    "divided by the number of outputs": lambda case: 1 / case.net.sizes[-1],
    "summed over the examples, and not their mean": lambda case: float(_examples(case)),
    "divided by the number of examples twice": lambda case: 1 / _examples(case),
}
CONSTANT, NEW = "times a constant", "new weights"  # in the place of gradients
EXAMPLES = {"first example only": slice(0, 1), "last example only": slice(-1, None)}
OF_EXAMPLES = "took the gradients of the {} example of a batch, and not their mean over all"


def _examples(case):
    return len(case.x) if case.x.ndim == 2 else 1


@dataclass(frozen=True)
class Hypothesis:
    """What a function may have done.

    mistakes: names, of `mistakes.MISTAKES`, PROGRAMS or EXAMPLES; where: in which layers, a key of
    ROLES; factor: one of FACTORS, CONSTANT or NEW; times: that constant; rate: the learning rate in
    updated or in new weights.
    """

    mistakes: tuple = ()
    where: str = ""
    factor: str = ""
    times: float = 1.0
    rate: float | None = None

    def gradients(self, case: Case):
        """Return (dW, db) as they come out of it; raises ValueError where it does not run."""
        dW, db = self._before_the_factor(case)
        if self.factor == NEW:
            W, b = case.net.W, case.net.b
            return _each(W, dW, self._step), _each(b, db, self._step)
        times = self.times if self.factor == CONSTANT else FACTORS[self.factor](case)
        return tuple(_each(list_, list_, lambda _, g: times * g) for list_ in (dW, db))

    def _step(self, old, gradient):
        return old - self.rate * gradient

    def _before_the_factor(self, case):
        if not self.mistakes:
            return case.dW, case.db
        if self.mistakes[0] in EXAMPLES:
            if case.x.ndim < 2:
                return case.dW, case.db
            chosen = EXAMPLES[self.mistakes[0]]
            return by_lines(case.net, case.x[chosen], case.t[chosen], RIGHT)[1:]
        layers = ROLES[self.where](len(case.net.sizes) - 1)
        lines = dict.fromkeys(layers, _lines(self.mistakes))
        return by_lines(case.net, case.x, case.t, lines, self.rate)[1:]

    def __str__(self):
        """What it says of the function, as a clause: it …, and …"""
        parts = [f"it {_of_it(name)}{self.where}" for name in self.mistakes]
        if "updated weights" in self.mistakes:
            parts.append(f"the learning rate in it is {self.rate:.6g}")
        come_out = "come out" if self.mistakes else "are the right ones"
        if self.factor == CONSTANT:
            times = f"times {self.times:.6g}: a learning rate may be in them"
            parts.append(f"all gradients {come_out} {times}")
        elif self.factor == NEW:
            parts.append(
                "it returns new weights in the place of gradients, made with the learning rate "
                f"{self.rate:.6g}"
            )
        elif self.factor.startswith(("summed", "divided")):
            parts.append(f"all gradients are {self.factor}")
        elif self.factor:
            parts.append(f"all gradients {come_out} {self.factor}")
        return ", and ".join(parts)

    @property
    def explanations(self):
        """What is right there, a text for each mistake."""
        return [known(name).explanation for name in self.mistakes if name not in EXAMPLES]


def _each(one, other, of):
    return [None, *(of(p, q) for p, q in zip(one[1:], other[1:], strict=True))]


def known(name: str):
    """Return the mistake of that name; KeyError for another."""
    return MISTAKES[name] if name in MISTAKES else PROGRAMS[name]


def _of_it(name):
    """Return what was done, a clause about you, as one about the function."""
    what = OF_EXAMPLES.format(name.split()[0]) if name in EXAMPLES else known(name).what
    return re.sub(r"\byour\b", "its", re.sub(r"\byou\b", "it", what))


def _changed(name):
    """Return {field: line} of the lines that a mistake replaces."""
    lines = vars(known(name).lines)
    return {field: line for field, line in lines.items() if line is not getattr(RIGHT, field)}


def _lines(names):
    changed = {}
    for name in names:
        changed |= _changed(name)
    return replace(RIGHT, **changed)


# ---- the search ----------------------------------------------------------------------------------


def explaining(results: Sequence, near: float):
    """Return the simplest Hypotheses that explain every number, a list; of none, an empty one.

    results: pairs (Case, gradients), as a function returned them; near: by what share of the
    largest entry of an array two gradients may differ. Several that are equally simple cannot be
    told apart by these results.
    """
    for level in _levels(results):
        if found := [h for h in level if _explains(h, results, near)]:
            return found
    return []


def _levels(results):
    """Yield lists of hypotheses, the simplest first."""
    names = [*MISTAKES, *PROGRAMS]
    if (rate := _rate_of_updated_weights(results)) is None:
        names.remove("updated weights")
    one = [Hypothesis((name,), rate=rate) for name in names]
    somewhere = [replace(h, where=where) for h in one for where in ROLES if where]
    factors = [factor for factor in FACTORS if factor]
    yield [Hypothesis()]
    yield [*one, *(Hypothesis((name,)) for name in EXAMPLES)]
    yield [Hypothesis(factor=factor) for factor in factors]
    yield [_scaled(Hypothesis(), results), Hypothesis(factor=NEW, rate=_rate_of_new(results))]
    yield somewhere
    yield [replace(h, factor=factor) for h in one for factor in factors]
    yield [_scaled(h, results) for h in one]
    yield [
        Hypothesis(pair, rate=rate)
        for pair in combinations(names, 2)
        if not _changed(pair[0]).keys() & _changed(pair[1]).keys()
    ]
    yield [replace(h, factor=factor) for h in somewhere for factor in factors]
    yield [_scaled(h, results) for h in somewhere]


def _scaled(hypothesis, results):
    """Return the hypothesis times the constant by which its first gradient is the one found."""
    (case, found), *_ = results
    try:
        expected = arrays(hypothesis.gradients(case))[0]
    except ValueError:  # it does not run, and explains nothing anyway
        return hypothesis
    theirs = arrays(found)[0]
    at = np.abs(expected).argmax()
    if expected.shape != theirs.shape or not expected.flat[at]:
        return hypothesis
    times = float(theirs.flat[at] / expected.flat[at])
    return replace(hypothesis, factor=CONSTANT, times=times)


def _explains(hypothesis, results, near):
    for case, found in results:
        try:
            expected = hypothesis.gradients(case)
        except ValueError:  # it does not run here, and the function did
            return False
        for ours, theirs in zip(arrays(expected), arrays(found), strict=True):
            if ours.shape != theirs.shape or not are_near(theirs, ours, near):
                return False
    return True


def _rate_of_updated_weights(results):
    """Return the η at which deltas through updated weights come out as they were found, if any.

    The hidden delta is f′ ⊙ (W − η ∂E/∂W)ᵀ δ, so the gap to the right one is η f′ ⊙ (∂E/∂W)ᵀ δ.
    The deltas of the outputs tell a constant by which all of them are multiplied.
    """
    for case, (_, db) in results:
        L = len(case.net.sizes) - 1
        if L < 2 or case.x.ndim == 2:
            continue
        l = L - 1
        z, a = forward(case.net, case.x)
        per_rate = case.net.activations[l].back(case.db[L] @ case.dW[L], z[l], a[l])
        k = np.abs(case.db[L]).argmax()
        times = db[L][k] / case.db[L][k]
        if not times:
            continue
        gap = case.db[l] - db[l] / times
        at = np.abs(per_rate).argmax()
        if per_rate[at] and abs(rate := float(gap[at] / per_rate[at])) > TINY:
            return rate
    return None


def _rate_of_new(results):
    """Return the η that makes a new weight of the first gradient."""
    case, (dW, _) = results[0]
    return float((case.net.W[1].flat[0] - dW[1].flat[0]) / case.dW[1].flat[0])
