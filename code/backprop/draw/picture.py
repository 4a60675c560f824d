"""A picture that shows itself.

On a page of the book a picture is inline SVG, whose colours are the page's own variables, so that
it follows the theme. Anywhere else it is an image on a page-coloured ground, with alternative text.
"""

import base64
import hashlib
import html
import io
import re
from collections.abc import Callable
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path

import matplotlib
from matplotlib import textpath
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from PIL import Image  # which matplotlib needs itself

from .. import where
from ..tables import COLOURS

SIZE = 14  # of the text, in pixels
LEAST_SIZE = 13  # a picture is scrolled before its text gets smaller than this
PHONE = 343  # pixels: the width of the text on a phone


class Picture:
    """A matplotlib `figure` and `alt`, what it shows in words; `size` is that of its text.

    narrower: what draws the same for a phone, where there is such a thing.

    The last expression of a cell shows it; `save` writes a file.
    """

    def __init__(self, figure: Figure, alt: str, size: float = SIZE):
        self.figure, self.alt, self.size = figure, alt, size
        self.narrower: Callable[[], Picture] | None = None

    def save(self, path: str | Path):
        """Write the picture on a page-coloured ground to `path`: .svg, .png, .pdf, …"""
        undated = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(Path(path).suffix)
        with _settings():
            self.figure.savefig(
                path, dpi=2 * self.figure.dpi, facecolor=COLOURS["page"], metadata=undated
            )

    def svg(self):
        """Return the picture as an SVG element for a page: transparent, coloured by variables."""
        text = _themed(_svg(self.figure, transparent=True))
        width, height = self._pixels()  # it keeps its place also while it is not painted
        return text.replace(
            "<svg",
            f'<svg class="bp-svg" role="img" aria-label="{html.escape(self.alt)}" '
            f'width="{width}" height="{height}" '
            f'style="min-width:{self.least_width}px;aspect-ratio:{width}/{height}"',
            1,
        )

    @property
    def least_width(self):
        """The pixels below which it is scrolled."""
        return round(self._pixels()[0] * LEAST_SIZE / self.size)

    @property
    def fits_a_phone(self):
        return self.least_width <= PHONE

    @cached_property
    def narrow(self):
        """The Picture that a page shows on a phone in the place of one too wide for it, or None."""
        return None if self.fits_a_phone or not self.narrower else self.narrower()

    def file(self):
        """Return the picture as the text of an SVG file, without a ground: for paper."""
        width, height = self._pixels()
        size = f'<svg width="{width}" height="{height}"'
        return _svg(self.figure, transparent=True).replace("<svg", size, 1)

    def png(self):
        """Return the picture as a PNG file: twice its size, on white, in a few colours."""
        full, few = io.BytesIO(), io.BytesIO()
        self.figure.savefig(full, dpi=2 * self.figure.dpi, facecolor="white")
        Image.open(full).convert("RGB").quantize(32).save(few, "png")
        return few.getvalue()

    def image(self):
        """Return the picture as an <img> that needs nothing around it."""
        data = base64.b64encode(_svg(self.figure, facecolor=COLOURS["page"]).encode()).decode()
        width, _ = self._pixels()
        return (
            f'<img alt="{html.escape(self.alt)}" width="{width}" '
            f'src="data:image/svg+xml;base64,{data}">'
        )

    def html(self):
        """Return the picture as HTML: for a page of the book while one is made, else an image."""
        if not where.on_a_page():
            return self.image()
        if self.narrow:
            return (
                f'<div class="bp-scroll bp-wide">{self.svg()}</div>'
                f'<div class="bp-scroll bp-narrow">{self.narrow.svg()}</div>'
            )
        return f'<div class="bp-scroll">{self.svg()}</div>'

    def _pixels(self):
        width, height = self.figure.get_size_inches() * self.figure.dpi
        return round(width), round(height)

    def _repr_mimebundle_(self, **_):
        return {"text/html": self.html(), "text/plain": self.alt}


SIDE_BY_SIDE = "display:flex;flex-wrap:wrap;gap:16px 12px"


class Strip(tuple):
    """Pictures side by side, as many in a row as fit."""

    def html(self):
        """Return the pictures as HTML, one after the other in a box."""
        if where.on_a_page():
            svgs = "".join(picture.svg() for picture in self)
            return f'<div class="bp-strip" style="{SIDE_BY_SIDE}">{svgs}</div>'
        return "\n".join(picture.image() for picture in self)

    def __repr__(self):
        return "\n".join(picture.alt for picture in self)

    def _repr_mimebundle_(self, **_):
        return {"text/html": self.html(), "text/plain": repr(self)}


# ---- SVG ---------------------------------------------------------------------------------------


@contextmanager
def _settings():
    """matplotlib's settings under which equal figures become equal files, and are soon made."""
    theirs = textpath.MathTextParser
    textpath.MathTextParser = lambda output: FORMULAS
    try:
        with matplotlib.rc_context(
            {"svg.fonttype": "path", "svg.hashsalt": "backprop", "pdf.fonttype": 42}
        ):
            yield
    finally:
        textpath.MathTextParser = theirs


@lru_cache(4096)
def read_formula(text: str, dpi: float, font: FontProperties | None):
    """Return what matplotlib reads of a text with formulas, for all pictures: it keeps but 50 of
    them, and those for one file alone."""
    return MathTextParser("path").parse(text, dpi, font)


class _Formulas(MathTextParser):
    def parse(self, s, dpi=72, prop=None, **_):
        return read_formula(s, dpi, prop and prop.copy())


FORMULAS = _Formulas("path")


def _svg(figure, **how):
    """Return the figure as an <svg> element, without what matplotlib says of itself."""
    file = io.StringIO()
    with _settings():
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None}, **how)
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<!--.*?-->\s*|<metadata>.*?</metadata>\s*", "", text, flags=re.S)
    # a style element would act on the whole page; what it says goes to the root
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", text, flags=re.S)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"| height="[^"]*"', r"\1", text, count=2)
    # a thousandth of a pixel is finer than any screen
    text = re.sub(r"\d+\.\d{5,}", lambda m: f"{float(m[0]):.3f}".rstrip("0").rstrip("."), text)
    return text.replace("<svg", '<svg stroke-linejoin="round" stroke-linecap="butt"', 1)


def _themed(text):
    """Return the SVG with the palette's colours as variables, and ids of its own, as few as can be.

    The ids are those of its content: a picture shown twice names the same glyphs twice.
    """
    for role, colour in COLOURS.items():
        text = re.sub(colour, f"var(--bp-{role}, {colour})", text, flags=re.I)
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    own = hashlib.sha256(text.encode()).hexdigest()[:8]
    text = re.sub(
        r' id="([^"]+)"', lambda m: f' id="bp-{own}-{m[1]}"' if m[1] in used else "", text
    )
    text = re.sub(r'(href="#|url\(#)', rf"\1bp-{own}-", text)
    return re.sub(r"\s*\n\s*", "\n", text)
