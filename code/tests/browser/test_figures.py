"""The figures that nudge, walk, hold and count, in a browser: driven, and held to the package."""

import json
import re
from itertools import product
from urllib.parse import urlencode

import numpy as np
import pytest

from backprop import backward, cost, examples, forward, live, trace, with_values
from backprop.latex import fmt
from backprop.live.valley import START, VALLEY, step_of
from backprop.valley import walk as walk_in
from figures import DRAW, go, number, numbers, press, settled

NET, X, T, RATE = examples.two_two_two()
UNEVEN = examples.uneven()
TAPERING = examples.tapering()
ONE = examples.one_neuron()


def hold(**options):
    asked = {"controls": ["t_o2", "w5", "eta"], "weight": "w1", "biases": "frozen", **options}
    return live.take_hold(NET, X, T, RATE, **asked)


def shown(net=NET, x=X, t=T, rate=RATE, biases="frozen"):
    """Return the rows of the table that a figure shows of a pass: label and value."""
    steps = trace(net, x, t, rate, biases=biases)
    return [(step.word, number(steps.shown(step.name))) for step in steps]


def told(page):
    """Return the rows of a figure's table without the symbols."""
    return sorted((row[0], number(row[-1])) for row in numbers(page))


# ---- take hold ---------------------------------------------------------------------------------


def test_all_numbers_are_the_package_s(opened):
    with opened(hold()) as page:
        assert told(page) == sorted(shown())


@pytest.mark.parametrize("example", [UNEVEN, TAPERING], ids=["given names", "indexed"])
def test_other_networks_are_held_too(opened, example):
    net, x, t, rate = example
    weight = net.names.w[1][0][0].name
    figure = live.take_hold(net, x, t, rate, [weight], weight, more=True)
    with opened(figure) as page:
        assert told(page) == sorted(shown(net, x, t, rate, "updated"))


def test_a_slider_moves_by_keyboard_and_all_numbers_follow(opened):
    with opened(hold()) as page:
        slider = page.get_by_role("slider", name="w5")
        slider.focus()
        for _ in range(5):
            page.keyboard.press("ArrowRight")
        assert slider.input_value() == "0.35"
        settled(page, "E is")
        assert told(page) == sorted(shown(with_values(NET, w5=0.35)))


def test_a_slider_moves_by_pointer(opened):
    with opened(hold()) as page:
        box = page.get_by_role("slider", name="t").bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        value = float(page.get_by_role("slider", name="t").input_value())
        assert abs(value - 0.5) < 0.05
        assert told(page) == sorted(shown(t=[T[0], value]))


def test_a_slider_ends_where_a_number_may_not_go(opened):
    with opened(hold()) as page:
        slider = page.get_by_role("slider", name="η")
        slider.focus()
        page.keyboard.press("Home")
        assert float(slider.input_value()) > 0


@pytest.mark.parametrize(
    ("written", "value"), [("0,4", 0.4), ("−0.5", -0.5), ("1/4", 0.25), ("4e-1", 0.4), (".4", 0.4)]
)
def test_a_field_takes_numbers_as_people_write_them(opened, written, value):
    with opened(hold()) as page:
        field = page.get_by_role("textbox", name="w5")
        field.fill(written)
        field.press("Enter")
        assert not field.get_attribute("aria-invalid")
        assert told(page) == sorted(shown(with_values(NET, w5=value)))


@pytest.mark.parametrize("written", ["a lot", "", "1e9", "0.3.1", "1/0"])
def test_what_cannot_be_is_refused_beside_the_field_and_the_last_good_state_stays(opened, written):
    with opened(hold()) as page:
        field = page.get_by_role("textbox", name="w5")
        field.fill("0.4")
        field.fill(written)
        field.press("Enter")
        assert field.get_attribute("aria-invalid") == "true"
        fault = page.locator(f"#{field.get_attribute('aria-describedby')}")
        assert re.search("is not a number|is outside of", fault.inner_text())
        assert told(page) == sorted(shown(with_values(NET, w5=0.4)))
        field.fill("0.3")
        assert not field.get_attribute("aria-invalid") and not fault.inner_text()


def test_a_weight_is_picked_on_the_drawing_or_in_the_list_and_told_why(opened):
    with opened(hold()) as page:
        assert page.locator(".bp-chains li").count() == 3  # two paths and their sum
        page.locator(".bp-drawing .pickable").filter(has_text="w6").first.click()
        assert page.get_by_label("Why this gradient?").input_value() == "w6"
        gradient = trace(NET, X, T)["dE_dw6"].value
        assert fmt(gradient, 6) in page.locator(".bp-chains").inner_text()
        page.get_by_label("Why this gradient?").select_option("w2")
        assert page.locator(".bp-ropes").is_visible()


