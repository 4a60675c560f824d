"""A resolved page as plain Markdown, for readers that know nothing of Sphinx.

`Page` writes what goes into a notebook, `PlainPage` the same for a file of text.

One method for each kind of node, named for it: `on_paragraph`, `on_math_block`.  Each returns
Markdown; a block has no blank line round it, `blocks` puts them between.  A node without a
method of its own takes that of the class it derives from, so that every admonition is one.
What no method knows is kept in `unknown`, for the caller to complain about.

A notebook is written for JupyterLab, Colab, VS Code and GitHub alike, which disagree on much:
- a dollar sign in prose would start a formula, even after a backslash, hence the <span>;
- < and > in a formula would start a tag, | would end a cell of a table;
- no Markdown is read inside <summary>;
- a downloaded notebook is not trusted, and an SVG in it not shown, unless as an <img>.
"""

import base64
import html
import mimetypes
import re
from pathlib import Path
from posixpath import dirname, join, normpath

from docutils import nodes
from sphinx.locale import admonitionlabels

from book_pictures import once
from book_places import palette

NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'
PIECES = re.compile(
    r"(<svg\b.*?</svg>|<img\b[^>]*>|<pre\b.*?</pre>|<summary>.*?</summary>|<br>)", re.DOTALL
)
ALIGNMENTS = {"text-left": ":--", "text-center": ":-:", "text-right": "--:"}


