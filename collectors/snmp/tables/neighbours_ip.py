"""Resolved addresses of both families: ipNetToPhysicalTable (RFC 4293), and the two tables before it.

These are ipNetToMediaTable (RFC 4293, deprecated) and ipv6NetToMediaTable (RFC 2465). All are read: H3C's switches have
nothing but IPv6 in the new one. What proves that a terminal is there is `arp`, of IPv4 only; this one describes, and
says on which interface.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.arp import (
    DYNAMIC,
    MEDIA_ADDRESS,
    MEDIA_TYPE,
    PHYSICAL_ADDRESS,
    PHYSICAL_STATE,
    PHYSICAL_TYPE,
    REACHABLE,
)
from collectors.snmp.tables.value import (
    IPV6,
    BadValue,
    Table,
    address_of_index,
    inet_address_of_index,
    integer,
    integer_at,
    mac,
    octets,
)

MEDIA_IF_INDEX: Oid = (1, 3, 6, 1, 2, 1, 4, 22, 1, 1)
MEDIA_NET_ADDRESS: Oid = (1, 3, 6, 1, 2, 1, 4, 22, 1, 3)
IPV6_MEDIA_ADDRESS: Oid = (1, 3, 6, 1, 2, 1, 55, 1, 12, 1, 2)
IPV6_MEDIA_TYPE: Oid = (1, 3, 6, 1, 2, 1, 55, 1, 12, 1, 3)
IPV6_MEDIA_STATE: Oid = (1, 3, 6, 1, 2, 1, 55, 1, 12, 1, 4)
IPV6_DYNAMIC = 2  # of ipv6NetToMediaType; its state counts as ipNetToPhysicalState does


@dataclass(frozen=True, slots=True)
class IpNeighbour:
    """An address, the MAC behind it, and the interface on which it was resolved.

    `is_reachable`: confirmed just now; None where the agent can't tell.
    """

    address: IPv4Address | IPv6Address
    mac: str
    if_index: int
    is_reachable: bool | None


def parse_ip_neighbours(columns: Mapping[Oid, Column]) -> tuple[IpNeighbour, ...]:
    """The dynamic rows of the new table, then the old ones' that it doesn't have."""
    found: dict[tuple[IPv4Address | IPv6Address, int], IpNeighbour] = {}
    for entry in (*_new(columns), *_old_ipv4(columns), *_old_ipv6(columns)):
        found.setdefault((entry.address, entry.if_index), entry)
    return tuple(found.values())


def _new(columns: Mapping[Oid, Column]) -> Iterator[IpNeighbour]:
    """Rows indexed by (ifIndex, address type, length, address)."""
    types, states = columns[PHYSICAL_TYPE], columns[PHYSICAL_STATE]
    for index, value in columns[PHYSICAL_ADDRESS].items():
        address = inet_address_of_index(index[1:])
        if address is not None and _is_resolved(types, index, octets(value), DYNAMIC):
            yield IpNeighbour(address, mac(value), index[0], _is_reachable(states, index))


def _old_ipv4(columns: Mapping[Oid, Column]) -> Iterator[IpNeighbour]:
    """Rows indexed by (ifIndex, address); they can't tell what is fresh.

    Some agents number them instead, and both are in columns only.
    """
    for index, value in columns[MEDIA_ADDRESS].items():
        row = index
        if len(index) == 1 and index in columns[MEDIA_IF_INDEX] and index in columns[MEDIA_NET_ADDRESS]:
            row = (integer(columns[MEDIA_IF_INDEX][index]), *octets(columns[MEDIA_NET_ADDRESS][index]))
        address = address_of_index(row[1:])
        if _is_resolved(columns[MEDIA_TYPE], index, octets(value), DYNAMIC):
            yield IpNeighbour(address, mac(value), row[0], None)


def _old_ipv6(columns: Mapping[Oid, Column]) -> Iterator[IpNeighbour]:
    """Rows indexed by (ifIndex, address)."""
    for index, value in columns[IPV6_MEDIA_ADDRESS].items():
        address = _ipv6(index[1:])
        if _is_resolved(columns[IPV6_MEDIA_TYPE], index, octets(value), IPV6_DYNAMIC):
            yield IpNeighbour(address, mac(value), index[0], _is_reachable(columns[IPV6_MEDIA_STATE], index))


def _ipv6(index: Oid) -> IPv6Address:
    """An Ipv6Address, of sixteen parts; some agents put its length before it."""
    address = inet_address_of_index((IPV6, 16, *index[-16:]))
    if not isinstance(address, IPv6Address) or index[:-16] not in {(), (16,)}:
        raise BadValue("an IPv6 index has 16 parts")
    return address


def _is_resolved(types: Column, index: Oid, address: bytes, dynamic: int) -> bool:
    return integer(types.get(index, dynamic)) == dynamic and len(address) == 6


def _is_reachable(states: Column, index: Oid) -> bool | None:
    state = integer_at(states, index)
    return None if state is None else state == REACHABLE


#: Types before addresses: where the agent falls silent between them, an address of an unknown type isn't read.
NEW = (PHYSICAL_TYPE, PHYSICAL_STATE, PHYSICAL_ADDRESS)
OLD_IPV4 = (MEDIA_TYPE, MEDIA_IF_INDEX, MEDIA_NET_ADDRESS, MEDIA_ADDRESS)
OLD_IPV6 = (IPV6_MEDIA_TYPE, IPV6_MEDIA_STATE, IPV6_MEDIA_ADDRESS)
IP_NEIGHBOURS = Table("ip_neighbours", (*NEW, *OLD_IPV4, *OLD_IPV6), parse_ip_neighbours, rows=NEW)
