"""The code of the pages, as a reader takes it away: it runs alone, and gives what the page shows.

What a page shows of its cells, copied from the first to the last, runs in an empty Python in which
the package is installed: no cell that the page leaves out is missed.  What the test vector says is
computed again by another method, and the buttons that copy code are pressed.
"""

import ast
import functools
import json
import math
import os
import re
import sys
from pathlib import Path

import lxml.html
import numpy as np
import pytest
from conftest import run

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted(
    path.stem
    for path in (ROOT / "chapters").glob("*.md")
    if "{code-cell}" in path.read_text("utf-8")
)

# Runs the file page.py of each folder that the command line names, like a program alone: in a copy
# of this process, which has imported the package and done nothing with it. Writes what each cell,
# of which ends.json says the last line, prints, and what its last expression gives.
RUN = """
import ast, contextlib, io, json, os, pathlib, sys, traceback, types
import numpy
from backprop import draw, examples, live, practice

def run():
    numpy.set_printoptions(precision=12)
    page = sys.modules["__main__"] = types.ModuleType("__main__")
    page.__file__ = "page.py"
    statements, said = ast.parse(pathlib.Path("page.py").read_text("utf-8")).body, []
    for end in json.loads(pathlib.Path("ends.json").read_text()):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            value = None
            while statements and statements[0].lineno <= end:
                statement, value = statements.pop(0), None
                if isinstance(statement, ast.Expr):
                    code = compile(ast.Expression(statement.value), "page.py", "eval")
                    value = eval(code, page.__dict__)
                else:
                    exec(compile(ast.Module([statement], []), "page.py", "exec"), page.__dict__)
        said.append(printed.getvalue() + ("" if value is None else repr(value)))
    pathlib.Path("said.json").write_text(json.dumps(said))

*copied, last = sys.argv[1:]
for folder in copied:
    if copy := os.fork():
        os.waitpid(copy, 0)
    else:
        last = folder
        break
os.chdir(last)
try:
    run()
except BaseException:
    pathlib.Path("wrong.txt").write_text(traceback.format_exc(), "utf-8")
"""

CELL = "//main//div[contains(concat(' ', @class, ' '), ' cell ')]"
CODE = ".//div[contains(@class, 'cell_input')]//pre"
TEXT = ".//div[contains(@class, 'text_plain') or contains(@class, 'stream')]//pre"
TOKEN = re.compile(r"(?<![\w.])-?\d+\.?\d*(?:e[-+]?\d+)?|True|False|None|nan|inf")


@functools.cache
def cells(site, page):
    """Return (code, what is printed below it or "") of the cells of which a page shows the code."""
    found = lxml.html.parse(site / f"chapters/{page}.html").xpath(CELL)
    return [
        (code.text_content(), "".join(text.text_content() for text in cell.xpath(TEXT)))
        for cell in found
        for code in cell.xpath(CODE)
    ]


@pytest.fixture(scope="module")
def ran(site, tmp_path_factory, say):
    """What the cells of a page say when they run alone, as a function of its name."""
    folders = {page: tmp_path_factory.mktemp(page) for page in PAGES}
    for page, folder in folders.items():
        texts = [code for code, _ in cells(site, page)]
        (folder / "page.py").write_text("".join(texts), "utf-8")
        ends = np.cumsum([text.count("\n") for text in texts]).tolist()
        (folder / "ends.json").write_text(json.dumps(ends))
    say("running the visible code of every page …")
    # where a process is not safely copied, each page has one of its own
    together = [folders.values()] if sys.platform == "linux" else [[it] for it in folders.values()]
    for some in together:
        # one thread: with more, a copy is not safe either
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        done = run([sys.executable, "-I", "-W", "error", "-c", RUN, *some], env=env)
        assert done.returncode == 0, done.stdout

    def said(page):
        wrong = folders[page] / "wrong.txt"
        assert not wrong.exists(), wrong.read_text("utf-8")
        return json.loads((folders[page] / "said.json").read_text())

    return said


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_shows_of_its_code_runs_alone_and_gives_its_results(ran, site, page):
    for (code, shown), said in zip(cells(site, page), ran(page), strict=True):
        if shown:
            assert same(tokens(shown), tokens(said)), f"{code}\nshows\n{shown}\nand says\n{said}"


