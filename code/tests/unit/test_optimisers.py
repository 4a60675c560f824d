"""Optimisers: the steps of the papers, by hand, in closed form, and as PyTorch makes them."""

import json
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest

from backprop import Network, backward, examples, forward, train, update
from backprop.optimisers import (
    adam,
    adamw,
    batches,
    constant,
    cosine,
    descend,
    gradient_descent,
    momentum,
    rmsprop,
    staircase,
    warm_up,
)

STEPS = [gradient_descent, momentum, rmsprop, adam]


def adam_with_l2(g, rate, *state, w, decay=0.01):
    """λw is added to the gradient, and divided with it: the slope of E + ½λw²."""
    return adam(g + decay * w, rate, *state)


OF_RUNS = {
    **{step.__name__: step for step in STEPS},
    "adam with L2": adam_with_l2,
    "adamw": adamw,
}
RUNS = json.loads(Path(__file__).with_name("optimisers_by_pytorch.json").read_text("utf-8"))["runs"]
S4 = examples.two_two_two()


def changes(step, gradients, rate, **settings):
    """Return what a step adds to a weight, update by update."""
    state, made = (), []
    for g in gradients:
        change, state = step(g, rate, *state, **settings)
        made.append(change)
    return made


def walk(step, slope, w, rate, updates):
    """Return the places of a weight, the first included."""
    state, places = (), [w]
    for _ in range(updates):
        change, state = step(slope(places[-1]), rate, *state)
        places.append(places[-1] + change)
    return np.array(places)


# ---- by hand -----------------------------------------------------------------------------------


def test_two_changes_of_each_by_hand():
    """Gradients 4, then 2, at a rate of 0.1; the numbers are worked out on paper."""
    assert changes(gradient_descent, [4, 2], 0.1) == pytest.approx([-0.4, -0.2], rel=1e-15)
    # v = 4, then 0.5 × 4 + 2 = 4
    assert changes(momentum, [4, 2], 0.1, beta=0.5) == pytest.approx([-0.4, -0.4], rel=1e-15)
    # r = 16 / 4 = 4, then (3 × 4 + 4) / 4 = 4: roots 2 and 2
    two = changes(rmsprop, [4, 2], 0.1, beta=0.75, eps=0)
    assert two == pytest.approx([-0.2, -0.1], rel=1e-15)
    # m = 2, then 2; by 1/2 and 3/4: 4 and 8/3. r = 4, then 4; by 1/4 and 7/16: 16 and 64/7
    two = changes(adam, [4, 2], 0.1, beta1=0.5, beta2=0.75, eps=0)
    assert two == pytest.approx([-0.1, -0.1 * (8 / 3) / (64 / 7) ** 0.5], rel=1e-15)


def test_what_an_optimiser_remembers():
    assert gradient_descent(4.0, 0.1)[1] == ()
    assert momentum(2.0, 0.1, 4.0, beta=0.5)[1] == (4.0,)
    assert rmsprop(2.0, 0.1, 4.0, beta=0.75)[1] == (4.0,)
    assert adam(2.0, 0.1, 1, 2.0, 4.0, beta1=0.5, beta2=0.75)[1] == (2, 2.0, 4.0)


@pytest.mark.parametrize("step", STEPS)
def test_each_weight_is_treated_by_itself(step):
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=(5, 2, 3))
    together = changes(step, gradients, 0.1)
    for place in np.ndindex(2, 3):
        alone = changes(step, gradients[(slice(None), *place)], 0.1)
        np.testing.assert_allclose([change[place] for change in together], alone, rtol=1e-14)


@pytest.mark.parametrize("step", STEPS)
def test_a_gradient_of_zero_moves_nothing(step):
    assert changes(step, [0.0, 0.0], 0.1) == [0, 0]


# ---- in closed form ----------------------------------------------------------------------------


