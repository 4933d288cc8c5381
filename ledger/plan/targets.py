"""Reads targets.yml: what is owed, by when."""

from collections.abc import Collection, Mapping

import yaml

from ledger.plan.files import read_text, refuse_unfit
from ledger.plan.model import Target
from ledger.plan.problem import nearest
from ledger.plan.register import Register, Row
from ledger.plan.registers import NO_DAY, TARGETS, Registers
from ledger.plan.unit import Level, Unit

KEYS = ("indicator", "unit", "level", "value", "due", "legal_basis")
PATTERN = "targets: [{indicator: HT06, level: commune, value: 0.9, due: 2026-12-31, legal_basis: …}]"
NULL = "tag:yaml.org,2002:null"


def read_targets(
    registers: Registers, units: Mapping[str, Unit], indicators: Collection[str] | None
) -> tuple[Target, ...]:
    """The targets in their order; `indicators` are the ids that one may name, None: any."""
    register = registers.by_file[TARGETS] = Register(TARGETS)
    text = read_text(register, registers.folder / TARGETS, PATTERN)
    if text is not None:
        _take_rows(register, text)
    return tuple(_target(registers, row, units, indicators) for row in register)


def _take_rows(register: Register, text: str) -> None:
    """Each mapping under `targets:` becomes a row; scalars are taken as they are written."""
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.reader.ReaderError as error:
        register.fail("bad_yaml", text.count("\n", 0, error.position) + 1)
        return
    except yaml.MarkedYAMLError as error:
        register.fail("bad_yaml", error.problem_mark.line + 1 if error.problem_mark else None)
        return
    except RecursionError:
        register.fail("bad_yaml")
        return
    found = [value for key, value in root.value if key.value == "targets"] if isinstance(root, yaml.MappingNode) else []
    if not found or not isinstance(found[0], yaml.SequenceNode):
        register.fail("bad_targets", wanted=PATTERN)
        return
    for node in found[0].value:
        if isinstance(node, yaml.MappingNode):
            _take(register, node)
        else:
            register.report("bad_targets", node.start_mark.line + 1, wanted=PATTERN)


def _take(register: Register, target: yaml.MappingNode) -> None:
    row = Row(register, target.start_mark.line + 1, dict.fromkeys(KEYS, ""))
    is_flat = True
    for key, value in target.value:
        if not isinstance(key, yaml.ScalarNode) or key.value not in KEYS:
            register.report("unknown_key", row.number, value=str(key.value), nearest=nearest(str(key.value), KEYS))
        elif not isinstance(value, yaml.ScalarNode):
            row.report("bad_text", key.value)
            is_flat = False
        elif value.tag != NULL:
            row.cells[key.value] = value.value
    refuse_unfit(row)
    if is_flat:
        register.rows.append(row)


def _target(registers: Registers, row: Row, units: Mapping[str, Unit], indicators: Collection[str] | None) -> Target:
    indicator, due = row.text("indicator"), row.day("due")
    if indicator and indicators is not None and indicator not in indicators:
        row.report("unknown_indicator", "indicator", nearest=nearest(indicator, list(indicators)))
    unit = row.reference("unit", units, "units.csv") if row.optional("unit") else None
    level = row.choice("level", Level) if row.optional("level") else None
    if (row.optional("unit") is None) == (row.optional("level") is None):
        row.report("unit_or_level", "unit")
    registers.own(row, "indicator", f"{indicator} {unit} {level} {due}", "target", code="same_target")
    return Target(
        indicator=indicator,
        value=row.ratio("value") or 0.0,
        due=due or NO_DAY,
        unit=unit,
        level=level,
        legal_basis=row.optional("legal_basis"),
    )
