"""Many notifications make few polls, and a poll follows the last of them; time passes only when told."""

import pytest

from collectors.listening.pending import Pending


def polls(
    events: dict[float, str], until: float, *, least: float = 2.0, settle: float = 0.0
) -> list[tuple[float, str]]:
    """When each device is asked for, where somebody looks every tenth of a second."""
    pending = Pending(least_seconds=least, settle_seconds=settle, slowest=8)
    found: list[tuple[float, str]] = []
    for tick in range(int(until * 10) + 1):
        now = tick / 10
        if now in events:
            pending.note(events[now], now)
        due = pending.due(now)
        pending.sent(due, now)
        found += [(now, device) for device in due]
    return found


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ({}, []),
        ({1.0: "a"}, [(1.0, "a")]),
        ({1.0: "ab"}, [(1.0, "a"), (1.0, "b")]),
        ({1.0: "a", 1.1: "a"}, [(1.0, "a"), (3.0, "a")]),
        ({1.0: "a", 2.9: "a"}, [(1.0, "a"), (3.0, "a")]),
        ({1.0: "a", 3.0: "a"}, [(1.0, "a"), (3.0, "a")]),
        ({1.0: "a", 5.0: "a"}, [(1.0, "a"), (5.0, "a")]),
        ({1.0: "a", 1.5: "b"}, [(1.0, "a"), (1.5, "b")]),
    ],
)
def test_a_device_is_asked_for_at_once_and_then_at_most_every_two_seconds(
    events: dict[float, str], expected: list[tuple[float, str]]
) -> None:
    assert polls(events, 10) == expected


def test_a_storm_is_few_polls_and_the_last_comes_after_its_end() -> None:
    storm = {tick / 10: "a" for tick in range(600)}
    found = [at for at, _ in polls(storm, 90)]
    assert found == [0.0, 2.0, 6.0, 14.0, 30.0, 46.0, 62.0]
    assert found[-1] > max(storm)


def test_after_a_storm_a_device_is_asked_for_at_once_again() -> None:
    storm = {tick / 10: "a" for tick in range(600)} | {90.0: "a", 90.5: "a"}
    assert [at for at, _ in polls(storm, 100)][-2:] == [90.0, 92.0]


def test_after_the_last_event_it_is_asked_for_once_more() -> None:
    assert polls({1.0: "a"}, 60, settle=20) == [(1.0, "a"), (21.0, "a")]
    assert polls({1.0: "a", 15.0: "a"}, 60, settle=20) == [(1.0, "a"), (15.0, "a"), (35.0, "a")]


def test_what_was_not_taken_stays_due() -> None:
    pending = Pending(least_seconds=2)
    pending.note(["a", "b"], 1.0)
    assert pending.due(1.0) == ["a", "b"]
    pending.sent(["a"], 1.0)
    assert pending.due(1.5) == ["b"]
    assert pending.next_at() == 1.0
    assert len(pending) == 1


def test_nothing_is_due_before_its_time() -> None:
    pending = Pending(least_seconds=2, settle_seconds=20)
    assert pending.next_at() is None
    pending.note(["a"], 0.0)
    pending.sent(pending.due(0.0), 0.0)
    assert pending.next_at() == 20.0
    assert pending.due(19.9) == []
    pending.note(["a"], 1.0)
    assert (pending.next_at(), len(pending)) == (2.0, 1)
