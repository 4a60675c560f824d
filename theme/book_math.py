"""TeX as HTML and MathML in the built page, by KaTeX; the page needs no script for it.

Equation numbers, and the links to them, are Sphinx's own.  TeX that KaTeX does not take is an
error that names file and line and fails the build, with or without -W.  All errors of a page are
reported, and the page is not written, so that the next build meets them again.
"""

import atexit
import functools
import json

from docutils import nodes
from sphinx.errors import SphinxError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from book_node import THEME, node_modules, start_node

log = logging.getLogger(__name__)
errors = []  # of the page being written


class BadTeX(SphinxError):
    category = "Bad TeX"


@functools.cache
def server():
    """The one KaTeX process of this build."""
    process = start_node(THEME / "katex_server.cjs", str(node_modules()))
    atexit.register(process.communicate)  # closes its input, which ends it
    return process


@functools.cache
def render(tex: str, display: bool) -> dict:
    """{"html": …} or {"error": …}"""
    process = server()
    process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def html(node, display: bool) -> str:
    answer = render(node.astext(), display)
    if "error" in answer:
        errors.append(node)
        log.error("%s, in %r", answer["error"], node.astext(), location=node)
    return answer.get("html", "")


def visit_inline(self, node):
    self.body.append(self.starttag(node, "span", "", CLASS="math") + html(node, False) + "</span>")
    raise nodes.SkipNode


def visit_block(self, node):
    self.body.append(self.starttag(node, "div", "", CLASS="math") + html(node, True))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def stop_on_errors(app, pagename, *_):
    if errors:
        count = len(errors)
        errors.clear()
        raise BadTeX(f"{count} in {pagename}; see the errors above")


def setup(app):
    app.add_html_math_renderer("book_math", (visit_inline, None), (visit_block, None))
    app.connect("html-page-context", stop_on_errors)
    return {"parallel_read_safe": True}
