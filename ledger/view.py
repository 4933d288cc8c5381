"""What the ledger says, now or at another time."""

from collections.abc import Callable
from datetime import datetime
from threading import Lock

from ledger.figure import Snapshot
from ledger.max_age import MaxAges
from ledger.plan import Plan
from ledger.reconcile import reconcile
from ledger.seen import History
from ledger.store import Store


class LedgerView:
    """The one place that figures come from: table, JSON, API and metrics. Safe to share between threads."""

    def __init__(self, plan: Plan, store: Store, max_ages: MaxAges, clock: Callable[[], datetime]) -> None:
        self.plan = plan
        self._store = store
        self._max_ages = max_ages
        self._clock = clock
        self._lock = Lock()
        self._latest: tuple[int, Snapshot] | None = None

    def now(self) -> Snapshot:
        """What the ledger says now; the same object until something new is written or time alone turns a verdict.

        One SQL statement where nothing changed. Raises StoreError.
        """
        with self._lock:
            now = self._clock()
            if self._latest is not None:
                version, snapshot = self._latest
                if _holds(snapshot, now) and version == self._store.version():
                    return snapshot
            seen = self._store.seen()
            snapshot = reconcile(self.plan, seen, self._max_ages, now)
            self._latest = (seen.version, snapshot)
            return snapshot

    def at(self, when: datetime) -> Snapshot:
        """What the ledger says of another time, past or to come; raises StoreError."""
        return reconcile(self.plan, self._store.seen(when), self._max_ages, when)

    def history(self, asset: str, limit: int) -> History:
        """What is known of one asset, newest first, at most `limit` of each kind; raises StoreError."""
        return self._store.history(asset, limit)


def _holds(snapshot: Snapshot, now: datetime) -> bool:
    return snapshot.as_of <= now and (snapshot.valid_until is None or now < snapshot.valid_until)
