"""Problems and marks: what a draw promises, and that the browser draws and marks alike."""

import functools
import hashlib
import json
import random
from collections import Counter
from dataclasses import asdict
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from backprop import backward, examples, forward, latex, mistakes
from backprop.convolution import conv2d, conv2d_backward
from backprop.live import state
from backprop.live.tasks import ENTRY
from backprop.mistakes import ALL, MISTAKES, OF_KERNELS
from backprop.network import by_name
from backprop.practice import marking
from backprop.practice.marking import (
    VERDICTS,
    judge,
    mark,
    read_number,
    wrong_lines,
)
from backprop.practice.pcg import Pcg32
from backprop.practice.problems import KINDS, REASONS, _drawn, four_digits, problem, refused
from backprop.trace import trace, trace_of_batch
from book_node import start_node

TESTS = Path(__file__).parent

FIRST, OTHERS = range(12), range(12, 115)  # seeds of each kind: more than a thousand problems
SOLVED = [kind for kind in KINDS if not KINDS[kind].printed]


@functools.cache
def set_problem(kind, seed):
    """Return a problem, made once: no test changes it."""
    return problem(kind, seed)


def set_problems(seeds):
    return {kind: [set_problem(kind, seed) for seed in seeds] for kind in KINDS}


@pytest.fixture(
    params=[FIRST, pytest.param(OTHERS, marks=pytest.mark.slow)], ids=["first", "others"]
)
def problems(request):
    """The problems of each kind, the first apart: what holds for each holds for all."""
    return set_problems(request.param)


@pytest.fixture
def all_problems():
    """The same together, for what has to be met somewhere among them."""
    return set_problems([*FIRST, *OTHERS])


def each(problems, kinds=SOLVED):
    return [one for kind in kinds for one in problems[kind]]


# ---- the generator -----------------------------------------------------------------------------


def test_the_generator_is_the_published_one():
    """The first numbers of the demonstration that comes with the reference implementation."""
    rng = Pcg32(42, 54)
    published = "a15c02b7 7b47f409 ba1d3330 83d2f293 bfa4784b cbed606e"
    assert " ".join(f"{rng.next():08x}" for _ in range(6)) == published


def test_below_a_bound_every_number_is_as_likely():
    counts = Counter(map(Pcg32(1, 1).below, [7] * 70_000))
    assert sorted(counts) == list(range(7))
    assert max(abs(count - 10_000) for count in counts.values()) < 500  # five standard deviations


# ---- problems ----------------------------------------------------------------------------------


def test_a_seed_is_a_problem():
    for kind in KINDS:
        once, again, other = set_problem(kind, 7), problem(kind, 7), set_problem(kind, 8)
        assert again.right == once.right and again.made == once.made
        assert again.right != other.right


SET = {  # what the first twelve of each kind are made of; a sheet that is printed stays the same
    "one-neuron": "f4cf0cd378a1",
    "several-outputs": "81e32b7aaa0a",
    "two-two-two": "4642590876af",
    "three-layers": "d7e5497ca736",
    "relu-and-tanh": "38985ca2c49b",
    "softmax": "4d7201e94814",
    "batch": "574a31198b42",
    "which-line": "04a8310d6a96",
    "convolution": "5ac0613cfceb",
}


def test_a_problem_that_was_set_stays_what_it_is():
    assert SET.keys() == KINDS.keys()
    for kind, digest in SET.items():
        given = []
        for one in set_problems(range(12))[kind]:
            layers = [one.x, one.t, one.learning_rate, *one.net.W[1:], *one.net.b[1:]]
            given.append([[round(100 * n) for n in np.ravel(each).tolist()] for each in layers])
            given[-1].append(one.made)
        assert hashlib.sha256(json.dumps(given).encode()).hexdigest().startswith(digest), kind


def test_the_given_numbers_are_whole_hundredths(problems):
    for one in each(problems, KINDS):
        given = [one.x, one.t, one.learning_rate, *one.net.W[1:], *one.net.b[1:]]
        hundredths = 100 * np.concatenate([np.ravel(numbers) for numbers in given])
        assert np.allclose(hundredths, hundredths.round(), rtol=0, atol=1e-12)
        assert abs(hundredths).max() <= 200