def test_gradient_descent_on_a_parabola_is_a_power():
    places = walk(gradient_descent, lambda w: 3 * w, 2.0, 0.1, 20)
    np.testing.assert_allclose(places, 2 * 0.7 ** np.arange(21), rtol=1e-13)


@pytest.mark.parametrize("curvature", [0.02, 1.0, 30.0])  # no overshoot; overshoot; on both sides
def test_momentum_on_a_parabola_is_a_sum_of_two_powers(curvature):
    """w_{n+1} = (1 + β − ηk) w_n − β w_{n−1}: the powers are of the roots of r² − (…) r + β."""
    beta, rate = 0.9, 0.1
    roots = np.roots([1, -(1 + beta - rate * curvature), beta]).astype(complex)
    places = walk(momentum, lambda w: curvature * w, 1.0, rate, 60)
    of_roots = np.linalg.solve([[1, 1], roots], places[:2])
    expected = (of_roots * roots ** np.arange(61)[:, None]).sum(axis=1)
    np.testing.assert_allclose(places, expected.real, atol=1e-12)
    assert (places > 0).all() == (rate * curvature < (1 - beta**0.5) ** 2)


def test_under_a_constant_slope_momentum_comes_to_ten_times_the_speed():
    made = changes(momentum, [1.0] * 300, 0.1)
    assert made[0] == -0.1 and made[-1] == pytest.approx(-1, rel=1e-12)


def test_momentum_without_a_share_is_gradient_descent():
    gradients = np.random.default_rng(0).normal(size=10)
    assert changes(momentum, gradients, 0.1, beta=0) == changes(gradient_descent, gradients, 0.1)


@pytest.mark.parametrize("g", [-1e6, -3.0, 1e-3, 5e4])
def test_the_first_change_of_adam_is_the_rate_against_the_sign(g):
    (change,) = changes(adam, [g], 0.1)
    assert change == pytest.approx(-0.1 * np.sign(g), rel=1.1 * 1e-8 / abs(g) + 1e-15)


def test_under_a_constant_slope_adam_always_makes_the_same_step():
    """The means of equal numbers are these numbers, once corrected."""
    np.testing.assert_allclose(changes(adam, [0.3] * 200, 0.1), -0.1, rtol=1e-6)


def test_adam_corrects_both_means():
    """They are sums of (1 − β) β^i g, whose weights add up to 1 − βⁿ."""
    gradients = np.random.default_rng(0).normal(size=12)
    made = changes(adam, gradients, 0.1, eps=0)
    for n in range(1, 13):
        ages = np.arange(n)[::-1]
        mean = np.average(gradients[:n], weights=0.9**ages)
        mean_square = np.average(gradients[:n] ** 2, weights=0.999**ages)
        assert made[n - 1] == pytest.approx(-0.1 * mean / mean_square**0.5, rel=1e-12)


@pytest.mark.parametrize("step", [rmsprop, adam])
def test_the_scale_of_the_gradients_does_not_matter(step):
    gradients = np.random.default_rng(0).normal(size=12)
    plain, scaled = changes(step, gradients, 0.1), changes(step, 1000 * gradients, 0.1)
    np.testing.assert_allclose(scaled, plain, rtol=1e-5)  # but for eps
    assert not np.allclose(changes(step, gradients / 1e9, 0.1), plain, rtol=0.1)  # eps is larger


# ---- weight decay ------------------------------------------------------------------------------


def test_two_changes_of_adamw_by_hand():
    """Adam's −0.1, and 0.1 × 0.5 × w besides, with w = 3 and then 2.75."""
    change, state = adamw(4.0, 0.1, w=3.0, decay=0.5, eps=0)
    assert change == pytest.approx(-0.1 - 0.15, rel=1e-15)
    change, _ = adamw(4.0, 0.1, *state, w=2.75, decay=0.5, eps=0)
    assert change == pytest.approx(-0.1 - 0.1375, rel=1e-14)


