# make demo    sets everything up and runs the siege of Aleppo
# make test    sets everything up and runs all checks: lint, types, tests
# make lint    what .pre-commit-config.yaml lists: lint, format, spelling, layers, types
# make dashboard  sets up what the dashboard needs and opens it in a browser
# make pictures   draws the pictures of the dashboard in the documentation again
# make fuzz    tries the properties on other examples, at random, until it is stopped or one fails
# make site    builds the documentation as a site in build/site
# make packages   builds the wheel and the source archive in dist, and checks them
# make versions   writes down in tested/ which versions the environments of the tests have
# make lowest  sets up the lowest declared versions and runs the unit tests with them
# make bench   measures speed, memory, growth and starting, compares with a plain-Mesa twin, and writes build/benchmarks.md
# make clean   removes what the above have made

comma := ,
PYTHON ?= python3
BIN := .venv/bin
OTHER := .venv-other/bin
# The dashboard is tested where there is a browser to test it with.
BROWSER := $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)
IN_A_BROWSER := $(if $(BROWSER),$(comma)browser)
TESTS := test,docs,publish$(IN_A_BROWSER)
# Rooms whose behaviour may depend on Python or Mesa; pages, figures and readers of files do not.
ON_THE_OTHER := kernels model results runner dashboard
WHOLE_PATHS_ON_THE_OTHER := checkpoint reproducible pairing sweep notebooks

EXTRAS_AT_THEIR_FLOOR := dashboard cluster experiments analysis calibrate docx

# Each step says what it does and how long that takes on two cores, since most say nothing else for minutes.

# Browser tests leave their pictures here.
export SIEGE_SIM_SCREENSHOTS ?= $(CURDIR)/build/screenshots

.PHONY: demo test lint dashboard pictures fuzz lowest bench docs site packages versions clean
.DEFAULT_GOAL := demo

demo: .venv/ready
	$(BIN)/siege-sim run aleppo_2016

test: .venv/ready-for-tests .venv-other/ready
	@$(MAKE) --no-print-directory lint
	@echo "== all tests but those in a browser: about a quarter of an hour"
	@SIEGE_SIM_OTHER_PYTHON="$$(test -x $(OTHER)/python && echo $(CURDIR)/$(OTHER)/python)" \
		$(BIN)/python -m pytest -n auto --dist worksteal --ignore tests/browser --durations 20 --durations-min 15
ifneq ($(BROWSER),)
	@echo "== tests in a browser, which drive it from processes of their own: about six minutes"
	@$(BIN)/python -m pytest -n auto tests/browser
endif
	@test ! -d $(SIEGE_SIM_SCREENSHOTS) || echo "pictures of the dashboard, to be looked at: $(SIEGE_SIM_SCREENSHOTS)"
	@if test -x $(OTHER)/python; then \
		echo "== what depends on Python or Mesa once more, on the other interpreter: about three minutes"; \
		$(OTHER)/python -m pytest -n auto --dist worksteal -q -m "not slow" $(addprefix tests/unit/,$(ON_THE_OTHER)) \
			$(patsubst %,tests/integration/test_%.py,$(WHOLE_PATHS_ON_THE_OTHER)) \
			tests/conformance/test_processes.py tests/regression && \
		$(if $(BROWSER),SIEGE_SIM_SCREENSHOTS=$(SIEGE_SIM_SCREENSHOTS)/other $(OTHER)/python -m pytest -n auto -q tests/browser/test_dashboard.py \
			-k "plays or branch",true); \
	else \
		echo "no second Python interpreter was found; only this one was tested"; \
	fi

dashboard: .venv/ready-for-dashboard
	$(BIN)/siege-sim dashboard aleppo_2016 --open

lint: .venv/ready-for-lint
	@echo "== lint, format, spelling, layers and types: half a minute"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/pre-commit run --all-files --show-diff-on-failure

