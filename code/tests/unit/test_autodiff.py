"""Numbers that differentiate, held against SymPy, differences, HIPS autograd and `backward`."""

import math
import sys
from operator import methodcaller
from types import SimpleNamespace

import autograd
import autograd.numpy as autograd_numpy
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from backprop import Network, backward, check, examples, forward, loss
from backprop.autodiff import Dual, Value
from backprop.functions import relu, sigmoid

KINDS = [Value, Dual]


def slopes_backward(f, *numbers):
    """Return f and its slope by each number: one run, and one walk back."""
    inputs = [Value(number) for number in numbers]
    result = f(*inputs)
    result.backward()
    return result.data, [value.grad for value in inputs]


def slopes_forward(f, *numbers):
    """Return f and its slope by each number: a run for each."""
    runs = [
        f(*(Dual(number, 1.0 if n == k else 0.0) for n, number in enumerate(numbers)))
        for k in range(len(numbers))
    ]
    return runs[0].data, [run.slope for run in runs]


MODES = {"backward": slopes_backward, "forward": slopes_forward}


@pytest.fixture(params=MODES)
def slopes(request):
    return MODES[request.param]


# ---- one operation -----------------------------------------------------------------------------

x, y = sympy.symbols("x y", real=True)
ONE = {  # what is done to a number: (as Python writes it, as SymPy does, where)
    "x + 2": (lambda x: x + 2, x + 2, [-1.5, 0.0, 3.0]),
    "2 + x": (lambda x: 2 + x, 2 + x, [-1.5, 0.0, 3.0]),
    "x - 2": (lambda x: x - 2, x - 2, [-1.5, 0.0, 3.0]),
    "2 - x": (lambda x: 2 - x, 2 - x, [-1.5, 0.0, 3.0]),
    "x * 2": (lambda x: x * 3, x * 3, [-1.5, 0.0, 3.0]),
    "2 * x": (lambda x: 3 * x, 3 * x, [-1.5, 0.0, 3.0]),
    "x / 4": (lambda x: x / 4, x / 4, [-1.5, 0.0, 3.0]),
    "4 / x": (lambda x: 4 / x, 4 / x, [-1.5, 3.0]),
    "-x": (lambda x: -x, -x, [-1.5, 0.0, 3.0]),
    "x ** 0": (lambda x: x**0, x**0, [-1.5, 0.0, 3.0]),
    "x ** 1": (lambda x: x**1, x, [-1.5, 0.0, 3.0]),
    "x ** 2": (lambda x: x**2, x**2, [-1.5, 0.0, 3.0]),
    "x ** 5": (lambda x: x**5, x**5, [-1.5, 0.0, 3.0]),
    "x ** -1": (lambda x: x**-1, 1 / x, [-1.5, 3.0]),
    "x ** -3": (lambda x: x**-3, x**-3, [-1.5, 3.0]),
    "x ** 0.5": (lambda x: x**0.5, sympy.sqrt(x), [0.25, 3.0]),
    "x ** 1.5": (lambda x: x**1.5, x ** sympy.Rational(3, 2), [0.25, 3.0]),
    "exp": (lambda x: x.exp(), sympy.exp(x), [-20.0, 0.0, 3.0]),
    "log": (lambda x: x.log(), sympy.log(x), [0.01, 1.0, 30.0]),
    "tanh": (lambda x: x.tanh(), sympy.tanh(x), [-3.0, 0.0, 0.4]),
    "sigmoid": (lambda x: x.sigmoid(), 1 / (1 + sympy.exp(-x)), [-20.0, 0.0, 3.0]),
    "relu": (lambda x: x.relu(), sympy.Max(x, 0), [-1.5, 3.0]),
}
TWO = {
    "+": (lambda x, y: x + y, x + y),
    "-": (lambda x, y: x - y, x - y),
    "*": (lambda x, y: x * y, x * y),
    "/": (lambda x, y: x / y, x / y),
}


@pytest.mark.parametrize("operation", ONE)
def test_an_operation_on_one_number_agrees_with_sympy(slopes, operation):
    f, formula, points = ONE[operation]
    for point in points:
        value, (slope,) = slopes(f, point)
        expected = [float(g.evalf(30, subs={x: point})) for g in (formula, formula.diff(x))]
        # tanh at −3 loses two digits in 1 − y²
        assert [value, slope] == pytest.approx(expected, rel=1e-14, abs=0), point


