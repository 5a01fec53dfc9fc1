# `make` says what there is. `make PYTHON=python3.13 test` uses another Python.

# What a target needs is installed when it first needs it: the layers in requirements/.
# PYTHON is for a .venv of another Python than python3.
SET_UP = sh workbook/bootstrap.sh --quiet
export PYTHON
STEP = 1
PORT = 8000
# On all cores. tests/conftest.py says how many workers, and what stays in one of them.
PYTEST = .venv/bin/pytest -p xdist -n auto

# .venv comes uncompiled: what is imported is compiled once and kept, whatever the shell
# says, or each start of a process costs a second more.
unexport PYTHONDONTWRITEBYTECODE

##@ To use the workbook:

help:  ## this list
	@awk -F ':.*##' '/^##@/ {print (groups++ ? "\n" : "") substr($$0, 5)} \
		/^[a-z-]+:.*##/ {printf "  make %-13s%s\n", $$1, $$2}' Makefile

run: ready-run  ## serve step 1 on port 8000, or STEP=5 PORT=8001
	.venv/bin/workbook run $(STEP) --port $(PORT)

docs: ready-docs  ## the pages of all steps, on port 8010
	NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs serve

lab: ready-lab  ## the notebooks in JupyterLab
	.venv/bin/jupyter lab --ServerApp.root_dir=. notebooks/index.ipynb

setup:  ## install everything now, and not when it's first needed
	@sh workbook/bootstrap.sh all

test: ready-test  ## the gate: every step, suite and page, in two minutes
	$(PYTEST) -m "not long"

##@ To work on it:

test-all: ready-all test  ## the gate, then the long proofs, in about 18 minutes
	$(PYTEST) -m long

site: ready-docs  ## build the site into site/, strictly
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || echo 0) \
		NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict

lint: ready-lint  ## ruff, mypy, and the layers of the packages
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

prose: ready-docs  ## how plainly the pages are written, in figures
	.venv/bin/python -m tests.prose

ladder: ready-run  ## renew what other files repeat of steps/ladder.toml
	.venv/bin/python -m workbook.ladder_files

bench: ready-run  ## what the steps cost, measured in five minutes
	.venv/bin/python -m workbook.bench

fingerprints: ready-run  ## renew the stale ones, or STEPS="7 8", or STEPS=all
	.venv/bin/python -m workbook.mistakes.renew $(STEPS)

hashes: ready-run  ## renew the bcrypt hashes that the suites need
	.venv/bin/python -m workbook.checking.hashes

# cosmic-ray brings much that nobody else needs, so it comes for the occasion too.
mutants: ready-run  ## how good the suites are, or those of STEPS="7 8"
	extra=$$(mktemp -d) && trap 'rm -rf "$$extra"' EXIT && \
	.venv/bin/python -m pip install --quiet --target "$$extra" cosmic-ray && \
	PYTHONPATH="$$extra" .venv/bin/python -m workbook.mistakes.mutants $(STEPS)

fuzz: ready-fuzz  ## hostile requests by the ten thousand
	$(PYTEST) tests/fuzz --examples 1500

# uv writes the locks and is in none, so it comes for the occasion. 3.11 is the oldest
# Python that they are for: without it, uv would lock for the one it runs on. All layers
# are locked as one first, and then each to these versions, so that they agree. What is
# locked stays as it is where it can: `make lock UPGRADE=--upgrade` takes the newest.
LAYERS = docs notebooks test browsers lint
lock:  ## renew requirements/ after a change of pyproject.toml
	tmp=$$(mktemp -d) && trap 'rm -rf "$$tmp"' EXIT && \
	$${PYTHON:-python3} -m venv "$$tmp" && \
	"$$tmp/bin/python" -m pip install --quiet uv && \
	lock() { "$$tmp/bin/uv" pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --no-annotate "$$@"; } && \
	cat requirements/*.txt > "$$tmp/all" && \
	lock pyproject.toml --group run $(LAYERS:%=--group %) $(UPGRADE) -o "$$tmp/all" && \
	lock pyproject.toml --group run -c "$$tmp/all" -o requirements/run.txt && \
	for layer in $(LAYERS); do \
		lock --group $$layer -c "$$tmp/all" -o requirements/$$layer.txt || exit; \
	done

READY = ready-run ready-docs ready-lab ready-lint ready-fuzz ready-test ready-all
$(READY): ready-%:
	@$(SET_UP) $*

.PHONY: help run docs lab setup test test-all site lint prose ladder bench fingerprints hashes mutants fuzz lock $(READY)
