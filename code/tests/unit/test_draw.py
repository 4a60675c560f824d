"""What a picture says and shows: the numbers of its trace, no two texts over each other."""

import re
import sys
from itertools import combinations, pairwise, product
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.patches import PathPatch

from backprop import Network, draw, examples, trace, train, where
from backprop.arrays import Array
from backprop.autodiff import Value
from backprop.convnet import trace_of_convnet
from backprop.draw.network import drawn_network
from backprop.draw.picture import read_formula
from backprop.draw.ropes import THICKEST
from backprop.latex import fmt
from backprop.names import spoken
from backprop.normalisation import trace_of_normalisation
from backprop.practice import problem
from backprop.recurrent import trace_of_recurrent
from backprop.tables import COLOURS
from backprop.trace import LABELS, trace_of_batch
from book_pictures import once


def two_two_two(**change):
    """The trace of the worked example, its weights changed by name: w6=0.5."""
    net, x, t, learning_rate = examples.two_two_two()
    W = [None, *(np.array(weights) for weights in net.W[1:])]
    for name, value in change.items():
        l, j, i = net.names.weight_at(name)
        W[l][j, i] = value
    net = Network(W, net.b, net.activations, net.loss, net.names)
    return trace(net, x, t, learning_rate, biases="frozen")


def any_network(sizes, activations="tanh", loss="half squares", scale=1.0):
    rng = np.random.default_rng(1)
    W = [None] + [-scale * rng.random((n, m)) for m, n in zip(sizes, sizes[1:], strict=False)]
    net = Network(W, [None] + [-scale * rng.random(n) for n in sizes[1:]], activations, loss)
    t = np.eye(sizes[-1])[0]
    return trace(net, rng.normal(size=sizes[0]), t, 0.1)


def square(units, layers):
    W, b = [np.ones((units, units))] * layers, [np.zeros(units)] * layers
    return Network([None, *W], [None, *b], "sigmoid")


STEPS = two_two_two()
SOFTMAX = any_network((2, 2, 3), [None, "tanh", "softmax"], "softmax cross-entropy")


def losses(biases="frozen"):
    net, x, t, learning_rate = examples.two_two_two()
    return train(net, x, t, learning_rate, 200, biases=biases)[1].loss


GRID = np.linspace(-2, 2, 41)
SADDLE = GRID, GRID, np.add.outer(-(GRID**2), GRID**2) / 2  # (x² − y²) / 2
BOWLS = GRID, GRID, np.add.outer((GRID - 0.5) ** 2, (GRID**2 - 1) ** 2 + 0.1 * GRID)


TO_FIND = [step.name for step in STEPS if step.label != "given"]


def to_write_in(steps):
    return draw.network(steps, blank=[step.name for step in steps if step.label != "given"])


CONVNET = trace_of_convnet(*examples.convnet())
THROUGH_TIME = trace_of_recurrent(*examples.recurrent())
CYCLE = [*LABELS[1:], "loss", "backward"]


def neuron(went_back=True):
    """Return (E, names) of one neuron: its error, and what its values are called."""
    w, i, b, t = Value(0.4), Value(2), Value(-0.3), Value(0.2)
    net = w * i + b
    out = net.sigmoid()
    E = (out - t) ** 2 / 2
    if went_back:
        E.backward()
    return E, {"w": w, "i": i, "b": b, "t": t, "net_o": net, "out_o": out, "E": E}


def tangled():
    """Return a result to which many edges lead past other values."""
    x = Value(2.0)
    part = x.exp() * 3 - x.log()
    return part / (x**-1 + x.tanh().relu() * -x) + part * x


def layer_of_arrays():
    """Return a loss of a layer and its named arrays; the biases are repeated for four rows."""
    X, W, b = Array(np.ones((4, 2))), Array(np.ones((3, 2))), Array(np.zeros(3))
    Z = X @ W.T + b
    return (Z.relu() * Array(2)).sum(), {"X": X, "W": W, "b": b, "Z": Z}


def graph_of_neuron(went_back=True):
    E, names = neuron(went_back)
    return draw.graph(E, **names)


def graph_of_arrays():
    E, names = layer_of_arrays()
    return draw.graph(E, **names)


