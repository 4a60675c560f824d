"""What all figures have in common: a state that is checked, and two forms, still and live.

On a page and without anywidget a figure is still: a custom element, or its picture. In a notebook
it is live, an anywidget. A class of figures says by annotations which keys its state has.
"""

import html
import inspect
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import new_class
from typing import Any

from ..names import unknown
from ..tables import PALETTE
from ..where import on_a_page

BUNDLE = Path(__file__).with_name("bundle.js")  # of code/js, made while the book is built


def make(figure: "type[Figure]", state: Mapping[str, Any], *, name: str, still: Any, **fixed: Any):
    """Return a figure of a class: live where there is a notebook to live in, else still.

    state: a value for each key of the class; name: its id on the page; still: its picture; fixed:
    what else the class keeps. Raises what `Figure.checked` raises.
    """
    form = still_class if on_a_page() or not _can_live() else live_class
    return form(figure)(state, name=name, still=still, **fixed)


class Figure:
    """What a figure can do in both of its forms. The keys of its state are its attributes.

    kind: the script of code/js/figures that draws it; settings: what stays as it is; view: what
    the reader has chosen.
    """

    kind = ""
    settings: dict
    view: dict

    @classmethod
    def keys_of_state(cls):
        """Return the keys of its state: what the classes annotate, settings and view at the end."""
        common, *own = (inspect.get_annotations(base) for base in reversed(_figures(cls)))
        return [*(key for keys in own for key in keys), *common]

    def rules(self):
        """Return {key: rule} of its view, each as in `views`."""
        return {}

    def checked(self, key: str, value: Any):
        """Return what a key is to be set to as the figure keeps it, or raise what is wrong with it.

        What a new view leaves out stays as it is.
        """
        if key != "view":
            return value
        rules, view = self.rules(), {**self.view, **value}
        for name in view:
            if name not in rules:
                raise KeyError(unknown(name, rules, "key of the view"))
        return {name: rules[name](name, one) for name, one in view.items()}

    @property
    def still(self):
        """The picture of the state at first: all that paper shows, and a page without scripts."""
        return self._still

    def html(self):
        """Return the custom element of a page: the state as JSON, and the still picture of it."""
        keys = ("kind", *self.keys_of_state())
        state = json.dumps({key: getattr(self, key) for key in keys}, ensure_ascii=False)
        state = state.replace("<", "\\u003c")  # nothing in it may end the script
        # the same picture may stand elsewhere on the page, and an id stands once
        still = re.sub(r"\bbp-(?=[0-9a-f]{8}-)", f"bp-{self._name}-", self.still.html())
        return (
            f'<bp-figure id="{html.escape(self._name)}">'
            f'<script type="application/json">{state}</script>{still}</bp-figure>'
        )

    def _keep(self, fixed):
        for name, value in fixed.items():
            setattr(self, f"_{name}", value)

    def __getattr__(self, name):  # only of what is found in no other way
        raise AttributeError(self._lacks(name))

    def __setattr__(self, name, value):
        is_known = name in self.keys_of_state() or hasattr(type(self), name)
        if not is_known and not name.startswith("_"):
            raise AttributeError(self._lacks(name))
        super().__setattr__(name, value)

    def _lacks(self, name):
        properties = (
            name
            for base in _figures(type(self))
            for name, it in vars(base).items()
            if isinstance(it, property)
        )
        has = dict.fromkeys([*self.keys_of_state(), *properties])
        return f"the figure {self.kind!r} has no {name!r}; it has {', '.join(has)}"


def _figures(cls):
    """The classes of figures that a class is made of, itself first."""
    return [base for base in cls.__mro__ if issubclass(base, Figure)]


# ---- the two forms -----------------------------------------------------------------------------


class _Still:
    def __init__(self, state, **fixed):
        self._keep(fixed)
        self.set_together(**state)
        for key, value in state.items():
            setattr(self, key, value)

    def __setattr__(self, name, value):
        super().__setattr__(
            name, self.checked(name, value) if name in self.keys_of_state() else value
        )

    def set_together(self, **values):
        """Set keys whose values belong together, and are checked."""
        vars(self).update(values)

    def _repr_mimebundle_(self, **_):
        still = self.still._repr_mimebundle_()
        return still | {"text/html": self.html()} if on_a_page() else still


@cache
def still_class(figure: type[Figure]):
    """Return the class of a kind's still figures."""
    return type(figure.__name__, (_Still, figure), {})


@cache
def live_class(figure: type[Figure]):
    """Return the class of a kind's live figures, anywidgets: each key of the state is a trait."""
    import anywidget
    import traitlets

    keys = figure.keys_of_state()

    def __init__(self, state, **fixed):
        self._keep(fixed)  # before the state, which is checked with it
        anywidget.AnyWidget.__init__(self, **state)

    def set_together(self, **values):
        with self.hold_sync(), self.hold_trait_notifications():
            for key, value in values.items():
                setattr(self, key, value)

    def _repr_mimebundle_(self, **kwargs):
        live, metadata = anywidget.AnyWidget._repr_mimebundle_(self, **kwargs)
        return live | self.still._repr_mimebundle_(), metadata

    @traitlets.validate(*keys)
    def _validated(self, proposal):
        return self.checked(proposal["trait"].name, proposal["value"])

    members = {
        "_esm": BUNDLE,
        "_css": _styles(),
        "kind": traitlets.Unicode(figure.kind, read_only=True).tag(sync=True),
        **{key: traitlets.Any().tag(sync=True) for key in keys},
        **{f.__name__: f for f in (__init__, set_together, _repr_mimebundle_)},
        "_validated": _validated,
    }
    bases = (figure, anywidget.AnyWidget)
    return new_class(figure.__name__, bases, exec_body=lambda body: body.update(members))


def _can_live():
    """Whether there is anywidget, and the script that it would run."""
    try:
        import anywidget  # noqa: F401
    except ImportError:
        return False
    return BUNDLE.exists()


def _styles():
    """The style sheet for a notebook: the palette, by Jupyter's own theme, and the figures'."""
    light, dark = (
        "".join(f"--bp-{role}:{colour};" for role, colour in PALETTE[theme].items())
        for theme in ("light", "dark")
    )
    figures = BUNDLE.with_suffix(".css").read_text("utf-8")
    return f":root{{{light}}}\n[data-jp-theme-light=false]{{{dark}}}\n{figures}"
