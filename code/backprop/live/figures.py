"""Live figures: numbers that a reader can take hold of.

Each function returns one object. On a page of the book it is a custom element that holds its state
and a still picture of the same state, which is all that paper and a browser without scripts show.
In a live notebook it is an anywidget: `figure.W` is what the reader has set, `figure.net` the
network with it, and setting either moves the figure. Where anywidget is missing, it is the still
picture. Set W as a whole, or `net`: a change inside of the list that `figure.W` is, the figure
does not see.

What they draw and how they react is in code/js, in JavaScript; its arithmetic, core/nn.js, is
the twin of this package's, and tests hold the two together.
"""

import html
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from .. import draw, latex, practice
from ..convolution import conv2d
from ..cost import by_formula
from ..draw import Strip
from ..draw.grids import Grid
from ..mistakes import MISTAKES
from ..names import Names, Symbol, indexed, unknown
from ..network import (
    Network,
    as_mistaken_rate,
    as_rate,
    as_rows,
    as_target,
    backward,
    by_name,
    check_biases,
    forward,
)
from ..paths import why
from ..practice import programs
from ..practice.pcg import STREAMS
from ..tables import PALETTE, TABLES
from ..trace import ETA, trace
from ..train import train
from ..where import on_a_page
from .paste import read_network, short, written

BUNDLE = Path(__file__).with_name("bundle.js")  # of code/js, made while the book is built
TABLE = TABLES["figures"]
PASS = tuple(TABLE["PASS"])
COMPARED = tuple(TABLE["COMPARED"])
MOST_LAYERS = 16  # and units to a layer, whose gradient the cost figure counts
MOST_UPDATES = 100_000  # of a training
MOST_PASTED = 1000  # weights and biases of a reader's network: each of its numbers is shown
STILL_UPDATES = 1000  # of the picture of a training that has not begun
STATE = ("kind", *PASS, "settings", "view")
SHOWN = tuple(TABLE["SHOWN"])  # of a window
STRIDES, PADDINGS = tuple(TABLE["STRIDES"]), tuple(TABLE["PADDINGS"])


def nudge(net, x, t, weight, *, by=0.1, name="nudge"):
    """Return the figure that turns one weight, and shows what its slope had promised.

    weight: one from which a single path leads to the loss; by: the nudge at first; name: its id on
    the page. Raises KeyError for an unknown name, ValueError where there are several paths, and as
    `trace` does.
    """
    paths = why(net, x, t, weight).paths
    if len(paths) > 1:
        raise ValueError(
            f"{len(paths)} paths lead from {weight} to the loss, and this figure follows one: take "
            "a weight of the last layer, or a network of one unit to a layer"
        )
    still = draw.path(trace(net, x, t), weight)
    given = _given(net, x, t, 1.0, "updated")
    return _figure("nudge", name, net, given, {"weight": weight}, {"dx": by}, still)


def take_hold(
    net, x, t, learning_rate, controls, weight, *, biases="updated", more=False, name="take-hold"
):
    """Return the figure in which given numbers can be changed, and all the others follow.

    controls: names of the given numbers that its question needs, of weights, biases, inputs and
    targets, or "eta"; more: whether the others can be changed too, behind a fold; weight: the one
    whose paths to the loss are lit at first; name: its id on the page. Raises KeyError for an
    unknown name, and as `trace` does.
    """
    steps = trace(net, x, t, learning_rate, biases=biases)
    given = _given(net, x, t, learning_rate, biases)
    _check_controls(net, x, controls)
    l, *_ = net.names.weight_at(weight)
    pictures = [draw.network(steps)]
    if l < len(net.sizes) - 1:
        pictures.append(draw.ropes(steps, weight))
    settings = {"controls": list(controls), "more": more}
    return _figure("take_hold", name, net, given, settings, {"pick": weight}, Strip(pictures))


