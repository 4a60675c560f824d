"""The figure in which a window slides over an image, in a browser, held to the package."""

import re
from itertools import product

import numpy as np
import pytest

from backprop import live
from backprop.convolution import conv2d, conv2d_backward
from backprop.latex import fmt
from figures import go, number, numbers, press, settled

X = np.array([[1, 0, 2, 1], [0, 3, 1, 0], [2, 1, 0, 1]])
K = np.array([[1, -2], [0.5, 3]])
B, T = 0.5, 1


def figure(**options):
    return live.window(X, K, B, T, **options)


def passes(x=X, k=K, b=B, t=T, stride=1, padding=0):
    """Return (z, delta, dx, dk, db) of one image and one kernel, by the package."""
    images, kernels = np.array(x, dtype=float)[None, None], np.array(k, dtype=float)[None, None]
    z = conv2d(images, kernels, [b], stride, padding)
    dx, dk, db = conv2d_backward(z - t, images, kernels, stride, padding)
    return z[0, 0], z[0, 0] - t, dx[0, 0], dk[0, 0], db[0]


def line(page, n=0):
    """Return the number that a worked line ends in."""
    result = page.locator(".bp-lines .result").nth(n).inner_text()
    return number(re.sub("^[=≈]\u00a0", "", result))


def click(page, n, row, column):
    """Click on a square of the image, the kernel or the map, the n-th, from 0."""
    grid = page.locator(".bp-grid").nth(n)
    side = grid.locator("rect").first.bounding_box()["width"]
    grid.click(position={"x": side * (column + 0.5), "y": side * (row + 0.5)})


def focus(page, name):
    page.get_by_role("application", name=name).focus()


def test_all_numbers_are_those_of_the_package(opened):
    with opened(figure()) as page:
        for stride, padding in product((1, 2), (0, 1)):
            z, delta, dx, *_ = passes(stride=stride, padding=padding)
            page.get_by_label("Stride").select_option(str(stride))
            page.get_by_label("Padding").select_option(str(padding))
            found = dict(numbers(page))
            for name, array in {"x{}": X, "k{}": K, "z{}": z, "δ{}": delta, "∂E/∂x{}": dx}.items():
                for (r, c), value in np.ndenumerate(array):
                    assert found[name.format(f"{r + 1}{c + 1}")] == fmt(float(value), 4)


# ---- the way forward ---------------------------------------------------------------------------


def test_the_window_moves_by_keyboard_and_stays_on_the_image(opened):
    z, *_ = passes()
    with opened(figure()) as page:
        focus(page, "Image")
        for key, (r, c) in {
            "ArrowRight": (0, 1), "ArrowDown": (1, 1), "ArrowLeft": (1, 0), "ArrowUp": (0, 0),
        }.items():  # fmt: skip
            page.keyboard.press(key)
            assert line(page) == z[r, c]
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        assert "row 1, column 3 of a map of 2 × 3" in settled(page, "column 3")
        assert line(page) == z[0, 2]


def test_the_window_is_dragged_and_laid_by_a_click_on_the_map(opened):
    z, *_ = passes()
    with opened(figure()) as page:
        box = page.locator(".bp-grid").first.bounding_box()
        cell = box["width"] / X.shape[1]
        at = [(box["x"] + n * cell, box["y"] + m * cell) for n, m in ((1, 1), (2.1, 1), (3, 2))]
        page.mouse.move(*at[0])
        page.mouse.down()
        for place in at[1:]:
            page.mouse.move(*place)
        assert line(page) == z[1, 2]
        page.mouse.up()
        page.mouse.move(*at[0])
        assert line(page) == z[1, 2]  # it was let go
        click(page, 2, 0, 1)
        assert line(page) == z[0, 1]


def test_each_product_stands_in_the_window(opened):
    with opened(figure(place=(2, 2))) as page:
        text = page.locator(".bp-grid").first.locator("text.weight").all_text_contents()
        assert text == ["× 1", "× −2", "× 0.5", "× 3"]
        written = page.locator(".bp-lines").inner_text()
        assert "= 1 × 3 + (−2) × 1 + 0.5 × 1 + 3 × 0 + 0.5" in written


# ---- the way back ------------------------------------------------------------------------------


def test_a_delta_reaches_the_points_under_its_window(opened):
    _, delta, *_ = passes()
    with opened(figure(show="delta", place=(1, 2))) as page:
        shares = [line(page, n) for n in range(4)]
        assert shares == pytest.approx((K * delta[0, 1]).ravel())
        focus(page, "Map")
        page.keyboard.press("ArrowDown")
        assert "It reaches 4 points." in settled(page, "row 2, column 2")
        assert [line(page, n) for n in range(4)] == pytest.approx((K * delta[1, 1]).ravel())


def test_what_falls_on_the_padding_is_lost(opened):
    with opened(figure(show="delta", padding=1)) as page:
        assert "reaches 1 point, and 3 of its shares fall on" in settled(page, "padding")
        assert page.locator(".bp-lines li").count() == 1