PICTURES = {
    **{f"network, {stage}": lambda stage=stage: draw.network(STEPS, stage) for stage in LABELS},
    "network": lambda: draw.network(STEPS),
    "network 3-4-2": lambda: draw.network(any_network((3, 4, 2))),
    "network with long numbers": lambda: draw.network(any_network((3, 4, 2), scale=-12345.678)),
    "network 6-6-6": lambda: draw.network(any_network((6, 6, 6))),
    "network 2-2-2-2-2": lambda: draw.network(any_network((2, 2, 2, 2, 2))),
    "network with softmax": lambda: draw.network(SOFTMAX),
    "network to write in": lambda: draw.network(STEPS, blank=TO_FIND),
    "network 3-4-2 to write in": lambda: to_write_in(any_network((3, 4, 2))),
    "network of a batch": lambda: to_write_in(trace_of_batch(*examples.two_three_two())),
    "convnet, forward": lambda: draw.convnet(CONVNET),
    "convnet, back": lambda: draw.convnet(CONVNET, "back"),
    "convnet, back, six digits": lambda: draw.convnet(CONVNET, "back", digits=6),
    "rolled": draw.rolled,
    "unrolled, forward": lambda: draw.unrolled(THROUGH_TIME),
    "unrolled, back": lambda: draw.unrolled(THROUGH_TIME, "back"),
    "unrolled, back, six digits": lambda: draw.unrolled(THROUGH_TIME, "back", digits=6),
    "grids": lambda: draw.grids(
        draw.Grid("$x$", "out", [[1, -22.5], [0, 3]], [(0, 1, 2, 1)]),
        r"$\to$",
        draw.Grid("a title wider than its grid", "gradient", [[0.1234567]]),
    ),
    "equations": lambda: draw.equations(examples.tapering().net),
    "equations of 2-2-2": lambda: draw.equations(examples.two_two_two().net),
    "equations of 1-1-1": lambda: draw.equations(square(1, 2)),
    "equations of 6-6-6-6-6": lambda: draw.equations(square(6, 4)),
    "path of w6": lambda: draw.path(STEPS, "w6"),
    "path of w1": lambda: draw.path(STEPS, "w1"),
    "path of a bias": lambda: draw.path(STEPS, "b_h1"),
    "path through 3-4-2": lambda: draw.path(any_network((3, 4, 2)), "w1_2_3"),
    "path to softmax": lambda: draw.path(SOFTMAX, "w1_2_1"),
    "ropes": lambda: draw.ropes(STEPS, "w1", "w6"),
    "ropes of a bias": lambda: draw.ropes(STEPS, "b_h2"),
    "ropes in 3-4-3": lambda: draw.ropes(any_network((3, 4, 3)), "w1_2_3", "w2_1_1"),
    "ropes in 2-2-2-2": lambda: draw.ropes(any_network((2, 2, 2, 2)), "w1_2_1"),
    "graph of a neuron": graph_of_neuron,
    "graph before the way back": lambda: graph_of_neuron(went_back=False),
    "graph with long edges": lambda: draw.graph(tangled(), digits=9),
    "graph of one number": lambda: draw.graph(Value(3)),
    "graph of arrays": graph_of_arrays,
    "factory": lambda: draw.factory(STEPS),
    "factory, what is asked of h1": lambda: draw.factory(STEPS, "h1"),
    "factory, what is asked of h2": lambda: draw.factory(STEPS, "h2"),
    "factory 2-2-2-2": lambda: draw.factory(any_network((2, 2, 2, 2))),
    "factory 2-2-2-2, what is asked of a2_1": lambda: draw.factory(
        any_network((2, 2, 2, 2)), "a2_1"
    ),
    "cycle": draw.cycle,
    **{f"cycle, {stage}": lambda stage=stage: draw.cycle(stage) for stage in CYCLE},
    "losses": lambda: draw.curves(
        np.arange(201),
        {biases: losses(biases) for biases in ("frozen", "shared", "updated")},
        x_label="updates",
        y_label="loss E",
        log="xy",
    ),
    "surface": lambda: draw.surface(*SADDLE, x_label="w", y_label="b"),
    "three paths": lambda: draw.three_paths(trace_of_normalisation([1, 2, 3, 6], [1, 0, 0, 0])),
    "surface with paths": lambda: draw.surface(
        *SADDLE,
        x_label="weight w",
        y_label="bias b",
        levels=[-1, -0.5, 0, 0.5],
        paths={"A": [(0, 1), (-1, 0.5)], "from above": [(1.9, -1.9), (1.5, 1)]},
        points=[(1.9, 0, "a word near the edge")],
    ),
    "accuracies": lambda: draw.curves(
        np.arange(201), {"E": losses()}, x_label="updates", log="y", marks=[(9, losses()[9], "9")]
    ),
}


PICTURES |= {  # what a phone shows in their place
    "narrow network": lambda: draw.network(STEPS).narrow,
    "narrow forward": lambda: draw.network(STEPS, "forward", digits=6).narrow,
    "narrow given": lambda: draw.network(STEPS, "given").narrow,
    "narrow 2-2-2-2": lambda: draw.network(any_network((2, 2, 2, 2)), "hidden delta").narrow,
    "narrow unrolled": lambda: draw.unrolled(THROUGH_TIME, "back").narrow,
    "narrow path": lambda: draw.path(STEPS, "w1").narrow,
}

LARGE = {  # as long as all others together
    *("network 2-2-2-2-2", "network 6-6-6", "equations of 6-6-6-6-6", "narrow 2-2-2-2"),
    *("network 3-4-2 to write in", "network with long numbers", "network with softmax"),
    *("path through 3-4-2", "ropes in 3-4-3", "factory 2-2-2-2", "network of a batch"),
}


@pytest.fixture(
    params=[pytest.param(n, marks=[pytest.mark.slow] * (n in LARGE)) for n in PICTURES],
    scope="module",
)
def picture(request):
    return PICTURES[request.param]()


# ---- what is drawn -----------------------------------------------------------------------------


def texts(figure):
    return [text for text in figure.axes[0].texts if text.get_text()]


def test_no_two_texts_overlap_and_none_is_cut_off(picture):
    renderer = FigureCanvasAgg(picture.figure).get_renderer()
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts(picture.figure)]
    for (a, box), (b, other) in combinations(boxes, 2):
        # a box is as tall as its font; half a pixel is its rounding
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        down = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert across <= 0.5 or down <= 0.5, f"{a!r} and {b!r} overlap"
    width, height = picture.figure.get_size_inches() * picture.figure.dpi
    for words, box in boxes:
        assert -0.5 <= box.x0 and box.x1 <= width + 0.5, f"{words!r} is cut off"
        assert -0.5 <= box.y0 and box.y1 <= height + 0.5, f"{words!r} is cut off"


