"""The search of the built book, asked as readers ask: by words, names, mistypings and numbers.

`queries.csv` says of each query which page is wanted, and by `anchor` which place on it.
"""

import csv
import json
import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import expect

from book_lists import GLOSSARY, rows, several
from test_pages import CHAPTERS, PHONE

QUERIES = list(
    csv.DictReader(Path(__file__).with_name("queries.csv").read_text("utf-8").splitlines())
)
WHOLE = 6  # digits of a number that no other number shares by chance


@pytest.fixture(scope="module")
def index(site):
    """What the scripts search, as the build has written it."""
    text = (site / "_static/search-index.js").read_text("utf-8")
    return json.loads(text.removeprefix("bookIndex = "))


# Asks one query after the other, as typing does: [[[address, what is marked]]], by query and page.
ASK = """async (queries) => {
    const field = document.querySelector('main [name=q]'), all = [];
    for (const query of queries) {
        field.value = query;
        field.dispatchEvent(new Event('input'));
        await new Promise(requestAnimationFrame);
        const said = document.querySelector('main [role=status]').textContent;
        if (!said.includes(`for “${query}”`)) throw Error(`${query}: ${said}`);
        all.push([...document.querySelectorAll('#results > li')].map(item =>
            [...item.querySelectorAll('a')].map(link => [link.getAttribute('href'),
                link.nextElementSibling.querySelector('mark')?.textContent])));
    }
    return all;
}"""


@pytest.fixture(scope="module")
def find(read, address):
    """Return a function of queries: what the search shows of each, page by page.

    Each page has its `name`, the places on it as they are listed, and what is first marked.
    """
    with read(address + "search.html?q=anything") as seen:
        seen.page.get_by_text("for “anything”").wait_for()

        def page(links):
            (name, *_), places = zip(*(unquote(link).split("#") for link, _ in links), strict=True)
            return SimpleNamespace(name=Path(name).stem, places=places, marked=links[0][1])

        def find(queries):
            found = seen.page.evaluate(ASK, list(queries))
            return [[page(links) for links in pages] for pages in found]

        yield find
        assert not seen.complaints


def test_the_page_wanted_is_the_first_or_the_second(find):
    """In at least 95 of 100 queries; the message names every query that misses it."""
    assert len(QUERIES) >= 100
    missed = []
    found = find(row["query"] for row in QUERIES)
    for (query, page, anchor), pages in zip(map(dict.values, QUERIES), found, strict=True):
        places = [one.places for one in pages[:2] if one.name == page]
        if not places or (anchor and anchor not in places[0]):
            missed.append((query, f"{page}#{anchor}", [(p.name, p.places[0]) for p in pages[:3]]))
    assert len(missed) <= len(QUERIES) / 20, missed


def lines_of(index, page):
    """Return {number: anchors} of the results of the worked lines of a page."""
    found = {}
    (entries,) = (one["entries"] for one in index["pages"] if one["page"].endswith(f"/{page}.html"))
    for entry in entries:
        text = entry["text"].split("\n")
        for line, anchor in entry["lines"].items():
            number = (re.findall(r"\d+\.\d+\b(?! × 10)", text[int(line)]) or [""])[-1]
            if len(number.replace(".", "").lstrip("0")) >= WHOLE:
                found.setdefault(number, []).append(anchor)
    return found


