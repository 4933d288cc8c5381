"""Who is heard by LLDP, in full: LLDP-MIB (IEEE 802.1AB-2005), or LLDP-V2-MIB (IEEE 802.1AB-2009).

`lldp` has what a verdict needs of it; this has what tells devices and ports apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address

from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables.lldp import (
    LLDP,
    LOC_PORT_DESC,
    LOC_PORT_ID,
    REM_CHASSIS_ID,
    REM_CHASSIS_ID_SUBTYPE,
    REM_SYS_NAME,
)
from collectors.snmp.tables.value import (
    IPV4,
    IPV6,
    BadValue,
    Table,
    identity,
    inet_address,
    inet_address_of_index,
    integer,
    integer_at,
    mac,
    octets,
    text_at,
)

LOC_PORT_ID_SUBTYPE: Oid = (*LLDP, 3, 7, 1, 2)
REM_PORT_ID_SUBTYPE: Oid = (*LLDP, 4, 1, 1, 6)
REM_PORT_ID: Oid = (*LLDP, 4, 1, 1, 7)
REM_PORT_DESC: Oid = (*LLDP, 4, 1, 1, 8)
REM_SYS_DESC: Oid = (*LLDP, 4, 1, 1, 10)
REM_MAN_ADDR_IF_SUBTYPE: Oid = (*LLDP, 4, 2, 1, 3)
LLDP_V2: Oid = (1, 3, 111, 2, 802, 1, 1, 13, 1)
V2_LOC_PORT_ID_SUBTYPE: Oid = (*LLDP_V2, 3, 7, 1, 2)
V2_LOC_PORT_ID: Oid = (*LLDP_V2, 3, 7, 1, 3)
V2_LOC_PORT_DESC: Oid = (*LLDP_V2, 3, 7, 1, 4)
V2_REM_CHASSIS_ID_SUBTYPE: Oid = (*LLDP_V2, 4, 1, 1, 5)
V2_REM_CHASSIS_ID: Oid = (*LLDP_V2, 4, 1, 1, 6)
V2_REM_PORT_ID_SUBTYPE: Oid = (*LLDP_V2, 4, 1, 1, 7)
V2_REM_PORT_ID: Oid = (*LLDP_V2, 4, 1, 1, 8)
V2_REM_PORT_DESC: Oid = (*LLDP_V2, 4, 1, 1, 9)
V2_REM_SYS_NAME: Oid = (*LLDP_V2, 4, 1, 1, 10)
V2_REM_SYS_DESC: Oid = (*LLDP_V2, 4, 1, 1, 11)
V2_REM_MAN_ADDR_IF_SUBTYPE: Oid = (*LLDP_V2, 4, 2, 1, 3)


class ChassisIdKind(Enum):
    """LldpChassisIdSubtype; UNKNOWN is none of them."""

    UNKNOWN = 0
    CHASSIS_COMPONENT = 1
    INTERFACE_ALIAS = 2
    PORT_COMPONENT = 3
    MAC_ADDRESS = 4
    NETWORK_ADDRESS = 5
    INTERFACE_NAME = 6
    LOCAL = 7


class PortIdKind(Enum):
    """LldpPortIdSubtype; UNKNOWN is none of them."""

    UNKNOWN = 0
    INTERFACE_ALIAS = 1
    PORT_COMPONENT = 2
    MAC_ADDRESS = 3
    NETWORK_ADDRESS = 4
    INTERFACE_NAME = 5
    AGENT_CIRCUIT_ID = 6
    LOCAL = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class LldpRemote:
    """A neighbour as it says it is. Ids that are MACs or addresses are written as such; what isn't told is empty.

    `local_port` is the number by which the agent knows its port: an ifIndex in LLDP-V2, mostly one in LLDP.
    `management_address` is the first that it announces, IPv4 before IPv6.
    """

    local_port: int
    local_port_id: str
    local_port_name: str
    chassis_id_kind: ChassisIdKind
    chassis_id: str
    port_id_kind: PortIdKind
    port_id: str
    port_name: str
    sys_name: str
    sys_descr: str
    management_address: IPv4Address | IPv6Address | None


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where a MIB keeps what; `index_parts` is how many parts a neighbour's index has, the port being the second."""

    index_parts: int
    local: tuple[Oid, Oid, Oid]
    remote: tuple[Oid, Oid, Oid, Oid, Oid, Oid, Oid]
    addresses: Oid

    def parse(self, columns: Mapping[Oid, Column]) -> tuple[LldpRemote, ...]:
        """Join the columns by (time mark, local port, remote index), in LLDP-V2 with a destination before the last."""
        addresses = _addresses(columns[self.addresses], self.index_parts)
        return tuple(self._remote(columns, index, addresses) for index in columns[self.remote[1]])

    def _remote(
        self, columns: Mapping[Oid, Column], index: Oid, addresses: Mapping[Oid, IPv4Address | IPv6Address]
    ) -> LldpRemote:
        if len(index) != self.index_parts:
            raise BadValue(f"a neighbour's index has {self.index_parts} parts, not {len(index)}")
        local = [columns[oid] for oid in self.local]
        chassis_kinds, chassis, port_kinds, ports, port_names, names, descriptions = (
            columns[oid] for oid in self.remote
        )
        chassis_kind = _chassis_kind(integer_at(chassis_kinds, index))
        port_kind = _port_kind(integer_at(port_kinds, index))
        port = (index[1],)
        return LldpRemote(
            local_port=index[1],
            local_port_id=_port_id(_port_kind(integer_at(local[0], port)), local[1].get(port, b"")),
            local_port_name=text_at(local[2], port),
            chassis_id_kind=chassis_kind,
            chassis_id=_chassis_id(chassis_kind, chassis[index]),
            port_id_kind=port_kind,
            port_id=_port_id(port_kind, ports.get(index, b"")),
            port_name=text_at(port_names, index),
            sys_name=text_at(names, index),
            sys_descr=text_at(descriptions, index),
            management_address=addresses.get(index),
        )


