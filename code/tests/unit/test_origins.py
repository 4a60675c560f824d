"""Where a shared number comes from: the step that it is, its arithmetic, its lines of code."""

import ast
import math

import numpy as np
import pytest

from backprop import examples, forward, latex, origins, trace

NET, X, T, RATE = examples.two_two_two()
STEPS = trace(NET, X, T, RATE)
OTHER = trace(NET, [0.03, X[1]], T, RATE)
GIVEN = {"np": np, "latex": latex, "math": math, "forward": forward, "net": NET, "x": X}


@pytest.fixture
def came():
    """Return a function that runs cells, of which the last shares what `n` is: (text, origin)."""

    def came(*cells, **names):
        names = {**GIVEN, **names}
        for cell in cells:
            exec(cell.partition("share(")[0], names)
        call = ast.parse(cells[-1]).body[-1].value
        (given,) = call.keywords
        value = eval(compile(ast.Expression(given.value), "", "eval"), names)
        text = value if isinstance(value, str) else latex.fmt(value)
        return text, origins.origin(given.value, text, names, cells)

    return came


@pytest.mark.parametrize(
    "cells",
    [
        ["share(n=steps['out_o1'].value)"],
        ["v = steps.values", "share(n=latex.fmt(v['out_o1'], 3))"],
        ["out_o1 = steps['out_o1'].value", "share(n=f'{out_o1:.2f} m')"],
    ],
)
def test_a_number_that_is_a_step_says_which(came, cells):
    assert came(*cells, steps=STEPS)[1].step[:2] == (STEPS, "out_o1")


def test_a_step_is_known_by_its_value_too(came):
    """Of two traces with a step of that name, it is the one whose number it is."""
    cell = "share(n=which['net_h1'].value)"
    for which in (STEPS, OTHER):
        found = came(cell, a=STEPS, b=OTHER, which=which)[1]
        assert found.step == (which, "net_h1", which.digits)
    assert came("w5 = 0.123", "share(n=w5)", steps=STEPS)[1] is None


def test_a_name_is_followed_to_the_step_that_it_was_given(came):
    found = came("pull = steps['delta_o1'].value", "share(n=pull)", steps=STEPS)[1]
    assert found.step == (STEPS, "delta_o1", STEPS.digits) and found.code


@pytest.mark.parametrize(
    ("shown", "digits"),
    [
        ("latex.fmt(v['out_o1'], 2)", 2),  # 1 ÷ (1 + e^−1.09) is 0.75
        ("latex.fmt(v['dE_dw5'], 3)", 3),  # 0.05 × 0.60 is not 0.028
        ("latex.fmt(v['E_o1'], 3)", 3),  # which ½ (0.75 − 0.5)² is too
        ("v['out_o1']", STEPS.digits),
    ],
)
def test_a_step_shown_with_fewer_decimals_is_worked_with_fewer(came, shown, digits):
    """A page that rounds to two decimals does not give more away where it is asked why."""
    assert came(f"share(n={shown})", v=STEPS.values, steps=STEPS)[1].step[2] == digits


def numbers(came, *cells, **names):
    return came(*cells, **names)[1].arithmetic.numbers


@pytest.mark.parametrize(
    ("shared", "numbers", "result"),
    [
        ("a - b", "0.75 − 0.5", "= 0.25"),
        ("latex.fmt(c / 0.3, 2)", "0.1 ÷ 0.3", "≈ 0.33"),
        ("f'{100 * (a / b - 1):.0f} %'", "100 × (0.75 ÷ 0.5 − 1)", "= 50 %"),
        ("latex.fmt(abs(b - a), 2)", "0.75 − 0.5", "= 0.25"),
        ("sum(many)", "0.1 + 0.2 + (−0.4)", "= −0.1"),
        ("latex.fmt(array.mean(), 2)", "(1 + 2 + 4) ÷ 3", "≈ 2.33"),
        ("array.sum()", "1 + 2 + 4", "= 7"),
        ("math.sqrt(a) * 2", "0.866025404 × 2", "= 1.732050808"),
        ("f'{4 ** 9:,}'", "4⁹", "= 262,144"),
        ("latex.fmt(tiny - tinier, 2)", "3 × 10⁻⁵ − 1 × 10⁻⁵", "= 2 × 10⁻⁵"),
        ("latex.fmt(a * 2e-5, 2)", "0.75 × 2 × 10⁻⁵", "= 1.5 × 10⁻⁵"),
        ("a / (b * c)", "0.75 ÷ (0.5 × 0.1)", "= 15"),
        ("a - (b - c)", "0.75 − (0.5 − 0.1)", "= 0.35"),
        ("low * (a - b)**2", "(−0.5) × (0.75 − 0.5)²", "= −0.03125"),
        ("latex.fmt(a / tiny, 0)", "0.75 ÷ (3 × 10⁻⁵)", "= 25000"),
        ("round(a / c)", "0.75 ÷ 0.1", "≈ 8"),
    ],
)
def test_arithmetic_is_shown_with_its_numbers(came, shared, numbers, result):
    names = {"a": 0.75, "b": 0.5, "c": 0.1, "many": [0.1, 0.2, -0.4], "tiny": 3e-5}
    names |= {"array": np.array([1.0, 2.0, 4.0]), "tinier": 1e-5, "low": -0.5}
    found = came(f"share(n={shared})", **names)[1].arithmetic
    shown = found.result.replace(latex.NO_BREAK, " ")
    found_numbers = found.numbers.replace(latex.NO_BREAK, " ")
    assert (found_numbers, shown) == (numbers, result)


