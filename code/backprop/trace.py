"""One pass as a list of steps, each with its symbol, its formula, its numbers and its value.

The values are those of `forward` and `backward`. The formula of a step is an expression in the
names of the steps it came from, so a reader, a test or another program can redo each from there.
Chapters, figures and tests all read these steps.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import ArrayLike

from . import latex
from .names import Names, Symbol, derivative, unknown, updated
from .network import Network, as_rate, backward, check_biases, forward
from .tables import TABLES

TABLE = TABLES["trace"]
LABELS = tuple(TABLE["LABELS"])  # of steps, in order
PARTS = SLOPE, PULL = TABLE["PARTS"]  # what goes into a delta or a gradient
ETA = Symbol("eta", r"\eta")


@dataclass(frozen=True)
class Step:
    """One line of the pass.

    label: one of LABELS; expression: Python text in the names of `inputs`, `""` for a given number;
    symbol, formula and numbers (the formula with numbers in): LaTeX.
    """

    name: str
    label: str
    symbol: str
    expression: str
    formula: str
    numbers: str
    value: float
    inputs: tuple[str, ...]

    @property
    def word(self):
        """What its line is called: its label, or one of PARTS, because a factor is not a delta."""
        if "delta" in self.label and not self.name.startswith("delta"):
            return PULL if "hidden" in self.label and self.name.startswith("dE") else SLOPE
        if self.label == "gradients" and not self.name.startswith("dE"):
            return SLOPE
        return self.label


class Trace:
    """The steps of one pass, in order; `trace["net_h1"]` is one of them.

    `names` are those of its network, `digits` is how many decimals are shown. Raises KeyError for
    an unknown name.
    """

    def __init__(self, steps: Iterable[Step], names: Names):
        self.names, self.digits = names, names.digits
        self._steps = {step.name: step for step in steps}

    def __iter__(self):
        return iter(self._steps.values())

    def __len__(self):
        return len(self._steps)

    def __contains__(self, name):
        return name in self._steps

    def __getitem__(self, name):
        if name not in self._steps:
            raise KeyError(unknown(name, self._steps, "step"))
        return self._steps[name]

    @property
    def values(self):
        """The value of every step, by name."""
        return {step.name: step.value for step in self}

    @cached_property
    def identities(self):
        """What tells each step from the steps of other traces that have its name, by name.

        A digest of how the step is computed, from the given numbers on, to their last bit: steps of
        two traces have the same if the traces agree as far as the step, whatever comes after. A
        learning rate comes after: it parts updates, not the passes before them.
        """
        example = [s.value.hex() for s in self.labelled("given") if s.name != ETA.name]
        found = {}
        for step in self:
            origin = [found[name] for name in step.inputs] or [*example, step.value.hex()]
            told = " ".join([step.name, step.expression, *origin])
            found[step.name] = sha256(told.encode()).hexdigest()[:8]
        return found

    def labelled(self, label: str):
        """Return the steps of one of LABELS, in order."""
        if label not in LABELS:
            raise KeyError(unknown(label, LABELS, "label"))
        return [step for step in self if step.label == label]

    def shown(self, name: str):
        """Return the value of a step as the page shows it, rounded."""
        return latex.fmt(self[name].value, self.digits)

    def csv(self):
        """Return the steps as CSV, values with all their digits, `inputs` parted by spaces."""
        file = io.StringIO()
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(Step.__dataclass_fields__)
        for step in self:
            rows.writerow([*list(asdict(step).values())[:-1], " ".join(step.inputs)])
        return file.getvalue()

    def json(self):
        """Return the steps as a JSON list of objects."""
        return json.dumps([asdict(step) for step in self], indent=1)

    def table(self):
        """Return the steps as a Markdown table."""
        head = "| step | formula | numbers | result |\n|:--|:--|:--|--:|\n"
        return head + "".join(
            f"| ${s.symbol}$ | {_math(s.formula)} | {_math(s.numbers)} "
            f"| {latex.result(s.value, self.digits)} |\n"
            for s in self
        )

    def _repr_mimebundle_(self, **_):
        plain = "\n".join(f"{s.name} = {s.expression or s.value}" for s in self)
        return {"text/markdown": self.table(), "text/plain": plain}


def _math(text):
    return f"${text}$" if text else ""


def trace(
    net: Network,
    x: ArrayLike,
    t: ArrayLike,
    learning_rate: float | None = None,
    *,
    biases: str = "updated",
):
    """Return the Trace of one example through `net`, up to the update if a learning rate is given.

    x: (inputs,), t: (outputs,); biases as in `update`. Raises as `forward`, `backward` and `update`
    do, and ValueError for a batch, for which there is `trace_of_batch`.
    """
    z, a = forward(net, x)
    if a[0].ndim != 1:
        raise ValueError(f"a trace follows one example; x has shape {a[0].shape}")
    check_biases(net, biases)
    delta, dW, db = backward(net, z, a, t)
    steps, t = Steps(net.names.digits), np.asarray(t, dtype=float)
    _given(steps, net, a[0], t)
    _forward(steps, net, z, a, t)
    _deltas(steps, net, z, a, t, delta)
    _gradients(steps, net, a, dW, db)
    if learning_rate is not None:
        steps.add("given", ETA, "", as_rate(learning_rate))
        _updates(steps, net, dW, db, learning_rate, biases)
    return Trace(steps.done, net.names)


def trace_of_batch(net: Network, x: ArrayLike, t: ArrayLike, learning_rate: float | None = None):
    """Return the Trace of a batch: the steps of each example, the means of their gradients, and
    the update by these if a learning rate is given.

    x: (examples, inputs), t: (examples, outputs). The quantities of an example are named by it,
    counted from 1: delta1_2_of_3 is that of the third. Raises as `forward` and `backward` do, and
    ValueError for one example alone.
    """
    z, a = forward(net, x)
    if a[0].ndim != 2:
        raise ValueError(f"a batch has an example to a row; x has shape {a[0].shape}")
    _, dW, db = backward(net, z, a, t)
    steps = Steps(net.names.digits)
    each = [replace(net, names=_of_example(net.names, n)) for n in range(1, len(a[0]) + 1)]
    for net_n, x_n, t_n in zip(each, a[0], np.asarray(t, dtype=float), strict=True):
        z, a = forward(net_n, x_n)
        delta, *gradients = backward(net_n, z, a, t_n)
        _given(steps, net_n, x_n, t_n)
        _forward(steps, net_n, z, a, t_n)
        _deltas(steps, net_n, z, a, t_n, delta)
        _gradients(steps, net_n, a, *gradients)
    for (l, j, i), symbol in sorted(net.names.weights(), key=lambda weight: -weight[0][0]):
        terms = " + ".join(derivative(net_n.names.total, symbol).name for net_n in each)
        value = db[l][j] if i is None else dW[l][j, i]
        mean = f"({terms}) / {len(each)}"
        steps.add("gradients", derivative(net.names.total, symbol), mean, value)
    if learning_rate is not None:
        steps.add("given", ETA, "", as_rate(learning_rate))
        _updates(steps, net, dW, db, learning_rate, "updated")
    return Trace(steps.done, net.names)


def _of_example(names, n):
    """Return the names of a batch's n-th example: its own, but for the weights and biases."""

    def of_all(symbols):
        if isinstance(symbols, Symbol):
            return Symbol(f"{symbols.name}_of_{n}", f"{symbols.latex}[{n}]")
        return symbols and tuple(map(of_all, symbols))

    own = ("out", "net", "delta", "t", "error", "total")
    return replace(names, **{field: of_all(getattr(names, field)) for field in own})