def test_without_a_gradient_adamw_takes_the_same_share_of_the_weight_each_time():
    w, state = np.array([2.0, -0.3]), ()
    for _ in range(30):
        change, state = adamw(np.zeros(2), 0.1, *state, w=w, decay=0.2)
        w = w + change
    np.testing.assert_allclose(w, np.array([2.0, -0.3]) * 0.98**30, rtol=1e-13)


def test_without_a_gradient_an_l2_term_takes_the_rate_whatever_the_weight():
    """Adam divides it by its own size, so λ cancels: 2 and 0.3 lose the same."""
    change, _ = adam_with_l2(np.zeros(2), 0.1, w=np.array([2.0, -0.3]), decay=0.2)
    np.testing.assert_allclose(change, [-0.1, 0.1], rtol=1e-6)


def test_without_decay_adamw_is_adam():
    gradients = np.random.default_rng(0).normal(size=(6, 3))
    state, other = (), ()
    for g in gradients:
        change, state = adamw(g, 0.1, *state, w=np.ones(3), decay=0.0)
        of_adam, other = adam(g, 0.1, *other)
        np.testing.assert_array_equal(change, of_adam)


def test_the_term_that_l2_adds_is_the_slope_of_half_the_squares():
    """By the complex step, which rounds nothing away: the derivative of E + ½λ Σ w² in each."""
    net, x, t, _ = S4
    decay, h = 0.01, 1e-30
    _, dW, _ = backward(net, *forward(net, x), t)

    def penalised(W1, W2):
        a = x
        for W, b in ((W1, net.b[1]), (W2, net.b[2])):
            a = 1 / (1 + np.exp(-(W @ a + b)))
        return ((a - t) ** 2 / 2).sum() + decay / 2 * ((W1**2).sum() + (W2**2).sum())

    for l in (1, 2):
        for place in np.ndindex(2, 2):
            W = [net.W[1].astype(complex), net.W[2].astype(complex)]
            W[l - 1][place] += 1j * h
            expected = penalised(*W).imag / h
            assert dW[l][place] + decay * net.W[l][place] == pytest.approx(expected, rel=1e-12)


def test_an_optimiser_that_asks_for_the_weights_is_given_them():
    net, x, t, _ = S4
    (once,) = descend(net, [(x, t)], lambda g, rate, w: (-w, ()), 0.1)
    for l in (1, 2):
        np.testing.assert_array_equal(once.W[l], np.zeros_like(net.W[l]))
        np.testing.assert_array_equal(once.b[l], np.zeros_like(net.b[l]))


# ---- as others make them -----------------------------------------------------------------------


def test_there_are_numbers_of_pytorch_for_each_optimiser():
    runs = {(run["example"], run["optimiser"]) for run in RUNS}
    both = ("two_two_two", "two_three_two")
    assert runs == {(example, name) for example in both for name in OF_RUNS}


@pytest.mark.parametrize("run", RUNS, ids=lambda run: f"{run['example']}-{run['optimiser']}")
def test_the_weights_are_those_of_pytorch(run):
    net, x, t, _ = getattr(examples, run["example"])()
    step = OF_RUNS[run["optimiser"]]
    start, kept = net, {int(n): arrays for n, arrays in run["learned"].items()}
    nets = descend(net, repeat((x, t), max(kept)), step, run["rate"], biases=run["biases"])
    for n, net in enumerate(nets, 1):
        if n in kept:
            ours = [array for l in (1, 2) for array in (net.W[l], net.b[l])]
            for array, theirs in zip(ours, kept[n], strict=True):
                # sums in another order; a weight near 0 is a difference of larger ones
                np.testing.assert_allclose(array, theirs, rtol=1e-12, atol=1e-14)
    assert n == max(kept) == 50 and not np.allclose(net.W[1], start.W[1], rtol=1e-4)


# ---- training ----------------------------------------------------------------------------------


