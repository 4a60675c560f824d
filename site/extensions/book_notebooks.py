"""Every chapter as a notebook that runs in any Jupyter, published beside the pages.

    notebooks/NAME.ipynb     prose from the page as built, code and results from its execution
    notebooks/*.whl          the package, which the first cell installs where it is missing
    notebooks/chapters.zip   all of these

The prose is what a reader of the page sees: shared values filled in, references as links,
boxes as plain Markdown (book_markdown.py).  The code is all of the chapter's, in order, but for
its checks (book_claims.py); what the page hides is folded.  A page without code has no notebook.
"""

import contextlib
import os
import re
import tomllib
import zipfile
from itertools import groupby
from pathlib import Path, PurePosixPath

import nbformat
from docutils import nodes
from hatchling.build import build_wheel
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.environment.collectors import EnvironmentCollector
from sphinx.util import logging

from book_claims import is_check
from book_kernels import executed, package_files
from book_markdown import Page, is_folded, is_title, with_pictures
from book_values import VALUE

logger = logging.getLogger(__name__)

FOLDER = "notebooks"
ARCHIVE = "chapters.zip"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
INSTALL = """\
# Where the book's package is missing, as in Colab, this installs it; elsewhere it does nothing.
import importlib.util

if not importlib.util.find_spec("backprop"):
    %pip install -q {wheel}"""

FOLDS_CODE = {"hide-cell", "hide-input", "remove-cell", "remove-input"}
FOLDS_RESULT = {"hide-cell", "hide-output", "remove-cell", "remove-output"}
TRACE = "book_trace"  # the key by which `backprop.book` hands the steps of a trace to the site
BESIDE = re.compile(r'href="([\w-]+)\.html')  # a link that a cell made, to the page beside its own
ROLE = re.compile(r"\{[a-z][\w:.-]*\}`[^`]*`")


def setup(app):
    # Every notebook names the wheel, so a new version writes all of them again.
    app.add_config_value("book_notebooks_wheel", "", "html")
    app.add_env_collector(CodeCollector)
    app.connect("config-inited", name_wheel)
    app.connect("doctree-resolved", export, priority=900)
    app.connect("build-finished", publish)
    return {"env_version": 1, "parallel_read_safe": True}


def name_wheel(app, config):
    with Path(app.srcdir, "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    name = project["name"].replace("-", "_")
    config.book_notebooks_wheel = f"{name}-{project['version']}-py3-none-any.whl"


def has_notebook(env, docname):
    """Say whether a page is published as a notebook too: whether it has code."""
    return docname in pages_with_code(env)


def notebook_name(docname):
    return f"{PurePosixPath(docname).name}.ipynb"


# Which pages have code


class CodeCollector(EnvironmentCollector):
    """Note which pages have cells."""

    def process_doc(self, app, doctree):
        if holds_cells(doctree):
            pages_with_code(app.env).add(app.env.docname)

    def clear_doc(self, app, env, docname):
        pages_with_code(env).discard(docname)

    def merge_other(self, app, env, docnames, other):
        pages_with_code(env).update(pages_with_code(other) & set(docnames))

    def get_updated_docs(self, app, env):
        """Write a page again if its notebook is not there."""
        folder = Path(app.outdir, FOLDER)
        return [
            name for name in pages_with_code(env) if not (folder / notebook_name(name)).exists()
        ]


def pages_with_code(env):
    """Return the names of the pages that have code; the set is kept with the environment."""
    if not hasattr(env, "book_notebooks"):
        env.book_notebooks = set()
    return env.book_notebooks


def is_cell(node):
    return node.get("nb_element") == "cell_code" if isinstance(node, nodes.container) else False


def holds_cells(node):
    return any(map(is_cell, node.findall(nodes.container)))


# A page becomes a notebook


def export(app, doctree, docname):
    """Write the notebook of a page that is about to be written."""
    if app.builder.format != "html" or not has_notebook(app.env, docname):
        return
    page = Page(
        app.builder, docname, doctree, site(app.config), lambda name: linked_notebook(app.env, name)
    )
    cells = [new_code_cell(INSTALL.format(wheel=wheel_address(app.config)))]
    cells += cells_of(doctree, page, executed(app.env, docname))
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # else random
    complain(docname, page, cells)
    path = Path(app.outdir, FOLDER, notebook_name(docname))
    path.parent.mkdir(exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), path)


def site(config):
    """Return the address of the published book with a slash at its end, or "" without one."""
    return config.html_baseurl and config.html_baseurl.rstrip("/") + "/"


def wheel_address(config):
    folder = f"{site(config)}{FOLDER}/" if site(config) else "./"
    return folder + config.book_notebooks_wheel


def linked_notebook(env, docname):
    return notebook_name(docname) if has_notebook(env, docname) else None


