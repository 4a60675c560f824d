"""The built pages, read in a real browser: nothing foreign, nothing cut off."""

import functools
import gzip
import json
import subprocess
import sys
import unicodedata
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
from sphinx.errors import ExtensionError

import book_pages

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "site"
PALETTE = json.loads((ROOT / "code/backprop/data/palette.json").read_text("utf-8"))
CHAPTERS = sorted(f"chapters/{path.stem}.html" for path in (ROOT / "chapters").glob("*.md"))
PAGES = [*CHAPTERS, "search.html?q=weight", "genindex.html", "404.html"]
PHONE = {"width": 375, "height": 700}

# Folds open a little at a time, and the page marks what scrolls after it has grown: its fonts are
# here, and two frames long it has not grown.
UNFOLD = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await document.fonts.ready;
    document.querySelectorAll('details').forEach(fold => { fold.open = true });
    const main = document.querySelector('main');
    for (let before; before !== main.offsetHeight;) {
        before = main.offsetHeight;
        await frame();
        await frame();
    }
}"""

# Every formula ends inside the window, or inside a box that a finger or the keyboard can scroll.
CUT_OFF = """() => [...document.querySelectorAll('.katex-html')].filter(formula => {
    const scrolls = box => ['auto', 'scroll'].includes(getComputedStyle(box).overflowX);
    let box = formula.parentElement, right = formula.getBoundingClientRect().right;
    while (box !== document.body && !scrolls(box)) box = box.parentElement;
    if (box === document.body) return right > innerWidth;
    return box.getBoundingClientRect().right > innerWidth
        || box.scrollWidth > box.clientWidth && box.tabIndex !== 0;
}).map(formula => formula.parentElement.querySelector('annotation').textContent)"""

# What a keyboard stops at to scroll: [what scrolls sideways and is no stop, and the other way
# round; what scrolls up and down and is no field for text; links to headings].
STOPS = """() => {
    const boxes = [...document.querySelectorAll('main *')];
    const scrolls = (box, axis) => ['auto', 'scroll'].includes(getComputedStyle(box)[axis]);
    return [
        boxes.filter(box => !box.matches('[role=application]')  // it takes the arrow keys itself
            && (box.tabIndex === 0 && box.hasAttribute('tabindex'))
            !== (scrolls(box, 'overflowX') && box.scrollWidth > box.clientWidth)),
        boxes.filter(box => scrolls(box, 'overflowY') && box.scrollHeight > box.clientHeight
            && !box.matches('textarea')),
        boxes.filter(box => box.matches('.headerlink') && box.tabIndex === 0),
    ].map(found => found.map(box => box.outerHTML.slice(0, 200)));
}"""

# Results of worked lines that take two lines, and where those in columns end.
RESULTS = """() => {
    const results = [...document.querySelectorAll('.bp-worked td.result span[class^=bp-]')];
    const inColumns = results.filter(it => it.closest('table').querySelector('th').offsetParent);
    return [
        results.filter(it => it.getBoundingClientRect().height > 36).map(it => it.textContent),
        [...new Set(inColumns.map(it => Math.round(it.getBoundingClientRect().right)))],
    ];
}"""

# Of every button that copies code, the texts that it lies on.
OVERLAPS = """() => {
    const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    const rows = [];
    for (let text; text = texts.nextNode();) {
        if (!text.data.trim() || text.parentElement.closest('bp-figure, svg, math')) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        for (const box of range.getClientRects()) if (box.width > 1) rows.push([box, text.data]);
    }
    return [...document.querySelectorAll('.bp-copy')].flatMap(button => {
        const it = button.getBoundingClientRect();
        return rows.filter(([box]) => it.width && box.left < it.right && box.right > it.left
            && box.top + 4 < it.bottom && box.bottom - 4 > it.top).map(([, text]) => text);
    });
}"""

# What axe need not look at is taken away, which halves its time: the drawn half of formulas and the
# lines of pictures, thousands of nodes that screen readers skip; and of MathML, which it does not
# know, all but the text.
LIGHTEN = """() => {
    const drawn = '.katex-html, svg[role=img] :not(g, a, title, desc, text, tspan)';
    document.querySelectorAll(drawn).forEach(it => it.remove());
    document.querySelectorAll('math').forEach(it => { it.textContent = it.textContent });
}"""
# Not knowing it, axe takes a heading or a link that is all formula for empty.
UNREAD = ["table th:has(math)", "table a:has(math)"]


@pytest.fixture(scope="module")
def desktop(read, address, axe):
    """What a window of 1280 pixels shows of a page, as a function of its name."""

    @functools.cache
    def look(name):
        with read(address + name, viewport={"width": 1280, "height": 700}) as seen:
            page, weights = seen.page, {}
            for request in seen.requests:
                body = request.response().body()
                packed = body if request.url.endswith(".woff2") else gzip.compress(body)
                weights[request.url] = len(packed)
            found = {"weights": weights, "content": content(page)}
            page.evaluate(UNFOLD)
            found |= {"stops": page.evaluate(STOPS), "results": page.evaluate(RESULTS)}
            page.evaluate(LIGHTEN)
            page.add_script_tag(path=axe)
            found["barriers"] = barriers(page)
            page.emulate_media(color_scheme="dark")
            found["in the dark"] = barriers(page, "color-contrast")  # all else is as it was
        return found | {"complaints": seen.complaints}

    return look


HIDDEN = "<style>bp-figure { display: none !important }</style>"


def content(page):
    """Return the text of a page and how many parts it has; a live figure's are its own affair.

    So are those of the answers to its numbers, which a script shows where they are asked.
    """
    # not add_style_tag, which without JavaScript waits for ever
    page.evaluate("html => document.head.insertAdjacentHTML('beforeend', html)", HIDDEN)
    outside = ":not(bp-figure *, .bp-answers *)"
    counted = (".katex", "svg", "table")
    parts = {part: page.locator(f"main {part}{outside}").count() for part in counted}
    # Chromium tells a letter of MathML now as ∂ and now as the slanted 𝜕: one letter in NFKC
    text = unicodedata.normalize("NFKC", page.locator("main").inner_text())
    page.evaluate("document.head.lastElementChild.remove()")  # the style
    return text, parts


def barriers(page, *rules):
    """Return what axe finds by these rules, or by all."""
    asked = json.dumps({"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {}))
    found = page.evaluate(f"axe.run({{exclude: {UNREAD}}}, {asked})")["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


@pytest.fixture(scope="module")
def phone(read, site):
    """What a phone shows of a page, opened from disk, as a function of its name."""

    @functools.cache
    def look(name):
        with read(site.as_uri() + "/" + name, viewport=PHONE) as seen:
            page, notations = seen.page, {}
            for notation in ("book", "source", "numpy"):
                label = page.locator(f".bp-formula label[data-sync-id={notation}]")
                if label.count():
                    label.first.click()
                elif notation != "book":
                    continue
                page.evaluate(UNFOLD)
                notations[notation] = {
                    "width": page.evaluate("document.documentElement.scrollWidth"),
                    "cut off": page.evaluate(CUT_OFF),
                    "stops": page.evaluate(STOPS),
                    "overlaps": page.evaluate(OVERLAPS),
                }
            results = page.evaluate(RESULTS)
            if name.startswith("search"):
                page.locator("#results li a").first.wait_for()
        schemes = {urlsplit(request.url).scheme for request in seen.requests}
        return {
            "notations": notations,
            "results": results,
            "complaints": seen.complaints,
            "schemes": schemes,
        }

    return look


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_other_host_and_complains_of_nothing(desktop, address, name):
    seen = desktop(name)
    assert not [url for url in seen["weights"] if not url.startswith((address, "data:"))]
    assert not seen["complaints"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_weighs_at_most_320_kb(desktop, name):
    weights = desktop(name)["weights"]
    assert sum(weights.values()) <= 320_000, weights


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_barrier(desktop, name):
    assert not desktop(name)["barriers"]
    assert not desktop(name)["in the dark"]


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_shows_all_of_a_page_in_every_notation(phone, name):
    for notation, seen in phone(name)["notations"].items():
        assert (seen["width"], seen["cut off"]) == (PHONE["width"], []), notation


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_keyboard_stops_only_at_what_scrolls_sideways(desktop, phone, name):
    assert desktop(name)["stops"] == [[], [], []]
    for notation, seen in phone(name)["notations"].items():
        assert seen["stops"] == [[], [], []], notation


@pytest.mark.parametrize("name", CHAPTERS)
def test_results_stay_on_a_line_and_under_one_another(desktop, phone, name):
    for broken, edges in (desktop(name)["results"], phone(name)["results"]):
        assert not broken
        assert len(edges) <= 1


def test_code_of_66_characters_fits_the_column(read, address):
    with read(address + "chapters/two-two-two.html") as seen:
        code = seen.page.locator(".cell_input pre").first
        code.evaluate("code => { code.textContent = 'x'.repeat(66) }")
        assert code.evaluate("code => code.scrollWidth === code.clientWidth")


# Clicks on what is folded, from the outside in; returns the folds whose middle something covers,
# and those that stay closed.
CLICK_FOLDS = """() => {
    const failed = [];
    for (let folds; !failed.length;) {
        folds = [...document.querySelectorAll('main details:not([open], .bp-answers *) > summary')]
            .filter(fold => fold.checkVisibility());
        if (!folds.length) break;
        for (const fold of folds) {
            fold.scrollIntoView({ block: 'center', behavior: 'instant' });
            const { x, y, width, height } = fold.getBoundingClientRect();
            if (!fold.contains(document.elementFromPoint(x + width / 2, y + height / 2)))
                failed.push(fold.textContent);
        }
        for (const fold of folds) fold.click();
        failed.push(...folds.filter(fold => !fold.parentElement.open).map(it => it.textContent));
    }
    return failed;
}"""
STILL_FOLDED = """() =>
    [...document.querySelectorAll('main details:not(.bp-answers *) > summary')].filter(fold => {
        const part = fold.nextElementSibling, { width, height } = part.getBoundingClientRect();
        return !(width && height && part.checkVisibility({ visibilityProperty: true }));
    }).map(fold => fold.textContent)"""


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_page_is_whole_without_javascript(read, address, desktop, name):
    with read(address + name, java_script_enabled=False, viewport=PHONE) as seen:
        page = seen.page
        page.get_by_role("button", name="Contents").click()
        assert page.get_by_role("navigation", name="Contents").is_visible()
        page.keyboard.press("Escape")
        page.set_viewport_size({"width": 1280, "height": 700})
        assert content(page) == desktop(name)["content"]
        assert page.evaluate(CLICK_FOLDS) == []
        assert page.evaluate(STILL_FOLDED) == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_disk(phone, name):
    assert not phone(name)["complaints"]
    assert phone(name)["schemes"] <= {"file", "data"}


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_button_lies_on_code(phone, name):
    """Not on the code that it copies, nor on what stands above it."""
    for notation, seen in phone(name)["notations"].items():
        assert not seen["overlaps"], notation


def test_the_colours_follow_the_system_until_the_reader_chooses(read, address):
    def shown(page):
        colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        return "#" + "".join(f"{int(part):02X}" for part in colour[4:-1].split(","))

    for theme in ("light", "dark"):
        with read(address + CHAPTERS[0], color_scheme=theme) as seen:
            assert shown(seen.page) == PALETTE[theme]["page"]
    with read(address + CHAPTERS[0], color_scheme="dark") as seen:
        seen.page.get_by_role("button", name="Colours").click()
        assert shown(seen.page) == PALETTE["light"]["page"]
        seen.page.reload()
        assert shown(seen.page) == PALETTE["light"]["page"]


def test_a_link_to_a_folded_line_unfolds_it(read, address):
    with read(address + "chapters/two-two-two.html") as seen:
        name = seen.page.locator("details:not([open]) [id^=step-]").first.get_attribute("id")
        line = seen.page.locator(f"tr:has(#{name})")
        assert not line.is_visible()
        seen.page.evaluate("name => { location.hash = name }", name)
        line.wait_for(state="visible")


def tabs(page, formula):
    """Return what a box shows of a formula, and the name of the notation it is in."""
    box = page.locator(".bp-formula").nth(formula)
    return box.locator(".sd-tab-content:visible"), box.locator("input:checked + label").inner_text()


def test_a_notation_chosen_once_holds_on_every_page(read, address):
    with read(address + "chapters/notation.html") as seen:
        page = seen.page
        assert tabs(page, 0)[1] == "This book"
        for name, shows in (("NumPy", "delta[l] ="), ("UFLDL", "is our")):
            page.locator("label", has_text=name).first.click()
            shown, notation = tabs(page, 0)
            assert notation == name and shows in shown.inner_text()
        page.locator("label", has_text="NumPy").first.click()
        page.goto(address + "chapters/forward-pass.html")
        for formula in range(page.locator(".bp-formula").count()):
            shown, notation = tabs(page, formula)
            assert notation == "NumPy" and "[" in shown.inner_text()


def test_a_notation_is_chosen_with_the_arrow_keys(read, address):
    with read(address + "chapters/notation.html") as seen:
        seen.page.locator(".bp-formula input").first.focus()
        seen.page.keyboard.press("ArrowRight")
        assert tabs(seen.page, 0)[1] == "UFLDL"
        label = seen.page.locator(".bp-formula input:checked + label").first
        assert label.evaluate("label => getComputedStyle(label).outlineStyle") == "solid"
        assert not seen.complaints


def test_without_javascript_the_notations_can_be_chosen_too(read, address):
    with read(address + "chapters/notation.html", java_script_enabled=False) as seen:
        seen.page.locator("label", has_text="NumPy").first.click()
        shown, notation = tabs(seen.page, 0)
        assert notation == "NumPy" and "delta[l] =" in shown.inner_text()


def test_paper_shows_every_notation(read, address):
    with read(address + "chapters/notation.html") as seen:
        seen.page.emulate_media(media="print")
        assert tabs(seen.page, 0)[0].count() == 3


class Anchors(HTMLParser):
    """The ids of a page, and what it links to and loads."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links = [], []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif name in ("href", "src") and not tag.startswith("image"):
                self.links.append(value)


