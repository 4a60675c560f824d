"""TeX as HTML and MathML in the built page, by KaTeX; the page needs no script for it.

Equation numbers, and the links to them, are Sphinx's own.  TeX that KaTeX does not take is an
error that names file and line and fails the build, with or without -W.  The page is removed, so
that the next build meets the error again.
"""

import atexit
import functools
import json
import re
from html import unescape
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from book_node import node_modules, start_node

log = logging.getLogger(__name__)
BASE = '<span class="katex-base">'  # what KaTeX keeps on one line
GAP = "mspace allowbreak"  # what it makes of \allowbreak
SHORT = 20  # signs; so many take some 60 % of a phone's column
PUNCTUATION = re.compile(r"[.,;:?!)’”]+")
pages_with_errors = set()


@functools.cache
def server():
    """The one KaTeX process of this build."""
    process = start_node(Path(__file__).with_name("katex_server.cjs"), str(node_modules()))
    atexit.register(process.communicate)  # closes its input, which ends it
    return process


@functools.cache
def render(tex: str, display: bool) -> dict:
    """{"html": …} or {"error": …}"""
    process = server()
    tex = re.sub(r"\\q?quad(?![A-Za-z])", r"\g<0>\\allowbreak ", tex)
    process.stdin.write(json.dumps({"tex": tex, "display": display}) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline().replace(r"\\allowbreak ", ""))


def html(writer, node, display: bool) -> str:
    """The formula of `node`; where it is an error, TeX as it stands, and the build fails."""
    answer = render(node.astext(), display)
    if "error" in answer:
        log.error("%s, in %r", answer["error"], node.astext(), location=node)
        writer.builder.app.statuscode = 1
        pages_with_errors.add(writer.builder.current_docname)
        return writer.encode(node.astext())
    return with_breaks(answer["html"], display)


def with_breaks(formula: str, display: bool) -> str:
    """Mark where a line may break; the style sheet forbids it everywhere else.

    Not in a short formula between words; between formulas on one line, if it is several; else
    after a sign outside parentheses.
    """
    whole, *bases = formula.split(BASE)
    signs = re.sub(r"<[^>]*>|[\s\u200b]", "", "".join(bases))
    if not display and len(unescape(signs)) <= SHORT:
        return formula
    for before, base in zip(["", *bases], bases, strict=False):
        outside = whole.count('"mopen') <= whole.count('"mclose')
        may_break = GAP in before if GAP in formula else outside
        whole += ("<wbr>" if before and may_break else "") + BASE + base
    return whole


def visit_inline(self, node):
    formula = html(self, node, False)
    self.body.append(self.starttag(node, "span", "", CLASS="math") + formula + "</span>")
    raise nodes.SkipNode


def visit_block(self, node):
    self.body.append(self.starttag(node, "div", "", CLASS="math") + html(self, node, True))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def keep_punctuation(app, doctree, docname):
    """Tie a comma or full stop to the formula before it; a browser may begin a line with it."""
    for formula in list(doctree.findall(nodes.math)):
        after = formula.next_node(descend=False, siblings=True)
        mark = PUNCTUATION.match(after) if isinstance(after, nodes.Text) else None
        if mark:
            siblings = formula.parent.children
            # not `replace`: it takes the first text that reads the same
            place = next(n for n, node in enumerate(siblings) if node is after)
            formula.parent[place] = nodes.Text(after[mark.end() :])
            tied = nodes.inline("", "", classes=["tied"])
            formula.replace_self(tied)
            tied += [formula, nodes.Text(mark[0])]


def remove_pages_with_errors(app, exception):
    for docname in pages_with_errors:
        Path(app.builder.get_outfilename(docname)).unlink(missing_ok=True)


def setup(app):
    app.add_html_math_renderer("book_math", (visit_inline, None), (visit_block, None))
    app.connect("doctree-resolved", keep_punctuation, priority=950)  # after notebooks are made
    app.connect("build-finished", remove_pages_with_errors)
    return {"parallel_read_safe": True}
