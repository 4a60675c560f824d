"""A key formula in three tabs: in this book's letters, in a source's, and in NumPy.

    ```{formula} hidden-delta
    :source: S0c
    :register: indexed
    ```

Register and source may be left out; without a source there are two tabs.  `:layers:` shows the
formula for one unit, and below it the same between whole layers.  With `:all:` and nothing else, a
folded table of the formula in every notation that has it.  All is made from the one formula in
`backprop.formulas`; what sources and registers there are, `backprop.notations` says.

The tabs are those of sphinx-design, radio buttons that need no script; book.js carries the choice
from one to all, and to other pages.  In print and in notebooks they stand under one another.
"""

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from backprop.formulas import formulas, notations

logger = logging.getLogger(__name__)

REGISTERS = {"named": "book", "indexed": "indexed"}
NAMES = {
    "slope": "slope of the sigmoid",
    "output-delta-any-loss": "output delta of any loss",
}


def setup(app):
    app.setup_extension("sphinx_design")
    app.add_directive("formula", Formula)
    app.add_node(FormulaBox, html=(visit_box, lambda self, node: self.body.append("</div>\n")))
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


class FormulaBox(nodes.General, nodes.Element):
    """A group of tabs, with a name for those who do not see it."""


def visit_box(self, node):
    attributes = {"role": "group", "aria-label": node["name"]}
    self.body.append(self.starttag(node, "div", CLASS="bp-formula", **attributes))


class Formula(SphinxDirective):
    """`{formula}`: reads the options, and writes tabs or a table as Markdown for the parser."""

    required_arguments = 1
    option_spec = {
        "source": directives.unchanged_required,
        "register": lambda choice: directives.choice(choice, list(REGISTERS)),
        "layers": directives.flag,
        "all": directives.flag,
    }

    def run(self):
        formula = self.arguments[0]
        book = notations.NOTATIONS[REGISTERS[self.options.get("register", "named")]]
        for module in (formulas, notations):
            self.env.note_dependency(module.__file__)
        try:
            box = self.table(formula) if "all" in self.options else self.tabs(formula, book)
        except KeyError as error:
            logger.warning(
                "{formula} %s: %s",
                formula,
                error.args[0],
                location=self.get_location(),
                type="book_formulas",
            )
            return []
        self.set_source_info(box)
        return [box]

    def parsed(self, node, text):
        self.state.nested_parse(StringList(text.splitlines()), self.content_offset, node)
        return node

    def tabs(self, formula, book):
        tabs = [tab("This book", "book", self.displayed(book, formula))]
        if "source" in self.options:
            source = notations.source(self.options["source"])
            text = f"{self.displayed(source, formula)}\n\n{self.legend(source, formula, book)}"
            tabs.append(tab(source.name, "source", text))
        tabs.append(tab("NumPy", "numpy", f"```python\n{formulas.numpy(formula)}\n```"))
        box = FormulaBox(name=f"{named(formula)}, in {len(tabs)} notations")
        return self.parsed(box, "`````{tab-set}\n:sync-group: formula\n" + "".join(tabs) + "`````")

    def displayed(self, notation, formula):
        lines = [notation.latex(formula)]
        if "layers" in self.options:
            lines.append(notation.latex_of_layers(formula))
        return "\n\n".join(f"$$\n{line}\n$$" for line in lines)

    def legend(self, source, formula, book):
        """Return a sentence that says which of the source's symbols are which of the book's."""
        pairs = source.dictionary(formula, book)
        sign = source.hadamard
        if "layers" in self.options and sign in source.latex_of_layers(formula):
            pairs += [(sign, book.hadamard)] if sign != book.hadamard else []
        said = [f"${theirs}$ is our ${ours}$" for theirs, ours in pairs]
        return f"{', '.join(said)}." if said else ""

    def table(self, formula):
        rows = "".join(
            f"| {notation.name} | $\\displaystyle {notation.latex(formula)}$ |\n"
            for notation in notations.NOTATIONS.values()
            if formula in notation.formulas
        )
        title = named(formula)
        title = title[0].upper() + title[1:]
        box = nodes.admonition(classes=["dropdown"])
        box += nodes.title(title, title)
        text = f"| in | {named(formula)} |\n|:--|:--|\n{rows}"
        return self.parsed(box, f"{text}\n```python\n{formulas.numpy(formula)}\n```")


def tab(label, kind, text):
    return f"````{{tab-item}} {label}\n:sync: {kind}\n\n{text}\n````\n"


def named(formula):
    """Return what a formula is called in a sentence."""
    return NAMES.get(formula, formula.replace("-", " "))
