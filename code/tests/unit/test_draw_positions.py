"""Where pictures draw things: more is above, what is lit is a path, and no grid is turned."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon

from backprop import Network, draw, examples, trace
from backprop.autodiff import Value
from backprop.draw.canvas import Canvas
from backprop.latex import fmt
from backprop.paths import why
from backprop.recurrent import trace_of_recurrent
from backprop.tables import COLOURS

STRONG = 3  # pixels: the width of the lines that a picture is about
NET, X, T, RATE = examples.two_two_two()
GRID = np.linspace(-2, 2, 81)


def bowls(x, y):
    """A height that is another if x or y is mirrored, or the two are exchanged."""
    return (y - 0.5) ** 2 + (x**2 - 1) ** 2 + 0.3 * x


MAP = GRID, GRID, bowls(*np.meshgrid(GRID, GRID))


def role(colour):
    """Return the role of the palette that a colour of matplotlib's has."""
    (found,) = (role for role, value in COLOURS.items() if to_hex(colour) == value.lower())
    return found


def pixels(figure, places):
    """Return places of a drawing, (…, 2), in pixels from the lower left corner."""
    return figure.axes[0].transData.transform(places)


def middle(text):
    """Return the place of a text: where its canvas was told to write it."""
    x, y = text.get_position()
    return x, y - 0.34 * text.get_size()


def scale(figure, log=""):
    """Return a function from pixels to the values of the axes of a plot, by its ticks."""
    found = {}
    for axis, side, align in (("x", 0, "center"), ("y", 1, "right")):
        ticks = {}
        aligned = [text for text in figure.axes[0].texts if text.get_ha() == align]
        lowest = min(pixels(figure, middle(text))[1] for text in aligned)
        for text in aligned:
            words = text.get_text().replace("−", "-").replace(",", "")
            words = words.replace("$^{", "e").replace("}$", "").replace("10e", "1e")
            try:
                value = float(words)
            except ValueError:
                continue
            at = pixels(figure, middle(text))
            if axis == "y" or at[1] < lowest + 1:  # heights stand on their lines, above
                ticks[at[side]] = value
        assert len(ticks) >= 2
        at = sorted(ticks)
        values = [ticks[one] for one in at]
        assert values == sorted(values)  # to the right and above is more
        if axis in log:
            values = np.log10(values)
        slope = (values[-1] - values[0]) / (at[-1] - at[0])
        assert values == pytest.approx(values[0] + slope * (np.array(at) - at[0]))
        found[axis] = at[0], values[0], slope

    def values_at(places):
        results = []
        for side, (axis, (at, value, slope)) in enumerate(found.items()):
            shown = value + (places[..., side] - at) * slope
            results.append(10**shown if axis in log else shown)
        return results

    return values_at


# ---- curves and maps ---------------------------------------------------------------------------


@pytest.mark.parametrize("log", ["", "y", "x", "xy"])
def test_a_curve_is_where_its_values_are(log):
    x = np.linspace(1, 50, 9)
    lines = {"up": x**2, "down": 3000 / x}
    figure = draw.curves(x, lines, x_label="x", log=log, marks=[(x[3], x[3] ** 2, "here")]).figure
    drawn = [line for line in figure.axes[0].lines if len(line.get_xdata()) == len(x)]
    assert len(drawn) == 2
    values_at = scale(figure, log)
    for line, values in zip(drawn, lines.values(), strict=True):
        across, up = values_at(pixels(figure, line.get_xydata()))
        assert across == pytest.approx(x, rel=1e-6) and up == pytest.approx(values, rel=1e-6)
    for label, line in zip(lines, drawn, strict=True):  # each is named at its end
        (text,) = (t for t in figure.axes[0].texts if t.get_text() == label)
        end = line.get_xydata()[-1]
        assert text.get_position()[0] > end[0] and abs(middle(text)[1] - end[1]) < 40
    (dot,) = (p for p in figure.axes[0].patches if isinstance(p, FancyBboxPatch))
    centre = np.array([dot.get_x() + dot.get_width() / 2, dot.get_y() + dot.get_height() / 2])
    assert np.ravel(values_at(pixels(figure, centre))) == pytest.approx([x[3], x[3] ** 2])


