# Needs Python 3.10+, git and make; everything else comes from the package registries.
PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
PACKAGES := xero-client tap-xero target-xero xero-sandbox
export UV_PYTHON_DOWNLOADS := never
export UV_NO_CONFIG := 1

.PHONY: setup demo test bench lint lock clean

setup: .venv/.installed

$(UV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed; name one with make PYTHON=...")'
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv

.venv/.installed: requirements.txt $(PACKAGES:%=%/pyproject.toml) | $(UV)
	$(UV) venv --quiet --clear --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python .venv --require-hashes requirements.txt
	$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation $(PACKAGES:%=--editable ./%)
	touch $@

test: setup
	$(BIN)/pytest -n 2

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	for package in $(PACKAGES); do (cd $$package && ../$(BIN)/deptry .) || exit 1; done

lock: | $(UV)
	$(UV) lock --quiet --upgrade
	$(UV) export --quiet --frozen --all-packages --all-groups --no-emit-workspace --no-header --no-annotate --format requirements.txt --output-file requirements.txt

clean:
	rm -rf .venv .tools
