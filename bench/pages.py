"""What a reader's browser fetches for each chapter: gzip, cold, fonts included."""

import functools
import gzip
import http.server
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
MOST = 320  # KB; Jupyter Book's template weighs 1,446
MOST_SCRIPTS = {False: 6, True: 43}  # KB of its scripts: without live figures, and with


def measure():
    print(f"weight of a page over the wire, gzip, cold, KB (at most {MOST})", flush=True)
    with in_browser(SITE) as (browser, address):
        for page in sorted((SITE / "chapters").glob("*.html")):
            weights = _weights(browser, f"{address}/chapters/{page.name}")
            scripts = sum(weight for path, weight in weights.items() if path.endswith(".js"))
            most = MOST_SCRIPTS[any(f"/_static/{s}.js" in weights for s in ("figures", "tools"))]
            heaviest = sorted(weights.items(), key=lambda item: -item[1])[:3]
            parts = ", ".join(f"{Path(path).name} {weight:.0f}" for path, weight in heaviest)
            print(
                f"  {page.stem}: {sum(weights.values()):.0f}, of it {parts}; "
                f"scripts {scripts:.1f} (at most {most})",
                flush=True,
            )


@contextmanager
def in_browser(folder):
    """Give a browser, and the address at which it finds a folder; needs the built pages."""
    if not SITE.exists():
        sys.exit("there are no pages yet: run make book first")
    sys.path.insert(0, str(ROOT / "code" / "tests"))
    from conftest import FLAGS, find_browser  # the browser that the tests would take

    chromium = find_browser()
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Quiet, directory=folder)
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser, f"http://127.0.0.1:{server.server_port}"
        browser.close()
    server.shutdown()


def _weights(browser, url):
    """Return {path: KB} of all that the browser fetches for a page, with nothing kept from before.

    Fonts and pictures are packed already; a server packs the rest.
    """
    context = browser.new_context()
    page, requests = context.new_page(), []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(url, wait_until="networkidle")
    weights = {}
    for request in requests:
        path, body = urlsplit(request.url).path, request.response().body()
        packed = body if path.endswith((".woff2", ".png")) else gzip.compress(body, 9)
        weights[path] = len(packed) / 1000
    context.close()
    return weights


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass
