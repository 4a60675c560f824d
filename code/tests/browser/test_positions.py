"""Where the live figures draw things, and in which colours: positions are read off the page.

What a number is, other tests say; here a curve has to end at the height of its value, a line to
join the units of its weight, a rope to be as thick as its pull.
"""

import re
from itertools import combinations, pairwise
from math import log10, prod

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from backprop import Network, draw, examples, live, loss, trace, train, with_values
from backprop.cost import by_formula
from backprop.latex import fmt
from backprop.live.valley import START, VALLEY, WINDOW, step_of
from backprop.paths import why
from backprop.tables import COLOURS
from backprop.valley import walk as walk_in
from figures import DRAW, go, number, numbers, settled

HOW = "they pull together", "they pull against each other"

NET, X, T, RATE = examples.two_two_two()
TAPERING = examples.tapering()
ONE = examples.one_neuron()
IMAGE = np.array([[1, 0, 2, 1], [0, 3, 1, 0], [2, 1, 0, 4]])
KERNEL = np.array([[1, -2], [0.5, 3]])
PLANE = -3, 3, -2, 4  # a window of the map, of which each edge is another number

FIGURES = {
    "take hold": lambda: live.take_hold(NET, X, T, RATE, ["w5"], "w1", more=True),
    "take hold, 3-4-2-1": lambda: live.take_hold(*TAPERING, ["eta"], "w1_2_3"),
    "walk": lambda: live.walk(NET, X, T, RATE, step=40),
    "nudge": lambda: live.nudge(ONE.net, ONE.x, ONE.t, "w"),
    "training": lambda: training(updates=1000, compare="rate", other_rate=0.7),
    "cost": lambda: live.cost(4, 4),
    "valley": live.valley,
    "window": lambda: window(padding=1),
    "window, back": lambda: window(show="point"),
    "your network": lambda: live.your_network(NET, X, T, RATE),
}
WIDTHS = 1280, 640, 375

# The figures' texts, by drawing: [[words, left, top, right, bottom], …] of each that is seen.
TEXTS = """() => [...document.querySelectorAll(".bp-live svg")].map((drawing) =>
    [...drawing.querySelectorAll("text")].filter((text) => text.textContent.trim())
        .map((text) => [text, text.getBoundingClientRect()]).filter(([, box]) => box.width)
        .map(([text, { left, top, right, bottom }]) =>
            [text.textContent, left, top, right, bottom]))"""
# The numbers of an attribute of some elements, in order: [[62, 10, 172, 264], …].
ATTRIBUTE = """(elements, name) => elements.map((element) =>
    (element.getAttribute(name).match(/-?[\\d.]+(?:e-?\\d+)?/g) ?? []).map(Number))"""
# The texts of a drawing: [{ words, look, x, y }, …], y the middle of the figures.
PLACED = """drawing => [...drawing.querySelectorAll("text")].map((text) => {
    const get = (name) => text.getAttribute(name);
    const y = Number(get("y")) - 0.34 * Number(get("font-size"));
    return { words: text.textContent, look: get("class") ?? "", anchor: get("text-anchor"),
        x: Number(get("x")), y };
})"""
# The box of each text: [words, left, top, right, bottom].
BOXES = """texts => texts.map((text) => [text, text.getBoundingClientRect()])
    .map(([text, { left, top, right, bottom }]) => [text.textContent, left, top, right, bottom])"""
# The places of a network's drawing: { kind, words, left, right, y } in its own pixels; its figures
# stand 1 pixel above the middle of a place, so that an index is clear of the box.
PLACES = """places => places.map((place) => {
    const [symbol, value] = place.querySelectorAll("text");
    const { y, height } = value.textContent ? value.getBBox() : symbol.getBBox();
    return { kind: place.getAttribute("class"), symbol: symbol.textContent,
        words: value.textContent.replace(/^→./, ""), left: Number(symbol.getAttribute("x")),
        right: Number(value.getAttribute("x")),
        y: Number(value.getAttribute("y")) - 0.34 * 14 + 1 };
})"""


def training(**options):
    given = {"biases": "frozen", "updates": 1000, **options}
    return live.training(NET, X, T, RATE, ["eta"], "w1", ("w1", "w5"), **given)


def window(**options):
    return live.window(IMAGE, KERNEL, 0.5, 1, **options)


def attribute(locator, name):
    return locator.evaluate_all(ATTRIBUTE, name)


def colour(locator, name="fill"):
    """Return the role of the palette whose colour some elements have, all the same one."""
    style = "(elements, name) => elements.map((one) => getComputedStyle(one)[name])"
    found = set(locator.evaluate_all(style, name))
    assert len(found) == 1, found
    parts = re.findall(r"\d+", found.pop())
    wanted = "#" + "".join(f"{int(part):02X}" for part in parts[:3])
    (role,) = (role for role, value in COLOURS.items() if value.upper() == wanted)
    return role


