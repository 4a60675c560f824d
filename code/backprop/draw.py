"""Drawings: a network with every number at its place, paths, ropes, frames, maps, images, ….

Each function takes its numbers from the trace that it draws, rounds them with `latex.fmt`, and
returns a `Picture` whose words, for screen readers, are made from the same numbers.

A second cue goes with every colour: forward values are filled pills (net inputs plain), deltas
dashed pills, weights boxed on their edges, gradients underlined with dashes, updates arrows.
"""

import re
from itertools import product
from math import floor, log10, prod

import numpy as np

from .card import card
from .curves import curves
from .cycle import cycle
from .diagram import (
    ACTIVE,
    LINE,
    ROUND,
    TO_WRITE,
    Diagram,
    Row,
    check_size,
    draw_rows,
    mathematics,
    shown,
)
from .factory import factory
from .graph import graph
from .grids import Grid, convnet, grids
from .images import confusion, images
from .latex import SCIENTIFIC_BELOW, fmt
from .latex import number as in_latex
from .names import Symbol, derivative, spoken, unknown, updated
from .picture import Sheet, Strip, width_of
from .surface import surface
from .trace import LABELS

__all__ = [
    "Grid",
    "card",
    "confusion",
    "convnet",
    "curves",
    "cycle",
    "factory",
    "frames",
    "graph",
    "grids",
    "images",
    "network",
    "path",
    "problem",
    "ropes",
    "surface",
]


# ---- the network -------------------------------------------------------------------------------

FORWARD = {"colour": "forward", "width": ACTIVE}
BACK = {"colour": "delta", "width": ACTIVE}
FAINT = {"faint": True}

LOOKS = {  # stage: (of edges, from which layer on; of the lines between outputs and targets)
    "forward": (FORWARD, 1, FORWARD),
    "output delta": (FAINT, 1, BACK),
    "hidden delta": (BACK, 2, FAINT),
    "gradients": ({"colour": "delta"}, 1, FAINT),
    "update": ({"colour": "update"}, 1, FAINT),
}


def network(trace, stage=None, *, digits=None, blank=()):
    """Draw the network of a trace with every number at its place, as far as `stage` has come.

    stage: one of the labels of a trace; what it computes is drawn strong, the other lines faint.
    None: all that the trace holds, nothing faint. digits: decimals, those of the trace by default.
    blank: names of steps whose places are left empty, to be written in by hand. Raises KeyError for
    another stage or step, ValueError for a stage that the trace has not reached and for a network
    that is too large to draw.
    """
    diagram, alt = drawn_network(trace, stage, digits or trace.digits, blank)
    return diagram.picture(alt)


