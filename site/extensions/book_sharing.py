"""What a page says of itself in its head: to search engines, and to whoever shows a link to it.

    description     the sentence in the page's front matter
    og:…            title, sentence and picture for a preview of the link (ogp.me)
    JSON-LD         a schema.org LearningResource: what it teaches, how long it takes, whose it is

A preview needs absolute addresses: without the site's there is no picture, and no address.
"""

import json
import math

from docutils import nodes

from book_notebooks import site
from book_previews import SIZE, preview_name
from book_texts import text_name

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TEACHES = "After this chapter you can"  # the words before the list of what a chapter teaches
WORDS_A_MINUTE = 150  # slower than a novel is read: there are formulas and numbers to follow
MINUTES_FOR_AN_EXERCISE = 5
UNREAD = (nodes.raw, nodes.comment, nodes.FixedTextElement)  # pictures, what is hidden, code


def setup(app):
    app.connect("html-page-context", complete_context)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def complete_context(app, pagename, templatename, context, doctree):
    if doctree is None:
        return
    context["description"] = app.env.metadata[pagename].get("description", "")
    context["shared"] = shared(app, pagename)
    context["linked_data"] = in_html(linked_data(app, pagename, doctree))
    context["text_address"] = context["pathto"](text_name(pagename), True)


def shared(app, docname):
    """Return what a preview of a link to a page shows, {property: content}."""
    env, base = app.env, site(app.config)
    found = {
        "og:type": "website" if docname == app.config.root_doc else "article",
        "og:site_name": app.config.html_title,
        "og:title": env.titles[docname].astext(),
        "og:description": env.metadata[docname].get("description", ""),
    }
    if base:
        width, height = SIZE
        found |= {
            "og:url": base + app.builder.get_target_uri(docname),
            "og:image": base + preview_name(docname),
            "og:image:width": str(width),
            "og:image:height": str(height),
        }
    return {key: it for key, it in found.items() if it}


def linked_data(app, docname, doctree):
    """Return what schema.org has words for, of a page or, for the first page, of the book."""
    env, base = app.env, site(app.config)
    book = {"@type": ["Book", "LearningResource"], "name": app.config.html_title}
    if base:
        book["url"] = base + app.builder.get_target_uri(app.config.root_doc)
    if docname == app.config.root_doc:
        about = book
    else:
        about = {
            "@type": "LearningResource",
            "name": env.titles[docname].astext(),
            "url": base and base + app.builder.get_target_uri(docname),
            "isPartOf": book,
        }
        if taught(doctree):  # else it is a page to look things up in
            about |= {"teaches": taught(doctree), "timeRequired": f"PT{minutes(doctree)}M"}
    about |= {
        "description": env.metadata[docname].get("description"),
        "educationalLevel": "Beginner",
        "inLanguage": app.config.language,
        "license": LICENCE,
        "author": {"@type": "Organization", "name": app.config.author},
        "image": base and base + preview_name(docname),
    }
    return {"@context": "https://schema.org", **{key: it for key, it in about.items() if it}}


def in_html(data):
    """Return JSON that can stand in a <script>."""
    return json.dumps(data, ensure_ascii=False).replace("<", r"\u003c")


def taught(doctree):
    """Return the items of the list of what a chapter teaches."""
    for paragraph in doctree.findall(nodes.paragraph):
        after = paragraph.next_node(descend=False, siblings=True)
        if paragraph.astext().startswith(TEACHES) and isinstance(after, nodes.bullet_list):
            return [" ".join(item.astext().split()).rstrip(".;,") for item in after]
    return []


def minutes(doctree):
    """Return how long it takes to read a page and solve its exercises, in steps of five minutes."""
    exercises = sum("exercise" in box["classes"] for box in doctree.findall(nodes.Admonition))
    taken = words(doctree) / WORDS_A_MINUTE + MINUTES_FOR_AN_EXERCISE * exercises
    return 5 * math.ceil(taken / 5)


def words(node):
    """Return how many words there are to read; a formula is one for each of its parts."""
    if isinstance(node, UNREAD):
        return 0
    if isinstance(node, nodes.Text):
        return len(node.split())
    return sum(map(words, node.children))
