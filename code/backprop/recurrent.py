"""A recurrent network: one layer that is used again at every step, forward and back through time.

Letters, those of the chapter "through-time", τ being a step, from 1; arrays have the steps in their
last axis but one, and before it, for a batch, the examples::

  x      a sequence, (steps, inputs) or (examples, steps, inputs)
  z, h   z(τ) = U x(τ) + W h(τ−1) + b and h(τ) = f(z(τ)), the hidden state; h has one row more than
         the others, because its row 0 is h(0) = 0
  y      the outputs, y(τ) = V h(τ) + c
  delta  ∂E/∂z, (…, steps, units); delta_y: ∂E/∂y, (…, steps, outputs)

E is half of each squared miss, summed over the outputs. Which outputs have a target, the shape of t
says: (outputs,), or (examples, outputs) for a batch, is one for the last step, and with an axis of
steps before the last one, for every step. As in `network`, E and the gradients of weights are means
over the examples, and what belongs to one example, delta and delta_y, stays undivided.

Floats, complex numbers, and arrays of SymPy objects. Nothing that is passed in is changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .functions import ACTIVATIONS
from .names import Symbol, derivative, indexed, unknown, updated
from .network import as_numbers, as_rate
from .trace import ETA, Steps, Trace

MOST_STEPS = 9  # of a trace: a name has one figure for its step


class Recurrent(NamedTuple):
    """U (units, inputs), W (units, units), V (outputs, units), biases b (units,) and c (outputs,),
    and the name of the activation f, which cannot be softmax."""

    U: np.ndarray
    W: np.ndarray
    V: np.ndarray
    b: np.ndarray
    c: np.ndarray
    activation: str = "tanh"


class Passed(NamedTuple):
    """What `forward` stores: z, h with h(0) in its row 0, and y, at every step."""

    z: np.ndarray
    h: np.ndarray
    y: np.ndarray


class Gradients(NamedTuple):
    """What `backward` returns: the deltas of each step, and the gradients, sums over the steps."""

    delta_y: np.ndarray
    delta: np.ndarray
    dU: np.ndarray
    dW: np.ndarray
    dV: np.ndarray
    db: np.ndarray
    dc: np.ndarray


WEIGHTS = ("U", "W", "V", "b", "c")


# ---- the passes --------------------------------------------------------------------------------


def forward(net: Recurrent, x: ArrayLike):
    """Return what is `Passed`. Raises ValueError or TypeError for shapes that do not fit."""
    net = _checked(net)
    x, f = _sequence(net, x), ACTIVATIONS[net.activation]
    kind = np.result_type(x, *net[:5])
    h = np.zeros((*x.shape[:-2], x.shape[-2] + 1, len(net.W)), kind)
    z = x @ net.U.T + net.b + np.zeros_like(h[..., 1:, :])  # what comes from outside
    for s in range(x.shape[-2]):
        z[..., s, :] += h[..., s, :] @ net.W.T
        h[..., s + 1, :] = f.f(z[..., s, :])
    return Passed(z, h, h[..., 1:, :] @ net.V.T + net.c)


def loss(net: Recurrent, x: ArrayLike, t: ArrayLike):
    """Return E, for a batch the mean over its examples. Raises as `forward` and `backward` do."""
    y = forward(net, x).y
    miss = _misses(y, t)
    return (miss**2).sum() / 2 / (len(y) if y.ndim == 3 else 1)


def backward(
    net: Recurrent, x: ArrayLike, passed: Passed, t: ArrayLike, *, truncated: int | None = None
):
    """Return the `Gradients`, given what `forward` stored: backpropagation through time.

    truncated: for truncated backpropagation through time, the length of the pieces into which the
    sequence is cut, counted from its end: no delta is carried from one piece to the one before it.
    Raises ValueError for a target that does not fit and for pieces of less than one step.
    """
    return _backward(RIGHT, net, x, passed, t, truncated)


def update(net: Recurrent, gradients: Gradients, learning_rate: float):
    """Return the network after one step of gradient descent. Raises as `network.update` does."""
    rate = as_rate(learning_rate)
    return net._replace(
        **{name: getattr(net, name) - rate * getattr(gradients, f"d{name}") for name in WEIGHTS}
    )


def terms(passed: Passed, gradients: Gradients):
    """Return what each step adds to ∂E/∂W, (steps, units, units): their sum is dW."""
    return _mean(gradients.delta[..., :, None] * passed.h[..., :-1, None, :])


# ---- the passes of a mistake -------------------------------------------------------------------


@dataclass(frozen=True)
class Lines:
    """The lines of the backward pass, in order, each of which a mistake may get wrong.

    misses(y, t, has_target) -> ∂E/∂y at every step; slope(f, g, z, h) -> δ of a step before the
    last one, given g = ∂E/∂h; came_in(h) -> what is multiplied by the deltas in ∂E/∂W, a row for
    each step; total(each) -> the gradient, of what each step adds to it.
    """

    misses: Callable
    slope: Callable
    came_in: Callable
    total: Callable


RIGHT = Lines(
    misses=lambda miss, has_target: np.where(has_target, miss, 0 * miss),
    slope=lambda f, g, z, h: f.back(g, z, h),
    came_in=lambda h: h[..., :-1, :],
    total=lambda each: each.sum(axis=0),
)

MISTAKES = {  # name: (what you did, the lines)
    "last step only": (
        "took the term of the last step only",
        replace(RIGHT, total=lambda each: each[-1]),
    ),
    "mean over steps": (
        "took the mean over the steps and not the sum",
        replace(RIGHT, total=lambda each: each.mean(axis=0)),
    ),
    "no slope between steps": (
        "left out the slope f′ on the way from step to step",
        replace(RIGHT, slope=lambda f, g, z, h: g),
    ),
    "state of the same step": (
        "multiplied each delta by the state of its own step and not of the step before",
        replace(RIGHT, came_in=lambda h: h[..., 1:, :]),
    ),
    "miss at every step": (
        "compared the output with the target at every step",
        replace(RIGHT, misses=lambda miss, has_target: miss),
    ),
}


def backward_with(name: str, net: Recurrent, x: ArrayLike, passed: Passed, t: ArrayLike):
    """Return the `Gradients` that one of MISTAKES leads to. Raises KeyError for another name, and
    as `backward` does."""
    if name not in MISTAKES:
        raise KeyError(unknown(name, MISTAKES, "mistake"))
    return _backward(MISTAKES[name][1], net, x, passed, t, None)


def _backward(lines, net, x, passed, t, truncated):
    net = _checked(net)
    x, f = _sequence(net, x), ACTIVATIONS[net.activation]
    steps = x.shape[-2]
    piece = steps if truncated is None else truncated
    if not isinstance(piece, int | np.integer) or piece < 1:
        raise ValueError(f"truncated should be a whole number of steps from 1, and is {piece!r}")
    miss, has_target = _misses(passed.y, t, everywhere=True)
    delta_y = lines.misses(miss, has_target)
    delta = np.zeros_like(passed.z, dtype=np.result_type(delta_y, passed.z))
    pulls = delta_y @ net.V  # of each step's output on its state
    for s in reversed(range(steps)):
        g = pulls[..., s, :]
        if s < steps - 1 and (steps - 1 - s) % piece:
            g = g + delta[..., s + 1, :] @ net.W  # and the pull of the next step
        slope = lines.slope if s < steps - 1 else RIGHT.slope
        delta[..., s, :] = slope(f, g, passed.z[..., s, :], passed.h[..., s + 1, :])

    def gradient(delta, came_in):
        return lines.total(_mean(delta[..., :, None] * came_in[..., None, :]))

    return Gradients(
        delta_y,
        delta,
        gradient(delta, x),
        gradient(delta, lines.came_in(passed.h)),
        _mean(delta_y[..., :, None] * passed.h[..., 1:, None, :]).sum(axis=0),
        gradient(delta, np.ones((*delta.shape[:-1], 1)))[:, 0],
        _mean(delta_y[..., None]).sum(axis=0)[:, 0],
    )


def _mean(each):
    """Return the mean over the examples, where there are some; the steps are then in front."""
    return each.mean(axis=0) if each.ndim == 4 else each


# ---- what comes in -----------------------------------------------------------------------------


def _checked(net):
    """Return the network with arrays of numbers whose shapes fit each other."""
    if net.activation not in ACTIVATIONS or ACTIVATIONS[net.activation].coupled:
        known = [name for name, f in ACTIVATIONS.items() if not f.coupled]
        raise KeyError(unknown(net.activation, known, "activation"))
    net = net._replace(**{name: as_numbers(name, getattr(net, name)) for name in WEIGHTS})
    units, inputs = net.U.shape if net.U.ndim == 2 else (0, 0)
    outputs = len(net.V) if net.V.ndim == 2 else 0
    fits = {
        "U": (units, inputs), "W": (units, units), "V": (outputs, units),
        "b": (units,), "c": (outputs,),
    }  # fmt: skip
    for name, shape in fits.items():
        found = getattr(net, name).shape
        if found != shape or 0 in shape:
            raise ValueError(
                f"{name} has shape {found}, and for {units} units, {inputs} inputs and {outputs} "
                f"outputs, as U and V have them, it should be {shape}"
            )
    return net


def _sequence(net, x):
    x = as_numbers("x", x)
    inputs = net.U.shape[1]
    if x.ndim not in (2, 3) or x.shape[-1] != inputs or 0 in x.shape:
        raise ValueError(
            f"x has shape {x.shape}; the network has {inputs} inputs, so it takes (steps, {inputs})"
            f" or, for a batch, (examples, steps, {inputs}), none of them 0"
        )
    return x


def _misses(y, t, everywhere=False):
    """Return y − t where there is a target; everywhere: at every step, and where there is one.

    A target for the last step alone is then compared with the outputs of all steps.
    """
    t = as_numbers("t", t)
    if t.shape == y.shape:
        return (y - t, np.ones(y.shape, bool)) if everywhere else y - t
    if t.shape != (*y.shape[:-2], y.shape[-1]):
        raise ValueError(
            f"t has shape {t.shape}; the outputs have {y.shape}, so it takes that, or "
            f"{(*y.shape[:-2], y.shape[-1])} for the last step alone"
        )
    if not everywhere:
        return y[..., -1, :] - t
    has_target = np.zeros(y.shape, bool)
    has_target[..., -1, :] = True
    return y - t[..., None, :], has_target


# ---- every number of one pass ------------------------------------------------------------------


E, Y, T = Symbol("E", "E"), Symbol("y", "y"), Symbol("t", "t")
LETTERS = {name: Symbol(name, name) for name in ("u", "w", "v", "b", "c")}
DELTA_Y = Symbol("delta_y", r"\delta_y")


def at(letter: str, s: int, latex: str | None = None):
    """Return the symbol of a quantity at step s: h2, h^{(2)}."""
    return Symbol(f"{letter}{s}", f"{latex or letter}^{{({s})}}")


def delta_at(s: int):
    """Return the symbol of the delta of step s."""
    return at("delta", s, r"\delta")


def term(weight: str, s: int):
    """Return the symbol of what step s adds to the gradient of a weight, u, w or b."""
    whole = derivative(E, LETTERS[weight])
    return Symbol(f"{whole.name}_at{s}", rf"\frac{{\partial E}}{{\partial {weight}^{{({s})}}}}")


def trace_of_recurrent(
    net: Recurrent, x: ArrayLike, t: ArrayLike, learning_rate: float | None = None, digits: int = 6
):
    """Return the Trace of one sequence through a network of one unit, one input and one output, up
    to the update if a learning rate is given.

    x: (steps, 1), t: (1,), the target of the last step. u, w, v, b and c are the one entries of U,
    W, V, b and c; a quantity of a step is named by it, h2, and dE_dw_at2 is what step 2 adds to
    dE_dw. Raises ValueError for more units, inputs or outputs than one, several sequences and more
    than nine steps, and as `forward` and `backward` do.
    """
    net, passed = _checked(net), forward(net, x)
    gradients = backward(net, x, passed, t)
    x, t = np.asarray(x, dtype=float), np.asarray(t, dtype=float)
    if x.ndim != 2 or t.ndim != 1 or len(x) > MOST_STEPS or net.V.shape != (1, 1) or x.shape[1] > 1:
        raise ValueError(
            "a trace follows one sequence of one input and at most 9 steps through one unit to one "
            f"target; x has shape {x.shape}, t {t.shape}, V {net.V.shape}"
        )
    f, last, steps = ACTIVATIONS[net.activation], len(x), Steps(digits)
    numbers = {"u": net.U[0, 0], "w": net.W[0, 0], "b": net.b[0], "v": net.V[0, 0], "c": net.c[0]}
    for s in range(1, last + 1):
        steps.add("given", at("x", s), "", x[s - 1, 0])
    steps.add("given", at("h", 0), "", 0.0)
    for name, value in numbers.items():
        steps.add("given", LETTERS[name], "", value)
    steps.add("given", T, "", t[0])

    for s in range(1, last + 1):
        z, h = at("z", s), at("h", s)
        received = f"u * x{s} + w * h{s - 1} + b"
        steps.add("forward", z, received, passed.z[s - 1, 0])
        steps.add("forward", h, f.formula.format(z=z.name), passed.h[s, 0])
    steps.add("forward", Y, f"v * h{last} + c", passed.y[-1, 0])
    steps.add("forward", E, "1 / 2 * (y - t)**2", loss(net, x, t))

    steps.add("output delta", DELTA_Y, "y - t", gradients.delta_y[-1, 0])
    arrives = f"v * {DELTA_Y.name}"
    for s in range(last, 0, -1):
        z, h, delta = at("z", s), at("h", s), delta_at(s)
        g, slope = derivative(E, h), derivative(h, z)
        value = f.df(passed.z[s - 1, 0], passed.h[s, 0])
        after = gradients.delta_y[-1] @ net.V if s == last else gradients.delta[s] @ net.W
        steps.add("hidden delta", g, arrives, after[0])
        expression = f.slope.format(z=z.name, a=h.name)
        # a square of h^(2) would have two numbers above it
        expression = expression.replace(f"{h.name}**2", f"{h.name} * {h.name}")
        steps.add("hidden delta", slope, expression, value)
        steps.add("hidden delta", delta, f"{g.name} * {slope.name}", gradients.delta[s - 1, 0])
        arrives = f"w * {delta.name}"

    steps.add("gradients", derivative(E, LETTERS["v"]), f"delta_y * h{last}", gradients.dV[0, 0])
    steps.add("gradients", derivative(E, LETTERS["c"]), "delta_y", gradients.dc[0])
    came_in = {"w": lambda s: f" * h{s - 1}", "u": lambda s: f" * x{s}", "b": lambda s: ""}
    found = {"w": gradients.dW[0, 0], "u": gradients.dU[0, 0], "b": gradients.db[0]}
    inputs = {"w": passed.h[:-1, 0], "u": x[:, 0], "b": np.ones(last)}
    for name, of_step in came_in.items():
        for s in range(last, 0, -1):
            expression = f"{delta_at(s).name}{of_step(s)}"
            value = gradients.delta[s - 1, 0] * inputs[name][s - 1]
            steps.add("gradients", term(name, s), expression, value)
        sum_of = " + ".join(term(name, s).name for s in range(last, 0, -1))
        steps.add("gradients", derivative(E, LETTERS[name]), sum_of, found[name])
    if learning_rate is not None:
        rate = as_rate(learning_rate)
        steps.add("given", ETA, "", rate)
        for name, value in numbers.items():
            symbol = LETTERS[name]
            gradient = derivative(E, symbol)
            new = value - rate * steps.values[gradient.name]
            steps.add("update", updated(symbol), f"{name} - eta * {gradient.name}", new)
    return Trace(steps.done, indexed((1,) * (last + 2), digits))
