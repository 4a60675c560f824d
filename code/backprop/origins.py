"""Where a number comes from that a chapter hands to its prose: a step, a line of arithmetic, code.

A chapter shares `E - E_after`. Read as Python, that says which numbers the result is made of, and
the cells that ran before say how each of these was made. So the page can answer "why?" with what
was computed and nothing else: a step of a trace, or the arithmetic with the numbers in it and the
lines of code.
"""

import ast
import contextlib
import functools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import latex
from .trace import Trace

MOST_TERMS = 8  # numbers in a line of arithmetic
FEWEST_DECIMALS, MOST_DECIMALS = 2, 15
MOST_LINES = 8  # of code, in an answer
FAR = 2  # how many lines back from a number its code begins
DISPLAY = {"fmt", "str"}  # calls that make a number a text
WHOLE = {"round", "int", "float"}  # calls that only drop decimals
SHOWN = re.compile(r"([-−]?)([\d,]*\.?\d+)(?:\s×\s10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+))?")  # as `latex.fmt` writes it
LOWERED = {raised: sign for sign, raised in latex.SUPERSCRIPT.items()}


@dataclass(frozen=True)
class Arithmetic:
    """A line of arithmetic: its `numbers`, such as "0.75 − 0.5", and its `result`, "= 0.25".

    formula: the same in symbols, as LaTeX, where all numbers have one. inputs: the steps among
    them, {name: trace}, as in a `Mark`.
    """

    formula: str
    numbers: str
    result: str
    inputs: dict[str, str]


@dataclass(frozen=True)
class Origin:
    """What gives a shared value.

    step: (trace, name, decimals) of the step that it is, with as many decimals as its numbers need
    to give what is shown. code: the lines that give it, each with the number of its cell; the last
    of them ends in the value.
    """

    step: tuple[Trace, str, int] | None = None
    arithmetic: Arithmetic | None = None
    code: tuple[tuple[int, str], ...] = ()


def origin(
    expression: ast.expr, shown: str, names: Mapping[str, Any], cells: Sequence[str]
) -> Origin | None:
    """Return where a shared value comes from; None of what is not computed.

    expression: what the last of the cells shares; shown: the text that it makes of it; names: what
    they have for values there; cells: the code that ran, that of the last one included.
    """
    expression = _without_format(expression)
    if isinstance(expression, ast.Constant):
        return None
    step = _step(expression, names)
    if step:
        return Origin(step=(*step, _digits_of(*step, shown)))
    statements = _statements(cells, expression)
    followed = _followed(expression, names, statements)
    if isinstance(followed, ast.Constant):
        return None
    found = arithmetic(followed, shown, names)
    step = _step(followed, names)
    return Origin(
        step and (*step, _digits_of(*step, shown)),
        found,
        tuple(_code(expression, cells, statements)),
    )


def _without_format(node):
    """Return what a text is made of: the number that `latex.fmt(…)` or f"{…:.1f} %" shows."""
    match node:
        case ast.JoinedStr(values=values):
            shown = [value.value for value in values if isinstance(value, ast.FormattedValue)]
            return _without_format(shown[0]) if len(shown) == 1 else node
        case ast.Call(func=ast.Attribute(value=inner, attr="replace")):
            return _without_format(inner)
        case ast.Call(func=function, args=[inner, *_]) if _called(function) in DISPLAY:
            return _without_format(inner)
    return node


def _called(function):
    return getattr(function, "attr", getattr(function, "id", None))


def _value(node, names):
    """Return what an expression of the chapter gives, None where it gives nothing here."""
    try:
        return eval(compile(ast.Expression(node), "<shared>", "eval"), dict(names))
    except Exception:  # such as what only a loop inside the chapter's call knows
        return None


def _is_number(value):
    is_scalar = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return is_scalar and math.isfinite(value)


# ---- a step, or arithmetic ---------------------------------------------------------------------


