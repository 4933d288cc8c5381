"""Configured VLANs: dot1qVlanStaticTable of the Q-BRIDGE-MIB (RFC 4363)."""

from collections.abc import Mapping

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.value import BadValue, Table, integer

VLAN_STATIC_NAME: Oid = (1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1, 1)
VLAN_STATIC_ROW_STATUS: Oid = (1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1, 5)
ACTIVE = 1


def parse_vlans(columns: Mapping[Oid, Column]) -> frozenset[int]:
    """The numbers of the VLANs that the switch carries; one whose row is not active isn't carried."""
    statuses = columns[VLAN_STATIC_ROW_STATUS]
    found: set[int] = set()
    for index in columns[VLAN_STATIC_NAME]:
        if len(index) != 1:
            raise BadValue("dot1qVlanStaticName's index is no VLAN")
        if integer(statuses.get(index, ACTIVE)) == ACTIVE:
            found.add(index[0])
    return frozenset(found)


VLANS = Table(
    "vlans",
    (VLAN_STATIC_NAME, VLAN_STATIC_ROW_STATUS),
    parse_vlans,
    rows=(VLAN_STATIC_NAME, VLAN_STATIC_ROW_STATUS),
)
