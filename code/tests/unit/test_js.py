"""The figures' arithmetic, in JavaScript, holds to the package's; so do the files that say so."""

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

import fixture
from backprop import recurrent
from backprop.convolution import conv2d, conv2d_backward
from backprop.normalisation import normalise, normalise_backward
from book_node import start_node

TESTS = Path(__file__).parent

SCRIPTS = sorted(path.name for path in TESTS.glob("*.test.mjs"))
CLOSE = 1e-13  # of the largest number: another machine's exp and order of sums


def assert_same_in_node(script, cases, tmp_path):
    """Run a script of the tests on a file of cases, which says how many of them came out alike."""
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases), "utf-8")
    process = start_node(TESTS / script, str(file))
    said, _ = process.communicate()
    assert process.returncode == 0 and f"{len(cases)} cases" in said, said[-4000:]


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_hold_to_the_package(script):
    process = start_node(TESTS / script)
    said, _ = process.communicate()
    assert process.returncode == 0 and re.search(r"pass [1-9]", said), said[-4000:]


def test_the_scripts_convolve_as_the_package_does(tmp_path):
    """At each stride and padding, forward and back, each from the other's numbers."""
    rng, cases = np.random.default_rng(5), []
    for stride, padding, wide, tall in product((1, 2, 3), (0, 1, 2), (1, 2), (1, 3)):
        x, k, b = rng.normal(size=(1, 1, 5, 6)), rng.normal(size=(1, 1, tall, wide)), rng.normal()
        z = conv2d(x, k, [b], stride, padding)
        dx, dk, db = conv2d_backward(z - 0.3, x, k, stride, padding)
        arrays = {"x": x, "k": k, "z": z, "delta": z - 0.3, "dx": dx, "dk": dk}
        plain = {name: array[0, 0].tolist() for name, array in arrays.items()}
        how = {"stride": stride, "padding": padding}
        cases.append(plain | {"b": b, "db": db.item(), "how": how})
    assert_same_in_node("convolution.mjs", cases, tmp_path)


def test_the_scripts_normalise_as_the_package_does(tmp_path):
    rng, cases = np.random.default_rng(6), []
    for n in (2, 3, 4, 9):
        z, pulls = rng.normal(size=(2, n))
        passed = normalise(z, epsilon=0.0)
        found = {"s": passed.s[0], "zHat": passed.z_hat.tolist()}
        delta = normalise_backward(pulls, passed).delta.tolist()
        cases.append({"z": z.tolist(), "pulls": pulls.tolist(), "found": found | {"delta": delta}})
    assert_same_in_node("normalisation.mjs", cases, tmp_path)


def test_the_scripts_go_back_through_time_as_the_package_does(tmp_path):
    rng, cases = np.random.default_rng(6), []
    for steps, f in product((1, 2, 3, 8), ("tanh", "relu", "identity", "sigmoid")):
        u, w, v, b, c, t = rng.normal(size=6)
        net = recurrent.Recurrent([[u]], [[w]], [[v]], [b], [c], f)
        x = rng.normal(size=(steps, 1))
        known = recurrent.trace_of_recurrent(net, x, [t]).values
        expected = {
            name: [known[f"{of}{s}"] for s in range(first, steps + 1)]
            for name, of, first in (
                ("z", "z", 1), ("h", "h", 0), ("delta", "delta", 1), ("terms", "dE_dw_at", 1)
            )
        }  # fmt: skip
        single = {"y": "y", "E": "E", "deltaY": "delta_y", "dw": "dE_dw"}
        expected |= {name: known[step] for name, step in single.items()}
        numbers = {"u": u, "w": w, "v": v, "b": b, "c": c, "activation": f}
        cases.append({"net": numbers, "x": x[:, 0].tolist(), "t": t, "expected": expected})
    assert_same_in_node("recurrent.mjs", cases, tmp_path)


@pytest.mark.parametrize("name", fixture.FILES)
def test_what_the_scripts_are_compared_with_is_what_the_package_computes(name):
    differ = list(differences(fixture.computed(name), fixture.read(name), name))
    assert not differ, (
        f"{len(differ)} values differ, the first {differ[:3]}; write the files anew with "
        "python code/tests/unit/fixture.py, and run node's tests"
    )


def differences(one, other, where, size=1.0):
    """Yield where two values of JSON differ; numbers, by how much of the largest beside them."""
    if isinstance(one, float) and isinstance(other, float):
        if abs(one - other) > CLOSE * size:
            yield f"{where}: {one!r}, and {other!r} in the file"
    elif isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            size = max([1.0, *map(abs, numbers_in(one[key]))])
            yield from differences(one[key], other[key], f"{where}.{key}", size)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for n, (mine, theirs) in enumerate(zip(one, other, strict=True)):
            yield from differences(mine, theirs, f"{where}[{n}]", size)
    elif one != other:
        yield f"{where}: {one!r}, and {other!r} in the file"


def numbers_in(value):
    if isinstance(value, float):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from numbers_in(inner)


def test_a_stale_file_is_seen():
    stored = fixture.read("networks")
    stored[3]["E"] *= 1 + 1e-9
    (difference,) = differences(fixture.computed("networks"), stored, "networks")
    assert difference.startswith("networks[3].E: ")
