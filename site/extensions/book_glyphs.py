"""The letters of all pictures of a page, once: matplotlib draws each of them into every picture.

A page with ten drawings is a quarter lighter by that.  A picture by itself, as the package makes
it, keeps its own letters.
"""

import re

# As picture.py names them: the live figure, if any, the picture, the font, the letter.
GLYPH = re.compile(r'<path id="bp-[\w-]*?[0-9a-f]{8}-([A-Z][\w-]*-[0-9a-f]+)" ([^>]*)/>\s*')
USE = re.compile(r'href="#bp-[\w-]*?[0-9a-f]{8}-([A-Z][\w-]*-[0-9a-f]+)"')
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