def test_curves_that_end_together_are_named_where_they_are_apart():
    x = np.linspace(0, 10, 101)
    lines = {"early": np.maximum(0, 2 - x), "late": np.maximum(0, 8 - x)}
    figure = draw.curves(x, lines, x_label="x", label_at=[1, 5]).figure
    drawn = [line.get_xydata() for line in figure.axes[0].lines if len(line.get_xdata()) == 101]
    for label, n, line in zip(lines, (10, 50), drawn, strict=True):
        (text,) = (t for t in figure.axes[0].texts if t.get_text() == label)
        assert np.abs(text.get_position() - line[n]).max() < 20
    with pytest.raises(ValueError, match="2 lines take as many places of labels; got 1"):
        draw.curves(x, lines, x_label="x", label_at=[1])


def test_ticks_of_a_long_scale_are_all_powers_and_of_a_short_one_all_written_out():
    def ticks(most):
        figure = draw.curves([1, 10**most], {"E": [1, 1]}, x_label="x", log="x").figure
        return [word.get_text() for word in figure.axes[0].texts if word.get_text()[:2] == "10"]

    assert ticks(4) == ["10", "100", "10,000"]
    assert ticks(7) == ["10$^{2}$", "10$^{4}$", "10$^{6}$"]


@pytest.mark.parametrize(
    ("least", "greatest", "exponents"),
    [
        (-31, 0, range(-30, 1, 5)),
        (-22, 8, range(-20, 6, 5)),
        (-7, 0, range(-7, 1)),
        (-3, 1, range(-3, 2)),
        (-11, 3, range(-10, 3, 2)),
        (-17, -9, range(-17, -8)),
    ],
)
def test_the_ticks_of_powers_go_through_one_in_steps_that_are_easy_to_add(
    least, greatest, exponents
):
    size = 10.0 ** np.array([least, greatest])
    figure = draw.curves([0, 1], {"E": size}, x_label="x", log="y").figure
    powers = [word.get_text() for word in figure.axes[0].texts if word.get_ha() == "right"]
    said = [word for word in powers if word != "x"]
    found = [int(word[5:-2]) if "^" in word else len(word.replace(",", "")) - 1 for word in said]
    assert found == [*exponents]


def test_of_two_curves_the_greater_is_above():
    x = np.arange(5)
    figure = draw.curves(x, {"low": 0 * x, "high": 0 * x + 1}, x_label="x").figure
    low, high = (
        pixels(figure, line.get_xydata())[:, 1].mean()
        for line in figure.axes[0].lines
        if len(line.get_xdata()) == 5
    )
    at = {t.get_text(): pixels(figure, middle(t))[1] for t in figure.axes[0].texts}
    assert low < high and at["low"] < at["high"]


def test_a_line_of_a_map_is_where_its_height_is_and_says_it():
    levels = [0.5, 1.0, 2.0]
    figure = draw.surface(*MAP, x_label="w", y_label="b", levels=levels).figure
    values_at = scale(figure)
    lines = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 5]
    met = set()
    for line in lines:
        heights = bowls(*values_at(pixels(figure, line.get_xydata())))
        (level,) = (level for level in levels if np.abs(heights - level).max() < 0.02)
        met.add(level)
    assert met == set(levels)
    labels = [t for t in figure.axes[0].texts if t.get_ha() == "center"]
    labels = [t for t in labels if t.get_text() in map(fmt, levels, [6] * 3)]
    inside = [t for t in labels if middle(t)[1] < 380]
    assert inside
    for text in inside:
        height = bowls(*values_at(pixels(figure, np.array(middle(text)))))
        assert height == pytest.approx(float(text.get_text()), abs=0.25)


