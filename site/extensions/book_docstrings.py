"""What the package says of itself, on the pages that list it: docstrings as a reader needs them.

Chapters that they name are links; a class that is a record has its fields in its head; and a module
ends its docstring with those of its constants that the book speaks of, each with its value.
"""

import ast
import dataclasses
import functools
import inspect
import re
from collections.abc import Mapping

from book_places import ROOT

PACKAGE = ROOT / "code/backprop"
# a chapter is named by its file, which no reader sees: chapter "a", chapters "a" and "b"
CHAPTERS = re.compile(r'chapters?(?:\s+is)?\s+"[\w-]+"(?:[^".]{0,40}\s"[\w-]+")*')
CONSTANT = re.compile(r"\b[A-Z][A-Z_]*\b")
LONGEST = 60  # characters of a value that is shown as it is


def setup(app):
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", mend)
    app.connect("autodoc-process-signature", fields)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def mend(app, what, name, obj, options, lines):
    """Link the chapters that a docstring names; a field's number is no docstring."""
    is_number = lines and lines[0].startswith("Alias for field number")
    if what == "module":
        shown = list(constants(obj))
        lines += ["", *shown, ""] if shown else []
    text = CHAPTERS.sub(linked, "\n".join(lines))
    lines[:] = [] if is_number else text.split("\n")


def linked(found):
    return re.sub(r'"([\w-]+)"', r'":doc:`/chapters/\1`"', found[0])


def fields(app, what, name, obj, options, signature, annotation):
    """Return the head of a class: the fields of a record, nothing of another class."""
    if what not in ("class", "exception"):
        return None
    if dataclasses.is_dataclass(obj):
        named = [field.name for field in dataclasses.fields(obj)]
    else:
        named = getattr(obj, "_fields", ())
    return (f"({', '.join(named)})" if named else "", None)


def constants(module):
    """Yield the constants of a module that the book speaks of, as items of a list."""
    source = inspect.getsource(module)
    lines = source.splitlines()
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name, value = node.targets[0].id, getattr(module, node.targets[0].id)
        if name in spoken_of() and CONSTANT.fullmatch(name) and (text := written(value)):
            comment = lines[node.lineno - 1].partition("  # ")[2]
            yield f"* ``{name}`` {text}{f': {comment}' if comment else ''}"


def written(value):
    """Return the value of a constant, or the names that it has; "" where that says nothing."""
    if isinstance(value, Mapping):
        names = ", ".join(f"``{key!r}``" for key in value)
        return f"has, by name: {names}" if all(isinstance(key, str) for key in value) else ""
    is_plain = isinstance(value, int | float | str | tuple | list)
    return f"= ``{value!r}``" if is_plain and len(repr(value)) <= LONGEST * 2 else ""


@functools.cache
def spoken_of():
    """Return the names in capitals in the chapters, and in the docstrings of the package."""
    found = set()
    for path in (ROOT / "chapters").glob("*.md"):
        found.update(CONSTANT.findall(path.read_text("utf-8")))
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                found.update(CONSTANT.findall(ast.get_docstring(node) or ""))
    return found
