"""The pass on a page: every number on one sheet of A4, none outside it, no two in one place."""

import re
from itertools import combinations

import numpy as np
import pytest

from backprop import Network, examples, trace
from backprop.draw.diagram import shown
from backprop.draw.poster import DIGITS, poster

pytestmark = pytest.mark.slow  # documents are written, and read again

NET, X, T, RATE = examples.two_two_two()


@pytest.fixture(scope="module")
def sheet():
    return poster(trace(NET, X, T, RATE, biases="frozen"))


def texts(picture):
    return [text for text in picture.figure.axes[0].texts if text.get_text()]


def test_every_number_of_the_pass_stands_on_the_page(sheet):
    """But for the pulls on a hidden unit, which the product with the transpose adds at once."""
    said = " ".join(text.get_text() for text in texts(sheet))
    hidden = {f"dout_{unit}" for unit in ("h1", "h2")}
    for step in trace(NET, X, T, RATE, biases="frozen"):
        if not any(step.name.endswith(pulled) for pulled in hidden):
            assert shown(step.value, DIGITS) in said, step.name


def test_the_five_labels_and_their_formulas_stand_on_the_page(sheet):
    said = [text.get_text() for text in texts(sheet)]
    for number, label in enumerate(
        ("forward", "output delta", "hidden delta", "gradients", "update"), start=1
    ):
        assert f"{number}  {label}" in said
    assert sum(words.startswith("$") and "=" in words and "(l)" in words for words in said) >= 4
    assert "(2, 2)" in said and "(2,)" in said


def test_the_arrays_are_those_of_the_package(sheet):
    other = examples.mazur()
    said = " ".join(text.get_text() for text in texts(poster(trace(*other, biases="frozen"))))
    steps = trace(*other, biases="frozen")
    assert shown(steps["dE_dw5"].value, DIGITS) in said
    assert shown(steps["dE_dw5"].value, DIGITS) not in " ".join(
        text.get_text() for text in texts(sheet)
    )


def test_nothing_lies_outside_the_paper_or_on_something_else(sheet):
    sheet.figure.canvas.draw()
    paper = sheet.figure.bbox
    boxes = [(text.get_text(), text.get_window_extent()) for text in texts(sheet)]
    for words, box in boxes:
        assert paper.x0 < box.x0 and box.x1 < paper.x1, words
        assert paper.y0 < box.y0 and box.y1 < paper.y1, words
    for (one, p), (other, q) in combinations(boxes, 2):
        across = min(p.x1, q.x1) - max(p.x0, q.x0)
        down = min(p.y1, q.y1) - max(p.y0, q.y0)
        # a box has room for letters that hang below the line
        assert across <= 0 or down <= 0.3 * min(p.height, q.height), (one, other)


def test_files_are_a4_across_and_the_same_each_time(sheet, tmp_path):
    for name in ("a.pdf", "a.svg"):
        sheet.save(tmp_path / name)
        poster(trace(NET, X, T, RATE, biases="frozen")).save(tmp_path / f"again-{name}")
        assert (tmp_path / name).read_bytes() == (tmp_path / f"again-{name}").read_bytes()
    pdf = (tmp_path / "a.pdf").read_bytes()
    width, height = map(float, re.search(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", pdf).groups())
    assert np.allclose([width, height], [297 / 25.4 * 72, 210 / 25.4 * 72], atol=0.01)
    assert pdf.count(b"/Type /Page ") == 1 and b"/FontFile2" in pdf
    assert b"<text" not in (tmp_path / "a.svg").read_bytes()  # outlines need no font


def test_what_does_not_fit_the_page_says_why():
    with pytest.raises(ValueError, match="make the trace with a learning rate"):
        poster(trace(NET, X, T))
    deep, x, t, rate = examples.uneven_deep()
    with pytest.raises(ValueError, match="one hidden layer and outputs; this network has 4 layers"):
        poster(trace(deep, x, t, rate))
    large = Network([None, np.ones((9, 2)), np.ones((2, 9))], [None, *map(np.ones, (9, 2))], "tanh")
    with pytest.raises(ValueError, match="layers of up to 6 units"):
        poster(trace(large, X, T, RATE))
