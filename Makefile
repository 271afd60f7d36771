# Each target sets up what it needs. `make help` lists them.

PYTHON_IN_VENV := .venv/bin/python
RUN_STAMP := .venv/.installed
DEV_STAMP := .venv/.installed-dev
UPKEEP_STAMP := .venv/upkeep/.installed
PIP := $(PYTHON_IN_VENV) -m pip install --quiet --disable-pip-version-check
COMPILE := $(PYTHON_IN_VENV) -m piptools compile --quiet --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe
CHECKED := app demo shell_demo stripe_sandbox dev benchmarks torture tests/support tests/factories.py \
	config.py database_addresses.py demo_notes.py environ.py identity_provider.py secret_keys.py settings_checks.py trusted_shell.py voice_portal_billing.py \
	wsgi.py

# One more than the cores of a small machine: tests wait for Stripe's stand-in, the database and the browser.
TEST_PROCESSES ?= 3
# The process that is done first takes over from the others. For a single file a second one costs more than it saves.
ONE_FILE = $(filter 1,$(words $(foreach each,$(ARGS),$(findstring .py,$(each)))))
IN_PROCESSES = $(if $(ONE_FILE),0,$(TEST_PROCESSES))
# All is collected once, and then forked (tests/support/processes.py).
PYTEST = $(PYTHON_IN_VENV) -m pytest --processes $(IN_PROCESSES)
# Of many cases some stand for the others (tests/support/representatives.py), unless one says what to run.
SOME = $(if $(ARGS),,--cases representative)
# What takes long by design has no limit for each test: the person who started it sees what it waits for.
PATIENT := -o timeout=0 -o faulthandler_timeout=0
# Tests with generated examples look a little way in every run; with these settings they look far.
FAR := METERING_EXAMPLES=300 PLAN_EXAMPLES=60 HOSTILE_EXAMPLES=1000 GRACE_EXAMPLES=2000 HOLDS_EXAMPLES=200 BOTH_WAYS_EXAMPLES=1000 \
	LEDGER_EXAMPLES=300 BRAKE_EXAMPLES=30 ORDER_EXAMPLES=300 FUZZ_EXAMPLES=100 PDF_EXAMPLES=60 FORECAST_EXAMPLES=8 ALERT_EXAMPLES=200 \
	LIMIT_EXAMPLES=100 LOTS_EXAMPLES=150 RATING_EXAMPLES=2000 ENVELOPE_EXAMPLES=1000 CORRECTIONS_EXAMPLES=300
# Between them they issue what the product does to the database.
WITH_STATEMENTS := api billing cli people reconciliation retention stripe_events webhooks work
SECTION ?=

.PHONY: help run test test-fast test-every-case test-others test-long test-sandbox quarter keyboard axe looks states lighthouse upgrade-rehearsal failover-drill torture lint lint-style lint-types lint-imports format bench bench-compare bench-long requirements screenshots schema texts wheel image-steps audit secret-scan licenses sbom clean reset-demo restore-drill soak statements

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

run: $(RUN_STAMP) ## Start the product with demo data (PORT=8000 SHELL_DEMO_PORT=8002)
	@exec $(PYTHON_IN_VENV) -m dev.run

# Tests start the product's programs over and over: those are compiled once, whatever the shell says.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(DEV_STAMP) ## Run the tests; where ARGS="tests/billing/topups -k review" says which, every case of those
	@$(PYTHON_IN_VENV) -m dev.testing
	@$(PYTEST) $(SOME) $(ARGS)
	$(if $(ARGS),,@$(MAKE) --no-print-directory test-sandbox ARGS="--ignore tests/browser")

test-fast: export PYTHONDONTWRITEBYTECODE :=
test-fast: $(DEV_STAMP) ## Run the tests that need no browser
	@$(PYTEST) --ignore tests/browser $(SOME) $(ARGS)

test-every-case: export PYTHONDONTWRITEBYTECODE :=
test-every-case: $(DEV_STAMP) ## Run every case of every test, also those that others stand for in `make test`
	@$(PYTHON_IN_VENV) -m dev.testing
	@$(PYTEST) $(ARGS)
	$(if $(ARGS),,@$(MAKE) --no-print-directory test-sandbox)

