# One command each. `make` alone lists them.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed

.DEFAULT_GOAL := help
.PHONY: help run test check fmt schema migration
MAKEFLAGS += --no-print-directory

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED) ## Run everything on this machine with demo data; Ctrl-C stops it
	@exec $(BIN)/catering up --demo

test: $(INSTALLED) ## Run the whole test suite against real PostgreSQL and Redis
	@exec $(BIN)/pytest

check: $(INSTALLED) ## Check format, rules, types and layers
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

fmt: $(INSTALLED) ## Format the code and mend what can be mended
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

schema: $(INSTALLED) ## Write schema.graphql
	@$(BIN)/catering export-schema > schema.graphql.new
	@mv schema.graphql.new schema.graphql

migration: $(INSTALLED) ## Write the next migration: make migration name=what_it_adds
	@test -n "$(name)" || { echo "Say what it does: make migration name=what_it_adds"; exit 1; }
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/catering migration "$(name)"

# Installed again only when what is installed has changed.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$$($(PYTHON) --version) is too old: Catering needs Python 3.11 or newer."; \
	  echo "Choose another one: make $(or $(firstword $(MAKECMDGOALS)),run) PYTHON=python3.13"; exit 1; }
	@echo "Installing into .venv …"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --progress-bar=on --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --no-deps --no-build-isolation -e .
	@touch $@
