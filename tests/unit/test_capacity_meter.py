"""Five-minute averages on the wall clock, whenever the readings come."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.capacity.meter import LONGEST_GAP, Average, Meter
from collectors.capacity.octets import PortOctets

#: A wall clock's edge between two buckets.
NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
BUCKET = 300.0


def reading(seconds: float, received: float, sent: float = 0, *, started: float = -3600) -> PortOctets:
    """What a port has counted `seconds` after noon; its agent `started` before."""
    return PortOctets(
        at=NOON + timedelta(seconds=seconds),
        up_time=timedelta(seconds=seconds - started),
        received=int(received),
        sent=int(sent),
        bits=64,
        speed_bps=None,
    )


def averages(readings: Iterable[PortOctets]) -> list[tuple[float, float | None, float | None]]:
    """What a meter makes of them: seconds after noon, and both averages in octets a second."""
    meter = Meter(BUCKET)
    found = [average for item in readings for average in meter.take(item)]
    return [((a.begins_at - NOON).total_seconds(), _octets(a.received), _octets(a.sent)) for a in found]


def _octets(bits: float | None) -> float | None:
    return None if bits is None else bits / 8


def test_the_average_of_a_bucket_read_at_its_edges_and_between() -> None:
    assert averages([reading(0, 0, 9000), reading(100, 1000, 9000), reading(300, 6000, 9000)]) == [(0, 20.0, 0.0)]


def test_a_bucket_that_nobody_saw_begin_has_no_average() -> None:
    readings = [reading(at, at * 10) for at in (120, 240, 360, 480, 600, 720)]
    assert averages(readings) == [(300, 10.0, 0.0)]


def test_what_was_carried_across_an_edge_is_split_by_the_time() -> None:
    readings = [reading(-60, 0), reading(240, 0), reading(360, 1200), reading(660, 1200)]
    found = averages(readings)
    assert [at for at, *_ in found] == [0, 300]
    assert [received for _, received, _ in found] == pytest.approx([2.0, 2.0])


@pytest.mark.parametrize(("gap", "found"), [(LONGEST_GAP * BUCKET, [0.0, 300.0]), (LONGEST_GAP * BUCKET + 1, [])])
def test_a_gap_says_nothing_of_what_lay_in_it(gap: float, found: list[float]) -> None:
    readings = [reading(0, 0), reading(gap, gap * 10), reading(600, 6000)]
    assert [at for at, *_ in averages(readings)] == found


def test_after_a_gap_of_days_the_next_whole_bucket_counts_again() -> None:
    days = 3 * 86_400.0
    readings = [reading(0, 0), reading(150, 1500), *(reading(days + at, at * 20) for at in (30, 300, 600))]
    assert averages(readings) == [(days + 300, 20.0, 0.0)]


def test_a_restart_costs_the_bucket_in_which_it_was_and_no_other() -> None:
    before = [reading(at, at * 10) for at in range(0, 391, 30)]
    after = [reading(at, (at - 400) * 10, started=400) for at in range(420, 1201, 30)]
    assert averages([*before, *after]) == [(0, 10.0, 0.0), (600, 10.0, 0.0), (900, 10.0, 0.0)]


def test_a_clock_that_is_set_back_begins_the_bucket_anew() -> None:
    readings = [reading(at, at * 10) for at in (0, 150, 290, 60, 200, 300, 600)]
    assert averages(readings) == [(300, 10.0, 0.0)]


def test_a_direction_that_is_not_known_leaves_the_other_alone() -> None:
    cleared = [reading(0, 5000, 0), reading(150, 10, 1500), reading(300, 20, 3000)]
    assert averages(cleared) == [(0, None, 10.0)]


def test_a_short_bucket_is_a_matter_of_the_argument() -> None:
    meter = Meter(4.0)
    found = [average for at in range(9) for average in meter.take(reading(at, at * 50))]
    assert found == [Average(NOON, 400.0, 0.0), Average(NOON + timedelta(seconds=4), 400.0, 0.0)]


def test_the_meter_says_when_it_was_last_read() -> None:
    meter = Meter()
    assert meter.last_at is None
    list(meter.take(reading(7, 0)))
    assert meter.last_at == NOON + timedelta(seconds=7)


steps = st.lists(st.tuples(st.integers(1, int(LONGEST_GAP * BUCKET)), st.integers(0, 10**12)), min_size=1, max_size=60)


@given(st.integers(0, int(BUCKET)), steps)
def test_what_the_buckets_hold_is_what_was_counted(begin: int, steps: list[tuple[int, int]]) -> None:
    """Between the first and the last edge that were passed, not an octet more or less than interpolation gives."""
    readings, at, octets = [reading(begin, 0)], begin, 0
    points: list[tuple[float, int]] = [(begin, 0)]
    for seconds, carried in steps:
        at, octets = at + seconds, octets + carried
        readings.append(reading(at, octets))
        points.append((at, octets))
    found = averages(readings)
    first, last = -(-begin // BUCKET) * BUCKET, at // BUCKET * BUCKET
    assert [start for start, *_ in found] == [first + n * BUCKET for n in range(round((last - first) / BUCKET))]
    held = sum(received * BUCKET for _, received, _ in found if received is not None)
    assert held == pytest.approx(counted_at(points)(last) - counted_at(points)(first) if found else 0, rel=1e-6, abs=1)


def counted_at(points: list[tuple[float, int]]) -> Callable[[float], float]:
    """The counter at any instant, by straight lines between the readings."""

    def at(instant: float) -> float:
        for (start, before), (end, after) in pairwise(points):
            if start <= instant <= end:
                return before + (after - before) * (instant - start) / (end - start)
        raise AssertionError(instant)

    return at
