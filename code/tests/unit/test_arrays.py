"""Arrays that differentiate, held against PyTorch and JAX, the complex step and `backward`."""

import inspect
import json
import re
import sys
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace

import numpy as np
import pytest

from arrays_by_frameworks import cases, given
from backprop import arrays, backward, examples, forward, loss
from backprop.arrays import Array, operation, summed_to
from backprop.autodiff import Value

RECORDED = json.loads(Path(__file__).with_name("arrays_by_frameworks.json").read_text("utf-8"))
OPERATIONS = {name: f for name, f in vars(arrays).items() if hasattr(f, "rule")}
OURS = SimpleNamespace(
    exp=Array.exp, log=Array.log, tanh=Array.tanh, sigmoid=Array.sigmoid, relu=Array.relu,
    sum=lambda a, axis, keepdims: a.sum(axis=axis, keepdims=keepdims),
    max=lambda a, axis, keepdims: a.max(axis=axis, keepdims=keepdims),
    whole=np.array, log_sum_exp=arrays.log_sum_exp, cross_entropy=arrays.softmax_cross_entropy,
)  # fmt: skip
CASES = cases() | given()


def test_every_operation_is_compared_with_the_frameworks():
    made = set()
    for name, (f, _) in CASES.items():
        made |= {array.op for array in _run(f, RECORDED["cases"][name])[0].graph()}
    assert made - {""} == {*OPERATIONS}
    assert RECORDED["cases"].keys() == CASES.keys()


def _run(f, case):
    given = [Array(array) for array in case["arrays"]]
    return f(OURS, *given), given


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("framework", RECORDED["versions"])
def test_results_and_gradients_are_those_of_the_frameworks(framework, name):
    case = RECORDED["cases"][name]
    y, given = _run(CASES[name][0], case)
    y.backward(case["g"])
    _equal(y.data, case[framework]["y"])
    for array, grad in zip(given, case[framework]["grads"], strict=True):
        _equal(array.grad, grad)


def _equal(ours, theirs):
    assert np.shape(ours) == np.shape(theirs)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


SETTINGS = {  # of the operations that have some
    "sum": [{}, {"axis": 0}, {"axis": (0, -1), "keepdims": True}],
    "max": [{}, {"axis": 1}, {"axis": -1, "keepdims": True}],
    "power": [{"n": 3.0}, {"n": -0.5}, {"n": 1.0}, {"n": 0.0}],
    "getitem": [{"key": ([0, 2, 0],)}, {"key": (slice(1, None), 0)}, {"key": ([1, 1], [2, 2])}],
    "reshape": [{"shape": (2, 6)}, {"shape": (-1,)}],
}
NOT_COMPLEX = {"max", "relu"}  # they ask which number is larger


def _trials():
    for name, f in OPERATIONS.items():
        of_rule = inspect.signature(f.rule).parameters.values()
        count = [parameter.kind for parameter in of_rule].count(
            inspect.Parameter.POSITIONAL_OR_KEYWORD
        )
        for settings in SETTINGS.get(name, [{}]):
            yield pytest.param(f.rule, count, settings, id=f"{name} {settings}")


@pytest.mark.parametrize(("rule", "count", "settings"), list(_trials()))
def test_a_vjp_is_the_slope_by_differences_and_by_complex_step(rule, count, settings):
    rng = np.random.default_rng(1)
    given = [rng.uniform(0.5, 2, (4, 3)) for _ in range(count)]
    if rule is arrays.matmul.rule:
        given[1] = given[1].T.copy()
    y, *vjps = rule(*given, **settings)
    g = rng.normal(size=np.shape(y))
    for k, vjp in enumerate(vjps):
        handed = vjp(g)
        assert handed.shape == given[k].shape
        for place in np.ndindex(given[k].shape):

            def at(nudge, k=k, place=place):
                moved = [a.astype(type(nudge)) for a in given]
                moved[k][place] += nudge
                return (g * rule(*moved, **settings)[0]).sum()

            assert handed[place] == pytest.approx((at(1e-6) - at(-1e-6)) / 2e-6, rel=1e-7, abs=1e-8)
            if rule.__name__ not in NOT_COMPLEX:
                slope = at(1e-30j).imag / 1e-30
                assert handed[place] == pytest.approx(slope, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("name", ["exp", "log", "tanh", "sigmoid", "relu"])
def test_a_single_number_has_the_slope_that_autodiff_finds(name):
    for number in (0.3, 2.0, 30.0):
        array, value = Array(number), Value(number)
        getattr(array, name)().backward()
        getattr(value, name)().backward()
        assert array.grad == pytest.approx(value.grad, rel=1e-15, abs=1e-300)


# ---- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "to"),
    [
        ((), (4, 3)), ((3,), (4, 3)), ((4, 1), (4, 3)), ((1, 1), (4, 3)), ((1, 3), (2, 4, 3)),
        ((4, 3), (4, 3)),
    ],
)  # fmt: skip
def test_what_was_repeated_is_summed(shape, to):
    """⟨repeat(a), g⟩ = ⟨a, summed(g)⟩: the one is the other's transpose."""
    rng = np.random.default_rng(2)
    a, g = rng.normal(size=shape), rng.normal(size=to)
    assert summed_to(g, shape).shape == shape
    assert (np.broadcast_to(a, to) * g).sum() == pytest.approx((a * summed_to(g, shape)).sum())