test-others: export PYTHONDONTWRITEBYTECODE :=
test-others: $(DEV_STAMP) ## Run the cases that others stood for in `make test`: with those it's every case
	@$(PYTHON_IN_VENV) -m dev.testing
	@$(PYTEST) --cases others
	@$(MAKE) --no-print-directory test-sandbox ARGS="tests/browser"

test-long: export PYTHONDONTWRITEBYTECODE :=
test-long: $(DEV_STAMP) ## Let the tests with generated examples look far; takes an hour or more
	@$(FAR) $(PYTEST) $(PATIENT) $(shell grep -rl --include 'test_*.py' _EXAMPLES tests) $(ARGS)

statements: export PYTHONDONTWRITEBYTECODE :=
statements: $(DEV_STAMP) ## Find statements that don't say for which organization they are, and aren't listed
	@$(PYTEST) $(PATIENT) --statements --cases representative $(or $(ARGS),$(addprefix tests/,$(WITH_STATEMENTS)))

test-sandbox: export PYTHONDONTWRITEBYTECODE :=
test-sandbox: $(DEV_STAMP) ## Run the tests of Stripe's stand-in only (ARGS="tests/test_cards.py")
	@cd stripe_sandbox && ../$(PYTHON_IN_VENV) -m pytest -n $(IN_PROCESSES) --dist worksteal $(ARGS)

axe: export PYTHONDONTWRITEBYTECODE :=
axe: $(DEV_STAMP) ## Let axe-core look at every page, in every state, look and width (ARGS="-k frame")
	@$(PYTEST) $(PATIENT) tests/browser/every_page/axe.py $(ARGS)

looks: export PYTHONDONTWRITEBYTECODE :=
looks: $(DEV_STAMP) ## Look at every page in forced colors, magnified, spaced, on paper, and at its outline
	@$(PYTEST) $(PATIENT) tests/browser/every_page/looks.py $(ARGS)

states: export PYTHONDONTWRITEBYTECODE :=
states: $(DEV_STAMP) ## Photograph every page in every state, in every look and width, into docs/screenshots/states
	@rm -rf docs/screenshots/states
	@$(PYTEST) $(PATIENT) tests/browser/every_page/photographs.py $(ARGS)

lighthouse: $(DEV_STAMP) ## Run Lighthouse on every page, signed in (PAGES="wallet.show" FORMS=mobile)
	@$(PYTHON_IN_VENV) -m dev.lighthouse

quarter: export PYTHONDONTWRITEBYTECODE :=
quarter: $(DEV_STAMP) ## Play a quarter of a busy organization on a test clock, with auto top-up; takes minutes
	@QUARTER=1 $(PYTHON_IN_VENV) -m pytest -q $(PATIENT) tests/scenarios/test_busy_weeks.py $(ARGS)

keyboard: export PYTHONDONTWRITEBYTECODE :=
keyboard: $(DEV_STAMP) ## Do every task by keyboard alone, in every place and browser, and print how many keys each takes
	@$(PYTHON_IN_VENV) -m dev.testing
	@$(PYTHON_IN_VENV) -m pytest --processes $(TEST_PROCESSES) $(PATIENT) tests/browser/keyboard/everywhere.py $(ARGS)

upgrade-rehearsal: $(DEV_STAMP) ## Upgrade from the version before and back, under traffic (REHEARSAL_TRANSFERS=100000 REHEARSAL_MIGRATIONS=1)
	@$(PYTHON_IN_VENV) -m torture.rehearsal upgrade

failover-drill: $(DEV_STAMP) ## Kill the primary under traffic, let the standby take over, and compare the books (REHEARSAL_FAILOVERS=3)
	@$(PYTHON_IN_VENV) -m torture.rehearsal failover

torture: $(DEV_STAMP) ## Let everything go wrong for 100,000 operations, and prove that nothing was lost (TORTURE_SECONDS=120)
	@$(PYTHON_IN_VENV) -m torture

restore-drill: $(DEV_STAMP) ## Lose the database in the middle of traffic, restore it, and see what comes back; needs pgBackRest
	@$(PYTHON_IN_VENV) -m torture.restoring

soak: $(DEV_STAMP) ## Run at a steady pace for hours, and draw what must stay flat into docs/soak.md (SOAK_HOURS=8)
	@$(PYTHON_IN_VENV) -m torture.soak

