"""The worked example, and a live figure, in a real JupyterLab with the settings of `make lab`.

The example is opened as a reader would, read before anything runs, run from top to bottom and read
again, while every request of the page is watched. The figure is moved by hand and by Python.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from conftest import HANGS

from backprop import examples
from backprop.practice.problems import problem

ROOT = Path(__file__).resolve().parents[3]
NAME = "two-two-two.ipynb"

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
    const found = {formulas: 0, wrong: [], raw: [], pictures: [], live: 0};
    const pause = () => new Promise(resolve => setTimeout(resolve, 50));
    for (const cell of window.jupyterapp.shell.currentWidget.content.widgets) {
        const all = selector => [...cell.node.querySelectorAll(selector)];
        const raw = () => all(".jp-RenderedMarkdown").map(text => text.innerText)
            .filter(text => /\\$|\\\\frac|\\\\begin/.test(text));
        const outputs = cell.outputHidden ? [] : (cell.model.outputs?.toJSON() ?? []);
        const results = outputs
            .filter(output => output.text || output.data?.["text/plain"]).length;
        cell.node.scrollIntoView();
        await pause();
        for (let tries = 0; tries < 4000; tries++) {
            if (all(".jp-OutputArea-output").length >= results && !raw().length) break;
            await pause();
        }
        found.formulas += all("mjx-container").length;
        found.wrong.push(...all("[data-mml-node=merror]").map(wrong => wrong.textContent));
        found.raw.push(...raw());
        found.live += all(".bp-live").length;
        for (const picture of all(".jp-OutputArea img")) {
            await picture.decode().catch(() => {});
            found.pictures.push({alt: picture.alt, width: picture.naturalWidth});
        }
    }
    return found;
}"""

FIGURE = "figure.ipynb"
MAKE = """
from backprop import examples, live, with_values

net, x, t, learning_rate = examples.two_two_two()
figure = live.take_hold(net, x, t, learning_rate, ["w5", "t_o2"], "w5", biases="frozen")
figure
"""
# Runs one cell of the notebook with a source of its own, as a reader does by Shift-Enter; by a
# command, since the figure may have the keys.
RUN = """async ([source, index]) => {
    const { content, context } = window.jupyterapp.shell.currentWidget;
    content.activeCellIndex = index;
    content.activeCell.model.sharedModel.setSource(source);
    await window.jupyterapp.commands.execute("notebook:run-cell");
    return content.activeCell.model.outputs.toJSON();
}"""
# The model of the figure that is shown, as Jupyter's widgets keep it.
FIND_MODEL = """() => {
    const find = widget => widget._view?.model ??
        [...(widget.children?.() ?? [])].reduce((found, child) => found ?? find(child), undefined);
    window.figureModel = find(window.jupyterapp.shell.currentWidget.content.widgets[0]);
}"""
# What a figure has to let go of: its model's events, and what it observes.
HELD = """() => ({
    events: Object.keys(window.figureModel._events)
        .filter(event => /^change:(W|b|x|t|view|biases)$/.test(event)),
    observed: [...window.observed.values()].flat()
        .filter(place => place.classList?.contains("bp-scroll")).length,
})"""
WATCH = """window.observed = new Map();
window.ResizeObserver = class extends ResizeObserver {
    observe(place, options) {
        super.observe(place, options);
        observed.set(this, [...(observed.get(this) ?? []), place]);
    }
    disconnect() {
        super.disconnect();
        observed.delete(this);
    }
};"""


@pytest.fixture(scope="module")
def lab(site, tmp_path_factory):
    """The address of a JupyterLab that shows a copy of the notebooks, with no user's settings."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copytree(site / "notebooks", folder / "notebooks")
    cells = [nbformat.v4.new_code_cell(source) for source in (MAKE.strip(), "", "")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, folder / "notebooks" / FIGURE)
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
        "JUPYTER_CONFIG_PATH": str(ROOT / "site" / "lab"),
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
    for _ in range(3000):  # then it is taken to hang
        try:
            urllib.request.urlopen(address, timeout=60).close()
            return
        except OSError:
            pass
        try:
            server.wait(0.2)  # it has ended, and will not answer
            break
        except subprocess.TimeoutExpired:
            pass
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}")


def test_the_worked_example_runs_in_jupyterlab(lab, browser):
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(HANGS)
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
    # a live figure takes the place of its still pictures; all others are drawn as they were
    still, before = (Counter(it["alt"] for it in one["pictures"]) for one in (as_run, as_opened))
    assert still and not still - before
    assert as_opened["live"] == 0
    assert as_run["live"] == sum(
        len(re.findall(r"^live\.\w+\(", cell["source"], re.M)) for cell in cells
    )
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


# ---- a live figure ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def notebook(lab, browser):
    """A page of Lab with the figure's notebook, and what it complains of."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.set_default_timeout(HANGS)
    page.add_init_script(WATCH)
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{lab}/lab/tree/{FIGURE}?reset")
    page.wait_for_function(IDLE)
    yield page
    page.close()


