# One command each. `make` alone lists them.

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
# Not compiled here: a first import compiles what is really used, which is a fraction of it.
PIP := $(BIN)/python -m pip --disable-pip-version-check install --progress-bar=off --no-compile
WARM := $(BIN)/python -c 'import catering.app, catering.simulator.serving, catering.workers.working'
AUDITORS := audits/node_modules/.package-lock.json
PROGRESS := '/^Collecting/ && ++n % 20 == 0 { print "Fetching packages … " n; fflush() } \
  /^Installing collected/ { print "Installing " n " packages …"; fflush() }'

.DEFAULT_GOAL := help
.PHONY: help run test check guards audit chaos fuzz fmt schema migration
fuzz: seed := $(or $(seed),$(shell date +%s))
MAKEFLAGS += --no-print-directory
# A shell may forbid Python to keep what it compiled; then each of our processes would compile anew
# for five seconds, at each start.
unexport PYTHONDONTWRITEBYTECODE

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(INSTALLED) ## Run everything on this machine with demo data; Ctrl-C stops it
	@exec $(BIN)/catering up --demo

test: $(INSTALLED) ## Run the whole test suite against real PostgreSQL and Redis
	@exec $(BIN)/pytest -n 4 --dist worksteal

check: $(INSTALLED) ## Check format, rules, types and layers
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

guards: $(INSTALLED) ## Switch off one guard at a time, each has to be missed; only="NAME …"
	@exec $(BIN)/python -m tests.guards $(only)

audit: $(INSTALLED) $(AUDITORS) ## Let the clients and linters of others judge it (needs Node 20)
	@exec $(BIN)/python audits/run.py

fuzz: $(INSTALLED) ## Ask for a minute what nobody would ask, in every role; seed=N asks the same again
	@echo "seed=$(seed)"
	@exec $(BIN)/pytest -rs -o python_files=fuzz.py --hypothesis-seed=$(seed) tests/hostile

chaos: $(INSTALLED) ## Kill, freeze and cut everything while orders flow; seed=N orders=N seconds=N
	@exec $(BIN)/python -m tests.chaos --seed $(or $(seed),$(shell date +%s)) \
	  --orders $(or $(orders),200) --seconds $(or $(seconds),90)

fmt: $(INSTALLED) ## Format the code and mend what can be mended
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

schema: $(INSTALLED) ## Write schema.graphql and docs/permissions.md
	@$(BIN)/catering export-schema > schema.graphql.new
	@mv schema.graphql.new schema.graphql
	@$(BIN)/catering permissions > docs/permissions.md

migration: $(INSTALLED) ## Write the next migration: make migration name=what_it_adds
	@test -n "$(name)" || { echo "Say what it does: make migration name=what_it_adds"; exit 1; }
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/catering migration "$(name)"

$(AUDITORS): audits/package-lock.json
	@cd audits && npm ci --no-audit --no-fund
	@touch $@

# Installed again only when what is installed has changed.
$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "$$($(PYTHON) --version) is too old: Catering needs Python 3.11 or newer."; \
	  echo "Choose another one: make $(or $(firstword $(MAKECMDGOALS)),run) PYTHON=python3.13"; exit 1; }
	@test -x $(BIN)/python || { echo "Making .venv …"; $(PYTHON) -m venv .venv; }
	@rm -f .venv/failed
	@{ $(PIP) --require-hashes -r requirements.lock 2>&1 || touch .venv/failed; } \
	  | tee .venv/install.log | awk $(PROGRESS)
	@test ! -e .venv/failed || { tail -n 15 .venv/install.log; exit 1; }
	@$(PIP) --quiet --no-deps --no-build-isolation -e .
	@$(WARM)
	@touch $@
