"""What several test modules need: the built book, and a browser to read it with.

A test that needs a browser never skips: where none is found, one is fetched, and where that
fails too, the test fails and names the command that helps.
"""

import base64
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import lxml.html
import pytest
from filelock import FileLock
from hypothesis import settings
from playwright.sync_api import sync_playwright
from xdist.scheduler import LoadScopeScheduling

from backprop import where
from backprop.tables import COLOURS
from book_node import node_modules
from book_places import JS
from book_scripts import bundle, script_of

ROOT = Path(__file__).resolve().parents[2]

# A list of fonts of the project's own: the user's may be stale, or not made yet.
os.environ["MPLCONFIGDIR"] = str(ROOT / "_build" / ".matplotlib")

# No test is on a page of the book, unless it asks for that (fixture `on_a_page`).
os.environ.pop(where.PAGE, None)

# The same networks in every run: a test that fails, fails for everyone. How long one takes depends
# on the machine, so there is no deadline; what one machine found before, no other has.
settings.register_profile("book", derandomize=True, deadline=None, database=None)
settings.load_profile("book")

NAMES = [
    "chromium-headless-shell",  # the same without windows: a page opens in a third of the time
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge"),
]
MAC_APPS = ["Chromium", "Google Chrome", "Microsoft Edge"]
WINDOWS_PATHS = [
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
]
# The browser asks nobody for anything of its own accord: the tests count every request.
FLAGS = [
    *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-quic", "--disable-gpu"),
]
# Counts the listeners that a figure adds to the page around it, and has not taken away.
LISTENERS = """() => {
    window.held = 0;
    for (const target of [window, document]) {
        const { addEventListener, removeEventListener } = target;
        target.addEventListener = (...all) => (held++, addEventListener.apply(target, all));
        target.removeEventListener = (...all) => (held--, removeEventListener.apply(target, all));
    }
}"""
SANS = "@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2"
HANGS = 120_000  # ms, after which a page is taken to hang; no test measures with it
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
if IS_ROOT:
    FLAGS.append("--no-sandbox")  # Chromium's sandbox refuses root


def pytest_addoption(parser):
    parser.addoption("--site", type=Path, help="test the book built in this folder; build none")


# Begin first, the longest first: what begins last holds up the end, while other processes idle.
LONGEST = ["test_notebooks", "test_clone", "test_code_to_take_away", "test_pop_ups", "test_lab"]


def pytest_collection_modifyitems(items):
    order = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, len(LONGEST)))


class Together(LoadScopeScheduling):
    """Keeps together, in one process, what shares costly fixtures: a page's tests, else a file's.

    Marks would say it too, but what pytest-xdist 3.8 makes of them pytest 9.2 does not see.
    """

    def _split_scope(self, nodeid):
        file, _, test = nodeid.partition("::")
        page = re.search(r"\[(\S+\.html)", test)
        return page[1] if page and file.endswith("test_pages.py") else file


def pytest_xdist_make_scheduler(config, log):
    return Together(config, log)


@pytest.fixture(scope="session")
def say(request):
    """Return a function that prints past pytest's capture: long work shows progress."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def say(text):
        with capture.global_and_fixture_disabled():
            print(f"\n{text}", flush=True)

    return say


@pytest.fixture(scope="session")
def build():
    """Return a function that builds the book in a folder, as `make book` does."""

    def build(folder, *options):
        jupyter_book = Path(sys.executable).with_name("jupyter-book")
        command = [jupyter_book, "build", "-W", "-n", "--keep-going", *options, folder]
        return run(command, cwd=folder)

    return build


@pytest.fixture(scope="session")
def site(request, build, say):
    """The folder of the built pages; the book is built first, or brought up to date."""
    given = request.config.getoption("--site")
    if given:
        return given.resolve()
    if "PYTEST_XDIST_WORKER" in os.environ:
        pytest.fail("several processes cannot build the book at once: name a built one, --site=DIR")
    say("building the book …")
    done = build(ROOT)
    assert done.returncode == 0, f"the book does not build:\n{done.stdout}"
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def parsed(site):
    """What lxml reads of a page, as a function of its name."""
    return lambda name: lxml.html.parse(site / name)


@pytest.fixture(scope="module")
def browser(chromium):
    """A Playwright Browser, Chromium, without a window.

    It lives as long as a module, not a session: Playwright's event loop would be in the way of
    tests that start one of their own.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(site):
    """Where the built book is served on this machine."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=site)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def read(browser):
    """Return a function that opens an address: `page`, its `requests` and its `complaints`."""

    @contextmanager
    def read(url, **options):
        context = browser.new_context(**options)
        context.set_default_timeout(HANGS)
        page, requests, complaints = context.new_page(), [], []
        page.on("requestfinished", lambda request: requests.append(request))
        page.on("requestfailed", lambda request: complaints.append(f"failed: {request.url}"))
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        if options.get("java_script_enabled", True):
            page.evaluate("async () => { await document.fonts.ready }")
        yield SimpleNamespace(page=page, requests=requests, complaints=complaints)
        context.close()

    return read


@pytest.fixture(scope="session")
def axe():
    """The path of axe-core, which finds barriers to readers; installed first, if it has to be."""
    with FileLock(ROOT / "_build" / "npm.lock"):
        return node_modules(tools=True) / "axe-core/axe.min.js"


@pytest.fixture(scope="session")
def chromium(say):
    """The path of a Chromium, Chrome or Edge, fetched first where there is none."""
    folder = ROOT / "_build"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "browser.lock"):
        return find_browser() or fetch_browser(say)


@pytest.fixture
def on_a_page(monkeypatch):
    """As in a cell of a page of the book while it is made."""
    monkeypatch.setenv(where.PAGE, "1")


@pytest.fixture(scope="session")
def bundled(tmp_path_factory):
    """Return a function of a script or style sheet of live figures: its text, bundled.

    Each is bundled once, by the first of the processes that needs it.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # of all processes of this run

    def bundled(name):
        file = folder / name
        with FileLock(f"{file}.lock"):
            if not file.exists():
                file.write_text(bundle(JS / name), "utf-8")
        return file.read_text("utf-8")

    return bundled


