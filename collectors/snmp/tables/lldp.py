"""Neighbours: lldpRemTable and lldpLocPortTable of the LLDP-MIB (IEEE 802.1AB)."""

from collections.abc import Mapping
from dataclasses import dataclass

from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables.value import BadValue, Table, integer, octets, require, text

LLDP: Oid = (1, 0, 8802, 1, 1, 2, 1)
LOC_PORT_ID: Oid = (*LLDP, 3, 7, 1, 3)
LOC_PORT_DESC: Oid = (*LLDP, 3, 7, 1, 4)
REM_CHASSIS_ID_SUBTYPE: Oid = (*LLDP, 4, 1, 1, 4)
REM_CHASSIS_ID: Oid = (*LLDP, 4, 1, 1, 5)
REM_SYS_NAME: Oid = (*LLDP, 4, 1, 1, 9)
CHASSIS_IS_MAC = 4


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Who is heard on a port: `local_names` are the port's id and description, `local_port` its number (an ifIndex)."""

    local_port: int
    local_names: tuple[str, ...]
    system_name: str
    chassis_id: str


def parse_neighbours(columns: Mapping[Oid, Column]) -> tuple[Neighbour, ...]:
    """Join the columns by (lldpRemTimeMark, lldpRemLocalPortNum, lldpRemIndex)."""
    require(columns[LOC_PORT_ID], "LLDP-MIB")
    found: list[Neighbour] = []
    for index, chassis in columns[REM_CHASSIS_ID].items():
        if len(index) != 3:
            raise BadValue("lldpRemChassisId's index has not three parts")
        port = index[1]
        names = [text(columns[column][port,]) for column in (LOC_PORT_ID, LOC_PORT_DESC) if (port,) in columns[column]]
        subtype = columns[REM_CHASSIS_ID_SUBTYPE].get(index, 0)
        name = columns[REM_SYS_NAME].get(index, b"")
        found.append(Neighbour(port, tuple(names), text(name), _chassis(integer(subtype), chassis)))
    return tuple(found)


def _chassis(subtype: int, value: Value) -> str:
    return octets(value).hex(":") if subtype == CHASSIS_IS_MAC else text(value)


NEIGHBOURS = Table(
    "neighbours",
    (LOC_PORT_ID, LOC_PORT_DESC, REM_CHASSIS_ID_SUBTYPE, REM_CHASSIS_ID, REM_SYS_NAME),
    parse_neighbours,
    rows=(REM_CHASSIS_ID_SUBTYPE, REM_CHASSIS_ID, REM_SYS_NAME),
)
