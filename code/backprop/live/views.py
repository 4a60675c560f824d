"""What the view of a figure may hold: each rule takes a key and its value, and returns the value.

A rule raises KeyError for a name that is not among those it knows, else ValueError.
"""

from collections.abc import Collection
from math import isfinite
from numbers import Real
from typing import Any

from ..names import unknown


def one_of(known: Collection[str], kind: str):
    """Return the rule for one of some names; kind: what they are names of, for its message."""

    def rule(key: str, value: Any):
        if value not in known:
            raise KeyError(unknown(value, known, kind))
        return value

    return rule


def whole(low: int, high: int):
    """Return the rule for a whole number from low to high."""

    def rule(key: str, value: Any):
        if not isinstance(value, Real) or value not in range(low, high + 1):
            raise ValueError(
                f"{key} should be a whole number from {low} to {high}, and is {value!r}"
            )
        return int(value)

    return rule


def between(low: float, high: float):
    """Return the rule for a number from low to high."""

    def rule(key: str, value: Any):
        if not low <= number(key, value) <= high:
            raise ValueError(f"{key} should be from {low} to {high}, and is {value!r}")
        return float(value)

    return rule


count = whole(0, 2**53 - 1)  # as far as a browser's numbers are whole


def number(key: str, value: Any):
    """The rule for any number that is finite."""
    if not isinstance(value, Real) or not isfinite(value):
        raise ValueError(f"{key} should be a finite number, and is {value!r}")
    return float(value)


def text(key: str, value: Any):
    """The rule for a text."""
    if not isinstance(value, str):
        raise ValueError(f"{key} should be a text, and is {value!r}")
    return value
