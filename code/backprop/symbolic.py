"""The same passes on SymPy's symbols: what `forward` and `backward` compute, as formulas."""

from dataclasses import replace

import numpy as np
import sympy
from numpy.typing import ArrayLike

from .network import Network, loss


def symbols(net: Network, x: ArrayLike, t: ArrayLike):
    """Return (net, x, t, values): the network, input and target made of symbols, and their numbers.

    The symbols have the network's own names, w6 or w2_1_2; units that share a bias share its
    symbol. values[symbol] is the number it stands for.
    """
    values = {}

    def named(symbol, value):
        symbol = sympy.Symbol(symbol.name, real=True)
        values[symbol] = float(value)
        return symbol

    def layer(names, numbers):
        made = np.empty(np.shape(numbers), dtype=object)
        for place in np.ndindex(made.shape):
            name = names
            for i in place:
                name = name[i]
            made[place] = named(name, numbers[place]) if name else sympy.Integer(0)
        return made

    names, layers = net.names, range(1, len(net.W))
    made = replace(
        net,
        W=[None] + [layer(names.w[l], net.W[l]) for l in layers],
        b=[None] + [layer(names.b[l], net.b[l]) for l in layers],
    )
    x, t = np.asarray(x), np.asarray(t)
    return made, layer(names.out[0], x), layer(names.t, t), values


def derivative(net: Network, x: ArrayLike, t: ArrayLike, name: str):
    """Return ∂E/∂name as a SymPy expression: E of the symbols, then SymPy's own differentiation.

    A bias that several units share is one symbol, so its derivative is the sum over them. Raises
    KeyError for a name that is no weight, bias, input or target.
    """
    symbolic, xs, ts, values = symbols(net, x, t)
    by = {symbol.name: symbol for symbol in values}
    if name not in by:
        net.names.places_of(name)  # raises, and names what comes near
    return sympy.diff(loss(symbolic, xs, ts), by[name])


def value(expression: sympy.Expr, net: Network, x: ArrayLike, t: ArrayLike, digits: int = 17):
    """Return an expression of the network's symbols as a float, worked out to `digits` digits."""
    *_, values = symbols(net, x, t)
    return float(expression.evalf(digits, subs=values))


def tex(expression: sympy.Expr, net: Network):
    """Return a SymPy expression as LaTeX with the network's own symbols."""
    names = net.names
    known = [*names.out[0], *names.t]
    for l in range(1, len(net.W)):
        known += [*names.b[l], *(symbol for row in names.w[l] for symbol in row if symbol)]
    latex = {sympy.Symbol(symbol.name, real=True): symbol.latex for symbol in known}
    return sympy.latex(expression, symbol_names=latex)
