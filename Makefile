PYTHON := .venv/bin/python

.PHONY: help build web
help:  ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

build:  ## Build the front end, if anything it is made from has changed
	@$(PYTHON) -m intervi.supervision.frontend

web: build  ## The web process alone, in the foreground (PORT=8000); needs PostgreSQL and Redis
	@$(PYTHON) -m intervi.supervision.web
