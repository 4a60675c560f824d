"""Everything that draws: networks with their numbers, paths, ropes, curves, maps, images.

Each function takes its numbers from what it draws, rounds them with `latex.fmt`, and returns a
`Picture` whose words, for screen readers, are made from the same numbers. Nothing here computes a
pass, and nothing of `practice`, `live` or `paper` is imported.
"""

from .curves import curves
from .cycle import cycle
from .diagram import Diagram, Row
from .equations import equations
from .factory import factory
from .frames import frames
from .graph import graph
from .grids import Grid, convnet, grids
from .images import confusion, images, kernels
from .network import network
from .path import path
from .picture import Picture, Strip
from .poster import poster
from .problem import problem
from .ropes import ropes
from .surface import surface
from .three_paths import three_paths
from .unrolled import rolled, unrolled

__all__ = [
    "Diagram",
    "Grid",
    "Picture",
    "Row",
    "Strip",
    "confusion",
    "convnet",
    "curves",
    "cycle",
    "equations",
    "factory",
    "frames",
    "graph",
    "grids",
    "images",
    "kernels",
    "network",
    "path",
    "poster",
    "problem",
    "rolled",
    "ropes",
    "surface",
    "three_paths",
    "unrolled",
]
