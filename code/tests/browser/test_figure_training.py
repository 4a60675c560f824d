"""The figure that trains, in a browser: driven, and held to what the package computes."""

import json
import re

import numpy as np
import pytest

from backprop import Network, examples, live, train
from backprop.latex import fmt
from figures import numbers, press, settled

NET, X, T, RATE = examples.two_two_two()
WHERE = "w1", "w5"


def figure(**options):
    return live.training(
        *(NET, X, T, RATE, ["eta"], "w1", WHERE), **{"biases": "frozen", **options}
    )


def trained(updates, **options):
    options = {"biases": "frozen", "keep": range(updates + 1), **options}
    return train(NET, X, T, options.pop("rate", RATE), updates, **options)


def turn(values):
    """Return where a list of values first goes the other way."""
    way = np.sign(np.diff(values))
    return int(np.flatnonzero(way != way[0])[0])


def test_what_is_trained_is_what_the_package_trains(opened):
    _, history = trained(1041)
    w1 = [net.W[1][0, 0] for net in history.nets.values()]
    with opened(figure()) as page:
        press(page, "One update", *["Ten"] * 4, "A thousand")
        said = settled(page, "After 1,041 updates")
        assert f"E is {fmt(history.loss[-1], 9)}" in said
        assert f"below 0.001 after {history.updates_until(1e-3)} updates" in said
        assert f"w1 turns round after {turn(w1)} updates" in said
        for n, E, *_, value in numbers(page):
            n = int(n.replace(",", ""))
            assert E == fmt(history.loss[n], 9)
            assert float(value.replace("−", "-")) == pytest.approx(w1[n], rel=1e-8)


def test_the_turn_is_there_before_the_way_is_long(opened):
    _, history = trained(100)
    at = turn([net.W[1][0, 0] for net in history.nets.values()])
    with opened(figure(updates=at)) as page:
        assert "turns" not in settled(page, f"After {at} updates")
        press(page, "One update")
        assert f"w1 turns round after {at} updates" in settled(page, f"After {at + 1} updates")


def test_a_bias_that_is_frozen_has_a_way_too(opened):
    with opened(figure(updates=50)) as page:
        page.get_by_label("Path of").select_option("b_h1")
        assert "turns" not in settled(page, f"bh1 is {fmt(NET.b[1][0])}")
        assert page.locator(".bp-plot").last.locator(".curve.new").get_attribute("d")


def test_the_first_updates_can_be_seen_alone(opened):
    """Else the turn of w1 is two pixels of ten thousand updates."""
    with opened(figure(updates=10_000)) as page:
        settled(page, "After 10,000 updates")
        path, ends = page.locator(".bp-plot").last, page.locator(".bp-plot text")
        drawn = path.locator(".curve").get_attribute("d")
        page.get_by_label("Curves of").select_option("first")
        ends.get_by_text("200", exact=True).first.wait_for()
        assert ends.get_by_text("10,000").count() == 0
        heights = [float(point.split()[1]) for point in
                   path.locator(".curve").get_attribute("d")[1:].split("L")]  # fmt: skip
        _, history = trained(200)
        w1 = [net.W[1][0, 0] for net in history.nets.values()]
        assert len(heights) == len(w1) and heights[turn(w1)] == max(heights) > heights[-1]
        assert page.locator(".bp-plot circle.end").count() == 0  # we look at a later network
        page.wait_for_function("!document.querySelector('[data-changing]')")
        link = page.get_by_role("link", name="Copy link").get_attribute("href")
        assert "span=first" in link
        page.get_by_label("Curves of").select_option("all")
        ends.get_by_text("10,000", exact=True).first.wait_for()
        assert path.locator(".curve").get_attribute("d") == drawn


def test_a_bias_in_the_menu_has_the_name_that_the_drawing_gives_it_too(opened):
    with opened(figure()) as page:
        words = page.get_by_label("Path of").locator("option").all_inner_texts()
        assert words[:3] == ["w1", "w2", "bh1 (b1)"] and words[-1] == "bo2 (b2)"
    net, X, T, rate = examples.two_three_two()
    with opened(live.training(net, X, T, rate, ["eta"], "w1_1_1", ("w1_1_1", "w1_1_2"))) as page:
        words = page.get_by_label("Path of").locator("option").all_inner_texts()
        assert not [word for word in words if "(b" in word]


@pytest.mark.parametrize("goal", ["0.01", "1e-4"])
def test_it_trains_until_the_error_is_below(opened, goal):
    _, history = trained(5000)
    wanted = history.updates_until(float(goal))
    with opened(figure()) as page:
        page.get_by_label("E to train until").fill(goal)
        press(page, "Until E is below")
        assert f"after {wanted:,} updates" in settled(page, f"After {wanted:,} updates")


