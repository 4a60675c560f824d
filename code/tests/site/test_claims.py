"""Claims: the words that a check quotes stand on the page, and no reader meets the check.

The last tests build a small book with the package, and then change its words and its numbers.
"""

import json
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from docutils import nodes

import book_claims

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    "words, text",
    [
        ("asked for less", "o1 is asked for less."),
        ("Smaller. Both", "Smaller.\nBoth inputs are positive."),
        ("the pull of $w_5$ is *larger*", "the pull of w_5 is larger"),
        ('h1\'s "wish"', "h1’s “wish”"),
        ("by 0.4 per cent", "by 0.4\N{NO-BREAK SPACE}per cent"),
        ("o1 gets … too much", "o1 gets 0.75: too much."),
        ("E falls", "so E falls, and E_1 falls"),
    ],
)
def test_words_are_found_however_they_are_set(words, text):
    assert len(book_claims.pattern(words).findall(book_claims.plain(text))) == 1


@pytest.mark.parametrize(
    "words, text",
    [
        ("is smaller", "is larger"),
        ("is large", "is larger"),
        ("less", "nevertheless"),
        ("asked for less", "asked for much less"),
        ("o1 gets … too much", "o1 gets 0.75: too little. o2 gets 0.77: too much."),
        ("w_5", "w_6"),
        ("a.b", "a-b"),
    ],
)
def test_other_words_are_not_found(words, text):
    assert not book_claims.pattern(words).search(book_claims.plain(text))


def test_a_section_is_read_as_a_reader_sees_it():
    picture = '<svg role="img" aria-label="a &lt; b"><text>9</text></svg><script>no()</script>'
    row = nodes.row()
    row += [nodes.entry("", nodes.paragraph("", text)) for text in ("left", "right")]
    code = nodes.container("", nodes.literal_block("", "# no"), nb_element="cell_code_source")
    section = nodes.section("", nodes.title("", "Name"), row, code, ids=["name"])
    section += nodes.raw("", picture, format="html")
    section += nodes.image(alt="a map")
    section += nodes.comment("", "no")
    section += nodes.paragraph("", "", nodes.Text("about "), nodes.math("", "w_5"))
    section += nodes.section("", nodes.paragraph("", "in an exercise"))
    section += nodes.section("", nodes.title("", "no"), nodes.paragraph("", "no"))
    assert book_claims.text_of(section).splitlines() == [
        "Name",
        "left right",
        "a < b",
        "a map",
        "about w_5",
        "in an exercise",
    ]


# A small book

HEADER = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---
"""
PAGE = """
# Two numbers

They are given.

```{code-cell} ipython3
:tags: [remove-cell]
from backprop import book
a, b = 1, 2
book.share(gap=b - a)
```

## Which is smaller?

$a$ is *smaller* than the other by {num}`gap`.

```{code-cell} ipython3
:tags: [check]
unseen = a + b
book.claim("$a$ is smaller than the other by 1", a < b)
book.claim("The left one is below", a < b)
book.claim("the sum is odd", unseen % 2 == 1)
book.claim("three is more than two", b + 1 > b)
```

| one | other |
| --- | --- |
| The left one | is below |

```{exercise} A riddle
:label: ex
Is the sum even?
```

```{solution} ex
:class: dropdown
No, the sum is odd.
```

```{code-cell} ipython3
---
mystnb: {figure: {name: fig, caption: "A figure, in which three is more than two."}}
---
book.Markdown("| 3 |\\n|---|\\n| 2 |")
```

## Elsewhere

Nothing is claimed here.

```{code-cell} ipython3
:tags: [check]
book.claim("Nothing is claimed here", True)
```
"""

CLAIMS_NOTHING = 'book.claim("Nothing is claimed here", True)'


def write(folder):
    """Write the small book, and the package with it."""
    settings = {
        "title": "A small book",
        "only_build_toc_files": True,
        "execute": {"execute_notebooks": "cache", "raise_on_error": True},
        "html": {"baseurl": ""},
        "parse": {"myst_enable_extensions": ["dollarmath"]},
        "sphinx": {
            "extra_extensions": ["sphinx_exercise"],
            "local_extensions": {
                name: str(ROOT / "site/extensions")
                for name in ("book_kernels", "book_values", "book_claims", "book_notebooks")
            },
            "config": {"nb_render_markdown_format": "myst"},
        },
    }
    files = {
        "_config.yml": json.dumps(settings),
        "_toc.yml": json.dumps({"format": "jb-book", "root": "chapters/two"}),
        "chapters/two.md": HEADER + PAGE,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    shutil.copytree(ROOT / "code/backprop", folder / "code/backprop")
    for name in ("pyproject.toml", "requirements.txt", "LICENSE-CODE", "code/README.md"):
        shutil.copy(ROOT / name, folder / name)


@pytest.fixture(scope="module")
def book(tmp_path_factory, build):
    """The folder of a small book, built."""
    folder = tmp_path_factory.mktemp("claims") / "a book"
    write(folder)
    done = build(folder)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture
def copy(book, tmp_path):
    """A copy of the small book and all that was built, to be changed."""
    return Path(shutil.copytree(book, tmp_path / "a copy"))


def change(folder, *pairs):
    page = folder / "chapters/two.md"
    text = page.read_text()
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    page.write_text(text)


@pytest.mark.slow
def test_a_check_is_neither_on_the_page_nor_in_its_notebook(book):
    html = (book / "_build/html/chapters/two.html").read_text("utf-8")
    assert "the sum is odd" in html and "claim(" not in html and "unseen" not in html
    notebook = nbformat.read(book / "_build/html/notebooks/two.ipynb", as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert [source.split("\n")[0] for source in code[1:]] == [
        "from backprop import book",
        'book.Markdown("| 3 |\\n|---|\\n| 2 |")',
    ]


@pytest.mark.slow
def test_words_that_are_not_those_of_the_claim_fail_the_build(copy, build):
    change(
        copy,
        ("is *smaller* than", "is *larger* than"),
        ("| is below |", "| is above |"),
        ("No, the sum is odd.", "No, the sum is even."),
        ("in which three is more than two", "in which two is more than three"),
        ("They are given.", "They are given, and the sum is odd."),  # in another section
        ("Nothing is claimed here.", "Nothing is claimed here. Nothing is claimed here."),
    )
    done = build(copy)
    assert done.returncode != 0
    said = re.findall(r"two\.md:(\d+).*the words of a claim (.*) in its section: (.*)", done.stdout)
    lines = (copy / "chapters/two.md").read_text().splitlines()
    places = [n for n, line in enumerate(lines, 1) if line in ("unseen = a + b", CLAIMS_NOTHING)]
    assert [(int(line), what, re.sub(r"\x1b.*", "", words)) for line, what, words in said] == [
        (places[0], "do not stand", "$a$ is smaller than the other by 1"),
        (places[0], "do not stand", "The left one is below"),
        (places[0], "do not stand", "the sum is odd"),
        (places[0], "do not stand", "three is more than two"),
        (places[1], "stand 2 times", "Nothing is claimed here"),
    ]


@pytest.mark.slow
def test_a_claim_that_does_not_hold_fails_the_build(copy, build):
    change(copy, ("a, b = 1, 2", "a, b = 2, 1"))
    done = build(copy)
    said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout)
    assert done.returncode != 0 and "two.md" in said
    words = "$a$ is smaller than the other by 1"
    assert f"AssertionError: the page says '{words}', but a = 2, b = 1" in said
