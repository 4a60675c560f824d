"""Live figures: numbers that a reader can take hold of, on a page and in a notebook.

What they compute and draw in the browser lies in `code/js`. Nothing of `paper` is imported.
"""

from .figures import (
    cost,
    entry_check,
    hunt,
    nudge,
    solve,
    take_hold,
    training,
    walk,
    window,
    your_network,
)

__all__ = [
    "cost",
    "entry_check",
    "hunt",
    "nudge",
    "solve",
    "take_hold",
    "training",
    "walk",
    "window",
    "your_network",
]
