"""The notebooks that the site publishes: they read anywhere and run without the book's tools.

The first tests read and run those of the book itself.  The others build a small book, and break
it, to see what the build says and what it does again.
"""

import base64
import html
import json
import os
import re
import shutil
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import conftest
import nbformat
import pytest

from test_chapters import keys_of_checks, shown_keys

ROOT = Path(__file__).resolve().parents[3]

# Runs each notebook that the command line names where it lies, in a kernel of its own, and writes
# down what came out; in its metadata, what its cells hand to the text of the page.  A cell of 20
# minutes is taken to hang.
RUN = """
import json, sys, nbformat
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
RECORD = '''
from backprop import book
book.shared = []
book.share = lambda *given, **values: book.shared.append(book.texts(*given, **values))
'''
TELL = "import json, backprop; print(json.dumps(backprop.book.shared))"
for path in sys.argv[1:]:
    print(path, flush=True)
    notebook = nbformat.read(path, as_version=4)
    install, *cells = notebook.cells
    notebook.cells = [install, new_code_cell(RECORD), *cells, new_code_cell(TELL)]
    NotebookClient(notebook, timeout=20 * 60).execute()
    *_, told = notebook.cells
    notebook.metadata["shared"] = json.loads(told.outputs[0].text)
    notebook.cells = [install, *cells]
    nbformat.write(notebook, path)
"""


