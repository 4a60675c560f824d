"""What a chapter calls to show a trace: the only module that knows of notebooks.

What is shown is Markdown, so that it reads on the site, in Jupyter and on GitHub; `lines` says how
a worked line is written, and where the numbers in the prose lead.
"""

import ast
import contextlib
import html
import linecache
import math
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import latex, mistakes, origins
from .data import sources
from .formulas import FOUR_EQUATIONS, NOTATIONS
from .lines import Mark, WorkedLine, in_markdown
from .network import Network
from .trace import LABELS, PARTS, Trace
from .where import on_a_page

NUMBER = re.compile(r"[−–\d]")  # how the text of a number begins; – is one that is not there
NUMBERS = float, int, np.number, np.ndarray  # what a chapter computes a step as
GIVES = {  # what each of the four equations gives
    "BP1": "output deltas",
    "BP2": "hidden deltas",
    "BP3": "bias gradients",
    "BP4": "weight gradients",
}
MARKS = {  # of a figure that a source prints: its mark, and why its last digit is not ours
    "rounds": ("✓", ""),
    "cut": ("(✓)", "cut"),
    "from printed": ("(✓)", "from its own digits"),
}
KIND = dict(zip(LABELS, ("given", "forward", "delta", "delta", "gradient", "update"), strict=True))
KIND |= dict.fromkeys(PARTS, "slope")


class Markdown:
    """Text that a notebook shows as Markdown, and a terminal as it is.

    trace: what the text is taken from; a page of the book hands its steps on to the site.
    """

    def __init__(self, text: str, trace: Trace | None = None):
        self.text, self.trace = text, trace

    def _repr_mimebundle_(self, **_):
        data = {"text/markdown": self.text, "text/plain": self.text}
        if self.trace is None or not on_a_page():
            return data
        return data, {"book_trace": list(map(self._told, self.trace))}

    def _told(self, step):
        """Return a step with its number as shown, and what tells it and its inputs from others."""
        identities = self.trace.identities
        return {
            **asdict(step),
            "shown": self.trace.shown(step.name),
            "trace": identities[step.name],
            "inputs": {name: identities[name] for name in step.inputs},
        }


def setup():
    """Show floats with twelve digits in the output of cells. Does nothing outside a notebook."""
    try:
        formatters = get_ipython().display_formatter.formatters
    except NameError:
        return
    np.set_printoptions(precision=12)
    for kind in (float, np.float64):
        formatters["text/plain"].for_type(kind, lambda v, page, _: page.text(f"{v:.12g}"))


def share(trace: Trace | None = None, **values: str | float):
    """Hand values to the prose, where {val}`name` and {num}`name` show them, as `texts` has them.

    With each goes where it comes from: a worked line, and lines of code with the numbers of their
    cells. Does nothing in a notebook outside the book's build. Raises as `texts` does.
    """
    shared = texts(trace, **values)
    if not on_a_page():
        return
    from IPython.display import display

    found = _origins(sys._getframe(1), {name: shared[name] for name in values})
    if trace is not None:
        of_steps = {s.name: origins.Origin(step=(trace, s.name, trace.digits)) for s in trace}
        found = of_steps | found
    for name, text in shared.items():
        told = {"name": name, "text": text, "origin": None}
        if found.get(name):
            step, arithmetic, code = found[name].step, found[name].arithmetic, found[name].code
            told["origin"] = {
                "line": step and asdict(_line(*step)),
                "arithmetic": arithmetic and asdict(arithmetic),
                "code": code,
            }
        display({"text/plain": text}, raw=True, metadata={"book_value": told})


def _origins(frame, shown):
    """Return {name: origin} of the texts that the call of `share` in a frame hands over."""
    call = _call_at(frame)
    names = {**frame.f_globals, **frame.f_locals}
    cells = [cell for cell in names.get("In", ()) if cell.strip()] or [_source(frame)]
    return {
        given.arg: origins.origin(given.value, shown[given.arg], names, cells)
        for given in call.keywords
        if given.arg
    }


