"""The contents of the book as _toc.yml has them: the parts in order, what they call a chapter."""

from sphinx import addnodes


def parts(env):
    """Yield (caption or None, names of pages) for each part, the first page before all others."""
    yield None, [env.config.root_doc]
    for tree in env.get_doctree(env.config.root_doc).findall(addnodes.toctree):
        yield tree.get("caption"), tree["includefiles"]


def short_name(env, docname):
    """Return what the contents call a chapter."""
    item = env.external_site_map.get(docname)
    return (item and item.title) or env.titles[docname].astext()