def read(path):
    """Return a notebook, once it is known to be a valid one."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def results(notebook, kind):
    """Return what the cells show in one form, as "text/markdown", in order."""
    data = (output.get("data", {}) for cell in code(notebook) for output in cell.outputs)
    return [shown[kind] for shown in data if kind in shown]


# The book's own notebooks


@pytest.fixture(scope="module")
def notebooks(site):
    """The notebooks of the book by name."""
    return {path.stem: read(path) for path in sorted((site / "notebooks").glob("*.ipynb"))}


def test_every_chapter_with_code_has_one(notebooks):
    chapters = (ROOT / "chapters").glob("*.md")
    assert set(notebooks) == {path.stem for path in chapters if "{code-cell}" in path.read_text()}


def test_nothing_of_the_books_own_syntax_is_left(notebooks):
    for name, notebook in notebooks.items():
        text = "\n".join([prose(notebook), *results(notebook, "text/markdown")])
        left = re.findall(r"\{[\w:-]+\}`|^ *(?:```+|:::+)\{.*|^\([\w-]+\)=", text, re.MULTILINE)
        assert not left, (name, left)
        assert not [cell.source for cell in code(notebook) if "myst_nb" in cell.source], name


def test_nothing_is_in_it_that_only_the_site_reads(notebooks):
    for name, notebook in notebooks.items():
        kept = {
            key for cell in code(notebook) for it in cell.outputs for key in it.get("metadata", {})
        }
        assert not {key for key in kept if key.startswith("book_")}, name


def test_nothing_shows_an_address_in_memory(notebooks):
    """It would be another with every build."""
    for name, notebook in notebooks.items():
        for cell in code(notebook):
            assert " at 0x" not in str(cell.outputs), (name, cell.source)


def test_every_link_leads_somewhere(notebooks, site):
    for name, notebook in notebooks.items():
        text = "\n".join([prose(notebook), *results(notebook, "text/markdown")])
        places = set(re.findall(r'\bid="([^"]+)"', text))
        for address in re.findall(r"\]\(([^)\s]+)\)", prose(notebook)):
            if address.startswith("#"):
                assert address[1:] in places, (name, address)
            elif not address.startswith(("https://", "http://")):
                assert (site / "notebooks" / address).is_file(), (name, address)


def test_figures_are_pictures_with_a_text_instead(notebooks):
    for name, notebook in notebooks.items():
        shown = "\n".join([*results(notebook, "text/html"), *results(notebook, "text/markdown")])
        assert "<svg" not in shown, name
        for picture in re.findall(r"<img\b[^>]*>", shown):
            assert re.search(r'alt="[^"]+"', picture), (name, picture[:80])
            for data in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", picture):
                ElementTree.fromstring(base64.b64decode(data))


def test_numbers_in_the_prose_are_those_of_the_page(notebooks, site):
    for name, notebook in notebooks.items():
        page = (site / "chapters" / f"{name}.html").read_text("utf-8")
        link = r'<a class="bp-val[^"]*" href="#step-[^"]+">([^<]+)</a>'
        on_page = [html.unescape(text) for text in re.findall(link, page)]
        in_notebook = re.findall(r"\[([^\]]+)\]\(#step-[^)]+\)", prose(notebook))
        assert sorted(in_notebook) == sorted(on_page), name


def test_a_formula_stands_in_every_notation_under_its_name(notebooks):
    from backprop import formulas

    text = prose(notebooks["notation"])
    indexed, ufldl = (formulas.NOTATIONS[name] for name in ("indexed", "UFLDL"))
    parts = [
        f"**This book**\n\n$$\n{indexed.latex('hidden-delta')}\n$$",
        f"**UFLDL**\n\n$$\n{ufldl.latex('hidden-delta')}\n$$\n\n$\\delta_{{i}}^{{(l)}}$ is our",
        f"**NumPy**\n\n```python\n{formulas.numpy('hidden-delta')}\n```",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_archive_and_wheel_hold_what_a_reader_needs(notebooks, site):
    folder = site / "notebooks"
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(folder / "chapters.zip") as archive:
        assert set(archive.namelist()) == {wheel.name, *(f"{name}.ipynb" for name in notebooks)}
        assert archive.read(wheel.name) == wheel.read_bytes()
    with zipfile.ZipFile(wheel) as package:
        assert "backprop/live/bundle.js" in package.namelist()  # what live figures run
        (metadata,) = (name for name in package.namelist() if name.endswith("METADATA"))
        needs = re.findall(r"^Requires-Dist: (.+)", package.read(metadata).decode(), re.MULTILINE)
    assert sorted(needs) == ["anywidget", "matplotlib", "numpy", "sympy"]
    for name, notebook in notebooks.items():
        assert wheel.name in code(notebook)[0].source, name


@pytest.fixture(scope="module")
def reader(tmp_path_factory, say):
    """The Python of a reader who has Jupyter's kernel, and none of what builds the book."""
    say("making an environment without the book's tools …")
    folder = tmp_path_factory.mktemp("reader") / "with a space"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    run([*uv, "venv", "--seed", "--python", sys.executable, folder])
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    needed = ["ipykernel", "nbclient", "numpy", "matplotlib", "sympy", "anywidget"]
    lock = ["--constraints", ROOT / "requirements.txt"]
    run([*uv, "pip", "install", "--python", python, *lock, *needed])
    return python


@pytest.fixture(scope="module")
def rerun(reader, notebooks, site, tmp_path_factory, say):
    """The notebooks after a run from top to bottom, each in a fresh kernel."""
    folder = tmp_path_factory.mktemp("run") / "notebooks"
    shutil.copytree(site / "notebooks", folder)
    for path in folder.glob("*.ipynb"):  # what is tested need not be published yet
        path.write_text(re.sub(r"https?://\S+/notebooks/", "./", path.read_text("utf-8")), "utf-8")
    say("running every notebook in a fresh kernel …")
    files = [f"{name}.ipynb" for name in notebooks]
    run([reader, "-c", RUN, *files], cwd=folder, env=as_reader(folder))
    return {name: read(folder / f"{name}.ipynb") for name in notebooks}


def as_reader(folder):
    """Return an environment without what the build sets, and without the settings of a user."""
    ours = ("PYTHONPATH", "BACKPROP_PAGE", "JUPYTER_PATH", "PYTHONHASHSEED")
    return {name: value for name, value in os.environ.items() if name not in ours} | {
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "OPENBLAS_NUM_THREADS": "1",  # other tests have work for the other processors
    }