def texts(trace: Trace | None = None, **values: str | float):
    """Return {name: text} of what `share` hands to the prose.

    All steps of a trace, rounded as it rounds; floats as `latex.fmt` shows them with nine decimals,
    whole numbers with separators, text as it is. Raises ValueError where a value has the name of a
    step and does not read as that step does.
    """
    shown = {step.name: trace.shown(step.name) for step in trace} if trace is not None else {}
    for name, value in values.items():
        if isinstance(value, str):
            text = value
        else:
            text = f"{value:,}" if isinstance(value, int) else latex.fmt(value)
        if shown.setdefault(name, text) != text:
            raise ValueError(f"{name} is shared twice, as {shown[name]} by its step and as {text}")
    return shown


def worked(trace: Trace, *names: str, ledger: Sequence[sources.Entry] = (), ask: str | None = None):
    """Return worked lines: label, formula, formula with numbers, result, and what a source prints.

    names: steps of the trace. ledger: entries of `sources.ledger`, shown at the steps that they
    belong to. ask: a question; the lines then stay folded until the reader opens them.
    """
    text = in_markdown(_line(trace, name, trace.digits, ledger) for name in names)
    return Markdown(_folded(ask, text) if ask else text, trace)


def lines(rows: Iterable[tuple[str, str, str, str]]):
    """Return worked lines that are no steps of a trace: (label, formula, numbers, result) of each.

    formula, numbers: LaTeX. A phone stacks these lines as it does those of `worked`.
    """
    return Markdown(
        in_markdown(
            WorkedLine(label, formula, (numbers,), result)
            for label, formula, numbers, result in rows
        )
    )


def in_arrays(
    left: str, formula: str, numbers: Iterable[str | ArrayLike], result: ArrayLike, digits: int = 6
):
    """Return an equation between arrays in three lines: its formula, the numbers in it, its result.

    left, formula: LaTeX. numbers: the formula's arrays, and the LaTeX between them. Each array has
    its shape below.
    """

    def shown(piece):
        return piece if isinstance(piece, str) else latex.array(piece, digits)

    lines = [formula, " ".join(map(shown, numbers)), shown(result)]
    ends = r" \\[8pt]" + "\n"
    text = ends.join(f"{left if n == 0 else ''} &= {line}" for n, line in enumerate(lines))
    return Markdown(f"$$\n\\begin{{aligned}}\n{text}\n\\end{{aligned}}\n$$")


def equations():
    """Return the forward pass and the four equations as a table, for one example and for a batch.

    Below each array is its shape; s_l units are in layer l, m examples in the batch.
    """
    indexed = NOTATIONS["indexed"]

    def line(name, gives, *formulas):
        one = [indexed.latex_of_layers(formula, shapes=True) for formula in formulas]
        many = [indexed.latex_of_a_batch(formula) for formula in formulas]
        cells = ("<br>".join(f"$\\displaystyle {each}$" for each in cell) for cell in (one, many))
        return [f"**{name}**<br>{gives}", *cells]

    rows = [
        line("forward", "net inputs,<br>outputs", "net-input", "output"),
        *(line(number, GIVES[number], formula) for number, formula in FOUR_EQUATIONS.items()),
    ]
    return table(["equation", "one example", "a batch of $m$, one example to a row"], rows)


def given(trace: Trace, ask: str | None = None):
    """Return the given numbers as worked lines, folded behind `ask` if there is one."""
    return worked(trace, *(step.name for step in trace.labelled("given")), ask=ask)


def confirm(trace: Trace, computed: Mapping[str, Any] | None = None, **others: float):
    """Assert that numbers computed in a chapter are those of the trace, but for rounding.

    computed: {name: value}, as of `locals()`; the numbers whose name is a step are compared, and
    there must be one. others: what the chapter calls by another name than the trace.
    """
    values = {**(computed or {}), **others}
    values = {name: value for name, value in values.items() if isinstance(value, NUMBERS)}
    ours = {step.name: step.value for step in trace if step.name in values}
    unknown = sorted(others.keys() - ours.keys())
    if unknown or not ours:
        raise AssertionError(f"the trace has no step named {', '.join(unknown) or 'like these'}")
    wrong = [
        f"{name} is {value!r}, and the chapter has {values[name]!r}"
        for name, value in ours.items()
        if np.shape(values[name]) or not math.isclose(values[name], value, rel_tol=1e-13)
    ]
    if wrong:
        raise AssertionError("; ".join(wrong))