def drawn_network(trace, stage, digits, blank=()):
    """Return (diagram, alt) of `network`, drawn, for a sheet on which there is more to come."""
    for name in blank:
        trace[name]  # raises for an unknown one
    if stage is not None and stage not in LABELS:
        raise KeyError(unknown(stage, LABELS, "stage"))
    if stage is not None and not trace.labelled(stage):
        raise ValueError(f"the trace has no {stage}: make it with a learning rate")
    names = trace.names
    seen = LABELS if stage is None else LABELS[: LABELS.index(stage) + 1]

    def rows(*kinds_and_symbols):
        return [
            Row(
                kind,
                symbol.latex,
                TO_WRITE if symbol.name in blank else shown(trace[symbol.name].value, digits),
            )
            for kind, symbol in kinds_and_symbols
            if symbol.name in trace and trace[symbol.name].label in seen
        ]

    def bare(kind, symbol, before=""):
        return [
            row._replace(latex=before or row.latex)  # an empty place says what belongs there
            if row.words is TO_WRITE
            else row._replace(latex="", words=(f"${before}$ " if before else "") + row.words)
            for row in rows((kind, symbol))
        ]

    drawn = set()

    def edge(symbol, own):
        if own in drawn:  # the gradient of a shared weight is one, and stands at its first place
            return rows(("weight", symbol))
        drawn.add(own)
        new = updated(symbol if updated(symbol).name in trace else own)
        return [
            *rows(("weight", symbol)),
            *bare("gradient", derivative(names.total, own)),
            *bare("new", new, r"\to"),
        ]

    def symbols_only(kind, *symbols):  # of what is still to come, or differs by example
        return [Row(kind, symbol.latex, "") for symbol in symbols]

    units = {
        (0, i): rows(("out", symbol)) or symbols_only("net", symbol)
        for i, symbol in enumerate(names.out[0])
    }
    edges = {}
    for l in range(1, len(names.out)):
        for j, out in enumerate(names.out[l]):
            net, delta = names.net[l][j], names.delta[l][j]
            numbers = rows(("net", net), ("out", out), ("delta", delta))
            units[l, j] = numbers or symbols_only("net", net, out)
            edges |= {(l, j, i): edge(w, w) for i, w in enumerate(names.w[l][j]) if w}
            edges[l, j, None] = edge(names.b[l][j], names.own_b[l][j])
    ends = {
        k: rows(("target", t), ("error", error)) or symbols_only("target", t)
        for k, (t, error) in enumerate(zip(names.t, names.error, strict=True))
    }
    diagram = Diagram(names, units, edges, ends, rows(("error", names.total)))

    of_edges, first, of_ends = LOOKS.get(stage, ({}, 1, {}))

    def edge_line(l, j, i):
        no_way_back = stage == "hidden delta" and i is None  # no delta goes into a bias
        return FAINT if l < first or no_way_back else of_edges

    diagram.draw(edge_line, lambda k: of_ends)
    steps = trace if stage is None else trace.labelled(stage)
    said = ", ".join(
        f"{spoken(step.name)} {fmt(step.value, digits)}" for step in steps if step.name not in blank
    )
    empty = ", ".join(spoken(step.name) for step in steps if step.name in blank)
    to_write = f"; to write in: {empty}" if empty else ""
    return diagram, f"{_the_network(trace)}, {stage or 'all its numbers'}: {said}{to_write}."


BELOW = 560  # pixels: the width of the text below a network


def problem(problem):
    """Draw a `practice.Problem`: its network with the given numbers, and below it the question."""
    trace, lines = problem.solution, []
    diagram, alt = drawn_network(trace, "given", trace.digits)
    if np.ndim(problem.x) == 2:  # a batch's inputs and targets stand at no unit
        for n, (x, t) in enumerate(zip(problem.x, problem.t, strict=True), 1):
            wanted = ", ".join(fmt(value) for value in t)
            lines.append(f"[{n}]: in {', '.join(fmt(value) for value in x)}; wanted {wanted}")
    lines += _wrapped(FORMULA.sub(lambda found: mathematics(found[1]), problem.question), BELOW)
    if problem.shown:
        values = ", ".join(
            mathematics(f"{trace[name].symbol} = {in_latex(value, trace.digits)}")
            for name, value in problem.shown.items()
        )
        lines += _wrapped(f"{values}.", BELOW)
    diagram.write_below(lines)
    return diagram.picture(alt)


FORMULA = re.compile(r"\$([^$]+)\$")


