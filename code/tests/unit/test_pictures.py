"""The letters of the pictures of a page, once on it."""

import re

import book_pictures
from backprop import draw, examples, trace


def pictures():
    """Return two pictures with letters in common, as a page has them."""
    net, x, t, learning_rate = examples.two_two_two()
    steps = trace(net, x, t, learning_rate)
    return draw.network(steps, "given").svg() + draw.ropes(steps, "w1").svg()


def letters(html):
    """Return (ids of letters, in order; what each place uses, as its outline)."""
    outlines = dict(re.findall(r'<path id="([^"]+)" ([^>]*)/>', html))
    ids = re.findall(r'<path id="(bp-[^"]*[A-Z][^"]*)"', html)
    return ids, [outlines[name] for name in re.findall(r'<use [^>]*href="#([^"]+)"', html)]


def test_each_letter_stands_once_and_every_place_keeps_its_own():
    before = pictures()
    after = book_pictures.share(before)
    (ids, used), (once, used_after) = letters(before), letters(after)
    assert used_after == used and len(used) > 100
    assert len(once) == len(set(once)) == len({name[len("bp-12345678-") :] for name in ids})
    assert len(once) < len(ids) and len(after) < len(before)


def test_html_without_pictures_stays_as_it_is():
    assert book_pictures.share("<p>text</p>") == "<p>text</p>"
