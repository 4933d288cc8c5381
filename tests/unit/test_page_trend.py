"""Figures over past time: which instants, evaluated once, within a budget, and nothing where nobody measured."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from timeless import Timeless

from api.page.trend import BUDGET_SECONDS, KEPT, Span, Trend, instants
from ledger.figure import Snapshot
from ledger.seen import History

MakeSnapshot = Callable[..., Snapshot]
NOW = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)  # 19:03 in Viet Nam
LAST_SECOND = datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC)  # of the day before, in Viet Nam
MINUTE = timedelta(minutes=1)


class Ledger(Timeless):
    """Says the same of every instant, notes which were asked for, and knew nothing before `began`."""

    def __init__(self, snapshot: Snapshot, began: datetime | None = None) -> None:
        self.snapshot = snapshot
        self.began = began
        self.asked: list[datetime] = []

    def now(self) -> Snapshot:
        return self.snapshot

    def at(self, when: datetime) -> Snapshot:
        self.asked.append(when)
        heartbeats = () if self.began is not None and when < self.began else self.snapshot.heartbeats
        return replace(self.snapshot, as_of=when, heartbeats=heartbeats)

    def history(self, _asset: str, _limit: int) -> History:
        return History()


@pytest.fixture
def ledger(make_snapshot: MakeSnapshot) -> Ledger:
    return Ledger(make_snapshot(as_of=NOW))


@pytest.mark.parametrize(
    ("span", "first", "last", "number"),
    [
        (Span.HOUR, datetime(2026, 11, 22, 11, 5, tzinfo=UTC), datetime(2026, 11, 22, 12, 0, tzinfo=UTC), 12),
        (Span.DAY, datetime(2026, 11, 21, 13, 0, tzinfo=UTC), datetime(2026, 11, 22, 12, 0, tzinfo=UTC), 24),
        (
            Span.MONTH,
            datetime(2026, 10, 24, 16, 59, 59, tzinfo=UTC),
            datetime(2026, 11, 21, 16, 59, 59, tzinfo=UTC),
            29,
        ),
    ],
)
def test_instants_are_aligned_and_days_end_in_viet_nam(
    span: Span, first: datetime, last: datetime, number: int
) -> None:
    found = instants(span, NOW)
    assert (found[0], found[-1], len(found)) == (first, last, number)


def test_now_is_never_among_the_past() -> None:
    on_the_hour = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert instants(Span.DAY, on_the_hour)[-1] == on_the_hour - timedelta(hours=1)


def test_each_instant_is_evaluated_once_while_it_holds(ledger: Ledger) -> None:
    trend = Trend(ledger, clock=lambda: 0.0)
    first = trend.course(Span.MONTH)
    assert (len(first.points), first.waiting, len(ledger.asked)) == (30, 0, 29)
    assert first.points[-1].at == NOW
    trend.course(Span.MONTH)
    ledger.snapshot = replace(ledger.snapshot, version="2", as_of=NOW + KEPT - MINUTE)
    trend.course(Span.MONTH)
    assert len(ledger.asked) == 29
    ledger.snapshot = replace(ledger.snapshot, version="3", as_of=NOW + KEPT)
    trend.course(Span.MONTH)
    assert len(ledger.asked) == 58


def test_a_slow_ledger_is_asked_piece_by_piece_the_newest_first(ledger: Ledger) -> None:
    times: Iterator[float] = (number * BUDGET_SECONDS * 0.4 for number in count())
    trend = Trend(ledger, clock=lambda: next(times))
    waiting: list[int] = []
    while not waiting or waiting[-1]:
        course = trend.course(Span.DAY)
        waiting.append(course.waiting)
        unknown = [point.amounts is None for point in course.points]
        assert unknown == sorted(unknown, reverse=True), "the older ones wait"
    assert waiting == [21, 18, 15, 12, 9, 6, 3, 0]
    assert len(ledger.asked) == len(set(ledger.asked)) == 24


def test_before_anybody_measured_there_is_no_figure(make_snapshot: MakeSnapshot) -> None:
    trend = Trend(Ledger(make_snapshot(as_of=NOW), began=NOW - timedelta(days=3)), clock=lambda: 0.0)
    amounts = [point.amount("68", "HT06") for point in trend.course(Span.MONTH).points]
    assert [amount is not None for amount in amounts] == [False] * 26 + [True] * 4
