"""What four frameworks computed, held against the package; the pages that show it, in a browser."""

import functools
import importlib.util
import json
import re
from dataclasses import dataclass

import numpy as np
import pytest
from conftest import ROOT

from backprop import backward, examples, forward, loss, train
from backprop.functions import mean_squares
from backprop.network import by_name

FOLDER = ROOT / "frameworks"
FILES = sorted(FOLDER.glob("in_*.py"))
SESSIONS = sorted(path for path in FOLDER.glob("*.txt") if path.name != "requirements.txt")
PINNED = dict(re.findall(r"^(\w+)==(\S+)", (FOLDER / "requirements.txt").read_text(), re.M))
PACKAGES = {"in_pytorch": "torch"}  # where the package is not called as the file

RECORD = examples.by_frameworks()
net, x, t, rate = examples.two_two_two()
delta, dW, db = backward(net, *forward(net, x), t)
GRADIENTS = by_name(net, dW, db)

MEAN = "slopes of its mean squares"

each_program = pytest.mark.parametrize("program", RECORD.values(), ids=RECORD)


def test_every_program_is_recorded_in_the_version_that_is_asked_for():
    assert set(RECORD) == {path.stem for path in FILES}
    for program, found in RECORD.items():
        assert found["version"] == PINNED[PACKAGES.get(program, program.removeprefix("in_"))]


def test_the_book_is_built_without_the_frameworks():
    lock = (ROOT / "requirements.txt").read_text()
    assert not re.findall(r"^(?:torch|jax|tensorflow)==", lock, re.M)


@each_program
@pytest.mark.parametrize("way", ["gradients", "by our sigmoid"])
def test_gradients_in_double_precision_are_ours(program, way):
    assert program["float64"][way] == pytest.approx(GRADIENTS, rel=1e-13, abs=0)


@each_program
def test_deltas_in_double_precision_are_ours(program):
    np.testing.assert_allclose(program["float64"]["deltas"], delta[1:], rtol=1e-13, atol=0)


@each_program
def test_errors_and_weights_after_updates_are_ours(program):
    after = program["float64"]["after updates"]
    assert {"0", "1", "100"} <= set(after)
    for n, found in after.items():
        reached, _ = train(net, x, t, rate, int(n))
        ours = {"E": loss(reached, x, t), **by_name(reached, reached.W, reached.b)}
        assert found == pytest.approx(ours, rel=1e-13, abs=0)


@dataclass
class Rounded:
    """A number, and how far a computation may be from it whose every step rounds by a share u.

    This is Wilkinson's running error analysis; `least` is half the smallest number above zero.
    """

    value: float
    error: float
    u: float
    least: float

    def _step(self, value, error):
        return Rounded(
            value, error + self.u * (abs(value) + error) + self.least, self.u, self.least
        )

    def _other(self, other):
        return other if isinstance(other, Rounded) else Rounded(other, 0, self.u, self.least)

    def __add__(self, other):
        other = self._other(other)
        return self._step(self.value + other.value, self.error + other.error)

    def __sub__(self, other):
        other = self._other(other)
        return self._step(self.value - other.value, self.error + other.error)

    def __rsub__(self, number):
        return self._other(number) - self

    def __mul__(self, other):
        moved = abs(self.value) * other.error + abs(other.value) * self.error
        return self._step(self.value * other.value, moved + self.error * other.error)

    def sigmoid(self):
        """No steeper than ¼; exponential, sum and quotient round, the first perhaps twice."""
        a = 1 / (1 + np.exp(-self.value))
        result = Rounded(a, self.error / 4, self.u, self.least)
        for _ in range(4):
            result = result._step(a, result.error)
        return result