class Steps:
    """Collects steps, in `done`; writes formula and numbers of each from those before it."""

    def __init__(self, digits: int):
        self.digits, self.done, self.symbols, self.values = digits, [], {}, {}

    def add(self, label: str, symbol: Symbol, expression: str, value: float):
        if symbol.name in self.values:  # a bias that several units share
            return
        step = Step(
            symbol.name,
            label,
            symbol.latex,
            expression,
            latex.formula(expression, self.symbols) if expression else "",
            latex.substituted(expression, self.values, self.digits) if expression else "",
            float(value),
            latex.names_in(expression) if expression else (),
        )
        self.take([step])

    def take(self, ready: Iterable[Step]):
        """Take steps as they are, such as those of another trace."""
        for step in ready:
            self.symbols[step.name], self.values[step.name] = step.symbol, step.value
            self.done.append(step)


def _given(steps, net, x, t):
    names = net.names
    for i, symbol in enumerate(names.out[0]):
        steps.add("given", symbol, "", x[i])
    for l in range(1, len(net.W)):
        for j, row in enumerate(names.w[l]):
            for i, symbol in enumerate(row):
                if symbol:
                    steps.add("given", symbol, "", net.W[l][j, i])
            steps.add("given", names.b[l][j], "", net.b[l][j])
    for k, symbol in enumerate(names.t):
        steps.add("given", symbol, "", t[k])


def _forward(steps, net, z, a, t):
    names, last = net.names, len(net.W) - 1
    for l in range(1, last + 1):
        activation = net.activations[l]
        exps = " + ".join(f"exp({net_k.name})" for net_k in names.net[l])
        outputs = []
        for j, (net_j, out_j) in enumerate(zip(names.net[l], names.out[l], strict=True)):
            products = [
                f"{w.name} * {out.name}"
                for w, out in zip(names.w[l][j], names.out[l - 1], strict=True)
                if w
            ]
            steps.add("forward", net_j, " + ".join([*products, names.b[l][j].name]), z[l][j])
            output = (out_j, activation.formula.format(z=net_j.name, exps=exps), a[l][j])
            if activation.coupled:  # it takes every net input of its layer first
                outputs.append(output)
            else:
                steps.add("forward", *output)
        for output in outputs:
            steps.add("forward", *output)
    terms = net.loss.terms(z[last], a[last], t)
    for k, symbol in enumerate(names.error):
        expression = net.loss.term.format(a=names.out[last][k].name, t=names.t[k].name, n=len(t))
        steps.add("forward", symbol, expression, terms[k])
    steps.add("forward", names.total, " + ".join(s.name for s in names.error), terms.sum())


