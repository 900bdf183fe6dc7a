# The verbs of Sanad. Everything is installed into .venv/, nothing outside it but the encoder's files (the user's cache)
# and the index (RAG_INDEX, else the user's data folder).

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt

.PHONY: install chat test lint bench screenshots clean

install: .venv/installed

chat: install
	@$(BIN)/sanad chat

test: .venv/installed-test lint
	@$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/browser/test_speed.py --cov --cov-report=term
	@$(BIN)/python -m pytest tests/browser/test_speed.py  # it measures time: nothing runs beside it

lint: .venv/installed-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: .venv/installed-bench
	@test -f "$(XQUAD)/xquad.ar.json" || { echo "bench: name the folder that holds xquad.ar.json and xquad.en.json: make bench XQUAD=folder"; exit 2; }
	@$(BIN)/python -m tests.benchmarks "$(XQUAD)" $(if $(NEWS),--news "$(NEWS)") $(if $(PARTS),--parts $(PARTS)) $(OPTIONS)

screenshots: .venv/installed-test
	@$(BIN)/python -m pytest tests/browser/screenshots.py
	@cp tests/browser/output/answer-ar-1440-light.png ui/screenshots/chat-ar.png
	@cp tests/browser/output/answer-en-1440-light.png ui/screenshots/chat-en.png
	@echo "All of them are in tests/browser/output/; the READMEs show those in ui/screenshots/"

clean:
	rm -rf .venv build dist .coverage .mypy_cache .ruff_cache .pytest_cache

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Sanad needs Python 3.11 or newer, not " + sys.version.split()[0] + "; name one: make PYTHON=python3.12") if sys.version_info < (3, 11) else 0'
	@$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing Sanad into .venv (the first time this downloads about 600 MB; see README.md)"
	@$(PIP) --editable .
	@touch $@

.venv/installed-test: .venv/installed
	@$(PIP) --editable '.[test]'
	@touch $@

.venv/installed-bench: .venv/installed-test
	@$(PIP) --editable '.[test,bench]'
	@touch $@
