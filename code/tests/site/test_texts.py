"""The pages as plain Markdown, and the index of them: nothing of the book's own syntax is left."""

import html
import re

import lxml.html
import pytest
import yaml
from conftest import ROOT

from test_chapters import descriptions

PAGES = sorted(path.stem for path in (ROOT / "chapters").glob("*.md"))
FENCED = re.compile(r"^(`{3,}).*?^\1$", re.S | re.M)
OWN = re.compile(
    r"\{[a-zA-Z][\w:+-]*\}`"  # a role
    r"|^ *(?::::|(?:```+|~~~)\{)"  # a directive
    r"|^\([\w-]+\)=|^\+\+\+|^%|\[\]\(",  # a target, a cell's end, a comment, a link to be filled in
    re.M,
)
TAGS = {"br", "sub", "sup"}  # for which Markdown has no sign


@pytest.fixture(scope="module")
def texts(site):
    """The text of each page, by its name."""
    return {page: (site / f"chapters/{page}.md").read_text("utf-8") for page in PAGES}


@pytest.fixture(scope="module")
def pages(site):
    """What lxml reads of each page without what stands on others, by its name."""
    found = {}
    for page in PAGES:
        found[page] = lxml.html.parse(site / f"chapters/{page}.html").find(".//article")
        for template in list(found[page].iter("template")):
            template.getparent().remove(template)
    return found


@pytest.fixture(scope="module")
def base(site):
    """The address that the book was built for, "" if there was none."""
    home = "chapters/index.html"
    canonical = lxml.html.parse(site / home).xpath("//link[@rel='canonical']/@href")
    return canonical[0].removesuffix(home) if canonical else ""


def squeezed(tex):
    """Return TeX without spaces, in the letters in which Markdown can have it."""
    for sign, letters in (("<", r"\lt"), (">", r"\gt"), (r"\|", "|"), (r"\vert", "|")):
        tex = tex.replace(sign, letters)
    return re.sub(r"\s", "", tex)


def test_nothing_of_the_books_own_syntax_is_left(texts):
    for page, text in texts.items():
        assert not OWN.findall(FENCED.sub("", text)), page


def test_no_tag_is_left(texts):
    for page, text in texts.items():
        prose = re.sub(r"`[^`\n]*`|\$[^$]*\$", "", FENCED.sub("", text))
        assert set(re.findall(r"</?([a-z][\w-]*)\b[^>\n]*>", prose)) <= TAGS, page


def test_every_number_of_the_prose_is_filled_in(texts, pages):
    count = 0
    for page, article in pages.items():
        for link in article.xpath(".//a[contains(@class, 'bp-val')]"):
            count += 1
            assert link.text_content() in html.unescape(texts[page]), (page, link.text_content())
    assert count > 400


def test_every_formula_is_there_as_tex(texts, pages):
    count = 0
    for page, article in pages.items():
        found = re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", FENCED.sub("", texts[page]), re.S)
        formulas = {squeezed(block or inline) for block, inline in found}
        whole = "\n".join(formulas)
        # what answers say is no text of the page
        for annotation in article.xpath(".//annotation[not(ancestor::*[@class='bp-answers'])]"):
            count += 1
            assert squeezed(annotation.text) in whole, (page, annotation.text)
    assert count > 3000


def test_code_is_there_and_what_it_printed(texts, pages):
    for page, article in pages.items():
        for pre in article.xpath(".//div[contains(@class, 'cell')]//pre"):
            assert pre.text_content().strip() in texts[page], (page, pre.text_content())


def test_a_picture_is_told_in_words(texts, pages):
    count = 0
    for page, article in pages.items():
        for svg in article.xpath(".//svg[@aria-label and not(ancestor::td)]"):
            count += 1
            words = re.sub(r"[\\\s]", "", svg.get("aria-label"))
            text = html.unescape(re.sub(r"[\\\s]", "", texts[page]))
            assert f"Picture:{words}" in text, (page, svg.get("aria-label"))
    assert count > 100


def test_a_term_is_bold_as_a_whole(texts):
    assert "\n- **S2. " in texts["sources"] and "****" not in "".join(texts.values())


def test_every_link_leads_to_another_page_or_out(texts, site, base):
    """Within the book to its pages, where these have an address, else from file to file."""
    count = 0
    for page, text in texts.items():
        for address in re.findall(r"\]\(([^)\s]+)\)", FENCED.sub("", text)):
            inside = address.removeprefix(base) if base else f"chapters/{address}"
            if not re.match(r"(chapters/)?(https?|mailto):", inside):
                count += 1
                path, _, place = inside.partition("#")
                assert (site / path).is_file(), (page, address)
                assert base or not place, (page, address)
    assert count > 300


def test_the_page_offers_its_text(site):
    for page in PAGES:
        head, _, body = (site / f"chapters/{page}.html").read_text("utf-8").partition("</head>")
        assert f'<link rel="alternate" type="text/markdown" href="{page}.md">' in head
        assert f'<a href="{page}.md" download>Markdown (.md)</a>' in body
    assert not (site / "_sources").exists()


def in_order():
    """Return the names of all pages in the order of the contents, by caption of their part."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    parts = {
        part["caption"]: [chapter["file"] for chapter in part["chapters"]]
        for part in contents["parts"]
    }
    return {None: [contents["root"]], **parts}


def test_the_index_has_every_page_under_its_part_with_its_sentence(site, base):
    lines = (site / "llms.txt").read_text("utf-8").splitlines()
    assert lines[0].startswith("# ")
    assert lines[2] == f"> {descriptions()['index']}"
    listed, part = {}, None
    for line in lines[3:]:
        if line.startswith("## "):
            part = line.removeprefix("## ")
        elif line:
            address, sentence = re.fullmatch(r"- \[[^\]]+\]\((\S+)\.md\): (.+)", line).groups()
            listed.setdefault(part, []).append(address.removeprefix(base))
            assert sentence == descriptions()[address.rpartition("/")[2]]
    assert listed == in_order()


def test_the_whole_has_every_page_in_order(site, texts):
    whole = (site / "llms-full.txt").read_text("utf-8")
    assert whole == "\n".join(
        texts[name.rpartition("/")[2]] for names in in_order().values() for name in names
    )
