"""Who only reads a ledger: sees what writers wrote, and writes nothing, not even a schema."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.errors import StoreError
from ledger.max_age import MaxAges
from ledger.observation import Check, Observation
from ledger.store import Store, open_store, open_store_to_read

SEEN = Observation(asset="pc", check=Check.PING, ok=True, at=datetime(2026, 11, 22, 12, tzinfo=UTC), source="server")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'ledger.db'}"


def record(store: Store, observation: Observation) -> None:
    store.record([observation], max_ages=MaxAges.default())


def test_a_reader_sees_what_a_writer_wrote_and_writes_nothing(url: str) -> None:
    with open_store(url) as writer:
        record(writer, SEEN)
        with open_store_to_read(url) as reader:
            assert [state.asset for state in reader.states()] == ["pc"]
            with pytest.raises(StoreError, match="is read-only"):
                record(reader, replace(SEEN, asset="pc2"))
    with open_store_to_read(url) as reader:
        assert [state.asset for state in reader.states()] == ["pc"]


def test_a_reader_leaves_no_file_beside_the_ledger(url: str, tmp_path: Path) -> None:
    with open_store(url) as writer:
        record(writer, SEEN)
    before = (tmp_path / "ledger.db").read_bytes()
    with open_store_to_read(url) as reader:
        assert len(reader.states()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]
    assert (tmp_path / "ledger.db").read_bytes() == before


def test_a_reader_leaves_an_empty_file_empty(url: str, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch()
    with pytest.raises(StoreError, match="is empty; run `baophu collect` first"):
        open_store_to_read(url)
    assert [(path.name, path.stat().st_size) for path in tmp_path.iterdir()] == [("ledger.db", 0)]


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        ("0001", r"schema 0001, this version's is \d+; `baophu collect` or `baophu serve`"),
        ("9999", "schema 9999.*upgrade Bao Phủ"),
    ],
)
def test_a_reader_refuses_another_schema(url: str, tmp_path: Path, revision: str, words: str) -> None:
    open_store(url).close()
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match=words):
        open_store_to_read(url)


def test_a_reader_refuses_a_database_of_something_else(url: str, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "ledger.db")
    connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="database of something else"):
        open_store_to_read(url)
