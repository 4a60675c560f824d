"""How the built pages look and what they load: one style sheet, one small script, three fonts, and
for pages with live figures a style sheet and a script more.

The layout, and so every script and style of a page, is in _templates/layout.html.  Nothing of the
theme's own styles, scripts, icons and fonts is used or published, and no page asks another host
for anything.
"""

import html
import json
import os
import posixpath
import re
import shutil
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlencode

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.errors import ExtensionError
from sphinx.util import logging

from book_contents import short_name
from book_fonts import FIGURES, cut_all, font_faces
from book_lists import rows
from book_node import node_modules
from book_notebooks import ARCHIVE, FOLDER, has_notebook, is_cell, notebook_name
from book_places import FORMER, JS, LOOK, PALETTE, SITE, palette
from book_root import PAGES
from book_scripts import bundle, script_of, write_widget
from book_search import INDEX
from book_texts import text_name

logger = logging.getLogger(__name__)

# What lies in _static.
PUBLISHED = {
    "book.css",
    "book.js",
    "figures.css",
    "figures.js",
    "tools.js",
    "search.js",
    INDEX,
    "icon.svg",
    "fonts",
}
FIGURE = re.compile(r'<bp-figure[^>]*><script type="application/json">(.*?)</script>', re.S)
NO_LABEL = re.compile(r"id\d+|module-.*")  # ids of a section that nobody chose
HERE = '<a class="current reference internal" href="#">'  # how Sphinx links a page to itself


# --- what every page loads ------------------------------------------------------------------


def palette_css() -> str:
    """The palette as CSS variables: light; dark where the system asks for it, or the reader."""
    light, dark = (
        "".join(f"--bp-{name}:{colour};" for name, colour in palette()[theme].items())
        for theme in ("light", "dark")
    )
    return (
        f":root{{color-scheme:light;{light}}}\n"
        "@media(prefers-color-scheme:dark)"
        f"{{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
    )


def katex_css() -> str:
    """KaTeX's style sheet, with only the kind of font file that every browser takes."""
    css = (node_modules() / "katex/dist/katex.min.css").read_text("utf-8")
    return re.sub(r',url\([^)]*\) format\("(?:woff|truetype)"\)', "", css)


def assets() -> dict:
    """File name in _static: its text."""
    book_css = re.sub(r"/\*.*?\*/\s*", "", (LOOK / "book.css").read_text("utf-8"), flags=re.S)
    return {
        "book.css": katex_css() + font_faces() + palette_css() + book_css,
        "book.js": bundle(LOOK / "book.js"),
        "figures.css": bundle(JS / "figures.css"),
        "figures.js": bundle(JS / "page-figures.js"),
        "tools.js": bundle(JS / "page-tools.js"),
        "search.js": bundle(LOOK / "search.js"),
        "icon.svg": (LOOK / "icon.svg").read_text("utf-8").format(**palette()["light"]),
    }


def configure(app, config):
    """Let figures speak the pages' type, and pages be written again when the theme changes."""
    os.environ["BACKPROP_FONT"] = str(cut_all() / FIGURES)
    config.html_domain_indices = False  # the index of names is enough for one package
    write_widget()
    folders = [SITE, LOOK, SITE / "extensions", JS, *JS.iterdir()]
    files = [
        PALETTE,
        *sorted(path for f in folders if f.is_dir() for path in f.iterdir() if path.is_file()),
    ]
    config.book_pages_version = digest(files)
    # What an extension makes of a chapter is stored when the chapter is read.
    config.book_extensions_version = digest(sorted(Path(__file__).parent.glob("*.py")))


def digest(files) -> str:
    """Eight signs that change with what is in these files."""
    return sha256(b"".join(map(Path.read_bytes, files))).hexdigest()[:8]


def publish_assets(app, builder):
    static = Path(app.outdir, "_static")
    (static / "fonts").mkdir(parents=True, exist_ok=True)
    for name, text in assets().items():
        (static / name).write_text(text, "utf-8")
    # every face of KaTeX's; a browser loads those that the page uses
    faces = (node_modules() / "katex/dist/fonts").glob("*.woff2")
    for file in (*cut_all().glob("*.woff2"), *cut_all().glob("*.txt"), *faces):
        shutil.copy(file, static / "fonts")


def remove_the_rest(app, exception):
    """Leave out what the theme and the extensions publish: some 9 MB that no page loads.

    And what is left of an earlier build: pages that are no more.
    """
    if app.builder.format != "html" or exception:
        return
    pages = {Path(app.builder.get_outfilename(name)) for name in app.env.found_docs}
    pages |= {Path(app.outdir, f"{name}.html") for name in (*PAGES, "search", "genindex")}
    for path in set(Path(app.outdir).rglob("*.html")) - pages:
        path.unlink()
    for path in Path(app.outdir, "_static").iterdir():
        if path.name not in PUBLISHED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


