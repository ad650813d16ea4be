# A bare `make` lists the targets. Set-up runs by itself, once, and again only when the lock changes.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
LOCKED := $(VENV)/.locked
READY  := $(VENV)/.ready
ORACLES := .venv-oracles
RUN    ?= params/runs/demo.yaml
LAB    ?=

.DEFAULT_GOAL := help
.PHONY: help audit test check notebooks lab bench bench-oracles demo schemas law lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# The libraries are set up anew only where the lock changes; another pyproject.toml only registers the suite again.
$(LOCKED): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "auditlib needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=/path/to/python3.12")'
	@echo "Setting up $(VENV) from requirements.lock (about a minute, once)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile -r requirements.lock
	@$(BIN)/python -W ignore -m compileall -q -j 0 $(VENV)/lib src >/dev/null || true
	@touch $@

$(READY): $(LOCKED) pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

audit: $(READY)  ## set up, audit the demo company, name its report
	@$(BIN)/auditlib run $(RUN)

test: $(READY)  ## set up and run every test
	@$(BIN)/python -m pytest -n 2
	@$(BIN)/python -m pytest -n 2 --nbval notebooks

check: $(READY)  ## formatting, lint, strict types, layers, notebook style
	@$(BIN)/ruff format --check src tests benchmarks company
	@$(BIN)/ruff check src tests benchmarks company
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/test_architecture.py tests/test_documents.py tests/notebooks/test_style.py

notebooks: $(READY)  ## re-execute the stored notebooks on the demo run and store their outputs
	@$(BIN)/auditlib store-notebooks $(RUN)

lab: $(READY)  ## open JupyterLab on the suite; more options by LAB="--no-browser --port 8899"
	@$(BIN)/jupyter lab --notebook-dir=. $(LAB)

bench: $(READY)  ## measure time and memory beside the usual alternatives; one alone: make bench faults
	@$(BIN)/python -m benchmarks $(ONE)

# What follows "bench" names a benchmark and is no target.
ONE := $(if $(filter bench,$(firstword $(MAKECMDGOALS))),$(wordlist 2,2,$(MAKECMDGOALS)))
$(if $(ONE),$(eval $(ONE):;@:))

$(ORACLES)/.ready: benchmarks/oracles.lock
	@echo "Setting up $(ORACLES) from benchmarks/oracles.lock (once; the suite itself needs none of it)"
	@$(PYTHON) -m venv --clear $(ORACLES)
	@$(ORACLES)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r benchmarks/oracles.lock
	@touch $@

bench-oracles: $(READY) $(ORACLES)/.ready  ## measure the estimators beside csdid, diff-diff and pyfixest
	@$(BIN)/python -m benchmarks oracles

demo: $(READY)  ## regenerate data/demo (the same bytes every time)
	@$(BIN)/python -m company params/scenarios/demo.yaml data/demo

schemas: $(READY)  ## rewrite the JSON Schemas in params/schemas
	@$(BIN)/auditlib schema --write params/schemas
	@$(BIN)/python -m company --schema

law: $(READY)  ## print the tables of cases in tests/spec as the pages of docs/law
	@$(BIN)/python -m tests.spec.printed --write

lock:  ## recompute requirements.lock (needs uv on the path)
	@uv pip compile --universal --python-version 3.11 --extra dev --extra mysql --extra pdf --extra postgres --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet -o requirements.lock pyproject.toml

clean:  ## remove the environment, caches and outputs
	@rm -rf $(VENV) $(ORACLES) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis outputs/*/ outputs/.evidence outputs/.work outputs/.by-hand
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