@pytest.mark.parametrize(
    ("shape", "to"), [((4,), (3,)), ((2, 3), (3,)), ((3,), (4, 2)), ((3,), (1,))]
)
def test_what_nothing_was_repeated_to_is_refused(shape, to):
    with pytest.raises(ValueError, match=re.escape(f"{to} was handed back to an array of")):
        summed_to(np.ones(to), shape)


def test_a_constant_gets_nothing_and_stays_as_it_is():
    x, w = np.arange(6.0).reshape(2, 3), Array(np.ones((3, 2)))
    kept = x.copy()
    for y in (x @ w, (x.T + w) * 2, 1 - w, 3 / w, w / [1, 2], np.float64(2) * w):
        assert isinstance(y, Array)
        y.backward(np.ones(y.shape))
        assert w in y.graph() and all(a.made_from or a is w for a in y.graph())
    assert (x == kept).all() and x.flags.writeable
    assert arrays.exp([0.0, 0.0]).made_from == ()


def test_nothing_passed_in_is_changed():
    numbers, g = np.ones(3), np.ones(3)
    a = Array(numbers)
    y = a.reshape(3) + a
    y.backward(g)
    a.grad += 1
    assert (numbers == 1).all() and (g == 1).all() and (y.grad == 1).all()
    numbers[0] = 7
    assert (a.data == 1).all()
    with pytest.raises(ValueError, match="read-only"):
        a.data -= 1
    with pytest.raises(ValueError, match="read-only"):
        y.data[0] = 1


def test_both_parts_of_a_sum_keep_gradients_of_their_own():
    a, b = Array([1.0, 2.0]), Array([3.0, 4.0])
    squares = a * a
    (squares.sum() + (a + b).sum()).backward()
    assert a.grad.tolist() == [3, 5] and b.grad.tolist() == [1, 1]


def test_equally_large_entries_share_what_arrives():
    a = Array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])
    a.max(axis=1).sum().backward()
    assert a.grad.tolist() == [[0, 0.5, 0.5], [1 / 3, 1 / 3, 1 / 3]]


def test_a_row_used_twice_gets_both_and_one_not_used_gets_nothing():
    table = Array(np.zeros((3, 2)))
    table[[2, 0, 2]].backward([[1, 10], [2, 20], [3, 30]])
    assert table.grad.tolist() == [[2, 20], [0, 0], [4, 40]]


def test_sigmoid_and_relu_far_out():
    z = Array([-10_000.0, -709.5, 0.0, 709.5, 10_000.0])
    z.sigmoid().sum().backward()
    assert np.isfinite(z.grad).all() and z.grad[2] == 0.25
    z = Array([-1.0, 0.0, 2.0])
    z.relu().sum().backward()
    assert z.grad.tolist() == [0, 0, 1]


@pytest.mark.parametrize("z", [[1000.0, 0.0], [-1000.0, 0.0], [1e300, -1e300]])
def test_softmax_cross_entropy_is_finite_far_out(z):
    array = Array(z)
    E = arrays.softmax_cross_entropy(array, [0.0, 1.0])
    E.backward()
    share = float(z[0] > z[1])
    assert E.data == z[0] - z[1] if share else E.data == 0
    assert array.grad.tolist() == [share, -share]


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["2", None, 1j, [[1, 2], [3]], [None], {"a": 1}, object()])
def test_what_are_no_numbers_says_so(wrong):
    for make in (lambda: Array(wrong), lambda: Array([1.0]) + wrong):
        with pytest.raises(TypeError, match="expected an array of real numbers, and got"):
            make()


