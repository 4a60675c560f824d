"""What pages say of themselves to search engines and previews, and what lies at the site's top.

The first tests read the book as built.  The others build a small book with an address, and without.
"""

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import lxml.html
import pytest
from conftest import HANGS, ROOT
from PIL import Image

from backprop import draw, examples, trace
from test_chapters import descriptions

PAGES = sorted(path.stem for path in (ROOT / "chapters").glob("*.md"))
BASE = "https://book.example/here/"


def head(path):
    """Return the head of a page: its title, {name or property: content}, and its JSON-LD."""
    page = lxml.html.parse(path)
    metas = {
        meta.get("name") or meta.get("property"): meta.get("content") for meta in page.iter("meta")
    }
    data = page.xpath("//script[@type='application/ld+json']/text()")
    return page.findtext(".//title"), metas, json.loads(data[0]) if data else None


# The book as it is


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_its_own_sentence(site, page):
    title, metas, data = head(site / f"chapters/{page}.html")
    sentence = descriptions()[page]
    assert metas["description"] == metas["og:description"] == data["description"] == sentence
    assert metas["og:title"] in title
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"


TEACHING = [
    page
    for page in PAGES
    if "\nAfter this chapter you can\n" in (ROOT / f"chapters/{page}.md").read_text("utf-8")
]


def test_a_chapter_says_what_it_teaches(site):
    assert len(TEACHING) > 20
    for page in TEACHING:
        path = site / f"chapters/{page}.html"
        data = head(path)[2]
        (listed,) = lxml.html.parse(path).xpath(
            "//p[starts-with(normalize-space(), 'After this chapter you can')]"
            "/following-sibling::*[1][self::ul]"
        )
        assert len(data["teaches"]) == len(listed) >= 3, page
        assert all(re.fullmatch(r"[^\s].+[^\s.;]", item) for item in data["teaches"]), page
        assert data["@type"] == "LearningResource"


def test_the_time_that_a_page_takes_grows_with_words_and_exercises(site):
    data = {page: head(site / f"chapters/{page}.html")[2] for page in PAGES}
    taken = {page: it["timeRequired"] for page, it in data.items() if "timeRequired" in it}
    assert sorted(taken) == TEACHING  # of the others, none is read from top to bottom
    minutes = {page: int(re.fullmatch(r"PT(\d+)M", time)[1]) for page, time in taken.items()}
    assert all(time % 5 == 0 for time in minutes.values())
    assert minutes["two-two-two"] > minutes["your-network"] > 5


# A small book, with an address and without

SENTENCE = "A page of a small book, which says <little> & says it & says it once more, twice."
FIRST = f"""---
description: "{SENTENCE}"
---

# The first page: a title that is too long for a line of a picture

After this chapter you can

- tell one thing, $a < b$;
- and another.

{{figure}}
"""
SETTINGS = {
    "title": "A small book",
    "author": "Nobody",
    "only_build_toc_files": True,
    "execute": {"execute_notebooks": "off"},
    "parse": {"myst_enable_extensions": ["dollarmath"]},
    "sphinx": {
        "local_extensions": {
            name: str(ROOT / "site/extensions")
            for name in (
                *("book_math", "book_pages", "book_texts"),
                *("book_previews", "book_sharing", "book_root", "book_search"),
            )
        },
        "config": {
            "html_math_renderer": "book_math",
            "templates_path": [str(ROOT / "site/look/_templates")],
        },
    },
}
CONTENTS = {
    "format": "jb-book",
    "root": "chapters/home",
    "chapters": [{"file": "chapters/first"}, {"file": "chapters/second"}],
}


GONE = ("chapters/gone.md", "previews/gone.png")


@pytest.fixture(scope="module")
def small(tmp_path_factory, build):
    """Return (its pages, what the build said) of the small book at an address, "" for none."""
    folder = tmp_path_factory.mktemp("small") / "a book"
    (folder / "chapters").mkdir(parents=True)
    for name in GONE:  # as from an earlier build
        (folder / "_build/html" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "_build/html" / name).touch()
    svg = draw.network(trace(*examples.two_two_two())).svg().replace("\n", " ")
    files = {
        "_toc.yml": json.dumps(CONTENTS),
        "chapters/home.md": "# A small book\n\nWelcome.\n",
        "chapters/first.md": FIRST.format(figure=f"<div>{svg}</div>"),
        "chapters/second.md": "# No figure\n\nNone.\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    shutil.copy(ROOT / "pyproject.toml", folder)

    def at(base):
        settings = {**SETTINGS, "html": {"baseurl": base}}
        (folder / "_config.yml").write_text(json.dumps(settings))  # which is YAML too
        done = build(folder)
        assert done.returncode == 0, done.stdout
        return folder / "_build/html", done.stdout

    return at


@pytest.fixture(scope="module")
def addressed(small, tmp_path_factory):
    """The pages of the small book at BASE."""
    pages, said = small(BASE.rstrip("/"))
    assert "html.baseurl is not set" not in said
    return Path(shutil.copytree(pages, tmp_path_factory.mktemp("addressed") / "html"))


def test_a_preview_has_title_sentence_and_picture(addressed):
    _, metas, data = head(addressed / "chapters/first.html")
    assert metas["og:title"].startswith("The first page")
    assert metas["description"] == metas["og:description"] == data["description"] == SENTENCE
    assert metas["og:url"] == data["url"] == BASE + "chapters/first.html"
    assert metas["og:image"] == data["image"] == BASE + "previews/first.png"
    assert metas["twitter:card"] == "summary_large_image"
    assert data["teaches"] == ["tell one thing, a < b", "and another"]
    assert data["isPartOf"]["url"] == BASE + "chapters/home.html"
    assert data["author"]["name"] == "Nobody"


def colours(path, box=(0, 0, 1200, 630), least=100):
    """Return the colours of a picture, or of a part of it, that cover at least so many pixels."""
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
        found = picture.convert("RGB").crop(box).getcolors(1 << 20)
    return {"#{:02X}{:02X}{:02X}".format(*colour) for count, colour in found if count >= least}


EDGES = [(0, 0, 1200, 40), (0, 590, 1200, 630), (0, 0, 40, 630), (1160, 0, 1200, 630)]


def test_the_picture_has_the_figure_of_the_page_in_its_colours(addressed):
    light = json.loads((ROOT / "code/backprop/data/palette.json").read_text("utf-8"))["light"]
    named = {light[role] for role in ("page", "ink", "forward", "delta")}
    assert named <= colours(addressed / "previews/first.png")
    assert {light["page"], light["ink"]} <= colours(addressed / "previews/second.png")
    assert light["forward"] not in colours(addressed / "previews/second.png")
    for edge in EDGES:  # nothing is cut off
        assert colours(addressed / "previews/first.png", edge, 1) == {light["page"]}


def test_text_and_picture_of_a_page_that_is_no_more_go(addressed):
    assert not [name for name in GONE if (addressed / name).exists()]


def test_the_top_of_the_site_sends_on_and_can_be_previewed(addressed):
    page = lxml.html.parse(addressed / "index.html")
    assert page.xpath("//meta[@http-equiv]/@content") == ["0; url=chapters/home.html"]
    _, metas, _ = head(addressed / "index.html")
    assert metas["og:url"] == BASE + "chapters/home.html"
    assert metas["og:image"] == BASE + "previews/home.png"


def test_the_sitemap_has_every_page_and_robots_names_it(addressed):
    urls = [url.text for url in ElementTree.parse(addressed / "sitemap.xml").iter() if url.text]
    urls = [url for url in urls if url.strip()]
    assert urls == [f"{BASE}chapters/{name}.html" for name in ("home", "first", "second")]
    robots = (addressed / "robots.txt").read_text()
    assert "Disallow" not in robots and f"Sitemap: {BASE}sitemap.xml" in robots


@pytest.fixture(scope="module")
def visit(browser, addressed):
    """Return a function that opens an address of the small book on a host that shows 404.html."""

    def answer(route):
        path = addressed / route.request.url.partition("?")[0].removeprefix(BASE)
        if path.is_file():
            route.fulfill(path=path)
        else:
            route.fulfill(path=addressed / "404.html", status=404)

    def visit(place, **options):
        context = browser.new_context(**options)
        context.set_default_timeout(HANGS)
        context.route("**/*", answer)
        page = context.new_page()
        page.goto(BASE + place)
        return page

    yield visit
    for context in browser.contexts:
        context.close()


@pytest.mark.parametrize("place", ["nothing", "chapters/deep/er/first-pge.html"])
def test_an_address_that_leads_nowhere_shows_a_page_that_leads_on(visit, place):
    page = visit(place)
    assert page.get_by_role("heading", level=1).inner_text() == "There is no such page"
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb(252, 251, 248)"  # the style sheet was found
    page.get_by_role("main").get_by_role("link", name="No figure").click()
    assert page.url == BASE + "chapters/second.html"


def test_the_words_of_an_address_that_leads_nowhere_are_searched_for(visit):
    page = visit("chapters/deep/first-pge.html")
    field = page.get_by_role("main").get_by_role("searchbox")
    assert field.input_value() == "first pge"
    page.get_by_role("main").get_by_role("button", name="Search").click()
    page.wait_for_url(BASE + "search.html?q=first+pge")


def test_without_javascript_it_searches_and_skips_too(visit):
    page = visit("chapters/deep/first-pge.html", java_script_enabled=False)
    page.get_by_role("main").get_by_role("searchbox").fill("figure")
    page.keyboard.press("Enter")
    page.wait_for_url(BASE + "search.html?q=figure")
    page = visit("chapters/deep/first-pge.html", java_script_enabled=False)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(BASE + "404.html#main")


def test_without_an_address_what_needs_one_is_left_out_and_the_build_says_so(addressed, small):
    pages, said = small("")
    assert len([line for line in said.splitlines() if "html.baseurl is not set" in line]) == 1
    left = {path.name for path in pages.iterdir()}
    assert not {"sitemap.xml", "robots.txt"} & left
    assert not list(pages.glob("previews/*"))
    _, metas, data = head(pages / "chapters/first.html")
    assert metas["og:title"] and not {"og:url", "og:image", "twitter:card"} & metas.keys()
    assert not {"url", "image"} & data.keys() and "url" not in data["isPartOf"]
    assert "book.example" not in (pages / "404.html").read_text("utf-8")
    assert "](chapters/first.md)" in (pages / "llms.txt").read_text("utf-8")


def test_equal_books_have_equal_pictures(addressed, small):
    pages, _ = small(BASE)
    for path in addressed.glob("previews/*.png"):
        assert (pages / "previews" / path.name).read_bytes() == path.read_bytes()
