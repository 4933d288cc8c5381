"""Reads and writes the outcomes of provisioning runs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from ledger.observation import Outcome, RunResult
from ledger.seen import Provisioning
from ledger.store.schema import run

FIELDS = ("run", "playbook", "asset", "outcome", "changed", "check_mode", "at", "message", "diff")
KEY = ("run", "playbook", "asset")


def write_runs(connection: Connection, results: Sequence[RunResult], seq: int) -> None:
    """Keep the results; one given again for the same run, playbook and asset takes the earlier one's place."""
    rows = [{name: getattr(result, name) for name in FIELDS} | {"seq": seq} for result in results]
    for row in rows:
        connection.execute(delete(run).where(*(run.c[name] == row[name] for name in KEY)))
        connection.execute(insert(run).values(row))


def read_provisioning(connection: Connection, at: datetime | None) -> dict[str, Provisioning]:
    """What each asset's runs came to, check mode left out, `dict[asset id, …]`."""
    runs = select(run).where(run.c.check_mode.is_(False))
    if at is not None:
        runs = runs.where(run.c.at <= at)
    order = (run.c.at.desc(), run.c.seq.desc())
    newest = func.row_number().over(partition_by=run.c.asset, order_by=order).label("newest")
    ranked = runs.add_columns(newest).subquery()
    last = {row.asset: read_run(row) for row in connection.execute(select(ranked).where(ranked.c.newest == 1))}
    every = runs.subquery()
    succeeded = select(every.c.asset, func.max(every.c.at)).where(every.c.outcome == Outcome.OK).group_by(every.c.asset)
    ok_at: dict[str, datetime] = dict(connection.execute(succeeded).all())
    return {asset: Provisioning(last=result, succeeded_at=ok_at.get(asset)) for asset, result in last.items()}


def read_run(row: Row[Any]) -> RunResult:
    """One host's part in a run from its row."""
    return RunResult(
        run=row.run,
        playbook=row.playbook,
        asset=row.asset,
        outcome=Outcome(row.outcome),
        changed=row.changed,
        check_mode=row.check_mode,
        at=row.at,
        message=row.message,
        diff=row.diff,
    )
