"""Training: each update is a forward pass, a backward pass and a step, and all is recorded."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import Network, backward, examples, forward, loss, train, update
from networks import problems

S4 = examples.two_two_two()


@given(problems(), st.sampled_from(["updated", "frozen"]), st.sampled_from(["old", "updated"]))
def test_training_is_the_passes_and_the_update_again_and_again(problem, biases, hidden_weights):
    net, x, t = problem
    after, history = train(
        net, x, t, 0.05, 4, biases=biases, hidden_weights=hidden_weights, keep=range(5)
    )
    losses, at_rate = [], 0.05 if hidden_weights == "updated" else None
    for n in range(5):
        losses.append(loss(net, x, t))
        for l in range(1, len(net.W)):
            # the same operations on the same numbers
            np.testing.assert_array_equal(history.nets[n].W[l], net.W[l])
            np.testing.assert_array_equal(history.nets[n].b[l], net.b[l])
        _, dW, db = backward(
            net, *forward(net, x), t, hidden_weights=hidden_weights, learning_rate=at_rate
        )
        last, net = net, update(net, dW, db, 0.05, biases=biases)
    assert history.loss.tolist() == losses
    assert all((a == b).all() for a, b in zip(after.W[1:], last.W[1:], strict=True))


def test_shared_biases_stay_equal_and_move_by_the_sum():
    net, x, t, rate = S4
    after, history = train(net, x, t, rate, 50, biases="shared", keep=[1])
    _, _, db = backward(net, *forward(net, x), t)
    for l in (1, 2):
        assert after.b[l][0] == after.b[l][1] != net.b[l][0]
        moved = history.nets[1].b[l][0] - net.b[l][0]
        assert moved == pytest.approx(-rate * db[l].sum(), rel=1e-13)


# Frozen biases, rate 0.1. PyTorch, JAX, HIPS autograd, micrograd and plain Python each give these
# six digits for the network of source S4.
LOSSES = {0: 0.0407338, 1: 0.0405279, 100: 0.0233206, 1_000: 5.84168e-4, 10_000: 5.58006e-9}
UPDATES_UNTIL = {1e-2: 235, 1e-3: 763, 1e-4: 2_051, 1e-5: 3_753}


@pytest.fixture(scope="module")
def long_run():
    """The network after 10,000 updates with frozen biases, as in the source, and the history."""
    return train(*S4, 10_000, biases="frozen", keep=[100])


@pytest.mark.parametrize(("updates", "expected"), LOSSES.items())
def test_the_losses_of_the_source_network_are_those_of_other_engines(long_run, updates, expected):
    assert f"{long_run[1].loss[updates]:.6g}" == f"{expected:.6g}"


@pytest.mark.parametrize(("below", "updates"), UPDATES_UNTIL.items())
def test_the_updates_until_a_loss_are_those_of_other_engines(long_run, below, updates):
    assert long_run[1].updates_until(below) == updates
    assert long_run[1].loss[updates] < below <= long_run[1].loss[updates - 1]


def test_the_source_network_learns_its_targets(long_run):
    net, history = long_run
    assert (np.diff(history.loss) < 0).all()
    farthest = (2 * history.loss[-1]) ** 0.5  # half its square is all of E
    np.testing.assert_allclose(forward(net, S4.x)[1][2], S4.t, rtol=0, atol=farthest)
    assert farthest < 2e-4
    assert history.updates_until(1e-30) is None
    for l in (1, 2):
        assert net.b[l].tolist() == S4.net.b[l].tolist()


def test_a_kept_network_is_the_one_of_its_update(long_run):
    history = long_run[1]
    assert list(history.nets) == [100]
    assert loss(history.nets[100], S4.x, S4.t) == history.loss[100]


def test_no_update_leaves_the_network_as_it_is():
    after, history = train(*S4, 0, keep=[0])
    assert history.loss.tolist() == [loss(S4.net, S4.x, S4.t)]
    assert history.nets[0] is S4.net
    assert all((a == b).all() for a, b in zip(after.W[1:], S4.net.W[1:], strict=True))


@pytest.mark.parametrize("batch", [False, True])
def test_a_rate_that_is_too_large_is_said_and_not_only_warned_of(batch):
    net = Network([None, [[1.0]]], [None, [0.0]], "identity")
    x, t = ([[10.0], [9.0]], [[1.0], [1.0]]) if batch else ([10.0], [1.0])
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(FloatingPointError, match=r"E is (inf|nan) after \d+ updates.* 10\.0"):
            train(net, x, t, 10.0, 1_000)
    assert not warned


def test_a_whole_number_of_updates_may_be_numpys():
    assert len(train(*S4, np.int64(3))[1].loss) == 4
