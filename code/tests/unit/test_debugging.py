"""The programs of the debugging lab, and the test-suite that its page offers: what it rejects."""

import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from backprop import Network, backward, check, examples, forward, mistakes, update
from backprop.mistakes import MISTAKES
from backprop.network import by_name
from backprop.practice import programs

UNEVEN = examples.uneven()


def draw(sizes, seed):
    """Return a network of sigmoid units, an example and a target, all numbers random."""
    rng = np.random.default_rng(seed)
    W = [None] + [rng.normal(size=(n, m)) for m, n in zip(sizes, sizes[1:], strict=False)]
    net = Network(W, [None] + [rng.normal(size=n) for n in sizes[1:]], "sigmoid")
    return net, rng.normal(size=sizes[0]), rng.uniform(size=sizes[-1])


NETWORKS = [UNEVEN[:3], examples.two_two_two()[:3], draw((3, 4, 2), 1), draw((1, 3, 3), 2)]
IDS = ["uneven", "S4", "3-4-2", "1-3-3"]


def right(net, x, t):
    _, dW, db = backward(net, *forward(net, x), t)
    return dW, db


@pytest.mark.parametrize("problem", NETWORKS, ids=IDS)
def test_the_right_program_gives_the_gradients(problem):
    found = programs.run(programs.program(), *problem, 0.5)
    assert by_name(problem[0], *found) == pytest.approx(
        by_name(problem[0], *right(*problem)), rel=1e-12
    )


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("problem", NETWORKS, ids=IDS)
def test_a_wrong_program_gives_what_its_mistake_gives(problem, mistake):
    lines = programs.program(mistake)
    try:
        expected = mistakes.gradients(*problem, mistake, 0.5)
    except ValueError:  # arrays that do not fit
        with pytest.raises(ValueError, match="matmul|broadcast"):
            programs.run(lines, *problem, 0.5)
    else:
        found = programs.run(lines, *problem, 0.5)
        net = problem[0]
        assert by_name(net, *found) == pytest.approx(by_name(net, *expected), rel=1e-12)


def test_there_is_a_program_for_every_mistake_and_it_differs_where_it_is_said_to():
    assert list(programs.CHANGES) == list(MISTAKES)
    rights = programs.program()
    for mistake in MISTAKES:
        lines, wrong = programs.program(mistake), programs.wrong_lines(mistake)
        assert wrong and len(wrong) <= 2
        kept = [line for n, line in enumerate(lines, 1) if n not in wrong]
        assert set(kept) < set(rights) and lines != rights
        assert len(programs.purposes(mistake)) == len(lines)
        assert all(programs.purposes(mistake)[n - 1] for n in wrong)


def test_no_two_programs_are_the_same_and_none_says_what_is_wrong_with_it():
    assert len({programs.program(mistake) for mistake in (None, *MISTAKES)}) == len(MISTAKES) + 1
    for mistake in MISTAKES:
        assert not any("#" in line or "wrong" in line for line in programs.program(mistake))
        assert max(map(len, programs.program(mistake))) <= 45  # fits a phone


def test_an_early_update_is_the_same_lines_in_another_order():
    assert sorted(programs.program("updated weights")) == sorted(programs.program())


def test_a_reader_s_own_text_is_run_and_what_comes_in_is_not_changed():
    net, x, t, rate = UNEVEN
    W = [W.copy() for W in net.W[1:]]
    text = "\n".join(programs.program())
    ours = programs.run(text.replace("a[2] - t", "3 * (a[2] - t)"), net, x, t, rate)
    for found, expected in zip(ours, right(net, x, t), strict=True):
        for l in (1, 2):
            np.testing.assert_allclose(found[l], 3 * expected[l])
    assert all((before == after).all() for before, after in zip(W, net.W[1:], strict=True))


def test_a_step_ends_with_the_update():
    net, x, t, rate = UNEVEN
    expected = update(net, *right(net, x, t), rate)
    found = programs.after(programs.program(), net, x, t, rate)
    for l in (1, 2):
        np.testing.assert_allclose(found.W[l], expected.W[l], rtol=1e-14)
        np.testing.assert_allclose(found.b[l], expected.b[l], rtol=1e-14)


def test_what_the_programs_are_not_for_is_refused():
    net, x, t, rate = UNEVEN
    deep = examples.tapering()
    with pytest.raises(ValueError, match="this network has 3, sigmoid, sigmoid, sigmoid"):
        programs.run(programs.program(), *deep)
    other = Network(net.W, net.b, "sigmoid", "squares")
    with pytest.raises(ValueError, match="with squares"):
        programs.run(programs.program(), other, x, t, rate)
    with pytest.raises(ValueError, match="one example; x has shape"):
        programs.run(programs.program(), net, [x, x], [t, t], rate)
    with pytest.raises(KeyError, match="no mistake 'no slope' here; did you mean"):
        programs.program("no slope")


