# make run   set up on a fresh machine, start, print the address
# make test  the same, plus what the tests need, then the whole suite
# make bench every figure
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

.PHONY: run test check bench clean system

run: $(VENV)/run.done
	@$(BIN)/python app.py $(ARGS)

test: $(VENV)/dev.done system check
	$(BIN)/python -m pytest tests/unit -n 2 $(ARGS)
	$(BIN)/python -m pytest tests/contract tests/faults -n 2 --dist loadfile $(ARGS)
	$(BIN)/python -m pytest tests/browser $(ARGS)

check: $(VENV)/dev.done
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/dev.done system
	$(BIN)/python -m tests.bench $(ARGS)

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tandem needs Python 3.11 or newer; $(PYTHON) is older. Try: make run PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "The virtual environment could not be made. On Debian or Ubuntu: apt-get install python3-venv"; exit 2; }
	@touch $@

$(VENV)/run.done: requirements.txt | $(VENV)/made
	@echo "Installing the studio into $(VENV) (once, a few minutes) ..."
	@$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/dev.done: requirements-dev.txt requirements-training.txt $(VENV)/run.done
	@$(PIP) install -r requirements-dev.txt
	@touch $@

# A Chromium and two libraries; CHROMIUM names another browser than those looked for.
system:
	@sh tests/install.sh

clean:
	rm -rf $(VENV)