@pytest.mark.parametrize("stage", LABELS[:-1])
@pytest.mark.parametrize("example", ["uneven", "uneven_deep", "two_two_two"])
def test_what_a_phone_shows_of_a_network_is_narrower_and_has_every_number(example, stage):
    picture = draw.network(trace(*getattr(examples, example)()), stage, digits=6)
    both = picture, picture.narrow
    wide, narrow = ({text.get_text() for text in texts(one.figure)} for one in both)
    assert wide == narrow and picture.alt == picture.narrow.alt
    assert picture.narrow.least_width < 0.75 * picture.least_width


def test_what_a_phone_shows_of_a_path_has_every_number():
    picture = draw.path(trace(*examples.uneven()), "w1")
    words = [" ".join(t.get_text() for t in texts(p.figure)) for p in (picture, picture.narrow)]
    assert words[0].split("=")[-1] == words[1].split("=")[-1]
    names = {r"$\mathrm{out}_{h1}$"}  # where a path goes on in the next pair of layers
    assert set(words[0].split()) | names == set(words[1].split())


def test_a_page_has_both_drawings_and_a_reader_of_its_text_one(monkeypatch):
    monkeypatch.setenv(where.PAGE, "1")
    page = draw.network(STEPS, "forward").html()
    assert page.count("<svg") == 2 and once(page).count("<svg") == 1
    assert "bp-narrow" not in once(page)
    small = draw.path(trace(*examples.one_neuron()), "w").html()
    assert small.count("<svg") == 1 and once(small) == small


def test_text_is_at_least_13_pixels(picture):
    assert min(text.get_size() for text in texts(picture.figure)) >= 13


@pytest.mark.parametrize("stage", LABELS)
def test_a_stage_says_and_shows_every_number_up_to_its_label_and_no_other(stage):
    """All but the slopes and pulls from which the deltas are made; the rate is only said."""
    picture = draw.network(STEPS, stage)
    shown = [text.get_text() for text in texts(picture.figure)]
    said = picture.alt.partition(": ")[2].removesuffix(".").split(", ")
    aside = re.compile(r"d(out|net)_|dE.*_dout_")
    seen = LABELS[: LABELS.index(stage) + 1]
    steps = [step for step in STEPS if step.label in seen and not aside.match(step.name)]
    assert said == [f"{spoken(step.name)} {STEPS.shown(step.name)}" for step in steps]
    values = {STEPS.shown(step.name) for step in steps if step.name != "eta"}
    for value in values:
        assert any(value in words for words in shown) or "⁻" in value, f"{value} is not drawn"
    drawn = (re.fullmatch(r"(?:\$\\to\$ )?(−?\d[\d.]*)", words) for words in shown)
    assert {number[1] for number in drawn if number} <= values


@pytest.mark.parametrize("example", ["one_neuron", "fork", "uneven", "perceptron", "uneven_deep"])
def test_every_example_can_be_drawn(example):
    picture = draw.network(trace(*getattr(examples, example)()))
    assert picture.svg()  # matplotlib sets every symbol, and refuses two indices in a row


def test_a_stage_holds_back_what_is_not_known_yet():
    shown = [text.get_text() for text in texts(draw.network(STEPS, "output delta").figure)]
    assert STEPS.shown("delta_o1") in shown
    assert STEPS.shown("delta_h1") not in shown
    assert STEPS.shown("dE_dw6") not in shown


def test_what_is_left_blank_is_neither_said_nor_shown_and_has_a_place():
    drawn = {text.get_text() for text in texts(draw.network(STEPS).figure)}
    picture = draw.network(STEPS, blank=["out_h1", "net_o1", "dE_dw6", "w6_new"])
    shown = {text.get_text() for text in texts(picture.figure)}
    said, _, to_write = picture.alt.partition("; to write in: ")
    assert to_write == "out h1, net o1, dE/dw6, new w6."
    for name in ("out_h1", "net_o1", "dE_dw6", "w6_new"):
        value = fmt(STEPS[name].value)
        assert any(value in words for words in drawn)
        assert not any(value in words for words in shown) and f"{spoken(name)} {value}" not in said
        assert any(STEPS[name].symbol in words for words in shown) or name in ("dE_dw6", "w6_new")
    # the gradient's symbol stands where its number would, and the update's arrow
    assert {r"$\partial E/\partial w_6$", r"$\to$"} <= shown - drawn
    all_places = draw.network(STEPS, blank=TO_FIND).figure
    assert not any(re.search(r"\d\.\d{5}", text.get_text()) for text in texts(all_places))
    pills = [
        p for p in all_places.axes[0].patches if p.get_facecolor() == to_rgba(COLOURS["forward"])
    ]
    assert len(pills) == len(STEPS.names.out[0])  # the inputs, whose numbers are given


@pytest.mark.parametrize(
    "draws",
    [
        lambda steps: draw.network(steps, "forward"),
        lambda steps: draw.path(steps, "w6"),
        lambda steps: draw.ropes(steps, "w1", "w6"),
        lambda steps: draw.frames(steps, "w6")[0],
        draw.factory,
    ],
)
def test_another_weight_gives_other_words_and_another_picture(draws):
    before, after = draws(STEPS), draws(two_two_two(w5=0.31))
    assert before.alt != after.alt
    assert before.svg() != after.svg()


def test_a_formula_is_read_once_for_all_pictures():
    net, x, t, learning_rate = examples.two_two_two()
    once, again = (draw.network(trace(net, x, t, learning_rate)) for _ in range(2))
    first = once.file()
    before = read_formula.cache_info()
    assert again.file() == first
    after = read_formula.cache_info()
    assert after.misses == before.misses and after.hits > before.hits


