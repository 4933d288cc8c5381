"""Reads and writes heartbeats: unbroken runs of a collector's cycles."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from ledger.observation import Heartbeat
from ledger.seen import SILENT_CYCLES
from ledger.store.schema import heartbeat


def write_beat(connection: Connection, beat: Heartbeat, seq: int) -> bool:
    """Join a finished cycle to the collector's run of cycles; False where it brings nothing newer."""
    table = heartbeat.c
    query = select(heartbeat).where(table.collector == beat.collector).order_by(table.finished_at.desc()).limit(1)
    last = connection.execute(query).first()
    if last is not None and beat.finished_at <= last.finished_at:
        return False
    values: dict[str, Any] = {
        "started_at": beat.started_at,
        "finished_at": beat.finished_at,
        "cycle_seconds": beat.cycle_seconds,
        "asked": beat.asked,
        "failed": beat.failed,
        "seq": seq,
    }
    if last is not None and _goes_on(last, beat):
        same = (table.collector == beat.collector, table.first_finished_at == last.first_finished_at)
        connection.execute(update(heartbeat).where(*same).values(values))
    else:
        key = {"collector": beat.collector, "first_finished_at": beat.finished_at}
        connection.execute(insert(heartbeat).values(key | values))
    return True


def read_beats(connection: Connection, at: datetime | None) -> tuple[Heartbeat, ...]:
    """Each collector's latest cycle, by name.

    At a past instant inside a run of cycles, the cycle that was the latest then is not known to the second: it is
    taken to have ended at that instant.
    """
    table = heartbeat.c
    newest = func.row_number().over(partition_by=table.collector, order_by=table.first_finished_at.desc())
    ranked = select(heartbeat, newest.label("newest"))
    if at is not None:
        ranked = ranked.where(table.first_finished_at <= at)
    rows = ranked.subquery()
    query = select(rows).where(rows.c.newest == 1).order_by(rows.c.collector)
    return tuple(_beat(row, at) for row in connection.execute(query))


def _goes_on(last: Row[Any], beat: Heartbeat) -> bool:
    gap = beat.finished_at - last.finished_at
    return bool(
        last.cycle_seconds == beat.cycle_seconds and gap <= timedelta(seconds=beat.cycle_seconds) * SILENT_CYCLES
    )


def _beat(row: Row[Any], at: datetime | None) -> Heartbeat:
    finished_at, started_at = row.finished_at, row.started_at
    if at is not None and finished_at > at:
        finished_at = at
        started_at = min(started_at, at - timedelta(seconds=row.cycle_seconds))
    return Heartbeat(
        collector=row.collector,
        started_at=started_at,
        finished_at=finished_at,
        cycle_seconds=row.cycle_seconds,
        asked=row.asked,
        failed=row.failed,
    )