def cells_of(doctree, page, ran):
    """Yield the cells: prose as it comes on the page, each code cell where it stands.

    A cell that the page leaves out has no place on it; it comes just before the next that has.
    """
    done = 0
    for (kind, box, _), run in groupby(pieces(doctree), key=lambda piece: piece[:3]):
        if kind == "prose":
            text = page.blocks(node for *_, node in run)
            if text and box:
                text = page.folded(box, text)
            if text:
                yield new_markdown_cell(text)
            continue
        for *_, node in run:
            here = node["cell_index"]
            yield from map(code_cell, filter(is_for_the_reader, ran[done:here]))
            yield code_cell(ran[here], folded=box is not None)
            yield from (new_markdown_cell(page.caption(it)) for it in node.findall(nodes.figure))
            done = here + 1
    yield from map(code_cell, filter(is_for_the_reader, ran[done:]))


def is_for_the_reader(cell):
    """Say whether a cell without a place on the page is code for the reader all the same."""
    return cell.cell_type == "code" and not is_check(cell)


def pieces(node, box=None):
    """Yield (kind, folded box around it or None, its parent section, node) in the page's order.

    Kind is "code" for the container of a code cell, "prose" for a node that holds no code.
    What holds code is opened, since a cell can stand in no box: its parts follow one another.
    """
    for child in node.children:
        if is_cell(child):
            yield "code", box, node, child
        elif not holds_cells(child):
            if not (box is node and is_title(child)):
                yield "prose", box, node, child
        else:
            yield from pieces(child, child if is_folded(child) else box)


def code_cell(ran, folded=False):
    """Return a cell for any Jupyter from one that ran: without the tags that make the page."""
    tags = set(ran.metadata.get("tags", []))
    cell = new_code_cell(ran.source, execution_count=ran.execution_count)
    cell.outputs = [
        portable(output) for output in ran.outputs if VALUE not in output.get("metadata", {})
    ]
    fold = {
        "source_hidden": folded or bool(tags & FOLDS_CODE),
        "outputs_hidden": folded or bool(cell.outputs and tags & FOLDS_RESULT),
    }
    if any(fold.values()):
        cell.metadata["jupyter"] = {key: True for key, on in fold.items() if on}
    return cell


def portable(output):
    """A downloaded notebook is not trusted, and Jupyter shows no SVG in it, unless as <img>."""
    parts = {part: NotebookNode(output[part]) for part in ("metadata", "data") if part in output}
    output = NotebookNode(output | parts)
    output.get("metadata", {}).pop(TRACE, None)  # which is for the site alone
    data = output.get("data", {})
    for kind in ("text/html", "text/markdown"):
        if kind in data:
            data[kind] = BESIDE.sub(r'href="\1.ipynb', with_pictures(data[kind]))
    if "image/svg+xml" in data:
        data.setdefault("text/html", with_pictures(data.pop("image/svg+xml")))
    return output


def complain(docname, page, cells):
    """Warn of what the notebook would show as it stands in the chapter's source."""
    warn_of_unknown(page, docname)
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    results = [
        output.data["text/markdown"]
        for cell in cells
        for output in cell.get("outputs", [])
        if "text/markdown" in output.get("data", {})
    ]
    for role in ROLE.findall("\n".join(prose + results)):
        warn(f"{role} is left over in the notebook", docname)


def warn_of_unknown(page, docname):
    """Warn of nodes that book_markdown.py does not know."""
    for kind in sorted(page.unknown):
        warn(f"book_markdown.py has no method for nodes of kind {kind}", docname)


def warn(message, docname):
    logger.warning("%s", message, location=docname, type="book_notebooks")


# What is published beside the notebooks


def publish(app, exception):
    """Build the wheel and the archive, and take away what is of pages that are no more."""
    if exception or app.builder.format != "html":
        return
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(exist_ok=True)
    wheel = folder / app.config.book_notebooks_wheel
    notebooks = [folder / notebook_name(name) for name in sorted(pages_with_code(app.env))]
    for path in {*folder.glob("*.ipynb"), *folder.glob("*.whl")} - {wheel, *notebooks}:
        path.unlink()
    root = Path(app.srcdir)
    if is_older(wheel, [root / "pyproject.toml", *package_files(root)]):
        with contextlib.chdir(root):
            build_wheel(str(folder))
    if is_older(folder / ARCHIVE, [wheel, *notebooks]):
        archive([wheel, *notebooks], folder / ARCHIVE)


def is_older(product, sources):
    """Say whether a file is missing, or older than one that it is made from."""
    if not product.exists():
        return True
    return any(os.path.getmtime(source) > os.path.getmtime(product) for source in sources)


def archive(files, path):
    """Put files into a zip that is the same whenever it is made."""
    with zipfile.ZipFile(path, "w") as into:
        for file in files:
            entry = zipfile.ZipInfo(file.name)  # dated 1980
            into.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