def test_a_path_multiplies_to_the_gradient():
    assert STEPS.shown("dE_dw6") in draw.path(STEPS, "w6").alt
    two = draw.path(STEPS, "w1").alt
    assert "2 paths" in two and STEPS.shown("dE_dw1") in two


def test_the_paths_of_an_input_sum_to_its_pull():
    """The perceptron is the right half of the uneven network: its inputs are h1 and h2."""
    whole, half = (trace(*example()) for example in (examples.uneven, examples.perceptron))
    for unit in ("h1", "h2"):
        said = draw.path(half, f"out_{unit}").alt
        for pull in ("dE_o1", "dE_o2", "dE"):
            assert whole.shown(f"{pull}_dout_{unit}") in said
    assert "4 paths lead from i1" in draw.path(whole, "i1").alt


def test_the_perceptron_is_the_right_half_of_the_uneven_network():
    whole, half = (trace(*example()) for example in (examples.uneven, examples.perceptron))
    assert len(half) > 30
    for step in half:
        assert whole[step.name].value == step.value, step.name


def test_ropes_are_as_thick_as_their_pulls():
    lines = draw.ropes(STEPS, "w1", "w6").figure.axes[0].lines
    widths = {line.get_linewidth() for line in lines}
    up, down = STEPS["dE_o1_dout_h1"].value, STEPS["dE_o2_dout_h1"].value
    thickest = STEPS["delta_o1"].value
    for pull in (up, down, STEPS["dE_dw6"].value, thickest):
        expected = THICKEST * abs(pull) / thickest
        assert any(abs(width - expected) < 1e-9 for width in widths), f"no rope of {pull}"


def test_the_sum_of_two_pulls_one_way_is_the_thickest_rope():
    net, x, t, learning_rate = examples.uneven()
    lines = draw.ropes(trace(net, x, t, learning_rate), "w3").figure.axes[0].lines
    widths = sorted({line.get_linewidth() for line in lines})
    assert widths[-1] == pytest.approx(THICKEST) and widths[-2] < 0.6 * THICKEST


def test_deltas_can_have_more_decimals_than_the_rest():
    alt = draw.network(STEPS, "hidden delta", digits=3, delta_digits=6).alt
    assert f"delta h1 {fmt(STEPS['delta_h1'].value, 6)}" in alt
    assert f"out h1 {fmt(STEPS['out_h1'].value, 3)}," in alt


def test_the_first_frame_says_what_is_wanted():
    assert draw.frames(STEPS, "w6")[0].alt.endswith("wanted 0.5 and 0.9.")


def test_five_frames_are_the_five_labels():
    strip = draw.frames(STEPS, "w6")
    assert [p.alt.split(":")[0] for p in strip] == [
        f"{n}, {label}" for n, label in enumerate(LABELS[1:], 1)
    ]
    assert fmt(STEPS["dE_dw6"].value, 4) in strip[3].alt
    assert fmt(STEPS["w6_new"].value, 4) in strip[4].alt


def test_a_factory_says_and_shows_what_goes_up_and_what_is_asked():
    picture = draw.factory(STEPS)
    shown = [text.get_text() for text in texts(picture.figure)]
    for name in (
        "i1",
        "i2",
        "out_h1",
        "out_h2",
        "out_o1",
        "out_o2",
        *(f"w{k}" for k in range(1, 9)),
    ):
        number = fmt(STEPS[name].value, 2)
        assert number in shown and number in picture.alt, name
    assert "gets too much" in shown and "gets too little" in shown
    asked = draw.factory(STEPS, "h1")
    shown = [text.get_text() for text in texts(asked.figure)]
    for name, sign, wish in (
        ("dE_o1_dout_h1", "+", "wants less"),
        ("dE_o2_dout_h1", "", "wants more"),
        ("dE_dout_h1", "+", "wants less"),
    ):
        words = f"{sign}{fmt(STEPS[name].value, 3)}: {wish}"  # the sign, and what it means
        assert words in asked.alt
        if name == "dE_dout_h1":
            assert f"together {words}" in shown
            continue
        number, meaning = words.split(" ", 1)  # on a belt in two lines
        (at,) = (text for text in texts(asked.figure) if text.get_text() == number)
        below = [text for text in texts(asked.figure) if text.get_text() == meaning]
        assert any(text.get_position()[0] == at.get_position()[0] for text in below)


def test_the_cycle_says_and_shows_steps_labels_and_phases():
    picture = draw.cycle()
    shown = [text.get_text() for text in texts(picture.figure)]
    for label in LABELS[1:]:
        assert label in picture.alt
        assert any(words.endswith(label) for words in shown), label
    assert [shown.count(step) for step in ("forward", "loss", "backward", "update")] == [2, 1, 1, 1]
    assert "(output delta, hidden delta, gradients)" in picture.alt
    assert all(any(words.startswith(f"{n} ") for words in shown) for n in (1, 2, 3))


@pytest.mark.parametrize("stage", CYCLE)
def test_a_stage_of_the_cycle_is_a_slim_strip_in_which_one_place_is_strong(stage):
    picture = draw.cycle(stage)
    width, height = picture.figure.get_size_inches() * picture.figure.dpi
    assert width <= 420 and height <= 90
    assert picture.alt.startswith(f"Where we are: {stage}")
    strong = [t.get_text() for t in texts(picture.figure) if t.get_color() != COLOURS["ink"]]
    strong = [words for words in strong if words.strip()]
    both = ["forward", "loss"] if stage == "forward" else [stage]
    assert [words.split("$ ")[-1] for words in strong] == both