def walk(net, x, t, learning_rate, *, until="update", step=0, biases="updated", name="walk"):
    """Return the figure that walks through a pass, one step at a time: what comes next?

    until: the label, of `trace.LABELS`, of the last steps that it walks; step: how many are done at
    first; name: its id on the page. Raises KeyError for an unknown label, and as `trace` does.
    """
    steps = trace(net, x, t, learning_rate, biases=biases)
    still = draw.network(steps, until)
    given = _given(net, x, t, learning_rate, biases)
    return _figure("walk", name, net, given, {"until": until}, {"step": step}, still)


def training(
    net, x, t, learning_rate, controls, weight, plane, *,
    updates=0, goal=1e-3, compare="nothing", other_rate=None, other_start=None, window=None,
    biases="updated", name="train",
):  # fmt: skip
    """Return the figure that trains: outputs, error and weights by the number of updates.

    x and t: one example, or rows of them. controls: names of given numbers that can be changed;
    weight: the one whose way is drawn; plane: the names of two, for the landscape, and window: its
    (low, high, low, high), by default what the way needs; updates: how many are made at first;
    goal: an E to train until. compare: one of COMPARED; other_rate is the rate for "rate", and for
    "start" other_start are the two numbers from which the plane's weights start. name: its id on
    the page.

    The figure's W and b, and its net, are what the training starts from: setting them trains anew.
    `figure.trained` is the network that the reader has trained, after `figure.view["updates"]`.
    Raises KeyError for an unknown name, ValueError unless the plane is of two weights, and as
    `train` does.
    """
    if compare not in COMPARED:
        raise KeyError(unknown(compare, COMPARED, "comparison"))
    if len(set(plane)) != 2 or not 0 <= updates <= MOST_UPDATES:
        raise ValueError(
            f"plane should be two weights and updates from 0 to {MOST_UPDATES:,}, and they are "
            f"{plane!r} and {updates!r}"
        )
    for each in (weight, *plane):
        net.names.weight_at(each)
    if other_start is None:
        values = by_name(net, net.W, net.b)
        other_start = [values[each] for each in plane]
    given = _given(net, x, t, learning_rate, biases)
    _check_controls(net, x, controls)
    _, history = train(net, x, t, learning_rate, updates or STILL_UPDATES, biases=biases)
    n = np.arange(1, len(history.loss))
    still = draw.curves(
        n, {"E": history.loss[1:]}, x_label="updates", y_label="error E", log="xy"
    )  # fmt: skip
    settings = {
        "controls": list(controls), "window": window and list(window), "most": MOST_UPDATES,
    }  # fmt: skip
    view = {
        "updates": updates, "look": updates, "goal": goal, "weight": weight,
        "across": plane[0], "up": plane[1], "other": compare,
        "other_rate": as_rate(other_rate or learning_rate),
        "other_across": float(other_start[0]), "other_up": float(other_start[1]),
    }  # fmt: skip
    return _figure("training", name, net, given, settings, view, still)


def cost(width, depth, *, name="cost"):
    """Return the figure that counts what a gradient costs, by four methods.

    width: units in each layer; depth: layers after the input; both from 1 to MOST_LAYERS, or
    ValueError. The counts are those of `cost.by_formula`.
    """
    for what, number in (("width", width), ("depth", depth)):
        if number not in range(1, MOST_LAYERS + 1):
            raise ValueError(
                f"{what} should be a whole number from 1 to {MOST_LAYERS}, and is {number!r}"
            )
    depths = np.arange(1, MOST_LAYERS + 1)
    counts = [by_formula([width] * (n + 1)) for n in depths]
    lines = {
        method: np.array([count[method] for count in counts], dtype=float) for method in counts[0]
    }
    still = draw.curves(depths, lines, x_label="layers", y_label="multiplications", log="y")
    view = {"width": width, "depth": depth, "layer": 1, "unit": 1}
    return _figure("cost", name, None, {}, {"most": MOST_LAYERS}, view, still)


