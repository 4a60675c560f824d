"""Normalisation by independent methods: by hand, matrices, SymPy, the complex step, differences,
and another program."""

import json
from pathlib import Path

import numpy as np
import pytest
import sympy

from backprop import latex
from backprop.data import examples
from backprop.normalisation import (
    EXAMPLES,
    MISTAKES,
    UNITS,
    mistaken,
    normalise,
    normalise_backward,
    trace_of_normalisation,
)

RECORDED = Path(__file__).with_name("normalisation_by_pytorch.json")
BY_PYTORCH = json.loads(RECORDED.read_text("utf-8"))
WITHIN = {"rtol": 1e-12, "atol": 1e-12}
Z, PULLS = examples.normalised()
AXES = pytest.mark.parametrize("axis", [EXAMPLES, UNITS])


def drawn(seed=0, shape=(5, 4)):
    """Return (z, gamma, beta, dy), drawn at random."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=size) for size in (shape, shape[1], shape[1], shape))


def delta_of(z, dy, gamma=1.0, axis=EXAMPLES, epsilon=0.0):
    return normalise_backward(dy, normalise(z, gamma, 0, axis, epsilon), gamma, axis).delta


# ---- the four numbers --------------------------------------------------------------------------


def test_the_four_numbers_of_the_chapter():
    delta = delta_of(Z, PULLS)
    np.testing.assert_allclose(delta.round(3), [0.248, -0.210, -0.134, 0.095])
    assert abs(delta.sum()) < 1e-15 and abs(delta @ (Z - Z.mean())) < 1e-15


def test_they_are_found_by_hand_by_a_matrix_by_sympy_and_by_differences():
    n, away = len(Z), Z - Z.mean()
    s = np.sqrt((away**2).mean())
    z_hat = away / s
    straight, through_mean = PULLS / s, -PULLS.sum() / s / n
    through_variance = -(PULLS @ away) / (2 * s**3) * 2 * away / n
    by_hand = straight + through_mean + through_variance
    jacobian = (np.eye(n) - 1 / n - np.outer(z_hat, z_hat) / n) / s
    letters = sympy.symbols(f"z1:{n + 1}")
    mean = sum(letters) / n
    spread = sympy.sqrt(sum((z - mean) ** 2 for z in letters) / n)
    L = sum(int(p) * (z - mean) / spread for p, z in zip(PULLS, letters, strict=True))
    at = dict(zip(letters, map(int, Z), strict=True))
    by_sympy = [float(L.diff(z).subs(at)) for z in letters]
    found = delta_of(Z, PULLS)
    for other in (by_hand, jacobian.T @ PULLS, by_sympy):
        np.testing.assert_allclose(found, other, **WITHIN)
    h = 1e-5
    for i in range(n):
        nudge = h * np.eye(n)[i]
        up, down = (normalise(z, epsilon=0.0).y @ PULLS for z in (Z + nudge, Z - nudge))
        assert found[i] == pytest.approx((up - down) / (2 * h), abs=1e-10)


def test_pytorch_finds_them_too():
    np.testing.assert_allclose(normalise(Z, epsilon=0.0).y, BY_PYTORCH["chapter"]["y"], **WITHIN)
    np.testing.assert_allclose(delta_of(Z, PULLS), BY_PYTORCH["chapter"]["delta"], **WITHIN)


def test_what_pytorch_keeps_for_later_divides_by_one_less():
    mean, variance = BY_PYTORCH["chapter"]["mean"], BY_PYTORCH["chapter"]["variance"]
    assert mean == pytest.approx([0.9 * 0 + 0.1 * Z.mean()], abs=1e-15)
    assert variance == pytest.approx([0.9 * 1 + 0.1 * Z.var(ddof=1)], abs=1e-15)
    assert "Expected more than 1 value per channel when training" in BY_PYTORCH["one example"]


# ---- any numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", BY_PYTORCH["normalisations"])
def test_pytorch_normalises_alike(case):
    passed = normalise(*(case[k] for k in ("z", "gamma", "beta", "axis", "epsilon")))
    found = normalise_backward(case["dy"], passed, case["gamma"], case["axis"])
    np.testing.assert_allclose(passed.y, case["y"], **WITHIN)
    for name in ("delta", "dgamma", "dbeta"):
        np.testing.assert_allclose(getattr(found, name), case[name], **WITHIN)


@AXES
@pytest.mark.parametrize("epsilon", [0.0, 1e-5, 0.5])
def test_the_complex_step_agrees(axis, epsilon):
    z, gamma, beta, dy = drawn(1)

    def slope(*numbers):
        return (dy * normalise(*numbers, axis, epsilon).y).sum().imag / 1e-30

    found = normalise_backward(dy, normalise(z, gamma, beta, axis, epsilon), gamma, axis)
    for at in np.ndindex(z.shape):
        nudge = np.zeros(z.shape, complex)
        nudge[at] = 1e-30j
        assert found.delta[at] == pytest.approx(slope(z + nudge, gamma, beta), abs=1e-12)
    for j in range(len(gamma)):
        nudge = 1e-30j * np.eye(len(gamma))[j]
        assert found.dgamma[j] == pytest.approx(slope(z, gamma + nudge, beta), abs=1e-12)
        assert found.dbeta[j] == pytest.approx(slope(z, gamma, beta + nudge), abs=1e-12)


@AXES
def test_the_jacobian_gives_each_row_of_it(axis):
    z, gamma, beta, dy = drawn(2)
    _, z_hat, s = normalise(z, gamma, beta, axis, 0.0)
    found = delta_of(z, dy, gamma, axis)
    g = gamma * dy
    if axis == EXAMPLES:
        found, z_hat, s, g = found.T, z_hat.T, s.T, g.T
    n = z_hat.shape[1]
    for of_z, h, root, pulls in zip(found, z_hat, s[:, 0], g, strict=True):
        jacobian = (np.eye(n) - 1 / n - np.outer(h, h) / n) / root
        np.testing.assert_allclose(of_z, jacobian @ pulls, **WITHIN)


@AXES
def test_a_shift_and_without_epsilon_a_stretch_change_nothing(axis):
    z, gamma, beta, dy = drawn(3)
    same = normalise(3 * z + 2, gamma, beta, axis, 0.0).y
    np.testing.assert_allclose(same, normalise(z, gamma, beta, axis, 0.0).y, **WITHIN)
    delta, z_hat = delta_of(z, dy, gamma, axis), normalise(z, axis=axis, epsilon=0.0).z_hat
    np.testing.assert_allclose(delta.sum(axis=axis), 0, atol=1e-14)
    np.testing.assert_allclose((delta * z_hat).sum(axis=axis), 0, atol=1e-14)
    with_epsilon = delta_of(z, dy, gamma, axis, epsilon=0.1)
    np.testing.assert_allclose(with_epsilon.sum(axis=axis), 0, atol=1e-14)
    assert (abs((with_epsilon * z_hat).sum(axis=axis)) > 1e-6).all()


def test_two_numbers_give_no_gradient_and_one_none_either():
    _, gamma, beta, dy = drawn(4, (2, 3))
    z = np.random.default_rng(5).normal(size=(2, 3))
    np.testing.assert_allclose(delta_of(z, dy, gamma), 0, atol=1e-13)
    alone = normalise(z[:1], gamma, beta)
    np.testing.assert_allclose(alone.y, [beta])
    assert (normalise_backward(dy[:1], alone, gamma).delta == 0).all()


def test_a_layer_normalisation_is_a_batch_normalisation_turned():
    z, *_, dy = drawn(6)
    np.testing.assert_allclose(delta_of(z, dy, axis=UNITS), delta_of(z.T, dy.T).T, **WITHIN)


def test_what_cannot_be_normalised_is_said():
    with pytest.raises(ValueError, match=r"v \+ epsilon should be above 0"):
        normalise([2.0, 2.0, 2.0], epsilon=0.0)
    with pytest.raises(ValueError, match="z takes .* and the axis is 1"):
        normalise([1.0, 2.0], axis=UNITS)
    with pytest.raises(ValueError, match=r"dy has shape \(3,\); what was normalised has \(4,\)"):
        normalise_backward([1.0, 0, 0], normalise(Z))
    with pytest.raises(ValueError, match="at most nine numbers"):
        trace_of_normalisation(np.arange(10), np.zeros(10))
    with pytest.raises(KeyError, match="no mistake 'forgot'"):
        mistaken(Z, PULLS, "forgot")


# ---- the trace and the mistakes ----------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [(Z, PULLS), (Z, PULLS, 2.0, -1.0, 0.5), ([4.0, 8, 6], [0.5, -1, 2], 3.0, 1.0)],
    ids=["the chapter's", "with epsilon", "three"],
)
def test_every_line_of_the_trace_follows_from_those_before(given):
    steps, known = trace_of_normalisation(*given), {}
    for step in steps:
        assert set(step.inputs) <= known.keys()
        if step.expression:
            assert latex.evaluate(step.expression, known) == pytest.approx(step.value, abs=1e-14)
        known[step.name] = step.value
    z, pulls, gamma, beta, epsilon = (*given, 1.0, 0.0, 0.0)[:5] if len(given) == 2 else (
        *given, 0.0)[:5]  # fmt: skip
    passed = normalise(z, gamma, beta, epsilon=epsilon)
    found = normalise_backward(pulls, passed, gamma)
    for i in range(len(z)):
        assert steps[f"y{i + 1}"].value == passed.y[i]
        assert steps[f"delta{i + 1}"].value == found.delta[i]
    assert (steps["dE_dgamma"].value, steps["dE_dbeta"].value) == (found.dgamma, found.dbeta)


def test_two_traces_of_one_page_have_names_of_their_own():
    one, other = trace_of_normalisation(Z, PULLS), trace_of_normalisation(Z, PULLS, suffix="_b")
    assert [f"{name}_b" for name in one.values] == list(other.values)
    assert [step.formula for step in one] == [step.formula for step in other]
    assert list(one.values.values()) == list(other.values.values())
    assert other["s_b"].inputs == ("v_b",)


def test_each_mistake_gives_numbers_of_its_own():
    for z, pulls in ((Z, PULLS), examples.normalised_to_practise()[:2]):
        rows = [delta_of(z, pulls), *(mistaken(z, pulls, mistake) for mistake in MISTAKES)]
        for n, one in enumerate(rows):
            for other in rows[:n]:
                assert abs(one - other).max() > 0.01


def test_which_mistakes_the_two_sums_find():
    def fails(mistake):
        delta = mistaken(Z, PULLS, mistake)
        return abs(delta.sum()) > 0.01, abs(delta @ (Z - Z.mean())) > 0.01

    assert [fails(mistake) for mistake in MISTAKES] == [
        (True, True), (True, False), (False, True), (False, False), (True, True),
    ]  # fmt: skip
    divided = mistaken(Z, PULLS, "divided by n − 1 in the variance")
    np.testing.assert_allclose(divided / delta_of(Z, PULLS), np.sqrt(3 / 4))