def _wrapped(text, width):
    """Return text in lines of at most `width` pixels; no formula is broken."""
    lines = [""]
    for word in re.findall(r"(?:\$[^$]+\$|\S)+", text):
        longer = f"{lines[-1]} {word}".strip()
        if width_of(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _the_network(trace):
    return f"The {'-'.join(str(len(layer)) for layer in trace.names.out)} network"


# ---- the paths of one weight -------------------------------------------------------------------

MOST_LINES = 6  # of chains below the drawing


def path(trace, name, *, digits=None):
    """Draw every path from one weight, bias or input to the loss, each slope on its piece.

    Below stands the product along each path, from the loss back to the start, and their sum.
    Raises KeyError for an unknown name, ValueError for a hidden softmax layer, whose units do not
    pass the signal on one by one, and for shared weights, and as `network`.
    """
    names, digits = trace.names, digits or trace.digits
    check_size(names)
    if names.shared:
        raise ValueError("paths are drawn where every connection has a weight of its own")
    inputs = [symbol.name for symbol in names.out[0]]
    if name in inputs:  # a path begins along each of its weights
        layer, source, first = 1, inputs.index(name), None
        gradient = derivative(names.total, names.out[0][source])
        last = {j: trace[row[source].name].value for j, row in enumerate(names.w[1])}
    else:
        layer, unit, source = first = names.weight_at(name)
        gradient, _, _, came_in = _last_factors(trace, name)
        last = {unit: came_in}

    def factor(symbol):
        number = shown(trace[symbol.name].value, digits)
        return [Row("slope", symbol.latex, ""), Row("slope", "", number)]

    def carried(kind, symbol):
        return [Row(kind, symbol.latex, shown(trace[symbol.name].value, digits))]

    units, ends = {}, {}
    for l in range(layer, len(names.out)):
        for j in last if l == layer else range(len(names.out[l])):
            *outer, inner = _slopes(trace, l, j)
            units[l, j] = factor(inner)
            if outer:
                ends[j] = factor(outer[0])
    if first is None:
        units[0, source] = carried("out", names.out[0][source])
    edges = {
        (l, j, i): carried("weight", w) if (l - 1, i) in units else []
        for l in range(1, len(names.out))
        for j, row in enumerate(names.w[l])
        for i, w in enumerate(row)
    }
    if first is not None:
        own = names.own_b[layer][unit] if source is None else names.w[layer][unit][source]
        local = derivative(names.net[layer][unit], own)
        number = Row("slope", "", shown(came_in, digits))
        edges[first] = [Row("weight", own.latex, ""), Row("slope", local.latex, ""), number]

    def edge_line(l, j, i):
        return BACK if (l, j, i) == first or (l - 1, i) in units else FAINT

    chains = [
        [*slopes, factor_of_j]
        for j, factor_of_j in last.items()
        for slopes in _slopes_along_paths(trace, layer, j)
    ]
    total = sum(map(prod, chains))
    diagram = Diagram(names, units, edges, ends)
    diagram.draw(edge_line, lambda k: BACK)
    diagram.write_below(
        _in_lines(chains, total, mathematics(gradient.latex), lambda v: shown(v, digits))
    )
    said = _in_lines(chains, total, spoken(gradient.name), lambda v: fmt(v, digits))
    count = "1 path leads" if len(chains) == 1 else f"{len(chains):,} paths lead"
    return diagram.picture(
        f"{_the_network(trace)}: {count} from {spoken(name)} to the loss. {'; '.join(said)}."
    )


def _last_factors(trace, name):
    """The symbols of a weight's gradient ∂E/∂w = δ a, of δ and of a, and the value of a.

    For a bias a is 1.
    """
    names = trace.names
    l, j, i = names.weight_at(name)
    delta = names.delta[l][j]
    if i is None:
        return derivative(names.total, names.own_b[l][j]), delta, Symbol("1", "1"), 1.0
    came_in = names.out[l - 1][i]
    return derivative(names.total, names.w[l][j][i]), delta, came_in, trace[came_in.name].value


def _slopes(trace, l, j):
    """The symbols of the slopes on the way back to a unit's net input, the loss first.

    (∂E/∂out, ∂out/∂net) at an output, or δ alone where the trace takes both in one step; ∂out/∂net
    at a hidden unit, to which each path has come through a weight.
    """
    names, out, net = trace.names, trace.names.out[l][j], trace.names.net[l][j]
    coupled = any(derivative(o, net).name in trace for o in names.out[l] if o != out)
    if l < len(names.out) - 1:
        if coupled:
            raise ValueError(f"layer {l} is a softmax: no path passes one of its units alone")
        return [derivative(out, net)]
    if coupled or derivative(names.total, out).name not in trace:
        return [names.delta[l][j]]
    return [derivative(names.total, out), derivative(out, net)]


def _slopes_along_paths(trace, l, j):
    """Yield the slopes along each path from the loss to a unit's net input, the loss first."""
    names = trace.names
    own = [trace[symbol.name].value for symbol in _slopes(trace, l, j)]
    if l == len(names.out) - 1:
        yield own
        return
    for k, row in enumerate(names.w[l + 1]):
        for slopes in _slopes_along_paths(trace, l + 1, k):
            yield [*slopes, trace[row[j].name].value, *own]


def _in_lines(chains, total, symbol, text):
    """The product along each path and the sum over the paths, a line each."""

    def operand(value):
        return f"({text(value)})" if value < 0 else text(value)

    if len(chains) > MOST_LINES:
        return [f"{symbol} = {text(total)}, the sum over {len(chains):,} paths"]
    products = [f"{' × '.join(map(operand, chain))} = {text(prod(chain))}" for chain in chains]
    if len(chains) == 1:
        return [f"{symbol} = {products[0]}"]
    terms = " + ".join(operand(prod(chain)) for chain in chains)
    return [*products, f"{symbol} = {terms} = {text(total)}"]


# ---- the ropes ---------------------------------------------------------------------------------

THICKEST, THINNEST = 22, 0.75  # of ropes, in pixels: the strongest, and what is still seen
BEND, SPREAD, HANG = 52, 100, 62  # of a rope, from rope to rope, of a thread that is multiplied


def ropes(trace, name, beside=None, *, digits=None):
    """Draw the pulls that meet at a hidden unit, and what is left of them for the weight `name`.

    Each unit after it pulls with δ w. The pulls are knotted at the unit; what hangs from the knot
    is their sum, times the unit's slope its delta, times what comes in along the weight its
    gradient. `beside` names another weight, hung beside it from its own delta. Thickness is the
    size of a pull. Raises KeyError for an unknown name, ValueError for a weight into an output,
    and as `path`.
    """
    names, digits = trace.names, digits or trace.digits
    check_size(names)
    l, j, _ = names.weight_at(name)
    if l == len(names.out) - 1:
        raise ValueError(f"{name} leads into an output, where only its own error pulls")
    out, knot = names.out[l][j], derivative(names.total, names.out[l][j])
    (slope,) = _slopes(trace, l, j)
    hung = [_last_factors(trace, weight) for weight in (name, beside) if weight is not None]

    def value(symbol):
        return trace[symbol.name].value

    def row(kind, symbol):
        return Row(kind, symbol.latex, shown(value(symbol), digits))

    after = list(zip(names.out[l + 1], names.delta[l + 1], names.w[l + 1], strict=True))
    pulls = [value(delta_k) * value(w[j]) for _, delta_k, w in after]
    deltas = [value(delta) for _, delta, *_ in hung]
    most = max(map(abs, [*pulls, value(knot), *deltas]))
    scale = THICKEST / (most or 1)  # a dead ReLU's pulls are all 0
    sheet = Sheet()

    def rope(xs, ys, pull):
        width = max(THINNEST, scale * abs(pull))
        sheet.line(xs, ys, "delta", width, cap="butt")
        return width

    def times(x, top, bottom, level, symbol, number, above, below):
        """Hang a rope that is multiplied on its way down; the factor stands beside it."""
        half = (top + bottom) / 2
        rope([x, x], [top, half], above)
        rope([x, x], [half, bottom], below)
        words = rf"$\times\ {mathematics(symbol)[1:]}"
        sheet.text(x + 20, level - LINE / 2, words)
        sheet.text(x + 20, level + LINE / 2, shown(number, digits))
        return x + 20 + max(width_of(words), width_of(shown(number, digits)))

    def block(x, y, rows):
        """Draw rows whose first has its middle at y."""
        draw_rows(sheet, rows, x, y - rows[0].height / 2, max(row.width for row in rows))

    # the pulls, from the unit to those after it
    half_widths = [
        max(row("delta", delta).width, row("gradient", gradient).width) / 2
        for gradient, delta, *_ in hung
    ]
    at_knot = [mathematics(knot.latex), shown(value(knot), digits)]
    at_left = [*map(width_of, at_knot), width_of(mathematics(out.latex)) + 18]
    x, spread = max(half_widths[0], *at_left) + 4, SPREAD * (len(pulls) - 1) / 2
    middle = 40 + max(spread, 30)
    signed = [("+" if pull > 0 else "") + shown(pull, digits) for pull in pulls]
    wishes = ["less" if pull > 0 else "more" for pull in pulls]
    products = [
        rf"{wish}: ${delta_k.latex}\, {w[j].latex}$"
        for wish, (_, delta_k, w) in zip(wishes, after, strict=True)
    ]
    level = x + BEND + max(map(width_of, signed + products)) + 20
    share, width, said = np.linspace(0, 1, 33), 0, []
    for k, (out_k, _, _) in enumerate(after):
        y = middle - spread + SPREAD * k
        rise = (y - middle) * share**2 * (3 - 2 * share)
        thick = rope(np.append(x + BEND * share, level), np.append(middle + rise, y), pulls[k])
        centre, off = (x + BEND + level) / 2, thick / 2 + 15
        sheet.text(centre, y - off, signed[k], "delta", "center")
        sheet.text(centre, y + off + 2, products[k], align="center")
        rows = [row("out", out_k)]
        if out_k in names.out[-1]:
            rows.append(row("target", names.t[k]))
        block(level, y, rows)
        width = max(width, level + max(row.width for row in rows))
        pull = f"{spoken(out_k.name)} pulls with {fmt(pulls[k], digits)}"
        said.append(f"{pull}, asking for {wishes[k]}")
    factor = middle + spread + 66
    y = factor + LINE + 16
    right = times(x, middle, y, factor, slope.latex, value(slope), value(knot), deltas[0])
    width = max(width, right)
    sheet.box(x - 8, middle - 8, 16, 16, "page", True, radius=ROUND)
    sheet.box(x - 8, middle - 8, 16, 16, "delta", radius=ROUND)
    sheet.text(x - 14, middle, mathematics(out.latex), "forward", "right")
    for words, above in zip(at_knot, (47, 26), strict=True):
        sheet.text(x + 3, middle - above, words, "delta", "right")
    said.append(f"together {spoken(knot.name)} {fmt(value(knot), digits)}")
    said.append(f"times the slope {fmt(value(slope), digits)}")

    # each weight: its unit's delta, times what comes in
    for half_width, (gradient, delta, source, came_in) in zip(half_widths, hung, strict=True):
        pill, result = row("delta", delta), row("gradient", gradient)
        block(x - pill.width / 2, y + pill.height / 2 - 2, [pill])
        top = y + pill.height - 4
        bottom = top + HANG
        half = (top + bottom) / 2
        right = times(x, top, bottom, half, source.latex, came_in, value(delta), value(gradient))
        block(x - result.width / 2, bottom + result.height / 2, [result])
        said.append(
            f"{spoken(delta.name)} {fmt(value(delta), digits)} times {fmt(came_in, digits)}: "
            f"{spoken(gradient.name)} {fmt(value(gradient), digits)}"
        )
        width = max(width, right, x + half_width)
        x = max(right, x + half_width) + 16 + half_widths[-1]
        height = bottom + result.height + 4
    return sheet.finish(width + 4, height, f"Ropes at {spoken(out.name)}: {'; '.join(said)}.")


# ---- five frames -------------------------------------------------------------------------------

FRAME, APART = 164, 46  # width, so that two fit side by side on a phone; from unit to unit


def frames(trace, name=None):
    """Draw the pass in five small frames, one for each label, with few numbers.

    Gradient and update are those of one weight, `name`, or the one with the largest gradient.
    Raises ValueError if the trace has no update, KeyError for an unknown name, and as `network`.
    """
    names = trace.names
    last = len(check_size(names)) - 1
    if not trace.labelled("update"):
        raise ValueError("five frames need an update: make the trace with a learning rate")
    if name is None:
        weights = [w.name for layer in names.w[1:] for row in layer for w in row]
        name = max(weights, key=lambda w: abs(trace[_last_factors(trace, w)[0].name].value))
    gradient, *_ = _last_factors(trace, name)
    one = names.weight_at(name)

    def numbers(kind, layers, symbols):
        return {
            (l, j): (symbol.name, _few(kind, trace[symbol.name].value))
            for l in layers
            for j, symbol in enumerate(symbols[l])
        }

    def below(kind, symbol, latex):
        return {None: (symbol, _few(kind, trace[symbol].value, latex))}

    plans = {
        "forward": numbers("out", (0, last), names.out) | below("error", *names.total),
        "output delta": numbers("delta", (last,), names.delta),
        "hidden delta": numbers("delta", range(1, last), names.delta),
        "gradients": below("gradient", *gradient),
        "update": below("new", f"{name}_new", trace[name].symbol),
    }
    return Strip(
        _frame(trace, n, label, plan, one) for n, (label, plan) in enumerate(plans.items(), 1)
    )


def _few(kind, value, latex=""):
    """A row with four decimals, or with as many as leave three figures."""
    small = SCIENTIFIC_BELOW <= abs(value) < 0.01
    digits = 2 - floor(log10(abs(value))) if small else 4
    arrow = r"$\to$ " if kind == "new" else ""
    return Row(kind, latex, arrow + shown(value, digits))


def _frame(trace, n, label, plan, one):
    """Draw one frame; plan[l, j] is (name, row) of the number at a unit, plan[None] that below."""
    sheet, sizes = Sheet(), check_size(trace.names)
    height = 32 + APART * max(sizes)
    sheet.text(0, 11, f"{n}  {label}")

    def centre(l, j):
        x = 8 + (FRAME - 16) * l / (len(sizes) - 1)
        return x, 28 + APART * (max(sizes) / 2 + j - (sizes[l] - 1) / 2)

    of_edges, first, _ = LOOKS[label]
    for l, size in enumerate(sizes[1:], 1):
        for j, i in product(range(size), range(sizes[l - 1])):
            if label in ("gradients", "update"):
                look = of_edges | {"width": ACTIVE} if (l, j, i) == one else FAINT
            else:
                look = of_edges if l >= first else FAINT
            sheet.line(*zip(centre(l - 1, i), centre(l, j), strict=True), **look)
    for l, size in enumerate(sizes):
        for j in range(size):
            x, y = centre(l, j)
            if (l, j) in plan:
                _, row = plan[l, j]
                left = min(max(x - row.width / 2, 1), FRAME - 1 - row.width)
                sheet.box(left, y - 10, row.width, 20, "page", True, radius=ROUND)
                row.draw(sheet, left, y - row.height / 2, row.width)
            else:
                sheet.box(x - 6, y - 6, 12, 12, "page", True, radius=ROUND)
                sheet.box(x - 6, y - 6, 12, 12, "ink", radius=ROUND)
    if None in plan:
        _, row = plan[None]
        row.draw(sheet, (FRAME - row.width) / 2, height - 4, row.width)
    said = [f"{spoken(name)} {row.words}" for name, row in plan.values()]
    return sheet.finish(FRAME, height + LINE, f"{n}, {label}: {', '.join(said)}.")
