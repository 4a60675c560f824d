"""The files around the book: locks, settings, workflows, the list of chapters."""

import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from conftest import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"^([\w.-]+)==([\w.!+]+)", re.M)
EVERYTHING = ".ci/requirements.txt"
BINDER = ".binder/requirements.txt"


def locked(path):
    """Return {name: version} of a lock."""
    return dict(PIN.findall((ROOT / path).read_text()))


def tracked_text():
    """Yield (path, text) of every text file that git tracks, licences apart."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file() and not name.startswith("LICENSE"):
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def test_the_folder_code_does_not_hide_the_standard_module():
    """pdb imports `code`; from the root of the repository it must still find the right one."""
    check = "import code; assert hasattr(code, 'InteractiveConsole'), code"
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=True)


def test_the_example_of_the_package_runs(capsys):
    text = (ROOT / "code" / "README.md").read_text()
    exec(re.search(r"```python\n(.*?)```", text, re.S)[1], {})
    assert "0.347186633" in capsys.readouterr().out  # the new w6, as the source prints it


each_lock = pytest.mark.parametrize("path", ["requirements.txt", EVERYTHING])


@each_lock
def test_every_line_of_a_lock_is_a_pinned_name_or_a_hash(path):
    lines = (ROOT / path).read_text().splitlines()
    lines = [line for line in lines if not line.lstrip().startswith("#")]
    pin = re.compile(r"[\w.-]+==[\w.!+]+( ; [\w.'<>=!() ]+)? \\")
    digest = re.compile(r" {4}--hash=sha256:[0-9a-f]{64}( \\)?")
    strange = [line for line in lines if not pin.fullmatch(line) and not digest.fullmatch(line)]
    assert not strange  # in particular no registry's address


def asked_for(*groups):
    """Return what the package and some groups of the settings ask for; no group: all of them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    all_groups = settings["dependency-groups"]
    asked = list(settings["project"]["dependencies"])
    for name in groups or all_groups:
        asked += [one for one in all_groups[name] if isinstance(one, str)]  # no other group's name
    return map(Requirement, asked)


@pytest.mark.parametrize("path, groups", [("requirements.txt", ["book"]), (EVERYTHING, [])])
def test_a_lock_holds_what_the_settings_ask_for(path, groups):
    lock = locked(path)
    for requirement in asked_for(*groups):
        version = lock.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in {path}: run `make lock`"
        assert version in requirement.specifier, f"{requirement}, but locked is {version}"


@pytest.mark.parametrize("path", ["requirements.txt", BINDER])
def test_all_locks_have_the_same_versions(path):
    everything, part = locked(EVERYTHING), locked(path)
    assert {"numpy", "matplotlib", "sympy", "anywidget"} <= set(part)
    assert part == {name: everything[name] for name in part}, "run `make lock`"


def test_the_book_is_built_without_what_tests_sheets_and_lab_take():
    heavy = {"jupyterlab", "playwright", "pypandoc-binary", "pytest", "ruff", "typst", "uv"}
    assert heavy <= set(locked(EVERYTHING))
    assert not heavy & set(locked("requirements.txt"))


def test_binder_starts_with_the_settings_of_the_lab():
    (folder,) = re.findall(r"\$PWD/(\S+?)\"", (ROOT / ".binder" / "start").read_text())
    assert (ROOT / folder / "jupyter_lab_config.json").exists()


def test_every_chapter_is_in_the_contents_and_the_other_way_round():
    contents = (ROOT / "_toc.yml").read_text()
    listed = re.findall(r"^\W*(?:root|file): (\S+)", contents, re.M)
    there = {f"chapters/{path.stem}" for path in (ROOT / "chapters").glob("*.md")}
    assert len(listed) == len(set(listed))
    assert set(listed) == there


def test_workflows_pin_each_action_to_a_commit():
    workflows = list((ROOT / ".github" / "workflows").glob("*.yml"))
    assert workflows
    for path in workflows:
        used = re.findall(r"uses: (.+)", path.read_text())
        assert used, path
        loose = [one for one in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", one)]
        assert not loose, path


def test_the_issue_form_has_the_fields_that_the_pages_fill_in():
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "slip.yml").read_text())
    assert {"page", "section"} <= {field["id"] for field in form["body"]}


def test_version_and_date_are_the_same_wherever_they_stand():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    changes = (ROOT / "CHANGELOG.md").read_text()
    newest, *_ = re.findall(r"^## \[(\d[^\]]*)\] - (\d{4}-\d\d-\d\d)$", changes, re.M)
    assert newest == (citation["version"], str(citation["date-released"]))
    assert citation["version"] == settings["project"]["version"]
    book = citation["preferred-citation"]
    assert (book["version"], book["year"]) == (citation["version"], citation["date-released"].year)


@pytest.mark.parametrize(
    "path",
    [
        *sorted((ROOT / ".github").rglob("*.yml")),
        *(ROOT / name for name in (".pre-commit-config.yaml", "CITATION.cff", "_config.yml")),
    ],
    ids=lambda path: path.name,
)
def test_settings_are_valid_yaml(path):
    assert yaml.safe_load(path.read_text())


def test_no_file_names_a_folder_of_one_machine():
    """A path such as a home folder works where it was written and nowhere else."""
    folder = re.compile(r"(?<![\w.}])/(?:home|root|Users|work|opt|tmp)/\w+")
    found = [(name, hit) for name, text in tracked_text() for hit in folder.findall(text)]
    assert not found
