"""The figure that looks for a wrong line, in a browser: driven, and held to the package."""

import json
import re

import numpy as np
import pytest

from backprop import examples, live
from backprop.latex import fmt
from backprop.mistakes import MISTAKES
from backprop.practice import programs
from figures import go, press, settled

UNEVEN = examples.uneven()
CLAUSES = {mistake.what: name for name, mistake in MISTAKES.items()}


def hunt(**options):
    return live.hunt(*UNEVEN, **options)


def listing(page):
    """Return the numbers and the lines that the figure shows."""
    rows = page.locator(".bp-listing .row").all()
    return [(row.locator(".number").inner_text(), row.locator("code").inner_text()) for row in rows]


def marked(page):
    """Return the numbers of the lines that are marked."""
    return tuple(map(int, page.locator(".bp-listing .marked .number").all_inner_texts()))


def numbered(lines):
    return [(str(n), line) for n, line in enumerate(lines, 1)]


def verdict(page):
    return page.locator(".bp-verdict").inner_text()


def choose_line(page, n):
    """Choose a line at level 2 or 3, and return what is said."""
    page.locator(f".bp-listing input[value='{n}']").check()
    press(page, "Check")
    return verdict(page)


ANSWERS = """lines => lines.map((n) => {
    document.querySelector(`.bp-listing input[value='${n}']`).checked = true;
    document.querySelector('.bp-live form').requestSubmit();
    return [n, document.querySelector('.bp-verdict').innerText];
})"""  # what is said to each of these lines


def choose_mistake(page, name):
    page.locator(f".bp-options input[value='{name}']").check()
    press(page, "Check")
    return verdict(page)


# ---- what is shown -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 77])
def test_the_programs_are_the_package_s_in_the_order_of_the_seed(opened, seed):
    with opened(hunt(seed=seed)) as page:
        for mistake in programs.in_order(seed):
            assert listing(page) == numbered(programs.program(mistake))
            assert marked(page) == programs.wrong_lines(mistake)
            press(page, "Next program")
        assert listing(page) == numbered(programs.program(programs.in_order(seed + 1)[0]))


def test_the_gradients_are_the_package_s(opened):
    *given, rate = UNEVEN
    right = programs.run(programs.program(), *given, rate)
    with opened(hunt()) as page:
        for mistake in programs.in_order(1):
            found = programs.run(programs.program(mistake), *given, rate)
            for row in page.locator(".bp-hunt tbody tr").all():
                name, ours, its, times = row.locator("td").all_inner_texts()
                kind, l, place = re.fullmatch(r"(d[Wb])\[(\d)\]\[([\d, ]+)\]", name).groups()
                k, at = ["dW", "db"].index(kind), tuple(map(int, place.split(", ")))
                p, q = (gradients[k][int(l)][at] for gradients in (right, found))
                assert (ours, its) == (fmt(p, 6), fmt(q, 6))
                assert times == ("right" if np.isclose(p, q, rtol=1e-9) else fmt(q / p, 2))
            assert page.locator(".bp-hunt tbody tr").count() == 12
            press(page, "Next program")


def test_the_numbers_alone_come_with_the_right_program(opened):
    with opened(hunt(level=3)) as page:
        assert listing(page) == numbered(programs.program()) and marked(page) == ()
        table, program = page.locator(".bp-hunt table"), page.locator(".bp-listing")
        assert table.bounding_box()["x"] < program.bounding_box()["x"]  # they are what is given


# ---- what is asked, and what is said to an answer ------------------------------------------------


def test_where_the_place_is_marked_the_mistake_is_among_four(opened):
    with opened(hunt()) as page:
        for mistake in programs.in_order(1):
            offered = page.locator(".bp-options label").all_inner_texts()
            assert len(set(offered)) == 4 and MISTAKES[mistake].what in offered
            press(page, "Next program")


def each_program(page, level):
    """Lead a page to each program of the first seed; yield its mistake."""
    for at, mistake in enumerate(programs.in_order(1)):
        assert f"Program {at + 1}:" in go(page, f"#hunt?at={at}&level={level}")
        yield mistake


def test_a_wrong_mistake_is_told_by_the_lines_that_it_would_have(opened):
    with opened(hunt()) as page:
        for mistake in each_program(page, 1):
            for what in page.locator(".bp-options label").all_inner_texts():
                other = CLAUSES[what]
                if other == mistake:
                    continue
                said = choose_mistake(page, other)
                assert said.startswith(f"Not this. A programmer who {what} would have written ")
                for n in programs.wrong_lines(other):
                    assert programs.program(other)[n - 1].strip() in said
            said = choose_mistake(page, mistake)
            assert said.startswith("Yes, line") and MISTAKES[mistake].explanation in said


