"""Ranges of addresses: what may be asked, and how many that are."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from ledger.errors import CallError
from ledger.language import N_

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Ranges:
    """Networks of both families that don't overlap, in order; `spans` are (version, first, last) of each."""

    networks: tuple[Network, ...]
    spans: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, networks: Iterable[Network]) -> "Ranges":
        """The ranges, without those that lie in another one; neighbours aren't joined, each has its own edges."""
        kept: list[Network] = []
        for network in sorted(
            set(networks), key=lambda each: (each.version, int(each.network_address), each.prefixlen)
        ):
            last = kept[-1] if kept else None
            if last is None or last.version != network.version or network.network_address not in last:
                kept.append(network)
        spans = ((net.version, int(net.network_address), int(net.broadcast_address)) for net in kept)
        return cls(tuple(kept), tuple(spans))

    def __contains__(self, address: Address) -> bool:
        """Whether the address is in one of them; one with a zone is somewhere on a link, and in none."""
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            return False
        value = int(address)
        place = bisect_right(self.spans, (address.version, value, 1 << 128))
        return place > 0 and self.spans[place - 1][0] == address.version and value <= self.spans[place - 1][2]

    def __str__(self) -> str:
        return ", ".join(map(str, self.networks))

    @property
    def size(self) -> int:
        """How many hosts they have room for."""
        return sum(_room(network) for network in self.networks)

    def hosts(self) -> Iterator[Address]:
        """Every address that a host can have there."""
        for network in self.networks:
            yield from network.hosts()


def _room(network: Network) -> int:
    """As many as `hosts` gives: without the network's own and its broadcast address (IPv6: the routers' anycast)."""
    if network.prefixlen >= network.max_prefixlen - 1:
        return network.num_addresses
    return network.num_addresses - (2 if network.version == 4 else 1)


def parse_ranges(texts: Iterable[str]) -> Ranges:
    """The ranges that somebody typed, such as `10.68.24.0/21`; raises CallError."""
    return Ranges.of(_network(text) for text in texts)


def _network(text: str) -> Network:
    try:
        network = ip_network(text.strip())
    except ValueError:
        pass
    else:
        if not may_be_asked(network.network_address) or not may_be_asked(network.broadcast_address):
            raise CallError(N_("discover: '{value}' holds addresses that no host has, such as multicast"), value=text)
        return network
    try:
        nearest = ip_network(text.strip(), strict=False)
    except ValueError:
        raise CallError(
            N_("discover: '{value}' is no range of addresses; write it as 10.68.24.0/24"), value=text
        ) from None
    raise CallError(
        N_("discover: '{value}' has bits set beyond its prefix; write {nearest}, or {host} for the one address"),
        value=text,
        nearest=nearest,
        host=text.partition("/")[0].strip(),
    )


def may_be_asked(address: Address) -> bool:
    """Whether a packet to the address goes to one host: no multicast, broadcast, unspecified or reserved one."""
    return not (address.is_multicast or address.is_unspecified or address.is_reserved)