def _step(node, names):
    """Return (trace, name) of the step that w5, v["w5"] or steps["w5"].value is, or None."""
    match node:
        case (
            ast.Name(id=name)
            | ast.Subscript(slice=ast.Constant(value=str(name)))
            | ast.Attribute(value=ast.Subscript(slice=ast.Constant(value=str(name))), attr="value")
        ):
            traces = [value for value in names.values() if isinstance(value, Trace)]
            traces = [trace for trace in traces if name in trace]
            value = _value(node, names) if traces else None
            for trace in traces:
                if _is_number(value) and math.isclose(value, trace[name].value, rel_tol=1e-13):
                    return trace, name
    return None


def arithmetic(expression: ast.expr, shown: str, names: Mapping[str, Any]) -> Arithmetic | None:
    """Return an expression as a line of arithmetic whose numbers give what is shown, if it is one.

    They have as many decimals as that takes.
    """
    terms = Terms(names)
    tree = terms.tree(expression)
    at = SHOWN.search(shown)
    if not at or not any(isinstance(node, ast.BinOp) for node in ast.walk(tree)):
        return None
    if not terms.are_few():
        return None
    text = ast.unparse(tree)
    digits, value = _digits(text, terms.values, at)
    if digits is None:
        return None
    written = {name: latex.fmt(value, digits) for name, value in terms.values.items()}
    return Arithmetic(
        formula=latex.formula(text, terms.symbols) if terms.have_symbols() else "",
        numbers=_in_text(tree, written),
        result=f"{'=' if is_shown(value, at, 1e-6) else '≈'}{latex.NO_BREAK}{shown}",
        inputs=terms.steps,
    )


def _digits(expression, values, shown, fewest=FEWEST_DECIMALS):
    """Return how many decimals of its numbers an expression takes to give what is shown, and this.

    (None, None) where no number of decimals does.
    """
    for digits in range(fewest, MOST_DECIMALS + 1):
        rounded = {name: number_in(latex.fmt(value, digits)) for name, value in values.items()}
        with contextlib.suppress(ArithmeticError):  # rounded too far, a number is 0
            value = latex.evaluate(expression, rounded)
            if is_shown(value, shown):
                return digits, value
    return None, None


def _digits_of(trace, name, shown):
    """Return how many decimals a step takes that is shown so: those of its trace, or fewer."""
    step = trace[name]
    if shown == trace.shown(name):
        return trace.digits
    values = {name: trace[name].value for name in step.inputs or [name]}
    at = SHOWN.search(shown)
    fewest = max(FEWEST_DECIMALS, len(at[2].partition(".")[2]))
    digits, _ = _digits(step.expression or name, values, at, fewest)
    return trace.digits if digits is None else min(digits, trace.digits)


SUM, PRODUCT, ATOM = 1, 2, 3  # how tightly a piece of a line holds together


def _in_text(tree, written):
    """Return an expression as text, each term as it is written: (0.75 − 0.5) ÷ 0.01."""

    def write(node, at_least=SUM):
        match node:
            case ast.Constant() | ast.Name():
                is_name = isinstance(node, ast.Name)
                text = written[node.id] if is_name else latex.fmt(node.value, MOST_DECIMALS)
                strength = SUM if text[0] == "−" else PRODUCT if "×" in text else ATOM
            case ast.UnaryOp(operand=inner):
                text, strength = f"−{write(inner, PRODUCT)}", SUM
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                text, strength = f"{write(left)} + {write(right, PRODUCT)}", SUM
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                text, strength = f"{write(left)} − {write(right, PRODUCT)}", SUM
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                text, strength = f"{write(left, PRODUCT)} × {write(right, PRODUCT)}", PRODUCT
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                text, strength = f"{write(left, PRODUCT)} ÷ {write(right, ATOM)}", PRODUCT
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=power)):
                raised = str(power).translate(latex.SUPERSCRIPT)
                text, strength = f"{write(left, ATOM)}{raised}", ATOM
        return text if strength >= at_least else f"({text})"

    return write(tree)


