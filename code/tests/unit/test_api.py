"""The two pages of the package: nine names with all that a caller asks, then every module."""

import inspect
import re
from importlib import import_module
from pathlib import Path

import backprop
from backprop import Network

CHAPTERS = Path(__file__).resolve().parents[3] / "chapters"
FIRST, MODULES = ((CHAPTERS / f"{page}.md").read_text("utf-8") for page in ("api", "api-modules"))
NAMES = {
    f"{it.__module__}.{it.__name__}"
    for it in map(vars(backprop).get, backprop.__all__)
    if callable(it)
}


def of_first_page():
    """Return the full names that the first page documents, in its order."""
    by_hand = re.findall(r"^\.\. py:class:: (\w+)\(.*\n +:module: (\S+)$", FIRST, re.M)
    functions = re.findall(r"^\.\. autofunction:: (\S+)$", FIRST, re.M)
    return [*(f"{module}.{name}" for name, module in by_hand), *functions]


def test_the_first_page_has_each_public_name_once():
    assert len(NAMES) == 9
    assert sorted(of_first_page()) == sorted(NAMES)


def test_each_of_them_has_an_example():
    sections = re.split(r"^## ", FIRST, flags=re.M)
    for name in NAMES:
        (section,) = (it for it in sections if re.match(rf"{name.rpartition('.')[2]}\n", it))
        assert "```{code-cell} ipython3\n" in section, name


def test_what_is_on_the_first_page_is_not_on_the_second():
    left_out = {
        f"{module}.{name}"
        for module, names in re.findall(
            r"^\.\. automodule:: (\S+)\n +:exclude-members: \+?(.*)$", MODULES, re.M
        )
        for name in names.split(", ")
    }
    assert NAMES <= left_out


def test_the_second_page_has_every_module_that_a_chapter_may_import():
    listed = re.findall(r"^\.\. automodule:: (\S+)$", MODULES, re.M)
    assert len(listed) == len(set(listed))
    assert re.findall(r"^## `(backprop\.\S+)`", MODULES, re.M) == listed
    for module in listed:
        assert import_module(module).__doc__


def test_the_class_is_shown_with_the_arguments_and_defaults_that_it_has():
    """Written by hand: the signature that a dataclass makes shows a default as its whole record."""
    written = re.search(r"^\.\. py:class:: Network\((.*)\)$", FIRST, re.M)[1]
    parameters = inspect.signature(Network).parameters.values()

    def shown(parameter):
        default = parameter.default
        if default is parameter.empty:
            return parameter.name
        return f"{parameter.name}={getattr(default, 'name', default)}".replace("half ", "half_")

    assert written == ", ".join(map(shown, parameters))
    told = re.findall(r"^   :param (\w+):", FIRST, re.M)
    assert told == [parameter.name for parameter in parameters]
