"""What the tests of live figures do on a page of one figure (fixture `opened`)."""

from conftest import HANGS
from playwright.sync_api import TimeoutError

# The sentence of the figure, once all its changes are said, linked and tabled and it says a part.
SETTLED = """part => {
    const said = document.querySelector(".bp-live:not([data-changing]) [role=status]");
    const plain = text => text.replace(/\\s+/g, " ");
    return said && plain(said.innerText).includes(plain(part)) && [said.innerText];
}"""
# Opens the table, and waits until the figure has filled it: it listened before we do.
OPEN = """fold => fold.open || new Promise(done => {
    fold.addEventListener("toggle", () => done(), { once: true });
    fold.open = true;
})"""
# Goes to a state by its address, and waits until the figure has seen it.
GO = """state => state === location.hash || new Promise(done => {
    addEventListener("hashchange", () => done(), { once: true });
    location.hash = state;
})"""
# Lets the browser lay out what has changed: its font is here, observers of sizes are called, and
# frames are drawn.
DRAW = """async () => {
    await document.fonts.ready;
    for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
}"""


def press(page, *names):
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def settled(page, part=""):
    """Return the sentence of the figure when no change of it is under way, and it says `part`."""
    try:
        return page.wait_for_function(SETTLED, arg=part, timeout=HANGS).json_value()[0]
    except TimeoutError:
        said = page.get_by_role("status").inner_text()
    raise AssertionError(f"the figure does not settle on {part!r}; it says {said!r}")


def go(page, state):
    """Bring the figure to the state of an address, "#hunt?at=3"; return its sentence."""
    page.evaluate(GO, state)
    return settled(page)


def numbers(page):
    """Return the table's rows, as lists of text."""
    page.locator(".bp-numbers").evaluate(OPEN)
    settled(page)
    cells = "rows => rows.map((row) => [...row.cells].map((cell) => cell.innerText))"
    return page.locator(".bp-numbers tbody tr").evaluate_all(cells)


def number(text):
    """Return the value of a number as a page shows it: 1.8 × 10⁻⁵, 2×10⁻³, −0.01 and −0.010000."""
    head, _, power = text.replace("−", "-").replace("\u00a0", "").partition("×10")
    return float(head) * 10.0 ** int(
        power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0
    )
