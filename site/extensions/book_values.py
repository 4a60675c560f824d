"""Numbers in prose: computed by a cell, and linked to what says where they come from.

    {val}`net_h1`               the text that a cell shared as net_h1, a link to #step-net_h1
    {val}`total@E_total`        the text shared as total, a link to #step-E_total
    {val}`two-two-two::net_h1`  both from the page two-two-two, which stands beside this one
    {val}`last@two-two-two::w6` this page's value, linked to a line of that page
    {num}`total`                the text, a link to its worked line where the page has one, else to
                                #why-total, its answer (`book_pop_ups`); no link where there is none

A page is read before the pages it takes values from, so a role leaves a placeholder, and each
page notes what it shares, from where, and which worked lines it holds.  When all are read, the
placeholders become text and links.  What is missing is a warning that names it.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join, logging
from sphinx.util.docutils import SphinxRole

from book_kernels import executed
from book_lines import steps

logger = logging.getLogger(__name__)

VALUE = "book_value"  # the key by which `backprop.book` marks an output as a value that is shared
ADDRESS = re.compile(r"(?:(?P<page>[^:@]+)::)?(?P<name>[^:@]+)")
LINK = re.compile(r'class="bp-val" href="([\w-]+)\.html#(step-[^"]+)"')  # one that a cell made


def setup(app):
    app.add_role("val", ValueRole(linked=True))
    app.add_role("num", ValueRole(linked=False))
    app.add_env_collector(ValueCollector)
    app.add_post_transform(ResolveValues)
    return {"env_version": 5, "parallel_read_safe": True, "parallel_write_safe": True}


class pending_value(nodes.Inline, nodes.Element):
    """A number in prose, until every page is read.

    `value` is (page, key); `line` is (page, anchor), or None for a link to what the value tells.
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
        values, origins = shared(env, doctree)
        pages_of(env)[env.docname] = {
            "values": values,
            "origins": origins,
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
    """Return what the cells of the page being read share: {key: text}, and {key: its origin}.

    An origin is that of `backprop.origins`, but for the cells: of those that its code is from, the
    last one that the page shows gets an id, which stands in their place, as `cell`.
    """
    shown = {
        node["cell_index"]: node
        for node in doctree.findall(nodes.container)
        if node.get("nb_element") == "cell_code"
    }
    cells = executed(env, env.docname) if shown else ()
    run = [n for n, cell in enumerate(cells) if cell.cell_type == "code" and cell.source.strip()]
    values, origins = {}, {}
    for told in (told for cell in cells for told in shared_by(cell)):
        key, text, origin = told["name"], told["text"], told["origin"]
        if values.setdefault(key, text) != text:
            message = f"{env.docname} shares {key!r} twice, as {values[key]} and as {text}"
            warn(message, env.docname)
        if origin:
            places = [run[number] for number, _ in origin["code"] if run[number] in shown]
            cell = shown[places[-1]] if places else None
            origins[key] = {
                **origin,
                "code": "\n".join(text for _, text in origin["code"]),
                "cell": cell and place_in(cell),
            }
    return values, origins


def shared_by(cell):
    """Yield what a cell shares, as it ran."""
    for output in cell.get("outputs", ()):
        if VALUE in output.get("metadata", {}):
            yield output["metadata"][VALUE]


def place_in(cell):
    """Return the id of a cell of a page, which it gets if it has none."""
    place = f"cell-{cell['cell_index']}"
    if place not in cell["ids"]:
        cell["ids"].append(place)
    return place


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
    notes = pages_of(env).get(page, {"origins": {}, "lines": {}})
    if line:
        return page, f"step-{name}" if name in notes["lines"] else None
    origin = notes["origins"].get(name)
    if not origin:
        return page, None
    step = (origin["line"] or {}).get("mark") or {}
    its = notes["lines"].get(step.get("name"))
    is_there = its and its.trace == step["trace"]
    return page, f"step-{its.name}" if is_there else f"why-{name}"


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
