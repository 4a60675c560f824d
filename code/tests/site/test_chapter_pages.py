"""What the pages of single chapters show: all the numbers, terms and programs that they should."""

import csv
import re
from pathlib import Path

import nbformat
import pytest
import yaml
from conftest import ROOT

from backprop import examples, sources, trace

CHAPTERS = ROOT / "chapters"
PAGES = sorted(path.stem for path in CHAPTERS.glob("*.md"))


def rows(name):
    """Return the rows of a table of the chapters."""
    return list(csv.DictReader((CHAPTERS / name).read_text("utf8").splitlines()))


# ---- worked examples ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def worked_example(site):
    return (site / "chapters" / "two-two-two.html").read_text("utf8")


def test_every_step_of_the_worked_example_has_its_line(worked_example):
    net, x, t, learning_rate = examples.two_two_two()
    for biases in ("frozen", "updated"):
        for step in trace(net, x, t, learning_rate, biases=biases):
            assert f'id="step-{step.name}"' in worked_example, step.name


@pytest.mark.parametrize("source", sources.CHAPTERS)
def test_a_worked_example_shows_every_printed_figure(site, source):
    page = (site / "chapters" / f"{sources.CHAPTERS[source]}.html").read_text("utf8")
    for row in sources.documented(source):
        assert row.printed.replace("-", "−") in page, row
        assert f'id="step-{row.step}"' in page or not row.step, row


def chapters_before(name):
    """Return the chapters that a reader has passed on the way to this one."""
    listed = []
    for part in yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))["parts"]:
        listed += [Path(chapter["file"]).name for chapter in part["chapters"]]
    return listed[: listed.index(name)]


def test_no_chapter_before_the_worked_example_prints_its_numbers(site):
    """Nor five digits of one; the factory rounds them to three decimals."""
    net, x, t, learning_rate = examples.two_two_two()
    digits = {
        f"{abs(step.value):.6f}"[:6]
        for step in trace(net, x, t, learning_rate)
        if step.expression and abs(step.value) > 0.01
    }
    secret = re.compile(rf"(?<![\d.])(?:{'|'.join(map(re.escape, digits))})\d")

    def printed(page):
        html = (site / "chapters" / f"{page}.html").read_text("utf8")
        html = re.sub(r'\b(?:d|transform|style)="[^"]*"', "", html)  # where things are drawn
        return secret.findall(html)

    before = chapters_before("two-two-two")
    assert before[0] == "factory" and len(before) == 5
    assert {page: printed(page) for page in before} == dict.fromkeys(before, [])
    assert len(printed("two-two-two")) > 100


# What is no running text: folds, code, tables, drawings, formulas, figures with their own labels.
APART = "|".join(
    [
        *(f".//{tag}" for tag in ("details", "table", "pre", "script", "svg", "bp-figure")),
        *(
            f".//*[contains(concat(' ', @class, ' '), ' {name} ')]"
            for name in ("katex", "sd-tab-set", "headerlink")
        ),
    ]
)


def words(parsed, page):
    """Return how many words a reader of a page meets: no code, table, formula, drawing or fold."""
    (text,) = parsed(f"chapters/{page}.html").xpath("//article/section")
    for element in text.xpath(APART):
        if element.getparent() is not None:  # not gone with what held it
            element.drop_tree()
    return sum(any(map(str.isalnum, word)) for word in text.text_content().split())


def test_the_worked_example_can_be_reached_in_an_afternoon(parsed):
    before = {page: words(parsed, page) for page in chapters_before("two-two-two")}
    assert sum(before.values()) <= 9000, before
    assert words(parsed, "two-two-two") <= 2000


def test_a_page_says_the_numbers_of_its_pictures(worked_example):
    labels = re.findall(r'<svg[^>]*\baria-label="([^"]*)"', worked_example)
    net, x, t, learning_rate = examples.two_two_two()
    steps = trace(net, x, t, learning_rate, biases="frozen")
    assert len(labels) >= 4
    assert any(steps.shown("w6_new") in label for label in labels)


def test_every_picture_on_every_page_has_a_text(site):
    pictures = 0
    for page in PAGES:
        html = (site / "chapters" / f"{page}.html").read_text("utf8")
        for svg in re.findall(r"<svg[^>]*>", html):
            if "bp-svg" in svg:
                pictures += 1
                assert re.search(r'aria-label="[^"]{20,}"', svg), svg[:300]
        for image in re.findall(r"<img[^>]*>", html):
            assert re.search(r'alt="[^"]+"', image), image[:300]
    assert pictures > 100


ROAD = (
    "index", "factory", "forward-pass", "chain-rule", "output-delta", "hidden-delta",
    "two-two-two", "until-it-learns",
)  # fmt: skip
# The texts of the drawings that are wider than the box in which they are seen.
TOO_WIDE = """() => [...document.querySelectorAll(".bp-svg, .bp-drawing, .bp-ropes")]
    .filter((drawing) => drawing.getBoundingClientRect().width)
    .filter((drawing) => {
        const { clientWidth, scrollWidth } = drawing.closest(".bp-scroll, .bp-strip") ?? drawing;
        return scrollWidth > clientWidth;
    }).map((drawing) => drawing.getAttribute("aria-label") ?? drawing.textContent)"""