@pytest.mark.parametrize(
    ("way", "letters"),
    [
        ("forward", ("x", "k", "z", "a", "p")),
        ("back", ("delta", "dE_dx", "dE_dk", "dE_da", "dE_dp")),
    ],
)
def test_a_convolutional_network_says_and_shows_every_number(way, letters):
    picture = draw.convnet(CONVNET, way)
    digits = CONVNET.digits if way == "forward" else 3
    drawn = "|".join(text.get_text() for text in texts(picture.figure))
    for letter in letters:
        steps = [step for step in CONVNET if re.fullmatch(rf"{letter}\d\d", step.name)]
        numbers = [fmt(step.value, digits) for step in steps]
        assert len(numbers) in (4, 16, 25) and f"|{'|'.join(numbers)}|" in drawn
        rows = int(len(numbers) ** 0.5)
        said = " / ".join(", ".join(numbers[r * rows : (r + 1) * rows]) for r in range(rows))
        assert f": {said}" in picture.alt


def test_a_frame_is_around_its_window():
    grid = draw.Grid("$x$", "net", np.zeros((3, 4)), [(1, 2, 2, 1)])
    picture = draw.grids(grid)
    FigureCanvasAgg(picture.figure).draw()
    (frame,) = (patch.get_window_extent() for patch in picture.figure.axes[0].patches)
    places = [text.get_window_extent() for text in picture.figure.axes[0].texts[1:]]
    inside = [
        n for n, at in enumerate(places) if frame.contains(*at.min) and frame.contains(*at.max)
    ]
    assert inside == [6, 10]


def test_grids_that_cannot_be_drawn():
    with pytest.raises(KeyError, match="no kind 'pixel' here"):
        draw.grids(draw.Grid("$x$", "pixel", [[1]]))
    with pytest.raises(ValueError, match=r"a grid takes \(rows, columns\), .*; got \(2,\)"):
        draw.grids(draw.Grid("$x$", "net", [1, 2]))
    with pytest.raises(KeyError, match="no way 'sideways' here"):
        draw.convnet(CONVNET, "sideways")


def test_the_words_of_curves_say_where_they_end_and_cross():
    x = np.linspace(0, 2, 5)
    alt = draw.curves(x, {"up": x, "down": 2 - x}, x_label="x").alt
    assert "up goes from 0 at 0 through 1 at 1 to 2 at 2" in alt
    assert alt.count("up and down cross near 1") == alt.count("cross") == 1


def test_the_words_of_a_curve_that_swings_count_its_lows_and_crossings():
    x = np.arange(61.0)
    swing = np.cos(2 * np.pi * x / 10)
    alt = draw.curves(x, {"swing": swing, "flat": 0.5 + 0 * x}, x_label="x").alt
    lows = ", ".join(f"-1 at {n}" for n in range(5, 60, 10)).replace("-", "−")
    assert f"swinging, with 6 lows: {lows}" in alt.replace("-", "−") and "lowest point" not in alt
    assert alt.count("swing and flat cross near") == 3 and "and 9 more times after that" in alt
    alt = draw.curves(x, {"bowl": (x - 20) ** 2}, x_label="x").alt
    assert "greatest" not in alt and "swinging" not in alt
    assert "falling to a lowest point and rising again, least 0 at 20" in alt


@pytest.mark.parametrize(
    "second",
    [[0, 2, 3, 4, 5], [1, 2, 3, 4, 4], [0, 2, 2, 4, 5], [0, 1, 2, 3, 4]],
    ids=["a common start", "a common end", "a touch on the way", "one curve twice"],
)
def test_curves_that_meet_without_changing_places_do_not_cross(second):
    lines = {"one": [0, 1, 2, 3, 4], "other": second}
    assert "cross" not in draw.curves(range(5), lines, x_label="x").alt


def test_a_crossing_is_told_once_and_between_the_points_where_it_happens():
    lines = {"flat": [0.0] * 6, "wave": [0, 1, 1, -1, 0, 1]}
    alt = draw.curves(range(6), lines, x_label="x").alt
    assert re.findall(r"cross near (\d(?:\.\d)?)", alt) == ["2.5", "4"]


def test_a_sum_crosses_a_term_where_the_other_one_is_zero_and_that_is_said_once():
    x = np.arange(5.0)
    falling, low = 3.5 - x, x - 9
    alt = draw.curves(x, {"a": falling, "b": low, "sum": falling + low}, x_label="x").alt
    assert "a crosses 0 near 3.5" in alt and "cross near" not in alt


def test_a_crossing_on_logarithmic_scales_is_where_the_drawn_lines_cross():
    x = np.array([1.0, 100.0])
    alt = draw.curves(x, {"square": x**2, "ten times": 10 * x}, x_label="x", log="xy").alt
    assert "square and ten times cross near 10;" in alt.replace(".", ";")


@pytest.mark.parametrize("slope", [1, -1])
def test_the_words_of_a_mark_stand_clear_of_the_curve(slope):
    x = np.linspace(-2, 2, 41)
    picture = draw.curves(x, {"": slope * x}, x_label="x", marks=[(0, 0, "here")])
    axes = picture.figure.axes[0]
    (words,) = (t for t in axes.texts if t.get_text() == "here")
    canvas = FigureCanvasAgg(picture.figure)
    canvas.draw()
    box = words.get_window_extent(canvas.get_renderer())
    (curve,) = (line for line in axes.lines if len(line.get_xdata()) == len(x))
    ends = curve.get_transform().transform(curve.get_xydata())[[0, -1]]
    across = np.linspace(box.x0, box.x1, 9)
    along = np.interp(across, *ends.T)
    assert (along < box.y0).all() or (along > box.y1).all()


