"""A picture of each page for previews of links to it: its title, and the first of its figures.

    previews/NAME.png    1200 × 630, as the services that show previews ask for

The figure is the page's own drawing, in the colours of the light theme.  A preview is asked for by
its whole address, so that pictures are made only where the site's is known.
"""

import html
import re
from functools import cache
from pathlib import Path, PurePosixPath

import resvg_py
from docutils import nodes
from fontTools.ttLib import TTFont

from book_fonts import FONTS, TITLES, cut_all
from book_notebooks import site
from book_places import palette

FOLDER = "previews"
SIZE = 1200, 630
MARGIN = 64
TITLE, BOOK = 56, 28  # sizes of the text
SVG = re.compile(r"<svg\b.*?</svg>", re.S)
VARIABLE = re.compile(r"var\(--bp-([\w-]+)(?:, *([^)]*))?\)")


def setup(app):
    app.connect("env-get-updated", pages_without_preview)
    app.connect("doctree-resolved", export)
    app.connect("build-finished", remove_the_rest)
    return {"parallel_read_safe": True}


def preview_name(docname):
    """Return the path of the picture of a page, from the top of the site."""
    return f"{FOLDER}/{PurePosixPath(docname).name}.png"


def pages_without_preview(app, env):
    """Let pages be written again whose picture is not there."""
    if not site(app.config):
        return []
    return [name for name in env.found_docs if not Path(app.outdir, preview_name(name)).exists()]


def export(app, doctree, docname):
    """Draw the picture of a page that is about to be written."""
    if app.builder.format != "html" or not site(app.config):
        return
    path = Path(app.outdir, preview_name(docname))
    path.parent.mkdir(parents=True, exist_ok=True)
    title = app.env.titles[docname].astext()
    path.write_bytes(drawn(card(title, app.config.html_title, first_figure(doctree))))


def remove_the_rest(app, exception):
    """Take away pictures of pages that are no more."""
    if exception or app.builder.format != "html":
        return
    kept = {Path(app.outdir, preview_name(name)) for name in app.env.found_docs}
    for path in set(Path(app.outdir, FOLDER).glob("*.png")) - (kept if site(app.config) else set()):
        path.unlink()


def first_figure(doctree):
    """Return the first drawing of a page as SVG: one with a caption, if there is one; or ""."""
    figures = doctree.findall(nodes.figure)
    captioned = [raw for figure in figures for raw in figure.findall(nodes.raw)]
    for raw in [*captioned, *doctree.findall(nodes.raw)]:
        found = SVG.search(raw.astext())
        if found:
            return found[0]
    return ""


def card(title, book, figure):
    """Return a preview as SVG: the title, the book's name, and a figure on the rest."""
    colours, (width, height) = palette()["light"], SIZE
    lines = broken(title, TITLE, width - 2 * MARGIN)
    top = MARGIN + BOOK
    texts = [(book, BOOK, top)] if book != title else []
    for line in lines:
        top += round(1.25 * TITLE)
        texts.append((line, TITLE, top))
    top += MARGIN // 2
    text = "".join(
        f'<text x="{MARGIN}" y="{y}" font-size="{size}" fill="{colours["ink"]}">'
        f"{html.escape(words)}</text>"
        for words, size, y in texts
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="{width}" height="{height}">'
        f'<rect width="100%" height="100%" fill="{colours["page"]}"/>{text}'
        f"{placed(figure, MARGIN, top, width - 2 * MARGIN, height - top - MARGIN // 2)}</svg>"
    )


def placed(figure, x, y, width, height):
    """Return a drawing fitted into a box, with the palette's colours in place of its variables."""
    if not figure:
        return ""
    colours = palette()["light"]
    figure = VARIABLE.sub(lambda it: colours.get(it[1]) or it[2], figure)
    tag, rest = figure.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', tag)[0]
    kept = " ".join(re.findall(r'stroke-line\w+="[^"]*"', tag))
    return f'<svg {box} {kept} x="{x}" y="{y}" width="{width}" height="{height}">{rest}'


def drawn(svg):
    """Return a picture in PNG, with the letters of the book's own font."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=True,
        font_files=[str(cut_all() / TITLES)],
        font_family=FONTS["sans"][0],
    )


def broken(text, size, width):
    """Return a text in as few lines as have room in a width, in pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and length(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def length(text, size):
    """Return how long a text is in the font of the titles."""
    font = title_font()
    advances, names = font["hmtx"], font.getBestCmap()
    units = sum(advances[names.get(ord(letter), ".notdef")][0] for letter in text)
    return units * size / font["head"].unitsPerEm


@cache
def title_font():
    return TTFont(cut_all() / TITLES)
