"""Networks, the forward and the backward pass, the update, and every error about what comes in."""

import re
from dataclasses import replace
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from backprop import (
    Network,
    backward,
    check,
    draw,
    examples,
    forward,
    live,
    loss,
    symbolic,
    trace,
    train,
    update,
    why,
    with_values,
)
from backprop.names import Symbol, indexed
from backprop.names import given as given_names
from networks import problems, target

HALF = Fraction(1, 2)
ROUNDING = {"rtol": 1e-12, "atol": 1e-15}  # of sums of a few products, in another order


def gradients(net, x, t, **options):
    _, dW, db = backward(net, *forward(net, x), t, **options)
    return dW, db


def assert_close(one, other):
    """Compare lists of arrays by layer."""
    for a, b in zip(one[1:], other[1:], strict=True):
        np.testing.assert_allclose(a, b, **ROUNDING)


# ---- the passes, on every kind of number -----------------------------------------------------


@settings(max_examples=20)  # SymPy takes a tenth of a second for each
@given(problems(examples=0, layers=2, units=2))
def test_the_passes_on_symbols_give_the_formulas_of_the_passes_on_floats(problem):
    net, x, t = problem
    formulas, xs, ts, values = symbolic.symbols(net, x, t)

    def everything(net, x, t):
        z, a = forward(net, x)
        delta, dW, db = backward(net, z, a, t)
        layers = [*z[1:], *a[1:], *delta[1:], *dW[1:], *db[1:]]
        return [*(number for layer in layers for number in np.ravel(layer)), loss(net, x, t)]

    in_numbers = sympy.lambdify(list(values), everything(formulas, xs, ts), "mpmath")
    found = [float(number) for number in in_numbers(*values.values())]
    np.testing.assert_allclose(found, everything(net, x, t), **ROUNDING)


@given(problems(examples=0))
def test_the_passes_on_mpmath_numbers_keep_fifty_digits(problem):
    net, x, t = problem
    exact = np.frompyfunc(mpmath.mpf, 1, 1)
    with mpmath.workdps(60):
        layers = range(1, len(net.W))
        precise = Network(
            [None] + [exact(net.W[l]) for l in layers],
            [None] + [exact(net.b[l]) for l in layers],
            net.activations,
            net.loss,
        )
        x, t = exact(x), exact(t)
        if net.loss.targets == "distribution":
            t = t / t.sum()  # shares to the last of the fifty digits
        dW, _ = gradients(precise, x, t)
        w = precise.W[1][0, 0]
        h = mpmath.mpf(10) ** -20

        def E(step):
            nudged = with_values(precise, w1_1_1=w + step)
            return loss(nudged, x, t)

        # the error of a central difference is about h² = 1e-40: far beyond doubles
        slope = (E(h) - E(-h)) / (2 * h)
        assert abs(slope - dW[1][0, 0]) < mpmath.mpf(10) ** -35 * (1 + abs(slope))
    rounded = [None] + [layer.astype(float) for layer in dW[1:]]
    assert_close(gradients(net, x.astype(float), t.astype(float))[0], rounded)


def test_a_network_of_fractions_gives_exact_gradients():
    net = Network(
        W=[None, [[HALF, -HALF], [-HALF, -HALF]], [[HALF, HALF]]],
        b=[None, [HALF, HALF], [Fraction(0)]],
        activations=[None, "relu", "identity"],
    )
    x, t = [Fraction(1), Fraction(1, 3)], [Fraction(1)]
    # by hand: net = (5/6, -1/6), out = (5/6, 0), o = 5/12, delta = -7/12, back: -7/24 and none
    dW, db = gradients(net, x, t)
    assert dW[2].tolist() == [[Fraction(-35, 72), 0]]
    assert dW[1].tolist() == [[Fraction(-7, 24), Fraction(-7, 72)], [0, 0]]
    assert db[1].tolist() == [Fraction(-7, 24), 0]
    assert loss(net, x, t) == Fraction(49, 288)
    after = update(net, dW, db, Fraction(1, 10))
    assert after.W[2].tolist() == [[HALF + Fraction(35, 720), HALF]]
    after, history = train(net, x, t, Fraction(1, 10), 1)
    assert after.W[2].tolist() == [[HALF + Fraction(35, 720), HALF]]
    assert history.loss[0] == Fraction(49, 288)