def solve(kinds=None, *, seed=1, fade=1, name="practice"):
    """Return the figure that sets problems, marks each line and names the mistake in a wrong one.

    kinds: names of `practice.KINDS`, by default all; seed: that of the first problem, of the first
    kind; fade: how many parts of the way are blank at first, of `practice.PARTS`, or one more for
    all of it. `figure.problem` is the problem that it shows. Raises KeyError for an unknown kind,
    ValueError for another fade, and as `practice.problem` does.
    """
    known = kinds_of(kinds or practice.KINDS)
    if fade not in range(practice.EVERYTHING + 1):
        raise ValueError(f"fade should be from 0 to {practice.EVERYTHING}, and is {fade!r}")
    first = practice.problem(next(iter(known)), seed)
    view = {"kind": first.kind, "seed": seed, "fade": fade, "from": "end", "at": 0}
    return _figure("solve", name, None, {}, {"kinds": known}, view, draw.problem(first))


ENTRY = (("one-neuron", 6, "delta_o"), ("two-two-two", 6, "dE_dw6"), ("two-two-two", 9, "delta_h1"))
STARTS = (  # by how many of the three are right: what is said, and where the practice block begins
    ("Begin with one neuron, all of it but the update worked for you.", "one-neuron", 1),
    ("Begin with one neuron, and fill in its delta yourself.", "one-neuron", 3),
    ("Begin with two inputs, two hidden units, two outputs, the hidden deltas worked.",
     "two-two-two", 3),
    ("You can do each line: take mixed kinds, with everything blank.", "mixed", 5),
)  # fmt: skip


def entry_check(block="practice", *, name="three-lines"):
    """Return the figure that asks three lines, and says where to begin with practice.

    block: the id of the figure of `solve`, on the same page, that is to begin there.
    """
    problems = [practice.problem(kind, seed) for kind, seed, _ in ENTRY]
    starts = [
        {"words": words, "view": {"kind": kind, "fade": fade}} for words, kind, fade in STARTS
    ]
    settings = {
        "kinds": kinds_of(dict.fromkeys(kind for kind, _, _ in ENTRY)),
        "items": ENTRY, "starts": starts, "block": block,
    }  # fmt: skip
    view = {str(n): "" for n in range(1, len(ENTRY) + 1)}
    still = Strip([draw.problem(one) for one in problems])
    return _figure("entry_check", name, None, {}, settings, view, still)


def window(
    x, k, b=0.0, t=0.0, *,
    stride=1, padding=0, show="forward", place=(1, 1), point=(1, 1), name="window",
):  # fmt: skip
    """Return the figure in which a window slides over an image: what does it see?

    x: an image, k: a kernel, both (rows, columns); b: its bias; t: what each place of the map
    should be, for E is half of each (z − t)², summed. show: one of SHOWN, at first: what the window
    sees, which points a delta reaches, or from which deltas a point collects; place: of the map,
    and point: of the image, (row, column) from 1; name: its id on the page. Raises KeyError for
    another show, ValueError for another place, stride or padding, and as `convolution.conv2d` does.
    """
    if show not in SHOWN:
        raise KeyError(unknown(show, SHOWN, "view"))
    if stride not in STRIDES or padding not in PADDINGS:
        raise ValueError(
            f"stride should be of {STRIDES} and padding of {PADDINGS}, and they are {stride!r} and "
            f"{padding!r}"
        )
    x, k = (np.asarray(array, dtype=float) for array in (x, k))
    z = conv2d(x[None, None], k[None, None], [b], stride, padding)[0, 0]
    for what, at, within in (("place", place, z.shape), ("point", point, x.shape)):
        if not all(n in range(1, most + 1) for n, most in zip(at, within, strict=True)):
            raise ValueError(f"{what} should be within {within}, from 1, and is {at!r}")
    row, column = place[0] - 1, place[1] - 1
    still = draw.grids(
        Grid("$x$", "out", np.pad(x, padding), [(stride * row, stride * column, *k.shape)]),
        Grid("$k$", "weight", k),
        Grid("$z$", "net", z, [(row, column, 1, 1)]),
    )
    settings = {"x": x.tolist(), "k": k.tolist(), "b": float(b), "t": float(t)}
    view = {
        "show": show, "row": row + 1, "column": column + 1,
        "point_row": point[0], "point_column": point[1], "stride": stride, "padding": padding,
    }  # fmt: skip
    return _figure("window", name, None, {}, settings, view, still)