def claim(words: str, *holds: bool):
    """Assert what the page says in these words: that all of `holds` are true.

    The build then looks for the words in the section of the page that the cell is in. Does nothing
    outside the book's build.
    """
    if not on_a_page():
        return
    if not all(holds):
        raise AssertionError(f"the page says {words!r}, but {_compared(sys._getframe(1))}")
    from IPython.display import display

    display({"text/plain": words}, raw=True, metadata={"book_claim": True})


def _compared(frame):
    """Return the two sides of each comparison in the call that a frame is at, with their values."""
    sides = {}
    for node in ast.walk(_call_at(frame)):
        if isinstance(node, ast.Compare):
            for side in node.left, *node.comparators:
                with contextlib.suppress(NameError):  # what only a loop inside the call knows
                    text = ast.unparse(side)
                    sides[text] = eval(text, frame.f_globals, frame.f_locals)
    known = ", ".join(f"{text} = {value!r}" for text, value in sides.items() if text != repr(value))
    return known or "it does not hold"


def _call_at(frame):
    """Return the call that a frame is at."""
    positions = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    calls = (node for node in ast.walk(ast.parse(_source(frame))) if isinstance(node, ast.Call))
    return next(call for call in calls if (call.lineno, call.col_offset) == positions[::2])


def _source(frame):
    """Return the code that a frame is in: of a cell, or of a file."""
    return "".join(linecache.getlines(frame.f_code.co_filename))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]):
    """Return a table: the names of its columns, then its rows of text; numbers stand right."""
    columns = zip(*rows, strict=True)
    rule = ["--:" if all(NUMBER.match(cell) for cell in column) else ":--" for column in columns]
    return Markdown("\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *rows]))


def methods(found: Mapping[str, Mapping[str, float]]):
    """Return {weight: {method: gradient}}, of `check.of_weight`, a table with a row a method."""
    return table(
        ["method", *found],
        [
            [method, *(_minus(f"{gradients[method]:.15f}") for gradients in found.values())]
            for method in next(iter(found.values()))
        ],
    )


def if_you_got(
    net: Network,
    x: ArrayLike,
    t: ArrayLike,
    weight: str,
    learning_rate: float,
    ask: str = "If you got another number",
):
    """Return the wrong gradients of one weight or bias, each with the mistake that gives it.

    weight: its name; learning_rate: that of the mistake with updated weights. The table stays
    folded behind `ask`. Mistakes whose numbers look the same on the page share a row.
    """
    digits = net.names.digits
    rows = {}
    for name, value in mistakes.of_weight(net, x, t, weight, learning_rate).items():
        rows.setdefault(latex.fmt(value, digits), []).append(_of_this_network(net, weight, name))
    said = table(
        ["if you got", "then you"], [[value, ", or ".join(what)] for value, what in rows.items()]
    )
    return Markdown(_folded(ask, said.text))


def _of_this_network(net, weight, mistake):
    """Return what a mistake does, in the names of the units and weights that it concerns."""
    what, names = mistakes.MISTAKES[mistake].what, net.names
    l, j, _ = names.weight_at(weight)
    if l == len(net.sizes) - 1 or not names.out[l][j].name.startswith("out_"):
        return what

    def unit(l, j):
        return names.out[l][j].name.removeprefix("out_")

    def listed(weights):
        return " and ".join(f"${symbol.latex}$" for symbol in weights)

    if mistake == "transposed weights":
        into, out_of = names.w[l + 1][j], [row[j] for row in names.w[l + 1]]
        return (
            f"used {listed(into)}, the weights into {unit(l + 1, j)}, in place of "
            f"{listed(out_of)}, the weights out of {unit(l, j)}"
        )
    first, last = unit(l + 1, 0), unit(l + 1, -1)
    what = what.replace("the first unit of the next layer", first)
    return what.replace("the last unit of the next layer", last)


def _folded(ask, text):
    return (
        f'<details class="bp-ask">\n<summary>{html.escape(ask, quote=False)}</summary>\n\n'
        f"{text}\n\n</details>"
    )


def _line(trace, name, digits, ledger=()):
    """Return a step as a line, with those entries of the ledger that belong to it."""
    step, values = trace[name], trace.values
    numbers = step.expression and latex.substituted(step.expression, values, digits)
    done = step.expression and latex.products_done(step.expression, values, digits)
    printed = [_printed(trace, entry) for entry in ledger if entry.documented.step == step.name]
    return WorkedLine(
        label=step.word,
        formula=" = ".join(filter(None, [step.symbol, step.formula])),
        numbers=tuple(filter(None, [numbers, done and f"= {done}"])),
        result=latex.result(step.value, digits),
        kind=KIND[step.word],
        printed="<br>".join(filter(None, printed)) if ledger else None,
        mark=Mark(
            name=step.name,
            trace=trace.identities[step.name],
            value=latex.fmt(step.value, digits),
            inputs={name: trace.identities[name] for name in step.inputs},
        ),
    )


def _printed(trace, entry):
    """One printed figure beside a worked line; a part of the line is named before its figure."""
    row = entry.documented
    if not row.printed:
        return ""
    part = "" if _is_whole(trace, entry) else f"{_quantity(trace, entry)} "
    mark, reason = MARKS.get(entry.verdict, ("≠", ""))
    kind = "agrees" if entry.agrees else "slip"
    printed = f"{mark}{latex.NO_BREAK}{_minus(row.printed)}"
    where, why = html.escape(_where(row)), html.escape(_verdict(row, entry.verdict))
    data = f'data-where="{where}" data-why="{why}"'  # for the page's answer to "why?"
    said = f"{reason} " if reason else ""
    return f'{part}{said}<span class="bp-{kind}" {data}>{printed}</span>'


def _is_whole(trace, entry):
    """Say whether a printed figure is the result of its step, not a part of it."""
    return math.isclose(entry.computed, trace[entry.documented.step].value, rel_tol=1e-13)


def _quantity(trace, entry):
    """Return what a printed figure is the value of: its step's symbol, a part's formula, words."""
    symbols = {step.name: step.symbol for step in trace}
    row = entry.documented
    if not row.step:
        return row.quantity
    whole = _is_whole(trace, entry)
    return f"${symbols[row.step] if whole else latex.formula(row.expression, symbols)}$"


def ledger_table(trace: Trace, entries: Iterable[sources.Entry], head: str = "computed"):
    """Return a ledger: printed, computed with a link to its line if it has one, verdict, reason.

    trace: the one that the entries were made with; head: what the column of computed values says.
    """
    kind = "html" if on_a_page() else "ipynb"

    def computed(entry):
        row, value = entry.documented, _minus(f"{entry.computed:.12f}")
        page = f"{sources.CHAPTERS[row.source]}.{kind}"
        return f'<a class="bp-val" href="{page}#step-{row.step}">{value}</a>' if row.step else value

    return table(
        ["quantity", "printed", head, "verdict", "where", "why"],
        [
            [
                _quantity(trace, entry),
                _minus(entry.documented.printed) or "–",
                computed(entry),
                f'<span class="bp-{"agrees" if entry.agrees else "slip"}">{entry.verdict}</span>',
                _where(entry.documented),
                _reason(entry),
            ]
            for entry in entries
        ],
    )


def _reason(entry):
    """Say what a verdict does not of a figure: why it is another, and what gives its digits."""
    if entry.verdict in ("rounds", "cut"):
        return ""
    if entry.verdict == "from printed":
        return _minus(f"{entry.redone:.12f}")
    reason = _verdict(entry.documented, entry.verdict)
    if entry.verdict == "misprint":
        return f"{entry.redone:.12f} {reason}"
    return reason if entry.redone is None else f"{reason}: {_minus(f'{entry.redone:.12f}')}"


def _verdict(row, verdict):
    """Return why a printed figure has its verdict."""
    return row.reason or sources.VERDICTS[verdict]


def _where(row):
    """Return where a figure is printed."""
    return f"{row.source}, {row.section}"


def _minus(text):
    """Return the text of a number with a true minus sign."""
    return text.replace("-", "−")


def figures(entries: Iterable[sources.Entry]):
    """Return how many entries have each verdict."""
    verdicts = [entry.verdict for entry in entries]
    return {verdict: verdicts.count(verdict) for verdict in sources.VERDICTS}
