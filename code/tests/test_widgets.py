"""The figures' arithmetic, in JavaScript, holds to the package's; so do the files that say so."""

import math
import re
import sys
from pathlib import Path

import pytest

import fixture

TESTS = Path(__file__).parent
sys.path.insert(0, str(TESTS.parents[1] / "theme"))

from book_node import start_node  # noqa: E402

SCRIPTS = sorted(path.name for path in TESTS.glob("*.test.mjs"))
CLOSE = 1e-13  # another machine's exp and order of sums


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_hold_to_the_package(script):
    process = start_node(TESTS / script)
    said, _ = process.communicate()
    assert process.returncode == 0 and re.search(r"pass [1-9]", said), said[-4000:]


@pytest.mark.parametrize("name", fixture.FILES)
def test_what_the_scripts_are_compared_with_is_what_the_package_computes(name):
    computed, stored = fixture.FILES[name](), fixture.read(name)
    differ = list(differences(computed, stored, name))
    assert not differ, (
        f"{len(differ)} values differ, the first {differ[:3]}; write the files anew with "
        "python code/tests/fixture.py, and run node's tests"
    )


def differences(one, other, where):
    """Yield where two values of JSON differ: numbers by more than their last digits."""
    if isinstance(one, dict):
        if not isinstance(other, dict) or one.keys() != other.keys():
            yield where
            return
        for key in one:
            yield from differences(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, list | tuple):
        if not isinstance(other, list) or len(one) != len(other):
            yield where
            return
        for n, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from differences(mine, theirs, f"{where}[{n}]")
    elif isinstance(one, float) and isinstance(other, int | float):
        if not math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE):
            yield f"{where}: {one!r}, and {other!r} in the file"
    elif one != other:
        yield f"{where}: {one!r}, and {other!r} in the file"


def test_a_stale_file_is_seen():
    stored = fixture.read("networks")
    stored[3]["E"] *= 1 + 1e-9
    assert list(differences(fixture.networks(), stored, "networks"))
