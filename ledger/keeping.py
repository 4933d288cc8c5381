"""Keeps figures day by day, so that what was reported can be asked for whatever is known better later."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ledger.kept import FigureKey, Keeping, Numbers, day_closes, map_text, packed
from ledger.reconcile.calendar import local_day
from ledger.reconcile.version import rule_version
from ledger.store import Store
from ledger.view import LedgerView

ONE_DAY = timedelta(days=1)
#: So long after midnight the last sightings of a day may still be written (ledger.max_age.LONGEST_HOLD).
SETTLING = timedelta(minutes=30)
#: Clocks differ by less.
SKEW = timedelta(minutes=5)
#: After a long silence no more days than these are made up for.
LONGEST_ARREARS = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Keeper:
    """Works out each day's figures at its last second, and keeps what changed."""

    view: LedgerView
    store: Store
    clock: Callable[[], datetime]

    def due(self) -> tuple[date, date] | None:
        """The days that are over and not kept: yesterday, and before it those that were missed. None: none.

        What a clock that ran ahead dated later than now doesn't count.
        """
        now = self.clock()
        last = local_day(now - SETTLING) - ONE_DAY
        kept = [each.last for each in self.store.keepings() if each.known_at <= now]
        first = max(max(kept) + ONE_DAY, last - LONGEST_ARREARS) if kept else last
        return (first, last) if first <= last else None

    def ahead(self) -> datetime | None:
        """When figures were kept last, where that lies ahead: a clock was wrong then, or is now. None: all well."""
        now = self.clock()
        return max((each.known_at for each in self.store.keepings() if each.known_at > now + SKEW), default=None)

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
            map=map_text(self.view.plan.units),
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
