"""Keeps a site's thin uplink free: what its agents answer takes no more than a share of it."""

#: Of a site's bandwidth, what being polled may take.
SHARE = 0.1
#: Octets of Ethernet, IP and UDP headers around a reply, and of the request that called for it.
OVERHEAD_OCTETS = 200
#: A site may be asked at once for so many seconds' worth of its share, or its first reply would wait for nothing.
BURST_SECONDS = 0.2


class SitePace:
    """The site's share of its bandwidth, as a virtual clock that runs ahead of the real one by what was used too early.

    Times are seconds by the caller's clock.
    """

    __slots__ = ("_ahead_until", "_octets_per_second")

    def __init__(self, bandwidth_mbps: float, share: float = SHARE) -> None:
        self._octets_per_second = bandwidth_mbps * 1e6 / 8 * share
        self._ahead_until = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the site may be asked; 0 or less: now."""
        return self._ahead_until - BURST_SECONDS - now

    def note(self, now: float, octets: int) -> None:
        """A reply of so many octets came."""
        self._ahead_until = max(self._ahead_until, now) + (octets + OVERHEAD_OCTETS) / self._octets_per_second
