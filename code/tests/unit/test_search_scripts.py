"""What the search knows of a page, and that a build which writes one page keeps the others."""

import json
from types import SimpleNamespace

import pytest
from docutils import nodes
from sphinx import addnodes

import book_search


@pytest.mark.parametrize(
    "latex, line",
    [
        (r"\frac{\partial E}{\partial w_6}", "∂E/∂w6"),
        (r"\dfrac{\partial E}{\partial\,\mathrm{out}_{h1}}", "∂E/∂out_h1"),
        (r"\displaystyle \frac{1}{1 + e^{-z}}", "1/(1 + e^−z)"),
        (r"\textcolor{#ff0000}{0.25} \times 10^{-7}", "0.25 × 10^−7"),
        (r"\delta^{(l)} \odot f'(z^{(l)})", "δ^(l) ⊙ f'(z^(l))"),
        (r"\bigl(w_{11} + \tfrac12\bigr)", "(w11 + 12)"),
        (r"\begin{pmatrix} w_1 & w_2 \\ w_3 & w_4 \end{pmatrix}", "w1 w2 w3 w4"),
    ],
)
def test_a_formula_is_read_in_a_line(latex, line):
    assert book_search.one_line(book_search.in_a_line(latex)) == line


def page():
    """A page of two sections, with a cell, a table and a picture."""
    cell = nodes.container("", nb_element="cell_code_source")
    cell += nodes.literal_block("", "net = with_values(w, b)")
    row = nodes.row("", *(nodes.entry("", nodes.paragraph("", it)) for it in ("left", "right")))
    inner = nodes.section("", nodes.title("", "Inner"), ids=["inner-words", "inner"])
    inner += [nodes.image(alt="a map"), nodes.comment("", "no")]
    outer = nodes.section("", nodes.title("", "Outer"), ids=["outer"])
    outer += [nodes.paragraph("", "Some\nwords."), cell, row, inner]
    return nodes.document(None, None, "", outer)


def test_a_section_has_its_own_text_and_the_names_of_its_code():
    outer, inner = book_search.entries(page())
    assert (outer["heading"], outer["text"]) == ("Outer", "Some words.\nleft | right")
    assert outer["names"] == ["net", "with_values"]
    assert (inner["ids"], inner["text"], inner["names"]) == (["inner-words", "inner"], "a map", [])


def test_terms_and_names_are_entries_of_their_own():
    terms = [nodes.term("", it, ids=[f"term-{it}"]) for it in ("one", "two")]
    item = nodes.definition_list_item("", *terms, nodes.definition("", nodes.paragraph("", "Is.")))
    glossary = addnodes.glossary("", nodes.definition_list("", item))
    name = addnodes.desc("", addnodes.desc_signature("", "f(x)", ids=["backprop.f"]))
    name += addnodes.desc_content("", nodes.paragraph("", "Does."))
    section = nodes.section("", nodes.title("", "All"), glossary, name, ids=["all"])
    found = list(book_search.entries(nodes.document(None, None, "", section)))
    assert [(it["kind"], it["heading"], it["text"]) for it in found] == [
        ("name", "All", ""),  # a section of names
        ("term", "one, two", "Is."),
        ("name", "f", "f(x)\nDoes."),
    ]
    assert [it["ids"] for it in found[1:]] == [["term-one"], ["backprop.f"]]


@pytest.fixture
def app(tmp_path):
    """A build of two pages, of which it has to write none."""
    (tmp_path / "_static").mkdir()

    def resolve(name, builder):
        book_search.read(app, page(), name)

    contents = addnodes.toctree("", includefiles=["b", "a"])
    env = SimpleNamespace(
        config=SimpleNamespace(root_doc="root"),
        contents=contents,
        titles={name: nodes.title("", f"Page {name}") for name in ("root", "a", "b")},
        external_site_map={},
        get_domain=lambda name: SimpleNamespace(anonlabels={"inner": ("a", "inner")}),
        get_doctree=lambda name: nodes.document(None, None, "", contents),
        get_and_resolve_doctree=resolve,
    )
    builder = SimpleNamespace(format="html", get_target_uri=lambda name: f"{name}.html")
    app = SimpleNamespace(doctreedir=tmp_path, outdir=tmp_path, env=env, builder=builder)
    return app


def written(app):
    text = (app.outdir / "_static" / book_search.INDEX).read_text("utf-8")
    return json.loads(text.removeprefix("bookIndex = "))


def test_a_build_that_writes_one_page_keeps_what_is_known_of_the_others(app, monkeypatch):
    book_search.begin(app)
    assert not app.builder.search
    list(book_search.write(app))
    first = written(app)
    assert [it["page"] for it in first["pages"]] == ["b.html", "a.html", "root.html"]
    places = [[entry["id"] for entry in it["entries"]] for it in first["pages"][:2]]
    assert places == [["outer", "inner-words"], ["outer", "inner"]]  # of a label, or of words

    monkeypatch.setattr(app.env, "get_and_resolve_doctree", None)
    app.env.contents["includefiles"].remove("b")
    book_search.begin(app)
    changed = page()
    changed.next_node(nodes.paragraph).replace_self(nodes.paragraph("", "Others."))
    book_search.read(app, changed, "a")
    list(book_search.write(app))
    a, root = written(app)["pages"]
    assert a["entries"][0]["text"].startswith("Others.")
    assert root == first["pages"][2]
