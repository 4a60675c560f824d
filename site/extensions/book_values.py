"""Numbers in prose: computed by a cell, and linked to the line that computes them.

    {val}`net_h1`               the text that a cell shared as net_h1, a link to #step-net_h1
    {val}`total@E_total`        the text shared as total, a link to #step-E_total
    {val}`two-two-two::net_h1`  both from the page two-two-two, which stands beside this one
    {val}`last@two-two-two::w6` this page's value, linked to a line of that page
    {num}`steps`                the text, a link to the cell that computes it: the last one shown
                                on the page before it was shared

A page is read before the pages it takes values from, so a role leaves a placeholder, and each
page notes what it shares, where, and which worked lines it holds.  When all are read, the
placeholders become text and links.  What is missing is a warning that names it.
"""

import re
from ast import literal_eval
from pathlib import Path

from docutils import nodes
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join, logging
from sphinx.util.docutils import SphinxRole

from book_kernels import executed
from book_lines import steps

logger = logging.getLogger(__name__)

GLUED = "application/papermill.record/text/plain"  # how a cell holds a text that it shares
ADDRESS = re.compile(r"(?:(?P<page>[^:@]+)::)?(?P<name>[^:@]+)")
LINK = re.compile(r'class="bp-val" href="([\w-]+)\.html#(step-[^"]+)"')  # one that a cell made


def setup(app):
    app.add_role("val", ValueRole(linked=True))
    app.add_role("num", ValueRole(linked=False))
    app.add_env_collector(ValueCollector)
    app.add_post_transform(ResolveValues)
    return {"env_version": 4, "parallel_read_safe": True, "parallel_write_safe": True}


class pending_value(nodes.Inline, nodes.Element):
    """A number in prose, until every page is read.

    `value` is (page, key); `line` is (page, anchor), or None for a link to a cell.
    """


class ValueRole(SphinxRole):
    """`{val}` where `linked`, else `{num}`."""

    def __init__(self, linked):
        self.linked = linked

    def run(self):
        value, at, line = self.text.partition("@")
        if not ADDRESS.fullmatch(value) or (at and not (self.linked and ADDRESS.fullmatch(line))):
            form = "key, page::key or key@anchor" if self.linked else "key or page::key"
            warn(f"{{{self.name}}}`{self.text}` is not of the form {form}", self.get_location())
            return [nodes.literal(self.text, self.text)], []
        value = self.address(value, self.env.docname)
        node = pending_value(value=value, line=None)
        if self.linked:
            node["line"] = self.address(line, value[0]) if at else value
        self.set_source_info(node)
        return [node], []

    def address(self, text, default):
        """Read `name`, on the page `default`, or `page::name`: (page, name)."""
        page, name = ADDRESS.fullmatch(text).groups()
        return docname_join(self.env.docname, page) if page else default, name


class ValueCollector(EnvironmentCollector):
    """Note for each page the values it shares, its worked lines, and the pages it draws on."""

    def process_doc(self, app, doctree):
        env = app.env
        asks = {(node["value"], node["line"]) for node in doctree.findall(pending_value)}
        drawn_on = {page for asked in asks for page, _ in filter(None, asked)}
        values, cells = shared(env, doctree)
        pages_of(env)[env.docname] = {
            "values": values,
            "cells": cells,
            "lines": {mark.name: mark for mark, *_ in steps(doctree)},
            "asks": asks | linked_lines(env, doctree),
            "draws_on": drawn_on - {env.docname},
        }

    def clear_doc(self, app, env, docname):
        pages_of(env).pop(docname, None)

    def merge_other(self, app, env, docnames, other):
        pages_of(env).update((name, pages_of(other)[name]) for name in docnames)

    def get_updated_docs(self, app, env):
        """Write a page again if one that it draws on was read after it was last written."""
        if app.builder.format != "html":
            return []
        return [
            name
            for name, page in pages_of(env).items()
            if any(is_newer(app, other, name) for other in page["draws_on"])
        ]


def pages_of(env):
    """Return what the pages share, by name of page; it is kept with Sphinx's environment."""
    if not hasattr(env, "book_values"):
        env.book_values = {}
    return env.book_values


def shared(env, doctree):
    """Return what the cells of the page being read share: {key: text}, and {key: id of a cell}.

    A value is shared by a cell that the page leaves out; what computes it is the cell before. This
    gets an id on the page, unless no cell is shown before it.
    """
    shown = {
        node["cell_index"]: node
        for node in doctree.findall(nodes.container)
        if node.get("nb_element") == "cell_code"
    }
    values, cells, last = {}, {}, None
    for index, cell in enumerate(executed(env, env.docname) if shown else ()):
        last = shown.get(index, last)
        for output in cell.get("outputs", ()):
            if GLUED not in output.get("data", {}):
                continue
            key = output["metadata"]["scrapbook"]["name"]
            text = literal_eval(output["data"][GLUED])
            if values.setdefault(key, text) != text:
                message = f"{env.docname} shares {key!r} twice, as {values[key]} and as {text}"
                warn(message, env.docname)
            if last is not None:
                cells[key] = f"cell-{last['cell_index']}"
                if cells[key] not in last["ids"]:
                    last["ids"].append(cells[key])
    return values, cells


def linked_lines(env, doctree):
    """Return what the links ask that a cell made, as (value, line) of a placeholder."""
    raws = "".join(raw.astext() for raw in doctree.findall(nodes.raw))
    lines = (
        (docname_join(env.docname, page), place.removeprefix("step-"))
        for page, place in LINK.findall(raws)
    )
    return {(line, line) for line in lines}


def place_of(env, value, line):
    """Return (page, id) of where a placeholder leads; the id is None where that is nowhere."""
    page, name = line or value
    notes = pages_of(env).get(page, {"cells": {}, "lines": ()})
    if not line:
        return page, notes["cells"].get(name)  # None: no cell is shown before it
    return page, f"step-{name}" if name in notes["lines"] else None


def is_newer(app, other, name):
    """Say whether the page `other` was read after the page `name` was written, or is gone."""
    read = Path(app.doctreedir, f"{other}.doctree")
    written = Path(app.builder.get_outfilename(name))
    if not (read.exists() and written.exists()):
        return True
    return read.stat().st_mtime > written.stat().st_mtime


class ResolveValues(SphinxPostTransform):
    """Put text and links in the place of the placeholders."""

    default_priority = 8  # before Sphinx resolves references

    def run(self, **kwargs):
        for node in list(self.document.findall(pending_value)):
            node.replace_self(self.resolved(node))

    def resolved(self, node):
        page, key = node["value"]
        shared = pages_of(self.env).get(page, {}).get("values", {})
        if key not in shared:
            warn(f"no cell of {page} shares a value named {key!r}", node)
            return nodes.literal(key, key)
        return self.linked(node, nodes.Text(shared[key]))

    def linked(self, node, text):
        page, place = place_of(self.env, node["value"], node["line"])
        if not place:
            if node["line"]:
                warn(f"{page} has no worked line step-{node['line'][1]}", node)
            return text
        uri = f"{self.app.builder.get_relative_uri(self.env.docname, page)}#{place}"
        return nodes.reference("", "", text, refuri=uri, internal=True, classes=["bp-val"])


def warn(message, location):
    logger.warning("%s", message, location=location, type="book_values")