@pytest.mark.parametrize("operation", TWO)
@pytest.mark.parametrize("point", [(3.0, -1.5), (-0.2, 7.0), (0.0, 2.0), (3e-200, 2e-200)])
def test_an_operation_on_two_numbers_agrees_with_sympy(slopes, operation, point):
    f, formula = TWO[operation]
    at = dict(zip((x, y), point, strict=True))
    value, found = slopes(f, *point)
    expected = [float(g.evalf(30, subs=at)) for g in (formula, formula.diff(x), formula.diff(y))]
    assert [value, *found] == pytest.approx(expected, rel=1e-15, abs=0)


def test_relu_is_flat_at_zero(slopes):
    assert slopes(Value.relu if slopes is slopes_backward else Dual.relu, 0.0) == (0.0, [0.0])


@pytest.mark.parametrize("z", [-10_000.0, -709.5, -40.0, 0.0, 40.0, 709.5, 10_000.0])
def test_sigmoid_and_relu_are_those_of_the_networks_far_out(slopes, z):
    a = sigmoid.f(np.array([z]))
    value, (slope,) = slopes(lambda z: z.sigmoid(), z)
    # math's exp and NumPy's may differ in the last digit
    assert (value, slope) == pytest.approx((a[0], sigmoid.df(z, a)[0]), rel=1e-14, abs=0)
    assert slopes(lambda z: z.relu(), z) == (relu.f(z), [relu.df(z, None)])


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_of_numpy_and_arrays_may_stand_beside(kind):
    three = kind(3.0)
    for number in (np.float64(2), np.int64(2), 2, 2.0, True + 1):
        for result in (number * three, three * number, three**number - 3):
            assert type(result) is kind and result.data == 6
        assert (number - three).data == -1 and (three / number).data == 1.5
        assert type((three**number).data) is float
    column = np.array([kind(3.0), kind(4.0)])
    dot = np.array([2.0, 10.0]) @ column
    assert type(dot) is kind and dot.data == 46
    assert [a.data for a in np.exp(column)] == [math.exp(3), math.exp(4)]


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_no_slope_says_so(kind):
    two, zero, minus = kind(2.0), kind(0.0), kind(-1.0)
    for wrong in ("2", None, 1j, [2.0], np.array([1.0, 2.0])):
        for operation in (lambda wrong=wrong: kind(wrong), lambda wrong=wrong: two + wrong):
            with pytest.raises(TypeError, match="expected a real number, and got"):
                operation()
    with pytest.raises(TypeError, match=r"an exponent is a number here, and not \w+\(data=2"):
        two**two
    with pytest.raises(TypeError, match="unsupported operand"):
        2**two
    with pytest.raises(ValueError, match="log takes a number above 0, and got 0"):
        zero.log()
    for power, shown in ((-1, "-1"), (0.5, "0.5")):
        with pytest.raises(ValueError, match=rf"\(0\) \*\* {shown} has no slope"):
            zero**power
    with pytest.raises(ValueError, match=r"\(-1\) \*\* 0.5 has no slope"):
        minus**0.5
    with pytest.raises(ZeroDivisionError):
        two / zero
    with pytest.raises(OverflowError):
        kind(1000.0).exp()
    with pytest.raises(OverflowError):
        kind(1e200) ** np.float64(2)


def test_what_is_no_number_stays_none(slopes):
    for f in ("relu", "sigmoid", "tanh", "exp", "log"):
        assert math.isnan(slopes(methodcaller(f), math.nan)[0]), f


def test_a_value_shows_its_number_and_its_gradient():
    a = Value(1) / 3
    a.backward()
    assert repr(a) == "Value(data=0.333333333333, grad=1)"
    assert repr(Dual(0.5, 2)) == "Dual(data=0.5, slope=2)"


# ---- many operations ---------------------------------------------------------------------------

