"""Serve the book at localhost; on every change build it again and reload the pages shown.

    python site/serve.py COMMAND THAT BUILDS THE BOOK

A build that fails says why in the terminal; the pages stay as they were until one succeeds.
"""

import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from watchfiles import watch

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
WATCHED = ["chapters", "code/backprop", "code/js", "site", "_config.yml", "_toc.yml"]
RELOAD = b"""<script>
const next = async () => { try { await fetch("/-/next-build"); location.reload(); }
                           catch { setTimeout(next, 2000); } };
next();
</script></body>"""

built = threading.Condition()


class Pages(SimpleHTTPRequestHandler):
    """The site, each page with a few lines that wait for the next build and load it again."""

    def __init__(self, *args):
        super().__init__(*args, directory=SITE)

    def do_GET(self):
        page = Path(self.translate_path(self.path))
        if self.path == "/-/next-build":
            with built:
                built.wait()
            self.answer(b"", "text/plain")
        elif page.suffix == ".html" and page.exists():
            self.answer(page.read_bytes().replace(b"</body>", RELOAD), "text/html; charset=utf-8")
        else:
            super().do_GET()

    def answer(self, body, kind):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Keep the terminal for the builds."""


def build(command):
    """Run `command`; return whether it succeeded."""
    if subprocess.run(command, cwd=ROOT).returncode == 0:
        return True
    print("\nThe book did not build; the reason stands above.  Waiting for a change.", flush=True)
    return False


def server():
    """Return a server on port 8000 or, where that is taken, on any other."""
    try:
        return ThreadingHTTPServer(("127.0.0.1", 8000), Pages)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), Pages)


def main(command):
    """Build, then serve, and build again whenever something changed, until interrupted."""
    paths = [ROOT / name for name in WATCHED]
    watched = watch(*paths, yield_on_timeout=True, rust_timeout=500, raise_interrupt=False)
    next(watched)  # from here on no change is missed, not even during the first build
    build(command)
    pages = server()
    pages.daemon_threads = True  # a page that waits for a build does not hold up the end
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    here = f"Serving http://127.0.0.1:{pages.server_port}/  (Ctrl+C ends it)"
    print(here, flush=True)
    for changes in watched:
        if not changes:
            continue
        changed = {Path(path) for _, path in changes}
        print("Changed:", *sorted(str(path.relative_to(ROOT)) for path in changed), flush=True)
        # Sphinx does not see that one of our own extensions has changed.
        extension = any(
            path.suffix == ".py" and path.parent.name == "extensions" for path in changed
        )
        if build([*command, "--all"] if extension else command):
            with built:
                built.notify_all()
            print(here, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