@pytest.fixture(scope="module")
def anchors(site):
    return {path: Anchors(path) for path in site.rglob("*.html")}


def test_a_page_with_a_notebook_offers_the_package_too(anchors):
    for page in anchors.values():
        if any(link.endswith(".ipynb") for link in page.links):
            assert "../notebooks/chapters.zip" in page.links


@pytest.mark.parametrize("name", CHAPTERS)
def test_the_contents_list_the_sections_of_the_page(parsed, name):
    page = parsed(name)
    sections = [f"#{anchor}" for anchor in page.xpath("//main//section[h1]/section/@id")]
    current = page.xpath('//nav[@id="contents"]//li[a[@aria-current="page"]]')
    listed = [link for item in current for link in item.xpath("ul/li/a/@href")]
    if name == "chapters/index.html":  # the first page is not in the contents, which it shows
        assert not current
    else:
        assert sections and listed == sections


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_has_only_our_scripts(parsed, name):
    """None of the theme's, nor of what Jupyter Book loads besides."""
    allowed = {"../_static/book.js", "../_static/figures.js", "../_static/tools.js"}
    for script in parsed(name).iter("script"):
        source, kind = script.get("src"), script.get("type")
        if source:
            assert source.partition("?")[0] in allowed
        elif kind != "application/json":  # of a live figure: what it starts from
            assert kind in (None, "application/ld+json") and script.getparent().tag == "head"