@pytest.fixture
def figure(notebook):
    """The same, with a figure just made, and its model found."""
    notebook.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    notebook.wait_for_function(IDLE)
    notebook.locator(".bp-live").first.wait_for()  # others may stand in the cells below
    notebook.evaluate(FIND_MODEL)
    return notebook


def test_a_figure_and_the_next_cell_move_the_same_weight(figure):
    w5 = figure.get_by_role("slider", name="w5")
    at_first = examples.two_two_two().net.W[2][0, 0]
    assert float(w5.input_value()) == at_first

    w5.focus()
    for _ in range(3):
        figure.keyboard.press("ArrowRight")
    moved = float(w5.input_value())
    assert moved > at_first
    read = "print(figure.W[2][0][0], figure.net.W[2][0, 0])"
    assert until(figure, read, lambda text: text.split() == [repr(moved)] * 2)

    run(figure, "figure.net = with_values(figure.net, w5=-0.5)")
    figure.wait_for_function("slider => Number(slider.value) === -0.5", arg=w5.element_handle())
    assert "-0.5" in run(figure, read)
    run(figure, "figure.W = net.W")
    figure.wait_for_function(
        "([slider, value]) => Number(slider.value) === value", arg=[w5.element_handle(), at_first]
    )
    assert not figure.complaints


def test_a_figure_says_what_is_wrong_with_weights_and_keeps_its_own(figure):
    [error] = figure.evaluate(RUN, ["figure.W = [None, [[1.0, 2.0]], [[3.0], [4.0]]]", 1])
    assert error["output_type"] == "error" and error["ename"] == "ValueError"
    assert "W[1]" in error["evalue"] or "b[1]" in error["evalue"], error["evalue"]
    assert run(figure, "print((figure.net.W[1] == net.W[1]).all())") == "True\n"
    assert not figure.complaints


def test_a_figure_lets_go_of_all_when_its_output_is_cleared(figure):
    held = figure.evaluate(HELD)
    assert held["events"] and held["observed"]
    figure.evaluate("""() => {
        window.jupyterapp.shell.currentWidget.content.activeCellIndex = 0;
        return window.jupyterapp.commands.execute("notebook:clear-cell-output");
    }""")
    figure.locator(".bp-live").wait_for(state="detached")
    assert figure.evaluate(HELD) == {"events": [], "observed": 0}
    run(figure, "figure.net = with_values(figure.net, w5=1.0)")  # nothing is left to fail at it
    assert not figure.complaints


def test_a_problem_is_solved_in_a_notebook(figure):
    figure.evaluate(RUN, ["solving = live.solve(['one-neuron'], seed=4, fade=3)\nsolving", 2])
    field = figure.get_by_role("textbox", name="Your answer")
    one = problem("one-neuron", 4)
    slip = one.wrong["no output slope"]["delta_o"]
    for answer, told in ((slip, "left out the slope"), (one.right["delta_o"], "Right.")):
        field.fill(f"{answer:.4g}")
        field.press("Enter")
        figure.locator(".bp-verdict", has_text=told).wait_for()
    read = "print(solving.problem.kind, solving.problem.seed, solving.view['at'])"
    assert until(figure, read, lambda text: text == "one-neuron 4 3\n")
    run(figure, "solving.view = {**solving.view, 'seed': 9, 'at': 0}")
    figure.locator(".bp-said", has_text="problem 9").wait_for()
    assert not figure.complaints


def test_a_window_slides_in_a_notebook_and_not_the_notebook(figure):
    image, kernel = "[[0, 1, 2], [3, 4, 5], [6, 7, 8]]", "[[1, -1], [2, 0.5]]"
    make = f"sliding = live.window({image}, {kernel}, 1)\nsliding"
    figure.evaluate(RUN, [make, 2])
    grid = figure.get_by_role("application", name="Map.")
    grid.focus()
    figure.keyboard.press("ArrowDown")
    figure.keyboard.press("ArrowRight")
    assert grid.evaluate("grid => grid === document.activeElement")
    read = "print(sliding.view['row'], sliding.view['column'])"
    assert until(figure, read, lambda text: text == "2 2\n")
    run(figure, "sliding.view = {**sliding.view, 'row': 1}")
    assert "1 2" in run(figure, read)
    assert not figure.complaints


def run(page, source):
    """Run a cell; return what it printed."""
    outputs = page.evaluate(RUN, [source, 1])
    for output in outputs:
        assert output["output_type"] != "error", output
    return "".join(output.get("text", "") for output in outputs)


def until(page, source, wanted):
    """Run a cell until it prints what is wanted: Jupyter sends changes one after the other."""
    return any(wanted(run(page, source)) for _ in range(1000))
