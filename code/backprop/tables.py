"""What Python, the browser's scripts and the style sheets share, each written once: the palette."""

import json
from pathlib import Path

DATA = Path(__file__).with_name("data")
PALETTE = json.loads((DATA / "palette.json").read_text("utf-8"))
COLOURS = PALETTE["light"]
