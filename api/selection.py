"""What of the ledger a query asks for: the same choice for JSON, files and pages."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from api.problem import UnknownError
from api.query import CoverageFilter, InstantFilter, RowsFilter, TopologyQuery
from ledger.figure import AssetRow, Figure, FigureScope, Snapshot
from ledger.plan import Plan
from ledger.seen import History
from ledger.topology import TopologyRow

#: An item's place in the order, unique among the items; the key of one kind of item always has as many parts.
Key = tuple[str, ...]


class LedgerSource(Protocol):
    """What the API asks of the ledger."""

    def now(self) -> Snapshot:
        """What the ledger says now, from a cache where nothing changed; raises StoreError."""

    def at(self, when: datetime) -> Snapshot:
        """What it says of another instant; raises StoreError."""

    def figures_on(self, day: date, *, known_at: datetime | None, on_map: date | None) -> tuple[Figure, ...]:
        """A day's figures as they were kept, or on another map; raises CallError for what wasn't known, StoreError."""

    def history(self, asset: str, limit: int) -> History:
        """What is known of one asset, newest first, at most `limit` of each kind; raises StoreError."""


def snapshot_for(source: LedgerSource, query: InstantFilter) -> Snapshot:
    """What the ledger says now, or at the instant asked for."""
    return source.now() if query.at is None else source.at(query.at)


def refuse_unknown(plan: Plan, unit: str | None, indicator: str | None) -> None:
    """Raises UnknownError for a unit or an indicator that doesn't exist."""
    if unit is not None and unit not in plan.units:
        raise UnknownError("unit", unit, list(plan.units), "the plan")
    if indicator is not None and indicator not in plan.indicators:
        raise UnknownError("indicator", indicator, list(plan.indicators), "the catalogue")


def chosen_figures(figures: Iterable[Figure], query: CoverageFilter) -> list[Figure]:
    """The figures that the query asks for."""
    return [
        figure
        for figure in figures
        if query.indicator in (None, figure.indicator)
        and query.unit in (None, figure.unit)
        and query.level in (None, figure.level)
        and (query.by_level or figure.is_told_by_default)
    ]


def chosen_rows(snapshot: Snapshot, plan: Plan, query: RowsFilter, *, gaps_only: bool) -> list[AssetRow]:
    """The rows that the query asks for; a unit stands for all below it."""
    below = frozenset(plan.subtree(query.unit)) if query.unit else None
    return [
        row
        for row in snapshot.rows
        if (row.is_gap or not gaps_only)
        and query.indicator in (None, row.indicator)
        and (below is None or row.unit in below)
        and query.kind in (None, row.kind)
        and query.verdict in (None, row.verdict)
    ]


def chosen_cables(snapshot: Snapshot, plan: Plan, query: TopologyQuery) -> list[TopologyRow]:
    """The cables that the query asks for; a unit stands for all below it."""
    below = frozenset(plan.subtree(query.unit)) if query.unit else None
    return [
        row
        for row in snapshot.topology
        if (below is None or row.unit in below) and query.verdict in (None, row.verdict)
    ]


def figure_key(figure: Figure) -> Key:
    """A figure's place: by unit, then indicator; the whole before its levels and its parts."""
    level = "" if figure.scope is FigureScope.SUBTREE else figure.level.value
    return (figure.unit, figure.indicator, level, figure.field or "", figure.evidence)


def row_key(row: AssetRow) -> Key:
    """A row's place: by asset, then indicator."""
    return (row.asset, row.indicator or "")


def cable_key(row: TopologyRow) -> Key:
    """A cable's place: planned ones by link, then the others by the ports where they were seen."""
    ends = row.seen or row.planned or ()
    return (row.link or "~", *(f"{end.device} {end.port or ''}" for end in ends))
