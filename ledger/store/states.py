"""Reads and writes intervals: the history, and the latest of each sort."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, FromClause, String, case, func, select, type_coerce

from ledger.max_age import MaxAges
from ledger.observation import Check, Failure, Observation
from ledger.seen import Answer, State, answer_of
from ledger.store.bulk import Bulk, Search, pieces
from ledger.store.interval import Joined, Series, Sort, join, join_late, series_of, sort_of
from ledger.store.schema import current_state, from_micros, observation, to_micros

COLUMNS = ("asset", "check", "source", "ok", "unit", "value", "failure", "detail", "first_at", "last_at", "since")
ROW = (*COLUMNS, "answer", "seq")
HISTORY_KEY = ("asset", "check", "source", "first_at")
LATEST_KEY = ("asset", "check", "source", "answer", "unit")
CHECKS = {check.value: check for check in Check}
FAILURES: dict[str | None, Failure | None] = {None: None} | {failure.value: failure for failure in Failure}
#: Each member as the plain text that a driver takes at once.
TEXTS: dict[Check | Answer | Failure | None, str | None] = {None: None} | {
    member: member.value for members in (Check, Answer, Failure) for member in members
}

ADD_HISTORY = Bulk.insertion(observation, ROW)
GROW_HISTORY = Bulk.change(observation, ROW, key=HISTORY_KEY, changed=("last_at", "detail", "seq"))
ADD_LATEST = Bulk.insertion(current_state, ROW)
REPLACE_LATEST = Bulk.change(
    current_state, ROW, key=LATEST_KEY, changed=[name for name in ROW if name not in LATEST_KEY]
)
LATEST_OF = Search(current_state, COLUMNS, by="asset")

#: What applies to a state, in `read_changed`.
IS_YES, IS_FAILURE, HAS_VALUE = 1, 2, 4
#: An interval as the database stores it, by ROW.
StoredRow = tuple[object, ...]
AT = attrgetter("at")


class Writer:
    """Writes what joined; one write transaction's change number is `seq`."""

    def __init__(self, connection: Connection, max_ages: MaxAges, seq: int) -> None:
        self._connection = connection
        self._max_ages = max_ages
        self._seq = seq
        self.changed = False

    def write(self, batch: Iterable[Observation]) -> None:
        """Join a batch to the store; `changed` tells whether that made a difference."""
        by_series: dict[Series, list[Observation]] = defaultdict(list)
        for item in sorted(batch, key=AT):
            by_series[item.asset, item.check, item.source].append(item)
        latest = self._latest({asset for asset, _check, _source in by_series})
        results = {
            series: join(_head(latest.get(series)), items, self._max_ages.of(series[1]))
            for series, items in by_series.items()
        }
        self._keep(results, latest)
        for result in results.values():
            for item in result.late:
                self._write_late(item)

    def _write_late(self, item: Observation) -> None:
        where = [observation.c[name] == getattr(item, name) for name in ("asset", "check", "source")]
        query = select(*interval_columns(observation)).where(*where, observation.c.first_at <= item.at)
        row = self._connection.execute(query.order_by(observation.c.first_at.desc()).limit(1)).first()
        result = join_late(read_state(row) if row else None, item, self._max_ages.of(item.check))
        if result.changed:
            self._keep({series_of(item): result}, self._latest({item.asset}))

    def _latest(self, assets: Collection[str]) -> dict[Series, dict[Sort, State]]:
        found: dict[Series, dict[Sort, State]] = {}
        for row in LATEST_OF.run(self._connection, sorted(assets)):
            state = read_state(row)
            found.setdefault(series_of(state), {})[sort_of(state)] = state
        return found

    def _keep(self, results: Mapping[Series, Joined], latest: Mapping[Series, Mapping[Sort, State]]) -> None:
        grown: list[StoredRow] = []
        added: list[StoredRow] = []
        new: list[StoredRow] = []
        old: list[StoredRow] = []
        for series, result in results.items():
            known = latest.get(series, {})
            newest: dict[Sort, StoredRow] = {}
            for state in result.changed:
                row = self._row(state)
                (grown if state is result.extended else added).append(row)
                sort = sort_of(state)
                before = known.get(sort)
                if before is None or state.last_at > before.last_at:
                    newest[sort] = row
            for sort, row in newest.items():
                (old if sort in known else new).append(row)
        for bulk, rows in ((GROW_HISTORY, grown), (ADD_HISTORY, added), (ADD_LATEST, new), (REPLACE_LATEST, old)):
            if rows:
                bulk.run(self._connection, rows)
                self.changed = True

    def _row(self, state: State) -> StoredRow:
        first_at = to_micros(state.first_at)
        return (
            state.asset,
            TEXTS[state.check],
            state.source,
            state.ok,
            state.unit or "",
            state.value,
            TEXTS[state.failure],
            state.detail,
            first_at,
            first_at if state.last_at is state.first_at else to_micros(state.last_at),
            first_at if state.since is state.first_at else to_micros(state.since),
            TEXTS[answer_of(state.ok, state.failure)],
            self._seq,
        )


