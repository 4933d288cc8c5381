"""A publication as lines of JSON: what was published, and all that its figures follow from."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ledger.declared.statement import Declared
from ledger.document import figure_document, instant_text
from ledger.figure import AssetRow, Figure
from ledger.period import Period
from ledger.plan import (
    Indicator,
    Plan,
    Target,
    Unit,
    UnitHistory,
    UnitSpan,
)
from ledger.units.succession import Succession

#: How publications are written now: 2 has the units of other days beside those of the present, 1 hadn't.
FORMAT = 2
#: What every published figure says, whatever figures come to say beside it.
FIGURE_KEYS = frozenset(
    (
        *("indicator", "unit", "level", "population", "step", "evidence", "value", "value_unit", "qualifier"),
        *("numerator", "denominator", "due_denominator", "ratio", "target", "target_met", "due", "legal_basis", "gap"),
        *("to_target", "reasons", "state", "as_of", "scope", "field", "mark", "difference", "detail"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a publication says of itself; `previous` is the digest of the one before it.

    `format` is 1 where a header says none.
    """

    number: int
    period: str
    is_administrative: bool
    first: date
    last: date
    as_of: datetime
    published_at: datetime
    by: str
    plan_version: str
    rule_version: str
    previous: str
    format: int = 1

    def span(self) -> Period:
        """The period that it is of."""
        return Period(self.period, self.first, self.last, self.is_administrative)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """What is published: figures, and the part of the plan, the declared values and the rows that they follow from.

    `units` are the plan's own; `spans` and `successions` have what units were and will be: figures of a day before the
    present map are told by the units of that day.
    """

    header: Header
    units: tuple[Unit, ...]
    indicators: tuple[Indicator, ...]
    targets: tuple[Target, ...]
    declared: tuple[Declared, ...]
    rows: tuple[AssetRow, ...]
    figures: tuple[Figure, ...]
    spans: tuple[UnitSpan, ...] = ()
    successions: tuple[Succession, ...] = ()

    def plan(self) -> Plan:
        """As much of the plan as figures need."""
        return Plan(
            units={unit.id: unit for unit in self.units},
            sites={},
            vlans={},
            devices={},
            links={},
            workstations={},
            targets=self.targets,
            history=UnitHistory(self.spans, (), self.successions),
            indicators={indicator.id: indicator for indicator in self.indicators},
            version=self.header.plan_version,
        )


def header_of(
    period: Period,
    *,
    number: int,
    as_of: datetime,
    published_at: datetime,
    by: str,
    plan_version: str,
    rule_version: str,
    previous: str,
) -> Header:
    """The header of a period's publication."""
    return Header(
        number=number,
        period=period.name,
        is_administrative=period.is_administrative,
        first=period.first,
        last=period.last,
        as_of=as_of,
        published_at=published_at,
        by=by,
        plan_version=plan_version,
        rule_version=rule_version,
        previous=previous,
        format=FORMAT,
    )


def lines_of(frozen: Frozen) -> Iterator[str]:
    """One line a thing: its sort, then its values."""
    yield _line("header", asdict(frozen.header))
    yield from (_line("unit", asdict(unit)) for unit in frozen.units)
    yield from (_line("span", asdict(span)) for span in frozen.spans)
    yield from (_line("succession", asdict(each)) for each in frozen.successions)
    yield from (_line("indicator", _indicator(each)) for each in frozen.indicators)
    yield from (_line("target", asdict(target)) for target in frozen.targets)
    yield from (_line("declared", _declared(each)) for each in frozen.declared)
    yield from (_line("row", _row(row)) for row in frozen.rows)
    yield from (_line("figure", figure_document(figure)) for figure in frozen.figures)


def _line(sort: str, values: Mapping[str, Any]) -> str:
    return json.dumps([sort, values], ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | Fraction):
        return str(value)
    raise TypeError(type(value).__name__)


def _indicator(indicator: Indicator) -> dict[str, Any]:
    values = asdict(replace(indicator, fields=None))
    return values | {"fields": [asdict(field) for field in (indicator.fields or {}).values()]}


def _declared(each: Declared) -> dict[str, Any]:
    return {"imported": each.imported, **asdict(each.statement)}


ROW_FIELDS = (
    "asset",
    "kind",
    "unit",
    "site",
    "indicator",
    "verdict",
    "since",
    "last_seen",
    "seen_at_unit",
    "planned_from",
)


def _row(row: AssetRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ROW_FIELDS}