def test_the_gradient_of_a_shared_weight_stands_once_and_no_line_leads_nowhere():
    diagram, _ = drawn_network(problem("convolution", 1).solution, None, 6)
    kinds = {edge: [row.kind for row in rows] for edge, rows in diagram.edges.items()}
    assert kinds[1, 0, 0] == kinds[2, 0, 1] == ["weight", "gradient", "new"]
    assert kinds[1, 1, 1] == kinds[1, 1, None] == ["weight"]
    assert {(1, 0, 2), (1, 0, 5), (1, 1, 0), (1, 1, 3)}.isdisjoint(kinds) and len(kinds) == 13


# ---- how it is shown ---------------------------------------------------------------------------


def test_on_a_page_it_is_an_svg_with_its_words_and_the_colours_of_the_theme(picture, on_a_page):
    svg = picture.svg()
    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img" and root.get("class") == "bp-svg"
    assert root.get("aria-label") == picture.alt
    assert "<style" not in svg and "<metadata" not in svg
    assert svg in picture._repr_mimebundle_()["text/html"]
    outside = re.sub(r"var\(--bp-[a-z]+, #[0-9A-Fa-f]{6}\)", "", svg)
    assert not re.search(r"#[0-9A-Fa-f]{6}\b(?!\")", outside), "a colour that no theme can change"
    names = re.findall(r"var\(--bp-([a-z]+)", svg)
    assert set(names) <= set(COLOURS)


def test_two_pictures_share_no_id():
    def ids(picture):
        return set(re.findall(r' id="([^"]+)"', picture.svg()))

    first, second = draw.path(STEPS, "w5"), draw.path(STEPS, "w6")
    assert ids(first) and not ids(first) & ids(second)


def test_elsewhere_it_is_an_image_with_its_words():
    picture = draw.path(STEPS, "w6")
    bundle = picture._repr_mimebundle_()
    image = ElementTree.fromstring(bundle["text/html"].replace(">", "/>"))
    assert image.tag == "img" and image.get("alt") == picture.alt
    assert image.get("src").startswith("data:image/svg+xml;base64,")
    assert bundle["text/plain"] == picture.alt


def test_equal_pictures_are_equal_bytes():
    assert draw.network(STEPS).svg() == draw.network(two_two_two()).svg()
    assert draw.path(STEPS, "w6").image() == draw.path(STEPS, "w6").image()


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_a_picture_is_saved(tmp_path, suffix):
    path = tmp_path / f"w6.{suffix}"
    draw.path(STEPS, "w6").save(path)
    assert path.stat().st_size > 1000


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_a_saved_picture_has_the_same_bytes_on_another_day(tmp_path, monkeypatch, suffix):
    files = [tmp_path / f"{seconds}.{suffix}" for seconds in (1_000_000_000, 2_000_000_000)]
    for file in files:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", file.stem)  # matplotlib's date, wherever it has one
        draw.path(STEPS, "w6").save(file)
    one, other = (file.read_bytes() for file in files)
    assert one == other


def test_drawing_leaves_matplotlib_as_it_was():
    import matplotlib

    before = dict(matplotlib.rcParams)
    draw.network(STEPS).svg()
    assert dict(matplotlib.rcParams) == before
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or not pyplot.get_fignums()


# ---- what cannot be drawn ----------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [(2, 7, 2), (2, 2, 2, 2, 2, 2)])
def test_a_network_too_large_says_what_to_do(sizes):
    steps = any_network(sizes)
    with pytest.raises(ValueError, match="draw a smaller one, or show its trace as a table"):
        draw.network(steps)


def test_a_factory_has_two_workers_on_each_floor():
    with pytest.raises(ValueError, match="two workers on each floor; this network is 2-3-2"):
        draw.factory(any_network((2, 3, 2)))


def test_unknown_names_and_stages():
    with pytest.raises(KeyError, match="no weight or bias 'w9' here; did you mean"):
        draw.path(STEPS, "w9")
    with pytest.raises(KeyError, match="no stage 'backward' here; did you mean"):
        draw.network(STEPS, "backward")
    with pytest.raises(KeyError, match="no step 'w9_new' here; did you mean"):
        draw.network(STEPS, blank=["w9_new"])
    with pytest.raises(ValueError, match="below the top floor are h1 and h2, not o1"):
        draw.factory(STEPS, "o1")
    with pytest.raises(KeyError, match="no stage 'given' here; did you mean one of forward"):
        draw.cycle("given")
    with pytest.raises(KeyError, match="did you mean one of hidden delta"):
        draw.cycle("hidden deltas")


def test_what_the_trace_does_not_hold():
    net, x, t, _ = examples.two_two_two()
    steps = trace(net, x, t)
    for drawing in (lambda: draw.network(steps, "update"), lambda: draw.frames(steps)):
        with pytest.raises(ValueError, match="learning rate"):
            drawing()
    with pytest.raises(ValueError, match="w6 leads into an output"):
        draw.ropes(STEPS, "w6")
    with pytest.raises(ValueError, match="layer 1 is a softmax"):
        draw.path(any_network((2, 2, 2), [None, "softmax", "sigmoid"]), "w1_1_1")


