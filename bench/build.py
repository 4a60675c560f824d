"""The build of the book: cold, with nothing changed, with a chapter edited.

Each is held against the time that the cells alone take, every chapter's in a fresh kernel, and the
unchanged build against that of Jupyter Book's own template. Everything is done in a copy of the
repository, in bench/_build.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import nbclient
import nbformat

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "bench" / "_build"
BOOK, TEMPLATE = PLACE / "book", PLACE / "template"
JUPYTER_BOOK = Path(sys.executable).with_name("jupyter-book")
CHAPTER = "two-two-two"
REPEATS = 5  # of builds that take seconds
COLD = 2


def measure():
    print("building, seconds of the clock; medians", flush=True)
    _prepare()
    cold = _median("cold", _cold, COLD)
    cells = _median("the cells alone, in fresh kernels", _cells, COLD)
    text = [_edited("A sentence more.\n") for _ in _progress("a sentence added", COLD)]
    cell = [_edited("```{code-cell}\n1 + 1\n```\n") for _ in _progress("a cell added", COLD)]
    _build(TEMPLATE)
    unchanged = [(_build(BOOK), _build(TEMPLATE)) for _ in _progress("nothing changed", REPEATS)]
    ours, theirs = (statistics.median(times) for times in zip(*unchanged, strict=True))
    for name, seconds in [
        ("cold", cold),
        ("nothing changed", ours),
        (f"a sentence added to {CHAPTER}", statistics.median(text)),
        (f"a cell added to {CHAPTER}", statistics.median(cell)),
    ]:
        print(f"  {name}: {seconds:.1f} s, {seconds / cells:.2f} × the cells' {cells:.1f} s")
    ratio = statistics.median(book / template for book, template in unchanged)
    print(
        f"  nothing changed, against the same build of Jupyter Book's template: "
        f"{ours:.2f} against {theirs:.2f} s, {ratio:.2f} × (under 2)",
        flush=True,
    )


def _prepare():
    """Copy what git knows, as it stands, and the npm packages, which no build fetches again."""
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (BOOK / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, BOOK / name)
    modules = ROOT / "site" / "node_modules"
    if modules.exists():
        shutil.copytree(modules, BOOK / "site" / "node_modules", symlinks=True)
    else:
        print("  fetching the npm packages …", flush=True)
        _build(BOOK)
    command = [JUPYTER_BOOK, "create", TEMPLATE]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _build(folder):
    """Return the seconds that a build takes."""
    start = time.perf_counter()
    done = subprocess.run(
        [JUPYTER_BOOK, "build", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        sys.exit(f"{folder} does not build:\n{done.stdout}")
    return seconds


def _cold():
    shutil.rmtree(BOOK / "_build", ignore_errors=True)
    return _build(BOOK)


def _cells():
    """Return the seconds that the cells of all chapters take without the book around them."""
    # as the build sets it
    os.environ["PYTHONPATH"] = str(BOOK / "code")
    os.environ["BACKPROP_PAGE"] = "1"
    os.environ["IPYTHONDIR"] = str(BOOK / "_build" / ".ipython")
    start = time.perf_counter()
    for path in sorted((BOOK / "_build" / "jupyter_execute").rglob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        if any(cell.cell_type == "code" for cell in notebook.cells):
            nbclient.NotebookClient(notebook, kernel_name="python3").execute()
    return time.perf_counter() - start


def _edited(text):
    """Return the seconds that a build takes after `text` is added to the end of the chapter."""
    chapter = BOOK / "chapters" / f"{CHAPTER}.md"
    with chapter.open("a", encoding="utf8") as file:
        file.write(f"\n{text}")
    return _build(BOOK)


def _median(what, run, times):
    return statistics.median(run() for _ in _progress(what, times))


def _progress(what, times):
    for n in range(1, times + 1):
        print(f"  {what}: {n} of {times} …", flush=True)
        yield n
