"""A fully connected network: one forward pass, one backward pass, one update.

Letters, those of the indexed register (chapter "notation"); a source's own names stand for the
same, net for z and out for a::

  l             a layer, 1 … L; 0 is the input
  W[l], b[l]    its weights (units, inputs), its biases
  z[l]          weighted input, W a + b
  a[l]          output, f(z); a[0] is the input x
  delta[l]      ∂E/∂z[l]
  dW[l], db[l]  ∂E/∂W[l], ∂E/∂b[l]

Layers count from 0, the input. Nothing leads into it: W[0], b[0], z[0], delta[0], dW[0] and db[0]
are None.

One example is an array (inputs,). A batch is (examples, inputs), one example to a row: E, dW and db
are then means over the examples, delta stays per example, undivided.

`forward`, `backward` and `update` check what comes in; the arithmetic itself is in `passes`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isfinite
from numbers import Number

import numpy as np
from numpy.typing import ArrayLike

from . import functions
from .names import Names, indexed, unknown
from .passes import Layers, backward_pass, forward_pass, loss_value, update_step

BIASES = ("updated", "frozen", "shared")
HIDDEN_WEIGHTS = ("old", "updated")


@dataclass(frozen=True, eq=False)
class Network:
    """Weights, biases and functions of a network of any depth; checked, copied and read-only.

    W[l] (units, inputs) and b[l] (units,) for l = 1 … L, with W[0] = b[0] = None; activations[l]
    and loss are records of `functions` or their names. One activation may be given for all layers.
    `names` are those of `names.indexed` unless a source gave its own.

    Raises TypeError for what is not a number, ValueError for shapes that do not fit, for NaN or
    infinity, for an empty network and for a cross-entropy without its activation, KeyError for an
    unknown function.
    """

    W: tuple
    b: tuple
    activations: tuple
    loss: functions.Loss = functions.half_squares
    names: Names = None

    def __post_init__(self):
        W, b = _layers("W", self.W), _layers("b", self.b)
        if len(W) < 2 or len(W) != len(b):
            raise ValueError(
                "a network is W = [None, W1, …] and b = [None, b1, …] with at least one layer and "
                f"as many b as W; got {len(W)} and {len(b)} entries"
            )
        if W[0] is not None or b[0] is not None:
            raise ValueError("layer 0 is the input and has no weights: W[0] and b[0] are None")
        for l in range(1, len(W)):
            W[l] = as_numbers(f"W[{l}]", W[l])
            if W[l].ndim != 2 or 0 in W[l].shape:
                raise ValueError(
                    f"W[{l}] has shape {W[l].shape}; it takes (units, inputs), neither of them 0"
                )
            if l > 1 and W[l].shape[1] != len(W[l - 1]):
                raise ValueError(
                    f"W[{l}] takes {W[l].shape[1]} inputs, but layer {l - 1} has "
                    f"{len(W[l - 1])} units"
                )
            b[l] = as_numbers(f"b[{l}]", b[l])
            if b[l].shape != (len(W[l]),):
                raise ValueError(
                    f"b[{l}] has shape {b[l].shape}; layer {l} takes one bias for each of its "
                    f"{len(W[l])} units: ({len(W[l])},)"
                )
        object.__setattr__(self, "W", tuple(W))
        object.__setattr__(self, "b", tuple(b))
        object.__setattr__(self, "activations", _activations(self.activations, len(W)))
        object.__setattr__(self, "loss", _function(self.loss, functions.LOSSES, functions.Loss))
        if self.names is None:
            object.__setattr__(self, "names", indexed(self.sizes))
        named = tuple(map(len, self.names.out))
        if named != self.sizes:
            raise ValueError(f"the names are for layers of {named} units, not of {self.sizes}")
        for l in self.names.shared:
            _check_shared(self.names, l, W[l], b[l])
        partner = self.loss.partner
        if partner is not None and self.activations[-1] != partner:
            raise ValueError(
                f"{self.loss.name} goes with {partner.name} in the last layer, "
                f"not with {self.activations[-1].name}"
            )

    @property
    def sizes(self):
        """Units in layer 0, 1, …, L."""
        return (self.W[1].shape[1], *(len(weights) for weights in self.W[1:]))


def forward(net: Network, x: ArrayLike):
    """Return (z, a), the weighted inputs and the outputs of every layer: lists of L + 1 arrays.

    x: (inputs,) or (examples, inputs). By hand in the chapter "forward-pass". Raises ValueError or
    TypeError if x does not fit the network or is not made of finite numbers.
    """
    return forward_pass(net.W, net.b, net.activations, as_rows("x", x, net.sizes[0], "inputs"))


def loss(net: Network, x: ArrayLike, t: ArrayLike):
    """Return E, a number: of one example, or the mean over a batch. Raises as `forward` does."""
    z, a = forward(net, x)
    return loss_value(net.loss, z, a, as_target(net, t, a[0]))


def backward(
    net: Network,
    z: Layers,
    a: Layers,
    t: ArrayLike,
    *,
    hidden_weights: str = "old",
    learning_rate: float | None = None,
):
    """Return (delta, dW, db), given what `forward` stored and the target t.

    t has the shape of a[L]. BP1, BP3 and BP4 are derived in the chapter "output-delta", BP2
    in the chapter "hidden-delta". `hidden_weights="updated"` makes a well-known mistake on purpose:
    the hidden deltas are carried back through weights that the update with this learning_rate has
    already changed.
    Raises ValueError for a target that does not fit the network or its loss, and for z and a of
    another network.
    """
    _check_stored(net, z, a)
    mistaken_rate = as_mistaken_rate(hidden_weights, learning_rate)
    t = as_target(net, t, a[0])
    delta, dW, db = backward_pass(net.W, net.activations, net.loss, z, a, t, mistaken_rate)
    share_gradients(net.names, dW, db)
    return delta, dW, db


def share_gradients(names: Names, dW: list, db: list):
    """Put the gradient of every shared weight, as `together` adds it up, in the lists dW and db."""
    for l in names.shared:
        dW[l], db[l] = together(names, l, dW[l], db[l])


def together(
    names: Names, l: int, dW: np.ndarray, db: np.ndarray, add: Callable[[list], float] = sum
):
    """Return (dW, db) of a layer with the same at all places that share a weight: their sum.

    0 where no connection leads; add: what makes one number of a list, of what came out at each of
    the places. Derived in the chapter "convolution".
    """
    all_dW, all_db = np.zeros_like(dW), np.zeros_like(db)
    for places in names.places[l].values():
        total = add([db[j] if i is None else dW[j, i] for j, i in places])
        for j, i in places:
            if i is None:
                all_db[j] = total
            else:
                all_dW[j, i] = total
    return all_dW, all_db


def update(net: Network, dW: Layers, db: Layers, learning_rate: float, *, biases: str = "updated"):
    """Return the network after one step of gradient descent, w⁺ = w − η ∂E/∂w.

    biases: `"updated"`, each by its own gradient; `"frozen"`, left as they are; or `"shared"`,
    one for a layer, whose gradient is the sum over its units. Raises ValueError if the biases of a
    layer that should share one differ, or if a gradient has not the shape of its weights.
    """
    check_biases(net, biases)
    learning_rate = as_rate(learning_rate)
    dW, db = as_gradients("dW", dW, net.W), as_gradients("db", db, net.b)
    W, b = copies(net.W, *dW[1:], learning_rate), copies(net.b, *db[1:], learning_rate)
    update_step(W, b, copies(dW, learning_rate), db, learning_rate, biases)
    return replace(net, W=W, b=b)


def with_values(net: Network, **values: float):
    """Return the network with some weights or biases, by name, set to other numbers.

    with_values(net, w6=0.36) is the nudge of the chapters. Raises KeyError for an unknown name.
    """
    values = {name: as_numbers(name, value) for name, value in values.items()}
    W, b = copies(net.W, *values.values()), copies(net.b, *values.values())
    for name, value in values.items():
        if value.ndim:
            raise ValueError(f"{name} is one number, and got {value.tolist()}")
        for l, j, i in net.names.places_of(name):
            array, place = (b[l], j) if i is None else (W[l], (j, i))
            array[place] = value[()]
    return replace(net, W=W, b=b)


def by_name(net: Network, dW: Layers, db: Layers):
    """Return {name: gradient} of every weight and of every unit's bias, in the order of layers."""
    return {
        symbol.name: float(db[l][j] if i is None else dW[l][j, i])
        for (l, j, i), symbol in net.names.weights()
    }


