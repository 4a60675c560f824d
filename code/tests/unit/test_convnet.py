"""A convolutional network: its gradients by nudges, its trace line by line, its learning."""

import numpy as np
import pytest

from backprop import convnet, convolution, examples, latex, loops
from backprop.functions import relu, sigmoid
from backprop.network import Network


def batch():
    """Return a network of two kernels on three channels, two images and their targets."""
    rng = np.random.default_rng(8)
    net = convnet.ConvNet(
        k=rng.normal(size=(2, 3, 2, 3)),
        b=rng.normal(size=2),
        size=2,
        head=Network(
            [None, rng.normal(size=(4, 8)), rng.normal(size=(2, 4))],
            [None, rng.normal(size=4), rng.normal(size=2)],
            "sigmoid",
        ),
    )
    return net, rng.normal(size=(2, 3, 5, 6)), rng.uniform(size=(2, 2))


def given(kind):
    return examples.convnet()[:3] if kind == "one image" else batch()


def gradients_of(net, x, t):
    return convnet.backward(net, x, convnet.forward(net, x), t)


def slope(E, array, at, nudge=1e-6):
    up, down = array.copy(), array.copy()
    up[at] += nudge
    down[at] -= nudge
    return (E(up) - E(down)) / (2 * nudge)


@pytest.mark.parametrize("kind", ["one image", "two images"])
def test_every_gradient_by_central_differences(kind):
    net, x, t = given(kind)
    found = gradients_of(net, x, t)
    _, dW, db = found.head
    head = net.head

    def with_head(l, name, array):
        layers = list(getattr(head, name))
        layers[l] = array
        weights = {"W": head.W, "b": head.b, name: layers}
        return net._replace(head=Network(**weights, activations="sigmoid"))

    measured = [
        (found.dk, net.k, lambda k: convnet.loss(net._replace(k=k), x, t)),
        (found.db, net.b, lambda b: convnet.loss(net._replace(b=b), x, t)),
        # one image alone moves E by its share of the mean
        (found.dx / len(x), x, lambda x: convnet.loss(net, x, t)),
    ]
    for l in range(1, len(head.W)):
        for name, of_layer in (("W", dW[l]), ("b", db[l])):
            layer = getattr(head, name)[l]
            measured.append(
                (
                    of_layer,
                    layer,
                    lambda array, l=l, name=name: convnet.loss(with_head(l, name, array), x, t),
                )
            )
    for gradient, array, E in measured:
        assert gradient.shape == array.shape
        for at in np.ndindex(array.shape):
            assert gradient[at] == pytest.approx(slope(E, array, at), rel=1e-6, abs=1e-9)


def test_the_example_by_loops_and_hand():
    """The whole pass again with the plain loops, and the head written out."""
    net, x, t, _ = examples.convnet()
    z = loops.conv2d(x, net.k, net.b)
    p, winners = loops.max_pool(relu.f(z), 2)
    W, out = net.head.W[1], sigmoid.f(net.head.W[1] @ p.ravel() + net.head.b[1])
    delta = (out - t[0]) * out * (1 - out)
    dp = (W.T @ delta).reshape(p.shape)
    dz = loops.max_pool_backward(dp, winners, z.shape) * (z > 0)
    dx, dk, db = loops.conv2d_backward(dz, x, net.k)
    found = gradients_of(net, x, t)
    pairs = [
        (found.head[1][1], np.outer(delta, p)),
        (found.head[2][1], delta),
        (found.dp, dp),
        (found.delta, dz),
        (found.dx, dx),
        (found.dk, dk),
        (found.db, db),
    ]
    for ours, by_hand in pairs:
        np.testing.assert_allclose(ours, by_hand, rtol=1e-13, atol=1e-15)


def test_a_batch_is_the_mean_of_its_images():
    net, x, t = batch()
    together = gradients_of(net, x, t)
    each = [gradients_of(net, x[n : n + 1], t[n : n + 1]) for n in range(len(x))]
    for name in ("dk", "db"):
        mean = sum(getattr(one, name) for one in each) / len(each)
        np.testing.assert_allclose(getattr(together, name), mean, rtol=1e-12)
    for name in ("dp", "da", "delta", "dx"):
        stacked = np.concatenate([getattr(one, name) for one in each])
        np.testing.assert_allclose(getattr(together, name), stacked, rtol=1e-12, atol=1e-15)