def test_it_says_that_it_does_not_get_there(opened):
    with opened(figure()) as page:
        page.get_by_label("E to train until").fill("0")
        press(page, "Until E is below")
        assert "Within 100,000 updates E does not get below 0." in settled(page, "After 100,000")


def test_the_history_is_looked_at_by_keyboard_and_by_pointer(opened):
    _, history = trained(1000)
    with opened(figure(updates=1000)) as page:
        back = page.get_by_label("Look back")
        back.press("Home")
        assert f"E is {fmt(history.loss[0], 9)}" in settled(page, "After 0 updates")
        for _ in range(7):
            back.press("ArrowRight")
        assert f"E is {fmt(history.loss[7], 9)}" in settled(page, "After 7 updates")
        assert back.get_attribute("aria-valuetext") == "after 7 of 1,000 updates"
        box = back.bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        n = int(re.search(r"after (\d+)", page.locator(".bp-back").inner_text())[1])
        assert n > 7 and f"E is {fmt(history.loss[n], 9)}" in settled(page, f"After {n} ")
        press(page, "One update")  # goes on from the last, not from where we look
        settled(page, "After 1,001 updates")


@pytest.mark.parametrize(
    ("other", "options"),
    [
        ("updated", {"biases": "updated"}),
        ("shared", {"biases": "shared"}),
        ("mistake", {"hidden_weights": "updated"}),
        ("rate", {"rate": 0.7}),
        ("start", {}),
    ],
)
def test_the_other_training_is_the_package_s_too(opened, other, options):
    start = NET
    if other == "start":
        W = [None, NET.W[1].copy(), NET.W[2].copy()]
        W[1][0, 0], W[2][0, 0] = -1.0, 0.3
        start = Network(W, NET.b, NET.activations[1], names=NET.names)
    rate = options.pop("rate", RATE)
    _, history = train(start, X, T, rate, 300, **{"biases": "frozen", **options})
    with opened(figure(updates=300, other_rate=0.7, other_start=(-1.0, 0.3))) as page:
        page.get_by_label("Compare with").select_option(other)
        assert f"E is {fmt(history.loss[-1], 9)}" in settled(page, "Compared").split("Compared")[1]
        assert page.locator(".bp-plot .curve.other").count() == 2
        assert page.locator(".bp-plot text.other").count() == 2


def test_what_cannot_be_is_refused_beside_the_field(opened):
    with opened(figure(updates=10)) as page:
        before = settled(page, "After 10")
        field = page.get_by_label("η, as a number")
        for entry in ("much", "-1", "1e9"):
            field.fill(entry)
            field.press("Tab")
            assert page.locator(".bp-number .bp-fault").inner_text()
            assert field.get_attribute("aria-invalid")
        assert settled(page, "After 10") == before
        field.fill("0,2")
        _, history = trained(10, rate=0.2)
        assert fmt(history.loss[-1], 9) in settled(page, fmt(history.loss[-1], 9))


def test_diverging_is_said(opened):
    net, X, T, _ = examples.two_three_two()
    net = Network(net.W, net.b, [None, "sigmoid", "identity"])
    with pytest.raises(FloatingPointError) as stopped:
        train(net, X, T, 10, 1000)
    after = int(re.search(r"after (\d+)", str(stopped.value))[1])
    _, history = train(net, X, T, 10, after - 1)
    show = live.training(
        net, X, T, 0.1, ["eta"], "w1_1_1", ("w1_1_1", "w2_1_1"), compare="rate", other_rate=10
    )
    with opened(show) as page:
        page.locator(".bp-map > summary").click()
        press(page, "A thousand")
        settled(page, f"update {after} makes numbers too large")
        page.get_by_label("Compare with").select_option("nothing")
        page.get_by_label("η, as a number").fill("10")
        said = settled(page, "the learning rate is too large")
        assert f"Update {after} makes" in said and f"After {after - 1} updates" in said
        press(page, "One update", "Until E is below")  # nothing more comes of it
        settled(page, f"After {after - 1} updates")
        assert len(numbers(page)) > 3 and history.loss[-1] > 1e100


def test_a_link_brings_the_state_back_and_starting_again_the_start(opened):
    with opened(figure()) as page:
        start = settled(page, "After 0")
        press(page, "A thousand")
        settled(page, "After 1,000 updates")
        press(page, "Ten")
        page.get_by_label("η, as a number").fill("0.5")
        page.get_by_label("Biases").select_option("shared")
        page.get_by_label("Compare with").select_option("mistake")
        page.get_by_label("Path of").select_option("w7")
        page.locator(".bp-map > summary").click()
        page.get_by_label("Across", exact=True).select_option("w6")
        settled(page, "After 1,010 updates")
        page.get_by_label("Look back").press("ArrowLeft")
        state = settled(page, "After 1,000 updates")
        link = page.get_by_role("link", name="Copy link").get_attribute("href")
        press(page, "Start again")
        assert settled(page, "After 0") == start
    with opened(figure(), link) as page:
        assert settled(page, "Compared, with hidden") == state
        assert page.get_by_label("Across", exact=True).input_value() == "w6"