@pytest.fixture(scope="module")
def opened(browser, bundled, tmp_path_factory):
    """Return a function that opens a page of one figure, as a file, and closes it again.

    The page has the colours of the light theme, and the typeface of the book's pages.
    """
    folder = tmp_path_factory.mktemp("figures")
    font = base64.b64encode((node_modules() / SANS).read_bytes()).decode()
    face = f"@font-face{{font-family:Sans;src:url(data:font/woff2;base64,{font})}}"

    @contextmanager
    def opened(figure, address="", **context):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(where.PAGE, "1")
            body = figure.html()
        colours = "".join(f"--bp-{role}:{colour};" for role, colour in COLOURS.items())
        style = bundled("figures.css")
        script = bundled("page-" + script_of({figure.kind}, "a test"))
        file = folder / "page.html"
        style = f"{face}:root{{{colours}--sans:Sans}}{style}"
        file.write_text(
            f"<!doctype html><meta charset=utf-8><style>{style}</style><body>"
            f"{body}<script>({LISTENERS})();{script}</script>",
            "utf-8",
        )
        context = browser.new_context(**context)
        context.set_default_timeout(HANGS)
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(file.as_uri() + address)
        yield page
        text = page.locator("body").inner_text()
        context.close()
        assert not said, said
        assert not re.search(r"NaN|undefined|Infinity", text), text[:2000]

    return opened


def fetch_browser(say):
    """Fetch a browser and return its path, or fail and name the command that helps."""
    said = []
    for command in ways_to_a_browser():
        say(f"no browser found: {' '.join(map(str, command))} …")
        done = run(command, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
        said.append(f"$ {' '.join(map(str, command))}\n{done.stdout}")
        path = find_browser()
        if path:
            return path
    pytest.fail(
        "\n".join(said) + "\nThe tests read the pages in a browser, and none was found.  "
        "Install Chromium, Chrome or Edge, or run\n\n"
        "    .venv/bin/python -m playwright install --with-deps chromium\n\n"
        "or say where yours is: CHROMIUM=/path/to/it make test",
        pytrace=False,
    )


def find_browser():
    """Return the path of a browser that starts, or None."""
    if os.environ.get("CHROMIUM"):
        return os.environ["CHROMIUM"]
    places = [shutil.which(name) for name in NAMES]
    places += [f"/Applications/{app}.app/Contents/MacOS/{app}" for app in MAC_APPS]
    folders = [os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)")]
    folders += [os.environ.get("LOCALAPPDATA")]
    places += [f"{folder}/{path}" for folder in folders if folder for path in WINDOWS_PATHS]
    with sync_playwright() as playwright:
        places.append(playwright.chromium.executable_path)
    return next((place for place in places if place and starts(place)), None)


def starts(path):
    """Tell whether there is a browser at `path`, and not a stub that asks for an installation."""
    if not Path(path).exists():
        return False
    # On Windows `--version` opens a window instead; there no such stubs are known.
    return os.name == "nt" or run([path, "--version"]).returncode == 0


def ways_to_a_browser():
    """Yield commands that fetch a browser, each to be tried if the one before did not help."""
    if IS_ROOT and shutil.which("apt-get"):
        yield ["apt-get", "update"]
        for package in ("chromium-headless-shell", "chromium"):  # the first is not in each release
            yield ["apt-get", "install", "--yes", "--no-install-recommends", package]
    playwright = [sys.executable, "-m", "playwright", "install"]
    yield [*playwright, *(["--with-deps"] if IS_ROOT else []), "chromium"]


def run(command, **options):
    """Run to the end; return the process with all that it printed in `stdout`."""
    return subprocess.run(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options
    )
