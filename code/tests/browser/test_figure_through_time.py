"""The figure of a weight that is used at every step, in a browser, held to the package."""

import numpy as np
import pytest

from backprop import examples, live, recurrent
from backprop.latex import fmt
from figures import go, numbers, press, settled

NET, X, T, _ = examples.recurrent()
LONGER = np.array([*X, [1.0], [-2.0], [1.5], [-0.5], [1.0]])


def figure(**options):
    return live.through_time(NET, LONGER, T, **{"steps": 3, **options})


def passed(w=0.7, first=2.0, steps=3):
    """Return the trace's values of the sequence that the figure shows."""
    x = LONGER[:steps].copy()
    x[0] = first
    net = NET._replace(W=np.array([[w]]))
    return recurrent.trace_of_recurrent(net, x, T).values


def bars(page):
    """Return (shown number, left and right of the bar, middle of its picture) of each row."""
    return page.locator(".bp-terms > div:not([hidden])").evaluate_all(
        """rows => rows.map(row => {
            const bar = row.querySelector("rect").getBoundingClientRect();
            const whole = row.querySelector("svg").getBoundingClientRect();
            const middle = whole.left + whole.width / 2;
            return [row.querySelector(".count").innerText, bar.left, bar.right, middle];
        })"""
    )


STATES = [(0.7, 2, 3), (-1.25, 2, 8), (0.6, -1.5, 5), (1.1, 0, 1)]


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_all_numbers_and_bars_are_those_of_the_package(opened, phone):
    size = {"viewport": {"width": 375, "height": 700}} if phone else {}
    with opened(figure(), **size) as page:
        for w, first, steps in STATES:
            go(page, f"#terms-of-w?w={w}&first={first}&steps={steps}")
            known = passed(w, first, steps)
            rows = numbers(page)
            for s in range(1, steps + 1):
                names = f"z{s}", f"h{s}", f"delta{s}", f"dE_dw_at{s}"
                assert rows[s - 1] == [str(s), *(fmt(known[name], 4) for name in names)]
            ends = dict(zip(("y", "E", "dE_dw"), rows[steps:], strict=True))
            assert all(fmt(known[name], 4) in row for name, row in ends.items())
            shown = [known[f"dE_dw_at{s}"] for s in range(1, steps + 1)] + [known["dE_dw"]]
            drawn = bars(page)
            assert [text for text, *_ in drawn] == [fmt(value, 4) for value in shown]
            largest = max(map(abs, shown))
            half = max(right - left for _, left, right, _ in drawn)
            for value, (_, left, right, middle) in zip(shown, drawn, strict=True):
                ends = sorted([middle, middle + half * value / largest if largest else middle])
                assert [left, right] == pytest.approx(ends, abs=1)
        assert page.evaluate("document.documentElement.scrollWidth") <= (375 if phone else 10_000)


def test_the_controls_turn_it_and_the_start_comes_back(opened):
    with opened(figure()) as page:
        page.get_by_label("w, as a number").fill("0.6")
        known = passed(w=0.6)
        said = settled(page, "With w = 0.6")
        assert f"their sum is {fmt(known['dE_dw'], 4)}." in said
        slider = page.get_by_role("slider", name="steps")
        slider.focus()
        page.keyboard.press("ArrowRight")
        assert fmt(passed(w=0.6, steps=4)["dE_dw"], 4) in settled(page, "and 4 steps")
        press(page, "Start again")
        assert fmt(passed()["dE_dw"], 4) in settled(page, "With w = 0.7 and 3 steps")


def test_an_address_that_means_nothing_is_said(opened):
    with opened(figure()) as page:
        for query in ("steps=9", "steps=0", "steps=1.5", "w=11", "first=-11"):
            said = go(page, f"#terms-of-w?{query}")
            assert f"The address has {query}, which means nothing here." in said


# ---- in Python ---------------------------------------------------------------------------------


def test_the_still_picture_says_its_numbers():
    said = repr(figure().still)
    known = passed()
    for name in ("h1", "h2", "delta1", "delta2", "delta3", "dE_dw_at2", "dE_dw_at3", "dE_dw"):
        assert fmt(known[name], 3) in said


def test_what_python_asks_wrongly_is_said():
    with pytest.raises(ValueError, match="steps should be a whole number from 1 to 8"):
        figure(steps=9)
    with pytest.raises(ValueError, match="the figure has room for 8 steps, and x has 9"):
        live.through_time(NET, np.ones((9, 1)), T)