def test_the_solution_is_that_of_backward(problems):
    for one in each(problems):
        z, a = forward(one.net, one.x)
        _, dW, db = backward(one.net, z, a, one.t)
        for name, gradient in by_name(one.net, dW, db).items():
            assert one.right[f"dE_d{name}"] == pytest.approx(gradient, rel=1e-12)


def test_each_line_of_a_solution_follows_from_those_before_it(problems):
    for one in each(problems, KINDS):
        values = {}
        for step in one.solution:
            assert set(step.inputs) <= values.keys()
            if step.expression:
                again = latex.evaluate(step.expression, values)
                assert again == pytest.approx(step.value, rel=1e-12, abs=1e-15)
            values[step.name] = step.value


def test_the_answers_to_any_two_mistakes_differ(problems):
    """By more than twice what marking allows, in a number that is asked for."""
    for one in each(problems):
        answers = {mistake: [v[n] for n in one.asked] for mistake, v in one.wrong.items()}
        answers["right"] = [one.right[name] for name in one.asked]
        for p, q in combinations(answers.values(), 2):
            sizes = np.maximum(abs(np.array(p)), abs(np.array(q)))
            assert (abs(np.subtract(p, q)) > 0.04 * sizes).any()


@pytest.mark.slow
def test_every_mistake_is_met(all_problems):
    met = Counter(mistake for one in each(all_problems) for mistake in one.wrong)
    assert met.keys() == ALL.keys()
    only = {mistake for one in each(all_problems, ["convolution"]) for mistake in one.wrong}
    assert OF_KERNELS.keys() <= only and "one bias for all" not in only  # which is right there
    made = Counter(one.made for one in all_problems["which-line"])
    assert len(made) > len(MISTAKES) - 3


def rounded_on_the_way(one, rounded):
    values = {}
    for step in one.solution:
        exact = latex.evaluate(step.expression, values) if step.expression else step.value
        values[step.name] = rounded(exact)
    return {name: values[name] for name in one.asked}


def half_up(value):
    """To four significant digits, in whole numbers."""
    if value == 0:
        return 0.0
    power = 3 - int(np.floor(np.log10(abs(value)) + 1e-12))
    return float(np.copysign(np.floor(abs(value) * 10.0**power + 0.5 + 1e-8), value) / 10.0**power)


def test_a_solution_rounded_on_the_way_is_within_half_a_percent(problems):
    for one in each(problems):
        for name, value in rounded_on_the_way(one, half_up).items():
            assert abs(value - one.right[name]) <= 0.005 * abs(one.right[name])


def test_a_half_is_rounded_up_wherever_it_is_computed():
    assert four_digits(1.2325) == four_digits(0.5 * 2.465) == 1.233
    assert four_digits(np.nextafter(1.2325, 0)) == 1.233
    assert four_digits(-0.00098765) == -0.0009877 and four_digits(0) == 0


def faults(form, net, x, t, learning_rate):
    """Return what speaks against a draw, each of REASONS by a road of its own."""
    margin = 1e-6
    z, _ = forward(net, x)
    right = mistakes._right(net, x, t)
    sets = [right, *mistakes.effects(net, x, t, learning_rate).values()]
    answers = [{name: gradients[name] for name in form.asked} for gradients in sets]
    shown = [one for one in answers[1:] if mistakes.distance(one, answers[0]) > 1e-9]
    pairs = combinations([answers[0], *shown], 2)
    solution = (trace if form.examples == 1 else trace_of_batch)(net, x, t, learning_rate)
    rounded = rounded_on_the_way(SimpleNamespace(
        solution=solution, asked=[f"dE_d{name}" for name in form.asked]
    ), half_up)  # fmt: skip
    relus = [z[l] for l, f in enumerate(form.activations) if f == "relu"]
    return {
        "kink": any((abs(numbers) < 0.01 + margin).any() for numbers in relus),
        "small": any(0 < abs(answers[0][name]) < 1e-3 + margin for name in form.asked),
        "alike": any(mistakes.distance(p, q) < 0.04 + margin for p, q in pairs),
        "rounding": any(
            abs(rounded[f"dE_d{name}"] / answers[0][name] - 1) > 0.005 - margin
            for name in form.asked
            if answers[0][name]
        ),
    }


