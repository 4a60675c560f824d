"""The canvas that every picture is drawn on: matplotlib, in pixels, in the palette's colours."""

from functools import cache

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from numpy.typing import ArrayLike

from .. import where
from ..tables import COLOURS
from .picture import SIZE, Picture

DASHES = (0, (3, 2))
Stroke = str | tuple  # a line style of matplotlib: "-", or dashes


class Canvas:
    """A canvas of pixels, y downwards, its size known when all is drawn; `size` is that of text.

    A colour is the name of a role in the palette.
    """

    def __init__(self, size: float = SIZE):
        self.figure, self.size = Figure(dpi=72), size  # 72 points to the inch: 1 point is 1 pixel
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()

    def ground(self, x: float, y: float, width: float, height: float, colour: str, opacity: float):
        """Fill a rectangle below all else, (x, y) its upper left corner; opacity: from 0 to 1."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.axes.add_patch(
            Polygon(corners, facecolor=COLOURS[colour], edgecolor="none", alpha=opacity, zorder=0)
        )

    def finish(self, width: float, height: float, alt: str):
        """Return the Picture of what has been drawn."""
        self.axes.set(xlim=(0, width), ylim=(height, 0))
        self.figure.set_size_inches(width / 72, height / 72)
        return Picture(self.figure, alt, self.size)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        colour: str = "ink",
        align: str = "left",
        size: float | None = None,
    ):
        """Write `words`, the middle of their figures at (x, y); size: another than the canvas's."""
        size = size or self.size
        return self.axes.text(
            x, y + 0.34 * size, words, color=COLOURS[colour], ha=align, va="baseline",
            fontproperties=font(size), zorder=3,
        )  # fmt: skip

    def line(
        self,
        xs: ArrayLike,
        ys: ArrayLike,
        colour: str = "ink",
        width: float = 1.25,
        faint: bool = False,
        stroke: Stroke = "-",
        cap: str = "round",
    ):
        """Draw a line through points; stroke and cap as matplotlib's line and cap styles."""
        self.axes.plot(
            xs, ys, color=COLOURS[colour], linewidth=width, alpha=0.25 if faint else 1,
            linestyle=stroke, solid_capstyle=cap, solid_joinstyle="round", zorder=1,
        )  # fmt: skip

    def bend(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        colour: str = "ink",
        width: float = 1.25,
        faint: bool = False,
    ):
        """Draw a line that leaves `start` and reaches `end`, both (x, y), level."""
        (x0, y0), (x1, y1) = start, end
        half = (x0 + x1) / 2
        curve = Path([(x0, y0), (half, y0), (half, y1), (x1, y1)], [1, 4, 4, 4])
        self.axes.add_patch(
            PathPatch(
                curve, facecolor="none", edgecolor=COLOURS[colour], linewidth=width,
                alpha=0.25 if faint else 1, capstyle="round", zorder=1,
            )
        )  # fmt: skip

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: str,
        filled: bool = False,
        *,
        radius: float = 4,
        stroke: Stroke = "-",
        faint: bool = False,
    ):
        """Draw a rounded box, (x, y) its upper left corner; a large radius makes a pill."""
        shape = f"round,pad=0,rounding_size={min(radius, width / 2, height / 2)}"
        self.axes.add_patch(
            FancyBboxPatch(
                (x, y), width, height, boxstyle=shape, edgecolor=COLOURS[colour],
                facecolor=COLOURS[colour] if filled else "none", linewidth=1.25,
                linestyle=stroke, alpha=0.25 if faint else None, zorder=2,
            )
        )  # fmt: skip


def font(size: float):
    """The font of a page's numbers where the environment names its file, else matplotlib's own."""
    return FontProperties(fname=where.font(), size=size, math_fontfamily="cm")


@cache
def width_of(words: str, size: float = SIZE):
    """Return the width of `words` in pixels; between dollars stands mathematics."""
    return TextPath((0, 0), words, prop=font(size)).get_extents().width if words.strip() else 0.0
