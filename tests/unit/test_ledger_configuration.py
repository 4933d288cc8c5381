"""Configuration history: only a change makes a version, who made it, and stores of the version before."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from ledger.configuration import (
    Capture,
    ChangingRun,
    Origin,
    SecretsDigest,
    Version,
    explained,
    fingerprint,
    line_changes,
)
from ledger.observation import Outcome, RunResult
from ledger.store import Store, open_store
from ledger.store.migration import FOLDER, HEAD

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIRST = Capture(device="r1", at=NOON, text="hostname r1\nend\n", digest=SecretsDigest("k1", "a"))
VERSION = Version(
    device="r1",
    number=2,
    first_at=NOON + 10 * MINUTE,
    last_at=NOON + 10 * MINUTE,
    changed_after=NOON,
    sha256="",
    lines=1,
    added=1,
    removed=0,
    secrets_changed=False,
    message=None,
)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


def at(minutes: float, what: Capture = FIRST) -> Capture:
    return replace(what, at=NOON + minutes * MINUTE)


def test_only_a_change_makes_a_version(store: Store) -> None:
    changed = replace(FIRST, text="hostname r1\nrouter bgp 1\nend\n", message="ana")
    kept = store.record_captures([FIRST, at(1), at(2, changed), at(3, changed), at(4)])
    assert [(item.version.number, item.is_new) for item in kept] == [
        (1, True), (1, False), (2, True), (2, False), (3, True),
    ]  # fmt: skip
    one, two, three = store.configuration_versions("r1")
    assert (one.first_at, one.last_at, one.changed_after) == (NOON, NOON + MINUTE, None)
    assert (two.first_at, two.last_at, two.changed_after) == (NOON + 2 * MINUTE, NOON + 3 * MINUTE, NOON + MINUTE)
    assert (two.lines, two.added, two.removed, two.secrets_changed, two.message) == (3, 1, 0, False, "ana")
    assert (three.lines, three.added, three.removed) == (2, 0, 1)
    assert one.sha256 == three.sha256 == fingerprint(FIRST.text) != two.sha256
    assert [store.configuration_text("r1", n) for n in (1, 2, 3, 4)] == [FIRST.text, changed.text, FIRST.text, None]


def test_what_is_given_back_is_what_was_kept(store: Store) -> None:
    (kept,) = store.record_captures([FIRST])
    assert store.configuration_versions() == (kept.version,)
    (again,) = store.record_captures([at(1)])
    assert store.configuration_versions() == (again.version,)


def test_devices_are_kept_apart(store: Store) -> None:
    store.record_captures([FIRST, replace(FIRST, device="r2"), at(1, replace(FIRST, text="end\n"))])
    assert [(v.device, v.number) for v in store.configuration_versions()] == [("r1", 1), ("r1", 2), ("r2", 1)]
    assert [v.number for v in store.configuration_versions("r2")] == [1]
    assert store.configuration_versions("r3") == ()


@pytest.mark.parametrize("minutes", [0, -1])
def test_a_reading_that_is_not_newer_changes_nothing(store: Store, minutes: float) -> None:
    store.record_captures([FIRST])
    before = store.configuration_versions()
    (kept,) = store.record_captures([at(minutes, replace(FIRST, text="other\n"))])
    assert (kept.is_new, store.configuration_versions()) == (False, before)


@pytest.mark.parametrize(
    ("digest", "is_new"),
    [
        (SecretsDigest("k1", "a"), False),
        (SecretsDigest("k1", "b"), True),
        (SecretsDigest("k2", "b"), False),  # another key: nobody can tell
        (None, False),
    ],
)
def test_a_changed_secret_is_a_change_though_the_text_is_the_same(
    store: Store, digest: SecretsDigest | None, *, is_new: bool
) -> None:
    store.record_captures([FIRST])
    (kept,) = store.record_captures([at(1, replace(FIRST, digest=digest))])
    assert (kept.is_new, kept.version.secrets_changed) == (is_new, is_new)
    assert (kept.version.added, kept.version.removed) == (0, 0)


def test_after_another_key_secrets_compare_by_that_key(store: Store) -> None:
    other = replace(FIRST, digest=SecretsDigest("k2", "b"))
    kept = store.record_captures([FIRST, at(1, other), at(2, replace(other, digest=SecretsDigest("k2", "c")))])
    assert [item.is_new for item in kept] == [True, False, True]


def test_no_figure_depends_on_it(store: Store) -> None:
    store.record_captures([FIRST])
    assert store.version() == 0


def run(name: str, minutes: float, *, asset: str = "r1", changed: int = 1, check_mode: bool = False) -> RunResult:
    return RunResult(
        run=name,
        playbook="site",
        asset=asset,
        outcome=Outcome.FAILED,
        changed=changed,
        check_mode=check_mode,
        at=NOON + minutes * MINUTE,
    )


def test_runs_that_changed_something_are_told(store: Store) -> None:
    store.record_runs([run("late", 9), run("early", 1), run("idle", 2, changed=0), run("dry", 3, check_mode=True)])
    store.record_runs([run("early", 1, asset="r2")])
    assert [(item.run, item.at) for item in store.changing_runs("r1")] == [
        ("early", NOON + MINUTE), ("late", NOON + 9 * MINUTE),
    ]  # fmt: skip
    assert len(store.changing_runs()) == 3


@pytest.mark.parametrize(
    ("minutes", "asset", "found"),
    [
        ((), "r1", None),
        ((0,), "r1", None),  # ended with the reading before: that reading saw its work
        ((0.1,), "r1", "0.1"),
        ((10,), "r1", "10"),
        ((10.1,), "r1", None),
        ((3,), "r2", None),
        ((4, 3, 11), "r1", "4"),
    ],
)
def test_the_last_run_between_two_readings_explains_a_change(
    minutes: tuple[float, ...], asset: str, found: str | None
) -> None:
    runs = [ChangingRun(asset=asset, run=str(m), playbook="site", at=NOON + m * MINUTE) for m in minutes]
    (change,) = explained([VERSION], runs)
    assert change.origin is (Origin.UNKNOWN if found is None else Origin.BAOPHU)
    assert (change.run.run if change.run else None) == found


def test_without_a_run_the_devices_own_word_counts_and_the_first_version_is_no_change() -> None:
    said = replace(VERSION, message="ana")
    first = replace(said, changed_after=None)
    meanwhile = [ChangingRun(asset="r1", run="x", playbook="site", at=VERSION.first_at)]
    assert [change.origin for change in explained([said, first], [])] == [Origin.DEVICE, Origin.FIRST]
    assert [change.origin for change in explained([said, first], meanwhile)] == [Origin.BAOPHU, Origin.FIRST]


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [("", "", (0, 0)), ("a\nb\n", "b\na\n", (0, 0)), ("a\n", "a\na\n", (1, 0)), ("a\nb\n", "c\n", (1, 2))],
)
def test_lines_are_counted_wherever_they_stand(before: str, after: str, changes: tuple[int, int]) -> None:
    assert line_changes(before, after) == changes


def test_a_store_of_the_version_before_is_brought_up_to_date_and_keeps_what_it_holds(url: str, tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with sqlite3.connect(tmp_path / "ledger.db") as old:
        old.execute("INSERT INTO run VALUES ('x', 'site', 'r1', 'ok', 1, 0, 7, NULL, NULL, 1)")
    old.close()
    with open_store(url) as store:
        assert [item.run for item in store.changing_runs()] == ["x"]
        store.record_captures([FIRST])
    with sqlite3.connect(tmp_path / "ledger.db") as new:
        assert new.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
    new.close()
