"""The examination of a backward pass, and the report on it."""

import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .calls import CONVENTIONS, OTHER_DEPTH, caller, fits, run_all
from .hypotheses import Hypothesis, explaining
from .ladder import Case, are_near, arrays, ladder
from .lines import first_wrong, shown

NEAR = 1e-7  # of the largest entry of an array: nearer gradients are the same but for rounding
NEAR_IN_SINGLE_PRECISION = 1e-4
RIGHT = Hypothesis()
WIDTH = 64  # of a report, in letters: that of a page of the book


@dataclass(frozen=True)
class Report:
    """What `examine` found; as text, what to read.

    kind: "right", "mistake", "unknown" (wrong, and no mistake that we know) or "refused" (the
    function ran on none of the networks); said: sentences; found: the Hypotheses that explain every
    number, more than one where these networks cannot tell them apart; case: the smallest network on
    which it shows, with `yours` and `right`, {name: array}; besides: what else is wrong, such as
    an input that was changed; untested: what was not examined, and why.
    """

    kind: str
    said: str
    found: tuple = ()
    case: Case | None = None
    yours: Mapping | None = None
    right: Mapping | None = None
    besides: tuple = ()
    untested: tuple = ()

    @property
    def is_right(self):
        return self.kind == "right" and not self.besides

    def __str__(self):
        parts = [_wrapped(sentences) for sentences in (self.said, *self.besides)]
        if self.yours:
            parts.append(_wrapped(f"The smallest network on which it shows is {self.case.name}:"))
            for name, ours in self.right.items():
                parts += [_rows(f"your {name}", self.yours[name]), _rows(f"right {name}", ours)]
        parts += [_wrapped(f"Not tested: {what}.") for what in self.untested]
        return "\n".join(parts)


def _wrapped(sentences):
    return textwrap.fill(sentences, WIDTH, break_long_words=False, break_on_hyphens=False)


def _rows(what, array):
    """Return an array with its name before it, a row of the array to a line."""
    first = f"  {what:12}"
    return "\n".join(
        f"{' ' * len(first) if n else first}{shown(row)}"
        for n, row in enumerate(np.atleast_2d(array))
    )


def examine(backward: Callable, activations: str = "sigmoid", loss: str = "half squares"):
    """Return the Report on a backward pass.

    backward: a function that returns the gradients (dW, db), two lists from layer 1 on, or a dict
    of dW1, db1, …; its parameters are (W, b, x, t), lists of arrays (units, inputs) and (units,)
    and one example, or a batch with an example to a row, by these or other usual names, in any
    order; or x, t, W1, b1, W2, b2 for a network of two layers. Weights with a row to an input are
    recognised. For a batch, E is the mean over the examples. activations, loss: what the function
    is written for, as in `ladder`. Nothing that the function does to its arguments is felt outside.

    Raises TypeError for a function with other parameters, and KeyError or ValueError for
    activations and a loss that are unknown or do not go together. What the function raises itself
    is in the report.
    """
    cases = ladder(activations, loss)
    call = caller(backward)
    runs = [run_all(call, cases, convention) for convention in CONVENTIONS]
    run = max(runs, key=lambda run: sum(map(fits, run.results)))  # the first of several
    of_one = [(case, found) for case, found in run.results if case.x.ndim < 2]
    batches = [(case, found) for case, found in run.results if case.x.ndim == 2]
    if any(map(fits, of_one)) and not all(map(fits, batches)):
        untested = ["a batch, since the function returns other shapes for it"]
        results = of_one
    else:
        untested, results = [], run.results
    untested += [f"{case.name}, since {why}" for case, why in run.refused]
    untested += [
        f"other activations than {activations}, other losses than {loss}",
        "networks of more than three layers, and large ones",
    ]
    besides = list(run.besides)
    for case, why in run.refused:
        if case.x.ndim < 2 and why != OTHER_DEPTH:
            besides.append(f"It fails on {case.name}: {why}.")
            break
    kept = {"besides": tuple(besides), "untested": tuple(untested)}
    if not results:
        return Report("refused", "The function ran on none of the networks.", **kept)
    for case, found in results:
        for name, theirs, ours in zip(
            _names(case), arrays(found), arrays((case.dW, case.db)), strict=True
        ):
            if theirs.shape != ours.shape:
                return _of_shapes(case, name, theirs.shape, ours.shape, kept)
    return _diagnosis(results, kept)


def _of_shapes(case, name, theirs, ours, kept):
    said = f"Wrong: {name} has shape {theirs}, and its parameter {ours}, on {case.name}."
    if len(theirs) == 2 and theirs == ours[::-1]:
        turned = Hypothesis(("outer product turned",))
        said = " ".join([said, f"So {turned}.", *turned.explanations])
        return Report("mistake", said, (turned,), case, **kept)
    return Report("unknown", said, case=case, **kept)


def _names(case):
    return [name for l in range(1, len(case.net.sizes)) for name in (f"dW{l}", f"db{l}")]


def _diagnosis(results, kept):
    for near in (NEAR, NEAR_IN_SINGLE_PRECISION):
        found = explaining(results, near)
        if found == [RIGHT]:
            digits = "" if near == NEAR else ", to the digits of single precision"
            said = f"Right: on all {len(results)} networks the gradients are those of E{digits}."
            return Report("right", said, tuple(found), **kept)
        if found:
            return _report("mistake", _said(found), found, results, near, kept)
    said = "Wrong, and no mistake that we know gives all of these numbers."
    if line := first_wrong(results, NEAR):
        case, sentence = line
        said += f" The first line that is wrong by itself, on {case.name}: {sentence}"
    return _report("unknown", said, (), results, NEAR, kept)


def _said(found):
    if len(found) > 1:
        return f"Wrong. Each of these gives all of its numbers: {'; '.join(map(str, found))}."
    return " ".join([f"Wrong: {found[0]}.", *found[0].explanations])


def _report(kind, said, found, results, near, kept):
    """Return the Report with the wrong arrays of the smallest network that has any."""
    for case, gradients in results:
        named = zip(_names(case), arrays(gradients), arrays((case.dW, case.db)), strict=True)
        wrong = [(name, p, q) for name, p, q in named if not are_near(p, q, near)]
        if wrong:
            yours, right = {n: p for n, p, _ in wrong}, {n: q for n, _, q in wrong}
            return Report(kind, said, tuple(found), case, yours, right, **kept)
    raise AssertionError("what is not right differs somewhere")


def check(backward: Callable, activations: str = "sigmoid", loss: str = "half squares"):
    """Raise AssertionError with the report unless `examine` finds the backward pass right.

    For a test: `def test_gradients(): doctor.check(my_backward)`. Raises as `examine` does.
    """
    report = examine(backward, activations, loss)
    if not report.is_right:
        raise AssertionError(str(report))