def test_a_path_over_a_map_goes_from_its_ring_to_its_dot():
    path = np.array([(-1.5, -1), (-1, 1), (1.5, 1.5)])
    point = (0.5, -1.5)
    figure = draw.surface(
        *MAP, x_label="w", y_label="b", paths={"P": path}, points=[(*point, "Q")]
    ).figure
    values_at = scale(figure)
    (line,) = (line for line in figure.axes[0].lines if line.get_linewidth() == 2.5)
    found = np.transpose(values_at(pixels(figure, line.get_xydata())))
    assert found == pytest.approx(path)
    discs = {}
    for patch in figure.axes[0].patches:
        if patch.get_width() == patch.get_height():
            centre = np.array([patch.get_x(), patch.get_y()]) + patch.get_width() / 2
            is_dot = patch.get_facecolor() == patch.get_edgecolor()
            discs[is_dot, role(patch.get_edgecolor())] = np.ravel(values_at(pixels(figure, centre)))
    assert discs[False, "update"] == pytest.approx(path[0])
    assert discs[True, "update"] == pytest.approx(path[-1])
    assert discs[True, "ink"] == pytest.approx(point)


# ---- networks ----------------------------------------------------------------------------------


def edges_of(figure):
    """Return {(unit before, unit after): (width, role, faint)} of a network's lines, by their ends.

    A unit is (layer, number), from above; None is before a bias.
    """
    bends = [p for p in figure.axes[0].patches if isinstance(p, PathPatch)]
    found, skip = [], False
    for n, bend in enumerate(bends):
        if skip:
            skip = False
            continue
        start, end = bend.get_path().vertices[[0, -1]]
        following = bends[n + 1].get_path().vertices[[0, -1]] if n + 1 < len(bends) else None
        # a line goes to the place of its numbers, and from the other side of that on
        skip = following is not None and following[0][1] == end[1] and following[0][0] >= end[0]
        if skip:
            assert look(bends[n + 1]) == look(bend)
            found.append((start, following[1], look(bend)))
        else:
            found.append((None, end, look(bend)))
    layers = []  # of the units after: from left to right, their heights
    for _, (x, y), _ in sorted(found, key=lambda edge: edge[1][0]):
        if not layers or x - layers[-1][0] > 60:
            layers.append((x, set()))
        layers[-1][1].add(round(y, 6))
    heights = [sorted(ys) for _, ys in layers]
    before = [
        sorted({round(s[1], 6) for s, e, _ in found if s is not None and layer(e, layers) == l})
        for l in range(len(layers))
    ]
    edges = {}
    for start, end, how in found:
        l = layer(end, layers)
        after = l + 1, heights[l].index(round(end[1], 6))
        source = None if start is None else (l, before[l].index(round(start[1], 6)))
        assert (source, after) not in edges
        edges[source, after] = how
    return edges


def layer(end, layers):
    return max(l for l, (x, _) in enumerate(layers) if end[0] >= x - 1e-6)


def look(bend):
    return bend.get_linewidth(), role(bend.get_edgecolor()), bend.get_alpha() < 1


def any_network(*sizes):
    rng = np.random.default_rng(2)
    W = [None, *(rng.normal(size=(m, n)) for n, m in pairwise(sizes))]
    net = Network(W, [None, *(rng.normal(size=n) for n in sizes[1:])], "tanh")
    return net, rng.normal(size=sizes[0]), rng.normal(size=sizes[-1])