def test_at_one_target_both_outputs_are_wrong_and_w1_has_nothing_to_do(opened):
    steps = trace(NET, X, T)
    v = steps.values
    calm = v["out_o2"] + v["delta_o1"] * v["w5"] / (v["w7"] * v["dout_o2_dnet_o2"])
    with opened(hold()) as page:
        field = page.get_by_role("textbox", name="t")
        field.fill(f"{calm:.3f}")
        assert "pulls on outh1 cancel" in settled(page, "cancel")
        rows = {row[1]: row[2] for row in numbers(page)}
        wrong = trace(NET, X, [T[0], round(calm, 3)])
        assert rows["∂E/∂w1"] == wrong.shown("dE_dw1")
        assert abs(wrong["dE_dw1"].value) < abs(v["dE_dw1"]) / 50
        assert wrong["out_o1"].value - T[0] > 0.2 and wrong["out_o2"].value - calm < -0.1


def test_the_rules_can_be_changed(opened):
    with opened(hold(more=True)) as page:
        page.get_by_text("All the given numbers").click()
        page.get_by_label("Biases").select_option("updated")
        assert told(page) == sorted(shown(biases="updated"))
        page.get_by_label("Hidden deltas by").select_option("updated")
        settled(page)
        delta, _, _ = backward(
            NET, *forward(NET, X), T, hidden_weights="updated", learning_rate=RATE
        )
        assert fmt(delta[1][0]) in [row[2] for row in numbers(page)]


def test_a_saturated_unit_is_said_to_be_one(opened):
    with opened(hold()) as page:
        page.get_by_role("textbox", name="w5").fill("40")
        assert "saturated" in settled(page, "saturated")


def test_a_link_brings_the_state_back_and_start_again_the_start(opened):
    query = urlencode({"w5": "0.45", "t_o2": "0.7", "pick": "w6", "biases": "updated"})
    with opened(hold(), f"#take-hold?{query}") as page:
        expected = shown(with_values(NET, w5=0.45), t=[T[0], 0.7], biases="updated")
        assert told(page) == sorted(expected)
        link = page.get_by_role("link", name="Copy link").get_attribute("href")
        assert dict(part.split("=") for part in link.split("?")[1].split("&")) == {
            "w5": "0.45", "t_o2": "0.7", "pick": "w6", "biases": "updated",
        }  # fmt: skip
        press(page, "Start again")
        assert told(page) == sorted(shown())


@pytest.mark.parametrize("query", ["w99=1", "w5=much", "w5=1e9", "biases=none", "pick=w99"])
def test_what_an_address_cannot_mean_is_said_and_the_start_stays(opened, query):
    with opened(hold(), f"#take-hold?{query}") as page:
        name = query.split("=")[0]
        assert name in page.get_by_role("status").inner_text()
        assert told(page) == sorted(shown())


def test_what_an_address_means_only_in_part_is_said_until_the_next_change(opened):
    with opened(hold(), "#take-hold?w5=0.4&w99=1") as page:
        settled(page)
        assert "w99" in page.get_by_role("status").inner_text()
        assert told(page) == sorted(shown(with_values(NET, w5=0.4)))
        page.get_by_role("textbox", name="w5").fill("0.5")
        settled(page)
        assert "w99" not in page.get_by_role("status").inner_text()


# ---- walk --------------------------------------------------------------------------------------


def walk(**options):
    return live.walk(NET, X, T, RATE, biases="frozen", **options)


def walked(biases="frozen"):
    steps = trace(NET, X, T, RATE, biases=biases)
    inputs = {symbol.name for layer in NET.names.out for symbol in layer}
    return [s for s in steps if s.label != "given" and s.expression not in inputs]


def test_every_step_is_walked_to_the_end_with_the_arrow_keys(opened):
    steps = walked()
    with opened(walk()) as page:
        page.get_by_role("button", name="Show what comes next").focus()
        for n, step in enumerate(steps, 1):
            page.keyboard.press("ArrowRight")
            result = page.locator(".bp-line .result").inner_text()
            assert fmt(step.value) in result, (n, step.name)
        assert page.get_by_role("button", name="Check").get_attribute("aria-disabled")
        said = settled(page, f"Step {len(steps)} of {len(steps)}")
        assert "Forward, 8 of 8 weights are multiplied, each once." in said
        assert "8 of 8 have their gradient, each found once." in said
        page.keyboard.press("ArrowLeft")
        assert fmt(steps[-2].value) in page.locator(".bp-line .result").inner_text()


