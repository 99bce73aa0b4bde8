# One word for each thing that people do here. `make help` lists them.
# Choose another interpreter with `make PYTHON=python3.12 ...`; a second run finds all set up.

PYTHON ?= python3
UV     ?= uv
ORDERS ?= 500
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip -qq --disable-pip-version-check

# Without compiled modules every start takes two to five times as long.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev demo serve test check lint browser bench coverage docs pictures lock clean python3-venv

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## set up .venv with what purvey needs to run

setup-dev: $(VENV)/.dev ## set up .venv with what tests and checks need, too

demo: setup ## a new shop gets 500 orders, and stays open (HEADLESS=1: run it and exit; ORDERS=n)
	@echo "demo: $(ORDERS) orders go through the whole process"
	@$(BIN)/purvey demo --orders $(ORDERS) $(if $(HEADLESS),--headless)

serve: setup ## run purvey on its database
	@$(BIN)/purvey serve

test: lint browser ## all checks and all tests
	@echo "test: pytest"
	@$(BIN)/python -m pytest

check: lint ## all checks, and the tests of the house's style; takes seconds
	@echo "check: style"
	@$(BIN)/python -m pytest -q -n 0 tests/architecture

lint: setup-dev
	@echo "lint: ruff check, ruff format, mypy --strict, lint-imports"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

# Tests of pages look at them in Chromium, and it takes long to fetch where there is none.
browser: setup-dev
	@$(BIN)/python -m tests.servers.chromium

bench: setup-dev ## measure for half an hour, and write bench/RESULTS.md (QUICK=1: small sizes, 8 minutes)
	@$(BIN)/python -m bench $(if $(QUICK),--quick --to bench/RESULTS.md)

coverage: setup-dev ## which lines no test runs
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest -q
	@$(BIN)/coverage combine -q && $(BIN)/coverage report --skip-covered

docs: setup ## write the reference pages in docs/ anew, from the code
	@$(BIN)/python docs/generate.py

pictures: browser ## take the pictures of the pages in docs/ anew
	@$(BIN)/python docs/pictures.py

# Needs uv, in any environment outside this one. `make lock UPGRADE=--upgrade` takes newer versions.
LOCK := $(UV) pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(UPGRADE)
lock: ## renew both locks from pyproject.toml
	@$(LOCK) --group build -o requirements.lock
	@$(LOCK) --group dev --constraint requirements.lock -o requirements-dev.lock

clean: ## remove .venv, caches and what was built
	@rm -rf $(VENV) build dist src/*.egg-info .coverage* .mypy_cache .ruff_cache .pytest_cache \
	        .hypothesis .schemathesis .import_linter_cache
	@find src tests bench -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# The stamps: each is touched last, so a set-up that was interrupted is done again.

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/pip
	@echo "setup: installing requirements.lock into $(VENV)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements.lock pyproject.toml | $(BIN)/pip
	@echo "setup: installing requirements-dev.lock into $(VENV)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $(VENV)/.runtime $@

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "purvey needs Python 3.11 or newer. Name one: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(MAKE) --no-print-directory python3-venv
	@echo "setup: making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

# Debian keeps ensurepip, which `python3 -m venv` needs, in a package of its own.
python3-venv:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "setup: installing python3-venv"; apt-get update -qq && apt-get install -y -qq python3-venv; \
	else \
	  echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu:"; \
	  echo "    sudo apt-get install python3-venv"; exit 1; \
	fi