# ---- all of them -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FIGURES)
def test_no_two_texts_of_a_drawing_overlap_at_any_width(opened, name):
    with opened(FIGURES[name]()) as page:
        page.locator("details").evaluate_all("all => all.forEach(fold => { fold.open = true })")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(DRAW)
            drawings = [texts for texts in page.evaluate(TEXTS) if texts]
            assert drawings or name in ("nudge", "cost")
            for texts in drawings:
                for (a, *box), (b, *other) in combinations(texts, 2):
                    across = min(box[2], other[2]) - max(box[0], other[0])
                    down = min(box[3], other[3]) - max(box[1], other[1])
                    # a box is as tall as its font, and figures are not
                    assert across <= 1 or down <= 4, (width, a, b)


@pytest.mark.parametrize("name", ["take hold", "take hold, 3-4-2-1", "your network"])
def test_nothing_of_a_network_lies_on_a_unit_but_what_is_the_units_own(opened, name):
    with opened(FIGURES[name]()) as page:
        names = ("x", "y", "width", "height")
        frames = list(zip(*(attribute(page.locator(".unit"), n) for n in names), strict=True))
        boxes = [(x, y, x + w, y + h) for (x,), (y,), (w,), (h,) in frames]
        assert len(boxes) >= 4
        for one, other in combinations(boxes, 2):
            assert min(one[2], other[2]) < max(one[0], other[0]) or (
                min(one[3], other[3]) < max(one[1], other[1])
            )
        places = page.locator(".bp-drawing .place").evaluate_all(PLACES)
        for left, top, right, bottom in boxes:
            inside = [
                place["kind"]
                for place in places
                if left < place["left"] < right and top < place["y"] < bottom
            ]
            assert [kind.split()[-1] for kind in inside] == ["net", "out"]


# ---- networks ----------------------------------------------------------------------------------


def joined(page, net):
    """Return {weight: (line, unit before, unit after)} of a drawing, by where the lines end.

    A line is the number of a `.line`; a unit is (layer, number). Biases come from no unit.
    """
    inputs = page.locator(".bp-drawing .place").evaluate_all(PLACES)
    names = ("x", "y", "width", "height")
    frames = list(zip(*(attribute(page.locator(".unit"), n) for n in names), strict=True))
    frames = sorted((x, y, x + w, y + h) for (x,), (y,), (w,), (h,) in frames)
    units, at = {}, iter(frames)  # of each unit: left, right, top, bottom
    for l, size in enumerate(net.sizes[1:], 1):
        layer = sorted((next(at) for _ in range(size)), key=lambda box: box[1])
        assert len({x for x, *_ in layer}) == 1
        units |= {(l, j): (x, right, y, bottom) for j, (x, y, right, bottom) in enumerate(layer)}
    first = min(place["left"] for place in inputs)
    column = sorted(
        (place for place in inputs if place["left"] == first), key=lambda place: place["y"]
    )
    units |= {
        (0, i): (p["left"] - 20, p["right"] + 20, p["y"] - 10, p["y"] + 10)
        for i, p in enumerate(column)
    }

    def unit(x, y, side):
        found = [
            key
            for key, (left, right, top, bottom) in units.items()
            if top < y < bottom and abs((left, right)[side] - x) < 20
        ]
        return found[0] if found else None

    lines = []
    for d in page.locator(".bp-drawing .line").evaluate_all(
        "lines => lines.map((line) => line.getAttribute('d'))"
    ):
        pieces = [list(map(float, re.findall(r"-?[\d.]+", piece))) for piece in d.split("M")[1:]]
        before = unit(*pieces[0][:2], 1) if len(pieces) == 2 else None
        lines.append((before, unit(*pieces[-1][-2:], 0), pieces))
    return units, lines


@pytest.mark.parametrize("example", [(NET, X, T, RATE), TAPERING], ids=["2-2-2", "3-4-2-1"])
def test_a_line_joins_the_units_of_its_weight_and_passes_its_number(opened, example):
    net, x, t, rate = example
    first = net.names.w[1][0][0].name
    with opened(live.take_hold(net, x, t, rate, ["eta"], first)) as page:
        places = [
            place
            for place in page.locator(".bp-drawing .place").evaluate_all(PLACES)
            if "weight" in place["kind"]
        ]
        _, lines = joined(page, net)
        found = {}
        for before, after, pieces in lines[: -len(net.names.t)]:
            x0, level = pieces[-1][:2]
            (value,) = (
                number(place["words"])
                for place in places
                if abs(place["y"] - level) < 1 and 0 <= x0 - place["right"] < 12
            )
            found[before, after] = value
        expected = {}
        for l, (W, b) in enumerate(zip(net.W[1:], net.b[1:], strict=True), 1):
            for (j, i), w in np.ndenumerate(W):
                expected[(l - 1, i), (l, j)] = w
            expected |= {(None, (l, j)): bias for j, bias in enumerate(b)}
        assert found.keys() == expected.keys()
        assert found == pytest.approx(expected, abs=1e-4)