def test_squares_behind_softmax_use_its_whole_jacobian():
    z, t = sympy.symbols("z1:4", real=True), [Fraction(1, 5), Fraction(1, 2), Fraction(3, 10)]
    outputs = [sympy.exp(z_k) / sum(map(sympy.exp, z)) for z_k in z]
    E = sum((o - sympy.Rational(t_k)) ** 2 for o, t_k in zip(outputs, t, strict=True)) / 2
    numbers = dict(zip(z, [0.3, -0.8, 0.5], strict=True))
    expected = [float(E.diff(z_k).evalf(30, subs=numbers)) for z_k in z]
    net = Network([None, np.zeros((3, 1))], [None, list(numbers.values())], "softmax")
    _, db = gradients(net, [1.0], [float(t_k) for t_k in t])
    np.testing.assert_allclose(db[1], expected, rtol=1e-13)


# ---- batches ---------------------------------------------------------------------------------


@given(problems(examples=3))
def test_a_batch_is_the_mean_of_its_examples_and_has_a_delta_for_each(problem):
    net, x, t = problem
    z, a = forward(net, x)
    delta, dW, db = backward(net, z, a, t)
    each = [backward(net, *forward(net, x_n), t_n) for x_n, t_n in zip(x, t, strict=True)]
    for l in range(1, len(net.W)):
        np.testing.assert_allclose(delta[l], [d[l] for d, _, _ in each], **ROUNDING)
        np.testing.assert_allclose(dW[l], np.mean([g[l] for _, g, _ in each], axis=0), **ROUNDING)
        np.testing.assert_allclose(db[l], np.mean([g[l] for _, _, g in each], axis=0), **ROUNDING)
    losses = [loss(net, x_n, t_n) for x_n, t_n in zip(x, t, strict=True)]
    assert loss(net, x, t) == pytest.approx(np.mean(losses), rel=1e-12)


@given(problems(examples=0))
def test_a_batch_of_one_is_its_example(problem):
    net, x, t = problem
    dW, db = gradients(net, x, t)
    dW_batch, db_batch = gradients(net, x[None], t[None])
    assert_close(dW, dW_batch)
    assert_close(db, db_batch)
    assert loss(net, x, t) == pytest.approx(loss(net, x[None], t[None]), rel=1e-12)


# ---- the update ------------------------------------------------------------------------------


def test_the_update_steps_down_and_treats_the_biases_as_asked():
    net, x, t, rate = examples.two_two_two()
    dW, db = gradients(net, x, t)
    after = {biases: update(net, dW, db, rate, biases=biases) for biases in ("frozen", "updated")}
    after["shared"] = update(net, dW, db, rate, biases="shared")
    for net_after in after.values():
        for l in (1, 2):
            np.testing.assert_allclose(net_after.W[l], net.W[l] - rate * dW[l], rtol=1e-15)
    for l in (1, 2):
        assert after["frozen"].b[l].tolist() == net.b[l].tolist()
        np.testing.assert_allclose(after["updated"].b[l], net.b[l] - rate * db[l], rtol=1e-15)
        one = net.b[l][0] - rate * (db[l][0] + db[l][1])
        np.testing.assert_allclose(after["shared"].b[l], [one, one], rtol=1e-15)


def test_a_shared_bias_has_the_slope_that_a_nudge_of_all_its_units_shows():
    net, x, t, rate = examples.two_two_two()
    dW, db = gradients(net, x, t)
    moved = update(net, dW, db, rate, biases="shared").b[1][0] - net.b[1][0]
    h = 1e-6

    def E(step):
        return loss(with_values(net, b_h1=0.4 + step, b_h2=0.4 + step), x, t)

    # central difference: error about h², and 1e-16 / h
    assert -moved / rate == pytest.approx((E(h) - E(-h)) / (2 * h), rel=1e-7)


