"""Sheets and keys: what they say, read back from each format, is the problem's own."""

import io
import json
import math
import re
import sys

import nbformat
import pypdf
import pytest
from bs4 import BeautifulSoup

from backprop import Network, examples, latex, mistakes, trace
from backprop.draw.picture import Picture
from backprop.names import spoken
from backprop.paper import documents, worksheet
from backprop.practice.marking import mark, read_number
from backprop.practice.problems import EVERYTHING, KINDS, problem
from backprop.trace import LABELS, trace_of_batch

pytestmark = pytest.mark.slow  # documents are written, and read again

SEED = 7
PROBLEMS = [problem(kind, SEED) for kind in KINDS]
FADES = [(n, way) for n in range(EVERYTHING + 1) for way in worksheet.DIRECTIONS]
PLAIN = {"exp": math.exp, "tanh": math.tanh, "ln": math.log, "max": max}


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Pictures take nearly all the time, and are the same but for their words, which stay."""
    empty = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Picture, "file", lambda picture: empty)
        yield


def as_text(document):
    return documents.render(document, ".md").decode()


def sections_of(document):
    """Return the sections of a document, read back from its HTML."""
    page = BeautifulSoup(documents.render(document, ".html"), "html.parser")
    return page.find_all("section", class_="level2")


def tables_of(section):
    """Return {head of the first column: rows of cells} of a section's tables; formulas as LaTeX."""
    found = {}
    for table in section.find_all("table"):
        for formula in table.find_all("math"):
            formula.replace_with(formula.find("annotation").get_text())
        head, *rows = [
            [cell.get_text().strip() for cell in row.find_all(["th", "td"])]
            for row in table.find_all("tr")
        ]
        found[head[0]] = head, rows
    return found


def number(text):
    """The number of a result: "≈ 0.188", "= 1.5 × 10⁻⁵"."""
    return read_number(re.sub("^[=≈]", "", text.replace("\N{NO-BREAK SPACE}", " ")))


def computed(text):
    r"""The value of a formula in numbers, from its LaTeX: \frac{1}{1 + e^{-0.3}}."""
    for tex, python in (
        ("{}", ""), (r"\left", ""), (r"\right", ""), (r"\,", ""), (r"\times", "*"), (r"\tfrac", ""),
        (r"\frac", ""), ("}{", ")/("), ("e^{", "exp("), ("{", "("), ("}", ")"), ("^", "**"),
        ("\\", ""), ("[", "("), ("]", ")"),
    ):  # fmt: skip
        text = text.replace(tex, python)
    return float(eval(text, {"__builtins__": {}}, PLAIN))


def shown(problem, value):
    return latex.fmt(value, problem.solution.digits)


def symbols(problem):
    """{step: its symbol, on one line} of a problem."""
    return {step.name: worksheet.mathematics(step.symbol)[1:-1] for step in problem.solution}


# ---- the key -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def keys():
    return [tables_of(section) for section in sections_of(worksheet.key(PROBLEMS))]


@pytest.mark.parametrize("n", range(len(PROBLEMS)), ids=list(KINDS))
def test_every_worked_line_of_a_key_comes_out_as_its_numbers_do(keys, n):
    """The numbers are read from the page and worked out by Python, not by the package."""
    by_symbol = {
        symbol: PROBLEMS[n].solution[name] for name, symbol in symbols(PROBLEMS[n]).items()
    }
    labels = [label for label in LABELS[1:] if label in keys[n]]
    assert labels[:2] == ["forward", "output delta"]
    lines = [line for label in labels for line in keys[n][label][1]]
    for formula, numbers, result in lines:
        step = by_symbol[formula.split(" = ")[0]]
        rounding = 1e-5 + 1e-4 * abs(step.value)  # six decimals, also of the factors
        assert abs(number(result) - step.value) <= 5.1e-7 + 1e-6 * abs(step.value), formula
        assert abs(computed(numbers) - number(result)) <= rounding, formula
    assert len({formula for formula, *_ in lines}) == len(lines)


@pytest.mark.parametrize("n", range(len(PROBLEMS)), ids=list(KINDS))
def test_a_key_has_every_step_that_an_asked_gradient_is_made_of(keys, n):
    problem = PROBLEMS[n]
    named = symbols(problem)
    wanted = list(problem.shown or problem.asked)
    steps, lines = problem.solution, [line[0] for _, rows in keys[n].values() for line in rows]
    there = {line.split(" = ")[0] for line in lines}
    for name in wanted:  # grows, as what a step is made of is wanted too
        wanted += [one for one in steps[name].inputs if one not in wanted]
        assert named[name] in there or steps[name].label == "given", name


