# Paygate's front door. `make help` lists what there is. Needs Python >= 3.11 and make, nothing else.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
STACK := $(PYTHON) -m deploy.embedded
UNIT := contracts chassis acquirer services examples tests/tools

export PYTHONPATH := $(CURDIR)
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONHOME

.PHONY: help up down status logs ui restart reset reset-kafka demo merchant user tail consumer \
	dead-letters replay-dead-letters audit test test-unit test-standstill test-compose prove bench bench-quick bench-pages compatibility lint types lock docs \
	venv venv-dev

help: ## List every target
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-20s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: venv ## Start everything: Postgres, Kafka, every service, the test shop (fg=1 stays in the foreground)
	@$(STACK) up $(if $(fg),--foreground)

down: venv ## End everything; data is kept
	@$(STACK) down

status: venv ## Show every process: state, restarts, uptime, address
	@$(STACK) status

logs: venv ## Follow the logs of all processes, or of one: make logs s=api
	@$(STACK) logs $(s)

ui: venv ## Build what runs in the browser, unless nothing has changed (make up does so by itself)
	@$(STACK) ui

restart: venv ## Restart one service and wait until it is ready: make restart s=api
	@$(STACK) restart $(or $(s),$(error Say which service: make restart s=api))

reset: venv ## Remove all data after asking (yes=1 does not ask)
	@$(STACK) reset $(if $(yes),--yes)

reset-kafka: venv ## Remove Kafka's data alone; the services go on from Postgres (asks at a terminal only; yes=1 does not)
	@$(STACK) reset-kafka $(if $(yes),--yes)

demo: venv ## Take one payment through everything and show each step
	@$(PYTHON) -m tools.demo

merchant: venv ## Make a merchant with API keys of its own: make merchant name="My shop" [email=me@shop.example]
	@NAME='$(subst ','\'',$(name))' EMAIL='$(subst ','\'',$(email))' $(PYTHON) -m tools.merchant

user: venv ## Let somebody sign in at the dashboard: make user email=ann@shop.example [role=admin] [name=Ann] [merchant=mer_…]
	@EMAIL='$(subst ','\'',$(email))' NAME='$(subst ','\'',$(name))' ROLE='$(subst ','\'',$(role))' \
		MERCHANT='$(subst ','\'',$(merchant))' $(PYTHON) -m tools.user

tail: venv ## Follow payment and refund events on Kafka, as an integration would
	@$(PYTHON) -m tools.tail

consumer: venv ## Run the example of an integration: payment events, exactly once, into a database of its own
	@$(PYTHON) -m tools.consumer

dead-letters: venv ## List the records that no service could handle (TOPIC=… shows one topic's)
	@$(PYTHON) -m tools.dead_letters list $(if $(TOPIC),--topic '$(TOPIC)')

replay-dead-letters: venv ## Send dead letters to their topic again, once mended: TOPIC=payment.events.v1 [ID=evt_…]
	@$(PYTHON) -m tools.dead_letters replay $(if $(ID),--id '$(ID)') \
		--topic '$(or $(TOPIC),$(error Say which topic: make replay-dead-letters TOPIC=payment.events.v1))'

audit: venv ## Prove from the rows that no money is wrong and nothing was lost
	@$(PYTHON) -m tools.audit

test: venv-dev ## Run every test but the full counts, in two processes (10 minutes at most)
	@$(PYTHON) -m pytest -m "not prove" -n 2

test-unit: venv-dev ## Run the tests that need no server (20 seconds at most)
	@$(PYTHON) -m pytest -m "not prove and not stack and not postgres and not kafka" $(UNIT)

test-standstill: venv-dev ## Run every test on a machine that stands still for a second now and then (12 minutes)
	@$(PYTHON) -m tests.standstill

test-compose: venv-dev ## Start the containers of docker-compose.yml and take a payment through them
	@$(PYTHON) -m tools.test_compose

prove: venv-dev ## Run the full counts of what Paygate promises, and show the figures
	@$(PYTHON) -m pytest -m prove -s

bench: venv-dev ## Measure everything on a stack of its own, then audit it (only=accept,full SECONDS=60 SIZE=10000000 pairs=3)
	@$(PYTHON) -m tests.load.bench $(if $(only),--only $(only)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(SIZE),--size $(SIZE)) $(if $(window),--window $(window)) $(if $(pairs),--pairs $(pairs)) $(if $(out),--out $(out))

bench-quick: venv-dev ## See in two minutes that everything that is measured can be: short windows, no figures to judge by
	@$(PYTHON) -m tests.load.bench --quick $(if $(only),--only $(only)) $(if $(out),--out $(out))

bench-pages: venv-dev ## Measure when each page of the dashboard can be used with 1,000,000 payments (6 minutes, 8 GB)
	@$(PYTHON) -m tests.load.pages

compatibility: venv-dev ## Hold today's public events against every released version of them
	@$(PYTHON) -m tools.compatibility

lint: venv-dev ## Check style, formatting and the arrows between packages
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports
	@$(STACK) ui lint

types: venv-dev ## Check types, strictly
	@$(PYTHON) -m mypy .
	@$(STACK) ui types

lock: venv-dev ## Write the locks of the Python packages and of Kafka's jars anew (needs uv)
	@for list in requirements requirements-embedded requirements-dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			--no-emit-index-url --no-emit-find-links -o $$list.lock $$list.in || exit 1; \
	done
	@$(PYTHON) -W ignore -m deploy.embedded.maven lock

docs: venv-dev ## Write the generated pages and specifications anew
	@$(PYTHON) -m tools.docs

venv:
	@deploy/venv.sh requirements-embedded.lock

venv-dev:
	@deploy/venv.sh requirements-dev.lock