def test_steps_are_walked_by_pointer_and_parts_are_jumped_to(opened):
    steps = walked()
    with opened(walk()) as page:
        press(page, "Show what comes next", "Show what comes next", "Back")
        assert fmt(steps[0].value) in page.locator(".bp-line .result").inner_text()
        page.get_by_label("Go to").select_option("output delta")
        last_forward = [step for step in steps if step.label == "forward"][-1]
        assert fmt(last_forward.value) in page.locator(".bp-line .result").inner_text()


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(1.004, "As you said."), (-1, "other sign"), (2, "2 times the number"), (0, "You said 0.")],
)
def test_a_prediction_is_judged(opened, factor, verdict):
    first = walked()[0]
    with opened(walk()) as page:
        field = page.get_by_role("textbox", name="Your prediction")
        field.fill(f"{factor * first.value:.6f}")
        field.press("Enter")
        assert verdict in page.locator(".bp-line .verdict").inner_text()


def test_a_prediction_that_is_no_number_is_refused_and_nothing_is_shown(opened):
    with opened(walk()) as page:
        page.get_by_role("textbox", name="Your prediction").fill("no idea")
        press(page, "Check")
        assert "is not a number" in page.get_by_role("alert").inner_text()
        assert not page.locator(".bp-line .result").count()


def test_on_a_phone_what_was_computed_is_in_sight_at_every_step(opened):
    """The network is wider than a phone, and the way back starts at its right end."""
    net, x, t, rate = TAPERING
    steps = trace(net, x, t)
    figure = live.walk(net, x, t, rate, until="gradients", step=len(steps.labelled("forward")))
    sides = """box => {
        const one = box.getBoundingClientRect();
        return [...box.querySelectorAll(".marked")].map((place) => {
            const it = place.getBoundingClientRect();
            return it.left >= one.left && it.right <= one.right;
        });
    }"""
    with opened(figure) as page:
        page.add_style_tag(content=".bp-scroll { overflow-x: auto }")  # as on a page of the book
        page.set_viewport_size({"width": 375, "height": 800})
        box = page.locator(".bp-scroll:has(.bp-drawing)")
        page.evaluate(DRAW)
        assert box.evaluate("box => box.scrollWidth > box.clientWidth")
        for _ in range(20):
            assert box.evaluate(sides) and all(box.evaluate(sides))
            press(page, "Show what comes next")


def test_the_dark_network_lights_parents_and_lands_each_number(opened):
    with opened(walk()) as page:
        dark = page.locator(".bp-drawing .empty").count()
        press(page, "Show what comes next")
        assert page.locator(".bp-drawing .empty").count() == dark - 1
        first = walked()[0]
        # itself, and each parent, a shared bias at both units
        assert page.locator(".bp-drawing .marked").count() >= 1 + len(first.inputs)


def test_a_walk_can_end_with_the_forward_pass(opened):
    with opened(walk(until="forward")) as page:
        page.get_by_label("Go to").select_option("end")
        assert fmt(trace(NET, X, T)["E"].value) in page.locator(".bp-line .result").inner_text()
        rows = numbers(page)
        assert {row[0] for row in rows} == {"given", "forward"}
        # of what comes later nothing is drawn, not even its place, and the rate is not given yet
        assert "η" not in [row[1] for row in rows]
        drawn = page.locator(".bp-drawing")
        assert not drawn.locator(".delta, .gradient, .new, .empty").count()
        symbols = "".join(drawn.locator("text").all_text_contents())
        assert "neth1" in symbols and not set("δη∂") & set(symbols)


@pytest.mark.parametrize("figure", [hold, walk], ids=["take hold", "walk"])
def test_a_phone_holds_the_drawing_of_a_2_2_2_network(opened, figure):
    with opened(figure(), viewport={"width": 375, "height": 800}) as page:
        page.add_style_tag(content="body { margin: 0 16px }")  # as a page of the book has it
        page.evaluate(DRAW)
        box = page.locator(".bp-scroll:has(.bp-drawing)")
        room, wide = box.evaluate("box => [box.clientWidth, box.scrollWidth]")
        assert room == 343 and wide <= room
        names = page.locator(".bp-drawing .name").all_text_contents()
        assert len(names) == 2 + 4 + 8 + 4 + 2  # inputs, units, weights, biases, ends
        units, weights = ["i1", "i2", "h1", "h2", "o1", "o2"], [f"w{n}" for n in range(1, 9)]
        assert {*units, *weights, "t, E"} < {*names}


