"""Resolved addresses: ipNetToPhysicalTable (RFC 4293) and the old ipNetToMediaTable, which can't tell what is fresh."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.value import BadValue, Table, address_of_index, integer, mac, octets

PHYSICAL_ADDRESS: Oid = (1, 3, 6, 1, 2, 1, 4, 35, 1, 4)
PHYSICAL_TYPE: Oid = (1, 3, 6, 1, 2, 1, 4, 35, 1, 6)
PHYSICAL_STATE: Oid = (1, 3, 6, 1, 2, 1, 4, 35, 1, 7)
MEDIA_ADDRESS: Oid = (1, 3, 6, 1, 2, 1, 4, 22, 1, 2)
MEDIA_TYPE: Oid = (1, 3, 6, 1, 2, 1, 4, 22, 1, 4)
DYNAMIC = 3  # of ipNetToPhysicalType and ipNetToMediaType: neither configured nor the router's own
REACHABLE = 1  # of ipNetToPhysicalState: expressly confirmed within the neighbour's reachable time
IPV4 = (1, 4)  # InetAddressType ipv4, and its length in the index


@dataclass(frozen=True, slots=True)
class ArpEntry:
    """An address and the MAC behind it. `is_reachable`: confirmed just now; None where the agent can't tell."""

    address: IPv4Address
    mac: str
    is_reachable: bool | None


def parse_arp(columns: Mapping[Oid, Column]) -> tuple[ArpEntry, ...]:
    """The dynamic IPv4 rows of both tables, the newer first: an agent may keep only some of its rows in it.

    The newer is indexed by (ifIndex, address type, length, address), the older by (ifIndex, address).
    """
    found = {entry.address: entry for entry in _older(columns)}
    found |= {entry.address: entry for entry in _newer(columns)}
    return tuple(found[address] for address in sorted(found))


def _newer(columns: Mapping[Oid, Column]) -> Iterator[ArpEntry]:
    for index, value in columns[PHYSICAL_ADDRESS].items():
        if len(index) < 3:
            raise BadValue("ipNetToPhysicalPhysAddress's index is too short")
        if index[1:3] == IPV4 and _is_resolved(columns[PHYSICAL_TYPE], index, octets(value)):
            state = columns[PHYSICAL_STATE].get(index)
            is_reachable = None if state is None else integer(state) == REACHABLE
            yield ArpEntry(address_of_index(index[3:]), mac(value), is_reachable)


def _older(columns: Mapping[Oid, Column]) -> Iterator[ArpEntry]:
    for index, value in columns[MEDIA_ADDRESS].items():
        if _is_resolved(columns[MEDIA_TYPE], index, octets(value)):
            yield ArpEntry(address_of_index(index[1:]), mac(value), None)


def _is_resolved(types: Column, index: Oid, address: bytes) -> bool:
    # An entry still being resolved has no address, or one of the wrong length, by the maker's taste.
    return integer(types.get(index, DYNAMIC)) == DYNAMIC and len(address) == 6


NEW = (PHYSICAL_ADDRESS, PHYSICAL_TYPE, PHYSICAL_STATE)
ARP = Table("arp", (*NEW, MEDIA_ADDRESS, MEDIA_TYPE), parse_arp, rows=NEW)
