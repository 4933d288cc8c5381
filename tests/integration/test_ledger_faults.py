"""Whatever happens to the process, the clock or the other writer, the ledger ends in a state that can be told.

What was acknowledged is there, what was not is there whole or not at all, and the latest states are those of the
history. A disk that takes nothing has a file of its own.
"""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from select import select

import pytest
from ledger_writer import AGES, batch

from ledger.errors import StoreError
from ledger.observation import Check, Heartbeat, Observation
from ledger.sink import LedgerSink
from ledger.store import Store, open_store

WRITER = Path(__file__).parent / "support" / "ledger_writer.py"
#: `make test-long` sets the profile.
KILLS = 200 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 20
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
SEEN = Observation(asset="pc", check=Check.PING, ok=True, at=NOON, source="server", unit="home", value="10.0.0.1")
LOST = replace(SEEN, ok=False, unit=None, value=None)
LATEST = """
SELECT asset, "check", source, answer, unit, first_at, ok, value, failure, detail, last_at, since, seq FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY asset, "check", source, answer, unit ORDER BY first_at DESC) AS newest
    FROM observation) WHERE newest = 1
"""


@contextmanager
def writer(url: str, name: str, first: int, last: int, size: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(WRITER), url, name, str(first), str(last), str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as process:
        try:
            yield process
        finally:
            process.kill()


def acknowledged(process: subprocess.Popen[str], random: Random) -> list[int]:
    """Kill the process with signal 9 while it opens the store or writes; every number that it gave by then."""
    assert process.stdout is not None
    is_writing = random.random() < 0.8
    first = process.stdout.readline() if is_writing else ""
    select([], [], [], random.uniform(0, 0.08) if is_writing else random.uniform(0.2, 1.0))  # at whatever moment
    process.kill()
    return [int(word) for word in (first + process.stdout.read()).split()]


def batches_in(path: Path, name: str, size: int, last: int) -> tuple[set[int], set[int]]:
    """The batches of which everything is in the history, and those of which anything is."""
    with closing(sqlite3.connect(path)) as connection:
        there = set(connection.execute("SELECT asset, value FROM observation WHERE source = ?", (f"{name}-SW-001",)))
    wanted = {number: {(item.asset, item.value) for item in batch(name, number, size)} for number in range(last)}
    whole = {number for number, items in wanted.items() if items <= there}
    return whole, {number for number, items in wanted.items() if items & there}


def check_soundness(path: Path) -> None:
    """SQLite finds nothing wrong, and what is kept beside the history is what the history gives."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        latest = connection.execute(
            'SELECT asset, "check", source, answer, unit, first_at, ok, value, failure, detail, last_at, since, seq '
            "FROM current_state"
        )
        assert set(latest) == set(connection.execute(LATEST))
        (version,) = connection.execute("SELECT seq FROM change").fetchone()
        tables = ("observation", "current_state", "heartbeat")
        newest = [connection.execute(f"SELECT max(seq) FROM {table}").fetchone()[0] or 0 for table in tables]  # noqa: S608
        assert max(newest) == version


def test_a_writer_that_is_killed_loses_nothing_that_it_acknowledged_and_leaves_nothing_half_written(
    tmp_path: Path,
) -> None:
    path, random = tmp_path / "ledger.db", Random(68)  # noqa: S311 - a reproducible order, not a secret
    url, next_batch, kept = f"sqlite:///{path}", 0, set[int]()
    for _ in range(KILLS):
        with writer(url, "a", next_batch, next_batch + 10_000, 150) as process:
            kept.update(acknowledged(process, random))
        next_batch = max(kept, default=-1) + 1
        open_store(url).close()
        check_soundness(path)
        whole, begun = batches_in(path, "a", 150, next_batch + 2)
        assert kept <= whole == begun <= {*kept, next_batch}
        with open_store(url) as store:
            assert store.version() >= len(kept)
        if next_batch in whole:  # it was written, and killed before it could say so: the same again changes nothing
            kept.add(next_batch)
            next_batch += 1


def test_two_writers_take_turns_and_both_get_everything_in(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    url = f"sqlite:///{path}"
    open_store(url).close()
    with writer(url, "a", 0, 25, 300) as one, writer(url, "b", 0, 25, 300) as other:
        told = [process.communicate(timeout=60)[0].split() for process in (one, other)]
        assert told == [[str(number) for number in range(25)]] * 2
    check_soundness(path)
    for name in ("a", "b"):
        assert batches_in(path, name, 300, 25)[0] == set(range(25))
    with open_store(url) as store:
        assert store.version() == 2 * 2 * 25  # each batch and each heartbeat once


def test_two_writers_of_the_same_states_end_where_one_would(tmp_path: Path) -> None:
    path, alone = tmp_path / "ledger.db", tmp_path / "alone.db"
    for file in (path, alone):
        open_store(f"sqlite:///{file}").close()
    with writer(f"sqlite:///{alone}", "a", 0, 12, 300) as process:
        process.communicate(timeout=60)
    with (
        writer(f"sqlite:///{path}", "a", 0, 12, 300) as one,
        writer(f"sqlite:///{path}", "a", 0, 12, 300) as other,
    ):
        assert [process.communicate(timeout=60)[0].split()[-1:] for process in (one, other)] == [["11"]] * 2
    check_soundness(path)
    with open_store(f"sqlite:///{path}") as both, open_store(f"sqlite:///{alone}") as single:
        assert {replace(s, since=NOON) for s in both.states()} == {replace(s, since=NOON) for s in single.states()}


def test_a_writer_that_never_gets_its_turn_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with open_store(f"sqlite:///{path}") as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        store.record([SEEN], max_ages=AGES)
        with store.reading() as connection:  # the connection that the writer will have
            connection.exec_driver_sql("PRAGMA busy_timeout = 50")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked by another process"):
            store.record([replace(LOST, at=NOON + MINUTE)], max_ages=AGES)
        assert [state.ok for state in store.states()] == [True]
        other.execute("ROLLBACK")
        store.record([replace(LOST, at=NOON + MINUTE)], max_ages=AGES)
        assert sorted(state.ok for state in store.states()) == [False, True]


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def see(sink: LedgerSink, clock: Clock, now: datetime, item: Observation) -> None:
    clock.now = now
    sink.accept([replace(item, at=now)])
    sink.beat(
        Heartbeat(collector="icmp", started_at=now - MINUTE, finished_at=now, cycle_seconds=60, asked=1, failed=0)
    )


def last_seen(store: Store) -> dict[bool, datetime]:
    return {state.ok: state.last_at for state in store.states()}


@pytest.mark.parametrize("back", [HOUR, DAY], ids=["an hour", "a day"])
def test_a_clock_that_is_set_back_changes_nothing_until_it_is_where_it_was(tmp_path: Path, back: timedelta) -> None:
    """What was seen at a later time stands: of two answers the one with the later time is the newer one."""
    path, clock = tmp_path / "ledger.db", Clock()
    with open_store(f"sqlite:///{path}") as store, LedgerSink(store, AGES, clock) as sink:
        see(sink, clock, NOON - 2 * DAY, SEEN)
        see(sink, clock, NOON, SEEN)
        sink.flush()
        before = store.states(), store.heartbeats()
        for minutes in (1, 20, 40):
            see(sink, clock, NOON - back + minutes * MINUTE, LOST)
            sink.flush()
            assert (store.states(), store.heartbeats()) == before
        see(sink, clock, NOON + MINUTE, LOST)
        assert last_seen(store) == {True: NOON, False: NOON + MINUTE}
        assert [beat.finished_at for beat in store.heartbeats()] == [NOON + MINUTE]
    check_soundness(path)


def test_a_clock_that_ran_ahead_and_is_set_right_leaves_what_it_wrote(tmp_path: Path) -> None:
    """What began within the time that is lived through again is no older than what is seen now: history has both."""
    path, clock = tmp_path / "ledger.db", Clock()
    with open_store(f"sqlite:///{path}") as store, LedgerSink(store, AGES, clock) as sink:
        see(sink, clock, NOON + DAY, SEEN)
        see(sink, clock, NOON, LOST)
        assert last_seen(store) == {True: NOON + DAY, False: NOON}
        see(sink, clock, NOON + HOUR, LOST)
        sink.flush()
        assert last_seen(store) == {True: NOON + DAY, False: NOON + HOUR}
        see(sink, clock, NOON + DAY + HOUR, LOST)
        assert last_seen(store) == {True: NOON + DAY, False: NOON + DAY + HOUR}
    check_soundness(path)