def test_a_move_that_few_digits_hide_is_itself_shown_and_a_sentence_has_its_indices(opened):
    with opened(hold(), viewport={"width": 375, "height": 800}) as page:
        page.evaluate(DRAW)
        new = page.locator(".bp-drawing .place.new text:last-of-type").all_text_contents()
        assert "−2×10⁻⁶" in new and "→\u202f0.2972" in new and "→\u202f0.2500" not in new
        assert page.locator(".bp-said sub").first.text_content() == "1"


# ---- nudge -------------------------------------------------------------------------------------


def changes(by):
    before, after = (
        trace(net, ONE.x, ONE.t).values
        for net in (ONE.net, with_values(ONE.net, w=ONE.net.W[1][0, 0] + by))
    )
    return {name: after[name] - before[name] for name in ("net_o", "out_o", "E")}


def test_what_came_and_what_was_promised_are_the_package_s(opened):
    with opened(live.nudge(ONE.net, ONE.x, ONE.t, "w")) as page:
        rows = {row[0]: row[1:] for row in numbers(page)}
        slope, came = trace(ONE.net, ONE.x, ONE.t)["dE_dw"].value, changes(1)["E"]
        expected = [trace(ONE.net, ONE.x, ONE.t)["E"].value, came, slope]
        assert [float(text.replace("−", "-")) for text in rows["E"][:3]] == pytest.approx(
            expected, abs=1e-9
        )


def test_halving_the_nudge_quarters_the_gap(opened):
    slope = trace(ONE.net, ONE.x, ONE.t)["dE_dw"].value

    def gap(by):
        return changes(by)["E"] - slope * by

    with opened(live.nudge(ONE.net, ONE.x, ONE.t, "w")) as page:
        for n in range(1, 9):
            press(page, "Halve the nudge")
            by = 1 / 2**n
            text = page.locator(".bp-compared").inner_text()
            share = number(re.search(r"the present one is ([−\d.]+) of that", text)[1])
            assert share == pytest.approx(gap(by) / gap(2 * by), abs=1e-3)
        assert 0.24 < share < 0.26


def test_no_gap_is_made_of_rounding(opened):
    """A promise that is kept shows 0, at every nudge; one that is not shows its gap, if small."""
    slope = trace(ONE.net, ONE.x, ONE.t)["dE_dw"].value
    with opened(live.nudge(ONE.net, ONE.x, ONE.t, "w")) as page:
        for by in (1, 0.1, 0.3, 0.7, 1e-3, 1e-5):
            page.get_by_role("textbox").fill(str(by))
            page.get_by_role("textbox").press("Enter")
            gaps = {row[0]: row[4] for row in numbers(page)}
            assert gaps["w"] == gaps["neto"] == "0", by
            assert number(gaps["E"]) == pytest.approx(changes(by)["E"] - slope * by, rel=1e-3), by
        page.get_by_role("textbox").fill("1e-9")  # its gap is less than E can be known to
        page.get_by_role("textbox").press("Enter")
        assert {row[4] for row in numbers(page)} == {"0"}
        assert "as far as a computer's rounding shows" in page.locator(".bp-compared").inner_text()


def test_a_dial_says_what_is_beyond_its_scale(opened):
    with opened(live.nudge(ONE.net, ONE.x, ONE.t, "w")) as page:
        ends = page.locator(".bp-dial .end").all_text_contents()
        for by, beyond in ((2, ""), (-2, ""), (5, "beyond the scale"), (1, "")):
            page.get_by_role("textbox").fill(str(by))
            page.get_by_role("textbox").press("Enter")
            settled(page)
            assert page.locator(".bp-dials .beyond").first.inner_text() == beyond, by
            assert page.locator(".bp-dial .end").all_text_contents() == ends  # no other scale


def test_the_gap_opens_at_the_sigmoid(opened):
    with opened(live.nudge(ONE.net, ONE.x, ONE.t, "w")) as page:
        slider = page.get_by_role("slider")
        slider.focus()
        page.keyboard.press("End")
        gaps = [float(rect.get_attribute("width")) for rect in page.locator(".gap").all()]
        assert gaps[0] == gaps[1] == 0 and min(gaps[2:]) > 10


# ---- cost --------------------------------------------------------------------------------------


def test_four_counts_are_the_package_s(opened):
    with opened(live.cost(4, 4)) as page:
        for width, depth in ((4, 4), (3, 2), (7, 5)):
            page.get_by_role("textbox", name="width").fill(str(width))
            page.get_by_role("textbox", name="depth").fill(str(depth))
            counts = {row[0]: row[1] for row in numbers(page)}
            expected = cost.by_formula([width] * (depth + 1))
            for method, count in expected.items():
                if count < 1e6:
                    assert counts[method] == f"{count:,}"
                else:
                    assert counts[method] == f"{float(f'{count / 1e6:.3g}'):g} million"


