"""What the scripts of the figures are given, as plain data that JSON has."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .. import practice
from ..names import Names, Symbol
from ..network import Network
from ..practice.pcg import STREAMS


def as_lists(layers: Sequence[ArrayLike | None]):
    """Return layers of numbers as plain lists, None at layer 0."""
    return [None if layer is None else np.asarray(layer, dtype=float).tolist() for layer in layers]


def settings_of(net: Network):
    """Return what of a network no slider changes: its activations, its loss and its names."""
    return {
        "activations": [activation and activation.name for activation in net.activations],
        "loss": net.loss.name,
        "names": _named(net.names),
    }


def kinds_of(wanted: Iterable[str]):
    """Return the kinds of `practice`, by name, as core/problems.js takes them."""
    found = {}
    for name in wanted:
        form = practice.as_kind(name)
        plain = {field: getattr(form, field) for field in form.__dataclass_fields__}
        found[name] = {**plain, "names": _named(form.names), "stream": STREAMS[name]}
    return found


def _named(value):
    """Names as plain data, every symbol {name, latex}."""
    if isinstance(value, Symbol):
        return value._asdict()
    if isinstance(value, Names):
        return {field: _named(getattr(value, field)) for field in value.__dataclass_fields__}
    return [_named(one) for one in value] if isinstance(value, tuple) else value
