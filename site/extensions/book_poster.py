"""The pass on a page, for the wall: the worked example as one sheet of paper, SVG and PDF."""

import logging
from pathlib import Path

from book_notebooks import is_older, package_files

NAME = "the-pass-on-a-page"


def setup(app):
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def publish(app, exception):
    """Draw the poster where it is missing, or older than the package that draws it."""
    if exception or app.builder.format != "html":
        return
    files = [Path(app.outdir, NAME + suffix) for suffix in (".svg", ".pdf")]
    if any(is_older(file, package_files(Path(app.srcdir))) for file in files):
        from backprop import examples, trace  # here, for most builds draw nothing
        from backprop.draw.poster import poster

        # whoever cut the pages' fonts left them undated, and each time that is a warning
        logging.getLogger("fontTools.ttLib.tables._h_e_a_d").setLevel(logging.ERROR)
        net, x, t, learning_rate = examples.two_two_two()
        picture = poster(trace(net, x, t, learning_rate, biases="frozen"))
        for file in files:
            picture.save(file)