A = Array(np.arange(6.0).reshape(3, 2))
REFUSED = {
    "add of (3, 2) and (3,): operands could not be broadcast": (ValueError, lambda: A + [1, 2, 3]),
    "matmul of (3, 2) and (3, 2)": (ValueError, lambda: A @ A),
    "getitem of (3, 2): index 5 is out of bounds": (IndexError, lambda: A[[5]]),
    "sum of (3, 2): axis 2 is out of bounds": (ValueError, lambda: A.sum(axis=2)),
    "log of (3, 2): divide by zero": (FloatingPointError, lambda: A.log()),
    "divide of () and (3, 2): divide by zero": (FloatingPointError, lambda: 1 / A),
    "exp of (3, 2): overflow": (FloatingPointError, lambda: (A * 1000).exp()),
    "power of (): invalid value": (FloatingPointError, lambda: Array(-1.0) ** 0.5),
    "the way back of power of (): divide by zero": (
        FloatingPointError, lambda: (Array(0.0) ** 0.5).backward(),
    ),
    "an exponent is a number here, and not Array([[0": (TypeError, lambda: A**A),
    "has the shape (3, 2): sum it first": (ValueError, lambda: A.backward()),
    "g should have the shape (3, 2), and has (2,)": (ValueError, lambda: A.backward([1, 2])),
    "halved took 1 arrays, and gave 0 vjps": (TypeError, lambda: _one(lambda a: (a / 2,))),
    "halved should return its result and its vjps as a tuple, and returned ndarray": (
        TypeError, lambda: _one(lambda a: a[:2]),  # two rows: a result and a vjp, if unpacked
    ),
    "halved should return its result and its vjps as a tuple, and returned NoneType": (
        TypeError, lambda: _one(lambda a: None),
    ),
    "the way back of halved of (3, 2): (2,) was handed back to an array of the shape (3, 2)": (
        ValueError, lambda: _one(lambda a: (a / 2, lambda g: g[0])),
    ),
}  # fmt: skip


def _one(rule):
    rule.__name__ = "halved"
    operation(rule)(A).sum().backward()


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_refused_says_what_was_expected_and_what_came(said):
    error, make = REFUSED[said]
    with pytest.raises(error, match=re.escape(said)):
        make()


def test_the_softplus_of_the_module_holds_far_out():
    lines = arrays.__doc__.split("::\n\n")[1].split("\n\nNo rule")[0]
    namespace = {"operation": operation, "np": np}
    exec(dedent(lines), namespace)
    a = Array([-1000.0, -710.0, -1.0, 0.0, 1.0, 1000.0])
    namespace["softplus"](a).sum().backward()
    wanted = Array(a.data).sigmoid().data
    np.testing.assert_allclose(a.grad, wanted, rtol=1e-14, atol=1e-300)


def test_an_operation_of_a_readers_own():
    @operation
    def cumsum(a):
        """The sums so far."""
        return np.cumsum(a), lambda g: np.cumsum(g[::-1])[::-1]

    a = Array([1.0, 2.0, 3.0])
    y = cumsum(a)
    y.backward([1, 10, 100])
    assert (y.op, cumsum.__doc__) == ("cumsum", "The sums so far.")
    assert a.grad.tolist() == [111, 110, 100]


# ---- the walk back -------------------------------------------------------------------------------


def test_a_second_walk_back_adds_the_same_amounts_again():
    w = Array([3.0, 1.0])
    E = (w * w).sum()
    E.backward()
    E.backward()
    assert w.grad.tolist() == [12, 4] and E.grad == 2


def test_as_many_paths_and_as_long_a_chain_as_you_like():
    x = y = Array([1.0])
    for _ in range(1000):
        y = y + y
    y.backward()
    assert x.grad == 2.0**1000
    many = 2 * sys.getrecursionlimit()
    x = y = Array([1.0])
    for _ in range(many):
        y = y + x
    y.backward()
    assert x.grad == many + 1 and len(y.graph()) == many + 1


def test_an_array_shows_its_numbers():
    assert repr(Array([[1, 2]]) / 2) == "Array([[0.5, 1. ]])"
    assert len(Array([[1, 2]])) == 1 and [row.data.tolist() for row in A][2] == [4, 5]


# ---- a network -----------------------------------------------------------------------------------


def test_the_batch_of_four_has_the_gradients_of_backward():
    net, X, T, _ = examples.two_three_two()
    W1, b1, W2, b2 = weights = [Array(a) for a in (net.W[1], net.b[1], net.W[2], net.b[2])]
    recorded = RECORDED["cases"]["2-3-2"]["arrays"]
    for array, numbers in zip([X, T, *(w.data for w in weights)], recorded, strict=True):
        assert np.array_equal(array, numbers)
    Z1 = X @ W1.T + b1
    A1 = Z1.sigmoid()
    Z2 = A1 @ W2.T + b2
    E = ((Z2.sigmoid() - T) ** 2).sum() / 2 / len(X)
    E.backward()
    delta, dW, db = backward(net, *forward(net, X), T)
    assert E.data == pytest.approx(loss(net, X, T), rel=1e-15)
    found = [W1.grad, b1.grad, W2.grad, b2.grad, 4 * Z1.grad, 4 * Z2.grad]
    for ours, theirs in zip(found, [dW[1], db[1], dW[2], db[2], *delta[1:]], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-15)