def test_descending_plainly_is_training():
    net, x, t, rate = S4
    *_, last = descend(net, repeat((x, t), 20), gradient_descent, rate, biases="frozen")
    trained, _ = train(net, x, t, rate, 20, biases="frozen")
    for l in (1, 2):
        np.testing.assert_allclose(last.W[l], trained.W[l], rtol=1e-14)
        np.testing.assert_array_equal(last.b[l], net.b[l])


def test_biases_learn_unless_they_are_frozen():
    net, x, t, _ = examples.two_three_two()
    (once,) = descend(net, [(x, t)], gradient_descent, 0.5)
    _, dW, db = backward(net, *forward(net, x), t)
    expected = update(net, dW, db, 0.5)
    for l in (1, 2):
        np.testing.assert_allclose(once.W[l], expected.W[l], rtol=1e-15)
        np.testing.assert_allclose(once.b[l], expected.b[l], rtol=1e-15)


def test_a_schedule_is_asked_for_the_rate_of_every_update():
    net, x, t, _ = S4
    first, second = descend(net, repeat((x, t), 2), gradient_descent, [None, 0.1, 0.7].__getitem__)
    assert first.W[2] == pytest.approx(train(net, x, t, 0.1, 1)[0].W[2])
    expected = train(first, x, t, 0.7, 1)[0]
    assert second.W[2] == pytest.approx(expected.W[2])
    assert second.b[2] == pytest.approx(expected.b[2])


def test_the_start_of_a_network_is_left_alone():
    net, x, t, _ = S4
    before = [array.copy() for array in (*net.W[1:], *net.b[1:])]
    for _ in descend(net, repeat((x, t), 3), adam, 0.1):
        pass
    for array, kept in zip((*net.W[1:], *net.b[1:]), before, strict=True):
        np.testing.assert_array_equal(array, kept)


def test_a_rate_that_is_too_large_is_said_to_be():
    straight = Network([None, [[1.0]]], [None, [0.0]], "identity")
    with pytest.raises(FloatingPointError, match="after .* updates: the learning rate, 1e"):
        list(descend(straight, repeat(([1.0], [0.0]), 10), gradient_descent, 1e100))
    with pytest.raises(ValueError, match="above 0"):
        next(descend(straight, [([1.0], [0.0])], adam, -1))
    with pytest.raises(KeyError, match="shared"):
        next(descend(straight, [([1.0], [0.0])], adam, 1, biases="shared"))


def test_an_epoch_has_every_example_once_and_the_rows_stay_together():
    X, T = np.arange(10)[:, None], 100 + np.arange(10)[:, None]
    found = list(batches(X, T, 4, 3, seed=0))
    assert [len(x) for x, _ in found] == [4, 4, 2] * 3
    assert all((t == x + 100).all() for x, t in found)
    epochs = [np.concatenate([x for x, _ in found[n : n + 3]])[:, 0] for n in (0, 3, 6)]
    assert all(sorted(epoch) == list(range(10)) for epoch in epochs)
    assert not np.array_equal(epochs[0], epochs[1])
    again = list(batches(X, T, 4, 3, seed=0))
    assert all((a[0] == b[0]).all() for a, b in zip(found, again, strict=True))


# ---- schedules ---------------------------------------------------------------------------------


def rates(schedule, updates):
    return [schedule(n) for n in range(1, updates + 1)]


def test_schedules_by_hand():
    assert rates(constant(0.3), 3) == [0.3, 0.3, 0.3]
    assert rates(staircase(8.0, 2, factor=0.5), 5) == [8, 8, 4, 4, 2]
    assert rates(cosine(2.0, 2), 2) == pytest.approx([2, 1])
    assert rates(warm_up(constant(1.0), 4), 6) == [0.25, 0.5, 0.75, 1, 1, 1]


def test_half_a_wave_falls_all_the_way_and_spends_half_the_sum():
    of_wave = rates(cosine(0.2, 1000), 1000)
    assert of_wave[0] == 0.2 and (np.diff(of_wave) < 0).all() and 0 < of_wave[-1] < 1e-6
    assert sum(of_wave) == pytest.approx(0.2 * 500.5)
