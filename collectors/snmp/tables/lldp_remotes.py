"""Who is heard by LLDP, in full: LLDP-MIB (IEEE 802.1AB-2005), or LLDP-V2-MIB (IEEE 802.1AB-2009)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address

from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables import lldp
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

#: The row of an object that isn't in a table.
SCALAR: Oid = (0,)
NOTHING = Column()


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
class Layout:
    """Where a MIB keeps what; `index_parts` is how many parts a neighbour's index has, the port being the second.

    `chassis` is the device's own id, by its subtype; `ports` are its own ports' ids and names, `remote` what tells a
    neighbour apart, in the order of LldpRemote.
    """

    index_parts: int
    chassis: tuple[Oid, Oid]
    ports: tuple[Oid, Oid, Oid]
    remote: tuple[Oid, Oid, Oid, Oid, Oid, Oid]
    descriptions: Oid
    addresses: Oid

    def remotes(self, columns: Mapping[Oid, Column]) -> tuple[LldpRemote, ...]:
        """Join the columns by (time mark, local port, remote index), in LLDP-V2 with a destination before the last.

        What wasn't asked for isn't told.
        """
        addresses = _addresses(columns.get(self.addresses, NOTHING), self.index_parts)
        return tuple(self._remote(columns, index, addresses) for index in columns[self.remote[1]])

    def own_chassis(self, columns: Mapping[Oid, Column]) -> str:
        """Who the device says it is."""
        kind, chassis = (columns[oid] for oid in self.chassis)
        return _chassis_id(_chassis_kind(integer_at(kind, SCALAR)), chassis.get(SCALAR, b""))

    def _remote(
        self, columns: Mapping[Oid, Column], index: Oid, addresses: Mapping[Oid, IPv4Address | IPv6Address]
    ) -> LldpRemote:
        if len(index) != self.index_parts:
            raise BadValue(f"a neighbour's index has {self.index_parts} parts, not {len(index)}")
        own_kinds, own_ids, own_names = (columns[oid] for oid in self.ports)
        chassis_kinds, chassis, port_kinds, ports, port_names, names = (columns[oid] for oid in self.remote)
        chassis_kind = _chassis_kind(integer_at(chassis_kinds, index))
        port_kind = _port_kind(integer_at(port_kinds, index))
        port = (index[1],)
        return LldpRemote(
            local_port=index[1],
            local_port_id=_port_id(_port_kind(integer_at(own_kinds, port)), own_ids.get(port, b"")),
            local_port_name=text_at(own_names, port),
            chassis_id_kind=chassis_kind,
            chassis_id=_chassis_id(chassis_kind, chassis[index]),
            port_id_kind=port_kind,
            port_id=_port_id(port_kind, ports.get(index, b"")),
            port_name=text_at(port_names, index),
            sys_name=text_at(names, index),
            sys_descr=text_at(columns.get(self.descriptions, NOTHING), index),
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


V1 = Layout(
    3,
    (lldp.LOC_CHASSIS_ID_SUBTYPE, lldp.LOC_CHASSIS_ID),
    (lldp.LOC_PORT_ID_SUBTYPE, lldp.LOC_PORT_ID, lldp.LOC_PORT_DESC),
    (
        lldp.REM_CHASSIS_ID_SUBTYPE,
        lldp.REM_CHASSIS_ID,
        lldp.REM_PORT_ID_SUBTYPE,
        lldp.REM_PORT_ID,
        lldp.REM_PORT_DESC,
        lldp.REM_SYS_NAME,
    ),
    lldp.REM_SYS_DESC,
    lldp.REM_MAN_ADDR_IF_SUBTYPE,
)
V2 = Layout(
    4,
    (lldp.V2_LOC_CHASSIS_ID_SUBTYPE, lldp.V2_LOC_CHASSIS_ID),
    (lldp.V2_LOC_PORT_ID_SUBTYPE, lldp.V2_LOC_PORT_ID, lldp.V2_LOC_PORT_DESC),
    (
        lldp.V2_REM_CHASSIS_ID_SUBTYPE,
        lldp.V2_REM_CHASSIS_ID,
        lldp.V2_REM_PORT_ID_SUBTYPE,
        lldp.V2_REM_PORT_ID,
        lldp.V2_REM_PORT_DESC,
        lldp.V2_REM_SYS_NAME,
    ),
    lldp.V2_REM_SYS_DESC,
    lldp.V2_REM_MAN_ADDR_IF_SUBTYPE,
)


def _everything(layout: Layout, fallback: Table[tuple[LldpRemote, ...]] | None = None) -> Table[tuple[LldpRemote, ...]]:
    rows = (*layout.remote, layout.descriptions)
    return Table("lldp_remotes", (*layout.ports, *rows, layout.addresses), layout.remotes, fallback, rows)


LLDP_REMOTES = _everything(V1, _everything(V2))
