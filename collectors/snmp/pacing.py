"""Keeps a site's thin uplink free: what its agents answer takes no more than a share of it."""

#: Of a site's bandwidth, what being polled may take.
SHARE = 0.1
#: Octets of Ethernet, IP and UDP headers around a reply, and of the request that called for it.
OVERHEAD_OCTETS = 200
#: What a reply is thought to take before one came: a whole datagram.
LARGEST_REPLY = 1464
#: A site may be asked at once for so many seconds' worth of its share, or its first reply would wait for nothing.
BURST_SECONDS = 0.2


class SitePace:
    """The site's share of its bandwidth, as a virtual clock that runs ahead of the real one by what was used too early.

    Times are seconds by the caller's clock.
    """

    __slots__ = ("_ahead_until", "_expected", "_octets_per_second")

    def __init__(self, bandwidth_mbps: float, share: float = SHARE) -> None:
        self._octets_per_second = bandwidth_mbps * 1e6 / 8 * share
        self._ahead_until = 0.0
        self._expected = LARGEST_REPLY + OVERHEAD_OCTETS

    def reserve(self, now: float) -> float:
        """Seconds until the site may be asked (0 or less: now), with room set aside for a reply like the last one.

        Who has to wait has its room all the same, so that those who wait don't all go at once.
        """
        wait = self._ahead_until - BURST_SECONDS - now
        self._ahead_until = max(self._ahead_until, now) + self._expected / self._octets_per_second
        return wait

    def note(self, octets: int) -> None:
        """A reply of so many octets came: what it took more or less than was set aside."""
        taken = octets + OVERHEAD_OCTETS
        self._ahead_until += (taken - self._expected) / self._octets_per_second
        self._expected = taken