@pytest.mark.parametrize("page", ["two-two-two", "forward-pass", "output-delta", "copied-example"])
def test_a_number_of_a_worked_line_leads_to_a_line_that_gives_it(find, index, page):
    """Whole, one digit shorter, cut and rounded, and with a digit more than the page shows."""
    numbers = lines_of(index, page)
    assert len(numbers) > 5
    asked = {}
    for number in list(numbers)[:: len(numbers) // 10 or 1]:
        shorter = f"{float(number):.{len(number.partition('.')[2]) - 1}f}"
        comma = number.replace(".", ",")
        for form in (
            number,
            number[:-1],
            shorter,
            f"{number}2",
            f"−{number}",
            f"{number}e0",
            comma,
        ):
            asked[form] = number
    for (form, number), (best, *_) in zip(asked.items(), find(asked), strict=True):
        assert best.marked.startswith(number[:-2]), (form, number, best)
        if form == number:
            assert best.places[0].startswith("step-"), (number, best)


def test_an_alias_leads_to_its_section_and_a_term_to_that_or_to_the_glossary(find):
    terms, others = {}, {}
    for row in rows(GLOSSARY):
        for name in [*several(row["term"]), *several(row["chinese"].replace("/", "; "))]:
            terms.setdefault(name, set()).update({row["place"], "glossary"})
        for alias in several(row["aliases"]):
            name, _, place = alias.partition("@")
            others.setdefault(name, set()).add(place or row["place"])
    for asked, among in ((terms, 12), (others, 2)):
        for (name, wanted), pages in zip(asked.items(), find(asked), strict=True):
            found = {f"{page.name}#{place}" for page in pages[:among] for place in page.places}
            found |= {page.name for page in pages}
            assert wanted & found, (name, wanted, [(it.name, it.places) for it in pages[:3]])


def test_every_place_of_the_index_is_on_its_page(site, index):
    assert {one["page"] for one in index["pages"]} == set(CHAPTERS)
    for one in index["pages"]:
        html = (site / one["page"]).read_text("utf-8")
        ids = set(re.findall(r' id="([^"]+)"', html))
        places = {entry["id"] for entry in one["entries"]}
        lines = {line for entry in one["entries"] for line in entry["lines"].values()}
        assert places | lines <= ids, one["page"]


def test_every_alias_with_a_place_of_its_own_is_at_a_section(index):
    places = {
        f"{Path(one['page']).stem}#{entry['id']}": entry["terms"]
        for one in index["pages"]
        for entry in one["entries"]
    }
    for row in rows(GLOSSARY):
        for alias in several(row["aliases"]):
            name, _, place = alias.partition("@")
            assert name in places.get(place or row["place"], ()), (alias, place or row["place"])


def test_no_formula_is_left_in_latex(index):
    for one in index["pages"]:
        for entry in one["entries"]:
            if entry["kind"] == "section":
                assert not re.search(r"\\(?:frac|partial|mathrm|cdot|delta)\b", entry["text"]), (
                    one["page"],
                    entry["id"],
                )


def test_the_index_is_fetched_at_the_first_query_and_once(read, address):
    with read(address + "search.html") as seen:
        fetched = [request.url for request in seen.requests]
        assert not any("search-index" in url for url in fetched)
        for query in ("delta", "delta h1"):
            seen.page.locator("main [name=q]").fill(query)
            seen.page.get_by_text(f"for “{query}”").wait_for()
        assert sum("search-index" in request.url for request in seen.requests) == 1


@pytest.mark.parametrize("served", [True, False], ids=["served", "from disk"])
def test_a_query_in_the_address_is_answered_and_leads_to_its_section(read, address, site, served):
    start = address if served else f"{site.as_uri()}/"
    with read(f"{start}search.html?q={quote('0.028133669')}") as seen:
        page = seen.page
        best = page.locator("#results > li").first
        assert best.locator("mark").first.inner_text() == "0.028133669"
        best.get_by_role("link").first.click()
        page.wait_for_url("**/two-two-two.html#step-*")
        assert "0.028133669" in page.locator("tr:has(:target)").inner_text()
        page.go_back()
        best.wait_for()
        field = page.locator("main [name=q]")
        field.fill("Hadamard")
        field.press("Enter")
        page.get_by_text("for “Hadamard”").wait_for()
        page.reload()
        expect(field).to_have_value("Hadamard")
        page.get_by_text("for “Hadamard”").wait_for()
        assert not seen.complaints


def test_the_field_of_every_page_searches(read, address):
    with read(address + "chapters/chain-rule.html") as seen:
        seen.page.keyboard.press("Control+k")
        seen.page.keyboard.type("hidden delta")
        seen.page.keyboard.press("Enter")
        seen.page.get_by_text("for “hidden delta”").wait_for()
        seen.page.keyboard.press("Control+k")
        assert seen.page.evaluate("document.activeElement.matches('main [name=q]')")
        seen.page.keyboard.type("stride")  # in place of what stood there
        seen.page.get_by_text("for “stride”").wait_for()


def test_the_keys_open_the_contents_of_a_phone(read, address):
    with read(address + "chapters/chain-rule.html", viewport=PHONE) as seen:
        field = seen.page.locator("nav [name=q]")
        assert not field.is_visible()
        seen.page.keyboard.press("Control+k")
        expect(field).to_be_focused()


def test_what_is_nowhere_is_said_to_be_nowhere(find):
    assert find(["qqqxyzzy", "0.9182736455463728"]) == [[], []]


def test_without_javascript_the_search_leads_to_the_glossary(read, address):
    with read(f"{address}search.html?q=delta", java_script_enabled=False) as seen:
        assert "needs JavaScript" in seen.page.locator("main").inner_text()
        seen.page.locator("main").get_by_role("link", name="glossary").click()
        seen.page.wait_for_url("**/glossary.html")


def test_an_index_that_does_not_come_is_missed_in_words(browser, address):
    page = browser.new_page()
    page.route("**/search-index.js*", lambda route: route.abort())
    page.goto(f"{address}search.html?q=delta")
    page.get_by_text("could not be fetched").wait_for()
    page.close()


def test_nothing_of_the_search_of_sphinx_is_left(site):
    published = {path.name for path in (site / "_static").iterdir()} | {
        path.name for path in site.iterdir()
    }
    assert not published & {"searchindex.js", "searchtools.js", "doctools.js", "language_data.js"}
