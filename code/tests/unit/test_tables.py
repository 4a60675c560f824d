"""tables.json against what reads it: where something is missing, the file is named."""

import json
import re
from pathlib import Path

import pytest

from backprop import check, functions, latex
from backprop.functions import ACTIVATIONS, LOSSES
from backprop.mistakes import ALL
from backprop.practice import KINDS
from backprop.tables import TABLES
from book_node import start_node

TESTS = Path(__file__).parent
ROOT = TESTS.parents[2]
TABLE = "code/backprop/data/tables.json"


# ---- functions, losses and mistakes ------------------------------------------------------------


@pytest.fixture(scope="module")
def places():
    """Return {kind of thing: {file: its names in order}}."""
    said, _ = start_node(TESTS / "names.mjs").communicate()
    of_functions = TABLES["functions"]
    found = {
        "activation": {
            TABLE: of_functions["ACTIVATIONS"],
            "code/backprop/functions.py": ACTIVATIONS,
            "code/backprop/check.py": check.OTHER_ACTIVATIONS,
        },
        "loss": {
            TABLE: of_functions["LOSSES"],
            "code/backprop/functions.py": LOSSES,
            "code/backprop/check.py": check.OTHER_LOSSES,
        },
        "mistake": {TABLE: TABLES["mistakes"]["WORDS"], "code/backprop/mistakes.py": ALL},
        "function of a formula": {"code/backprop/latex.py": latex.FUNCTIONS},
    }
    for file, kinds in json.loads(said).items():
        for kind, names in kinds.items():
            found[kind][file] = names
    return found


def missing(kind, files):
    """Return a sentence for each name that a file lacks, and each file whose order is another."""
    known = {name: file for file in reversed(files) for name in files[file]}
    faults = [
        f"the {kind} {name!r} is in {known[name]}; {file} has none of that name"
        for file in files
        for name in known
        if name not in files[file]
    ]
    first, *others = files
    faults += [
        f"the order in {file} is not that of {first}"
        for file in others
        if not faults and list(files[file]) != list(files[first])
    ]
    return faults


@pytest.mark.parametrize("kind", ["activation", "loss", "mistake", "function of a formula"])
def test_what_has_a_row_is_in_both_languages(places, kind):
    faults = missing(kind, places[kind])
    assert len(places[kind]) >= 2 and not faults, "\n".join(faults)


def test_what_one_file_lacks_is_named_with_the_file():
    files = {"a.json": ["p", "q"], "b.py": ["p", "q", "r"], "c.js": ["q"]}
    assert missing("loss", files) == [
        "the loss 'r' is in b.py; a.json has none of that name",
        "the loss 'p' is in a.json; c.js has none of that name",
        "the loss 'r' is in b.py; c.js has none of that name",
    ]


def test_another_order_is_named_with_the_file():
    files = {"a.json": ["p", "q"], "b.js": ["q", "p"]}
    assert missing("loss", files) == ["the order in b.js is not that of a.json"]


def test_a_row_that_is_not_there_is_named_with_the_file():
    with pytest.raises(KeyError, match="'cubes' is not in code/backprop/data/tables.json"):
        TABLES["functions"]["LOSSES"]["cubes"]


# ---- what a row may say --------------------------------------------------------------------------


def formulas():
    """Return {whose: its formulas, as text}."""
    rows = {**TABLES["functions"]["ACTIVATIONS"], **TABLES["functions"]["LOSSES"]}
    texts = ("formula", "slope", "term")
    return {name: [row[text] for text in texts if text in row] for name, row in rows.items()}


def unknown_calls(found):
    """Return a sentence for each function that a formula calls and latex.py has not."""
    return [
        f"{name!r} calls {called}; FUNCTIONS in code/backprop/latex.py has none of that name"
        for name, texts in found.items()
        for called in dict.fromkeys(re.findall(r"([A-Za-z_]\w*)\(", " ".join(texts)))
        if called not in latex.FUNCTIONS
    ]


