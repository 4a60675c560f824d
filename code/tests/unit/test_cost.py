"""What a gradient costs: counted while it is computed, and by a formula; both must say the same."""

import numpy as np
import pytest

from backprop import Network, backward, cost, examples, forward, loss
from backprop.network import by_name

SIZES = [(1, 1), (3, 2), (2, 2, 2), (2, 5, 3), (3, 4, 2, 1), (1, 3, 3, 3, 2)]


def problem(sizes, activation="sigmoid"):
    rng = np.random.default_rng(7)
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    net = Network(
        W=[None, *(rng.normal(size=shape) for shape in shapes)],
        b=[None, *(rng.normal(size=units) for units, _ in shapes)],
        activations=activation,
    )
    return net, rng.normal(size=sizes[0]), rng.uniform(size=sizes[-1])


def counted_in(work):
    """Return what work() gives, and how many multiplications were counted meanwhile."""
    before = cost.Counted.multiplications
    return work(), cost.Counted.multiplications - before


@pytest.mark.parametrize("kind", [int, float, np.int64, np.float64, cost.Counted])
def test_a_counted_number_counts_its_products_and_nothing_else(kind):
    three, two = cost.Counted(3), kind(2)
    for free, value in (
        (lambda: three + two, 5),
        (lambda: two + three, 5),
        (lambda: three - two, 1),
        (lambda: two - three, -1),
        (lambda: three / two, 1.5),
        (lambda: two / three, 2 / 3),
        (lambda: -three, -3),
    ):
        result, products = counted_in(free)
        assert (type(result), result, products) == (cost.Counted, value, 0)
    assert two < three and three > two and three != two and not three <= two
    for product in (lambda: three * two, lambda: two * three):
        result, products = counted_in(product)
        assert (type(result), result, products) == (cost.Counted, 6, 1)


def test_a_power_is_a_product_of_as_many():
    for power in (2, 3, 4):
        result, products = counted_in(lambda power=power: cost.Counted(3) ** power)
        assert result == 3**power and products == power - 1


def test_an_array_counts_each_of_its_products():
    floats, three = np.array([1.0, 2.0]), cost.Counted(3)
    for product in (lambda: floats * three, lambda: three * floats):
        result, products = counted_in(product)
        assert result.astype(float).tolist() == [3, 6] and products == 2
    counting = np.array([[three] * 2] * 4)
    result, products = counted_in(lambda: counting @ floats)
    assert result.astype(float).tolist() == [9] * 4 and products == 8
    assert counted_in(lambda: floats + three)[1] == counted_in(lambda: three - floats)[1] == 0


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("method", cost.METHODS)
def test_the_count_of_a_run_is_that_of_the_formula(sizes, method):
    counted = cost.count(cost.METHODS[method], *problem(sizes))
    assert counted.multiplications == cost.by_formula(sizes)[method]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("method", cost.METHODS)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "identity"])
def test_every_method_finds_the_gradient(sizes, method, activation):
    net, x, t = problem(sizes, activation)
    _, dW, db = backward(net, *forward(net, x), t)
    measured = method == "central differences"  # errs by H² and by the rounding of E over H
    right = pytest.approx(by_name(net, dW, db), rel=1e-12, abs=1e-7 if measured else 1e-14)
    assert cost.METHODS[method](net, x, t) == right
    assert cost.count(cost.METHODS[method], net, x, t).result == right


def test_counting_changes_no_number_of_the_network():
    net, x, t, _ = examples.two_two_two()
    assert cost.count(loss, net, x, t).result == loss(net, x, t)
    assert cost.count(loss, net, x, t).multiplications == 8 + 2  # weights, squares
    assert type(net.W[1][0, 0]) is np.float64 and type(x[0]) is np.float64


def test_what_cannot_be_counted_says_why():
    net, x, t, _ = examples.two_two_two()
    with pytest.raises(ValueError, match=r"for one example; x has shape \(1, 2\)"):
        cost.count(cost.reverse, net, x[None], t[None])
    shares, x, _ = problem((2, 3), "softmax")
    for method in (cost.forward_mode, cost.path_by_path):
        with pytest.raises(ValueError, match="without softmax .* this one has softmax"):
            method(shares, x, np.array([1.0, 0, 0]))
    wide, x, t = problem((1, 1, 101, 100))
    with pytest.raises(ValueError, match="10,100 paths lead from a weight of the first layer"):
        cost.path_by_path(wide, x, t)
