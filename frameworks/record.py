"""Run the four programs beside this file, and write down what they compute.

    python record.py          each that is installed, into code/backprop/data/frameworks.json
    python record.py in_jax   one of them, as JSON, on the screen

The page "frameworks" shows the numbers, and code/tests/unit/test_frameworks.py holds the package to
them. Of a framework that is missing, or fails, the numbers of an earlier run stay.
"""

import importlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np

from backprop import examples
from backprop.network import by_name

HERE = Path(__file__).parent
PROGRAMS = ("in_pytorch", "in_jax", "in_tensorflow", "in_autograd")
RECORD = HERE.parent / "code" / "backprop" / "data" / "frameworks.json"
PRECISIONS = ("float64", "float32", "float16")
UPDATES = (0, 1, 10, 100)
OUTPUTS = (1, 2, 3)
FAR_LEFT = (-88.0, -89.0, -100.0)  # e^88 is still a number in single precision, e^89 is none


def doubles(array):
    """Return an array of any of the four as NumPy's doubles, which hold its numbers exactly."""
    return np.array(array.tolist() if hasattr(array, "tolist") else array.numpy(), dtype=float)


def record(program):
    """Return what one program computes."""
    framework = importlib.import_module(program)
    found = {
        "name": framework.NAME,
        "version": framework.VERSION,
        "python": platform.python_version(),
        "slope at -1000": slopes(framework, -1000.0, "float64"),
        "slopes in single": {f"{z:.0f}": slopes(framework, z, "float32") for z in FAR_LEFT},
    }
    if hasattr(framework, "numbered"):
        found["numbered"] = numbered(framework)
    if hasattr(framework, "mean_squares_slope"):
        found["slopes of its mean squares"] = [
            doubles(framework.mean_squares_slope([0.75] * n, [0.5] * n)).tolist() for n in OUTPUTS
        ]
    return found | {precision: in_precision(framework, precision) for precision in PRECISIONS}


def slopes(framework, z, precision):
    """Return the slope of the plain sigmoid and of ours, as text: JSON has no word for nan."""
    kinds = {"plain": framework.plain_sigmoid, "ours": framework.our_sigmoid}
    return {kind: str(doubles(framework.slope(f, z, precision))) for kind, f in kinds.items()}


def numbered(framework):
    """Return [operation, its number, those that it hands on to], counted from the first made.

    A parameter has the largest number there is: None.
    """
    made = framework.numbered()
    most = 2**64 - 1
    first = min(number for _, number, _ in made if number != most)

    def counted(number):
        return None if number == most else number - first

    return [[name, counted(n), [counted(part) for part in parts]] for name, n, parts in made]


def in_precision(framework, precision):
    """Return gradients, deltas and training on the example of the worked example."""
    net, _, _, rate = examples.two_two_two()

    def named(parameters):
        W1, b1, W2, b2 = map(doubles, parameters)
        return by_name(net, [None, W1, W2], [None, b1, b2])

    parameters, x, t = framework.start(precision)
    found = {
        "gradients": named(framework.gradient(parameters, x, t)[1]),
        "by our sigmoid": named(framework.gradient(parameters, x, t, framework.our_sigmoid)[1]),
        "deltas": [doubles(delta).tolist() for delta in framework.deltas(parameters, x, t)],
        "after updates": {},
    }
    for n in range(max(UPDATES) + 1):
        E, gradients = framework.gradient(parameters, x, t)
        if n in UPDATES:
            found["after updates"][n] = {"E": float(doubles(E)), **named(parameters)}
        parameters = framework.update(parameters, gradients, rate)
    return found


# ---- each in a process of its own ----------------------------------------------------------------


def run(*command):
    """Return (what Python printed, None), or (None, what it said before it failed)."""
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3"}  # TensorFlow tells of every processor that it finds
    done = subprocess.run(
        [sys.executable, *map(str, command)], env=os.environ | quiet, capture_output=True, text=True
    )
    return (None, done.stdout + done.stderr) if done.returncode else (done.stdout, None)


def sessions(program):
    """Return the files of what was typed into a framework, with its answers."""
    name = f"{program.removeprefix('in_')}.txt"
    folders = (HERE, RECORD.parent, HERE.parent / "code" / "tests")
    return [folder / name for folder in folders if (folder / name).exists()]


def main():
    recorded = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    failed = False
    for program in PROGRAMS:
        printed, fault = run(__file__, program)
        for session in sessions(program) if printed else ():
            fault = fault or run("-m", "doctest", "-o", "ELLIPSIS", session)[1]
        if fault is None:
            recorded[program] = json.loads(printed)
            print(f"{program}: {recorded[program]['name']} {recorded[program]['version']}")
        elif "ModuleNotFoundError" in fault:
            print(f"{program}: {fault.splitlines()[-1]}; what an earlier run found stays")
        else:
            failed = True
            print(f"{program} fails:\n{fault}")
    text = json.dumps(recorded, indent=1, sort_keys=True, allow_nan=False)
    RECORD.write_text(text + "\n", "utf-8")
    return failed


if __name__ == "__main__":
    if sys.argv[1:]:
        print(json.dumps(record(sys.argv[1]), allow_nan=False))
    else:
        sys.exit(main())
