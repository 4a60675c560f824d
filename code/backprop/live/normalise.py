"""The figure in which numbers are normalised together: what becomes of a pull?

What it draws is in code/js/figures/normalise.js.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .. import draw, normalisation
from ..draw.grids import Grid
from ..names import unknown
from ..network import as_numbers
from . import views
from .widget import Figure, make

MOST = 9  # numbers


class Normalise(Figure):
    """view: z1, z2, …, the numbers; pull1, pull2, …, the pulls on what they become.

    settings.controls: those of them whose slider is in sight; the others are in a fold.
    """

    kind = "normalise"

    def rules(self):
        return dict.fromkeys(self.view, views.number)


def normalise(z: ArrayLike, pulls: ArrayLike, controls: Sequence[str], *, name: str = "normalise"):
    """Return the figure that normalises a row of numbers, and takes the pulls back along each path.

    z, pulls: (n,), at most MOST of them; controls: keys of the view, such as z1 and pull2, whose
    slider is in sight, the others being in a fold; name: its id on the page. γ is 1 and ε is 0.
    Raises KeyError for an unknown control, and as `normalisation.normalise_backward` does.
    """
    z, pulls = as_numbers("z", z), as_numbers("pulls", pulls)
    if z.ndim != 1 or len(z) > MOST:
        raise ValueError(f"z should be a row of at most {MOST} numbers; it has shape {z.shape}")
    passed = normalisation.normalise(z, epsilon=0.0)
    delta = normalisation.normalise_backward(pulls, passed).delta
    view = {
        f"{letter}{i}": float(value)
        for letter, row in (("z", z), ("pull", pulls))
        for i, value in enumerate(row, 1)
    }
    for key in controls:
        if key not in view:
            raise KeyError(unknown(key, view, "number"))
    rows = (("$z$", "net", z), (r"$\hat z$", "net", passed.z_hat), ("pull", "delta", pulls))
    still = draw.grids(
        *(Grid(title, kind, np.array([row]).T) for title, kind, row in rows),
        Grid(r"$\delta$", "delta", delta[:, None]),
    )
    state = {"settings": {"controls": list(controls)}, "view": view}
    return make(Normalise, state, name=name, still=still)
