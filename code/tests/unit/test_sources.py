"""Every figure that the sources print, and how it is judged."""

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from backprop import examples, forward, loss, sources, trace, train, with_values

CSV = Path(sources.__file__).with_name("sources.csv")


@pytest.fixture(scope="module")
def steps():
    net, x, t, learning_rate = examples.two_two_two()
    return trace(net, x, t, learning_rate, biases="frozen")


@pytest.fixture(scope="module")
def entries(steps):
    return sources.ledger(steps)


@pytest.fixture(scope="module")
def mazur():
    """The trace of Mazur's network, and the numbers of its two runs of 10,000 updates."""
    net, x, t, learning_rate = examples.mazur()
    beyond = {}
    for run, hidden_weights in (("right", "old"), ("hasty", "updated")):
        learned, history = train(
            net, x, t, learning_rate, 10_000, biases="frozen", hidden_weights=hidden_weights
        )
        beyond |= {f"{run}_E_{n}": history.loss[n] for n in (1, 9_999, 10_000)}
        beyond |= {
            f"{run}_out_o{k}_10000": out for k, out in enumerate(forward(learned, x)[1][2], 1)
        }
    return trace(net, x, t, learning_rate, biases="frozen"), beyond


@pytest.fixture(scope="module")
def entries_of_mazur(mazur):
    steps, beyond = mazur
    return sources.ledger(steps, "Mazur", **beyond)


def test_every_documented_figure_is_accounted_for(entries, entries_of_mazur):
    rows = list(csv.DictReader(CSV.read_text(encoding="utf8").splitlines()))
    both = [*entries, *entries_of_mazur]
    names = [(entry.documented.source, entry.documented.id) for entry in both]
    assert names == [(row["source"], row["id"]) for row in rows]
    assert len(set(names)) == len(names)
    differing = [entry for entry in both if entry.verdict == "differs"]
    assert not differing, differing


def test_only_the_two_known_figures_are_slips(entries):
    slips = {e.documented.id: e.documented.printed for e in entries if e.verdict == "slip"}
    assert slips == {"E_o1": "0.01545028", "E_total": "0.025283526"}


def test_mazurs_slips_are_in_the_last_paragraph(entries_of_mazur):
    """One pass is right on the page, but for one last digit; what follows is of other runs."""
    odd = {e.documented.id: e.verdict for e in entries_of_mazur if e.verdict != "rounds"}
    assert odd.pop("dE_o2_dout_h1") == "from printed"
    last = [e.documented.id for e in entries_of_mazur if "last" in e.documented.section]
    assert odd.pop("E_10000") == "misprint"
    assert odd == dict.fromkeys(last[:1] + last[2:], "slip") and len(last) == 5


def test_mazurs_new_weights_give_the_right_error_not_the_printed_one(entries_of_mazur):
    net, x, t, _ = examples.mazur()
    printed = {e.documented.id: float(e.documented.printed) for e in entries_of_mazur}
    weights = {f"w{n}": printed[f"w{n}_new"] for n in range(1, 9)}
    computed = {e.documented.id: e.computed for e in entries_of_mazur}
    assert loss(with_values(net, **weights), x, t) == pytest.approx(computed["E_1"], abs=1e-9)
    assert abs(printed["E_1"] - computed["E_1"]) > 1e-7


def test_the_shorter_figure_with_a_1_put_in_is_the_longer_one(entries_of_mazur):
    printed = {e.documented.id: e.documented.printed for e in entries_of_mazur}
    assert printed["E_10000"] == printed["E_10000_other"].replace("3508", "35108")


def test_a_misprint_is_a_slip_with_one_digit_too_many(entries_of_mazur):
    (entry,) = [entry for entry in entries_of_mazur if entry.verdict == "misprint"]
    assert f"{entry.redone:.9f}" == entry.documented.printed.replace("35108", "3508")
    assert sources._verdict_of_slip(entry.redone, entry.documented.printed + "9") == "differs"


