"""numbers.json: every number of the traces that pages show, each to be computed from the others."""

import ast
import json
import math
import re

import mpmath
import pytest

from backprop import examples, trace


@pytest.fixture(scope="module")
def numbers(site):
    """The numbers by their ids."""
    told = json.loads((site / "numbers.json").read_text("utf-8"))["numbers"]
    found = {number["id"]: number for number in told}
    assert len(found) == len(told) > 900
    return found


FUNCTIONS = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "sqrt": mpmath.sqrt,
    "tanh": mpmath.tanh,
    "max": max,
    "step": lambda z: mpmath.mpf(z > 0),
}


class Exact(ast.NodeTransformer):
    """Numbers that stand in an expression become those of mpmath."""

    def visit_Constant(self, node):
        return ast.parse(f"mpf({node.value!r})", mode="eval").body


def exactly(expression, values):
    """Return the value of an expression to 50 digits: no double takes part but the inputs."""
    tree = ast.fix_missing_locations(Exact().visit(ast.parse(expression, mode="eval")))
    known = {name: mpmath.mpf(value) for name, value in values.items()}
    with mpmath.workdps(50):
        scope = {"__builtins__": {}, "mpf": mpmath.mpf, **FUNCTIONS, **known}
        return float(eval(compile(tree, "<expression>", "eval"), scope))


def test_every_number_is_what_its_inputs_give(numbers):
    """Computed another way than the trace: with 50 digits, from the text of the file alone."""
    computed = [number for number in numbers.values() if number["inputs"]]
    assert len(computed) > 500
    for number in computed:
        values = {name: numbers[key]["value"] for name, key in number["inputs"].items()}
        scale = max(map(abs, values.values()))
        for again in (
            exactly(number["expression"], values),
            exactly(number["computed_as"], {}),
        ):
            close = math.isclose(again, number["value"], rel_tol=1e-12, abs_tol=1e-14 * scale)
            assert close, (number["id"], again, number["value"])


def test_the_file_holds_all_digits(numbers):
    net, x, t, learning_rate = examples.two_two_two()
    steps = trace(net, x, t, learning_rate, biases="frozen")
    for step in steps:
        number = numbers[f"{step.name}.{steps.identities[step.name]}"]
        assert number["value"] == step.value, step.name
        assert number["shown"] == steps.shown(step.name)
        assert (number["symbol"], number["formula"]) == (step.symbol, step.formula)
        assert (number["page"], number["anchor"]) == (
            "chapters/two-two-two.html",
            f"step-{step.name}",
        ), step.name


def test_every_line_of_every_page_is_a_number_of_the_file(numbers, site):
    """And every place that the file names is on its page."""
    places = {(number["page"], number["anchor"]) for number in numbers.values()}
    shown = {}
    for path in (site / "chapters").glob("*.html"):
        article = re.sub(r"<template.*?</template>", "", path.read_text("utf-8"), flags=re.S)
        lines = re.findall(r'id="(step-[^"]+)" data-value="([^"]*)"', article)
        shown |= {(f"chapters/{path.name}", anchor): value for anchor, value in lines}
    assert {place for place in places if place[1]} <= shown.keys()
    values = {(number["name"], number["shown"]) for number in numbers.values()}
    assert {(anchor.removeprefix("step-"), value) for (_, anchor), value in shown.items()} <= values