def run(command, **options):
    """Run a command to its end; return what it printed."""
    done = conftest.run(command, **options)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_every_notebook_runs_without_a_word_of_complaint(rerun, reader):
    probe = "import importlib.util as u; print([u.find_spec(n) for n in ('myst_nb', 'sphinx')])"
    assert run([reader, "-c", probe]).strip() == "[None, None]"
    for name, notebook in rerun.items():
        for cell in code(notebook):
            bad = [o for o in cell.outputs if o.output_type == "error" or o.get("name") == "stderr"]
            assert not bad, (name, cell.source, bad)


def test_a_chapter_run_alone_shares_all_that_its_numbers_show(rerun):
    unseen = keys_of_checks()
    for page, keys in shown_keys().items():
        shared = {}
        for texts in rerun[page].metadata["shared"] if page in rerun else ():
            for key, text in texts.items():
                assert shared.setdefault(key, text) == text, (page, key)
        missing = keys - shared.keys() - unseen[page]
        assert not missing, (page, missing)


def test_a_reader_gets_the_same_results(rerun, notebooks):
    """The book may show more: a check by a library that the reader need not have is a line more."""
    for name, notebook in notebooks.items():
        for ours, theirs in zip(code(notebook), code(rerun[name]), strict=True):
            assert set(lines(theirs)) <= set(lines(ours)), (name, ours.source)
            assert bool(lines(theirs)) == bool(lines(ours)), (name, ours.source)


def lines(cell):
    """Return what a cell shows as Markdown, or else as nothing but plain text, line by line."""
    data = [output.data for output in cell.outputs if "data" in output]
    texts = [shown.get("text/markdown", shown["text/plain"]) for shown in data if is_text(shown)]
    return "\n".join(texts).splitlines()


def is_text(shown):
    return "text/markdown" in shown or list(shown) == ["text/plain"]


# A small book

HEADER = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
"""

FIRST = """
(first)=
# The first page

Five dollars are \\$5, and $a < b$.

$$
a = b \\\\
c = d
$$ (eq-two)

```{code-cell} ipython3
:tags: [remove-cell]
import backprop
```

```{code-cell} ipython3
backprop.table()
```

```{code-cell} ipython3
:tags: [remove-cell]
backprop.share(sum=backprop.SUM, total="10")
```

The sum is {val}`sum`, in all {val}`total@sum` of {num}`total`; see {eq}`eq-two` and {numref}`fig`.

```{code-cell} ipython3
---
mystnb: {figure: {name: fig, caption: "A figure, {val}`sum`."}}
tags: [remove-input]
---
backprop.figure()
```

| a | b |
| --- | ---: |
| $\\|x\\|$ | 2.60 |

```{note}
Mind {val}`sum`.
```

````{tab-set}
```{tab-item} By hand
Hand.
```
````

```{exercise} A riddle
:label: ex
Is it?
```

```{solution-start} ex
:class: dropdown
```
It is, by {eq}`eq-two`.

```{code-cell} ipython3
40 + 2
```
```{solution-end}
```

```{dropdown} Unfold
Inside.
```
"""

SECOND = """
# The second page

From the first: {val}`first::sum`, {num}`first::total`, {eq}`eq-two`; there is also {doc}`plain`.

```{code-cell} ipython3
:tags: [hide-input]
1 + 1
```
"""

EXTENSIONS = ["book_kernels", "book_lines", "book_values", "book_notebooks"]
CONTENTS = {
    "format": "jb-book",
    "root": "chapters/first",
    "chapters": [{"file": "chapters/second"}, {"file": "chapters/plain"}],
}
PACKAGE = """
from IPython.display import HTML, Markdown, display

from .lines import Mark, WorkedLine, in_markdown

SUM = "0.377500000"


def share(**texts):
    for name, text in texts.items():
        origin = {"line": None, "arithmetic": None, "code": []}
        told = {"name": name, "text": text, "origin": origin}
        display({"text/plain": text}, raw=True, metadata={"book_value": told})


