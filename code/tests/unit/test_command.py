"""The command: what it writes, and that what cannot be done is one line, code 2 and no file."""

import contextlib
import io
import itertools
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from types import SimpleNamespace

import numpy as np
import pytest

from backprop import __main__ as command
from backprop import examples
from backprop.paper import documents, moodle, worksheet
from backprop.practice import KINDS, mixed, problem

pytestmark = pytest.mark.slow  # documents are written, and read again

PRACTICE = ["practice", "--kind", "one-neuron", "--seeds", "1-2"]
EXAMPLE = ["example", "--layers", "2,1", "--weights", "1", "2", "--x", "1,2", "--t", "0"]


def run(folder, *arguments):
    """Run the command in a folder, in this process; return what a process of its own would."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.chdir(folder), redirect_stdout(out), redirect_stderr(err):
        try:
            command.main(arguments)
        except SystemExit as end:
            code = end.code
    return SimpleNamespace(returncode=code, stdout=out.getvalue(), stderr=err.getvalue())


@pytest.mark.parametrize("arguments", [[], [*PRACTICE, "--sheet", "a.md"]], ids=["wrong", "right"])
def test_a_process_of_its_own_says_and_writes_the_same(tmp_path, arguments):
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
    line = [sys.executable, "-m", "backprop", *arguments]
    process = subprocess.run(line, cwd=there, capture_output=True, text=True)
    done = run(here, *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (
        process.returncode, process.stdout, process.stderr,
    )  # fmt: skip
    assert {p.name: p.read_bytes() for p in here.iterdir()} == {
        p.name: p.read_bytes() for p in there.iterdir()
    }


def refused(capsys, *arguments):
    """Run the command in this process; return what it says before it exits with 2."""
    with pytest.raises(SystemExit) as exited:
        command.main(arguments)
    assert exited.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    return said


def titles(text):
    return re.findall(r"^## (.*)$", text, re.M)


@pytest.mark.parametrize(
    "arguments, said",
    {
        "nothing": ([], "required: COMMAND"),
        "another command": (["train"], "invalid choice: 'train'"),
        "no file": (PRACTICE, "name a file to write"),
        "unknown kind": (
            ["practice", "--kind", "two-two", "--seeds", "1", "--sheet", "a.md"],
            "no kind of problem 'two-two' here; did you mean one of two-two-two",
        ),
        "one unknown kind of two": (
            ["practice", "--kind", "batch,two", "--seeds", "1", "--sheet", "a.md"],
            "no kind of problem 'two'",
        ),
        "seeds in words": ([*PRACTICE[:-1], "one", "--sheet", "a.md"], "expected whole numbers"),
        "a negative seed": ([*PRACTICE[:-1], "-1", "--sheet", "a.md"], "expected whole numbers"),
        "seeds backwards": ([*PRACTICE[:-1], "9-1", "--sheet", "a.md"], "ends before it begins"),
        "too many seeds": ([*PRACTICE[:-1], "1-9999999", "--key", "a.md"], "at most 1000"),
        "too large a seed": ([*PRACTICE[:-1], str(2**60), "--key", "a.md"], "from 0 to 2**53 - 1"),
        "another suffix": ([*PRACTICE, "--sheet", "a.docx"], "a.docx should end in .pdf or .html"),
        "no suffix": ([*PRACTICE, "--key", "a"], "should end in"),
        "Moodle as text": ([*PRACTICE, "--moodle", "a.txt"], "a.txt should end in .xml"),
        "no such folder": ([*PRACTICE, "--sheet", "no/a.md"], "no is not a folder"),
        "the same file": ([*PRACTICE, "--sheet", "a.md", "--key", "./a.md"], "the same name"),
        "too much fading": ([*PRACTICE, "--sheet", "a.md", "--fade", "6"], "from 0 to 5, and is 6"),
        "fading in words": ([*PRACTICE, "--sheet", "a.md", "--fade", "all"], "invalid int value"),
        "another direction": (
            [*PRACTICE, "--sheet", "a.md", "--direction", "up"], "no direction 'up'",
        ),
        "one file of two": ([*PRACTICE, "--sheet", "a.md", "--key", "b.doc"], "b.doc should end"),
        "no network": (["example", "--x", "1", "--t", "1", "--out", "a.md"], "give the network"),
        "two networks": ([*EXAMPLE, "--file", "n.json", "--out", "a.md"], "not both"),
        "no such file": (
            ["example", "--file", "n.json", "--x", "1", "--t", "1", "--out", "a.md"],
            "n.json: No such file",
        ),
        "no input": ([*EXAMPLE[:6], "--t", "0", "--out", "a.md"], "give the inputs: --x"),
        "too few weights": (
            [*EXAMPLE[:4], "1", *EXAMPLE[6:], "--out", "a.md"], "2,1 take 2 weights, not 1",
        ),
        "too many biases": ([*EXAMPLE, "--biases", "1,2", "--out", "a.md"], "take 1 biases"),
        "no number": ([*EXAMPLE, "--biases", "one", "--out", "a.md"], "'one' is not a number"),
        "too many inputs": ([*EXAMPLE, "--x", "1,2,3", "--out", "a.md"], "x has shape (3,)"),
        "half a unit": ([*EXAMPLE, "--layers", "2,1.5", "--out", "a.md"], "whole numbers"),
        "one layer": ([*EXAMPLE, "--layers", "2", "--out", "a.md"], "two or more"),
        "unknown activation": (
            [*EXAMPLE, "--activations", "sigmod", "--out", "a.md"], "no activation 'sigmod'",
        ),
        "unknown loss": ([*EXAMPLE, "--loss", "squared", "--out", "a.md"], "no loss 'squared'"),
        "a rate of 0": ([*EXAMPLE, "--learning-rate", "0", "--out", "a.md"], "should be above 0"),
        "no output file": (EXAMPLE, "required: --out"),
    }.values(),
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_line(arguments, said, tmp_path):
    done = run(tmp_path, *arguments)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and said in done.stderr, done.stderr
    assert done.stderr.startswith("python -m backprop")
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_and_its_key_are_those_of_the_seeds(tmp_path):
    kinds = ["one-neuron", "batch"]
    done = run(
        tmp_path, "practice", "--kind", ",".join(kinds), "--seeds", "1-3,9",
        "--sheet", "class.md", "--key", "key.html", "--moodle", "quiz.xml",
        "--fade", "2", "--direction", "forward",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["class.md", "key.html", "quiz.xml"]
    problems = [problem(mixed(kinds, seed), seed) for seed in (1, 2, 3, 9)]
    assert {one.kind for one in problems} == set(kinds)
    for name, content in {
        "class.md": documents.render(worksheet.worksheet(problems, 2, "forward"), ".md"),
        "key.html": documents.render(worksheet.key(problems), ".html"),
        "quiz.xml": moodle.quiz(problems),
    }.items():
        assert (tmp_path / name).read_bytes() == content, name
    assert len(list(tmp_path.iterdir())) == 3


def test_mixed_problems_are_of_all_kinds_and_begin_files_anew(tmp_path):
    (tmp_path / "class.ipynb").write_text("old")
    seeds = range(1569, 1578)  # each of another kind
    arguments = ["practice", "--kind", "mixed", "--seeds", "1569-1577", "--sheet", "class.ipynb"]
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    cells = json.loads((tmp_path / "class.ipynb").read_text())["cells"]
    found = titles("".join(cell["source"] for cell in cells))
    for n, (title, seed) in enumerate(zip(found, seeds, strict=True), start=1):
        assert title.startswith(f"{n}. ") and title.endswith(
            f"({mixed(list(KINDS), seed)}, seed {seed})"
        )
    assert all(any(f"({kind}, " in title for title in found) for kind in KINDS)


def test_an_example_is_that_of_the_numbers(tmp_path):
    net, x, t, rate = examples.tapering()
    weights = [f"{weight}" for W in net.W[1:] for weight in W.flat]
    biases = ",".join(f"{bias}" for b in net.b[1:] for bias in b)
    # in any mixture of commas and spaces, and negative ones first too
    numbers = [weights[0], ",".join(weights[1:4]), *weights[4:]]
    done = run(
        tmp_path, "example", "--layers", "3,4,2,1", "--weights", *numbers, "--biases", biases,
        "--x", ", ".join(map(str, x)), "--t", str(t[0]), "--learning-rate", str(rate),
        "--out", "example.md",
    )  # fmt: skip
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "example.md\n")
    expected = documents.render(worksheet.example(net, x, t, rate), ".md")
    assert (tmp_path / "example.md").read_bytes() == expected


def test_numbers_may_begin_with_a_minus(tmp_path):
    for form in (["-0.5,1.5"], ["-0.5", "1.5"], ["-.5,1.5"]):
        done = run(
            tmp_path, "example", "--layers", "2,1", "--weights", *form, "--x", "-1,-2",
            "--t", "-1", "--activations", "tanh", "--out", "example.md",
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        text = (tmp_path / "example.md").read_text()
        assert "$w_{11}^{(1)} = -0.5$" in text and "$a_{2}^{(0)} = -2$" in text
        assert "update" not in text and r"\tanh" in text


def in_files(folder, **arrays):
    """Write arrays as both kinds of file that the command reads; return the names of the files."""
    plain = {name: np.asarray(array).tolist() for name, array in arrays.items()}
    (folder / "net.json").write_text(json.dumps(plain))
    np.savez(folder / "net.npz", **arrays)
    return ["net.json", "net.npz"]


def test_a_network_in_a_file_is_the_same_as_in_numbers(tmp_path):
    net, x, t, _ = examples.two_two_two()
    layers = {"W1": net.W[1], "b1": net.b[1], "W2": net.W[2], "b2": net.b[2]}
    functions = ["--loss", "squares", "--activations", "relu,sigmoid"]
    example = ["--x", "0.02,0.04", "--t", "0.5,0.9"]
    weights = ",".join(f"{weight}" for W in net.W[1:] for weight in W.flat)
    run(
        tmp_path, "example", "--layers", "2,2,2", "--weights", weights, "--biases",
        "0.4,0.4,0.7,0.7", *example, *functions, "--out", "numbers.md",
    )  # fmt: skip
    expected = (tmp_path / "numbers.md").read_bytes()
    for more, options in (({}, example), ({"x": [0.02, 0.04], "t": [0.5, 0.9]}, [])):
        for name in in_files(tmp_path, **layers, **more):
            out = ["--out", "file.md"]
            done = run(tmp_path, "example", "--file", name, *options, *functions, *out)
            assert (done.returncode, done.stderr) == (0, ""), name
            assert (tmp_path / "file.md").read_bytes() == expected != b""
            (tmp_path / "file.md").unlink()


def test_biases_that_a_file_lacks_are_0(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written = []
    for arrays in ({}, {"b1": [0.0, 0.0]}):
        name, _ = in_files(tmp_path, W1=[[1.0], [2.0]], **arrays)
        command.main(["example", "--file", name, "--x", "1", "--t", "0,0", "--out", "a.md"])
        written.append((tmp_path / "a.md").read_bytes())
    assert written[0] == written[1]


class Harm:
    """What runs something when it is unpickled."""

    def __reduce__(self):
        return (open, ("harm", "w"))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("n.txt", "W1 = [[1, 2]]", "n.txt: expected a .json file, or an .npz file"),
        ("n.json", '{"W1": [[1, 2]', "n.json: Expecting ',' delimiter: line 1 column 15"),
        ("n.json", b"\xff\xfe\x00", "n.json: "),
        ("n.json", "[" * 100_000, "n.json: maximum recursion depth"),
        ("n.json", "[[1, 2]]", 'n.json: expected {"W1": …'),
        ("n.json", "{}", "n.json should have W1"),
        ("n.json", '{"W2": [[1, 2]]}', "but has W2"),
        ("n.json", '{"W1": [[1, 2]], "kernel": 1}', "but has kernel"),
        ("n.json", '{"W1": [[1, 2], [3]]}', "W1 should be an array of numbers; its rows differ"),
        ("n.json", '{"W1": [["one", 2]]}', "W1 should hold numbers"),
        ("n.json", '{"W1": [[NaN, 2]]}', "W1 should hold finite numbers"),
        ("n.json", '{"W1": 3}', "W[1] has shape ()"),
        ("n.json", '{"W1": [[1, 2]], "b1": [1, 2, 3]}', "b[1] has shape (3,)"),
        ("n.json", '{"W1": [[1, 2]], "x": [1, 2]}', "give --x, or x in n.json, not both"),
        ("n.npz", "W1 = [[1, 2]]", "expected a .json file, or an .npz file"),
        ("n.npz", Harm(), "allow_pickle=False"),
    ],
)
def test_a_file_that_is_no_network_is_refused_and_nothing_in_it_is_run(
    name, content, said, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    if isinstance(content, Harm):
        np.savez(path, W1=np.array([content]))
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    example = ["example", "--file", name, "--x", "1,2", "--t", "1", "--out", "a.md"]
    assert said in refused(capsys, *example)
    assert [path.name for path in tmp_path.iterdir()] == [name]


# ---- what is not foreseen ------------------------------------------------------------------------


def test_where_a_package_is_missing_it_says_which_and_writes_neither_file(
    monkeypatch, capsys, tmp_path
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "typst", None)
    said = refused(capsys, *PRACTICE, "--sheet", "class.md", "--key", "key.pdf")
    assert "pip install pypandoc_binary typst" in said
    assert list(tmp_path.iterdir()) == []


def test_where_writing_fails_old_files_stay_as_they_were(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class.md").write_text("old")
    write, calls = command.Path.write_bytes, itertools.count()

    def full(path, content):
        if next(calls) == 1:  # of the second file half is written
            write(path, content[: len(content) // 2])
            raise OSError(28, "No space left on device", str(path))
        return write(path, content)

    monkeypatch.setattr(command.Path, "write_bytes", full)
    said = refused(capsys, *PRACTICE, "--sheet", "class.md", "--key", "key.md")
    assert "No space left" in said
    assert [path.name for path in tmp_path.iterdir()] == ["class.md"]
    assert (tmp_path / "class.md").read_text() == "old"


def test_a_folder_that_cannot_be_written_to_is_named(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    said = refused(capsys, *PRACTICE, "--sheet", str(tmp_path / "a.md"))
    assert f"{tmp_path} cannot be written to" in said
    (tmp_path / "b.md").mkdir()
    assert "is a folder" in refused(capsys, *PRACTICE, "--key", str(tmp_path / "b.md"))


def test_progress_is_told_on_a_terminal_only(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    command.main([*PRACTICE, "--sheet", "a.md"])
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    command.main([*PRACTICE, "--sheet", "a.md"])
    said = capsys.readouterr().err
    assert "a.md: 1 of 2" in said and said.endswith("\r\033[K")


@pytest.mark.slow
def test_thirty_problems_and_their_key_are_set(tmp_path):
    done = run(
        tmp_path, "practice", "--kind", "two-two-two", "--seeds", "1-30",
        "--sheet", "class.pdf", "--key", "key.pdf",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    files = [tmp_path / name for name in done.stdout.split()]
    assert [file.name for file in files] == ["class.pdf", "key.pdf"]
    assert all(file.read_bytes().startswith(b"%PDF") for file in files)