pictures: .venv/ready-for-tests
	$(BIN)/python -m tests.browser.pictures docs/images
	$(BIN)/python -m publishing.figures docs

fuzz: .venv/ready-for-tests
	@echo "== properties on random examples, again and again; stop with Ctrl-C"
	@while SIEGE_SIM_EXAMPLES=search $(BIN)/python -m pytest -q -n auto tests/property; do :; done

# What the tests themselves use, and what the declared packages bring along, is of today: its warnings are let pass.
lowest: .venv/made
	@echo "== the lowest declared versions, in .venv-lowest, and the unit tests with them: about five minutes"
	@$(BIN)/python -m venv .venv-lowest
	@$(BIN)/python tests/lowest_versions.py $(EXTRAS_AT_THEIR_FLOOR) > .venv-lowest/versions.txt
	@.venv-lowest/bin/python -m pip install --quiet --requirement .venv-lowest/versions.txt pytest pytest-xdist hypothesis jsonschema
	@.venv-lowest/bin/python -m pip install --quiet --no-deps --editable .
	@.venv-lowest/bin/python -m pytest -n auto -q -m "not slow" -o filterwarnings=default --disable-warnings tests/unit

bench: .venv/ready-for-tests
	@mkdir -p build
	$(BIN)/python -m tests.benchmarks --page build/benchmarks.md
	@echo "read build/benchmarks.md"

docs: .venv/ready-for-tests
	$(BIN)/python -m siege_sim.cli.reference docs
	$(BIN)/python -m siege_sim.cli.mechanisms docs
	$(BIN)/python -m publishing.tutorial docs

site: .venv/ready-for-tests
	@echo "== the documentation site: some seconds"
	@$(BIN)/python -m publishing.site build/site
	@echo "open build/site/index.html"

packages: .venv/ready-for-tests
	@rm -rf dist
	$(BIN)/python -m build --outdir dist
	$(BIN)/python -m twine check --strict dist/*

versions: .venv/ready-for-tests .venv-other/ready
	@for python in $(BIN)/python $(OTHER)/python; do test ! -x $$python || $$python -m publishing.versions \
		> tested/python$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])').txt; done

clean:
	rm -rf .venv .venv-other .venv-lowest build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "siege_sim needs Python 3.11 or newer; call: make PYTHON=/path/to/python3.11"; exit 1; }
	@echo "== making an environment in .venv: some seconds"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --upgrade pip
	@touch $@

.venv/ready: .venv/made pyproject.toml
	@echo "== installing what a run needs: about a minute"
	@$(BIN)/python -m pip install --quiet --editable .
	@touch $@

.venv/ready-for-lint: .venv/made pyproject.toml
	@echo "== installing what a run and lint need: about a minute"
	@$(BIN)/python -m pip install --quiet --editable '.[lint]'
	@touch $@ .venv/ready

.venv/ready-for-tests: .venv/made pyproject.toml
	@echo "== installing what the tests need: about two minutes"
	@$(BIN)/python -m pip install --quiet --editable '.[lint,$(TESTS)]'
	@touch $@ .venv/ready .venv/ready-for-lint

.venv/ready-for-dashboard: .venv/made pyproject.toml
	@echo "== installing what a run and the dashboard need: about a minute"
	@$(BIN)/python -m pip install --quiet --editable '.[dashboard]'
	@touch $@ .venv/ready

# A second interpreter with the other supported Mesa, where the machine has one.
.venv-other/ready: .venv/made pyproject.toml tests/second_interpreter.py
	@mkdir -p .venv-other
	@other="$$($(BIN)/python tests/second_interpreter.py)"; \
	if test -n "$$other"; then \
		echo "== installing the same for a second interpreter, $$other: about two minutes"; \
		"$$other" -m venv .venv-other && \
		$(OTHER)/python -m pip install --quiet --upgrade pip && \
		$(OTHER)/python -m pip install --quiet --editable '.[test$(IN_A_BROWSER)]'; \
	fi
	@touch $@
