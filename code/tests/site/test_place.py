"""Where the reader is: in the contents, on a long page, and at a later visit."""

import csv
import re
from pathlib import Path

import pytest
import yaml

from book_places import FORMER

ROOT = Path(__file__).resolve().parents[3]
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))["parts"]
SHORT = {part["file"]: part["title"] for parts in PARTS for part in parts["chapters"]}
DESKTOP = {"width": 1280, "height": 800}

# How many windows a page is long, and where in its window the current link of the contents is.
SHOWN = """() => {
    const contents = document.getElementById('contents').getBoundingClientRect();
    const link = document.querySelector('#contents li > [aria-current]').getBoundingClientRect();
    return {
        screens: document.documentElement.scrollHeight / innerHeight,
        above: link.top - contents.top,
        below: Math.min(contents.bottom, innerHeight) - link.bottom,
    };
}"""


def test_short_names_are_short_and_no_two_alike():
    assert len(set(SHORT.values())) == len(SHORT)
    assert all(len(name) <= 32 for name in SHORT.values())


def test_the_links_to_the_chapters_before_and_after_say_their_short_names(parsed):
    names = list(SHORT)
    for before, name, after in zip(names, names[1:], names[2:], strict=False):
        said = parsed(f"{name}.html").xpath('//nav[@class="neighbours"]/a')
        assert [link.text_content().split(maxsplit=1) for link in said] == [
            ["Previous", SHORT[before]],
            ["Next", SHORT[after]],
        ]


@pytest.mark.parametrize("name", SHORT)
def test_the_contents_show_the_chapter_and_a_long_page_its_sections(read, address, parsed, name):
    with read(f"{address}{name}.html", viewport=DESKTOP) as seen:
        shown = seen.page.evaluate(SHOWN)
    assert shown["above"] > 0 and shown["below"] > 0
    tree = parsed(f"{name}.html")
    sections = [f"#{anchor}" for anchor in tree.xpath("//main//section[h1]/section/@id")]
    listed = tree.xpath('//details[@class="on-this-page"]/nav/ul/li/a/@href')
    assert listed == sections and (listed or shown["screens"] <= 5)


def test_a_section_with_a_new_title_is_found_by_its_former_address(site):
    rows = list(csv.DictReader(FORMER.read_text("utf-8").splitlines()))
    assert len(rows) > 250
    for name in SHORT:
        ids = set(re.findall(r'\bid="([\w-]+)"', (site / f"{name}.html").read_text("utf-8")))
        former = {row["former"] for row in rows if f"chapters/{row['page']}" == name}
        assert former <= ids, name


def test_the_address_of_a_section_is_its_label_whatever_its_title(parsed):
    for name in SHORT:
        text = (ROOT / f"{name}.md").read_text("utf-8")
        labels = re.findall(r"^\((.+)\)=\n#+ ", text, re.M)
        assert set(labels) <= set(parsed(f"{name}.html").xpath("//main//section/@id")), name


def read_to(page, heading):
    page.evaluate("id => document.getElementById(id).scrollIntoView()", heading)


def test_a_reader_who_comes_back_is_offered_the_section_where_they_stopped(read, address):
    with read(address + "chapters/chain-rule.html") as seen:
        page, offered = seen.page, seen.page.locator("main > .resume a")
        assert not offered.count()
        read_to(page, "sigmoid-slope")
        page.goto(address + "chapters/index.html")
        heading = "The derivative of the sigmoid: how does out change with net?"
        assert offered.inner_text() == f"The chain rule, {heading}"
        offered.click()
        page.wait_for_url("**/chain-rule.html#sigmoid-slope")
        assert not offered.count()  # the reader is there
        page.goto(address + "chapters/output-delta.html")
        assert not offered.count()
        page.goto(address + "chapters/chain-rule.html")
        assert offered.count() == 1


def test_a_place_is_kept_only_while_the_reader_allows_it(read, address):
    with read(address + "chapters/chain-rule.html", viewport=DESKTOP) as seen:
        page = seen.page
        read_to(page, "sigmoid-slope")
        page.goto(address + "chapters/index.html")
        page.get_by_role("button", name="Keep my place: yes").click()
        assert not page.locator("main > .resume").count()
        page.goto(address + "chapters/chain-rule.html")
        read_to(page, "sigmoid-slope")
        page.goto(address + "chapters/index.html")
        assert not page.locator("main > .resume").count()
        assert page.evaluate("localStorage.place") == "off"
        page.get_by_role("button", name="Keep my place: no").click()
        assert page.evaluate("localStorage.place") is None
