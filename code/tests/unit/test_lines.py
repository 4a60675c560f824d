"""Worked lines: written as Markdown, read on a page, and found by the pages that need them."""

import re
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given, settings
from myst_parser.parsers.docutils_ import Parser

import book_lines
import book_pop_ups
from backprop import book, examples, sources, trace, why
from backprop.lines import COLUMNS, Mark, WorkedLine, in_markdown, mark_of, names_of
from networks import problems

NET, X, T, RATE = examples.two_two_two()
STEPS = trace(NET, X, T, RATE, biases="frozen")


def nudged(by):
    """Return the steps of the network with another w5, larger by less than a page shows."""
    W = [w if w is None else w.copy() for w in NET.W]
    W[2][0, 0] += by
    return trace(replace(NET, W=W), X, T, RATE, biases="frozen")


def page(*shown):
    """Return a page of Markdown as docutils reads it, its cells named."""
    text = "\n\n".join(it.text for it in shown)
    settings = {"myst_enable_extensions": ["dollarmath"]}
    doctree = publish_doctree(text, parser=Parser(), settings_overrides=settings)
    book_lines.name_cells(None, doctree)
    return doctree


def marks(text):
    """Return the marks in a text, from every tag that begins an anchor."""
    return [mark_of(tag) for tag in re.findall(r"<a [^>]*>", text)]


@settings(max_examples=20)  # a mark does not depend on much
@given(problems(examples=0))
def test_the_mark_of_a_step_is_read_as_it_was_written(problem):
    steps = trace(*problem)
    read = marks(book.worked(steps, *steps.values).text)
    assert [mark.name for mark in read] == [*steps.values]
    assert [mark.value for mark in read] == [*map(steps.shown, steps.values)]
    trace_of = {mark.name: mark.trace for mark in read}
    for mark, step in zip(read, steps, strict=True):
        assert mark.inputs == {name: trace_of[name] for name in step.inputs}


def test_a_mark_may_hold_what_html_and_tables_are_written_with():
    mark = Mark("w", "0", "< 1 & > 'a' \"b\"", {})
    (read,) = marks(in_markdown([WorkedLine("given", "w", (), "= 1", mark=mark)]))
    assert read == mark


def test_a_tag_of_another_kind_has_no_mark():
    assert mark_of('<a id="step-w1">') is None and mark_of("</a>") is None


@pytest.mark.parametrize("ledger", [(), sources.ledger(STEPS)], ids=["no source", "a source"])
def test_every_cell_of_a_page_gets_the_name_of_its_column(ledger):
    doctree = page(book.worked(STEPS, "w1", "E_o1", ledger=ledger))
    names = [name for name in COLUMNS if ledger or name != "printed"]
    head, first, second = doctree.findall(nodes.row)
    for row in (head, first, second):
        assert [book_lines.name_of(cell) for cell in row] == names
    cells = {book_lines.name_of(cell): cell.astext() for cell in second}
    assert "forward" in cells["label"] and "E_{o1} =" in cells["formula"]
    assert STEPS["E_o1"].numbers in cells["numbers"]
    assert cells["result"].endswith(f"{STEPS.shown('E_o1')}</span>")
    assert "0.01545028" in cells.get("printed", "0.01545028")


def test_a_pill_is_for_a_delta_and_not_for_its_factors():
    for name, label, kind in (
        ("delta_o1", "output delta", "delta"), ("delta_h1", "hidden delta", "delta"),
        ("dE_dout_o1", "slope", "slope"), ("dout_o1_dnet_o1", "slope", "slope"),
        ("dE_o1_dout_h1", "pull", "slope"), ("dnet_o1_dw6", "slope", "slope"),
        ("dE_dw6", "gradients", "gradient"),
    ):  # fmt: skip
        (line,) = [row for row in book.worked(STEPS, name).text.splitlines() if "step-" in row]
        assert f"</a>{label} |" in line and f'<span class="bp-{kind}">' in line, name


