"""A problem of `practice`: its network with the given numbers, and below it the question."""

from typing import Any

import numpy as np

from ..latex import fmt, number
from .diagram import FORMULA, mathematics, wrapped
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
    lines += wrapped(FORMULA.sub(lambda found: mathematics(found[1]), problem.question), BELOW)
    if problem.shown:
        values = ", ".join(
            mathematics(f"{trace[name].symbol} = {number(value, trace.digits)}")
            for name, value in problem.shown.items()
        )
        lines += wrapped(f"{values}.", BELOW)
    diagram.write_below(lines)
    return diagram.picture(alt)
