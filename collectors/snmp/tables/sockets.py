"""Which interfaces a cable goes into, and which are a VLAN's: IF-MIB (RFC 2863), IANAifType."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from collectors.snmp.client import Column, Oid
from collectors.snmp.tables.addresses import IP_ADDRESS_IF_INDEX
from collectors.snmp.tables.interfaces import IF_DESCR, IF_NAME, IF_TYPE, IF_X_ENTRY
from collectors.snmp.tables.value import Table, inet_address_of_index, integer, integer_at, require, text_at

IF_CONNECTOR_PRESENT: Oid = (*IF_X_ENTRY, 17)
NO_CONNECTOR = 2  # of ifConnectorPresent, a TruthValue
#: ethernetCsmacd, adsl, vdsl, iso88025Fiber … the sorts of ports that a terminal may have, by IANAifType.
SOCKET_TYPES = frozenset({6, 62, 69, 94, 97, 117, 169, 238, 250, 251})
#: l2vlan and l3ipvlan.
VLAN_TYPES = frozenset({135, 136})
#: An interface of one VLAN, by its name: vlan10, Vlan10, eth0.10, GigabitEthernet0/0.10.
VLAN_NAME = re.compile(r"vlan[-_]?\d+$|.*[a-z0-9/]\.\d+$", re.IGNORECASE)
#: Agents call much ethernetCsmacd that no cable goes into; its name tells.
VIRTUAL = re.compile(
    r"(?:vlan|vl\d|vl-|svi|bdi|irb|bvi|bridge|br[-\d]|ovs|bond|lag|ae\d|po\d|port-?channel|eth-trunk|dummy|tun|tap|ppp"
    r"|gre|vti|wg|veth|docker|lo\d*$|loopback|null|management\d*$|mgmt)|.*[.:]\d+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sockets:
    """How many sockets there are, and whether there is a VLAN's interface."""

    count: int
    has_vlan: bool


def parse_sockets(columns: Mapping[Oid, Column]) -> Sockets:
    """Count them; an interface whose agent says that nothing can be plugged in is none, and neither is a VLAN's."""
    types = columns[IF_TYPE]
    require(types, "ifTable")
    kinds = {row: integer(kind) for row, kind in types.items()}
    count = sum(kind in SOCKET_TYPES and _is_socket(columns, row) for row, kind in kinds.items())
    has_vlan = any(kind in VLAN_TYPES or VLAN_NAME.match(_name(columns, row)) for row, kind in kinds.items())
    return Sockets(count, has_vlan)


def _is_socket(columns: Mapping[Oid, Column], row: Oid) -> bool:
    is_missing = integer_at(columns[IF_CONNECTOR_PRESENT], row) == NO_CONNECTOR
    return not is_missing and VIRTUAL.match(_name(columns, row)) is None


def _name(columns: Mapping[Oid, Column], row: Oid) -> str:
    return text_at(columns[IF_NAME], row) or text_at(columns[IF_DESCR], row)


SOCKETS = Table("sockets", (IF_TYPE, IF_NAME, IF_DESCR, IF_CONNECTOR_PRESENT), parse_sockets)


def parse_families(columns: Mapping[Oid, Column]) -> frozenset[int]:
    """The IP versions of ipAddressTable's addresses (RFC 4293); none where the agent knows the old table only."""
    found = map(inet_address_of_index, columns[IP_ADDRESS_IF_INDEX])
    return frozenset(address.version for address in found if address is not None)


FAMILIES = Table("addresses", (IP_ADDRESS_IF_INDEX,), parse_families)
