"""Every public argument of the package says what type it takes."""

import inspect
import pkgutil
import re
from importlib import import_module
from typing import get_type_hints

import pytest
from conftest import ROOT

import backprop

MODULES = [name for _, name, _ in pkgutil.walk_packages(backprop.__path__, "backprop.")]
CHAPTERS = "".join(path.read_text("utf-8") for path in (ROOT / "chapters").glob("*.md"))
# A chapter shows the source of these, on lines that are read on a phone too.
SHOWN = {
    f"backprop.{module}.{name}"
    for module, name in re.findall(
        r"{literalinclude} \.\./code/backprop/(\w+)\.py\n:pyobject: (\w+)", CHAPTERS
    )
}


def public(module, holder):
    """Yield (name, function or class) of what is written in a module and may be called or made."""
    for name, it in vars(holder).items():
        it = it.fset if isinstance(it, property) else getattr(it, "__func__", it)
        if name.startswith("_") and name != "__init__" or not callable(it):
            continue
        if not (inspect.isclass(it) or inspect.isfunction(inspect.unwrap(it))):
            continue
        if it.__module__ == module.__name__:
            yield f"{holder.__name__}.{name}", it
            if inspect.isclass(it):
                yield from public(module, it)


def arguments_of(function):
    """Return the names of a function's arguments, without self and cls."""
    return [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_argument_has_a_type_that_resolves(name):
    module = import_module(name)
    missing = []
    for where, it in public(module, module):
        hints = get_type_hints(it)
        if hasattr(it, "rule"):  # of `arrays`: what is given by place is an array, all of it
            continue
        if not inspect.isclass(it) and where not in SHOWN:
            missing += [f"{where}: {each}" for each in arguments_of(it) if each not in hints]
    assert not missing


def test_methods_setters_and_cached_functions_are_asked_too():
    found = {where for name in MODULES for where, _ in public(*[import_module(name)] * 2)}
    assert {"Names.weight_at", "Trace.__init__", "OfNetwork.net"} <= found
    assert {"backprop.draw.canvas.width_of", *SHOWN} <= found