def test_no_id_is_given_twice(anchors):
    twice = {
        path.name: [name for name, count in Counter(page.ids).items() if count > 1]
        for path, page in anchors.items()
    }
    assert not {name: ids for name, ids in twice.items() if ids}


def test_every_link_inside_the_book_leads_somewhere(anchors):
    dead = []
    for path, page in anchors.items():
        for link in page.links:
            url = urlsplit(link)
            if url.scheme or url.netloc:
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            place, _, _ = unquote(url.fragment).partition("?")  # then the state of a live figure
            if not target.is_file():
                dead.append(f"{path.name}: {link}")
            elif place and place not in anchors[target].ids:
                dead.append(f"{path.name}: {link}")
    assert not dead


# --- A small book of its own, for what the real one must not contain -------------------------

SMALL = {
    "title": "Small",
    "execute": {"execute_notebooks": "off"},
    "repository": {"url": "https://github.com/example/book"},
    "sphinx": {
        "local_extensions": {
            name: str(SITE / "extensions")
            for name in ("book_math", "book_pages", "book_texts", "book_formulas", "book_search")
        },
        "config": {
            "html_math_renderer": "book_math",
            "templates_path": [str(SITE / "look/_templates")],
        },
    },
}
TEXT = """# A title

## A section

Some words, and $E = \\tfrac12 (a - t)^2$.

:::{tip}
:class: dropdown
Folded away.
:::
"""


