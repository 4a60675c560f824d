"""The command: sheets for a class, the worked example of any network, a backward pass examined.

    python -m backprop practice --kind two-two-two --seeds 1-30 --sheet class.pdf --key key.pdf
    python -m backprop example --layers 2,1 --weights 0.5,-0.3 --x 1,2 --t 0.9 --out example.pdf
    python -m backprop doctor network.py:backward

What cannot be done is said in one line, with exit code 2, and leaves nothing behind. `doctor` exits
with 0 for a right backward pass, and with 1 for a wrong one.
"""

import argparse
import io
import json
import os
import re
import runpy
import sys
import zipfile
import zlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from . import doctor
from .functions import ACTIVATIONS, LOSSES
from .names import unknown
from .network import Network, as_numbers
from .paper import documents, moodle, worksheet
from .practice import EVERYTHING, KINDS, PARTS, as_kind, mixed, problem

MOST = 1000  # problems at a time
SUFFIXES = tuple(documents.FORMATS)
LOSS_NAMES = {name.replace(" ", "-"): name for name in LOSSES}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {' '.join(message.split())}\n")


def main(arguments: Sequence[str]):
    """Run the command with these arguments; exit with 2 for those that cannot be."""
    parser = _parser()
    # -0.5,1 would be taken for an option; with a space before it, it is a value
    chosen = parser.parse_args([f" {a}" if re.match(r"-[\d.]", a) else a for a in arguments])
    try:
        prepared = chosen.prepare(chosen)
    except (KeyError, TypeError, ValueError, OSError) as fault:
        parser.error(_sentence(fault))
    try:
        chosen.finish(prepared)
    except (ImportError, OSError) as fault:
        parser.error(_sentence(fault))


def _sentence(fault):
    if isinstance(fault, OSError) and fault.strerror:
        return f"{fault.filename}: {fault.strerror}"
    return str(fault.args[0])  # str of a KeyError would put quotes around it


def _parser():
    parser = _Parser(prog="python -m backprop", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_practice(commands)
    _add_example(commands)
    _add_doctor(commands)
    return parser


# ---- practice ------------------------------------------------------------------------------------


def _add_practice(commands):
    parser = commands.add_parser(
        "practice",
        help="problems for a class, their key, questions for Moodle",
        epilog="The same kind and seed give the same problem everywhere. "
        "Existing files are overwritten.",
    )
    parser.set_defaults(prepare=_practice, finish=_write_all)
    add = parser.add_argument
    kinds = (
        f"{', '.join(KINDS)}; of several, separated by commas, the seed picks one; mixed: of all"
    )
    add("--kind", required=True, help=kinds)
    add("--seeds", required=True, help="a problem for each number: 1-30, or 3,5,8-10")
    add(
        "--sheet",
        metavar="FILE",
        help=f"the problems, with blanks to fill in: {', '.join(SUFFIXES)}",
    )
    add(
        "--key",
        metavar="FILE",
        help="the same problems with every line worked out, in the same formats",
    )
    add("--moodle", metavar="FILE.xml", help="the same problems as questions for Moodle")
    add(
        "--fade",
        type=int,
        default=EVERYTHING,
        help=f"how many of the parts {', '.join(PARTS)} the sheet leaves blank, the others being "
        f"worked out: 0 to {len(PARTS)}; {EVERYTHING}, the default: everything is blank",
    )
    add(
        "--direction",
        default="backward",
        help="which parts fade first: backward, the default, from the update; forward, from the "
        "hidden delta",
    )


def _practice(chosen):
    """Return {path: what makes its content, given a function to tell of progress}."""
    kinds = list(KINDS) if chosen.kind == "mixed" else chosen.kind.split(",")
    for kind in kinds:
        as_kind(kind)
    seeds = _seeds(chosen.seeds)
    problems = [problem(mixed(kinds, seed), seed) for seed in seeds]
    makers = {}
    if chosen.sheet:
        document = worksheet.worksheet(problems, chosen.fade, chosen.direction)
        makers |= _document("--sheet", chosen.sheet, document)
    if chosen.key:
        makers |= _document("--key", chosen.key, worksheet.key(problems))
    if chosen.moodle:
        path = _path("--moodle", chosen.moodle, (".xml",))
        makers[path] = partial(moodle.quiz, problems)
    asked = [path for path in (chosen.sheet, chosen.key, chosen.moodle) if path]
    if not asked:
        raise ValueError("name a file to write: --sheet, --key or --moodle")
    if len(makers) < len(asked):
        raise ValueError(f"two files have the same name: {', '.join(asked)}")
    return makers


def _seeds(text):
    """Return the seeds of 1-30, or of 3,5,8-10."""
    found = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d+)(?:\s*-\s*(\d+))?\s*", part)
        if not match:
            raise ValueError(f"--seeds: expected whole numbers, as 1-30 or 3,5,8-10; got {text!r}")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise ValueError(f"--seeds: {part.strip()} ends before it begins")
        if len(found) + last - first >= MOST:
            raise ValueError(f"--seeds: at most {MOST} problems at a time")
        found += range(first, last + 1)
    return found


