"""Who is heard by Cisco's own protocol: cdpCacheTable of the CISCO-CDP-MIB.

Object names and numbers are those of Cisco's published MIB; the recordings of Cisco and HPE switches have the table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.value import (
    IPV4,
    IPV6,
    BadValue,
    Table,
    identity,
    inet_address,
    integer_at,
    octets,
    text_at,
)

CDP_CACHE: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 23, 1, 2, 1, 1)
CDP_CACHE_ADDRESS_TYPE: Oid = (*CDP_CACHE, 3)
CDP_CACHE_ADDRESS: Oid = (*CDP_CACHE, 4)
CDP_CACHE_VERSION: Oid = (*CDP_CACHE, 5)
CDP_CACHE_DEVICE_ID: Oid = (*CDP_CACHE, 6)
CDP_CACHE_DEVICE_PORT: Oid = (*CDP_CACHE, 7)
CDP_CACHE_PLATFORM: Oid = (*CDP_CACHE, 8)
CDP_CACHE_NATIVE_VLAN: Oid = (*CDP_CACHE, 11)
CDP_CACHE_SYS_NAME: Oid = (*CDP_CACHE, 17)
CDP_CACHE_PRIMARY_MGMT_ADDR_TYPE: Oid = (*CDP_CACHE, 19)
CDP_CACHE_PRIMARY_MGMT_ADDR: Oid = (*CDP_CACHE, 20)
#: CiscoNetworkProtocol's numbers of the families that are read, as InetAddressType counts them.
FAMILIES = {1: IPV4, 20: IPV6}


@dataclass(frozen=True, slots=True, kw_only=True)
class CdpRemote:
    """A neighbour as it says it is; `local_port` is the ifIndex on which it is heard, what isn't told is empty.

    Ids that are octets are written in hexadecimal, as MACs where they are six.

    `native_vlan` is None where the neighbour's port has none.
    """

    local_port: int
    device_id: str
    port_id: str
    sys_name: str
    platform: str
    version: str
    native_vlan: int | None
    management_address: IPv4Address | IPv6Address | None


def parse_cdp(columns: Mapping[Oid, Column]) -> tuple[CdpRemote, ...]:
    """Join the columns by (cdpCacheIfIndex, cdpCacheDeviceIndex)."""
    return tuple(_remote(columns, index) for index in columns[CDP_CACHE_DEVICE_ID])


def _remote(columns: Mapping[Oid, Column], index: Oid) -> CdpRemote:
    if len(index) != 2:
        raise BadValue("cdpCacheDeviceId's index is not an ifIndex and a device's number")
    primary = _address(columns[CDP_CACHE_PRIMARY_MGMT_ADDR_TYPE], columns[CDP_CACHE_PRIMARY_MGMT_ADDR], index)
    return CdpRemote(
        local_port=index[0],
        device_id=identity(columns[CDP_CACHE_DEVICE_ID][index]),
        port_id=identity(columns[CDP_CACHE_DEVICE_PORT].get(index, b"")),
        sys_name=text_at(columns[CDP_CACHE_SYS_NAME], index),
        platform=text_at(columns[CDP_CACHE_PLATFORM], index),
        version=text_at(columns[CDP_CACHE_VERSION], index),
        native_vlan=integer_at(columns[CDP_CACHE_NATIVE_VLAN], index) or None,
        management_address=primary or _address(columns[CDP_CACHE_ADDRESS_TYPE], columns[CDP_CACHE_ADDRESS], index),
    )


def _address(types: Column, addresses: Column, index: Oid) -> IPv4Address | IPv6Address | None:
    """An address by its CiscoNetworkProtocol; None where it is empty, of nobody, or of another protocol."""
    raw = octets(addresses.get(index, b""))
    family = FAMILIES.get(integer_at(types, index) or 0)
    return inet_address(family, raw) if family is not None and any(raw) else None


COLUMNS = (
    CDP_CACHE_DEVICE_ID,
    CDP_CACHE_DEVICE_PORT,
    CDP_CACHE_PLATFORM,
    CDP_CACHE_VERSION,
    CDP_CACHE_NATIVE_VLAN,
    CDP_CACHE_SYS_NAME,
    CDP_CACHE_ADDRESS_TYPE,
    CDP_CACHE_ADDRESS,
    CDP_CACHE_PRIMARY_MGMT_ADDR_TYPE,
    CDP_CACHE_PRIMARY_MGMT_ADDR,
)
CDP = Table("cdp", COLUMNS, parse_cdp, rows=COLUMNS)
