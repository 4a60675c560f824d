"""Random networks for the tests, drawn by hypothesis."""

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from backprop import Network, forward
from backprop.functions import ACTIVATIONS, LOSSES

KINK = 1e-3  # ReLU has no derivative at 0; a central difference looks 6e-6 to either side


@st.composite
def problems(draw, *, examples=None, layers=3, units=3):
    """Draw (net, x, t): any activations in any layer, any loss that goes with the last one.

    examples: 0 for one example, a number for a batch of that size, None for either. The numbers
    come from a generator with a drawn seed: ordinary ones, nowhere near a kink of ReLU.
    """
    sizes = draw(st.lists(st.integers(1, units), min_size=2, max_size=layers + 1))
    loss = draw(st.sampled_from(list(LOSSES.values())))
    activations = [None, *(draw(st.sampled_from(list(ACTIVATIONS))) for _ in sizes[1:])]
    if loss.partner:
        activations[-1] = loss.partner
    if examples is None:
        examples = draw(st.sampled_from([0, 1, 3]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    net = Network(
        W=[None] + [rng.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:], strict=False)],
        b=[None] + [rng.normal(size=n) for n in sizes[1:]],
        activations=activations,
        loss=loss,
    )
    x = rng.normal(size=(examples, sizes[0]) if examples else sizes[0])
    t = target(rng, net, examples)
    z, _ = forward(net, x)
    for z_l, f in zip(z[1:], net.activations[1:], strict=True):
        assume(f.name != "relu" or (abs(z_l) > KINK).all())
    return net, x, t


def target(rng, net, examples):
    """Return a random target of one example (examples = 0) or of a batch, as the loss takes it."""
    shape = (examples, net.sizes[-1]) if examples else net.sizes[-1:]
    if net.loss.targets == "distribution":
        shares = rng.random(shape) + 0.1
        return shares / shares.sum(axis=-1, keepdims=True)
    return rng.random(shape)
