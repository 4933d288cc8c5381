"""The timer wheel: nothing comes up early, nothing is lost, and a deadline may move."""

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.snmp.wheel import Wheel

TICK, SLOTS = 0.5, 8  # exact in binary; a turn is four seconds


@dataclass(eq=False)
class Waiting:
    due: float


def wheel(now: float = 100.0) -> Wheel[Waiting]:
    return Wheel(now, TICK, SLOTS)


def test_what_is_due_comes_up_once_and_what_is_not_stays() -> None:
    turning, soon, later = wheel(), Waiting(101.2), Waiting(102.9)
    for entry in (later, soon):
        turning.add(entry)
    assert list(turning.turn(101.0)) == []
    assert list(turning.turn(101.5)) == [soon]
    assert len(turning) == 1
    assert list(turning.turn(102.5)) == []
    assert list(turning.turn(103.0)) == [later]
    assert (len(turning), list(turning.turn(200.0))) == (0, [])


def test_what_is_added_twice_comes_up_once() -> None:
    turning, entry = wheel(), Waiting(101.0)
    turning.add(entry)
    turning.add(entry)
    assert len(turning) == 1
    assert list(turning.turn(103.0)) == [entry]


def test_a_deadline_that_was_moved_back_is_kept_without_adding_it_again() -> None:
    turning, entry = wheel(), Waiting(101.0)
    turning.add(entry)
    entry.due = 103.0
    assert list(turning.turn(102.0)) == []
    assert len(turning) == 1
    assert list(turning.turn(103.5)) == [entry]


def test_a_deadline_that_was_moved_forward_is_kept_where_it_is_added_again() -> None:
    turning, entry = wheel(), Waiting(103.0)
    turning.add(entry)
    entry.due = 101.0
    turning.add(entry)
    assert list(turning.turn(101.5)) == [entry]


def test_a_deadline_beyond_the_wheels_turn_waits_for_it() -> None:
    turning, entry = wheel(), Waiting(100.0 + 3.3 * TICK * SLOTS)
    turning.add(entry)
    for step in range(1, 27):
        assert list(turning.turn(100.0 + step * TICK)) == []
    assert list(turning.turn(113.5)) == [entry]


def test_what_is_overdue_comes_up_at_the_next_tick() -> None:
    turning, entry = wheel(), Waiting(3.0)
    turning.add(entry)
    assert list(turning.turn(100.5)) == [entry]


def test_after_a_long_sleep_everything_comes_up_at_once_and_nothing_twice() -> None:
    turning = wheel()
    entries = [Waiting(100.0 + step / 4) for step in range(60)]
    for entry in entries:
        turning.add(entry)
    assert sorted(id(entry) for entry in turning.turn(1e12)) == sorted(id(entry) for entry in entries)
    assert len(turning) == 0


def test_a_clock_that_goes_back_brings_nothing_up() -> None:
    turning, entry = wheel(), Waiting(101.0)
    turning.add(entry)
    assert list(turning.turn(50.0)) == []
    assert list(turning.turn(101.5)) == [entry]


@settings(max_examples=100, deadline=None)
@given(
    dues=st.lists(st.integers(0, 200), max_size=30),
    steps=st.lists(st.integers(0, 30), max_size=30),
    moves=st.lists(st.tuples(st.integers(0, 29), st.integers(1, 60)), max_size=20),
)
def test_every_entry_comes_up_once_never_early_and_at_most_a_tick_late(
    dues: list[int], steps: list[int], moves: list[tuple[int, int]]
) -> None:
    turning = wheel()
    entries = [Waiting(100 + due / 8) for due in dues]
    for entry in entries:
        turning.add(entry)
    waiting, now = set(entries), 100.0
    for number, step in enumerate([*steps, 1000]):
        if entries and number < len(moves):
            place, back = moves[number]
            entry = entries[place % len(entries)]
            entry.due += back / 8 if entry in waiting else 0.0
        now += step / 8
        found = list(turning.turn(now))
        assert all(entry.due <= now for entry in found)
        assert len(found) == len(set(found))
        assert set(found) <= waiting
        waiting -= set(found)
        assert all(entry.due > now - TICK for entry in waiting)
        assert len(turning) == len(waiting)
    assert not waiting
