"""The paths of one weight: from the loss back to it, each slope on its piece."""

from math import prod
from typing import NamedTuple

from ..latex import fmt
from ..names import Symbol, derivative, spoken
from ..trace import Trace
from .diagram import Diagram, Row, check_size, mathematics, shown
from .network import BACK, FAINT, network_of

MOST_LINES = 6  # of chains below the drawing


def path(trace: Trace, name: str, *, digits: int | None = None):
    """Draw every path from one weight, bias or input to the loss, each slope on its piece.

    Below stands the product along each path, from the loss back to the start, and their sum.
    Raises KeyError for an unknown name, ValueError for a hidden softmax layer, whose units do not
    pass the signal on one by one, and for shared weights, and as `network`.
    """
    names, digits = trace.names, digits or trace.digits
    check_size(names)
    if names.shared:
        raise ValueError("paths are drawn where every connection has a weight of its own")
    start = _start(trace, name)
    units, ends = _at_units(trace, start, digits)
    passed = set(units)
    edges = _at_edges(trace, start, passed, digits)
    if start.place is not None and start.place[2] is not None:  # what the weight multiplies
        l, _, i = start.place
        units[l - 1, i] = _carried(trace, "out", names.out[l - 1][i], digits)
    diagram = Diagram(names, units, edges, ends)

    def edge_line(l, j, i):
        return BACK if (l, j, i) == start.place or (l - 1, i) in passed else FAINT

    diagram.draw(edge_line, lambda k: BACK)
    chains = [
        [*slopes, came_in]
        for j, came_in in start.came_in.items()
        for slopes in _along_paths(trace, start.layer, j)
    ]
    total = sum(map(prod, chains))
    symbol = mathematics(start.gradient.latex)
    lines = _in_lines(chains, total, symbol, lambda v: shown(v, digits))
    diagram.write_below(lines)
    said = _in_lines(chains, total, spoken(start.gradient.name), lambda v: fmt(v, digits))
    count = "1 path leads" if len(chains) == 1 else f"{len(chains):,} paths lead"
    alt = f"{network_of(trace)}: {count} from {spoken(name)} to the loss. {'; '.join(said)}."
    picture = diagram.picture(alt)
    picture.narrower = lambda: diagram.narrow(edge_line, lambda k: BACK, lines, alt)
    return picture


class _Start(NamedTuple):
    """Where the paths begin: at a weight or bias, `place`, or at an input, along all its weights.

    layer: that of the units that they reach first; came_in: {j: the last factor of a path through
    unit j}; source: the input, counted from 0; gradient: the symbol of what the paths add up to.
    """

    layer: int
    came_in: dict
    gradient: Symbol
    place: tuple | None = None
    source: int | None = None


def _start(trace, name):
    names = trace.names
    inputs = [symbol.name for symbol in names.out[0]]
    if name in inputs:
        source = inputs.index(name)
        came_in = {j: trace[row[source].name].value for j, row in enumerate(names.w[1])}
        return _Start(1, came_in, derivative(names.total, names.out[0][source]), source=source)
    place = names.weight_at(name)
    gradient, _, _, came_in = last_factors(trace, name)
    return _Start(place[0], {place[1]: came_in}, gradient, place)


def _at_units(trace, start, digits):
    """Return the slopes, as rows, at the units that the paths pass, and at the outputs' ends."""
    names, units, ends = trace.names, {}, {}

    def factor(symbol):
        number = shown(trace[symbol.name].value, digits)
        return [Row("slope", symbol.latex, ""), Row("slope", "", number)]

    for l in range(start.layer, len(names.out)):
        for j in start.came_in if l == start.layer else range(len(names.out[l])):
            *outer, inner = slopes_of(trace, l, j)
            units[l, j] = factor(inner)
            if outer:
                ends[j] = factor(outer[0])
    if start.source is not None:
        units[0, start.source] = _carried(trace, "out", names.out[0][start.source], digits)
    return units, ends


def _at_edges(trace, start, passed, digits):
    """Return the weights, as rows, along the paths, and at the start what comes in there."""
    names = trace.names
    edges = {
        (l, j, i): _carried(trace, "weight", w, digits) if (l - 1, i) in passed else []
        for l in range(1, len(names.out))
        for j, row in enumerate(names.w[l])
        for i, w in enumerate(row)
    }
    if start.place is not None:
        l, j, i = start.place
        own = names.own_b[l][j] if i is None else names.w[l][j][i]
        local = derivative(names.net[l][j], own)
        number = Row("slope", "", shown(start.came_in[j], digits))
        edges[start.place] = [Row("weight", own.latex, ""), Row("slope", local.latex, ""), number]
    return edges


def _carried(trace, kind, symbol, digits):
    return [Row(kind, symbol.latex, shown(trace[symbol.name].value, digits))]


def last_factors(trace: Trace, name: str):
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


def slopes_of(trace: Trace, l: int, j: int):
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


def _along_paths(trace, l, j):
    """Yield the slopes along each path from the loss to a unit's net input, the loss first."""
    names = trace.names
    own = [trace[symbol.name].value for symbol in slopes_of(trace, l, j)]
    if l == len(names.out) - 1:
        yield own
        return
    for k, row in enumerate(names.w[l + 1]):
        for slopes in _along_paths(trace, l + 1, k):
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