# What a random program may do with two numbers, written with the functions of Value and Dual and
# with those of autograd's NumPy. Each stays small, and has a slope everywhere.
STEPS = {
    "sum": lambda a, b, m: 0.5 * a + b,
    "difference": lambda a, b, m: 1 - a - b,
    "product": lambda a, b, m: a * b * 0.7,
    "quotient": lambda a, b, m: a / (1 + b * b),
    "power": lambda a, b, m: -((2 + m.tanh(a)) ** -1.5) * b,
    "exp": lambda a, b, m: m.exp(-(a**2)) + b,
    "log": lambda a, b, m: m.log(1 + a**2 + b**2),
    "sigmoid": lambda a, b, m: m.sigmoid(a - b),
}
OURS = SimpleNamespace(**{name: methodcaller(name) for name in ("tanh", "exp", "log", "sigmoid")})
THEIRS = SimpleNamespace(
    tanh=autograd_numpy.tanh,
    exp=autograd_numpy.exp,
    log=autograd_numpy.log,
    sigmoid=lambda z: 1 / (1 + autograd_numpy.exp(-z)),
)
PROGRAM = st.lists(
    st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 99), st.integers(0, 99)),
    min_size=1,
    max_size=25,
)
NUMBERS = st.lists(st.floats(-2, 2), min_size=1, max_size=4)


def run(program, numbers, functions):
    """Run a program: each step takes two of the numbers so far, often the same one."""
    so_far = list(numbers)
    for name, first, second in program:
        a, b = so_far[first % len(so_far)], so_far[-1 - second % len(so_far)]
        so_far.append(STEPS[name](a, b, functions))
    return so_far[-1]


@given(PROGRAM, NUMBERS)
def test_any_program_agrees_with_autograd_in_both_modes(program, numbers):
    def theirs(xs):
        return run(program, [xs[k] for k in range(len(numbers))], THEIRS)

    expected = autograd.grad(theirs)(np.array(numbers))
    scale = max(1.0, abs(expected).max())
    for slopes in MODES.values():
        value, found = slopes(lambda *xs: run(program, xs, OURS), *numbers)
        assert value == pytest.approx(theirs(np.array(numbers)), rel=1e-12, abs=1e-12)
        # terms that cancel leave the rounding of the largest
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12 * scale)


@given(PROGRAM, NUMBERS)
def test_any_program_agrees_with_central_differences(program, numbers):
    _, found = slopes_backward(lambda *xs: run(program, xs, OURS), *numbers)
    for k, slope in enumerate(found):

        def at(number, k=k):
            return run(program, [*numbers[:k], number, *numbers[k + 1 :]], THEIRS)

        measured = (at(numbers[k] + check.H) - at(numbers[k] - check.H)) / (2 * check.H)
        assert slope == pytest.approx(measured, rel=1e-5, abs=1e-5)


# ---- ways that meet ----------------------------------------------------------------------------


def test_a_number_that_is_used_twice_gets_both_slopes(slopes):
    assert slopes(lambda x: x * x, 3.0) == (9.0, [6.0])
    assert slopes(lambda x: x + x, 3.0) == (6.0, [2.0])
    assert slopes(lambda x: x - x, 3.0) == (0.0, [0.0])
    assert slopes(lambda x: x / x, 3.0) == (1.0, [0.0])


def test_a_value_hands_on_once_and_after_all_has_arrived(slopes):
    def diamond(x):
        a = x * x
        b = a + 1
        return a * b

    assert slopes(diamond, 2.0) == (20.0, [4 * 2**3 + 2 * 2])  # of x⁴ + x²


def test_a_value_made_early_may_be_used_late():
    x = Value(2.0)
    early = x * 3
    chain = x
    for _ in range(10):
        chain = chain + x
    (chain * early + early).backward()  # 11x · 3x + 3x
    assert x.grad == 66 * 2 + 3 and early.grad == 22 + 1 and chain.grad == 6


def test_as_many_paths_as_you_like_cost_no_time():
    x = y = Value(1.0)
    for _ in range(1000):
        y = y + y
    y.backward()
    assert x.grad == 2.0**1000  # as many paths, and a thousand values


def test_going_back_stays_in_the_graph_of_the_result():
    a, b = Value(2.0), Value(3.0)
    part, other = a * b, a + b
    whole = part + other
    part.backward()
    assert (a.grad, b.grad, part.grad, other.grad, whole.grad) == (3, 2, 1, 0, 0)


