"""The figure of a delta that goes back through many layers, in a browser, held to the package."""

import re

import numpy as np
import pytest

from backprop import live
from backprop.depth import network, sizes
from backprop.live.depth import tossed
from figures import go, number, numbers, settled

BASELINE = 0.34 * 13  # of a text, below its middle


def found(start, scale, layers):
    """Return (delta, spread), as the figure shows them: by the last one, by the first one."""
    coins = tossed(0, layers)
    delta, spread = sizes(network(start, scale, coins), coins.x, coins.pulls)
    return delta / delta[-1], spread / spread[0]


def test_all_numbers_are_those_of_the_package(opened):
    with opened(live.depth("tanh", layers=6)) as page:
        for start, scale, layers in (("tanh", 1, 6), ("sigmoid", 10, 50), ("middle", 4, 12)):
            go(page, f"#depth?start={start}&scale={scale}&layers={layers}")
            rows = [[number(cell) for cell in row] for row in numbers(page)]
            expected = np.transpose([np.arange(1, layers + 1), *found(start, scale, layers)])
            np.testing.assert_allclose(rows, expected, rtol=5.1e-3)


def test_scale_layers_and_activation_are_chosen_and_the_sentence_follows(opened):
    with opened(live.depth("relu", scale=1.0, layers=3)) as page:
        slider = page.get_by_role("slider", name="scale")
        slider.focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        delta, spread = found("relu", 1.4, 3)
        said = settled(page, "weights 1.4 times")
        shares = [number(share) for share in re.findall(r"(?:gets|keeps) (\S+) of", said)]
        assert shares == pytest.approx([delta[0], spread[-1]], rel=0.05)
        page.get_by_label("Activation").select_option("middle")
        page.get_by_role("textbox", name="layers").fill("20")
        assert "sigmoid, from its middle" in settled(page, "20 layers")


@pytest.mark.parametrize("query", ["start=softplus", "scale=0", "scale=13", "layers=2.5"])
def test_what_an_address_cannot_mean_is_said_and_the_start_stays(opened, query):
    with opened(live.depth("tanh", layers=4), f"#depth?{query}") as page:
        assert query.split("=")[0] in page.get_by_role("status").inner_text()
        assert "4 layers of 64 units, tanh, weights 1 times" in settled(page)


def test_the_curves_are_where_the_ticks_of_their_axes_say(opened):
    with opened(live.depth("relu", scale=2.0, layers=20)) as page:
        settled(page)
        place = "one => [one.textContent, one.getAttribute('x'), one.getAttribute('y'), \
            one.getAttribute('text-anchor')]"
        texts = page.locator(".bp-plot text").evaluate_all(f"all => all.map({place})")
        ticks = {
            number(words): float(y) - BASELINE
            for words, _, y, anchor in texts
            if anchor == "end" and words != "20"  # the last layer, on the other axis
        }
        assert len(ticks) >= 3 and 1 in ticks
        slope, origin = np.polyfit(np.log10(list(ticks)), list(ticks.values()), 1)
        for curve, expected in zip(("back", "forward"), found("relu", 2.0, 20), strict=True):
            d = page.locator(f".bp-plot .curve.{curve}").get_attribute("d")
            drawn = np.array([pair.split() for pair in d[1:].split("L")], dtype=float)
            np.testing.assert_allclose(drawn[:, 1], origin + slope * np.log10(expected), atol=0.7)
            np.testing.assert_allclose(np.diff(drawn[:, 0]), np.ptp(drawn[:, 0]) / 19, atol=0.11)
