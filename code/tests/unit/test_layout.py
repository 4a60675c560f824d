"""The rooms of the package: what the README says of them, and which may import which."""

import ast
import re
from graphlib import TopologicalSorter

import pytest
from conftest import ROOT

PACKAGE = ROOT / "code" / "backprop"
README = (ROOT / "code" / "README.md").read_text("utf-8")
FLAT = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")
FOLDERS = sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))
# A door to all rooms: what a reader, a chapter and a shell call.
DOORS = {"backprop", "backprop.book", "backprop.__main__"}


def modules():
    """Return {dotted name: path} of every module of the package."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts).removesuffix(".__init__")] = path
    return found


MODULES = modules()


def imported(name):
    """Return the modules of the package that a module imports, wherever in it."""
    path, found = MODULES[name], set()
    here = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            up = here[: len(here) - node.level + 1] if node.level else []
            module = ".".join([*up, *filter(None, [node.module])])
            inside = {f"{module}.{alias.name}" for alias in node.names} & set(MODULES)
            found |= inside or {module}
    return found & set(MODULES)


def room(name):
    """Return the folder that a module lies in, "" where it lies flat."""
    parts = name.split(".")[1:]
    return parts[0] if parts and parts[0] in FOLDERS else ""


def rows(head):
    """Return the rows of a table of the README, as lists of cells."""
    table = README.split(f"| {head} |")[1].split("\n\n")[0]
    return [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]


def test_the_readme_names_each_flat_module_once():
    named = [row[0].strip("`") for row in rows("module | what is in it")]
    assert sorted(named) == FLAT


FOLDER_ROWS = rows("folder | what belongs in it | it may import")


def test_the_readme_names_each_folder_once():
    assert sorted(row[0].strip("`") for row in FOLDER_ROWS) == FOLDERS


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_says_what_belongs_in_it(folder):
    said = ast.get_docstring(ast.parse((PACKAGE / folder / "__init__.py").read_text("utf-8")))
    assert said and "import" in said, f"{folder}/__init__.py should say what belongs in it"


@pytest.mark.parametrize(("folder", "may"), [(row[0], row[2]) for row in FOLDER_ROWS])
def test_a_folder_imports_only_what_the_readme_says(folder, may):
    folder = folder.strip("`")
    allowed = {"", folder, *re.findall("`(.*?)`", may)}
    inside = [name for name in MODULES if room(name) == folder]
    assert inside
    wrong = {
        (name, other) for name in inside for other in imported(name) if room(other) not in allowed
    }
    wrong |= {(name, other) for name in inside for other in imported(name) & DOORS - {"backprop"}}
    assert not wrong


def test_what_lies_flat_imports_no_folder():
    flat = [name for name in MODULES if not room(name) and name not in DOORS]
    assert len(flat) > 10
    wrong = {(name, other) for name in flat for other in imported(name) if room(other)}
    assert not wrong


def test_no_import_goes_in_a_circle():
    order = TopologicalSorter({name: imported(name) - {"backprop", name} for name in MODULES})
    assert len(list(order.static_order())) >= len(MODULES) - 1  # raises CycleError


def test_the_order_of_the_readme_is_a_reading_order():
    """A module comes after what it imports; the first ones can be read alone."""
    order = [row[0].strip("`") for row in rows("module | what is in it")]
    low = {"tables", "where"}  # two that have no idea of their own, and come last
    wrong = {
        (name, other)
        for name in order
        for full in imported(f"backprop.{name}")
        if (other := full.split(".")[1] if "." in full else "") in order
        and other not in low
        and order.index(other) > order.index(name)
    }
    assert not wrong
