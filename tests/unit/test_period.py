"""Reporting periods: of the calendar, and the administrative ones that end on the 14th."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from ledger.errors import CallError
from ledger.period import read_period


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-10", date(2026, 10, 1), date(2026, 10, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026-h1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_calendar_periods(name: str, first: date, last: date) -> None:
    period = read_period(name)
    assert (period.first, period.last, period.name) == (first, last, name.upper())


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-10", date(2026, 9, 15), date(2026, 10, 14)),
        ("2026-01", date(2025, 12, 15), date(2026, 1, 14)),
        ("2026-Q1", date(2025, 12, 15), date(2026, 3, 14)),
        ("2026-H2", date(2026, 6, 15), date(2026, 12, 14)),
        ("2026", date(2025, 12, 15), date(2026, 12, 14)),
    ],
)
def test_administrative_periods(name: str, first: date, last: date) -> None:
    period = read_period(name, is_administrative=True)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize("is_administrative", [False, True])
def test_months_follow_one_another_and_make_up_the_year(is_administrative: bool) -> None:
    months = [read_period(f"2026-{month:02}", is_administrative=is_administrative) for month in range(1, 13)]
    for before, after in pairwise(months):
        assert after.first - before.last == timedelta(days=1)
    year = read_period("2026", is_administrative=is_administrative)
    assert (months[0].first, months[-1].last) == (year.first, year.last)


@pytest.mark.parametrize("name", ["", "2026-13", "2026-00", "2026-Q5", "26-10", "2026-10-31", "1999", "quý IV"])
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(CallError):
        read_period(name)