def test_updated_hidden_weights_make_the_mistake_as_one_would_by_hand():
    net, x, t, rate = examples.two_two_two()
    z, a = forward(net, x)
    delta_o = (a[2] - t) * a[2] * (1 - a[2])
    w5, w6, w7, w8 = (net.W[2][k, j] - rate * delta_o[k] * a[1][j] for k in (0, 1) for j in (0, 1))
    pulls = [delta_o[0] * w5 + delta_o[1] * w7, delta_o[0] * w6 + delta_o[1] * w8]
    delta_h = [pull * out * (1 - out) for pull, out in zip(pulls, a[1], strict=True)]
    mistaken, _ = gradients(net, x, t, hidden_weights="updated", learning_rate=rate)
    right, _ = gradients(net, x, t)
    np.testing.assert_allclose(mistaken[1], np.outer(delta_h, x), rtol=1e-13)
    np.testing.assert_array_equal(mistaken[2], right[2])
    assert not np.allclose(mistaken[1], right[1], rtol=1e-3)


# ---- nothing passed in is changed --------------------------------------------------------------


@given(problems(), st.sampled_from(["updated", "frozen"]), st.sampled_from([list, np.array]))
def test_nothing_that_is_passed_in_is_changed(problem, biases, kind):
    net, x, t = problem
    W = [None] + [kind(layer.tolist()) for layer in net.W[1:]]
    b = [None] + [kind(layer.tolist()) for layer in net.b[1:]]
    x, t = kind(x.tolist()), kind(t.tolist())
    before = repr((W, b, x, t))
    net = Network(W, b, list(net.activations), net.loss)
    own = repr((net.W, net.b))
    z, a = forward(net, x)
    dW, db = gradients(net, x, t)
    stored = repr((z, a, dW, db))
    backward(net, z, a, t, hidden_weights="updated", learning_rate=0.1)
    loss(net, x, t)
    update(net, dW, db, 0.1, biases=biases)
    train(net, x, t, 0.01, 3, biases=biases, keep=[0, 1, 3])
    with_values(net, w1_1_1=5.0, b1_1=2.0)
    if np.ndim(x) == 1:
        trace(net, x, t, 0.1, biases=biases)
        why(net, x, t, "w1_1_1")
    assert repr((W, b, x, t)) == before
    assert repr((net.W, net.b)) == own
    assert repr((z, a, dW, db)) == stored


def test_lists_and_whole_numbers_do_as_well_as_arrays():
    net = Network([None, [[1, 2], [3, 4]]], [None, (0, 1)], "identity")
    z, a = forward(net, [1, 1])
    assert a[1].tolist() == [3.0, 8.0]
    assert loss(net, (1, 1), [3, 6]) == 2
    dW = [None, [[1, 0], [0, 1]]]
    assert update(net, dW, [None, [1, 1]], 1).W[1].tolist() == [[0, 2], [3, 3]]


@pytest.mark.parametrize("kind", [float, int, object])
def test_a_network_does_not_follow_a_later_change_and_cannot_be_changed(kind):
    W, x = np.ones((1, 1), dtype=kind), np.ones(1, dtype=kind)
    net = Network([None, W], [None, [0.0]], "identity")
    z, a = forward(net, x)
    W[0, 0] = x[0] = 9
    assert net.W[1][0, 0] == a[0][0] == 1
    with pytest.raises(ValueError, match="read-only"):
        net.W[1][0, 0] = 2
    assert with_values(net, w1_1_1=3.0).W[1].tolist() == [[3.0]]


def test_single_precision_becomes_double():
    one = Network([None, np.array([[1e-3]], dtype=np.float32)], [None, [0.0]], "sigmoid")
    assert one.W[1].dtype == forward(one, np.ones(1, dtype=np.float32))[1][1].dtype == float


# ---- bad input: what was expected, and what came -----------------------------------------------

S4, X, T, RATE = examples.two_two_two()
STORED = forward(S4, X)
DW, DB = gradients(S4, X, T)
SIGMOID = {"W": [None, [[1.0, 2.0]]], "b": [None, [0.0]], "activations": "sigmoid"}
SOFTMAX = {"W": [None, [[1.0], [2.0]]], "b": [None, [0.0, 0.0]], "activations": "softmax"}
NAN, INF = float("nan"), float("inf")


