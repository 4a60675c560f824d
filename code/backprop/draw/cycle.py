"""The round that training repeats: four steps, the five labels in them, three phases beside."""

from itertools import pairwise

from ..names import unknown
from ..trace import LABELS
from .canvas import DASHES, Canvas, width_of
from .diagram import PAD, SQUARE, STYLES
from .picture import SIZE

STEPS = {  # of source S3: the labels that stand in each
    "forward": LABELS[1:2],
    "loss": LABELS[1:2],
    "backward": LABELS[2:-1],
    "update": LABELS[-1:],
}
PHASES = {  # of source S0b: the steps that each takes in, and what it says, line by line
    "1": (("forward",), ("the data", "go forward")),
    "2": (("loss", "backward"), ("the error", "goes back")),
    "3": (("update",), ("the parameters", "are adjusted")),
}
AGAIN = "and again, until the loss stops falling"
KIND_OF = {  # label or step: the kind of number that it makes, whose colour and second cue it has
    "forward": "out",
    "loss": "out",
    "backward": "delta",
    "output delta": "delta",
    "hidden delta": "delta",
    "gradients": "gradient",
    "update": "new",
}
ARROW = r"$\to$ "
BOX = 26  # height of a box in a strip, in pixels


def cycle(stage: str | None = None):
    """Draw one round of training: forward, loss, backward, update, and back to forward.

    None: S3's four steps, the labels of a trace in them, S0b's three phases beside. stage: one of
    the labels or steps: a slim strip that says "we are here"; the loss is the last line of
    "forward", so that stage has both. Raises KeyError for another stage.
    """
    if stage is None:
        return _whole()
    if stage not in KIND_OF:
        raise KeyError(unknown(stage, KIND_OF, "stage"))
    return _strip(stage)


def _inside(step):
    """The labels that stand in a step, as words: "backward (output delta, …)"."""
    labels = STEPS[step]
    return f"{step} ({', '.join(labels)})" if len(labels) > 1 else step


def _box(canvas, x, y, width, height, words, kind=None, framed=True):
    """Draw words in a box, in the looks of a kind of number; without one the box stands back."""
    colour, look = STYLES[kind] if kind else ("ink", "faint")
    middle, half = y + height / 2, width_of(words) / 2
    if look == "underlined":
        level = middle + 0.62 * SIZE
        ends = [x + width / 2 - half, x + width / 2 + half]
        canvas.line(ends, [level, level], colour, stroke=DASHES)
    pill = look in ("pill", "dashed")
    if pill or framed:
        canvas.box(
            x, y, width, height, colour, look == "pill", radius=BOX / 2 if pill else 2 * SQUARE,
            stroke=DASHES if look == "dashed" else "-", faint=look == "faint",
        )  # fmt: skip
    text = "page" if look == "pill" else colour
    canvas.text(x + width / 2, middle, ARROW * (kind == "new") + words, text, "center")


def _arrow(canvas, xs, ys):
    """Draw a line through points, its last piece level or upright, with a head at its end."""
    canvas.line(xs, ys)
    dx, dy = xs[-1] - xs[-2], ys[-1] - ys[-2]
    ux, uy = dx / (abs(dx) + abs(dy)), dy / (abs(dx) + abs(dy))
    tip_x, tip_y = xs[-1], ys[-1]
    canvas.line(
        [tip_x - 5 * ux - 4 * uy, tip_x, tip_x - 5 * ux + 4 * uy],
        [tip_y - 5 * uy - 4 * ux, tip_y, tip_y - 5 * uy + 4 * ux],
    )


# ---- where we are ------------------------------------------------------------------------------

TOP, STEM = 16, 12  # above the boxes, between the rows
FORTH, BETWEEN = 26, 8  # from step to step, from label to label


