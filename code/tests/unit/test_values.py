"""Numbers in prose: which cell of a page each that it shares leads to."""

from types import SimpleNamespace

import pytest
from docutils import nodes

import book_values


def sharing(**texts):
    """Return a cell as it ran, which shares these texts."""
    return {
        "outputs": [
            {"metadata": {"scrapbook": {"name": key}}, "data": {book_values.GLUED: repr(text)}}
            for key, text in texts.items()
        ]
    }


@pytest.fixture
def marked(monkeypatch):
    """Return a function that reads a page: ({key: text}, {key: place}, places on the page)."""

    def marked(*cells, shown):
        monkeypatch.setattr(book_values, "executed", lambda env, docname: cells)
        page = nodes.container()
        for index in shown:
            page += nodes.container(nb_element="cell_code", cell_index=index)
        env = SimpleNamespace(docname="page")
        return *book_values.shared(env, page), [it for cell in page for it in cell["ids"]]

    return marked


def test_a_number_leads_to_the_last_cell_shown_before_it_is_shared(marked):
    texts, places, marks = marked(
        {}, {}, sharing(a="1", b="2"), {}, sharing(c="3"), shown=(0, 1, 3)
    )
    assert texts == {"a": "1", "b": "2", "c": "3"}
    assert places == {"a": "cell-1", "b": "cell-1", "c": "cell-3"}
    assert marks == ["cell-1", "cell-3"]


def test_a_cell_that_is_shown_and_shares_is_where_its_number_leads(marked):
    assert marked({}, sharing(a="1"), shown=(0, 1))[1:] == ({"a": "cell-1"}, ["cell-1"])


def test_a_number_that_no_shown_cell_comes_before_leads_nowhere(marked):
    assert marked(sharing(a="1"), {}, shown=(1,)) == ({"a": "1"}, {}, [])


def test_a_key_that_is_shared_with_two_texts_is_named(marked, monkeypatch):
    said = []
    monkeypatch.setattr(book_values, "warn", lambda message, location: said.append(message))
    marked({}, sharing(a="1", b="2"), sharing(a="1", b="3"), shown=(0,))
    assert said == ["page shares 'b' twice, as 2 and as 3"]
