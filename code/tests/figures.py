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
    rows = page.locator(".bp-numbers tbody tr").all()
    return [row.locator("td").all_inner_texts() for row in rows]