def hunt(net, x, t, learning_rate, *, seed=1, level=1, name="hunt"):
    """Return the figure that looks for the wrong line in the programs of `programs`.

    All that the programs make of this network and this example is what the reader sees of them.
    seed: of their order, a whole number; level: what the reader is told at first, 1 the place, 2
    the program and its gradients, 3 the gradients alone; name: its id on the page. Raises
    ValueError for another level, and as `programs.run` does; on a network of another shape than
    2-2-2 some do not run.
    """
    if level not in (1, 2, 3):
        raise ValueError(f"level should be 1, 2 or 3, and is {level!r}")
    _, *right = backward(net, *forward(net, x), t)
    given = net, x, t, learning_rate
    settings = {
        "right": {"lines": programs.program(), "does": programs.purposes()},
        "gradients": [{"name": n, "value": v} for n, v in _entries(*right).items()],
        "programs": [_wrong_program(mistake, right, *given) for mistake in MISTAKES],
    }
    view = {"seed": seed, "at": 0, "level": level, "answer": ""}
    still = _Hunted(programs.in_order(seed)[0], settings)
    return _figure("hunt", name, None, {}, settings, view, still)


def _wrong_program(mistake, right, *given):
    """The program with a mistake, and what it makes of the given numbers, as figures/hunt.js takes
    it; right: (dW, db) of the right program."""
    lines, changes = programs.program(mistake), programs.CHANGES[mistake]
    found = programs.run(lines, *given)
    alike = {}  # arrays that go wrong in the same way
    for array, words in programs.symptoms(found, right).items():
        alike.setdefault(words, []).append(array)
    return {
        "mistake": mistake,
        "lines": lines,
        "wrong": programs.wrong_lines(mistake),
        "changed": [n for n, line in enumerate(programs.RIGHT, 1) if line.text.strip() in changes],
        "unharmed": programs.unharmed(mistake, *given),
        "values": list(_entries(*found).values()),
        "symptoms": "; ".join(f"{', '.join(alike[words])}: {words}" for words in alike),
    }


def _entries(dW, db):
    """Return {"dW[2][0, 0]": gradient, …} of every weight and bias, as NumPy calls them."""
    return {
        f"{kind}[{l}][{', '.join(map(str, place))}]": float(array[l][place])
        for l in range(len(dW) - 1, 0, -1)
        for kind, array in (("dW", dW), ("db", db))
        for place in np.ndindex(array[l].shape)
    }


class _Hunted:
    """The still form of a hunt: a program, its wrong lines marked, and its gradients."""

    def __init__(self, mistake, settings):
        self._program = programs.Listing(programs.program(mistake), programs.wrong_lines(mistake))
        (values,) = (p["values"] for p in settings["programs"] if p["mistake"] == mistake)
        self._rows = [["gradient", "right", "found"]] + [
            [right["name"], *(latex.fmt(number, 6) for number in (right["value"], value))]
            for right, value in zip(settings["gradients"], values, strict=True)
        ]

    def html(self):
        """Return listing and table as HTML."""

        def line(cells, tag):
            return f"<tr>{''.join(f'<{tag}>{html.escape(cell)}</{tag}>' for cell in cells)}</tr>"

        head, *rows = self._rows
        body = "".join(line(row, "td") for row in rows)
        table = f"<table><thead>{line(head, 'th')}</thead><tbody>{body}</tbody></table>"
        return self._program.html() + table

    def __repr__(self):
        rows = (f"{name:12}{right:>14}{value:>14}" for name, right, value in self._rows)
        return "\n".join([repr(self._program), "", *rows])

    def _repr_mimebundle_(self, **_):
        return {"text/html": self.html(), "text/plain": repr(self)}


