"""A switch of Cisco's, played over SNMPv2c: a BRIDGE-MIB a VLAN, reached by `COMMUNITY@vlan`."""

from collections.abc import Iterable, Mapping

from snmp_messages import (
    Mib,
    Varbind,
    community_asked,
    community_message,
    community_of,
    integer,
    mib,
    octets,
    pdu,
    time_ticks,
)

from collectors.snmp.ber import OBJECT_ID, Oid, encode_oid
from collectors.snmp.identity import SYS_DESCR
from collectors.snmp.tables.bridge import BASE_PORT_IF_INDEX, TP_FDB_PORT, TP_FDB_STATUS
from collectors.snmp.tables.interfaces import IF_ADMIN_STATUS, IF_NAME, IF_OPER_STATUS
from collectors.snmp.tables.system import SYS_NAME, SYS_OBJECT_ID, SYS_UP_TIME
from collectors.snmp.tables.vlan_ports import VTP_VLAN_NAME, VTP_VLAN_STATE, VTP_VLAN_TYPE

COMMUNITY = b"s3cret"
DESCRIPTION = "Cisco IOS Software, C3560 Software (C3560-IPSERVICESK9-M), Version 12.2(55)SE3, RELEASE SOFTWARE (fc1)"
CATALYST_3560: Oid = (1, 3, 6, 1, 4, 1, 9, 1, 617)
#: VLANs with the MAC that is heard there, all on bridge port 1; of 30 nothing is told, and 1002 is FDDI's.
HEARD: Mapping[int, bytes] = {1: b"\x02\x68\0\x20\0\1", 10: b"\x02\x68\0\x20\0\2", 20: b"\x02\x68\0\x20\0\3"}
SILENT_VLAN, FDDI_VLAN, FDDI = 30, 1002, 2
PORT = 10001
Rows = dict[Oid, tuple[int, bytes]]


def vtp() -> Rows:
    """The VLANs, in domain 1."""
    rows: Rows = {}
    for vlan in (*HEARD, SILENT_VLAN, FDDI_VLAN):
        rows |= {
            (*VTP_VLAN_STATE, 1, vlan): integer(1),
            (*VTP_VLAN_TYPE, 1, vlan): integer(FDDI if vlan == FDDI_VLAN else 1),
            (*VTP_VLAN_NAME, 1, vlan): octets(f"vlan{vlan}".encode()),
        }
    return rows


def bridge(mac: bytes) -> Rows:
    """One VLAN's BRIDGE-MIB."""
    return {
        (*BASE_PORT_IF_INDEX, 1): integer(PORT),
        (*TP_FDB_PORT, *mac): integer(1),
        (*TP_FDB_STATUS, *mac): integer(3),
    }


def system() -> Rows:
    """Who it is, and its one port."""
    return {
        SYS_DESCR: octets(DESCRIPTION.encode()),
        SYS_OBJECT_ID: (OBJECT_ID, encode_oid(CATALYST_3560)),
        SYS_UP_TIME: time_ticks(4_200),
        SYS_NAME: octets(b"68-22945-SW-009"),
        (*IF_ADMIN_STATUS, PORT): integer(1),
        (*IF_OPER_STATUS, PORT): integer(1),
        (*IF_NAME, PORT): octets(b"Gi0/1"),
    }


def contexts() -> dict[bytes, Mib]:
    """What each community reads."""
    return {
        COMMUNITY: mib(system(), vtp(), bridge(HEARD[1])),
        **{b"%b@%d" % (COMMUNITY, vlan): mib(bridge(mac)) for vlan, mac in HEARD.items()},
    }


def catalyst(datagram: bytes) -> Iterable[bytes]:
    """Its reply; none to a community that it doesn't know."""
    community = community_of(datagram)
    known = contexts().get(community)
    if known is None:
        return []
    asked = community_asked(datagram)
    rows: list[Varbind] = known(asked)
    return [community_message(pdu(asked.number, rows), community)]
