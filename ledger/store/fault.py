"""Turns what a database says went wrong into a StoreError that names the store and the remedy."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ledger.errors import StoreError
from ledger.language import N_

#: What SQLite (first match) and PostgreSQL say, and what to do about it.
REMEDIES: tuple[tuple[str, str], ...] = (
    (
        "readonly database",
        N_("store: '{name}' is read-only; give write permission to it and its folder, or choose another --store"),
    ),
    (
        "attempt to write a readonly",
        N_("store: '{name}' is read-only; give write permission to it, or choose another --store"),
    ),
    ("disk is full", N_("store: '{name}' lies on a full disk; nothing was written; free some space")),
    ("disk i/o error", N_("store: '{name}' could not be read or written; check its disk (full, failing or read-only)")),
    (
        "unable to open database file",
        N_("store: '{name}' cannot be opened; check that its folder exists and may be written to"),
    ),
    ("file is not a database", N_("store: '{name}' is not a ledger; choose another --store, or restore a backup")),
    ("malformed", N_("store: '{name}' is damaged; restore a backup")),
    (
        "database is locked",
        N_("store: '{name}' is locked by another process for too long; find who holds it, or try again"),
    ),
)
FAILED = N_("store: '{name}' failed: {error}")


@contextmanager
def store_faults(name: str) -> Iterator[None]:
    """Raise StoreError for every fault of the database inside; `name` is the store's, without a password."""
    try:
        yield
    except DBAPIError as error:
        raise _fault(name, str(error.orig)) from error
    except sqlite3.Error as error:
        raise _fault(name, str(error)) from error
    except (OSError, SQLAlchemyError) as error:
        raise StoreError(FAILED, name=name, error=error) from error


def _fault(name: str, message: str) -> StoreError:
    lowered = message.lower()
    for sign, saying in REMEDIES:
        if sign in lowered:
            return StoreError(saying, name=name)
    return StoreError(FAILED, name=name, error=message)