lint: lint-style lint-types lint-imports lint-words ## Check style, types and who imports whom, and the words

lint-style: $(DEV_STAMP)
	$(PYTHON_IN_VENV) -m ruff check .
	$(PYTHON_IN_VENV) -m ruff format --check .

lint-types: $(DEV_STAMP)
	$(PYTHON_IN_VENV) -m mypy $(CHECKED)

lint-imports: $(DEV_STAMP)
	.venv/bin/lint-imports

lint-words: $(DEV_STAMP)
	$(PYTHON_IN_VENV) -m dev.words

format: $(DEV_STAMP) ## Format the code and fix what ruff can
	$(PYTHON_IN_VENV) -m ruff check --fix .
	$(PYTHON_IN_VENV) -m ruff format .

bench: $(DEV_STAMP) ## Measure speed and size (SECTION=pages)
	@$(PYTHON_IN_VENV) -m benchmarks $(SECTION)

bench-compare: $(DEV_STAMP) ## Say what moved between two runs beyond their noise (OLD=benchmarks/results/… NEW=…)
	@$(PYTHON_IN_VENV) -m benchmarks.compare "$(OLD)" "$(NEW)"

bench-long: $(DEV_STAMP) ## Measure growth to 10^7 transfers, and a statement of a month of 10^6 lines; an hour or so
	@BENCH_TRANSFERS=10000000 BENCH_LINES=1000000 $(PYTHON_IN_VENV) -m benchmarks growth filters documents

screenshots: $(DEV_STAMP) ## Photograph the pages into docs/screenshots
	@$(PYTHON_IN_VENV) -m dev.screenshots

schema: $(DEV_STAMP) ## Draw the schema from a migrated database into docs/schema.md
	@$(PYTHON_IN_VENV) -m dev.schema

requirements: $(DEV_STAMP) ## Pin what requirements*.in ask for
	$(COMPILE) --output-file requirements.txt requirements.in
	$(COMPILE) --output-file requirements-dev.txt requirements-dev.in
	$(COMPILE) --output-file requirements-upkeep.txt requirements-upkeep.in

texts: $(DEV_STAMP) ## Bring the catalogs of translations up to date with the texts in the code
	@$(PYTHON_IN_VENV) -m dev.texts

wheel: $(DEV_STAMP) ## Build the package into dist/
	@rm -rf build dist
	@$(PYTHON_IN_VENV) -m build --wheel --no-isolation --outdir dist .
	@rm -rf build *.egg-info

image-steps: $(DEV_STAMP) ## Do the steps of the container image without a builder, and start what comes of it
	@$(PYTHON_IN_VENV) -m dev.image

audit: $(UPKEEP_STAMP) ## Look for known vulnerabilities in what is pinned; 3 where the data can't be reached
	@$(PYTHON_IN_VENV) -m dev.upkeep audit

secret-scan: $(RUN_STAMP) ## Look for secrets in everything that was ever committed
	@$(PYTHON_IN_VENV) -m dev.upkeep secret-scan

licenses: $(UPKEEP_STAMP) ## Print the license of each package, and find those that aren't allowed
	@$(PYTHON_IN_VENV) -m dev.upkeep licenses

sbom: $(UPKEEP_STAMP) ## Write the bill of materials into dist/ (CycloneDX)
	@$(PYTHON_IN_VENV) -m dev.upkeep sbom

clean: ## Remove .venv and caches; the demo's data stays
	rm -rf .venv .pytest_cache .test_cluster .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

reset-demo: ## Forget the demo's data; the next run loads it again
	@$(PYTHON_IN_VENV) -m dev.reset_demo

$(RUN_STAMP): requirements.txt
	@dev/venv.sh
	@echo "Installing what the product runs on …"
	@$(PIP) -r requirements.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	@echo "Installing what the tests and checks need …"
	@$(PIP) -r requirements-dev.txt
	@touch $@

# In an environment of its own: nothing of it is needed to run or to test the product.
$(UPKEEP_STAMP): requirements-upkeep.txt $(DEV_STAMP)
	@echo "Installing what looks after the rest …"
	@$(PYTHON_IN_VENV) -m venv --clear .venv/upkeep
	@.venv/upkeep/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-upkeep.txt
	@touch $@
