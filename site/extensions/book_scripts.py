"""The scripts of pages and notebooks: modules of ours, each bundled into one minified file.

A page loads classic scripts, since a browser loads no module from disk; Jupyter takes one module,
from an address where nothing can be imported.  So esbuild makes both of the same sources.
"""

import json
import subprocess
from functools import cache
from pathlib import Path

from sphinx.errors import ExtensionError

from book_node import node, node_modules, start_node
from book_places import JS, LIVE


@cache
def bundle(entry: Path, form: str = "iife") -> str:
    """Return a script or style sheet with all that it imports; form: "iife" for a page, "esm".

    Raises ExtensionError with what esbuild says of a mistake.
    """
    process = start_node(
        node_modules() / "esbuild/bin/esbuild",
        str(entry),
        *("--bundle", "--minify", f"--format={form}", "--charset=utf8", "--log-level=warning"),
    )
    text, _ = process.communicate()
    if process.returncode:
        raise ExtensionError(f"esbuild could not bundle {entry}")
    return text


def write_widget():
    """Write what Jupyter runs into the package."""
    for file, text in {
        LIVE / "bundle.js": bundle(JS / "notebook.js", "esm"),
        LIVE / "bundle.css": bundle(JS / "figures.css"),
    }.items():
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")


@cache
def kinds_of_tools() -> frozenset:
    """Return the kinds of figures that tools.js exports: node imports it and says so."""
    said = subprocess.check_output(
        [
            *(node(), "--input-type=module", "--eval"),
            f"import {{ tools }} from {json.dumps((JS / 'tools.js').as_uri())};"
            "console.log(JSON.stringify(Object.keys(tools)));",
        ],
        text=True,
    )
    return frozenset(json.loads(said))


def script_of(kinds: set, page: str) -> str:
    """Return the script that has the figures of these kinds, of a page.

    Raises ExtensionError where they are in two.
    """
    tools = kinds_of_tools()
    if kinds & tools and kinds - tools:
        raise ExtensionError(
            f"{page} has figures of two scripts, {', '.join(sorted(kinds))}: put each of "
            f"{', '.join(sorted(kinds & tools))} on a page of its own"
        )
    return "tools.js" if kinds & tools else "figures.js"
