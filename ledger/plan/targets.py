"""Reads targets.yml: what is owed, by when, by which version of which document."""

from collections.abc import Mapping, Sequence

from ledger.plan.due import read_due
from ledger.plan.indicator import Indicator, ValueUnit
from ledger.plan.model import Target
from ledger.plan.problem import nearest
from ledger.plan.register import Row
from ledger.plan.registers import TARGETS, Registers
from ledger.plan.sections import read_sections
from ledger.plan.unit import Level, Unit

KEYS = ("indicator", "field", "unit", "level", "value", "due", "legal_basis", "version", "valid_from")
SECTIONS: Mapping[str, Sequence[str]] = {"targets": KEYS}
PATTERN = "targets: [{indicator: HT06, level: commune, value: 0.9, due: 2026-12-31, legal_basis: …}]"


def read_targets(
    registers: Registers, units: Mapping[str, Unit], indicators: Mapping[str, Indicator]
) -> tuple[Target, ...]:
    """The targets in their order."""
    rows = read_sections(registers, TARGETS, SECTIONS, PATTERN)["targets"]
    return tuple(_target(registers, row, units, indicators) for row in rows)


def _target(registers: Registers, row: Row, units: Mapping[str, Unit], indicators: Mapping[str, Indicator]) -> Target:
    indicator, field = row.text("indicator"), row.optional("field")
    known = indicators.get(indicator)
    if indicator and known is None:
        row.report("unknown_indicator", "indicator", nearest=nearest(indicator, list(indicators)))
    elif known is not None and not known.has_field(field):
        row.report("unknown_field", "field", wanted=indicator, nearest=", ".join(known.fields or {}) or "–")
    unit = row.reference("unit", units, "units.csv") if row.optional("unit") else None
    level = row.choice("level", Level) if row.optional("level") else None
    if not row.optional("unit") and not row.optional("level"):
        row.report("unit_or_level", "unit")
    due, valid_from = read_due(row), row.day("valid_from") if row.optional("valid_from") else None
    key = f"{indicator} {field} {unit} {level} {due} {valid_from}"
    registers.own(row, "indicator", key, "target", code="same_target")
    return Target(
        indicator=indicator,
        value=_value(row, ValueUnit.RATIO if known is None else known.unit_of(field)),
        due=due,
        unit=unit,
        level=level,
        field=field,
        legal_basis=row.optional("legal_basis"),
        version=row.optional("version"),
        valid_from=valid_from,
    )


def _value(row: Row, unit: ValueUnit) -> float:
    if unit is ValueUnit.RATIO:
        return row.ratio("value") or 0.0
    return float(row.integer("value", 1 if unit is ValueUnit.RANK else 0, 10**15) or 0)
