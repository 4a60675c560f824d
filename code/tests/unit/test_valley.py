"""The narrow valley: its slopes by differences, its walks in closed form, its borders by roots."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from backprop.live.valley import VALLEY, WALKERS, step_of
from backprop.optimisers import adam, gradient_descent, momentum, rmsprop
from backprop.valley import Valley, borders, height, slope, walk
from book_node import start_node

VALLEYS = [Valley(1, 20), Valley(1, 20, 30), Valley(3, 0.5, -75)]
START = (-1.7, 0.6)


@pytest.mark.parametrize("valley", VALLEYS)
def test_the_slope_is_what_differences_find(valley):
    for place in (START, (0.3, -0.2)):
        nudges = 1e-4 * np.eye(2)
        measured = [(height(valley, place + n) - height(valley, place - n)) / 2e-4 for n in nudges]
        np.testing.assert_allclose(slope(valley, place), measured, rtol=1e-9)
    assert height(valley, (0, 0)) == 0 and not slope(valley, (0, 0)).any()


def test_a_turned_valley_is_the_same_valley_seen_from_another_side():
    flat, turned = Valley(1, 20), Valley(1, 20, 90)
    assert height(turned, (0, 1)) == pytest.approx(height(flat, (1, 0)), rel=1e-14)
    places = np.random.default_rng(0).normal(size=(5, 4, 2))
    assert height(flat, places).shape == (5, 4)
    np.testing.assert_allclose(height(turned, places[..., ::-1] * [-1, 1]), height(flat, places))


@pytest.mark.parametrize("turn", [0, 30])
def test_plain_walks_are_powers_along_and_across(turn):
    valley, n = Valley(1, 20, turn), np.arange(31)
    found = walk(valley, gradient_descent, 0.09, START, 30) @ valley.axes.T
    u, v = valley.axes @ START
    np.testing.assert_allclose(found[:, 0], u * (1 - 0.09) ** n, rtol=1e-12)
    np.testing.assert_allclose(found[:, 1], v * (1 - 1.8) ** n, rtol=1e-12)


@pytest.mark.parametrize("step", [gradient_descent, momentum])
def test_walks_by_a_gradient_alone_turn_with_the_valley(step):
    flat, turned = Valley(1, 20), Valley(1, 20, 30)
    one = walk(flat, step, 0.05, START, 20)
    other = walk(turned, step, 0.05, START @ turned.axes, 20)
    np.testing.assert_allclose(other, one @ turned.axes, atol=1e-14)


@pytest.mark.parametrize("step", [rmsprop, adam])
def test_walks_that_treat_each_weight_by_itself_do_not(step):
    flat, turned = Valley(1, 20), Valley(1, 20, 30)
    one = walk(flat, step, 0.05, START, 20)
    other = walk(turned, step, 0.05, START @ turned.axes, 20)
    assert abs(other - one @ turned.axes).max() > 0.1


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_the_borders_are_where_the_roots_change(beta):
    """c² − (1 + β − ηk) c + β = 0: real and positive, complex, real and negative, of size 1."""

    def roots(ηk):
        return np.roots([1, -(1 + beta - ηk), beta]).astype(complex)

    first, second, third = borders(beta)
    kinds = [((0, first), 1), ((second, third), -1)]
    for (low, high), sign in kinds:
        for share in (0.01, 0.5, 0.99):
            found = roots(low + share * (high - low))
            assert not found.imag.any() and (sign * found.real >= 0).all() and abs(found).max() < 1
    for share in (0.01, 0.5, 0.99) if beta else ():
        found = roots(first + share * (second - first))
        assert found.imag.all() and abs(found) == pytest.approx(beta**0.5, rel=1e-12)
    assert abs(roots(third)).max() == pytest.approx(1, rel=1e-12)
    assert abs(roots(1.001 * third)).max() > 1 > abs(roots(0.999 * third)).max()


def test_walks_leave_from_the_third_border_on():
    for step, beta in ((gradient_descent, 0.0), (momentum, 0.9)):
        leaves = borders(beta)[2] / 20
        for rate, comes_down in ((0.98 * leaves, True), (1.02 * leaves, False)):
            end = walk(Valley(1, 20), step, rate, START, 400)[-1]
            assert (abs(end[1]) < 0.6) == comes_down


def test_a_walk_ends_where_its_numbers_do():
    found = walk(Valley(1, 20), gradient_descent, 1e6, START, 400)
    assert 10 < len(found) < 401 and np.isfinite(found).all()


def test_the_scripts_walk_as_the_package_does(tmp_path):
    walks = []
    for turn, optimiser, rate in product((0, 30), WALKERS, (0.03, 0.15, 0.3)):
        valley, step = VALLEY._replace(turn=turn), step_of(optimiser, 0.8)
        places = walk(valley, step, rate, START, 20)  # RMSProp blows rounding up later
        walks.append(
            {
                "valley": valley._asdict(), "optimiser": optimiser, "rate": rate, "beta": 0.8,
                "start": list(START), "places": places.tolist(),
                "heights": height(valley, places).tolist(),
            }
        )  # fmt: skip
    file = tmp_path / "cases.json"
    pairs = [(beta, borders(beta)) for beta in (0.0, 0.5, 0.9)]
    file.write_text(json.dumps({"walks": walks, "borders": pairs}), "utf-8")
    process = start_node(Path(__file__).parent / "valley.mjs", str(file))
    told, _ = process.communicate()
    assert process.returncode == 0 and f"{len(walks)} walks" in told, told[-4000:]