@pytest.mark.parametrize("many", [1, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_long_chain_and_a_wide_sum_need_no_deep_stack(many):
    assert many < 10 or many > 10 * sys.getrecursionlimit()
    x = Value(0.5)
    chain = x
    for _ in range(many):
        chain = chain + 1
    chain.backward()
    assert (chain.data, x.grad, len(chain.graph())) == (0.5 + many, 1.0, 2 * many + 1)
    leaves = [Value(k) for k in range(many)]
    total = sum(leaves)
    total.backward()
    assert total.data == many * (many - 1) / 2 and all(leaf.grad == 1 for leaf in leaves)


def test_the_graph_is_in_an_order_in_which_parts_come_first():
    x = Value(2.0)
    values = (x.exp() * x + 3 / x).graph()
    place = {value: n for n, value in enumerate(values)}
    assert len(values) == 6 and values[-1].op == "+"
    for value in values:
        assert all(place[part] < place[value] for part, _ in value.made_from)


# ---- twice -------------------------------------------------------------------------------------


def test_a_second_walk_back_adds_the_same_amounts_again():
    w, x = Value(3.0), Value(2.0)
    product = w * x
    E = product * product
    E.backward()
    once = [value.grad for value in E.graph()]
    assert [w.grad, x.grad, product.grad, E.grad] == [24, 36, 12, 1]
    E.backward()
    assert [value.grad for value in E.graph()] == [2 * grad for grad in once]


def test_gradients_of_two_results_add_up_until_they_are_set_to_zero():
    w = Value(3.0)
    for example, total in ((2.0, 2.0), (5.0, 7.0)):
        (w * example).backward()
        assert w.grad == total
    w.grad = 0.0
    (w * 5.0).backward()
    assert w.grad == 5.0


def test_another_number_put_in_later_changes_no_slope():
    w, x = Value(3.0), Value(2.0)
    E = w * x
    w.data, x.data = 100.0, 100.0
    E.backward()
    assert (E.data, w.grad, x.grad) == (6.0, 2.0, 3.0)


# ---- a network ---------------------------------------------------------------------------------


def error_of(net, W, b, x, t):
    """Return E of numbers of any kind: a loop over every unit and every weight."""
    a = list(x)
    for l in range(1, len(net.W)):
        outputs = []
        for row, bias in zip(W[l], b[l], strict=True):
            z = bias
            for w, a_i in zip(row, a, strict=True):
                z = z + w * a_i
            name = net.activations[l].name
            outputs.append(z if name == "identity" else getattr(z, name)())
        a = outputs
    return sum(((a_k - t_k) ** 2 / 2 for a_k, t_k in zip(a, t, strict=True)), start=0)


def layers(kind, arrays):
    return [None] + [np.frompyfunc(lambda w: kind(float(w)), 1, 1)(array) for array in arrays[1:]]


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "identity"])
@pytest.mark.parametrize("sizes", [(1, 1), (2, 2, 2), (3, 4, 2, 1)])
def test_every_gradient_of_a_network_is_that_of_backward(sizes, activation):
    rng = np.random.default_rng(3)
    W = [None] + [rng.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:], strict=False)]
    b = [None] + [rng.normal(size=n) for n in sizes[1:]]
    net = Network(W, b, activation)
    inputs, t = rng.normal(size=sizes[0]), rng.uniform(size=sizes[-1])
    _check_network(net, inputs, t)


def test_the_twelve_gradients_of_the_worked_example_are_those_of_backward():
    net, inputs, t, _ = examples.two_two_two()
    _check_network(net, inputs, t)


def _check_network(net, inputs, t):
    _, dW, db = backward(net, *forward(net, inputs), t)
    W, b = layers(Value, net.W), layers(Value, net.b)
    E = error_of(net, W, b, inputs, t)
    E.backward()
    assert E.data == pytest.approx(loss(net, inputs, t), rel=1e-14)
    for l in range(1, len(net.W)):
        for values, gradients in ((W[l], dW[l]), (b[l], db[l])):
            found = [value.grad for value in values.flat]
            # sums in another order
            np.testing.assert_allclose(found, gradients.ravel(), rtol=1e-12, atol=1e-15)
    W, b = layers(Dual, net.W), layers(Dual, net.b)
    W[1][0, 0].slope = 1.0
    slope = error_of(net, W, b, inputs, t).slope
    assert slope == pytest.approx(dW[1][0, 0], rel=1e-12, abs=1e-15)
