# Bao Phủ. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
VENV := .venv/bin
export MAKE_GOAL = $(firstword $(MAKECMDGOALS))

.PHONY: help setup demo test ci processes bare-and-checks test-fast test-long test-lab lab-province lab-bare check fuzz bench-snmp bench-ledger lab-up lab-down bundle translations screenshots

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## make this checkout ready: Debian packages, .venv, translations
	@./setup/setup

demo: setup  ## plan, provision, see and count a whole province on this machine (DEMO_ONCE=1 ends by itself)
	@$(VENV)/baophu demo $(if $(DEMO_ONCE),--once) $(if $(LAB_IMAGE),--image $(LAB_IMAGE))

test: setup processes  ## every test, the lab's included
	@$(MAKE) --no-print-directory -j 2 lab-province lab-bare

ci: setup processes  ## what a change must pass: every test, and beside the lab, which mostly waits, every check and some fuzz
	@$(MAKE) --no-print-directory -j 2 lab-province bare-and-checks

processes: setup
	@$(VENV)/pytest -n 2 tests/unit tests/repo
	@$(VENV)/pytest -n 2 --dist loadfile tests/rules tests/integration
	@$(VENV)/pytest -n 2 --dist loadfile tests/web

bare-and-checks: lab-bare
	@nice $(MAKE) --no-print-directory check
	@nice $(MAKE) --no-print-directory fuzz

test-fast: setup  ## unit and repository tests only, under a minute
	@$(VENV)/pytest -n 2 tests/unit tests/repo

test-long: setup  ## what has a short form in the tests, at length: properties (hours), 200 killed writers, ten million inputs
	@HYPOTHESIS_PROFILE=long $(VENV)/pytest -n 2 tests/unit tests/integration/test_ledger_faults.py
	@$(VENV)/python -m tests.fuzz.fuzz_snmp --inputs 10000000

test-lab: setup  ## the lab's tests only
	@$(MAKE) --no-print-directory -j 2 lab-province lab-bare

lab-province:
	@$(VENV)/pytest --durations=12 tests/lab --ignore=tests/lab/test_6_bare.py

lab-bare:  # it has a lab of its own, and is done long before the other
	@$(VENV)/pytest -q tests/lab/test_6_bare.py

check: setup  ## format, lint, types, imports, Ansible, YAML, shell, spelling
	@$(VENV)/ruff format --check .
	@$(VENV)/ruff check .
	@$(VENV)/mypy
	@MYPYPATH=tests/unit/support:tests/lab/support:tests/integration/support:tests/web/support:playbooks/plugins $(VENV)/mypy --explicit-package-bases tests
	@MYPYPATH=playbooks/plugins $(VENV)/mypy --explicit-package-bases playbooks/plugins/{modules,action,callback,napalm_frr} playbooks/plugins/inventory/plan.py playbooks/plugins/plan_host_vars.py
	@$(VENV)/mypy setup/bundle.py
	@$(VENV)/mypy -p bench.snmp
	@$(VENV)/mypy -p bench.ledger
	@$(VENV)/mypy bench/scrape.py
	@$(VENV)/lint-imports
	@$(VENV)/yamllint --strict .
	@$(VENV)/ansible-lint --offline --profile production -q
	@shellcheck setup/setup .ci/run $$(git ls-files '*.sh')
	@$(VENV)/codespell

fuzz: setup  ## whatever an agent could send, to all that reads it: 60 s of it, or INPUTS=10000000 SEED=7
	@$(VENV)/python -m tests.fuzz.fuzz_snmp $(if $(INPUTS),--inputs $(INPUTS)) $(if $(SEED),--seed $(SEED))

bench-snmp: setup  ## polling and exposition beside their peers, on this machine: a table, build/bench/snmp.json
	@./setup/setup bench/snmp/debian.txt
	@$(VENV)/python -m bench.snmp.run

bench-ledger: setup  ## the ledger's writing, judging and counting beside their peers: a table, build/bench/ledger.json
	@$(VENV)/python -m bench.ledger.run

screenshots: setup  ## take the page's pictures for docs/images, from a made-up month of a province
	@PYTHONPATH=tests/web/support $(VENV)/python tests/web/support/screenshots.py docs/images inventory/lab

lab-up: setup  ## boot the lab's hosts, unconfigured
	@$(VENV)/baophu lab up

lab-down:  ## take every lab of this checkout down, the demo's too, whatever state it is in
	@if [ -x $(VENV)/baophu ]; then $(VENV)/baophu lab down --all; fi

bundle: setup  ## dist/baophu-VERSION-bundle.tar: all that a server without the Internet needs to run this
	@$(VENV)/python setup/bundle.py

translations: setup  ## gather messages from the code into ledger/locale, to be translated there
	@mkdir -p .baophu
	@$(VENV)/pybabel -q extract -F setup/babel.cfg -k N_ --no-location --no-wrap --sort-output --omit-header -o .baophu/baophu.pot api baophu collectors exporter lab ledger
	@$(VENV)/pybabel -q update --no-wrap --no-fuzzy-matching -D baophu -i .baophu/baophu.pot -d ledger/locale -l vi
	@sed -i -E '1{/^$$/d};/^"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|MIME-Version|Content-Transfer-Encoding|Generated-By):/d' ledger/locale/vi/LC_MESSAGES/baophu.po
