"""What the package says of itself, on the pages that list it: docstrings as a reader needs them."""

import re

CHAPTER = re.compile(r'(?<=chapter\s)"([\w-]+)"')  # named by its file, which no reader sees


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", mend)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mend(app, what, name, obj, options, lines):
    """Link the chapters that a docstring names; a field's number is no docstring."""
    is_number = lines and lines[0].startswith("Alias for field number")
    text = CHAPTER.sub(r'":doc:`/chapters/\1`"', "\n".join(lines))
    lines[:] = [] if is_number else text.split("\n")
