"""Figures, rows and cables as JSON values: the one form that the command line, the API and the tests share."""

from datetime import UTC, date, datetime
from typing import Any

from ledger.capacity import DAYS, DirectionUse, LinkCapacity
from ledger.figure import AssetRow, Figure
from ledger.load import PER_DAY
from ledger.plan import Indicator
from ledger.topology import PortRef, TopologyRow

FIGURE_KEYS = (
    *("indicator", "unit", "level", "population", "step", "evidence", "value", "value_unit", "qualifier", "numerator"),
    *("denominator", "due_denominator", "ratio", "target", "target_met", "due", "legal_basis", "gap", "to_target"),
    *("reasons", "state", "as_of", "scope", "field", "mark", "difference", "detail", "declared_on"),
)
ROW_KEYS = (
    *("asset", "kind", "unit", "site", "indicator", "verdict", "since", "last_seen", "seen_at_unit", "detail"),
    "availability",
)


def figure_document(figure: Figure) -> dict[str, Any]:
    """A figure as JSON values: ratios 0–1, instants as `2026-11-22T02:00:00Z`, dates as `2026-12-31`."""
    return {key: _plain(getattr(figure, key)) for key in FIGURE_KEYS} | {"reasons": dict(figure.reasons)}


def row_document(row: AssetRow) -> dict[str, Any]:
    """An asset's row as JSON values; None where a value isn't known."""
    return {key: _plain(getattr(row, key)) for key in ROW_KEYS}


def indicator_document(indicator: Indicator) -> dict[str, Any]:
    """An indicator as JSON values; texts None where there is none."""
    return {
        "id": indicator.id,
        "name_vi": indicator.name_vi,
        "name_en": indicator.name_en,
        "numerator_vi": indicator.numerator_vi or None,
        "numerator_en": indicator.numerator_en or None,
        "denominator_vi": indicator.denominator_vi or None,
        "denominator_en": indicator.denominator_en or None,
        "value_unit": indicator.value_unit,
        "direction": indicator.direction,
        "step": indicator.step,
        "population": indicator.population,
        "evidence": [
            name
            for name, there in (("measured", indicator.measure is not None), ("declared", indicator.is_declared))
            if there
        ],
        "kind": None if indicator.measure is None else indicator.measure.kind,
        "max_age_days": indicator.max_age_days,
        "fields": [
            {"field": f.id, "name_vi": f.name_vi, "name_en": f.name_en, "value_unit": f.value_unit}
            for f in (indicator.fields or {}).values()
        ],
        "is_availability": indicator.is_availability,
    }


def topology_document(row: TopologyRow) -> dict[str, Any]:
    """A cable as JSON values; `planned` and `seen` are its two ports, None where it isn't planned, or isn't seen."""
    return {
        "verdict": str(row.verdict),
        "link": row.link,
        "unit": row.unit,
        "planned": _ports(row.planned),
        "seen": _ports(row.seen),
        "rule": None if row.match is None else str(row.match),
        "protocol": row.protocol,
        "heard_by": list(row.heard_by),
        "heard_at": _plain(row.heard_at),
        "detail": _plain(row.detail),
    }


def _ports(ends: tuple[PortRef, PortRef] | None) -> list[dict[str, str | None]] | None:
    return None if ends is None else [{"device": end.device, "port": end.port} for end in ends]


def capacity_document(capacity: LinkCapacity) -> dict[str, Any]:
    """A link's capacity as JSON values: parts of the planned bandwidth, which is 1."""
    return {
        "link": capacity.link,
        "unit": capacity.unit,
        "bandwidth_mbps": capacity.bandwidth_mbps,
        "days": capacity.days.value,
        "first_day": capacity.first_day.isoformat(),
        "last_day": capacity.last_day.isoformat(),
        "verdict": capacity.verdict.value,
        "from_unit": _use_document(capacity.from_unit),
        "to_unit": _use_document(capacity.to_unit),
        "samples_expected": DAYS * PER_DAY,
    }


def _use_document(use: DirectionUse) -> dict[str, Any]:
    return {
        "p95": use.p95,
        "peak": use.peak,
        "samples": use.samples,
        "measured_days": use.measured_days,
        "days_over": use.days_over,
    }


def instant_text(value: datetime) -> str:
    """`2026-11-22T02:00:00Z`, with microseconds only where there are any; UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value
