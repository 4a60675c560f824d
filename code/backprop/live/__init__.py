"""Live figures: numbers that a reader can take hold of, on a page and in a notebook.

Each function returns one object. On a page of the book it is a custom element that holds its state
and a still picture of the same state, which is all that paper and a browser without scripts show.
In a live notebook it is an anywidget: `figure.W` is what the reader has set, `figure.net` the
network with it, and setting either moves the figure. Where anywidget is missing, it is the still
picture. Set W as a whole, or `net`: a change inside of the list that `figure.W` is, the figure
does not see. `figure.view` is what the reader has chosen; set, it need only name what changes.

What they compute and draw in the browser lies in `code/js`. Nothing of `paper` is imported.
"""

from .depth import depth
from .figures import cost, nudge, take_hold, training, walk, window, your_network
from .normalise import normalise
from .recurrence import through_time
from .tasks import entry_check, hunt, solve
from .valley import valley

__all__ = [
    "cost",
    "depth",
    "entry_check",
    "hunt",
    "normalise",
    "nudge",
    "solve",
    "take_hold",
    "through_time",
    "training",
    "valley",
    "walk",
    "window",
    "your_network",
]