class Terms:
    """The numbers that an expression is made of: n0, n1, … with their `values`.

    symbols: of those that are steps of a trace; steps: {name: identity} of these.
    """

    def __init__(self, names: Mapping[str, Any]):
        self.names, self.found = names, {}
        self.values, self.symbols, self.steps = {}, {}, {}

    def are_few(self):
        return len(self.values) <= MOST_TERMS and all(map(_is_number, self.values.values()))

    def have_symbols(self):
        """Say whether all are steps, no two of them of one symbol: a loss before and after."""
        return 0 < len(self.values) == len({*self.symbols.values()})

    def tree(self, node: ast.expr) -> ast.expr:
        """Return an expression in terms, and in what `latex` knows to do with them."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return ast.Constant(int(value)) if value == int(value) else node
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return ast.UnaryOp(ast.USub(), self.tree(inner))
            case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=int())):
                return ast.BinOp(self.tree(node.left), node.op, node.right)
            case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()):
                return ast.BinOp(self.tree(node.left), node.op, self.tree(node.right))
            case ast.Call(func=function, args=[inner, *_], keywords=[]):
                called = _called(function)
                if called in WHOLE:
                    return self.tree(inner)
                if called == "abs" and isinstance(inner, ast.BinOp):
                    return self.distance(inner)
                if called in ("sum", "mean"):
                    return self.sum(node, inner, called == "mean")
            case ast.Call(func=ast.Attribute(value=inner, attr="sum" | "mean" as called), args=[]):
                return self.sum(node, inner, called == "mean")
        return self.term(node)

    def distance(self, node: ast.expr):
        """Return |a − b| as the larger minus the smaller."""
        match node:
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                value = _value(node, self.names)
                if _is_number(value):
                    sides = (left, right) if value >= 0 else (right, left)
                    return ast.BinOp(self.tree(sides[0]), ast.Sub(), self.tree(sides[1]))
        return self.term(ast.Call(ast.Name("abs"), [node], []))

    def sum(self, node: ast.expr, inner: ast.expr, is_mean: bool):
        """Return the sum or the mean of a few numbers, one by one."""
        values = _value(inner, self.names)
        if np.ndim(values) != 1 or not 2 <= len(values) <= MOST_TERMS:
            return self.term(node)
        each = [self.tree(ast.Subscript(inner, ast.Constant(n))) for n in range(len(values))]
        total = each[0]
        for term in each[1:]:
            total = ast.BinOp(total, ast.Add(), term)
        return ast.BinOp(total, ast.Div(), ast.Constant(len(each))) if is_mean else total

    def term(self, node: ast.expr):
        text = ast.unparse(node)
        if text not in self.found:
            name = self.found[text] = f"n{len(self.found)}"
            self.values[name] = _value(ast.parse(text, mode="eval").body, self.names)
            step = _step(node, self.names)
            if step:
                trace, its_name = step
                self.steps[its_name] = trace.identities[its_name]
                self.symbols[name] = trace[its_name].symbol
        return ast.Name(self.found[text])


def number_in(text: str) -> float:
    """Return the number that a text shows, as `latex.fmt` writes it."""
    return _number(SHOWN.search(text))


def is_shown(value: float, shown: re.Match, share: float = 1.0) -> bool:
    """Say whether a value is the number shown: off by half a unit of its last digit, or a share."""
    unit = 10.0 ** (_exponent(shown) - len(shown[2].partition(".")[2]))
    return abs(value - _number(shown)) <= (0.5 + 1e-6) * unit * share


def _number(shown):
    value = float(shown[2].replace(",", "")) * 10.0 ** _exponent(shown)
    return -value if shown[1] else value


def _exponent(shown):
    return int(shown[3].translate(LOWERED)) if shown[3] else 0


# ---- code --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """A statement of a cell: its text, the names that it binds, changes and uses."""

    cell: int
    node: ast.stmt
    text: str
    binds: frozenset[str]
    changes: frozenset[str]
    uses: frozenset[str]


def _statements(cells, expression):
    """Return the statements that ran before the one that an expression of the last cell is in."""
    found, imported = [], set()
    for number, cell in enumerate(cells):
        for node, text, names in _read(cell):
            if number == len(cells) - 1 and node.end_lineno >= expression.lineno:
                break
            if isinstance(node, ast.Import | ast.ImportFrom):
                imported |= names[0]
            found.append(Statement(number, node, text, *names))
    return [s for s in found if not (s.binds | s.changes) <= imported]


@functools.cache  # a chapter hands over many values, and each asks for the cells before it
def _read(cell):
    """Return (statement, its text, its names) for each statement of a cell."""
    lines = cell.split("\n")
    return [
        (node, "\n".join(lines[node.lineno - 1 : node.end_lineno]), _names(node))
        for node in ast.parse(cell).body
    ]


def _names(statement):
    """Return the names that a statement binds, changes and uses."""
    binds, changes, uses, local = set(), set(), set(), set()

    def base(node):
        while isinstance(node, ast.Subscript | ast.Attribute):
            node = node.value
        return {node.id} if isinstance(node, ast.Name) else set()

    def visit(node, inside):
        match node:
            case ast.FunctionDef() | ast.ClassDef() if not inside:
                binds.add(node.name)
                inside = True
            case ast.Lambda() | ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
                inside = True
            case ast.arg(arg=name):
                local.add(name)
            case ast.Global(names=names):
                changes.update(names)
            case ast.alias():
                binds.add(node.asname or node.name.partition(".")[0])
            case ast.Name(id=name, ctx=ast.Store()):
                (local if inside else binds).add(name)
            case ast.Name(id=name, ctx=ast.Load()):
                uses.add(name)
            case ast.Subscript(ctx=ast.Store()) | ast.Attribute(ctx=ast.Store()) if not inside:
                changes.update(base(node))
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
                changes.add(name)
        for child in ast.iter_child_nodes(node):
            visit(child, inside)

    visit(statement, False)
    return frozenset(binds), frozenset(changes), frozenset(uses - local)


def _made_by(name, statements, before):
    """Yield the places of the statements, before one, that made a name what it is, backwards."""
    for n in reversed(range(before)):
        statement = statements[n]
        if name in statement.binds | statement.changes:
            yield n
        if name in statement.binds and isinstance(
            statement.node, ast.Assign | ast.AnnAssign | ast.FunctionDef | ast.ClassDef
        ):
            return


def _followed(expression, names, statements):
    """Return the expression that a bare name was given, as far as it still has that value."""
    before = len(statements)
    while isinstance(expression, ast.Name) and not _step(expression, names):
        place = next(_made_by(expression.id, statements, before), None)
        given = _given(statements[place].node, expression.id) if place is not None else None
        if given is None or not _same(_value(expression, names), _value(given, names)):
            break
        expression, before = given, place
    return expression


def _given(statement, name):
    """Return the expression that an assignment gives a name, None where that is not written out."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
            return value
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            for target, value in zip(targets, values, strict=False):
                if isinstance(target, ast.Name) and target.id == name:
                    return value
    return None


def _same(a, b):
    if isinstance(a, str):
        return a == b
    return _is_number(a) and _is_number(b) and math.isclose(a, b, rel_tol=1e-13)


def _code(expression, cells, statements):
    """Yield (cell, text) of the lines that give an expression, as far back as a few lines go."""
    uses = _names(ast.Expr(expression))[2]
    todo = [(name, len(statements), 1) for name in sorted(uses)]
    taken, lines = set(), 0
    while todo:
        name, before, far = todo.pop(0)
        for place in _made_by(name, statements, before):
            length = statements[place].text.count("\n") + 1
            if place in taken or lines + length > MOST_LINES:
                continue
            taken.add(place)
            lines += length
            if far < FAR:
                todo += [(used, place, far + 1) for used in sorted(statements[place].uses)]
    for place in sorted(taken):
        yield statements[place].cell, statements[place].text
    if not isinstance(expression, ast.Name):
        yield len(cells) - 1, ast.get_source_segment(cells[-1], expression)
