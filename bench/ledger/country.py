"""A country's PCs and what was seen of them, as columns and in a store: too many for an object each."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.ledger.province import NOON
from ledger.counters import Roll, Tree
from ledger.counters.arrays import ALWAYS, NEVER
from ledger.counters.roll import PROGRESS
from ledger.observation import Check
from ledger.plan import Level, Unit
from ledger.reconcile.evidence import Progress
from ledger.store import open_store
from ledger.store.schema import MICROSECOND, to_micros

#: PCs a unit; a province's communes have offices below them: four levels.
PER_UNIT = 133
PROVINCES, COMMUNES = 34, 3_321
NOW, DAY = to_micros(NOON), timedelta(days=1) // MICROSECOND
PRESENCE = (Check.FDB, Check.ARP, Check.LEASE, Check.PING)
INSERT = """INSERT INTO current_state
    (asset, "check", source, answer, unit, first_at, ok, value, failure, detail, last_at, since, seq)
    VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ?, ?, 1)"""
UPDATE = """UPDATE current_state SET last_at = ?, seq = ? WHERE asset = ? AND ok"""


class Country:
    """So many PCs; the same seed makes the same country."""

    def __init__(self, workstations: int) -> None:
        self._random = np.random.default_rng(68)
        self.tree = Tree(_units(max(2, workstations // PER_UNIT)))
        unit = self._random.integers(0, len(self.tree), workstations)
        self.names = [f"PC-{number:07}" for number in range(workstations)]
        self.roll = Roll(
            place={name: place for place, name in enumerate(self.names)},
            unit=unit,
            planned_at=self._one_of(workstations, NOW - 400 * DAY, NOW + 40 * DAY, part=0.02),
            exempt_until=self._one_of(workstations, NEVER, NOW + 20 * DAY, part=0.01),
            retired_at=np.full(workstations, ALWAYS, dtype=np.int64),
            progress=np.full(workstations, PROGRESS.index(Progress.DONE), dtype=np.int8),
            provisioned_at=np.full(workstations, NOW - 300 * DAY, dtype=np.int64),
        )

    def fill(self, path: Path) -> None:
        """Two states a PC: where it was last seen in the last 33 days, and whether its VLAN was the right one."""
        open_store(f"sqlite:///{path}").close()
        with closing(sqlite3.connect(path)) as connection:
            connection.executemany(INSERT, self._states())
            connection.execute("UPDATE change SET seq = 1")
            connection.commit()

    def change(self, path: Path, many: int, *, version: int, minutes: int) -> None:
        """So many PCs are seen again, `minutes` after NOON."""
        at = NOW + timedelta(minutes=minutes) // MICROSECOND
        chosen = self._random.choice(len(self.names), many, replace=False).tolist()
        with closing(sqlite3.connect(path)) as connection:
            connection.executemany(UPDATE, [(at - place % 1_000, version, self.names[place]) for place in chosen])
            connection.execute("UPDATE change SET seq = ?", (version,))
            connection.commit()

    def _states(self) -> Iterator[tuple[object, ...]]:
        many = len(self.names)
        last_at = (NOW - self._random.integers(0, 33 * DAY, many)).tolist()
        checks = self._random.integers(0, len(PRESENCE), many).tolist()
        is_home, is_right = ((self._random.random(many) < part).tolist() for part in (0.97, 0.9))
        units = [self.tree.names[place] for place in self.roll.unit.tolist()]
        for place, name in enumerate(self.names):
            at, source = last_at[place], f"SW-{place // 48:05}"
            unit = units[place] if is_home[place] else self.tree.names[0]
            ok, answer = (1, "yes") if is_right[place] else (0, "no")
            seen = [
                (name, PRESENCE[checks[place]].value, source, "yes", unit, at - DAY, 1, at, at),
                (name, Check.TSLCD_VLAN.value, source, answer, "", at - DAY, ok, at, at),
            ]
            yield from sorted(seen)

    def _one_of(self, many: int, usual: int, other: int, *, part: float) -> NDArray[np.int64]:
        return np.where(self._random.random(many) < part, other, usual).astype(np.int64)


def _units(many: int) -> dict[str, Unit]:
    """A tree of so many units, parents first."""
    found: dict[str, Unit] = {}
    for number in range(many):
        parent: str | None = None
        if number > PROVINCES + COMMUNES:
            parent = f"U{1 + PROVINCES + number % COMMUNES:05}"
        elif number > 0:
            parent = f"U{number % PROVINCES + 1:05}" if number > PROVINCES else "U00000"
        name = f"U{number:05}"
        found[name] = Unit(
            id=name, parent=parent, level=Level.COMMUNE, kind="xa", name_vi=name, name_en=name, code=None
        )
    return found
