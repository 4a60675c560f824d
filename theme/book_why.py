"""What a page needs of other pages so that its numbers can be asked where they come from.

A number links to its worked line, or to the cell that computes it (`book_values`), and `why.js`
shows that in a pop-up.  Where it stands on another page, no script may fetch it: the book is read
from disk too.  So a page ends with a <template> for each page that its numbers lead to, inert, with
the lines and cells that they lead to and the lines these came from.
"""

import re
from pathlib import PurePosixPath

from docutils import nodes

LINK = re.compile(r'class="bp-val" href="([\w-]+)\.html#([\w-]+)"')  # one that a cell made
MARK = re.compile(r'<a id="(step-[^"]+)"(?: data-from="([^"]*)")?>')


class Template(nodes.General, nodes.Element):
    """<template>, for the lines of one other page."""


class Cell(nodes.General, nodes.Element):
    """The code of a cell, under its id."""


def setup(app):
    app.add_node(
        Template,
        html=(
            lambda self, node: self.body.append(f'<template data-page="{node["page"]}">\n'),
            lambda self, node: self.body.append("</template>\n"),
        ),
    )
    app.add_node(
        Cell,
        html=(
            lambda self, node: self.body.append(f'<div data-id="{node["id"]}">'),
            lambda self, node: self.body.append("</div>\n"),
        ),
    )
    app.connect("doctree-resolved", add_templates, priority=960)  # after notebooks and folds
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def add_templates(app, doctree, docname):
    if app.builder.format != "html":
        return
    for page, ids in sorted(led_to(doctree).items()):
        other = str(PurePosixPath(docname).with_name(page))
        if other == docname or other not in app.env.found_docs:
            continue
        found = parts(app.env.get_doctree(other), ids)
        if found:
            doctree += Template("", *found, page=f"{page}.html")


def led_to(doctree):
    """Return {page: ids} of the lines and cells to which the numbers of a page lead elsewhere."""
    links = [
        tuple(node["refuri"].split(".html#"))
        for node in doctree.findall(nodes.reference)
        if "bp-val" in node["classes"] and ".html#" in node.get("refuri", "")
    ]
    for raw in doctree.findall(nodes.raw):
        links += LINK.findall(raw.astext())
    pages = {}
    for page, place in links:
        pages.setdefault(page, set()).add(place)
    return pages


def parts(doctree, ids):
    """Return the nodes of a page that a template holds: tables of lines, and cells."""
    rows = {}  # id: (row, the names that it came from)
    for row in doctree.findall(nodes.row):
        for raw in row.findall(nodes.raw):
            for place, names in MARK.findall(raw.astext()):
                rows.setdefault(place, (row, names.split()))
    wanted, todo = {}, sorted(ids & rows.keys())
    while todo:
        place = todo.pop()
        if place not in wanted and place in rows:
            wanted[place], names = rows[place]
            todo += [f"step-{name}" for name in names]
    found = [cell(node, place) for place, node in cells(doctree, ids)]
    for table in doctree.findall(nodes.table):
        chosen = [
            row for row in table.findall(nodes.row) if any(row is one for one in wanted.values())
        ]
        if chosen:
            found.append(with_rows(table, chosen))
    return found


def cells(doctree, ids):
    """Yield (id, cell) of the cells among ids."""
    for node in doctree.findall(nodes.container):
        for place in ids & set(node["ids"]):
            yield place, node


def cell(node, place):
    code = next(node.findall(nodes.literal_block))
    return Cell("", code.deepcopy(), id=place)


def with_rows(table, rows):
    """Return a copy of a table with these rows alone, their marks no ids but data."""
    copy = table.copy()
    copy["ids"] = []
    group = next(table.findall(nodes.tgroup))
    body = nodes.tbody("", *(row.deepcopy() for row in rows))
    columns = [column.copy() for column in group.findall(nodes.colspec)]
    copy += nodes.tgroup("", *columns, body, **group.attributes)
    for raw in list(copy.findall(nodes.raw)):
        text = raw.astext().replace('<a id="step-', '<a data-id="step-')
        raw.replace_self(nodes.raw("", text, format=raw["format"]))
    return copy