def copies(layers: Layers, *others: ArrayLike):
    """Return copies that may be changed, of a kind that holds the numbers of `others` too."""
    kind = np.result_type(*layers[1:], *map(np.asarray, others))
    return [None] + [array.astype(kind) for array in layers[1:]]


# ---- what comes in -------------------------------------------------------------------------------


def as_numbers(what: str, value: ArrayLike):
    """Return `value` as a new read-only array of finite numbers; all floats are doubles."""
    try:
        array = np.array(value)
    except ValueError:
        raise ValueError(
            f"{what} should be an array of numbers; its rows differ in length"
        ) from None
    if array.dtype.kind in "iubf":
        array = array.astype(float)
    elif array.dtype == object:
        for entry in array.flat:
            if isinstance(entry, str | bytes | None) or not _is_number(entry):
                raise TypeError(f"{what} should hold numbers, and holds {entry!r}")
    elif array.dtype.kind not in "fc":
        raise TypeError(f"{what} should hold numbers, and holds {value!r}")
    if array.dtype.kind in "fc" and not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        where = f" at {place}" if place else ""
        raise ValueError(f"{what} should hold finite numbers, and holds {array[place]}{where}")
    array.setflags(write=False)
    return array


def _is_number(entry):
    """Whether sums and products can be taken of it: Fraction, mpmath's and SymPy's numbers are."""
    if isinstance(entry, Number):
        return isfinite(abs(entry))
    return all(hasattr(entry, operation) for operation in ("__add__", "__mul__", "__pow__"))


