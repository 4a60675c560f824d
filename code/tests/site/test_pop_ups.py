"""Asking a number of the built pages where it comes from, with mouse, keyboard and finger."""

import functools
import gzip
import re

import pytest
from conftest import ROOT
from playwright.sync_api import expect

from backprop.latex import SUPERSCRIPT
from test_pages import CHAPTERS, CUT_OFF, PAGES, PHONE, UNFOLD

BOOK = "chapters/two-two-two.html"
POP_UP = ".bp-pop"

# Ask every number of a page, and all that each came from: [answers, what is wrong with a part]. A
# part is named by the left side of its formula alone, seen or read aloud, and its number is in the
# formula that it is said to be a part of.
ASK_ALL = """() => {
    const box = document.querySelector('.bp-pop'), answers = [], wrong = [];
    const done = new Set();
    const text = (named) => box.querySelector(named)?.innerText ?? '';
    const letters = (part, named) => [...part.querySelector(named).textContent
        .normalize('NFKC').replace(/[\\s\\u200b]/g, '')].sort().join('');
    const answer = (link) => {
        const address = link.getAttribute('href'), shown = link.textContent;
        link.click();
        const is_open = box.matches(':popover-open');
        const code = box.querySelector('.code');
        answers.push({
            address, shown, is_open, title: text('.title'), result: text('.result'),
            numbers: box.querySelector('.line .katex') ? '' : text('.line'),
            formula: [...box.querySelectorAll('.line annotation')].map(it => it.textContent).join(),
            code: code?.querySelector('pre').textContent ?? '', folded: code?.open === false,
            to: box.querySelector('.foot a:not(.bp-link)')?.getAttribute('href') ?? '',
            printed: text('[data-why]'),
        });
        if (done.has(address) || !is_open) return;
        done.add(address);
        const tex = [...box.querySelectorAll('.line')].map(line => line.textContent).join();
        for (let n = 0; n < box.querySelectorAll('.from a').length; n++) {
            const part = box.querySelectorAll('.from a')[n];
            const value = part.dataset.value.replace('−', '-').split('\\u00a0')[0];
            if (box.querySelector('.line .katex') && link.hash.startsWith('#step')
                && !tex.includes(value))
                wrong.push([address, `is not of ${part.textContent}`]);
            const [seen, heard] = ['.katex-html', 'math'].map(named => letters(part, named));
            if (!seen || seen !== heard || seen.includes('='))
                wrong.push([address, `names a part ${seen}, aloud ${heard}`]);
            answer(part);
            box.querySelector('.foot button').click();
        }
    };
    document.querySelectorAll('main a.bp-val').forEach(answer);
    return [answers, wrong];
}"""
NUMBER = re.compile(r"[-−]?[\d,]*\.?\d+(?:\s×\s10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
LONG = re.compile(r"-?\d\.\d{6,}|0\.\d+")
LOWERED = {raised: sign for sign, raised in SUPERSCRIPT.items()}
RAISED = f"[{''.join(map(chr, LOWERED))}]+"
SIGNS = str.maketrans({"−": "-", "×": "*", "÷": "/", ",": "", "\u00a0": " "})


def calculated(text):
    """Return what a line of arithmetic gives, read as a reader does."""
    powers = re.sub(RAISED, lambda found: f"**{found[0].translate(LOWERED)}", text)
    python = powers.translate(SIGNS)
    assert re.fullmatch(r"[-+*/(). \d]+", python), text
    return eval(python, {"__builtins__": {}})


def is_rounded_to(shown, value):
    """Say whether a number reads as the page shows it, but for half a unit of its last digit."""
    number = NUMBER.search(shown)[0]
    mantissa, _, power = number.replace("\u00a0", " ").partition(" × 10")
    decimals = len(mantissa.partition(".")[2])
    unit = calculated(f"10{power}" if power else "1") / 10**decimals
    return abs(value - calculated(number)) <= 0.5001 * unit


def faults(answer, chapter):
    """Yield what is wrong with an answer: the number is not in it, nor what makes it."""
    if not answer["is_open"]:
        yield "does not open"
        return
    shown, numbers = answer["shown"], [n[0] for n in NUMBER.finditer(answer["result"])]
    within = [*numbers, *(n[0] for n in NUMBER.finditer(answer["printed"]))]
    is_a_part = " " in shown and not NUMBER.match(shown)  # a symbol and its number
    if not is_a_part and shown not in answer["result"]:
        if not any(is_rounded_to(shown, calculated(number)) for number in within):
            # with all its digits a number may be one of those that the line rounds
            parts = [*within, *LONG.findall(answer["formula"])]
            if not any(is_rounded_to(part, calculated(shown)) for part in parts):
                yield f"has {within} in place of it"
    if answer["numbers"] and not is_rounded_to(shown, calculated(answer["numbers"])):
        yield f"{answer['numbers']} gives {calculated(answer['numbers'])}"
    if not (answer["formula"] or answer["numbers"] or answer["code"]):
        yield "shows neither formula nor arithmetic nor code"
    lines = [line for line in answer["code"].splitlines() if line.strip()]
    if missing := [line for line in lines if line not in chapter]:
        yield f"shows code that no cell has: {missing}"


# Asks each number; returns those whose answer, once it is laid out, does not lie within the window,
# or in which a formula is cut off.
ASK_AND_MEASURE = f"""async () => {{
    const frame = () => new Promise(requestAnimationFrame), cutOff = {CUT_OFF};
    const wrong = [];
    for (const link of document.querySelectorAll('main a.bp-val')) {{
        link.click();
        await frame();
        await frame();
        const box = document.querySelector('{POP_UP}')?.getBoundingClientRect();
        if (!box || !box.width || box.left < 0 || box.right > innerWidth)
            wrong.push([link.href, 'lies outside']);
        wrong.push(...cutOff().map(formula => [link.href, formula]));
    }}
    return wrong;
}}""".replace("('.katex-html')", "('.bp-pop .katex-html')")


@pytest.fixture(scope="module")
def answers(read, address):
    """What a page answers to each of its numbers, as a function of its name."""

    @functools.cache
    def answers(name):
        with read(address + name) as seen:
            found, wrong = seen.page.evaluate(ASK_ALL)
            links = seen.page.locator("main a.bp-val")
            asked = seen.page.locator("main a.bp-val[aria-haspopup=dialog]")
            counts = links.count(), asked.count()
        return found, wrong, counts, seen.complaints

    return answers


@pytest.fixture
def ask(read, address):
    """Return a function that opens a page and asks the number that leads to a place there."""

    def ask(place, page=BOOK, how="click", **context):
        opened = read(address + page, **context)
        seen = opened.__enter__()
        closing.append(opened)
        seen.page.evaluate(UNFOLD)
        link = seen.page.locator(f'main a.bp-val[href="{place}"]').first
        if how == "Enter":
            link.focus()
            seen.page.keyboard.press("Enter")
        else:
            getattr(link, how)()
        return seen.page, link, seen.page.locator(POP_UP)

    closing = []
    yield ask
    for opened in closing:
        opened.__exit__(None, None, None)


def chapter_of(address, name):
    """Return the text of the chapter that an answer on the page `name` is from."""
    page = address.partition("#")[0].removesuffix(".html") or name.split("/")[1][:-5]
    return (ROOT / "chapters" / f"{page}.md").read_text("utf-8")


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_number_is_in_its_answer_or_what_makes_it_is(answers, site, name):
    told, wrong, (links, asked), complaints = answers(name)
    assert not wrong and not complaints
    assert links == asked <= len(told)
    found = [
        (answer["shown"], answer["address"], fault)
        for answer in told
        for fault in faults(answer, chapter_of(answer["address"], name))
    ]
    assert not found, f"{name}: {found}"
    page = (site / name).read_text("utf-8")
    for place in {answer["to"] for answer in told} - {""}:
        other, _, id = place.partition("#")
        text = (site / "chapters" / other).read_text("utf-8") if other else page
        assert f'id="{id}"' in text, place


WITHOUT_CODE = ["factory", "forward-pass", "chain-rule", "hidden-delta", "two-two-two"]


@pytest.mark.parametrize("name", [*WITHOUT_CODE, "until-it-learns", "index"])
def test_a_reader_without_python_sees_code_only_when_asking_for_it(answers, name):
    told = answers(f"chapters/{name}.html")[0]
    assert told
    for answer in told:
        assert not answer["code"] or answer["folded"], answer["address"]
        assert not (answer["code"] and answer["numbers"]), answer["address"]


def test_a_reader_of_code_sees_it_at_once(answers):
    found = answers("chapters/numpy-step-by-step.html")[0]
    told = [answer for answer in found if answer["code"] and not answer["numbers"]]
    assert told and not any(answer["folded"] for answer in told)


def test_the_test_of_answers_finds_a_wrong_one():
    good = {
        "is_open": True, "shown": "0.25", "result": "= 0.25", "numbers": "0.75 − 0.5",
        "formula": "", "code": "", "printed": "",
    }  # fmt: skip
    assert not list(faults(good, ""))
    for change in (
        {"shown": "0.35"},
        {"numbers": "0.75 − 0.6"},
        {"numbers": ""},
        {"code": "drawn = 1"},
        {"is_open": False},
    ):
        assert list(faults(good | change, "")), change
    assert calculated("100 × (1 − 1.737 × 10⁻⁵ ÷ (1.819 × 10⁻⁵))") == pytest.approx(4.508, abs=1e-3)
    assert calculated("(−0.5) × (0.75 − 0.5)²") == -0.03125
    assert is_rounded_to("5.58 × 10⁻⁹", 5.5812e-9) and not is_rounded_to("5.58 × 10⁻⁹", 5.59e-9)


def parts(page):
    """Return what each link of an answer leads to."""
    links = page.locator(f"{POP_UP} .from a").all()
    return [link.get_attribute("href") for link in links]


# Goes back to the first answer, and down again by some links.
GO_BACK_AND_DOWN = """way => {
    const box = document.querySelector('.bp-pop');
    for (let back; back = box.querySelector('button');) back.click();
    for (const link of way) box.querySelector(`.from a[href="${link}"]`).click();
}"""


def test_the_parts_of_a_number_are_asked_down_to_what_is_given(read, address):
    """From the first hidden delta of the worked example, by the links of the pop-up alone."""
    with read(address + BOOK) as seen:
        page, box = seen.page, seen.page.locator(POP_UP)
        page.locator('main a.bp-val[href="#step-delta_h1"] >> visible=true').first.click()
        given, todo, done = set(), [[]], set()
        while todo:
            path = todo.pop()
            *way, last = path or [None]
            page.evaluate(GO_BACK_AND_DOWN, way)
            if last:
                box.locator(f'.from a[href="{last}"]').click()
            if not parts(page):
                assert box.locator(".title").inner_text() == "given"
                given.add(path[-1].removeprefix("#step-"))
            new = [link for link in parts(page) if link not in done]
            done.update(new)
            todo += [[*path, link] for link in new]
    weights = {"i1", "i2", "b1", "b2", *(f"w{k}" for k in (1, 2, 3, 4, 5, 6, 7, 8))}
    assert given == weights | {"t_o1", "t_o2"}


@pytest.mark.parametrize("how", ["click", "Enter", "tap"])
def test_an_answer_opens_beside_its_number_and_moves_nothing(ask, how):
    page, link, box = ask("#step-delta_h1", how=how, has_touch=True)
    expect(box).to_be_visible()
    assert box.get_attribute("role") == "dialog"
    assert box.get_attribute("aria-label") == f"Where {link.inner_text()} comes from"
    number, answer = link.bounding_box(), box.bounding_box()
    below = answer["y"] - number["y"] - number["height"]
    above = number["y"] - answer["y"] - answer["height"]
    assert 0 <= max(below, above) <= 16
    before = page.evaluate("scrollY")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    assert page.evaluate("scrollY") == before
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#step-delta_h1"


def test_the_keyboard_reaches_every_part_and_comes_back(ask):
    page, link, box = ask("#step-delta_h1", how="Enter")
    focused = "document.activeElement.textContent"
    assert page.evaluate("document.activeElement.className") == "bp-pop"
    stops = len(parts(page)) + 1
    for n in range(stops):
        page.keyboard.press("Tab")
        assert page.evaluate(f"document.querySelector('{POP_UP}').contains(document.activeElement)")
        if n == 0:
            part = page.evaluate(focused)
    assert page.evaluate(focused) == "Go to the line"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Copy link"
    page.locator(f"{POP_UP} .from a").first.focus()
    page.keyboard.press("Enter")
    value = box.locator(".result").inner_text().split()[-1]
    assert value in part
    assert box.get_attribute("aria-label") == f"Where {value} comes from"
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    box.get_by_role("button", name="Back").press("Enter")
    assert box.get_attribute("aria-label") == f"Where {link.inner_text()} comes from"
    page.keyboard.press("Escape")
    assert link.evaluate("link => link === document.activeElement")


def test_an_answer_closes_at_a_tap_outside(ask):
    page, _, box = ask("#step-delta_h1", how="tap", has_touch=True, viewport=PHONE)
    expect(box).to_be_visible()
    page.touchscreen.tap(5, 60)
    expect(box).to_be_hidden()


def test_a_line_is_gone_to(ask):
    page, _, box = ask("#step-delta_h1")
    box.get_by_text("Go to the line").click()
    expect(box).to_be_hidden()
    assert page.url.endswith("#step-delta_h1")


@pytest.mark.parametrize("modifier", ["ctrlKey", "shiftKey", "metaKey", "altKey"])
def test_a_click_with_a_key_held_down_is_the_browsers(read, address, modifier):
    with read(address + BOOK) as seen:
        link = seen.page.locator('main a.bp-val[href="#step-E"]').first
        taken = link.evaluate(
            """(link, key) => {
                let taken;
                addEventListener('click', event => {
                    taken = event.defaultPrevented;
                    event.preventDefault();
                }, { once: true });
                link.dispatchEvent(new MouseEvent('click',
                    { bubbles: true, cancelable: true, [key]: true }));
                return taken;
            }""",
            modifier,
        )
        assert not taken
        assert not seen.page.locator(POP_UP).is_visible()


@pytest.mark.parametrize("context", [{"java_script_enabled": False}, {"old": True}])
def test_without_script_or_popovers_a_number_leads_to_its_line_or_answer(browser, address, context):
    old = context.pop("old", False)
    opened = browser.new_context(**context)
    page = opened.new_page()
    if old:
        page.add_init_script("delete HTMLElement.prototype.togglePopover")
    page.goto(address + BOOK)
    page.locator('main a.bp-val[href="#step-E"]').first.click()
    assert page.url.endswith("#step-E")
    assert not page.locator(".bp-answers > :visible").count()
    page.locator('main a.bp-val[href="#why-ratio"]').first.click()
    expect(page.locator("#why-ratio")).to_be_in_viewport()
    assert "1,547" in page.locator("#why-ratio .result").inner_text()
    assert page.locator(".bp-answers > :visible").count() == 1
    assert not page.locator(POP_UP).count()
    opened.close()


def test_a_printed_figure_comes_with_its_verdict(read, address):
    """The total error, which S4 prints as 0.025283526 and which is 0.040733806."""
    with read(address + BOOK) as seen:
        seen.page.locator('main a.bp-val[href="#step-E"]').first.click()
        told = seen.page.locator(POP_UP)
        row = seen.page.locator("tr:has(#step-E)")
        slip = row.locator(".bp-slip")
        assert slip.inner_text() in told.inner_text()
        assert f"printed in {slip.get_attribute('data-where')}: " in told.inner_text()
        assert slip.get_attribute("data-why") in told.inner_text()


def test_a_number_of_another_page_is_answered_here(ask, site):
    page, _, box = ask("two-two-two.html#step-E", page="chapters/sources.html")
    expect(box.locator(".katex-html").first).to_be_visible()
    there = re.search(r'id="step-E".*?≈\s([\d.]+)', (site / BOOK).read_text("utf-8"), re.S)[1]
    assert there in box.locator(".result").inner_text()
    assert "two-two-two.html#step-E_o1" in parts(page)
    box.get_by_text("Go to the line").click()
    page.wait_for_url("**/two-two-two.html#step-E")


def test_a_number_of_another_page_is_answered_from_disk(read, site):
    with read(f"{site.as_uri()}/chapters/sources.html") as seen:
        seen.page.locator('main a.bp-val[href="two-two-two.html#step-E"]').first.click()
        expect(seen.page.locator(f"{POP_UP} .result")).to_be_visible()


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_line_comes_from_lines_that_there_are(site, name):
    """And of the marks that the build reads, the page keeps nothing."""
    page = (site / name).read_text("utf-8")
    told = re.findall(r'<a id="step-\w+" data-value="[^"]+"(?: data-from="([^"]*)")?>', page)
    assert len(told) == page.count('<a id="step-') and "data-line" not in page
    for place in " ".join(told).split():
        assert f'id="{place[1:]}"' in page or f'data-at="{place}"' in page, place


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["step", "why"])
def test_axe_finds_no_barrier_in_an_answer(ask, axe, site, theme, kind):
    place = re.search(rf'href="(#{kind}-\w+)"', (site / BOOK).read_text("utf-8"))[1]
    page, _, box = ask(place, color_scheme=theme)
    page.add_script_tag(path=axe)
    expect(box).to_be_visible()
    found = page.evaluate("axe.run('.bp-pop', {resultTypes: ['violations']})")["violations"]
    assert not [(rule["id"], rule["nodes"][0]["html"]) for rule in found]