# ---- example -------------------------------------------------------------------------------------


def _add_example(commands):
    parser = commands.add_parser(
        "example",
        help="every number of a network that you give",
        epilog="Numbers are separated by commas or spaces. Weights are given layer by layer and "
        "row by row, a row for each unit. A file is JSON, as "
        '{"W1": [[0.5, -0.3]], "b1": [0.1], "W2": [[2]], "b2": [0], "x": [1, 2], "t": [0.9]}, '
        "or holds arrays of these names, as numpy.savez(file, W1=W1, b1=b1, x=x, t=t) writes them. "
        "Existing files are overwritten.",
    )
    parser.set_defaults(prepare=_example, finish=_write_all)
    add = parser.add_argument
    add("--layers", help="the number of units in each layer, the inputs first: 2,3,2")
    add("--weights", nargs="+", help="all weights")
    add("--biases", nargs="+", help="all biases; 0 by default")
    add(
        "--file",
        metavar="FILE",
        help="instead of these three: a .json or .npz file with W1, b1, W2, b2 and so on; a bias "
        "that is missing is 0",
    )
    add("--x", nargs="+", help="the inputs, unless the file has them as x")
    add("--t", nargs="+", help="the targets, unless the file has them as t")
    activations = f"one for all layers, or one for each layer: {', '.join(ACTIVATIONS)}"
    add("--activations", default="sigmoid", help=f"{activations}; sigmoid by default")
    losses = f"{', '.join(LOSS_NAMES)}; the first by default"
    add("--loss", default="half-squares", help=losses)
    add("--learning-rate", type=float, help="by default there is no update")
    add("--out", metavar="FILE", required=True, help=f"what to write: {', '.join(SUFFIXES)}")


def _example(chosen):
    """Return {path: what makes its content}, as `_practice`."""
    found = {}
    if chosen.file:
        if chosen.layers or chosen.weights or chosen.biases:
            raise ValueError("give --file, or --layers and --weights, not both")
        W, b, found = _of_file(Path(chosen.file))
    elif chosen.layers and chosen.weights:
        W, b = _given_layers(chosen)
    else:
        raise ValueError("give the network: --layers and --weights, or --file")
    for name, what in (("x", "inputs"), ("t", "targets")):
        if getattr(chosen, name):
            if name in found:
                raise ValueError(f"give --{name}, or {name} in {chosen.file}, not both")
            found[name] = _numbers(f"--{name}", getattr(chosen, name))
        elif name not in found:
            raise ValueError(f"give the {what}: --{name}, or {name} in a file")
    activations = chosen.activations.split(",")
    if len(activations) == 1:
        activations *= len(W) - 1
    if chosen.loss not in LOSS_NAMES:
        raise KeyError(unknown(chosen.loss, LOSS_NAMES, "loss"))
    net = Network(W, b, [None, *activations], LOSS_NAMES[chosen.loss])
    document = worksheet.example(net, found["x"], found["t"], chosen.learning_rate)
    return _document("--out", chosen.out, document)


# ---- doctor --------------------------------------------------------------------------------------


def _add_doctor(commands):
    parser = commands.add_parser(
        "doctor",
        help="examine a backward pass of your own, and name its mistake",
        epilog="The file is run. Exit code 0: the gradients are right; 1: they are not; "
        "2: they could not be examined.",
    )
    parser.set_defaults(prepare=_doctor, finish=_tell)
    add = parser.add_argument
    add(
        "function", metavar="FILE:FUNCTION", help="a function backward(W, b, x, t) of a Python file"
    )
    add("--activations", default="sigmoid", help="of all layers, or hidden/output: relu/softmax")
    add("--loss", default="half-squares", help=f"{', '.join(LOSS_NAMES)}; the first by default")


def _doctor(chosen):
    """Return the doctor's report on a function in a file."""
    file, colon, name = chosen.function.rpartition(":")
    if not colon or not file.endswith(".py"):
        raise ValueError(f"expected FILE.py:FUNCTION, and got {chosen.function}")
    if chosen.loss not in LOSS_NAMES:
        raise KeyError(unknown(chosen.loss, LOSS_NAMES, "loss"))
    try:
        found = runpy.run_path(file, run_name="examined")
    except OSError:
        raise
    except Exception as fault:
        raise ValueError(f"{file} does not run: {type(fault).__name__}: {fault}") from None
    if not callable(found.get(name)):
        raise ValueError(f"{file} has no function {name}")
    return doctor.examine(found[name], chosen.activations, LOSS_NAMES[chosen.loss])