def network(**changed):
    return Network(**(SIGMOID | changed))


BINARY = network(loss="binary cross-entropy")
SHARES = Network(**SOFTMAX, loss="softmax cross-entropy")
TWO_BIASES = Network([None, [[1.0], [1.0]]], [None, [0.0, 1.0]], "relu")

BAD = {
    # shapes
    "W flat": (lambda: network(W=[None, [1.0, 2.0]]), ValueError, "W[1] (2,) (units, inputs)"),
    "W ragged": (lambda: network(W=[None, [[1.0], [1.0, 2.0]]]), ValueError, "W[1] rows length"),
    "W that do not chain": (
        lambda: network(W=[None, [[1.0]], [[1.0, 2.0]]], b=[None, [0.0], [0.0]]),
        ValueError,
        "W[2] takes 2 inputs layer 1 has 1 units",
    ),
    "b too long": (lambda: network(b=[None, [0.0, 0.0]]), ValueError, "b[1] (2,) 1 units (1,)"),
    "b a column": (lambda: network(b=[None, [[0.0]]]), ValueError, "b[1] (1, 1) (1,)"),
    "fewer b than W": (lambda: network(b=[None]), ValueError, "as many b as W 2 and 1"),
    "no layer 0": (lambda: network(W=[[[1.0]], [[1.0]]]), ValueError, "W[0] None"),
    "W not a list": (lambda: network(W=3), TypeError, "W list 3"),
    "names of another network": (
        lambda: network(names=S4.names),
        ValueError,
        "names (2, 2, 2) (2, 1)",
    ),
    "x too long": (lambda: forward(S4, [1, 2, 3]), ValueError, "x (3,) 2 inputs (2,)"),
    "x a number": (lambda: forward(S4, 1.0), ValueError, "x () 2 inputs (2,)"),
    "x of three dimensions": (lambda: forward(S4, [[[1, 2]]]), ValueError, "x (1, 1, 2) (2,)"),
    "t too long": (lambda: loss(S4, X, [1, 2, 3]), ValueError, "t (3,) 2 outputs (2,)"),
    "t for a batch": (lambda: loss(S4, X, [[1, 0]]), ValueError, "t (1, 2) x (2,) (2,)"),
    "t for fewer examples": (
        lambda: train(S4, [X, X], [T], 0.1, 1),
        ValueError,
        "t (1, 2) x (2, 2) (2, 2)",
    ),
    "z and a of another network": (
        lambda: backward(S4, *forward(BINARY, X), T),
        ValueError,
        "z a (2, 2, 2) [(2,), (1,)]",
    ),
    "z and a swapped": (lambda: backward(S4, *STORED[::-1], T), ValueError, "z a [(), (2,), (2,)]"),
    "dW of another shape": (
        lambda: update(S4, [None, [1, 2], [3, 4]], DB, 0.1),
        ValueError,
        "dW[1] (2,) (2, 2)",
    ),
    "db missing": (lambda: update(S4, DW, DB[:2], 0.1), ValueError, "db 2 entries 3"),
    "a batch to trace": (lambda: trace(S4, [X], [T]), ValueError, "one example (1, 2)"),
    "a batch to ask why": (lambda: why(S4, [X], [T], "w6"), ValueError, "one example (1, 2)"),
    # empty
    "no layers": (lambda: network(W=[None], b=[None]), ValueError, "at least one layer 1 and 1"),
    "no network": (lambda: network(W=[], b=[]), ValueError, "at least one layer 0 and 0"),
    "no units": (lambda: network(W=[None, np.ones((0, 2))]), ValueError, "W[1] (0, 2) 0"),
    "no inputs": (lambda: network(W=[None, np.ones((1, 0))]), ValueError, "W[1] (1, 0) 0"),
    "no examples": (lambda: forward(S4, np.ones((0, 2))), ValueError, "x empty one example"),
    # NaN and infinity
    "W nan": (lambda: network(W=[None, [[1.0, NAN]]]), ValueError, "W[1] finite nan (0, 1)"),
    "b infinite": (lambda: network(b=[None, [-INF]]), ValueError, "b[1] finite -inf (0,)"),
    "x nan": (lambda: forward(S4, [1.0, NAN]), ValueError, "x finite nan (1,)"),
    "t infinite": (lambda: loss(S4, X, [INF, 0.0]), ValueError, "t finite inf (0,)"),
    "dW nan": (lambda: update(S4, [None, DW[1], DW[2] * NAN], DB, 0.1), ValueError, "dW[2] nan"),
    "W nan among Fractions": (
        lambda: network(W=[None, [[HALF, NAN]]]),
        TypeError,
        "W[1] numbers nan",
    ),
    "W infinite in SymPy": (
        lambda: network(W=[None, [[sympy.oo, 1]]]),
        TypeError,
        "W[1] numbers oo",
    ),
    "a weight set to nan": (lambda: with_values(S4, w6=NAN), ValueError, "w6 finite nan"),
    # text and other things for numbers
    "W text": (lambda: network(W=[None, [["1", "2"]]]), TypeError, "W[1] numbers '1'"),
    "W a word among symbols": (
        lambda: network(W=[None, np.array([[sympy.Symbol("w"), "two"]], dtype=object)]),
        TypeError,
        "W[1] numbers 'two'",
    ),
    "W None": (lambda: network(W=[None, None]), TypeError, "W[1] numbers None"),
    "x text": (lambda: forward(S4, ["0.02", "0.04"]), TypeError, "x numbers '0.02'"),
    "x None": (lambda: forward(S4, None), TypeError, "x numbers None"),
    "x a dict": (lambda: forward(S4, {"i1": 1}), TypeError, "x numbers {'i1': 1}"),
    "t text": (lambda: loss(S4, X, "ab"), TypeError, "t numbers 'ab'"),
    "a weight set to text": (lambda: with_values(S4, w6="0.3"), TypeError, "w6 numbers '0.3'"),
    "a weight set to a list": (lambda: with_values(S4, w6=[0.3]), ValueError, "w6 one [0.3]"),
    # unknown names
    "activation": (lambda: network(activations="sigmid"), KeyError, "activation 'sigmid' sigmoid"),
    "activation in a list": (
        lambda: network(activations=[None, "soft max"]),
        KeyError,
        "'soft max' softmax",
    ),
    "activation unhashable": (
        lambda: network(activations=[None, ["relu"]]),
        KeyError,
        "activation ['relu']",
    ),
    "too many activations": (
        lambda: network(activations=[None, "relu", "relu"]),
        ValueError,
        "activations 2 entries 'relu', 'relu'",
    ),
    "activations a number": (lambda: network(activations=3), TypeError, "activations list 3"),
    "loss": (lambda: network(loss="half square"), KeyError, "loss 'half square' half squares"),
    "loss None": (lambda: network(loss=None), KeyError, "loss None half squares"),
    "weight": (lambda: with_values(S4, w9=1.0), KeyError, "weight or bias 'w9' w1"),
    "weight to ask why": (lambda: why(S4, X, T, "w0"), KeyError, "weight or bias 'w0' w1"),
    "step": (lambda: trace(S4, X, T)["net_h3"], KeyError, "step 'net_h3' net_h2"),
    "label": (lambda: trace(S4, X, T).labelled("gradient"), KeyError, "'gradient' gradients"),
    "bias policy": (
        lambda: update(S4, DW, DB, 0.1, biases="freeze"),
        KeyError,
        "bias policy 'freeze' frozen",
    ),
    "bias policy of a trace": (
        lambda: trace(S4, X, T, biases="freeze"),
        KeyError,
        "bias policy 'freeze' frozen",
    ),
    "hidden weights": (
        lambda: train(S4, X, T, 0.1, 1, hidden_weights="new"),
        KeyError,
        "hidden_weights 'new' old, updated",
    ),
    # what a loss or an option takes
    "target above 1": (
        lambda: loss(BINARY, X, [1.5]),
        ValueError,
        "binary cross-entropy between 0 and 1 1.5",
    ),
    "target below 0": (
        lambda: train(BINARY, X, [-0.5], 0.1, 1),
        ValueError,
        "binary cross-entropy between 0 and 1 -0.5",
    ),
    "targets that sum to more": (
        lambda: loss(SHARES, [1.0], [0.6, 0.6]),
        ValueError,
        "softmax cross-entropy sum 1 [0.6, 0.6]",
    ),
    "a negative share": (
        lambda: loss(SHARES, [1.0], [1.5, -0.5]),
        ValueError,
        "softmax cross-entropy below 0 [1.5, -0.5]",
    ),
    "one bad row of a batch": (
        lambda: loss(SHARES, [[1.0], [1.0]], [[0.0, 1.0], [1.0, 1.0]]),
        ValueError,
        "softmax cross-entropy sum 1 [1.0, 1.0]",
    ),
    "cross-entropy without its activation": (
        lambda: network(activations="tanh", loss="binary cross-entropy"),
        ValueError,
        "binary cross-entropy sigmoid tanh",
    ),
    "biases that differ shared": (
        lambda: update(TWO_BIASES, [None, [[1], [1]]], [None, [0, 0]], 0.1, biases="shared"),
        ValueError,
        "shared equal b[1] [0.0, 1.0]",
    ),
    "rate 0": (lambda: update(S4, DW, DB, 0), ValueError, "learning rate above 0 0"),
    "rate below 0": (lambda: train(S4, X, T, -0.1, 1), ValueError, "learning rate above 0 -0.1"),
    "rate nan": (lambda: train(S4, X, T, NAN, 1), ValueError, "learning rate finite nan"),
    "rate text": (lambda: train(S4, X, T, "0.1", 1), TypeError, "learning rate number '0.1'"),
    "rate a list": (lambda: train(S4, X, T, [0.1, 0.2], 1), TypeError, "learning rate one [0.1, 0"),
    "rate missing for the mistake": (
        lambda: backward(S4, *STORED, T, hidden_weights="updated"),
        TypeError,
        "learning rate number None",
    ),
    "updates below 0": (lambda: train(S4, X, T, 0.1, -1), ValueError, "updates 0 or more -1"),
    "half an update": (lambda: train(S4, X, T, 0.1, 0.5), ValueError, "updates whole 0.5"),
    "a network kept after the end": (
        lambda: train(S4, X, T, 0.1, 2, keep=[3]),
        ValueError,
        "keep from 0 to 2 {3}",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named_with_what_was_expected_and_what_came(case):
    call, kind, said = BAD[case]
    with pytest.raises(kind) as caught:
        call()
    message = str(caught.value.args[0])
    # every word of `said`, in any order; brackets and all
    missing = [word for word in re.split(r" (?![^([{]*[)\]}])", said) if word not in message]
    assert not missing, f"{message!r} lacks {missing}"


def test_names_of_a_source_lead_to_their_weights():
    assert S4.names.weight_at("w6") == (2, 0, 1)
    assert S4.names.weight_at("b_o2") == (2, 1, None)
    names = given_names(
        inputs=("i1",), units=(("h1",),), weights=((("w1",),),), biases=(("b1",),), digits=4
    )
    assert Network([None, [[1.0]]], [None, [0.0]], "tanh", names=names).names.digits == 4


def test_random_targets_are_such_as_their_loss_takes():
    net = Network(**SOFTMAX, loss="softmax cross-entropy")
    t = target(np.random.default_rng(0), net, 4)
    assert loss(net, np.ones((4, 1)), t) > 0


def test_each_shape_of_the_2_3_2_network_says_what_it_is_of():
    net, X, T, _ = examples.two_three_two()
    assert all(len({*W.shape, len(X)}) == 3 for W in net.W[1:])
    assert X.shape == (4, 2) and T.shape == (4, 2)
    z, _ = forward(net, X)
    assert (z[1] * 2 == np.round(z[1] * 2)).all()  # halves, for the head
    assert len(X) - 1 == len(net.W[1])  # without its last example a column of biases fits


# ---- weights that several places share ---------------------------------------------------------


def sharing(numbers=(0.3, -0.7, 0.2), **changed):
    """A window of two slides over three inputs; its two weights and its bias are at both places."""
    k1, k2, b = numbers
    known, (first, second, bias) = indexed((3, 2, 1)), (Symbol(n, n) for n in ("k1", "k2", "b"))
    biases = (None, (bias, bias), known.b[2])
    weights = (None, ((first, second, None), (None, first, second)), known.w[2])
    names = replace(known, w=weights, b=biases, own_b=biases)
    W = [None, [[k1, k2, 0], [0, k1, k2]], [[0.5, -0.4]]]
    made = {"W": W, "b": [None, [b, b], [0.1]], "activations": "sigmoid", "names": names}
    return Network(**{**made, **changed})


X3, T1 = [0.9, -0.6, 1.2], [0.8]


def test_a_shared_weight_has_the_slope_that_a_nudge_at_all_its_places_shows():
    net = sharing()
    z, a = forward(net, X3)
    _, dW, db = backward(net, z, a, T1)
    for n, found in enumerate((dW[1][0, 0], dW[1][0, 1], db[1][0])):
        ahead, behind = (
            loss(sharing(np.add((0.3, -0.7, 0.2), h * np.eye(3)[n])), X3, T1) for h in (1e-5, -1e-5)
        )
        assert found == pytest.approx((ahead - behind) / 2e-5, rel=1e-7)
    assert dW[1].tolist() == [[dW[1][0, 0], dW[1][0, 1], 0], [0, dW[1][0, 0], dW[1][0, 1]]]
    assert db[1][0] == db[1][1]
    assert check.agree(net, X3, T1, [r for r in check.installed_methods() if r != "backward"])


def test_a_shared_weight_stays_one_weight():
    net = sharing()
    z, a = forward(net, X3)
    delta, dW, db = backward(net, z, a, T1)
    assert db[1][0] == pytest.approx(delta[1].sum())  # the deltas themselves are as they were
    after = update(net, dW, db, 0.5)
    trained, _ = train(net, X3, T1, 0.5, 1)
    for l in (1, 2):
        assert_close(after.W[l], trained.W[l])
    assert after.W[1][0, 0] == after.W[1][1, 1] == pytest.approx(0.3 - 0.5 * dW[1][0, 0])
    assert with_values(net, k1=5).W[1].tolist() == [[5, -0.7, 0], [0, 5, -0.7]]
    steps = trace(net, X3, T1, 0.5).values
    assert steps["k1_new"] == pytest.approx(after.W[1][0, 0])
    assert steps["b_new"] == pytest.approx(after.b[1][1])


def test_what_shares_a_weight_has_one_number_and_no_place_of_its_own():
    with pytest.raises(ValueError, match=r"k2 is one weight at 2 places, not \[.*0.1.*0.2"):
        sharing(W=[None, [[0.3, 0.1, 0], [0, 0.3, 0.2]], [[0.5, -0.4]]])
    with pytest.raises(
        ValueError, match=r"no connection leads to W\[1\]\[0, 2\]: it is 0, and not"
    ):
        sharing(W=[None, [[0.3, 0.1, 9], [0, 0.3, 0.1]], [[0.5, -0.4]]])
    with pytest.raises(ValueError, match="b is one weight at 2 places"):
        sharing(b=[None, [0.1, 0.2], [0.1]])
    with pytest.raises(ValueError, match="k1 is at 2 places: it has no place of its own"):
        sharing().names.weight_at("k1")
    with pytest.raises(ValueError, match="paths are drawn where every connection has a weight"):
        draw.path(trace(sharing(), X3, T1), "w2_1_1")
    with pytest.raises(ValueError, match="gives every connection a weight of its own"):
        live.take_hold(sharing(), X3, T1, 0.5, ["eta"], "w2_1_1")
    with pytest.raises(KeyError, match="no weight or bias 'k3' here; did you mean one of k"):
        with_values(sharing(), k3=1)
