"""A link is an answer: what an address opens on a page, and what is copied."""

import re

import pytest
from playwright.sync_api import expect

POP_UP = ".bp-pop"
COPYING = {"permissions": ["clipboard-read", "clipboard-write"]}
COPIED = "navigator.clipboard.readText()"


def titles(page):
    """Return whose answer the pop-up shows."""
    return page.locator(POP_UP).get_attribute("aria-label")


@pytest.mark.parametrize("number", ["E", "price_1", "new_w5"])
def test_the_address_of_a_number_opens_its_answer_there(read, address, number):
    with read(f"{address}chapters/factory.html#why-{number}") as seen:
        link = seen.page.locator(f'main a.bp-val[href="#why-{number}"]').first
        expect(seen.page.locator(POP_UP)).to_be_visible()
        expect(link).to_be_in_viewport()
        assert titles(seen.page) == f"Where {link.inner_text()} comes from"
        assert not seen.complaints


def test_the_address_of_a_chain_opens_it_to_its_end(read, address):
    with read(f"{address}chapters/two-two-two.html") as seen:
        page, box = seen.page, seen.page.locator(POP_UP)
        page.locator('main a.bp-val[href="#step-delta_h1"] >> visible=true').first.click()
        for step in ("dE_dout_h1", "dE_o1_dout_h1", "delta_o1"):
            box.locator(f'.from a[href="#step-{step}"]').click()
        chain = box.get_by_text("Copy link").get_attribute("href")
        told = box.inner_text()
    assert chain == "#why-delta_h1,dE_dout_h1,dE_o1_dout_h1,delta_o1"
    with read(f"{address}chapters/two-two-two.html{chain}") as seen:
        assert seen.page.locator(POP_UP).inner_text() == told
        seen.page.locator(f"{POP_UP} button").click()
        value = seen.page.locator("tr:has(#step-dE_o1_dout_h1) .result").inner_text().split()[-1]
        assert titles(seen.page) == f"Where {value} comes from"


def test_an_address_that_names_nothing_opens_nothing(read, address):
    with read(f"{address}chapters/factory.html#why-nothing,E") as seen:
        assert not seen.page.locator(POP_UP).is_visible()
        seen.page.evaluate("location.hash = '#why-E,nothing'")
        expect(seen.page.locator(POP_UP)).to_be_visible()
        assert not seen.complaints


def folded(page):
    """Return the ids of lines, of exercises and of numbers with an answer that are in a fold."""
    return page.evaluate("""() => ['a[id^=step-]', '[id^=ex-]', 'a.bp-val[href^="#why-"]']
        .map(kind => [...document.querySelectorAll(`main details:not([open]) ${kind}`)])
        .map(all => all[0]).filter(Boolean).map(it => it.id || it.hash.slice(1))""")


@pytest.mark.parametrize("page", ["two-two-two", "chain-rule", "factory"])
def test_an_address_unfolds_what_is_around_it(read, address, page):
    with read(f"{address}chapters/{page}.html") as seen:
        places = folded(seen.page)
    assert places
    for place in places:
        with read(f"{address}chapters/{page}.html#{place}") as seen:
            named = f'a.bp-val[href="#{place}"]' if place.startswith("why-") else f"#{place}"
            where = seen.page.locator(f"main {named}").first
            assert where.evaluate("it => !it.closest('details:not([open])')"), place


def test_an_address_in_a_tab_that_is_not_shown_shows_it(read, address):
    with read(f"{address}chapters/output-delta.html") as seen:
        page = seen.page
        page.evaluate("""() => {
            const hidden = [...document.querySelectorAll('.sd-tab-content')]
                .find(tab => !tab.checkVisibility());
            hidden.firstElementChild.id = 'in-a-tab';
            location.hash = '#in-a-tab';
        }""")
        expect(page.locator("#in-a-tab")).to_be_visible()