def test_lines_without_a_trace_are_named_too():
    for shown in (why(NET, X, T, "w1"), book.lines([("update 1", "v = 2", "1 + 1", "= 2")])):
        text = shown.markdown() if hasattr(shown, "markdown") else shown.text
        doctree = page(book.Markdown(text))
        assert {book_lines.name_of(cell) for cell in doctree.findall(nodes.entry)} == {*COLUMNS} - {
            "printed"
        }
        assert not list(book_lines.steps(doctree))


def test_another_table_is_left_alone():
    assert names_of(["step", "formula", "numbers", "result"]) is None
    doctree = page(book.table(["step", "result"], [["a", "1"]]), book.Markdown(STEPS.table()))
    assert not any({*COLUMNS} & {*cell["classes"]} for cell in doctree.findall(nodes.entry))


def test_only_a_table_of_given_numbers_is_said_to_be_given():
    opening = [
        book.worked(STEPS, *names).text.splitlines()[0]
        for names in (("w1", "i1"), ("w1", "net_h1"), ("net_h1",))
    ]
    assert opening == [
        '<div class="bp-worked given">',
        '<div class="bp-worked">',
        '<div class="bp-worked">',
    ]


# --- which lines the pop-ups of a page need -------------------------------------------------


def book_of(asks, **pages):
    """Return an application whose pages show these things, and ask for these steps of them."""
    doctrees = {name: page(*shown) for name, shown in pages.items()}
    notes = {
        name: {
            "lines": {mark.name: mark for mark, *_ in book_lines.steps(doctree)},
            "origins": {},
            "asks": {(step, step) for step in asks.get(name, ())},
        }
        for name, doctree in doctrees.items()
    }
    env = SimpleNamespace(
        book_values=notes,
        get_doctree=lambda name: doctrees[name].deepcopy(),
        apply_post_transforms=lambda doctree, name: book_pop_ups.add_parts(app, doctree, name),
    )
    builder = SimpleNamespace(
        format="html", get_relative_uri=lambda here, to: "" if here == to else f"{to}.html"
    )
    app = SimpleNamespace(env=env, builder=builder)
    return app


def from_of(app, name):
    """Return what the lines of a page are said to come from, by step, once it is written."""
    doctree = app.env.get_doctree(name)
    book_pop_ups.add_parts(app, doctree, name)
    told = "".join(tag.astext() for tag in doctree.findall(nodes.raw))
    return dict(re.findall(r'id="step-(\w+)"[^>]* data-from="([^"]*)"', told)), doctree


def test_a_line_comes_from_lines_of_its_own_trace_on_any_page():
    """Three networks have a w5 that reads alike; the lines of the third are on no page."""
    pull, parts = "dE_o1_dout_h1", ("w5", "delta_o1")
    one, two, three = map(nudged, (1e-12, 2e-12, 3e-12))
    assert one.shown("w5") == two.shown("w5") == three.shown("w5")
    app = book_of(
        {name: [(name, pull)] for name in ("asks_one", "asks_two", "asks_three", "here")},
        asks_one=[book.worked(one, pull)],
        asks_two=[book.worked(two, pull)],
        asks_three=[book.worked(three, pull)],
        here=[book.worked(two, *parts, pull)],
        lines_of_one=[book.worked(one, *parts)],
        lines_of_two=[book.worked(two, *parts)],
    )
    for asking, found in (
        ("asks_one", "lines_of_one.html#step-delta_o1 lines_of_one.html#step-w5"),
        ("asks_two", "here.html#step-delta_o1 here.html#step-w5"),
        ("here", "#step-delta_o1 #step-w5"),
    ):
        assert from_of(app, asking)[0] == {pull: found}
    assert from_of(app, "asks_three")[0] == {}


