"""Pages of reference that are made from data, and Chinese marked as Chinese on all pages.

    ```{source-map}      chapters/sources-map.csv: each source, and where its matter stands here
    ```{chapter-map}     the same read the other way: each chapter, and what comes from which source
    ```{terms}           chapters/glossary.csv: a glossary, each term in English and Chinese; what
                         an entry says beside that, of other names, is in glossary-also.csv
    ```{terms-in-chinese}  the same from Chinese to English, by pinyin

A place is `page#label`; its link says the title of its section, and a label that is nowhere is a
warning, since Sphinx resolves it.  In a field that holds several things, "; " stands between them.
"""

import csv
import re
import unicodedata

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.domains.std import Glossary
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

from book_places import ROOT

MAP = ROOT / "chapters/sources-map.csv"
GLOSSARY = ROOT / "chapters/glossary.csv"
ALSO = ROOT / "chapters/glossary-also.csv"
CONTENTS = ROOT / "_toc.yml"

CHINESE = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]+")
TONES = "\u0304\u0301\u030c\u0300"  # the first to the fourth, as marks over a vowel
VOWELS = rf"(?:[aeiou][{TONES}\u0308]*)+"  # ü has its own mark, and then its tone's
SYLLABLE = re.compile(rf"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?{VOWELS}(?:(?:ng|n|r)(?![aeiou]))?")


def setup(app):
    app.add_directive("source-map", SourceMap)
    app.add_directive("chapter-map", ChapterMap)
    app.add_directive("terms", Terms)
    app.add_directive("terms-in-chinese", TermsInChinese)
    app.add_post_transform(MarkChinese)
    return {"env_version": 2, "parallel_read_safe": True, "parallel_write_safe": True}


