"""The trace: its values are those of the passes, and every step can be redone from its formula."""

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from backprop import Network, backward, examples, forward, latex, loss, trace, update
from backprop.names import derivative
from backprop.trace import LABELS, trace_of_batch
from networks import problems

S4 = examples.two_two_two()
BIASES = ("updated", "frozen", "shared")


def one_bias_a_layer(net):
    """Return the network with equal biases in each layer, as shared ones are."""
    return Network(
        net.W, [None] + [np.full(b.shape, b[0]) for b in net.b[1:]], net.activations, net.loss
    )


@given(problems(examples=0))
def test_every_step_gives_its_value_from_its_expression_and_inputs(problem):
    net, x, t = problem
    for biases in BIASES:
        seen = {}
        for step in trace(one_bias_a_layer(net), x, t, 0.3, biases=biases):
            assert step.label in LABELS
            assert set(step.inputs) <= set(seen), f"{step.name} uses what comes later"
            if step.expression:
                redone = latex.evaluate(step.expression, {name: seen[name] for name in step.inputs})
                # one formula's roundings; atol for sums whose terms cancel
                np.testing.assert_allclose(
                    redone, step.value, rtol=1e-11, atol=1e-13, err_msg=step.name
                )
            else:
                assert step.label == "given" and not step.inputs
            seen[step.name] = step.value


@given(problems(examples=0))
def test_the_steps_are_the_passes(problem):
    net, x, t = problem
    steps = trace(net, x, t, 0.3).values
    z, a = forward(net, x)
    delta, dW, db = backward(net, z, a, t)
    after = update(net, dW, db, 0.3)
    names = net.names
    for l in range(1, len(net.W)):
        for j in range(net.sizes[l]):
            assert steps[names.net[l][j].name] == z[l][j]
            assert steps[names.out[l][j].name] == a[l][j]
            assert steps[names.delta[l][j].name] == delta[l][j]
            bias = names.b[l][j].name
            assert steps[bias] == net.b[l][j]
            assert steps[f"dE_d{bias}"] == db[l][j]
            assert steps[f"{bias}_new"] == pytest.approx(after.b[l][j], rel=1e-15)
            for i in range(net.sizes[l - 1]):
                weight = names.w[l][j][i].name
                assert steps[weight] == net.W[l][j, i]
                assert steps[f"dE_d{weight}"] == dW[l][j, i]
                assert steps[f"{weight}_new"] == pytest.approx(after.W[l][j, i], rel=1e-15)
    assert steps["E"] == pytest.approx(loss(net, x, t), rel=1e-15)


@given(problems(examples=0))
def test_csv_and_json_keep_every_digit(problem):
    net, x, t = problem
    steps = trace(net, x, t, 0.3)
    rows = list(csv.DictReader(io.StringIO(steps.csv())))
    objects = json.loads(steps.json())
    assert len(rows) == len(objects) == len(steps)
    for step, row, thing in zip(steps, rows, objects, strict=True):
        assert float(row["value"]) == thing["value"] == step.value
        assert tuple(row["inputs"].split()) == tuple(thing["inputs"]) == step.inputs
        for field in ("name", "label", "symbol", "expression", "formula", "numbers"):
            assert row[field] == thing[field] == getattr(step, field)


def test_the_steps_of_the_source_have_its_names_and_order():
    steps = trace(S4.net, S4.x, S4.t, S4.learning_rate, biases="shared")
    names = [step.name for step in steps]
    for earlier, later in [
        ("i1", "net_h1"),
        ("net_h1", "out_h1"),
        ("out_h2", "net_o1"),
        ("E_o1", "E"),
        ("E", "delta_o1"),
        ("delta_o1", "dE_o1_dout_h1"),
        ("dE_dout_h1", "delta_h1"),
        ("dE_dw6", "w6_new"),
        ("dE_db1_shared", "b1_new"),
    ]:
        assert names.index(earlier) < names.index(later)
    assert steps["w1_new"].inputs == ("w1", "eta", "dE_dw1")
    assert names.count("b1") == 1  # one bias, two units
    order = [LABELS.index(step.label) for step in steps if step.label not in ("given", "gradients")]
    assert order == sorted(order)


@pytest.mark.parametrize("biases", BIASES)
def test_the_updated_weights_of_a_trace_are_those_of_update(biases):
    net, x, t, rate = S4
    _, dW, db = backward(net, *forward(net, x), t)
    after = update(net, dW, db, rate, biases=biases)
    steps = trace(net, x, t, rate, biases=biases).values
    assert steps["w6_new"] == after.W[2][0, 1]
    moved = {
        "updated": {"b_h1_new": after.b[1][0], "b_o2_new": after.b[2][1]},
        "shared": {"b1_new": after.b[1][0], "b2_new": after.b[2][1]},
        "frozen": {},
    }[biases]
    found = {name: value for name, value in steps.items() if name.endswith("_new") and "b" in name}
    assert moved.items() <= found.items() and bool(moved) == bool(found)


