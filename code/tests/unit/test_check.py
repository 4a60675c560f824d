"""The checker itself: it accepts right derivatives and rejects wrong ones."""

import numpy as np
import pytest
import sympy

from backprop import check, examples, symbolic


@pytest.mark.parametrize(
    ("f", "df", "x"),
    [
        (np.sin, np.cos, 0.5),
        (np.exp, np.exp, [-1.0, 0.0, 3.0]),
        (lambda x: (x**2).sum(), lambda x: 2 * x, [[1.0, -2.0], [0.0, 1e3]]),
        (lambda x: 1e6 * x**3, lambda x: 3e6 * x**2, 2.0),
    ],
)
def test_a_right_derivative_passes(f, df, x):
    assert check.derivative(f, df, x), check.derivative(f, df, x)


@pytest.mark.parametrize(
    ("df", "fault"),
    [
        (lambda x: -np.cos(x), "sign"),
        (lambda x: 1.001 * np.cos(x), "a thousandth too large"),
        (lambda x: np.cos(x) + 1e-5, "a little added"),
    ],
)
def test_a_wrong_derivative_is_rejected(df, fault):
    found = check.derivative(np.sin, df, [0.3, 1.2])
    assert not found, fault
    assert str(found).startswith("differ: at x = ")


def test_both_numbers_are_in_the_message():
    found = check.derivative(np.sin, lambda x: 2 * np.cos(x), 0.0)
    first, *numbers = str(found).split("\n")
    assert first == "differ: at x = 0"
    assert numbers[0].split() == ["derivative", "2"]
    assert numbers[1].split()[:2] == ["central", "difference"]
    assert numbers[1].split()[2].startswith("0.99999")


def test_x_is_not_changed():
    x = np.array([1.0, 2.0])
    check.derivative(lambda x: (x**2).sum(), lambda x: 2 * x, x)
    assert x.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("f", "df", "x", "said"),
    [
        (np.sin, lambda x: np.zeros(3), [0.0, 1.0], "df should return that shape"),
        (lambda x: np.zeros(3), lambda x: x, [0.0, 1.0], "f should return a number or that shape"),
        (np.sin, np.cos, float("nan"), "x should be finite"),
        (lambda x: np.inf * np.sign(x), lambda x: x, 1.0, "should be finite near x"),
    ],
)
def test_what_cannot_be_compared_is_said(f, df, x, said):
    with np.errstate(invalid="ignore"), pytest.raises(ValueError, match=said):
        check.derivative(f, df, x)


def test_every_road_gives_one_weight():
    net, x, t, _ = examples.two_two_two()
    found = check.of_weight(net, x, t, "w6")
    assert {"backward", "by hand", "matrices", "sympy", "central differences"} < set(found)
    for road, value in found.items():
        # S4 prints nine digits
        assert f"{value:.9f}" == "0.028133669", road


def test_an_unknown_weight_is_named():
    net, x, t, _ = examples.two_two_two()
    with pytest.raises(KeyError, match="no weight or bias 'w9'"):
        check.of_weight(net, x, t, "w9")


def test_a_shared_bias_has_the_sum_of_its_units_gradients():
    net, x, t, _ = examples.two_two_two()
    shared = symbolic.value(symbolic.derivative(net, x, t, "b2"), net, x, t)
    own = [check.of_weight(net, x, t, name)["backward"] for name in ("b_o1", "b_o2")]
    assert shared == pytest.approx(sum(own), rel=1e-14)


def test_sympy_shows_the_networks_own_symbols():
    net, x, t, _ = examples.two_two_two()
    formula = symbolic.derivative(net, x, t, "i1")
    assert isinstance(formula, sympy.Expr)
    tex = symbolic.tex(formula, net)
    assert "w_1" in tex and "t_{o1}" in tex and "w1" not in tex


def test_an_unknown_symbol_is_named():
    net, x, t, _ = examples.two_two_two()
    with pytest.raises(KeyError, match="did you mean"):
        symbolic.derivative(net, x, t, "w11")
