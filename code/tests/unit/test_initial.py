"""Starting weights: their spread, and what it keeps."""

import numpy as np
import pytest

from backprop import Network, forward
from backprop.initial import drawn, he, xavier


@pytest.mark.parametrize(
    ("start", "variances"),
    [(xavier, (2 / 700, 2 / 500)), (he, (2 / 300, 2 / 400))],
)
def test_the_variance_of_each_layer_is_that_of_the_paper(start, variances):
    W, b = start((300, 400, 100), seed=0)
    assert W[0] is None and b[0] is None
    assert [w.shape for w in W[1:]] == [(400, 300), (100, 400)]
    for l in (1, 2):
        assert W[l].var() == pytest.approx(variances[l - 1], rel=0.03)  # of 40,000 draws: 0.7 %
        assert abs(W[l].mean()) < 0.02 * W[l].std()
        assert b[l].shape == W[l].shape[:1] and not b[l].any()


def test_one_seed_gives_one_draw():
    sizes = (6, 5, 4)
    once, again, other = xavier(sizes, 1)[0], xavier(sizes, 1)[0], xavier(sizes, 2)[0]
    assert all((once[l] == again[l]).all() and (once[l] != other[l]).all() for l in (1, 2))
    assert not np.array_equal(once[1][:4, :5], once[2])


def test_xavier_and_he_are_one_draw_at_two_scales():
    box = (8, 8, 8)
    for l in (1, 2):
        np.testing.assert_allclose(he(box, 3)[0][l], 2**0.5 * xavier(box, 3)[0][l], rtol=1e-14)


def test_sizes_that_are_none_and_spreads_below_zero_are_refused():
    with pytest.raises(ValueError, match="two or more layers"):
        xavier((3,), 0)
    with pytest.raises(ValueError, match="at least one unit"):
        he((3, 0, 1), 0)
    with pytest.raises(ValueError):
        drawn((2, 2), lambda n_in, n_out: -1, 0)


def test_relu_layers_keep_their_size_with_he_and_halve_its_square_with_xavier():
    """The mean of a² over 10 layers of 100 units, by the law that both papers use."""
    x = np.random.default_rng(0).normal(size=(50, 100))
    for start, factor in ((he, 1), (xavier, 1 / 2)):
        _, a = forward(Network(*start([100] * 11, 1), "relu"), x)
        squares = [(layer**2).mean() for layer in a]
        assert (squares[10] / squares[0]) ** (1 / 10) == pytest.approx(factor, rel=0.1)
