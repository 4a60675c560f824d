"""The complete programs of the pages: they need NumPy alone, and give the numbers of the pages."""

import ast
import gzip
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT

from backprop import examples, forward, trace, train
from test_chapters import CELL, OPTIONS, tags

PROGRAMS = ROOT / "chapters/programs"
NUMBER = r"-?\d+\.\d+"

# Runs a program in a Python that has NumPy and nothing else.
ALONE = """
import runpy, sys
class NumPyAlone:
    def find_spec(name, path, target=None):
        if name.split(".")[0] not in {*sys.stdlib_module_names, "numpy"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, NumPyAlone)
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def alone(program, folder):
    """Return what a program prints in a folder, in such a Python."""
    return subprocess.run(
        [sys.executable, "-I", "-W", "error", "-c", ALONE, program],
        cwd=folder,
        check=True,
        capture_output=True,
        encoding="utf-8",
    ).stdout


def output(program, folder):
    """Return what a program of a page prints where nothing but its own files lies."""
    shutil.copy(PROGRAMS / program, folder)
    return alone(program, folder)


def test_a_program_that_needs_the_package_is_found_out(tmp_path):
    (tmp_path / "needs_it.py").write_text("import backprop")
    with pytest.raises(subprocess.CalledProcessError):
        alone("needs_it.py", tmp_path)


def numbers(text):
    return [float(number) for number in re.findall(NUMBER, text)]


def test_two_two_two_prints_the_numbers_of_its_page(tmp_path):
    said = output("two_two_two.py", tmp_path)
    net, x, t, learning_rate = examples.two_two_two()
    steps = trace(net, x, t, learning_rate, biases="frozen").values
    of_the_pass = {
        "hidden outputs": ["out_h1", "out_h2"],
        "outputs": ["out_o1", "out_o2"],
        "loss E": ["E"],
        "output deltas": ["delta_o1", "delta_o2"],
        "hidden deltas": ["delta_h1", "delta_h2"],
        "dE/dw5 … dE/dw8": [f"dE_dw{n}" for n in (5, 6, 7, 8)],
        "dE/dw1 … dE/dw4": [f"dE_dw{n}" for n in (1, 2, 3, 4)],
        "new w5 … w8": [f"w{n}_new" for n in (5, 6, 7, 8)],
        "new w1 … w4": [f"w{n}_new" for n in (1, 2, 3, 4)],
    }
    lines = said.splitlines()
    for line, (label, names) in zip(lines, of_the_pass.items(), strict=False):
        assert line.startswith(label)
        assert rounds_to(numbers(line), [steps[name] for name in names]), line

    log = lines[len(of_the_pass) :]
    updates = [int(re.search(r"after +([\d,]+)", line)[1].replace(",", "")) for line in log]
    assert updates[-1] == 10_000
    _, history = train(net, x, t, learning_rate, updates[-1], biases="frozen", keep=updates)
    for line, n in zip(log, updates, strict=True):
        outputs = forward(history.nets[n], x)[1][-1]
        assert rounds_to(numbers(line), [history.loss[n], *outputs]), line


def rounds_to(printed, values):
    """Say whether printed numbers are these, rounded to nine decimals."""
    return np.shape(printed) == np.shape(values) and np.allclose(
        printed, values, rtol=0, atol=0.5001e-9
    )


@pytest.mark.slow
def test_digits_from_nothing_learns_as_its_page_does(tmp_path):
    shutil.copy(ROOT / "code/backprop/data/digits.csv.gz", tmp_path)
    said = output("digits_from_nothing.py", tmp_path)
    losses, counts = learnt_on_the_page()
    assert len(counts) > 10
    assert said.splitlines() == [
        f"epoch {n}: {count}/449, loss {loss:.4f}"
        for n, ((_, count), (loss, _)) in enumerate(zip(counts, losses, strict=True), 1)
    ]


def learnt_on_the_page():
    """Return the losses and counts after each epoch, as the page's own cells compute them."""
    here = {}
    for cell in CELL.findall((ROOT / "chapters/numpy-step-by-step.md").read_text("utf-8")):
        code = re.sub(r".*check\.agree.*", "", OPTIONS.sub("", cell, count=1))
        if not {"check", "remove-cell"} & tags(cell) and "tried" not in code:
            exec(code, here)
        if "counts.append" in code:
            return here["losses"], here["counts"]


def functions(page):
    """Return {name: its tree} of the functions that the cells of a chapter define."""
    text = (ROOT / f"chapters/{page}.md").read_text("utf-8")
    code = "\n".join(OPTIONS.sub("", cell, count=1) for cell in CELL.findall(text))
    found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.dump(node) for node in found}


def test_both_chapters_on_digits_train_the_same_program():
    """The second shows it folded, so that it runs alone."""
    first, second = functions("numpy-step-by-step"), functions("what-is-a-score-worth")
    common = {*first} & {*second}
    assert {"forward", "backward", "update", "start", "epoch", "train", "loss"} <= common
    assert all(first[name] == second[name] for name in common)


def test_the_images_are_read_though_a_browser_has_unpacked_them(tmp_path):
    """As the page says, the program then needs their other name, and nothing else."""
    packed = (ROOT / "code/backprop/data/digits.csv.gz").read_bytes()
    (tmp_path / "digits.csv").write_bytes(gzip.decompress(packed))
    text = (PROGRAMS / "digits_from_nothing.py").read_text("utf-8")
    before, _, after = text.rpartition("digits.csv.gz")
    loading = f"{before}digits.csv{after.partition('learn, held')[0]}print(X.shape, labels[:3])"
    (tmp_path / "loading.py").write_text(loading, "utf-8")
    assert alone("loading.py", tmp_path).split() == ["(1797,", "64)", "[0", "1", "2]"]


def test_the_program_of_the_first_page_has_twelve_lines_and_prints_the_result(tmp_path):
    """It is pasted as it stands; the page calls it twelve lines of NumPy."""
    text = (ROOT / "chapters/index.md").read_text("utf-8")
    [program] = [cell for cell in CELL.findall(text) if "import numpy" in cell]
    assert "twelve lines of NumPy" in text
    assert len([line for line in program.splitlines() if line]) == 12
    (tmp_path / "pasted.py").write_text(program, "utf-8")
    E, *weights = numbers(alone("pasted.py", tmp_path))
    net, x, t, learning_rate = examples.two_two_two()
    steps = trace(net, x, t, learning_rate, biases="frozen").values
    assert np.isclose(E, steps["E"], rtol=1e-12)
    assert np.allclose(weights, [steps[f"w{n}_new"] for n in range(1, 9)], rtol=0, atol=0.5001e-8)