def _strip(stage):
    """The steps in a row, with what stands in "backward" below it; one of them is strong."""
    here = {"forward", "loss"} if stage == "forward" else {stage}
    canvas = Canvas()

    def row(words, x, y, gap):
        """Draw boxes side by side; return the (left, right) of each."""
        sides = {}
        for word in words:
            width = width_of(ARROW * (word == "update") + word) + 2 * PAD  # with room to be strong
            _box(canvas, x, y, width, BOX, word, KIND_OF[word] if word in here else None)
            sides[word] = x, x + width
            x += width + gap
        return sides

    steps = row(STEPS, 1, TOP, FORTH)
    middle = {step: (left + right) / 2 for step, (left, right) in steps.items()}
    level = TOP + BOX / 2
    for (_, right), (left, _) in pairwise(steps.values()):
        _arrow(canvas, [right + 5, left - 5], [level, level])
    back, there = middle["update"], middle["forward"]
    _arrow(canvas, [back, back, there, there], [TOP - 3, 4, 4, TOP - 3])
    inner = STEPS["backward"]
    width = sum(width_of(word) + 2 * PAD for word in inner) + BETWEEN * (len(inner) - 1)
    x = min(max(1, middle["backward"] - width / 2), steps["update"][1] - width)
    below = TOP + BOX + STEM
    labels = row(inner, x, below, BETWEEN)
    stems = [sum(sides) / 2 for sides in labels.values()]
    canvas.line([stems[0], stems[-1]], [below - STEM / 2] * 2)
    canvas.line([middle["backward"]] * 2, [TOP + BOX, below - STEM / 2])
    for stem in stems:
        canvas.line([stem] * 2, [below - STEM / 2, below])
    said = ", ".join(map(_inside, STEPS))
    both = " and loss" if stage == "forward" else ""
    alt = f"Where we are: {stage}{both}. The round is {said}, and forward again."
    return canvas.finish(steps["update"][1] + 1, below + BOX + 2, alt)


# ---- the whole ---------------------------------------------------------------------------------

LINE, HEAD = 40, 30  # height of a label's line, of the heads of the columns
LOOP, STEP, LABEL, APART = 24, 84, 106, 16  # widths: of the way back, of the columns, between them


def _whole():
    """Three columns, downwards: the steps, the labels in them, the phases."""
    canvas, said = Canvas(), []
    x_step, x_label = LOOP, LOOP + STEP + APART
    x_phase = x_label + LABEL + APART
    for x, words in (
        (x_step, "four steps"),
        (x_label, "this book’s labels"),
        (x_phase, "three phases"),
    ):
        canvas.text(x, 11, words)
    top, at = {}, HEAD
    for step, labels in STEPS.items():
        top[step] = at, at + LINE * len(labels)
        at += LINE * len(labels)
        low, high = top[step]
        canvas.box(x_step, low + 6, STEP, high - low - 12, "ink", radius=2 * SQUARE)
        canvas.text(x_step + STEP / 2, (low + high) / 2, step, align="center")
        said.append(_inside(step))
    for (_, end), _ in pairwise(top.values()):
        _arrow(canvas, [x_step + STEP / 2] * 2, [end - 6, end + 6])
    first, last = (sum(top[step]) / 2 for step in ("forward", "update"))
    _arrow(canvas, [x_step, 6, 6, x_step - 2], [last, last, first, first])

    spans = {}  # label: from the top of its first step to the end of its last, or its own line
    for step, labels in STEPS.items():
        low, _ = top[step]
        for n, label in enumerate(labels):
            start, _ = spans.get(label, (low + n * LINE, 0))
            spans[label] = start, low + (n + 1) * LINE
    for label, (low, high) in spans.items():
        _box(canvas, x_label, low + 6, LABEL, high - low - 12, label, KIND_OF[label], framed=False)

    width, phases = 0, []
    for n, (steps, words) in PHASES.items():
        low, high = top[steps[0]][0] + 6, top[steps[-1]][1] - 6
        canvas.line([x_phase + 5, x_phase, x_phase, x_phase + 5], [low, low, high, high])
        middle = (low + high) / 2
        canvas.text(x_phase + 9, middle - 9, f"{n} {words[0]}")
        canvas.text(x_phase + 9 + width_of("0 "), middle + 9, words[1])
        width = max(width, *(x_phase + 9 + width_of(f"{n} {line}") for line in words))
        phases.append(f"{n} {' '.join(words)} ({', '.join(steps)})")
    canvas.text(x_step, at + 12, AGAIN)
    alt = (
        f"One round of training, four steps: {', '.join(said)}; then forward again, and again, "
        f"until the loss stops falling. Beside them three phases: {'; '.join(phases)}. "
        f"Our {len(spans)} labels: {', '.join(spans)}; the loss is the last line of forward."
    )
    return canvas.finish(width + 4, at + 26, alt)
