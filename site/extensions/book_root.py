"""What lies at the top of the site, for those who come to it from outside.

    index.html     sends on to the first page, and says what that is to whoever previews its link
    404.html       for an address that leads nowhere: the contents, and a search for its words
    sitemap.xml    the addresses of all pages, for search engines
    robots.txt     that all of it may be read, and where the sitemap is

A host shows 404.html in the place of a page in any folder, so that its links need the site's
address before them.  Where that is not set, they lead on from the top of the site alone; and what
consists of addresses is left out, which the build says.
"""

from html import escape
from pathlib import Path

from sphinx.util import logging

from book_contents import parts
from book_notebooks import site
from book_sharing import shared

logger = logging.getLogger(__name__)

NOT_FOUND = "404"
PAGES = ("index", NOT_FOUND)
SITEMAP, ROBOTS = "sitemap.xml", "robots.txt"


def setup(app):
    app.connect("html-collect-pages", pages)
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def pages(app):
    """Yield the pages that are made of no chapter: name, what the template needs, the template."""
    home = app.config.root_doc
    if home != "index":
        context = {"shared": shared(app, home), "home": app.builder.get_target_uri(home)}
        yield "index", context, "redirect.html"
    yield NOT_FOUND, {"base": site(app.config)}, "404.html"


def publish(app, exception):
    """Write what consists of addresses, or say what is missing where the site has none."""
    if exception or app.builder.format != "html":
        return
    base, folder = site(app.config), Path(app.outdir)
    if not base:
        for name in (SITEMAP, ROBOTS):
            (folder / name).unlink(missing_ok=True)
        logger.info(
            "html.baseurl is not set in _config.yml: no previews, "
            f"{SITEMAP} or {ROBOTS}, and no absolute address"
        )
        return
    names = [name for _, part in parts(app.env) for name in part]
    urls = (escape(base + app.builder.get_target_uri(name)) for name in names)
    (folder / SITEMAP).write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "".join(f"<url><loc>{url}</loc></url>\n" for url in urls)
        + "</urlset>\n",
        "utf-8",
    )
    (folder / ROBOTS).write_text(f"User-agent: *\nAllow: /\n\nSitemap: {base}{SITEMAP}\n", "utf-8")