def test_a_formula_calls_what_can_be_computed_and_shown():
    assert not unknown_calls(formulas())
    assert unknown_calls({"absolute": ["abs({a} - {t})"]}) == [
        "'absolute' calls abs; FUNCTIONS in code/backprop/latex.py has none of that name"
    ]


@pytest.mark.parametrize("loss", TABLES["functions"]["LOSSES"])
def test_a_loss_says_its_scale_and_its_targets_in_words_that_are_known(loss):
    row = TABLES["functions"]["LOSSES"][loss]
    assert row["scale"] in ("half", "one", "mean")  # those that `mistakes` tells apart
    assert row["targets"] in functions.TARGETS


def test_the_reference_page_lists_activations_and_losses():
    page = (ROOT / "chapters/api.md").read_text("utf-8")
    listed = re.search(
        r"`ACTIVATIONS` and `LOSSES` hold the records by name: (.*?)\.\n", page, re.S
    )
    names = re.split(r", | and ", " ".join(listed[1].split()).replace(";", ","))
    assert names == [*ACTIVATIONS, *LOSSES]


# ---- streams -----------------------------------------------------------------------------------


def test_whatever_is_drawn_has_a_stream_of_its_own():
    streams = TABLES["pcg"]["STREAMS"]
    assert list(streams) == [*KINDS, "programs", "depth", "mixed"]
    assert len(set(streams.values())) == len(streams)


# ---- the keys of each section ------------------------------------------------------------------


def keys_of(table):
    return {(section, key) for section in table for key in table[section]}


def read_by_python():
    """Return {(section, key): file} of what the modules read, each of one section."""
    found = {}
    for path in sorted((ROOT / "code/backprop").rglob("*.py")):
        text = path.read_text("utf-8")
        if section := re.search(r'^TABLE = TABLES\["(\w+)"\]$', text, re.M):
            for key in re.findall(r'\bTABLE\["(\w+)"\]', text):
                found[section[1], key] = str(path.relative_to(ROOT))
            text = text.replace(section[0], "")
        # all else would be read unseen by this test
        assert path.name == "tables.py" or not re.search(r"\bTABLES\[", text), path
    return found


def read_by_javascript():
    """Return {(section, key): file} of what the scripts read: TABLES.a.B, or { B } = TABLES.a."""
    found = {}
    for path in sorted((ROOT / "code/js").rglob("*.js")):
        text = path.read_text("utf-8")
        dotted = re.findall(r"\bTABLES\.(\w+)\.(\w+)", text)
        taken = re.findall(r"\{([^{}]*)\} = TABLES\.(\w+);", text)
        assert len(dotted) + len(taken) == len(re.findall(r"\bTABLES[.\[]", text)), path
        for names, section in taken:
            dotted += [(section, key) for key in re.findall(r"(\w+)(?:: \w+)?", names)]
        found |= dict.fromkeys(dotted, str(path.relative_to(ROOT)))
    return found


def unread(known, python, javascript):
    """Return a sentence for each key that one side reads alone, or that the table has not."""
    faults = []
    for section, key in sorted(known | python.keys() | javascript.keys()):
        files = [of[section, key] for of in (python, javascript) if (section, key) in of]
        if (section, key) not in known:
            faults.append(f"{section}.{key} is not in {TABLE}; it is read by {', '.join(files)}")
        elif len(files) < 2:
            by = f"{files[0]} alone" if files else "nobody"
            faults.append(f"{section}.{key} of {TABLE} is read by {by}")
    return faults


def test_each_key_is_read_in_both_languages():
    faults = unread(keys_of(TABLES), read_by_python(), read_by_javascript())
    assert not faults, "\n".join(faults)


def test_a_key_that_one_side_calls_otherwise_is_named_with_the_file():
    one, other = ("problems", "FAR"), ("problems", "APART")
    assert unread({one}, {one: "problems.py"}, {other: "problems.js"}) == [
        f"problems.APART is not in {TABLE}; it is read by problems.js",
        f"problems.FAR of {TABLE} is read by problems.py alone",
    ]
    assert unread({one}, {}, {}) == [f"problems.FAR of {TABLE} is read by nobody"]
