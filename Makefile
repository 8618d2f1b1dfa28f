PYTHON ?= python3
BIN := .venv/bin

.PHONY: serve test lint docs lock bench conformance clean

serve: .venv/.installed
	$(BIN)/mediaworks serve

test: .venv/.installed .venv-s3/.installed
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: .venv/.installed
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

docs: .venv/.installed
	$(BIN)/python -m mediaworks.transformations.reference docs

bench: .venv/.installed .venv-s3/.installed
	$(BIN)/python -m benchmarks

conformance: .venv/.conformance .venv-s3/.installed
	-test -d conformance/node_modules || (cd conformance && npm ci --silent)
	$(BIN)/python -m conformance

.venv/.conformance: .venv/.installed requirements/conformance.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/conformance.txt
	touch $@

.venv/.installed: requirements/dev.txt requirements/build.txt requirements/faces.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mediaworks needs Python 3.11 or newer; call: make PYTHON=python3.12 …")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/faces.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

.venv-s3/.installed: requirements/s3server.txt
	test -x .venv-s3/bin/python || $(PYTHON) -m venv .venv-s3
	.venv-s3/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/s3server.txt
	touch $@

lock:
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header pyproject.toml -o requirements/base.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --extra s3 pyproject.toml -c requirements/base.txt -o requirements/s3.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --extra redis --extra nats pyproject.toml -c requirements/base.txt -o requirements/sinks.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --excludes requirements/faces.excludes --overrides requirements/faces.overrides --extra faces pyproject.toml -c requirements/base.txt -o requirements/faces.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --group dev pyproject.toml -c requirements/base.txt -o requirements/dev.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --group conformance -c requirements/dev.txt -o requirements/conformance.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header requirements/build.in -o requirements/build.txt
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-annotate --no-header requirements/s3server.in -o requirements/s3server.txt

clean:
	rm -rf .venv .venv-s3
