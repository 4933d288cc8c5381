"""Dates of the plan against instants: a day is a day in Viet Nam."""

from datetime import UTC, date, datetime, time, timedelta

from ledger.language import LOCAL_ZONE

#: Outside these years (9999-12-31 as "for ever") a day begins before or after every instant.
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def local_day(instant: datetime) -> date:
    """The date on the wall at `instant`."""
    return instant.astimezone(LOCAL_ZONE).date()


def day_begins(day: date) -> datetime:
    """The instant at which `day` begins, UTC."""
    if day <= date(1, 1, 2):
        return FIRST
    return datetime.combine(day, time.min, LOCAL_ZONE).astimezone(UTC)


def day_ends(day: date) -> datetime:
    """The first instant after `day`, UTC."""
    return LAST if day == date.max else day_begins(day + timedelta(days=1))
