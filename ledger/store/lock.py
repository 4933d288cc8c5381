"""Lets one set of collectors poll for a store, and no second."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from os.path import realpath
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection, Engine, text

from ledger.errors import StoreError
from ledger.language import N_
from ledger.store.engine import connect, store_name, store_url
from ledger.store.fault import store_faults

#: The advisory lock's key on PostgreSQL; "collect" in ASCII.
COLLECT_KEY = 0x636F6C6C656374
HOLDERS = text(
    "SELECT string_agg(a.application_name, ', ') FROM pg_stat_activity a "
    "JOIN pg_locks l ON l.pid = a.pid WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 "
    "AND (CAST(l.classid AS bigint) << 32 | CAST(l.objid AS bigint)) = :key"
).bindparams(key=COLLECT_KEY)


@contextmanager
def collect_lock(url: str) -> Iterator[None]:
    """Hold the right to poll for the store at `url`; StoreError names the process that has it already.

    The right ends with the block, or with the process however it dies.
    """
    parsed = store_url(url)
    name = store_name(parsed)
    if parsed.get_backend_name() == "sqlite":
        with _locked_file(Path(f"{realpath(parsed.database or '')}.collect.lock"), name):
            yield
        return
    engine = connect(parsed, create=False)
    try:
        with _locked_connection(engine, name):
            yield
    finally:
        engine.dispose()


@contextmanager
def _locked_file(path: Path, name: str) -> Iterator[None]:
    with store_faults(name):
        file = path.open("a+", encoding="ascii")
    with file:
        with store_faults(name):
            _lock(file, name)
        yield


def _lock(file: TextIO, name: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise _taken(name, file.read().strip()) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()


@contextmanager
def _locked_connection(engine: Engine, name: str) -> Iterator[None]:
    with store_faults(name):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connection:
        with store_faults(name):
            _lock_advisory(connection, name)
        yield


def _lock_advisory(connection: Connection, name: str) -> None:
    if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({COLLECT_KEY})").scalar():
        raise _taken(name, str(connection.execute(HOLDERS).scalar()))
    connection.exec_driver_sql(f"SET application_name = '{os.getpid()} (baophu collect)'")


def _taken(name: str, holder: str) -> StoreError:
    return StoreError(
        N_("store: '{name}' is already collected for by process {holder}; stop that one first"),
        name=name,
        holder=holder,
    )
