"""Days as documents write them, the one among them that no calendar has included."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.declared.day import NOT_A_DAY, NOT_IN_CALENDAR, NoDay, read_day


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("31/12/2026", date(2026, 12, 31)),
        ("4/3/2020", date(2020, 3, 4)),
        ("13-09-2018", date(2018, 9, 13)),
        ("11.05.2016", date(2016, 5, 11)),
        ("  Ngày   01/07/2025 ", date(2025, 7, 1)),
        ("2026-12-31", date(2026, 12, 31)),
    ],
)
def test_a_day_is_read(written: str, day: date) -> None:
    assert read_day(written) == day


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("30/11/-0001", NOT_IN_CALENDAR),
        ("31/02/2026", NOT_IN_CALENDAR),
        ("12/31/2026", NOT_IN_CALENDAR),
        ("01/01/1026", NOT_IN_CALENDAR),
        ("00/00/0000", NOT_IN_CALENDAR),
        ("01/07/25", NOT_A_DAY),
        ("tháng 7", NOT_A_DAY),
        ("", NOT_A_DAY),
        ("20250701", NOT_A_DAY),
    ],
)
def test_what_is_no_day_says_why(written: str, reason: NoDay) -> None:
    assert read_day(written) == reason


@given(st.dates(date(1945, 1, 1), date(2100, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    assert read_day(f"{day:%d/%m/%Y}") == read_day(day.isoformat()) == day


@given(st.text(max_size=20))
def test_no_text_crashes_it(text: str) -> None:
    assert isinstance(read_day(text), date | NoDay)
