"""A picture of each page for previews of links to it: its short name, and a figure.

    previews/NAME.png    1200 × 630, as the services that show previews ask for

The figure is the first of the page's own drawings that can be read at this size, in the colours of
the light theme.  A preview is asked for by its whole address, so that pictures are made only where
the site's is known.
"""

import html
import re
from functools import cache
from pathlib import Path, PurePosixPath

import resvg_py
from docutils import nodes
from fontTools.ttLib import TTFont

from book_contents import short_name
from book_fonts import FIGURES, FONTS, OUTLINES, TITLES, cut_all
from book_notebooks import site
from book_pictures import once
from book_places import palette

FOLDER = "previews"
SIZE = 1200, 630
MARGIN = 48
TITLE, SENTENCE, BOOK = 56, 36, 28  # sizes of the text
BOLD, PLAIN = OUTLINES[TITLES], OUTLINES[FIGURES]
MOST_IN_A_ROW, GAP = 5, 24
SCALES = 0.75, 2  # smaller a figure cannot be read, and larger it looks coarse
SVG = re.compile(r"<svg\b.*?</svg>", re.S)
BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
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
    sentence = app.env.metadata[docname].get("description", "")
    title = short_name(app.env, docname)
    path.write_bytes(drawn(card(title, sentence, app.config.html_title, figures(doctree))))


def remove_the_rest(app, exception):
    """Take away pictures of pages that are no more."""
    if exception or app.builder.format != "html":
        return
    kept = {Path(app.outdir, preview_name(name)) for name in app.env.found_docs}
    for path in set(Path(app.outdir, FOLDER).glob("*.png")) - (kept if site(app.config) else set()):
        path.unlink()


def figures(doctree):
    """Return the drawings of a page, those with a caption first: of each the SVGs in a row."""
    captioned = [raw for it in doctree.findall(nodes.figure) for raw in it.findall(nodes.raw)]
    rows = (SVG.findall(once(raw.astext())) for raw in [*captioned, *doctree.findall(nodes.raw)])
    return [row[:MOST_IN_A_ROW] for row in rows if row]


def card(title, sentence, book, rows):
    """Return a preview as SVG: the book's name, the title, and the first figure that can be read.

    Where there is no figure, the page's sentence.
    """
    width, height = SIZE
    room = width - 2 * MARGIN
    lines = [(book, BOOK, PLAIN)] if book != title else []
    lines += [(line, TITLE, BOLD) for line in broken(title, TITLE, room)]
    if not rows:
        lines += [(line, SENTENCE, PLAIN) for line in ["", *broken(sentence, SENTENCE, room)]]
    colours, y, texts = palette()["light"], MARGIN, []
    for words, size, weight in lines:
        y += round(1.25 * size)
        texts.append(
            f'<text x="{MARGIN}" y="{y - size // 3}" font-size="{size}" font-weight="{weight}"'
            f' fill="{colours["ink"]}">{html.escape(words)}</text>'
        )
    box = MARGIN, y + MARGIN // 2, room, height - y - MARGIN - MARGIN // 2
    legible = (row for row in rows if scale(row, *box[2:]) >= SCALES[0])
    figure = placed(next(legible, rows[0]), *box) if rows else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="{width}" height="{height}"><rect width="100%" height="100%"'
        f' fill="{colours["page"]}"/>{"".join(texts)}{figure}</svg>'
    )


def sizes(row):
    """Return width and height of each SVG of a row."""
    return [tuple(map(float, BOX.search(svg).groups())) for svg in row]


def scale(row, width, height):
    """Return by how much a row is enlarged that fills a box, or as much of it as looks well."""
    widths, heights = zip(*sizes(row), strict=True)
    gaps = GAP * (len(row) - 1)
    return min((width - gaps) / sum(widths), height / max(heights), SCALES[1])


def placed(row, x, y, width, height):
    """Return a row in the middle of a box, with the palette's colours in place of its variables."""
    colours, times, found = palette()["light"], scale(row, width, height), []
    x += (width - times * sum(w for w, _ in sizes(row)) - GAP * (len(row) - 1)) / 2
    for svg, (w, h) in zip(row, sizes(row), strict=True):
        tag, rest = VARIABLE.sub(lambda it: colours.get(it[1]) or it[2], svg).split(">", 1)
        kept = " ".join([BOX.search(tag)[0], *re.findall(r'stroke-line\w+="[^"]*"', tag)])
        top = y + (height - times * h) / 2
        found.append(
            f'<svg {kept} x="{x:.2f}" y="{top:.2f}" width="{times * w:.2f}"'
            f' height="{times * h:.2f}">{rest}'
        )
        x += times * w + GAP
    return "".join(found)


def drawn(svg):
    """Return a picture in PNG, with the letters of the book's own font."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        skip_system_fonts=True,
        font_files=[str(cut_all() / file) for file in OUTLINES],
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
