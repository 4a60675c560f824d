"""Questions for Moodle: read back by another parser, and written again by other people's program.

moodle-tools, of TU Berlin, writes such questions from plain data; what it makes of what is read
from ours should be ours. No library that we found reads numerical questions.
"""

import re
from base64 import b64decode
from collections import defaultdict

import pytest
from jinja2 import Environment, PackageLoader
from lxml import etree
from moodle_tools.questions.numerical import NumericalQuestion

from backprop import mistakes
from backprop.latex import fmt
from backprop.names import spoken
from backprop.paper import moodle
from backprop.practice.marking import mark, wrong_lines
from backprop.practice.problems import KINDS, problem

pytestmark = pytest.mark.slow  # documents are written, and read again

PROBLEMS = [problem(kind, seed) for kind in KINDS for seed in (2, 11)]


@pytest.fixture(scope="module")
def questions():
    """The questions, as lxml reads them, by their problem and what they ask for."""
    category, *rest = etree.fromstring(moodle.quiz(PROBLEMS)).findall("question")
    assert category.findtext("category/text").startswith("$course$/")
    asked = [(one, name) for one in PROBLEMS for name in one.asked]
    assert len(rest) == len(asked)
    return list(zip(asked, rest, strict=True))


def taken(question, number):
    """Return (percent, feedback) that Moodle gives an answer: those of the first that fits."""
    for answer in question.findall("answer"):
        text, tolerance = answer.findtext("text"), float(answer.findtext("tolerance"))
        if text == "*" or abs(number - float(text)) <= tolerance:
            return float(answer.get("fraction")), answer.findtext("feedback/text")
    raise AssertionError(f"no answer fits {number}")


def test_a_right_number_is_right_also_when_rounded_and_a_wrong_one_never(questions):
    for (one, name), question in questions:
        if one.made:
            continue
        value = one.right[name]
        rights = [a.get("fraction") for a in question.findall("answer") if "Right." in a[1][0].text]
        assert rights == ["100"]
        for number in (value, float(f"{value:.3e}"), value * 1.0099, value * 0.9901):
            assert taken(question, number)[0] == 100
        for number in (value * 1.0101, value * 0.9899, -value, 2 * value, value + 1):
            assert taken(question, number)[0] == 0


def test_each_mistake_is_told_what_it_is(questions):
    told = defaultdict(set)
    for (one, name), question in questions:
        for mistake, values in one.wrong.items() if not one.made else ():
            percent, said = taken(question, values[name])
            verdict = mark(one, {name: values[name]})[name]
            assert percent == (100 if verdict.kind == "right" else 0)
            if verdict.kind == "mistake":
                assert mistake in verdict.mistakes
                assert mistakes.ALL[mistake].what in said, (name, mistake)
                told[mistake].add(name)
    assert told.keys() == mistakes.ALL.keys()


def test_what_no_mistake_gives_is_told_where_to_look(questions):
    for (one, _), question in questions:
        if not one.made:
            assert "from its formula" in taken(question, 1e6)[1]


def test_the_lines_that_are_wrong_are_the_answers_and_all_lines_are_told_of(questions):
    lined = [(one, question) for (one, _), question in questions if one.made]
    assert lined
    for one, question in lined:
        said = {name: taken(question, n) for n, name in enumerate(one.shown, start=1)}
        assert {name for name, (percent, _) in said.items() if percent == 100} == set(
            wrong_lines(one)
        )
        assert all(words for _, words in said.values())
        rows = re.findall(r"<td>(.*?)</td><td>.*?</td><td>(.*?)</td>", question.findtext(
            "questiontext/text"
        ))  # fmt: skip
        digits = one.solution.digits
        assert rows == [(str(n), fmt(v, digits)) for n, v in enumerate(one.shown.values(), start=1)]


def test_each_question_says_its_problem_and_shows_its_network(questions):
    names = set()
    for (one, name), question in questions:
        title = question.findtext("name/text")
        assert title == f"{one.kind}, seed {one.seed}: {spoken(name)}"
        names.add(title)
        text, file = question.findtext("questiontext/text"), question.find("questiontext/file")
        assert f'src="@@PLUGINFILE@@/{file.get("name")}"' in text and "$" not in text
        assert b64decode(file.text).startswith(b"\x89PNG")
        alt = etree.fromstring(text, etree.HTMLParser()).find(".//img").get("alt")
        for step in one.solution.labelled("given"):
            assert f"{spoken(step.name)} {fmt(step.value)}" in alt
        assert text.count(r"\(") == text.count(r"\)") > 0
    assert len(names) == len(questions)


def test_another_program_writes_the_same_questions(questions):
    env = Environment(loader=PackageLoader("moodle_tools.questions"))
    for _, question in questions:
        answers = [
            {
                "answer": answer.findtext("text"),
                "points": int(answer.get("fraction")),
                "feedback": answer.findtext("feedback/text"),
                "tolerance": answer.findtext("tolerance"),
            }
            for answer in question.findall("answer")
        ]
        theirs = NumericalQuestion(
            question=question.findtext("questiontext/text"),
            title=question.findtext("name/text"),
            general_feedback=question.findtext("generalfeedback/text"),
            answers=[dict(answer) for answer in answers],
            grade=1,
            markdown=False,
            table_styling=False,
        )
        assert theirs.validate() == []
        (written,) = etree.fromstring(f"<quiz>{theirs.to_xml(env)}</quiz>")
        ours, other = simplified(question), simplified(written)
        for kind in other.keys() - {"penalty", "idnumber", "unitgradingtype", "unitpenalty"}:
            assert kind in ours or kind == "unitsleft", kind  # 0 if it is not said
            if kind in ours:
                assert ours[kind] == other[kind], kind


def simplified(question):
    """{tag: [(attributes, texts of all that is in it)]} of a question, but for the picture."""
    found = defaultdict(list)
    for element in question:
        texts = [
            (one.tag, one.get("format") if one.tag != "answer" else None, (one.text or "").strip())
            for one in element.iter()
            if one.tag != "file"
        ]
        found[element.tag].append((element.get("fraction"), texts))
    return found