def read_latest(connection: Connection) -> Iterator[State]:
    """The latest interval per asset, check, source, sort of answer and unit."""
    for piece in pieces(connection, select(*interval_columns(current_state))):
        yield from map(read_state, piece)


def read_changed(connection: Connection, since: int) -> Iterator[list[Sequence[Any]]]:
    """The latest intervals of each asset of which anything changed after the version `since`, those that didn't, too.

    Rows as the database stores them, some thousands at a time: asset, check, source, unit, the sum of what applies of
    IS_YES, IS_FAILURE and HAS_VALUE, first_at, last_at.
    """
    table = current_state.c
    query = select(
        table.asset,
        table.check,
        table.source,
        type_coerce(table.unit, String),
        case((table.ok, IS_YES), else_=0)
        + case((table.failure.is_(None), 0), else_=IS_FAILURE)
        + case((table.value.is_(None), 0), else_=HAS_VALUE),
        type_coerce(table.first_at, BigInteger),
        type_coerce(table.last_at, BigInteger),
    )
    if since > 0:
        query = query.where(table.asset.in_(select(table.asset).where(table.seq > since)))
    return pieces(connection, query)


def read_latest_at(connection: Connection, at: datetime) -> Iterator[State]:
    """The same as it was known to have been at a past instant: an interval that went on then ends there."""
    partition = [observation.c[name] for name in LATEST_KEY]
    newest = func.row_number().over(partition_by=partition, order_by=observation.c.first_at.desc()).label("newest")
    ranked = select(observation, newest).where(observation.c.first_at <= at).subquery()
    query = select(*interval_columns(ranked)).where(ranked.c.newest == 1)
    return (read_state(row, until=at) for row in connection.execute(query))


def interval_columns(table: FromClause) -> list[ColumnElement[Any]]:
    """COLUMNS of a table for `read_state`: instants as they are stored."""
    instants = ("first_at", "last_at", "since")
    return [type_coerce(table.c[name], BigInteger) if name in instants else table.c[name] for name in COLUMNS]


def read_state(row: Sequence[Any], until: datetime | None = None) -> State:
    """An interval from a row of COLUMNS, instants in microseconds; one that went on after `until` ends there."""
    asset, check, source, ok, unit, value, failure, detail, first_at, last_at, since = row
    first, last = from_micros(first_at), from_micros(last_at)
    return State(
        asset=asset,
        check=CHECKS[check],
        source=source,
        ok=bool(ok),
        unit=unit or None,
        value=value,
        failure=FAILURES[failure],
        detail=detail,
        first_at=first,
        last_at=last if until is None else min(last, until),
        since=first if since == first_at else from_micros(since),
    )


def _head(states: Mapping[Sort, State] | None) -> State | None:
    return max(states.values(), key=attrgetter("last_at", "first_at")) if states else None