def test_every_line_of_the_trace_follows_from_those_before():
    net, x, t, learning_rate = examples.convnet()
    trace = convnet.trace_of_convnet(net, x, t, learning_rate)
    known = {}
    for step in trace:
        assert set(step.inputs) <= known.keys()
        if step.expression:
            assert latex.evaluate(step.expression, known) == pytest.approx(step.value, abs=1e-14)
        known[step.name] = step.value


def test_the_trace_has_every_number_of_the_pass():
    net, x, t, learning_rate = examples.convnet()
    trace, found = convnet.trace_of_convnet(net, x, t, learning_rate), gradients_of(net, x, t)
    passed, after = convnet.forward(net, x), convnet.update(net, found, learning_rate)
    arrays = {
        "x": x, "k": net.k, "z": passed.z, "a": passed.a, "p": passed.p, "delta": found.delta,
        "dE_da": found.da, "dE_dp": found.dp, "dE_dk": found.dk, "dE_dx": found.dx,
    }  # fmt: skip
    for name, array in arrays.items():
        for (row, column), value in np.ndenumerate(array[0, 0]):
            assert trace[f"{name}{row + 1}{column + 1}"].value == value
    for (row, column), value in np.ndenumerate(after.k[0, 0]):
        assert trace[f"k{row + 1}{column + 1}_new"].value == pytest.approx(value, abs=1e-15)
    assert trace["b_new"].value == after.b[0]
    assert trace["E"].value == convnet.loss(net, x, t)
    for (k, i), value in np.ndenumerate(after.head.W[1]):
        assert trace[f"w2_{k + 1}_{i + 1}_new"].value == value
    names = set(trace.values)
    without = set(convnet.trace_of_convnet(net, x, t).values)
    assert {name for name in names - without} == {"eta"} | {n for n in names if n.endswith("_new")}


def test_what_is_dead_and_what_is_shared_in_the_example():
    """What the chapter says of its numbers: one window with nothing above 0, two winners over one
    pixel, all gradients of the kernel different."""
    net, x, t, _ = examples.convnet()
    passed, found = convnet.forward(net, x), gradients_of(net, x, t)
    assert (passed.p == 0).sum() == 1 and found.dp[passed.p == 0] != 0
    assert (found.delta != 0).sum() == 3
    reached = convolution.conv2d_backward(
        (found.delta != 0).astype(float), x, np.ones(net.k.shape)
    )[0]
    assert (reached == 2).sum() == 1 and reached.max() == 2
    assert len({*found.dk.round(6).flat, *found.db.round(6)}) == 5
    windows = passed.z[0, 0].reshape(2, 2, 2, 2).swapaxes(1, 2).reshape(4, 4)
    ordered = np.sort(windows)
    assert (ordered[:, 3] - ordered[:, 2] >= 0.5).all()


def test_a_step_lowers_the_error_and_training_ends_near_the_targets():
    net, x, t, learning_rate = examples.convnet()
    before = convnet.loss(net, x, t)
    errors = [before]
    for _ in range(200):
        net = convnet.update(net, gradients_of(net, x, t), learning_rate)
        errors.append(convnet.loss(net, x, t))
    assert (np.diff(errors) < 0).all() and errors[-1] < before / 20


def test_what_a_trace_cannot_follow():
    net, x, t = batch()
    with pytest.raises(ValueError, match="a trace follows one image of one channel"):
        convnet.trace_of_convnet(net, x, t)
    net, x, t, _ = examples.convnet()
    with pytest.raises(ValueError, match="a trace follows one image of one channel"):
        convnet.trace_of_convnet(net, np.repeat(x, 2, axis=0), np.repeat(t, 2, axis=0))
    with pytest.raises(ValueError, match="x has shape .* so it takes"):
        convnet.forward(net, np.ones((1, 1, 7, 7)))