def as_rows(what: str, value: ArrayLike, length: int, things: str):
    """Return `value` as one row of `length` numbers, or as rows of them."""
    array = as_numbers(what, value)
    if array.ndim not in (1, 2) or array.shape[-1] != length:
        raise ValueError(
            f"{what} has shape {array.shape}; the network has {length} {things}, so it takes "
            f"({length},) or, for a batch, (examples, {length})"
        )
    if array.size == 0:
        raise ValueError(f"{what} is empty: it takes at least one example")
    return array


def as_target(net: Network, t: ArrayLike, x: ArrayLike):
    t = as_rows("t", t, net.sizes[-1], "outputs")
    expected = (*np.shape(x)[:-1], net.sizes[-1])
    if t.shape != expected:
        raise ValueError(
            f"t has shape {t.shape}; x has {np.shape(x)}, so the outputs have {expected}"
        )
    fault = net.loss.check_target(t) if t.dtype == float else None
    if fault:
        raise ValueError(f"{net.loss.name} takes {fault}")
    return t


def as_gradients(what: str, given: Layers, weights: Layers):
    if len(given) != len(weights):
        raise ValueError(
            f"{what} has {len(given)} entries; it takes {len(weights)}: None, then one for each "
            "layer"
        )
    gradients = [None] + [as_numbers(f"{what}[{l}]", given[l]) for l in range(1, len(given))]
    for l in range(1, len(given)):
        if gradients[l].shape != weights[l].shape:
            raise ValueError(
                f"{what}[{l}] has shape {gradients[l].shape}; the weights that it is to change "
                f"have {weights[l].shape}"
            )
    return gradients


def as_rate(learning_rate: float):
    rate = as_numbers("the learning rate", learning_rate)
    if rate.ndim or rate.dtype.kind == "c":
        raise TypeError(f"the learning rate should be one real number, and is {learning_rate!r}")
    if isinstance(rate.item(), Number) and not rate.item() > 0:
        raise ValueError(f"the learning rate should be above 0, and is {learning_rate}")
    return rate.item()


def as_mistaken_rate(hidden_weights: str, learning_rate: float | None):
    if hidden_weights not in HIDDEN_WEIGHTS:
        raise KeyError(unknown(hidden_weights, HIDDEN_WEIGHTS, "choice of hidden_weights"))
    return as_rate(learning_rate) if hidden_weights == "updated" else None


def check_biases(net: Network, biases: str):
    if biases not in BIASES:
        raise KeyError(unknown(biases, BIASES, "bias policy"))
    if biases == "shared":
        for l in range(1, len(net.b)):
            if any(bias != net.b[l][0] for bias in net.b[l]):
                raise ValueError(
                    f"one shared bias for a layer needs equal ones to start from; b[{l}] is "
                    f"{net.b[l].tolist()}"
                )


def _check_shared(names, l, W, b):
    """Check that places which share a weight have one number, and 0 where no connection leads."""
    for j, i in np.ndindex(W.shape):
        if names.w[l][j][i] is None and W[j, i] != 0:
            raise ValueError(f"no connection leads to W[{l}][{j}, {i}]: it is 0, and not {W[j, i]}")
    for symbol, places in names.places[l].items():
        numbers = [b[j] if i is None else W[j, i] for j, i in places]
        if any(number != numbers[0] for number in numbers):
            raise ValueError(f"{symbol.name} is one weight at {len(places)} places, not {numbers}")


def _check_stored(net, z, a):
    """Check that z and a are what `forward` returned for a network of these sizes."""
    expected = [layer.shape[1:] for layer in net.W[1:2]] + [layer.shape[:1] for layer in net.W[1:]]
    fits = len(z) == len(a) == len(net.W)
    if not fits or [np.shape(layer)[-1:] for layer in a] != expected or z[0] is not None:
        raise ValueError(
            f"z and a should be what `forward` returns for this network, layers of {net.sizes} "
            f"units; got {len(z)} and {len(a)} layers, a of {[np.shape(layer) for layer in a]}"
        )


def _layers(what, value):
    if not isinstance(value, list | tuple):
        raise TypeError(f"{what} should be a list [None, …], and is {value!r}")
    return list(value)


def _function(value, known, kind):
    if isinstance(value, kind):
        return value
    if not isinstance(value, str) or value not in known:
        raise KeyError(unknown(value, known, kind.__name__.lower()))
    return known[value]


def _activations(given, layers):
    """Return (None, f1, …, fL) from one activation, or from one for each layer."""
    if isinstance(given, str | functions.Activation):
        given = [None] + [given] * (layers - 1)
    given = _layers("activations", given)
    if len(given) != layers or given[0] is not None:
        raise ValueError(
            f"activations should be one, or [None, f1, …] with {layers} entries; got {given}"
        )
    return (
        None,
        *(_function(f, functions.ACTIVATIONS, functions.Activation) for f in given[1:]),
    )