def test_the_link_of_an_exercise_and_of_a_line_is_copied(read, address):
    with read(f"{address}chapters/two-two-two.html", **COPYING) as seen:
        page = seen.page
        for place in ("main .exercise[id]:visible", "tr:has(#step-net_h1)"):
            around = page.locator(place).first
            link = around.locator(".bp-offer")
            around.hover()
            assert link.evaluate("link => getComputedStyle(link).opacity") == "1"
            link.click()
            expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
            copied = page.evaluate(COPIED)
            id = link.get_attribute("href")
            assert copied == f"{address}chapters/two-two-two.html{id}"
            assert page.locator(id).count() == 1
            page.locator("h1").click()


def test_what_no_clipboard_takes_is_shown_to_be_copied(read, address):
    with read(f"{address}chapters/factory.html#why-E") as seen:
        page, asked = seen.page, []
        page.on("dialog", lambda box: (asked.append(box.default_value), box.dismiss()))
        page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject())")
        page.locator(POP_UP).get_by_text("Copy link").click()
        page.wait_for_function("document.activeElement")
        assert asked == [f"{address}chapters/factory.html#why-E"]


def state_of(figure):
    return figure.locator(".bp-said").inner_text()


def test_the_diagnosis_of_a_wrong_answer_has_an_address(read, address):
    url = f"{address}chapters/practice.html#practice?kind=one-neuron&seed=3&fade=5"
    with read(url, **COPYING) as seen:
        figure = seen.page.locator("#practice")
        figure.get_by_label("Your answer").fill("0.123")
        figure.get_by_role("button", name="Check").click()
        said = figure.locator(".bp-verdict").inner_text()
        seen.page.wait_for_function("!document.querySelector('#practice [data-changing]')")
        figure.get_by_text("Copy link").click()
        expect(seen.page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
        copied = seen.page.evaluate(COPIED)
    assert "answer=0.123" in copied and said
    with read(copied) as seen:
        expect(seen.page.locator("#practice .bp-verdict")).to_have_text(said)
        assert not seen.complaints


FRAME = "<!doctype html><meta charset=utf-8><body style='margin:0'>{}"


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize(
    ("page", "figure", "state"),
    [
        ("chapters/practice.html", "practice", "kind=two-two-two&seed=7&fade=2"),
        ("chapters/two-two-two.html", "take-hold", "w5=0.45"),
    ],
)
def test_a_figure_copied_as_a_frame_stands_alone_in_its_state(
    read, address, site, tmp_path, page, figure, state, width
):
    with read(f"{address}{page}#{figure}?{state}", **COPYING) as seen:
        live = seen.page.locator(f"#{figure}")
        live.get_by_text("Copy iframe").click()
        expect(seen.page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
        copied, said = seen.page.evaluate(COPIED), state_of(live)
    height = int(re.search(r'height="(\d+)"', copied)[1])
    assert f'src="{address}{page}?only={figure}#{figure}?' in copied.replace("&amp;", "&")
    with read(address + "search.html", viewport={"width": width, "height": 2000}) as seen:
        seen.page.set_content(FRAME.format(copied))
        inside = seen.page.frame_locator("iframe")
        expect(inside.locator(f"#{figure} .bp-said")).to_have_text(said)
        assert inside.locator("h1, h2, nav:visible, header:visible").count() == 0
        root = inside.locator("html")
        assert root.evaluate("root => root.scrollWidth <= root.clientWidth")
        if width == 1280:
            assert root.evaluate("root => root.scrollHeight") <= height
        assert inside.locator("main > a").get_attribute("href").startswith(address + page)
        assert not seen.complaints


def test_a_still_figure_is_copied_with_its_caption(read, address):
    with read(f"{address}chapters/factory.html?only=fig-factory#fig-factory") as seen:
        page = seen.page
        assert page.locator("main figure").count() == 1
        assert page.locator("main figcaption").is_visible()
        assert not page.locator("nav:visible, h1").count()
        page.goto(f"{address}search.html")
        assert page.evaluate("localStorage.place ?? null") is None  # nobody has read the page


def test_a_frame_of_a_figure_that_is_gone_shows_the_page(read, address):
    with read(f"{address}chapters/factory.html?only=no-such-figure") as seen:
        assert seen.page.locator("h1").is_visible()
