"""Activations and losses: value, derivative and formula, each by a road of its own."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mp

from backprop import Network, backward, check, forward, latex, loss
from backprop.functions import ACTIVATIONS, LOSSES, relu, sigmoid, softmax

mp.dps = 50
SMALLEST = np.finfo(float).tiny  # what a double holds of numbers such as e^-10000
Z = np.array([-3.0, -0.7, 0.2, 1.9])  # 0 is left out: ReLU has a kink there
SIMPLE = [f for f in ACTIVATIONS.values() if not f.coupled]
EXTREME = [-10_000.0, -800.0, -709.5, -40.0, 0.0, 40.0, 709.5, 800.0, 10_000.0]


def by_name(record):
    return record.name


def in_sympy(expression, **values):
    """Return a formula of the records, evaluated by SymPy's own parser and functions."""
    meaning = {"max": sympy.Max, "step": lambda z: sympy.Heaviside(z, 0)}
    return sympy.sympify(expression, locals=meaning | values)


# ---- activations -------------------------------------------------------------------------------


@pytest.mark.parametrize("f", SIMPLE, ids=by_name)
def test_the_formula_of_an_activation_gives_its_value(f):
    values = [latex.evaluate(f.formula.format(z="z", exps=""), {"z": z}) for z in Z]
    np.testing.assert_allclose(f.f(Z), values, rtol=1e-15)  # a rounding or two


def test_the_formula_of_softmax_gives_its_value():
    names = {f"z{k}": z for k, z in enumerate(Z)}
    exps = " + ".join(f"exp({name})" for name in names)
    values = [latex.evaluate(softmax.formula.format(z=name, exps=exps), names) for name in names]
    np.testing.assert_allclose(softmax.f(Z), values, rtol=1e-15)


@pytest.mark.parametrize("f", SIMPLE, ids=by_name)
def test_the_slope_of_an_activation_is_what_sympy_derives_from_its_formula(f):
    z = sympy.Symbol("z", real=True)
    derived = in_sympy(f.formula.format(z="z", exps=""), z=z).diff(z)
    values = [float(derived.evalf(30, subs={z: number})) for number in Z]
    a = f.f(Z)
    # 1 − a² loses two digits where a is near 1
    np.testing.assert_allclose(f.df(Z, a), values, rtol=1e-13)
    written = f.slope.format(z="z", a="a")
    said = [latex.evaluate(written, {"z": z, "a": a}) for z, a in zip(Z, a, strict=True)]
    np.testing.assert_allclose(said, values, rtol=1e-13)


def test_the_jacobian_of_softmax_is_what_sympy_derives():
    zs = sympy.symbols("z0:4", real=True)
    total = sum(map(sympy.exp, zs))
    outputs = sympy.Matrix([sympy.exp(z) / total for z in zs])
    derived = outputs.jacobian(zs).evalf(30, subs=dict(zip(zs, Z, strict=True)))
    np.testing.assert_allclose(
        softmax.df(Z, softmax.f(Z)), np.array(derived, dtype=float), rtol=1e-13
    )


@pytest.mark.parametrize("f", SIMPLE, ids=by_name)
def test_the_slope_of_an_activation_agrees_with_central_differences(f):
    comparison = check.derivative(f.f, lambda z: f.df(z, f.f(z)), Z)
    assert comparison, comparison


@pytest.mark.parametrize("f", ACTIVATIONS.values(), ids=by_name)
def test_a_batch_is_its_rows_one_by_one(f):
    batch = np.stack([Z, Z[::-1] * 2])
    a = f.f(batch)
    np.testing.assert_array_equal(a, [f.f(row) for row in batch])
    np.testing.assert_array_equal(
        f.df(batch, a), [f.df(row, out) for row, out in zip(batch, a, strict=True)]
    )


def test_relu_is_flat_at_zero():
    assert relu.df(np.array([0.0]), np.array([0.0])) == [0]


# ---- far out -----------------------------------------------------------------------------------


def test_sigmoid_and_its_slope_are_right_far_out():
    z = np.array(EXTREME)
    a = sigmoid.f(z)
    exact = [1 / (1 + mpmath.exp(-mpmath.mpf(number))) for number in EXTREME]
    np.testing.assert_allclose(a, [float(e) for e in exact], rtol=1e-15, atol=SMALLEST)
    # towards 1 a double is within 1.1e-16, and so is 1 − a
    slopes = [float(e * (1 - e)) for e in exact]
    np.testing.assert_allclose(sigmoid.df(z, a), slopes, rtol=1e-13, atol=1.2e-16)


def test_softmax_is_right_far_out():
    exact = [mpmath.exp(mpmath.mpf(z) - 10_000) for z in EXTREME]
    shares = [float(e / sum(exact)) for e in exact]
    np.testing.assert_allclose(softmax.f(np.array(EXTREME)), shares, rtol=1e-15, atol=SMALLEST)


