"""The chapters' text and pages: no number typed that can be computed, an anchor for every step."""

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
def test_only_what_keeps_prose_honest_is_removed(chapter):
    """A removed cell may set up, share and assert; what it computes must not surprise a reader."""
    for cell in CELL.findall(chapter.read_text("utf8")):
        if "remove-cell" in cell.split("\n", 2)[0] + cell[:200]:
            assert not re.search(r"\b(seed|default_rng|filterwarnings)\b", cell), cell


COMMAND = re.compile(r"^python -m backprop (.*)$", re.M)
SHEETS = COMMAND.findall((ROOT / "chapters/for-teachers.md").read_text("utf8").replace("\\\n", " "))


@pytest.mark.parametrize("command", SHEETS)
def test_a_command_for_teachers_writes_its_files(command, tmp_path, monkeypatch):
    """For the first of its seeds, and as Markdown where PDF would take long."""
    monkeypatch.chdir(tmp_path)
    command = re.sub(r"(--seeds \d+)-\d+", r"\1", command).replace(".pdf", ".md")
    main(shlex.split(command))
    named = re.findall(r"--(?:sheet|key|moodle) (\S+)", command)
    assert named and {file.name for file in tmp_path.iterdir()} == set(named)
    assert all(file.stat().st_size > 500 for file in tmp_path.iterdir())