@functools.cache
def bounds(precision):
    """Return {weight: how far its gradient may be off} in a precision."""
    kind = np.finfo(precision)
    exact = Rounded(0, 0, kind.eps / 2, float(kind.smallest_subnormal) / 2)

    def given(array):
        return np.vectorize(lambda number: exact._step(number, 0), otypes=[object])(array)

    def sigmoid(z):
        return np.array([number.sigmoid() for number in z])

    W1, b1, W2, b2, x_, t_ = map(given, (net.W[1], net.b[1], net.W[2], net.b[2], x, t))
    a1 = sigmoid(W1 @ x_ + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    d2 = (a2 - t_) * (a2 * (1 - a2))
    d1 = (d2 @ W2) * (a1 * (1 - a1))
    found = [None, d1[:, None] * x_, d2[:, None] * a1], [None, d1, d2]
    errors = [
        [None, *(np.vectorize(lambda g: g.error, otypes=[float])(layer) for layer in layers[1:])]
        for layers in found
    ]
    values = np.vectorize(lambda g: g.value, otypes=[float])(found[0][1])
    np.testing.assert_allclose(values, dW[1], rtol=1e-13)  # it is this gradient that is bounded
    return by_name(net, *errors)


@each_program
@pytest.mark.parametrize("precision", ["float64", "float32", "float16"])
@pytest.mark.parametrize("way", ["gradients", "by our sigmoid"])
def test_gradients_are_no_further_off_than_rounding_explains(program, precision, way):
    allowed, of_ours = bounds(precision), bounds("float64")
    for weight, right in GRADIENTS.items():
        off = abs(program[precision][way][weight] - right)
        assert off <= allowed[weight] + of_ours[weight], (weight, off, allowed[weight])


def test_the_bounds_are_narrow_enough_to_find_something():
    """As many roundings as there are steps, and some hundreds at h1, where two pulls cancel."""
    for precision in ("float64", "float32", "float16"):
        allowed, u = bounds(precision), np.finfo(precision).eps / 2
        roundings = {w: allowed[w] / abs(right) / u for w, right in GRADIENTS.items()}
        assert max(roundings.values()) < 400
        assert max(roundings[w] for w in ("w5", "w6", "w7", "w8")) < 80


@each_program
def test_numbers_in_less_precision_are_of_it(program):
    """Else a program would have computed in double precision and said otherwise."""
    for precision in ("float32", "float16"):
        for way in ("gradients", "by our sigmoid"):
            numbers = np.array(list(program[precision][way].values()))
            assert (numbers == numbers.astype(precision)).all()
            assert precision == "float16" or (numbers != numbers.astype("float16")).any()


@each_program
def test_a_plain_sigmoid_far_out_has_no_slope_and_ours_has(program):
    assert program["slope at -1000"] == {"plain": "nan", "ours": "0.0"}


@each_program
def test_in_single_precision_that_begins_before_minus_89(program):
    found = program["slopes in single"]
    for z in ("-89", "-100"):
        assert found[z] == {"plain": "nan", "ours": "0.0"}
    assert {float(slope) < 1e-38 for slope in found["-88"].values()} == {True}
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(np.float32(89))) and np.isfinite(np.exp(np.float32(88)))


def test_pytorch_numbers_its_operations_as_they_are_made():
    numbered = RECORD["in_pytorch"]["numbered"]
    of_operations = [number for _, number, _ in numbered if number is not None]
    assert sorted(of_operations) == [0, 1, 2, 3, 4, 5]
    for _, number, parts in numbered:
        assert all(part is None or part < number for part in parts)
    assert [parts for _, number, parts in numbered if number == 4] == [[3, 3]]  # the square
    assert {name for name, number, _ in numbered if number is None} == {
        "torch::autograd::AccumulateGrad"
    }


def test_the_mean_squares_of_two_frameworks_are_ours():
    found = [p[MEAN] for p in RECORD.values() if MEAN in p]
    assert len(found) == 2
    for slopes in found:
        for n, slope in zip((1, 2, 3), slopes, strict=True):
            ours = mean_squares.d(np.full(n, 0.75), np.full(n, 0.5))
            np.testing.assert_allclose(slope, ours, rtol=1e-7, atol=0)


# ---- the program that records ------------------------------------------------------------------


@pytest.fixture
def recorder(tmp_path, monkeypatch):
    """The program, which writes to a folder of the test and finds each framework as it is told."""
    spec = importlib.util.spec_from_file_location("record", FOLDER / "record.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "RECORD", tmp_path / "frameworks.json")
    module.RECORD.write_text(json.dumps({"in_jax": "old", "in_pytorch": "old"}))

    def record(answers):
        def run(*command):
            if command[0] == "-m":
                return answers.get(command[-1].name, ("", None))
            return answers.get(command[-1], (None, "ModuleNotFoundError: No module named 'it'"))

        monkeypatch.setattr(module, "run", run)
        return module.main(), json.loads(module.RECORD.read_text())

    return record


NEW = json.dumps({"name": "new", "version": "1"}), None


def test_what_is_not_installed_keeps_its_numbers(recorder, capsys):
    failed, found = recorder({"in_pytorch": NEW})
    assert not failed and found == {"in_jax": "old", "in_pytorch": json.loads(NEW[0])}
    assert "in_jax: ModuleNotFoundError: No module named 'it'; what" in capsys.readouterr().out


def test_what_fails_keeps_its_numbers_and_is_told(recorder, capsys):
    failed, found = recorder({"in_pytorch": NEW, "in_jax": (None, "TypeError: no")})
    assert failed and found["in_jax"] == "old" and found["in_pytorch"] != "old"
    assert "in_jax fails:\nTypeError: no" in capsys.readouterr().out


def test_a_session_that_answers_otherwise_is_a_failure(recorder):
    failed, found = recorder({"in_pytorch": NEW, "pytorch.txt": (None, "Expected: 1 Got: 2")})
    assert failed and found["in_pytorch"] == "old"