def test_what_comes_later_in_a_trace_does_not_part_its_steps():
    frozen, moved = book.worked(STEPS, "delta_o1"), trace(NET, X, T, biases="updated")
    app = book_of({"b": [("b", "dE_db_o1")]}, a=[frozen], b=[book.worked(moved, "dE_db_o1")])
    assert from_of(app, "b")[0] == {"dE_db_o1": "a.html#step-delta_o1"}


def test_what_stands_elsewhere_comes_in_the_order_of_the_pages():
    """And each line with its value, its cells by name, and no second anchor of its name."""
    names = ("w1", "w2", "w3", "w4", "b1", "i1", "i2", "t_o1", "t_o2", "w5")
    pages = {f"page-{name}": [book.worked(STEPS, name)] for name in names}
    asked = [(f"page-{name}", name) for name in names]
    app = book_of({"here": asked}, here=[book.worked(STEPS, "w6")], **pages)
    (elsewhere,) = from_of(app, "here")[1].findall(book_pop_ups.Template)
    assert [part["at"] for part in elsewhere] == [
        f"page-{name}.html#step-{name}" for name in sorted(names)
    ]
    for part, name in zip(elsewhere, sorted(names), strict=True):
        assert part["value"] == STEPS.shown(name)
        assert [cell["classes"] for cell in part] == [[it] for it in list(COLUMNS)[:4]]
        assert part[0].astext() == "given" and "<a" not in part.astext()


def shared(steps, **keys):
    """Return what a page keeps of steps that it shares: {key: origin}."""
    return {
        key: {
            "line": asdict(book._line(steps, name, steps.digits)),
            "arithmetic": None,
            "code": "",
            "cell": None,
        }
        for key, name in keys.items()
    }


def told_by(app, name):
    """Return the answers at the end of a page, and the copies there: {place: where from}."""
    doctree = from_of(app, name)[1]
    boxes = [*doctree.findall(book_pop_ups.Answers), *doctree.findall(book_pop_ups.Template)]
    parts = [part for box in boxes for part in box.children]
    return {part.get("at") or part["ids"][0]: part["from"] for part in parts}


def asking(app, **keys):
    """Let pages ask for what pages share: {page: [(page, key), …]}."""
    for name, values in keys.items():
        notes = app.env.book_values[name]
        notes["asks"] |= {(value, None) for value in values}
        notes["values"] = {key: "a number" for key in notes["origins"]}
    return app


def test_an_answer_comes_from_answers_and_lines_of_its_page():
    """Not from lines of other pages: each would bring all that it came from along."""
    app = book_of({}, here=[book.worked(STEPS, "t_o1")], other=[book.worked(STEPS, "E_o1", "t_o2")])
    app.env.book_values["here"]["origins"] = shared(STEPS, E="E", E_1="E_o1", E_2="E_o2")
    asking(app, here=[("here", "E"), ("here", "E_1")])
    assert told_by(app, "here") == {"why-E": "#why-E_1", "why-E_1": "#step-t_o1"}
    asking(app, here=[("here", "E_2")])
    assert told_by(app, "here")["why-E"] == "#why-E_1 #why-E_2"


def test_a_page_has_the_answers_that_other_pages_ask():
    """For readers without scripts these lead to it; those with scripts get a copy."""
    app = book_of({}, here=[], other=[])
    app.env.book_values["here"]["origins"] = shared(STEPS, E="E", E_1="E_o1")
    app.env.book_values["here"]["values"] = {"E": "0.041", "E_1": "0.031"}
    asking(app, other=[("here", "E")])
    assert told_by(app, "here") == {"why-E": ""}
    assert told_by(app, "other") == {"here.html#why-E": ""}


def test_an_answer_whose_step_another_page_works_leads_there():
    app = book_of({}, here=[], other=[book.worked(STEPS, "E")])
    app.env.book_values["here"]["origins"] = shared(STEPS, E="E")
    asking(app, here=[("here", "E")])
    (link,) = from_of(app, "here")[1].findall(nodes.reference)
    assert (link["refuri"], link.astext()) == ("other.html#step-E", "Go to the line")