@pytest.mark.parametrize("n", [n for n, one in enumerate(PROBLEMS) if not one.made])
def test_a_key_tells_what_each_mistake_makes_of_the_answers(keys, n):
    problem = PROBLEMS[n]
    _, rows = keys[n]["If you have this, you …"]
    assert len(rows) == len(problem.wrong)
    for what, *values in rows:
        (name,) = [m for m in problem.wrong if mistakes.ALL[m].what == what]
        answers = {
            step: problem.right[step] if value == "right" else number(value)
            for step, value in zip(problem.asked, values, strict=True)
        }
        verdicts = mark(problem, answers).values()
        assert {verdict.kind for verdict in verdicts} <= {"right", "mistake"}
        assert all(name in v.mistakes for v in verdicts if v.kind == "mistake"), (what, values)
        assert "mistake" in {verdict.kind for verdict in verdicts}


def test_the_line_that_a_key_calls_wrong_is_taken_for_the_answer():
    for seed in range(1, 9):
        asked = problem("which-line", seed)
        _, rows = tables_of(sections_of(worksheet.worksheet([asked]))[0])["line"]
        assert [row[2] for row in rows] == [shown(asked, value) for value in asked.shown.values()]
        said = worksheet.wrong_line(asked)
        numbers = re.findall(r"(\d+) \(", said.split(" wrong:")[0])
        assert numbers, said
        for n in numbers:
            line = list(asked.shown)[int(n) - 1]
            assert rows[int(n) - 1] == [n, symbols(asked)[line], shown(asked, asked.shown[line])]
            assert mark(asked, {"line": line})["line"].kind == "right"


# ---- the sheet -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fade, direction", FADES)
def test_a_sheet_leaves_blank_what_fading_asks_for_and_nothing_else(fade, direction):
    order = ["update", "gradients", "output delta", "hidden delta"]
    if direction == "forward":
        order.reverse()
    asked = [one for one in PROBLEMS if not one.made]
    document = worksheet.worksheet(asked, fade, direction)
    for one, section in zip(asked, sections_of(document), strict=True):
        alt, tables = section.find("img")["alt"], tables_of(section)
        said, _, to_write = alt.partition("; to write in: ")
        own = [label for label in order if one.solution.labelled(label)]
        blank = ["forward", *own] if fade == EVERYTHING else own[:fade]
        assert bool(to_write) == bool(blank)
        unknown = {step.name for step in one.solution if step.label in blank}
        again = {step.name for step in one.solution if step.expression in unknown}  # ∂E/∂b = δ
        names_of = {symbol: name for name, symbol in symbols(one).items()}
        for label, (_, rows) in tables.items():
            for row in rows:
                name = names_of[row[0].partition("=")[0].rstrip("$ ")]
                is_told = label not in blank and name not in again
                assert (row[1:] == ["", ""]) != is_told, (label, row)
                for part in unknown.intersection(one.solution[name].inputs):  # told by no line
                    number = re.escape(latex.number(one.solution[part].value, 6))
                    assert not re.search(rf"(?<![\d.]){number}(?![\d.])", row[1]), (label, row)
        for step in one.solution:  # the drawing does not tell either
            is_told = f"{spoken(step.name)} {shown(one, step.value)}" in said
            assert not (is_told and step.name in unknown | again), step.name
        symbol_of = symbols(one)
        for name in one.asked:
            rows = tables["gradients"][1]
            assert any(row[0].startswith(symbol_of[name]) for row in rows), name


def test_sheet_and_key_have_the_same_problems_and_say_which():
    for document in (worksheet.worksheet(PROBLEMS), worksheet.key(PROBLEMS)):
        titles = re.findall("^## (.*)$", as_text(document), re.M)
        assert len(titles) == len(PROBLEMS)
        for n, (title, one) in enumerate(zip(titles, PROBLEMS, strict=True), start=1):
            assert title.startswith(f"{n}. ") and title.endswith(f"({one.kind}, seed {SEED})")


def test_what_fading_does_not_know_is_refused():
    with pytest.raises(ValueError, match="fade should be from 0 to 5, and is 6"):
        worksheet.worksheet(PROBLEMS, 6)
    with pytest.raises(KeyError, match="no direction 'up' here"):
        worksheet.worksheet(PROBLEMS, 1, "up")


# ---- examples ------------------------------------------------------------------------------------


