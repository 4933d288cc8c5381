"""Reporting periods: of the calendar, or the administrative ones that end on the 14th (NĐ 09/2019/NĐ-CP)."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.errors import CallError
from ledger.language import N_

#: 2026, 2026-H1, 2026-Q4, 2026-10
WRITTEN = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?")
#: The last day of an administrative month; the next begins on the day after.
LAST_DAY = 14


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included. `name` is as it is asked for: 2026-10, 2026-Q4, 2026-H1, 2026."""

    name: str
    first: date
    last: date
    is_administrative: bool


def read_period(name: str, *, is_administrative: bool = False) -> Period:
    """The month, quarter, half-year or year of that name; raises CallError.

    An administrative month lasts from the 15th of the month before to the 14th; longer periods likewise.
    """
    found = WRITTEN.fullmatch(name.upper())
    if found is None or not 2000 <= int(found[1]) <= 2100:
        raise CallError(
            N_("period: '{value}' is none; write a month 2026-10, a quarter 2026-Q4, a half 2026-H1 or a year 2026"),
            value=name,
        )
    year, quarter, half, month = (int(part) if part else 0 for part in found.groups())
    if month:
        start, months = month, 1
    elif quarter:
        start, months = 3 * quarter - 2, 3
    else:
        start, months = (6 * half - 5, 6) if half else (1, 12)
    first, after = date(year, start, 1), _month_after(year, start + months)
    if is_administrative:
        first, after = _administrative(first), _administrative(after)
    return Period(name.upper(), first, after - timedelta(days=1), is_administrative)


def _month_after(year: int, month: int) -> date:
    return date(year + 1, month - 12, 1) if month > 12 else date(year, month, 1)


def _administrative(first: date) -> date:
    """The day on which the administrative month of that name begins."""
    return (first - timedelta(days=1)).replace(day=LAST_DAY + 1)
