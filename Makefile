# Everything a contributor or a newcomer types. `make help` lists it.
# Needs: Python 3.11 or newer with venv, and GNU make. Nothing here needs root, a token or a server.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ROUNDS ?= 200
PLATFORM ?= recorder
TESTS ?= tests
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test check format coverage bench kill parity screenshots lock install install-dev clean

help: ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## Start the demo community and print the address of its page
	$(BIN)/python -m bot run --demo

test: install-dev ## Run the tests (TESTS=tests/core for a part of them)
	$(BIN)/python -m pytest -q -n $(WORKERS) $(TESTS)

check: install-dev ## Check style, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-dev ## Mend what the style check can mend by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: install-dev ## Run the tests and show which lines they never reach
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q $(TESTS)
	$(BIN)/coverage report --show-missing --skip-covered

bench: install-dev ## Measure speed and memory against bare code, as ratios
	$(BIN)/python -m benchmarks

kill: install-dev ## Kill a fan-out ROUNDS times (PLATFORM=slack, discord) and count what was lost or twice
	$(BIN)/python -m benchmarks.kill --rounds $(ROUNDS) --platform $(PLATFORM)

# uv resolves for every Python from 3.11 and every system at once. `make lock UPGRADE=--upgrade`
# takes newer versions; without it, only what pyproject.toml asks for changes.
COMPILE = $(BIN)/uv pip compile pyproject.toml --group build --extra postgres --universal \
	--python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	--no-emit-find-links --quiet $(UPGRADE)

lock: install-dev ## Write requirements*.txt anew from pyproject.toml
	$(COMPILE) --output-file requirements.txt
	$(COMPILE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt

install: $(VENV)/.installed ## Install what running needs into VENV
install-dev: $(VENV)/.installed-dev ## Install what contributing needs into VENV

$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'Staffroom needs Python 3.11 or newer, and `$(PYTHON)` is not.'; \
		echo 'Name another one, for instance: make run PYTHON=python3.12'; exit 1; }
	@echo 'Setting up $(VENV); this is needed once and takes a minute or two.'
	$(PYTHON) -m venv $(VENV)

parity: install-dev ## Write docs/parity.md, which compares the platforms, anew
	$(BIN)/python -m tests.conformance.parity

screenshots: install-dev ## Take the pictures in docs/images anew (needs Chromium)
	$(BIN)/python docs/screenshots.py

clean: ## Delete what was built, but no data
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
