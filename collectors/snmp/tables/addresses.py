"""A device's own addresses: ipAddressTable (RFC 4293), and the old ipAddrTable, which knows IPv4 only.

Both are read: Cisco's and H3C's switches have nothing but their IPv6 addresses in the new one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables.value import Table, address_of_index, inet_address_of_index, integer, octets

IP_ADDRESS_IF_INDEX: Oid = (1, 3, 6, 1, 2, 1, 4, 34, 1, 3)
IP_ADDRESS_TYPE: Oid = (1, 3, 6, 1, 2, 1, 4, 34, 1, 4)
IP_ADDRESS_PREFIX: Oid = (1, 3, 6, 1, 2, 1, 4, 34, 1, 5)
#: What ipAddressPrefix points at; its row ends in the prefix's length.
IP_ADDRESS_PREFIX_ORIGIN: Oid = (1, 3, 6, 1, 2, 1, 4, 32, 1, 5)
IP_AD_ENT_ADDR: Oid = (1, 3, 6, 1, 2, 1, 4, 20, 1, 1)
IP_AD_ENT_IF_INDEX: Oid = (1, 3, 6, 1, 2, 1, 4, 20, 1, 2)
IP_AD_ENT_NET_MASK: Oid = (1, 3, 6, 1, 2, 1, 4, 20, 1, 3)
UNICAST, BROADCAST = 1, 3  # of ipAddressType


@dataclass(frozen=True, slots=True)
class Address:
    """An address of an interface; `prefix_length` is None where the agent doesn't tell it.

    A zone (of a link-local address) is the address's scope.
    """

    address: IPv4Address | IPv6Address
    prefix_length: int | None
    if_index: int


def parse_addresses(columns: Mapping[Oid, Column]) -> tuple[Address, ...]:
    """The new table's rows, then the old one's that it doesn't have."""
    found = {entry.address: entry for entry in _new(columns)}
    for entry in _old(columns):
        found.setdefault(entry.address, entry)
    return tuple(found.values())


def _new(columns: Mapping[Oid, Column]) -> Iterator[Address]:
    """Rows indexed by (address type, length, address); broadcast addresses are nobody's own."""
    types, prefixes = columns[IP_ADDRESS_TYPE], columns[IP_ADDRESS_PREFIX]
    for index, if_index in columns[IP_ADDRESS_IF_INDEX].items():
        address = inet_address_of_index(index)
        if address is not None and integer(types.get(index, UNICAST)) != BROADCAST:
            length = _length(prefixes.get(index, ()), address.max_prefixlen)
            yield Address(address, length, integer(if_index))


def _old(columns: Mapping[Oid, Column]) -> Iterator[Address]:
    """Rows indexed by the address; some agents number them instead, and the address is in ipAdEntAddr only."""
    told, masks = columns[IP_AD_ENT_ADDR], columns[IP_AD_ENT_NET_MASK]
    for index, if_index in columns[IP_AD_ENT_IF_INDEX].items():
        numbered = len(index) == 1 and index in told
        address = address_of_index(tuple(octets(told[index])) if numbered else index)
        yield Address(address, _ones(octets(masks.get(index, b""))), integer(if_index))


def _length(pointer: Value, most: int) -> int | None:
    """The prefix's length, from the row that is pointed at; zeroDotZero and pointers elsewhere tell none."""
    if not isinstance(pointer, tuple) or pointer[: len(IP_ADDRESS_PREFIX_ORIGIN)] != IP_ADDRESS_PREFIX_ORIGIN:
        return None
    return pointer[-1] if pointer[-1] <= most else None


def _ones(mask: bytes) -> int | None:
    """How many ones a mask begins with; None where zeros stand between them, or it is no mask."""
    bits = "".join(f"{octet:08b}" for octet in mask)
    return bits.count("1") if len(mask) == 4 and "01" not in bits else None


NEW = (IP_ADDRESS_IF_INDEX, IP_ADDRESS_TYPE, IP_ADDRESS_PREFIX)
OLD = (IP_AD_ENT_ADDR, IP_AD_ENT_IF_INDEX, IP_AD_ENT_NET_MASK)
ADDRESSES = Table("addresses", (*NEW, *OLD), parse_addresses, rows=NEW)