def test_the_numbers_have_the_decimals_that_the_result_takes(came):
    """Two losses that differ in the fifth decimal are not shown with two."""
    names = {"E": 0.040733806, "later": 0.040527944}
    assert numbers(came, "share(n=latex.fmt(E - later, 4))", **names) == "0.0407 − 0.0405"
    assert numbers(came, "share(n=E - later)", **names) == "0.040733806 − 0.040527944"


def test_too_many_numbers_are_no_line_of_arithmetic(came):
    names = {"many": list(range(9)), "few": list(range(8))}
    assert came("share(n=sum(few))", **names)[1].arithmetic
    assert not came("share(n=sum(many))", **names)[1].arithmetic


def test_the_formula_has_the_symbols_of_the_steps(came):
    origin = came("share(n=v['delta_o1'] / v['out_h1'])", v=STEPS.values, steps=STEPS)[1]
    assert origin.arithmetic.formula == r"\frac{\delta_{o1}}{\mathrm{out}_{h1}}"
    known = {name: STEPS.identities[name] for name in ("delta_o1", "out_h1")}
    assert origin.arithmetic.inputs == known


def test_one_symbol_for_two_numbers_makes_no_formula(came):
    cell = "share(n=steps['E'].value - other['E'].value)"
    origin = came(cell, steps=STEPS, other=OTHER)[1]
    assert origin.arithmetic and not origin.arithmetic.formula


@pytest.mark.parametrize("typed", ["'CC BY 4.0'", "24", "'0.7'"])
def test_what_is_typed_comes_from_nowhere(came, typed):
    assert came(f"share(n={typed})")[1] is None
    assert came(f"number = {typed}", "share(n=number)")[1] is None


def test_a_name_stands_for_what_it_was_given(came):
    assert numbers(came, "a, b = 3.0, 2.0", "gap = a - b", "share(n=gap)") == "3 − 2"
    assert numbers(came, "before, gap = 1.0, 5.0 - 2.0", "share(n=gap)") == "5 − 2"


def test_a_name_that_has_changed_since_is_not_followed(came):
    assert came("a = 3.0", "gap = a - 1", "a = 7.0", "share(n=gap)")[1].arithmetic is None


def code(came, *cells, **names):
    return list(came(*cells, **names)[1].code)


def test_code_is_what_made_the_number_and_nothing_else(came):
    cells = [
        "images = [3, 4, 5]\nlabel = 'no part of it'",
        "found = []\nfor image in images:\n    found.append(image % 2)",
        "other = 5\nshare(n=f'{len(found):,}')",
    ]
    assert code(came, *cells) == [
        (0, "images = [3, 4, 5]"),
        (1, "found = []"),
        (1, "for image in images:\n    found.append(image % 2)"),
        (2, "len(found)"),
    ]


def test_code_is_that_of_the_value_and_not_of_an_earlier_or_a_later_one(came):
    cells = ["a = [1]", "a = [1, 2]", "n = len(a)", "share(n=n)"]
    assert code(came, *cells) == [(1, "a = [1, 2]"), (2, "n = len(a)")]


def test_the_names_inside_a_comprehension_are_its_own(came):
    cells = ["k = 5\nsizes = [1, 2]", "share(n=len([k for k in sizes]))"]
    assert [text for _, text in code(came, *cells)] == ["sizes = [1, 2]", "len([k for k in sizes])"]


def test_a_function_that_counts_is_part_of_the_code(came):
    count = "def count():\n    global calls\n    calls += 1"
    cells = ["calls = 0", count, "calls = 2", "share(n=calls + len([]))"]
    assert [text for _, text in code(came, *cells)] == ["calls = 2", "calls + len([])"]
    told = code(came, "calls = 0", count, "share(n=calls + len([]))")
    assert [text for _, text in told] == ["calls = 0", count, "calls + len([])"]


def test_code_goes_back_a_few_lines_only(came):
    cells = ["a = [1]", "b = a + a", "c = b + b", "share(n=len(c))"]
    assert [text for _, text in code(came, *cells)] == ["b = a + a", "c = b + b", "len(c)"]
    long = "c = [\n" + "    1,\n" * origins.MOST_LINES + "]"
    assert code(came, long, "share(n=len(c))") == [(1, "len(c)")]


def test_imports_and_the_share_itself_are_no_part_of_it(came):
    cells = ["import math", "half = math.floor(3)\nshare(n=max(half, 1))"]
    assert code(came, *cells) == [(1, "half = math.floor(3)"), (1, "max(half, 1)")]


@pytest.mark.parametrize("value", [0.25, -3.0, 1.81911912e-5, 1547, 0.0, -2e-17, 1234567.5])
def test_a_number_is_read_as_it_was_written(value):
    assert math.isclose(origins.number_in(latex.fmt(value)), value, rel_tol=1e-8)
    assert origins.number_in(f"{1_234_567:,}") == 1_234_567