def your_network(
    net, x, t, learning_rate, *, printed=None, gradients="", biases="updated", name="own"
):
    """Return the figure that takes a network of the reader's own, as text, and shows every number.

    printed: the text of the net's weights and biases as another program prints them; gradients:
    likewise, those to be compared; name: its id on the page. The figure keeps all of it as text in
    its view, which `paste` reads: `figure.net` is the network that was pasted. Raises ValueError
    for a printed network that is another one, and as `trace` does.
    """
    steps = trace(net, x, t, learning_rate, biases=biases)
    text = written(net.W, net.b) if printed is None else printed
    shapes = [np.shape(weights) for weights in read_network(text).W[1:]]
    if shapes != [weights.shape for weights in net.W[1:]]:
        raise ValueError(
            f"the printed network is another one: its weights have shapes {shapes}, "
            f"and the net has layers of {net.sizes} units"
        )
    view = {
        "net": text,
        "x": _in_a_row(x), "t": _in_a_row(t),
        "activations": _activations_of(net), "loss": net.loss.name,
        "biases": biases, "learning_rate": as_rate(learning_rate),
        "gradients": gradients, "pick": indexed(net.sizes).w[1][0][0].name,
    }  # fmt: skip
    settings = {"most": MOST_PASTED}
    return _figure("your_network", name, None, {}, settings, view, draw.network(steps))


def _in_a_row(numbers):
    return " ".join(map(short, numbers))


def _activations_of(net):
    return " ".join(activation.name for activation in net.activations[1:])


def _pasted(text, activations, loss):
    W, b, *_ = read_network(text)
    return Network(W, b, activations, loss)


# ---- what they have in common ------------------------------------------------------------------


def _check_controls(net, x, controls):
    """Raise KeyError for a control that the figures have none for (parts/givens.js)."""
    names = net.names
    layers = [*(row for layer in names.w[1:] for row in layer), *names.b[1:]]
    if np.ndim(x) == 1:  # of a batch, each input and target is many numbers
        layers.append(names.out[0])
        if net.loss.targets != "distribution":  # these go together: their sum is 1
            layers.append(names.t)
    known = {ETA.name, *(symbol.name for layer in layers for symbol in layer)}
    for control in controls:
        if control not in known:
            raise KeyError(unknown(control, sorted(known), "given number"))


def _given(net, x, t, learning_rate, biases):
    if net.names.shared:
        raise ValueError("this figure gives every connection a weight of its own: these are shared")
    x = as_rows("x", x, net.sizes[0], "inputs")
    return {
        "W": as_lists(net.W),
        "b": as_lists(net.b),
        "x": x.tolist(),
        "t": as_target(net, t, x).tolist(),
        "learning_rate": as_rate(learning_rate),
        "biases": biases,
        "hidden_weights": "old",
    }


def as_lists(layers):
    """Layers of numbers as plain lists, None at layer 0: what JSON has."""
    return [None if layer is None else np.asarray(layer, dtype=float).tolist() for layer in layers]


def settings_of(net):
    return {
        "activations": [activation and activation.name for activation in net.activations],
        "loss": net.loss.name,
        "names": _named(net.names),
    }


def _named(value):
    """Names as plain data, every symbol {name, latex}."""
    if isinstance(value, Symbol):
        return value._asdict()
    if isinstance(value, Names):
        return {field: _named(getattr(value, field)) for field in value.__dataclass_fields__}
    return [_named(one) for one in value] if isinstance(value, tuple) else value


def kinds_of(wanted):
    """The kinds of `practice`, by name, as core/problems.js takes them."""
    found = {}
    for name in wanted:
        form = practice.as_kind(name)
        plain = {field: getattr(form, field) for field in form.__dataclass_fields__}
        found[name] = {**plain, "names": _named(form.names), "stream": STREAMS[name]}
    return found


def _figure(kind, name, net, given, settings, view, still):
    """Return the figure: live where there is a notebook to live in, else still."""
    make = _Still if on_a_page() or not _can_live() else _live_class()
    settings = {**(settings_of(net) if net else {}), **settings}
    state = {**dict.fromkeys(STATE), "kind": kind, **given, "settings": settings, "view": view}
    figure = make(**state)
    figure._net, figure._name, figure._picture = net, name, still
    return figure


