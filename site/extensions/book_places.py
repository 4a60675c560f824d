"""Where the sources of the site lie; the extensions ask here, so that a folder is named once."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SITE, CODE = ROOT / "site", ROOT / "code"
LOOK = SITE / "look"
JS = CODE / "js"
LIVE = CODE / "backprop/live"  # the wheel and `live` take from it what Jupyter runs
FORMER = SITE / "former_anchors.csv"  # ids that sections had before they got another title
PALETTE = CODE / "backprop/data/palette.json"


def palette() -> dict:
    """Return {theme: {role: colour}}."""
    return json.loads(PALETTE.read_text("utf-8"))
