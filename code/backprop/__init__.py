"""Backpropagation, number by number: networks small enough to follow every number through."""

from .data import digits, examples, sources
from .network import Network, backward, forward, loss, update, with_values
from .paths import why
from .trace import trace
from .train import train

__all__ = [
    "Network",
    "backward",
    "digits",
    "examples",
    "forward",
    "loss",
    "sources",
    "trace",
    "train",
    "update",
    "why",
    "with_values",
]