class Page:
    """Turns the nodes of one page into Markdown.

    `site` is the address of the published book, with a slash at its end, or "" if it has none;
    `file_of(docname)` the name of the file that a page becomes, or None.
    """

    DOLLAR = "<span>&#36;</span>"

    def __init__(self, builder, docname, doctree, site, file_of):
        self.builder, self.env, self.docname = builder, builder.env, docname
        self.site, self.file_of = site, file_of
        self.unknown = set()
        self.targets = {
            uri[1:] for uri in map(uri_of, doctree.findall(nodes.reference)) if uri.startswith("#")
        }

    # How nodes become text

    def markdown(self, node):
        for kind in type(node).__mro__:
            method = getattr(self, f"on_{kind.__name__}", None)
            if method:
                return method(node)
        self.unknown.add(type(node).__name__)
        return self.blocks(node.children)

    def blocks(self, children):
        return "\n\n".join(filter(None, map(self.markdown, children)))

    def inline(self, node):
        return "".join(map(self.markdown, node.children))

    def anchor(self, node):
        """Mark a place that a link of this page leads to."""
        return "".join(f'<a id="{name}"></a>' for name in node["ids"] if name in self.targets)

    def number(self, node, kind=None):
        """Return the number that Sphinx gives to a node, as "1.2", or ""."""
        kind = kind or self.env.get_domain("std").get_enumerable_node_type(node)
        numbers = self.env.toc_fignumbers.get(self.docname, {}).get(kind, {})
        found = next((numbers[name] for name in node["ids"] if name in numbers), ())
        return ".".join(map(str, found))

    def label(self, node):
        """Return the label and number of a node, as "Fig. 1" or "Exercise 2", or ""."""
        kind = self.env.get_domain("std").get_enumerable_node_type(node)
        number = self.number(node)
        return self.builder.config.numfig_format.get(kind, "%s") % number if number else ""

    # Text

    def on_Text(self, node):
        return escaped(node.astext(), self.DOLLAR)

    def on_inline(self, node):
        return self.inline(node)

    on_abbreviation = on_generated = on_PassthroughTextElement = on_inline

    def on_emphasis(self, node):
        return f"*{self.inline(node)}*"

    on_literal_emphasis = on_title_reference = on_emphasis

    def on_strong(self, node):
        return f"**{self.inline(node)}**"

    on_literal_strong = on_strong

    def on_subscript(self, node):
        return f"<sub>{self.inline(node)}</sub>"

    def on_superscript(self, node):
        return f"<sup>{self.inline(node)}</sup>"

    def on_literal(self, node):
        text = node.astext()
        return f"`` {text} ``" if "`" in text else f"`{text}`"

    def on_math(self, node):
        text = re.sub(r"(?<!\\)\|", r"\\vert ", formula(node).replace("\n", " "))
        return f"${text.strip()}$"

    def on_raw(self, node):
        text = node.astext()
        if node["format"] != "html" or "<script" in text:
            return ""
        return with_pictures(text)

    def on_image(self, node):
        source = Path(self.env.srcdir, node["candidates"]["*"])
        kind = mimetypes.guess_type(source.name)[0]
        data = base64.b64encode(source.read_bytes()).decode()
        return f'<img alt="{html.escape(node.get("alt", ""))}" src="data:{kind};base64,{data}">'

    # Links

    def on_reference(self, node):
        text, address = self.inline(node), self.address(uri_of(node))
        if not address:
            return text
        space = " " if text.startswith(" ") else ""  # so begins the link in a solution's title
        return f"{space}[{text.strip()}]({address})"

    def address(self, uri):
        """Return where a link leads from the file, or None if that is nowhere."""
        if uri == "#" or uri.startswith("#why-"):
            return None  # neither its top nor an answer has a place in it
        if re.match(r"[a-z]+:|#", uri):
            return uri
        here = self.builder.get_target_uri(self.docname)
        path, _, place = normpath(join(dirname(here), uri)).partition("#")
        if self.site:
            return self.site + path + (place and f"#{place}")
        return self.file_of(path.removesuffix(self.builder.link_suffix))

    def on_download_reference(self, node):
        text = self.inline(node)
        file = node.get("filename")
        return f"[{text}]({self.site}_downloads/{file})" if self.site and file else text

    def on_footnote_reference(self, node):
        return f"<sup>{self.inline(node)}</sup>"

    on_citation_reference = on_footnote_reference

    def on_footnote(self, node):
        label, *body = node.children
        return f"<sup>{self.inline(label)}</sup> {self.blocks(body)}"

    on_citation = on_footnote

    # Blocks

    def on_document(self, node):
        return self.blocks(node.children)

    on_section = on_container = on_compound = on_glossary = on_FormulaBox = on_document

    def on_title(self, node):
        if not isinstance(node.parent, nodes.section):
            return f"**{self.title_of(node.parent)}**"
        depth = 1
        above = node.parent.parent
        while isinstance(above, nodes.section):
            depth, above = depth + 1, above.parent
        return f"{'#' * depth} {self.anchor(node.parent)}{self.inline(node)}"

    def on_paragraph(self, node):
        text = re.sub(r"^(\d+)?([-+#>.)])(?=\s)", r"\1\\\2", self.inline(node).strip())
        return self.anchor(node) + text

    def on_rubric(self, node):
        return f"**{self.inline(node)}**"

    on_sd_tab_label = on_rubric

    def on_math_block(self, node):
        text = formula(node)
        if r"\\" in text and r"\begin" not in text:
            text = f"\\begin{{split}}\n{text}\n\\end{{split}}"
        number = node.get("number") and (self.number(node, "displaymath") or node["number"])
        tag = f" \\tag{{{number}}}" if number else ""
        return "\n".join(filter(None, [self.anchor(node), f"$$\n{text}{tag}\n$$"]))

    def on_literal_block(self, node):
        return f"```{node.get('language', '')}\n{node.astext().strip()}\n```"

    def on_line_block(self, node):
        return "  \n".join(map(self.markdown, node.children))

    def on_line(self, node):
        return self.inline(node)

    def on_block_quote(self, node):
        return quoted(self.blocks(node.children))

    def on_attribution(self, node):
        return f"— {self.inline(node)}"

    def on_transition(self, node):
        return "" if "footnotes" in node["classes"] else "---"

    def on_bullet_list(self, node):
        return "\n".join(item("- ", self.markdown(child)) for child in node.children)

    def on_enumerated_list(self, node):
        first = node.get("start", 1)
        return "\n".join(
            item(f"{n}. ", self.markdown(child)) for n, child in enumerate(node.children, first)
        )

    def on_list_item(self, node):
        return self.blocks(node.children)

    on_definition = on_list_item

    def on_definition_list(self, node):
        return "\n".join(item("- ", self.blocks(child.children)) for child in node.children)

    def on_term(self, node):
        words = self.inline(node).replace("**", "")  # bold as a whole
        return f"{self.anchor(node)}**{words}**"

    def on_table(self, node):
        rows = list(node.findall(nodes.row))
        rule = (
            next(filter(None, map(ALIGNMENTS.get, entry["classes"])), "---")
            for entry in rows[0].children
        )
        header, *body = [self.row(map(self.table_cell, row.children)) for row in rows]
        return "\n\n".join(
            filter(None, [self.caption(node), "\n".join([header, self.row(rule), *body])])
        )

    def row(self, cells):
        return f"| {' | '.join(cells)} |"

    def table_cell(self, node):
        text = self.blocks(node.children).replace("\n\n", "<br>").replace("\n", " ")
        return re.sub(r"(?<!\\)\|", r"\\|", text)

    def on_figure(self, node):
        shown = [child for child in node.children if not isinstance(child, nodes.caption)]
        return "\n\n".join(filter(None, [self.blocks(shown), self.caption(node)]))

    def on_legend(self, node):
        return self.blocks(node.children)

    def caption(self, node):
        """Return the caption of a figure or the title of a table, with its number."""
        text = next(
            (
                self.inline(child)
                for child in node.children
                if isinstance(child, nodes.caption | nodes.title)
            ),
            "",
        )
        label = self.label(node)
        return self.anchor(node) + " ".join(filter(None, [label and f"**{label}**", text]))

    # Boxes

    def on_Admonition(self, node):
        body = self.blocks(child for child in node.children if not is_title(child))
        if is_folded(node):
            return self.folded(node, body)
        return quoted(f"{self.anchor(node)}**{self.title_of(node)}**\n\n{body}")

    on_sidebar = on_topic = on_dropdown_main = on_Admonition

    def folded(self, node, body):
        """A box that the reader opens; `body` is its Markdown."""
        title = next(filter(is_title, node.children), nodes.title())
        texts = title.findall(nodes.Text)
        words = "".join(text for text in texts if not isinstance(text.parent, nodes.raw))
        name = html.escape(" ".join(words.split()))
        name = " ".join(filter(None, [self.label(node), name])) or kind_of(node)
        return (
            f"{self.anchor(node)}<details>\n<summary><b>{name}</b></summary>"
            f"\n\n{body}\n\n</details>"
        )

    def title_of(self, node):
        """Return the title of a box: its number, its own title, or what its kind is called."""
        title = next(filter(is_title, node.children), None)
        parts = [self.label(node), self.inline(title).strip() if title else ""]
        return " ".join(filter(None, parts)) or kind_of(node)

    # What the package says of itself

    def on_desc_signature(self, node):
        return f"**`{' '.join(node.astext().split())}`**"

    on_desc = on_desc_content = on_field_list = on_document

    def on_field(self, node):
        name, body = node.children
        return f"**{self.inline(name).strip()}:**\n\n{self.blocks(body.children)}"

    # What a reader of the file does not need

    def on_nothing(self, node):
        return ""

    on_target = on_comment = on_index = on_meta = on_toctree = on_nothing
    on_substitution_definition = on_system_message = on_sd_tab_input = on_nothing


