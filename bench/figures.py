"""How soon the live figures answer: from a key on a slider to the painted frame, and training.

The processor is slowed four times, as a phone's is; beside the book's figure stands bare.html, one
slider that moves the same network, written by hand. Both are measured in the same run, turn about.
"""

import statistics
from contextlib import contextmanager

import numpy as np

from backprop import examples, live, train

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
    bare = _opened(browser, f"{address}/bench/bare.html")
    bare.evaluate("network => start(network)", _by_hand())
    figure = _opened(browser, f"{address}/{CHAPTER.as_posix()}")
    sliders = {
        "bare.html, w5": bare.locator("input"),
        "take hold, its first slider": figure.locator(f"{TAKE_HOLD}0"),
        "take hold, w5": figure.locator(f"{TAKE_HOLD}1"),
    }
    times = {name: [] for name in sliders}
    for block in range(BLOCKS):
        for name, slider in sliders.items():
            with _slowed(slider.page):
                times[name] += _presses(slider, "ArrowRight" if block % 2 else "ArrowLeft")
    yardstick = np.percentile(times["bare.html, w5"], [50, 95])
    for name, each in times.items():
        median, high = np.percentile(each, [50, 95])
        ratios = np.percentile(each, [50, 95]) / yardstick
        print(
            f"  {name}: {median:.0f} and {high:.0f}, "
            f"{ratios[0]:.2f} and {ratios[1]:.2f} × bare.html's",
            flush=True,
        )


def _opened(browser, url):
    page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
    page.goto(url, wait_until="networkidle")
    page.evaluate(WATCH)
    return page


def _by_hand():
    """Return the 2-2-2 network as bare.html takes it."""
    net, x, t, _ = examples.two_two_two()
    w, b = (
        np.concatenate([layer.ravel() for layer in layers[1:]]).tolist()
        for layers in (net.W, net.b)
    )
    return {"w": w, "b": b, "x": list(x), "t": list(t)}


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
    given = [f"{address}/code/backprop/widgets/nn.js", job, UPDATES, REPEATS]
    _, history = train(net, x, t, learning_rate, UPDATES, biases="frozen")
    for name, rate in (("as it is", 1), (f"slowed {SLOWED} times", SLOWED)):
        with _slowed(page, rate):
            found = page.evaluate(TRAIN, given)
        # the same job, by another exp and another order of sums
        np.testing.assert_allclose(found["E"], history.loss[-1], rtol=1e-9)
        times = found["times"]
        print(f"  {name}: median {statistics.median(times):.1f}, most {max(times):.1f}", flush=True)
