"""Reads and writes intervals: the history, and the latest of each sort."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from ledger.max_age import MaxAges
from ledger.observation import Check, Failure, Observation
from ledger.seen import State
from ledger.store.bulk import Bulk
from ledger.store.interval import Joined, Series, Sort, join, join_late, series_of, sort_of
from ledger.store.schema import current_state, observation, to_micros

#: SQLite takes a limited number of parameters in one statement.
CHUNK = 500
COLUMNS = ("asset", "check", "source", "ok", "unit", "value", "failure", "detail", "first_at", "last_at", "since")
HISTORY_KEY = ("asset", "check", "source", "first_at")
LATEST_KEY = ("asset", "check", "source", "answer", "unit")
CHECKS = {check.value: check for check in Check}
FAILURES: dict[str | None, Failure | None] = {None: None} | {failure.value: failure for failure in Failure}


ADD_HISTORY = Bulk.insertion(observation)
GROW_HISTORY = Bulk.change(observation, key=HISTORY_KEY, changed=("last_at", "detail", "seq"))
ADD_LATEST = Bulk.insertion(current_state)
REPLACE_LATEST = Bulk.change(
    current_state, key=LATEST_KEY, changed=[name for name in (*COLUMNS, "seq") if name not in LATEST_KEY]
)


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
        for item in sorted(batch, key=lambda item: item.at):
            by_series[series_of(item)].append(item)
        latest = self._latest({asset for asset, _check, _source in by_series})
        results = [
            join(_head(latest.get(series)), items, self._max_ages.of(series[1])) for series, items in by_series.items()
        ]
        self._keep(results, latest)
        for result in results:
            for item in result.late:
                self._write_late(item)

    def _write_late(self, item: Observation) -> None:
        where = [observation.c[name] == getattr(item, name) for name in ("asset", "check", "source")]
        query = _interval_columns(observation).where(*where, observation.c.first_at <= item.at)
        row = self._connection.execute(query.order_by(observation.c.first_at.desc()).limit(1)).first()
        result = join_late(read_state(row) if row else None, item, self._max_ages.of(item.check))
        if result.changed:
            self._keep([result], self._latest({item.asset}))

    def _latest(self, assets: Iterable[str]) -> dict[Series, dict[Sort, State]]:
        found: dict[Series, dict[Sort, State]] = defaultdict(dict)
        for chunk in _chunks(sorted(assets)):
            rows = self._connection.execute(_interval_columns(current_state).where(current_state.c.asset.in_(chunk)))
            for state in map(read_state, rows):
                found[series_of(state)][sort_of(state)] = state
        return found

    def _keep(self, results: Sequence[Joined], latest: dict[Series, dict[Sort, State]]) -> None:
        grown = [result.extended for result in results if result.extended]
        added = [state for result in results for state in result.added]
        newest: dict[tuple[Series, Sort], State] = {}
        for result in results:
            for state in result.changed:
                known = latest[series_of(state)].get(sort_of(state))
                if known is None or state.last_at > known.last_at:
                    newest[series_of(state), sort_of(state)] = state
        new = [state for (series, sort), state in newest.items() if sort not in latest[series]]
        old = [state for (series, sort), state in newest.items() if sort in latest[series]]
        self._run(GROW_HISTORY, grown)
        self._run(ADD_HISTORY, added)
        self._run(ADD_LATEST, new)
        self._run(REPLACE_LATEST, old)

    def _run(self, bulk: Bulk, states: list[State]) -> None:
        if states:
            bulk.run(self._connection, [_row(state, self._seq) for state in states])
            self.changed = True


def _row(state: State, seq: int) -> dict[str, object]:
    """An interval as the database stores it, `dict[column, value]`."""
    return {
        "asset": state.asset,
        "check": state.check.value,
        "source": state.source,
        "answer": state.answer.value,
        "ok": state.ok,
        "unit": state.unit or "",
        "value": state.value,
        "failure": state.failure.value if state.failure else None,
        "detail": state.detail,
        "first_at": to_micros(state.first_at),
        "last_at": to_micros(state.last_at),
        "since": to_micros(state.since),
        "seq": seq,
    }


def read_latest(connection: Connection) -> Iterator[State]:
    """The latest interval per asset, check, source, sort of answer and unit."""
    return map(read_state, connection.execute(_interval_columns(current_state)))


def read_latest_at(connection: Connection, at: datetime) -> Iterator[State]:
    """The same as it was known to have been at a past instant: an interval that went on then ends there."""
    partition = [observation.c[name] for name in LATEST_KEY]
    newest = func.row_number().over(partition_by=partition, order_by=observation.c.first_at.desc()).label("newest")
    ranked = select(observation, newest).where(observation.c.first_at <= at).subquery()
    query = select(*(ranked.c[name] for name in COLUMNS)).where(ranked.c.newest == 1)
    return (read_state(row, until=at) for row in connection.execute(query))


def _head(states: dict[Sort, State] | None) -> State | None:
    return max(states.values(), key=lambda state: (state.last_at, state.first_at)) if states else None


def _interval_columns(table: Any) -> Select[Any]:
    return select(*(table.c[name] for name in COLUMNS))


def read_state(row: Sequence[Any], until: datetime | None = None) -> State:
    """An interval from a row of COLUMNS; one that went on after `until` ends there."""
    asset, check, source, ok, unit, value, failure, detail, first_at, last_at, since = row
    return State(
        asset=asset,
        check=CHECKS[check],
        source=source,
        ok=ok,
        unit=unit,
        value=value,
        failure=FAILURES[failure],
        detail=detail,
        first_at=first_at,
        last_at=last_at if until is None else min(last_at, until),
        since=since,
    )


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
