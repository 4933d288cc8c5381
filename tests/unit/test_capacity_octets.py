"""How many octets two readings of a port's counters come to, or that nobody can say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from collectors.capacity.octets import HEADROOM, UP_TIME_BEYOND, Carried, PortOctets, carried_between

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
FAST_ETHERNET, GIGABIT = 100_000_000, 1_000_000_000
BEYOND = 1 << 32
HOUR = timedelta(hours=1)
WIDE = PortOctets(at=NOON, up_time=HOUR, received=1000, sent=2000, bits=64, speed_bps=GIGABIT)
NARROW = replace(WIDE, bits=32, speed_bps=FAST_ETHERNET)


def later(before: PortOctets, seconds: float, received: int | None, sent: int | None) -> PortOctets:
    """The same port's next reading, of an agent that ran on."""
    passed = timedelta(seconds=seconds)
    return replace(before, at=before.at + passed, up_time=before.up_time + passed, received=received, sent=sent)


def test_what_both_directions_grew_by() -> None:
    assert carried_between(WIDE, later(WIDE, 30, 1500, 2000)) == Carried(500, 0)


@pytest.mark.parametrize(
    ("before", "after", "bits", "speed", "expected"),
    [
        (10, 10, 64, None, 0),
        (10, 2**63, 64, None, 2**63 - 10),
        (10, 9, 64, GIGABIT, None),  # it ran backwards: a counter that was cleared
        (10, 2**40, 32, FAST_ETHERNET, None),  # no 32-bit counter's value
        (10, 500, 32, FAST_ETHERNET, 490),
        (BEYOND - 10, 500, 32, FAST_ETHERNET, 510),  # it ran over, once
        (10, 500, 32, None, None),  # how often it may have run over depends on a speed that nobody knows
        (None, 500, 64, GIGABIT, None),
        (500, None, 64, GIGABIT, None),
        (0, int(FAST_ETHERNET / 8 * 30 * HEADROOM), 32, FAST_ETHERNET, int(FAST_ETHERNET / 8 * 30 * HEADROOM)),
        (0, int(FAST_ETHERNET / 8 * 30 * HEADROOM) + 1, 32, FAST_ETHERNET, None),  # more than the line can carry
        (3_000_000_000, 1000, 32, FAST_ETHERNET, None),  # cleared, or over by more than the line can carry
        (0, 100, 32, 10 * GIGABIT, None),  # it may have run over eight times
    ],
)
def test_counters(before: int | None, after: int | None, bits: int, speed: int | None, expected: int | None) -> None:
    first = replace(WIDE, received=before, bits=bits, speed_bps=speed)
    assert carried_between(first, later(first, 30, after, 2000)) == Carried(
        expected, 0 if speed != 10 * GIGABIT and (bits == 64 or speed) else None
    )


@pytest.mark.parametrize(
    ("seconds", "up_time_seconds", "is_known"),
    [
        (30, 30, True),
        (30, 40.3, True),  # a reply that took long, and one that didn't
        (30, 41, False),  # our clock was set back
        (30, 19.7, True),
        (30, 19, False),  # our clock was set forward
        (30, -3500, False),  # it restarted
        (400, 414, True),  # a crystal that is off by one percent
        (0, 0, False),
        (-30, 30, False),
    ],
)
def test_clocks(seconds: float, up_time_seconds: float, is_known: bool) -> None:
    after = replace(later(WIDE, seconds, 1500, 2500), up_time=HOUR + timedelta(seconds=up_time_seconds))
    assert (carried_between(WIDE, after) == Carried(500, 500)) is is_known


def test_an_uptime_that_runs_over_after_497_days_is_no_restart() -> None:
    before = replace(WIDE, up_time=UP_TIME_BEYOND - timedelta(seconds=10))
    after = replace(later(before, 30, 1500, 2500), up_time=timedelta(seconds=20))
    assert carried_between(before, after) == Carried(500, 500)


def test_an_agent_that_learnt_64_bits_says_nothing_of_the_time_before() -> None:
    assert carried_between(NARROW, replace(later(NARROW, 30, 1500, 2500), bits=64)) == Carried()


@given(st.integers(0, BEYOND - 1), st.integers(0, 10 * BEYOND), st.floats(1, 450), st.integers(1, 10 * GIGABIT))
def test_what_a_32_bit_counter_is_believed_to_have_carried_is_what_it_carried(
    start: int, carried: int, seconds: float, speed: int
) -> None:
    """However often it ran over: either the truth, or nothing."""
    assume(carried * 8 <= speed * seconds)
    before = replace(NARROW, received=start, speed_bps=speed)
    found = carried_between(before, later(before, seconds, (start + carried) % BEYOND, 2000))
    assert found.received in (carried, None)
    if speed / 8 * seconds * HEADROOM < BEYOND:
        assert found.received == carried