# --- what a page offers ---------------------------------------------------------------------


def repository(app) -> str:
    """The address of the book's repository, "" if it is not known."""
    given = app.config.html_theme_options.get("repository_url")
    if not given and "GITHUB_REPOSITORY" in os.environ:
        given = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}".format(**os.environ)
    return (given or "").rstrip("/")


def page_links(app, pagename, context) -> str:
    """Links to this chapter as notebook and as Markdown, and to where a slip is reported.

    A notebook alone can install the package only from the site; the archive brings it along.
    """
    pathto = context["pathto"]
    links = []
    if has_notebook(app.env, pagename):
        notebook = pathto(f"{FOLDER}/{notebook_name(pagename)}", True)
        archive = pathto(f"{FOLDER}/{ARCHIVE}", True)
        links.append(f'<a href="{notebook}" download>Notebook (.ipynb)</a>')
        links.append(f'<a href="{archive}" download>All notebooks and the package (.zip)</a>')
    links.append(f'<a href="{pathto(text_name(pagename), True)}" download>Markdown (.md)</a>')
    if repository(app):
        query = html.escape(urlencode({"template": "slip.yml", "page": pagename}))
        form = f"{repository(app)}/issues/new?{query}"
        links.append(f'<a href="{form}" data-form>Report a slip</a>')
    else:
        advice = pathto("chapters/sources").removesuffix("#") + "#report-a-slip"
        links.append(f'<a href="{advice}">Report a slip</a>')
    return " · ".join(links)


def contents(app, pagename, context) -> str:
    """The chapters of the book, with the sections of this one under its name.

    Raises ExtensionError where a chapter is not among them.
    """
    chapters = context["toctree"](collapse=False, includehidden=True)
    before, _, after = chapters.partition(HERE)
    if not after:
        if pagename in app.env.found_docs - {app.config.root_doc}:
            raise ExtensionError(f"the contents of the book hold no link {HERE} for {pagename}")
        return chapters  # of the first page, the search, the index
    title, _, rest = after.partition("</a>")
    return f'{before}<a aria-current="page" href="#">{title}</a>{sections_of(context)}{rest}'


def sections_of(context) -> str:
    """The list of the sections of a page, without its title."""
    sections = context.get("toc", "")
    return sections[sections.index("</a>") + 4 : sections.rindex("</li>")]


def on_this_page(app, pagename, doctree, context) -> str:
    """The sections of a page, for its top; open if the page's front matter says so.

    On a wide screen they are in the contents too, beside the text.
    """
    if not any(node.parent.parent is doctree for node in doctree.findall(nodes.section)):
        return ""
    is_open = " open" if app.env.metadata[pagename].get("sections") == "open" else ""
    return (
        f'<details class="on-this-page"{is_open}><summary>On this page</summary>\n'
        f'<nav aria-label="On this page">{sections_of(context)}</nav></details>\n'
    )


def name_neighbours(app, pagename, context):
    """Let the links to the chapters before and after say their short names."""
    _, before, after = app.builder.relations.get(pagename, (None, None, None))
    for place, docname in ("prev", before), ("next", after):
        if docname:
            context[place] = {**context[place], "title": short_name(app.env, docname)}


def keep_anchors(app, doctree):
    """Let the address of a section outlive its title: its label is its id, and former ids stay.

    Warns of a former id whose section the page does not have.
    """
    former = former_anchors(Path(app.env.docname).name)
    labels = {doctree.nameids[name] for name, is_set in doctree.nametypes.items() if is_set}
    for section in doctree.findall(nodes.section):
        section["ids"].sort(key=lambda name: 2 if NO_LABEL.fullmatch(name) else name not in labels)
        for name in list(section["ids"]):
            section["ids"] += former.pop(name, [])
    for section in former:
        logger.warning("%s: no section %s in %s", FORMER.name, section, app.env.docname)


def former_anchors(page) -> dict:
    """{a section of a page: the ids it had before, or sections had that it has taken in}"""
    former = {}
    for row in rows(FORMER):
        if row["page"] == page:
            former.setdefault(row["section"], []).append(row["former"])
    return former


def figure_kinds(page, body) -> set:
    """The kinds of the live figures in the HTML of a page.

    Raises ExtensionError where there is a figure whose state is not found.
    """
    states = FIGURE.findall(body)
    if len(states) != body.count("<bp-figure"):
        raise ExtensionError(f"{page} has a live figure whose state is not found")
    return {json.loads(state)["kind"] for state in states}


