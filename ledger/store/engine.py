"""Connects to the store's database and begins its transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from ledger.errors import ConfigurationError, StoreError
from ledger.language import N_
from ledger.store.fault import store_faults

#: How long a writer waits for its turn.
BUSY_SECONDS = 30
#: Serialises writers on PostgreSQL, as BEGIN IMMEDIATE does on SQLite; "baophu" in ASCII.
WRITER_KEY = 0x62616F706875
SQLITE_HEADER = b"SQLite format 3\0"


def store_url(url: str) -> URL:
    """Parse a store's URL; ConfigurationError where it is none, or of a database that isn't supported."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigurationError(N_("store: '{url}' is not a URL; write sqlite:////path/ledger.db"), url=url) from None
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise ConfigurationError(N_("store: '{backend}' is not supported; use sqlite or postgresql"), backend=backend)
    if backend == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise ConfigurationError(N_("store: an SQLite store is a file; write sqlite:////path/ledger.db"))
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def store_name(url: URL) -> str:
    """What messages call the store: a file's path, or the URL without its password."""
    return str(url.database) if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def connect(url: URL, *, create: bool) -> Engine:
    """Make an engine; StoreError where the file or its folder is missing, or the driver isn't installed."""
    if url.get_backend_name() == "sqlite":
        _require_file(Path(str(url.database)), create=create)
    try:
        engine = create_engine(url)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise StoreError(
            N_("store: '{name}' needs a driver: {error}; pip install psycopg"), name=store_name(url), error=error
        ) from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


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
