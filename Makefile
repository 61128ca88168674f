# Two commands do everything on a fresh machine: `make run` (a demo, needs python3 only) and `make test`.

PYTHON ?= python3
PORT ?= 8081
ARGS ?=
PACKAGES ?= build/packages
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
COMPILE := $(PY) -m piptools compile --quiet --strip-extras --no-header --no-annotate --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host --no-emit-options
NPM := npm install --no-package-lock --no-audit --no-fund --loglevel=error

# the page's files as production has them, where esbuild is there; `make run STATIC_ROOT=` takes them as they are
STATIC_ROOT ?= $(if $(shell command -v esbuild),$(CURDIR)/build/static)
COLLECTED := $(if $(STATIC_ROOT),$(STATIC_ROOT)/staticfiles.json)

export PORT
unexport PYTHONDONTWRITEBYTECODE # compiled once, not by each of the many processes that tests start
.DEFAULT_GOAL := help
.PHONY: help run test setup check test-sqlite test-mariadb chaos image-check bench measure screenshots vendored package \
	format messages contracts upgrade-state requirements clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: export DEBUG := 1
run: $(VENV)/.run $(COLLECTED) ## serve a demo on http://127.0.0.1:8081 (PORT changes it); needs no MySQL, Redis or compiler
	@STATIC_ROOT="$(STATIC_ROOT)" $(PY) manage.py run_demo --port $(PORT)

test: setup $(VENV)/.test ## install what is missing, then check and test everything, as CI does
	@mkdir -p build; $(MAKE) --no-print-directory check >build/check.log 2>&1 & check=$$!; \
	$(MAKE) --no-print-directory test-sqlite; tests=$$?; \
	wait $$check; checked=$$?; cat build/check.log; exit $$((tests + checked))
	@$(MAKE) --no-print-directory test-mariadb

setup: ## install the servers and headers that the tests need, by apt
	@bash .ci/setup "$(PYTHON)"

check: export DEBUG := 1
check: $(VENV)/.test ## format, lint, types, imports, missing migrations
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy .
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run

test-sqlite: $(VENV)/.test ## the tests on SQLite and the in-memory layer, those that need servers left out; ARGS go to pytest
	TEST_BACKEND=sqlite $(PY) -m pytest -n auto -m "not e2e and not servers" $(ARGS)

test-mariadb: $(VENV)/.test ## those with a database or servers, on private MariaDBs (or TEST_DATABASE_URL) and private Redises
	TEST_BACKEND=mariadb $(PY) -m pytest -n auto -m "(database or servers or e2e) and not chaos" $(ARGS)

chaos: $(VENV)/.test ## minutes of faults under load; SEED repeats a run, ARGS go to pytest
	CHAOS_SERVERS=3 CHAOS_SEED=$(SEED) $(PY) -m pytest tests/e2e/chaos -m chaos $(ARGS)

image-check: setup $(VENV)/.test ## build the image without Docker and prove it, with MySQL, MariaDB and Redis (root; ARGS=--keep runs it again)
	@command -v debootstrap >/dev/null || { echo "A Debian is made by it: apt-get install debootstrap iproute2"; exit 1; }
	$(PY) -m tests.image $(ARGS)

bench: setup $(VENV)/.bench ## measure speed and memory, write docs/benchmarks; ARGS="fan_out --rounds 1" for one part
	$(PY) -m tests.load $(ARGS)

measure: $(VENV)/.test ## what opening the chat page costs a member of 200 and of 1,000 rooms; ARGS="200 --rounds 1" for less
	@$(PY) -m tests.browser.measure $(ARGS)

package: ## the JavaScript client as npm publishes it, into PACKAGES: a tarball that `npm install` takes (needs npm)
	@mkdir -p $(PACKAGES)
	npm pack ./chatproject/static/chat --pack-destination $(PACKAGES) --loglevel=error

vendored: $(VENV)/.test ## bring the scripts of others that the chat page serves, in the versions of tests/chat_page/vendored (needs npm)
	mkdir -p build/vendored && cp tests/chat_page/vendored/package.json build/vendored
	$(NPM) --prefix build/vendored
	$(PY) -m tests.chat_page.vendored build/vendored

screenshots: $(VENV)/.test ## pictures of the chat page into docs/screenshots (needs chromium-headless-shell)
	$(PY) -m tests.browser.screenshots

format: $(VENV)/.test ## put the sources in order
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

messages: export DEBUG := 1
messages: $(VENV)/.test ## collect the texts that people read into chatproject/locale and compile them
	$(PY) manage.py collect_messages

contracts: export DEBUG := 1
contracts: $(VENV)/.test ## write anew what machines read: docs/asyncapi.json, docs/export.schema.json
	$(PY) manage.py asyncapi >docs/asyncapi.json
	$(PY) manage.py export_schema >docs/export.schema.json

upgrade-state: $(VENV)/.test ## keep the database of this version, from which `migrate` must come to all later ones (needs MariaDB)
	$(PY) -m tests.upgrades

requirements: $(VENV)/bin/python ## pin anew what pyproject.toml asks for
	$(PIP) pip-tools
	@rm -f requirements.txt requirements-dev.txt
	$(COMPILE) --all-extras --output-file requirements-dev.txt pyproject.toml
	$(COMPILE) --extra mysql --extra redis --extra s3 --constraint requirements-dev.txt --output-file requirements.txt pyproject.toml
	@for file in requirements.txt requirements-dev.txt; do \
		{ echo "# Made from pyproject.toml by: make requirements"; cat $$file; } >$$file.new && mv $$file.new $$file; \
	done

clean: ## remove the virtual environment, the demo database and everything made
	rm -rf $(VENV) build *.egg-info staticfiles db.sqlite3* .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache tests/*/node_modules tests/load/node/node_modules

# --- the virtual environment; a stamp says what is installed in it ---------------------------------

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: say which by make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
		|| { echo "This Python cannot make virtual environments: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml requirements-dev.txt | $(VENV)/bin/python
	$(PIP) --constraint requirements-dev.txt .
	@touch $@

ifneq ($(STATIC_ROOT),)
$(COLLECTED): $(VENV)/.run chatproject/http/page_bundle.py $(shell find chatproject/static messaging/static -type f)
	@rm -rf "$(STATIC_ROOT)"
	@STATIC_ROOT="$(STATIC_ROOT)" $(PY) manage.py collectstatic --no-input --verbosity 0 --ignore redoc
endif

$(VENV)/.test: requirements-dev.txt tests/contracts/package.json | $(VENV)/bin/python
	$(NPM) --prefix tests/contracts & npm=$$!; $(PIP) --requirement requirements-dev.txt && wait $$npm
	@touch $@

$(VENV)/.bench: $(VENV)/.test tests/load/requirements.txt tests/load/node/package.json
	@command -v npm >/dev/null || { echo "The benchmarks compare with Node: apt-get install npm"; exit 1; }
	$(PIP) --constraint requirements-dev.txt --requirement tests/load/requirements.txt
	$(NPM) --prefix tests/load/node
	@touch $@
