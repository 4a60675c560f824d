"""Numbers in prose: what a page keeps of those that it shares, and where each leads."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

import book_values


def sharing(code=(), **texts):
    """Return a cell as it ran, which shares these texts, computed by code in cells of a number."""
    origin = {"line": None, "arithmetic": None, "code": list(code)} if code else None
    told = [{"name": key, "text": text, "origin": origin} for key, text in texts.items()]
    outputs = [
        new_output("display_data", metadata={book_values.VALUE: each}, data={}) for each in told
    ]
    return new_code_cell("book.share()", outputs=outputs)


@pytest.fixture
def kept(monkeypatch):
    """Return a function that reads a page: ({key: text}, {key: origin}, places on the page)."""

    def kept(*cells, shown):
        monkeypatch.setattr(book_values, "executed", lambda env, docname: cells)
        page = nodes.container()
        for index in shown:
            page += nodes.container(nb_element="cell_code", cell_index=index)
        env = SimpleNamespace(docname="page")
        return *book_values.shared(env, page), [it for cell in page for it in cell["ids"]]

    return kept


CODE = new_code_cell("a = 1")


def test_code_leads_to_the_last_of_its_cells_that_the_page_shows(kept):
    """The kernel counts the cells that ran, which are not all cells of the page."""
    text, empty = new_markdown_cell("A"), new_code_cell("")
    code = [(0, "a = 1"), (1, "b = 2"), (2, "a + b")]
    cells = (text, CODE, empty, CODE, CODE, sharing(code, n="3"))
    for shown, place in (((1, 3), "cell-3"), ((1, 3, 4), "cell-4"), ((1,), "cell-1")):
        texts, origins, marks = kept(*cells, shown=shown)
        assert texts == {"n": "3"}
        code_of_it = {"code": "a = 1\nb = 2\na + b", "cell": place}
        assert origins == {"n": {"line": None, "arithmetic": None, **code_of_it}}
        assert marks == [place]


def test_code_of_which_the_page_shows_nothing_is_kept_and_leads_nowhere(kept):
    _, origins, marks = kept(CODE, sharing([(0, "a = 1")], n="1"), CODE, shown=(2,))
    assert origins["n"]["code"] == "a = 1" and origins["n"]["cell"] is None
    assert not marks


def test_a_text_that_nothing_computes_has_no_origin(kept):
    assert kept(CODE, sharing(licence="CC BY 4.0"), shown=(0,))[1] == {}


LINES = {"w5": SimpleNamespace(name="w5", trace="one")}


@pytest.mark.parametrize(
    ("value", "line", "place"),
    [
        (("page", "step"), None, "step-w5"),  # the page works this step
        (("page", "other"), None, "why-other"),  # it works a step of that name, of another trace
        (("page", "sum"), None, "why-sum"),
        (("page", "code"), None, "why-code"),
        (("page", "typed"), None, None),
        (("page", "step"), ("page", "w5"), "step-w5"),
        (("page", "step"), ("page", "w6"), None),
        (("nowhere", "step"), None, None),
    ],
)
def test_a_number_leads_to_its_line_else_to_its_answer_else_nowhere(value, line, place):
    def of(name, trace):
        return {"line": {"mark": {"name": name, "trace": trace}}, "code": "", "cell": None}

    origins = {
        "step": of("w5", "one"),
        "other": of("w5", "two"),
        "sum": of("", ""),
        "code": {"line": None, "code": "1 + 1", "cell": None},
    }
    env = SimpleNamespace(book_values={"page": {"origins": origins, "lines": LINES}})
    assert book_values.place_of(env, value, line) == ((line or value)[0], place)


def test_a_key_that_is_shared_with_two_texts_is_named(kept, monkeypatch):
    said = []
    monkeypatch.setattr(book_values, "warn", lambda message, location: said.append(message))
    kept(CODE, sharing(a="1", b="2"), sharing(a="1", b="3"), shown=(0,))
    assert said == ["page shares 'b' twice, as 2 and as 3"]
