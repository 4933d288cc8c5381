"""`python -m bench.ledger.upsert`: states through the sink into an SQLite file, beside what SQLite itself takes."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine
from sqlalchemy.dialects.sqlite import insert

from bench.ledger.measuring import Watch, serve
from bench.ledger.province import NOON
from ledger.max_age import MaxAges
from ledger.observation import Check, Observation
from ledger.sink import LONGEST_BATCH, LedgerSink
from ledger.store import open_store
from ledger.store.schema import current_state, metadata, to_micros

AGES = MaxAges.default()
TABLES = ("observation", "current_state")


def scenario(states: int) -> dict[str, float]:
    """CPU seconds of each part; the peers write the same rows in as large transactions."""
    watch = Watch()
    with TemporaryDirectory(prefix="baophu-bench-") as folder:
        path = Path(folder) / "ledger.db"
        clock = [NOON]
        with open_store(f"sqlite:///{path}") as store:
            sink = LedgerSink(store, AGES, lambda: clock[0])
            for what, minutes, is_changed in (
                ("new", 0, lambda _number: False),
                ("unchanged", 5, lambda _number: False),
                ("5 % changed", 10, lambda number: number % 20 == 0),
            ):
                clock[0] = NOON + timedelta(minutes=minutes)
                batch = observations(states, clock[0], is_changed)
                with watch.on(what):
                    sink.accept(batch)
            with watch.on("flush"):
                sink.flush()
        rows = [_row(item) for item in observations(states, NOON, lambda _number: False)]
        with watch.on("SQLite alone, new"):
            _by_driver(path.with_name("driver.db"), path, rows)
        with watch.on("SQLAlchemy upsert of current_state"):
            _by_sqlalchemy(path.with_name("core.db"), observations(states, NOON, lambda _number: False))
    return watch.seconds


def observations(states: int, at: datetime, is_changed: Callable[[int], bool]) -> list[Observation]:
    """Two states a PC, a hundred PCs a unit."""
    return [
        Observation(
            asset=f"68-{22_000 + number // 200}-PC-{number % 200 // 2:03}",
            check=Check.FDB if number % 2 else Check.TSLCD_VLAN,
            ok=not is_changed(number),
            at=at,
            source=f"68-{22_000 + number // 200}-SW-001",
            unit=f"68-{22_000 + number // 200}",
            value=f"p{number % 48}",
        )
        for number in range(states)
    ]


def _row(item: Observation) -> tuple[object, ...]:
    at = to_micros(item.at)
    return (item.asset, item.check.value, item.source, at, "yes", item.unit, 1, item.value, None, None, at, at, 1)


def _by_driver(path: Path, like: Path, rows: Sequence[tuple[object, ...]]) -> None:
    """What the two tables take without anything around them."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection, closing(sqlite3.connect(like)) as ours:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        for (statement,) in ours.execute("SELECT sql FROM sqlite_master WHERE name IN (?, ?)", TABLES):
            connection.execute(statement)
        names = 'asset, "check", source, first_at, answer, unit, ok, value, failure, detail, last_at, since, seq'
        for start in range(0, len(rows), LONGEST_BATCH):
            connection.execute("BEGIN IMMEDIATE")
            for name in TABLES:
                statement = f"INSERT INTO {name} ({names}) VALUES ({', '.join('?' * 13)})"  # noqa: S608 - our names
                connection.executemany(statement, rows[start : start + LONGEST_BATCH])
            connection.execute("COMMIT")


def _by_sqlalchemy(path: Path, items: Sequence[Observation]) -> None:
    """What one would write first: an upsert of the latest states by SQLAlchemy, and no history."""
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine, [current_state])
    statement = insert(current_state)
    key = [column.name for column in current_state.primary_key]
    changed = {column.name: statement.excluded[column.name] for column in current_state.c if column.name not in key}
    statement = statement.on_conflict_do_update(index_elements=key, set_=changed)
    for start in range(0, len(items), LONGEST_BATCH):
        with engine.begin() as connection:
            connection.execute(
                statement,
                [
                    {
                        "asset": item.asset,
                        "check": item.check,
                        "source": item.source,
                        "answer": "yes",
                        "unit": item.unit,
                        "first_at": item.at,
                        "ok": item.ok,
                        "value": item.value,
                        "failure": None,
                        "detail": None,
                        "last_at": item.at,
                        "since": item.at,
                        "seq": 1,
                    }
                    for item in items[start : start + LONGEST_BATCH]
                ],
            )
    engine.dispose()


if __name__ == "__main__":
    serve(scenario)