def _deltas(steps, net, z, a, t, delta):
    names, last = net.names, len(net.W) - 1
    if net.loss.partner:  # a cross-entropy: E's derivative and the activation's give a − t together
        for k, symbol in enumerate(names.delta[last]):
            expression = f"{names.out[last][k].name} - {names.t[k].name}"
            steps.add("output delta", symbol, expression, delta[last][k])
    else:
        d = net.loss.d(a[last], t)
        for k, out_k in enumerate(names.out[last]):
            expression = net.loss.slope.format(a=out_k.name, t=names.t[k].name, n=len(t))
            steps.add("output delta", derivative(names.total, out_k), expression, d[k])
        _through_activation(steps, "output delta", net, last, z, a, delta)
    for l in range(last - 1, 0, -1):
        g = delta[l + 1] @ net.W[l + 1]
        for j, out_j in enumerate(names.out[l]):
            pulls = {
                k: f"{names.delta[l + 1][k].name} * {row[j].name}"
                for k, row in enumerate(names.w[l + 1])
                if row[j]
            }
            if l + 1 == last and not net.activations[last].coupled:
                # each output's own term: how hard that output pulls on this unit
                for k, expression in pulls.items():
                    pull = derivative(names.error[k], out_j)
                    steps.add("hidden delta", pull, expression, delta[last][k] * net.W[last][k, j])
                    pulls[k] = pull.name
            expression = " + ".join(pulls.values())
            steps.add("hidden delta", derivative(names.total, out_j), expression, g[j])
        _through_activation(steps, "hidden delta", net, l, z, a, delta)


def _through_activation(steps, label, net, l, z, a, delta):
    """From ∂E/∂out to δ: times the slope, or along every entry of the Jacobian."""
    names, activation = net.names, net.activations[l]
    slopes = activation.df(z[l], a[l])
    for j, net_j in enumerate(names.net[l]):
        reached = range(len(names.net[l])) if activation.coupled else [j]
        factors = []
        for m in reached:
            out_m = names.out[l][m]
            symbol = derivative(out_m, net_j)
            if m == j:
                expression = activation.slope.format(z=net_j.name, a=out_m.name)
            else:
                expression = f"-{out_m.name} * {names.out[l][j].name}"
            steps.add(label, symbol, expression, slopes[m, j] if activation.coupled else slopes[j])
            factors.append(f"{derivative(names.total, out_m).name} * {symbol.name}")
        steps.add(label, names.delta[l][j], " + ".join(factors), delta[l][j])


def _gradients(steps, net, a, dW, db):
    names = net.names
    for l in range(len(net.W) - 1, 0, -1):
        for w, places in names.places[l].items():
            terms = []  # one for each place that shares the weight
            for j, i in places:
                delta_j = names.delta[l][j].name
                if i is None:
                    terms.append(delta_j)
                    gradient = db[l][j]
                else:
                    out_i, local = names.out[l - 1][i], derivative(names.net[l][j], w)
                    steps.add("gradients", local, out_i.name, a[l - 1][i])
                    terms.append(f"{delta_j} * {out_i.name}")
                    gradient = dW[l][j, i]
            steps.add("gradients", derivative(names.total, w), " + ".join(terms), gradient)


def _updates(steps, net, dW, db, learning_rate, biases):
    names = net.names

    def step_down(symbol, old, gradient, value):
        steps.add("update", updated(symbol), f"{old.name} - eta * {gradient.name}", value)

    for l in range(len(net.W) - 1, 0, -1):
        for j, row in enumerate(names.w[l]):
            for i, w in enumerate(row):
                if w is None:
                    continue
                new = net.W[l][j, i] - learning_rate * dW[l][j, i]
                step_down(w, w, derivative(names.total, w), new)
        own = [derivative(names.total, b) for b in names.own_b[l]]
        if biases == "updated":
            for j, b in enumerate(names.own_b[l]):
                step_down(b, names.b[l][j], own[j], net.b[l][j] - learning_rate * db[l][j])
        elif biases == "shared":
            b = names.b[l][0]
            shared = derivative(names.total, Symbol(f"{b.name}_shared", b.latex))
            steps.add("gradients", shared, " + ".join(s.name for s in own), db[l].sum())
            step_down(b, b, shared, net.b[l][0] - learning_rate * db[l].sum())
