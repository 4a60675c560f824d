"""The paths of one weight: from the loss back to it, each slope on its piece."""

from math import prod

from ..latex import fmt
from ..names import Symbol, derivative, spoken
from .diagram import Diagram, Row, check_size, mathematics, shown
from .network import BACK, FAINT, network_of

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
        gradient, _, _, came_in = last_factors(trace, name)
        last = {unit: came_in}

    def factor(symbol):
        number = shown(trace[symbol.name].value, digits)
        return [Row("slope", symbol.latex, ""), Row("slope", "", number)]

    def carried(kind, symbol):
        return [Row(kind, symbol.latex, shown(trace[symbol.name].value, digits))]

    units, ends = {}, {}
    for l in range(layer, len(names.out)):
        for j in last if l == layer else range(len(names.out[l])):
            *outer, inner = slopes_of(trace, l, j)
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
        for slopes in _along_paths(trace, layer, j)
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
        f"{network_of(trace)}: {count} from {spoken(name)} to the loss. {'; '.join(said)}."
    )


def last_factors(trace, name):
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


def slopes_of(trace, l, j):
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
