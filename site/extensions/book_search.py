"""The index of the search: what each section of each page says, for the scripts in `look`.

Sphinx's own search finds pages by stems of words, and no number; it is switched off.  Ours finds
sections.  What it knows of a page is read from the page as it is written, values put in, and kept
beside the doctrees, since a build writes only the pages that have changed:

    a section      its heading, its text block by block, and the names in its code
    a term         of the glossary, with its forms in both languages
    a name         of the package, with what its docstring says

A term is found in the section that introduces it too, also by its `aliases` in the glossary: other
names, other spellings, and what somebody may ask for who does not know the term.  An alias that
leads to another section than the term's says so, `alias@page#label`.

All of it is one script, _static/search-index.js, and not JSON: a page opened from disk may load a
script, and fetch nothing.  search.html loads it at the first query.
"""

import json
import re
from hashlib import sha256
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

from book_claims import is_section, of_html
from book_contents import parts, short_name
from book_lines import steps
from book_lists import GLOSSARY, rows, several

NAME = re.compile(r"[A-Za-z_][\w.]{2,}")  # in code; shorter ones are letters of formulas
INDEX = "search-index.js"
KEPT = "search.json"  # beside the doctrees


def setup(app):
    app.connect("builder-inited", begin)
    app.connect("doctree-resolved", read, priority=955)  # folds named, lines still marked
    app.connect("html-collect-pages", write)
    return {"parallel_read_safe": True}


def begin(app):
    app.builder.search = False  # Sphinx's
    kept = Path(app.doctreedir, KEPT)
    app.book_search = json.loads(kept.read_text("utf-8")) if kept.exists() else {}


def read(app, doctree, docname):
    if app.builder.format == "html":
        app.book_search[docname] = list(entries(doctree))


def write(app):
    """Write the index, and yield the page that searches it."""
    known = {name: app.book_search[name] for name in in_order(app)}
    Path(app.doctreedir, KEPT).write_text(json.dumps(known), "utf-8")
    text = f"bookIndex = {json.dumps(index(app, known), ensure_ascii=False)}"
    Path(app.outdir, "_static", INDEX).write_text(text, "utf-8")
    digest = sha256(text.encode()).hexdigest()[:8]
    address = f"_static/{INDEX}"
    yield "search", {"search_index": address, "search_version": digest}, "search.html"


def in_order(app):
    """Return the pages as the contents list them, the first one last: it is about all the others.

    One that no build has written since its index was lost is resolved for this.
    """
    (_, first), *others = parts(app.env)
    names = [name for _, pages in others for name in pages] + first
    for name in names:
        if name not in app.book_search:
            app.env.get_and_resolve_doctree(name, app.builder)
    return names


def index(app, known):
    """Return what the scripts search: pages in order, each with its entries, terms among them."""
    labels = set(app.env.get_domain("std").anonlabels.values())
    terms = aliases()

    def complete(name, ids, **entry):
        page = Path(name).name
        # a label stays when a heading changes, and with it the id that is made of its words
        place = next((place for place in ids if (name, place) in labels), ids[0])
        its = [term for place in ids for term in terms.get(f"{page}#{place}", ())]
        return {"id": place, "terms": its, **entry}

    return {
        "pages": [
            {
                "page": app.builder.get_target_uri(name),
                "name": short_name(app.env, name),
                "title": app.env.titles[name].astext(),
                "entries": [complete(name, **entry) for entry in found],
            }
            for name, found in known.items()
        ]
    }


def aliases():
    """Return {page#label: terms and aliases}, of sections and of the glossary's own entries."""
    found = {}
    for row in rows(GLOSSARY):
        forms = several(row["term"])
        chinese = [form for term in several(row["chinese"]) for form in term.split("/")]
        others = [alias.partition("@") for alias in several(row["aliases"])]
        own = [alias for alias, _, place in others if not place]
        found.setdefault(row["place"], []).extend([*forms, *chinese, *own])
        found.setdefault(f"glossary#term-{forms[0].replace(' ', '-')}", []).extend(own)
        for alias, _, place in others:
            if place:
                found.setdefault(place, []).append(alias)
    return found


# --- what a page says -----------------------------------------------------------------------


def entries(doctree):
    """Yield what can be found of a page, in its order: the nodes that have an address."""
    marks = {row: mark.name for mark, _, row in steps(doctree)}
    for node in doctree.findall():
        kind = kind_of(node)
        if not kind:
            continue
        text, lines = [], {}
        for block, row in blocks(node):
            if block:
                if row in marks:
                    lines[len(text)] = f"step-{marks[row]}"
                text.append(block)
        yield {
            "kind": kind,
            **heading(node, kind),
            "text": "\n".join(text),
            "lines": lines,
            "names": sorted(set(NAME.findall(code_in(node)))),
        }


