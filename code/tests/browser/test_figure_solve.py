"""The figures that set problems and say where to begin, in a browser: solved, and failed."""

import pytest
from playwright.sync_api import expect

from backprop import live
from backprop.live.tasks import ENTRY, STARTS
from backprop.mistakes import ALL, OF_KERNELS
from backprop.practice import marking
from backprop.practice.problems import EVERYTHING, KINDS, PARTS, problem
from figures import go, numbers, press, settled

SEED = 4
SOLVED = [kind for kind in KINDS if not KINDS[kind].printed]


def figure(*kinds, **options):
    return live.solve(kinds or None, **{"seed": SEED, **options})


def shown(one):
    """The lines that the figure has: of gradients and updates those that are asked for."""
    return [
        step
        for step in one.lines
        if step.label not in ("gradients", "update")
        or step.name in one.asked
        or step.label == "update"
        and step.inputs[-1] in one.asked
    ]


def asked(page, one):
    """The line that is asked, or None: the one after those that are there."""
    if page.locator(".bp-guess").is_hidden():
        return None
    there = page.locator("ol.bp-lines").first.locator("> li:not(.part)").count()
    return shown(one)[there]


def answer(page, text):
    field = page.get_by_role("textbox", name="Your answer")
    field.fill(str(text))
    field.press("Enter")


def verdict(page):
    return page.locator(".bp-verdict").inner_text()


# ---- solving -----------------------------------------------------------------------------------


def test_the_sentence_asks_for_a_symbol_and_not_for_the_name_of_a_step(opened):
    with opened(figure("three-layers", fade=4)) as page:
        assert "find δ₁⁽³⁾." in settled(page)


@pytest.mark.parametrize("kind", SOLVED)
def test_a_problem_is_solved_with_four_figures(opened, kind):
    one = problem(kind, SEED)
    with opened(figure(kind, fade=EVERYTHING)) as page:
        for _ in range(40):
            line = asked(page, one)
            if line is None:
                break
            answer(page, f"{one.right[line.name]:.4g}")
            assert "Right." in verdict(page)
        settled(page, "all is there")
        assert page.locator(":focus").inner_text() == "Next problem"
        values = {row[-1] for row in numbers(page)}
        assert {one.solution.shown(step.name) for step in shown(one)} <= values


@pytest.mark.parametrize("kind", ["one-neuron", "two-two-two", "softmax", "batch"])
def test_a_mistake_is_named_at_the_line_where_it_is_made(opened, kind):
    """Each mistake at the first line that it changes and that is asked, with those before right."""
    one, named = problem(kind, SEED), 0
    with opened(figure(kind, fade=EVERYTHING)) as page:
        for mistake, values in one.wrong.items():
            press(page, "Start again")
            while (line := asked(page, one)) is not None:
                name = line.name
                wrong = values.get(name, one.right[name])
                if abs(wrong - one.right[name]) > 0.05 * abs(one.right[name]):
                    answer(page, f"{wrong:.4g}")
                    assert ALL[mistake].what in verdict(page), (mistake, name, verdict(page))
                    named += 1
                    break
                answer(page, f"{one.right[name]:.6g}")
    assert named > len(one.wrong) / 2  # two in a row fill in the rest, where some show first


def test_one_place_of_a_shared_weight_is_named(opened):
    one = problem("convolution", SEED)
    with opened(figure("convolution", fade=2)) as page:
        answer(page, one.right["dE_dw2_1_1"])
        assert asked(page, one).name == "dE_dk11"
        for mistake in OF_KERNELS:
            answer(page, f"{one.wrong[mistake]['dE_dk11']:.4g}")
            assert ALL[mistake].what in verdict(page)
            link = page.get_by_role("link", name="Read it again").first.get_attribute("href")
            assert link == "convolution.html#shared-weight"


def test_two_right_at_once_fill_in_the_rest_of_their_part(opened):
    one = problem("two-two-two", SEED)
    with opened(figure("two-two-two", fade=EVERYTHING)) as page:
        for _ in range(2):
            answer(page, one.right[asked(page, one).name])
        assert "Two in a row" in verdict(page)
        assert asked(page, one).label == "output delta"


def test_two_wrong_show_the_same_line_of_another_problem(opened):
    with opened(figure("one-neuron", fade=3)) as page:
        answer(page, 77)
        assert "another problem" not in verdict(page)
        answer(page, 78)
        other = problem("one-neuron", SEED + 2**41)
        assert "The same line of another problem" in verdict(page)
        assert other.solution.shown("delta_o") in verdict(page)


