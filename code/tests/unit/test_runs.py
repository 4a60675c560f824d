"""The trainings that are recorded: their shape, and the beginning of each computed anew."""

import importlib.util
import json

import pytest
from conftest import ROOT

from backprop import examples

RECORD = examples.long_runs()
FAINT, COPIES = RECORD["faint"], RECORD["copies"]
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
