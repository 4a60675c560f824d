"""Where the package runs: on a page of the book while it is made, or anywhere else.

Asked here alone. The build says so to the kernels that run the chapters, by two variables of the
environment.
"""

import os

PAGE, FONT = "BACKPROP_PAGE", "BACKPROP_FONT"


def on_a_page():
    """Return whether a page of the book is being made: pictures then follow its theme."""
    return bool(os.environ.get(PAGE))


def font():
    """Return the path of the font of the page's numbers; None anywhere else."""
    return os.environ.get(FONT)
