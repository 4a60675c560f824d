"""What a page needs so that its numbers can be asked where they come from.

A number links to its worked line, or to its answer (`book_values`), and `pop_up.js` shows that in a
pop-up, with the lines that it came from.  An answer is a worked line that stands nowhere else, or
a line of arithmetic, or the code that gives the number; those of a page stand at its end, where a
reader without scripts is led.  Where a line or an answer stands on another page, no script may
fetch it: the book is read from disk too.  So a page ends with a <template>, inert, that holds
copies; each is marked with the address of its original.

A line's mark says which steps it came from, each by its trace and its name: a page may work through
several networks with one w5 each.  On the page the mark says the addresses of the lines of these
steps instead, as far as there are any, and the line's value.
"""

from docutils import nodes

from book_lines import name_of, steps
from book_pages import Fold, Summary
from book_values import is_newer, pages_of, place_of

DATA = ("at", "value", "from")  # where the original stands; what a line gives; where its parts are
# Pages whose readers need no Python: where code gives a number, they are asked before it is shown.
WITHOUT_CODE = {
    f"chapters/{name}"
    for name in ("index", "factory", "forward-pass", "chain-rule", "output-delta", "hidden-delta")
} | {"chapters/two-two-two", "chapters/until-it-learns"}


def setup(app):
    app.add_node(Template, html=(start("template"), end("template")))
    app.add_node(Answers, html=(start("div"), end("div")))
    app.add_node(Part, html=(start("div"), end("div")))
    app.connect("env-get-updated", pages_to_write_again)
    app.connect("doctree-resolved", add_parts, priority=960)  # after notebooks and folds
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class Template(nodes.comment):
    """<template>, for what stands on other pages; a comment to all else that reads the page."""


class Answers(nodes.comment):
    """<div>, for the answers of this page; a comment to the search too."""


class Part(nodes.General, nodes.Element):
    """<div>: a line or an answer, with DATA, or a cell of a line, with its name as class."""


def start(tag):
    def visit(self, node):
        data = {f"data-{name}": node[name] for name in DATA if node.get(name)}
        self.body.append(self.starttag(node, tag, "", **data))

    return visit


def end(tag):
    return lambda self, node: self.body.append(f"</{tag}>\n")


# --- which lines a page needs ---------------------------------------------------------------


def needed(env, docname):
    """Return {(page, place): places of what it came from}, for all that a page can ask.

    And for all answers of the page that others can ask. A place is an id: step-NAME of a line,
    why-KEY of an answer.
    """
    pages = pages_of(env)
    asked = {place_of(env, *asked) for asked in sorted(pages[docname]["asks"], key=str)}
    others = {place_of(env, *asked) for page in pages.values() for asked in page["asks"]}
    asked |= {(page, place) for page, place in others if page == docname and is_answer(place)}
    found, todo = {}, sorted(asked, key=str)
    while todo:
        page, place = todo.pop()
        if (page, place) in found or page not in pages or not place:
            continue
        if is_answer(place):
            # not the lines of other pages, which would bring along all that they came from
            here = {docname: pages[docname]}
            inputs = inputs_of(origin_of(env, page, place))
            lines = [
                line_of(here, [docname], *step) or answer_of(env, asked, *step)
                for step in inputs.items()
            ]
        else:
            line = pages[page]["lines"].get(place.removeprefix("step-"))
            inputs = line.inputs.items() if line else ()
            lines = [line_of(pages, [docname, page], *step) for step in inputs]
        found[page, place] = [line for line in lines if line]
        todo += found[page, place]
    return found


def is_answer(place):
    return bool(place) and place.startswith("why-")


def origin_of(env, page, place):
    return pages_of(env)[page]["origins"][place.removeprefix("why-")]


def inputs_of(origin):
    """Return the steps that an answer is made of, {name: trace}."""
    if origin["line"]:
        return origin["line"]["mark"]["inputs"]
    return (origin["arithmetic"] or {"inputs": {}})["inputs"]


