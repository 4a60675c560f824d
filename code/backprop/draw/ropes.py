"""The pulls that meet at a hidden unit, as ropes: the thicker, the stronger."""

import numpy as np

from ..latex import fmt
from ..names import derivative, spoken
from .canvas import Canvas, width_of
from .diagram import LINE, ROUND, Row, check_size, draw_rows, mathematics, shown
from .path import last_factors, slopes_of

THICKEST, THINNEST = 22, 0.75  # of ropes, in pixels: the strongest, and what is still seen
BEND, SPREAD, HANG = 52, 100, 62  # of a rope, from rope to rope, of a thread that is multiplied


def ropes(trace, name, beside=None, *, digits=None):
    """Draw the pulls that meet at a hidden unit, and what is left of them for the weight `name`.

    Each unit after it pulls with δ w. The pulls are knotted at the unit; what hangs from the knot
    is their sum, times the unit's slope its delta, times what comes in along the weight its
    gradient. `beside` names another weight, hung beside it from its own delta. Thickness is the
    size of a pull. Raises KeyError for an unknown name, ValueError for a weight into an output,
    and as `path`.
    """
    names, digits = trace.names, digits or trace.digits
    check_size(names)
    l, j, _ = names.weight_at(name)
    if l == len(names.out) - 1:
        raise ValueError(f"{name} leads into an output, where only its own error pulls")
    out, knot = names.out[l][j], derivative(names.total, names.out[l][j])
    (slope,) = slopes_of(trace, l, j)
    hung = [last_factors(trace, weight) for weight in (name, beside) if weight is not None]

    def value(symbol):
        return trace[symbol.name].value

    def row(kind, symbol):
        return Row(kind, symbol.latex, shown(value(symbol), digits))

    after = list(zip(names.out[l + 1], names.delta[l + 1], names.w[l + 1], strict=True))
    pulls = [value(delta_k) * value(w[j]) for _, delta_k, w in after]
    deltas = [value(delta) for _, delta, *_ in hung]
    most = max(map(abs, [*pulls, value(knot), *deltas]))
    scale = THICKEST / (most or 1)  # a dead ReLU's pulls are all 0
    canvas = Canvas()

    def rope(xs, ys, pull):
        width = max(THINNEST, scale * abs(pull))
        canvas.line(xs, ys, "delta", width, cap="butt")
        return width

    def times(x, top, bottom, level, symbol, number, above, below):
        """Hang a rope that is multiplied on its way down; the factor stands beside it."""
        half = (top + bottom) / 2
        rope([x, x], [top, half], above)
        rope([x, x], [half, bottom], below)
        words = rf"$\times\ {mathematics(symbol)[1:]}"
        canvas.text(x + 20, level - LINE / 2, words)
        canvas.text(x + 20, level + LINE / 2, shown(number, digits))
        return x + 20 + max(width_of(words), width_of(shown(number, digits)))

    def block(x, y, rows):
        """Draw rows whose first has its middle at y."""
        draw_rows(canvas, rows, x, y - rows[0].height / 2, max(row.width for row in rows))

    # the pulls, from the unit to those after it
    half_widths = [
        max(row("delta", delta).width, row("gradient", gradient).width) / 2
        for gradient, delta, *_ in hung
    ]
    at_knot = [mathematics(knot.latex), shown(value(knot), digits)]
    at_left = [*map(width_of, at_knot), width_of(mathematics(out.latex)) + 18]
    x, spread = max(half_widths[0], *at_left) + 4, SPREAD * (len(pulls) - 1) / 2
    middle = 40 + max(spread, 30)
    signed = [("+" if pull > 0 else "") + shown(pull, digits) for pull in pulls]
    wishes = ["less" if pull > 0 else "more" for pull in pulls]
    products = [
        rf"{wish}: ${delta_k.latex}\, {w[j].latex}$"
        for wish, (_, delta_k, w) in zip(wishes, after, strict=True)
    ]
    level = x + BEND + max(map(width_of, signed + products)) + 20
    share, width, said = np.linspace(0, 1, 33), 0, []
    for k, (out_k, _, _) in enumerate(after):
        y = middle - spread + SPREAD * k
        rise = (y - middle) * share**2 * (3 - 2 * share)
        thick = rope(np.append(x + BEND * share, level), np.append(middle + rise, y), pulls[k])
        centre, off = (x + BEND + level) / 2, thick / 2 + 15
        canvas.text(centre, y - off, signed[k], "delta", "center")
        canvas.text(centre, y + off + 2, products[k], align="center")
        rows = [row("out", out_k)]
        if out_k in names.out[-1]:
            rows.append(row("target", names.t[k]))
        block(level, y, rows)
        width = max(width, level + max(row.width for row in rows))
        pull = f"{spoken(out_k.name)} pulls with {fmt(pulls[k], digits)}"
        said.append(f"{pull}, asking for {wishes[k]}")
    factor = middle + spread + 66
    y = factor + LINE + 16
    right = times(x, middle, y, factor, slope.latex, value(slope), value(knot), deltas[0])
    width = max(width, right)
    canvas.box(x - 8, middle - 8, 16, 16, "page", True, radius=ROUND)
    canvas.box(x - 8, middle - 8, 16, 16, "delta", radius=ROUND)
    canvas.text(x - 14, middle, mathematics(out.latex), "forward", "right")
    for words, above in zip(at_knot, (47, 26), strict=True):
        canvas.text(x + 3, middle - above, words, "delta", "right")
    said.append(f"together {spoken(knot.name)} {fmt(value(knot), digits)}")
    said.append(f"times the slope {fmt(value(slope), digits)}")

    # each weight: its unit's delta, times what comes in
    for half_width, (gradient, delta, source, came_in) in zip(half_widths, hung, strict=True):
        pill, result = row("delta", delta), row("gradient", gradient)
        block(x - pill.width / 2, y + pill.height / 2 - 2, [pill])
        top = y + pill.height - 4
        bottom = top + HANG
        half = (top + bottom) / 2
        right = times(x, top, bottom, half, source.latex, came_in, value(delta), value(gradient))
        block(x - result.width / 2, bottom + result.height / 2, [result])
        said.append(
            f"{spoken(delta.name)} {fmt(value(delta), digits)} times {fmt(came_in, digits)}: "
            f"{spoken(gradient.name)} {fmt(value(gradient), digits)}"
        )
        width = max(width, right, x + half_width)
        x = max(right, x + half_width) + 16 + half_widths[-1]
        height = bottom + result.height + 4
    return canvas.finish(width + 4, height, f"Ropes at {spoken(out.name)}: {'; '.join(said)}.")