@pytest.mark.parametrize(
    ("x", "lines", "log", "message"),
    [
        ([1, 2], {}, "", "no line to draw"),
        ([1, 2], {"E": [1, 2, 3]}, "", "one value for each x"),
        ([1, 2], {"E": [1, np.nan]}, "", "finite"),
        ([1, 2], {"E": [0, -1]}, "y", "fewer than two points"),
        ([1, 2], {"E": [1, 2]}, "z", "log should be"),
    ],
)
def test_curves_that_cannot_be_drawn(x, lines, log, message):
    with pytest.raises(ValueError, match=message):
        draw.curves(x, lines, x_label="x", log=log)


def test_lines_of_a_surface_are_where_their_heights_are_and_say_them():
    levels = [0.4, 0.9]
    picture = draw.surface(*BOWLS, x_label="w", y_label="b", levels=levels)
    shown = [text.get_text() for text in texts(picture.figure)]
    assert all(fmt(level, 6) in shown and fmt(level, 6) in picture.alt for level in levels)
    turned = draw.surface(*BOWLS, x_label="w", y_label="b", levels=levels[::-1])
    assert turned.alt == picture.alt
    for level in levels:  # the two bowls join at 0, where they are 1 high: two rings each
        lines = draw.surface(*BOWLS, x_label="w", y_label="b", levels=[level]).figure.axes[0].lines
        rings = [line.get_xydata() for line in lines if len(line.get_xydata()) > 5]
        assert len(rings) == 2
        assert all((ring[0] == ring[-1]).all() for ring in rings)
        (x1, y1), (x2, y2) = (ring.mean(axis=0) for ring in rings)  # round (−1, 0.5) and (1, 0.5)
        assert abs(y1 - y2) < 1 and abs(x1 - x2) > 150


def test_a_path_on_a_surface_is_drawn_on_the_scale_of_its_ticks():
    path = [(-2, -2), (-1, 0), (2, 1)]
    figure = draw.surface(*SADDLE, x_label="w", y_label="b", paths={"P": path}).figure
    (walked,) = (line.get_xydata() for line in figure.axes[0].lines if line.get_linewidth() > 2)
    (x0, y0), (x1, y1), (x2, y2) = walked
    assert (x2 - x0) / (x1 - x0) == pytest.approx(4)
    assert (y2 - y0) / (y1 - y0) == pytest.approx(3 / 2)
    at_zero = [text for text in texts(figure) if text.get_text() == "0"]
    assert any(abs(text.get_position()[0] - (x0 + x2) / 2) < 1 for text in at_zero)


def test_the_words_at_a_place_of_a_surface_do_not_cover_another_place():
    points = [(0, 0, "above"), (0, -0.2, "below")]
    figure = draw.surface(*SADDLE, x_label="w", y_label="b", points=points).figure
    boxes = [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in figure.axes[0].patches]
    dots, plates = (  # a plate is the ground of some words
        [box for box in boxes if (box[2] == box[3] == 9) == is_dot] for is_dot in (True, False)
    )
    assert len(dots) == len(points) < len(plates)
    for (x, y, _, _), (left, top, width, height) in product(dots, plates):
        assert x + 9 <= left or left + width <= x or y + 9 <= top or top + height <= y


def test_the_words_of_a_surface_say_its_valleys_and_where_paths_start_and_end():
    picture = draw.surface(
        *BOWLS, x_label="w", y_label="b", paths={"walk": [(0.5, 2), (1, 0.5)]}, points=[(0, 0, "P")]
    )
    for words in (
        "E over w from −2 to 2 and b from −2 to 2",
        "lower than all around: (−1, 0.5), E −0.1; (1, 0.5), E 0.1",
        "path walk goes from (0.5, 2), E 2.862, to (1, 0.5), E 0.1",
        "marked: P at (0, 0), E 1.25",
    ):
        assert words in picture.alt


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"x": GRID[:-1]}, "a row for each y"),
        ({"x": GRID[::-1]}, "should rise"),
        ({"heights": np.full((41, 41), np.nan)}, "finite"),
        ({"heights": np.zeros((41, 41))}, "no level lies between the heights, 0 to 0"),
        ({"levels": [7]}, "no level lies between"),
        ({"paths": {"walk": [(0, 0), (3, 0)]}}, "'walk' leaves the map"),
        ({"paths": {"walk": [(0, np.nan)]}}, "'walk' leaves the map"),
        ({"paths": {"walk": [0, 1, 2]}}, "'walk' should be places"),
        ({"points": [(9, 9, "P")]}, "'P' leaves the map"),
    ],
)
def test_surfaces_that_cannot_be_drawn(change, message):
    given = dict(zip(("x", "y", "heights"), SADDLE, strict=True)) | change
    with pytest.raises(ValueError, match=message):
        draw.surface(**given, x_label="x", y_label="y")


def test_curves_in_colours_that_are_not_there():
    x = [1, 2]
    with pytest.raises(ValueError, match="1 lines take as many colours, or none; got 2"):
        draw.curves(x, {"E": x}, x_label="x", colours=("ink", "ink"))
    with pytest.raises(KeyError, match="no colour 'blue' here"):
        draw.curves(x, {"E": x}, x_label="x", colours=("blue",))


# ---- the card ----------------------------------------------------------------------------------


def test_a_card_says_where_each_equation_stands():
    alt = draw.equations(examples.tapering().net).alt
    assert "3-4-2-1" in alt and "BP2 is on the weights from layer 2 to layer 3" in alt
    assert "BP3 is at the biases of layer 2" in alt
    assert "BP4 is on the weights from layer 1 to layer 2" in alt