@pytest.mark.parametrize(
    ("sizes", "name"),
    [
        ((3, 4, 2), "w1_2_3"), ((3, 4, 2), "b1_2"), ((3, 4, 2), "w2_2_4"),
        ((2, 3, 3, 2), "w1_3_1"), ((2, 3, 3, 2), "w2_1_2"),
    ],
)  # fmt: skip
def test_a_path_lights_the_paths_of_its_weight_and_nothing_else(sizes, name):
    net, x, t = any_network(*sizes)
    unit_of = {}
    for letters, first in ((net.names.out, 0), (net.names.net[1:], 1)):
        for l, symbols in enumerate(letters, first):
            unit_of |= {symbol.name: (l, j) for j, symbol in enumerate(symbols)}
    l, j, i = net.names.weight_at(name)
    expected = {(None if i is None else (l - 1, i), (l, j))}
    for path in why(net, x, t, name).paths:
        expected.update(pairwise(dict.fromkeys(unit_of[n] for n in path.names if n in unit_of)))
    edges = edges_of(draw.path(trace(net, x, t), name).figure)
    assert len(edges) == sum(m * n for n, m in pairwise(sizes)) + (i is None)
    lit = {edge for edge, how in edges.items() if how == (STRONG, "delta", False)}
    assert lit == expected
    assert all(is_faint for edge, (_, _, is_faint) in edges.items() if edge not in expected)


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("forward", "forward"),
        ("gradients", "delta"),
        ("update", "update"),
        ("hidden delta", "delta"),
    ],
)
def test_a_stage_is_drawn_in_its_colour(stage, expected):
    edges = edges_of(draw.network(trace(NET, X, T, RATE), stage).figure)
    assert len(edges) == 12
    for (before, (l, _)), (width, colour, is_faint) in edges.items():
        if stage == "hidden delta" and (l == 1 or before is None):
            assert is_faint
        else:
            assert (colour, is_faint) == (expected, False)
            assert width == (STRONG if stage in ("forward", "hidden delta") else width)


def test_numbers_of_a_network_have_the_colours_of_what_they_are():
    steps = trace(NET, X, T, RATE)
    drawn = {t.get_text(): role(t.get_color()) for t in draw.network(steps).figure.axes[0].texts}
    for name, expected in {
        "out_h1": "page", "net_h1": "forward", "E_o1": "forward", "delta_o1": "delta",
        "delta_h2": "delta", "w6": "weight", "dE_dw6": "delta",
    }.items():  # fmt: skip
        assert drawn[steps.shown(name)] == expected, name
    assert drawn[rf"$\to$ {steps.shown('w6_new')}"] == "update"


def test_a_number_stands_at_its_own_line():
    """The weights of a unit from above are those from the units before it, from above."""
    net, x, t = any_network(3, 4, 2)
    steps = trace(net, x, t)
    at = {text.get_text(): middle(text) for text in draw.network(steps).figure.axes[0].texts}
    for l, W in enumerate(net.W[1:], 1):
        order = [*W.ravel()]
        order = [w for j, row in enumerate(W) for w in (*row, net.b[l][j])]
        places = [at[fmt(w, steps.digits)] for w in order]
        assert [y for _, y in places] == sorted(y for _, y in places)
        assert max(x for x, _ in places) - min(x for x, _ in places) < 40
    inputs = [at[fmt(value, steps.digits)][1] for value in x]
    assert inputs == sorted(inputs)


# ---- the others --------------------------------------------------------------------------------


def test_a_grid_is_neither_turned_nor_mirrored():
    numbers = np.arange(12).reshape(3, 4)
    figure = draw.grids(draw.Grid("$x$", "net", numbers)).figure
    at = {t.get_text(): pixels(figure, middle(t)) for t in figure.axes[0].texts}
    rows = np.array([[at[str(n)] for n in row] for row in numbers])
    assert (np.diff(rows[..., 0], axis=1) > 0).all() and (np.diff(rows[..., 0], axis=0) == 0).all()
    assert (np.diff(rows[..., 1], axis=0) < 0).all() and (np.diff(rows[..., 1], axis=1) == 0).all()