def rows(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def several(field):
    return field.split("; ") if field else []


def link(place):
    """Return the Markdown of a link to a place, `page#label` or a label."""
    return f"{{ref}}`{place.rpartition('#')[2]}`"


def table(head, lines):
    return [f"| {' | '.join(line)} |" for line in [head, [":--"] * len(head), *lines]]


class FromData(SphinxDirective):
    """A directive without content, whose Markdown is made by `lines` from the files `data`."""

    data = ()

    def run(self):
        for path in self.data:
            self.env.note_dependency(str(path))
        box = nodes.Element()
        text = StringList(self.lines(), source=str(self.data[0]))
        self.state.nested_parse(text, 0, box)
        return box.children


# --- the sources and the chapters -----------------------------------------------------------


class SourceMap(FromData):
    data = (MAP,)

    def lines(self):
        lines, named = [], None
        for row in rows(MAP):
            if row["source"]:
                places = ", ".join(map(link, several(row["places"]))) or "*not in the book yet*"
                new = row["source"] != named
                source = f"**{row['source']}** {row['title']}" if new else ""
                lines.append([source, row["teaches"], places])
                named = row["source"]
        return table(["source", "what it teaches", "where that is here"], lines)


class ChapterMap(FromData):
    data = (MAP, CONTENTS)

    def lines(self):
        pages = {}  # {page: {place: {source: [what it teaches]}}}
        for row in rows(MAP):
            for place in several(row["places"]):
                places = pages.setdefault(place.partition("#")[0], {})
                matter = places.setdefault(place, {})
                matter.setdefault(row["source"] or "our own", []).append(row["teaches"])
        in_order = re.findall(r"file: chapters/(\S+)", CONTENTS.read_text("utf-8"))
        lines = []
        for page in filter(pages.get, in_order):
            whole = f"{page}#{page}"
            chapter = link(page) if whole in pages[page] else f"{{doc}}`{page}`"
            places = sorted(pages[page].items(), key=lambda item: item[0] != whole)
            for n, (place, matter) in enumerate(places):
                section = "" if place == whole else link(place)
                taught = ". ".join(f"**{one}** {'; '.join(all_)}" for one, all_ in matter.items())
                lines.append([chapter if n == 0 else "", section, taught])
        return table(["chapter", "section", "what comes from where"], lines)


# --- the glossary ---------------------------------------------------------------------------


class Terms(Glossary):
    """A row: an English term, its Chinese ones, a sentence, and where the term is introduced."""

    def run(self):
        self.env.note_dependency(str(GLOSSARY))
        self.env.note_dependency(str(ALSO))
        more = {row["term"]: row for row in rows(ALSO)}
        lines = []
        for row in sorted(rows(GLOSSARY), key=lambda row: several(row["term"].casefold())):
            lines += [*several(row["term"]), *chinese_terms(row)]
            lines += [f"   {row['meaning']}", f"   →\N{NO-BREAK SPACE}{link(row['place'])}"]
            lines += [f"   {line}" for line in beside(more.get(several(row["term"])[0]))]
            lines.append("")
        self.content = StringList(lines, source=str(GLOSSARY))
        found = super().run()
        return [bar(found), *found]


def bar(found):
    """Return a line of links, A B C …, each to the first term that begins with the letter."""
    first = {}
    for box in found:
        for term in box.findall(nodes.term):
            letter = term.astext()[0].upper()
            if letter.isascii() and term.get("ids"):
                first.setdefault(letter, term["ids"][0])
    line = nodes.paragraph(classes=["bp-letters"])
    for letter in sorted(first):
        line += nodes.reference("", letter, internal=True, refid=first[letter])
        line += nodes.Text(" ")
    return line


def beside(row):
    """Yield what an entry says after its meaning, a paragraph for each, if there is any."""
    if row and row["note"]:
        yield from ("", row["note"])
    if row and row["also"]:
        yield from ("", f"Also: {', '.join(several(row['also']))}.")
    if row and row["here"]:
        names = (f"{name} ({zh})" if zh else name for name, zh, _ in found_here(row))
        yield from ("", f"Found here too: {', '.join(names)}.")
    if row and row["see"]:
        terms = ", ".join(f"{{term}}`{term}`" for term in several(row["see"]))
        yield from ("", f"See also: {terms}.")


def chinese_terms(row):
    """Return the Chinese terms of a row: the simplified form of each, then the traditional one."""
    return [form for term in several(row["chinese"]) for form in term.split("/")]


def found_here(row):
    """Yield (English, Chinese, pinyin) of the neighbours of an entry, the last two "" or not.

    They are no other names of the term: each is written `English|Chinese|pinyin`, or English alone.
    """
    for name in several(row["here"]):
        english, chinese, pinyin = (*name.split("|"), "", "")[:3]
        yield english, chinese, pinyin


class TermsInChinese(FromData):
    data = (GLOSSARY, ALSO)

    def lines(self):
        lines = []
        for term, pinyin, english in sorted(from_chinese(), key=lambda entry: sounds(*entry[:2])):
            simplified, _, traditional = term.partition("/")
            shown = f"{simplified} ({traditional})" if traditional else simplified
            entry, _, neighbour = english.partition("|")
            link = f"{{term}}`{entry}`"
            lines.append([shown, pinyin, f"{neighbour}, at {link}" if neighbour else link])
        return table(["中文", "pinyin", "English"], lines)


def from_chinese():
    """Yield (Chinese, pinyin, English) of every term, and of every other name that is Chinese.

    The English of a neighbour that has no entry is `entry|neighbour`.
    """
    for row in rows(GLOSSARY):
        pairs = zip(several(row["chinese"]), several(row["pinyin"]), strict=True)
        yield from ((*pair, several(row["term"])[0]) for pair in pairs)
    for row in rows(ALSO):
        names = [name for name in several(row["also"]) if CHINESE.search(name)]
        pairs = zip(names, several(row["pinyin"]), strict=True)
        yield from ((*pair, row["term"]) for pair in pairs)
        for english, chinese, said in found_here(row):
            if chinese:
                yield chinese, said, f"{row['term']}|{english}"


def sounds(term, pinyin):
    """Return what a term is sorted by: for each character its syllable, its tone, itself."""
    said = [syllable for word in pinyin.split() for syllable in syllables(word)]
    simplified = term.partition("/")[0]
    written = list(simplified) if len(simplified) == len(said) else [""] * len(said)
    return [
        (toneless(syllable), tone(syllable), character)
        for syllable, character in zip(said, written, strict=True)
    ]


def syllables(word):
    """Return the syllables of a word of pinyin; what is no pinyin, such as softmax, is one."""
    marked = unicodedata.normalize("NFD", word.casefold())
    found = SYLLABLE.findall(marked)
    return found if "".join(found) == marked.replace("'", "") else [marked]


def toneless(syllable):
    return "".join(c for c in syllable if c not in TONES)


def tone(syllable):
    """Return 1 to 4, or 5 for a syllable without a tone."""
    return next((TONES.index(c) + 1 for c in syllable if c in TONES), 5)


# --- Chinese on all pages -------------------------------------------------------------------


class MarkChinese(SphinxPostTransform):
    """Mark Chinese in running text, so that it is read aloud and set as Chinese."""

    default_priority = 900

    def run(self, **kwargs):
        for text in list(self.document.findall(nodes.Text)):
            inside = text.parent
            if CHINESE.search(text) and not isinstance(inside, nodes.FixedTextElement | nodes.raw):
                inside.replace(text, list(marked(str(text))))


def marked(text):
    """Yield the parts of a text; docutils makes lang="zh" of the class language-zh."""
    end = 0
    for found in CHINESE.finditer(text):
        if found.start() > end:
            yield nodes.Text(text[end : found.start()])
        yield nodes.inline("", found[0], classes=["language-zh"])
        end = found.end()
    if end < len(text):
        yield nodes.Text(text[end:])
