"""A convolution and two poolings, forward and backward, on whole batches.

Letters, those of the chapter "convolution", where each formula is derived::

  x      images, (examples, channels, rows, columns)
  k, b   kernels, (filters, channels, rows, columns), and one bias to a filter, (filters,)
  z      the maps, z[r, c] = Σ_uv k[u, v] x[r + u, c + v] + b: (examples, filters, rows, columns)
  delta  ∂E/∂z
  a, p   what a pooling takes and what it gives, both (examples, channels, rows, columns)
  g      ∂E/∂p

The kernel is not turned over: mathematics calls that a correlation, and every framework of neural
networks a convolution. Rows and columns that the last step of a stride does not reach stay unused,
as they do there. delta and g are per example; dk and db are sums over the examples, so a loss that
is the mean of m examples takes them divided by m.

Floats, complex numbers, and arrays of Fraction or SymPy objects; all floats are doubles. Nothing
that is passed in is changed. `loops` has the same functions, one multiplication at a time.
"""

from collections.abc import Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from .network import as_numbers

# ---- convolution -------------------------------------------------------------------------------


def conv2d(
    x: ArrayLike, k: ArrayLike, b: ArrayLike | None = None, stride: int = 1, padding: int = 0
):
    """Return the maps z, (examples, filters, rows, columns).

    padding: how many zeros stand around each image, on every side; stride: the step of the window.
    Raises ValueError or TypeError for shapes that do not fit, for a kernel larger than the padded
    image and for what is not a finite number.
    """
    x, k = _images("x", x), _kernels(k)
    rows, columns = _size_of_maps(x, k, stride, padding)
    z = _as_matrix(k) @ _windows(_padded(x, padding), k, stride)
    if b is not None:
        z = z + _biases(b, len(k))[:, None]
    return z.reshape(len(x), len(k), rows, columns)


def conv2d_backward(
    delta: ArrayLike, x: ArrayLike, k: ArrayLike, stride: int = 1, padding: int = 0
):
    """Return (dx, dk, db), given delta = ∂E/∂z; dk and db are sums over the examples.

    x, k, stride and padding as they were in `conv2d`; delta has the shape of z, dx of x, dk of k,
    and db is (filters,). Raises as `conv2d` does.
    """
    x, k, delta = _images("x", x), _kernels(k), _images("delta", delta)
    rows, columns = _size_of_maps(x, k, stride, padding)
    _check_shape("delta", delta, (len(x), len(k), rows, columns), "the maps of x and k")
    delta, wide = delta.reshape(len(x), len(k), -1), _padded(x, padding)

    # BP3 and BP4: a sum over all places of the kernel
    db = delta.sum(axis=(0, 2))
    dk = (delta @ _windows(wide, k, stride).swapaxes(1, 2)).sum(axis=0).reshape(k.shape)

    # BP2: a pixel has a share in every window that it lies under
    shares = (_as_matrix(k).T @ delta).reshape(len(x), *k.shape[1:], rows, columns)
    dx = np.zeros(wide.shape, shares.dtype)
    for u, v in np.ndindex(k.shape[2:]):
        dx[_under(u, v, rows, columns, stride)] += shares[:, :, u, v]
    inside = slice(padding, -padding or None)
    return dx[:, :, inside, inside], dk, db


def _as_matrix(k):
    """Return the kernels, a row to a filter: (filters, entries of a kernel)."""
    return k.reshape(len(k), -1)