@pytest.mark.slow
def test_a_draw_is_refused_for_what_it_is_and_no_other_is():
    met = set()
    for stream, (kind, form) in enumerate(KINDS.items()):
        for seed in range(40):
            rng, reasons = Pcg32(seed, stream), refused(kind, seed)
            for reason in reasons:
                assert faults(form, *_drawn(rng, form))[reason], (kind, seed, reason)
            taken = _drawn(rng, form)
            assert not any(faults(form, *taken).values()), (kind, seed)
            assert (taken[1] == problem(kind, seed).x).all()
            met.update(reasons)
    assert met == set(REASONS)


def test_what_is_asked_wrongly_is_said():
    with pytest.raises(KeyError, match="no kind of problem 'two-two' here; did you mean"):
        problem("two-two", 1)
    with pytest.raises(TypeError, match="a seed is a whole number, and got 1.5"):
        problem("batch", 1.5)
    with pytest.raises(ValueError, match="from 0 to .*, and got -1"):
        problem("batch", -1)
    with pytest.raises(ValueError, match=f"and got {2**53}"):
        problem("batch", 2**53)


def test_a_small_convolution_is_one(problems):
    """The same by `convolution`, which knows nothing of networks that share weights."""
    for one in problems["convolution"]:
        net, right = one.net, one.right
        kernel, image = net.W[1][0].reshape(1, 1, 2, 3)[..., :2], one.x.reshape(1, 1, 2, 3)
        z = conv2d(image, kernel, net.b[1][:1])
        assert z.ravel() == pytest.approx([right["z11"], right["z12"]], rel=1e-12)
        delta = np.reshape([right["delta11"], right["delta12"]], (1, 1, 1, 2))
        _, dk, db = conv2d_backward(delta, image, kernel)
        found = [right[f"dE_dk{r}{c}"] for r in (1, 2) for c in (1, 2)]
        assert found == pytest.approx(dk.ravel().tolist(), rel=1e-12, abs=1e-15)
        assert right["dE_db"] == pytest.approx(db.item(), rel=1e-12)
        first, last = (one.wrong[f"{which} place only"] for which in ("first", "last"))
        assert first["dE_dk22"] == pytest.approx(delta[0, 0, 0, 0] * image[0, 0, 1, 1])
        assert last["dE_dk22"] == pytest.approx(delta[0, 0, 0, 1] * image[0, 0, 1, 2])
        assert (first["dE_db"], last["dE_db"]) == (right["delta11"], right["delta12"])
        assert first["dE_dw2_1_1"] == right["dE_dw2_1_1"]


def test_no_relu_stands_at_its_kink(problems):
    for one in problems["relu-and-tanh"]:
        z, _ = forward(one.net, one.x)
        assert abs(z[1]).min() > 0.01


def test_the_question_says_what_is_asked_and_how_fast_it_learns(problems):
    for one in each(problems, KINDS):
        rate = f"$\\eta = {latex.number(one.learning_rate)}$"
        assert (rate in one.question) == (one.made is None)
        assert all(f"${one.solution[name].symbol}$" in one.question for name in one.asked[:-1])


# ---- marking -----------------------------------------------------------------------------------


def test_every_mistake_is_named_from_its_answers_alone(problems):
    for one in each(problems):
        for mistake, values in one.wrong.items():
            verdicts = mark(one, {name: values[name] for name in one.asked})
            named = {v.mistakes for v in verdicts.values() if v.kind != "right"}
            assert named == {(mistake,)}, (one.kind, one.seed, mistake, verdicts)


def test_no_right_answer_is_called_wrong(problems):
    """Exact; rounded to four significant digits at the end; on every line, a half up or even."""
    for one in each(problems):
        for answers in (
            one.right,
            {name: f"{one.right[name]:.4g}" for name in one.asked},
            rounded_on_the_way(one, four_digits),
            rounded_on_the_way(one, lambda value: float(f"{value:.3e}")),
        ):
            assert {v.kind for v in mark(one, answers).values()} == {"right"}, (one.kind, one.seed)


