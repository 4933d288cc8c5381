"""Keeps figures day by day, so that what was reported can be asked for whatever is known better later."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ledger.kept import FigureKey, Keeping, Numbers, day_closes, packed
from ledger.reconcile.calendar import local_day
from ledger.reconcile.version import rule_version
from ledger.store import Store
from ledger.view import LedgerView

ONE_DAY = timedelta(days=1)
#: So long after midnight the last sightings of a day may still be written (ledger.max_age.LONGEST_HOLD).
SETTLING = timedelta(minutes=30)
#: After a long silence no more days than these are made up for.
LONGEST_ARREARS = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Works out each day's figures at its last second, and keeps what changed."""

    view: LedgerView
    store: Store
    clock: Callable[[], datetime]

    def due(self) -> tuple[date, date] | None:
        """The days that are over and not kept: yesterday, and before it those that were missed. None: none."""
        yesterday = local_day(self.clock() - SETTLING) - ONE_DAY
        known = self.store.kept_days()
        first = yesterday if known is None else max(known[1] + ONE_DAY, yesterday - LONGEST_ARREARS)
        return (first, yesterday) if first <= yesterday else None

    def yesterday(self) -> date:
        """The last day that is over."""
        return local_day(self.clock()) - ONE_DAY

    def keep(self, first: date, last: date, progress: Callable[[date], None] = lambda _day: None) -> Keeping:
        """Keep `first` to `last` by today's plan; what was reported of them before stays, as known then.

        `progress` is called after each day. Raises StoreError.
        """
        made = Keeping(
            number=0,
            first=first,
            last=last,
            known_at=self.clock(),
            plan_version=self.view.plan.version,
            rule_version=rule_version(),
            changed=0,
        )
        return self.store.keep_figures(made, list(self._figures(first, last, progress)))

    def _figures(
        self, first: date, last: date, progress: Callable[[date], None]
    ) -> Iterator[tuple[date, dict[FigureKey, Numbers]]]:
        day, before = first, dict[FigureKey, Numbers]()
        while day <= last:
            figures = packed(self.view.plan, self.view.at(day_closes(day)).figures)
            before = {key: before[key] if before.get(key) == numbers else numbers for key, numbers in figures.items()}
            yield day, before
            progress(day)
            day += ONE_DAY
