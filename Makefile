# Two commands do everything: `make demo` and `make test`. Both build .venv when it is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: demo test test-thorough test-lowest lint types wheel docs bench fuzz clean

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "greencover needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(PIP_INSTALL) -e .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(PIP_INSTALL) -e '.[test,lint]'
	@touch $@

# The main job on the sample county; results in results/sample.
demo: $(VENV)/.installed
	$(BIN)/greencover demo --out results/sample

test: lint
	# Each of the two keeps one core busy.
	$(MAKE) -j2 types wheel
	$(BIN)/python -m pytest -n 2 --dist loadfile --max-worker-restart 2 -m 'not thorough' --nbmake --doctest-modules tests notebooks src/greencover

# What takes long and has a faster test of its kind beside it: larger data, more draws, slower faults.
test-thorough: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n 2 --dist load -m thorough tests

# The lowest versions that pyproject.toml declares, in an environment of their own.
LOWEST := build/lowest
test-lowest:
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python scripts/lowest.py --out $(LOWEST)/constraints.txt
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check -c $(LOWEST)/constraints.txt -e '.[test]'
	$(LOWEST)/bin/python -m pytest -n 2 --dist loadfile --max-worker-restart 2 tests

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/check_house.py

types: $(VENV)/.installed-test
	$(BIN)/mypy

# The wheel carries the sample: install it apart from the source tree and run it from elsewhere.
wheel: $(VENV)/.installed-test
	rm -rf build/wheel
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir build/wheel .
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target build/wheel/site build/wheel/greencover-*.whl
	cd build/wheel && PYTHONPATH=site ../../$(BIN)/python -m greencover demo --out results > demo.txt
	grep -q 'site/greencover/sample' build/wheel/demo.txt
	cd build/wheel/results && ls -s report.html assessment.xlsx assessment.parquet gaps.gpkg provenance.json maps/roadside-greening.png maps/verdict-matrix.png

# The site of the documentation, in build/docs/html; a warning ends it.
docs: $(VENV)/.installed-test
	$(PIP_INSTALL) -e '.[docs]'
	$(BIN)/python scripts/make_docs.py --out build/docs

# Against peers in the same run; writes docs/benchmarks.md. Takes a while and several GB of disk.
bench: $(VENV)/.installed-test
	$(PIP_INSTALL) -e '.[bench]'
	$(BIN)/python -m benchmarks --out docs/benchmarks.md

# Every hostile and damaged input, then ten minutes for each target; one of them alone: make fuzz TARGETS=layers SECONDS=3600
TARGETS ?= layers tables campaigns rasters engine
SECONDS ?= 600
fuzz: $(VENV)/.installed-test
	$(BIN)/python -m tests.hostile
	for target in $(TARGETS); do $(BIN)/python -m tests.fuzz $$target --seconds $(SECONDS) || exit 1; done

clean:
	rm -rf build dist results $(VENV)
