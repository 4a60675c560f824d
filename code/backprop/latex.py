"""Numbers and formulas as they are shown: the one rule for rounding, and Python text as LaTeX."""

import ast
import math
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from .tables import TABLES

TABLE = TABLES["latex"]
SCIENTIFIC_BELOW = TABLE["SCIENTIFIC_BELOW"]  # smaller numbers would show too few digits

FUNCTIONS = {  # what an expression may call
    "exp": lambda z: math.exp(z) if z < 709.78 else math.inf,  # 1 / (1 + e^10000) is 0, no error
    "log": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "max": max,
    "step": lambda z: float(z > 0),
}


# ---- numbers -----------------------------------------------------------------------------------


def fmt(value: float, digits: int = 9):
    """Return `value` as text for a page: rounded to `digits` decimals, with a true minus sign.

    An exact number loses its trailing zeros (0.415); a rounded one keeps them (0.188198880). Below
    1e-4 there are `digits` significant digits and a power of ten (1.81911912 × 10⁻⁵). Infinity is
    shown as its sign, and what is no number in words.
    """
    if not math.isfinite(value):
        return "no number" if math.isnan(value) else "∞" if value > 0 else "−∞"
    mantissa, exponent, _ = _rounded(value, digits)
    power = f"{TIMES_TEN}{str(exponent).translate(SUPERSCRIPT)}" if exponent else ""
    return mantissa.replace("-", "−") + power


NO_BREAK = "\N{NO-BREAK SPACE}"
TIMES_TEN = f"{NO_BREAK}×{NO_BREAK}10"
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 9):
    """Return `value` as LaTeX, rounded as `fmt` does."""
    if not math.isfinite(value):
        sign = "-" if value < 0 else ""
        return r"\text{no number}" if math.isnan(value) else rf"{sign}\infty"
    mantissa, exponent, _ = _rounded(value, digits)
    return rf"{mantissa} \times 10^{{{exponent}}}" if exponent else mantissa


def relation(value: float, digits: int = 9):
    """Return "=" before a number that is shown whole, "≈" before one that is rounded."""
    return "=" if math.isfinite(value) and _rounded(value, digits)[2] else "≈"


def result(value: float, digits: int = 9):
    """Return `value` as the end of a worked line, "= 0.415" or "≈ 0.188198880", in one piece."""
    return f"{relation(value, digits)}{NO_BREAK}{fmt(value, digits)}"


def array(value: ArrayLike, digits: int = 9):
    """Return a vector, as a column, or a matrix as LaTeX, its shape as NumPy prints it below."""
    value = np.asarray(value)
    rows = value[:, None] if value.ndim == 1 else value
    text = r" \\ ".join(" & ".join(number(entry, digits) for entry in row) for row in rows)
    shape = ", ".join(map(str, value.shape)) + "," * (value.ndim == 1)
    return rf"\underset{{({shape})}}{{\begin{{bmatrix}} {text} \end{{bmatrix}}}}"


def _rounded(value, digits):
    """Return (mantissa as text, exponent of ten or 0, whether that is all of `value`)."""
    value = float(value) + 0.0  # no minus before a zero
    if value == 0 or abs(value) >= SCIENTIFIC_BELOW:
        text, exponent = f"{value:.{digits}f}", 0
    else:
        text, exponent = f"{value:.{digits - 1}e}".split("e")
    # a sum of a few doubles is off in the last bits of its terms: 0.25 × 0.02 + … =
    # 0.41500000000000004, and 0.35 × 0.9 − 0.75 × 1.3 + 0.7 = 0.040000000000000036
    off = 0 if exponent else 1e-15
    exact = math.isclose(float(f"{text}e{exponent}"), value, rel_tol=1e-15, abs_tol=off)
    if exact and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text, int(exponent), exact


# ---- formulas ----------------------------------------------------------------------------------


def names_in(expression: str):
    """Return the names that an expression uses, each once, in order."""
    nodes = ast.walk(ast.parse(expression, mode="eval"))
    names = sorted((n for n in nodes if isinstance(n, ast.Name)), key=lambda n: n.col_offset)
    return tuple(dict.fromkeys(n.id for n in names if n.id not in FUNCTIONS))


_KNOWN = {"__builtins__": {}, **FUNCTIONS}


def evaluate(expression: str, values: Mapping[str, float]):
    """Return the value of an expression: plain Python arithmetic on `values`, by name."""
    return eval(_compiled(expression), _KNOWN, values)


