"""Problems without end: kinds, drawn numbers, marking, and the pass as a program to be mended.

Nothing here draws a picture or writes a document: nothing of `draw`, `live` or `paper` is imported.
"""

from .kinds import KINDS, Kind, as_kind, mixed
from .marking import judge, mark, wrong_lines
from .problems import EVERYTHING, PARTS, REASONS, Problem, four_digits, problem, refused

__all__ = [
    "EVERYTHING",
    "KINDS",
    "Kind",
    "PARTS",
    "Problem",
    "REASONS",
    "as_kind",
    "four_digits",
    "judge",
    "mark",
    "mixed",
    "problem",
    "refused",
    "wrong_lines",
]