def lit(page, net, look):
    """Return what joins the lit lines: (unit before, unit after), and the outputs that are lit."""
    _, lines = joined(page, net)
    classes = page.locator(".bp-drawing .line").evaluate_all(
        "lines => lines.map((line) => line.classList.contains(arguments[1]))".replace(
            "arguments[1]", repr(look)
        )
    )
    last = len(lines) - len(net.names.t)
    edges = {line[:2] for line, is_lit in zip(lines[:last], classes, strict=False) if is_lit}
    return edges, [k for k, is_lit in enumerate(classes[last:]) if is_lit]


@pytest.mark.parametrize("weight", ["w1_2_3", "w2_1_4", "w3_1_2", "b1_3"])
def test_the_lit_lines_are_the_paths_of_why(opened, weight):
    net, x, t, rate = TAPERING
    unit_of = {
        symbol.name: (l, j)
        for letters in (net.names.out, net.names.net[1:])
        for l, layer in enumerate(letters, 0 if letters is net.names.out else 1)
        for j, symbol in enumerate(layer)
    }
    l, j, i = net.names.weight_at(weight)
    expected = {(None if i is None else (l - 1, i), (l, j))}
    for path in why(net, x, t, weight).paths:
        units = list(dict.fromkeys(unit_of[name] for name in path.names if name in unit_of))
        expected.update(pairwise(units))
    with opened(live.take_hold(*TAPERING, ["eta"], weight)) as page:
        edges, ends = lit(page, net, "back")
        assert edges == expected and ends == [0]
        assert page.locator(".bp-drawing .line.back, .bp-drawing .line.faint").count() == len(
            joined(page, net)[1]
        )


def test_only_the_error_of_its_own_output_is_lit_for_a_weight_of_the_last_layer(opened):
    with opened(live.take_hold(NET, X, T, RATE, ["w5"], "w8")) as page:
        assert lit(page, NET, "back") == ({((1, 1), (2, 1))}, [1])


def columns(places):
    """Return the numbers of each column, from above; places: {number: (x, y)}."""
    found, before = [], 0
    for words, (x, _) in sorted(places.items(), key=lambda place: place[1][0]):
        if not found or x - before > 60:
            found.append([])
        found[-1].append(words)
        before = x
    return [sorted(column, key=lambda words: places[words][1]) for column in found]


def test_both_languages_lay_a_network_out_alike(opened):
    """Any two numbers stand the same way round: one above or before the other, or beside it."""
    for sizes in ((2, 2, 2), (3, 4, 2)):
        rng = np.random.default_rng(3)
        W = [None, *(rng.normal(size=(m, n)) for n, m in pairwise(sizes))]
        net = Network(W, [None, *(rng.normal(size=n) for n in sizes[1:])], "tanh")
        x, t = rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])
        picture = draw.network(trace(net, x, t, 0.3), digits=6)
        canvas = FigureCanvasAgg(picture.figure)
        canvas.draw()
        still = []  # (words, place)
        for text in picture.figure.axes[0].texts:
            box = text.get_window_extent(canvas.get_renderer())
            middle = (box.x0 + box.x1) / 2, -(box.y0 + box.y1) / 2
            still.append((text.get_text().removeprefix(r"$\to$ "), middle))
        figure = live.take_hold(net, x, t, 0.3, ["eta"], "w1_1_1")
        with opened(figure, viewport={"width": 2000, "height": 1000}) as page:
            page.evaluate(DRAW)
            places = page.locator(".bp-drawing .place").evaluate_all(PLACES)
        here = [(p["words"], ((p["left"] + p["right"]) / 2, p["y"])) for p in places]
        # a bias has its unit's delta as its gradient: what stands twice has no one place
        here, still = (
            {words: place for words, place in drawn if [one for one, _ in drawn].count(words) == 1}
            for drawn in (here, still)
        )
        both = sorted(here.keys() & still.keys())
        numbers_drawn = {fmt(step.value, 6) for step in trace(net, x, t, 0.3)}
        assert len(numbers_drawn & set(both)) > 25

        assert columns({one: here[one] for one in both}) == columns(
            {one: still[one] for one in both}
        )