class PlainPage(Page):
    """The same as text alone: what is folded is open, a picture is what it shows in words.

    A link to a place of its own page leads nowhere, for a place has no mark.
    """

    DOLLAR = r"\$"

    def anchor(self, node):
        return ""

    def address(self, uri):
        return None if uri.startswith("#") else super().address(uri)

    def on_raw(self, node):
        return in_words(node.astext()) if node["format"] == "html" else ""

    def on_image(self, node):
        return pictured(node.get("alt", ""))

    def on_literal_block(self, node):
        """A block of code; what is no Python is what it printed."""
        language = "python" if "python" in node.get("language", "") else ""
        return f"```{language}\n{node.astext().strip()}\n```"

    on_doctest_block = on_literal_block

    def folded(self, node, body):
        return f"**{self.title_of(node)}**\n\n{body}"

    on_HideCodeCellNode = Page.on_document


def kind_of(node):
    """Return what a box without a title is called, as "Note", or ""."""
    return str(admonitionlabels.get(node.tagname, ""))


def is_title(node):
    """Say whether a node is the title of the box it is in."""
    return isinstance(node, nodes.title) or type(node).__name__ == "dropdown_title"


def is_folded(node):
    """Say whether the page shows only the title of a box until the reader opens it."""
    return type(node).__name__ == "dropdown_main" or "dropdown" in node.get("classes", ())


