"""The folders of the scripts hold what code/js/README.md says of them."""

import re

import pytest
from conftest import ROOT

JS = ROOT / "code/js"
PACKAGE = ROOT / "code/backprop"

# folder: the folders from which its scripts may import; "" is the folder of the bundles' beginnings
MAY_IMPORT = {
    "core": {"core"},
    "parts": {"core", "parts"},
    "figures": {"core", "parts"},
    "": {"", "figures", "parts"},
}

# scripts of core/ for which Python has no module, and why
ONLY_HERE = {
    "paste": "a reader pastes numbers into a page; the command takes JSON and .npz",
}

OF_A_PAGE = re.compile(
    r"\b(document|window|navigator|location|history|localStorage|sessionStorage|customElements|"
    r"HTMLElement|Element|Node|ResizeObserver|getComputedStyle|addEventListener|"
    r"requestAnimationFrame|setTimeout|performance|fetch)\b(?!:)"
)


def scripts(folder):
    return sorted((JS / folder).glob("*.js"))


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)


def imported(script):
    """Yield the files that a script imports."""
    text = without_comments(script.read_text("utf-8"))
    for name in re.findall(
        r'^(?:import|export)\b[^;"()=]*"([^"]+)"|\bimport\("([^"]+)"\)', text, re.M
    ):
        yield (script.parent / "".join(name)).resolve()


def of_a_page(text):
    """Return what of a text needs a page, comments apart."""
    return OF_A_PAGE.findall(without_comments(text))


def folder_of(path):
    """Return the folder of code/js that a file is in, None for a file elsewhere."""
    try:
        parent = path.parent.relative_to(JS)
    except ValueError:
        return None
    return "" if parent.name == "" else str(parent)


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_from_where_it_may(folder):
    assert scripts(folder)
    found = [
        (script.name, str(path))
        for script in scripts(folder)
        for path in imported(script)
        if path.suffix != ".json" and folder_of(path) not in MAY_IMPORT[folder]
    ]
    assert not found


def test_there_is_no_other_folder():
    there = {path.name for path in JS.iterdir() if path.is_dir()}
    assert there == {folder for folder in MAY_IMPORT if folder}


@pytest.mark.parametrize("script", scripts("core"), ids=lambda script: script.name)
def test_the_arithmetic_knows_of_no_page(script):
    assert not of_a_page(script.read_text("utf-8"))


def test_what_needs_a_page_is_seen():
    assert of_a_page("const box = document.createElement('div');") == ["document"]
    assert not of_a_page("/* the window of a document */ const windowed = 1; // document")


def test_each_file_of_the_core_is_the_namesake_of_a_module():
    modules = {path.stem for path in PACKAGE.rglob("*.py")}
    alone = {script.stem for script in scripts("core")} - modules
    assert alone <= set(ONLY_HERE)


def test_each_figure_can_be_shown_and_has_its_style_under_its_name():
    kinds = {script.stem for script in scripts("figures")}
    listed = re.findall(
        r'from "./figures/(\w+)\.js"',
        (JS / "figures.js").read_text("utf-8") + (JS / "tools.js").read_text("utf-8"),
    )
    assert sorted(listed) == sorted(kinds)
    styles = {path.stem for path in (JS / "figures").glob("*.css")}
    bundled = re.findall(r'@import "./figures/(\w+)\.css"', (JS / "figures.css").read_text("utf-8"))
    assert styles <= kinds
    assert sorted(bundled) == sorted(styles)
