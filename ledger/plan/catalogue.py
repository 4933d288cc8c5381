"""Reads indicators.yml: the catalogue that is shipped, and what a province adds to it or says anew."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from ledger.plan.asset import AssetKind
from ledger.plan.indicator import Direction, Field, Indicator, Measure, Owes, Step, ValueUnit, Which
from ledger.plan.register import Row
from ledger.plan.registers import INDICATORS, Registers
from ledger.plan.sections import read_sections

SHIPPED = Path(__file__).parent
TEXTS = ("numerator_vi", "numerator_en", "denominator_vi", "denominator_en")
KEYS = (
    *("id", "name_vi", "name_en", *TEXTS, "value_unit", "direction", "step", "population", "declared", "max_age_days"),
    *("parts_sum", "kind", "owes", "which"),
)
FIELD_KEYS = ("indicator", "field", "name_vi", "name_en", "value_unit")
SECTIONS: Mapping[str, Sequence[str]] = {"indicators": KEYS, "fields": FIELD_KEYS}
PATTERN = "indicators: [{id: UD09, name_vi: …, name_en: …, declared: true}]"
#: What each kind's assets may owe, beside an answer now; a query that asks for something else counts nothing.
FITTING: Mapping[AssetKind, Collection[Owes]] = {
    AssetKind.LAN: {Owes.PARTS},
    AssetKind.CONNECTION_POINT: {Owes.CONNECTION_POINT, Owes.ANSWER},
    AssetKind.UNIT_MAIL: {Owes.OWN},
    AssetKind.UNIT_PORTAL: {Owes.WORKING_PORTAL},
    AssetKind.WORKSTATION: {Owes.OWN},
    AssetKind.SWITCH: {Owes.OWN},
    AssetKind.SERVER: {Owes.OWN},
    AssetKind.ROUTER: {Owes.OWN, Owes.TERMINAL},
    AssetKind.LINK: {Owes.OWN, Owes.CAPACITY, Owes.ANSWER},
    AssetKind.MAIL_DOMAIN: {Owes.OWN, Owes.ANSWER},
    AssetKind.MAILBOX: {Owes.OWN, Owes.USED_MAILBOX},
    AssetKind.SERVICE: {Owes.OWN, Owes.IPV6_SERVICE, Owes.ANSWER},
}


@cache
def shipped() -> Mapping[str, Indicator]:
    """The catalogue that comes with the program, `dict[id, indicator]`, in its order."""
    return dict(_indicators(Registers(SHIPPED), optional=False))


def read_catalogue(registers: Registers) -> Mapping[str, Indicator]:
    """The shipped indicators with the province's own: one of the same id takes the shipped one's place."""
    return {**shipped(), **dict(_indicators(registers, optional=True))}


def _indicators(registers: Registers, *, optional: bool) -> Iterator[tuple[str, Indicator]]:
    rows = read_sections(registers, INDICATORS, SECTIONS, PATTERN, optional=optional)
    fields: dict[str, dict[str, Field]] = defaultdict(dict)
    known = {row.cells["id"]: row for row in rows["indicators"]}
    for row in rows["fields"]:
        indicator = row.reference("indicator", known, INDICATORS)
        field = _field(row)
        registers.own(row, "field", f"{indicator} {field.id}", "field of an indicator")
        fields[indicator][field.id] = field
    for row in rows["indicators"]:
        indicator = row.identifier("id")
        registers.own(row, "id", indicator, "indicator")
        yield indicator, _indicator(row, fields.get(indicator, {}))


def _field(row: Row) -> Field:
    return Field(
        row.identifier("field"),
        row.text("name_vi"),
        row.text("name_en"),
        row.choice("value_unit", ValueUnit) or ValueUnit.COUNT,
    )


def _indicator(row: Row, fields: Mapping[str, Field]) -> Indicator:
    measure, is_declared = _measure(row), _is_true(row, "declared")
    if measure is None and not is_declared:
        row.report("no_evidence", "declared")
    return Indicator(
        id=row.cells["id"],
        name_vi=row.text("name_vi"),
        name_en=row.text("name_en"),
        numerator_vi=row.cells["numerator_vi"],
        numerator_en=row.cells["numerator_en"],
        denominator_vi=row.cells["denominator_vi"],
        denominator_en=row.cells["denominator_en"],
        value_unit=(row.choice("value_unit", ValueUnit) if row.cells["value_unit"] else None) or ValueUnit.RATIO,
        direction=(row.choice("direction", Direction) if row.cells["direction"] else None) or Direction.UP,
        step=row.choice("step", Step) if row.cells["step"] else None,
        population=row.optional("population"),
        measure=measure,
        is_declared=is_declared,
        max_age_days=row.integer("max_age_days", 1, 3660) if row.cells["max_age_days"] else None,
        parts_sum=_is_true(row, "parts_sum"),
        fields=fields,
    )


def _measure(row: Row) -> Measure | None:
    if not row.cells["kind"]:
        for column in ("owes", "which"):
            row.nothing(column, "declared")
        return None
    kind, owes = row.choice("kind", AssetKind), row.choice("owes", Owes)
    which = (row.choice("which", Which) if row.cells["which"] else None) or Which.ALL
    if kind is not None and owes is not None and owes not in FITTING[kind]:
        row.report("bad_choice", "owes", wanted=", ".join(sorted(FITTING[kind])), nearest=min(FITTING[kind]))
    return None if kind is None or owes is None else Measure(kind, owes, which)


def _is_true(row: Row, column: str) -> bool:
    value = row.cells[column]
    if value not in ("", "true", "false"):
        row.report("bad_choice", column, wanted="true, false", nearest="true")
    return value == "true"
