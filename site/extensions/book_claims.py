"""Checks beside the sentences that they hold up: in the build, and nowhere that a reader looks.

A cell with the tag `check` runs like every other, so that what it asserts holds, or the book does
not build.  It is left out of the page and of the page's notebook: a reader who changes a number is
not stopped by a check of ours.

In such a cell `book.claim("asked for less", pull > 0)` quotes the page.  The words must stand
there, in the section of the cell and once in it, as a reader sees them: numbers filled in; in
prose, in a caption, in a table, in a fold, in the text that stands for a picture.  Otherwise the
build warns.  So a sentence cannot change and leave its check behind, nor a check hold up a
sentence that is gone.

What the words may leave open: how they are set (`$`, `*` and backticks do not count), which
quotation marks and spaces stand there, and, with … in them, anything within one sentence.
"""

import html
import re

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from book_kernels import executed
from book_pictures import once

logger = logging.getLogger(__name__)

TAG = "check"
CLAIM = "book_claim"  # the key by which `backprop.book` marks an output as quoted words
QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "$": "", "*": "", "`": ""})
WITHIN = r"(?:(?![.?!][\"')]* ).)*?"  # what … stands for: anything up to the end of a sentence


def setup(app):
    app.add_transform(LeaveOutChecks)
    app.connect("doctree-resolved", find_claims, priority=800)  # before folds change the page
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def is_check(cell):
    """Say whether a cell, as it ran, is a check."""
    return TAG in cell.metadata.get("tags", [])


class LeaveOutChecks(SphinxTransform):
    """Take the check cells out of a page, and note where each stood: {index: (section, line)}."""

    default_priority = 1  # before exercises and solutions gather what is in them

    def apply(self, **kwargs):
        stood = self.document["checks"] = {}
        for node in list(self.document.findall(nodes.container)):
            if TAG in node.get("cell_metadata", {}).get("tags", []):
                stood[node["cell_index"]] = section_of(node)["ids"][0], node.line
                node.parent.remove(node)


def section_of(node):
    while not is_section(node):
        node = node.parent
    return node


def is_section(node):
    """Say whether a node is a section of the page: has a title, unlike what an exercise holds."""
    return isinstance(node, nodes.section) and isinstance(node.next_node(), nodes.title)


def find_claims(app, doctree, docname):
    """Warn of quoted words that are not in the section of their check, or there more than once."""
    if app.builder.format != "html" or not doctree.get("checks"):
        return
    sections = {name: node for node in doctree.findall(is_section) for name in node["ids"]}
    texts = {name: text_of(sections[name]) for name, _ in doctree["checks"].values()}
    for index, cell in enumerate(executed(app.env, docname)):
        if index not in doctree["checks"]:
            continue
        section, line = doctree["checks"][index]
        for words in dict.fromkeys(quoted_by(cell)):
            found = len(pattern(words).findall(texts[section]))
            if found != 1:
                times = f"stand {found} times" if found else "do not stand"
                logger.warning(
                    "the words of a claim %s in its section: %s",
                    times,
                    words,
                    location=(docname, line),
                    type="book_claims",
                )


def quoted_by(cell):
    """Yield the words that the claims of a cell quote."""
    for output in cell.get("outputs", ()):
        if CLAIM in output.get("metadata", {}):
            yield output["data"]["text/plain"]


def pattern(words):
    """Return what finds quoted words in the text of a section, as whole words."""
    pieces = (re.escape(piece.strip()) for piece in plain(words).split("…"))
    return re.compile(rf"(?<!\w){WITHIN.join(pieces)}(?!\w)")


def plain(text):
    """Return text in which only the words count, not how they are set."""
    return " ".join(text.translate(QUOTES).split())


def text_of(section):
    """Return what a reader sees of a section, without those inside it: a line for each block."""
    return "\n".join(plain(block) for block in blocks(section))


def blocks(node):
    """Yield the texts of a node: of its paragraphs, captions, titles, rows, pictures, outputs."""
    for child in node.children:
        if is_section(child) or isinstance(child, nodes.Invisible):
            continue
        if child.get("nb_element") == "cell_code_source":
            continue
        if isinstance(child, nodes.row):
            yield " ".join(blocks(child))
        elif isinstance(child, nodes.TextElement | nodes.image):
            yield inline(child)
        else:
            yield from blocks(child)


def inline(node):
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.image):
        return node.get("alt", "")
    if isinstance(node, nodes.raw):
        return of_html(node.astext())
    return "".join(map(inline, node.children))


def of_html(text):
    """Return the words of a piece of HTML that a cell made; of a picture, the text in its place."""
    text = re.sub(r"<(script|style)\b.*?</\1>", "", once(text), flags=re.DOTALL)
    text = re.sub(r'<svg\b[^>]*?aria-label="([^"]*)".*?</svg>', r" \1 ", text, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", text))