def test_misses_count_for_their_own_line_and_three_make_the_next_problem_easier(opened):
    one = problem("one-neuron", SEED)
    with opened(figure("one-neuron", fade=3)) as page:
        for wrong in (77, 78):
            answer(page, wrong)
        answer(page, one.right[asked(page, one).name])
        answer(page, 79)
        assert "another problem" not in verdict(page)
        while asked(page, one) is not None:
            press(page, "Show this line")
        press(page, "Next problem")
        assert page.get_by_role("combobox", name="Blank", exact=True).input_value() == "2"


def test_a_line_can_be_shown(opened):
    one = problem("one-neuron", SEED)
    with opened(figure("one-neuron", fade=3)) as page:
        press(page, "Show this line")
        assert one.solution.shown("delta_o") in page.locator("ol.bp-lines").first.inner_text()
        assert asked(page, one).name == "dE_dw1"


def test_what_is_no_number_is_refused(opened):
    with opened(figure("one-neuron", fade=3)) as page:
        answer(page, "a lot")
        field = page.get_by_role("textbox", name="Your answer")
        assert field.get_attribute("aria-invalid") == "true"
        assert "is not a number" in page.locator(".bp-guess .bp-fault").inner_text()
        assert verdict(page) == ""


@pytest.mark.parametrize("kind", ["two-two-two", "one-neuron"])
@pytest.mark.parametrize("start", ["end", "start"])
def test_the_parts_become_blank_in_their_order(opened, kind, start):
    one = problem(kind, SEED)
    parts = [part for part in PARTS if one.solution.labelled(part)]
    with opened(figure(kind)) as page:
        for fade in range(len(PARTS) + 1):
            go(page, f"#practice?fade={fade}&from={start}")
            blank = (parts if start == "end" else parts[::-1])[:fade]
            first = next((step.name for step in shown(one) if step.label in blank), None)
            line = asked(page, one)
            assert (line and line.name) == first
            chosen = page.get_by_role("combobox", name="Blank", exact=True)
            told = chosen.evaluate("list => list.selectedOptions[0].textContent")
            assert told == (", ".join(blank) or "nothing")


def test_the_next_problem_has_one_part_more_blank_after_a_clean_one(opened):
    one = problem("one-neuron", SEED)
    with opened(figure("one-neuron", fade=1)) as page:
        while (line := asked(page, one)) is not None:
            answer(page, one.right[line.name])
        settled(page, "2 of 2 blanks filled in at once")  # the third was filled in for them
        press(page, "Next problem")
        settled(page)
        following = problem("one-neuron", SEED + 1)
        assert asked(page, following).label == "gradients"
        assert page.get_by_role("textbox", name="Number of the problem").input_value() == str(
            SEED + 1
        )


def test_the_worked_problem_like_it_is_all_there(opened):
    other = problem("two-two-two", SEED + 2**41)
    with opened(figure("two-two-two")) as page:
        page.get_by_text("A worked problem like it").click()
        page.locator(
            ".bp-like .bp-line"
        ).first.wait_for()  # a fold says a little later that it opens
        text = page.locator(".bp-like").inner_text()
        assert all(other.solution.shown(step.name) in text for step in shown(other))


# ---- which line --------------------------------------------------------------------------------


def test_the_wrong_line_is_found(opened):
    one = problem("which-line", SEED)
    wrong = marking.wrong_lines(one)
    with opened(figure("which-line")) as page:
        lines = page.locator("ol.bp-lines").first.locator("li")
        assert lines.count() == len(one.shown)
        for n, name in enumerate(one.shown):
            lines.nth(n).get_by_role("button").click()
            expected = marking.mark(one, {"line": name})["line"]
            assert expected.said in verdict(page)
        settled(page, "found")
        assert wrong
        found = list(one.shown).index(wrong[0])
        lines.nth(found).get_by_role("button").dblclick()  # it is found once
        assert "Which line is wrong?: 1 done" in page.locator(".bp-steps").inner_text()


# ---- the state ---------------------------------------------------------------------------------


def test_a_link_leads_to_the_problem_and_back_to_the_start(opened):
    with opened(figure(), "#practice?kind=softmax&seed=31&fade=3&at=12") as page:
        settled(page, "problem 31: line 13 of")
        link = page.get_by_role("link", name="Copy link")
        assert "kind=softmax" in link.get_attribute("href")
        press(page, "Start again")
        settled(page, f"One neuron, problem {SEED}")