# ---- what a line makes -------------------------------------------------------------------------


def test_what_a_line_makes_is_what_the_pass_has():
    net, x, t, rate = UNEVEN
    z, a = forward(net, x)
    delta, dW, db = backward(net, z, a, t)
    made = programs.results(programs.program(), net, x, t, rate)
    lines = programs.program()
    by_target = {lines[n - 1].split(" = ")[0].strip(): value for n, value in made.items()}
    for l, name in product((1, 2), ("delta", "dW", "db")):
        np.testing.assert_allclose(by_target[f"{name}[{l}]"], locals()[name][l], rtol=1e-12)
    in_step = [n for n, does in enumerate(programs.purposes(), 1) if does and n > 2]
    assert in_step == list(made)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_a_line_makes_is_wrong_only_after_a_wrong_line(mistake):
    first, unharmed = programs.wrong_lines(mistake)[0], programs.unharmed(mistake, *UNEVEN)
    assert all(right for n, right in unharmed.items() if n < first)
    assert not all(unharmed.values())  # the updates go wrong with the gradients


# ---- how a mistake shows -----------------------------------------------------------------------


def symptoms(mistake):
    net, x, t, rate = UNEVEN
    found = programs.run(programs.program(mistake), net, x, t, rate)
    return programs.symptoms(found, right(net, x, t))


def test_the_right_program_shows_no_symptom():
    assert set(symptoms(None).values()) == {"right"}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_symptom_is_said_of_the_arrays_that_are_wrong_and_of_no_others(mistake):
    net, x, t, rate = UNEVEN
    found, expected = mistakes.gradients(net, x, t, mistake, rate), right(net, x, t)
    for k, kind in enumerate(("dW", "db")):
        for l in (1, 2):
            said = symptoms(mistake)[f"{kind}[{l}]"]
            assert (said == "right") == np.allclose(found[k][l], expected[k][l], rtol=1e-9)


@pytest.mark.parametrize(
    ("factor", "said"), [(2, "× 2"), (0.5, "× 0.5"), (-1, "the other sign"), (0, "zero")]
)
def test_a_factor_is_said(factor, said):
    dW, db = right(*UNEVEN[:3])
    found = [None, *(factor * W for W in dW[1:])], [None, *(factor * b for b in db[1:])]
    assert set(programs.symptoms(found, (dW, db)).values()) == {said}


def test_signs_and_places_are_said():
    dW, db = right(*UNEVEN[:3])
    found = [None, dW[1].T, dW[2] * [[1, -2], [3, 4]]], db
    said = programs.symptoms(found, (dW, db))
    assert said["dW[1]"] == "the right numbers in other places"
    assert said["dW[2]"] == "× 1 to 4, some signs turned"


# ---- the suite of the page ---------------------------------------------------------------------

PAGE = Path(__file__).resolve().parents[3] / "chapters" / "debugging-lab.md"
CELL = re.compile(r"^```\{code-cell\} ipython3\n:tags: \[suite\]\n(.*?)^```", re.S | re.M)


@pytest.fixture(scope="module")
def suite():
    """The tests of the page, as its cells define them."""
    space = {"np": np, "check": check, "examples": examples, "programs": programs}
    exec("\n".join(CELL.findall(PAGE.read_text("utf8"))), space)
    return space["suite"]


def fails(test, program):
    try:
        test(program)
    except (AssertionError, ValueError):
        return True
    return False


def test_the_suite_passes_the_right_program(suite):
    for test in suite:
        test(programs.program())


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_suite_rejects_every_mistake(suite, mistake):
    assert any(fails(test, programs.program(mistake)) for test in suite)


def test_each_test_of_the_suite_rejects_something(suite):
    for test in suite:
        assert any(fails(test, programs.program(mistake)) for mistake in MISTAKES), test


@pytest.mark.parametrize("factor", [1.01, 0.99, 1.0001])
def test_the_suite_rejects_what_is_off_by_little(suite, factor):
    off = "\n".join(programs.program()).replace("a[2] - t", f"{factor} * (a[2] - t)")
    assert sum(fails(test, off) for test in suite) == 3  # weights of both layers, and biases


# ---- a listing ---------------------------------------------------------------------------------


def test_a_listing_numbers_its_lines_and_marks_some_twice():
    listing = programs.Listing(["a < b", "", "c"], marked=[3])
    assert repr(listing).splitlines() == ["   1  a < b", "   2", "▸  3  c"]
    assert "a &lt; b" in listing.html() and "<strong>▸  3  c</strong>" in listing.html()
