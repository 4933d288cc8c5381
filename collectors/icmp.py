"""ICMP echo (RFC 792), from the collectors' seat."""

import asyncio
from ipaddress import IPv4Address, IPv6Address
from types import TracebackType
from typing import Protocol, Self

from gufo.ping import Ping, SelectionPolicy

from ledger.errors import ConfigurationError
from ledger.language import N_

LOOPBACK = IPv4Address("127.0.0.1")


class Pinger(Protocol):
    """Asks addresses whether they answer."""

    async def answers(self, address: IPv4Address) -> bool:
        """Whether an echo came back in time."""


class GufoPinger:
    """Echoes over one socket for all addresses: raw (root, CAP_NET_RAW), else datagram (net.ipv4.ping_group_range)."""

    def __init__(self, *, timeout_seconds: float = 1.0, tries: int = 3) -> None:
        self._timeout_seconds = timeout_seconds
        self._tries = tries
        self._ping: Ping | None = None

    async def __aenter__(self) -> Self:
        """Open the socket; raises ConfigurationError where this user may not."""
        self._ping = Ping(policy=SelectionPolicy.RAW_DGRAM, timeout=self._timeout_seconds)
        try:
            await self._once(LOOPBACK)
        except PermissionError:
            raise ConfigurationError(
                N_(
                    "icmp: this user may not send echo requests; run as root, give the program CAP_NET_RAW, "
                    "or put its group in net.ipv4.ping_group_range"
                )
            ) from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the socket."""
        self._ping = None

    async def answers(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether one of the tries was answered; an address without a route doesn't answer."""
        for _ in range(self._tries):
            if await self._once(address):
                return True
        return False

    async def _once(self, address: IPv4Address | IPv6Address) -> bool:
        if self._ping is None:
            raise RuntimeError("the pinger is not open")
        # gufo_ping answers a future that it must find pending, so a cancelled caller may not cancel it.
        answer = await asyncio.shield(self._ping.ping(str(address)))
        return answer is not None
