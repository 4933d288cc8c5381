"""A site's thin uplink: in simulated time, no second sees more than the share and the burst."""

import heapq
from collections.abc import Iterator

import pytest

from collectors.snmp.pacing import BURST_SECONDS, OVERHEAD_OCTETS, SHARE, SitePace

LARGEST = 1464


def replies(pace: SitePace, agents: int, seconds: float, octets: int, round_trip: float) -> Iterator[float]:
    """When replies come, with every agent asked again as soon as the site may be: just as the engine does it.

    The engine looks at the pace once, and sends when the time has come.
    """
    asked = [(0.0, agent) for agent in range(agents)]
    heapq.heapify(asked)
    coming: list[tuple[float, int]] = []
    while True:
        if coming and (not asked or coming[0][0] <= asked[0][0]):
            now, agent = heapq.heappop(coming)
            if now > seconds:
                return
            pace.note(octets)
            yield now
            heapq.heappush(asked, (now, agent))
        else:
            now, agent = heapq.heappop(asked)
            heapq.heappush(coming, (now + max(pace.reserve(now), 0.0) + round_trip, agent))


def most_in_a_second(times: list[float], octets: int) -> int:
    """Octets, headers included, in the fullest second."""
    most = first = 0
    for last, now in enumerate(times):
        while times[first] <= now - 1:
            first += 1
        most = max(most, last - first + 1)
    return most * (octets + OVERHEAD_OCTETS)


@pytest.mark.parametrize("octets", [60, 500, LARGEST])
@pytest.mark.parametrize("round_trip", [0.001, 0.02, 0.3])
def test_a_thin_site_is_not_flooded_by_one_agent(octets: int, round_trip: float) -> None:
    share = 6e6 / 8 * SHARE
    times = list(replies(SitePace(6), 1, 10, octets, round_trip))
    most = most_in_a_second(times, octets)
    assert most <= share * (1 + BURST_SECONDS) + octets + OVERHEAD_OCTETS
    if round_trip == 0.001:  # and what it may have, it gets
        assert len(times) * (octets + OVERHEAD_OCTETS) >= share * 10 * 0.95


@pytest.mark.parametrize("agents", [5, 20])
def test_a_thin_site_is_not_flooded_by_many_agents_in_the_long_run(agents: int) -> None:
    share = 6e6 / 8 * SHARE
    times = list(replies(SitePace(6), agents, 30, LARGEST, 0.02))
    reply = LARGEST + OVERHEAD_OCTETS
    assert len(times) * reply <= share * (30 + BURST_SECONDS) + agents * reply
    assert most_in_a_second(times, LARGEST) <= share * (1 + BURST_SECONDS) + agents * reply


def test_a_thin_site_is_not_flooded_by_many_agents_at_once() -> None:
    times = list(replies(SitePace(6), 20, 10, LARGEST, 0.02))
    assert most_in_a_second(times, LARGEST) <= 6e6 / 8 * SHARE * (1 + BURST_SECONDS) + LARGEST + OVERHEAD_OCTETS


def test_a_site_that_was_not_asked_is_asked_at_once_and_saves_nothing_up() -> None:
    pace = SitePace(6)
    assert pace.reserve(0.0) <= 0
    assert pace.reserve(1000.0) <= 0
    for _ in range(19):
        pace.reserve(1000.0)
    expected = 20 * (LARGEST + OVERHEAD_OCTETS) / (6e6 / 8 * SHARE)
    assert pace.reserve(1000.0) == pytest.approx(expected - BURST_SECONDS)


def test_a_reply_that_is_smaller_than_was_set_aside_gives_room_back() -> None:
    pace = SitePace(6)
    for _ in range(10):
        pace.reserve(0.0)
    before = pace.reserve(0.0)
    pace.note(100)
    assert pace.reserve(0.0) == pytest.approx(
        before + (LARGEST + OVERHEAD_OCTETS - (LARGEST - 100)) / (6e6 / 8 * SHARE)
    )


def test_sites_and_shares_are_apart() -> None:
    thin, thick, whole = SitePace(6), SitePace(600), SitePace(6, share=1.0)
    for pace in (thin, thick, whole):
        for _ in range(100):
            pace.reserve(0.0)
    waits = [pace.reserve(0.0) + BURST_SECONDS for pace in (thin, thick, whole)]
    assert waits[0] == pytest.approx(100 * waits[1])
    assert waits[2] == pytest.approx(100 * (LARGEST + OVERHEAD_OCTETS) * 8 / 6e6)