def _addresses(column: Column, index_parts: int) -> dict[Oid, IPv4Address | IPv6Address]:
    """Each neighbour's address; the row's index goes on after its own with an address, its kind and length first."""
    found: dict[Oid, IPv4Address | IPv6Address] = {}
    for row, kind in column.items():
        integer(kind)
        address = inet_address_of_index(row[index_parts:])  # AddressFamilyNumbers begin as InetAddressType does
        known = found.get(row[:index_parts])
        if address is not None and (known is None or address.version < known.version):
            found[row[:index_parts]] = address
    return found


def _chassis_kind(number: int | None) -> ChassisIdKind:
    return ChassisIdKind(number) if number in range(1, 8) else ChassisIdKind.UNKNOWN


def _port_kind(number: int | None) -> PortIdKind:
    return PortIdKind(number) if number in range(1, 8) else PortIdKind.UNKNOWN


def _chassis_id(kind: ChassisIdKind, value: Value) -> str:
    is_mac, is_address = kind is ChassisIdKind.MAC_ADDRESS, kind is ChassisIdKind.NETWORK_ADDRESS
    return _id(value, is_mac=is_mac, is_address=is_address)


def _port_id(kind: PortIdKind, value: Value) -> str:
    is_mac, is_address = kind is PortIdKind.MAC_ADDRESS, kind is PortIdKind.NETWORK_ADDRESS
    return _id(value, is_mac=is_mac, is_address=is_address)


def _id(value: Value, *, is_mac: bool, is_address: bool) -> str:
    """An id as text. Some agents write the MAC out themselves, or give octets without saying that they are a MAC."""
    raw = octets(value)
    if is_mac and len(raw) == 6:
        return mac(raw)
    if is_address and len(raw) in {5, 17} and raw[0] in {IPV4, IPV6}:
        return str(inet_address(raw[0], raw[1:]))
    return identity(raw)


V1 = _Layout(
    3,
    (LOC_PORT_ID_SUBTYPE, LOC_PORT_ID, LOC_PORT_DESC),
    (
        REM_CHASSIS_ID_SUBTYPE,
        REM_CHASSIS_ID,
        REM_PORT_ID_SUBTYPE,
        REM_PORT_ID,
        REM_PORT_DESC,
        REM_SYS_NAME,
        REM_SYS_DESC,
    ),
    REM_MAN_ADDR_IF_SUBTYPE,
)
V2 = _Layout(
    4,
    (V2_LOC_PORT_ID_SUBTYPE, V2_LOC_PORT_ID, V2_LOC_PORT_DESC),
    (
        V2_REM_CHASSIS_ID_SUBTYPE,
        V2_REM_CHASSIS_ID,
        V2_REM_PORT_ID_SUBTYPE,
        V2_REM_PORT_ID,
        V2_REM_PORT_DESC,
        V2_REM_SYS_NAME,
        V2_REM_SYS_DESC,
    ),
    V2_REM_MAN_ADDR_IF_SUBTYPE,
)
LLDP_REMOTES = Table(
    "lldp_remotes",
    (*V1.local, *V1.remote, V1.addresses),
    V1.parse,
    fallback=Table("lldp_remotes", (*V2.local, *V2.remote, V2.addresses), V2.parse, rows=V2.remote),
    rows=V1.remote,
)
