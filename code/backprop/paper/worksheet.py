"""Sheets for a class: problems with places to write in, and the key with every line worked out.

`sheet` and `key` make documents of the same problems, `example` one of any network's pass;
`documents.render` writes them.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from .. import draw, latex
from ..draw.diagram import FORMULA, mathematics
from ..mistakes import ALL
from ..names import unknown
from ..network import Network
from ..practice import EVERYTHING, KINDS, PARTS, Problem
from ..practice.marking import wrong_lines
from ..trace import LABELS, Trace, trace, trace_of_batch
from .documents import Document, Section

DIRECTIONS = {"backward": PARTS, "forward": PARTS[::-1]}  # of fading: what is left blank first
UNITS = {  # an activation: what the units are that have it
    "sigmoid": "sigmoids",
    "tanh": "tanh units",
    "relu": "ReLUs",
    "identity": "linear: they pass on their net input",
    "softmax": "a softmax",
}
FILL_IN = "Fill in the empty places, with four significant digits."
WORKED = 40, 46, 20  # the widths of a table's columns, in shares: formula, numbers, result
TO_WORK = 16, 66, 24  # symbol, working, result
PRINTED = 20, 40, 40  # number of the line, symbol, result


def worksheet(problems: Iterable[Problem], fade: int = EVERYTHING, direction: str = "backward"):
    """Return the Document of some problems, of `practice.problem`, to be worked out on paper.

    fade: how many of `practice.PARTS`, of those that a problem has, are left blank, the other lines
    being worked out; one more for all lines, the way forward too. direction: "backward" begins with
    the update, "forward" at the other end. Raises ValueError for another fade, KeyError for another
    direction.
    """
    if direction not in DIRECTIONS:
        raise KeyError(unknown(direction, DIRECTIONS, "direction"))
    if fade not in range(EVERYTHING + 1):
        raise ValueError(f"fade should be from 0 to {EVERYTHING}, and is {fade!r}")
    sections = tuple(
        Section(_title(n, problem), _to_find(problem, _blank(problem, fade, direction)))
        for n, problem in enumerate(problems, start=1)
    )
    return Document("Backpropagation: practice", sections, to_fill=True)


def _blank(problem, fade, direction):
    """Return the labels whose lines are left blank."""
    if fade == EVERYTHING:
        return LABELS[1:]
    return [label for label in DIRECTIONS[direction] if problem.solution.labelled(label)][:fade]


def key(problems: Iterable[Problem]):
    """Return the Document of the same problems with every line worked out, and wrong numbers."""
    sections = tuple(
        Section(_title(n, problem), _found(problem)) for n, problem in enumerate(problems, start=1)
    )
    return Document("Backpropagation: key", sections)


def example(net: Network, x: ArrayLike, t: ArrayLike, learning_rate: float | None = None):
    """Return the Document of one pass, with every number, of one example or of a batch.

    A network that is too large for a drawing has none. Raises as `trace` does.
    """
    steps = (trace if np.ndim(x) == 1 else trace_of_batch)(net, x, t, learning_rate)
    given = ", ".join(f"${s.symbol} = {latex.number(s.value)}$" for s in steps.labelled("given"))
    try:
        pictures = [draw.network(steps)]
    except ValueError:
        pictures = []
    tables = [_worked(steps, label) for label in LABELS[1:] if steps.labelled(label)]
    parts = (_units(net), f"Given: {given}.", *pictures, *tables)
    sizes = "-".join(map(str, net.sizes))
    return Document("Backpropagation: every number", (Section(f"A {sizes} network", parts),))


# ---- what a problem says -------------------------------------------------------------------------


def _title(n, problem):
    return f"{n}. {KINDS[problem.kind].title} ({problem.kind}, seed {problem.seed})"


def question(problem: Problem):
    """Return the question as paragraphs, with a batch's numbers, which are not drawn; formulas
    stand between dollars."""
    asked = FORMULA.sub(lambda found: mathematics(found[1]), problem.question)
    if np.ndim(problem.x) == 1:
        return [asked]
    names = problem.net.names
    symbols = [symbol.latex for symbol in (*names.out[0], *names.t)]
    said = [asked]
    for n, numbers in enumerate(np.hstack([problem.x, problem.t]), start=1):
        pairs = zip(symbols, map(latex.number, numbers), strict=True)
        given = ", ".join(f"${symbol} = {value}$" for symbol, value in pairs)
        said.append(f"Example [{n}] has {given}.")  # with [1]: in front it would define a link
    return said


def _to_find(problem, blank):
    """Return the parts of a problem's section in a sheet, with the labels of `blank` left empty."""
    if problem.made:
        return (*question(problem), draw.network(problem.solution, "given"), _printed(problem))
    steps = _needed(problem)
    empty = [step for step in problem.lines if step.name in steps and step.label in blank]
    hidden = {step.name for step in steps if step.label in blank}
    for step in steps:  # a bias's gradient is a delta once more
        if step.expression in hidden:
            hidden.add(step.name)
    tables = [
        _to_write([step for step in empty if step.label == label], label)
        if label in blank
        else _worked(steps, label, hidden)
        for label in LABELS[1:]
        if steps.labelled(label)
    ]
    asked = [*question(problem), *([FILL_IN] if empty else [])]
    empty += [step for step in problem.lines if step.name in hidden and step not in empty]
    known = [step for step in steps if step.name not in hidden]  # slopes and pulls tell too much
    drawing = draw.network(
        Trace([*known, *empty], steps.names), blank=[step.name for step in empty]
    )
    return (*asked, drawing, *tables)


