"""What is once and what is twice in the pictures of a page.

Its letters are there once: matplotlib draws each of them into every picture, and a page with ten
drawings is much lighter without that.  A picture too wide for a phone is there twice, and whoever
takes the pictures of a page for something else leaves the narrow one out.
"""

import re

# As picture.py names them: the live figure, if any, the picture, the font, the letter.
GLYPH = re.compile(r'<path id="bp-[\w-]*?[0-9a-f]{8}-([A-Z][\w-]*-[0-9a-f]+)" ([^>]*)/>\s*')
USE = re.compile(r'href="#bp-[\w-]*?[0-9a-f]{8}-([A-Z][\w-]*-[0-9a-f]+)"')
NARROW = re.compile(r'<div class="bp-scroll bp-narrow">.*?</svg>\s*</div>', re.DOTALL)
EMPTY = re.compile(r"<defs>\s*</defs>\s*")
ONCE = (
    '<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>{}</defs></svg>'
)


def setup(app):
    app.connect("html-page-context", share_of_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def share_of_page(app, pagename, templatename, context, doctree):
    if doctree is not None:
        context["body"] = share(context["body"])


def share(html):
    """Return HTML in which each letter of its pictures stands once, before all of them."""
    glyphs = dict(GLYPH.findall(html))
    if not glyphs:
        return html
    html = EMPTY.sub("", GLYPH.sub("", html))
    html = USE.sub(r'href="#bp-\1"', html)
    return ONCE.format("".join(f'<path id="bp-{g}" {path}/>' for g, path in glyphs.items())) + html


def once(text: str) -> str:
    """Return a cell's HTML with each picture in it once, without the narrow one of a phone."""
    return NARROW.sub("", text)
