"""What the tests of live figures do on a page of one figure (fixture `opened`)."""


def press(page, *names):
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def status(page, part):
    """Return the sentence once it says a part of what it should."""
    page.get_by_role("status").filter(has_text=part).wait_for(timeout=20_000)
    return page.get_by_role("status").inner_text()


def rest(page):
    """Wait until a figure has said, linked and tabled what has changed: 300 ms after it."""
    page.wait_for_timeout(400)


def numbers(page):
    """Return the table's rows, as lists of text."""
    page.locator(".bp-numbers").evaluate("fold => { fold.open = true }")
    page.locator(".bp-numbers tbody tr").first.wait_for()
    cells = "rows => rows.map((row) => [...row.cells].map((cell) => cell.innerText))"
    return page.locator(".bp-numbers tbody tr").evaluate_all(cells)


def number(text):
    """Return the value of a number as a page shows it: 1.8 × 10⁻⁵, −0.01 and −0.010000."""
    head, _, power = text.replace("−", "-").partition("\u00a0×\u00a010")
    return float(head) * 10.0 ** int(
        power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0
    )