def build_small(folder, text=TEXT):
    """Build a book of one page, without -W; return the finished process."""
    folder.mkdir(exist_ok=True)
    (folder / "_config.yml").write_text(json.dumps(SMALL))  # which is YAML too
    (folder / "_toc.yml").write_text("format: jb-book\nroot: page\n")
    (folder / "page.md").write_text(text, "utf-8")
    return subprocess.run(
        [Path(sys.executable).with_name("jupyter-book"), "build", folder],
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The folder of the small book's pages."""
    folder = tmp_path_factory.mktemp("small") / "a book"
    (folder / "_build/html").mkdir(parents=True)
    (folder / "_build/html/gone.html").touch()  # as from an earlier build
    done = build_small(folder)
    assert done.returncode == 0, done.stderr
    return folder / "_build/html"


def test_a_page_that_is_no_more_goes(small):
    assert not (small / "gone.html").exists()


def test_bad_tex_fails_the_build_and_is_named(tmp_path):
    text = TEXT + "\nOne line,\nand $\\frac{1}$ in the next.\n\n$$\\nosuchcommand$$\n"
    for attempt in ("the first build", "the next build, of the same page"):
        done = build_small(tmp_path / "book", text)
        assert done.returncode != 0, attempt
        named = [line for line in done.stderr.splitlines() if "ERROR: KaTeX" in line]
        assert [line.partition("page.md:")[2][:2] for line in named] == ["12", "15"], done.stderr


def test_a_formula_that_nobody_has_is_named(tmp_path):
    ask = "\n```{{formula}} {}\n:source: {}\n```\n"
    asked = [("hiden-delta", "S0c"), ("hidden-delta", "S9"), ("update", "S0c")]
    done = build_small(tmp_path / "book", TEXT + "".join(ask.format(*it) for it in asked))
    said = [line for line in done.stderr.splitlines() if "ERROR: {formula}" in line]
    assert len(said) == len(asked), done.stderr
    for line, part in zip(
        said,
        (
            "page.md:12: ERROR: {formula} hiden-delta: no formula 'hiden-delta' here",
            "page.md:16: ERROR: {formula} hidden-delta: no source 'S9' here",
            "page.md:20: ERROR: {formula} update: S0c does not have 'update'",
        ),
        strict=True,
    ):
        assert part in line


def test_two_builds_of_the_same_book_are_equal_byte_for_byte(small, tmp_path):
    def contents(pages):
        return {p.relative_to(pages): p.read_bytes() for p in pages.rglob("*") if p.is_file()}

    assert build_small(tmp_path / "again").returncode == 0
    one, other = contents(small), contents(tmp_path / "again/_build/html")
    assert one.keys() == other.keys()
    assert not [path for path in one if one[path] != other[path]]


def test_a_report_of_a_slip_names_page_and_section(read, small):
    with read((small / "page.html").as_uri()) as seen:
        slip = seen.page.get_by_role("link", name="Report a slip").last
        assert slip.get_attribute("href").endswith("/issues/new?template=slip.yml&page=page")
        slip.evaluate("link => link.addEventListener('click', event => event.preventDefault())")
        slip.click()
        assert slip.get_attribute("href").endswith("&section=A+section")


def test_a_box_of_class_dropdown_unfolds_without_javascript(read, small):
    with read((small / "page.html").as_uri(), java_script_enabled=False) as seen:
        assert not seen.page.get_by_text("Folded away.").is_visible()
        seen.page.get_by_text("Tip").click()
        assert seen.page.get_by_text("Folded away.").is_visible()


def test_a_chapter_without_its_place_in_the_contents_fails_the_build():
    docs = SimpleNamespace(found_docs={"chapters/index", "chapters/one"})
    app = SimpleNamespace(env=docs, config=SimpleNamespace(root_doc="chapters/index"))
    links = '<a class="reference current" href="#">One</a>'
    context = {"toctree": lambda **options: links, "toc": ""}
    for without in ("chapters/index", "search"):
        assert book_pages.contents(app, without, context) == links
    with pytest.raises(ExtensionError, match="no link .* for chapters/one"):
        book_pages.contents(app, "chapters/one", context)


def test_a_live_figure_without_its_state_fails_the_build():
    body = '<bp-figure id="a"><script type="application/json">{"W": 1, "kind": "walk"}</script>'
    assert book_pages.figure_kinds("one", body) == {"walk"}
    with pytest.raises(ExtensionError, match="one has a live figure whose state is not found"):
        book_pages.figure_kinds("one", body + "<bp-figure>")


def test_a_full_stop_is_tied_to_its_own_formula(monkeypatch):
    """Not to a formula further on: docutils takes two full stops for the same node."""
    from docutils import nodes
    from docutils.utils import new_document

    import book_math

    page, line = new_document(""), nodes.paragraph()
    page += line
    line += [nodes.Text("one "), nodes.emphasis("", "two"), nodes.Text("."), nodes.Text(" three ")]
    line += [nodes.math("w", "w"), nodes.Text(".")]
    book_math.keep_punctuation(None, page, "")
    assert line.astext() == "one two. three w."
    assert [tied.astext() for tied in line.findall(nodes.inline)] == ["w."]
