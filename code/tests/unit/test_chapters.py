"""The chapters' text and pages: no number typed that can be computed, an anchor for every step."""

import ast
import csv
import re
import shlex
from pathlib import Path

import pytest
import yaml

from backprop.__main__ import main

ROOT = Path(__file__).resolve().parents[3]
CHAPTERS = sorted(ROOT.glob("chapters/*.md"))
PAGES = [chapter.stem for chapter in CHAPTERS]

CELL = re.compile(r"^```\{code-cell\}[^\n]*\n(.*?)^```\s*$", re.S | re.M)
OPTIONS = re.compile(r"\A---\n(.*?)^---\n|\A((?:^:[^\n]*\n)*)", re.S | re.M)
# A fraction, a number in the thousands, a power of ten. A round count is no result.
NUMBER = re.compile(r"(?<![\w.,])\d+\.\d+(?![\w.])|(?<![\w.,])\d{1,3}(?:,\d{3})+|\d+e[-−]\d+")
SHOWN = re.compile(r"\{(?:val|num)\}`(?:([\w-]+)::)?(\w+)")  # page and key of a value
ROUND = re.compile(r"10*(?:,000)*\Z")


def prose(text):
    """Return what a reader reads as text, captions too, but no code, roles or addresses."""
    text = re.sub(r"\A---\n.*?^---\n", "", text, count=1, flags=re.S | re.M)
    text = CELL.sub(lambda cell: caption(cell[1]), text)
    text = re.sub(r"^```\{(?:eval-rst|bibliography)\}.*?^```", "", text, flags=re.S | re.M)
    text = re.sub(r"\{[\w:-]+\}`[^`]*`|`+[^`]*`+|\]\([^)]*\)|https?://\S+", "", text)
    return text


def caption(cell):
    options = yaml.safe_load(OPTIONS.match(cell)[1] or "{}")
    return str(options.get("mystnb", {}).get("figure", {}).get("caption", ""))


def tags(cell):
    found = re.search(r"^:?tags: \[(.*)\]$", OPTIONS.match(cell)[0], re.M)
    return set(found[1].split(", ")) if found else set()


def code(text):
    """Return the code of the cells, without options and comments."""
    cells = [OPTIONS.sub("", cell, count=1) for cell in CELL.findall(text)]
    return re.sub(r"#[^\n]*", "", "\n".join(cells))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=PAGES)
def test_no_result_is_typed_in_prose(chapter):
    typed = [n for n in NUMBER.findall(prose(chapter.read_text("utf8"))) if not ROUND.match(n)]
    assert not typed, f"glue these, or show them by a cell: {typed}"


@pytest.mark.parametrize("chapter", CHAPTERS, ids=PAGES)
def test_no_result_is_typed_in_a_cell(chapter):
    long = re.findall(
        r"(?<![\w.])(?:\d*\.\d{4,}(?:e-?\d+)?|\d{1,3}(?:_\d{3})+(?<!_000))",  # no part of a name
        code(chapter.read_text("utf8")),
    )
    assert not long, f"compute these: {long}"


def test_the_search_for_typed_numbers_finds_them():
    text = "---\na: 1\n---\nIt is 0.602, 1,547 or 2e-5, in {val}`a1.5` after 10,000 updates.\n"
    options = "---\nmystnb:\n  figure:\n    caption: It is 3.14\n---\n"
    cell = "```{code-cell} ipython3\n" + options + "w = 0.34718\n```\n"
    found = NUMBER.findall(prose(text + cell))
    assert found == ["0.602", "1,547", "2e-5", "10,000", "3.14"]
    assert [n for n in found if ROUND.match(n)] == ["10,000"]
    assert "0.34718" in code(text + cell)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=PAGES)
def test_a_link_to_a_chapter_or_section_has_words_that_fit_its_sentence(chapter):
    """Without, it would say the whole title, noun and image, in the middle of a sentence."""
    bare = re.findall(r"\{(?:doc|ref)\}`[^`<]*`", chapter.read_text("utf8"))
    assert not bare


LIST = Path(__file__).parent / "phrases.csv"
PHRASES = list(csv.DictReader(LIST.read_text("utf8").splitlines()))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=PAGES)
def test_the_english_is_idiomatic(chapter):
    """Phrases that are another language's, each with what to write instead."""
    text = re.sub(r"\s+", " ", prose(chapter.read_text("utf8")))
    found = [
        (text[max(0, match.start() - 30) : match.end() + 30], phrase["write"])
        for phrase in PHRASES
        for match in re.finditer(phrase["pattern"], text)
    ]
    assert not found


