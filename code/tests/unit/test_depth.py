"""A deep network of coins: its sizes by other methods, its figure, and the same in JavaScript."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from backprop import backward, check, forward, live
from backprop.depth import STARTS, WIDTH, Coins, network, sizes
from backprop.live.depth import tossed
from book_node import start_node

SMALL = Coins(*(np.array(part) for part in tossed(1, layers=4)))


def few(units=3, layers=4):
    """Coins of a network that is small enough for a complex step."""
    return Coins(SMALL.x[:2, :units], SMALL.pulls[:2, :units], SMALL.W[:layers, :units, :units])


@pytest.mark.parametrize("start", STARTS)
def test_the_deltas_are_those_of_a_loss_that_pulls_as_much(start):
    coins = few()
    net = network(start, 1.3, coins)
    z, a = forward(net, coins.x)
    t = a[-1] - coins.pulls  # half squares then pull with a − t
    delta, _, _ = backward(net, z, a, t)
    expected = [np.sqrt((layer**2).mean()) for layer in delta[1:]]
    np.testing.assert_allclose(sizes(net, coins.x, coins.pulls).delta, expected, rtol=1e-13)
    assert check.agree(net, coins.x[:1], t[:1], ["complex step"])["complex step"] < 1e-12


@pytest.mark.parametrize("start", STARTS)
def test_the_spread_is_around_the_mean_over_the_examples(start):
    coins = few()
    net = network(start, 1.3, coins)
    _, a = forward(net, coins.x)
    of_two = [np.sqrt(((one - other) ** 2).mean()) / 2 for one, other in a[1:]]
    np.testing.assert_allclose(sizes(net, coins.x, coins.pulls).spread, of_two, rtol=1e-12)


def test_each_weight_is_as_large_and_the_middle_is_where_all_put_out_one_half():
    net = network("middle", 4.0, SMALL)
    for l in range(1, 5):
        assert (abs(net.W[l]) == 4 / np.sqrt(WIDTH)).all()
    half = np.full(WIDTH, 0.5)
    assert all((net.W[l] @ half + net.b[l] == 0).all() for l in (2, 3, 4))
    assert not net.b[1].any() and not any(b.any() for b in network("tanh", 4, SMALL).b[1:])
    with pytest.raises(KeyError, match="'softplus'"):
        network("softplus", 1, SMALL)


def test_coins_are_as_often_up_as_down_and_a_draw_of_fewer_layers_is_the_same():
    coins = tossed(0)
    assert (coins.x**2).mean() == pytest.approx(1, rel=0.1) and abs(coins.x).max() < 3**0.5
    for part in coins[1:]:
        assert set(np.unique(part)) == {-1.0, 1.0} and abs(part.mean()) < 4 / np.sqrt(part.size)
    assert (tossed(0, layers=3).W == coins.W[:3]).all()
    assert (tossed(1, layers=3).W != coins.W[:3]).any()


@pytest.mark.parametrize(
    ("refused", "error", "words"),
    [
        ({"start": "softplus"}, KeyError, "softplus"),
        ({"scale": 0}, ValueError, "scale should be from 0.1 to 12, and is 0"),
        ({"layers": 51}, ValueError, "layers should be a whole number from 2 to 50"),
    ],
)
def test_a_figure_that_cannot_be_is_refused(refused, error, words):
    with pytest.raises(error, match=words):
        live.depth(**{"start": "tanh", **refused})


def test_the_browser_tosses_the_same_coins_and_finds_the_same_sizes(tmp_path):
    coins, cases = tossed(0), []
    for start, scale, layers in product(STARTS, (0.5, 1.4, 4, 10), (2, 50)):
        if (start, scale, layers) == ("tanh", 10, 50):
            continue  # each layer makes a rounding error some five times as large
        found = sizes(network(start, scale, coins._replace(W=coins.W[:layers])), *coins[:2])
        how = {"start": start, "scale": scale, "layers": layers}
        cases.append({"how": how, **{key: each.tolist() for key, each in found._asdict().items()}})
    first = {"x": coins.x[0], "pulls": coins.pulls[-1], "W": coins.W[-1, -1]}
    first = {key: row.tolist() for key, row in first.items()}
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"seed": 0, "first": first, "cases": cases}), "utf-8")
    process = start_node(Path(__file__).with_name("depth.mjs"), str(file))
    said, _ = process.communicate()
    assert process.returncode == 0 and f"{len(cases)} cases" in said, said[-4000:]