@pytest.mark.parametrize("page", ROAD)
def test_no_drawing_on_the_road_to_the_first_training_is_scrolled_on_a_phone(read, address, page):
    with read(f"{address}chapters/{page}.html", viewport={"width": 375, "height": 800}) as seen:
        shown = "*, ::before { content-visibility: visible !important }"
        seen.page.add_style_tag(content=shown)
        seen.page.wait_for_function(
            "[...document.querySelectorAll('bp-figure')]"
            ".every((figure) => figure.querySelector('.bp-live'))"
        )
        assert seen.page.evaluate(TOO_WIDE) == []


# ---- the map of the sources --------------------------------------------------------------------


def test_the_page_of_the_sources_shows_their_map_both_ways(site):
    map_of_sources = rows("sources-map.csv")
    html = (site / "chapters" / "sources.html").read_text("utf8")
    for row in map_of_sources:
        for page, label in (place.split("#") for place in row["places"].split("; ") if place):
            address = f"#{label}" if page == "sources" else f"{page}.html#{label}"
            assert html.count(f'href="{address}"') >= (2 if row["source"] else 1), address
    assert html.count("not in the book yet") == sum(not row["places"] for row in map_of_sources)
    assert '<span lang="zh">学习笔记</span>' in html


# ---- the glossary ------------------------------------------------------------------------------

TERMS = rows("glossary.csv")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_the_glossary_has_each_term_in_both_languages_and_both_lists(site):
    html = (site / "chapters" / "glossary.html").read_text("utf8")
    for row in TERMS:
        for term in re.split("; |/", row["chinese"]):
            han = "".join(CHINESE.findall(term))
            assert html.count(f'lang="zh">{han}</span>') >= 2, term
        page, label = row["place"].split("#")
        assert f'href="{page}.html#{label}"' in html
    assert len(re.findall(r'<dt id="term-', html)) == sum(
        len(re.split("; |/", row[field])) for row in TERMS for field in ("term", "chinese")
    )


# ---- the frameworks ----------------------------------------------------------------------------

FRAMEWORKS = ROOT / "frameworks"
PROGRAMS = sorted(FRAMEWORKS.glob("in_*.py"))
SESSIONS = sorted(path for path in FRAMEWORKS.glob("*.txt") if path.name != "requirements.txt")
PAGE = "chapters/frameworks.html"


def test_every_program_and_session_stands_on_the_page_and_in_its_notebook(site):
    notebook = nbformat.read(site / "notebooks" / "frameworks.ipynb", as_version=4)
    prose = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    for path in PROGRAMS:
        text = path.read_text("utf-8")
        for function in ("start", "loss", "gradient", "update", "deltas"):
            (whole,) = re.findall(rf"^def {function}\(.*?\n(?=\n\n)", text, re.M | re.S)
            assert whole.rstrip() in prose, (path.name, function)
        assert "g * a * (1 - a)" in text
    assert prose.count("g * a * (1 - a)") >= len(PROGRAMS)
    assert [path.stem for path in SESSIONS] == [path.stem.removeprefix("in_") for path in PROGRAMS]
    for path in SESSIONS:
        assert path.read_text("utf-8").strip() in prose
    for name in (found["name"] for found in examples.by_frameworks().values()):
        assert f"**{name}**" in prose


def chosen(page):
    return page.locator(".sd-tab-set > input:checked + label").all_inner_texts()


def test_a_framework_chosen_once_is_shown_everywhere_on_the_page(read, address):
    with read(address + PAGE) as seen:
        assert len(chosen(seen.page)) == 4 and set(chosen(seen.page)) == {"PyTorch"}
        seen.page.locator(".sd-tab-set label", has_text="JAX").nth(1).click()
        assert set(chosen(seen.page)) == {"JAX"}
        seen.page.locator(".sd-tab-set input:checked").first.focus()
        seen.page.keyboard.press("ArrowRight")
        assert set(chosen(seen.page)) == {"TensorFlow"}
        seen.page.reload()
        assert set(chosen(seen.page)) == {"TensorFlow"}
        seen.page.goto(address + "chapters/notation.html")
        assert set(chosen(seen.page)) == {"This book"}  # another group of tabs
        assert not seen.complaints


def test_the_page_shows_a_framework_without_javascript_and_all_on_paper(read, address):
    with read(address + PAGE, java_script_enabled=False) as seen:
        tabs = seen.page.locator(".sd-tab-set").first
        tabs.locator("label", has_text="autograd").click()
        assert "value_and_grad" in tabs.locator(".sd-tab-content:visible").inner_text()
        seen.page.emulate_media(media="print")
        assert tabs.locator(".sd-tab-content:visible").count() == 4
