"""The Python side of the live figures: what they take and refuse, what they put on a page."""

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from backprop import Network, examples, live, trace, with_values
from backprop.latex import fmt
from backprop.live import widget
from backprop.names import Names, Symbol, indexed

NET, X, T, RATE = examples.two_two_two()
ONE = examples.one_neuron()
BATCH = examples.two_three_two()
PLANE = ("w1_1_1", "w1_1_2")
ONCE = (Symbol("k", "k"),)
SHARED = Network(  # one weight at two places
    *([None, [[1], [1]]], [None, [0, 0]], "tanh"),
    names=replace(indexed((1, 2)), w=(None, (ONCE, ONCE))),
)
LARGE = Network([None, np.ones((25, 45))], [None, np.ones(25)], "tanh")
SHARES = (
    Network([None, np.eye(2)], [None, [0, 0]], "softmax", "softmax cross-entropy"),
    *([1.0, 2.0], [1.0, 0.0], 0.1),
)
MAKE = {
    "take-hold": lambda **more: live.take_hold(NET, X, T, RATE, ["w5"], "w1", **more),
    "walk": lambda **more: live.walk(NET, X, T, RATE, **more),
    "normalise": lambda **more: live.normalise([1, 2, 3, 6], [1, 0, 0, 0], ["z1"], **more),
    "nudge": lambda **more: live.nudge(ONE.net, ONE.x, ONE.t, "w", **more),
    "train": lambda **more: live.training(*BATCH, ["eta"], "w1_1_1", PLANE, **more),
    "cost": lambda **more: live.cost(4, 4, **more),
    "valley": lambda **more: live.valley(**more),
    "own": lambda **more: live.your_network(NET, X, T, RATE, **more),
    "depth": lambda **more: live.depth("tanh", layers=3, **more),
    "practice": lambda **more: live.solve(["one-neuron", "batch"], **more),
    "three-lines": lambda **more: live.entry_check(**more),
    "window": lambda **more: live.window(np.eye(3), np.eye(2), **more),
    "hunt": lambda **more: live.hunt(NET, X, T, RATE, **more),
    "terms-of-w": lambda **more: live.through_time(*examples.recurrent()[:3], **more),
}
EXAMPLE = ["W", "b", "x", "t"]
PASS = [*EXAMPLE, "learning_rate", "biases", "hidden_weights"]
NO_NET = [
    *("cost", "depth", "normalise", "practice", "terms-of-w"),
    *("three-lines", "valley", "window", "hunt"),
]
KEYS = {  # of the state, besides those that all figures have
    "take-hold": PASS,
    "walk": PASS,
    "nudge": EXAMPLE,
    "train": PASS,
    "own": EXAMPLE,
    **dict.fromkeys(NO_NET, []),
}
STARTS = {"take-hold": NET, "walk": NET, "nudge": ONE.net, "train": BATCH.net}


@pytest.fixture
def in_a_notebook(monkeypatch, tmp_path):
    """As after a build: outside of a page, with a script to run."""
    bundle = tmp_path / "bundle.js"
    bundle.write_text("export default { render() {} }")
    bundle.with_suffix(".css").write_text(".bp-live {}")
    monkeypatch.setattr(widget, "BUNDLE", bundle)
    widget.live_class.cache_clear()
    yield
    widget.live_class.cache_clear()


@pytest.fixture(params=["still", "live"])
def in_each_form(request):
    request.getfixturevalue("on_a_page" if request.param == "still" else "in_a_notebook")
    return request.param


@cache
def made(name, form):
    """A figure that no test changes, made once: the drawing of its still picture takes time."""
    return MAKE[name]()


def html_of(figure):
    return figure._repr_mimebundle_()["text/html"]


def state_of(text):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', text)[1])


