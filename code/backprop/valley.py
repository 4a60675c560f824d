"""A narrow valley over two weights, in which the steps of an optimiser can be watched.

E = ½ (k_u u² + k_v v²), u along the valley and v across it; its bottom is at (0, 0). The weights x
and y are u and v, or the same turned by an angle, so that the valley runs across the axes.
Chapter "optimisers"; the twin of core/valley.js.
"""

from collections.abc import Callable
from math import cos, radians, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike


class Valley(NamedTuple):
    """The curvatures along and across the valley, and by how many degrees it is turned."""

    along: float
    across: float
    turn: float = 0.0

    @property
    def axes(self):
        """The directions of u and v, (2, 2): (x, y) is (u, v) @ axes."""
        c, s = cos(radians(self.turn)), sin(radians(self.turn))
        return np.array([[c, s], [-s, c]])


def height(valley: Valley, place: ArrayLike):
    """Return E at (x, y), or at each place of an array (…, 2)."""
    u, v = np.moveaxis(np.asarray(place) @ valley.axes.T, -1, 0)
    return (valley.along * u**2 + valley.across * v**2) / 2


def slope(valley: Valley, place: ArrayLike):
    """Return the gradient of E at (x, y)."""
    uv = np.asarray(place) @ valley.axes.T
    return np.array([valley.along, valley.across]) * uv @ valley.axes


def walk(valley: Valley, step: Callable, rate: float, start: ArrayLike, updates: int):
    """Return the places (x, y) of a walk, (updates + 1, 2), the start first.

    step: an optimiser, as in `optimisers`. The walk ends early where a place is too large to be
    a number.
    """
    places, state = [np.array(start, dtype=float)], ()
    for _ in range(updates):
        with np.errstate(over="ignore", invalid="ignore"):
            change, state = step(slope(valley, places[-1]), rate, *state)
        if not np.isfinite(places[-1] + change).all():
            break
        places.append(places[-1] + change)
    return np.array(places)


def borders(beta: float = 0.0):
    """Return where the walks on E = ½kw² change their kind, as three numbers for ηk.

    Up to the first they come down on one side; between the first and the second they swing and
    shrink by √β with each update; from the second on they change sides with each update; from
    the third on they do not come down at all. beta: of momentum; 0 is plain gradient descent.
    """
    return (1 - beta**0.5) ** 2, (1 + beta**0.5) ** 2, 2 * (1 + beta)
