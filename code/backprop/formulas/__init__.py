"""The key formulas, and how this book, its sources and NumPy write them: a file, and its reader.

Nothing here knows a number: nothing of `draw`, `practice`, `live` or `paper` is imported.
"""

from .notations import (
    FILE,
    FOUR_EQUATIONS,
    NOTATIONS,
    REGISTERS,
    Notation,
    numpy,
    source,
    table,
)

__all__ = [
    "FILE",
    "FOUR_EQUATIONS",
    "NOTATIONS",
    "REGISTERS",
    "Notation",
    "numpy",
    "source",
    "table",
]
