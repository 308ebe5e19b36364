# Needs python3 >= 3.11, GNU make and a package index; all else goes into .venv.
# Paths are relative and programs are started as `python -m`, so that the folder of the clone
# may have any name, with spaces too, and may be moved.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# -qq, because pip warns once a package where a machine's own settings name folders it lacks.
PIP := $(PY) -m pip --disable-pip-version-check --no-input -qq
# What is shipped is made from what is shipped, whatever folder of one's own is named.
SHIPPED := env -u GOVSTATS_DATA -u GOVSTATS_LANG $(PY)

# A stamp is touched when its step is done; a step runs again when an input is newer.
INSTALLED := $(VENV)/.installed
BUILT := .make/built
EXECUTED := .make/executed
PAPER := .make/paper

# Folders are listed with the raw files, so that a file taken away counts as a change.
RAW := $(shell find data/raw data/corrections.csv 2>/dev/null)
CODE := $(shell find govstats -name '*.py' -o -name '*.toml' -o -name '*.csv' 2>/dev/null)
NOTEBOOKS := $(wildcard notebooks/[0-9][0-9]_*.ipynb)
# Kept with their seed, as they take an hour: python -m govstats.models.calibration and .power.
SIMULATED := $(wildcard data/processed/calibration.csv data/processed/power.csv)
TABLES := data/processed/datapackage.json data/processed/panel.csv data/processed/reports.csv

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup reproduce notebooks paper test lint lab lock clean FORCE

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: $(INSTALLED) ## install the package and all it needs into .venv

reproduce: $(PAPER) ## rebuild data/processed, notebooks, figures, tables; say what changed
	@$(SHIPPED) -m govstats.paper tell

notebooks: $(EXECUTED) ## run the notebooks, if they or what they read has changed

paper: $(PAPER) ## tables/ (LaTeX, HTML, CSV) and paper/: numbers, lists, manifest

test: $(INSTALLED) ## run the tests
	@$(PY) -m pytest --numprocesses auto --dist loadfile

.PHONY: test-all release
test-all: $(INSTALLED) ## run the quick tests with every Python from 3.11 to 3.13 that is found
	@$(PY) tools/every_python.py

lint: $(INSTALLED) ## check style (ruff) and types (mypy)
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy --no-error-summary

# Copies, as JupyterLab changes the file of a notebook that is merely opened. The second root makes
# kernels start in the root of the repository, as notebooks/execute.py does. By itself JupyterLab
# would look for extensions and newer versions, and ask whether to show news.
LAB_SETTINGS := $(VENV)/share/jupyter/lab/settings
QUIET := {"@jupyterlab/apputils-extension:notification": {"checkForUpdates": false, "fetchNews": "false"}}
lab: $(INSTALLED) ## open copies of the notebooks (my-notebooks) in JupyterLab; LAB=options, as --allow-root
	@mkdir -p my-notebooks
	@for each in notebooks/[0-9][0-9]_*.ipynb; do test -e "my-$$each" || cp "$$each" "my-$$each"; done
	@mkdir -p $(LAB_SETTINGS) && echo '$(QUIET)' > $(LAB_SETTINGS)/overrides.json
	@$(PY) -m jupyterlab my-notebooks/00_start_here.ipynb --MappingKernelManager.root_dir=. \
		--LabApp.extension_manager=readonly $(LAB)

lock: $(PY) ## bring requirements.lock in step with pyproject.toml (UPGRADE=1: newest versions)
	@$(PIP) install uv
	@$(PY) -m uv pip compile pyproject.toml --output-file requirements.lock --quiet --no-config \
		--universal --python-version 3.11 --fork-strategy fewest --all-extras --generate-hashes \
		--custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

release: $(INSTALLED) ## build wheel and sdist into dist/ and try them in a new environment
	@$(PY) tools/release.py

clean: ## remove .venv and caches; data, notebooks and figures stay
	@rm -rf $(VENV) .make dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
	@find govstats tests notebooks tools benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(PY):
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "No $(PYTHON) found. Name one: make PYTHON=/path/to/python3.11 setup" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "govstats needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" --version 2>&1)." >&2; \
		echo "Name a newer one: make PYTHON=python3.12 setup" >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear $(VENV) >/dev/null 2>&1 \
		|| "$(PYTHON)" -m virtualenv --quiet --clear $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
		echo "$(PYTHON) could not make a virtual environment in $(VENV)." >&2; \
		echo "On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

# The lock names the build backend too, so that nothing comes without a known hash.
$(INSTALLED): $(PY) requirements.lock pyproject.toml
	@echo "Installing into $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# A table that is gone is made again, whatever the stamp says.
$(BUILT): $(INSTALLED) $(RAW) $(CODE) $(if $(filter-out $(wildcard $(TABLES)),$(TABLES)),FORCE)
	@mkdir -p $(@D)
	@$(SHIPPED) -m govstats.paper remember
	@$(SHIPPED) -m govstats build --raw data/raw --out data/processed
	@mkdir -p docs && $(SHIPPED) -m govstats codebook > docs/codebook.md
	@$(SHIPPED) -m govstats codebook forms > docs/forms.md
	@$(SHIPPED) -m govstats codebook metrics > docs/metrics.md
	@touch $@

# Running a notebook rewrites its file; the stamp comes last and so is newer.
$(EXECUTED): $(BUILT) $(SIMULATED) $(NOTEBOOKS) notebooks/execute.py
	@$(SHIPPED) -m govstats.paper remember
	@$(SHIPPED) notebooks/execute.py
	@touch $@

# What the steps before have changed is told at the end of `make reproduce`, also when they were
# run one by one.
$(PAPER): $(EXECUTED)
	@$(SHIPPED) -m govstats.paper remember
	@$(SHIPPED) -m govstats.paper
	@touch $@
