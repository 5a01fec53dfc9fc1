# `make` says what there is. `make PYTHON=python3.13 test` uses another Python.

PYTHON ?= python3
STEP = 1
PORT = 8000

# .venv comes uncompiled: what is imported is compiled once and kept, whatever the shell
# says, or each start of a process costs a second more.
unexport PYTHONDONTWRITEBYTECODE

help:  ## this list
	@awk -F ':.*##' '/^[a-z]+:.*##/ {printf "make %-13s%s\n", $$1, $$2}' Makefile

run: ready  ## serve a step, with reload: step 1 on port 8000, or STEP=5 PORT=8001
	.venv/bin/workbook run $(STEP) --port $(PORT)

test: ready  ## every test of the project
	.venv/bin/pytest -p xdist -n auto --dist loadgroup

setup:  ## only the set-up, which the others do too when .venv is missing or stale
	@$(PYTHON) workbook/bootstrap.py

docs: ready  ## serve the site while you write, at port 8001
	NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs serve

site: ready  ## build the site into site/, strictly
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || echo 0) \
		NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict

lab: ready  ## the notebooks in JupyterLab
	.venv/bin/jupyter lab --ServerApp.root_dir=. notebooks/index.ipynb

lint: ready  ## ruff and mypy
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy

bench: ready  ## what steps 5 to 8 cost, measured in four minutes: docs/assets/bench.json
	.venv/bin/python -m workbook.bench

fingerprints: ready  ## renew the marks of the mistakes, after a change of bank or suites
	.venv/bin/python -m workbook.mistakes.fingerprints $(STEPS)

# cosmic-ray brings much that nobody else needs, so it comes for the occasion too.
mutants: ready  ## how good the suites are: every small change to a step that they accept
	extra=$$(mktemp -d) && trap 'rm -rf "$$extra"' EXIT && \
	.venv/bin/python -m pip install --quiet --target "$$extra" cosmic-ray && \
	PYTHONPATH="$$extra" .venv/bin/python -m workbook.mistakes.mutants

fuzz: ready  ## hostile requests by the ten thousand to steps 5 to 8, and what they crash
	.venv/bin/pytest tests/fuzz --examples 1500 -p xdist -n auto --dist loadgroup

# uv writes the lock and is not in it, so it comes for the occasion. 3.11 is the oldest
# Python that the lock is for: without it, uv would lock for the one it runs on.
lock:  ## renew requirements.txt after a change of pyproject.toml
	uv=$$(mktemp -d) && trap 'rm -rf "$$uv"' EXIT && \
	$(PYTHON) -m venv "$$uv" && "$$uv/bin/python" -m pip install --quiet uv && \
	"$$uv/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate pyproject.toml --group test \
		--group docs --group notebooks --group dev -o requirements.txt

ready:
	@$(PYTHON) workbook/bootstrap.py --quiet

.PHONY: help run test setup docs site lab lint bench fingerprints mutants fuzz lock ready