def test_an_example_has_every_step_of_the_pass():
    net, x, t, rate = examples.tapering()
    batch = examples.two_three_two()
    for document, steps in (
        (worksheet.example(net, x, t, rate), trace(net, x, t, rate)),
        (worksheet.example(*batch), trace_of_batch(*batch)),
    ):
        (section,) = sections_of(document)
        lines = [row for _, rows in tables_of(section).values() for row in rows]
        worked = [step for label in LABELS[1:] for step in steps.labelled(label)]
        assert [number(row[-1]) for row in lines] == pytest.approx(
            [step.value for step in worked], rel=1e-5, abs=6e-7
        )
        text = as_text(document)
        assert all(latex.number(step.value, 6) in text for step in steps.labelled("given"))
        assert len(section.find_all("img")) == 1


def test_a_network_too_large_to_draw_has_its_lines_all_the_same():
    net = Network([None, [[0.1] * 9]], [None, [0.2]], "tanh")
    (section,) = sections_of(worksheet.example(net, [0.5] * 9, [1]))
    assert not section.find("img") and "update" not in tables_of(section)
    assert len(tables_of(section)["gradients"][1]) == 2 * 9 + 1


# ---- formats -------------------------------------------------------------------------------------


def words_of_pdf(content, tmp_path):
    path = tmp_path / "file.pdf"
    path.write_bytes(content)
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def test_a_pdf_holds_every_result_and_numbers_its_pages(keys, tmp_path):
    pages = words_of_pdf(documents.render(worksheet.key(PROBLEMS), ".pdf"), tmp_path)
    text = " ".join(pages)
    results = [row[-1] for tables in keys for _, rows in tables.values() for row in rows]
    assert len(results) > 100
    for result in results:
        assert re.sub("^[=≈]\\s", "", result).replace("\N{NO-BREAK SPACE}", " ") in text.replace(
            "\N{NO-BREAK SPACE}", " "
        )
    for n, page in enumerate(pages, start=1):
        assert f"{n} of {len(pages)}" in page and "Backpropagation: key" in page


def test_each_problem_of_a_sheet_begins_a_page_on_which_a_name_is_asked_for(tmp_path):
    asked = [problem("one-neuron", seed) for seed in (1, 2, 3)]
    pages = words_of_pdf(documents.render(worksheet.worksheet(asked), ".pdf"), tmp_path)
    assert len(pages) == len(asked)
    for n, page in enumerate(pages, start=1):
        assert "Name" in page and "Date" in page and f"{n}. One neuron" in page


def test_a_pdf_has_the_same_bytes_each_time():
    asked = [problem("batch", 1)]
    one, other = (documents.render(worksheet.key(asked), ".pdf") for _ in range(2))
    assert one == other
    said = pypdf.PdfReader(io.BytesIO(one)).metadata
    assert said.creation_date is None and said.modification_date is None


def test_a_notebook_is_one_and_has_its_pictures_with_it():
    for document in (worksheet.worksheet(PROBLEMS), worksheet.key(PROBLEMS)):
        notebook = nbformat.reads(documents.render(document, ".ipynb"), as_version=4)
        nbformat.validate(notebook)
        cells = [cell for cell in notebook.cells if cell.source.startswith("## ")]
        assert len(cells) == len(PROBLEMS)
        for cell in cells:
            linked = re.findall(r"\(attachment:(.*?)\)", cell.source)
            assert linked and linked == list(cell.attachments)
        empty = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert len(empty) == (len(PROBLEMS) if document.to_fill else 0)


def test_html_needs_nothing_around_it():
    page = documents.render(worksheet.key(PROBLEMS), ".html").decode()
    assert not re.search(r'(src|href)="(?!data:|#)', page) and "<script" not in page
    assert "$" not in BeautifulSoup(page, "html.parser").get_text()


def test_markdown_and_notebooks_need_no_other_program(monkeypatch):
    for package in ("pypandoc", "typst"):
        monkeypatch.setitem(sys.modules, package, None)
    document = worksheet.worksheet(PROBLEMS[:1])
    assert documents.render(document, ".md") and json.loads(documents.render(document, ".ipynb"))
    for suffix in (".html", ".pdf"):
        with pytest.raises(ImportError, match="pip install pypandoc_binary typst"):
            documents.render(document, suffix)


def test_pictures_are_told_as_they_get_done():
    for suffix in documents.FORMATS:
        told = []
        documents.render(
            worksheet.worksheet(PROBLEMS[:2]), suffix, lambda *n, told=told: told.append(n)
        )
        assert told == [(1, 2), (2, 2)]