def answer_of(env, asked, name, trace):
    """Return (page, place) of the answer, of those that a page can ask, that is a certain step."""
    for page, place in asked:
        mark = is_answer(place) and (origin_of(env, page, place)["line"] or {}).get("mark")
        if mark and (mark["name"], mark["trace"]) == (name, trace):
            return page, place
    return None


def line_of(pages, first, name, trace):
    """Return (page, place) of the line of a step: on one of the pages `first`, else on any."""
    for page in [*first, *sorted(pages)]:
        line = pages[page]["lines"].get(name)
        if line and line.trace == trace:
            return page, f"step-{name}"
    return None


def pages_to_write_again(app, env):
    """Return the pages that hold a copy of something, or what others ask, which was read since."""
    if app.builder.format != "html":
        return []
    asking = {}
    for name, notes in pages_of(env).items():
        for (page, _), _ in notes["asks"]:
            asking.setdefault(page, set()).add(name)
    return [
        name
        for name in pages_of(env)
        if any(
            is_newer(app, page, name)
            for page in {page for page, _ in needed(env, name)} | asking.get(name, set())
        )
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
    here, elsewhere = Answers(classes=["bp-answers"]), Template()
    for page in sorted({page for page, _ in found}):
        places = {place for other, place in found if other == page}
        lines = {place for place in places if not is_answer(place)}
        copied = parts(resolved(app, page), lines) if page != docname and lines else ()
        for place, part in copied:
            part.attributes |= {"at": address(page, place), "from": sources[page, place]}
            elsewhere += part
        for place in sorted(places - lines):
            part = answer(app.env, docname, page, place, address)
            part["from"] = sources[page, place]
            if page == docname:
                part["ids"] = [place]
                here += part
            else:
                part["at"] = address(page, place)
                elsewhere += part
    doctree += [box for box in (here, elsewhere) if box.children]


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


def answer(env, docname, page, place, address):
    """Return an answer: how the number was made, and a link to where more of it stands."""
    origin = origin_of(env, page, place)
    shown = pages_of(env)[page]["values"][place.removeprefix("why-")]
    line, arithmetic, code = origin["line"], origin["arithmetic"], origin["code"]
    reads_code = docname not in WITHOUT_CODE
    if line:
        numbers = [nodes.paragraph("", "", math(numbers)) for numbers in line["numbers"]]
        formula = [math(line["formula"])]
        cells = [cell_of("label", nodes.Text(line["label"])), cell_of("formula", *formula)]
        cells += [cell_of("numbers", *numbers), cell_of("result", nodes.Text(line["result"]))]
    elif arithmetic:
        formula = [math(arithmetic["formula"])] if arithmetic["formula"] else []
        cells = [cell_of("label", nodes.Text("calculated")), cell_of("formula", *formula)]
        cells += [cell_of(name, nodes.Text(arithmetic[name])) for name in ("numbers", "result")]
        cells += [program(code, is_open=False)] if reads_code else []
    else:
        cells = [cell_of("label", nodes.Text("calculated by a program"))]
        cells += [program(code, is_open=reads_code), cell_of("result", nodes.Text(shown))]
    to = where_more(env, page, origin)
    if to:
        text = "Go to the cell" if to[1].startswith("cell") else "Go to the line"
        link = nodes.reference("", text, refuri=address(*to), internal=True)
        cells.append(nodes.paragraph("", "", link, classes=["foot"]))
    return Part("", *cells, value=shown)


def cell_of(name, *content):
    return Part("", *content, classes=[name])


def math(text):
    return nodes.math("", rf"\displaystyle {text}")


def program(code, is_open):
    """Return lines of code, folded if not `is_open`."""
    block = nodes.literal_block(code, code, language="python")
    if is_open:
        return Part("", block, classes=["code"])
    return Fold("", Summary("", "The lines of code"), block, classes=["code"])


def where_more(env, page, origin):
    """Return (page, place) of the cell that computes a number, or of the line of its step."""
    if origin["cell"]:
        return page, origin["cell"]
    mark = (origin["line"] or {}).get("mark") or {}
    pages = pages_of(env)
    return mark.get("name") and line_of(pages, [page], mark["name"], mark["trace"])