def _tell(report):
    print(report)
    sys.exit(2 if report.kind == "refused" else 0 if report.is_right else 1)


# ---- networks in files ---------------------------------------------------------------------------


def _of_file(path):
    """Return W and b, as a `Network` takes them, and what else a file has of x and t.

    Nothing in the file is run. Raises ValueError that says what is wrong with it.
    """
    data = path.read_bytes()
    try:
        if path.suffix == ".json":
            found = json.loads(data)
        elif path.suffix == ".npz" and zipfile.is_zipfile(io.BytesIO(data)):
            found = dict(np.load(io.BytesIO(data), allow_pickle=False))
        else:
            raise ValueError("expected a .json file, or an .npz file as numpy.savez writes it")
        if not isinstance(found, dict):
            raise ValueError('expected {"W1": …, "b1": …}')
    except (ValueError, RecursionError, zipfile.BadZipFile, zlib.error) as fault:
        raise ValueError(f"--file: {path}: {fault}") from None
    W, b = [None], [None]
    while (name := f"W{len(W)}") in found:
        W.append(as_numbers(name, found.pop(name)))
        b.append(found.pop(f"b{len(b)}", np.zeros(W[-1].shape[:1])))
    strange = [name for name in found if name not in ("x", "t")]
    if strange or len(W) == 1:
        raise ValueError(
            f"--file: {path} should have W1, b1, W2, b2 and so on, x and t, but "
            f"{f'has {strange[0]}' if strange else 'has no W1'}"
        )
    return W, b, found


def _given_layers(chosen):
    """Return W and b, as a `Network` takes them, of numbers given layer by layer."""
    sizes = _numbers("--layers", [chosen.layers])
    if len(sizes) < 2 or any(size != int(size) or size < 1 for size in sizes):
        raise ValueError(f"--layers: expected two or more whole numbers, got {chosen.layers}")
    shapes = [(int(units), int(inputs)) for inputs, units in zip(sizes, sizes[1:], strict=False)]
    weights = _numbers("--weights", chosen.weights)
    biases = _numbers("--biases", chosen.biases) if chosen.biases else [0.0] * int(sum(sizes[1:]))
    W, b = [None], [None]
    for what, numbers, layers, shapes_of in (
        ("weights", weights, W, shapes),
        ("biases", biases, b, [shape[:1] for shape in shapes]),
    ):
        takes = sum(map(np.prod, shapes_of))
        if len(numbers) != takes:
            raise ValueError(
                f"--{what}: layers of {chosen.layers} take {takes} {what}, not {len(numbers)}"
            )
        for shape in shapes_of:
            layers.append(np.reshape(numbers[: np.prod(shape)], shape))
            numbers = numbers[np.prod(shape) :]
    return W, b


def _numbers(option, texts):
    """Return the numbers of an option's values, with commas or spaces between."""
    numbers = []
    for word in re.split(r"[,\s]+", " ".join(texts).strip()):
        try:
            numbers.append(float(word))
        except ValueError:
            raise ValueError(f"{option}: {word!r} is not a number") from None
    return numbers


# ---- files ---------------------------------------------------------------------------------------


def _document(option, name, document):
    path = _path(option, name, SUFFIXES)
    return {path: partial(documents.render, document, path.suffix)}


def _path(option, name, suffixes):
    """Return the path of a file that can be written, which has one of the suffixes."""
    path = Path(name)
    if path.suffix not in suffixes:
        raise ValueError(f"{option}: {name} should end in {' or '.join(suffixes)}")
    if path.is_dir():
        raise ValueError(f"{option}: {name} is a folder")
    if not os.access(path.parent, os.W_OK):
        why = "cannot be written to" if path.parent.is_dir() else "is not a folder"
        raise ValueError(f"{option}: {path.parent} {why}")
    return path


def _progress(path):
    """Return a function that says on a terminal how far a file has come."""

    def tell(done, of):
        if sys.stderr.isatty():
            end = "\r\033[K" if done == of else ""
            print(f"\r{path}: {done} of {of}", end=end, file=sys.stderr, flush=True)

    return tell


def _write_all(makers):
    """Make and write files, {path: what makes its content}, and say which."""
    _write({path: make(_progress(path)) for path, make in makers.items()})
    for path in makers:
        print(path)


def _write(contents):
    """Write files, {path: bytes}: all of them, or none."""
    beside = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in contents}
    try:
        for path, content in contents.items():
            beside[path].write_bytes(content)
        for path in contents:
            os.replace(beside[path], path)
    finally:
        for path in beside.values():
            path.unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1:])
