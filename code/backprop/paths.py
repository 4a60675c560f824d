"""Why a weight has its gradient: every path from it to the loss, and the sum over the paths.

Slopes multiply along a path and add across paths.
"""

from dataclasses import dataclass
from math import prod

from numpy.typing import ArrayLike

from . import latex
from .lines import WorkedLine, in_markdown
from .names import derivative
from .network import Network, backward, forward

MOST_PATHS = 10_000


@dataclass(frozen=True)
class Factor:
    """One slope on a path: `symbol`, LaTeX; `value`."""

    symbol: str
    value: float


@dataclass(frozen=True)
class Path:
    """One way from a weight to the loss: the quantities on it, by name, and its factors in order
    from the loss back to the weight."""

    names: tuple[str, ...]
    factors: tuple[Factor, ...]

    @property
    def product(self):
        return prod(factor.value for factor in self.factors)


@dataclass(frozen=True)
class Why:
    """The gradient of one weight or bias, `symbol` in LaTeX: the sum of its `paths`."""

    name: str
    symbol: str
    paths: tuple[Path, ...]
    gradient: float
    digits: int

    @property
    def total(self):
        """The sum over the paths; `gradient` is what `backward` says."""
        return sum(path.product for path in self.paths)

    def markdown(self):
        """Return worked lines: each path as its chain and with numbers in, then their sum."""
        paths = [
            self._line(
                f"path {n}",
                r" \cdot ".join(factor.symbol for factor in path.factors),
                r" \times ".join(latex.operand(f.value, self.digits) for f in path.factors),
                path.product,
            )
            for n, path in enumerate(self.paths, start=1)
        ]
        products = " + ".join(latex.operand(path.product, self.digits) for path in self.paths)
        return in_markdown([*paths, self._line("sum", self.symbol, products, self.total)])

    def _line(self, label, formula, numbers, value):
        result = latex.result(value, self.digits)
        return WorkedLine(label, formula, (numbers,), result, "gradient")

    def _repr_mimebundle_(self, **_):
        plain = "\n".join(
            f"{' → '.join(path.names)}: "
            f"{' × '.join(f'{f.value:.9g}' for f in path.factors)} = {path.product:.9g}"
            for path in self.paths
        )
        return {"text/markdown": self.markdown(), "text/plain": f"{plain}\nsum {self.total:.9g}"}


def why(net: Network, x: ArrayLike, t: ArrayLike, name: str):
    """Return the Why of the weight or bias `name`: its chain along every path to the loss.

    x: (inputs,), t: (outputs,). Raises KeyError for an unknown name, ValueError for a batch and
    for more than 10,000 paths, and as `forward` and `backward` do.
    """
    l, j, i = net.names.weight_at(name)
    z, a = forward(net, x)
    if a[0].ndim != 1:
        raise ValueError(f"paths are those of one example; x has shape {a[0].shape}")
    _, dW, db = backward(net, z, a, t)
    count = count_paths(net, l)
    if count > MOST_PATHS:
        raise ValueError(
            f"{count:,} paths lead from {name} to the loss, and at most {MOST_PATHS:,} are listed: "
            "this is why backpropagation sums them layer by layer"
        )
    weight = net.names.own_b[l][j] if i is None else net.names.w[l][j][i]
    local = derivative(net.names.net[l][j], weight).latex
    first = Factor(local, 1.0 if i is None else float(a[l - 1][i]))
    paths = tuple(
        Path((name, net.names.net[l][j].name, *passed), (*factors, first))
        for passed, factors in _from_net(net, z, a, t, l, j)
    )
    gradient = db[l][j] if i is None else dW[l][j, i]
    symbol = derivative(net.names.total, weight).latex
    return Why(name, symbol, paths, float(gradient), net.names.digits)


def count_paths(net: Network, l: int):
    """Return how many paths lead from one net input of layer l to the loss."""
    last = len(net.W) - 1
    count = prod(net.sizes[l + 1 :])
    for m in range(l, last + 1):
        if net.activations[m].coupled and not (m == last and net.loss.partner):
            count *= net.sizes[m]
    return count


def _from_net(net, z, a, t, l, j):
    """Yield (names, factors) of every path from net input j of layer l to the loss."""
    names, last, activation = net.names, len(net.W) - 1, net.activations[l]
    if l == last and net.loss.partner:
        symbol = derivative(names.total, names.net[l][j]).latex
        yield (names.total.name,), (Factor(symbol, float(a[l][j] - t[j])),)
        return
    slopes = activation.df(z[l], a[l])
    for m in range(len(names.net[l])) if activation.coupled else [j]:
        out = names.out[l][m]
        slope = slopes[m, j] if activation.coupled else slopes[j]
        through = Factor(derivative(out, names.net[l][j]).latex, float(slope))
        if l == last:
            d = net.loss.d(a[l], t)[m]
            end = Factor(derivative(names.total, out).latex, float(d))
            yield (out.name, names.total.name), (end, through)
            continue
        for k, row in enumerate(net.W[l + 1]):
            carried = Factor(derivative(names.net[l + 1][k], out).latex, float(row[m]))
            for passed, factors in _from_net(net, z, a, t, l + 1, k):
                yield (out.name, names.net[l + 1][k].name, *passed), (*factors, carried, through)