@pytest.mark.parametrize("level", [2, 3])
def test_every_line_is_answered_with_what_it_is_for_and_where_to_look(opened, level):
    rights = programs.program()
    does = dict(zip(rights, programs.purposes(), strict=True))
    with opened(hunt()) as page:
        for mistake in each_program(page, level):
            lines, unharmed = programs.program(mistake), programs.unharmed(mistake, *UNEVEN)
            shown = lines if level == 2 else rights
            wrong = programs.wrong_lines(mistake) if level == 2 else changed(mistake)
            boxes = page.locator(".bp-listing input").all()
            asked = [int(box.get_attribute("value")) for box in boxes]
            assert asked == [n for n, line in enumerate(shown, 1) if does.get(line, line)]
            answers = page.evaluate(ANSWERS, [n for n in asked if n not in wrong])
            for n, said in answers:
                line = shown[n - 1]
                assert said.startswith(f"Not line {n}. {line.strip()} is as it should be.")
                assert does[line] in said
                if n > 2:
                    right = unharmed[lines.index(line) + 1]
                    kind = "right" if right else "wrong"
                    assert f"What it computes is {kind}" in said
                assert marked(page) == ()
            said = choose_line(page, wrong[-1])
            assert said.startswith("Yes, line") and str(wrong[-1]) in said.split(".")[0]
            assert MISTAKES[mistake].what in said and MISTAKES[mistake].explanation in said
            assert marked(page) == tuple(wrong)
            chapter, label = MISTAKES[mistake].section.split("#")
            link = page.get_by_role("link", name="Read it again").get_attribute("href")
            assert link == f"{chapter}.html#{label}"


def test_it_can_be_shown_and_then_nothing_is_left_to_check(opened):
    with opened(hunt(level=2)) as page:
        press(page, "Show me")
        said = verdict(page)
        assert said.startswith("Here it is, line") and marked(page)
        page.locator(".bp-listing input").first.check()
        page.locator(".bp-listing input").first.press("Enter")
        assert verdict(page) == said


def test_checking_without_a_choice_asks_for_one(opened):
    with opened(hunt()) as page:
        press(page, "Check")
        assert verdict(page) == "Choose first."


# ---- progress ----------------------------------------------------------------------------------


def solve(page, at):
    """Give the right answer to a program of the first seed, at whatever level; go on."""
    mistake = programs.in_order(1)[at]
    level = page.get_by_label("What you are told").input_value()
    if level == "1":
        choose_mistake(page, mistake)
    else:
        n = programs.wrong_lines(mistake)[0] if level == "2" else changed(mistake)[0]
        choose_line(page, n)
    assert verdict(page).startswith("Yes")
    press(page, "Next program")


def changed(mistake):
    """Return the numbers of the lines of the right program that a mistake changes or moves."""
    changes = programs.CHANGES[mistake]
    return [n for n, line in enumerate(programs.program(), 1) if line.strip() in changes]


def told(page):
    return page.get_by_label("What you are told").input_value()


def test_two_in_a_row_at_the_first_try_lead_to_the_next_level_and_two_misses_back(opened):
    with opened(hunt()) as page:
        solve(page, 0)
        assert told(page) == "1"
        solve(page, 1)
        assert told(page) == "2" and "told less" in verdict(page)
        solve(page, 2)
        solve(page, 3)
        assert told(page) == "3"
        for _ in range(2):
            press(page, "Show me", "Next program")
        assert told(page) == "2" and "told more" in verdict(page)
        assert "Found at the first try so far: 4 of 16, 0 from" in settled(page, "4 of 16")


def test_progress_is_kept_in_the_browser_until_it_is_cleared(opened):
    with opened(hunt()) as page:
        for at in range(3):
            solve(page, at)
        page.reload()
        assert listing(page) == numbered(programs.program(programs.in_order(1)[3]))
        assert told(page) == "2"
        settled(page, "3 of 16, 0 from")
        press(page, "Forget my progress")
        settled(page, "0 of 16, 0 from")
        assert told(page) == "1" and marked(page)
        page.reload()
        settled(page, "0 of 16, 0 from")
        assert listing(page) == numbered(programs.program(programs.in_order(1)[0]))


@pytest.mark.parametrize(
    "kept", ["{", '{"view": {"at": 99, "seed": 1, "level": 1}}', "null", "7", '{"view": 7}']
)
def test_what_is_kept_and_makes_no_sense_is_passed_over(opened, kept):
    with opened(hunt()) as page:
        page.evaluate("kept => localStorage.setItem('backprop-hunt', kept)", kept)
        page.reload()
        settled(page, "0 of 16, 0 from")
        solve(page, 0)