def test_a_delta_shows_the_paths_that_it_stands_for(opened):
    with opened(live.cost(3, 3)) as page:
        assert "stands for 9 paths" in page.locator(".bp-live").inner_text()
        page.locator(".bp-dots circle").nth(3 + 3).click()  # the first of layer 2
        assert "stands for 3 paths" in page.locator(".bp-live").inner_text()
        assert page.locator(".bp-dots path.back").count() == 3


def test_the_largest_counts_are_words(opened):
    with opened(live.cost(16, 16)) as page:
        text = page.locator(".bp-live").inner_text()
        assert "quintillion" in text
        assert re.search(r"×\s*10[⁰¹²³⁴⁵⁶⁷⁸⁹]", text)
        assert "e+" not in text


# ---- valley ------------------------------------------------------------------------------------


def test_two_walks_in_a_valley_are_the_package_s(opened):
    with opened(live.valley()) as page:
        for turn, (first, rate) in product(
            ("0", "30"), {"rmsprop": 0.03, "momentum": 0.3, "gradient_descent": 0.21}.items()
        ):
            go(page, f"#valley?first={first}&first_rate={rate}&second=adam&beta=0.7&turn={turn}")
            shape = VALLEY._replace(turn=float(turn))
            start = START @ shape.axes
            walks = [
                walk_in(shape, step_of(name, 0.7), eta, start, 60)
                for name, eta in ((first, rate), ("adam", 0.1))
            ]
            shown = np.array([[number(cell) for cell in row] for row in numbers(page)])
            np.testing.assert_allclose(shown[:, 0], np.arange(61))
            np.testing.assert_allclose(shown[:, 1:], np.hstack(walks), rtol=1e-5, atol=1e-6)


def test_a_valley_says_when_a_walk_leaves_it_and_when_it_arrives(opened):
    with opened(live.valley()) as page:
        said = settled(page)
        assert "0.18 changes sides 60 times" in said and "bottom after 160." in said
        shown = page.locator(".bp-live").inner_text()
        for at in (
            "descent no longer comes down from a rate of 2 / 10 = 0.2 on",
            "2 × (1 + 0.8) / 10 = 0.36 on",
        ):
            assert at in shown
        page.get_by_label("Solid").select_option("RMSProp")
        page.get_by_label("Dashed").select_option("nothing")
        assert settled(page, "RMSProp").count("changes sides") == 1
        assert not page.get_by_role("textbox", name="β").is_visible()
        assert "no longer comes down" not in page.locator(".bp-live").inner_text()
        assert "is not within 0.1 of the bottom after 3,000" in go(
            page, "#valley?first=gradient_descent&first_rate=0.2"
        )


# ---- all of them -------------------------------------------------------------------------------

FIGURES = {
    "take-hold": hold,
    "walk": walk,
    "nudge": lambda: live.nudge(ONE.net, ONE.x, ONE.t, "w"),
    "cost": lambda: live.cost(4, 4),
    "valley": live.valley,
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_leaves_nothing_behind(opened, name):
    with opened(FIGURES[name]()) as page:
        assert page.evaluate("held") > 0
        page.evaluate("document.querySelector('bp-figure').remove()")
        assert page.evaluate("held") == 0


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_a_still_picture_without_scripts(opened, name):
    with opened(FIGURES[name](), java_script_enabled=False) as page:
        assert page.locator("bp-figure svg").first.is_visible()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_fits_a_phone_in_the_dark(opened, name):
    context = {"viewport": {"width": 375, "height": 700}, "color_scheme": "dark"}
    with opened(FIGURES[name](), **context) as page:
        page.locator("details").evaluate_all("all => all.forEach(fold => { fold.open = true })")
        outside = """() => [...document.querySelectorAll('.bp-live :is(input, button, select, a)')]
            .filter(it => it.getBoundingClientRect().right > innerWidth || it.offsetWidth < 24)
            .map(it => it.outerHTML)"""
        assert page.evaluate(outside) == []


@pytest.mark.parametrize("name", FIGURES)
def test_the_state_of_a_page_is_that_of_python(on_a_page, name):
    figure = FIGURES[name]()
    text = figure._repr_mimebundle_()["text/html"]
    state = json.loads(re.search(r'<script type="application/json">(.*?)</script>', text)[1])
    assert f'<bp-figure id="{name}">' in text and "<svg" in text
    assert state["view"] == figure.view
    if "W" in state:
        assert [W for W in figure.net.W[1:]][0].tolist() == state["W"][1]
