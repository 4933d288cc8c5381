"""Forwarding tables: Q-BRIDGE-MIB (RFC 4363), or BRIDGE-MIB (RFC 4188) where a switch has no VLANs in its table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.value import BadValue, Table, integer, mac_of_index, require

DOT1D: Oid = (1, 3, 6, 1, 2, 1, 17)
BASE_PORT_IF_INDEX: Oid = (*DOT1D, 1, 4, 1, 2)
TP_FDB_PORT: Oid = (*DOT1D, 4, 3, 1, 2)
TP_FDB_STATUS: Oid = (*DOT1D, 4, 3, 1, 3)
Q_TP_FDB_PORT: Oid = (*DOT1D, 7, 1, 2, 2, 1, 2)
Q_TP_FDB_STATUS: Oid = (*DOT1D, 7, 1, 2, 2, 1, 3)
Q_VLAN_FDB_ID: Oid = (*DOT1D, 7, 1, 4, 2, 1, 3)
Q_PVID: Oid = (*DOT1D, 7, 1, 4, 5, 1, 1)
LEARNED = 3  # of dot1dTpFdbStatus: heard on the wire, neither configured nor the switch's own
UNKNOWN_PORT = 0  # "learned, but not on which port" (RFC 4188)


@dataclass(frozen=True, slots=True)
class ForwardingEntry:
    """A MAC heard on a port; `vlan` is None where the switch tells neither the entry's VLAN nor the port's."""

    mac: str
    vlan: int | None
    if_index: int


def parse_vlan_forwarding(columns: Mapping[Oid, Column]) -> tuple[ForwardingEntry, ...]:
    """Read dot1qTpFdbTable, indexed by (dot1qFdbId, MAC); a filtering database's VLAN is its id unless told."""
    vlan_of = _vlan_of_database(columns[Q_VLAN_FDB_ID])
    ports = _ports(columns)
    found: list[ForwardingEntry] = []
    for index, port in columns[Q_TP_FDB_PORT].items():
        if len(index) != 7:
            raise BadValue("dot1qTpFdbPort's index is not a database and a MAC")
        if_index = ports.get(integer(port))
        if if_index is not None and _is_learned(columns[Q_TP_FDB_STATUS], index):
            found.append(ForwardingEntry(mac_of_index(index[1:]), vlan_of.get(index[0], index[0]), if_index))
    return tuple(found)


def parse_forwarding(columns: Mapping[Oid, Column]) -> tuple[ForwardingEntry, ...]:
    """Read dot1dTpFdbTable, indexed by MAC; the VLAN is the port's own (dot1qPvid)."""
    ports = _ports(columns)
    found: list[ForwardingEntry] = []
    for index, value in columns[TP_FDB_PORT].items():
        port = integer(value)
        if port in ports and _is_learned(columns[TP_FDB_STATUS], index):
            vlan = columns[Q_PVID].get((port,))
            found.append(ForwardingEntry(mac_of_index(index), None if vlan is None else integer(vlan), ports[port]))
    return tuple(found)


def forwarding_in(vlan: int) -> Table[tuple[ForwardingEntry, ...]]:
    """The BRIDGE-MIB's table in a VLAN's context: its entries are the VLAN's; a VLAN without ports has none."""

    def parse(columns: Mapping[Oid, Column]) -> tuple[ForwardingEntry, ...]:
        if not columns[BASE_PORT_IF_INDEX] and not columns[TP_FDB_PORT]:
            return ()
        return tuple(replace(entry, vlan=vlan) for entry in parse_forwarding({**columns, Q_PVID: Column()}))

    columns = (BASE_PORT_IF_INDEX, TP_FDB_PORT, TP_FDB_STATUS)
    return Table("forwarding", columns, parse, rows=(TP_FDB_PORT, TP_FDB_STATUS))


def _ports(columns: Mapping[Oid, Column]) -> dict[int, int]:
    """Bridge port → ifIndex; an entry on another port can't be placed."""
    require(columns[BASE_PORT_IF_INDEX], "BRIDGE-MIB")
    return {
        index[0]: integer(if_index)
        for index, if_index in columns[BASE_PORT_IF_INDEX].items()
        if len(index) == 1 and index[0] != UNKNOWN_PORT
    }


def _vlan_of_database(column: Column) -> dict[int, int]:
    """Filtering database → VLAN, from dot1qVlanFdbId by (dot1qVlanTimeMark, dot1qVlanIndex); the first where shared."""
    found: dict[int, int] = {}
    for index, database in column.items():
        if len(index) == 2:
            found.setdefault(integer(database), index[1])
    return found


def _is_learned(statuses: Column, index: Oid) -> bool:
    return integer(statuses.get(index, LEARNED)) == LEARNED


#: What a bridge without VLANs in its table has; on Cisco's IOS that of one VLAN, the context's.
BRIDGE_FORWARDING = Table(
    "forwarding",
    (BASE_PORT_IF_INDEX, Q_PVID, TP_FDB_PORT, TP_FDB_STATUS),
    parse_forwarding,
    rows=(TP_FDB_PORT, TP_FDB_STATUS),
)
VLAN_FORWARDING = Table(
    "forwarding",
    (BASE_PORT_IF_INDEX, Q_VLAN_FDB_ID, Q_TP_FDB_PORT, Q_TP_FDB_STATUS),
    parse_vlan_forwarding,
    rows=(Q_TP_FDB_PORT, Q_TP_FDB_STATUS),
)
FORWARDING = replace(VLAN_FORWARDING, fallback=BRIDGE_FORWARDING)
