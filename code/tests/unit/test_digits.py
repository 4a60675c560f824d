"""The handwritten digits: what the file holds, how it is split, and how images and guesses look."""

import gzip
import re
from collections import Counter
from itertools import combinations
from math import gcd
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from backprop import digits, draw

FILE = Path(digits.__file__).with_name("digits.csv.gz")
IMAGES, LABELS = digits.load()


# ---- the file ----------------------------------------------------------------------------------


def test_the_file_is_small_and_holds_no_date():
    assert FILE.stat().st_size < 64_000
    assert FILE.read_bytes()[4:8] == bytes(4)  # gzip keeps its date here


def test_the_file_begins_with_the_names_of_its_columns():
    head = gzip.decompress(FILE.read_bytes()).decode("ascii").splitlines()[0].split(",")
    assert head[0] == "p00" and head[10] == "p12" and head[63:] == ["p77", "label"]
    assert len(set(head)) == 65


def test_as_many_of_each_digit_as_its_source_counts():
    """UCI's page counts the test set: 178 zeros, 182 ones, …"""
    assert IMAGES.shape == (1797, 8, 8) and LABELS.shape == (1797,)
    assert np.bincount(LABELS).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_the_points_are_whole_numbers_from_0_to_16():
    assert IMAGES.dtype.kind == "i"
    assert set(np.unique(IMAGES)) == set(range(17))


def test_rows_are_rows_and_the_label_is_the_last_column():
    """The first image is a zero: two strokes, and paper between them."""
    assert LABELS[:10].tolist() == list(range(10))
    zero = IMAGES[0]
    assert (zero[3:5, 3:4] == 0).all() and zero[3:5, 2].min() > 0 and zero[3:5, 5].min() > 0
    assert np.abs(IMAGES[:, :, 0]).sum() < np.abs(IMAGES[:, 0, :]).sum() / 100  # empty at the left


# ---- the split ---------------------------------------------------------------------------------


def test_every_image_is_on_one_side_and_a_quarter_is_held():
    learn, held = digits.split()
    assert (len(learn), len(held)) == (1348, 449)
    assert sorted([*learn, *held]) == list(range(1797))


def test_the_split_goes_in_steps_round_the_ring():
    learn, held = digits.split()
    order = [*learn, *held]
    assert gcd(digits.STEP, 1797) == 1
    assert order[:4] == [0, 1000, 203, 1203]
    assert all(
        (there - here) % 1797 == digits.STEP for here, there in zip(order, order[1:], strict=False)
    )


def test_each_part_of_the_file_and_each_digit_is_on_both_sides():
    _, held = digits.split()
    for quarter in np.array_split(np.arange(1797), 4):
        assert 0.24 < np.isin(quarter, held).mean() < 0.26
    for share in Counter(LABELS[held].tolist()).values():
        assert 0.08 < share / len(held) < 0.13


# ---- the drawings ------------------------------------------------------------------------------

GUESSES = np.array([0, 1, 2, 9, 4])
ERRORS = {
    "as many labels": (IMAGES[:3], LABELS[:2]),
    "as many guesses": (IMAGES[:3], LABELS[:3], LABELS[:2]),
    r"\(n, rows, columns\).*\(8, 8\)": (IMAGES[0], LABELS[:8]),
    "none of them 0": (IMAGES[:0], LABELS[:0]),
    "paper, and some above; got -15": (-IMAGES[:1], LABELS[:1]),
    "got 0 to 0": (np.zeros((1, 2, 2), dtype=int), LABELS[:1]),
}


def area(picture):
    """Return how much ink is drawn, in square pixels."""
    (ink,) = picture.figure.axes[0].patches
    corners = ink.get_path().vertices.reshape(-1, 5, 2)
    sides = corners[:, 2] - corners[:, 0]
    return sides.prod(axis=1).sum()


def test_ink_is_drawn_in_proportion_and_at_its_place():
    one, two = draw.images(IMAGES[[1, 2]], LABELS[[1, 2]])
    ratio = IMAGES[1].sum() / IMAGES[2].sum()
    assert area(one) / area(two) == pytest.approx(ratio, rel=1e-9)
    dot = np.zeros((1, 2, 3))
    dot[0, 1, 2] = 1
    (picture,) = draw.images(dot, [7])
    x, y = picture.figure.axes[0].patches[0].get_path().vertices.mean(axis=0)
    width, _ = picture.figure.get_size_inches() * picture.figure.dpi
    assert x > width / 2 and 9 < y < 18  # lower right


