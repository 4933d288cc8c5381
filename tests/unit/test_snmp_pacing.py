"""A site's thin uplink: in simulated time, no second sees more than the share and the burst."""

import heapq
from collections.abc import Iterator, Sequence

import pytest

from collectors.snmp.pacing import BURST_SECONDS, OVERHEAD_OCTETS, SHARE, SitePace

LARGEST = 1464
SHARE_OF_6_MBPS = 6e6 / 8 * SHARE  # octets a second


def replies(
    pace: SitePace, sizes: Sequence[int], seconds: float, round_trip: float = 0.02
) -> Iterator[tuple[float, int]]:
    """When replies come and what they take, headers included; `sizes` are those of the agents' replies.

    Each agent is asked again at once, just as the engine does it: it looks at the pace once, and sends when the time
    has come.
    """
    asked = [(0.0, agent) for agent in range(len(sizes))]
    heapq.heapify(asked)
    coming: list[tuple[float, int]] = []
    while True:
        if coming and (not asked or coming[0][0] <= asked[0][0]):
            now, agent = heapq.heappop(coming)
            if now > seconds:
                return
            pace.note(sizes[agent])
            yield now, sizes[agent] + OVERHEAD_OCTETS
            heapq.heappush(asked, (now, agent))
        else:
            now, agent = heapq.heappop(asked)
            heapq.heappush(coming, (now + max(pace.reserve(now), 0.0) + round_trip, agent))


def fullest_second(came: Sequence[tuple[float, int]]) -> int:
    """Octets."""
    first = within = most = 0
    for now, octets in came:
        within += octets
        while came[first][0] <= now - 1:
            within -= came[first][1]
            first += 1
        most = max(most, within)
    return most


@pytest.mark.parametrize("octets", [60, 500, LARGEST])
@pytest.mark.parametrize("round_trip", [0.001, 0.02, 0.3])
def test_a_thin_site_is_not_flooded_by_one_agent(octets: int, round_trip: float) -> None:
    came = list(replies(SitePace(6), [octets], 10, round_trip))
    assert fullest_second(came) <= SHARE_OF_6_MBPS * (1 + BURST_SECONDS) + octets + OVERHEAD_OCTETS
    if round_trip == 0.001:  # and what it may have, it gets
        assert sum(octets for _, octets in came) >= SHARE_OF_6_MBPS * 10 * 0.95


@pytest.mark.parametrize("sizes", [[LARGEST], [60], [60, LARGEST], [LARGEST, 60, 500]], ids=str)
@pytest.mark.parametrize("times", [5, 20])
def test_a_thin_site_is_not_flooded_by_many_agents_at_once(sizes: list[int], times: int) -> None:
    came = list(replies(SitePace(6), sizes * times, 30))
    assert fullest_second(came) <= SHARE_OF_6_MBPS * (1 + BURST_SECONDS) + LARGEST + OVERHEAD_OCTETS
    unpaced = times * sum(octets + OVERHEAD_OCTETS for octets in sizes) / 0.02
    assert sum(octets for _, octets in came) >= min(SHARE_OF_6_MBPS, unpaced) * 30 * 0.95


def test_a_site_that_was_not_asked_is_asked_at_once_and_saves_nothing_up() -> None:
    pace = SitePace(6)
    assert pace.reserve(0.0) <= 0
    assert pace.reserve(1000.0) <= 0
    for _ in range(19):
        pace.reserve(1000.0)
    expected = 20 * (LARGEST + OVERHEAD_OCTETS) / SHARE_OF_6_MBPS
    assert pace.reserve(1000.0) == pytest.approx(expected - BURST_SECONDS)


def test_a_reply_that_is_smaller_than_was_set_aside_gives_room_back() -> None:
    pace = SitePace(6)
    for _ in range(10):
        pace.reserve(0.0)
    before = pace.reserve(0.0)
    pace.note(100)
    assert pace.reserve(0.0) == pytest.approx(before + (LARGEST + OVERHEAD_OCTETS - (LARGEST - 100)) / SHARE_OF_6_MBPS)


def test_sites_and_shares_are_apart() -> None:
    thin, thick, whole = SitePace(6), SitePace(600), SitePace(6, share=1.0)
    for pace in (thin, thick, whole):
        for _ in range(100):
            pace.reserve(0.0)
    waits = [pace.reserve(0.0) + BURST_SECONDS for pace in (thin, thick, whole)]
    assert waits[0] == pytest.approx(100 * waits[1])
    assert waits[2] == pytest.approx(100 * (LARGEST + OVERHEAD_OCTETS) * 8 / 6e6)
