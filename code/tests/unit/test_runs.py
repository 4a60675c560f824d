"""The trainings that are recorded: their shape, and the beginning of each computed anew."""

import importlib.util
import json

import numpy as np
import pytest
from conftest import ROOT

from backprop import examples

RECORD = examples.long_runs()
FAINT, COPIES = RECORD["faint"], RECORD["copies"]
WIDTHS, ORDERS, UNSHARED = RECORD["widths"], RECORD["orders"], RECORD["unshared"]
READ, FOLDS = RECORD["kernels"]["read"], RECORD["validation"]["folds"]


@pytest.fixture(scope="module")
def runs():
    """The program that records."""
    spec = importlib.util.spec_from_file_location("record_runs", ROOT / "runs" / "record.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_record_has_every_run_that_the_program_makes(runs):
    assert set(RECORD) == {*runs.RUNS, "numpy", "python"}
    assert list(FAINT["runs"]) == sorted(runs.FAINT)
    counted = {str(epoch) for epoch in (1, *runs.COUNTED)}
    for run in FAINT["runs"].values():
        assert set(run["epochs"]) == counted
        assert all(0 <= told["right"] <= FAINT["of"] for told in run["epochs"].values())
        assert all(1 <= told["digits said"] <= 10 for told in run["epochs"].values())
    assert set(COPIES["epochs"]) == {str(epochs) for epochs in runs.LONGER}
    for of_seeds in COPIES["epochs"].values():
        assert len(of_seeds) == len(runs.SEEDS)
        assert all(0 <= run["copies"] <= COPIES["of copies"] for run in of_seeds)
        assert all(0 <= run["held"] <= COPIES["of held"] for run in of_seeds)
    assert set(RECORD["deep"]) == {*runs.PLANS}
    assert all(len(counts) == len(runs.DRAWS) for counts in RECORD["deep"].values())
    assert set(READ) == {*runs.TRIALS}
    for counts in READ.values():
        assert len(counts["alone"]) == len(runs.STARTS)
        assert all(0 <= n <= len(runs.held) for n in (*counts["alone"], counts["together"]))
    assert set(FOLDS) == {*runs.SETTINGS}
    assert len(RECORD["validation"]["file order"]) == len(runs.FOLDS)


def test_what_is_misread_lies_in_its_fold_or_quarter(runs):
    for folds in FOLDS.values():
        for k, rows in enumerate(folds):
            assert {*rows} <= {*runs.learn[k::4].tolist()}
    ends = [rows[-1] for rows in RECORD["validation"]["file order"]]
    assert ends == sorted(ends) and ends[-1] < len(runs.X)


def test_what_the_counts_are_out_of(runs):
    assert FAINT["of"] == len(runs.quarter) == 337
    assert COPIES["of copies"] == 5 * len(runs.learn) and COPIES["of held"] == len(runs.held) == 449


def test_how_faint_an_image_is_before_the_first_update(runs):
    """At ten layers computed anew; at fifty it is below the last bit of a double, and chance."""
    found = runs.difference(runs.sigmoids(10, 0))
    assert found == pytest.approx(FAINT["difference"]["10"], rel=1e-6)
    assert 1e-8 < found < 1e-6 and FAINT["difference"]["50"] < 2**-51
    assert runs.difference(runs.sigmoids(50, 0)) < 2**-51


@pytest.mark.parametrize("name", FAINT["runs"])
def test_the_first_epoch_of_each_deep_network_is_as_recorded(runs, name):
    found, kept = runs.faint_run(name, epochs=1)["epochs"], FAINT["runs"][name]["epochs"]
    assert set(found) == {0, 1}
    for epoch, told in found.items():
        assert told["loss"] == pytest.approx(kept[str(epoch)]["loss"], rel=1e-6)
        assert told["digits said"] == kept[str(epoch)]["digits said"] == 1


def test_ten_epochs_on_moved_copies_are_as_recorded(runs):
    found, kept = runs.copies_run(10, 0), COPIES["epochs"]["10"][0]
    assert abs(found["copies"] - kept["copies"]) < 0.01 * COPIES["of copies"]
    assert abs(found["held"] - kept["held"]) < 0.02 * COPIES["of held"]


def test_ten_layers_warmed_up_read_what_is_recorded(runs):
    plan = "warm-up, then cosine"
    assert abs(runs.deep_run(plan, 0) - RECORD["deep"][plan][0]) < 10


@pytest.mark.parametrize("name", ["kernels", "full", "full, moved copies", "full, shuffled"])
def test_the_first_start_reads_what_is_recorded(runs, name):
    assert abs(runs.right(runs.trial_run(name, 0), runs.held) - READ[name]["alone"][0]) <= 3


def test_the_first_fold_misreads_what_is_recorded(runs):
    assert len({*runs.of_fold("plain", 0)} ^ {*FOLDS["plain"][0]}) <= 3


def test_a_full_start_on_copies_is_recorded_once(runs):
    """Two parts of the record train it: on the same images, in the same order."""
    assert READ["full, moved copies"]["alone"][: len(runs.SEEDS)] == [
        run["held"] for run in COPIES["epochs"]["10"]
    ]


def test_what_makes_the_difference_is_recorded_for_every_start(runs):
    assert set(WIDTHS) == {*map(str, runs.WIDTHS)} and set(ORDERS) == {*map(str, runs.ORDERS)}
    of_all = [UNSHARED, *WIDTHS.values(), *ORDERS.values()]
    for trials in of_all:
        for counts in trials.values():
            assert len(counts["alone"]) == len(runs.STARTS)
            assert all(0 <= n <= len(runs.held) for n in (*counts["alone"], counts["together"]))
    for trial in UNSHARED.values():
        tried = trial["validation"]
        assert set(tried) == {*map(str, runs.RATES)}
        assert tried[str(trial["rate"])] == max(tried.values())


def test_what_stands_twice_in_the_record_is_the_same():
    """The narrowest layer and the first order are trials of their own too."""
    assert ORDERS["0"]["kernels"] == READ["kernels, shuffled"]
    assert ORDERS["0"]["full"] == READ["full, shuffled"]
    assert WIDTHS["20"]["as they are"] == READ["full"]
    moved = {name: WIDTHS["20"]["moved"][name] for name in ("alone", "together")}
    assert moved == READ["full, moved copies"]
    only, together = RECORD["kernels"]["only"], [READ[n]["together"] for n in ("kernels", "full")]
    assert only["kernels"] - only["full"] == together[0] - together[1]


def test_kernels_that_are_equal_at_all_places_give_the_shared_maps(runs):
    net = runs.kernels_run(runs.X[:64], runs.labels[:64], 0.05, 1, 0)
    k, b = np.tile(net.k.reshape(15, 9), (36, 1, 1)), np.tile(net.b, (36, 1))
    x = runs.X[:5]
    shared = runs.convnet.forward(net, x.reshape(-1, 1, 8, 8))
    assert np.allclose(runs.pooled(k, b, x)[-1], shared.p.reshape(5, -1), rtol=0, atol=1e-12)


def test_the_gradient_of_an_unshared_kernel_is_its_slope(runs):
    """One update from 0 state moves by minus the rate times the gradient."""
    x, digit = runs.X[:20], runs.labels[:20]
    k, b, head = runs.unshared_run(x, digit, 0, 1, 0)  # at rate 0: the start
    moved, *_ = runs.unshared_run(x, digit, 0.1, 1, 0)
    t = np.eye(10)[digit]

    def E(k):
        return runs.loss(head, runs.pooled(k, b, x)[-1], t)

    for at in [(0, 0, 0), (14, 3, 4), (21, 7, 8), (27, 11, 2)]:
        up, down = k.copy(), k.copy()
        up[at], down[at] = up[at] + 1e-6, down[at] - 1e-6
        assert (k - moved)[at] / 0.1 == pytest.approx((E(up) - E(down)) / 2e-6, abs=1e-8)
    assert abs(k - moved).max() > 1e-3


def test_an_unshared_start_and_a_wider_one_read_what_is_recorded(runs):
    trial = UNSHARED["as they are"]
    net = runs.unshared_run(runs.X[runs.learn], runs.labels[runs.learn], trial["rate"], 30, 0)
    found = runs.right(runs.unshared_output(net, runs.held), runs.held)
    assert abs(found - trial["alone"][0]) <= 3
    net = runs.full_run(runs.X[runs.learn], runs.labels[runs.learn], 0.2, 30, 0, 40)
    found = runs.right(runs.forward(net, runs.X[runs.held])[1][-1], runs.held)
    assert abs(found - WIDTHS["40"]["as they are"]["alone"][0]) <= 3


def test_all_runs_are_written_where_the_pages_read_them(runs, tmp_path, monkeypatch, capsys):
    """With fewer epochs, into a folder of the test."""
    for name, value in {
        "EPOCHS": 1,
        "LONGER": (1,),
        "SEEDS": range(1),
        "STARTS": range(1),
        "DRAWS": range(1),
    }.items():
        monkeypatch.setattr(runs, name, value)
    shorter = {"kernels": (True, "shuffled", 0.05, 1), "full": (False, "as they are", 0.2, 1)}
    monkeypatch.setattr(runs, "TRIALS", shorter)
    once = {"as they are": (0.1, 1), "moved": (0.1, 1)}
    for name, value in {"PLANS_OF_FULL": once, "WIDTHS": (20,), "ORDERS": range(1)}.items():
        monkeypatch.setattr(runs, name, value)
    monkeypatch.setattr(runs, "RATES", (0.1,))
    monkeypatch.setattr(runs, "SETTINGS", {"plain": (False, 16, 3, 1), "moved": (True, 16, 3, 1)})
    monkeypatch.setattr(runs, "FAINT", {"Adam, seed 0": runs.FAINT["Adam, seed 0"]})
    monkeypatch.setattr(runs, "RECORD", tmp_path / "runs.json")
    runs.main()
    found = json.loads((tmp_path / "runs.json").read_text("utf-8"))
    assert set(found) == set(RECORD) and set(found["copies"]["epochs"]) == {"1"}
    assert set(found["faint"]["runs"]["Adam, seed 0"]["epochs"]) == {"0", "1"}
    assert set(found["kernels"]["read"]) == {*shorter}
    assert [len(folds) for folds in found["validation"]["folds"].values()] == [4, 4]
    assert "moved copies, 1 epochs, seed 0" in capsys.readouterr().err
