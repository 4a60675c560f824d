"""Every page as plain Markdown too, for programs, and for readers who want the text alone.

    chapters/NAME.md    beside the page, whose link "Markdown" it is: numbers filled in, folds open,
                        formulas as TeX, pictures in words (book_markdown.py)
    llms.txt            an index of them, as llmstxt.org has it: what each page answers
    llms-full.txt       all of them, in the order of the contents

The sources of the pages, which Sphinx would publish, are of use to nobody without the book's tools.
"""

from pathlib import Path, PurePosixPath

from book_contents import parts
from book_markdown import PlainPage
from book_notebooks import site, warn_of_unknown


def setup(app):
    app.connect("config-inited", leave_out_sources)
    app.connect("env-get-updated", pages_without_text)
    app.connect("doctree-resolved", export, priority=900)  # before folds change the page
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True}


def leave_out_sources(app, config):
    config.html_copy_source = False


def text_name(docname):
    """Return the path of a page's Markdown, from the top of the site."""
    return f"{docname}.md"


def pages_without_text(app, env):
    """Let pages be written again whose text is not there."""
    return [name for name in env.found_docs if not Path(app.outdir, text_name(name)).exists()]


def export(app, doctree, docname):
    """Write the text of a page that is about to be written."""
    if app.builder.format != "html":
        return
    address = site(app.config)
    page = PlainPage(app.builder, docname, doctree, address, lambda name: beside(app, name))
    text = page.markdown(doctree)
    warn_of_unknown(page, docname)
    path = Path(app.outdir, text_name(docname))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", "utf-8")


def beside(app, docname):
    """Return the name of the text of another page: they lie in one folder."""
    return PurePosixPath(text_name(docname)).name if docname in app.env.found_docs else None


def publish(app, exception):
    """Write the index and the whole, and take away texts of pages that are no more."""
    if exception or app.builder.format != "html":
        return
    texts = {name: Path(app.outdir, text_name(name)) for name in app.env.found_docs}
    for path in set(Path(app.outdir).rglob("*.md")) - set(texts.values()):
        path.unlink()
    found = list(parts(app.env))
    whole = [texts[name].read_text("utf-8") for _, names in found for name in names]
    Path(app.outdir, "llms-full.txt").write_text("\n".join(whole), "utf-8")
    Path(app.outdir, "llms.txt").write_text(index(app, found), "utf-8")


def index(app, found):
    """Return the index: a heading for each part, a line for each page."""
    env, home = app.env, app.env.config.root_doc
    lines = [f"# {app.config.html_title}", "", f"> {env.metadata[home].get('description', '')}"]
    for caption, names in found:
        lines += ["", f"## {caption}", ""] if caption else [""]
        for name in names:
            link = f"[{env.titles[name].astext()}]({site(app.config)}{text_name(name)})"
            lines.append(f"- {link}: {env.metadata[name].get('description', '')}")
    return "\n".join(lines) + "\n"
