"""The functions of `convolution`, one multiplication at a time.

The chapter "convolution-variants" shows this file: each loop is one of the sums that it writes.
Letters and shapes as in `convolution`, where what comes in is checked.
"""

from collections.abc import Sequence

import numpy as np


def conv2d(x, k, b=None, stride=1, padding=0):
    """Return the maps z, z[r, c] = Σ_uv k[u, v] x[r + u, c + v] + b."""
    x = pad(x, padding)
    filters, channels, *window = k.shape
    shape = len(x), filters, *places(x, window, stride)
    z = np.zeros(shape, np.result_type(x, k))
    for n, f, r, c in np.ndindex(shape):
        top, left = r * stride, c * stride
        for i, u, v in np.ndindex(channels, *window):
            z[n, f, r, c] += k[f, i, u, v] * x[n, i, top + u, left + v]
        if b is not None:
            z[n, f, r, c] += b[f]
    return z


def conv2d_backward(delta, x, k, stride=1, padding=0):
    """Return (dx, dk, db): two products for each one of `conv2d`."""
    x = pad(x, padding)
    filters, channels, *window = k.shape
    kind = np.result_type(delta, x, k)
    dx, dk = np.zeros(x.shape, kind), np.zeros(k.shape, kind)
    db = np.zeros(filters, kind)
    for n, f, r, c in np.ndindex(delta.shape):
        top, left = r * stride, c * stride
        for i, u, v in np.ndindex(channels, *window):
            point = n, i, top + u, left + v
            dk[f, i, u, v] += delta[n, f, r, c] * x[point]
            dx[point] += delta[n, f, r, c] * k[f, i, u, v]
        db[f] += delta[n, f, r, c]
    inside = slice(padding, -padding or None)
    return dx[:, :, inside, inside], dk, db


def max_pool(a: np.ndarray, size: int, stride: int | None = None):
    """Return (p, winners): the largest entry of each window, and where in its image it stood."""
    stride = stride or size
    p = np.zeros((*a.shape[:2], *places(a, (size, size), stride)), a.dtype)
    winners = np.zeros(p.shape, int)
    for n, i, r, c in np.ndindex(p.shape):
        top, left = r * stride, c * stride
        best = top, left
        for u, v in np.ndindex(size, size):
            if a[n, i, top + u, left + v] > a[n, i, *best]:
                best = top + u, left + v
        p[n, i, r, c] = a[n, i, *best]
        winners[n, i, r, c] = best[0] * a.shape[3] + best[1]
    return p, winners


def max_pool_backward(g: np.ndarray, winners: np.ndarray, shape: Sequence[int]):
    """Return ∂E/∂a: each entry of g goes to the winner of its window."""
    da = np.zeros(shape, g.dtype)
    for n, i, r, c in np.ndindex(g.shape):
        row, column = divmod(winners[n, i, r, c], shape[3])
        da[n, i, row, column] += g[n, i, r, c]
    return da


def avg_pool(a: np.ndarray, size: int, stride: int | None = None):
    """Return the mean of each window."""
    stride = stride or size
    p = np.zeros((*a.shape[:2], *places(a, (size, size), stride)), a.dtype)
    for n, i, r, c in np.ndindex(p.shape):
        for u, v in np.ndindex(size, size):
            p[n, i, r, c] += a[n, i, r * stride + u, c * stride + v] / size**2
    return p


def avg_pool_backward(g: np.ndarray, shape: Sequence[int], size: int, stride: int | None = None):
    """Return ∂E/∂a: each entry of g is shared equally by its window."""
    stride = stride or size
    da = np.zeros(shape, g.dtype)
    for n, i, r, c in np.ndindex(g.shape):
        for u, v in np.ndindex(size, size):
            da[n, i, r * stride + u, c * stride + v] += g[n, i, r, c] / size**2
    return da


def pad(x: np.ndarray, padding: int):
    """Return the images with zeros around them."""
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def places(x: np.ndarray, window: Sequence[int], stride: int):
    """Return how many places a window has in an image, down and across."""
    return tuple((n - w) // stride + 1 for n, w in zip(x.shape[2:], window, strict=True))
