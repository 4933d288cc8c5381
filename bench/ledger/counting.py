"""`python -m bench.ledger.counting`: a country's counters made, kept right change by change, and held against SQL."""

import resource
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import connect
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

from bench.ledger.country import Country
from bench.ledger.measuring import Watch, serve
from bench.ledger.province import NOON
from ledger.counters import Counters
from ledger.counters.evidence import columns_of
from ledger.counters.sql import counted_by_sql, planned_in_sql
from ledger.max_age import MaxAges
from ledger.obligation import OBLIGATIONS, Obligation
from ledger.observation import Check, Heartbeat
from ledger.plan import AssetKind
from ledger.store import Store, open_store

AGES = MaxAges.default()
OBLIGATIONS_OF: Mapping[str, Obligation] = {
    "HT06": OBLIGATIONS[AssetKind.WORKSTATION],
    "in a table": Obligation((Check.FDB, Check.ARP)),
    "leased": Obligation((Check.LEASE,)),
    "answering": Obligation((Check.PING,), latest=(Check.TSLCD_VLAN,)),
}
CHANGES, TURNS = 20_000, 7


def scenario(workstations: int) -> dict[str, float]:
    """CPU seconds to make the counters, of a turn of CHANGES and five minutes, and of SQL's own count."""
    watch = Watch()
    country = Country(workstations)
    with TemporaryDirectory(prefix="baophu-bench-") as folder:
        path = Path(folder) / "ledger.db"
        country.fill(path)
        with open_store(f"sqlite:///{path}") as store:
            counters = Counters(country.tree, country.roll, OBLIGATIONS_OF, AGES)
            begun = perf_counter()
            with watch.on("start-up"):
                _follow(counters, store, 0)
                counters.advance(NOON, _beats(NOON))
                counters.totals()
            found = {"start-up, on the clock": perf_counter() - begun}
            turns = [_turn(watch, country, counters, store, path, number) for number in range(TURNS)]
            with closing(connect(path)) as connection:
                connection.execute("CREATE INDEX current_state_seq ON current_state (seq)")
            country.change(path, min(CHANGES, workstations // 10), version=100, minutes=5 * TURNS)
            with watch.on("reading changes, by an index"):
                _follow(counters, store, 99)
            counters.advance(_at(TURNS), _beats(_at(TURNS)))
            with watch.on("SQL's count"):
                found["nodes that differ from SQL"] = _differing(counters, store, _at(TURNS))
    found["a turn"], found["a turn, the slowest"] = median(turns), max(turns)
    found |= {"units": len(country.tree), "peak MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    return watch.seconds | found


def _turn(watch: Watch, country: Country, counters: Counters, store: Store, path: Path, number: int) -> float:
    """Changes and five minutes; the CPU seconds from columns to every node's counts."""
    country.change(path, min(CHANGES, len(country.roll) // 10), version=number + 2, minutes=5 * number)
    with watch.on("reading changes"), store.changed_since(number + 1) as (_version, rows):
        states = columns_of(rows, country.roll, country.tree)
    with watch.on("turn"):
        counters.take(states)
        counters.advance(_at(number), _beats(_at(number)))
        counters.totals()
    return watch.seconds["turn"]


def _follow(counters: Counters, store: Store, version: int) -> None:
    with store.changed_since(version) as (_version, rows):
        counters.take(columns_of(rows, counters.roll, counters.tree))


def _differing(counters: Counters, store: Store, now: datetime) -> int:
    totals = counters.totals()
    with store.reading() as connection, planned_in_sql(connection, counters.tree, counters.roll):
        counts = [
            counted_by_sql(connection, counters.tree, owed, AGES, now=now, beats=_beats(now))
            for owed in OBLIGATIONS_OF.values()
        ]
    return int((np.stack(counts, axis=1) != totals).any(axis=(1, 2)).sum())


def _at(number: int) -> datetime:
    return NOON + timedelta(minutes=5 * number)


def _beats(at: datetime) -> list[Heartbeat]:
    start, end = at - timedelta(seconds=20), at - timedelta(seconds=10)
    return [
        Heartbeat(collector=name, started_at=start, finished_at=end, cycle_seconds=300, asked=900, failed=3)
        for name in ("icmp", "leases", "snmp")
    ]


if __name__ == "__main__":
    serve(scenario)