UNEVEN = problem("two-two-two", 3)


def verdict(name, answer, **others):
    return mark(UNEVEN, {name: answer, **others})[name]


def test_a_sign_a_factor_and_what_follows_are_told():
    right = UNEVEN.right
    known = {name: right[name] for name in right if name.startswith(("net", "out", "delta"))}
    gradient = right["dE_dw6"]
    assert verdict("dE_dw6", -gradient, dE_dw5=right["dE_dw5"]).kind == "sign"
    assert verdict("dE_dw6", gradient / 10, **known).kind == "factor"
    assert verdict("dE_dw6", gradient / 10, **known).factor == 0.1
    wild = {**known, "delta_o1": 7 * right["delta_o1"]}
    found = verdict("dE_dw6", 7 * gradient, **wild)
    assert (found.kind, found.first) == ("follows", "delta_o1")
    assert mark(UNEVEN, wild)["delta_o1"].kind == "unknown"
    found = verdict("dE_dw6", 3.7 * gradient, **wild)
    assert (found.kind, found.first) == ("unknown", "delta_o1")
    assert "delta o1" in found.said


def test_a_minus_that_was_dropped_is_told():
    right, given = UNEVEN.right, UNEVEN.solution.values
    assert given["delta_o1"] < 0 < given["delta_o2"]
    known = {name: right[name] for name in ("out_h1", "delta_o1", "delta_o2")}
    slope = right["out_h1"] * (1 - right["out_h1"])
    value = (given["delta_o2"] * given["w7"] - given["delta_o1"] * given["w5"]) * slope
    found = verdict("delta_h1", value, **known)
    assert found.kind == "sign" and "dropped the minus of delta o1" in found.said
    net = given["w1"] * given["i1"] - given["w2"] * given["i2"] + given["b_h1"]
    assert given["i2"] < 0 and "dropped the minus of i2" in verdict("net_h1", net).said


def test_what_a_mistake_and_a_lost_minus_give_is_said_of_both():
    one = problem("two-two-two", 9)  # w6 is as large as w7, which is negative
    known = {name: one.right[name] for name in ("delta_o1", "delta_o2", "out_h1")}
    value = one.wrong["transposed weights"]["delta_h1"]
    found = mark(one, known | {"delta_h1": value})["delta_h1"]
    assert found.mistakes == ("transposed weights",)
    assert (
        "or dropped the minus of delta o2 or w7: this number alone does not tell which"
        in found.said
    )


def test_no_lost_minus_is_a_mistake_in_the_entry_check():
    for kind, seed, name in ENTRY:
        one = problem(kind, seed)
        without = marking._without_a_minus(one, {name: one.right[name]})[name]
        for which, value in without.items():
            given = {line: one.right[line] for line in one.right if not line.endswith("_new")}
            found = mark(one, given | {name: value})[name]
            assert found.kind == "sign" and not found.mistakes, (kind, seed, which, found)


def test_a_common_factor_is_told():
    found = mark(UNEVEN, {name: 3.3 * UNEVEN.right[name] for name in UNEVEN.asked})
    assert {v.kind for v in found.values()} == {"factor"}
    assert all(v.factor == pytest.approx(3.3) for v in found.values())


def test_zeros_have_no_factor():
    found = mark(UNEVEN, {name: 0 for name in ("dE_dw6", "dE_dw2")})
    assert {v.kind for v in found.values()} == {"unknown"}


def test_an_update_is_marked_by_its_change():
    right, old = UNEVEN.right["w6_new"], UNEVEN.solution["w6"].value
    change = right - old
    assert verdict("w6_new", right).kind == "right"
    assert verdict("w6_new", f"{right:.4f}").kind == "right"
    assert verdict("w6_new", old - change, dE_dw6=UNEVEN.right["dE_dw6"]).kind == "sign"
    assert verdict("w6_new", old + 1.1 * change).kind != "right"
    assert abs(0.1 * change) < 0.01 * abs(right)  # which a share of the weight would let pass


