# The book's commands; `make` alone lists them.  Paths are relative: a clone may lie anywhere.

PYTHONS = python3 python3.13 python3.12 python3.11
INSTALLED = .venv/.installed
EVERYTHING = .ci/requirements.txt
NODE = .venv/bin/python site/extensions/book_node.py
# One version of each package for all Pythons and systems, if there is one that runs on all.
LOCK = .venv/bin/uv pip compile --quiet pyproject.toml --universal --python-version 3.11 \
	--fork-strategy fewest --annotation-style line --custom-compile-command "make lock"
LOCKED_UV = sed -n '/^uv==/,/[^\\]$$/p' $(EVERYTHING)

# A change of these does not concern the pages; nor what a build writes, or an editor for itself.
UNWATCHED = $(patsubst %,--ignore %,_build bench code/tests conf.py frameworks runs site/node_modules .venv-frameworks) \
	--re-ignore '/__pycache__(/|$$)|/bundle\.[^/]*$$|~$$|\.sw.$$'

help:
	@echo "Backpropagation, Number by Number"
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

book: $(INSTALLED)  ## build the book in _build/html; a warning is an error
	.venv/bin/jupyter-book build -W -n --keep-going .
	@echo && .venv/bin/python -c "import pathlib as p; print('Open', p.Path('_build/html/index.html').absolute().as_uri())"

test: lint book $(INSTALLED)-test  ## check everything that CI checks: lint, spelling, package, pages, notebooks
	.venv/bin/python -m pytest --numprocesses 3 --dist loadscope --no-loadscope-reorder --site=_build/html

lint: $(INSTALLED)-lint  ## of these, only lint and spelling
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/codespell
	$(NODE) biome ci --error-on-warnings . && $(NODE) tsc -p code/js

quick: $(INSTALLED)-test  ## of these, only what takes less than a minute: no page, no browser
	.venv/bin/python -m pytest --numprocesses 2 --dist loadscope --no-loadscope-reorder -m "not slow" code/tests/unit

serve: $(INSTALLED)-serve  ## show the book at localhost, and build it again on every change
	PYTHONPATH=site/extensions .venv/bin/sphinx-autobuild -W -n --keep-going -d _build/.doctrees \
		--pre-build "make --silent conf.py" -D external_toc_path="$(CURDIR)/_toc.yml" \
		$(UNWATCHED) . _build/html

conf.py: _config.yml _toc.yml
	.venv/bin/jupyter-book config sphinx .

lab: book $(INSTALLED)-lab  ## open a copy of the chapters, as notebooks, in JupyterLab
	@diff -rq -x .ipynb_checkpoints _build/html/notebooks _build/lab >/dev/null 2>&1 || \
		{ test ! -d _build/lab || mv _build/lab "_build/lab before $$(date '+%F %H.%M.%S')"; \
		cp -R _build/html/notebooks _build/lab; }
	JUPYTER_CONFIG_PATH="$(CURDIR)/site/lab" JUPYTER_PREFER_ENV_PATH=1 .venv/bin/jupyter-lab \
		--ip=127.0.0.1 --ServerApp.root_dir="$(CURDIR)/_build/lab" $(AS_ROOT)

test-frameworks: .venv-frameworks/.installed $(INSTALLED)-test  ## hold the package to PyTorch, JAX, TensorFlow and autograd
	PYTHONPATH=code .venv-frameworks/bin/python frameworks/record.py
	.venv-frameworks/bin/python frameworks/ties.py
	.venv/bin/python -m pytest code/tests/unit/test_frameworks.py

record-runs: $(INSTALLED)  ## train for some minutes what three pages quote, and write it down anew
	.venv/bin/python runs/record.py

sheets: $(INSTALLED)-sheets  ## install what writes sheets of problems in PDF and HTML

bench: $(INSTALLED)-test  ## measure training, derivatives, convolution, build, pages and live figures
	.venv/bin/python -m bench

lock: .venv/bin/uv  ## write the locks anew from what pyproject.toml asks for
	$(LOCK) --group make --group book --group test --generate-hashes --upgrade --output-file $(EVERYTHING)
	$(LOCK) --constraint $(EVERYTHING) --group book --generate-hashes --output-file requirements.txt
	$(LOCK) --constraint $(EVERYTHING) --output-file .binder/requirements.txt

clean:  ## delete everything that make made, and notebooks changed under `make lab`
	rm -rf .venv .venv-frameworks _build bench/_build site/node_modules conf.py

AS_ROOT = $(if $(filter 0,$(shell id -u)),--allow-root)

install: $(INSTALLED)  ## only install what the book needs, in .venv

# The package, which pip and uv refuse among hashes.
$(INSTALLED): .venv/.locked pyproject.toml
	.venv/bin/uv pip install --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@touch $@

# Exactly what the lock says, and uv; compiled once and not at each start of a kernel.
.venv/.locked: requirements.txt .venv/bin/uv
	$(LOCKED_UV) | .venv/bin/uv pip sync --compile-bytecode --python .venv/bin/python --require-hashes $< -
	@touch $@

# What a group of pyproject.toml takes besides, in the versions and with the hashes of the lock.
$(INSTALLED)-%: $(INSTALLED) $(EVERYTHING)
	.venv/bin/uv pip install --compile-bytecode --python .venv/bin/python --require-hashes \
		--constraint $(EVERYTHING) --group $*
	@touch $@

# One by one: what does not install here is not tested here, and the others are.
.venv-frameworks/.installed: frameworks/requirements.txt $(INSTALLED)
	.venv/bin/python -m venv --clear .venv-frameworks
	@sed 's/ *#.*//; /^$$/d' frameworks/requirements.txt | while read -r wanted; do \
		echo "Installing $$wanted"; .venv-frameworks/bin/python -m pip install --quiet --disable-pip-version-check \
			"$$wanted" || echo "$$wanted does not install here"; done
	@touch $@

# uv installs the rest in seconds where pip takes half a minute.
.venv/bin/uv:
	@command -v git >/dev/null || { echo "git is missing: install it, then run make again."; exit 1; }
	@for python in $(PYTHONS); do \
		$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || continue; \
		$$python -c 'import ensurepip, venv' 2>/dev/null || { without="$$python"; continue; }; \
		echo "Making .venv with $$($$python --version)"; exec $$python -m venv --clear .venv; \
	done; \
	if [ "$$without" ]; then echo "$$without lacks its venv module (Debian, Ubuntu: apt install python3-venv)."; \
	else echo "Python 3.11, 3.12 or 3.13 is missing: none of $(PYTHONS) is one."; fi; exit 1
	@echo "Fetching uv"; $(LOCKED_UV) | .venv/bin/python -m pip install \
		--quiet --disable-pip-version-check --require-hashes --requirement /dev/stdin

.PHONY: help book test quick lint serve lab sheets test-frameworks record-runs bench lock clean install
