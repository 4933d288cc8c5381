"""Reads a publication's lines again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ledger.declared.amount import Amount, AmountUnit, Qualifier, ValueState
from ledger.declared.statement import Declared, Mark, Place, Scope, Statement
from ledger.figure import AssetRow, Availability, Coverage
from ledger.language import N_
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
    UnitSpan,
    ValueUnit,
    Which,
)
from ledger.publication.chain import Broken, first_line
from ledger.publication.frozen import FORMAT, Frozen, Header
from ledger.remark import Remark
from ledger.units.succession import Succession, SuccessionKind


@dataclass(frozen=True, slots=True)
class Thawed:
    """The lines of a publication, read again: `figures` as the JSON values that were published, with their lines."""

    frozen: Frozen
    figures: tuple[tuple[int, dict[str, Any]], ...]


def thawed(lines: Sequence[str]) -> Thawed:
    """Read lines whose seals are right.

    Raises Broken where a later version of the program wrote them, else ValueError, KeyError, TypeError or
    AttributeError where they aren't what was written.
    """
    header = header_of_line(lines[0])
    if header.format > FORMAT:
        newer = N_("it is of format {found}, which a newer version of the program wrote; this one reads up to {known}")
        raise Broken(1, Remark(newer, found=header.format, known=FORMAT))
    by_sort: dict[str, list[dict[str, Any]]] = {}
    figures: list[tuple[int, dict[str, Any]]] = []
    for number, line in enumerate(lines, 1):
        sort, values = json.loads(line)
        by_sort.setdefault(sort, []).append(values)
        if sort == "figure":
            figures.append((number, values))
    frozen = Frozen(
        header=header,
        units=tuple(_read_unit(v) for v in by_sort.get("unit", [])),
        spans=tuple(_read_span(v) for v in by_sort.get("span", [])),
        successions=tuple(_read_succession(v) for v in by_sort.get("succession", [])),
        indicators=tuple(_read_indicator(v) for v in by_sort.get("indicator", [])),
        targets=tuple(_read_target(v) for v in by_sort.get("target", [])),
        declared=tuple(_read_declared(v) for v in by_sort.get("declared", [])),
        rows=tuple(_read_row(v) for v in by_sort.get("row", [])),
        figures=(),
    )
    return Thawed(frozen, tuple(figures))


def header_of_line(line: str) -> Header:
    """Read the first line; raises what `thawed` raises."""
    sort, values = json.loads(line)
    read = {**_days(values, "first", "last"), **_instants(values, "as_of", "published_at")}
    if sort != "header" or None in read.values():
        raise ValueError(line)
    return Header(**{**values, **read})


def stored_header(part: bytes) -> Header | None:
    """The header in the first part (or its beginning), its seal not checked; None where it can't be read."""
    line = first_line(part)
    try:
        return None if line is None else header_of_line(line)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _days(values: Mapping[str, Any], *names: str) -> dict[str, date | None]:
    return {name: None if values[name] is None else date.fromisoformat(values[name]) for name in names}


def _instants(values: Mapping[str, Any], *names: str) -> dict[str, datetime | None]:
    return {name: None if values[name] is None else datetime.fromisoformat(values[name]) for name in names}


def _read_unit(values: dict[str, Any]) -> Unit:
    return Unit(**{**values, "level": Level(values["level"])})


def _read_span(values: dict[str, Any]) -> UnitSpan:
    days = _days(values, "valid_from", "valid_until")
    return UnitSpan(_read_unit(values["unit"]), days["valid_from"], days["valid_until"])


def _read_succession(values: dict[str, Any]) -> Succession:
    share = None if values["share"] is None else Fraction(values["share"])
    return Succession(**{**values, "kind": SuccessionKind(values["kind"]), "share": share, **_days(values, "on")})


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
