"""How much a link carries: the average of every five minutes in each direction, 288 of them a day in Viet Nam."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import nan
from typing import Protocol, TypeAlias

from ledger.language import LOCAL_ZONE

BUCKET = timedelta(minutes=5)
#: Viet Nam has no daylight saving time: each of its days has as many.
PER_DAY = timedelta(days=1) // BUCKET
#: PER_DAY values in bits a second, NaN where nothing was measured.
DayValues: TypeAlias = "array[float]"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadSample:
    """What a link carried on average in the five minutes from `begins_at` (aware, on the wall clock), in bits a second.

    `from_unit` is towards the province's centre, `to_unit` towards the unit that the link serves. None: not measured.
    """

    link: str
    begins_at: datetime
    from_unit: float | None
    to_unit: float | None

    @property
    def day(self) -> date:
        """The day in Viet Nam that it belongs to."""
        return self.begins_at.astimezone(LOCAL_ZONE).date()

    @property
    def place(self) -> int:
        """Which of the day's samples it is, from 0."""
        local = self.begins_at.astimezone(LOCAL_ZONE)
        return timedelta(hours=local.hour, minutes=local.minute) // BUCKET


@dataclass(frozen=True, slots=True)
class DayLoad:
    """A day of a link."""

    link: str
    day: date
    from_unit: DayValues
    to_unit: DayValues


def unmeasured() -> DayValues:
    """A day without a sample."""
    return array("f", [nan]) * PER_DAY


class LoadLog(Protocol):
    """Where samples are kept."""

    def record_load(self, samples: Sequence[LoadSample]) -> None:
        """Keep samples; one that is there already gives way, but what wasn't measured. Raises StoreError."""

    def load(self, first: date, last: date) -> Sequence[DayLoad]:
        """The days from `first` to `last` of every link that has any, by link and day; raises StoreError."""

    def forget_load(self, before: date) -> int:
        """Delete the days before `before`; how many rows there were. Raises StoreError."""
