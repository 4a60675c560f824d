"""The book's fonts, cut from Source Serif 4 and Source Sans 3 to what its pages use.

Source is a reserved name of the Open Font License: a changed font may not carry it.  So the cuts
are called Ledger Serif and Ledger Sans; the licence goes with them.  What they lack (δ, ∂, →)
comes from KaTeX's fonts; see book.css.
"""

import hashlib
import shutil
from pathlib import Path

from book_node import node_modules

# file: (family, style, least and greatest weight, where it comes from)
FONTS = {
    "serif": ("Ledger Serif", "normal", (400, 600), "source-serif-4-latin-wght-normal"),
    "italic": ("Ledger Serif", "italic", (400, 400), "source-serif-4-latin-wght-italic"),
    "sans": ("Ledger Sans", "normal", (400, 600), "source-sans-3-latin-wght-normal"),
}
# Sans for what draws letters as outlines, {file: weight}: matplotlib, and previews of pages.
FIGURES, TITLES = "figures.ttf", "titles.ttf"
OUTLINES = {FIGURES: 400, TITLES: 600}
CHARACTERS = (
    "".join(map(chr, range(0x20, 0x7F))) + "\u00a0©«°±²³·¹»½×÷–—‘’“”…′″−\u2009"
    "ÄÅÇÉÖØÜßàáâäåçèéêëíïñóôöøúûü"
)
FEATURES = ["kern", "liga"]  # figures are lining, in Sans tabular too


def cut(source: Path, family: str, weights):
    """A TTFont: only CHARACTERS of the font, in a range of weights, under its new name."""
    from fontTools import subset  # here, for they take long to load and most builds cut nothing
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(source, recalcTimestamp=False)  # equal builds give equal bytes
    subsetter = subset.Subsetter(
        subset.Options(layout_features=FEATURES, name_IDs=[0, 1, 2, 4, 6, 13, 14], hinting=False)
    )
    subsetter.populate(text=CHARACTERS)
    subsetter.subset(font)
    instancer.instantiateVariableFont(font, {"wght": weights}, inplace=True)
    for name_id in (1, 4, 6):
        font["name"].setName(
            family.replace(" ", "") if name_id == 6 else family, name_id, 3, 1, 0x409
        )
    return font


def source_of(name: str) -> Path:
    family = name.partition("-latin-")[0]
    return node_modules() / "@fontsource-variable" / family / "files" / f"{name}.woff2"


def cut_all() -> Path:
    """The folder of the cut fonts and their licence; they are cut once for each recipe.

    It lies in node_modules, so that fresh packages are cut afresh.
    """
    recipe = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    folder = node_modules() / f".fonts-{recipe}"
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        unfinished.mkdir(exist_ok=True)
        for file, (family, _, weights, name) in FONTS.items():
            font = cut(source_of(name), family, weights)
            font.flavor = "woff2"
            font.save(unfinished / f"{file}.woff2")
            shutil.copy(source_of(name).parents[1] / "LICENSE", unfinished / f"{file}-OFL.txt")
        family, *_, name = FONTS["sans"]
        for file, weight in OUTLINES.items():
            font = cut(source_of(name), family, weight)
            font.flavor = None
            font.save(unfinished / file)
        unfinished.rename(folder)
    return folder


def font_faces() -> str:
    """The @font-face rules, for a style sheet beside which the fonts lie in fonts/."""
    return "".join(
        f'@font-face{{font-family:"{family}";font-style:{style};font-display:swap;'
        f"font-weight:{weights[0]} {weights[1]};"
        f'src:url(fonts/{file}.woff2) format("woff2")}}\n'
        for file, (family, style, weights, _) in FONTS.items()
    )