@pytest.mark.parametrize("sizes", [(6, 6, 1), (7, 2, 1), (1, 2, 1, 1, 1), (1, 2, 1, 1, 1, 1)])
def test_both_languages_draw_networks_of_the_same_sizes(opened, sizes):
    W = [None, *(np.full((m, n), 0.5) for n, m in pairwise(sizes))]
    net = Network(W, [None, *(np.zeros(n) for n in sizes[1:])], "tanh")
    x, t = [0.5] * sizes[0], [0.1] * sizes[-1]
    try:
        draw.network(trace(net, x, t))
        is_drawn = True
    except ValueError:
        is_drawn = False
    assert is_drawn == (sizes in [(6, 6, 1), (1, 2, 1, 1, 1)])
    layers = zip(net.W[1:], net.b[1:], strict=True)
    with opened(live.your_network(NET, X, T, RATE)) as page:
        for label, text in {
            "Weights and biases": " ".join(f"{W.tolist()} {b.tolist()}" for W, b in layers),
            "Input": " ".join(map(str, x)),
            "Target": " ".join(map(str, t)),
        }.items():
            page.get_by_label(label).fill(text)
            page.get_by_label(label).blur()
        settled(page)
        assert not "".join(page.locator(".bp-fault").all_inner_texts())
        assert page.locator(".bp-drawing").count() == is_drawn


def test_a_number_of_a_network_has_the_colour_of_what_it_is(opened):
    with opened(live.take_hold(NET, X, T, RATE, ["w5"], "w6")) as page:
        place = ".bp-drawing .place"
        numbers_of = "text:last-of-type"
        for kind, role in {
            "net": "forward", "error": "forward", "delta": "delta", "gradient": "delta",
            "weight": "weight", "new": "update", "out": "page",
        }.items():  # fmt: skip
            assert colour(page.locator(f"{place}.{kind} {numbers_of}")) == role, kind
        assert colour(page.locator(f"{place}.out path")) == "forward"
        for kind, role in {"delta": "delta", "gradient": "delta", "weight": "weight"}.items():
            outline = page.locator(f"{place}.{kind}:not(.marked) path")
            assert colour(outline, "stroke") == role, kind
        assert colour(page.locator(".line.back"), "stroke") == "delta"
        # what is marked is the weight that is asked about, and nothing else
        (marked,) = page.locator(f"{place}.marked").evaluate_all(PLACES)
        assert number(marked["words"]) == NET.W[2][0, 1]


# ---- why a gradient is what it is ----------------------------------------------------------------


NUMBER = r"−?\d+(?:\.\d+)?(?:\u00a0×\u00a010[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?"


def written(text):
    """Return the numbers of "(−0.5) × 0.25"."""
    return [number(part) for part in re.findall(NUMBER, text)]


def test_slopes_are_multiplied_along_a_path_and_added_across_paths(opened):
    reason = why(NET, X, T, "w1")
    with opened(live.take_hold(NET, X, T, RATE, ["w5"], "w1")) as page:
        *paths, total = page.locator(".bp-chains li").all()
        assert len(paths) == len(reason.paths) == 2
        products = []
        for item, path in zip(paths, reason.paths, strict=True):
            formula, numbers_in = item.locator("> span:not(.label):not(.bp-gradient)").all()
            factors = written(numbers_in.inner_text())
            assert len(factors) == len(path.factors)
            signs = re.sub(rf"{NUMBER}|[()\s]", "", numbers_in.inner_text())
            assert set(signs) == {"×"} and len(signs) == len(factors) - 1
            assert formula.inner_text().count("·") == len(factors) - 1
            products.append(prod(factors))
            result = written(item.locator(".bp-gradient").inner_text())[0]
            assert products[-1] == pytest.approx(result, rel=1e-3)
        text = total.locator("> span").nth(2).inner_text()
        assert re.sub(rf"{NUMBER}|[()\s]", "", text) == "+"
        result = written(total.locator(".bp-gradient").inner_text())[0]
        assert sum(products) == pytest.approx(result, abs=2e-6)


def test_a_rope_is_as_thick_as_its_pull_and_goes_to_the_side_of_what_it_wants(opened):
    with opened(live.take_hold(NET, X, T, RATE, ["w5"], "w1")) as page:
        ropes = page.locator(".bp-ropes .rope")
        seen = set()
        for w5 in (0.3, 0.1, -0.2):
            page.get_by_role("textbox", name="w5").fill(str(w5))
            settled(page)
            steps = trace(with_values(NET, w5=w5), X, T)
            pulls = [steps[f"dE_o{k}_dout_h1"].value for k in (1, 2)]
            widths = [width for (width,) in attribute(ropes, "stroke-width")]
            if w5 == 0.3:
                scale = 18 / max(map(abs, pulls))  # of what is shown first, the strongest is 18
            assert widths == pytest.approx([scale * abs(pull) for pull in pulls], rel=1e-9)
            placed = page.locator(".bp-ropes").evaluate(PLACED)
            ((knot,),) = attribute(page.locator(".bp-ropes .knot"), "cx")
            for d, pull, k in zip(attribute(ropes, "d"), pulls, (1, 2), strict=True):
                end, level = d[-1], d[-2]
                assert d[0] == knot and np.sign(end - knot) == -np.sign(pull)  # to the left is less
                beside = [it for it in placed if it["x"] == end and abs(it["y"] - level) < 30]
                above, below = sorted(beside, key=lambda it: it["y"])
                assert above["y"] < level < below["y"]
                assert above["words"] == f"outo{k}" and above["look"] == "forward"
                words, wish = below["words"].split(": ")
                assert number(words.lstrip("+")) == pytest.approx(pull, abs=1e-6)
                assert words.startswith("+" if pull > 0 else "−")
                assert wish == ("wants less" if pull > 0 else "wants more")
            how = HOW[pulls[0] * pulls[1] < 0]
            seen.add(how)
            assert [it["words"] for it in placed].count(how) == 1
            texts = page.locator(".bp-ropes text").evaluate_all(BOXES)
            for (a, *box), (b, *other) in combinations(texts, 2):
                across = min(box[2], other[2]) - max(box[0], other[0])
                assert across <= 1 or min(box[3], other[3]) - max(box[1], other[1]) <= 4, (a, b)
        assert seen == {*HOW}
        assert colour(ropes, "stroke") == "delta"


