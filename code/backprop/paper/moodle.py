"""Problems as questions for Moodle: numerical ones, which name the mistake behind a wrong answer.

Each gradient that a problem asks for is a question. Its answers are the right number and the number
that each mistake leads to, with what `marking` says of it; all are taken within `TOLERANCE`. Where
the question is which line is wrong, the answer is the number of the line.

Moodle takes the first answer that fits; a tolerance is an amount, not a share; "*" fits anything.
"""

import base64
import html
from collections.abc import Callable, Sequence
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from .. import draw, latex
from ..draw.diagram import FORMULA, mathematics
from ..names import spoken
from ..practice import Problem
from ..practice.marking import SENTENCES, TOLERANCE, mark
from . import worksheet

PICTURE = "network.png"
CATEGORY = "$course$/top/Backpropagation"


def quiz(problems: Sequence[Problem], tell: Callable[[int, int], None] = lambda done, of: None):
    """Return the bytes of a file that Moodle imports: the questions of `practice` problems.

    tell(done, of) is called after each problem.
    """
    root = Element("quiz")
    category = SubElement(root, "question", type="category")
    SubElement(SubElement(category, "category"), "text").text = CATEGORY
    for n, problem in enumerate(problems, start=1):
        picture = draw.network(problem.solution, "given")
        png = base64.b64encode(picture.png()).decode()
        image = f'<p><img src="@@PLUGINFILE@@/{PICTURE}" alt="{html.escape(picture.alt)}"></p>'
        for name in problem.asked:
            alone = replace(problem, asked=(name,))
            printed, answers, solution = (_of_line if problem.made else _of_gradient)(alone)
            text = image + _paragraphs(worksheet.question(alone)) + printed
            _add(
                root,
                f"{problem.kind}, seed {problem.seed}: {spoken(name)}",
                text,
                png,
                answers,
                solution,
            )
        tell(n, len(problems))
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, "utf-8", xml_declaration=True)


def _add(root, name, text, png, answers, solution):
    """Add a question; text, solution: HTML; answers: (text, tolerance, whether it is right, what
    is said of it)."""
    question = SubElement(root, "question", type="numerical")
    SubElement(SubElement(question, "name"), "text").text = name
    asked = _html("questiontext", question, text)
    SubElement(asked, "file", name=PICTURE, path="/", encoding="base64").text = png
    _html("generalfeedback", question, solution)
    for tag, setting in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")):
        SubElement(question, tag).text = setting
    for number, tolerance, is_right, said in answers:
        fraction = "100" if is_right else "0"
        answer = SubElement(question, "answer", fraction=fraction, format="moodle_auto_format")
        SubElement(answer, "text").text = number
        _html("feedback", answer, _paragraphs([said]))
        SubElement(answer, "tolerance").text = tolerance
    SubElement(question, "showunits").text = "3"  # numbers have no unit here


def _html(tag, parent, text):
    element = SubElement(parent, tag, format="html")
    SubElement(element, "text").text = text
    return element


def _paragraphs(texts):
    """Return paragraphs of text as HTML, formulas, between dollars, in \\( \\)."""
    return "".join(
        f"<p>{FORMULA.sub(_formula, html.escape(text, quote=False))}</p>" for text in texts
    )


def _formula(found):
    return rf"\({found[1]}\)"


def _of_gradient(problem):
    """Return (nothing, answers, solution) where one gradient is asked for."""
    (name,), digits = problem.asked, problem.solution.digits
    step = problem.solution[name]
    answers = [_number(step.value, True, SENTENCES["right"])]
    for values in problem.wrong.values():
        verdict = mark(problem, {name: values[name]})[name]
        answer = _number(values[name], False, verdict.said)
        if verdict.kind != "right" and answer not in answers:
            answers.append(answer)
    answers.append(("*", "0", False, SENTENCES["first"]))
    relation = latex.relation(step.value, digits).replace("≈", r"\approx")
    result = f"{relation} {latex.number(step.value, digits)}"
    line = f"${step.symbol} = {step.formula} = {step.numbers} {result}$"
    return "", answers, _paragraphs([line])


def _number(value, is_right, said):
    return repr(value), repr(abs(TOLERANCE * value)), is_right, said


def _of_line(problem):
    """Return (the printed lines, answers, solution) where the question is which line is wrong."""
    rows, answers = [], []
    for n, (name, value) in enumerate(problem.shown.items(), start=1):
        verdict = mark(problem, {"line": name})["line"]
        answers.append((str(n), "0", verdict.kind == "right", verdict.said))
        symbol = mathematics(problem.solution[name].symbol)
        cells = str(n), symbol, latex.fmt(value, problem.solution.digits)
        rows.append("".join(f"<td>{FORMULA.sub(_formula, cell)}</td>" for cell in cells))
    table = "".join(f"<tr>{row}</tr>" for row in rows)
    ask = _paragraphs(["Answer with the number of the line."])
    return f"<table>{table}</table>{ask}", answers, _paragraphs([worksheet.wrong_line(problem)])