def test_an_image_says_its_label_and_what_it_was_read_as():
    alone = draw.images(IMAGES[:5], LABELS[:5])
    read = draw.images(IMAGES[:5], LABELS[:5], GUESSES)
    assert len(alone) == len(read) == 5
    assert alone[3].alt == "A handwritten 3; 8 × 8 points."
    assert read[3].alt == "A handwritten 3, read as 9; 8 × 8 points."
    assert [text.get_text() for text in read[3].figure.axes[0].texts] == ["3, read as 9"]
    assert [text.get_text() for text in alone[3].figure.axes[0].texts] == ["3"]


def test_a_table_counts_what_was_read_as_what():
    picture = draw.confusion([0, 0, 1, 1, 1, 2], [0, 1, 1, 1, 0, 2])
    assert picture.alt.endswith(
        "0: 1 of 2 right, 1 read as 1; 1: 2 of 3 right, 1 read as 0; 2: 1 of 1 right."
    )
    numbers = [t for t in picture.figure.axes[0].texts if t.get_text().isdigit()]
    assert len(numbers) == 2 * 3 + 5  # the digits of rows and columns, and the counts
    assert len(picture.figure.axes[0].patches) == 2  # a box for each of the two kinds of mistake


def test_a_table_has_its_rows_for_labels_and_columns_for_guesses():
    """Two zeros read as 1, a one read as 1: the counts stand in one column, the zeros' above."""
    texts = draw.confusion([0, 0, 1], [1, 1, 1]).figure.axes[0].texts
    ((x, y),) = [t.get_position() for t in texts if t.get_text() == "2"]
    ones = [t.get_position() for t in texts if t.get_text() == "1"]
    assert sorted(at[1] > y for at in ones if at[0] == x) == [False, True]  # the head, the count
    assert any(at[0] < x and at[1] > y for at in ones)  # the row of the ones


@pytest.mark.parametrize("message", ERRORS)
def test_images_that_cannot_be_drawn(message):
    with pytest.raises(ValueError, match=message):
        draw.images(*ERRORS[message])


@pytest.mark.parametrize(
    ("labels", "guesses", "message"),
    [
        ([1, 2], [1], "one shape"),
        ([], [], "one shape"),
        ([[1]], [[1]], "one shape"),
        ([1], [0.5], r"guesses take whole numbers from 0, and hold \[0.5\]"),
        ([-1], [1], "labels take whole numbers"),
    ],
)
def test_a_table_that_cannot_be_drawn(labels, guesses, message):
    with pytest.raises(ValueError, match=message):
        draw.confusion(labels, guesses)


PICTURES = [
    draw.images(IMAGES[:1], LABELS[:1])[0],
    draw.images(IMAGES[:1], LABELS[:1], [9])[0],
    draw.confusion(LABELS, LABELS),
    draw.confusion(LABELS * 0 + 9, LABELS * 0),
]


@pytest.mark.parametrize("picture", PICTURES)
def test_texts_are_whole_and_apart(picture):
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    width, height = picture.figure.get_size_inches() * picture.figure.dpi
    texts = picture.figure.axes[0].texts
    boxes = [text.get_window_extent(canvas.get_renderer()) for text in texts]
    for box, other in combinations(boxes, 2):
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        down = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert across <= 0.5 or down <= 0.5
    for box in boxes:
        assert -0.5 <= box.x0 and box.x1 <= width + 0.5
        assert -0.5 <= box.y0 and box.y1 <= height + 0.5
    assert min(text.get_size() for text in texts) >= 13


@pytest.mark.parametrize("picture", PICTURES)
def test_a_page_colours_them_itself(picture, on_a_page):
    svg = picture.svg()
    assert not re.search(r"#[0-9a-fA-F]{6}", re.sub(r"var\(--bp-\w+, #\w{6}\)", "", svg))
    assert "var(--bp-ink" in svg
