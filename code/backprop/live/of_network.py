"""Figures of one network and its example: what their numbers may be, and the network they make."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..names import unknown
from ..network import Network, as_mistaken_rate, as_rate, as_rows, as_target, check_biases
from ..trace import ETA
from .state import as_lists, settings_of
from .widget import Figure, make


def make_of_network(
    figure: type[Figure],
    net: Network,
    numbers: Mapping[str, Any],
    settings: Mapping[str, Any],
    view: Mapping[str, Any],
    **fixed: Any,
):
    """Return the figure of a network, as `make`; numbers: a value for each key besides W and b."""
    check_weights(net)
    state = {
        "W": as_lists(net.W),
        "b": as_lists(net.b),
        **numbers,
        "settings": {**settings_of(net), **settings},
        "view": view,
    }
    return make(figure, state, net=net, **fixed)


class OfNetwork(Figure):
    """A figure of one network and one example, or of a batch."""

    W: list
    b: list
    x: list
    t: list

    @property
    def net(self):
        """The network with the weights and biases that the figure has now."""
        return replace(self._net, W=self.W, b=self.b)

    @net.setter
    def net(self, net: Network):
        check_weights(net)
        mine, given = _functions(self._net), _functions(net)
        if net.sizes != self._net.sizes:
            mine, given = (f"layers of {one.sizes} units" for one in (self._net, net))
        if mine != given:
            raise ValueError(
                f"the network of this figure has {mine}, and this one has {given}: "
                "make another figure of it"
            )
        self.set_together(W=as_lists(net.W), b=as_lists(net.b))

    def checked(self, key: str, value: Any):
        net = self._net
        if key in ("W", "b"):
            return as_lists(getattr(replace(self.net, **{key: list(value)}), key))
        if key == "x":
            x = as_rows("x", value, net.sizes[0], "inputs")
            if x.ndim != np.ndim(self.x):
                raise ValueError(
                    f"x has shape {x.shape}, and the figure's {np.shape(self.x)}: one example "
                    "cannot become a batch, or a batch one example"
                )
            return x.tolist()
        if key == "t":
            return as_target(net, value, self.x).tolist()
        return super().checked(key, value)

    def rule_of_weights(self):
        """Return the rule for the name of a weight or bias."""

        def rule(key: str, value: Any):
            self._net.names.weight_at(value)
            return value

        return rule


class OfPass(OfNetwork):
    """A figure of a whole pass, up to the update."""

    learning_rate: float
    biases: str
    hidden_weights: str

    def checked(self, key: str, value: Any):
        if key == "b":
            value = super().checked(key, value)
            check_biases(replace(self.net, b=value), self.biases)
            return value
        if key == "learning_rate":
            return as_rate(value)
        if key == "biases":
            check_biases(self.net, value)
        if key == "hidden_weights":
            as_mistaken_rate(value, self.learning_rate)
        return super().checked(key, value)


def numbers_of_pass(net: Network, x: ArrayLike, t: ArrayLike, learning_rate: float, biases: str):
    """Return the value of each key of `OfPass` besides W and b."""
    return {
        **numbers_of_example(net, x, t),
        "learning_rate": as_rate(learning_rate),
        "biases": biases,
        "hidden_weights": "old",
    }


def numbers_of_example(net: Network, x: ArrayLike, t: ArrayLike):
    """Return {"x", "t"} as plain lists. Raises ValueError unless they are those of the network."""
    x = as_rows("x", x, net.sizes[0], "inputs")
    return {"x": x.tolist(), "t": as_target(net, t, x).tolist()}


def check_controls(net: Network, x: ArrayLike, controls: Iterable[str]):
    """Raise KeyError for a control that the figures have none for (parts/givens.js).

    Raises ValueError as `check_weights`, since a connection that is missing has no control.
    """
    check_weights(net)
    names = net.names
    layers = [*(row for layer in names.w[1:] for row in layer), *names.b[1:]]
    if np.ndim(x) == 1:  # of a batch, each input and target is many numbers
        layers.append(names.out[0])
        if net.loss.targets != "distribution":  # these go together: their sum is 1
            layers.append(names.t)
    known = {ETA.name, *(symbol.name for layer in layers for symbol in layer)}
    for control in controls:
        if control not in known:
            raise KeyError(unknown(control, sorted(known), "given number"))


def check_weights(net: Network):
    """Raise ValueError unless every connection has a weight of its own."""
    if net.names.shared:
        raise ValueError("this figure gives every connection a weight of its own: these are shared")


def _functions(net):
    layers = ", ".join(activation.name for activation in net.activations[1:])
    return f"the activations {layers} and the loss {net.loss.name}"
