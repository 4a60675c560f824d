"""The Python side of the live figures: what they take and refuse, what they put on a page."""

import json
import re

import numpy as np
import pytest

from backprop import Network, examples, live, with_values
from backprop.live import figures, paste
from backprop.names import Names, Symbol

NET, X, T, RATE = examples.two_two_two()
ONE = examples.one_neuron()
BATCH = examples.two_three_two()
PLANE = ("w1_1_1", "w1_1_2")
SHARES = (
    Network([None, np.eye(2)], [None, [0, 0]], "softmax", "softmax cross-entropy"),
    *([1.0, 2.0], [1.0, 0.0], 0.1),
)
MAKE = {
    "take-hold": lambda **more: live.take_hold(NET, X, T, RATE, ["w5"], "w1", **more),
    "walk": lambda **more: live.walk(NET, X, T, RATE, **more),
    "nudge": lambda **more: live.nudge(ONE.net, ONE.x, ONE.t, "w", **more),
    "train": lambda **more: live.training(*BATCH, ["eta"], "w1_1_1", PLANE, **more),
    "cost": lambda **more: live.cost(4, 4, **more),
    "own": lambda **more: live.your_network(NET, X, T, RATE, **more),
}
STARTS = {"take-hold": NET, "walk": NET, "nudge": ONE.net, "train": BATCH.net}


@pytest.fixture
def in_a_notebook(monkeypatch, tmp_path):
    """As after a build: outside of a page, with a script to run."""
    bundle = tmp_path / "bundle.js"
    bundle.write_text("export default { render() {} }")
    bundle.with_suffix(".css").write_text(".bp-live {}")
    monkeypatch.setattr(figures, "BUNDLE", bundle)
    figures._live_class.cache_clear()
    yield
    figures._live_class.cache_clear()


def html_of(figure):
    return figure._repr_mimebundle_()["text/html"]


def state_of(text):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', text)[1])


# ---- on a page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MAKE)
def test_an_element_holds_its_state_and_a_still_picture(on_a_page, name):
    text = html_of(MAKE[name]())
    assert text.startswith(f'<bp-figure id="{name}">') and text.endswith("</bp-figure>")
    assert text.count("<svg") >= 1 and 'role="img"' in text
    assert state_of(text)["kind"] in (
        "take_hold",
        "walk",
        "nudge",
        "your_network",
        "training",
        "cost",
    )


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
    figure.set_state({"view": {**figure.view, **pasted}})  # as the browser does
    assert figure.net.sizes == (3, 2) and figure.net.b[1].tolist() == [7, 8]
    assert figure.net.activations[1].name == "softmax"
    figure.net = BATCH.net
    assert figure.net.sizes == BATCH.net.sizes and figure.net.loss == BATCH.net.loss
    assert paste.read_network(figure.view["net"]).W[1] == BATCH.net.W[1].tolist()


@pytest.mark.parametrize(
    ("key", "value", "error", "says"),
    [
        ("W", [None, [[1.0]], [[1.0]]], ValueError, "units"),
        ("W", [None, [[1, 2], [3, float("nan")]], NET.W[2]], ValueError, "finite"),
        ("b", [None, [0.0, 0.0]], ValueError, "as many b as W"),
        ("x", [1.0], ValueError, "x has shape (1,)"),
        ("t", [0.5], ValueError, "t has shape (1,)"),
        ("learning_rate", 0, ValueError, "above 0"),
        ("biases", "melted", KeyError, "bias policy"),
        ("hidden_weights", "new", KeyError, "hidden_weights"),
    ],
)
def test_what_cannot_be_set_is_refused_and_the_figure_stays(in_a_notebook, key, value, error, says):
    figure = MAKE["take-hold"]()
    before = getattr(figure, key)
    with pytest.raises(error, match=re.escape(says)):
        setattr(figure, key, value)
    assert getattr(figure, key) == before


@pytest.mark.parametrize("missing", ["the script", "anywidget"])
def test_without_script_or_anywidget_it_is_the_still_picture(monkeypatch, tmp_path, missing):
    if missing == "the script":
        monkeypatch.setattr(figures, "BUNDLE", tmp_path / "bundle.js")
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
        (lambda: MAKE["own"](printed="[[1 2]]"), ValueError, "is another one"),
        (lambda: MAKE["own"](printed="[[1 2"), ValueError, "line 1, column 6"),
        (lambda: live.cost(0, 3), ValueError, "width"),
        (lambda: live.cost(3, 99), ValueError, "depth"),
        (lambda: live.cost(2.5, 3), ValueError, "width"),
    ],
)
def test_what_there_is_not_is_named(on_a_page, make, error, says):
    with pytest.raises(error, match=re.escape(says)):
        make()
