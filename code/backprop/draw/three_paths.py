"""The paths from each number that is normalised to one of the results, with all slopes."""

from ..latex import fmt
from ..trace import Trace
from .canvas import Canvas, width_of
from .diagram import LINE, PAD, ROUND, shown

LEFT = 29  # where the numbers end
WIDE = 432, 124, 216  # its width, as that of curves; where the slopes, and mean and variance begin
NARROW = 368, 88, 170  # for a phone
ABOVE, APART = 34, 22  # for the straight path; between mean and variance
TALL = LINE - 4  # of a pill


def three_paths(steps: Trace, i: int = 1, digits: int = 3):
    """Draw the paths from every z to the i-th normalised number, from 1, with the slopes.

    steps: as of `normalisation.trace_of_normalisation`, without a suffix; digits: decimals shown.
    """
    picture = _drawn(steps, i, digits, *WIDE)
    picture.narrower = lambda: _drawn(steps, i, digits, *NARROW)
    return picture


def _drawn(steps, i, digits, width, ports, pills):
    value, n = steps.values, sum(name[1:].isdigit() for name in steps.values if name[0] == "z")
    s, z_hat = value["s"], value[f"z_hat{i}"]
    slopes = {
        "straight": 1 / s,
        "mean": ([1 / n] * n, -1 / s),
        "variance": ([2 * value[f"d{k}"] / n for k in range(1, n + 1)], -z_hat / (2 * s**2)),
    }
    canvas = Canvas()
    block = n * LINE
    tops = {"mean": ABOVE, "variance": ABOVE + block + APART}
    middle = ABOVE + block + APART / 2
    z_at = [middle + (k - (n - 1) / 2) * 2 * LINE for k in range(n)]
    end = width - 3 - _wide(rf"$\hat z_{i}$")
    for k, y in enumerate(z_at):
        _pill(canvas, 2, y, f"$z_{k + 1}$")
    for name, letter in (("mean", r"$\mu$"), ("variance", "$v$")):
        into, onwards = slopes[name]
        level = tops[name] + block / 2
        beside = ports + max(width_of(shown(slope, digits)) for slope in into) + 4
        for k, slope in enumerate(into):
            port = tops[name] + LINE * (k + 0.5)
            canvas.bend((LEFT, z_at[k]), (ports - 4, port), "delta")
            canvas.text(ports, port, shown(slope, digits), "delta")
            canvas.bend((beside, port), (pills, level), "delta")
        _pill(canvas, pills, level, letter)
        number = shown(onwards, digits)
        after = pills + _wide(letter) + 14
        canvas.line([pills + _wide(letter), after - 4], [level, level], "delta")
        canvas.text(after, level, number, "delta")
        canvas.bend((after + width_of(number) + 4, level), (end, middle), "delta")
    number = shown(slopes["straight"], digits)
    canvas.bend((LEFT, z_at[i - 1]), (ports, LINE / 2), "delta", 2.5)
    canvas.line([ports, pills + 10], [LINE / 2, LINE / 2], "delta", 2.5)
    canvas.text(pills + 14, LINE / 2, number, "delta")
    start = pills + 18 + width_of(number)
    canvas.bend((start, LINE / 2), (end, middle), "delta", 2.5)
    _pill(canvas, end, middle, rf"$\hat z_{i}$")
    return canvas.finish(width, ABOVE + 2 * block + APART + 2, _in_words(slopes, i, digits))


def _wide(words):
    return width_of(words) + 2 * PAD


def _pill(canvas, x, y, words):
    """Draw a pill around words, its left end and its middle at (x, y)."""
    canvas.box(x, y - TALL / 2, _wide(words), TALL, "forward", True, radius=ROUND)
    canvas.text(x + _wide(words) / 2, y, words, "page", "center")


def _in_words(slopes, i, digits):
    def row(numbers):
        return ", ".join(fmt(number, digits) for number in numbers)

    mean, variance = slopes["mean"], slopes["variance"]
    n = len(mean[0])
    return (
        f"Three paths from {n} numbers z to the normalised z hat {i}. Straight from z {i}, with "
        f"the slope {fmt(slopes['straight'], digits)}. From each z to the mean, with "
        f"{row(mean[0])}, and on with {fmt(mean[1], digits)}. From each z to the variance, with "
        f"{row(variance[0])}, and on with {fmt(variance[1], digits)}."
    )