@pytest.mark.parametrize(
    "query",
    ["updates=1e9", "updates=-1", "look=0.5", "weight=w9", "other=x", "other_rate=-3", "span=x"],
)
def test_an_address_that_means_nothing_is_said(opened, query):
    with opened(figure(), f"#train?{query}") as page:
        assert query.split("=")[0] in settled(page, "means nothing here")
        assert "After 0 updates" in settled(page, "After 0")


def test_a_long_training_from_an_address_is_said_when_it_is_done(opened):
    net, X, T, rate = examples.two_three_two()
    show = live.training(net, X, T, rate, ["eta"], "w1_1_1", ("w1_1_1", "w1_1_2"))
    with opened(show, "#train?updates=100000&look=100000") as page:
        settled(page, "After 100,000 updates")


def test_the_map_shows_both_ways_and_its_levels(opened):
    with opened(figure(updates=500, compare="start", other_start=(-1.0, 0.3))) as page:
        page.locator(".bp-map > summary").click()
        drawing = page.locator(".bp-map .bp-plot")
        drawing.wait_for()
        assert drawing.locator(".curve.new, .curve.other").count() == 2
        assert drawing.locator(".height").count() >= 5 and drawing.locator(".plate").count() >= 5
        assert "slice" in page.locator(".bp-map").inner_text()
        page.get_by_label("Up", exact=True).select_option("w1")
        page.get_by_text("Choose two different weights").wait_for()


def test_it_leaves_nothing_behind(opened):
    with opened(figure(updates=10)) as page:
        press(page, "Ten")
        assert page.evaluate("held") > 0
        page.evaluate("document.querySelector('bp-figure').remove()")
        assert page.evaluate("held") == 0


def test_it_fits_a_phone(opened):
    phone = {"width": 375, "height": 700}
    with opened(figure(updates=1000, compare="start"), viewport=phone) as page:
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        page.locator(".bp-numbers td").first.wait_for()
        outside = page.evaluate(
            """() => [...document.querySelectorAll('.bp-live :is(button, input, select, .bp-plot)')]
                .filter(it => it.getBoundingClientRect().right > innerWidth)
                .map(it => it.outerHTML)"""
        )
        assert not outside


def test_looking_back_trains_nothing_again_and_draws_no_curve_anew(opened):
    """So it is quick; only the marks on the curves move, and the words."""
    with opened(figure(updates=1000)) as page:
        settled(page, "After 1,000 updates")
        changed = page.evaluate(
            """() => {
                const back = document.querySelector('.bp-back input'), curves = [];
                const plots = document.querySelector('.bp-plots');
                const watch = new MutationObserver(() => {});
                watch.observe(plots, { subtree: true, childList: true, attributes: true });
                for (let n = 10; n < 30; n++) {
                    back.value = n;
                    back.dispatchEvent(new Event('input'));
                    curves.push(...watch.takeRecords().flatMap(({ target, addedNodes }) =>
                        [target, ...addedNodes]).filter(one => one.matches?.('.curve')));
                }
                return curves.length;
            }"""
        )
        assert changed == 0
        assert "After 29" in settled(page, "After 29")


def test_its_state_is_json_and_its_page_a_picture():
    state = json.loads(re.search(r"json\">(.*?)</script>", figure().html())[1])
    assert state["kind"] == "training" and state["view"]["other_across"] == NET.W[1][0, 0]
    assert "<img" in figure().html()


def test_what_is_trained_in_python():
    show = figure(updates=20)
    net, _ = trained(20)
    assert (show.net.W[1] == NET.W[1]).all()
    assert (show.trained.W[1] == net.W[1]).all() and (show.trained.W[2] == net.W[2]).all()
    with pytest.raises(AttributeError):
        _ = live.cost(3, 3).trained


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"compare": "rates"}, KeyError), ({"updates": -1}, ValueError),
        ({"updates": 10**6}, ValueError), ({"biases": "frosen"}, KeyError),
        ({"other_rate": -1}, ValueError),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_python(change, error):
    with pytest.raises(error):
        figure(**change)


@pytest.mark.parametrize(
    ("controls", "weight", "plane", "error"),
    [
        (["w9"], "w1", WHERE, KeyError), (["eta"], "w9", WHERE, KeyError),
        (["eta"], "w1", ("w1", "x"), KeyError), (["eta"], "w1", ("w1", "w1"), ValueError),
    ],
)  # fmt: skip
def test_unknown_names_are_refused(controls, weight, plane, error):
    with pytest.raises(error):
        live.training(NET, X, T, RATE, controls, weight, plane)