def test_an_update_is_never_called_a_multiple_of_the_right_weight():
    right, old = UNEVEN.right["w6_new"], UNEVEN.solution["w6"].value
    known = {"dE_dw6": UNEVEN.right["dE_dw6"]}
    found = verdict("w6_new", old + 2 * (right - old), **known)
    assert found.kind == "factor" and "Its change is twice" in found.said
    found = verdict("w6_new", old - (right - old), **known)
    assert found.kind == "sign" and "the other way" in found.said
    found = verdict("w6_new", old, **known)  # as a gradient of zero would give, but here is one
    assert found.kind == "unknown"


@pytest.mark.slow
def test_a_mistake_made_in_one_line_only_is_named(all_problems):
    """The deltas before it are right, which it would have changed had it been made there too."""
    told = Counter()
    for one in each(all_problems, ["two-two-two", "three-layers", "softmax"]):
        net, last = one.net, len(one.net.sizes) - 1
        z, a = forward(net, one.x)
        delta, _, _ = backward(net, z, a, one.t)
        for l in range(1, last):
            g, before = net.W[l + 1].T @ delta[l + 1], net.names.delta[l + 1 :]
            known = [symbol.name for layer in before for symbol in layer]
            made = {
                "no hidden slope": g,
                "net for out": g * z[l] * (1 - z[l]),
                "activation twice": g * (s := 1 / (1 + np.exp(-a[l]))) * (1 - s),
            }
            for mistake, values in made.items():
                name, value = net.names.delta[l][0].name, values[0]
                answers = {**{n: one.right[n] for n in known}, name: value}
                found = mark(one, answers)[name]
                if found.kind != "right" and mistake in one.wrong:
                    assert found.kind != "unknown", (one.kind, one.seed, mistake, found)
                    told[mistake, mistake in found.mistakes] += 1
    for mistake in made:  # now and then another one that fits all the answers gives the same number
        assert told[mistake, True] > 100 and told[mistake, False] < 0.1 * told[mistake, True], told


def test_half_of_a_mistake_is_named_too():
    wrong = UNEVEN.wrong["no hidden slope"]
    right = UNEVEN.right
    found = mark(UNEVEN, {"dE_dw2": wrong["dE_dw2"], "dE_db_h2": right["dE_db_h2"]})
    assert found["dE_dw2"].mistakes == ("no hidden slope",) and found["dE_db_h2"].kind == "right"


def test_what_two_mistakes_give_is_said_of_both():
    wrong = UNEVEN.wrong
    both = {"error sent back", "no output slope"}
    values = [wrong[mistake]["dE_dw2"] for mistake in both]
    assert values[0] == pytest.approx(values[1])  # they differ in the output gradients only
    assert set(verdict("dE_dw2", values[0]).mistakes) == both


def test_the_wrong_line_is_found_and_the_others_are_told_apart(problems):
    for one in problems["which-line"]:
        wrong = wrong_lines(one)
        found = {line: mark(one, {"line": line})["line"] for line in one.shown}
        assert wrong and {line for line in found if found[line].kind == "right"} == set(wrong)
        assert all(found[line].mistakes == (one.made,) for line in wrong)
        for line in found.keys() - set(wrong):
            is_right = abs(one.shown[line] - one.right[line]) <= 0.01 * abs(one.right[line])
            assert found[line].kind == ("unknown" if is_right else "follows")


def test_the_uneven_network_of_the_book_is_judged_too():
    net, x, t, learning_rate = examples.uneven()
    right = mistakes._right(net, x, t)
    wrong = mistakes.effects(net, x, t, learning_rate)
    for mistake, answers in wrong.items():
        found = judge(right, wrong, answers)
        assert {v.mistakes for v in found.values() if v.kind != "right"} == {(mistake,)}