@pytest.mark.parametrize("name", CHAPTERS)
def test_an_answer_fits_a_phone(read, address, name):
    """And every formula in it that is too wide can be scrolled, by the keyboard too."""
    with read(address + name, viewport=PHONE) as seen:
        page = seen.page
        page.evaluate(UNFOLD)
        assert page.evaluate(ASK_AND_MEASURE) == []
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_paper_shows_no_answer(ask):
    page, _, box = ask("#step-E")
    page.emulate_media(media="print")
    expect(box).to_be_hidden()


@pytest.mark.parametrize("name", PAGES)
def test_the_scripts_of_a_page_without_live_figures_are_small(site, name):
    """At most 5,000 bytes as a server sends them; the search has a script of its own besides."""
    page = (site / name.partition("?")[0]).read_text("utf-8")
    own = re.findall(r'<script src="([^"?]*/book\.js)[^"]*"', page)
    all_of_it = re.findall(r'<script[^>]* src="([^"?]*)', page)
    inline = re.findall(r"<script>(.*?)</script>", page, re.S)
    figures = [name for name in all_of_it if name.endswith(("/figures.js", "/tools.js"))]
    assert len(figures) <= 1
    search = ["_static/search.js"] if name.startswith("search") else []
    assert set(all_of_it) == {*own, *figures, *search}
    texts = [(site / "_static/book.js").read_text("utf-8"), *inline]
    assert sum(len(gzip.compress(text.encode())) for text in texts) <= 5_000
