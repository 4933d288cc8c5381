"""The same counts by SQL over the store's states, from scratch: what counters are reconciled against."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

import numpy as np
from sqlalchemy import Connection, text

from ledger.counters.arrays import NEVER, Counts
from ledger.counters.roll import PROGRESS, Roll
from ledger.counters.tree import Tree
from ledger.counters.verdict import CODES
from ledger.max_age import MaxAges
from ledger.obligation import Obligation
from ledger.observation import Heartbeat
from ledger.reconcile.scene import TELLING
from ledger.store.schema import MICROSECOND, to_micros

#: Rows given to the database at once.
PIECE = 10_000
PLANNED = text("""
CREATE TEMPORARY TABLE planned (
    asset VARCHAR PRIMARY KEY, unit VARCHAR, place INTEGER, planned_at BIGINT, exempt_until BIGINT, retired_at BIGINT,
    progress VARCHAR, provisioned_at BIGINT)
""")
COLUMNS = ("asset", "unit", "place", "planned_at", "exempt_until", "retired_at", "progress", "provisioned_at")
PLAN = text(
    "INSERT INTO planned "
    "VALUES (:asset, :unit, :place, :planned_at, :exempt_until, :retired_at, :progress, :provisioned_at)"
)
OWED = text("""
CREATE TEMPORARY TABLE owed (
    name VARCHAR, is_presence INTEGER, is_telling INTEGER, age BIGINT, hold BIGINT, turn INTEGER)
""")
COUNTS = text("""
WITH sighting AS (
    SELECT s.asset, s.source, s.last_at, s.last_at + o.age AS until, s.last_at + o.hold AS told_at, o.turn,
           s.unit = '' OR s.unit = p.unit AS is_home
    FROM current_state s JOIN owed o ON o.name = s."check" AND o.is_presence = 1 JOIN planned p ON p.asset = s.asset
    WHERE s.ok OR (s.failure IS NULL AND s.value IS NOT NULL AND o.is_telling = 1)
), seen AS (
    SELECT asset, MAX(CASE WHEN is_home THEN until END) AS home_until,
           MAX(CASE WHEN is_home THEN NULL ELSE until END) AS away_until
    FROM sighting GROUP BY asset
), told AS (
    SELECT asset, told_at, ROW_NUMBER() OVER (PARTITION BY asset ORDER BY last_at DESC, source DESC, turn) AS newest
    FROM sighting
), answer AS (
    SELECT s.asset, s.ok,
           ROW_NUMBER() OVER (PARTITION BY s.asset, o.name ORDER BY last_at DESC, first_at DESC, source DESC) AS newest
    FROM current_state s JOIN owed o ON o.name = s."check" AND o.is_presence = 0 JOIN planned p ON p.asset = s.asset
    WHERE s.failure IS NULL
), complete AS (
    SELECT asset FROM answer WHERE newest = 1 AND ok GROUP BY asset HAVING COUNT(*) = :properties
)
SELECT place, verdict, COUNT(*) FROM (
    SELECT p.place, CASE
        WHEN p.retired_at <= :now THEN 'gone'
        WHEN :now < p.exempt_until THEN 'exempt'
        WHEN s.home_until >= :now AND (:properties = 0 OR c.asset IS NOT NULL) THEN 'covered'
        WHEN :now < p.planned_at THEN 'planned_later'
        WHEN s.away_until >= :now AND COALESCE(s.home_until < :now, TRUE) THEN 'wrong_place'
        WHEN s.home_until >= :now THEN 'not_compliant'
        WHEN t.told_at >= :cycle_began_at THEN 'collector_silent'
        WHEN t.told_at IS NOT NULL THEN 'stale'
        WHEN p.progress = 'failed' THEN 'provisioning_failed'
        WHEN p.progress = 'never' THEN 'not_provisioned'
        WHEN p.provisioned_at >= :cycle_began_at THEN 'collector_silent'
        ELSE 'never_seen' END AS verdict
    FROM planned p LEFT JOIN seen s ON s.asset = p.asset LEFT JOIN told t ON t.asset = p.asset AND t.newest = 1
    LEFT JOIN complete c ON c.asset = p.asset
) judged WHERE verdict <> 'gone' GROUP BY place, verdict
""")


@contextmanager
def planned_in_sql(connection: Connection, tree: Tree, roll: Roll) -> Iterator[None]:
    """Have a table of what is planned beside the store's, for `counted_by_sql` inside the block."""
    connection.execute(PLANNED)
    connection.execute(OWED)
    units, progress = roll.unit.tolist(), roll.progress.tolist()
    rows = zip(
        roll.place,
        (tree.names[place] for place in units),
        units,
        roll.planned_at.tolist(),
        roll.exempt_until.tolist(),
        roll.retired_at.tolist(),
        (PROGRESS[code].value for code in progress),
        roll.provisioned_at.tolist(),
        strict=True,
    )
    while piece := [dict(zip(COLUMNS, row, strict=True)) for row in islice(rows, PIECE)]:
        connection.execute(PLAN, piece)
    yield
    for table in ("planned", "owed"):
        connection.execute(text(f"DROP TABLE {table}"))


def counted_by_sql(
    connection: Connection,
    tree: Tree,
    owed: Obligation,
    max_ages: MaxAges,
    *,
    now: datetime,
    beats: Iterable[Heartbeat],
) -> Counts:
    """How many assets at each node have each verdict, as `Counters.totals` has them; outages are left out."""
    connection.execute(text("DELETE FROM owed"))
    connection.execute(
        text("INSERT INTO owed VALUES (:name, :is_presence, :is_telling, :age, :hold, :turn)"),
        [
            {
                "name": check.value,
                "is_presence": int(turn < len(owed.presence)),
                "is_telling": int(check in TELLING),
                "age": max_ages.of(check) // MICROSECOND,
                "hold": max_ages.flush_after(check) // MICROSECOND,
                "turn": turn,
            }
            for turn, check in enumerate((*owed.presence, *owed.latest))
        ],
    )
    began_at = [to_micros(beat.started_at) for beat in beats if beat.collector in owed.collectors]
    given = {
        "now": to_micros(now),
        "properties": len(owed.latest),
        "cycle_began_at": max(began_at, default=NEVER),
    }
    own = np.zeros((len(tree), len(CODES)), dtype=np.int64)
    codes = {verdict.value: code for code, verdict in enumerate(CODES)}
    for place, verdict, many in connection.execute(COUNTS, given):
        own[place, codes[verdict]] = many
    return tree.sums(own)
