# This needs Python 3.10 or newer, git and make. Everything else comes from the package registries.
PYTHON ?= python3
UV := .tools/bin/uv
BIN := .venv/bin
PACKAGES := xero-client tap-xero target-xero xero-fleet xero-sandbox
# Programs of other authors, each in its own environment: .tools/NAME, from requirements/NAME.txt.
TOOLS := $(patsubst requirements/%.in,%,$(wildcard requirements/*.in))
# What the benchmark compares with, and the sandbox is tested with.
BENCH_TOOLS := bench/singer-io
# A test that runs alone, because an Airflow keeps both processors of a small machine busy.
ALONE := tests/fleet/test_fleet_on_airflow.py
export UV_PYTHON_DOWNLOADS := never
export UV_NO_CONFIG := 1
# Many container images set this. Without compiled files, each of the thousands of processes that the tests start
# would compile all libraries again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup tools plugins address demo test test-fast bench bench-fleet docs reference lint lock clean

setup: .venv/.installed

tools: $(TOOLS:%=.tools/%/.installed) $(BENCH_TOOLS:%=.tools/%/.installed) .tools/npm/.installed

$(UV):
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed; name one with make PYTHON=...")'
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check uv

.venv/.installed: requirements.txt $(PACKAGES:%=%/pyproject.toml) | $(UV)
	$(UV) venv --quiet --clear --python $(PYTHON) .venv
	$(UV) pip sync --quiet --python .venv --require-hashes requirements.txt
	$(UV) pip install --quiet --python .venv --no-deps --no-build-isolation $(PACKAGES:%=--editable ./%)
	touch $@

.tools/%/.installed: requirements/%.txt | $(UV)
	$(UV) venv --quiet --clear --python $(PYTHON) .tools/$*
	$(UV) pip sync --quiet --python .tools/$* --require-hashes $<
	touch $@

# Clients of Xero's API that the sandbox is tested with, and what draws the diagrams of the docs site. Without npm, their
# tests are skipped, and browsers load that from another server.
.tools/npm/.installed: requirements/npm/package-lock.json requirements/npm/package.json | $(UV)
	mkdir -p .tools/npm
	cp $^ .tools/npm
	if command -v npm >/dev/null; then npm ci --prefix .tools/npm --ignore-scripts --no-audit --no-fund --silent; fi
	touch $@

demo: setup .tools/meltano/.installed .tools/target-duckdb/.installed
	.tools/target-duckdb/bin/python demo/demo.py

test: setup tools
	$(BIN)/pytest -n 3 --dist worksteal $(ALONE:%=--ignore=%)
	$(BIN)/pytest -n 0 $(ALONE)

# The files that are marked fast: some tests of every package, in less than a minute.
test-fast: setup
	$(BIN)/pytest -n 2 --dist worksteal $$(grep -rl --include="test_*.py" "^pytestmark = pytest.mark.fast" tests)

# Meltano's definitions of tap-xero and target-xero.
plugins: setup
	$(BIN)/python plugins/generate.py

# For the maintainers: make address ADDRESS=https://github.com/OWNER/NAME
address: setup
	$(PYTHON) .ci/address.py $(ADDRESS)
	$(BIN)/python plugins/generate.py

bench: setup $(BENCH_TOOLS:%=.tools/%/.installed)
	$(BIN)/python bench/bench.py

# 10,000 simulated organisations, 500 grants, and 300 organisations on a real Airflow.
bench-fleet: setup .tools/airflow/.installed .tools/target-jsonl/.installed
	$(BIN)/pytest -n 0 -s bench/fleet_bench.py

# The docs site, into site/. It fails on any warning, such as a link that leads nowhere.
docs: .tools/docs/.installed .tools/npm/.installed
	NO_MKDOCS_2_WARNING=1 .tools/docs/bin/mkdocs build --strict --quiet

# The pages in docs/reference, from what the programs say of themselves.
reference: setup
	$(BIN)/python docs/generator

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	for package in $(PACKAGES); do (cd $$package && ../$(BIN)/deptry .) || exit 1; done

lock: | $(UV)
	$(UV) lock --quiet --upgrade
	$(UV) export --quiet --frozen --all-packages --all-groups --no-emit-workspace --no-header --no-annotate --format requirements.txt --output-file requirements.txt
	for tool in $(TOOLS) $(BENCH_TOOLS); do \
		$(UV) pip compile --quiet --upgrade --universal --python-version 3.10 --generate-hashes --no-header --no-annotate --no-emit-index-url requirements/$$tool.in --output-file requirements/$$tool.txt || exit 1; \
	done

clean:
	rm -rf .venv .tools