def test_in_a_graph_a_value_stands_after_those_that_it_is_made_from():
    a, b = Value(2.0), Value(3.5)
    product = a * b
    total = product + a.tanh()
    total.backward()
    figure = draw.graph(total, digits=6).figure
    at = {t.get_text(): t.get_position()[0] for t in figure.axes[0].texts}
    for value in total.graph():
        for part, _ in value.made_from:
            assert at[fmt(part.data, 6)] < at[fmt(value.data, 6)]


def test_a_factory_has_its_last_layer_on_the_top_floor():
    steps = trace(NET, X, T, RATE)
    figure = draw.factory(steps).figure
    at = {t.get_text(): pixels(figure, middle(t))[1] for t in figure.axes[0].texts}
    floors = [at[fmt(steps[name].value, 2)] for name in ("i1", "out_h1", "out_o1")]
    assert floors == sorted(floors) and floors[0] < floors[-1]


@pytest.mark.parametrize(
    ("example", "weight", "how"),
    [
        (examples.two_two_two, "w1", "they pull against each other"),
        (examples.uneven, "w1", "they pull against each other"),
        (examples.uneven, "w3", "they pull together"),
        (lambda: any_network(3, 4, 3), "w1_2_3", None),
        (lambda: any_network(3, 4, 3), "w1_3_1", None),
    ],
)
def test_a_rope_goes_to_the_left_for_less_and_to_the_right_for_more(example, weight, how):
    steps = trace(*example())
    names = steps.names
    l, j, _ = names.weight_at(weight)
    figure = draw.ropes(steps, weight).figure
    texts, lines = figure.axes[0].texts, figure.axes[0].lines
    (knot,) = {patch.get_x() + 8 for patch in figure.axes[0].patches if patch.get_width() == 16}
    sides = {}
    for k, out in enumerate(names.out[l + 1]):
        pull = steps[names.delta[l + 1][k].name].value * steps[names.w[l + 1][k][j].name].value
        words = ("+" if pull > 0 else "") + fmt(pull, steps.digits)
        (number,) = (text for text in texts if text.get_text().startswith(f"{words}: wants"))
        assert number.get_text() == f"{words}: wants {'less' if pull > 0 else 'more'}"
        assert role(number.get_color()) == "delta"
        end, y = middle(number)
        (rope,) = (
            line
            for line in lines
            if line.get_xdata()[-1] == end and 0 < y - line.get_ydata()[-1] < 30
        )
        assert rope.get_xdata()[0] == pytest.approx(knot)
        sides[k] = np.sign(end - knot)
        assert sides[k] == -np.sign(pull)
        # who pulls stands above the rope, at its outer end
        unit = rf"${out.latex}$"
        above = min(
            (text for text in texts if text.get_text() == unit),
            key=lambda text: np.hypot(*np.subtract(middle(text), (end, rope.get_ydata()[-1]))),
        )
        assert 0 < rope.get_ydata()[-1] - middle(above)[1] < 80
        assert np.sign(middle(above)[0] - knot) == sides[k]
    together, against = "they pull together", "they pull against each other"
    expected = together if len(set(sides.values())) == 1 else against
    assert how in (None, expected)
    assert [text.get_text() for text in texts].count(expected) == 1
    assert f", {expected}: " in draw.ropes(steps, weight).alt


def test_a_canvas_has_its_rows_from_above():
    canvas = Canvas()
    canvas.line([0, 100], [10, 10])
    figure = canvas.finish(200, 50, "a line").figure
    (left, y), _ = pixels(figure, figure.axes[0].lines[0].get_xydata())
    assert (left, y) == pytest.approx((0, 40))


def test_what_a_step_adds_is_below_the_weight_at_that_step_and_steps_go_to_the_right():
    steps = trace_of_recurrent(*examples.recurrent())
    picture = draw.unrolled(steps, "back")
    places = {}
    for text in picture.figure.axes[0].texts:
        places.setdefault(text.get_text(), []).append(middle(text))
    across = [places[f"$z^{{({s})}}$"][0][0] for s in (1, 2, 3)]
    assert across == sorted(across)
    weights = sorted(places["$w$"])
    for s, (x, y) in enumerate(weights, 1):
        terms = places[fmt(steps[f"dE_dw_at{s}"].value, 3)]
        (term,) = [place for place in terms if 0 < place[1] - y < 30 and 0 < place[0] - x < 100]
        assert term[0] < across[s - 1]
    assert all(x < place for (x, _), place in zip(weights, across, strict=True))


