# `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8000
export PORT

BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
PYTEST := $(BIN)/python -m pytest
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	--custom-compile-command "make lock" $(UPGRADE)
# Throw-away values: only their presence is checked.
PRODUCTION := env DUTYBOARD_ENV=production DUTYBOARD_VAR=var/check DATABASE_URL=postgres://nobody@localhost/none \
	REDIS_URL=redis://localhost/0 EMAIL_URL=smtp://localhost DEFAULT_FROM_EMAIL=duty@duty.example.org \
	SITE_URL=https://duty.example.org ALLOWED_HOSTS=duty.example.org \
	SECRET_KEY=throw-away-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ \
	ENCRYPTION_KEY=throw-away-9876543210-zyxwvutsrqponmlkjihgfedcba-JIHGFEDCBA \
	SESSION_JWT_KEY=throw-away-1357924680-acegikmoqsuwybdfhjlnprtvxz-ACEGIKMOQS

.PHONY: help setup setup-dev run worker beat shell test soak bench check check-all format lint lock openapi release-openapi messages clean \
	check-format check-lint check-types check-imports check-migrations check-deploy check-openapi check-compatible check-templates check-locks

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

setup: ## make .venv and install requirements.lock; nothing to do when up to date
	@sh tools/setup.sh $(PYTHON) requirements.lock

setup-dev: ## the same with what tests and checks need
	@sh tools/setup.sh $(PYTHON) requirements-dev.lock

run: setup ## migrate, seed demo data when empty, serve on 127.0.0.1:$PORT
	@mkdir -p var/static
	@exec $(BIN)/python tools/run.py 127.0.0.1:$(PORT)

worker: setup ## a Celery worker (needs REDIS_URL)
	@exec $(BIN)/celery -A config.celery worker --loglevel info --concurrency 2

beat: setup ## the Celery clock, one process in all (needs REDIS_URL)
	@mkdir -p var
	@exec $(BIN)/celery -A config.celery beat --loglevel info --schedule var/celerybeat-schedule

shell: setup ## a Python shell with the models
	@exec $(MANAGE) shell

test: setup-dev ## the whole suite on SQLite, then on PostgreSQL; ARGS="..." goes to pytest
	@status=0; for database in sqlite postgres; do \
		TEST_DATABASE=$$database $(PYTEST) -n 2 $(ARGS) || status=1; \
	done; exit $$status

soak: setup-dev ## the heavy tests with whole counts
	@status=0; for database in sqlite postgres; do \
		SOAK=1 TEST_DATABASE=$$database $(PYTEST) -m soak $(ARGS) || status=1; \
	done; exit $$status

bench: setup-dev ## the figures of docs/performance.md; ARGS="..." goes to the bench
	@$(BIN)/python -m bench $(ARGS)

check: setup-dev ## format, lint, types, imports, migrations, deployment, OpenAPI and what it breaks, templates, locks
	@$(MAKE) --no-print-directory --keep-going check-all

check-all: check-format check-lint check-types check-imports check-migrations check-deploy check-openapi check-compatible check-templates check-locks

check-format:
	$(BIN)/ruff format --check --quiet .

check-lint:
	$(BIN)/ruff check --quiet .

check-types:
	$(BIN)/mypy --no-error-summary

check-imports:
	$(BIN)/lint-imports --no-logo --no-cache --config pyproject.toml

check-migrations:
	$(MANAGE) makemigrations --check --dry-run

check-deploy:
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

check-openapi:
	@mkdir -p var
	$(MANAGE) spectacular --file var/openapi.yaml --validate --fail-on-warn
	@diff -u docs/openapi.yaml var/openapi.yaml || { echo "docs/openapi.yaml is out of date: make openapi"; exit 1; }

check-compatible:
	@$(BIN)/python tools/api_changes.py docs/openapi-baseline.yaml docs/openapi.yaml

check-templates:
	$(BIN)/djlint --quiet --lint templates

check-locks:
	@! grep -nE '://|--(extra-)?index-url|--find-links' requirements*.lock || { echo "A lock file names an address"; exit 1; }

lint: setup-dev ## ruff alone
	@$(BIN)/ruff check .

format: setup-dev ## mend format and what ruff can mend
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

openapi: setup-dev ## write docs/openapi.yaml
	@$(MANAGE) spectacular --file docs/openapi.yaml --validate --fail-on-warn

release-openapi: ## at a release: what docs/openapi.yaml says is from now on held against later changes
	@cp docs/openapi.yaml docs/openapi-baseline.yaml

messages: setup ## bring the French catalogue up to date and compile it (needs gettext); tests say what is left
	@$(MANAGE) makemessages --locale fr --ignore .venv --ignore var --no-location --no-obsolete
	@$(MANAGE) compilemessages --locale fr --ignore .venv --ignore var

lock: setup-dev ## write both lock files from pyproject.toml; UPGRADE=--upgrade takes newer versions
	@$(LOCK) pyproject.toml --output-file requirements.lock
	@$(LOCK) --constraint requirements.lock --extra dev pyproject.toml --output-file requirements-dev.lock

clean: ## remove caches; .venv and var/ stay
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
	@rm -rf .ruff_cache .import_linter_cache var/mypy
