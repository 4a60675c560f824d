"""A fresh clone, as a stranger has it: in a folder with a space, without a Node of the system.

It holds what is committed, not what lies in the working tree.
"""

import os
import shutil
import subprocess

import pytest
from conftest import ROOT, run

pytestmark = pytest.mark.slow

EXECUTED = ROOT / "_build" / ".jupyter_cache"

PROBE = """\
---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# A chapter for a test

"""
CELL = "```{code-cell} ipython3\n%s\n```\n"


@pytest.fixture(scope="module")
def clone(tmp_path_factory, say):
    """A clone of the last commit; `make book` has run in it: the process is `clone.made`."""
    folder = tmp_path_factory.mktemp("fresh") / "a clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)
    say("make book in a fresh clone …")
    return Clone(folder)


class Clone:
    """The folder of a clone, and the builds made in it."""

    def __init__(self, folder):
        self.folder = folder
        self.env = without_node(folder.parent)
        if EXECUTED.exists():  # of the same commit, in CI: the cells need not run twice
            shutil.copytree(EXECUTED, folder / "_build" / EXECUTED.name)
        self.made = run(["make", "book"], cwd=folder, env=self.env)

    def build(self, chapter, *options):
        """Build a book of one chapter, `chapter`; return the process and the page's HTML."""
        (self.folder / "_toc.yml").write_text("format: jb-book\nroot: chapters/probe\n")
        (self.folder / "chapters" / "probe.md").write_text(PROBE + chapter)
        return self.build_again(*options)

    def build_again(self, *options):
        """Build the book of one chapter as it is."""
        command = [".venv/bin/jupyter-book", "build", *options, "."]
        done = run(command, cwd=self.folder, env=self.env)
        page = self.folder / "_build" / "html" / "chapters" / "probe.html"
        return done, page.read_text() if page.exists() else ""


def without_node(folder):
    """Return an environment in which a Node of the system, if there is one, fails when used."""
    stubs = folder / "stubs"
    stubs.mkdir()
    for name in ("node", "npm", "npx"):
        (stubs / name).write_text(f"#!/bin/sh\necho 'the system has no {name}' >&2\nexit 127\n")
        (stubs / name).chmod(0o755)
    return {**os.environ, "PATH": f"{stubs}{os.pathsep}{os.environ['PATH']}"}


def test_a_fresh_clone_builds_in_a_path_with_a_space(clone):
    assert clone.made.returncode == 0, clone.made.stdout
    assert (clone.folder / "_build/html/chapters/index.html").exists()
    assert (clone.folder / "_build/html/index.html").as_uri() in clone.made.stdout


def test_the_build_changes_no_file_of_the_clone(clone):
    changed = run(["git", "status", "--porcelain"], cwd=clone.folder)
    assert changed.stdout == ""


def test_a_change_in_the_package_runs_the_cells_again(clone):
    package = clone.folder / "code" / "backprop" / "__init__.py"
    original = package.read_text()
    cell = CELL % "import backprop\nbackprop.probe"
    pages = []
    for value in ("before", "after"):
        package.write_text(f"{original}\nprobe = 'the value {value}'\n")
        done, page = clone.build(cell)
        assert done.returncode == 0, done.stdout
        # they ran ahead, beside those of other chapters if there were any, and only then
        assert "cells of probe: run" in done.stdout and "Executing notebook" not in done.stdout
        pages.append(page)
    package.write_text(original)
    assert "the value before" in pages[0]
    assert "the value after" in pages[1]


def test_a_broken_cell_fails_the_build(clone):
    done, _ = clone.build(CELL % "1 / 0", "-W", "-n", "--keep-going")
    assert done.returncode != 0
    assert "ZeroDivisionError" in done.stdout


def test_bad_tex_fails_the_build_even_where_warnings_are_let_pass(clone):
    done, _ = clone.build(r"This formula does not end: $\frac{1}{2$.")
    assert done.returncode != 0
    assert r"\frac{1}{2" in done.stdout


def test_a_warning_fails_the_next_build_too(clone):
    """Sphinx tells of a warning only when it reads the page; a second try must not pass."""
    first, _ = clone.build("See {ref}`nowhere`.\n", "-W", "-n", "--keep-going")
    second, _ = clone.build_again("-W", "-n", "--keep-going")
    for done in (first, second):
        assert done.returncode != 0
        assert "nowhere" in done.stdout


def test_without_python_make_names_what_is_missing(clone, tmp_path):
    for name in ("git", "make", "sh", "sed", "grep"):
        (tmp_path / name).symlink_to(shutil.which(name))
    venv = clone.folder / ".venv"
    venv.rename(clone.folder / ".venv-kept")
    done = run(["make", "book"], cwd=clone.folder, env={"PATH": str(tmp_path)})
    (clone.folder / ".venv-kept").rename(venv)
    assert done.returncode != 0
    assert "Python 3.11, 3.12 or 3.13 is missing" in done.stdout