def test_a_figure_of_an_unknown_source_is_refused(steps):
    with pytest.raises(KeyError, match="did you mean one of Mazur"):
        sources.documented("Mazurr")
    with pytest.raises(NameError, match="right_E_1"):
        sources.ledger(steps, "Mazur")


def test_a_slip_redone_gives_the_printed_digits(entries, entries_of_mazur):
    for entry in [*entries, *entries_of_mazur]:
        if entry.verdict == "slip":
            places = -Decimal(entry.documented.printed).as_tuple().exponent
            assert f"{entry.redone:.{places}f}" == entry.documented.printed
            assert f"{entry.computed:.{places}f}" != entry.documented.printed


def test_the_right_errors_stand_beside_the_slips(entries):
    computed = {entry.documented.id: entry.computed for entry in entries}
    assert f"{computed['E_o1']:.9f}" == "0.030900560"
    assert f"{computed['E_total']:.9f}" == "0.040733806"


def test_the_expression_of_a_row_is_its_step(steps, entries, mazur, entries_of_mazur):
    for trace_of, of_source in ((steps, entries), (mazur[0], entries_of_mazur)):
        own = [entry for entry in of_source if entry.documented.id in trace_of]
        assert len(own) > 15
        for entry in own:
            assert entry.computed == pytest.approx(trace_of[entry.documented.id].value, rel=1e-14)


@pytest.mark.parametrize(
    ("value", "printed", "how"),
    [
        (0.1234567894, "0.123456789", "rounds"),
        (0.1234567896, "0.123456789", "cut"),
        (0.1234567896, "0.123456790", "rounds"),
        (0.41500000000000004, "0.415", "rounds"),
        (0.1234567914, "0.123456789", None),
        (-0.1234567896, "-0.123456789", "cut"),
    ],
)
def test_how_a_printed_figure_agrees(value, printed, how):
    assert sources._shows(value, printed) == how


def test_a_wrong_digit_is_found(steps, monkeypatch):
    rows = sources.documented()
    wrong = [replace(r, printed="0.602286178") if r.id == "out_h1" else r for r in rows]
    monkeypatch.setattr(sources, "documented", lambda source: wrong)
    verdicts = {entry.documented.id: entry.verdict for entry in sources.ledger(steps)}
    assert verdicts["out_h1"] == "differs"


def test_a_trace_without_update_is_refused():
    net, x, t, _ = examples.two_two_two()
    with pytest.raises(KeyError, match="w6_new"):
        sources.ledger(trace(net, x, t))


# ---- the map of the sources --------------------------------------------------------------------

ROOT = Path(__file__).resolve().parents[3]
MAP = list(csv.DictReader((ROOT / "chapters/sources-map.csv").read_text("utf8").splitlines()))
SOURCES = "S0a S0b S0c S0d S0e S0f S0g S1 S1c S2 S2a S2b S2c S3 S4".split()


def test_every_source_is_on_the_map_under_its_title():
    named = {row["source"]: row["title"] for row in MAP if row["title"]}
    assert list(named) == SOURCES
    in_order = [row["source"] for row in MAP]
    assert in_order == sorted(in_order, key=[*SOURCES, ""].index)  # the parts of one together
    assert all(row["teaches"] for row in MAP)


def test_every_place_on_the_map_is_a_label_of_its_page():
    for row in MAP:
        for place in filter(None, row["places"].split("; ")):
            page, label = place.split("#")
            text = (ROOT / "chapters" / f"{page}.md").read_text("utf8")
            assert f"\n({label})=\n" in text, place


def test_every_teaching_chapter_is_a_place_on_the_map():
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text())["parts"]
    teaching = {
        chapter["file"].removeprefix("chapters/")
        for part in parts
        if part["caption"] != "Reference"
        for chapter in part["chapters"]
    }
    assert teaching <= {place.split("#")[0] for row in MAP for place in row["places"].split("; ")}
