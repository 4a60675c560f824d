"""A convolution and two poolings by independent methods: loops, matrices, fractions, differences,
another program."""

import json
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import convolution, examples, loops
from backprop.functions import ACTIVATIONS

BY_PYTORCH = json.loads(Path(__file__).with_name("convolution_by_pytorch.json").read_text("utf-8"))


def exactly(ours, theirs):
    """Compare arrays whose numbers are whole sixteenths: sums of them have no rounding."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape
    assert (ours == theirs).all()


@st.composite
def layers(draw):
    """Draw (x, k, b, delta, stride, padding) that fit, of whole numbers."""
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    window = [draw(st.integers(1, 3)) for _ in "rc"]
    image = [draw(st.integers(max(1, n - 2 * padding), n + 3)) for n in window]
    examples, channels, filters = (draw(st.integers(1, 3)) for _ in "nif")
    rng = np.random.default_rng(draw(st.integers(0, 999)))
    x = rng.integers(-9, 10, (examples, channels, *image))
    k = rng.integers(-9, 10, (filters, channels, *window))
    b = rng.integers(-9, 10, filters)
    places = [(n + 2 * padding - w) // stride + 1 for n, w in zip(image, window, strict=True)]
    delta = rng.integers(-9, 10, (examples, filters, *places))
    return x, k, b, delta, stride, padding


@settings(max_examples=60)
@given(layers())
def test_arrays_and_loops_agree_on_every_shape(layer):
    x, k, b, delta, *how = layer
    exactly(convolution.conv2d(x, k, b, *how), loops.conv2d(x, k, b, *how))
    exactly(convolution.conv2d(x, k, None, *how), loops.conv2d(x, k, None, *how))
    ours, theirs = (m.conv2d_backward(delta, x, k, *how) for m in (convolution, loops))
    for array, by_loops in zip(ours, theirs, strict=True):
        exactly(array, by_loops)
    assert [array.shape for array in ours] == [x.shape, k.shape, b.shape]


def as_one_matrix(k, image, stride, padding):
    """Return M with z = M x + b, and of each entry of M the entry of k that stands there, or -1.

    Found by asking which pixel and which output belong to each other, not by laying windows.
    """
    (filters, channels, *window), (rows, columns) = k.shape, image
    down, across = ((n + 2 * padding - w) // stride + 1 for n, w in zip(image, window, strict=True))
    M = np.zeros((filters * down * across, channels * rows * columns))
    entry = np.full(M.shape, -1)
    for (f, r, c), row in np.ndenumerate(np.arange(len(M)).reshape(filters, down, across)):
        for (i, y, x), column in np.ndenumerate(
            np.arange(M.shape[1]).reshape(channels, rows, columns)
        ):
            u, v = y + padding - r * stride, x + padding - c * stride
            if 0 <= u < window[0] and 0 <= v < window[1]:
                M[row, column] = k[f, i, u, v]
                entry[row, column] = np.ravel_multi_index((f, i, u, v), k.shape)
    return M, entry


@settings(max_examples=40)
@given(layers())
def test_a_convolution_is_a_matrix_with_shared_entries(layer):
    x, k, b, delta, *how = layer
    M, entry = as_one_matrix(k, x.shape[2:], *how)
    per_map = delta[0, 0].size
    z = x.reshape(len(x), -1) @ M.T + np.repeat(b, per_map)
    exactly(convolution.conv2d(x, k, b, *how), z.reshape(delta.shape))

    rows = delta.reshape(len(x), -1)
    dM = rows.T @ x.reshape(len(x), -1)  # BP4 of the fully connected layer
    shared = [dM[entry == at].sum() for at in range(k.size)]
    dx, dk, db = convolution.conv2d_backward(delta, x, k, *how)
    exactly(dx, (rows @ M).reshape(x.shape))  # BP2: the transposed matrix
    exactly(dk, np.reshape(shared, k.shape))
    exactly(db, rows.sum(axis=0).reshape(len(k), -1).sum(axis=1))


@settings(max_examples=25)
@given(layers())
def test_gradients_are_what_a_nudge_shows(layer):
    """Σ delta · z is linear in each of x, k and b: a nudge of 1 shows its derivative exactly."""
    x, k, b, delta, *how = layer
    given_to = {"x": x, "k": k, "b": b}
    found = dict(zip("xkb", convolution.conv2d_backward(delta, x, k, *how), strict=True))

    def total(**changed):
        return (delta * convolution.conv2d(*{**given_to, **changed}.values(), *how)).sum()

    rng = np.random.default_rng(1)
    for name, array in given_to.items():
        for at in rng.permutation(list(np.ndindex(array.shape)))[:6]:
            nudged = array.copy()
            nudged[tuple(at)] += 1
            assert found[name][tuple(at)] == total(**{name: nudged}) - total()


@pytest.mark.parametrize("case", BY_PYTORCH["convolutions"])
def test_convolutions_of_pytorch(case):
    how = case["stride"], case["padding"]
    exactly(convolution.conv2d(case["x"], case["k"], case["b"], *how), case["z"])
    ours = convolution.conv2d_backward(case["delta"], case["x"], case["k"], *how)
    for array, name in zip(ours, ("dx", "dk", "db"), strict=True):
        exactly(array, case[name])


@pytest.mark.parametrize("case", BY_PYTORCH["poolings"])
def test_poolings_of_pytorch(case):
    a, g, how = np.array(case["a"]), case["g"], (case["size"], case["stride"])
    p, winners = convolution.max_pool(a, *how)
    exactly(p, case["p"])
    exactly(winners, case["winners"])  # equal entries among them
    exactly(convolution.max_pool_backward(g, winners, a.shape), case["da"])
    # a mean of nine is no whole sixteenth
    assert convolution.avg_pool(a, *how) == pytest.approx(np.array(case["mean"]), abs=1e-15)
    by_mean = convolution.avg_pool_backward(g, a.shape, *how)
    assert by_mean == pytest.approx(np.array(case["da_mean"]), abs=1e-15)


def test_pytorchs_images_have_ties():
    case = BY_PYTORCH["poolings"][0]
    windows = np.array(case["a"])[:, :, :4].reshape(2, 2, 2, 2, 3, 2).swapaxes(3, 4)
    largest = windows.max(axis=(4, 5), keepdims=True)
    assert ((windows == largest).sum(axis=(4, 5)) > 1).any()


@settings(max_examples=40)
@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 999))
def test_poolings_by_loops(size, stride, seed):
    rng = np.random.default_rng(seed)
    a = rng.integers(-2, 3, (2, 2, *rng.integers(size, size + 4, 2))).astype(float)
    (p, winners), by_loops = (m.max_pool(a, size, stride) for m in (convolution, loops))
    exactly(p, by_loops[0])
    exactly(winners, by_loops[1])
    g = rng.integers(-9, 10, p.shape).astype(float)
    for name, how in (("max_pool", (winners, a.shape)), ("avg_pool", (a.shape, size, stride))):
        ours, theirs = (getattr(m, f"{name}_backward")(g, *how) for m in (convolution, loops))
        assert ours == pytest.approx(theirs, abs=1e-14)
    mean, by_loops = (m.avg_pool(a, size, stride) for m in (convolution, loops))
    assert mean == pytest.approx(by_loops, abs=1e-14)


def test_of_equal_entries_the_first_in_reading_order_wins():
    a = np.array([[[[1, 2, 0, 0], [2, 1, 0, 0]]]])
    p, winners = convolution.max_pool(a, 2)
    assert (p.tolist(), winners.tolist()) == ([[[[2, 0]]]], [[[[1, 2]]]])
    da = convolution.max_pool_backward(np.array([[[[5.0, 7.0]]]]), winners, a.shape)
    assert da.tolist() == [[[[0, 5, 7, 0], [0, 0, 0, 0]]]]


def test_an_entry_that_wins_in_two_windows_gets_the_sum():
    a = np.array([[[[1, 9, 1], [1, 2, 3]]]])
    p, winners = convolution.max_pool(a, 2, stride=1)
    assert winners.tolist() == [[[[1, 1]]]]
    da = convolution.max_pool_backward(np.array([[[[5.0, 7.0]]]]), winners, a.shape)
    assert da.tolist() == [[[[0, 12, 0], [0, 0, 0]]]]


def test_pooled_gradients_by_central_differences():
    rng = np.random.default_rng(3)
    a = rng.permutation(60).reshape(1, 2, 5, 6) / 7  # no two entries within a nudge
    for size, stride in ((2, 2), (2, 1), (3, 2)):
        p, winners = convolution.max_pool(a, size, stride)
        g = rng.normal(size=p.shape)
        by_max = convolution.max_pool_backward(g, winners, a.shape)
        by_mean = convolution.avg_pool_backward(g, a.shape, size, stride)
        for at in np.ndindex(a.shape):
            up, down = a.copy(), a.copy()
            up[at], down[at] = a[at] + 0.01, a[at] - 0.01
            largest = [convolution.max_pool(b, size, stride)[0] for b in (up, down)]
            means = [convolution.avg_pool(b, size, stride) for b in (up, down)]
            for (above, below), found in ((largest, by_max), (means, by_mean)):
                assert found[at] == pytest.approx((g * (above - below)).sum() / 0.02, abs=1e-11)


def test_fractions_stay_fractions():
    third = Fraction(1, 3)
    x = np.array([[[[third, 2, 3], [4, 5, Fraction(1, 7)], [1, 1, 1]]]])
    k, b = np.array([[[[1, Fraction(1, 2)], [0, -1]]]], object), np.array([third])
    z = convolution.conv2d(x, k, b)
    assert z[0, 0, 0, 0] == third + 1 - 5 + third and isinstance(z[0, 0, 0, 0], Fraction)
    p, winners = convolution.max_pool(z, 2)
    da = convolution.max_pool_backward(p, winners, z.shape)
    assert da.sum() == p.sum() == max(z.flat)
    dx, dk, _ = convolution.conv2d_backward(da, x, k, padding=0)
    assert (
        dk[0, 0, 0, 0] == p[0, 0, 0, 0] * x[0, 0, winners[0, 0, 0, 0] // 2, winners[0, 0, 0, 0] % 2]
    )
    assert convolution.avg_pool(x, 3)[0, 0, 0, 0] == Fraction(sum(x.flat), 9)
    wide = convolution.conv2d_backward(convolution.conv2d(x, k, b, 2, 1), x, k, 2, 1)
    by_loops = loops.conv2d_backward(loops.conv2d(x, k, b, 2, 1), x, k, 2, 1)
    for ours, theirs in zip(wide, by_loops, strict=True):
        assert (ours == theirs).all()


def test_symbols_give_what_sympy_derives():
    x = np.array(sympy.symbols("x:12")).reshape(1, 1, 3, 4)
    k, b = np.array(sympy.symbols("k:4")).reshape(1, 1, 2, 2), np.array([sympy.Symbol("b")])
    z = convolution.conv2d(x, k, b, stride=2, padding=1)
    delta = np.arange(1, z.size + 1).reshape(z.shape).astype(object)
    total = sympy.expand((delta * z).sum())
    for array, found in zip((x, k, b), convolution.conv2d_backward(delta, x, k, 2, 1), strict=True):
        for symbol, gradient in zip(array.flat, found.flat, strict=True):
            assert sympy.expand(total.diff(symbol) - gradient) == 0


def test_a_complex_step():
    rng = np.random.default_rng(6)
    x, k = rng.normal(size=(2, 2, 4, 4)), rng.normal(size=(3, 2, 2, 2))
    delta = rng.normal(size=(2, 3, 3, 3))
    _, dk, _ = convolution.conv2d_backward(delta, x, k)
    for at in np.ndindex(k.shape):
        stepped = k.astype(complex)
        stepped[at] += 1e-20j
        slope = (delta * convolution.conv2d(x, stepped)).sum().imag / 1e-20
        assert dk[at] == pytest.approx(slope, rel=1e-12)


def test_the_turned_kernel():
    """At stride 1 dx is the full convolution of delta with the kernel turned by half a turn."""
    rng = np.random.default_rng(4)
    x, k = rng.integers(-9, 10, (1, 1, 5, 6)), rng.integers(-9, 10, (1, 1, 3, 3))
    delta = rng.integers(-9, 10, (1, 1, 3, 4))
    dx, _, _ = convolution.conv2d_backward(delta, x, k)
    exactly(dx, convolution.conv2d(delta, k[:, :, ::-1, ::-1], padding=2))


def test_what_is_passed_in_stays_and_what_comes_out_is_the_callers():
    rng = np.random.default_rng(5)
    given_to = [
        rng.normal(size=shape) for shape in ((1, 1, 4, 4), (1, 1, 2, 2), (1,), (1, 1, 3, 3))
    ]
    before = [array.copy() for array in given_to]
    x, k, b, delta = given_to
    z = convolution.conv2d(x, k, b)
    gradients = convolution.conv2d_backward(delta, x, k)
    pooled = convolution.max_pool(x, 1), convolution.max_pool(x, 2), [convolution.avg_pool(x, 1)]
    for array in (z, *gradients, *(array for arrays in pooled for array in arrays)):
        array += 1
    for array, old in zip(given_to, before, strict=True):
        assert (array == old).all()


IMAGE, KERNEL = np.ones((2, 1, 4, 5)), np.ones((3, 1, 2, 2))
MAPS = np.ones((2, 3, 3, 4))
FAULTS = {
    "x has shape (4, 5); it takes (examples, channels, rows, columns)": lambda: convolution.conv2d(
        np.ones((4, 5)), KERNEL
    ),
    "x has shape (0, 1, 4, 5)": lambda: convolution.conv2d(np.ones((0, 1, 4, 5)), KERNEL),
    "k has shape (2, 2); it takes (filters, channels, rows, columns)": lambda: convolution.conv2d(
        IMAGE, np.ones((2, 2))
    ),
    "x has 1 channels, and the kernels have 2": lambda: convolution.conv2d(
        IMAGE, np.ones((3, 2, 2, 2))
    ),
    "b has shape (2,); it takes one bias to a filter: (3,)": lambda: convolution.conv2d(
        IMAGE, KERNEL, np.ones(2)
    ),
    "stride should be at least 1, and is 0": lambda: convolution.conv2d(IMAGE, KERNEL, stride=0),
    "padding should be at least 0, and is -1": lambda: convolution.conv2d(
        IMAGE, KERNEL, padding=-1
    ),
    "the kernel has 5 × 2 entries, more than the 4 × 5": lambda: convolution.conv2d(
        IMAGE, np.ones((3, 1, 5, 2))
    ),
    "x should hold finite numbers, and holds nan at (1, 0, 0, 0)": lambda: convolution.conv2d(
        np.where(np.arange(2)[:, None, None, None] == 1, np.nan, IMAGE), KERNEL
    ),
    "delta has shape (2, 3, 3, 3); the maps of x and k have (2, 3, 3, 4)": lambda: (
        convolution.conv2d_backward(MAPS[..., :3], IMAGE, KERNEL)
    ),
    "size should be at least 1, and is 0": lambda: convolution.max_pool(IMAGE, 0),
    "the window has 5 × 5 entries, more than the 4 × 5": lambda: convolution.avg_pool(IMAGE, 5),
    "g has shape (2, 1, 2, 2); the winners have (2, 1, 2, 3)": lambda: (
        convolution.max_pool_backward(
            np.ones((2, 1, 2, 2)), np.zeros((2, 1, 2, 3), int), (2, 1, 4, 6)
        )
    ),
    "shape should be that of a, (2, 3, 'rows', 'columns')": lambda: convolution.max_pool_backward(
        MAPS, np.zeros(MAPS.shape, int), (2, 2, 6, 8)
    ),
    "g has shape (2, 3, 3, 4); the means have (2, 3, 2, 2)": lambda: convolution.avg_pool_backward(
        MAPS, (2, 3, 4, 4), 2
    ),
    "winners should count the 24 entries": lambda: convolution.max_pool_backward(
        MAPS, np.full(MAPS.shape, 24), (2, 3, 4, 6)
    ),
}


@pytest.mark.parametrize("said", FAULTS)
def test_what_does_not_fit_is_said(said):
    with pytest.raises(ValueError, match=re.escape(said)):
        FAULTS[said]()


@pytest.mark.parametrize("value", [1.0, True, "2"])
@pytest.mark.parametrize("setting", ["stride", "padding"])
def test_a_setting_is_a_whole_number(setting, value):
    with pytest.raises(TypeError, match=f"{setting} should be a whole number, and is"):
        convolution.conv2d(IMAGE, KERNEL, **{setting: value})


def test_words_are_no_numbers():
    with pytest.raises(TypeError, match="x should hold numbers"):
        convolution.conv2d([[[["a", "b"]]]], KERNEL)


def test_at_a_tie_the_package_does_as_the_poolings_and_relus_of_both_frameworks():
    record = examples.by_ties()
    tied = np.array(record["tied"])[None, None]
    _, winners = convolution.max_pool(tied, 2)
    ours = convolution.max_pool_backward(np.ones((1, 1, 1, 1)), winners, tied.shape)[0, 0]
    for program in ("torch.nn.functional.max_pool2d", "jax.lax.reduce_window"):
        assert record["largest"][program] == ours.tolist()
    slope = ACTIVATIONS["relu"].df(np.zeros(()), np.zeros(()))
    assert record["relu"]["torch.relu(z)"] == record["relu"]["jax.nn.relu(z)"] == slope
