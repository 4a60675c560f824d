"""The rule for rounding, and formulas: what a page shows is the number that was computed."""

import math
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backprop import latex

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")


def as_decimal(text):
    """Read a shown number back."""
    mantissa, _, power = text.partition(latex.TIMES_TEN)
    exponent = int(power.translate(SUPERSCRIPTS) or 0)
    return Decimal(mantissa.translate(SUPERSCRIPTS)).scaleb(exponent)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"),
        (0.25 * 0.02 + 0.25 * 0.04 + 0.4, "0.415"),  # 0.41500000000000004 in a double
        (0.35 * 0.9 - 0.75 * 1.3 + 0.7, "0.04"),  # 0.040000000000000036
        (1.00000000001e-5, "1.00000000\u00a0×\u00a010⁻⁵"),
        (0.18819887968741, "0.188198880"),  # rounded: the zero is a digit
        (-0.140237267061, "−0.140237267"),
        (1.8191191214e-05, f"1.81911912{latex.TIMES_TEN}⁻⁵"),
        (-2e-7, f"−2{latex.TIMES_TEN}⁻⁷"),
        (10000.0, "10000"),
        (-0.0, "0"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "no number"),
    ],
)
def test_numbers_as_they_are_shown(value, shown):
    assert latex.fmt(value) == shown


@given(st.floats(-1e6, 1e6), st.integers(3, 12))
def test_a_shown_number_is_the_value_rounded(value, digits):
    shown = as_decimal(latex.fmt(value, digits))
    if value == 0 or abs(value) >= latex.SCIENTIFIC_BELOW:
        place = Decimal(1).scaleb(-digits)
    else:
        place = Decimal(1).scaleb(Decimal(value).adjusted() - digits + 1)
    assert abs(shown - Decimal(value)) <= place / 2
    # where the zeros are cut off, nothing else is
    assert shown == Decimal(value).quantize(place, ROUND_HALF_EVEN)


@pytest.mark.parametrize(
    ("value", "relation"),
    [
        (0.415, "="),
        (0.25 * 0.02 + 0.25 * 0.04 + 0.4, "="),
        (1 / 3, "≈"),
        (0.4150000001, "≈"),
        (math.inf, "≈"),
    ],
)
def test_an_equals_sign_stands_only_before_exact_numbers(value, relation):
    assert latex.relation(value) == relation


def test_latex_and_text_show_the_same_number():
    assert latex.number(1.8191191214e-05) == r"1.81911912 \times 10^{-5}"
    assert latex.number(0.415) == latex.fmt(0.415)


@pytest.mark.parametrize(
    ("expression", "tex"),
    [
        ("a + b * c", r"a + b\,c"),
        ("(a + b) * c", r"(a + b)\,c"),
        ("a - (b - c)", "a - (b - c)"),
        ("a - (b + c)", "a - (b + c)"),
        ("a * (1 - a)", r"a\,(1 - a)"),
        ("1 / (1 + exp(-a))", r"\frac{1}{1 + e^{-a}}"),
        ("1 / 2 * (a - b)**2", r"\tfrac{1}{2}\,(a - b)^{2}"),
        ("-(a + b)", "-(a + b)"),
        ("a * -b", r"a\,(-b)"),
        ("1 - a**2", "1 - {a}^{2}"),
        ("-b * log(a)", r"-b\,\ln(a)"),
        ("max(0, a)", r"\max(0, a)"),
        ("a / sqrt(b + c)", r"\frac{a}{\sqrt{b + c}}"),
        ("step(a)", r"[\,a > 0\,]"),
    ],
)
def test_brackets_stand_where_they_are_needed(expression, tex):
    assert latex.formula(expression, {"a": "a", "b": "b", "c": "c"}) == tex


def test_numbers_are_put_in_with_brackets_round_negative_ones():
    values = {"a": -0.5, "b": 0.25}
    assert latex.substituted("a * b", values) == r"\left(-0.5\right) \times 0.25"
    assert latex.substituted("a", values) == "-0.5"
    assert latex.substituted("tanh(a)", values) == r"\tanh(-0.5)"


def test_a_number_with_a_power_of_ten_has_brackets_before_its_exponent():
    tiny = {"a": 2e-5, "b": -2e-5}
    assert latex.substituted("a**2", tiny, 1) == r"{\left(2 \times 10^{-5}\right)}^{2}"
    assert latex.substituted("b**2", tiny, 1) == r"{\left(-2 \times 10^{-5}\right)}^{2}"


def test_products_are_done_and_sums_are_left():
    values = {"a": 0.5, "b": 0.25, "c": 2.0}
    assert latex.products_done("a * b + c", values) == "0.125 + 2"
    assert latex.products_done("a + b", values) is None
    assert latex.products_done("a * b", values) is None


def test_an_expression_without_latex_is_named():
    with pytest.raises(ValueError, match="a if b else c"):
        latex.formula("a if b else c", {})


def test_names_are_listed_once_and_in_order():
    assert latex.names_in("w1 * i1 + exp(-w2) * w1") == ("w1", "i1", "w2")


def test_a_sigmoid_far_out_is_evaluated_without_overflow():
    assert latex.evaluate("1 / (1 + exp(-z))", {"z": -10_000.0}) == 0
    assert latex.evaluate("1 / (1 + exp(-z))", {"z": 10_000.0}) == 1


def test_an_array_has_its_shape_below():
    column, matrix = latex.array(np.array([0.5, -2]), 6), latex.array([[1, 2, 3]], 6)
    assert column == r"\underset{(2,)}{\begin{bmatrix} 0.5 \\ -2 \end{bmatrix}}"
    assert matrix == r"\underset{(1, 3)}{\begin{bmatrix} 1 & 2 & 3 \end{bmatrix}}"