# ---- a training ----------------------------------------------------------------------------------


class Scale:
    """From the pixels of a plot to its values, by two of its ticks."""

    def __init__(self, plot, log=False):
        placed = plot.evaluate(PLACED)
        (start,) = (it["x"] for it in placed if it["words"] == "0" and it["anchor"] == "middle")
        ticks = [it for it in placed if it["anchor"] == "end" and it["x"] < start]
        assert len(ticks) >= 2
        self.log = log
        (y0, v0), (y1, v1) = ((it["y"], number(it["words"])) for it in (ticks[0], ticks[-1]))
        if log:
            v0, v1 = log10(v0), log10(v1)
        assert (y1 - y0) * (v1 - v0) < 0  # what is higher is above
        self.y0, self.v0, self.pixel = y0, v0, (v1 - v0) / (y1 - y0)
        (end,) = (it for it in placed if it["words"] == "1,000")
        self.x0, self.update = start, 1000 / (end["x"] - start)

    def value(self, y):
        value = self.v0 + (y - self.y0) * self.pixel
        return 10**value if self.log else value

    def updates(self, x):
        return (x - self.x0) * self.update


def points(d):
    """Return the places of a path, (k, 2)."""
    return np.array(d).reshape(-1, 2)


def test_curves_are_where_their_values_are(opened):
    net, history = train(NET, X, T, RATE, 1000, biases="frozen", keep=range(1001))
    outs = np.array([trace(net, X, T).values["out_o1"] for net in history.nets.values()])
    w1 = np.array([net.W[1][0, 0] for net in history.nets.values()])
    with opened(training()) as page:
        page.get_by_label("Look back").press("Home")
        for _ in range(30):
            page.get_by_label("Look back").press("ArrowRight")
        said = settled(page, "After 30 updates")
        assert "After 30" in said
        plots = page.locator(".bp-plots .bp-plot").all()
        for plot, values, log in (
            (plots[0], np.array(history.loss), True),
            (plots[1], outs, False),
            (plots[2], w1, False),
        ):
            scale = Scale(plot, log)
            (d, *_) = attribute(plot.locator(".curve"), "d")
            at = points(d)
            updates = scale.updates(at[:, 0])
            assert updates[0] == pytest.approx(0, abs=0.5) and updates[-1] == pytest.approx(1000)
            tall = np.log10(values) if log else values
            drawn = np.log10(scale.value(at[:, 1])) if log else scale.value(at[:, 1])
            expected = np.interp(updates, np.arange(1001), tall)
            pixel = abs(scale.pixel)
            steep = np.abs(np.gradient(tall)).max() * abs(scale.update) * 0.1  # x is rounded too
            assert np.abs(drawn - expected).max() < 0.2 * pixel + steep
            # the dot is on its curve, where we look, and so is the line across all curves
            ((x,), *_) = attribute(plot.locator(".end"), "cx")
            ((y,), *_) = attribute(plot.locator(".end"), "cy")
            assert scale.updates(x) == pytest.approx(30)
            now = scale.value(y)
            assert now == pytest.approx(values[30], rel=1e-3)
            assert attribute(plot.locator(".axes"), "d")[-1][0] == pytest.approx(x)
        levels = attribute(plots[1].locator(".level"), "d")
        found = sorted(Scale(plots[1]).value(level[1]) for level in levels)
        assert found == pytest.approx(sorted(T), abs=1e-6)
        # each curve is named at its end
        for plot, words in zip(plots, ("E", "outo1", "w1"), strict=True):
            (label,) = (it for it in plot.evaluate(PLACED) if it["words"] == words)
            at = points(attribute(plot.locator(".curve"), "d")[0])
            assert label["x"] > at[-1, 0] and abs(label["y"] - at[-1, 1]) < 16


