# Two commands do everything on a fresh machine with Python ≥ 3.11:
#   make chat   sets up, indexes seeds/ and opens the chat on http://127.0.0.1:7860
#   make test   sets up and passes the tests

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TORCH := $(shell sed -n 's/^torch==//p' constraints.txt)

.PHONY: help setup chat index test lint eval gate baseline browser clean

help:
	@echo "make setup   create $(VENV) with the product and its test tools"
	@echo "make chat    set up, index seeds/ if needed, open the chat on 127.0.0.1:7860"
	@echo "make test    set up, then run every test (a real browser included)"
	@echo "make lint    ruff and mypy"
	@echo "make eval    score every test set, write evals/results/, compare with those before"
	@echo "make gate    score a quarter of the questions against evals/baseline.json"
	@echo "make baseline  accept today's figures as that baseline"

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make setup PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "python3 -m venv failed; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing torch $(TORCH) (CPU build) ..."
	@$(BIN)/python -c 'import torch, sys; sys.exit(torch.version.cuda is not None)' 2>/dev/null || \
	  $(BIN)/pip install --quiet "torch==$(TORCH)+cpu" 2>/dev/null || \
	  case "$$(uname -s)" in \
	    Linux) $(BIN)/pip install --quiet uv && \
	           VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --torch-backend=cpu "torch==$(TORCH)";; \
	    *) $(BIN)/pip install "torch==$(TORCH)";; \
	  esac
	@echo "Installing the product and its test tools ..."
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@

index: setup
	@$(BIN)/rag index

chat: index
	@$(BIN)/rag chat

# The browser test needs a Chromium; it is taken from the system, installed there by root, or else
# fetched by Playwright.
browser: setup
	@command -v chromium chromium-browser google-chrome >/dev/null || \
	  { command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ] && \
	    { echo "Installing chromium ..."; apt-get -qq update && apt-get -qq install -y chromium >/dev/null; }; } || \
	  $(BIN)/playwright install chromium

test: browser
	@$(BIN)/python -m pytest

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# Each folder of evals/collections/ has documents and questions of its own; see evals/README.md.
eval: index
	@$(BIN)/rag eval
	@$(BIN)/rag eval evals/development.jsonl
	@$(BIN)/rag eval evals/held-out.jsonl
	@for collection in evals/collections/*/; do \
	  $(BIN)/rag eval "$$collection" || exit 1; done

gate: index
	@$(BIN)/rag eval --quick --gate evals/baseline.json

baseline: index
	@$(BIN)/rag eval --quick --accept evals/baseline.json

clean:
	rm -rf $(VENV) build ./*.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