def uri_of(node):
    """Return where a reference leads on the site, relative to its page; "" if nowhere."""
    return node.get("refuri") or "#" + node.get("refid", "")


def escaped(text, dollar):
    """Return a text so that Markdown takes none of its characters for more than they are."""
    text = re.sub(r"([\\`*\[\]]|~~|(?<!\w)_|_(?!\w))", r"\\\1", text.replace("\n", " "))
    text = re.sub(r"&(?=#?\w+;)", "&amp;", text).replace("<", "&lt;")
    return text.replace("$", dollar)


def formula(node):
    """Return the TeX of a node, without the characters that mean something to Markdown."""
    text = re.sub(r"\s*<\s*", r" \\lt ", node.astext().strip())
    return re.sub(r"\s*>\s*", r" \\gt ", text)


def quoted(text):
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def item(mark, text):
    """An item of a list: `text` after `mark`, its further lines indented as far."""
    return mark + text.replace("\n", "\n" + " " * len(mark)).replace(" " * len(mark) + "\n", "\n")


def with_pictures(text):
    """Put an <img> in the place of every inline SVG, with its label as the text instead.

    Of a live figure, which needs the page's script, its still picture is left.
    """
    text = re.sub(r"<bp-figure\b.*?</script>|</bp-figure>", "", once(text), flags=re.DOTALL)
    return re.sub(r"<svg\b.*?</svg>", lambda found: picture(found[0]), text, flags=re.DOTALL)


def in_words(text):
    """Return the words of HTML, of its pictures too; of its tags only <br> is left, for tables."""
    text = re.sub(r"<(script|style)\b.*?</\1>", "", once(text), flags=re.DOTALL)
    return "\n\n".join(filter(None, map(words_of, PIECES.split(text))))


def words_of(piece):
    """Return the words of one of the PIECES of an HTML text, or of what is between them."""
    if piece.startswith(("<svg", "<img")):
        label = re.search(r'(?:aria-label|alt)="([^"]*)"', piece)
        return pictured(html.unescape(label[1])) if label else ""
    if piece == "<br>":
        return piece
    words = html.unescape(re.sub(r"<[^>]*>", "", piece)).strip()
    if piece.startswith("<pre"):
        return f"```\n{words}\n```"
    words = escaped(words, PlainPage.DOLLAR)
    return f"**{words}**" if piece.startswith("<summary") else words


def pictured(words):
    """Return what stands for a picture that shows this."""
    return f"Picture: {escaped(words, PlainPage.DOLLAR)}"


def picture(svg):
    """Return an <img> that holds an SVG, on the page's light ground, which its colours suit."""
    label = re.search(r'aria-label="([^"]*)"', svg)
    ground = palette()["light"]["page"]
    svg = svg.replace("<svg", f"<svg {NAMESPACE}", 1) if NAMESPACE not in svg else svg
    svg = svg.removesuffix("</svg>") + f"<style>svg {{ background: {ground} }}</style></svg>"
    data = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{label[1] if label else ""}" src="data:image/svg+xml;base64,{data}">'
