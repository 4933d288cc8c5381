"""Reads what is known of one asset: its intervals and its provisioning runs, newest first."""

from sqlalchemy import Connection, select

from ledger.seen import History
from ledger.store.runs import read_run
from ledger.store.schema import observation, run
from ledger.store.states import interval_columns, read_state


def read_history(connection: Connection, asset: str, limit: int) -> History:
    """At most `limit` intervals and as many runs, check mode included; the newest of each."""
    intervals = (
        select(*interval_columns(observation))
        .where(observation.c.asset == asset)
        .order_by(observation.c.last_at.desc())
    )
    runs = select(run).where(run.c.asset == asset).order_by(run.c.at.desc(), run.c.seq.desc())
    return History(
        states=tuple(read_state(row) for row in connection.execute(intervals.limit(limit))),
        runs=tuple(read_run(row) for row in connection.execute(runs.limit(limit))),
    )