def test_without_storage_it_works_all_the_same(opened):
    with opened(hunt()) as page:
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no') } })"
        )
        page.reload()
        solve(page, 0)
        settled(page, "1 of 16")
        press(page, "Forget my progress")
        settled(page, "0 of 16")


# ---- what every figure does --------------------------------------------------------------------


def test_a_link_brings_the_state_back_and_starting_again_the_start(opened):
    with opened(hunt()) as page:
        start = listing(page)
        page.get_by_label("What you are told").select_option("2")
        press(page, "Next program", "Next program")
        said, shown = choose_line(page, 9), listing(page)
        settled(page)
        link = page.get_by_role("link", name="Copy link").get_attribute("href")
        press(page, "Start again")
        assert listing(page) == start and verdict(page) == ""
    with opened(hunt(), link) as page:
        assert listing(page) == shown and verdict(page) == said


@pytest.mark.parametrize("query", ["at=16", "level=0", "level=4", "seed=-1", "at=x", "answer=99"])
def test_an_address_that_means_nothing_is_said(opened, query):
    with opened(hunt(), f"#hunt?{query}") as page:
        assert query.split("=")[0] in settled(page, "means nothing here")
        assert listing(page) == numbered(programs.program(programs.in_order(1)[0]))


@pytest.mark.parametrize("query", ["answer=7", "level=2&answer=no half", "level=3&answer=3"])
def test_an_answer_to_another_question_is_none(opened, query):
    with opened(hunt(), f"#hunt?{query}") as page:
        assert verdict(page) == ""
        press(page, "Show me")
        assert verdict(page).startswith("Here it is")


def test_it_is_played_by_keyboard_alone(opened):
    mistake = programs.in_order(1)[0]
    target = programs.wrong_lines(mistake)[0]
    with opened(hunt(level=2)) as page:
        page.get_by_label("What you are told").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
        for _ in range(20):
            if page.evaluate("document.activeElement.value") == str(target):
                break
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")  # a radio button sends its form
        assert verdict(page).startswith(f"Yes, line {target}")
        for _ in range(3):
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert listing(page) == numbered(programs.program(programs.in_order(1)[1]))
        assert page.evaluate("document.activeElement.textContent") == "Next program"


def test_it_leaves_nothing_behind(opened):
    with opened(hunt()) as page:
        assert page.evaluate("held") > 0
        page.evaluate("document.querySelector('bp-figure').remove()")
        assert page.evaluate("held") == 0


@pytest.mark.parametrize("level", [1, 2, 3])
def test_it_fits_a_phone_in_the_dark(opened, level):
    context = {"viewport": {"width": 375, "height": 700}, "color_scheme": "dark"}
    with opened(hunt(level=level), **context) as page:
        press(page, "Show me")
        outside = """() => [...document.querySelectorAll('.bp-live :is(input, button, select, a)')]
            .filter(it => it.getBoundingClientRect().right > innerWidth)
            .map(it => it.outerHTML)"""
        assert page.evaluate(outside) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 375


def test_without_scripts_it_is_the_first_program_and_its_gradients(opened):
    mistake = programs.in_order(1)[0]
    with opened(hunt(), java_script_enabled=False) as page:
        lines = page.locator("bp-figure pre").inner_text().splitlines()
        assert [line[5:].strip() for line in lines] == [
            line.strip() for line in programs.program(mistake)
        ]
        assert page.locator("bp-figure pre strong").count() == len(programs.wrong_lines(mistake))
        assert page.locator("bp-figure tr").count() == 13


def test_a_terminal_shows_the_program_and_its_gradients():
    bundle = hunt()._repr_mimebundle_()
    text = (bundle[0] if isinstance(bundle, tuple) else bundle)["text/plain"]
    assert "def step(W, b, z, a, t, rate):" in text and "dW[2][0, 0]" in text


def test_the_state_of_a_page_is_that_of_python(on_a_page):
    figure = hunt(seed=3, level=2, name="lines")
    text = figure._repr_mimebundle_()["text/html"]
    state = json.loads(re.search(r'<script type="application/json">(.*?)</script>', text)[1])
    assert '<bp-figure id="lines">' in text and state["view"] == figure.view
    assert state["view"] == {"seed": 3, "at": 0, "level": 2, "answer": ""}


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="level should be a whole number from 1 to 3, and is 4"):
        hunt(level=4)
    wide, X, T, rate = examples.two_three_two()
    with pytest.raises(ValueError, match="matmul"):
        live.hunt(wide, X[0], T[0], rate)
