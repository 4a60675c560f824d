"""The worked lines of a page: where they stand, and the names of their cells.

`backprop.lines` writes a worked line and reads it; here its table is found among the nodes of a
page.  Each cell gets the name of its column as its class, by which the style sheet, the pop-ups
and the tests know it.
"""

from docutils import nodes

from backprop import lines


def setup(app):
    app.connect("doctree-read", name_cells)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def name_cells(app, doctree):
    for table in doctree.findall(nodes.table):
        head, *rows = table.findall(nodes.row)
        names = lines.names_of(cell.astext() for cell in head)
        for row in [head, *rows] if names else ():
            for name, cell in zip(names, row, strict=True):
                cell["classes"].append(name)


def steps(doctree):
    """Yield (mark, its node, row) of every line that works a step of a trace."""
    for tag in doctree.findall(nodes.raw):
        mark = lines.mark_of(tag.astext())
        if mark:
            yield mark, tag, row_of(tag)


def row_of(node):
    while not isinstance(node, nodes.row):
        node = node.parent
    return node


def name_of(cell):
    """Return the name of a cell of a worked line."""
    return next(name for name in lines.COLUMNS if name in cell["classes"])