def tokens(text):
    """Return the numbers in a text, as floats, and what stands among them without being a name."""
    found = TOKEN.findall(text)
    return [float(token) if token[-1] in "0123456789." else token for token in found]


def same(ours, theirs):
    """Say whether two lists of tokens are the same, but for how numbers are rounded."""
    return len(ours) == len(theirs) and all(
        math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
        if isinstance(a, float) and isinstance(b, float)
        else a == b
        for a, b in zip(ours, theirs, strict=True)
    )


def test_a_number_that_is_off_is_seen():
    assert same(tokens("(np.float64(0.25), np.True_)"), tokens("(0.25, True)"))
    assert not same(tokens("array([0.25, 1.5e-8])"), tokens("array([0.25, 1.6e-8])"))
    assert not same(tokens("True"), tokens("1"))


@pytest.fixture(scope="module")
def vector(site):
    """The test vector as a reader pastes it."""
    page = lxml.html.parse(site / "chapters/copied-example.html")
    (text,) = page.xpath("//div[contains(@class, 'highlight-json')]//pre")
    return json.loads(text.text_content())


EPS = 1e-30  # a step so small that a derivative by it is exact: nothing is subtracted


def slopes(f, W):
    """Return the derivative of f in each entry of W, by a step in the imaginary direction."""
    return np.reshape(
        [f(W + 1j * EPS * np.eye(W.size)[n].reshape(W.shape)).imag / EPS for n in range(W.size)],
        W.shape,
    )


@pytest.mark.parametrize("program", ["right", "wrong"])
def test_the_test_vector_is_computed_again(vector, program):
    given, said = vector["given"], vector[program]
    x, t, W1, b1, W2, b2 = (np.array(given[name]) for name in ("x", "t", "W1", "b1", "W2", "b2"))
    rate = given["learning_rate"]

    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def E(W1=W1, b1=b1, W2=W2, b2=b2):
        return ((sigmoid(W2 @ sigmoid(W1 @ x + b1) + b2) - t) ** 2).sum() / 2

    dW2, db2 = slopes(lambda W2: E(W2=W2), W2), slopes(lambda b2: E(b2=b2), b2)
    # The deltas of the outputs, held, pull on the hidden units through the old weights or the new.
    through = {"right": W2, "wrong": W2 - rate * dW2}[program]
    dW1 = slopes(lambda W1: db2 @ through @ sigmoid(W1 @ x + b1), W1)
    db1 = slopes(lambda b1: db2 @ through @ sigmoid(W1 @ x + b1), b1)
    if program == "right":
        assert close(dW1, slopes(lambda W1: E(W1=W1), W1))
    new = {"W1": W1 - rate * dW1, "W2": W2 - rate * dW2}
    biases = {
        "frozen": {},
        "one per layer": {"b1": b1 - rate * db1.sum(), "b2": b2 - rate * db2.sum()},
        "one per unit": {"b1": b1 - rate * db1, "b2": b2 - rate * db2},
    }
    assert close(vector["E"], E())
    assert close(said["dW1"], dW1) and close(said["dW2"], dW2)
    assert close(said["db1"], db1) and close(said["db2"], db2)
    assert close(said["new_W1"], new["W1"]) and close(said["new_W2"], new["W2"])
    assert said["new_E"].keys() == {f"biases {policy}" for policy in biases}
    for policy, values in biases.items():
        assert close(said["new_E"][f"biases {policy}"], E(**new, **values))


