"""Where collectors hand in what they saw, on the way to the store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter
from threading import RLock
from types import TracebackType
from typing import Self

from ledger.max_age import MaxAges
from ledger.observation import Check, Heartbeat, Observation, Sink
from ledger.store import Store
from ledger.store.interval import Series
from ledger.uncollected import uncollected

#: Observations in one transaction.
LONGEST_BATCH = 10_000
AT = attrgetter("at")


@dataclass(slots=True)
class _Known:
    """What was last written of a series, and what was seen unchanged since (None: nothing newer)."""

    written: Observation
    held: Observation | None = None


class LedgerSink(Sink):
    """Writes what changed at once; of what didn't change, only the time of the last sighting, now and then.

    A sighting dated later than `clock` says is a skewed clock's, and counts as now. Safe to share between threads.
    """

    def __init__(self, store: Store, max_ages: MaxAges, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._max_ages = max_ages
        self._clock = clock
        self._known: dict[Series, _Known] = {}
        self._held_since: dict[Check, datetime] = {}
        self._lock = RLock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.flush()

    def accept(self, observations: Sequence[Observation]) -> None:
        """Take a batch; raises StoreError where it can't be kept, and takes it again when it is offered again."""
        now = self._clock()
        with self._lock, uncollected():
            self._record(
                self._changed([item if item.at <= now else replace(item, at=now) for item in observations], now)
            )
            self._flush_due(now)

    def beat(self, heartbeat: Heartbeat) -> None:
        """Note that a collector finished a cycle; raises StoreError."""
        with self._lock:
            self._flush_due(self._clock())
            self._store.record_beat(heartbeat)

    def flush(self) -> None:
        """Write every sighting that is held back; raises StoreError."""
        with self._lock:
            self._flush(set(Check))

    close = flush

    def _changed(self, observations: Sequence[Observation], now: datetime) -> list[Observation]:
        """What must be written, each after what its series holds back.

        After a change, whatever else the batch says of the series goes with it.
        """
        found: list[Observation] = []
        moved: set[Series] = set()
        for item in observations:
            series = (item.asset, item.check, item.source)
            known = self._known.get(series)
            if known is not None:
                if series not in moved and self._hold(known, item, now):
                    continue
                moved.add(series)
                if known.held is not None:
                    found.append(known.held)
            found.append(item)
        return found

    def _hold(self, known: _Known, item: Observation, now: datetime) -> bool:
        """Keep an unchanged sighting in memory; False where it must be written."""
        last = known.held or known.written
        if not _says_the_same(item, last):
            return False
        if item.at == last.at:
            return True
        if item.at < last.at or item.at - last.at > self._max_ages.of(item.check):
            return False
        known.held = item
        self._held_since.setdefault(item.check, now)
        return True

    def _record(self, batch: list[Observation]) -> None:
        """Write in transactions short enough for others to get their turn; memory follows what the store took."""
        batch.sort(key=AT)
        for start in range(0, len(batch), LONGEST_BATCH):
            chunk = batch[start : start + LONGEST_BATCH]
            self._store.record(chunk, max_ages=self._max_ages)
            for item in chunk:
                series = (item.asset, item.check, item.source)
                known = self._known.get(series)
                if known is None or item.at > known.written.at:
                    self._known[series] = _Known(item)

    def _flush_due(self, now: datetime) -> None:
        due = {check for check, since in self._held_since.items() if now - since >= self._max_ages.flush_after(check)}
        self._flush(due)

    def _flush(self, checks: set[Check]) -> None:
        if checks & self._held_since.keys():
            held = (entry.held for series, entry in self._known.items() if series[1] in checks)
            with uncollected():
                self._record([item for item in held if item is not None])
            for check in checks:
                self._held_since.pop(check, None)


def _says_the_same(one: Observation, other: Observation) -> bool:
    return one.ok == other.ok and one.unit == other.unit and one.value == other.value and one.failure == other.failure
