"""What the cells of the book run in, and when they have to run again.

Every kernel of a build gets the same surroundings: the package from `code/`, whether it is
installed or not; nothing of the reader's own IPython; and nothing that differs from one build
to the next.

The execution cache knows the cells of a chapter, not the package they import.  So each state
of the package, of the lock and of Python has a cache of its own, named by a digest of them.
Its path is a Sphinx setting on which the pages depend: when it changes, Sphinx reads every
chapter again, and every cell runs again.

Sphinx reads one chapter after another, and a chapter waits for its cells. So before it begins, the
cells of all those that it will read run into the cache, one chapter to a processor.
"""

import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from myst_nb.core.read import create_nb_reader
from sphinx.util import logging

FIXED_DATE = "1577836800"  # 2020-01-01, for a copy of the book without its history
LIBRARIES = ["numpy", "matplotlib", "sympy"]

READ = {}  # {file: (its state, its cells as they ran)}

logger = logging.getLogger(__name__)

KERNEL_SETTINGS = """\
c.IPKernelApp.log_level = "CRITICAL"  # else each kernel warns that it speaks TCP
c.HistoryManager.enabled = False
"""


def setup(app):
    prepare_environment(Path(app.srcdir))
    app.connect("config-inited", prepare_output)
    app.connect("env-before-read-docs", run_ahead)
    app.connect("build-finished", forget_warnings, priority=1000)  # after all that may warn
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def prepare_environment(root):
    """Set what the kernels inherit, and let autodoc import the package too."""
    code = str(root / "code")
    paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    os.environ["PYTHONPATH"] = os.pathsep.join([code, *(p for p in paths if p and p != code)])
    if code not in sys.path:
        sys.path.insert(0, code)
    os.environ["BACKPROP_PAGE"] = "1"  # figures as inline SVG, which follows the theme
    os.environ["PYTHONHASHSEED"] = "0"
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as one chapter runs on each processor
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this Python, not a "python3" of the user's
    os.environ.setdefault("SOURCE_DATE_EPOCH", date_of_last_commit(root))


def date_of_last_commit(root):
    """Seconds since 1970, as text; a fixed date where there is no git or no history."""
    command = ["git", "-C", str(root), "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError:
        return FIXED_DATE
    return done.stdout.strip() or FIXED_DATE


def prepare_output(app, config):
    """Give the kernels their IPython settings and the pages the cache of this state."""
    build = Path(app.outdir).parent
    profile = build / ".ipython" / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "ipython_kernel_config.py").write_text(KERNEL_SETTINGS, encoding="utf-8")
    os.environ["IPYTHONDIR"] = str(profile.parent)
    prepare_matplotlib(build / ".matplotlib")

    caches = build / ".jupyter_cache"
    cache = caches / state(Path(app.srcdir))
    if not cache.exists():
        shutil.rmtree(caches, ignore_errors=True)
    config.nb_execution_cache_path = str(cache)


def prepare_matplotlib(folder):
    """Give matplotlib settings and a list of fonts of the book's own, not the user's.

    Where it has no list yet it makes one, and says so on stderr if that takes long: not in a cell.
    """
    os.environ["MPLCONFIGDIR"] = str(folder)
    if not any(folder.glob("fontlist-*.json")):
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], check=True)


def state(root):
    """Return a digest of all that decides what a cell prints, apart from the cell."""
    digest = hashlib.sha256(platform.python_version().encode())
    for library in LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    ours = [Path(__file__), Path(__file__).with_name("book_fonts.py")]
    scripts = (".js", ".css")  # they act on what a cell has printed
    package = [path for path in package_files(root) if path.suffix not in scripts]
    for path in [*package, root / "requirements.txt", *ours]:
        digest.update(f"{path.name}\n".encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()[:16]


def package_files(root):
    """Return the paths of what the package consists of, in order: no caches of tools."""
    package = root / "code" / "backprop"
    files = (path.relative_to(package) for path in package.rglob("*") if path.is_file())
    hidden = (".", "__pycache__")
    kept = (file for file in files if not any(part.startswith(hidden) for part in file.parts))
    return sorted(package / file for file in kept)


def run_ahead(app, env, docnames):
    """Run the cells of the chapters that will be read into the cache, several chapters at a time.

    One that fails is left to myst-nb, which runs it again when it is read, and says what is wrong.
    """
    cache = get_cache(env.mystnb_config.execution_cache_path)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {}
        for docname in docnames:
            path = env.doc2path(docname)
            text = Path(path).read_text("utf-8")
            reader = create_nb_reader(path, env.myst_config, env.mystnb_config, text)
            notebook = reader and reader.read(text)
            if notebook and not is_cached(cache, notebook):
                timeout = env.mystnb_config.execution_timeout
                run = pool.submit(single_nb_execution, notebook, Path(path).parent, timeout, False)
                runs[run] = path
        for run in as_completed(runs):
            result = run.result()
            if result.err is None:
                told = {"execution_seconds": result.time}
                cache.cache_notebook_bundle(
                    CacheBundleIn(result.nb, runs[run], data=told),
                    check_validity=False,
                    overwrite=True,
                )
                name = Path(runs[run]).stem
                logger.info(f"cells of {name}: run in {result.time:.1f} seconds")


def is_cached(cache, notebook):
    """Tell whether these cells have run."""
    with contextlib.suppress(KeyError):
        return bool(cache.match_cache_notebook(notebook))
    return False


def executed(env, docname):
    """Return the cells of a chapter as they ran, for all who ask the same; none changes them.

    The file that myst-nb writes lacks the outputs where they came from the cache, so they are
    looked for there first.
    """
    written = Path(env.mystnb_config.output_folder, f"{docname}.ipynb")
    state = written.stat().st_mtime_ns, env.mystnb_config.execution_cache_path
    if READ.get(written, (None, None))[0] != state:
        notebook = nbformat.read(written, as_version=4)
        cache = get_cache(env.mystnb_config.execution_cache_path)
        with contextlib.suppress(KeyError):
            notebook = cache.merge_match_into_notebook(notebook)[1]
        READ[written] = state, notebook.cells
    return READ[written][1]


def forget_warnings(app, exception):
    """Where warnings are errors, let the build after one with warnings read every chapter again.

    Sphinx warns only when it reads or writes a page, so that a second try would have nothing to
    do, and pass.  (After an exception Sphinx does this by itself.)
    """
    if app.keep_going and app._warncount:
        (Path(app.doctreedir) / "environment.pickle").unlink(missing_ok=True)
