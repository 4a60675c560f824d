"""Documents for paper and screen: one text, written as Markdown, HTML, a notebook or PDF.

A document is Markdown whose formulas are LaTeX, with pictures between. pandoc makes of it HTML with
MathML, which needs no script, and the source for Typst, which sets the PDF: a typesetter that is
one Python package, needs no browser, and gives the same file on every machine. So formulas are
written once. Both are asked for only where they are needed.
"""

import base64
import html
import json
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ..draw.picture import Picture

PACKAGES = {"pypandoc": "pypandoc_binary", "typst": "typst"}  # module: what pip calls it
MARKDOWN = "markdown-smart-implicit_figures"  # quotes as written; a picture is no figure
NAME_LINE = "Name " + r"\_" * 40 + "  Date " + r"\_" * 16
ADDRESS = re.compile(r'"(picture-\d+)"')  # of a picture, in what pandoc writes
SPECIAL = re.compile(r"[\\\[\]*_`<>$]")  # in Markdown


@dataclass(frozen=True)
class Section:
    """A part of a document: its `title`, and its `parts` in order, Markdown texts and Pictures."""

    title: str
    parts: tuple


@dataclass(frozen=True)
class Document:
    """A `title` and `sections`; `to_fill`: whether a name and a date are to be written on it."""

    title: str
    sections: tuple
    to_fill: bool = False


def render(
    document: Document, suffix: str, tell: Callable[[int, int], None] = lambda done, of: None
):
    """Return a document as the bytes of a file of one of FORMATS, ".pdf" and so on.

    tell(done, of) is called as the pictures get done, which takes most of the time. Raises KeyError
    for another suffix, and for HTML and PDF ImportError, with what to install, where it is missing.
    """
    return FORMATS[suffix](document, tell)


def _imported(module):
    """Return pypandoc or typst."""
    try:
        return import_module(module)
    except ImportError:
        package = PACKAGES[module]
        raise ImportError(
            f"{package} is missing: pip install {' '.join(PACKAGES.values())}"
        ) from None


# ---- Markdown, which the others are made of ------------------------------------------------------


def _texts(document, link):
    """Return the sections as Markdown, and the pictures in it by name.

    link(name): how the text shows the picture of that name, in Markdown.
    """
    texts, pictures = [], {}
    for section in document.sections:
        parts = [f"## {section.title}"]
        for part in section.parts:
            if isinstance(part, Picture):
                name = f"picture-{len(pictures) + 1}"
                pictures[name] = part
                alt = SPECIAL.sub(r"\\\g<0>", part.alt)
                part = f"![{alt}]{link(name)}"
            parts.append(part)
        texts.append("\n\n".join(parts) + "\n")
    return texts, pictures


def _drawn(pictures, tell):
    """Return the pictures, by name, as the text of SVG files."""
    files = {}
    for n, (name, picture) in enumerate(pictures.items(), start=1):
        files[name] = picture.file()
        tell(n, len(pictures))
    return files


def _data(file):
    return base64.b64encode(file.encode()).decode()


def _head(document):
    return f"# {document.title}\n\n" + (f"{NAME_LINE}\n\n" if document.to_fill else "")


def _markdown(document, tell):
    texts, pictures = _texts(document, lambda name: f"[{name}]")
    links = [
        f"[{name}]: data:image/svg+xml;base64,{_data(file)}"
        for name, file in _drawn(pictures, tell).items()
    ]
    return "\n".join([_head(document), *texts, *links, ""]).encode()  # the long lines last


def _notebook(document, tell):
    texts, pictures = _texts(document, lambda name: f"(attachment:{name}.svg)")
    attachments = {
        f"{name}.svg": {"image/svg+xml": _data(file)}
        for name, file in _drawn(pictures, tell).items()
    }
    cells = [_cell("markdown", "head", _head(document))]
    for n, text in enumerate(texts, start=1):
        own = {name: data for name, data in attachments.items() if f"(attachment:{name})" in text}
        cells.append(_cell("markdown", f"section-{n}", text, attachments=own))
        if document.to_fill:  # room to work in
            cells.append(_cell("code", f"work-{n}", "", execution_count=None, outputs=[]))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells,
    }  # fmt: skip
    return json.dumps(notebook, indent=1, ensure_ascii=False).encode()


def _cell(kind, name, text, **more):
    return {"cell_type": kind, "id": name, "metadata": {}, "source": text, **more}


# ---- by pandoc -----------------------------------------------------------------------------------


def _html(document, tell):
    pandoc = _imported("pypandoc")
    texts, pictures = _texts(document, lambda name: f"({name})")
    text = _head(document) + "\n".join(texts)
    options = ["--mathml", "--section-divs", "--wrap=none"]
    body = pandoc.convert_text(text, "html5", MARKDOWN, extra_args=options)
    files = _drawn(pictures, tell)
    body = ADDRESS.sub(lambda m: f'"data:image/svg+xml;base64,{_data(files[m[1]])}"', body)
    style = Path(__file__).with_name("document.css").read_text("utf-8")
    return (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(document.title)}</title>\n<style>\n{style}</style>\n{body}</html>\n"
    ).encode()


def _pdf(document, tell):
    pandoc, typst = _imported("pypandoc"), _imported("typst")
    texts, pictures = _texts(document, lambda name: f"({name})")
    source = pandoc.convert_text("\n".join(texts), "typst", MARKDOWN, extra_args=["--wrap=none"])
    _, *sources = re.split("^(?=== )", source, flags=re.M)  # where a section begins

    def quoted(words):  # JSON's strings are Typst's too
        return json.dumps(words, ensure_ascii=False)

    def with_alt(found):
        return f'"{found[1]}.svg", alt: {quoted(pictures[found[1]].alt)}'

    sections = "".join(f"#section[\n{ADDRESS.sub(with_alt, source)}]\n" for source in sources)
    title, to_fill = quoted(document.title), json.dumps(document.to_fill)
    style = Path(__file__).with_name("document.typ").read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for name, file in _drawn(pictures, tell).items():
            Path(folder, f"{name}.svg").write_text(file, "utf-8")
        main = Path(folder, "main.typ")
        main.write_text(f"{style}#paper({title}, {to_fill}, section => [\n{sections}])\n", "utf-8")
        return typst.compile(main, ignore_system_fonts=True)


FORMATS = {".pdf": _pdf, ".html": _html, ".md": _markdown, ".ipynb": _notebook}
