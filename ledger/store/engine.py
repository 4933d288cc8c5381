"""Connects to the store's database and begins its transactions."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from ledger.errors import CallError, StoreError
from ledger.language import N_
from ledger.store.fault import store_faults

#: How long a writer waits for its turn.
BUSY_SECONDS = 30
#: Serialises writers on PostgreSQL, as BEGIN IMMEDIATE does on SQLite; "baophu" in ASCII.
WRITER_KEY = 0x62616F706875
SQLITE_HEADER = b"SQLite format 3\0"
#: Where a URL may hold a password, however the rest of it is written.
LOGIN = re.compile(r"[:/].*@|\?.*", re.DOTALL)
#: What SQLite answers where it can't make the files that coordinate readers and writers: not allowed, or no room.
NO_ROOM = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}


def store_url(url: str) -> URL:
    """Parse a store's URL; CallError where it is none, or of a database that isn't supported."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise CallError(
            N_("store: '{url}' is not a URL; write sqlite:////path/ledger.db"), url=LOGIN.sub("…", url)
        ) from None
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise CallError(N_("store: '{backend}' is not supported; use sqlite or postgresql"), backend=backend)
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise CallError(N_("store: an SQLite store is a file; write sqlite:////path/ledger.db"))
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def store_name(url: URL) -> str:
    """What messages call the store: a file's path, or the URL without its password and options."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(query={}).render_as_string(hide_password=True)


def connect(url: URL, *, create: bool) -> Engine:
    """Make an engine; StoreError where the file or its folder is missing, or the driver isn't installed."""
    if url.get_backend_name() == "sqlite":
        with store_faults(store_name(url)):
            _require_file(Path(str(url.database)), create=create)
    try:
        engine = create_engine(url)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(
            N_(
                "store: '{name}' needs the Python package psycopg ({error}); install it into this environment, "
                "or Debian's python3-psycopg where the environment sees system packages; an SQLite file needs nothing"
            ),
            name=store_name(url),
            error=error,
        ) from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def connect_to_read(url: URL) -> Engine:
    """Make an engine that can't write; a full or read-only disk will do. StoreError where the store is missing."""
    if url.get_backend_name() != "sqlite":
        engine = connect(url, create=False)
        event.listen(engine, "begin", _begin_read_only)
        return engine
    path = Path(str(url.database))
    with store_faults(store_name(url)):
        _require_file(path, create=False)
    engine = create_engine(url, creator=lambda: _opened_to_read(path))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def remove_if_empty(url: URL) -> None:
    """Take back an SQLite file that got no schema: it would be taken for a ledger."""
    path = Path(str(url.database))
    if path.exists() and not _has_waiting_writes(path) and _has_no_table(path):
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one state of the store throughout; raises StoreError."""
    with store_faults(store_name(engine.url)), engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that has the turn to write from its start; all of it is kept or nothing. Raises StoreError."""
    with store_faults(store_name(engine.url)), engine.connect() as connection:
        connection.execution_options(writes=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_KEY})")
            yield connection


def _require_file(path: Path, *, create: bool) -> None:
    if not path.parent.is_dir():
        raise StoreError(
            N_("store: the folder '{parent}' does not exist; make it, or choose another --store"), parent=path.parent
        )
    if not path.exists():
        if not create:
            raise StoreError(
                N_("store: '{path}' does not exist; run `baophu collect` first, or choose another --store"), path=path
            )
    elif not path.is_file() or not _is_sqlite(path):
        raise StoreError(N_("store: '{path}' is not a ledger; choose another --store, or restore a backup"), path=path)


def _is_sqlite(path: Path) -> bool:
    """Whether SQLite would read the file as a database; it would write over a short file of another sort."""
    with store_faults(str(path)), path.open("rb") as file:
        return file.read(len(SQLITE_HEADER)) in (b"", SQLITE_HEADER)


def _set_up_sqlite(dbapi_connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` says which sort.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_read_only(connection: Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _opened_to_read(path: Path) -> sqlite3.Connection:
    """Open it as its reader may, so that no file is left beside it that its writer couldn't use.

    Where no file can be made and no writer's lie there, none writes, and the file is read as it lies.
    """
    without_writing = "mode=ro" if _log(path).exists() else "immutable=1"
    connection = _opened(path, "mode=rw" if os.access(path, os.W_OK) else without_writing)
    try:
        connection.execute("PRAGMA query_only = ON")
        _tables(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in NO_ROOM or _has_waiting_writes(path):
            raise
        return _opened(path, "immutable=1")
    return connection


def _opened(path: Path, options: str) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?{options}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)


def _has_no_table(path: Path) -> bool:
    with closing(_opened(path, "immutable=1")) as connection:
        return _tables(connection) == 0


def _tables(connection: sqlite3.Connection) -> int:
    """How many tables there are; reads the schema, and so finds one that is damaged: sqlite3.DatabaseError."""
    try:
        found: int = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except UnicodeDecodeError as error:  # SQLite's message quotes what is damaged, and isn't text then
        raise sqlite3.DatabaseError("malformed database schema") from error
    return found


def _has_waiting_writes(path: Path) -> bool:
    """Whether writes wait in the log beside the file (WAL), so that the file alone is not the whole ledger."""
    log = _log(path)
    return log.exists() and log.stat().st_size > 0


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
