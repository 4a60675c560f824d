"""The figures in which a reader changes numbers and sees what follows, each a class and a function.

The function is what a chapter calls: it takes numbers as the package does, and returns a figure
with its still picture. The class says what the state of such a figure is and may be. What they draw
is in code/js/figures, one file for each kind.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import draw
from ..convolution import conv2d
from ..cost import by_formula
from ..draw import Strip
from ..draw.grids import Grid
from ..functions import LOSSES
from ..names import indexed
from ..network import Network, as_numbers, as_rate, by_name, check_biases
from ..paths import why
from ..tables import TABLES
from ..trace import trace
from ..train import train
from . import views
from .of_network import (
    OfNetwork,
    OfPass,
    check_controls,
    check_weights,
    make_of_network,
    numbers_of_example,
    numbers_of_pass,
)
from .state import as_lists
from .widget import Figure, make

TABLE = TABLES["figures"]
COMPARED, SPANS = tuple(TABLE["COMPARED"]), tuple(TABLE["SPANS"])
MOST_LAYERS = 16  # and units to a layer, whose gradient the cost figure counts
MOST_UPDATES = 100_000  # of a training
MOST_PASTED = 1000  # weights and biases of a reader's network: each of its numbers is shown
STILL_UPDATES, STILL_FIRST = 1000, 200  # of the picture of a training: of E, of a weight's path
SHOWN = tuple(TABLE["SHOWN"])  # of a window
STRIDES, PADDINGS = tuple(TABLE["STRIDES"]), tuple(TABLE["PADDINGS"])


class Nudge(OfNetwork):
    """settings.weight: the one that is turned; view.dx: by how much."""

    kind = "nudge"

    def rules(self):
        return {"dx": views.number}


def nudge(
    net: Network, x: ArrayLike, t: ArrayLike, weight: str, *, by: float = 1.0, name: str = "nudge"
):
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
    numbers = numbers_of_example(net, x, t)
    return make_of_network(
        Nudge, net, numbers, {"weight": weight}, {"dx": by}, name=name, still=still
    )


class TakeHold(OfPass):
    """view.pick: the weight or bias whose paths to the loss are lit."""

    kind = "take_hold"

    def rules(self):
        return {"pick": self.rule_of_weights()}


def take_hold(
    net: Network,
    x: ArrayLike,
    t: ArrayLike,
    learning_rate: float,
    controls: Sequence[str],
    weight: str,
    *,
    biases: str = "updated",
    more: bool = False,
    name: str = "take-hold",
):
    """Return the figure in which given numbers can be changed, and all the others follow.

    controls: names of the given numbers that its question needs, of weights, biases, inputs and
    targets, or "eta"; more: whether the others can be changed too, behind a fold; weight: the one
    whose paths to the loss are lit at first; name: its id on the page. Raises KeyError for an
    unknown name, and as `trace` does.
    """
    steps = trace(net, x, t, learning_rate, biases=biases)
    check_controls(net, x, controls)
    l, *_ = net.names.weight_at(weight)
    pictures = [draw.network(steps)]
    if l < len(net.sizes) - 1:
        pictures.append(draw.ropes(steps, weight))
    settings = {"controls": list(controls), "more": more}
    numbers = numbers_of_pass(net, x, t, learning_rate, biases)
    return make_of_network(
        TakeHold, net, numbers, settings, {"pick": weight}, name=name, still=Strip(pictures)
    )


class Walk(OfPass):
    """settings.until: the label of the last steps; view.step: how many are done."""

    kind = "walk"

    def rules(self):
        return {"step": views.count}


def walk(
    net: Network,
    x: ArrayLike,
    t: ArrayLike,
    learning_rate: float,
    *,
    until: str = "update",
    step: int = 0,
    biases: str = "updated",
    name: str = "walk",
):
    """Return the figure that walks through a pass, one step at a time: what comes next?

    until: the label, of `trace.LABELS`, of the last steps that it walks; step: how many are done at
    first; name: its id on the page. Raises KeyError for an unknown label, and as `trace` does.
    """
    steps = trace(net, x, t, learning_rate, biases=biases)
    steps.labelled(until)  # raises for an unknown one
    walked = [one.label for one in steps if one.label != "given"]
    # of what is still to be found the picture shows nothing
    still = draw.network(steps, walked[:step][-1] if step > 0 else "given")
    numbers = numbers_of_pass(net, x, t, learning_rate, biases)
    return make_of_network(
        Walk, net, numbers, {"until": until}, {"step": step}, name=name, still=still
    )


class Training(OfPass):
    """Its W and b are what the training starts from: view.updates says how far it has come.

    view: look, the update that is looked back at; goal, an E to train until; weight, the one whose
    path is drawn; span, one of SPANS, the updates that the curves show; across and up, those of the
    landscape; other, what it is compared with, other_rate its learning rate, other_across and
    other_up where its two weights start.
    """

    kind = "training"

    @property
    def trained(self):
        """The network that the training has made, after the updates that the view says."""
        return train(
            self.net, self.x, self.t, self.learning_rate, self.view["updates"],
            biases=self.biases, hidden_weights=self.hidden_weights,
        )[0]  # fmt: skip

    def rules(self):
        weight, updates = self.rule_of_weights(), views.whole(0, MOST_UPDATES)
        return {
            "updates": updates, "look": updates, "goal": views.number, "weight": weight,
            "across": weight, "up": weight, "other": views.one_of(COMPARED, "comparison"),
            "other_rate": lambda _, value: as_rate(value),
            "other_across": views.number, "other_up": views.number,
            "span": views.one_of(SPANS, "span"),
        }  # fmt: skip


def training(
    net: Network, x: ArrayLike, t: ArrayLike, learning_rate: float,
    controls: Sequence[str], weight: str, plane: Sequence[str], *,
    updates: int = 0, goal: float = 1e-3, compare: str = "nothing",
    other_rate: float | None = None, other_start: Sequence[float] | None = None,
    window: Sequence[float] | None = None, map_first: bool = False, biases: str = "updated",
    name: str = "train",
):  # fmt: skip
    """Return the figure that trains: outputs, error and weights by the number of updates.

    x and t: one example, or rows of them. controls: names of given numbers that can be changed;
    weight: the one whose path is drawn; plane: the names of two, for the landscape, and window: its
    (low, high, low, high), by default what the way needs; map_first: whether it is open and comes
    before the curves, which then wait for an update; updates: how many are made at first;
    goal: an E to train until. compare: one of COMPARED; other_rate is the rate for "rate", and for
    "start" other_start are the two numbers from which the plane's weights start. name: its id on
    the page.

    The figure's W and b, and its net, are what the training starts from: setting them trains anew.
    `figure.trained` is the network that the reader has trained, after `figure.view["updates"]`.
    Raises KeyError for an unknown name, ValueError unless the plane is of two weights, and as
    `train` does.
    """
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
    check_controls(net, x, controls)
    n = np.arange(STILL_FIRST + 1)
    _, history = train(net, x, t, learning_rate, STILL_UPDATES, biases=biases, keep=n.tolist())
    path = np.array([by_name(its, its.W, its.b)[weight] for its in map(history.nets.get, n)])
    still = Strip([
        draw.curves(
            np.arange(1, STILL_UPDATES + 1), {"E": history.loss[1:]},
            x_label="updates", y_label="loss E", log="xy",
        ),
        draw.curves(n, {weight: path}, x_label="updates", y_label=weight),
    ])  # fmt: skip
    settings = {
        "controls": list(controls), "window": window and list(window), "map_first": map_first,
        "most": MOST_UPDATES,
    }  # fmt: skip
    view = {
        "updates": updates, "look": updates, "goal": goal, "weight": weight,
        "across": plane[0], "up": plane[1], "other": compare,
        "other_rate": other_rate or learning_rate,
        "other_across": other_start[0], "other_up": other_start[1], "span": "all",
    }  # fmt: skip
    numbers = numbers_of_pass(net, x, t, learning_rate, biases)
    return make_of_network(Training, net, numbers, settings, view, name=name, still=still)


class Cost(Figure):
    """view: the width and depth of a network, and the layer and unit that are marked in it."""

    kind = "cost"

    def rules(self):
        return dict.fromkeys(("width", "depth", "layer", "unit"), views.whole(1, MOST_LAYERS))


def cost(width: int, depth: int, *, name: str = "cost"):
    """Return the figure that counts what a gradient costs, by four methods.

    width: units in each layer; depth: layers after the input; both from 1 to MOST_LAYERS, or
    ValueError. The counts are those of `cost.by_formula`.
    """
    view = {"width": width, "depth": depth, "layer": 1, "unit": 1}
    for key, number in view.items():
        views.whole(1, MOST_LAYERS)(key, number)
    depths = np.arange(1, MOST_LAYERS + 1)
    counts = [by_formula([width] * (n + 1)) for n in depths]
    lines = {
        method: np.array([count[method] for count in counts], dtype=float) for method in counts[0]
    }
    of_layers = f"layers of {width} unit{'s' * (width > 1)}"
    still = draw.curves(depths, lines, x_label=of_layers, y_label="multiplications", log="y")
    state = {"settings": {"most": MOST_LAYERS}, "view": view}
    return make(Cost, state, name=name, still=still)


class Window(Figure):
    """view: show, one of SHOWN; row and column of the window, in the map; point_row and
    point_column, in the image; stride and padding. settings: the numbers x, k, b and t."""

    kind = "window"

    def rules(self):
        rows, columns = np.shape(self.settings["x"])
        pads = 2 * max(PADDINGS)  # of another stride or padding the map may be as large as this
        return {
            "show": views.one_of(SHOWN, "view"),
            "row": views.whole(1, rows + pads), "column": views.whole(1, columns + pads),
            "point_row": views.whole(1, rows), "point_column": views.whole(1, columns),
            "stride": views.whole(min(STRIDES), max(STRIDES)),
            "padding": views.whole(min(PADDINGS), max(PADDINGS)),
        }  # fmt: skip


def window(
    x: ArrayLike, k: ArrayLike, b: float = 0.0, t: float = 0.0, *,
    stride: int = 1, padding: int = 0, show: str = "forward",
    place: tuple[int, int] = (1, 1), point: tuple[int, int] = (1, 1), name: str = "window",
):  # fmt: skip
    """Return the figure in which a window slides over an image: what does it see?

    x: an image, k: a kernel, both (rows, columns); b: its bias; t: what each place of the map
    should be, for E is half of each (z − t)², summed. show: one of SHOWN, at first: what the window
    sees, which points a delta reaches, or from which deltas a point collects; place: of the map,
    and point: of the image, (row, column) from 1; name: its id on the page. Raises KeyError for
    another show, ValueError for another place, stride or padding, and as `convolution.conv2d` does.
    """
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
    return make(Window, {"settings": settings, "view": view}, name=name, still=still)


class YourNetwork(Figure):
    """W, b, x and t are the network and the example that the reader has pasted, as numbers.

    Set from Python they need not fit each other at once: until they do, the figure says what does
    not, and shows the last network that fitted.

    view: net, x, t and gradients, the texts of the fields, which only the figure's script reads, ""
    for what the numbers say; activations, a name for each layer with spaces between; loss, biases
    and learning_rate; pick, the weight that is asked about.
    """

    kind = "your_network"
    W: list
    b: list
    x: list
    t: list

    @property
    def net(self):
        """The network that the figure shows."""
        return self._with(self.W, self.b, self.view)

    @net.setter
    def net(self, net: Network):
        check_pasted(net)
        view = {
            **self.view, "activations": _names_of(net.activations[1:]), "loss": net.loss.name,
        }  # fmt: skip
        if view["pick"] not in _weights(net.sizes):
            view["pick"] = _weights(net.sizes)[0]
        check_biases(net, view["biases"])
        self.set_together(W=as_lists(net.W), b=as_lists(net.b), view=view)

    @staticmethod
    def _with(W, b, view):
        return Network(W, b, [None, *view["activations"].split()], view["loss"])

    def checked(self, key: str, value: Any):
        if key in ("W", "b"):
            of_net = {"W": self.W, "b": self.b, key: list(value)}
            return as_lists(getattr(self._with(**of_net, view=self.view), key))
        if key in ("x", "t"):
            numbers = as_numbers(key, value)
            if numbers.ndim != 1:
                raise ValueError(f"{key} has shape {numbers.shape}: this figure takes one example")
            return numbers.tolist()
        value = super().checked(key, value)
        if key == "view":
            check_biases(self._with(self.W, self.b, value), value["biases"])
        return value

    def rules(self):
        sizes = (len(self.W[1][0]), *map(len, self.W[1:]))
        return {
            **dict.fromkeys(("net", "x", "t", "activations", "gradients"), views.text),
            "loss": views.one_of([*LOSSES], "loss"),
            "biases": views.text,  # of which `checked` asks more
            "learning_rate": lambda _, value: as_rate(value),
            "pick": views.one_of(_weights(sizes), "weight or bias"),
        }


def your_network(
    net: Network,
    x: ArrayLike,
    t: ArrayLike,
    learning_rate: float,
    *,
    printed: str = "",
    gradients: str = "",
    biases: str = "updated",
    name: str = "own",
):
    """Return the figure that takes a network of the reader's own, as text, and shows every number.

    printed: the text of the net's weights and biases as another program prints them, which the
    figure shows as it is; a text of another network it does not show. gradients: likewise, those to
    be compared; name: its id on the page. `figure.net` is the network that was pasted. Raises
    ValueError for a network of more than MOST_PASTED weights and biases, and as `trace` does.
    """
    check_pasted(net)
    steps = trace(net, x, t, learning_rate, biases=biases)
    view = {
        "net": printed, "x": "", "t": "",
        "activations": _names_of(net.activations[1:]), "loss": net.loss.name,
        "biases": biases, "learning_rate": learning_rate,
        "gradients": gradients, "pick": _weights(net.sizes)[0],
    }  # fmt: skip
    state = {
        "W": as_lists(net.W), "b": as_lists(net.b), **numbers_of_example(net, x, t),
        "settings": {"most": MOST_PASTED}, "view": view,
    }  # fmt: skip
    return make(YourNetwork, state, name=name, still=draw.network(steps))


def check_pasted(net: Network):
    """Raise ValueError unless a network is one that this figure can show."""
    check_weights(net)
    count = sum(layer.size for layers in (net.W, net.b) for layer in layers[1:])
    if count > MOST_PASTED:
        raise ValueError(
            f"{count} weights and biases: this figure shows every number, and takes up to "
            f"{MOST_PASTED}"
        )


def _names_of(functions):
    return " ".join(function.name for function in functions)


def _weights(sizes):
    """The names of the weights and biases of a network of these sizes."""
    return [symbol.name for _, symbol in indexed(sizes).weights()]
