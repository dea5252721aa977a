# make run: from a fresh clone to a running server. Needs Python 3.11 or newer, nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(BIN)/python -m uv
HTTP ?= 127.0.0.1:8090
DIST ?= dist

.PHONY: help setup run dev test test-postgres check fix lint docs screenshots lock dist clean

help:  ## show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# bytecode is made here, once: read-only folders and PYTHONDONTWRITEBYTECODE would cost each start two seconds
setup: $(BIN)/.runtime $(BIN)/.development  ## install everything, tools for development too

run: $(BIN)/.runtime  ## start the server on 127.0.0.1:8090 (HTTP=host:port for elsewhere)
	@$(BIN)/python manage.py serve --http $(HTTP)

dev: $(BIN)/.runtime  ## start the development server, which reloads when a file changes
	@$(BIN)/python manage.py runserver $(HTTP)

test: test-postgres  ## run all tests
	@$(BIN)/python -m tests.postgres beside $(BIN)/python -m pytest -q -n 3 --dist worksteal

# where there is PostgreSQL, once more on it all that can differ between databases: servers that tests start
# have databases there too. Not what has a database of PostgreSQL in both runs, the dashboard's pages in a
# browser, what is built into dist/, and the settings one by one: they are one JSON text in one row
test-postgres: $(BIN)/.development
	@$(BIN)/python -m tests.postgres on $(BIN)/python -m pytest -q -n 3 --dist worksteal \
		--ignore tests/packaging --ignore tests/http/test_settings_parity.py \
		-m "not sqlite and not browser and not (server and postgres)"

lint: $(BIN)/.development
	@$(BIN)/ruff check -q . && $(BIN)/ruff format -q --check .
	@$(BIN)/mypy --no-error-summary .
	@$(BIN)/lint-imports > $(VENV)/imports.log || (cat $(VENV)/imports.log; exit 1)
	@$(BIN)/python manage.py makemigrations --check --dry-run -v 0 --settings config.settings.test

check: lint test  ## lint, types, layers, then all tests

fix: $(BIN)/.development  ## format, and mend what the linter can
	@$(BIN)/ruff check -q --fix . ; $(BIN)/ruff format -q .

docs: $(BIN)/.development  ## check that the docs name every hook, setting, command and field type
	@$(BIN)/python -m pytest -q tests/docs

screenshots: $(BIN)/.development  ## take pictures of the dashboard's screens into docs/images
	@$(BIN)/python -m tests.dashboard_app.screenshots

lock: $(BIN)/.development  ## write the lock files anew from pyproject.toml
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --upgrade \
		pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-header --extra dev \
		-c requirements.lock pyproject.toml -o requirements-dev.lock

dist: $(BIN)/.development  ## build the wheel and the single file holdall.pyz into dist/
	@rm -rf build $(DIST)/holdall-*.whl $(DIST)/holdall.pyz
	@$(UV) build -q --wheel --out-dir $(DIST) .
	@$(UV) pip install -q --python $(BIN)/python --target build/pyz \
		-r requirements.lock $(DIST)/holdall-*.whl
	@$(BIN)/shiv -c holdall --site-packages build/pyz -o $(DIST)/holdall.pyz
	@rm -rf build

clean:  ## remove what was installed and cached; data stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name it: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) && $(BIN)/python -m pip install -q --disable-pip-version-check \
		$$(grep -o '^uv==[0-9.]*' requirements-dev.lock) || { rm -f $@; exit 1; }  # half of it is made anew

$(BIN)/.runtime: requirements.lock | $(BIN)/python
	@$(UV) pip install -q --compile-bytecode --python $(BIN)/python -r requirements.lock
	@$(BIN)/python -m compileall -q config realtime *_app
	@touch $@

$(BIN)/.development: requirements-dev.lock | $(BIN)/python
	@$(UV) pip install -q --compile-bytecode --python $(BIN)/python -r requirements-dev.lock
	@touch $@