@pytest.mark.parametrize(
    "query", ["kind=nothing", "kind=toString", "fade=9", "seed=-1", "seed=1.5", "from=below"]
)
def test_an_address_that_means_nothing_is_said(opened, query):
    with opened(figure(), f"#practice?{query}") as page:
        settled(page, "means nothing here")


def test_mixed_kinds_are_those_of_python(opened):
    mixed = live.solve(seed=SEED)
    with opened(mixed) as page:
        for seed in range(6):
            mixed.view = {**mixed.view, "kind": "mixed", "seed": seed}
            said = go(page, f"#practice?kind=mixed&seed={seed}")
            assert f"{KINDS[mixed.problem.kind].title}, problem {seed}" in said


def test_progress_stays_in_the_browser_and_can_be_cleared(opened):
    one = problem("one-neuron", SEED)
    with opened(figure("one-neuron", fade=1)) as page:
        while (line := asked(page, one)) is not None:
            answer(page, one.right[line.name])
        told = "One neuron: 1 done, 1 without a wrong answer."
        assert told in page.locator(".bp-steps").inner_text()
        page.reload()
        expect(page.locator(".bp-steps")).to_contain_text(told)
        press(page, "Forget this")
        assert told not in page.locator(".bp-steps").inner_text()
        page.reload()
        assert told not in page.locator(".bp-steps").inner_text()


@pytest.mark.parametrize("kept", ["{", "[1, 2]", '{"one-neuron": 5}', '{"one-neuron": null}'])
def test_what_others_left_in_the_storage_is_no_record(opened, kept):
    with opened(figure("one-neuron", fade=1)) as page:
        page.evaluate("kept => localStorage.setItem('backprop-practice', kept)", kept)
        page.reload()
        assert page.locator(".bp-steps").inner_text() == "Another problem"
        while page.locator(".bp-guess").is_visible():
            press(page, "Show this line")
        assert "One neuron: 1 done, 0 without" in page.locator(".bp-steps").inner_text()


def test_a_browser_that_keeps_nothing_sets_problems_too(opened):
    one = problem("one-neuron", SEED)
    with opened(figure("one-neuron", fade=1)) as page:
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw Error('none') } })"
        )
        page.reload()
        while (line := asked(page, one)) is not None:
            answer(page, one.right[line.name])
        settled(page, "all is there")


def test_a_problem_is_solved_by_keyboard_alone(opened):
    one = problem("one-neuron", SEED)
    with opened(figure("one-neuron", fade=1)) as page:
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.locator(":focus").get_attribute("aria-label") == "Your answer":
                break
        while (line := asked(page, one)) is not None:
            page.keyboard.type(f"{one.right[line.name]:.4f}")
            page.keyboard.press("Enter")
        page.keyboard.press("Enter")  # the focus is on the next problem
        settled(page, f"problem {SEED + 1}")


# ---- where to begin ----------------------------------------------------------------------------


@pytest.mark.parametrize("right", range(len(ENTRY) + 1))
def test_the_entry_check_says_where_to_begin(opened, right):
    with opened(live.entry_check()) as page:
        for n, (kind, seed, name) in enumerate(ENTRY):
            value = problem(kind, seed).right[name] * (1 if n < right else 1.3)
            field = page.get_by_role("textbox", name="Your answer").nth(n)
            field.fill(f"{value:.4g}")
            field.press("Enter")
        words, kind, fade = STARTS[right]
        settled(page, words)
        link = page.get_by_role("link", name="Begin there")
        assert link.get_attribute("href") == f"#practice?kind={kind}&fade={fade}"


# ---- in Python ---------------------------------------------------------------------------------


def test_what_python_asks_wrongly_is_said():
    with pytest.raises(ValueError, match="fade should be a whole number from 0 to 5, and is 6"):
        live.solve(fade=6)
    with pytest.raises(KeyError, match="no kind of problem 'one' here"):
        live.solve(["one"])
    with pytest.raises(AttributeError, match="'cost' has no 'problem'"):
        live.cost(3, 3).problem  # noqa: B018


def test_the_still_picture_says_the_question():
    still = live.solve(["one-neuron"], seed=SEED).still
    given = problem("one-neuron", SEED).solution.labelled("given")
    assert all(step.name.split("_")[0] in still.alt for step in given if step.name != "eta")