@lru_cache(4096)  # networks of one form have the same expressions, with other numbers
def _compiled(expression):
    return compile(expression, "<expression>", "eval")


def formula(expression: str, symbols: Mapping[str, str]):
    """Return an expression as LaTeX; `symbols` has the LaTeX of each name."""
    tree = ast.parse(expression, mode="eval").body
    return _latex(tree, lambda name: symbols[name], times=r"\,")


def substituted(
    expression: str,
    values: Mapping[str, float],
    digits: int = 9,
    symbols: Mapping[str, str] | None = None,
):
    """Return an expression as LaTeX with every name replaced by its number.

    symbols: the LaTeX of names; one that has no value then stays what it is.
    """
    tree = ast.parse(expression, mode="eval").body
    if isinstance(tree, ast.Name) and tree.id in values:
        return number(values[tree.id], digits)

    def leaf(name):
        return operand(values[name], digits) if name in values else symbols[name]

    return _latex(tree, leaf, times=r" \times ")


def products_done(expression: str, values: Mapping[str, float], digits: int = 9):
    """Return the line after `substituted`: products, powers and functions done, sums still to do.

    None where that line would be the same, or the result already.
    """
    tree = ast.parse(expression, mode="eval").body
    done = {}

    def collapse(node):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Div):
            return ast.BinOp(collapse(node.left), node.op, collapse(node.right))
        if isinstance(node, ast.Constant | ast.Name):
            return node
        name = f"done{len(done)}"
        done[name] = evaluate(ast.unparse(node), values)
        return ast.Name(name)

    tree = collapse(tree)
    if not done or isinstance(tree, ast.Name):
        return None
    values = {**values, **done}
    return _latex(tree, lambda name: operand(values[name], digits), times=r" \times ")


def operand(value: float, digits: int):
    """Return `value` as LaTeX that can stand in a product: negative ones in brackets."""
    text = number(value, digits)
    return rf"\left({text}\right)" if text.startswith("-") else text


SUM, PRODUCT, ATOM = 1, 2, 3  # how tightly a piece of a formula holds together


def _strength(node):
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub()) | ast.UnaryOp():
            return SUM
        case ast.BinOp(op=ast.Mult()):
            return PRODUCT
        case ast.BinOp(op=ast.Div(), left=ast.Constant(), right=ast.Constant()):
            return PRODUCT
    return ATOM


def _latex(node, leaf, times):
    def tex(child, at_least=SUM):
        text = _latex(child, leaf, times)
        return text if _strength(child) >= at_least else f"({text})"

    match node:
        case ast.Name(id=name):
            return leaf(name)
        case ast.Constant(value=value):
            return str(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"-{tex(operand, PRODUCT)}"
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return f"{tex(left)} + {tex(right)}"
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return f"{tex(left)} - {tex(right, PRODUCT)}"
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            first = SUM if isinstance(left, ast.UnaryOp) else PRODUCT  # -b c needs no brackets
            return f"{tex(left, first)}{times}{tex(right, PRODUCT)}"
        case ast.BinOp(left=ast.Constant() as left, op=ast.Div(), right=ast.Constant() as right):
            return rf"\tfrac{{{tex(left)}}}{{{tex(right)}}}"
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return rf"\frac{{{tex(left)}}}{{{tex(right)}}}"
        case ast.BinOp(left=ast.Name() as left, op=ast.Pow(), right=right):
            base = tex(left)
            if r"\times" in base and not base.startswith(r"\left("):  # 2 × 10⁻⁵, squared
                base = rf"\left({base}\right)"
            return f"{{{base}}}^{{{tex(right)}}}"
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return f"({tex(left)})^{{{tex(right)}}}"
        case ast.Call(func=ast.Name(id="exp"), args=[argument]):
            return f"e^{{{tex(argument)}}}"
        case ast.Call(func=ast.Name(id="sqrt"), args=[argument]):
            return rf"\sqrt{{{tex(argument)}}}"
        case ast.Call(func=ast.Name(id="step"), args=[argument]):
            return rf"[\,{tex(argument)} > 0\,]"
        case ast.Call(func=ast.Name(id=name), args=arguments):
            shown = {"log": "ln"}.get(name, name)
            inside = ", ".join(map(tex, arguments))
            if len(arguments) == 1 and isinstance(arguments[0], ast.Name):  # it has brackets
                inside = inside.removeprefix(r"\left(").removesuffix(r"\right)")
            return rf"\{shown}({inside})"
    raise ValueError(f"no LaTeX for {ast.unparse(node)!r}")