@pytest.mark.parametrize("t", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("z", EXTREME)
def test_binary_cross_entropy_is_right_far_out(z, t):
    net = Network([None, [[z]]], [None, [0.0]], "sigmoid", "binary cross-entropy")
    a = 1 / (1 + mpmath.exp(-mpmath.mpf(z)))
    not_a = 1 / (1 + mpmath.exp(mpmath.mpf(z)))  # 1 − a, with all its digits
    exact = -(t * mpmath.log(a) + (1 - mpmath.mpf(t)) * mpmath.log(not_a))
    np.testing.assert_allclose(loss(net, [1.0], [t]), float(exact), rtol=1e-15, atol=SMALLEST)
    _, dW, db = backward(net, *forward(net, [1.0]), [t])
    # a − t: the rounding of a near 1 is all that is lost
    np.testing.assert_allclose([dW[1][0, 0], db[1][0]], float(a - t), rtol=1e-13, atol=1.2e-16)


@pytest.mark.parametrize("t", [[1, 0, 0], [0, 0, 1], [0.2, 0.5, 0.3]])
def test_softmax_cross_entropy_is_right_far_out(t):
    z = [10_000.0, -10_000.0, 9_990.0]
    net = Network([None, np.diag(z)], [None, np.zeros(3)], "softmax", "softmax cross-entropy")
    powers = [mpmath.exp(mpmath.mpf(number)) for number in z]
    shares = [power / sum(powers) for power in powers]
    exact = -sum(wanted * mpmath.log(share) for wanted, share in zip(t, shares, strict=True))
    # the sum of powers, 1 + 0.00005, is rounded before its logarithm is taken
    np.testing.assert_allclose(loss(net, np.ones(3), t), float(exact), rtol=1e-15, atol=1.2e-16)
    _, _, db = backward(net, *forward(net, np.ones(3)), t)
    expected = [float(share - wanted) for share, wanted in zip(shares, t, strict=True)]
    np.testing.assert_allclose(db[1], expected, rtol=1e-13, atol=1.2e-16)


def test_the_other_activations_and_losses_do_not_overflow_either():
    z = np.array(EXTREME)
    for f in ACTIVATIONS.values():
        assert np.isfinite(f.f(z)).all() and np.isfinite(f.df(z, f.f(z))).all(), f.name


# ---- losses ------------------------------------------------------------------------------------

A, T = np.array([0.2, 0.5, 0.3]), np.array([0.7, 0.1, 0.2])


@pytest.mark.parametrize("E", LOSSES.values(), ids=by_name)
def test_the_formula_of_a_loss_gives_its_terms(E):
    # z such that both sigmoid and softmax have the outputs A
    z = np.log(A / (1 - A)) if E.partner is sigmoid else np.log(A)
    written = E.term.format(a="a", t="t", n=len(A))
    values = [latex.evaluate(written, {"a": a, "t": t}) for a, t in zip(A, T, strict=True)]
    np.testing.assert_allclose(E.terms(z, A, T), values, rtol=1e-14)


@pytest.mark.parametrize("E", LOSSES.values(), ids=by_name)
def test_the_derivative_of_a_loss_is_what_sympy_derives_from_its_formula(E):
    a, t = sympy.symbols("a t", positive=True)
    derived = in_sympy(E.term.format(a="a", t="t", n=len(A)), a=a, t=t).diff(a)
    points = list(zip(A, T, strict=True))
    values = [float(derived.evalf(30, subs={a: a_k, t: t_k})) for a_k, t_k in points]
    np.testing.assert_allclose(E.d(A, T), values, rtol=1e-14)
    written = E.slope.format(a="a", t="t", n=len(A))
    said = [latex.evaluate(written, {"a": a_k, "t": t_k}) for a_k, t_k in points]
    np.testing.assert_allclose(said, values, rtol=1e-14)


@pytest.mark.parametrize("f", ACTIVATIONS.values(), ids=by_name)
@pytest.mark.parametrize("E", LOSSES.values(), ids=by_name)
def test_the_output_delta_agrees_with_central_differences(E, f):
    if E.partner not in (None, f):
        return  # a Network refuses such a pair
    z = np.array([0.3, -0.8, 0.5])

    def error(z):
        return E.terms(z, f.f(z), T).sum()

    comparison = check.derivative(error, lambda z: E.delta(f, z, f.f(z), T), z)
    assert comparison, comparison


@pytest.mark.parametrize("E", [E for E in LOSSES.values() if E.partner], ids=by_name)
def test_what_a_cross_entropy_and_its_partner_give_together_is_their_product(E):
    z = np.array([0.3, -0.8, 0.5])
    a = E.partner.f(z)
    product = E.partner.back(E.d(a, T), z, a)
    # a − t also for targets whose sum is 1 but for a rounding
    np.testing.assert_allclose(E.delta(E.partner, z, a, T), product, rtol=1e-14, atol=1e-15)


# ---- other kinds of numbers ----------------------------------------------------------------------


@pytest.mark.parametrize("f", ACTIVATIONS.values(), ids=by_name)
def test_an_activation_keeps_fifty_digits_of_mpmath(f):
    z = np.array([mpmath.mpf(1) / 3, -mpmath.mpf(2) / 7], dtype=object)
    a = f.f(z)
    exact = {
        "sigmoid": [1 / (1 + mpmath.exp(-number)) for number in z],
        "tanh": [mpmath.sinh(number) / mpmath.cosh(number) for number in z],
        "relu": [z[0], 0],
        "identity": list(z),
        "softmax": [1 / (1 + mpmath.exp(z[1] - z[0])), 1 / (1 + mpmath.exp(z[0] - z[1]))],
    }[f.name]
    assert all(abs(got - wanted) < mpmath.mpf(10) ** -48 for got, wanted in zip(a, exact, strict=1))


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "softmax"])
def test_a_fraction_where_only_a_root_or_power_would_do_is_refused(name):
    net = Network([None, [[Fraction(1, 2)]]], [None, [Fraction(1)]], name)
    with pytest.raises(TypeError, match=r"Fraction\(-?3, 2\) is a .*identity or relu"):
        forward(net, [Fraction(1)])