BLOCKS = {"What we have", "Reading", "You need", "What have we won?"}  # former names


@pytest.mark.parametrize("chapter", CHAPTERS, ids=PAGES)
def test_what_every_chapter_has_has_one_name(chapter):
    headings = re.findall(r"^#+ (.+)$", CELL.sub("", chapter.read_text("utf8")), re.M)
    assert not BLOCKS.intersection(headings)
    assert not [heading for heading in headings if "other roads" in heading]
    assert all(heading == "Summary" for heading in headings if "ummary" in heading)


def shown_keys():
    """Return {page: keys of its shared values that the chapters' texts show}."""
    keys = {page: set() for page in PAGES}
    for chapter in CHAPTERS:
        for page, key in SHOWN.findall(chapter.read_text("utf8")):
            keys[page or chapter.stem].add(key)
    return keys


def keys_of_checks():
    """Return {page: keys that its check cells share by name}: no notebook has these cells."""
    texts = {chapter.stem: chapter.read_text("utf8") for chapter in CHAPTERS}
    return {page: {*named_keys(text, ["check"])} for page, text in texts.items()}


def named_keys(text, within=()):
    """Return the keys that a chapter's cells share by name; those of a trace have none there.

    within: tags, of which a cell has all.
    """
    chosen = [cell for cell in CELL.findall(text) if {*within} <= tags(cell)]
    cells = "\n".join(OPTIONS.sub("", cell, count=1) for cell in chosen)
    calls = [node for node in ast.walk(ast.parse(cells)) if isinstance(node, ast.Call)]
    shares = [call for call in calls if ast.unparse(call.func) == "book.share"]
    return [given.arg for call in shares for given in call.keywords if given.arg]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=PAGES)
def test_what_a_cell_shares_is_shown_and_shared_once(chapter):
    """So that a mistyped key is found before the chapter runs."""
    keys = named_keys(chapter.read_text("utf8"))
    assert not {*keys} - shown_keys()[chapter.stem], f"no text shows what {chapter.stem} shares"
    assert len(keys) == len({*keys})


@pytest.mark.parametrize("chapter", CHAPTERS, ids=PAGES)
def test_only_what_keeps_prose_honest_is_removed(chapter):
    """A removed cell may set up, share and check; what it computes must not surprise a reader."""
    for cell in CELL.findall(chapter.read_text("utf8")):
        if {"remove-cell", "check"} & tags(cell):
            assert not re.search(r"\b(seed|default_rng|filterwarnings)\b", cell), cell


@pytest.mark.parametrize("chapter", CHAPTERS, ids=PAGES)
def test_only_a_check_asserts_unseen(chapter):
    """Else a reader who changes a number is stopped by what the page does not show."""
    asserts = re.compile(r"^(?:\s*assert |book\.(?:claim|confirm)\()", re.M)
    for cell in CELL.findall(chapter.read_text("utf8")):
        if {"remove-cell", "remove-input"} & tags(cell):
            assert not asserts.search(cell), cell


def descriptions():
    """Return {page: what its front matter says of it in a sentence, "" where it says nothing}."""
    heads = {
        path.stem: re.match(r"---\n(.*?)^---\n", path.read_text("utf8"), re.S | re.M)
        for path in CHAPTERS
    }
    return {
        page: str(yaml.safe_load(head[1]).get("description", "") if head else "")
        for page, head in heads.items()
    }


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_in_a_sentence_what_it_answers(page):
    """For search engines, which show some 160 characters, and previews of links."""
    told = descriptions()
    sentence = told[page]
    assert 50 <= len(sentence) <= 160
    assert re.fullmatch(r"[A-Z][^.?!]*\.", sentence), sentence
    assert list(told.values()).count(sentence) == 1


COMMAND = re.compile(r"^python -m backprop (.*)$", re.M)
SHEETS = COMMAND.findall((ROOT / "chapters/for-teachers.md").read_text("utf8").replace("\\\n", " "))


@pytest.mark.slow
@pytest.mark.parametrize("command", SHEETS)
def test_a_command_for_teachers_writes_its_files(command, tmp_path, monkeypatch):
    """For the first of its seeds, and as Markdown where PDF would take long."""
    monkeypatch.chdir(tmp_path)
    command = re.sub(r"(--seeds \d+)-\d+", r"\1", command).replace(".pdf", ".md")
    main(shlex.split(command))
    named = re.findall(r"--(?:sheet|key|moodle) (\S+)", command)
    assert named and {file.name for file in tmp_path.iterdir()} == set(named)
    assert all(file.stat().st_size > 500 for file in tmp_path.iterdir())
