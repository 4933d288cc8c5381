"""`python -m bench.ledger.kept`: five years of a province's figures: their size, a day of them, and a merger."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.ledger.measuring import Watch, serve
from bench.ledger.province import plan_of
from ledger.kept import FigureKey, Keeping, Numbers
from ledger.plan import Level, Plan, Unit, UnitHistory, UnitSpan
from ledger.reconcile.series import reported, restated
from ledger.store import Store, open_store
from ledger.store.kept import ADD_DAYS, KEEPINGS
from ledger.uncollected import uncollected
from ledger.units.succession import Succession, SuccessionKind

UNITS, INDICATORS, CHANGING = 700, 20, 0.05
MERGED, INTO = 100, 40
FIRST = date(2021, 11, 1)
KNOWN = datetime(2026, 11, 1, tzinfo=UTC)
TWO_YEARS = 730
REST = '{"level": "commune", "value_unit": "ratio", "direction": "up", "target": 0.9, "state": "value"}'
OWED = 60


def scenario(days: int) -> dict[str, float]:
    """CPU seconds, and megabytes."""
    rng, watch, found = random.Random(7), Watch(), dict[str, float]()  # noqa: S311 - a bench, no secret
    with (
        TemporaryDirectory(prefix="baophu-bench-") as folder,
        open_store(f"sqlite:///{Path(folder) / 'l.db'}") as store,
    ):
        found["MB of two years"] = _write(store, days, rng)
        asked = [FIRST + timedelta(days=rng.randrange(days)) for _ in range(20)]
        times = []
        for day in asked:
            with watch.on("day"), uncollected():
                figures = store.kept_figures(day)
            times.append(watch.seconds.pop("day"))
        found["figures"] = len(figures)
        found["a day's figures"], found["the slowest day's"] = median(times), max(times)
        with watch.on("plain"), store.reading() as connection:
            connection.exec_driver_sql(
                "SELECT k.*, s.* FROM figure_key k JOIN figure_day s ON s.key = k.id LIMIT ?", (len(figures),)
            ).fetchall()
        found["as many rows, just read"] = watch.seconds.pop("plain")
        found |= _merger(store, days, watch)
    return found


def _numbers(reached: int) -> Numbers:
    return Numbers(reached, OWED, OWED, None, f"stale={OWED - reached}" if reached < OWED else "", REST)


def _write(store: Store, days: int, rng: random.Random) -> float:
    """The first day as it is kept, the others as rows of the same form; how large two years are, or what there is."""
    keys = [
        FigureKey(f"c{unit:03}", f"HT{indicator:02}", "", "", "measured")
        for unit in range(UNITS)
        for indicator in range(INDICATORS)
    ]
    made = Keeping(
        number=0,
        first=FIRST,
        last=FIRST + timedelta(days=days - 1),
        known_at=KNOWN,
        plan_version="p",
        rule_version="r",
        changed=0,
    )
    store.keep_figures(made, [(FIRST, {key: _numbers(rng.randint(0, OWED)) for key in keys})])
    size = 0.0
    for start in range(1, days, 100):
        with store.writing() as connection:
            rest = connection.exec_driver_sql("SELECT max(rest) FROM figure_day").scalar()
            for place in range(start, min(start + 100, days)):
                rows = _changes(rng, len(keys), place, rest)
                ADD_DAYS.run(connection, list(rows))
        if start <= TWO_YEARS < start + 100 or (not size and start + 100 >= days):
            size = _megabytes(store)
    return size


def _megabytes(store: Store) -> float:
    """What lies on the disk once the log is written into the file."""
    with closing(sqlite3.connect(store.name)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return sum(path.stat().st_size for path in Path(store.name).parent.iterdir()) / 1e6


def _changes(rng: random.Random, keys: int, place: int, rest: object) -> Iterator[tuple[object, ...]]:
    day = (FIRST - date(1970, 1, 1)).days + place
    for key in sorted(rng.sample(range(1, keys + 1), int(keys * CHANGING))):
        numbers = _numbers(rng.randint(0, OWED))
        yield (key, day * KEEPINGS + 1, *numbers[:5], rest)


def _merger(store: Store, days: int, watch: Watch) -> dict[str, float]:
    """Every indicator's history of the units that merged, carried over to the map after the merger."""
    turn, last, points = FIRST + timedelta(days=days // 2), FIRST + timedelta(days=days - 1), 0
    plan, merged = _merging(turn)
    with watch.on("restating"), uncollected():
        for indicator in range(INDICATORS):
            changes = store.kept_changes(FIRST, last, indicator=f"HT{indicator:02}")
            ours = (change for change in reported(changes) if change.unit in merged)
            turns = [(FIRST, plan.history.at(FIRST), FIRST)]
            points += sum(1 for _ in restated(plan, ours, turn, turns))
    return {"restating five years": watch.seconds["restating"], "points restated": points}


def _merging(on: date) -> tuple[Plan, frozenset[str]]:
    """The bench's plan with units that merged on a day, and which these are."""
    top = Unit("p", None, Level.PROVINCE, "unit", "p", "p", None)
    before = {f"c{n:03}": Unit(f"c{n:03}", "p", Level.COMMUNE, "unit", "c", "c", None) for n in range(UNITS)}
    merged = frozenset(list(before)[:MERGED])
    after = [Unit(f"n{n:02}", "p", Level.COMMUNE, "unit", "n", "n", None) for n in range(INTO)]
    spans = [UnitSpan(top, None, None), *(UnitSpan(unit, on, None) for unit in after)]
    spans += [UnitSpan(u, None, on - timedelta(days=1) if u.id in merged else None) for u in before.values()]
    successions = [
        Succession(
            on=on,
            kind=SuccessionKind.MERGE,
            source=unit,
            target=f"n{place % INTO:02}",
            share=None,
            decision="1",
        )
        for place, unit in enumerate(sorted(merged))
    ]
    return replace(plan_of(1), history=UnitHistory(tuple(spans), (), tuple(successions))), merged


if __name__ == "__main__":
    serve(scenario)