def close(printed, value):
    """Say whether printed numbers are right in all of their twelve digits."""
    return np.allclose(printed, value, rtol=5.1e-12, atol=0)


def test_the_two_programs_of_the_test_vector_differ_where_the_page_says(vector):
    right, wrong = vector["right"], vector["wrong"]
    assert right["dW2"] == wrong["dW2"] and not np.equal(right["dW1"], wrong["dW1"]).any()
    assert (right["weights"], wrong["weights"]) == ("old", "updated")


@pytest.fixture(params=["served", "from disk"])
def opened(request, read, address, site):
    """Return a function that opens a page whose clipboard can be read."""
    start = address if request.param == "served" else site.as_uri() + "/"

    def opened(page, **context):
        return read(
            f"{start}chapters/{page}.html",
            permissions=["clipboard-read", "clipboard-write"],
            **context,
        )

    return opened


def test_a_button_copies_the_code_of_a_cell(opened, site):
    with opened("two-two-two") as seen:
        page = seen.page
        page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true })")
        buttons = page.locator(".cell_input .bp-copy")
        codes = [code for code, _ in cells(site, "two-two-two")]
        assert buttons.count() == len(codes)
        for n in (1, len(codes) // 2):
            assert buttons.nth(n).get_attribute("aria-label") == "Copy"
            buttons.nth(n).evaluate("button => button.focus()")
            page.keyboard.press("Enter")
            page.locator(".cell_input [aria-label=Copied]").wait_for()
            assert page.evaluate("navigator.clipboard.readText()") == codes[n]
            assert page.get_by_role("status").last.text_content() == "Copied"
            assert page.locator("[aria-label=Copied]").count() == 1
        assert not seen.complaints


def test_a_session_is_copied_without_prompts_and_answers(opened):
    with opened("frameworks") as seen:
        code = seen.page.locator("main .highlight:has(.gp):visible").first
        code.locator(".bp-copy").click()
        code.locator("[aria-label=Copied]").wait_for()
        copied = seen.page.evaluate("navigator.clipboard.readText()")
        assert ast.parse(copied).body
        assert ">>>" not in copied and ">>>" in code.text_content()


def test_what_a_browser_does_not_copy_is_selected(read, address):
    with read(address + "chapters/two-two-two.html") as seen:
        seen.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
        button = seen.page.locator(".cell_input .bp-copy:visible").first
        button.click(force=True)
        seen.page.locator("[aria-label=Selected]").wait_for()
        code = button.evaluate("button => button.previousElementSibling.textContent")
        assert seen.page.evaluate("getSelection().toString()").strip() == code.strip()


def test_code_has_a_button_and_a_result_has_none(read, address):
    with read(address + "chapters/copied-example.html") as seen:
        page = seen.page
        assert page.locator(".output .bp-copy").count() == 0 < page.locator(".output pre").count()
        assert page.locator(".highlight-json .bp-copy").count() == 1  # the test vector
    with read(address + "chapters/for-teachers.html") as seen:
        assert seen.page.locator(".highlight-sh .bp-copy").count() > 3


def opacity(button):
    return button.evaluate("button => getComputedStyle(button).opacity")


def test_a_button_is_seen_under_the_mouse_with_the_keyboard_and_always_on_touch(read, address):
    url = address + "chapters/two-two-two.html"
    with read(url) as seen:
        button = seen.page.locator(".cell_input .bp-copy:visible").first
        assert opacity(button) == "0"
        button.locator("xpath=..").hover()
        assert opacity(button) == "1"
        seen.page.mouse.move(0, 0)
        assert opacity(button) == "0"
        seen.page.keyboard.press("Tab")  # from here on the keyboard is what is used
        button.focus()
        assert opacity(button) == "1"
    with read(url, has_touch=True, is_mobile=True, viewport={"width": 375, "height": 700}) as seen:
        assert opacity(seen.page.locator(".cell_input .bp-copy:visible").first) == "1"
