"""A fold that holds cells: {fold-start} with a title, then text and cells, then {fold-end}.

A cell cannot stand in a directive, so two directives mark where the fold begins and ends, as those
of an exercise do.  What is between them becomes a box of class "dropdown", like any other.
"""

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)


def setup(app):
    app.add_directive("fold-start", FoldStart)
    app.add_directive("fold-end", FoldEnd)
    app.add_transform(MakeFolds)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


class End(nodes.Element):
    """Where a fold ends."""


class FoldStart(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        title, messages = self.parse_inline(self.arguments[0])
        box = nodes.admonition("", nodes.title("", "", *title), classes=["dropdown", "bp-fold"])
        self.set_source_info(box)
        return [box, *messages]


class FoldEnd(SphinxDirective):
    def run(self):
        end = End()
        self.set_source_info(end)
        return [end]


class MakeFolds(SphinxTransform):
    """Move what is between the two marks into the box."""

    default_priority = 11  # exercises and solutions hold their cells by then

    def apply(self, **kwargs):
        for box in list(self.document.findall(nodes.admonition)):
            if "bp-fold" not in box["classes"]:
                continue
            place, siblings = box.parent.index(box) + 1, box.parent
            while place < len(siblings) and not isinstance(siblings[place], End):
                box += siblings.pop(place)
            if place < len(siblings):
                siblings.pop(place)
            else:
                logger.warning("a fold has no end in its section", location=box, type="book_folds")
        for end in list(self.document.findall(End)):
            logger.warning("a fold ends that never began", location=end, type="book_folds")
            end.parent.remove(end)
