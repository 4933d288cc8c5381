"""What the ledger says, now or at another time."""

from collections.abc import Callable
from datetime import date, datetime
from threading import Lock

from ledger.errors import CallError
from ledger.figure import Figure, Snapshot
from ledger.kept import day_closes, units_of, unpacked
from ledger.language import N_
from ledger.max_age import MaxAges
from ledger.plan import Plan
from ledger.reconcile import reconcile
from ledger.reconcile.calendar import local_day
from ledger.reconcile.figures import current
from ledger.reconcile.restated import restated_figures
from ledger.seen import History
from ledger.store import Store
from ledger.uncollected import uncollected


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
            with uncollected():
                seen = self._store.seen()
                snapshot = reconcile(self.plan, seen, self._max_ages, now)
            self._latest = (seen.version, snapshot)
            return snapshot

    def at(self, when: datetime) -> Snapshot:
        """What the ledger says of another time, past or to come; raises StoreError."""
        with uncollected():
            return reconcile(self.plan, self._store.seen(when), self._max_ages, when)

    def figures_on(
        self, day: date, *, known_at: datetime | None = None, on_map: date | None = None
    ) -> tuple[Figure, ...]:
        """The figures of a day: as they were kept, now or as known at an instant; where none are kept, worked out anew.

        `on_map`: told on that day's map of units. Raises CallError for what wasn't known then, and StoreError.
        """
        as_of = day_closes(day)
        keeping = self._store.keeping_of(day, known_at)
        if keeping is not None:
            figures = unpacked(self._store.kept_figures(day, known_at), as_of)
            units, known = units_of(keeping.map), keeping.known_at
        elif known_at is not None:
            raise CallError(N_("no figures of {day} were kept by then; see baophu figure kept"), day=day.isoformat())
        else:
            figures, units, known = list(self.at(as_of).figures), dict(self.plan.units), None
        if on_map is None:
            return tuple(figures)
        said = tuple(current(self.plan, self._store.declared(known), day))
        measured = [figure for figure in figures if figure.evidence == "measured"]
        start = self.plan.day_of(units, local_day(self._clock()))
        return tuple(restated_figures(self.plan, measured, said, as_of=as_of, units=units, start=start, end=on_map))

    def history(self, asset: str, limit: int) -> History:
        """What is known of one asset, newest first, at most `limit` of each kind; raises StoreError."""
        return self._store.history(asset, limit)


def _holds(snapshot: Snapshot, now: datetime) -> bool:
    return snapshot.as_of <= now and (snapshot.valid_until is None or now < snapshot.valid_until)
