"""A worked line as data: how it is written, and how the site reads it again.

Written, worked lines are a Markdown table, which Jupyter and GitHub show as it is. A line that
works a step of a trace begins with an anchor, step-NAME, that carries the line's mark as JSON. The
site reads it here, and calls each cell of the table by the name that COLUMNS gives it.
"""

import html
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass

COLUMNS = {  # the name of each cell of a line, and what its column is headed
    "label": "step",
    "formula": "formula",
    "numbers": "with numbers",
    "result": "result",
    "printed": "printed",
}
MARK = re.compile(r"<a id=\"step-[^\"]*\" data-line='([^']*)'>")


@dataclass(frozen=True)
class Mark:
    """Which step a line works.

    A step is known by its `name` and by its `trace`, what `Trace.identities` has for it. value: its
    number as shown; inputs: the steps that it came from, {name: trace}, none of a given number.
    """

    name: str
    trace: str
    value: str
    inputs: dict[str, str]


@dataclass(frozen=True)
class WorkedLine:
    """One line: what it is called, its formula, the formula with numbers in, its result.

    formula: LaTeX. numbers: LaTeX, the lines of the cell. result: as text, with its = or ≈. kind:
    what is computed, a role of the palette, which colours the result; "given" of a number that is
    not computed. printed: what a source prints, Markdown; None in a table without sources. mark:
    None of a line that is no step of a trace.
    """

    label: str
    formula: str
    numbers: tuple[str, ...]
    result: str
    kind: str = ""
    printed: str | None = None
    mark: Mark | None = None


def in_markdown(lines: Iterable[WorkedLine]) -> str:
    """Return lines as a Markdown table, in a box that says so where all of them are given."""
    lines = list(lines)
    names = [name for name in COLUMNS if any(getattr(line, name) is not None for line in lines)]
    rows = [
        [COLUMNS[name] for name in names],
        ["--:" if name == "result" else ":--" for name in names],
        *([cell for name, cell in _cells(line).items() if name in names] for line in lines),
    ]
    text = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    given = " given" if all(line.kind == "given" for line in lines) else ""
    return f'<div class="bp-worked{given}">\n\n{text}\n\n</div>'


def _cells(line):
    result = f'<span class="bp-{line.kind}">{line.result}</span>' if line.kind else line.result
    return {
        "label": f"{_anchor(line.mark)}{line.label}" if line.mark else line.label,
        "formula": _math(line.formula),
        "numbers": "<br>".join(map(_math, line.numbers)),
        "result": result,
        "printed": line.printed,
    }


def _math(text):
    return rf"$\displaystyle {text}$"


def _anchor(mark):
    data = json.dumps(asdict(mark), ensure_ascii=False, separators=(",", ":"))
    quoted = html.escape(data, quote=False).replace("'", "&#39;")
    return f"<a id=\"step-{mark.name}\" data-line='{quoted}'></a>"


def mark_of(tag: str) -> Mark | None:
    """Return the mark that an HTML tag carries, None of any other tag."""
    found = MARK.fullmatch(tag)
    return Mark(**json.loads(html.unescape(found[1]))) if found else None


def names_of(heads: Iterable[str]) -> list[str] | None:
    """Return the names of the columns that are headed so, None if `in_markdown` heads none so."""
    named = {head: name for name, head in COLUMNS.items()}
    names = [named.get(head) for head in heads]
    return names if set(names) >= {"label", "formula", "numbers", "result"} else None
