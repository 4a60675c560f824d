"""How soon the live figures answer: from a key on a slider to the painted frame, and training.

The processor is slowed four times, as a phone's is. Beside the book's figure stands bare.html, one
slider that moves the same network, written by hand: alone on its page, and in the chapter in place
of the figure, since a page of formulas costs time with whatever moves on it. All are measured in
the same run, turn about.
"""

import statistics
from contextlib import contextmanager

import numpy as np

from backprop import examples, live, loss, train

from .pages import ROOT, SITE, in_browser

SLOWED = 4  # times
BLOCKS, PRESSES = 5, 10  # presses of a key: 50 on each slider
MEDIAN, HIGHEST = 40, 60  # ms, of the median and the 95th percentile
UPDATES, MOST, REPEATS = 10_000, 50, 9  # of training: updates, ms, how often

CHAPTER = SITE.relative_to(ROOT) / "chapters" / "two-two-two.html"
TAKE_HOLD = "bp-figure#take-hold input[type=range] >> nth="

# The time of an input event until the frame that shows it is painted: a frame's callbacks come
# before its painting, and a message sent from one arrives after it.
WATCH = """() => addEventListener("input", ({ timeStamp }) => {
    window.shown = new Promise(done => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => done(performance.now() - timeStamp);
        port2.postMessage(null);
    }));
}, { capture: true })"""
TAKE = "() => { const { shown } = window; window.shown = undefined; return shown; }"
IN_THE_CHAPTER = """async path => {
    const bare = document.createRange().createContextualFragment(await (await fetch(path)).text());
    document.querySelector("bp-figure#take-hold").replaceWith(bare);
}"""
TRAIN = """async ([path, { net, x, t, learningRate }, updates, repeats]) => {
    const { train } = await import(path);
    const run = () => train(net, x, t, learningRate, updates, { biases: "frozen" });
    const { loss } = run(), times = [];
    for (let n = 0; n < repeats; n++) {
        const start = performance.now();
        run();
        times.push(performance.now() - start);
    }
    return { E: loss.at(-1), times };
}"""


def measure():
    with in_browser(ROOT) as (browser, address):
        _measure_sliders(browser, address)
        _measure_training(browser, address)


# ---- sliders ------------------------------------------------------------------------------------


def _measure_sliders(browser, address):
    print(
        f"from an arrow key's input event to the painted frame, ms, the processor slowed {SLOWED} "
        f"times, {BLOCKS * PRESSES} presses; median and 95th percentile "
        f"(at most {MEDIAN} and {HIGHEST})",
        flush=True,
    )
    alone = _opened(browser, f"{address}/bench/bare.html")
    within, figure = (_opened(browser, f"{address}/{CHAPTER.as_posix()}") for _ in range(2))
    within.evaluate(IN_THE_CHAPTER, f"{address}/bench/bare.html")
    for page in (alone, within):
        _start_by_hand(page)
    sliders = {
        "bare.html": alone.locator("#bare input"),
        "bare.html in the chapter": within.locator("#bare input"),
        "take hold, its first slider": figure.locator(f"{TAKE_HOLD}0"),
        "take hold, w5": figure.locator(f"{TAKE_HOLD}1"),
    }
    times = {name: [] for name in sliders}
    for block in range(BLOCKS):
        for name, slider in sliders.items():
            with _slowed(slider.page):
                times[name] += _presses(slider, "ArrowRight" if block % 2 else "ArrowLeft")
    figures = {name: np.percentile(each, [50, 95]) for name, each in times.items()}
    yardstick = figures["bare.html in the chapter"]
    for name, found in figures.items():
        median, high = found
        ratio, ratio_high = found / yardstick
        print(
            f"  {name}: {median:.0f} and {high:.0f}, {ratio:.2f} and {ratio_high:.2f} × the second",
            flush=True,
        )


def _opened(browser, url):
    page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    page.goto(url, wait_until="networkidle")
    page.evaluate(WATCH)
    return page


def _start_by_hand(page):
    """Give bare.html the 2-2-2 network."""
    net, x, t, _ = examples.two_two_two()
    w, b = (
        np.concatenate([layer.ravel() for layer in layers[1:]]).tolist()
        for layers in (net.W, net.b)
    )
    page.evaluate("network => start(network)", {"w": w, "b": b, "x": list(x), "t": list(t)})
    said = page.locator("#said").inner_text()
    assert f"{loss(net, x, t):.9f}" in said, said  # the same job


def _presses(slider, key):
    """Return the ms of each of some presses; the next comes when the one before is painted."""
    page = slider.page
    slider.focus()
    times = []
    for _ in range(PRESSES):
        page.keyboard.press(key)
        times.append(page.evaluate(TAKE))
    return times


@contextmanager
def _slowed(page, rate=SLOWED):
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    yield
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    session.detach()


# ---- training -----------------------------------------------------------------------------------


def _measure_training(browser, address):
    print(
        f"{UPDATES:,} updates of the 2-2-2 network in the browser, ms (at most {MOST})", flush=True
    )
    net, x, t, learning_rate = examples.two_two_two()
    figure = live.walk(net, x, t, learning_rate)
    network = {**figure.settings, "W": figure.W, "b": figure.b}
    job = {"net": network, "x": figure.x, "t": figure.t, "learningRate": figure.learning_rate}
    page = _opened(browser, f"{address}/bench/bare.html")
    given = [f"{address}/code/js/core/train.js", job, UPDATES, REPEATS]
    _, history = train(net, x, t, learning_rate, UPDATES, biases="frozen")
    for name, rate in (("as it is", 1), (f"slowed {SLOWED} times", SLOWED)):
        with _slowed(page, rate):
            found = page.evaluate(TRAIN, given)
        # the same job, by another exp and another order of sums
        np.testing.assert_allclose(found["E"], history.loss[-1], rtol=1e-9)
        times = found["times"]
        print(f"  {name}: median {statistics.median(times):.1f}, most {max(times):.1f}", flush=True)
