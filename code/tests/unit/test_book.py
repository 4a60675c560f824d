"""What a chapter shows: worked lines with their anchors, the ledger, the confirmed numbers."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

import book_claims
import book_notebooks
import book_values
from backprop import book, check, examples, latex, mistakes, sources, trace, where
from backprop.formulas import FOUR_EQUATIONS, NOTATIONS


@pytest.fixture(scope="module")
def steps():
    net, x, t, learning_rate = examples.two_two_two()
    return trace(net, x, t, learning_rate, biases="frozen")


def test_a_worked_line_has_anchor_formula_numbers_and_result(steps):
    text = book.worked(steps, "net_h1").text
    assert '| <a id="step-net_h1" data-line=' in text and "></a>forward |" in text
    assert steps["net_h1"].formula in text
    assert steps["net_h1"].numbers in text
    assert '<span class="bp-forward">=\N{NO-BREAK SPACE}0.415</span>' in text


def test_every_row_of_a_worked_table_has_as_many_cells_as_its_head(steps):
    names = [step.name for step in steps]
    for ledger in ((), sources.ledger(steps)):
        rows = [r for r in book.worked(steps, *names, ledger=ledger).text.split("\n") if "|" in r]
        assert len({row.count(" |") for row in rows if "--" not in row}) == 1
        assert len(rows) == len(names) + 2


def test_lines_of_no_trace_have_the_same_four_columns(steps):
    text = book.lines([("update 1", "v^+ = \\beta v", r"0.9 \times 2", "= 1.8")]).text
    head = book.worked(steps, "net_h1").text.split("\n")[:4]
    *same, row, _, end = text.split("\n")
    assert (same, end) == (head, "</div>")
    assert row.count(" |") == head[-1].count("|") - 1 == 4
    assert row.endswith(r"| $\displaystyle 0.9 \times 2$ | = 1.8 |")


def test_a_printed_figure_stands_at_its_step(steps):
    text = book.worked(steps, "E_o1", "E_o2", ledger=sources.ledger(steps)).text
    slip, whole = "the square is halved twice", sources.VERDICTS["rounds"]
    assert f'data-where="S4, 2.2" data-why="{slip}">≠\N{NO-BREAK SPACE}0.01545028</span>' in text
    assert f'data-where="S4, 2.2" data-why="{whole}">✓\N{NO-BREAK SPACE}0.009833246</span>' in text


def test_a_last_digit_that_is_not_ours_has_no_tick_and_says_why(steps):
    entries = sources.ledger(steps)
    text = book.worked(steps, *{e.documented.step for e in entries}, ledger=entries).text
    span = r'(cut|from its own digits)? ?<span class="bp-agrees"[^>]*>(\S+)\s([\d.]+)</span>'
    said = re.findall(span, text)
    assert len(said) == sum(entry.agrees for entry in entries)
    for entry in filter(lambda entry: entry.agrees, entries):
        printed = entry.documented.printed
        is_ours = f"{entry.computed:.{len(printed.partition('.')[2])}f}" == printed
        reason = {"cut": "cut", "from printed": "from its own digits"}.get(entry.verdict, "")
        assert is_ours == (not reason)
        assert (reason, "✓" if is_ours else "(✓)", printed) in said
    assert [mark for _, mark, _ in said].count("(✓)") == 4


def test_folded_lines_ask_first(steps):
    text = book.worked(steps, "w5_new", ask="Up or <down>?").text
    assert text.startswith('<details class="bp-ask">\n<summary>Up or &lt;down&gt;?</summary>')
    assert text.endswith("</details>")


def test_an_unknown_step_is_named(steps):
    with pytest.raises(KeyError, match="did you mean one of net_h1"):
        book.worked(steps, "net_h11")


def test_every_local_named_for_a_step_is_held_to_it(steps):
    out_h1 = steps["out_h1"].value * (1 + 1e-15)
    w5 = np.float64(steps["w5"].value)
    others, E = [3.0, "text"], len  # no step is called others, and this E is no number
    book.confirm(steps, locals())
    book.confirm(steps, locals(), dE_dw5=steps["dE_dw5"].value)
    assert others and w5 and E
    out_h1 = 0.602286177
    net_h1 = np.array([steps["net_h1"].value] * 2)
    with pytest.raises(AssertionError) as refused:
        book.confirm(steps, locals())
    assert "out_h1 is 0.60" in str(refused.value) and "has 0.602286177" in str(refused.value)
    assert f"the chapter has {net_h1!r}" in str(refused.value)
    assert "w5" not in str(refused.value)


def test_confirming_nothing_is_refused(steps):
    with pytest.raises(AssertionError, match="no step named like these"):
        book.confirm(steps, {"value": 1.0})
    with pytest.raises(AssertionError, match="no step named out_h9"):
        book.confirm(steps, {"w5": steps["w5"].value}, out_h9=1.0)


@pytest.fixture
def on_a_page(monkeypatch):
    monkeypatch.setenv(where.PAGE, "1")


@pytest.fixture
def displayed(monkeypatch):
    """What goes into the output of a cell, as it goes."""
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda *given, **more: shown.append((given, more))
    )
    return shown


def test_a_claim_that_does_not_hold_shows_its_words_and_both_numbers(on_a_page):
    pull, other = -0.5, [1, 2]
    said = re.escape("the page says 'asked for less', but pull = -0.5, abs(pull) = 0.5, 3 * 2 = 6")
    with pytest.raises(AssertionError, match=f"^{said}$"):
        book.claim("asked for less", pull > 0, abs(pull) < 3 * 2)
    with pytest.raises(AssertionError, match="but it does not hold$"):
        book.claim("all are small", all(number < 2 for number in other))
    with pytest.raises(AssertionError, match="but it does not hold$"):
        book.claim("none is", False)


def test_a_claim_that_holds_leaves_its_words_for_the_build(on_a_page, displayed):
    book.claim("asked for less", True, np.bool_(True))
    words, mark = {"text/plain": "asked for less"}, {book_claims.CLAIM: True}
    assert displayed == [((words,), {"raw": True, "metadata": mark})]


def test_a_claim_stops_no_reader(monkeypatch, displayed):
    monkeypatch.delenv(where.PAGE, raising=False)
    book.claim("asked for less", False)
    assert not displayed


def test_the_ledger_shows_twelve_digits_and_leads_to_the_lines(steps):
    entries = sources.ledger(steps)
    text = book.ledger_table(steps, entries).text
    assert len(text.split("\n")) == len(entries) + 2
    for entry in entries:
        line = f"two-two-two.ipynb#step-{entry.documented.step}"
        assert f'href="{line}">{entry.computed:.12f}</a>' in text
    assert f"\n| ${steps['w6_new'].symbol}$ |" in text
    assert "\n| $e^{-\\mathrm{net}_{h1}}$ |" in text


def test_a_figure_of_no_single_pass_is_named_in_words_and_leads_nowhere(steps):
    row = replace(sources.documented()[0], step="", quantity="E after 2 rounds", printed="-0.5")
    text = book.ledger_table(steps, [sources.Entry(row, -0.25, "slip", -0.5)]).text
    *_, line = text.split("\n")
    assert line.startswith("| E after 2 rounds |") and "href" not in line
    assert "| −0.5 | −0.250000000000 |" in line and ": −0.500000000000 |" in line


def test_the_lines_of_a_source_are_in_its_own_chapter():
    net, x, t, learning_rate = examples.mazur()
    steps = trace(net, x, t, learning_rate, biases="frozen")
    row = next(row for row in sources.documented("Mazur") if row.id == "w1_new")
    text = book.ledger_table(steps, [sources.Entry(row, 0.5, "rounds")]).text
    assert 'href="copied-example.ipynb#step-w1_new"' in text


def test_every_method_is_a_row():
    net, x, t, _ = examples.two_two_two()
    found = check.of_weight(net, x, t, "w6")
    text = book.methods({"w6": found}).text
    assert re.findall(r"^\| (\w[\w ]*) \|", text, re.M) == ["method", *found]


def test_a_gradient_below_zero_stands_right_with_a_true_minus():
    text = book.methods({"w": {"by hand": -0.5}}).text
    assert "--:" in text and "| −0.500000000000000 |" in text


def test_a_value_that_is_shared_reads_as_the_page_shows_it(steps):
    assert book.texts(ratio=1547, E=0.125, word="half") == {
        "ratio": "1,547",
        "E": "0.125",
        "word": "half",
    }
    assert book.texts(steps) == {step.name: steps.shown(step.name) for step in steps}
    assert book.texts(steps, E=steps["E"].value)["E"] == steps.shown("E")


def test_a_value_with_the_name_of_a_step_is_refused_if_it_reads_otherwise(steps):
    with pytest.raises(ValueError, match="E is shared twice, as 0.0407.* by its step and as 0.125"):
        book.texts(steps, E=0.125)


def test_nothing_is_shared_outside_the_build(steps, displayed, monkeypatch):
    monkeypatch.delenv(where.PAGE, raising=False)
    book.share(steps, ratio=1547)
    assert not displayed


def test_each_shared_value_is_told_with_where_it_comes_from(on_a_page, displayed, steps):
    ratio = steps["dE_dw6"].value / steps["dE_dw1"].value
    book.share(steps, ratio=round(ratio), typed="0.7", E_1=latex.fmt(steps["E_o1"].value, 3))
    told = {more["metadata"][book_values.VALUE]["name"]: more for _, more in displayed}
    told = {name: more["metadata"][book_values.VALUE] for name, more in told.items()}
    assert {name: told[name]["text"] for name in told} == book.texts(
        steps, ratio=1547, typed="0.7", E_1="0.031"
    )
    assert told["typed"]["origin"] is None
    for name, step in (("E_o1", "E_o1"), ("E_1", "E_o1"), ("w6", "w6")):
        line = told[name]["origin"]["line"]
        assert line["mark"]["name"] == step
        assert line["mark"]["trace"] == steps.identities[step]
        assert line["formula"].startswith(steps[step].symbol)
    assert told["E_1"]["origin"]["line"]["result"] == "≈ 0.031".replace(" ", latex.NO_BREAK)
    assert json.loads(json.dumps(told)).keys() == told.keys()  # nothing in it but plain data


def test_a_wrong_gradient_is_listed_with_the_mistake_behind_it():
    net, x, t, learning_rate = examples.uneven()
    text = book.if_you_got(net, x, t, "w1", learning_rate).text
    wrong = mistakes.of_weight(net, x, t, "w1", learning_rate)
    assert text.startswith('<details class="bp-ask">\n<summary>If you got another number')
    in_names = {  # what concerns single units and weights is said by their names
        "transposed weights": "used $w_5$ and $w_6$, the weights into o1, in place of $w_5$ and "
        "$w_7$, the weights out of h1",
        "first path only": "took only the path through o1",
        "last path only": "took only the path through o2",
    }
    for name, value in wrong.items():
        what = in_names.get(name, mistakes.MISTAKES[name].what)
        (row,) = [line for line in text.splitlines() if what in line]
        assert row.startswith(f"| {latex.fmt(value, 6)} |")
    # 5 and 6 give this weight the same gradient, and share a row
    assert len(text.splitlines()) == len(wrong) - 1 + 7


def test_an_equation_between_arrays_has_three_lines():
    W, a = np.array([[1.0, 2.0]]), np.array([3.0, 4.0])
    shown = book.in_arrays("z", r"W\, a", [W, a], W @ a).text
    formula, numbers, result = shown.splitlines()[2:-2]
    assert formula == r"z &= W\, a \\[8pt]"
    assert numbers == rf" &= {latex.array(W)} {latex.array(a)} \\[8pt]"
    assert result == rf" &= {latex.array([11])}"


def test_a_card_has_all_four_equations_for_one_example_and_for_a_batch():
    head, _, forward_pass, *rows = book.equations().text.splitlines()
    assert "one example |" in head and "a batch of $m$" in head
    indexed = NOTATIONS["indexed"]
    for formula in "net-input", "output":  # z and a are defined where they are used
        assert indexed.latex_of_layers(formula, shapes=True) in forward_pass
        assert indexed.latex_of_a_batch(formula) in forward_pass
    for row, (number, formula) in zip(rows, FOUR_EQUATIONS.items(), strict=True):
        assert row.startswith(f"| **{number}**")
        assert indexed.latex_of_layers(formula, shapes=True) in row
        assert indexed.latex_of_a_batch(formula) in row


def test_a_page_is_told_every_step_that_its_lines_are_taken_from(steps, on_a_page):
    data, metadata = book.worked(steps, "net_h1")._repr_mimebundle_()
    assert set(data) == {"text/markdown", "text/plain"}
    told = {it["name"]: it for it in metadata[book_notebooks.TRACE]}
    assert list(told) == [step.name for step in steps]
    for step in steps:
        one = told[step.name]
        assert (one["value"], one["shown"]) == (step.value, steps.shown(step.name))
        assert {name: told[name]["trace"] for name in step.inputs} == one["inputs"]


def test_a_notebook_is_told_no_more_than_it_shows(steps):
    assert set(book.worked(steps, "net_h1")._repr_mimebundle_()) == {"text/markdown", "text/plain"}