def test_a_point_collects_from_every_place_under_which_it_lies(opened):
    _, delta, dx, *_ = passes()
    with opened(figure(show="delta")) as page:
        click(page, 0, 1, 2)
        assert page.get_by_label("Show").input_value() == "point"
        assert line(page) == dx[1, 2]
        turned = page.locator(".bp-grid").nth(1).locator("text").all_text_contents()
        assert turned == [fmt(value, 4) for value in K[::-1, ::-1].ravel()]
        weights = page.locator(".bp-grid").nth(2).locator("text.weight").all_text_contents()
        assert weights == [f"× {text}" for text in turned]  # the turned kernel lies on the map
        focus(page, "Image")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowRight")
        assert "row 1, column 4 lies under the window at 1 of 6 places" in settled(page, "1 of 6")
        assert line(page) == dx[0, 3] == K[0, 1] * delta[0, 2]
        click(page, 2, 0, 0)
        assert page.get_by_label("Show").input_value() == "delta"


def test_a_point_that_no_window_reaches_gets_nothing(opened):
    with opened(figure(show="point", stride=2, point=(3, 1))) as page:
        assert "at 0 of 2 places" in settled(page, "lies under")
        assert line(page) == 0


def test_the_gradient_of_a_point_is_what_a_nudge_shows():
    def E(x, stride, padding):
        z, *_ = passes(x, stride=stride, padding=padding)
        return 0.5 * ((z - T) ** 2).sum()

    for how in product((1, 2), (0, 1)):
        _, _, dx, *_ = passes(stride=how[0], padding=how[1])
        for place in np.ndindex(X.shape):
            nudge = np.zeros(X.shape)
            nudge[place] = 1e-4
            slope = (E(X + nudge, *how) - E(X - nudge, *how)) / 2e-4
            assert dx[place] == pytest.approx(slope, abs=1e-8)


# ---- the state ---------------------------------------------------------------------------------


def test_a_link_leads_to_the_place_and_back_to_the_start(opened):
    address = "#window?show=delta&row=2&column=3&stride=2&padding=1"
    with opened(figure(), address) as page:
        assert "row 2, column 3 of a map of 2 × 3" in settled(page, "row 2")
        link = page.get_by_role("link", name="Copy link").get_attribute("href")
        assert set(link.split("?")[1].split("&")) == set(address.split("?")[1].split("&"))
        press(page, "Start again")
        settled(page, "row 1, column 1 of a map of 2 × 3: z is")


def test_an_address_that_means_nothing_is_said(opened):
    with opened(figure()) as page:
        for query in (
            "show=all", "stride=3", "padding=2", "row=0", "column=9", "point_row=4", "row=1.5",
        ):  # fmt: skip
            said = go(page, f"#window?{query}")
            assert f"The address has {query}, which means nothing here." in said


def test_where_the_map_becomes_smaller_the_window_is_at_its_last_place(opened):
    z, *_ = passes(stride=2)
    with opened(figure(place=(2, 3))) as page:
        page.get_by_label("Stride").select_option("2")
        assert line(page) == z[0, 1]
        page.get_by_label("Stride").select_option("1")
        assert line(page) == passes()[0][1, 2]


@pytest.mark.parametrize("show", ["forward", "delta", "point"])
def test_it_fits_a_phone(opened, show):
    with opened(figure(show=show, padding=1), viewport={"width": 375, "height": 700}) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        wide = """() => [...document.querySelectorAll('.bp-grid')].flatMap((grid) => {
            const square = grid.querySelector('rect').getBoundingClientRect().width;
            return [...grid.querySelectorAll('text')].map((it) => it.getBoundingClientRect())
                .filter(({ width, height }) => width > square + 1 || (width && height < 12));
        })"""
        assert page.evaluate(wide) == []


def test_it_leaves_nothing_behind(opened):
    with opened(figure()) as page:
        assert page.evaluate("held") > 0
        page.evaluate("document.querySelector('bp-figure').remove()")
        assert page.evaluate("held") == 0


def test_without_scripts_it_is_a_still_picture(opened):
    with opened(figure(), java_script_enabled=False) as page:
        assert page.locator("bp-figure svg").first.is_visible()


# ---- in Python ---------------------------------------------------------------------------------


def test_the_still_picture_says_its_numbers():
    z, *_ = passes(padding=1)
    said = figure(place=(2, 1), padding=1).still.alt
    assert "0, 0, 0, 0, 0, 0 / 0, 1, 0, 2, 1, 0 /" in said and "1, −2 / 0.5, 3;" in said
    assert all(", ".join(fmt(value, 3) for value in row) in said for row in z)


def test_what_python_asks_wrongly_is_said():
    with pytest.raises(KeyError, match="no view 'up' here; did you mean one of"):
        figure(show="up")
    with pytest.raises(ValueError, match=r"stride should be of \(1, 2\) .* they are 3 and 0"):
        figure(stride=3)
    with pytest.raises(
        ValueError, match=r"place should be within \(2, 3\), from 1, and is \(3, 1\)"
    ):
        figure(place=(3, 1))
    with pytest.raises(
        ValueError, match=r"point should be within \(3, 4\), from 1, and is \(0, 1\)"
    ):
        figure(point=(0, 1))
    with pytest.raises(ValueError, match="the kernel has 4 × 1 entries, more than the 3 × 4"):
        live.window(X, np.ones((4, 1)))