class _Figure:
    """What a figure can do, live or still: its attributes are the keys of STATE."""

    @property
    def net(self):
        """The network with the weights and biases that the figure has now."""
        if self.kind == "your_network":
            view = self.view
            return _pasted(view["net"], [None, *view["activations"].split()], view["loss"])
        return replace(self._net, W=self.W, b=self.b)

    @net.setter
    def net(self, net):
        if self.kind == "your_network":
            of_net = {"net": written(net.W, net.b), "activations": _activations_of(net)}
            self.view = {**self.view, **of_net, "loss": net.loss.name}
        else:
            self.W, self.b = net.W, net.b

    @property
    def trained(self):
        """The network that a training has made, after the updates that the view says."""
        if self.kind != "training":
            raise AttributeError(f"the figure {self.kind!r} trains nothing")
        return train(
            self.net, self.x, self.t, self.learning_rate, self.view["updates"],
            biases=self.biases, hidden_weights=self.hidden_weights,
        )[0]  # fmt: skip

    @property
    def problem(self):
        """The `practice.Problem` that the figure shows."""
        if self.kind != "solve":
            raise AttributeError(f"the figure {self.kind!r} sets no problem")
        kind, seed = self.view["kind"], self.view["seed"]
        if kind == "mixed":
            kind = practice.mixed(list(self.settings["kinds"]), seed)
        return practice.problem(kind, seed)

    def html(self):
        """Return the custom element of a page: the state as JSON, and the still picture of it."""
        state = json.dumps({key: getattr(self, key) for key in STATE}, ensure_ascii=False)
        state = state.replace("<", "\\u003c")  # nothing in it may end the script
        # the same picture may stand elsewhere on the page, and an id stands once
        still = re.sub(r"\bbp-(?=[0-9a-f]{8}-)", f"bp-{self._name}-", self._picture.html())
        return (
            f'<bp-figure id="{html.escape(self._name)}">'
            f'<script type="application/json">{state}</script>{still}</bp-figure>'
        )

    def _repr_mimebundle_(self, **kwargs):
        still = self._picture._repr_mimebundle_()
        if on_a_page():
            return still | {"text/html": self.html()}
        of_widget = getattr(super(), "_repr_mimebundle_", None)
        if not of_widget:
            return still
        live, metadata = of_widget(**kwargs)
        return live | still, metadata


class _Still(_Figure):
    def __init__(self, **state):
        self.__dict__.update(state)


def _can_live():
    """Whether there is anywidget, and the script that it would run."""
    try:
        import anywidget  # noqa: F401
    except ImportError:
        return False
    return BUNDLE.exists()


@cache
def _live_class():
    import anywidget
    import traitlets

    class Live(_Figure, anywidget.AnyWidget):
        _esm = BUNDLE
        _css = _styles()
        kind = traitlets.Unicode().tag(sync=True)
        W, b, x, t, learning_rate, biases, hidden_weights, settings, view = (
            traitlets.Any().tag(sync=True) for _ in STATE[1:]
        )

        @traitlets.validate(*PASS)
        def _checked(self, proposal):
            key, value = proposal["trait"].name, proposal["value"]
            if not hasattr(self, "_net"):  # still being made, of what was checked
                return value
            return _check(self, key, value)

    return Live


def _check(figure, key, value):
    """Return a value that Python sets as the figure keeps it; raises as the network would."""
    net = figure.net
    if key in ("W", "b"):
        return as_lists(getattr(replace(net, **{key: list(value)}), key))
    if key == "x":
        return as_rows("x", value, net.sizes[0], "inputs").tolist()
    if key == "t":
        return as_target(net, value, figure.x).tolist()
    if key == "learning_rate":
        return as_rate(value)
    if key == "biases":
        check_biases(net, value)
    else:
        as_mistaken_rate(value, figure.learning_rate)
    return value


def _styles():
    """The style sheet for a notebook: the palette, by Jupyter's own theme, and the figures'."""
    light, dark = (
        "".join(f"--bp-{role}:{colour};" for role, colour in PALETTE[theme].items())
        for theme in ("light", "dark")
    )
    figures = BUNDLE.with_suffix(".css").read_text("utf-8")
    return f":root{{{light}}}\n[data-jp-theme-light=false]{{{dark}}}\n{figures}"
