"""Reads a publication's lines again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ledger.declared.amount import Amount, AmountUnit, Qualifier, ValueState
from ledger.declared.statement import Declared, Mark, Place, Scope, Statement
from ledger.figure import AssetRow, Availability, Coverage
from ledger.plan import (
    AssetKind,
    Direction,
    Field,
    Indicator,
    Level,
    Measure,
    Owes,
    Step,
    Target,
    Unit,
    ValueUnit,
    Which,
)
from ledger.publication.frozen import Frozen, Header


@dataclass(frozen=True, slots=True)
class Thawed:
    """The lines of a publication, read again: `figures` as the JSON values that were published, with their lines."""

    frozen: Frozen
    figures: tuple[tuple[int, dict[str, Any]], ...]


def thawed(lines: Sequence[str]) -> Thawed:
    """Read lines whose seals are right."""
    by_sort: dict[str, list[dict[str, Any]]] = {}
    figures: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(lines, 1):
        sort, values = json.loads(line)
        by_sort.setdefault(sort, []).append(values)
        if sort == "figure":
            figures.append((number, values))
    header = by_sort["header"][0]
    frozen = Frozen(
        header=Header(**{**header, **_days(header, "first", "last"), **_instants(header, "as_of", "published_at")}),
        units=tuple(Unit(**{**v, "level": Level(v["level"])}) for v in by_sort.get("unit", [])),
        indicators=tuple(_read_indicator(v) for v in by_sort.get("indicator", [])),
        targets=tuple(_read_target(v) for v in by_sort.get("target", [])),
        declared=tuple(_read_declared(v) for v in by_sort.get("declared", [])),
        rows=tuple(_read_row(v) for v in by_sort.get("row", [])),
        figures=(),
    )
    return Thawed(frozen, tuple(figures))


def _days(values: Mapping[str, Any], *names: str) -> dict[str, date | None]:
    return {name: None if values[name] is None else date.fromisoformat(values[name]) for name in names}


def _instants(values: Mapping[str, Any], *names: str) -> dict[str, datetime | None]:
    return {name: None if values[name] is None else datetime.fromisoformat(values[name]) for name in names}


def _read_indicator(values: dict[str, Any]) -> Indicator:
    measure = values["measure"]
    fields = (Field(**{**each, "value_unit": ValueUnit(each["value_unit"])}) for each in values["fields"])
    read = {
        "value_unit": ValueUnit(values["value_unit"]),
        "direction": Direction(values["direction"]),
        "step": None if values["step"] is None else Step(values["step"]),
        "measure": measure and Measure(AssetKind(measure["kind"]), Owes(measure["owes"]), Which(measure["which"])),
        "fields": {field.id: field for field in fields},
    }
    return Indicator(**{**values, **read})


def _read_target(values: dict[str, Any]) -> Target:
    level = None if values["level"] is None else Level(values["level"])
    return Target(**{**values, "level": level, **_days(values, "due", "valid_from")})


def _read_declared(values: dict[str, Any]) -> Declared:
    amount, place = values["amount"], values["place"]
    read = Amount(
        state=ValueState(amount["state"]),
        value=None if amount["value"] is None else Decimal(amount["value"]),
        unit=AmountUnit(amount["unit"]),
        qualifier=None if amount["qualifier"] is None else Qualifier(amount["qualifier"]),
        numerator=amount["numerator"],
        denominator=amount["denominator"],
        is_estimated=amount["is_estimated"],
    )
    said = Statement(
        indicator=values["indicator"],
        unit=values["unit"],
        day=date.fromisoformat(values["day"]),
        amount=read,
        scope=Scope(values["scope"]),
        level=None if values["level"] is None else Level(values["level"]),
        field=values["field"],
        mark=Mark(values["mark"]),
        place=None if place is None else Place(**place),
    )
    return Declared(said, values["imported"])


VERDICTS: Mapping[str, Coverage | Availability] = {
    **{verdict.value: verdict for verdict in Availability},
    **{verdict.value: verdict for verdict in Coverage},
}


def _read_row(values: dict[str, Any]) -> AssetRow:
    return AssetRow(
        asset=values["asset"],
        kind=None if values["kind"] is None else AssetKind(values["kind"]),
        unit=values["unit"],
        site=values["site"],
        indicator=values["indicator"],
        verdict=VERDICTS[values["verdict"]],
        since=_instants(values, "since")["since"],
        last_seen=_instants(values, "last_seen")["last_seen"],
        seen_at_unit=values["seen_at_unit"],
        detail=None,
        availability=None,
        lifecycle=None,
        planned_from=_days(values, "planned_from")["planned_from"],
    )
