"""The thirteen mistakes: each redone by hand, and the network on which all can be told apart."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from backprop import Network, backward, check, examples, forward, latex, mistakes, trace
from backprop.mistakes import ALL, MISTAKES, RIGHT
from backprop.network import by_name
from networks import problems

UNEVEN = examples.uneven()
CHAPTERS = Path(__file__).parents[3] / "chapters"


def right(net, x, t):
    return by_name(net, *mistakes.by_lines(net, x, t, RIGHT)[1:])


@given(problems())
def test_without_a_mistake_the_lines_give_the_gradients(problem):
    net, x, t = problem
    z, a = forward(net, x)
    _, dW, db = backward(net, z, a, t)
    assert right(net, x, t) == pytest.approx(by_name(net, dW, db), rel=1e-12)


# What each mistake makes of some weights and biases, in the names of the trace.
PULLS = "(delta_o1 * w5 + delta_o2 * w7)"
BY_HAND = {
    "updated weights": {
        "w1": "(delta_o1 * (w5 - eta * dE_dw5) + delta_o2 * (w7 - eta * dE_dw7))"
        " * dout_h1_dnet_h1 * i1",
    },
    "first path only": {"w1": "delta_o1 * w5 * dout_h1_dnet_h1 * i1"},
    "last path only": {"w1": "delta_o2 * w7 * dout_h1_dnet_h1 * i1"},
    "transposed weights": {"w1": "(delta_o1 * w5 + delta_o2 * w6) * dout_h1_dnet_h1 * i1"},
    "no hidden slope": {"w1": f"{PULLS} * i1"},
    "error sent back": {
        "w1": "(dE_dout_o1 * w5 + dE_dout_o2 * w7) * dout_h1_dnet_h1 * i1",
    },
    "no output slope": {
        "w1": "(dE_dout_o1 * w5 + dE_dout_o2 * w7) * dout_h1_dnet_h1 * i1",
        "w6": "dE_dout_o1 * out_h2",
        "b_o1": "dE_dout_o1",
    },
    "activation twice": {
        "w6": "dE_dout_o1 / (1 + exp(-out_o1)) * (1 - 1 / (1 + exp(-out_o1))) * out_h2",
        "b_o1": "dE_dout_o1 / (1 + exp(-out_o1)) * (1 - 1 / (1 + exp(-out_o1)))",
    },
    "net for out": {
        "w6": "dE_dout_o1 * net_o1 * (1 - net_o1) * out_h2",
        "b_o1": "dE_dout_o1 * net_o1 * (1 - net_o1)",
    },
    "no half": {"w1": "2 * dE_dw1", "w6": "2 * dE_dw6", "b_o1": "2 * dE_db_o1"},
    "mean for sum": {"w1": "dE_dw1 / 2", "w6": "dE_dw6 / 2", "b_o1": "dE_db_o1 / 2"},
    "wrong sign": {
        "w1": f"-{PULLS} * dout_h1_dnet_h1 * i1",
        "w6": "(t_o1 - out_o1) * dout_o1_dnet_o1 * out_h2",
        "b_o1": "(t_o1 - out_o1) * dout_o1_dnet_o1",
    },
    "outer product turned": {"w6": "delta_o2 * out_h1"},
    "bias gradient zero": {"b_o1": "0 * delta_o1"},
    "bias times input": {"b_o1": "delta_o1 * out_h1"},
    "one bias for all": {"b_o2": "delta_o1"},
}
UNTOUCHED = {  # what a mistake changes besides, by what it is
    "activation twice": {"w1"},
    "net for out": {"w1"},
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gives_what_it_gives_by_hand(name):
    net, x, t, learning_rate = UNEVEN
    values = trace(net, x, t, learning_rate).values
    for weight in ("w1", "w6", "b_o1", "b_o2"):
        wrong = mistakes.of_weight(net, x, t, weight, learning_rate)
        if weight in BY_HAND[name]:
            by_hand = latex.evaluate(BY_HAND[name][weight], values)
            assert wrong[name] == pytest.approx(by_hand, rel=1e-12)
        elif weight in ("w1", "w6") and weight not in UNTOUCHED.get(name, ()):
            assert name not in wrong, weight


def test_both_slopes_go_wrong_in_a_hidden_gradient():
    net, x, t, learning_rate = UNEVEN
    s = trace(net, x, t, learning_rate).values
    wrong = mistakes.of_weight(net, x, t, "w1", learning_rate)

    def by_hand(slope):
        from_o1 = s["dE_dout_o1"] * slope(s["net_o1"], s["out_o1"]) * s["w5"]
        from_o2 = s["dE_dout_o2"] * slope(s["net_o2"], s["out_o2"]) * s["w7"]
        return (from_o1 + from_o2) * slope(s["net_h1"], s["out_h1"]) * s["i1"]

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    twice = by_hand(lambda net, out: sigmoid(out) * (1 - sigmoid(out)))
    assert wrong["activation twice"] == pytest.approx(twice, rel=1e-12)
    assert wrong["net for out"] == pytest.approx(by_hand(lambda net, out: net * (1 - net)))


def test_the_error_is_sent_back_by_the_outputs_alone():
    net, x, t, learning_rate = examples.uneven_deep()
    s = trace(net, x, t, learning_rate).values
    error = np.array([s["dE_dout_o1"], s["dE_dout_o2"]])
    slopes = [np.array([s[f"dout_{u}{n}_dnet_{u}{n}"] for n in (1, 2)]) for u in "hg"]
    delta_g = net.W[2].T @ (net.W[3].T @ error * slopes[0]) * slopes[1]
    wrong = mistakes.of_weight(net, x, t, "v1", learning_rate)
    assert wrong["error sent back"] == pytest.approx(delta_g[0] * s["i1"], rel=1e-12)


def test_updated_weights_are_those_that_backward_takes_when_told_to():
    net, x, t, learning_rate = UNEVEN
    z, a = forward(net, x)
    _, dW, db = backward(net, z, a, t, hidden_weights="updated", learning_rate=learning_rate)
    ours = mistakes.gradients(net, x, t, "updated weights", learning_rate)
    assert by_name(net, *ours) == pytest.approx(by_name(net, dW, db))


# ---- the uneven network ------------------------------------------------------------------------


def test_there_are_thirteen():
    assert sorted({m.number for m in MISTAKES.values()}) == list(range(1, 14))
    assert {m.number for m in ALL.values()} == {*range(1, 15)}  # and one of shared weights
    assert all(name == mistake.name for name, mistake in ALL.items())


@pytest.mark.parametrize("mistake", ALL.values(), ids=ALL)
def test_a_mistake_is_explained_at_a_place_that_there_is(mistake):
    chapter, label = mistake.section.split("#")
    assert f"\n({label})=\n" in (CHAPTERS / f"{chapter}.md").read_text("utf-8")
    assert mistake.explanation.endswith(".") and mistake.explanation[0].isupper()


def test_on_the_uneven_network_every_two_mistakes_differ():
    net, x, t, learning_rate = UNEVEN
    found = mistakes.effects(net, x, t, learning_rate) | {"right": right(net, x, t)}
    assert found.keys() == MISTAKES.keys() | {"right"}
    for one, other in combinations(found, 2):
        apart = [
            abs(p - q) / max(abs(p), abs(q))
            for p, q in zip(found[one].values(), found[other].values(), strict=True)
            if p != q
        ]
        assert max(apart) > 0.05, (one, other)
    share, _ = mistakes.separation(net, x, t, learning_rate)
    assert share > 0.2  # as examples.uneven says


def test_the_uneven_network_is_what_it_is_said_to_be():
    net, x, t, _ = UNEVEN
    weights = np.concatenate([net.W[1].ravel(), net.W[2].ravel()])
    assert len(set(abs(weights))) == 8 and (weights < 0).sum() == 1
    assert x[0] != x[1] and min(x) > 0.5
    assert len(set([*net.b[1], *net.b[2]])) == 4
    assert not np.isclose(net.W[2], net.W[2].T).all()


def test_only_the_output_gradients_tell_5_from_6():
    net, x, t, learning_rate = UNEVEN
    found = mistakes.effects(net, x, t, learning_rate)
    sent, slope = found["error sent back"], found["no output slope"]
    differ = {name for name in sent if sent[name] != pytest.approx(slope[name], rel=1e-12)}
    assert differ == {"w5", "w6", "w7", "w8", "b_o1", "b_o2"}


def test_on_the_network_of_s4_the_inputs_hide_a_mistake():
    assert mistakes.separation(*examples.two_two_two())[0] < 0.05


def test_a_check_by_differences_rejects_every_mistake():
    net, x, t, learning_rate = UNEVEN
    (found,) = check.gradients(net, x, t, ["central differences"]).values()
    measured = by_name(net, *found)
    for name, wrong in mistakes.effects(net, x, t, learning_rate).items():
        assert mistakes.distance(wrong, measured) > 0.05, name
    assert mistakes.distance(right(net, x, t), measured) < 1e-6


# ---- other networks ----------------------------------------------------------------------------


def network(sizes, activations, loss="half squares"):
    rng = np.random.default_rng(3)
    W = [None] + [rng.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:], strict=False)]
    return Network(W, [None] + [rng.normal(size=n) for n in sizes[1:]], activations, loss)


def test_a_matrix_that_is_not_square_cannot_be_turned():
    net = network((2, 3, 2), "sigmoid")
    with pytest.raises(ValueError, match="'transposed weights' does not run on a 2-3-2 network"):
        mistakes.gradients(net, [1, 2], [0, 1], "transposed weights")
    with pytest.raises(ValueError, match="'outer product turned' gives gradients of other shapes"):
        mistakes.gradients(net, [1, 2], [0, 1], "outer product turned")
    shown = mistakes.effects(net, [1, 2], [0, 1], 0.5)
    assert MISTAKES.keys() - shown.keys() == {"transposed weights", "outer product turned"}


def test_where_two_lines_are_one_a_mistake_does_not_show():
    net = network((2, 2, 2), [None, "sigmoid", "softmax"], "softmax cross-entropy")
    shown = mistakes.effects(net, [1, 2], [0.3, 0.7], 0.5)
    assert not {"error sent back", "no output slope", "no half"} & shown.keys()
    assert {"no hidden slope", "wrong sign", "mean for sum"} <= shown.keys()
    positive = Network([None, [[1.0]], [[1.0]]], [None, [1.0], [1.0]], "relu")
    hidden = mistakes.effects(positive, [1.0], [0.0], 0.5)
    assert not {"no hidden slope", "activation twice", "net for out"} & hidden.keys()


@pytest.mark.parametrize("name", [name for name in MISTAKES if name != "updated weights"])
def test_over_a_batch_a_mistake_is_the_mean_over_the_examples(name):
    net, x, t, learning_rate = UNEVEN
    xs, ts = np.array([x, x[::-1], -x]), np.array([t, t[::-1], t])
    each = [mistakes.gradients(net, x, t, name) for x, t in zip(xs, ts, strict=True)]
    dW, db = mistakes.gradients(net, xs, ts, name)
    for l in (1, 2):
        np.testing.assert_allclose(dW[l], np.mean([dW[l] for dW, _ in each], axis=0), atol=1e-15)
        np.testing.assert_allclose(db[l], np.mean([db[l] for _, db in each], axis=0), atol=1e-15)


def test_what_is_asked_wrongly_is_said():
    net, x, t, _ = UNEVEN
    with pytest.raises(KeyError, match="no mistake 'no slope' here; did you mean"):
        mistakes.gradients(net, x, t, "no slope")
    with pytest.raises(TypeError, match="learning rate"):
        mistakes.gradients(net, x, t, "updated weights")
    with pytest.raises(KeyError, match="no weight or bias 'w9'"):
        mistakes.of_weight(net, x, t, "w9")
    assert "updated weights" not in mistakes.effects(net, x, t)
