# One way in. Every target that runs something sets up .venv first, from the hashed lock.

PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.set-up
SERVICE := .venv/.service

# Compiled code is kept: without it each run of the tests takes a quarter longer.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup service run demo test fast check checkers format bench quality lock clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(SETUP)  ## make .venv with everything the lock lists

service: $(SERVICE)  ## make .venv with what a server needs, without what tests need

$(SETUP): requirements.lock pyproject.toml
	$(call install,requirements.lock)

$(SERVICE): deploy/requirements.lock pyproject.toml
	$(call install,deploy/requirements.lock)

define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "icewire needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "setting up .venv (once, about a minute) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
endef

run: setup  ## collect, match and mail; a page at http://127.0.0.1:8080; Ctrl-C stops
	@$(BIN)/icewire run

demo: setup  ## the whole way in a minute, offline; KEEP=1 leaves the inbox to look at
	@$(BIN)/icewire demo

test: setup  ## all tests, two files at a time: the fast ones, then the slow ones
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow

fast: setup  ## the fast tests
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow"

check: setup  ## format, lint, strict types, import contracts, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

checkers: setup  ## get what looks at mail and pages by npm (axe-core, Nu HTML checker); without, those tests are skipped
	@mkdir -p .venv/checkers && cp tests/tools/checkers/*.json .venv/checkers/
	npm ci --prefix .venv/checkers --ignore-scripts --no-audit --no-fund --silent

format: setup  ## put the code in form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

DATA ?= ../shared/data
bench: setup  ## the figures of quality and speed, on the data in DATA; about three quarters of an hour
	$(BIN)/python -m tests.benchmarks.extraction $(DATA)/extraction/dev
	$(BIN)/python -m tests.benchmarks.feeds $(DATA)/feeds/dev
	$(BIN)/python -m tests.benchmarks.topic $(DATA)/relevance/dev.jsonl
	$(BIN)/python -m tests.benchmarks.places $(DATA)/relevance/places_dev.jsonl $(DATA)/relevance/dev.jsonl
	$(BIN)/python -m tests.benchmarks.copies $(DATA)/dedup/dev
	$(BIN)/python -m tests.benchmarks.events $(DATA)/dedup/dev $(DATA)/ice_pages/dev
	$(BIN)/python -m tests.benchmarks.polling $(DATA)/feeds/dev
	$(BIN)/python -m tests.benchmarks.cases $(DATA)/cases/collect
	$(BIN)/python -m tests.benchmarks.members
	$(BIN)/python -m tests.benchmarks.composing
	$(BIN)/python -m tests.benchmarks.matching
	$(BIN)/python -m tests.benchmarks.startup
	$(BIN)/python -m tests.benchmarks.delivery --kills 200
	$(BIN)/python -m tests.benchmarks.crawl
	$(BIN)/python -m tests.benchmarks.memory
	$(BIN)/python -m tests.benchmarks.soak

quality: setup  ## measure on the data in DATA and write docs/quality.md; some minutes
	$(BIN)/python -m tests.benchmarks.quality $(DATA)

COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet

lock:  ## renew the locks: of all, and of what a server needs (needs uv)
	$(COMPILE) --group dev --upgrade -o requirements.lock
	$(COMPILE) --group build --extra chat --constraint requirements.lock -o deploy/requirements.lock

clean:  ## remove .venv and caches; var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .import_linter_cache
