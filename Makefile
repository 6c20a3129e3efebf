# Two commands do everything: `make demo` and `make test`. Both build .venv when it is missing; the
# tasks themselves are in scripts/tasks.py, which needs no make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# Where this is set, each of the programs that tests start compiles all of its modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-thorough test-lowest lint types wheel docs qgis-plugin bench fuzz clean

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

test test-thorough lint types wheel qgis-plugin: $(VENV)/.installed-test
	$(BIN)/python scripts/tasks.py $@

# The lowest versions that pyproject.toml declares, in an environment of their own.
LOWEST := build/lowest
test-lowest:
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python scripts/lowest.py --out $(LOWEST)/constraints.txt
	$(LOWEST)/bin/python -m pip install --quiet --disable-pip-version-check -c $(LOWEST)/constraints.txt -e '.[test]'
	$(LOWEST)/bin/python -m pytest -n 2 --dist loadfile --max-worker-restart 2 tests

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
