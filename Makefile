# make demo and make test are all that a newcomer needs; both set up first. Nothing is written outside this folder.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export UV_CACHE_DIR := $(CURDIR)/.venv/uv-cache
export CANDOR_HOME ?= $(CURDIR)/.candor
export GX_ANALYTICS_ENABLED := false
export TMPDIR := $(CURDIR)/.venv/tmp

.PHONY: help setup demo test lint real lock dictionary golden release-version bench-gate bench-gate-short
.DEFAULT_GOAL := help

help: ## show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

setup: .venv/installed ## make the environment from the hashed lock

.venv/installed: requirements.txt pyproject.toml
	mkdir -p $(TMPDIR)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-cache-dir --disable-pip-version-check uv==0.13.9
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	touch $@

demo: setup ## generate the demo world, run its nights, show the result (starts clean)
	CANDOR_HOME=$(CURDIR)/.demo CANDOR_EMBEDDED_PARTITIONS=1 $(BIN)/candor demo run

test: setup ## run every test, in two processes
	$(BIN)/python -m pytest --numprocesses 2

lint: setup ## check style
	$(BIN)/ruff check .

real: setup ## the real data sets, night by night (needs CANDOR_TEST_DATA or ../shared/data)
	$(BIN)/python bench/real.py

lock: setup ## pin requirements.in with hashes into requirements.txt
	$(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-annotate \
	  --custom-compile-command "make lock" --output-file requirements.txt requirements.in

dictionary: setup ## write docs/data_dictionary.md from jobs/tables.py
	$(BIN)/python -m jobs.dictionary

golden: setup ## write the golden of a draft version: make golden V=v3
	$(BIN)/python -m jobs.nights.golden $(V)

release-version: setup ## freeze an algorithm version: make release-version V=v3
	$(BIN)/python -m jobs.scoring.release_version $(V)

bench-gate: setup ## fifty simulated years against the gate: writes docs/gate-benchmark.md (half an hour of one core)
	$(BIN)/python -m bench.gate full

bench-gate-short: setup ## other seeds; exit 1 unless docs/gate-benchmark.md is reproduced (minutes)
	$(BIN)/python -m bench.gate short