def _found(problem):
    """Return the parts of a problem's section in the key."""
    steps = _needed(problem)
    tables = [_worked(steps, label) for label in LABELS[1:] if steps.labelled(label)]
    solution = [draw.network(steps), *tables]
    if problem.made:
        return (*question(problem), wrong_line(problem), *solution)
    return (*question(problem), *solution, _if_you_got(problem))


def _needed(problem):
    """Return the Trace of the given numbers and of all that the asked gradients need, the updates
    by them included."""
    steps = problem.solution
    if problem.made:  # every printed line is asked about
        wanted = list(problem.shown)
    else:
        updates = [
            step.name for step in steps.labelled("update") if step.inputs[-1] in problem.asked
        ]
        wanted = [*problem.asked, *updates]
    needed = set()
    while wanted:
        name = wanted.pop()
        if name not in needed:
            needed.add(name)
            wanted += steps[name].inputs
    return Trace([s for s in steps if s.label == "given" or s.name in needed], steps.names)


def _units(net):
    """Return what the units are, and what the loss is."""
    kinds = [UNITS[activation.name] for activation in net.activations[1:]]
    if len(set(kinds)) == 1:
        units = f"All units are {kinds[0]}."
    else:
        units = f"The units of layer 1 are {kinds[0]}"
        units += "".join(f", those of layer {l} {kind}" for l, kind in enumerate(kinds[1:], 2))
        units += "."
    names = net.names
    a, t, error = names.out[-1][0], names.t[0], names.error[0]
    symbols = {a.name: a.latex, t.name: t.latex}
    term = net.loss.term.format(a=a.name, t=t.name, n=len(names.t))
    term = latex.formula(term, symbols)
    if len(names.t) == 1:
        return f"{units} The loss is $E = {term}$."
    total = " + ".join(symbol.latex for symbol in names.error)
    return f"{units} The loss is $E = {total}$, where ${error.latex} = {term}$, and so on."


# ---- lines ---------------------------------------------------------------------------------------


def _worked(steps, label, hidden=()):
    """Return the worked lines of a label: formula, the same with numbers, result.

    hidden: names of steps whose numbers are not told; their own lines are left to be filled in.
    """
    symbols = {step.name: step.symbol for step in steps}
    values = {step.name: step.value for step in steps if step.name not in hidden}

    def formula(step):
        if label == "update":  # its one derivative fits on the line
            return mathematics(f"{step.symbol} = {step.formula}")
        return _in_pieces(f"{mathematics(step.symbol)[1:-1]} = {step.formula}")

    def numbers(step):
        return _in_pieces(latex.substituted(step.expression, values, steps.digits, symbols))

    rows = [
        [formula(step), "", ""]
        if step.name in hidden
        else [formula(step), numbers(step), latex.result(step.value, steps.digits)]
        for step in steps.labelled(label)
    ]
    return _table([label, "with numbers", "result"], rows, WORKED)


MOST_TERMS = 3  # of a sum that fits on a line


def _in_pieces(formula):
    """Return a formula between dollars; a long sum in pieces, between which a line can end."""
    first, *terms = pieces = formula.split(" + ")
    is_sum = all(piece.count("{") == piece.count("}") for piece in pieces)  # and not one in a term
    if len(pieces) <= MOST_TERMS or not is_sum:
        return f"${formula}$"
    return " ".join([f"${first}$", *(f"${{}} + {term}$" for term in terms)])


def _to_write(lines, label):
    """Return lines of a label to be worked out by hand."""
    rows = [[f"{mathematics(step.symbol)} $=$", "", ""] for step in lines]
    return _table([label, "working", "result"], rows, TO_WORK)


def _printed(problem):
    """Return the numbered lines of a solution that has a mistake in it."""
    rows = [
        [str(n), f"{mathematics(problem.solution[name].symbol)}", _rounded(problem, value)]
        for n, (name, value) in enumerate(problem.shown.items(), start=1)
    ]
    return _table(["line", "gives", "result"], rows, PRINTED)


def _rounded(problem, value):
    return latex.fmt(value, problem.solution.digits)


# ---- what went wrong -----------------------------------------------------------------------------


def wrong_line(problem: Problem):
    """Return the answer to the question which line is wrong, as a paragraph."""
    lines = list(problem.shown)
    named = [
        f"{lines.index(name) + 1} ({mathematics(problem.solution[name].symbol)})"
        for name in wrong_lines(problem)
    ]
    which = f"Line {named[0]} is" if len(named) == 1 else f"Lines {', '.join(named)} are"
    mistake = ALL[problem.made]
    return f"{which} wrong: the writer {mistake.what}. {mistake.explanation}"


def _if_you_got(problem):
    """Return the wrong answers that well-known mistakes lead to, a row for each mistake."""

    def shown(values, name):
        text = _rounded(problem, values[name])
        return "right" if text == _rounded(problem, problem.right[name]) else text

    rows = [
        [ALL[mistake].what, *(shown(values, name) for name in problem.asked)]
        for mistake, values in problem.wrong.items()
    ]
    head = [
        "If you have this, you …",
        *(mathematics(problem.solution[name].symbol) for name in problem.asked),
    ]
    widths = [60, *[15] * len(problem.asked)]
    return _table(head, rows, widths)


def _table(head, rows, widths):
    """Return a table in Markdown; widths: shares of its columns."""
    rule = [f":{'-' * width}" for width in widths]
    lines = [f"| {' | '.join(row)} |" for row in [head, rule, *rows]]
    return "\n".join(lines)
