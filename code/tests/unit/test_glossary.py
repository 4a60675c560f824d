"""The glossary: each term where the book introduces it, in English and in Chinese."""

import csv
import re
from pathlib import Path

import pytest

from book_lists import found_here, from_chinese, sounds

CHAPTERS = Path(__file__).resolve().parents[3] / "chapters"
ROWS = list(csv.DictReader((CHAPTERS / "glossary.csv").read_text("utf8").splitlines()))
NAMES = [row["term"] for row in ROWS]
BESIDE = list(csv.DictReader((CHAPTERS / "glossary-also.csv").read_text("utf8").splitlines()))

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def section(text, label):
    """Return a chapter from the heading at a label to the next one that is as high."""
    head = re.search(rf"^\({label}\)=\n+(#+) [^\n]*\n", text, re.M)
    assert head, f"no heading is labelled {label}"
    rest = text[head.end() :]
    rest = re.sub(r"^```.*?^```", "", rest, flags=re.M | re.S)  # in code # is a comment
    end = re.search(rf"^#{{1,{len(head[1])}}} ", rest, re.M)
    return rest[: end.start() if end else None]


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_term_is_in_bold_where_its_link_leads(row):
    page, label = row["place"].split("#")
    text = section((CHAPTERS / f"{page}.md").read_text("utf8"), label)
    bold = {
        " ".join(found.split()).casefold() for found in re.findall(r"\*\*(.+?)\*\*", text, re.S)
    }
    for form in row["term"].split("; "):
        starts = [" ".join(form.casefold().split()[:n]) for n in range(1, form.count(" ") + 2)]
        if bold & {start + ending for start in starts for ending in ("", "s", "es")}:
            return  # whole, or begun, as in "what stands between is **hidden**"
    raise AssertionError((row["place"], sorted(bold)))


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_a_term_has_its_meaning_and_its_chinese(row):
    assert row["meaning"].endswith(".") and row["meaning"].count(". ") == 0
    chinese, pinyin = row["chinese"].split("; "), row["pinyin"].split("; ")
    assert len(chinese) == len(pinyin)
    for term in chinese:
        assert CHINESE.search(term)
        simplified, _, traditional = term.partition("/")
        assert not traditional or len(simplified) == len(traditional)


def test_no_term_stands_twice():
    for field in ("term", "chinese"):
        terms = [term for row in ROWS for term in re.split("; |/", row[field])]
        assert len(terms) == len(set(terms))
    assert NAMES == sorted(NAMES, key=lambda name: name.casefold().split("; "))


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_an_alias_is_another_name_and_leads_to_a_label(row):
    aliases = row["aliases"].split("; ") if row["aliases"] else []
    assert len(aliases) == len(set(aliases))
    for alias in aliases:
        name, _, place = alias.partition("@")
        assert name and (place or name not in re.split("; |/", f"{row['term']}; {row['chinese']}"))
        page, _, label = (place or row["place"]).partition("#")
        text = (CHAPTERS / f"{page}.md").read_text("utf8")
        assert f"({label})=\n" in text or page == "api", place


@pytest.mark.parametrize("beside", BESIDE, ids=[row["term"] for row in BESIDE])
def test_what_an_entry_says_of_others_is_an_alias_or_another_entry(beside):
    entries = {row["term"].split("; ")[0]: row for row in ROWS}
    row = entries[beside["term"]]  # so that the search finds what the entry shows
    known = {alias.partition("@")[0] for alias in row["aliases"].split("; ")}
    known |= {*re.split("; |/", row["chinese"])}
    assert {*beside["also"].split("; ")} - {""} <= known
    here = {name for english, chinese, _ in found_here(beside) for name in (english, chinese)}
    assert here - {""} <= known - {*beside["also"].split("; ")}, here - known
    others = [term for term in beside["see"].split("; ") if term]
    assert {*others} <= entries.keys() - {beside["term"]} and len(others) == len({*others})
    assert not beside["note"] or beside["note"].endswith(".")


def test_an_entry_says_once_what_it_says_of_others():
    terms = [row["term"] for row in BESIDE]
    assert terms == sorted(terms, key=str.casefold) and len(terms) == len({*terms})


def place(term):
    """Return a term's place in the list from Chinese to English."""
    in_order = sorted(from_chinese(), key=lambda entry: sounds(*entry[:2]))
    return [entry[0].partition("/")[0] for entry in in_order].index(term)


@pytest.mark.parametrize(
    "terms",
    ["加权输入 渐隐 交叉熵", "批 批次 批量 偏差 偏置", "步长 步幅 参数", "路径 轮 轮次 滤波器"],
)
def test_the_chinese_list_goes_by_syllable_then_tone_then_the_next_character(terms):
    places = [place(term) for term in terms.split()]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "term", "池化 滤波器 节点 步长 目标函数 残差连接 梯度弥散 提前停止".split()
)
def test_other_chinese_names_are_in_the_chinese_list(term):
    place(term)


def test_each_chinese_character_has_its_syllable():
    for term, pinyin, _ in from_chinese():
        said = len(sounds(term, pinyin))
        latin = len(re.findall("[A-Za-z]+", term))
        assert said == latin + len(CHINESE.findall(term.partition("/")[0])), (term, pinyin)