# ---- on a page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAKE)
def test_an_element_holds_its_state_and_a_still_picture(on_a_page, name):
    text = html_of(MAKE[name]())
    assert text.startswith(f'<bp-figure id="{name}">') and text.endswith("</bp-figure>")
    assert 'role="img"' in text or "<table>" in text
    script = Path(live.__file__).parents[2] / "js" / "figures" / f"{state_of(text)['kind']}.js"
    assert script.exists()
    assert list(state_of(text)) == ["kind", *KEYS[name], "settings", "view"]


@pytest.mark.parametrize("name", STARTS)
def test_the_state_is_the_network_again(on_a_page, name):
    state, net = state_of(html_of(MAKE[name]())), STARTS[name]
    settings = state["settings"]

    def symbols(value):
        if isinstance(value, dict):
            return Symbol(**value)
        return tuple(map(symbols, value)) if isinstance(value, list) else value

    names = Names(**{key: symbols(value) for key, value in settings["names"].items()})
    again = Network(state["W"], state["b"], settings["activations"], settings["loss"], names)
    assert again.names == net.names and again.activations == net.activations
    for l in range(1, len(net.W)):
        assert (again.W[l] == net.W[l]).all() and (again.b[l] == net.b[l]).all()


def test_nothing_in_a_state_ends_its_script(on_a_page):
    text = html_of(MAKE["walk"](name="a"))
    assert text.count("</script>") == 1


def test_two_figures_of_one_kind_share_no_id(on_a_page):
    def ids(text):
        return set(re.findall(r'\bid="([^"]+)"', text))

    assert not ids(html_of(MAKE["walk"](name="a"))) & ids(html_of(MAKE["walk"](name="b")))


def test_what_was_passed_in_is_not_changed(on_a_page):
    x, t = X.copy(), T.copy()
    live.take_hold(NET, x, t, RATE, ["w5"], "w1")
    assert (x == X).all() and (t == T).all()


# ---- in a notebook -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAKE)
def test_a_notebook_gets_a_widget(in_a_notebook, name):
    bundle = MAKE[name]()._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "<bp-figure" not in bundle.get("text/html", "")
    sent = MAKE[name]().get_state()
    ours = {key for key in sent if not key.startswith("_")} - {"layout", "tabbable", "tooltip"}
    assert ours == {"kind", *KEYS[name], "settings", "view"}


def test_what_python_sets_is_there_and_what_the_reader_sets_too(in_a_notebook):
    figure = MAKE["take-hold"]()
    figure.net = with_values(NET, w5=0.4)
    assert figure.W[2][0][0] == 0.4 and figure.net.W[2][0, 0] == 0.4
    figure.W = [None, np.eye(2), np.ones((2, 2))]  # arrays are taken, and kept as plain lists
    assert figure.W == [None, [[1, 0], [0, 1]], [[1, 1], [1, 1]]]
    figure.set_state({"W": [None, [[1, 2], [3, 4]], [[5, 6], [7, 8]]]})  # as the browser does
    assert figure.net.W[1].tolist() == [[1, 2], [3, 4]]


def test_a_network_that_was_pasted_is_the_figure_s_and_another_can_be_set(in_a_notebook):
    figure = MAKE["own"]()
    assert (figure.net.W[2] == NET.W[2]).all() and figure.net.loss == NET.loss
    pasted = {"net": "[[1 2 3] [4 5 6]] [7 8]", "activations": "softmax"}
    pasted |= {"loss": "softmax cross-entropy", "x": "1 2 3", "t": "1"}
    numbers = {"W": [None, [[1, 2, 3], [4, 5, 6]]], "b": [None, [7, 8]]}
    numbers |= {"x": [1, 2, 3], "t": [0, 1]}
    figure.set_state({**numbers, "view": {**figure.view, **pasted}})  # as the browser does
    assert figure.net.sizes == (3, 2) and figure.net.b[1].tolist() == [7, 8]
    assert figure.net.activations[1].name == "softmax"


