# Every target sets up what it needs; nothing has to be installed by hand but Python 3.11+, git and make.
.DEFAULT_GOAL := help
.PHONY: help demo test wide fuzz image digests secrets generated mutants flood outages matrix faults halts calling pauses takeovers state-machine splits clicks record several leaders rounds failovers workers away bench soak control pictures check audit format lock clean backtest parity
PYTHON ?= python3
SECONDS ?= 30
BIN := .venv/bin
READY := .venv/.ready
# uv installs from the same lock and the same index as pip, in a tenth of the time.
# Compiled once at the set-up, a start takes three seconds less, and every test process as well.
UV := VIRTUAL_ENV=.venv $(BIN)/uv pip
STUCK := || { echo "Set-up stopped, see above. Is the package index reachable (network, HTTPS_PROXY, PIP_INDEX_URL), and has the disk 1 GB free? Then run make $(MAKECMDGOALS) again."; exit 1; }

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or later is needed: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -w . || { echo "This folder can't be written: copy it to one that can, and run make there."; exit 1; }
	@echo "Set-up 1/3: a Python environment in .venv"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv $(STUCK)
	@awk '/^uv==/ {on = 1} on {print} on && !/\\$$/ {exit}' requirements.lock > .venv/uv.txt $(STUCK)
	@echo "Set-up 2/3: the libraries of the lock file (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement .venv/uv.txt $(STUCK)
	@$(UV) install --quiet --compile-bytecode --require-hashes --requirement requirements.lock $(STUCK)
	@echo "Set-up 3/3: trading-bot itself"
	@$(UV) install --quiet --no-deps --no-build-isolation --editable . $(STUCK)
	@touch $@

demo: $(READY) ## Bring up the whole desk in a browser, with recorded prices and no account
	@$(BIN)/trading-bot demo $(ARGS)

test: $(READY) ## Run all tests
	$(BIN)/python -m pytest $(ARGS)

image: $(READY) ## Build the image without a daemon, run it as its own user, and list its ten largest parts
	$(BIN)/python -m tools.image $(ARGS)

digests: ## Pin the images of others by digest, to what their tags name today
	$(PYTHON) -m tools.digests $(ARGS)

secrets: ## Generate the secrets that the compose files hand to containers, in secrets/
	$(PYTHON) -m tools.secrets

mutants: $(READY) ## Let each call to the outside say something wrong, and see whether a test notices: ONLY=market
	$(BIN)/python -m tests.mutants $(if $(ONLY),--only $(ONLY)) $(ARGS)

wide: $(READY) ## Run all tests with every row of their long tables, of which make test tries some
	WIDE=1 $(BIN)/python -m pytest $(ARGS)

fuzz: $(READY) ## Send nonsense and forgeries to the desk, and let Slack answer oddly: INPUTS=20000 SEED=7
	INPUTS=$(or $(INPUTS),20000) SEED=$(or $(SEED),7) $(BIN)/python -m pytest -n 0 -s -m fuzz tests/attacks tests/bot/delivery/test_lost_channel.py

flood: $(READY) ## Take every HTTP connection of a desk at 1,024 descriptors, SECONDS=30 for each of three shapes: CONNECTIONS=1100
	$(BIN)/python -m tests.floods --seconds $(SECONDS) --connections $(or $(CONNECTIONS),1100)

outages: $(READY) ## Lose each outside system in turn while the desk trades, for SECONDS=30 each, and print what came of it
	OUTAGE_SECONDS=$(SECONDS) $(BIN)/python -m pytest -m outages --numprocesses=0

matrix: $(READY) ## Let each outside system refuse, hang, answer nonsense ... while the desk trades; writes docs/safety.md
	$(BIN)/python -m tests.outages

faults: $(READY) ## Kill a trading desk again and again: KILLS=200 DATABASE=sqlite or postgresql, SEED=n repeats one, JOBS=2 chapters at once
	$(BIN)/python -m tests.faults --kills $(or $(KILLS),200) --database $(or $(DATABASE),sqlite) $(if $(SEED),--seed $(SEED)) $(if $(JOBS),--jobs $(JOBS))

halts: $(READY) ## Halt a desk RUNS=200 times, quiet and in the middle of its work, and print how long each took
	$(BIN)/python -m tests.faults.halting --runs $(or $(RUNS),200) $(if $(SEED),--seed $(SEED))

calling: $(READY) ## Kill desks while the first line is silent, and see whether the second is called in time: PROPOSALS=1000 DATABASE=both SEED=7
	$(BIN)/python -m tests.calling --proposals $(or $(PROPOSALS),1000) --database $(or $(DATABASE),both) $(if $(SEED),--seed $(SEED))

pauses: $(READY) ## Let a bot sleep in the middle of an order while another halts; measure ORDERS=100 last looks
	$(BIN)/python -m tests.faults.pauses --orders $(or $(ORDERS),100)

takeovers: $(READY) ## Let a leader sleep at each point of an order's way while another process takes over; print the table
	$(BIN)/python -m tests.faults.takeovers

state-machine: $(READY) ## Let traders, market, broker and other hands play against it: RUNS=500 STEPS=50 DATABASE=sqlite or postgresql
	RUNS=$(or $(RUNS),500) STEPS=$(or $(STEPS),50) DATABASE=$(or $(DATABASE),sqlite) \
	  $(BIN)/python -m pytest -n 0 --timeout 0 tests/faults/test_state_machine.py tests/faults/test_outside_machine.py

