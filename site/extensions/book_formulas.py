"""A key formula in three tabs: in this book's letters, in a source's, and in NumPy.

    ```{formula} hidden-delta
    :source: S0c
    :register: indexed
    ```

Register and source may be left out; without a source there are two tabs.  `:layers:` shows the
formula for one unit, and below it the same between whole layers.  With `:all:` and nothing else, a
folded table of the formula in every notation that has it.  All of it is read from the file of
`backprop.formulas`.

The tabs are those of sphinx-design, radio buttons that need no script; book.js carries the choice
from one to all, and to other pages.  In print and in notebooks they stand under one another.
"""

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from backprop import formulas

NAMES = {
    "slope": "slope of the sigmoid",
    "output-delta-any-loss": "output delta of any loss",
}

# below a source's formula that is not in what is left of it
COMPLETED = "(Completed by us: this line is not in what is left of the source.)"


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
        "register": lambda choice: directives.choice(choice, formulas.REGISTERS),
        "layers": directives.flag,
        "all": directives.flag,
    }

    def run(self):
        formula = self.arguments[0]
        self.env.note_dependency(str(formulas.FILE))
        name = NAMES.get(formula, formula.replace("-", " "))
        try:
            numpy = f"```python\n{formulas.numpy(formula)}\n```"
            if "all" in self.options:
                return self.parsed(nodes.Element(), table(formula, name, numpy)).children
            tabs = self.tabs(formula, numpy)
        except KeyError as error:
            raise self.error(f"{{formula}} {formula}: {error.args[0]}") from None
        box = FormulaBox(name=f"{name}, in {len(tabs)} notations")
        self.set_source_info(box)
        text = "`````{tab-set}\n:sync-group: formula\n" + "".join(tabs) + "`````"
        return [self.parsed(box, text)]

    def parsed(self, node, text):
        self.state.nested_parse(StringList(text.splitlines()), self.content_offset, node)
        return node

    def tabs(self, formula, numpy):
        register = self.options.get("register", "named")
        tabs = [tab("This book", "book", self.shown(formulas.NOTATIONS[register], formula))]
        if "source" in self.options:
            source = formulas.source(self.options["source"])
            text = self.shown(source, formula)
            legend = [f"${it}$ is our ${ours}$" for it, ours in source.legend(text, register)]
            text += f"\n\n{', '.join(legend)}." if legend else ""
            text += f"\n\n{COMPLETED}" if formula in source.completed else ""
            tutorial = source.name.startswith("S")  # S0 to S4, as the page of sources numbers them
            label = f"Tutorial {source.name}" if tutorial else source.name
            tabs.append(tab(label, "source", text))
        return [*tabs, tab("NumPy", "numpy", numpy)]

    def shown(self, notation, formula):
        lines = [notation.latex(formula)]
        if "layers" in self.options:
            lines.append(notation.latex_of_layers(formula))
        return "\n\n".join(f"$$\n{line}\n$$" for line in lines)


def tab(label, kind, text):
    return f"````{{tab-item}} {label}\n:sync: {kind}\n\n{text}\n````\n"


def table(formula, name, numpy):
    rows = "\n".join(
        f"| {it.marked(formula)} | $\\displaystyle {it.latex(formula)}$ |"
        for it in formulas.NOTATIONS.values()
        if formula in it.formulas
    )
    title = name[0].upper() + name[1:]
    head = f"| in | {name} |\n|:--|:--|\n"
    return f"````{{admonition}} {title}\n:class: dropdown\n\n{head}{rows}\n\n{numpy}\n````"
