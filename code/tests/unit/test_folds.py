"""Folds that hold cells: what is between the two marks is in the box; a mark alone is named."""

import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.utils import new_document

import book_folds


def page(*parts):
    """Return a page: "(" begins a fold, ")" ends it, another text is a cell with this text."""
    document = new_document("page", get_default_settings())
    for part in parts:
        if part == "(":
            title = nodes.title("", "A title")
            document += nodes.admonition("", title, classes=["dropdown", "bp-fold"])
        elif part == ")":
            document += book_folds.End()
        else:
            document += nodes.container("", nodes.Text(part))
    return document


def folded(document):
    book_folds.MakeFolds(document).apply()
    boxes = [node.astext().split("\n\n") for node in document.findall(nodes.admonition)]
    return boxes, [node.astext() for node in document.children if type(node) is nodes.container]


def test_a_fold_holds_what_is_between_its_marks(caplog):
    parts = "before", "(", "one", "two", ")", "between", "(", "three", ")", "after"
    boxes, beside = folded(page(*parts))
    assert boxes == [["A title", "one", "two"], ["A title", "three"]]
    assert beside == ["before", "between", "after"] and not caplog.records


@pytest.mark.parametrize(
    "parts, said",
    [("(ab", "a fold has no end in its section"), ("a)b", "a fold ends that never began")],
)
def test_a_mark_alone_is_named(parts, said, caplog):
    document = page(*parts)
    folded(document)
    assert [record.getMessage() for record in caplog.records] == [said]
    assert not list(document.findall(book_folds.End))
