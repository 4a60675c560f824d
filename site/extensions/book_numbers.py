"""Every named number of the book, for programs: numbers.json.

    numbers    a list; of each number of a trace that a page shows
      id            what the numbers made of it call it; the name alone is not one number's
      name, kind    of the step, as in the traces of `backprop`
      symbol        LaTeX
      value         all its digits; `shown` is the text on the page
      formula       LaTeX; `with_numbers` is the same with what it was computed from, rounded
      expression    Python, in the names of the inputs; "" of a given number
      computed_as   the same with the inputs in all their digits
      inputs        {name: id}
      page, anchor  where it is worked; the anchor is null where the page has no line for it

An expression may call exp, log, tanh, max, and step: 1 above zero, else 0.
"""

import json
import re
from pathlib import Path

from sphinx.environment.collectors import EnvironmentCollector

from book_contents import parts
from book_kernels import executed
from book_notebooks import TRACE, holds_cells
from book_values import pages_of

FILE = "numbers.json"
NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


def setup(app):
    app.add_env_collector(TraceCollector)
    app.connect("build-finished", publish)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


class TraceCollector(EnvironmentCollector):
    """Note the steps of the traces that a page shows, {id: step}."""

    def process_doc(self, app, doctree):
        told = executed(app.env, app.env.docname) if holds_cells(doctree) else ()
        outputs = (output for cell in told for output in cell.get("outputs", ()))
        steps = (it for output in outputs for it in output.get("metadata", {}).get(TRACE, ()))
        steps_of(app.env)[app.env.docname] = {identity(it["name"], it["trace"]): it for it in steps}

    def clear_doc(self, app, env, docname):
        steps_of(env).pop(docname, None)

    def merge_other(self, app, env, docnames, other):
        steps_of(env).update((name, steps_of(other)[name]) for name in docnames)


def steps_of(env):
    """Return what the pages show, by name of page; it is kept with Sphinx's environment."""
    if not hasattr(env, "book_numbers"):
        env.book_numbers = {}
    return env.book_numbers


def identity(name, trace):
    return f"{name}.{trace}"


def publish(app, exception):
    if exception or app.builder.format != "html":
        return
    lines = ",\n".join(json.dumps(it, ensure_ascii=False, allow_nan=False) for it in numbers(app))
    head = json.dumps({"book": app.config.html_title, "about": __doc__}, ensure_ascii=False)
    text = f'{head[:-1]}, "numbers": [\n{lines}\n]}}\n'
    Path(app.outdir, FILE).write_text(text, "utf-8")


def numbers(app):
    """Yield the entries of the list, each once: in the order of the book, and of its traces."""
    env = app.env
    order = [name for _, names in parts(env) for name in names]
    steps = {}  # {id: (step, the page that works it, or else that shows its trace)}
    for docname in order:
        lines = pages_of(env)[docname]["lines"]
        for key, step in steps_of(env)[docname].items():
            worked = step["name"] in lines and lines[step["name"]].trace == step["trace"]
            if key not in steps or worked and not steps[key][2]:
                steps[key] = step, docname, worked
    for key, (step, docname, worked) in steps.items():
        yield entry(key, step, steps_of(env)[docname], app.builder.get_target_uri(docname), worked)


def entry(key, step, page, address, worked):
    """Return what the list says of a step; `page` has the steps of the page it is on."""
    ids = {name: identity(name, trace) for name, trace in step["inputs"].items()}
    values = {name: page[key]["value"] for name, key in ids.items()}
    return {
        "id": key,
        "name": step["name"],
        "kind": step["label"],
        "symbol": step["symbol"],
        "value": step["value"],
        "shown": step["shown"],
        "formula": step["formula"],
        "with_numbers": step["numbers"],
        "expression": step["expression"],
        "computed_as": NAME.sub(lambda it: written(values, it[0]), step["expression"]),
        "inputs": ids,
        "page": address,
        "anchor": f"step-{step['name']}" if worked else None,
    }


def written(values, name):
    """Return a name's value as Python reads it in any expression; a function stays a name."""
    value = values.get(name)
    return name if value is None else repr(value) if value >= 0 else f"({value!r})"
