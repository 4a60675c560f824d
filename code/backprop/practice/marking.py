"""Marking: what an answer is, and never only that it is right or wrong.

An answer is right, or what a well-known mistake gives, or right but for its sign or a factor, or
what follows from a wrong answer before it, or none of these; each is told with what to do next. Its
twin in the browser is code/js/core/marking.js; the sentences of both are in data/tables.json.

Gradients are marked at TOLERANCE, never an updated weight as such: its change is marked, for a
wrong change hides in a weight that is many times larger (chapter "until-it-learns").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .. import latex
from ..mistakes import ALL
from ..names import spoken, unknown
from ..tables import TABLES
from .problems import Problem

TABLE = TABLES["marking"]
TOLERANCE = TABLE["TOLERANCE"]  # as a share; `practice` keeps any two mistakes farther apart
LAST_DIGIT = TABLE["LAST_DIGIT"]  # of an updated weight: half of its fourth decimal, and a little
LARGEST = TABLE["LARGEST"]  # of an answer: its square is still a number
FACTORS = dict(TABLE["FACTORS"])  # by how much an answer may be off, and in what words
SENTENCES = TABLE["SENTENCES"]  # of verdicts
FAULT = "“{text}” is not a number: write it as 0.0012, −1.2e-3 or 3/2500"


@dataclass(frozen=True)
class Verdict:
    """What an answer is: `kind`, one of VERDICTS, and `said`, the sentences for whoever gave it.

    mistakes: the names of those that give it; factor: how many times the right number it is, of a
    sign or a factor; first: the first step that differs, where an answer follows or is unknown.
    """

    kind: str
    said: str
    mistakes: tuple = ()
    factor: float | None = None
    first: str | None = None


VERDICTS = ("right", "mistake", "sign", "factor", "follows", "unknown")


# ---- numbers as they are written ---------------------------------------------------------------

_DECIMAL = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
_POWER = re.compile(r"\s*[×x·*]\s*10(?:\^|\*\*)?\(?([-+]?\d+)\)?$")
_RAISED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")


def read_number(text: str):
    """Return the number that a reader wrote: 0.0012, 0,0012, −1.2e-3, 1.2 × 10⁻³ or 3/2500.

    Raises ValueError for what is no number.
    """
    plain = re.sub("[−–]", "-", text.strip().translate(_RAISED)).replace(",", ".")
    parts = [_POWER.sub(r"e\1", part.strip()) for part in plain.split("/")]
    if len(parts) > 2 or not all(map(_DECIMAL.fullmatch, parts)):
        raise ValueError(FAULT.format(text=text.strip()))
    numbers = [float(part) for part in parts]
    if len(numbers) == 2 and numbers[1] == 0 or not all(abs(n) < LARGEST for n in numbers):
        raise ValueError(FAULT.format(text=text.strip()))
    return numbers[0] / numbers[1] if len(numbers) == 2 else numbers[0]


# ---- verdicts ----------------------------------------------------------------------------------


def mark(problem: Problem, answers: Mapping[str, float | str]):
    """Return {step: Verdict} of some answers, {step: number or text}, to a `practice.Problem`.

    The steps are any of `problem.lines`; of a problem that asks which line is wrong, "line" alone,
    whose answer is the name of a step. Raises KeyError for another step, ValueError for a text that
    is no number.
    """
    if problem.made:
        return {"line": _of_line(problem, answers["line"])}
    right, solution = problem.right, problem.solution
    for name in answers:
        if name not in right:
            raise KeyError(unknown(name, right, "step"))
    given = {
        name: read_number(answer) if isinstance(answer, str) else float(answer)
        for name, answer in answers.items()
    }
    updates = [step for step in problem.lines if step.label == "update"]
    known, wrong = solution.values, {}
    for mistake, values in problem.wrong_from(given).items():
        numbers = known | values | given
        updated = {s.name: latex.evaluate(s.expression, numbers) for s in updates}
        wrong[mistake] = values | updated
    olds = {step.name: solution[step.inputs[0]].value for step in updates}
    follows, lost = _redone(problem, given), _without_a_minus(problem, given)
    return judge(right, wrong, given, olds=olds, follows=follows, lost=lost)


def judge(
    right: Mapping[str, float],
    wrong: Mapping[str, Mapping[str, float]],
    answers: Mapping[str, float],
    *,
    olds: Mapping[str, float] | None = None,
    follows: Mapping[str, float] | None = None,
    lost: Mapping[str, Mapping[str, float]] | None = None,
):
    """Return {step: Verdict} of answers, {step: number}, in the order of `right`.

    right: {step: number}; wrong: {mistake: {step: number}}, of the steps that it changes. olds:
    {update: the weight before it}, whose change is marked; follows: {step: what comes out of the
    reader's own numbers before it}; lost: {step: {a negative number that goes in, in letters: what
    comes out without its minus}}.
    """
    olds, follows, lost = olds or {}, follows or {}, lost or {}

    def is_near(name, number):
        old, slack = (olds[name], LAST_DIGIT) if name in olds else (0, 0)
        return abs(answers[name] - number) <= TOLERANCE * abs(number - old) + slack

    def ratio(name):
        old = olds.get(name, 0)
        return (answers[name] - old) / (right[name] - old) if right[name] != old else None

    given = [name for name in right if name in answers]
    bad = [name for name in given if not is_near(name, right[name])]
    explained = {
        mistake: sum(is_near(name, values.get(name, right[name])) for name in given)
        for mistake, values in wrong.items()
    }
    ratios = [ratio(name) for name in bad]
    is_common = len(bad) > 1 and None not in ratios and ratios[0] != 0
    is_common = is_common and all(_is_ratio(r, ratios[0]) for r in ratios)

    def verdict(name):
        if name not in bad:
            return Verdict("right", SENTENCES["right"])
        giving = [
            m for m, values in wrong.items() if name in values and is_near(name, values[name])
        ]
        most = max((explained[mistake] for mistake in giving), default=0)
        giving = tuple(mistake for mistake in giving if explained[mistake] == most)
        dropped = [which for which, value in lost.get(name, {}).items() if is_near(name, value)]
        if most == len(given):
            return _of_slips(giving, dropped if len(bad) == 1 else ())
        if name != bad[0] and name in follows and is_near(name, follows[name]):
            return Verdict("follows", _say("follows", first=spoken(bad[0])), first=bad[0])
        of = " of an update" if name in olds else ""
        if is_near(name, 2 * olds.get(name, 0) - right[name]):
            return Verdict("sign", SENTENCES["sign" + of], factor=-1.0)
        if (times := ratio(name)) is not None:
            for factor, words in FACTORS.items():
                if _is_ratio(times, factor):
                    said = _say("factor" + of, factor=words)
                    return Verdict("factor", said, factor=float(factor))
        if giving or dropped:
            return _of_slips(giving, dropped)
        if is_common:
            return Verdict("factor", SENTENCES["common"], factor=ratios[0])
        key = "first" if name == bad[0] else "unknown"
        return Verdict("unknown", _say(key, first=spoken(bad[0])), first=bad[0])

    return {name: verdict(name) for name in given}


def _is_ratio(one, other):
    return abs(one - other) <= TOLERANCE * abs(other)


def _say(key, **words):
    return SENTENCES[key].format(**words)


def _of_slips(giving, dropped):
    """Return the Verdict on what these mistakes give, or a number that lost its minus."""
    known = [ALL[name] for name in giving]
    what = [mistake.what for mistake in known]
    if dropped:
        what.append(_say("minus", which=" or ".join(dropped)))
    if not known:
        return Verdict("sign", _say("lost", what=what[0]))
    if len(what) == 1:
        said = _say("mistake", what=what[0], explanation=known[0].explanation)
    else:
        said = _say("several", what=", or ".join(what))
    return Verdict("mistake", said, mistakes=giving)


def _redone(problem, answers):
    """Return {step: its value, worked out from the numbers before it}, some of which are given."""
    values, redone, loss = {}, {}, problem.net.names.total.name
    for step in problem.solution:
        if step.label == "forward" and step.name.startswith(loss):
            continue  # no line needs it, and an output may be given as one that has no logarithm
        value = latex.evaluate(step.expression, values) if step.expression else step.value
        redone[step.name] = value
        values[step.name] = answers.get(step.name, value)
    return redone


def _without_a_minus(problem, answers):
    """Return {step: {a negative number that goes into it: what comes out without its minus}}.

    The numbers are the reader's own where there are some; an update has none, for its change is
    marked, and that has no minus of its own to lose.
    """
    solution, lines = problem.solution, {step.name for step in problem.lines}
    values = {step.name: answers.get(step.name, step.value) for step in solution}

    def parts(step):  # the working that a line is found with, and last the line
        inner = [solution[name] for name in step.inputs if name not in lines]
        return [*(part for one in inner if one.expression for part in parts(one)), step]

    def comes_out(steps, changed):
        found = values | changed
        for step in steps:
            found[step.name] = latex.evaluate(step.expression, found)
        return found[steps[-1].name]

    lost = {}
    for line in problem.lines:
        if line.name in answers and line.label != "update":
            steps = parts(line)
            made = {step.name for step in steps}
            goes_in = dict.fromkeys(name for step in steps for name in step.inputs)
            lost[line.name] = {
                spoken(name): comes_out(steps, {name: -values[name]})
                for name in goes_in
                if name not in made and values[name] < 0
            }
    return lost


def wrong_lines(problem: Problem):
    """Return the names of the lines that are wrong in the printed solution of a problem, each by
    itself: worked out with the numbers printed before it, it comes out as another."""
    redone = _redone(problem, problem.shown)
    return [name for name, value in problem.shown.items() if not _is_ratio(value, redone[name])]


def _of_line(problem, line):
    if line not in problem.shown:
        raise KeyError(unknown(line, problem.shown, "line"))
    mistake = ALL[problem.made]
    if line in wrong_lines(problem):
        said = _say("line", what=mistake.what, explanation=mistake.explanation)
        return Verdict("right", said, mistakes=(mistake.name,))
    if _is_ratio(problem.shown[line], problem.right[line]):
        return Verdict("unknown", SENTENCES["line right"])
    return Verdict("follows", SENTENCES["line follows"])