def test_a_card_needs_a_hidden_layer():
    with pytest.raises(ValueError, match="hidden layer"):
        draw.equations(examples.perceptron().net)
    with pytest.raises(ValueError, match="up to"):
        draw.equations(square(7, 2))


# ---- the graph of a result ---------------------------------------------------------------------


def test_a_graph_says_and_shows_every_value_slope_and_gradient():
    E, names = neuron()
    picture = draw.graph(E, **names)
    shown = [text.get_text() for text in texts(picture.figure)]
    for value in E.graph():
        for number in (value.data, value.grad, *(slope for _, slope in value.made_from)):
            assert fmt(number, 4) in shown and fmt(number, 4) in picture.alt
    assert "net o = value 5 plus b = 0.5, local slopes 1 and 1, gradient 0.0993" in picture.alt
    assert "$\\mathrm{out}_{o}$" not in shown and "$\\mathrm{out}_o$" in shown


def test_a_graph_has_no_gradients_before_the_way_back():
    E, names = neuron(went_back=False)
    assert "gradient" not in draw.graph(E, **names).alt
    shown = [text.get_text() for text in texts(draw.graph(E, **names).figure)]
    E.backward()
    assert fmt(names["w"].grad, 4) not in shown
    assert len(texts(draw.graph(E, **names).figure)) == len(shown) + len(E.graph())


def test_no_line_of_a_graph_crosses_a_number():
    figure = draw.graph(tangled(), digits=9).figure
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    axes, renderer = figure.axes[0], canvas.get_renderer()
    boxes = [(t.get_text(), t.get_window_extent(renderer).padded(-1)) for t in texts(figure)]
    lines = [line for line in axes.lines if line.get_linestyle() == "-"]
    paths = [axes.transData.transform(line.get_xydata()) for line in lines]
    for patch in axes.patches:
        if isinstance(patch, PathPatch):
            paths.append(
                axes.transData.transform_path(patch.get_path()).to_polygons(closed_only=False)[0]
            )
    assert len(paths) > 30
    for path in paths:
        for (x0, y0), (x1, y1) in pairwise(path):
            for share in np.linspace(0, 1, 20):
                x, y = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
                hit = [words for words, box in boxes if box.contains(x, y)]
                assert not hit, (hit, path)


def test_a_graph_in_stages_shows_each_value_and_begins_each_stage_with_the_last():
    E, names = neuron()
    whole, staged = draw.graph(E, **names), draw.graph(E, stages=[(names["out_o"],)], **names)
    assert staged.alt == whole.alt
    of_whole = [text.get_text() for text in texts(whole.figure)]
    of_staged = [text.get_text() for text in texts(staged.figure)]
    assert len(of_staged) == len(of_whole) + 3  # symbol, number and gradient of the output again
    assert staged.least_width < 0.75 * whole.least_width
    with pytest.raises(ValueError, match=r"a stage ends with Value\(data=2, grad=0\)"):
        draw.graph(E, stages=[(Value(2),)])


def test_a_graph_of_arrays_has_shapes_and_says_what_is_summed():
    picture = graph_of_arrays()
    assert "Z = array 5 plus b, shape (4, 3), b summed over axis 0 on the way back" in picture.alt
    assert "array 7 = relu of Z, shape (4, 3)" in picture.alt
    assert "array 8 summed over axes 0, 1 on the way back" in picture.alt
    shown = [text.get_text() for text in texts(picture.figure)]
    assert shown.count("(4, 3)") == 4 and r"$\Sigma$ 0" in shown and r"$\Sigma$ 0, 1" in shown


def test_what_a_graph_cannot_draw_says_why():
    E, _ = neuron()
    with pytest.raises(
        ValueError, match=r"w is Value\(data=2, grad=0\), which is not in the graph"
    ):
        draw.graph(E, w=Value(2))
    chain = Value(1)
    for _ in range(50):
        chain = chain.tanh()
    with pytest.raises(ValueError, match="up to 50 values, and this graph has 51"):
        draw.graph(chain)


def test_a_curve_that_explodes_is_said_with_a_power_of_ten():
    alt = draw.curves([0, 1], {"up": [1, 322730511484.4894]}, x_label="x", log="y").alt
    assert "to 3.23\u00a0×\u00a010¹¹ at 1" in alt


def test_the_three_paths_have_a_form_for_a_phone_that_says_the_same():
    picture = draw.three_paths(trace_of_normalisation([2, 5, 4, 9], [1, -2, 0, 0.5]))
    assert not picture.fits_a_phone and picture.narrow.fits_a_phone
    assert picture.narrow.alt == picture.alt


def test_the_three_paths_make_the_deltas_of_one_pull():
    """For a pull of 1 on the result, the products along the paths drawn add up to delta."""
    steps = trace_of_normalisation([1, 2, 3, 6], [0, 1, 0, 0])
    words = draw.three_paths(steps, 2, digits=12).alt.replace("−", "-")
    numbers = [
        float(number)
        for number in re.findall(r"(?<!z )(?<!hat )-?\d+\.?\d*(?:e-?\d+)?(?=[,.])", words)
    ]
    straight, *of_mean = numbers[:1] + numbers[1:6]
    of_variance = numbers[6:]
    for k in range(4):
        total = of_mean[k] * of_mean[4] + of_variance[k] * of_variance[4] + straight * (k == 1)
        assert total == pytest.approx(steps[f"delta{k + 1}"].value, abs=1e-11)
