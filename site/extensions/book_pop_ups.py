"""What a page needs of other pages so that its numbers can be asked where they come from.

A number links to its worked line, or to the cell that computes it (`book_values`), and `pop_up.js`
shows that in a pop-up, with the lines that it came from.  Where these stand on another page, no
script may fetch them: the book is read from disk too.  So a page ends with a <template>, inert,
that holds them, rendered like the originals; each is marked with the address of its original.

A line's mark says which steps it came from, each by its trace and its name: a page may work through
several networks with one w5 each.  On the page the mark says the addresses of the lines of these
steps instead, as far as there are any, and the line's value.
"""

import re

from docutils import nodes

from book_lines import name_of, steps
from book_values import is_newer, pages_of, place_of

DATA = ("at", "value", "from")  # where the original stands; what a line gives; where its parts are
TOO_LARGE = re.compile(r"<svg|<bp-figure")  # results of cells that stay on their own page


def setup(app):
    app.add_node(Template, html=(start("template"), end("template")))
    app.add_node(Part, html=(start("div"), end("div")))
    app.connect("env-get-updated", pages_to_write_again)
    app.connect("doctree-resolved", add_parts, priority=960)  # after notebooks and folds
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Template(nodes.comment):
    """<template>, for what stands on other pages; a comment to all else that reads the page."""


class Part(nodes.General, nodes.Element):
    """<div>: a line or a cell of code, with DATA, or a cell of a line, with its name as class."""


def start(tag):
    def visit(self, node):
        data = {f"data-{name}": node[name] for name in DATA if node.get(name)}
        self.body.append(self.starttag(node, tag, "", **data))

    return visit


def end(tag):
    return lambda self, node: self.body.append(f"</{tag}>\n")


# --- which lines a page needs ---------------------------------------------------------------


def needed(env, docname):
    """Return {(page, place): places of the lines it came from}, for all that a page can ask.

    A place is an id: step-NAME of a line, cell-N of a cell.
    """
    pages = pages_of(env)
    found, todo = {}, [place_of(env, *asked) for asked in sorted(pages[docname]["asks"], key=str)]
    while todo:
        page, place = todo.pop()
        if (page, place) in found or page not in pages or not place:
            continue
        line = pages[page]["lines"].get(place.removeprefix("step-"))
        inputs = line.inputs.items() if line else ()
        lines = (line_of(pages, [docname, page], *step) for step in inputs)
        found[page, place] = [line for line in lines if line]
        todo += found[page, place]
    return found


def line_of(pages, first, name, trace):
    """Return (page, place) of the line of a step: on one of the pages `first`, else on any."""
    for page in [*first, *sorted(pages)]:
        line = pages[page]["lines"].get(name)
        if line and line.trace == trace:
            return page, f"step-{name}"
    return None


def pages_to_write_again(app, env):
    """Return the pages that hold a copy of a line or cell which was read again since."""
    if app.builder.format != "html":
        return []
    return [
        name
        for name in pages_of(env)
        if any(is_newer(app, page, name) for page in {page for page, _ in needed(env, name)})
    ]


# --- a page gets them -----------------------------------------------------------------------


def add_parts(app, doctree, docname):
    """Let the lines of a page say where those they came from stand; append what is not here."""
    if app.builder.format != "html" or doctree is copies(app).get(docname):
        return

    def address(page, place):
        return f"{app.builder.get_relative_uri(docname, page)}#{place}"

    found = needed(app.env, docname)
    sources = {where: " ".join(address(*line) for line in lines) for where, lines in found.items()}
    for mark, tag, _ in list(steps(doctree)):
        data = {"value": mark.value, "from": sources.get((docname, f"step-{mark.name}"))}
        said = "".join(f' data-{name}="{text}"' for name, text in data.items() if text)
        tag.replace_self(nodes.raw("", f'<a id="step-{mark.name}"{said}>', format="html"))
    elsewhere = Template()
    for page in sorted({page for page, _ in found} - {docname}):
        places = {place for other, place in found if other == page}
        for place, part in parts(resolved(app, page), places):
            part.attributes |= {"at": address(page, place), "from": sources[page, place]}
            elsewhere += part
    if elsewhere.children:
        doctree += elsewhere


def resolved(app, docname):
    """Return a copy of a page as read, its values and outputs chosen; made once in a build."""
    if docname not in copies(app):
        copies(app)[docname] = app.env.get_doctree(docname)
        app.env.apply_post_transforms(copies(app)[docname], docname)  # tells `add_parts` too
    return copies(app)[docname]


def copies(app):
    """Return the copies of pages that others take lines from; their marks stay as read."""
    return app.builder.__dict__.setdefault("book_pop_ups", {})


def parts(doctree, places):
    """Yield (place, Part) for each of these places, in the order of the page."""
    for mark, _, row in steps(doctree):
        if f"step-{mark.name}" in places:
            yield f"step-{mark.name}", line(row, mark)
    for cell in doctree.findall(nodes.container):
        for place in places.intersection(cell["ids"]):
            yield place, code(cell)


def line(row, mark):
    """Return the cells of a worked line by their names, without the anchor in the first."""
    part = Part("", value=mark.value)
    for cell in row:
        name = name_of(cell)
        part += Part("", *(child.deepcopy() for child in cell), classes=[name])
        if name == "label":
            for anchor in list(part[-1].findall(nodes.raw)):
                anchor.parent.remove(anchor)
    return part


def code(cell):
    """Return a cell of code and its result, if that is text."""
    part = Part("")
    for child in cell.findall(nodes.container):
        if child.get("nb_element") in ("cell_code_source", "cell_code_output"):
            text = "".join(raw.astext() for raw in child.findall(nodes.raw))
            if not (TOO_LARGE.search(text) or any(child.findall(nodes.image))):
                part += child.deepcopy()
    for node in part.findall(nodes.Element):
        node["ids"] = []
    return part
