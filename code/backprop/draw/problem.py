"""A problem of `practice`: its network with the given numbers, and below it the question."""

import re
from typing import Any

import numpy as np

from ..latex import fmt, number
from .canvas import width_of
from .diagram import FORMULA, mathematics
from .network import drawn_network

BELOW = 560  # pixels: the width of the text below a network


def problem(problem: Any):  # nothing of `practice` is imported here
    """Draw a `practice.Problem`: its network with the given numbers, and below it the question."""
    trace, lines = problem.solution, []
    diagram, alt = drawn_network(trace, "given", trace.digits)
    if np.ndim(problem.x) == 2:  # a batch's inputs and targets stand at no unit
        for n, (x, t) in enumerate(zip(problem.x, problem.t, strict=True), 1):
            wanted = ", ".join(fmt(value) for value in t)
            lines.append(f"[{n}]: in {', '.join(fmt(value) for value in x)}; wanted {wanted}")
    lines += _wrapped(FORMULA.sub(lambda found: mathematics(found[1]), problem.question), BELOW)
    if problem.shown:
        values = ", ".join(
            mathematics(f"{trace[name].symbol} = {number(value, trace.digits)}")
            for name, value in problem.shown.items()
        )
        lines += _wrapped(f"{values}.", BELOW)
    diagram.write_below(lines)
    return diagram.picture(alt)


def _wrapped(text, width):
    """Return text in lines of at most `width` pixels; no formula is broken."""
    lines = [""]
    for word in re.findall(r"(?:\$[^$]+\$|\S)+", text):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
