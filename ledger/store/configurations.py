"""Reads and writes the versions of devices' configurations; only a change makes a new one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, Row, String, Table, Text, insert, select, update

from ledger.configuration import Capture, ChangingRun, Kept, SecretsDigest, Version, fingerprint, line_changes
from ledger.store.schema import Instant, metadata, run

#: Every version of every device's configuration, secrets masked.
configuration = Table(
    "configuration",
    metadata,
    Column("device", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("changed_after", Instant),
    Column("sha256", String, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("secrets_changed", Boolean(create_constraint=False), nullable=False),
    Column("secrets_key", String),
    Column("secrets_digest", String),
    Column("message", Text),
    Column("text", Text, nullable=False),
)
FIELDS = (
    *("device", "number", "first_at", "last_at", "changed_after", "sha256", "lines", "added", "removed"),
    *("secrets_changed", "message"),
)


def write_captures(connection: Connection, captures: Sequence[Capture]) -> tuple[Kept, ...]:
    """Keep what was read, in the order given; a reading older than the device's latest changes nothing."""
    return tuple(_keep(connection, capture) for capture in captures)


def read_versions(connection: Connection, device: str | None) -> tuple[Version, ...]:
    """The versions of one device, or of all, by device and number; without their texts."""
    table = configuration.c
    query = select(*(table[name] for name in FIELDS)).order_by(table.device, table.number)
    if device is not None:
        query = query.where(table.device == device)
    return tuple(_version(row) for row in connection.execute(query))


def read_text(connection: Connection, device: str, number: int) -> str | None:
    """The text of one version, None where there is no such version."""
    table = configuration.c
    query = select(table.text).where(table.device == device, table.number == number)
    found: str | None = connection.execute(query).scalar()
    return found


def read_changing_runs(connection: Connection, device: str | None) -> tuple[ChangingRun, ...]:
    """The runs that changed something on one device, or on any; check mode changes nothing."""
    query = select(run.c.asset, run.c.run, run.c.playbook, run.c.at)
    query = query.where(run.c.check_mode.is_(False), run.c.changed > 0).order_by(run.c.at)
    if device is not None:
        query = query.where(run.c.asset == device)
    return tuple(
        ChangingRun(asset=row.asset, run=row.run, playbook=row.playbook, at=row.at) for row in connection.execute(query)
    )


def _keep(connection: Connection, capture: Capture) -> Kept:
    table = configuration.c
    query = select(configuration).where(table.device == capture.device).order_by(table.number.desc()).limit(1)
    last = connection.execute(query).first()
    if last is None:
        return _begin(connection, capture, None)
    if capture.at <= last.last_at:
        return Kept(_version(last), is_new=False)
    if last.sha256 != fingerprint(capture.text) or _secrets_changed(last, capture):
        return _begin(connection, capture, last)
    seen = {"last_at": capture.at} | _digest_columns(capture)
    same = (table.device == last.device, table.number == last.number)
    connection.execute(update(configuration).where(*same).values(seen))
    return Kept(_version(connection.execute(query).one()), is_new=False)


def _begin(connection: Connection, capture: Capture, last: Row[Any] | None) -> Kept:
    added, removed = line_changes(last.text, capture.text) if last is not None else (0, 0)
    version = Version(
        device=capture.device,
        number=last.number + 1 if last is not None else 1,
        first_at=capture.at,
        last_at=capture.at,
        changed_after=last.last_at if last is not None else None,
        sha256=fingerprint(capture.text),
        lines=len(capture.text.splitlines()),
        added=added,
        removed=removed,
        secrets_changed=last is not None and _secrets_changed(last, capture),
        message=capture.message,
    )
    values = {name: getattr(version, name) for name in FIELDS} | _digest_columns(capture) | {"text": capture.text}
    connection.execute(insert(configuration).values(values))
    return Kept(version, is_new=True)


def _secrets_changed(last: Row[Any], capture: Capture) -> bool:
    known = SecretsDigest(last.secrets_key, last.secrets_digest) if last.secrets_key is not None else None
    return capture.digest is not None and capture.digest.differs_from(known)


def _digest_columns(capture: Capture) -> dict[str, str | None]:
    digest = capture.digest
    return {"secrets_key": digest.key if digest else None, "secrets_digest": digest.value if digest else None}


def _version(row: Row[Any]) -> Version:
    return Version(**{name: getattr(row, name) for name in FIELDS})