def _windows(wide, k, stride):
    """Return what lies under the kernel at each place, (examples, entries of a kernel, places)."""
    windows = sliding_window_view(wide, k.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(len(wide), k[0].size, -1)


def _padded(x, padding):
    """Return the images with zeros around them."""
    if padding == 0:
        return x
    examples, channels, rows, columns = x.shape
    wide = np.zeros((examples, channels, rows + 2 * padding, columns + 2 * padding), x.dtype)
    wide[:, :, padding:-padding, padding:-padding] = x
    return wide


def _under(u, v, rows, columns, stride):
    """Return the index of the pixels that lie under entry (u, v) of the window at its places."""
    down = slice(u, u + stride * rows, stride)
    across = slice(v, v + stride * columns, stride)
    return slice(None), slice(None), down, across


# ---- pooling -----------------------------------------------------------------------------------


def max_pool(a: ArrayLike, size: int, stride: int | None = None):
    """Return (p, winners): the largest entry of each window of size × size, and where it stood.

    The stride is the size unless given. winners has the shape of p and counts the entries of an
    image in reading order from 0, row · columns + column. Of equal entries the first in reading
    order wins, as in PyTorch. Raises as `conv2d` does.
    """
    a = _images("a", a)
    stride, rows, columns = _pools(a, size, stride)
    places = np.arange(a[0, 0].size).reshape(1, 1, *a.shape[2:])
    first = _under(0, 0, rows, columns, stride)
    p, winners = a[first], np.broadcast_to(places[first], (*a.shape[:2], rows, columns))
    for u, v in np.ndindex(size, size):
        here = _under(u, v, rows, columns, stride)
        larger = a[here] > p
        p, winners = np.where(larger, a[here], p), np.where(larger, places[here], winners)
    return p, winners


def max_pool_backward(g: ArrayLike, winners: ArrayLike, shape: Sequence[int]):
    """Return ∂E/∂a, of the given shape: each entry of g goes to the one entry that won.

    g = ∂E/∂p and winners are of one shape; what won in several windows gets the sum. Raises as
    `conv2d` does.
    """
    g, winners = _images("g", g), np.asarray(winners)
    _check_shape("g", g, winners.shape, "the winners")
    if len(shape) != 4 or tuple(shape[:2]) != g.shape[:2]:
        expected = (*g.shape[:2], "rows", "columns")
        raise ValueError(f"shape should be that of a, {expected}, and is {tuple(shape)}")
    size = shape[2] * shape[3]
    if winners.dtype.kind not in "iu" or winners.min() < 0 or winners.max() >= size:
        raise ValueError(
            f"winners should count the {size} entries of an image from 0; they go from "
            f"{winners.min()} to {winners.max()}"
        )
    da = np.zeros((*shape[:2], size), g.dtype)
    example, channel = (index[..., None, None] for index in np.indices(shape[:2]))
    np.add.at(da, (example, channel, winners), g)
    return da.reshape(shape)


def avg_pool(a: ArrayLike, size: int, stride: int | None = None):
    """Return the mean of each window of size × size; the stride is the size unless given.

    Raises as `conv2d` does.
    """
    a = _images("a", a)
    stride, rows, columns = _pools(a, size, stride)
    return sum(a[_under(u, v, rows, columns, stride)] for u, v in np.ndindex(size, size)) / size**2


def avg_pool_backward(g: ArrayLike, shape: Sequence[int], size: int, stride: int | None = None):
    """Return ∂E/∂a, of the given shape: each entry of g is shared equally in its window.

    g = ∂E/∂p; size and stride as they were in `avg_pool`. Raises as `conv2d` does.
    """
    g = _images("g", g)
    da = np.zeros(shape, g.dtype)
    stride, rows, columns = _pools(da, size, stride)
    _check_shape("g", g, (*da.shape[:2], rows, columns), "the means")
    for u, v in np.ndindex(size, size):
        da[_under(u, v, rows, columns, stride)] += g / size**2
    return da


# ---- what comes in -----------------------------------------------------------------------------


def _images(what, value):
    array = as_numbers(what, value)
    if array.ndim != 4 or 0 in array.shape:
        raise ValueError(
            f"{what} has shape {array.shape}; it takes (examples, channels, rows, columns), none "
            "of them 0"
        )
    return array


def _kernels(k):
    k = as_numbers("k", k)
    if k.ndim != 4 or 0 in k.shape:
        raise ValueError(
            f"k has shape {k.shape}; it takes (filters, channels, rows, columns), none of them 0"
        )
    return k


def _biases(b, filters):
    b = as_numbers("b", b)
    if b.shape != (filters,):
        raise ValueError(f"b has shape {b.shape}; it takes one bias to a filter: ({filters},)")
    return b


def _size_of_maps(x, k, stride, padding):
    """Return the rows and columns of the maps."""
    if x.shape[1] != k.shape[1]:
        raise ValueError(f"x has {x.shape[1]} channels, and the kernels have {k.shape[1]}")
    stride, padding = _whole("stride", stride, 1), _whole("padding", padding, 0)
    return _places("the kernel", k.shape[2:], [n + 2 * padding for n in x.shape[2:]], stride)


def _pools(a, size, stride):
    """Return the stride, and the rows and columns of what is pooled."""
    size = _whole("size", size, 1)
    stride = size if stride is None else _whole("stride", stride, 1)
    return stride, *_places("the window", (size, size), a.shape[2:], stride)


def _places(what, window, image, stride):
    """Return how many places a window has in an image, down and across."""
    if any(w > n for w, n in zip(window, image, strict=True)):
        raise ValueError(
            f"{what} has {window[0]} × {window[1]} entries, more than the {image[0]} × {image[1]} "
            "it is laid on, padding included"
        )
    return tuple((n - w) // stride + 1 for w, n in zip(window, image, strict=True))


def _whole(what, value, least):
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        raise TypeError(f"{what} should be a whole number, and is {value!r}")
    if value < least:
        raise ValueError(f"{what} should be at least {least}, and is {value}")
    return value


def _check_shape(what, array, expected, fits):
    if array.shape != expected:
        raise ValueError(f"{what} has shape {array.shape}; {fits} have {expected}")
