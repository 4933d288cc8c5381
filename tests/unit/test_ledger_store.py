"""The store: intervals, past instants, heartbeats, runs, versions, migrations, and what can't be opened."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, select
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.schema import CreateTable

from ledger.errors import CallError, ConfigurationError, StoreError
from ledger.max_age import MaxAges
from ledger.observation import Check, Failure, Heartbeat, Observation, Outcome, RunResult
from ledger.seen import Answer, Provisioning, State
from ledger.store import Store, open_store
from ledger.store.bulk import LONGEST
from ledger.store.engine import store_name, store_url
from ledger.store.migration import FOLDER, HEAD
from ledger.store.schema import metadata, observation

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
AGES = MaxAges.default()
SEEN = Observation(asset="pc", check=Check.PING, ok=True, at=NOON, source="server", unit="home", value="10.0.0.1")
LOST = replace(SEEN, ok=False, failure=Failure.NO_ANSWER, value=None, unit=None)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


def at(minutes: float, what: Observation = SEEN) -> Observation:
    return replace(what, at=NOON + minutes * MINUTE)


def intervals(url: str) -> list[tuple[bool, str | None, float, float]]:
    """The whole history: ok, value, and the minutes after noon at which each interval begins and ends."""
    columns = observation.c
    query = select(columns.ok, columns.value, columns.first_at, columns.last_at).order_by(columns.first_at)
    engine = create_engine(url)
    with engine.connect() as connection:
        found = [(ok, value, (a - NOON) / MINUTE, (b - NOON) / MINUTE) for ok, value, a, b in connection.execute(query)]
    engine.dispose()
    return found


def record(store: Store, *observations: Observation) -> None:
    store.record(observations, max_ages=AGES)


def test_an_unchanged_answer_grows_its_interval_and_a_changed_one_begins_another(store: Store, url: str) -> None:
    record(store, SEEN, at(1), at(2, replace(SEEN, detail="slow")), at(3, replace(SEEN, value="10.0.0.2")), at(4, LOST))
    assert intervals(url) == [(True, "10.0.0.1", 0, 2), (True, "10.0.0.2", 3, 3), (False, None, 4, 4)]
    by_answer = {state.answer: state for state in store.states()}
    assert by_answer[Answer.YES].since == NOON
    assert by_answer[Answer.NONE].since == NOON + 4 * MINUTE


def test_the_latest_detail_stands(store: Store) -> None:
    record(store, SEEN, at(1, replace(SEEN, detail="slow")))
    assert [state.detail for state in store.states()] == ["slow"]


@pytest.mark.parametrize(
    "other",
    [replace(SEEN, unit="away"), replace(SEEN, value="10.0.0.9"), LOST, replace(LOST, failure=Failure.BAD_REPLY)],
)
def test_place_value_answer_and_failure_each_begin_an_interval(store: Store, url: str, other: Observation) -> None:
    record(store, SEEN)
    record(store, at(1, other))
    record(store, at(2, LOST))
    assert len(intervals(url)) == (2 if other == LOST else 3)


def test_what_was_not_seen_for_longer_than_max_age_begins_anew(store: Store, url: str) -> None:
    month = AGES.of(Check.PING) / MINUTE
    record(store, SEEN, at(month))
    record(store, at(2 * month + 1))
    assert intervals(url) == [(True, "10.0.0.1", 0, month), (True, "10.0.0.1", 2 * month + 1, 2 * month + 1)]
    assert [state.since for state in store.states()] == [NOON + (2 * month + 1) * MINUTE]


def test_the_same_batch_again_changes_nothing(store: Store, url: str) -> None:
    batch = [SEEN, at(1, LOST), at(2), at(1, replace(SEEN, value="contradiction")), at(-5)]
    record(store, *batch)
    before, version, states = intervals(url), store.version(), set(store.states())
    record(store, *batch)
    assert (intervals(url), store.version(), set(store.states())) == (before, version, states)


def test_of_two_answers_at_one_instant_the_first_stands(store: Store, url: str) -> None:
    record(store, SEEN)
    record(store, LOST)
    assert intervals(url) == [(True, "10.0.0.1", 0, 0)]


def test_what_comes_late_lands_where_it_belongs(store: Store, url: str) -> None:
    record(store, SEEN, at(10, LOST), at(20, LOST))
    record(store, at(5))  # goes on with the first
    record(store, at(15))  # inside a known interval: already known
    record(store, at(7, replace(SEEN, value="10.0.0.7")))  # in the gap
    record(store, at(-3))  # before everything
    assert intervals(url) == [
        (True, "10.0.0.1", -3, -3),
        (True, "10.0.0.1", 0, 5),
        (True, "10.0.0.7", 7, 7),
        (False, None, 10, 20),
    ]
    latest = {state.answer: (state.value, state.last_at) for state in store.states()}
    assert latest == {"yes": ("10.0.0.7", NOON + 7 * MINUTE), "none": (None, NOON + 20 * MINUTE)}


def test_the_latest_yes_at_each_unit_is_kept(store: Store) -> None:
    record(store, SEEN, at(1, replace(SEEN, unit="away")), at(2, LOST))
    assert {(state.answer.value, state.unit, state.last_at) for state in store.states()} == {
        ("yes", "home", NOON),
        ("yes", "away", NOON + MINUTE),
        ("none", None, NOON + 2 * MINUTE),
    }


def test_a_past_instant_is_as_it_was(store: Store) -> None:
    record(store, SEEN, at(10), at(20, LOST), at(30, LOST))
    assert store.states(NOON - MINUTE) == ()

    def then(minutes: float) -> set[tuple[bool, datetime]]:
        return {(state.ok, state.last_at) for state in store.states(NOON + minutes * MINUTE)}

    assert then(5) == {(True, NOON + 5 * MINUTE)}
    assert then(15) == {(True, NOON + 10 * MINUTE)}
    assert then(25) == {(True, NOON + 10 * MINUTE), (False, NOON + 25 * MINUTE)}
    assert set(store.states(NOON + DAY)) == set(store.states())


def test_a_state_is_given_back_whole(store: Store) -> None:
    at_second = NOON + timedelta(microseconds=1)
    record(store, replace(LOST, at=at_second, detail="no reply in 3 s"))
    assert store.states() == (
        State(
            asset="pc",
            check=Check.PING,
            source="server",
            ok=False,
            unit=None,
            value=None,
            failure=Failure.NO_ANSWER,
            detail="no reply in 3 s",
            first_at=at_second,
            last_at=at_second,
            since=at_second,
        ),
    )


def test_a_naive_time_is_refused_and_nothing_is_kept(store: Store) -> None:
    naive = replace(SEEN, at=datetime(2026, 11, 22, 12))  # noqa: DTZ001 - the fault under test
    with pytest.raises(ValueError, match="naive"):
        store.record([replace(naive, asset="other")], max_ages=AGES)
    assert (store.states(), store.version()) == ((), 0)


def beat(minutes: float, *, cycle: float = 60.0, collector: str = "snmp") -> Heartbeat:
    end = NOON + minutes * MINUTE
    return Heartbeat(
        collector=collector, started_at=end - 0.5 * MINUTE, finished_at=end, cycle_seconds=cycle, asked=9, failed=1
    )


def test_heartbeats_are_kept_as_runs_of_cycles(store: Store, url: str) -> None:
    for minutes in (0, 1, 4, 8):  # 4 → 8 is more than three cycles
        store.record_beat(beat(minutes))
    store.record_beat(beat(0, collector="icmp"))
    assert store.heartbeats() == (beat(0, collector="icmp"), beat(8))
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(metadata.tables["heartbeat"])).scalar() == 3
    engine.dispose()


def test_a_past_heartbeat_is_the_one_of_then(store: Store) -> None:
    for minutes in (0, 1, 4, 8):
        store.record_beat(beat(minutes))
    assert store.heartbeats(NOON - MINUTE) == ()
    assert store.heartbeats(NOON + 6 * MINUTE) == (beat(4),)
    (inside,) = store.heartbeats(NOON + 2.5 * MINUTE)
    assert inside.finished_at == NOON + 2.5 * MINUTE
    assert inside.started_at == NOON + 1.5 * MINUTE


def test_an_older_or_repeated_heartbeat_changes_nothing(store: Store) -> None:
    store.record_beat(beat(5))
    version = store.version()
    store.record_beat(beat(5))
    store.record_beat(beat(4))
    assert (store.heartbeats(), store.version()) == ((beat(5),), version)


def run(name: str, outcome: Outcome, minutes: float, *, asset: str = "pc", check_mode: bool = False) -> RunResult:
    return RunResult(
        run=name,
        playbook="site.yml",
        asset=asset,
        outcome=outcome,
        changed=3,
        check_mode=check_mode,
        at=NOON + minutes * MINUTE,
        message="it failed" if outcome is Outcome.FAILED else None,
        diff="--- before\n+++ after\n",
    )


def test_runs_come_to_the_last_and_to_whether_one_succeeded(store: Store) -> None:
    first, second = run("r1", Outcome.OK, 0), run("r2", Outcome.FAILED, 1)
    store.record_runs([first, run("r1", Outcome.UNREACHABLE, 0, asset="other")])
    store.record_runs([second, run("r3", Outcome.FAILED, 2, check_mode=True)])
    assert store.runs() == {
        "pc": Provisioning(last=second, succeeded_at=first.at),
        "other": Provisioning(last=run("r1", Outcome.UNREACHABLE, 0, asset="other"), succeeded_at=None),
    }
    assert store.runs(NOON) == {
        "pc": Provisioning(last=first, succeeded_at=first.at),
        "other": Provisioning(last=run("r1", Outcome.UNREACHABLE, 0, asset="other"), succeeded_at=None),
    }
    assert store.runs(NOON - MINUTE) == {}


def test_a_result_given_again_takes_the_earlier_ones_place(store: Store) -> None:
    store.record_runs([run("r1", Outcome.FAILED, 0)])
    store.record_runs([run("r1", Outcome.OK, 1)])
    assert store.runs()["pc"].last == run("r1", Outcome.OK, 1)


def test_the_version_grows_with_every_write_that_changes_something(store: Store) -> None:
    assert store.version() == 0
    record(store, SEEN)
    assert store.version() == 1
    record(store, at(1))
    assert store.version() == 2
    store.record_beat(beat(0))
    assert store.version() == 3
    store.record_runs([run("r1", Outcome.OK, 0)])
    assert store.version() == 4
    record(store)
    store.record_runs([])
    assert store.version() == store.seen().version == 4


def test_two_processes_write_in_turns(url: str) -> None:
    with open_store(url) as one, open_store(url) as other:
        record(one, SEEN)
        record(other, at(1), replace(SEEN, asset="second"))
        record(one, at(2, LOST))
        assert one.version() == other.version() == 3
        assert set(one.states()) == set(other.states())
        assert len(one.states()) == 3


def test_the_migrations_make_the_schema(url: str) -> None:
    with open_store(url):
        pass
    engine = create_engine(url)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_schema_is_postgresqls_too() -> None:
    dialect = PGDialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    for table in metadata.sorted_tables:
        ddl = str(CreateTable(table).compile(dialect=dialect))
        assert "ROWID" not in ddl
        assert "TEXT" in ddl or "BIGINT" in ddl or "BYTEA" in ddl or table.name == "figure_key"


def test_opening_again_keeps_what_is_there(url: str) -> None:
    with open_store(url) as first:
        record(first, SEEN)
    with open_store(url, create=False) as second:
        assert [state.asset for state in second.states()] == ["pc"]


def test_a_store_made_by_a_newer_version_is_refused(url: str, tmp_path: Path) -> None:
    with open_store(url):
        pass
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match=r"schema 9999.*upgrade Bao Phủ"):
        open_store(url)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////nonexistent/folder/ledger.db", "folder '/nonexistent/folder' does not exist"),
        ("sqlite:////proc", "'/proc' is not a ledger"),
        ("postgresql://user:hunter2@127.0.0.1:1/baophu", "psycopg"),
    ],
)
def test_what_cannot_be_opened_says_why(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words) as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("url", ["ledger.db", "mysql://localhost/x", "sqlite://", "sqlite:///:memory:", "nonsense://x"])
def test_a_url_that_is_not_supported_is_a_wrong_setting(url: str) -> None:
    with pytest.raises(ConfigurationError, match="store: "):
        open_store(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:hunter2@[::1",
        "postgresql://user:hunter2@host:port/x",
        "postgresql:user:hunter2@host",
        "//user:hunter2@host",
        "postgresql/x?password=hunter2",
        "mysql://user:hunter2@host/x",
    ],
)
def test_a_url_that_cannot_be_read_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(CallError, match="store: ") as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)


def test_the_name_of_a_store_holds_no_password() -> None:
    url = store_url("postgresql://user:hunter2@host/x?password=hunter2&options=-cpassword%3Dhunter2")
    assert store_name(url) == "postgresql+psycopg://user:***@host/x"


def test_a_missing_driver_names_debians_package_and_what_needs_none() -> None:
    with pytest.raises(StoreError, match=r"psycopg .*python3-psycopg.*SQLite file needs nothing"):
        open_store("postgresql://user@host/x")


def test_a_missing_store_is_not_made_unless_asked_for(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist; run `baophu collect` first"):
        open_store(url, create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"not a database, but long enough to look like a header" * 20, b"x"])
def test_a_file_that_is_no_ledger_is_left_alone(url: str, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is not a ledger"):
        open_store(url)
    assert path.read_bytes() == content


def test_a_database_of_something_else_is_left_alone(url: str, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("CREATE TABLE mail (id)")
    connection.commit()
    with pytest.raises(StoreError, match="not a ledger"):
        open_store(url)
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("mail",)]
    connection.close()


def test_a_damaged_store_says_so(url: str, tmp_path: Path) -> None:
    with open_store(url) as good:
        record(good, *(replace(SEEN, asset=f"pc{n}") for n in range(2000)))
    path = tmp_path / "ledger.db"
    path.write_bytes(path.read_bytes()[:8192] + bytes(path.stat().st_size - 8192))
    with pytest.raises(StoreError, match=r"is damaged|is not a ledger"), open_store(url) as damaged:
        damaged.states()


def test_more_assets_than_a_statement_takes_are_looked_up(store: Store) -> None:
    many = [replace(SEEN, asset=f"pc{number}") for number in range(2 * LONGEST + 3)]
    record(store, *many)
    record(store, *(replace(item, at=item.at + MINUTE) for item in many))
    states = store.states()
    assert {(state.asset, state.last_at) for state in states} == {(item.asset, NOON + MINUTE) for item in many}
    assert len(states) == len(many)