def test_a_figure_of_any_network_takes_another_with_its_functions_and_sizes(in_each_form):
    figure = MAKE["own"]()
    for net in (BATCH.net, Network([None, [[1, 2, 3]]], [None, [4]], "tanh", "squares")):
        figure.net = net
        assert all((figure.net.W[l] == net.W[l]).all() for l in range(1, len(net.W)))
        assert (figure.net.activations, figure.net.loss) == (net.activations, net.loss)
    with pytest.raises(ValueError, match="1150 weights and biases: .* up to 1000"):
        figure.net = LARGE
    with pytest.raises(ValueError, match="these are shared"):
        figure.net = SHARED
    assert figure.net.sizes == (3, 1)
    figure.x = np.array([1, 2, 3])
    assert figure.x == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="one example"):
        figure.t = [[1.0], [2.0]]


def test_a_network_is_set_at_once_and_the_browser_told_once(in_a_notebook, monkeypatch):
    figure, sent = MAKE["own"](), []
    monkeypatch.setattr(type(figure), "send_state", lambda self, key=None: sent.append(set(key)))
    figure.net = replace(BATCH.net, activations="tanh")
    assert sent == [{"W", "b", "view"}]


def test_the_still_picture_of_a_walk_shows_no_number_that_is_to_be_found():
    steps = trace(NET, X, T, RATE)
    told = live.walk(NET, X, T, RATE).still.alt
    assert steps.shown("w5") in told and fmt(steps["out_h1"].value, 4) not in told


@pytest.mark.parametrize("name", ["take-hold", "walk", "nudge", "train"])
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"activations": "tanh"}, "and this one has the activations tanh"),
        ({"loss": "squares"}, "and the loss squares: make another figure"),
        ({"sizes": 3}, "and this one has layers of (3, 3) units"),
    ],
)
def test_a_network_with_other_functions_or_sizes_is_refused(in_each_form, name, change, says):
    figure = made(name, in_each_form)
    before = figure.net
    net = replace(before, **change) if "sizes" not in change else None
    net = net or Network([None, np.ones((3, 3))], [None, np.ones(3)], "sigmoid")
    with pytest.raises(ValueError, match=re.escape(says)):
        figure.net = net
    assert all((figure.net.W[l] == before.W[l]).all() for l in range(1, len(before.W)))


def test_a_network_with_other_names_keeps_those_of_the_figure(in_each_form):
    figure = MAKE["take-hold"]()
    figure.net = Network(*([None, 2 * each[1], 2 * each[2]] for each in (NET.W, NET.b)), "sigmoid")
    assert figure.net.names == NET.names and figure.W[2] == (2 * NET.W[2]).tolist()


@pytest.mark.parametrize("name", MAKE)
def test_what_a_figure_has_not_is_named_with_what_it_has(in_each_form, name):
    figure = made(name, in_each_form)
    lacks = {"trained", "problem", "nett"} - {{"train": "trained", "practice": "problem"}.get(name)}
    lacks |= {"net"} if name in NO_NET else set()
    for missing in lacks:
        says = f"has no '{missing}'; it has {', '.join([*KEYS[name], 'settings', 'view'])}"
        with pytest.raises(AttributeError, match=re.escape(says)):
            getattr(figure, missing)
        with pytest.raises(AttributeError, match=re.escape(says)):
            setattr(figure, missing, NET)


