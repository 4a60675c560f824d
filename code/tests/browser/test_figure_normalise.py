"""The figure in which numbers are normalised together, in a browser, held to the package."""

import re

import numpy as np
import pytest

from backprop import live
from backprop.latex import fmt
from backprop.normalisation import normalise, normalise_backward
from figures import go, number, numbers, press, settled

Z, PULLS = np.array([1.0, 2, 3, 6]), np.array([1.0, 0, 0, 0])


def figure(controls=("z1", "z4", "pull1"), **options):
    return live.normalise(Z, PULLS, controls, **options)


def expected(z, pulls):
    """Return the rows of the table, by the package."""
    passed = normalise(z, epsilon=0.0)
    s, z_hat = passed.s[0], passed.z_hat
    paths = (
        pulls / s,
        np.full(len(z), -pulls.mean() / s),
        -z_hat * (pulls * z_hat).mean() / s,
        normalise_backward(pulls, passed).delta,
    )
    return np.array([z, z_hat, pulls, *paths]).T


def shown(page):
    return np.array([[number(cell) for cell in row[1:]] for row in numbers(page)])


def results(page):
    return page.locator(".bp-lines .result").all_inner_texts()


def test_all_numbers_are_those_of_the_package_and_both_sums_are_0(opened):
    with opened(figure()) as page:
        assert shown(page) == pytest.approx(expected(Z, PULLS), abs=1e-6)
        for state, z, pulls in (
            ("z1=-20", [-20, 2, 3, 6], PULLS),
            ("z4=60&pull1=-0.7&pull3=2", [1, 2, 3, 60], [-0.7, 0, 2, 0]),
        ):
            go(page, f"#normalise?{state}")
            wanted = expected(np.array(z, dtype=float), np.array(pulls, dtype=float))
            assert shown(page) == pytest.approx(wanted, abs=1e-6)
            assert [re.sub(r"\s", "", text) for text in results(page)] == ["≈0", "≈0"]


def test_a_slider_moves_by_keyboard_and_all_numbers_follow(opened):
    with opened(figure()) as page:
        slider = page.get_by_role("slider", name="z1")
        slider.focus()
        for _ in range(4):
            page.keyboard.press("ArrowLeft")
        settled(page, "the deltas are")
        assert shown(page) == pytest.approx(expected(np.array([-1.0, 2, 3, 6]), PULLS), abs=1e-6)


def test_every_number_and_pull_has_a_slider_and_those_not_asked_for_are_in_a_fold(opened):
    with opened(figure()) as page:
        sliders = page.get_by_role("slider", include_hidden=True)
        assert sliders.count() == 8 and page.get_by_role("slider").count() == 3
        page.get_by_text("The other numbers and pulls").click()
        slider = page.get_by_role("slider", name="z2")
        slider.focus()
        page.keyboard.press("ArrowRight")
        settled(page, "the deltas are")
        assert shown(page) == pytest.approx(expected(np.array([1.0, 2.5, 3, 6]), PULLS), abs=1e-6)
    with opened(figure([f"{letter}{i}" for letter in ("z", "pull") for i in (1, 2, 3, 4)])) as page:
        assert page.get_by_text("The other numbers and pulls").count() == 0


def test_a_bar_is_as_long_as_its_number_and_on_its_side(opened):
    with opened(figure()) as page:
        bars = page.locator(".bp-examples rect").evaluate_all(
            "all => all.map((it) => ['x', 'width'].map((name) => Number(it.getAttribute(name))))"
        )
        values = expected(Z, PULLS)[:, 3:].ravel()
        signed = [width if x >= 0 else -width for x, width in bars]
        scale = signed[0] / values[0]
        assert scale > 0 and signed == pytest.approx(scale * values, abs=1e-9)
        assert all(x in (0, -width) for x, width in bars) and max(map(abs, signed)) <= 50


def test_where_all_numbers_are_equal_it_says_so(opened):
    with opened(figure()) as page:
        said = go(page, "#normalise?z1=2&z3=2&z4=2")
        assert "All 4 numbers are equal" in said
        assert (shown(page)[:, 1] == 0).all()
        press(page, "Start again")
        assert f"Normalised, the numbers are {fmt(normalise(Z, epsilon=0.0).z_hat[0], 3)}" in (
            settled(page, "Normalised")
        )


def test_an_address_that_means_nothing_is_said(opened):
    with opened(figure()) as page:
        for query in ("z5=1", "z1=1e9", "pull1=x"):
            assert f"The address has {query}, which means nothing here." in go(
                page, f"#normalise?{query}"
            )


def test_it_fits_a_phone(opened):
    with opened(figure(), viewport={"width": 375, "height": 700}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_it_leaves_nothing_behind(opened):
    with opened(figure()) as page:
        assert page.evaluate("held") > 0
        page.evaluate("document.querySelector('bp-figure').remove()")
        assert page.evaluate("held") == 0


def test_without_scripts_it_is_a_still_picture(opened):
    with opened(figure(), java_script_enabled=False) as page:
        assert page.locator("bp-figure svg").first.is_visible()
    assert "0.248 / −0.210 / −0.134 / 0.095" in figure().still.alt


def test_what_python_asks_wrongly_is_said():
    with pytest.raises(KeyError, match="no number 'z5' here"):
        figure(["z5"])
    with pytest.raises(ValueError, match="a row of at most 9 numbers"):
        live.normalise(np.arange(10.0), np.zeros(10), [])