def test_curves_have_the_colours_of_what_they_show(opened):
    with opened(training(compare="rate", other_rate=0.7)) as page:
        for part, role, name in (
            (".curve.new", "update", "stroke"), (".curve.other", "ink", "stroke"),
            (".curve.forward", "forward", "stroke"), ("text.forward", "forward", "fill"),
            ("text.new", "update", "fill"), ("text.other", "ink", "fill"),
            (".end.forward", "forward", "fill"), (".end.new", "update", "fill"),
        ):  # fmt: skip
            assert colour(page.locator(f".bp-plots {part}"), name) == role, part


def test_two_trainings_are_drawn_each_on_its_own_curve(opened):
    with opened(training(compare="rate", other_rate=2)) as page:
        plot = page.locator(".bp-plots .bp-plot").first
        scale = Scale(plot, log=True)
        for look, rate in (("new", RATE), ("other", 2)):
            E = train(NET, X, T, rate, 1000, biases="frozen")[1].loss
            (d,) = attribute(plot.locator(f".curve.{look}"), "d")
            assert scale.value(points(d)[-1, 1]) == pytest.approx(E[-1], rel=0.02)
            (label,) = (it for it in plot.evaluate(PLACED) if it["words"] == f"η {rate:g}")
            assert label["look"] == look


@pytest.fixture
def landscape(opened):
    """A page with the map over w1 and w5 open, its drawing, and the weights of its places."""
    with opened(training(window=PLANE)) as page:
        page.locator(".bp-map > summary").click()
        drawing = page.locator(".bp-map .bp-plot")
        drawing.wait_for()
        page.evaluate(DRAW)
        names = ("x", "y", "width", "height")
        frame = drawing.locator("rect.axes")
        left, top, width, height = (attribute(frame, name)[0][0] for name in names)
        low, high, below, above = PLANE

        def weights(at):
            across = low + (high - low) * (at[..., 0] - left) / width
            return across, above - (above - below) * (at[..., 1] - top) / height

        corners = {it["words"]: (it["x"], it["y"]) for it in drawing.evaluate(PLACED)}
        assert corners["−3"][0] < corners["3"][0] and corners["−2"][1] > corners["4"][1]
        assert corners["w1"][1] > top + height and corners["w5"][0] < left
        yield page, drawing, weights


def test_a_map_that_comes_first_is_open_and_above_the_curves_which_wait_for_an_update(opened):
    with opened(training(window=PLANE, map_first=True, updates=0)) as page:
        drawing, curves = page.locator(".bp-map .bp-plot"), page.locator(".bp-plots")
        drawing.wait_for()
        assert not curves.is_visible()
        page.get_by_role("button", name="One update").click()
        curves.wait_for()
        assert drawing.bounding_box()["y"] < curves.bounding_box()["y"]
        assert page.locator(".bp-map").get_attribute("open") is not None


def test_the_way_over_the_map_is_that_of_its_weights(landscape):
    _, drawing, weights = landscape
    _, history = train(NET, X, T, RATE, 1000, biases="frozen", keep=range(1001))
    (d,) = attribute(drawing.locator(".curve.new"), "d")
    w1, w5 = weights(points(d))
    nets = list(history.nets.values())
    for n in (0, -1):
        expected = nets[n].W[1][0, 0], nets[n].W[2][0, 0]
        assert (w1[n], w5[n]) == pytest.approx(expected, abs=2e-3)
        disc = drawing.locator(".start" if n == 0 else ".end")
        at = np.array([attribute(disc, name)[0][0] for name in ("cx", "cy")])
        assert weights(at) == pytest.approx(expected, abs=1e-9)
    assert colour(drawing.locator(".curve.new"), "stroke") == "update"
    assert colour(drawing.locator(".height"), "stroke") == "weight"


