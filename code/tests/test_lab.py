"""The worked example in a real JupyterLab, with the settings of `make lab`.

It is opened as a reader would, read before anything runs, run from top to bottom and read again,
while every request of the page is watched.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = "two-two-two.ipynb"
SECONDS = 1000  # Playwright counts in milliseconds

IDLE = """() => {
    const session = window.jupyterapp?.shell.currentWidget?.sessionContext;
    const kernel = session?.session?.kernel;
    return !!session?.isReady && kernel?.status === "idle" &&
        kernel.connectionStatus === "connected";
}"""
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === "code")
    .map(cell => ({source: cell.model.sharedModel.source, count: cell.model.executionCount,
                   outputs: cell.model.outputs.toJSON()}))"""
# Reads what is drawn, cell after cell: Lab draws a cell when it comes into sight.
DRAWN = """async () => {
    const found = {formulas: 0, wrong: [], raw: [], pictures: []};
    const pause = () => new Promise(resolve => setTimeout(resolve, 50));
    for (const cell of window.jupyterapp.shell.currentWidget.content.widgets) {
        const all = selector => [...cell.node.querySelectorAll(selector)];
        const raw = () => all(".jp-RenderedMarkdown").map(text => text.innerText)
            .filter(text => /\\$|\\\\frac|\\\\begin/.test(text));
        const results = (cell.model.outputs?.toJSON() ?? [])
            .filter(output => output.text || output.data?.["text/plain"]).length;
        cell.node.scrollIntoView();
        await pause();
        for (let tries = 0; tries < 200; tries++) {
            if (all(".jp-OutputArea-output").length >= results && !raw().length) break;
            await pause();
        }
        found.formulas += all("mjx-container").length;
        found.wrong.push(...all("[data-mml-node=merror]").map(wrong => wrong.textContent));
        found.raw.push(...raw());
        for (const picture of all(".jp-OutputArea img")) {
            await picture.decode().catch(() => {});
            found.pictures.push({alt: picture.alt, width: picture.naturalWidth});
        }
    }
    return found;
}"""


@pytest.fixture(scope="module")
def lab(site, tmp_path_factory):
    """The address of a JupyterLab that shows a copy of the notebooks, with no user's settings."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(site / "notebooks", folder / "notebooks")
    port = free_port()
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    environment = {name: value for name, value in os.environ.items() if name != "BACKPROP_PAGE"}
    environment |= {name: str(folder / value) for name, value in own.items()} | {
        "JUPYTER_CONFIG_PATH": str(ROOT / "theme" / "lab"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "PYTHONPATH": str(ROOT / "code"),
    }
    options = [
        "--no-browser",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        f"--ServerApp.root_dir={folder / 'notebooks'}",
        "--LabApp.expose_app_in_browser=True",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    log = folder / "log"
    command = [sys.executable, "-m", "jupyterlab", *options]
    with log.open("w") as into:
        server = subprocess.Popen(command, env=environment, stdout=into, stderr=into)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/api/status", server, log)
            yield address
        finally:
            server.terminate()
            server.wait(30)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(address, server, log):
    end = time.monotonic() + 120
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


def test_the_worked_example_runs_in_jupyterlab(lab, browser):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(120 * SECONDS)
    elsewhere, errors = [], []
    page.on("request", lambda it: elsewhere.append(it.url) if not is_local(it.url, lab) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{lab}/lab/tree/{NAME}?reset")
    page.wait_for_function(IDLE)

    as_opened = page.evaluate(DRAWN)
    check_drawn(as_opened)
    assert as_opened["pictures"]

    number = page.locator('.jp-MarkdownCell a[href="#step-net_h1"], a[href="#step-out_h1"]').first
    place = number.get_attribute("href")[1:]
    number.click()
    line = page.locator(f'[data-jupyter-id="{place}"], [id="{place}"]').first
    page.wait_for_function(
        "line => line.getBoundingClientRect().top >= 0", arg=line.element_handle()
    )

    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    page.wait_for_function(f"() => ({CELLS})().every(cell => !cell.source || cell.count)")
    page.wait_for_function(IDLE)
    cells = page.evaluate(CELLS)
    for cell in cells:
        for output in cell["outputs"]:
            assert output["output_type"] != "error", (cell["source"], output)
            assert output.get("name") != "stderr", (cell["source"], output)

    as_run = page.evaluate(DRAWN)
    check_drawn(as_run)
    assert [it["alt"] for it in as_run["pictures"]] == [it["alt"] for it in as_opened["pictures"]]
    assert not re.search(r"\bnews\b", page.locator("body").inner_text())  # nor does Lab ask
    page.close()
    assert not errors
    assert not elsewhere


def is_local(address, lab):
    return address.startswith((lab, "data:", "blob:"))


def check_drawn(drawn):
    """Check that all that a reader sees is typeset, and every picture there and described."""
    assert drawn["formulas"] > 50
    assert not drawn["wrong"]
    assert not drawn["raw"]
    assert all(picture["alt"] and picture["width"] for picture in drawn["pictures"])
