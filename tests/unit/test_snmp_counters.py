"""32-bit counters: a wrap counts on, and whatever is no wrap begins anew."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.snmp.ber import Value
from collectors.snmp.counters import BEYOND, HEADROOM, WrappingCounters

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
FAST_ETHERNET = 100_000_000
EPOCH = (0, ((1,), (2,)))
#: What 100 Mbit/s can carry in 30 s, and a little more.
MOST_IN_30_SECONDS = int(FAST_ETHERNET / 8 * 30 * HEADROOM)


class Polled:
    """A column that is polled every `seconds`."""

    def __init__(self, *speeds: int | None, seconds: float = 30) -> None:
        self.counters = WrappingCounters()
        self.speeds = speeds
        self.seconds = seconds
        self.now = NOON

    def __call__(self, *cells: Value | None, epoch: object = EPOCH) -> Sequence[Value | None]:
        self.now += timedelta(seconds=self.seconds)
        return list(self.counters.counted_on(cells, self.speeds, self.now, epoch))


def test_counters_that_grow_are_handed_on_as_they_are() -> None:
    poll = Polled(FAST_ETHERNET, FAST_ETHERNET)
    assert poll(1, BEYOND - 1) == [1, BEYOND - 1]
    assert poll(1, BEYOND - 1) == [1, BEYOND - 1]
    assert poll(BEYOND - 1, BEYOND - 1) == [BEYOND - 1, BEYOND - 1]


def test_a_wrap_counts_on_and_so_does_the_next() -> None:
    poll = Polled(FAST_ETHERNET, FAST_ETHERNET)
    poll(BEYOND - 1000, 7)
    assert poll(500, 8) == [BEYOND + 500, 8]
    assert poll(501, 9) == [BEYOND + 501, 9]
    poll(BEYOND - 1, 9)
    assert poll(0, 9) == [2 * BEYOND, 9]


@pytest.mark.parametrize(("more", "is_wrap"), [(0, True), (1, False)])
def test_a_wrap_is_believed_only_where_the_line_could_carry_it(more: int, *, is_wrap: bool) -> None:
    poll = Polled(FAST_ETHERNET)
    poll(BEYOND - MOST_IN_30_SECONDS + 100)
    now = 100 + more
    assert poll(now) == [now + (BEYOND if is_wrap else 0)]


def test_a_counter_that_was_cleared_without_a_restart_is_no_wrap_and_forgets_the_earlier_ones() -> None:
    poll = Polled(FAST_ETHERNET, FAST_ETHERNET)
    poll(BEYOND - 10, BEYOND - 10)
    assert poll(10, 10) == [BEYOND + 10, BEYOND + 10]
    poll(1_000_000, 20)
    assert poll(5, 30) == [5, BEYOND + 30]


def test_no_wrap_is_believed_of_a_line_whose_speed_is_unknown() -> None:
    for speeds in ((None,), ()):
        poll = Polled(*speeds)
        poll(BEYOND - 1)
        assert poll(0) == [0]


def test_a_restart_is_no_wrap() -> None:
    poll = Polled(FAST_ETHERNET)
    poll(BEYOND - 10)
    assert poll(5, epoch=(1, EPOCH[1])) == [5]
    poll(BEYOND - 10, epoch=(1, EPOCH[1]))
    assert poll(5, epoch=(1, EPOCH[1])) == [BEYOND + 5]
    assert poll(6, epoch=(2, EPOCH[1])) == [6]


def test_other_rows_begin_anew_though_they_are_as_many() -> None:
    poll = Polled(FAST_ETHERNET, FAST_ETHERNET)
    poll(BEYOND - 10, 5)
    assert poll(10, 6) == [BEYOND + 10, 6]
    replaced = (0, ((1,), (3,)))
    assert poll(BEYOND - 10, 3, epoch=replaced) == [BEYOND - 10, 3]
    assert poll(10, 3, epoch=replaced) == [BEYOND + 10, 3]
    assert poll(10, 3, 4, epoch=replaced) == [10, 3, 4]  # nor would cells without rows of their own be joined


def test_what_is_no_number_is_left_alone() -> None:
    poll = Polled(FAST_ETHERNET, FAST_ETHERNET, FAST_ETHERNET)
    poll(BEYOND - 10, None, b"text")
    assert poll(10, 5, b"text") == [BEYOND + 10, 5, b"text"]
    assert poll(None, None, None) == [None, None, None]
    assert poll(20, 1, 1) == [BEYOND + 20, 1, 1]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, BEYOND - 1), st.lists(st.integers(0, int(MOST_IN_30_SECONDS / HEADROOM)), max_size=40))
def test_what_a_line_carries_is_counted_whole(start: int, carried: list[int]) -> None:
    poll = Polled(FAST_ETHERNET)
    poll(start)
    total = start
    for octets in carried:
        total += octets
        assert poll(total % BEYOND) == [total]