@pytest.mark.parametrize(
    ("name", "view", "error", "says"),
    [
        ("take-hold", {"weight": "w5"}, KeyError, "no key of the view 'weight' here; did you mean"),
        ("take-hold", {"pick": "zzz"}, KeyError, "no weight or bias 'zzz' here; did you mean"),
        ("walk", {"step": -1}, ValueError, "step should be a whole number from 0"),
        ("walk", {"step": "two"}, ValueError, "step should be a whole number from 0"),
        ("nudge", {"dx": float("nan")}, ValueError, "dx should be a finite number, and is nan"),
        ("train", {"weight": "w1_1_9"}, KeyError, "no weight or bias 'w1_1_9' here"),
        (
            "train",
            {"other": "rates"},
            KeyError,
            "no comparison 'rates' here; did you mean one of rate",
        ),
        ("train", {"updates": 10**6}, ValueError, "updates should be a whole number from 0 to 100"),
        ("train", {"other_rate": 0}, ValueError, "above 0"),
        ("valley", {"first": "nothing"}, KeyError, "optimiser"),
        ("valley", {"second_rate": 11}, ValueError, "second_rate should be at most 10, and is 11"),
        ("valley", {"beta": 1}, ValueError, "beta should be from 0 to below 1, and is 1"),
        ("valley", {"turn": "45"}, KeyError, "turn"),
        ("cost", {"unit": 17}, ValueError, "unit should be a whole number from 1 to 16, and is 17"),
        ("practice", {"kind": "softmax"}, KeyError, "no kind of problem 'softmax' here"),
        ("practice", {"fade": 1.5}, ValueError, "fade should be a whole number from 0 to 5"),
        ("practice", {"from": "middle"}, KeyError, "no end to begin from 'middle' here"),
        ("three-lines", {"4": "1"}, KeyError, "no key of the view '4' here"),
        ("three-lines", {"1": "a lot"}, ValueError, "“a lot” is not a number"),
        ("three-lines", {"1": 1}, ValueError, "1 should be a text, and is 1"),
        ("window", {"show": "up"}, KeyError, "no view 'up' here"),
        ("window", {"stride": 3}, ValueError, "stride should be a whole number from 1 to 2"),
        ("window", {"point_row": 4}, ValueError, "point_row should be a whole number from 1 to 3"),
        ("hunt", {"at": 99}, ValueError, "at should be a whole number from 0 to"),
        ("hunt", {"answer": "3"}, KeyError, "no answer '3' here"),
        ("hunt", {"level": 2, "answer": "wrong sign"}, KeyError, "no answer 'wrong sign' here"),
        ("own", {"pick": "w9_1_1"}, KeyError, "no weight or bias 'w9_1_1' here"),
        ("own", {"net": [[1]]}, ValueError, "net should be a text, and is [[1]]"),
        ("own", {"loss": "anger"}, KeyError, "no loss 'anger' here"),
        ("own", {"activations": "swish tanh"}, KeyError, "no activation 'swish' here"),
        ("own", {"activations": "tanh"}, ValueError, "activations should be one, or"),
        ("own", {"biases": "melted"}, KeyError, "no bias policy 'melted' here"),
        ("own", {"learning_rate": -1}, ValueError, "above 0"),
    ],
)
def test_what_a_figure_cannot_show_is_refused_and_its_view_stays(
    in_each_form, name, view, error, says
):
    figure = made(name, in_each_form)
    before = figure.view
    with pytest.raises(error, match=re.escape(says)):
        figure.view = view
    assert figure.view == before


@pytest.mark.parametrize(
    ("name", "view"),
    [
        ("take-hold", {"pick": "b_o1"}),
        ("train", {"across": "w2_1_1", "goal": 0.5}),
        ("practice", {"kind": "mixed", "seed": 9}),
        ("three-lines", {"2": "−0.5"}),
        ("window", {"row": 2, "padding": 1}),
        ("hunt", {"level": 3, "answer": "4"}),
        ("own", {"biases": "frozen", "pick": "b2_1"}),
    ],
)
def test_a_view_need_only_say_what_changes(in_each_form, name, view):
    figure = MAKE[name]()
    before = figure.view
    figure.view = view
    assert figure.view == {**before, **view} != before