def kind_of(node):
    """Return what kind of entry a node is, None for all but sections, terms and names."""
    if is_section(node):
        return "name" if any(node.findall(addnodes.desc)) else "section"
    if isinstance(node, nodes.definition_list_item) and isinstance(
        node.parent.parent, addnodes.glossary
    ):
        return "term"
    return "name" if isinstance(node, addnodes.desc) else None


def heading(node, kind):
    """Return the addresses and the heading of an entry."""
    if is_section(node):
        return {"ids": node["ids"], "heading": one_line(said(node.next_node(nodes.title)))}
    if kind == "term":
        terms = list(node.findall(nodes.term))
        return {"ids": terms[0]["ids"][:1], "heading": ", ".join(term.astext() for term in terms)}
    ids = node.next_node(addnodes.desc_signature)["ids"]
    return {"ids": ids[:1], "heading": ids[0].removeprefix("backprop.") if ids else ""}


def blocks(node):
    """Yield (text, row) of each paragraph, formula, output and row of a table in an entry.

    Without its title, and without what is an entry of its own.
    """
    for child in node.children:
        if kind_of(child) or isinstance(child, nodes.title | nodes.term | nodes.Invisible):
            continue
        if isinstance(child, nodes.Element) and child.get("nb_element") == "cell_code_source":
            continue
        if isinstance(child, addnodes.desc_signature):
            yield one_line(child.astext()), None
        elif isinstance(child, nodes.row):
            yield " | ".join(filter(None, map(cell_text, child))), child
        elif isinstance(child, nodes.TextElement | nodes.image):
            yield one_line(said(child)), None
        elif isinstance(child, nodes.Element):
            yield from blocks(child)


def cell_text(cell):
    return " ".join(text for text, _ in blocks(cell) if text)


def code_in(node):
    """Return the code that an entry shows."""
    if isinstance(node, nodes.Element) and node.get("nb_element") == "cell_code_source":
        return node.astext()
    return " ".join(code_in(child) for child in node.children if not kind_of(child))


def one_line(text):
    return " ".join(text.split())


def said(node):
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.math | nodes.math_block):
        return in_a_line(node.astext())
    if isinstance(node, nodes.image):
        return node.get("alt", "")
    if isinstance(node, nodes.raw):
        return of_html(node.astext())
    return "".join(map(said, node.children))


# --- formulas -------------------------------------------------------------------------------

SIGNS = {
    **{name: name for name in ("exp", "log", "ln", "max", "min", "tanh", "cos", "sin")},
    **{"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "Delta": "Δ", "eta": "η"},
    **{"epsilon": "ε", "varepsilon": "ε", "theta": "θ", "lambda": "λ", "mu": "μ", "pi": "π"},
    **{"rho": "ρ", "sigma": "σ", "Sigma": "Σ", "nabla": "∇", "partial": "∂", "sum": "Σ"},
    **{"cdot": "·", "times": "×", "odot": "⊙", "approx": "≈", "to": "→", "infty": "∞"},
    **{"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "prime": "′", "circ": "°"},
    **{"dots": "…", "ldots": "…", "cdots": "…", "quad": " ", "qquad": " ", "sqrt": "√"},
}


LAYOUT = re.compile(
    r"\\(?:begin|end)\{[^}]*\}(?:\{[lcr|]*\})?|\\(?:text)?color\{[^}]*\}"
    r"|\\(?:left|right|[bB]igg?[lr]?|displaystyle|limits)(?![A-Za-z])\.?"
    r"|\\\\(?:\[[^]]*\])?|&|\\[,;:! ]|~"
)
FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
GROUP = re.compile(r"(?:\\(?![dt]?frac)([A-Za-z]+)\s*|(?<!frac)(?<!\}))\{([^{}]*)\}")


def in_a_line(latex):
    r"""Return a formula as somebody would type it: \frac{\partial E}{\partial w_6} is ∂E/∂w6."""
    text, before = LAYOUT.sub(" ", latex), None
    while text != before:
        before = text
        text = FRACTION.sub(lambda found: "/".join(map(in_brackets, found.groups())), text)
        text = GROUP.sub(lambda found: SIGNS.get(found[1], "") + found[2], text)
    text = re.sub(r"\\([A-Za-z]+)", lambda found: SIGNS.get(found[1], ""), text)
    text = re.sub(r"(?<=∂) +|(?<=[A-Za-z])_(?=\d)|[{}\\]", "", text)
    return re.sub(r" (?=[′)])", "", text.replace("-", "−"))


def in_brackets(part):
    part = part.strip()
    return f"({part})" if re.search(r".[-+=]|\\(?:cdot|times)", part) else part
