"""VLANs with their ports: dot1qVlanCurrentTable or dot1qVlanStaticTable of the Q-BRIDGE-MIB (RFC 4363).

Where a switch has neither, Cisco's way: vtpVlanTable and vlanTrunkPortTable of the CISCO-VTP-MIB, and vmMembershipTable
of the CISCO-VLAN-MEMBERSHIP-MIB. Numbers of Cisco's objects are those of its published MIBs; the recordings of Catalyst
and Nexus switches have them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables.bridge import BASE_PORT_IF_INDEX
from collectors.snmp.tables.value import BadValue, Table, integer, integer_at, octets, only, text_at
from collectors.snmp.tables.vlans import ACTIVE, VLAN_STATIC_NAME, VLAN_STATIC_ROW_STATUS

Q_VLAN: Oid = (1, 3, 6, 1, 2, 1, 17, 7, 1, 4)
VLAN_CURRENT_EGRESS_PORTS: Oid = (*Q_VLAN, 2, 1, 4)
VLAN_CURRENT_UNTAGGED_PORTS: Oid = (*Q_VLAN, 2, 1, 5)
VLAN_STATIC_EGRESS_PORTS: Oid = (*Q_VLAN, 3, 1, 2)
VLAN_STATIC_UNTAGGED_PORTS: Oid = (*Q_VLAN, 3, 1, 4)
CISCO_VTP: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 46, 1)
VTP_VLAN_STATE: Oid = (*CISCO_VTP, 3, 1, 1, 2)
VTP_VLAN_TYPE: Oid = (*CISCO_VTP, 3, 1, 1, 3)
VTP_VLAN_NAME: Oid = (*CISCO_VTP, 3, 1, 1, 4)
TRUNK_NATIVE_VLAN: Oid = (*CISCO_VTP, 6, 1, 1, 5)
TRUNK_DYNAMIC_STATUS: Oid = (*CISCO_VTP, 6, 1, 1, 14)
#: vlanTrunkPortVlansEnabled and its 2k, 3k and 4k: a bit a VLAN, 1,024 each.
TRUNK_VLANS_ENABLED = tuple((*CISCO_VTP, 6, 1, 1, column) for column in (4, 17, 18, 19))
VM_VLAN: Oid = (1, 3, 6, 1, 4, 1, 9, 9, 68, 1, 2, 2, 1, 2)
VTP_OPERATIONAL, VTP_ETHERNET = 1, 1  # of vtpVlanState and vtpVlanType
NO_INTERFACE = 0  # an ifIndex that is none
TRUNKING = 1  # of vlanTrunkPortDynamicStatus


@dataclass(frozen=True, slots=True)
class VlanPorts:
    """A VLAN that a switch carries; `ports` are the ifIndexes that send it, `untagged` those that send it untagged.

    None where the switch lists ports none of which is one of its bridge ports (recorded: D-Link's DES-3028 counts from
    the list's other end, Junos knows no ifIndex of its bridge ports).
    """

    vlan: int
    name: str
    ports: tuple[int, ...] | None
    untagged: tuple[int, ...] | None


def parse_current_vlans(columns: Mapping[Oid, Column]) -> tuple[VlanPorts, ...]:
    """Read what the switch carries now, indexed by (dot1qVlanTimeMark, dot1qVlanIndex): the newest where it is twice.

    ZTE's switches put the VLAN first, and a zero behind it.
    """
    found: dict[int, VlanPorts] = {}
    for index, egress in columns[VLAN_CURRENT_EGRESS_PORTS].items():
        if len(index) != 2 or not any(index):
            raise BadValue("dot1qVlanCurrentEgressPorts's index is not a time and a VLAN")
        vlan = index[1] or index[0]
        untagged = columns[VLAN_CURRENT_UNTAGGED_PORTS].get(index, b"")
        found[vlan] = _vlan(columns, vlan, egress, untagged)
    return tuple(found[vlan] for vlan in sorted(found))


def parse_static_vlans(columns: Mapping[Oid, Column]) -> tuple[VlanPorts, ...]:
    """Read what is configured, indexed by dot1qVlanIndex; a row that isn't active isn't carried."""
    statuses = columns[VLAN_STATIC_ROW_STATUS]
    return tuple(
        _vlan(columns, only(index, "a VLAN"), egress, columns[VLAN_STATIC_UNTAGGED_PORTS].get(index, b""))
        for index, egress in columns[VLAN_STATIC_EGRESS_PORTS].items()
        if integer(statuses.get(index, ACTIVE)) == ACTIVE
    )


def parse_vtp_vlans(columns: Mapping[Oid, Column]) -> tuple[VlanPorts, ...]:
    """Read Cisco's Ethernet VLANs, indexed by (managementDomainIndex, vtpVlanIndex), with access ports and trunks."""
    access, trunks = _access(columns), _trunks(columns)
    found: list[VlanPorts] = []
    for index, name in columns[VTP_VLAN_NAME].items():
        if len(index) != 2:
            raise BadValue("vtpVlanName's index is not a domain and a VLAN")
        state = integer(columns[VTP_VLAN_STATE].get(index, VTP_OPERATIONAL))
        kind = integer(columns[VTP_VLAN_TYPE].get(index, VTP_ETHERNET))
        octets(name)
        if state == VTP_OPERATIONAL and kind == VTP_ETHERNET:
            vlan = index[1]
            carrying = {port for port, (carried, _native) in trunks.items() if vlan in carried}
            natives = {port for port in carrying if trunks[port][1] == vlan}
            untagged = {port for port, own in access.items() if own == vlan and port not in trunks}
            ports = tuple(sorted(carrying | untagged))
            name_text = text_at(columns[VTP_VLAN_NAME], index)
            found.append(VlanPorts(vlan, name_text, ports, tuple(sorted(natives | untagged))))
    return tuple(found)


def ports_of(port_list: Value) -> Iterator[int]:
    """The bridge ports of a PortList: the first octet's highest bit is port 1 (RFC 4363)."""
    yield from (bit + 1 for bit in _bits(octets(port_list)))


def _bits(raw: bytes) -> Iterator[int]:
    for place, octet in enumerate(raw):
        if octet:
            yield from (8 * place + bit for bit in range(8) if octet & 0x80 >> bit)


def _vlan(columns: Mapping[Oid, Column], vlan: int, egress: Value, untagged: Value) -> VlanPorts:
    name = text_at(columns[VLAN_STATIC_NAME], (vlan,))
    if_indexes = columns[BASE_PORT_IF_INDEX]
    return VlanPorts(vlan, name, _placed(if_indexes, egress), _placed(if_indexes, untagged))


def _placed(if_indexes: Column, port_list: Value) -> tuple[int, ...] | None:
    """The ports' ifIndexes; without those that aren't told, None where no port's is."""
    ports = list(ports_of(port_list))
    known = (integer_at(if_indexes, (port,)) or NO_INTERFACE for port in ports)
    placed = tuple(if_index for if_index in known if if_index != NO_INTERFACE)
    return placed if placed or not ports else None


def _access(columns: Mapping[Oid, Column]) -> dict[int, int]:
    """The VLAN of each port that has one only."""
    return {only(index, "vmVlan's index"): integer(vlan) for index, vlan in columns[VM_VLAN].items()}


def _trunks(columns: Mapping[Oid, Column]) -> dict[int, tuple[frozenset[int], int | None]]:
    """What each trunk lets pass, and which of it untagged."""
    found: dict[int, tuple[frozenset[int], int | None]] = {}
    for index, status in columns[TRUNK_DYNAMIC_STATUS].items():
        if integer(status) == TRUNKING:
            vlans = frozenset(
                1024 * kilo + bit
                for kilo, oid in enumerate(TRUNK_VLANS_ENABLED)
                for bit in _bits(octets(columns[oid].get(index, b"")))
            )
            native = integer_at(columns[TRUNK_NATIVE_VLAN], index)
            found[only(index, "vlanTrunkPortDynamicStatus's index")] = (vlans, native)
    return found


VTP = (VTP_VLAN_NAME, VTP_VLAN_STATE, VTP_VLAN_TYPE)
VLAN_PORTS = Table(
    "vlan_ports",
    (BASE_PORT_IF_INDEX, VLAN_STATIC_NAME, VLAN_CURRENT_EGRESS_PORTS, VLAN_CURRENT_UNTAGGED_PORTS),
    parse_current_vlans,
    fallback=Table(
        "vlan_ports",
        (
            BASE_PORT_IF_INDEX,
            VLAN_STATIC_NAME,
            VLAN_STATIC_EGRESS_PORTS,
            VLAN_STATIC_UNTAGGED_PORTS,
            VLAN_STATIC_ROW_STATUS,
        ),
        parse_static_vlans,
        fallback=Table(
            "vlan_ports",
            (*VTP, VM_VLAN, TRUNK_DYNAMIC_STATUS, TRUNK_NATIVE_VLAN, *TRUNK_VLANS_ENABLED),
            parse_vtp_vlans,
            rows=VTP,
        ),
        rows=(VLAN_STATIC_NAME, VLAN_STATIC_EGRESS_PORTS, VLAN_STATIC_UNTAGGED_PORTS, VLAN_STATIC_ROW_STATUS),
    ),
    rows=(VLAN_CURRENT_EGRESS_PORTS, VLAN_CURRENT_UNTAGGED_PORTS),
)