def test_lines_of_the_map_are_where_E_is_what_they_say(landscape):
    page, drawing, weights = landscape
    trained, _ = train(NET, X, T, RATE, 1000, biases="frozen")

    def E(w1, w5):
        return loss(with_values(trained, w1=w1, w5=w5), X, T)

    low, high, below, above = PLANE
    cell = (high - low) / 40
    placed = [it for it in drawing.evaluate(PLACED) if "plate" in it["look"]]
    said = sorted(number(it["words"]) for it in placed if re.match(r"[\d.]+$", it["words"]))
    lines = [points(d) for d in attribute(drawing.locator(".height"), "d")]
    assert len(lines) >= 5 and len(said) >= 4
    levels = []
    for line in lines:
        found, rooms = [], []
        for w1, w5 in np.array(weights(line)).T[:: max(1, len(line) // 40)]:
            found.append(E(w1, w5))
            slopes = (
                E(w1 + cell / 2, w5) - E(w1 - cell / 2, w5),
                E(w1, w5 + cell / 2) - E(w1, w5 - cell / 2),
            )
            rooms.append(max(map(abs, slopes)))
        levels.append(float(np.median(found)))
        # a line of interpolated crossings is nearer to its level than a tenth of a cell
        assert (np.abs(np.array(found) - levels[-1]) < 0.1 * np.array(rooms) + 1e-6).all()
    for it in placed:  # each label stands on the line of its height
        if re.match(r"[\d.]+$", it["words"]):
            height = E(*weights(np.array([it["x"], it["y"]])))
            nearest = min(levels, key=lambda level: abs(level - height))
            assert number(it["words"]) == pytest.approx(nearest, rel=0.05)


# ---- the others ----------------------------------------------------------------------------------


def test_the_dials_of_a_nudge_move_as_far_as_their_quantities(opened):
    with opened(live.nudge(ONE.net, ONE.x, ONE.t, "w")) as page:
        for by in (1.5, -1.5):
            field = page.get_by_role("textbox")
            field.fill(str(by))
            field.press("Enter")
            rows = [list(map(number, row[1:])) for row in numbers(page)]
            assert rows[0][1] == by
            for dial, (_, came, promised, _) in zip(
                page.locator(".bp-dial").all(), rows, strict=True
            ):
                origin = attribute(dial.locator(".scale"), "d")[0][3]
                now = attribute(dial.locator(".now"), "cx")[0][0] - origin
                promise = attribute(dial.locator(".promise"), "d")[0][0] - origin
                assert np.sign(now) == np.sign(came)
                assert now / promise == pytest.approx(came / promised, rel=1e-4)
                # what is written at the ends of a scale is where it is
                low, high, *_ = map(number, dial.locator(".end").all_text_contents())
                assert now == pytest.approx(184 * came / (high - low), rel=1e-4)
                assert origin == pytest.approx(8 - 184 * low / (high - low))
                gap = dial.locator(".gap")
                left, width = (
                    attribute(gap, name)[0][0] - at for name, at in (("x", origin), ("width", 0))
                )
                assert (left, left + width) == pytest.approx(sorted((now, promise)), abs=1e-9)
        assert colour(page.locator(".bp-dial .now")) == "forward"
        assert colour(page.locator(".bp-dial .promise"), "stroke") == "delta"


def test_the_dots_of_the_costs_are_where_the_ticks_of_their_axis_say(opened):
    with opened(live.cost(4, 4)) as page:
        for width, depth in ((4, 4), (7, 3), (1, 1), (16, 16)):
            go(page, f"#cost?width={width}&depth={depth}")
            counts = by_formula([width] * (depth + 1))
            words = page.locator(".bp-prices > div:has(circle) > span:first-child")
            dots = [middle(dot) for dot in page.locator(".bp-prices circle").all()]
            ticks = page.locator(".bp-prices .axis text")
            powers = [power_of_ten(text) for text in ticks.all_text_contents()]
            at = [middle(tick) for tick in ticks.all()]
            assert len(powers) >= 2 and powers[0] == 0
            expected = [
                at[0] + log10(counts[method]) * (at[-1] - at[0]) / powers[-1]
                for method in words.all_inner_texts()
            ]
            assert dots == pytest.approx(expected, abs=1)
            lines = [middle(line) for line in page.locator(".bp-prices line").all()]
            assert lines == pytest.approx(at * len(counts), abs=1)


def middle(element):
    """Return how far from the left the middle of an element is, in pixels."""
    box = element.evaluate(
        "it => { const { left, right } = it.getBoundingClientRect(); return [left, right] }"
    )
    return sum(box) / 2


def power_of_ten(text):
    """Return the exponent that a tick stands for: 1, 10, 10², 10¹²."""
    small = text.removeprefix("10").translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789"))
    return 0 if text == "1" else int(small or 1)


def test_the_lit_lines_of_a_delta_are_its_paths_to_the_outputs(opened):
    with opened(live.cost(3, 3)) as page:
        for layer, unit in ((1, 2), (2, 3), (3, 1)):
            go(page, f"#cost?layer={layer}&unit={unit}")
            dots = page.locator(".bp-dots circle")
            at = list(zip(attribute(dots, "cx"), attribute(dots, "cy"), strict=True))
            xs = sorted({x for (x,), _ in at})
            ys = sorted({y for _, (y,) in at})
            place = {(x, y): (xs.index(x), ys.index(y)) for (x,), (y,) in at}
            lines = [
                (place[x0, y0], place[x1, y1])
                for x0, y0, x1, y1 in attribute(page.locator(".bp-dots path.back"), "d")
            ]
            expected = {
                ((l, i), (l + 1, j))
                for l in range(layer, 3)
                for i in range(3)
                for j in range(3)
                if l > layer or i == unit - 1
            }
            assert len(lines) == len(set(lines)) and set(lines) == expected
            asked = page.locator(".bp-dots .asked")
            assert asked.count() == 1
            x, y = (attribute(asked, name)[0][0] for name in ("cx", "cy"))
            assert place[x, y] == (layer, unit - 1)


def test_a_walk_marks_its_step_and_what_it_is_made_of_in_the_colour_of_its_part(opened):
    steps = trace(NET, X, T, RATE, biases="frozen")
    shown = [step for step in steps if step.label != "given"]
    with opened(live.walk(NET, X, T, RATE, biases="frozen")) as page:
        for name, role in {
            "net_h1": "forward", "dE_o1_dout_h1": "delta", "dE_dw6": "delta", "w6_new": "update",
        }.items():  # fmt: skip
            step, at = steps[name], 0
            while fmt(step.value) not in page.locator(".bp-line").inner_text():
                at += 1
                assert at <= len(shown)
                page.get_by_role("button", name="Show what comes next").click()
            marked = page.locator(".bp-drawing .marked").evaluate_all(PLACES)
            values = {number(place["words"]) for place in marked}
            parts = [name, *(part for part in step.inputs if part != "eta")]  # eta has no place
            assert sorted(values) == pytest.approx(
                sorted({steps[part].value for part in parts}), abs=1e-6
            )
            strong = page.locator(".line:is(.forward, .back, .new)")
            assert colour(strong, "stroke") == role, name


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (1, 1)])
def test_the_window_is_framed_where_it_lies_and_no_grid_is_turned(opened, stride, padding):
    with opened(window(stride=stride, padding=padding, place=(2, 1))) as page:
        image, kernel, of_map = page.locator(".bp-grid").all()
        padded = np.pad(IMAGE, padding)
        squares = image.locator("g rect")
        xs, ys = (sorted({at for (at,) in attribute(squares, name)}) for name in ("x", "y"))
        side = attribute(squares, "width")[0][0]
        assert (len(ys), len(xs)) == padded.shape

        def read(grid, rows, columns):
            shown = np.full((rows, columns), np.nan)
            for it in grid.evaluate(PLACED):
                if it["look"] == "weight" and grid is not kernel or not it["words"]:
                    continue
                row, column = int((it["y"] - 2) // side), int((it["x"] - 2) // side)
                shown[row, column] = number(it["words"])
            return shown

        assert (read(image, *padded.shape) == padded).all()
        assert (read(kernel, *KERNEL.shape) == KERNEL).all()
        frame = image.locator("rect.frame")
        x, y, width, height = (
            attribute(frame, name)[0][0] for name in ("x", "y", "width", "height")
        )
        assert (x, y) == (xs[0], ys[stride])  # row 2 of the map, column 1
        assert (width, height) == (2 * side, 2 * side)
        at = of_map.locator("rect.frame")
        assert attribute(at, "x")[0][0] == xs[0] and attribute(at, "y")[0][0] == ys[1]
        outside = image.locator("g.outside").count()
        assert outside == padded.size - IMAGE.size
        assert colour(kernel.locator("text")) == "weight"
        assert colour(of_map.locator("text")) == "forward"


def test_the_image_of_a_delta_is_in_the_colour_of_deltas(opened):
    with opened(window(show="delta")) as page:
        _, kernel, of_map = page.locator(".bp-grid").all()
        assert colour(of_map.locator("text.delta")) == "delta"
        assert colour(kernel.locator("text")) == "weight"
        assert colour(of_map.locator("rect.frame"), "stroke") == "delta"


# ---- valley ------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", ["0", "30"])
def test_walks_in_a_valley_go_from_place_to_place_of_the_map(opened, turn):
    """Each point of a path, its ring and its dot, by the map's own axes."""
    with opened(live.valley(turn=turn)) as page:
        shape = VALLEY._replace(turn=float(turn))
        ((x,), (y,), (w,), (h,)) = (
            attribute(page.locator(".bp-plot rect.axes"), name)[0]
            for name in ("x", "y", "width", "height")
        )
        x0, x1, y0, y1 = WINDOW
        for look, step, rate in (
            ("new", step_of("gradient_descent", 0), 0.18),
            ("other", step_of("momentum", 0.8), 0.1),
        ):
            places = walk_in(shape, step, rate, START @ shape.axes, 60)
            expected = np.stack(
                [
                    x + w * (places[:, 0] - x0) / (x1 - x0),
                    y + h - h * (places[:, 1] - y0) / (y1 - y0),
                ],
                axis=1,
            )
            (drawn,) = attribute(page.locator(f".curve.{look}"), "d")
            np.testing.assert_allclose(np.reshape(drawn, (-1, 2)), expected, atol=0.06)
            for kind, at in (("start", expected[0]), ("end", expected[-1])):
                disc = page.locator(f"circle.{kind}.{look}")
                found = attribute(disc, "cx")[0] + attribute(disc, "cy")[0]
                np.testing.assert_allclose(found, at, atol=1e-6)


def test_a_walk_that_leaves_a_valley_ends_off_the_map(opened):
    with opened(live.valley()) as page:
        go(page, "#valley?first_rate=0.22&second=nothing")
        (drawn,) = attribute(page.locator(".curve.new"), "d")
        places = np.reshape(drawn, (-1, 2))
        assert 3 < len(places) < 20 and not 0 < places[-1, 1] < 250
        assert page.locator(".curve").count() == 1
