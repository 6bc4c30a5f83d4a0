# `make run` is all a user needs; `make help` lists the rest.
PYTHON := .venv/bin/python

# .venv when it is there, else a Python 3.11 of the machine's.
find_python = for python in $(PYTHON) python3.11 python3 python; do \
	if $$python -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then break; fi; python=; done; \
	if [ -z "$$python" ]; then echo "Intervi needs Python 3.11: install it, or put it first on the PATH."; exit 1; fi

.DEFAULT_GOAL := run
.PHONY: help run test lint build web lock migration messages clean install install-dev

run: install  ## Start everything and print the address (PORT, HOST, INTERVI_HOME)
	@exec $(PYTHON) -m intervi.supervision

test: install-dev  ## Run every test (ARGS="tests/accounts -k login" for some)
	@$(PYTHON) -m intervi.supervision.tools
	@$(PYTHON) -m intervi.supervision.frontend
	@$(PYTHON) -m pytest $(ARGS)

lint: install-dev  ## Style, types, and who may import whom
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports

build: install  ## Build the pages, if anything they are made of has changed
	@$(PYTHON) -m intervi.supervision.frontend

web: build  ## The web process alone, in the foreground; needs PostgreSQL and Redis
	@exec $(PYTHON) -m intervi.supervision.web

lock: install-dev  ## Write the hashed lock files anew from the .in files
	@.venv/bin/uv pip compile requirements-uv.in --generate-hashes --python-version 3.11 -o requirements-uv.txt -q
	@.venv/bin/uv pip compile requirements.in --override requirements-overrides.txt --generate-hashes --python-version 3.11 -o requirements.txt -q
	@.venv/bin/uv pip compile requirements-dev.in --override requirements-overrides.txt --generate-hashes --python-version 3.11 -o requirements-dev.txt -q

migration: install-dev  ## Write a migration for what changed in the tables (m="what changed"); needs `make run` beside it
	@$(PYTHON) -m alembic revision --autogenerate -m "$(m)"

messages: install-dev  ## Bring the translators' catalogues in intervi/locales up to date with the texts there are
	@$(PYTHON) -m intervi.supervision.messages

clean:  ## Remove what was installed and built; recordings and accounts in var/ stay
	@rm -rf .venv .web .states assets/external .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

install:
	@$(find_python); exec $$python -m intervi.supervision.install

install-dev:
	@$(find_python); exec $$python -m intervi.supervision.install --dev

help:  ## This list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
