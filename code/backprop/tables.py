"""What Python, the browser's scripts and the style sheets share, each written once.

data/palette.json has the colours, data/tables.json all else: the formulas of activations and losses
as text, labels, limits, streams of the generator, and what is said to a reader. A section of TABLES
is named for the modules that read it, which say why each of its values is what it is.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DATA = Path(__file__).with_name("data")


class Section(dict):
    """An object of tables.json, without its comments; for a key that it has not, the KeyError says
    where to add it."""

    def __init__(self, pairs: Iterable[tuple[str, Any]]):
        super().__init__((key, value) for key, value in pairs if key != "//")

    def __missing__(self, key):
        raise KeyError(
            f"{key!r} is not in code/backprop/data/tables.json, where there are {', '.join(self)}"
        )


PALETTE = json.loads((DATA / "palette.json").read_text("utf-8"))
COLOURS = PALETTE["light"]
TABLES = json.loads((DATA / "tables.json").read_text("utf-8"), object_pairs_hook=Section)