splits: $(READY) ## Split, or spin off, what a desk holds at random, with restarts: RUNS=300
	RUNS=$(or $(RUNS),300) $(BIN)/python -m pytest -n 0 -s --timeout 0 tests/faults/test_splits.py tests/faults/test_spin_offs.py

clicks: $(READY) ## Deliver the same clicks 1,000 times
	CLICKS=$(or $(CLICKS),1000) $(BIN)/python -m pytest -n 0 --timeout 0 tests/faults/test_clicks.py

record: $(READY) ## Run every campaign in one go, in pieces that are kept in docs, and write docs/record.md: SIZE=100 percent, SEED=7, ONLY=halts
	$(BIN)/python -m tests.record --size $(or $(SIZE),100) --seed $(or $(SEED),7) --only '$(ONLY)' $(if $(RESULTS),--results $(RESULTS))

leaders: $(READY) ## Kill and pause, ROUNDS=100 times, whichever of three processes leads, and see whether two ever do: SEED=7
	$(BIN)/python -m tests.several.leaders --rounds $(or $(ROUNDS),100) $(if $(SEED),--seed $(SEED))

rounds: $(READY) ## Play the example ROUNDS=100 times on a desk of 7 processes, killed and paused meanwhile: SEED=7 RESULTS=rounds.jsonl
	$(BIN)/python -m tests.several.rounds --rounds $(or $(ROUNDS),100) $(if $(SEED),--seed $(SEED)) $(if $(RESULTS),--results $(RESULTS))

failovers: $(READY) ## Let Valkey and PostgreSQL fail over ROUNDS=24 times to servers that lost the last second, below such a desk: SEED=7
	$(BIN)/python -m tests.several.failovers --rounds $(or $(ROUNDS),24) $(if $(SEED),--seed $(SEED))

several: $(READY) ## Let two and three bots deliver NOTICES=500 from one database, and kill them again and again: SEED=7
	$(BIN)/python -m tests.several --notices $(or $(NOTICES),500) $(if $(SEED),--seed $(SEED))

workers: $(READY) ## Kill and stop workers, and take their broker away, over ROUNDS=30; on RabbitMQ too, where there is one
	$(BIN)/python -m tests.several.worker_rounds --rounds $(or $(ROUNDS),30) $(if $(SEED),--seed $(SEED))
	$(BIN)/python -m pytest -n 0 -m rabbitmq tests/several/test_rabbitmq.py

away: $(READY) ## Change CHANGES=50 of TRADES=1000 positions while the desk is away, and see what it is told when it is back
	$(BIN)/python -m tests.faults.away --trades $(or $(TRADES),1000) --changes $(or $(CHANGES),50)

.venv/.bench: $(READY) benchmarks/requirements.lock
	$(UV) install --quiet --require-hashes --requirement benchmarks/requirements.lock
	touch $@

bench: .venv/.bench ## Measure everything, and the peers beside it; ONLY=scan_tick measures one
	$(BIN)/python -m benchmarks $(if $(ONLY),--only $(ONLY))

backtest: $(READY) ## Trade the seed's strategy on the recorded prices, and keep result and page in build/backtest: ARGS=...
	$(BIN)/trading-bot backtest --data recorded --output build/backtest $(ARGS)

parity: $(READY) ## Trade RUNS=200 generated markets by the simulation and by the live engine, stepped; every trade must be the same: SEED=1
	$(BIN)/python -m tests.engine.backtest.parity --runs $(or $(RUNS),200) --seed $(or $(SEED),1)

soak: $(READY) ## Let a desk trade DAYS=5 at 300 times the speed, see whether it stays flat and what a day adds: ROLES=one or all, SYMBOLS=12 SEED=7
	$(BIN)/python -m benchmarks.soak --roles $(or $(ROLES),one) --days $(or $(DAYS),5) --symbols $(or $(SYMBOLS),12) --seed $(or $(SEED),7) $(ARGS)

control: $(READY) ## Let the strategy trade where nothing can be won, and exit 1 if it wins; writes docs/honesty.md
	$(BIN)/python -m benchmarks.control $(if $(SEED),--seed $(SEED))

generated: $(READY) ## Write what is made from the code: the manifest's commands, docs/commands.md, README's table, .env.example
	$(BIN)/python -m tools.generated

pictures: $(READY) ## Draw the pictures of docs/pictures again, in Chromium
	$(BIN)/python -m tools.pictures $(ARGS)

check: $(READY) ## Lint, type-check and hold the architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: $(READY) ## Known vulnerabilities, licences and the bill of materials (build/sbom.cdx.json) of requirements.lock
	$(BIN)/python -m tools.audit $(ARGS)

format: $(READY) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY) ## Pin every dependency again, with hashes and without an index host
	$(UV) compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --no-emit-find-links --extra mcp --extra otel --group dev --output-file requirements.lock pyproject.toml
	$(UV) compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-emit-index-url --no-emit-find-links --group bench --constraint requirements.lock \
	  --output-file benchmarks/requirements.lock

clean: ## Remove what the other targets made
	rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