@pytest.mark.parametrize(
    ("key", "value", "error", "says"),
    [
        ("W", [None, [[1.0]], [[1.0]]], ValueError, "units"),
        ("W", [None, [[1, 2], [3, float("nan")]], NET.W[2]], ValueError, "finite"),
        ("b", [None, [0.0, 0.0]], ValueError, "as many b as W"),
        ("x", [1.0], ValueError, "x has shape (1,)"),
        ("x", [X, X], ValueError, "one example cannot become a batch"),
        ("t", [0.5], ValueError, "t has shape (1,)"),
        ("learning_rate", 0, ValueError, "above 0"),
        ("biases", "melted", KeyError, "bias policy"),
        ("hidden_weights", "new", KeyError, "hidden_weights"),
    ],
)
def test_what_cannot_be_set_is_refused_and_the_figure_stays(in_a_notebook, key, value, error, says):
    figure = made("take-hold", "live")
    before = getattr(figure, key)
    with pytest.raises(error, match=re.escape(says)):
        setattr(figure, key, value)
    assert getattr(figure, key) == before


def test_biases_that_a_layer_shares_stay_equal(in_each_form):
    figure = MAKE["take-hold"](biases="shared")
    with pytest.raises(ValueError, match="one shared bias"):
        figure.b = [None, [0.1, 0.2], [0.3, 0.3]]
    assert figure.net.b[1].tolist() == NET.b[1].tolist()


@pytest.mark.parametrize("missing", ["the script", "anywidget"])
def test_without_script_or_anywidget_it_is_the_still_picture(monkeypatch, tmp_path, missing):
    if missing == "the script":
        monkeypatch.setattr(widget, "BUNDLE", tmp_path / "bundle.js")
    else:
        monkeypatch.setitem(__import__("sys").modules, "anywidget", None)
    figure = MAKE["take-hold"]()
    bundle = figure._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"} and "<img" in bundle["text/html"]
    assert figure.net.W[2][0, 0] == NET.W[2][0, 0]


# ---- what cannot be asked for ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: live.take_hold(NET, X, T, RATE, ["w9"], "w1"), KeyError, "given number 'w9'"),
        (lambda: live.take_hold(NET, X, T, RATE, ["w5"], "w9"), KeyError, "weight or bias 'w9'"),
        # numbers that no control can change: targets that go together, an input of a batch
        (lambda: live.take_hold(*SHARES, ["t_1"], "w1_1_1"), KeyError, "given number 't_1'"),
        (lambda: live.training(*BATCH, ["a0_1"], "w1_1_1", PLANE), KeyError, "given number 'a0_1'"),
        (lambda: live.take_hold(NET, [1], T, RATE, ["w5"], "w1"), ValueError, "x has shape"),
        (lambda: live.take_hold(NET, X, T, 0, ["w5"], "w1"), ValueError, "above 0"),
        (lambda: live.walk(NET, X, T, RATE, until="dinner"), KeyError, "'dinner'"),
        (lambda: live.walk(NET, [X, X], [T, T], RATE), ValueError, "one example"),
        (lambda: live.nudge(NET, X, T, "w1"), ValueError, "2 paths"),
        (lambda: live.nudge(ONE.net, ONE.x, ONE.t, "w9"), KeyError, "'w9'"),
        (lambda: live.your_network(NET, [1], T, RATE), ValueError, "x has shape"),
        (lambda: live.your_network(LARGE, [0] * 45, [0] * 25, RATE), ValueError, "up to 1000"),
        (lambda: live.valley(("newton", 0.1)), KeyError, "optimiser"),
        (lambda: live.valley(("adam", -1)), ValueError, "above 0"),
        (lambda: live.valley(("gradient_descent", 0.3)), ValueError, "leaves the map"),
        (lambda: live.cost(0, 3), ValueError, "width"),
        (lambda: live.cost(3, 99), ValueError, "depth"),
        (lambda: live.cost(2.5, 3), ValueError, "width"),
    ],
)
def test_what_there_is_not_is_named(on_a_page, make, error, says):
    with pytest.raises(error, match=re.escape(says)):
        make()