def test_a_weight_above_0_is_a_full_square_at_its_place_and_one_below_an_empty_one():
    weights = np.array([[[1.0, 0, -0.25], [0, -1, 0]]])
    (picture,) = draw.kernels(weights, ["a"], point=20)
    patches = [p for p in picture.figure.axes[0].patches if type(p) is PathPatch]
    full, empty = sorted(patches, key=lambda patch: not patch.get_fill() or patch.get_fc()[3] == 0)
    assert full.get_fc()[3] == 1 and empty.get_fc()[3] == 0
    (left, top), (right, bottom) = full.get_path().get_extents().get_points()
    assert (right - left, bottom - top) == (20, 20) and top == 0
    corners = empty.get_path().vertices.reshape(2, 5, 2)
    middles, sides = corners[:, :4].mean(axis=1), np.ptp(corners[:, :, 0], axis=1)
    assert np.allclose(middles - (left, top), [[50, 10], [30, 30]])
    assert np.allclose(sides, [10 - 1.5, 20 - 1.5])  # the rest is edge
    assert "0.25" in picture.alt
    for refused in (np.zeros((1, 2, 2)), np.ones((2, 2)), np.ones((2, 2, 2))):
        with pytest.raises(ValueError, match="kernels take|take as many"):
            draw.kernels(refused, ["a"])


def test_an_image_has_a_frame_at_its_edge_if_it_shall_and_words_of_its_own():
    shown = [[[0, 0.0], [0, 1]], [[0, 0.0], [0, 0]]]
    for framed, boxes in ((False, [0, 1]), (True, [1, 1])):  # an empty one always has one
        pictures = draw.images(
            shown, ["a", "b"], said=["the {}, full", "the {}, empty"], point=30, framed=framed
        )
        found = [
            [p for p in picture.figure.axes[0].patches if type(p) is not PathPatch]
            for picture in pictures
        ]
        assert [*map(len, found)] == boxes
        assert found[1][0].get_extents().width == 60
        assert [picture.alt for picture in pictures] == [
            "the a, full; 2 × 2 points.",
            "the b, empty; 2 × 2 points.",
        ]
    with pytest.raises(ValueError, match="words"):
        draw.images(shown, ["a", "b"], said=["one"])


def test_a_grid_says_its_frames_in_words():
    numbers = np.ones((3, 3))
    framed = draw.Grid("a", "slope", numbers, [(0, 1, 2, 2), (2, 0, 1, 1)])
    assert "(framed: rows 1 to 2 of columns 2 to 3 and row 3 of column 1)" in draw.grids(framed).alt
    assert "framed" not in draw.grids(draw.Grid("a", "slope", numbers)).alt


def test_the_cells_of_a_shaded_grid_are_the_darker_the_larger_they_are():
    values = np.array([[0.0, -4], [2, 1]])
    figure = draw.grids(draw.Grid("a", "slope", values, shaded=True)).figure
    grounds = [p for p in figure.axes[0].patches if type(p) is Polygon]
    opacity = [ground.get_alpha() for ground in grounds]
    assert np.allclose(opacity, abs(values).ravel() / 4 * max(opacity))
    places = np.array([ground.get_xy()[:4].mean(axis=0) for ground in grounds])
    assert places[0][0] == places[2][0] < places[1][0] and places[0][1] < places[2][1]
    words = {t.get_text(): middle(t) for t in figure.axes[0].texts}
    assert abs(words["−4"][1] - places[1][1]) < 2 and words["−4"][0] > places[0][0]