def table():
    line = WorkedLine("sum", "s", ("0",), f"= {SUM}", mark=Mark("sum", "a trace", SUM, {}))
    return Markdown(in_markdown([line]))


def figure():
    return HTML('<svg class="bp-svg" role="img" aria-label="a &lt; b" viewBox="0 0 9 9"></svg>')
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory, build):
    """The folder of a small book, built."""
    folder = tmp_path_factory.mktemp("small") / "a book"
    write(folder)
    assert succeed(build, folder) == ["first", "second"]
    return folder


@pytest.fixture
def copy(book, tmp_path):
    """A copy of the small book and all that was built, to be changed."""
    return Path(shutil.copytree(book, tmp_path / "a copy"))


def write(folder):
    """Write the small book."""
    settings = {
        "title": "A small book",
        "only_build_toc_files": True,
        "execute": {"execute_notebooks": "cache", "stderr_output": "error"},
        "html": {"baseurl": ""},
        "parse": {"myst_enable_extensions": ["dollarmath"]},
        "sphinx": {
            "extra_extensions": ["sphinx_exercise"],
            "local_extensions": {name: str(ROOT / "site/extensions") for name in EXTENSIONS},
            "config": {
                "nb_render_markdown_format": "myst",
                "nb_mime_priority_overrides": [["html", "text/html", 0]],
            },
        },
    }
    files = {
        "code/backprop/__init__.py": PACKAGE,
        "_config.yml": json.dumps(settings),
        "_toc.yml": json.dumps(CONTENTS),
        "chapters/first.md": HEADER + FIRST,
        "chapters/second.md": HEADER + SECOND,
        "chapters/plain.md": "# Plain\n\nNo code: {doc}`first`.\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    ours = "code/backprop/lines.py", "code/README.md"
    for name in ("pyproject.toml", "requirements.txt", "LICENSE-CODE", *ours):
        shutil.copy(ROOT / name, folder / name)


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def succeed(build, folder):
    """Build a book; return which chapters ran in it."""
    done = build(folder)
    assert done.returncode == 0, done.stdout
    return sorted(re.findall(r"cells of (\w+): run", done.stdout))


def published(folder):
    return folder / "_build" / "html" / "notebooks"


@pytest.mark.slow
def test_a_page_as_plain_markdown(book):
    text = prose(read(published(book) / "first.ipynb"))
    for expected in (
        "# The first page\n",
        r"Five dollars are <span>&#36;</span>5, and $a \lt b$.",
        "\\begin{split}\na = b \\\\\nc = d\n\\end{split} \\tag{1}\n$$",
        "The sum is [0.377500000](#step-sum), in all [10](#step-sum) of 10;",
        "; see [(1)](#equation-eq-two) and [Fig. 1](#fig).",
        '<a id="fig"></a>**Fig. 1** A figure, [0.377500000](#step-sum).',
        "| a | b |\n| --- | --: |\n| $\\vert x\\vert$ | 2.60 |",
        "> **Note**\n>\n> Mind [0.377500000](#step-sum).",
        "**By hand**\n\nHand.",
        "**Exercise 1 (A riddle)**\n>\n> Is it?",
        "<summary><b>Solution to Exercise 1 (A riddle)</b></summary>\n\nIt is, by",
        "<summary><b>Unfold</b></summary>\n\nInside.",
    ):
        assert expected in text
    second = prose(read(published(book) / "second.ipynb"))
    assert (
        "From the first: [0.377500000](first.ipynb), [10](first.ipynb), [(1)](first.ipynb);"
        in second
    )
    assert "there is also Plain." in second  # it has no notebook, and the book no address


@pytest.mark.slow
def test_cells_stand_in_order_and_fold_what_the_page_hides(book):
    cells = code(read(published(book) / "first.ipynb"))
    folds = [sorted(cell.metadata.get("jupyter", {})) for cell in cells]
    source, both = ["source_hidden"], ["outputs_hidden", "source_hidden"]
    assert folds == [[], source, [], source, source, both]
    assert [cell.source.split("\n")[0] for cell in cells[1:]] == [
        "import backprop",
        "backprop.table()",
        'backprop.share(sum=backprop.SUM, total="10")',
        "backprop.figure()",
        "40 + 2",
    ]
    assert not cells[3].outputs  # what is shared with the prose is no result
    assert cells[4].outputs[0].data["text/html"].startswith('<img alt="a &lt; b" src="data:')


@pytest.mark.slow
def test_with_an_address_links_lead_to_the_site(copy, build):
    change(copy / "_config.yml", '"baseurl": ""', '"baseurl": "https://book.example/here"')
    assert succeed(build, copy) == []
    notebook = read(published(copy) / "second.ipynb")
    site = "https://book.example/here/"
    assert f"%pip install -q {site}notebooks/backprop_book-" in code(notebook)[0].source
    assert f"[0.377500000]({site}chapters/first.html#step-sum)" in prose(notebook)
    assert f"[Plain]({site}chapters/plain.html)" in prose(notebook)


@pytest.mark.slow
def test_the_same_book_gives_the_same_notebooks(book, build, tmp_path):
    """Built in another place, from nothing; and there again, from the cache alone."""
    other = tmp_path / "another book"
    write(other)
    assert succeed(build, other) == ["first", "second"]
    assert contents(other) == contents(book)
    shutil.rmtree(other / "_build" / "html")
    shutil.rmtree(other / "_build" / ".doctrees")
    assert succeed(build, other) == []
    assert contents(other) == contents(book)


def contents(folder):
    return {path.name: path.read_bytes() for path in published(folder).iterdir()}


@pytest.mark.slow
def test_a_change_runs_again_what_it_may_change_and_nothing_else(copy, build):
    assert succeed(build, copy) == []

    change(copy / "code/backprop/__init__.py", "0.3775", "0.4775")
    assert succeed(build, copy) == ["first", "second"]
    assert "[0.477500000](first.ipynb)" in prose(read(published(copy) / "second.ipynb"))

    with (copy / "requirements.txt").open("a") as lock:
        lock.write("# another lock\n")
    assert succeed(build, copy) == ["first", "second"]

    change(copy / "chapters/first.md", 'total="10"', 'total="12"')
    assert succeed(build, copy) == ["first"]
    page = (copy / "_build/html/chapters/second.html").read_text()
    assert re.search(r"0\.477500000</a>, <a [^>]*>12</a>,", page)  # written, but not even read
    second = prose(read(published(copy) / "second.ipynb"))
    assert "[0.477500000](first.ipynb), [12](first.ipynb)," in second

    (copy / "chapters/second.md").write_text("# The second page\n\nNo code any more.\n")
    assert succeed(build, copy) == []
    assert not (published(copy) / "second.ipynb").exists()


@pytest.mark.slow
def test_a_number_that_no_cell_computes_fails_the_build(copy, build):
    twice = "```{code-cell} ipython3\nbackprop.share(sum='0.4')\n```\n"
    with (copy / "chapters/first.md").open("a") as first:
        first.write(f"\n{twice}\n")
        first.write("\n{val}`product`, {val}`sum@product`, {val}`sum::`, {num}`sum@sum`\n")
    with (copy / "chapters/second.md").open("a") as second:
        second.write("\n{val}`first::product`, {val}`first::total`, {num}`third::sum`\n")
    done = build(copy)
    assert done.returncode != 0
    for complaint in (
        "first.md:.* chapters/first shares 'sum' twice, as 0.377500000 and as 0.4",
        "first.md:.* no cell of chapters/first shares a value named 'product'",
        "first.md:.* chapters/first has no worked line step-product",
        "first.md:.* {val}`sum::` is not of the form",
        "first.md:.* {num}`sum@sum` is not of the form",
        "second.md:.* no cell of chapters/first shares a value named 'product'",
        "second.md:.* chapters/first has no worked line step-total",
        "second.md:.* no cell of chapters/third shares a value named 'sum'",
    ):
        assert re.search(complaint, done.stdout), complaint