@pytest.mark.parametrize("example", [examples.two_two_two, examples.tapering])
def test_a_factor_of_a_delta_is_not_called_a_delta(example):
    steps = trace(*example())
    names = steps.names
    deltas = {delta.name for layer in names.delta[1:] for delta in layer}
    weights = {derivative(names.total, w).name for l in names.w[1:] for row in l for w in row}
    biases = {derivative(names.total, b).name for l in names.own_b[1:] for b in l}
    for label, whole in (
        ("output delta", deltas), ("hidden delta", deltas), ("gradients", weights | biases)
    ):  # fmt: skip
        for step in steps.labelled(label):
            assert (step.word == label) == (step.name in whole), step.name
            assert step.word in (label, "slope", "pull")
    assert {s.word for s in steps.labelled("output delta")} == {"slope", "output delta"}
    for name, word in (("forward", "forward"), ("update", "update"), ("given", "given")):
        assert {step.word for step in steps.labelled(name)} == {word}


def test_a_pull_is_what_an_output_wants_of_a_hidden_unit():
    steps = trace(*examples.two_two_two())
    words = {name: steps[name].word for name in ("dE_o1_dout_h1", "dE_dout_h1", "dout_h1_dnet_h1")}
    assert list(words.values()) == ["pull", "pull", "slope"]


def test_a_trace_without_a_rate_ends_before_the_update():
    steps = trace(S4.net, S4.x, S4.t)
    assert "dE_dw1" in steps and "eta" not in steps and not steps.labelled("update")


def test_each_output_pulls_at_a_hidden_unit_with_a_term_of_its_own():
    steps = trace(S4.net, S4.x, S4.t).values
    pulls = [steps["dE_o1_dout_h1"], steps["dE_o2_dout_h1"]]
    assert pulls[0] > 0 > pulls[1]
    assert sum(pulls) == pytest.approx(steps["dE_dout_h1"], rel=1e-15)


def test_the_table_has_a_row_for_every_step():
    steps = trace(S4.net, S4.x, S4.t, 0.1)
    rows = steps.table().splitlines()[2:]
    assert len(rows) == len(steps)
    for step, row in zip(steps, rows, strict=True):
        assert row.startswith(f"| ${step.symbol}$ |")
        assert row.endswith(f"{latex.NO_BREAK}{steps.shown(step.name)} |")


@given(problems(examples=3))
def test_a_batch_has_the_steps_of_each_example_and_then_the_means(problem):
    net, x, t = problem
    steps, values = trace_of_batch(net, x, t, 0.5), {}
    for step in steps:
        assert set(step.inputs) <= values.keys()
        if step.expression:
            again = latex.evaluate(step.expression, values)
            assert again == pytest.approx(step.value, rel=1e-9, abs=1e-12)
        values[step.name] = step.value
    for n, (x_n, t_n) in enumerate(zip(x, t, strict=True), 1):
        for step in trace(net, x_n, t_n):
            if step.label in ("output delta", "hidden delta") and step.name.startswith("delta"):
                assert values[f"{step.name}_of_{n}"] == step.value
    z, a = forward(net, x)
    _, dW, db = backward(net, z, a, t)
    after = update(net, dW, db, 0.5)
    for (l, j, i), symbol in net.names.weights():
        gradient = db[l][j] if i is None else dW[l][j, i]
        assert values[f"dE_d{symbol.name}"] == gradient
        new = after.b[l][j] if i is None else after.W[l][j, i]
        assert values[f"{symbol.name}_new"] == pytest.approx(new, rel=1e-15)


def test_one_example_is_no_batch():
    with pytest.raises(ValueError, match="a batch has an example to a row; x has shape"):
        trace_of_batch(*S4)


def test_a_step_is_told_from_that_of_a_network_which_rounds_alike():
    net, x, t, learning_rate = S4
    W = [w if w is None else w.copy() for w in net.W]
    W[2][0, 0] = np.nextafter(W[2][0, 0], 1)
    one, other = (trace(it, x, t, learning_rate) for it in (net, replace(net, W=W)))
    assert not {*one.identities.values()} & {*other.identities.values()}
    assert len({*one.identities.values()}) == len(one)


def test_a_step_is_the_same_in_traces_that_agree_as_far_as_it():
    net, x, t, learning_rate = S4
    bare, frozen, moved, faster = (
        trace(net, x, t),
        trace(net, x, t, learning_rate, biases="frozen"),
        trace(net, x, t, learning_rate),
        trace(net, x, t, 2 * learning_rate),
    )
    assert bare.identities.items() <= frozen.identities.items() <= moved.identities.items()
    changed = {name for name in moved.values if moved.identities[name] != faster.identities[name]}
    assert changed == {"eta", *(step.name for step in moved.labelled("update"))}
    replaced = trace(replace(net, activations=[None, "tanh", "sigmoid"]), x, t)
    assert replaced.identities["net_h1"] == bare.identities["net_h1"]
    assert replaced.identities["out_h1"] != bare.identities["out_h1"]


@pytest.mark.parametrize("seed", ["0", "1"])
def test_a_step_has_the_same_identity_in_every_process(seed):
    program = (
        "from backprop import examples, trace; "
        "net, x, t, _ = examples.two_two_two(); print(trace(net, x, t).identities['E'])"
    )
    env = {**os.environ, "PYTHONHASHSEED": seed}
    said = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True)
    assert said.stdout.strip() == trace(S4.net, S4.x, S4.t).identities["E"]
