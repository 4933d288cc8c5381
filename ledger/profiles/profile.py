"""A profile, made: a plan's files, and what is declared."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

import yaml

from ledger.declared.statement import Statement
from ledger.plan import catalogue, targets, task
from ledger.plan.register import Row
from ledger.plan.registers import COLUMNS, INDICATORS, PROFILE, TARGETS, TASKS
from ledger.profiles.facts import Facts, read_facts
from ledger.profiles.network import make_network
from ledger.profiles.online import add_online
from ledger.profiles.statements import make_statements
from ledger.profiles.units import Cells, make_units


@dataclass(frozen=True, slots=True)
class Profile:
    """`files` are the plan's, by name; `live` the units that are on the network, of which more can be seen."""

    facts: Facts
    files: Mapping[str, str]
    statements: tuple[Statement, ...]
    live: frozenset[str]


def make_profile(name: str) -> Profile:
    """Make one of `facts.NAMES`: the same every time."""
    facts = read_facts(name)
    units = make_units(facts)
    network = make_network(facts, units)
    add_online(facts, units, network)
    registers = {
        "units.csv": units.present,
        "former_units.csv": units.former,
        "later_units.csv": units.later,
        "successions.csv": units.successions,
        "unit_codes.csv": list(units.codes()),
        **network.registers,
    }
    files = {file: _csv(COLUMNS[file], rows) for file, rows in registers.items() if rows or file not in OPTIONAL_HERE}
    return Profile(
        facts=facts,
        files=files | _yaml_files(facts),
        statements=make_statements(facts, units.groups),
        live=frozenset(network.live),
    )


#: Registers that are left out where they would be empty.
OPTIONAL_HERE = frozenset({"former_units.csv", "later_units.csv"})


def _csv(columns: Sequence[str], rows: Iterable[Cells]) -> str:
    text = StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _yaml_files(facts: Facts) -> dict[str, str]:
    """The plan's YAML files, of the sections that they have; targets.yml always."""
    note = {"id": facts.id, "name_vi": facts.name_vi, "name_en": facts.name_en, "day": facts.day.isoformat()}
    files = {PROFILE: _yaml({"profile": [note]})}
    for file, sections in ((TARGETS, targets.SECTIONS), (TASKS, task.SECTIONS), (INDICATORS, catalogue.SECTIONS)):
        rows = {section: [_cells(row) for row in facts.sections[section]] for section in sections}
        if file == TARGETS or any(rows.values()):
            files[file] = _yaml(rows)
    return files


def _cells(row: Row) -> dict[str, str]:
    return {key: value for key, value in row.cells.items() if value}


def _yaml(document: Mapping[str, Sequence[Mapping[str, str]]]) -> str:
    return yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=120)