@pytest.mark.parametrize(
    "text, number",
    [
        ("1.2e-3", 0.0012),
        ("0,0012", 0.0012),
        ("3/2500", 0.0012),
        (" −0.5 ", -0.5),
        ("–.5", -0.5),
        ("+2.", 2.0),
        ("1.2 × 10⁻³", 0.0012),
        ("1.2*10^-3", 0.0012),
        ("-3 / 4", -0.75),
    ],
)
def test_a_number_is_read_as_it_is_written(text, number):
    assert read_number(text) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    "text", ["", "abc", "1.2.3", "1/0", "1/2/3", "e5", "1e101", "1e999", "nan", "inf"]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="is not a number: write it as"):
        read_number(text)


def test_an_unknown_step_is_refused():
    with pytest.raises(KeyError, match="no step 'dE_dw9' here; did you mean"):
        mark(UNEVEN, {"dE_dw9": 1})
    with pytest.raises(KeyError, match="no line 'w6' here"):
        mark(problem("which-line", 1), {"line": "w6"})


# ---- in the browser ----------------------------------------------------------------------------


def answers_to(one):
    """Answers of all sorts to a problem, by a generator of its own."""
    rng = random.Random(f"{one.kind} {one.seed}")
    if one.made:
        return [{"line": line} for line in one.shown]
    right, names = one.right, list(one.right)
    sets = [{name: float(f"{right[name]:.4g}") for name in names}]
    sets += [{name: values[name] for name in one.asked} for values in one.wrong.values()]
    for _ in range(6):
        some = rng.sample(names, rng.randint(1, len(names)))
        factors = [1, 1, 1, 1, -1, 2, 0.5, 10, 0.01, 1.3]
        sets.append({name: right[name] * rng.choice(factors) for name in some})
    sets.append(dict.fromkeys(names, 0.0))
    mistake = rng.choice(list(one.wrong))
    sets.append(right | one.wrong[mistake])
    wild = rng.choice(names)  # and what follows from it
    values = {}
    for step in one.solution:
        value = latex.evaluate(step.expression, values) if step.expression else step.value
        values[step.name] = 3.7 * value if step.name == wild else value
    sets.append({name: values[name] for name in names})
    deltas = [name for name in names if name.startswith("delta")]
    own = {
        name: right[name] * rng.choice([1, 1.7]) for name in rng.sample(deltas, len(deltas) // 2)
    }
    again = one.wrong_from(own)[mistake]  # a mistake, after deltas of the reader's own
    sets.append({name: own.get(name, again.get(name, right[name])) for name in deltas})
    without = marking._without_a_minus(one, right)
    for name in rng.sample(names, min(4, len(names))):  # a minus dropped, alone and among the right
        for value in without.get(name, {}).values():
            sets += [{name: value}, right | {name: value}]
    return sets


def test_the_browser_draws_and_marks_alike(problems, tmp_path):
    told = []
    for one in each(problems, KINDS):
        sets = answers_to(one)
        told.append(
            {
                "kind": one.kind,
                "seed": one.seed,
                "W": state.as_lists(one.net.W),
                "b": state.as_lists(one.net.b),
                "x": one.x.tolist(),
                "t": one.t.tolist(),
                "learning_rate": one.learning_rate,
                "asked": one.asked,
                "made": one.made,
                "solution": [
                    [s.name, s.label, s.symbol, s.expression, s.value] for s in one.solution
                ],
                "right": one.right,
                "wrong": one.wrong,
                "shown": one.shown,
                "answers": sets,
                "verdicts": [{n: asdict(v) for n, v in mark(one, a).items()} for a in sets],
            }
        )
    kinds = {verdict["kind"] for one in told for of in one["verdicts"] for verdict in of.values()}
    assert kinds <= set(VERDICTS) and (kinds == set(VERDICTS) or len(told) < 500)
    assert len(told) in (len(KINDS) * len(FIRST), len(KINDS) * len(OTHERS))
    file = tmp_path / "problems.json"
    said = {"kinds": state.kinds_of(KINDS), "problems": told}
    file.write_text(json.dumps(said), "utf-8")
    process = start_node(TESTS / "problems.mjs", str(file))
    said, _ = process.communicate()
    assert process.returncode == 0 and f"{len(told)} problems" in said, said[-4000:]