def complete_context(app, pagename, templatename, context, doctree):
    context["contents"] = contents(app, pagename, context)
    context["book_version"] = app.config.book_pages_version
    kinds = figure_kinds(pagename, context.get("body", ""))
    context["figures"] = script_of(kinds, pagename) if kinds else ""
    if doctree is not None:
        # the links to headings would only be more stops for the keyboard
        link = 'class="headerlink"'
        context["body"] = context["body"].replace(link, f'{link} tabindex="-1"')
        top = f"</h1>\n{on_this_page(app, pagename, doctree, context)}"
        context["body"] = context["body"].replace("</h1>\n", top, 1)
        name_neighbours(app, pagename, context)
        context["page_links"] = page_links(app, pagename, context)


# --- what unfolds, without a script ---------------------------------------------------------


class Fold(nodes.General, nodes.Element):
    """<details>; the first child is its Summary."""


class Summary(nodes.Part, nodes.TextElement):
    """<summary>"""


def visit_fold(self, node):
    self.body.append(self.starttag(node, "details"))


def visit_summary(self, node):
    self.body.append(self.starttag(node, "summary", ""))


CODE = {"source": "Code", "content": "Code and result", "output": "Result", "outputs": "Result"}
IMPORTS = "What this page imports"  # the fold of the cell with the tag "imports"
INSTALL = "the-package"  # the class of a box that says where the package is, and how to install it


def fold(app, doctree, docname):
    """Make folds of hidden cells, and of boxes of class "dropdown" that else need a script."""
    for section in doctree.findall(nodes.section):
        if section["ids"] in (["exercise-content"], ["solution-content"]):
            section["ids"] = []  # else every exercise of a page has the same
    for cell in doctree.findall(is_cell):
        for child in cell.children:
            cell.setup_child(child)  # MyST-NB forgets it where code and result are hidden
    for box in doctree.findall(nodes.container):
        if INSTALL in box["classes"]:
            command = f"pip install {app.config.book_notebooks_wheel}"
            box.children = []
            box += [where_the_package_is(app, docname), nodes.literal_block(command, command)]
    for node in list(doctree.findall(HideCodeCellNode)):
        label = CODE[node["prompt_show"]]  # the setting nb_code_prompt_show leaves only the kind
        shown = node.children
        if "tag_imports" in node.parent["classes"]:
            label, shown = IMPORTS, [*shown, where_the_package_is(app, docname)]
        node.replace_self(Fold("", Summary("", label), *shown, classes=["code"]))
    for node in list(doctree.findall(nodes.Admonition)):
        if "dropdown" in node["classes"]:
            first, *rest = node.children
            if not isinstance(first, nodes.title):  # a note, a tip: named by its kind
                first, rest = nodes.title("", node.tagname.capitalize()), node.children
            for link in list(first.findall(nodes.reference)):
                link.replace_self(link.children)  # no link inside what is clicked
            node.replace_self(
                Fold(
                    "",
                    Summary("", "", *first.children),
                    *rest,
                    ids=node["ids"],
                    classes=node["classes"],
                )
            )


def where_the_package_is(app, docname) -> nodes.paragraph:
    """A line for those who copy the code of a page: they need the package too."""
    wheel = f"{FOLDER}/{app.config.book_notebooks_wheel}"
    page = app.builder.get_target_uri(docname)
    address = posixpath.relpath(wheel, posixpath.dirname(page))
    return nodes.paragraph(
        "",
        "",
        nodes.Text("To run the code of this page on your own computer, download "),
        nodes.reference("", "the book’s package", refuri=address, internal=True),
        nodes.Text(" and install the file with "),
        nodes.literal("", "pip install"),
        nodes.Text("."),
    )


def leave_out_thebe(app):
    """Jupyter Book loads sphinx_thebe, which writes its scripts into every page."""
    for listener in list(app.events.listeners["doctree-resolved"]):
        if listener.handler.__module__ == "sphinx_thebe":
            app.disconnect(listener.id)


def setup(app):
    app.add_config_value("book_pages_version", "", "html")
    app.add_config_value("book_extensions_version", "", "env")
    app.add_node(Fold, html=(visit_fold, lambda self, node: self.body.append("</details>\n")))
    app.add_node(Summary, html=(visit_summary, lambda self, node: self.body.append("</summary>")))
    app.connect("config-inited", configure)
    app.connect("builder-inited", leave_out_thebe)
    app.connect("write-started", publish_assets)
    app.connect("html-page-context", complete_context)
    app.connect("doctree-read", keep_anchors, priority=400)  # before the contents are collected
    app.connect("doctree-resolved", fold, priority=950)  # after the export of notebooks
    app.connect("build-finished", remove_the_rest, priority=950)
    return {"parallel_read_safe": True}
