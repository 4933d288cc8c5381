"""VLANs with their ports: rows as agents sent them, and what is read from them."""

from collections.abc import Mapping

import pytest
from snmprec import from_rows

from collectors.snmp.client import Oid, Value
from collectors.snmp.tables import vlan_ports
from collectors.snmp.tables.bridge import BASE_PORT_IF_INDEX
from collectors.snmp.tables.value import BadValue, Table
from collectors.snmp.tables.vlan_ports import VLAN_PORTS, VlanPorts, ports_of
from collectors.snmp.tables.vlans import VLAN_STATIC_NAME, VLAN_STATIC_ROW_STATUS

Rows = Mapping[Oid, Mapping[Oid, Value]]
assert VLAN_PORTS.fallback is not None
STATIC = VLAN_PORTS.fallback
assert STATIC.fallback is not None
VTP = STATIC.fallback


@pytest.mark.parametrize(
    ("port_list", "ports"),
    [
        (b"", []),
        (b"\0\0", []),
        (b"\x80", [1]),
        (b"\x01", [8]),
        (b"\0\x80", [9]),
        (b"\xc0\x00\x00\x01", [1, 2, 32]),
    ],
)
def test_the_highest_bit_of_the_first_octet_is_port_one(port_list: bytes, ports: list[int]) -> None:
    assert list(ports_of(port_list)) == ports


def test_current_vlans_with_their_ports_interfaces() -> None:
    rows: Rows = {
        BASE_PORT_IF_INDEX: {(1,): 11, (2,): 12, (3,): 0},
        VLAN_STATIC_NAME: {(10,): b"office"},
        vlan_ports.VLAN_CURRENT_EGRESS_PORTS: {(0, 10): b"\xe0", (0, 20): b"\x40", (7, 20): b"\xc0", (0, 30): b"\0"},
        vlan_ports.VLAN_CURRENT_UNTAGGED_PORTS: {(0, 10): b"\x80"},
    }
    assert from_rows(VLAN_PORTS, rows) == (
        VlanPorts(10, "office", (11, 12), (11,)),
        VlanPorts(20, "", (11, 12), ()),
        VlanPorts(30, "", (), ()),
    )


def test_ports_that_are_no_bridge_ports_are_not_told_rather_than_none() -> None:
    rows: Rows = {
        BASE_PORT_IF_INDEX: {(1,): 1, (28,): 28},
        vlan_ports.VLAN_CURRENT_EGRESS_PORTS: {(0, 602): b"\0\0\0\0\x0f\xff\xff\xff"},
    }
    assert from_rows(VLAN_PORTS, rows) == (VlanPorts(602, "", None, ()),)


def test_a_vlan_before_a_zero_is_still_the_vlan() -> None:
    rows: Rows = {BASE_PORT_IF_INDEX: {(1,): 1}, vlan_ports.VLAN_CURRENT_EGRESS_PORTS: {(11, 0): b"\x80"}}
    assert from_rows(VLAN_PORTS, rows) == (VlanPorts(11, "", (1,), ()),)


def test_configured_vlans_where_their_rows_are_active() -> None:
    rows: Rows = {
        BASE_PORT_IF_INDEX: {(1,): 11},
        VLAN_STATIC_NAME: {(10,): b"office", (20,): b"desk"},
        VLAN_STATIC_ROW_STATUS: {(10,): 1, (20,): 2},
        vlan_ports.VLAN_STATIC_EGRESS_PORTS: {(10,): b"\x80", (20,): b"\x80", (30,): b"\x80"},
        vlan_ports.VLAN_STATIC_UNTAGGED_PORTS: {(10,): b"\x80"},
    }
    assert from_rows(STATIC, rows) == (VlanPorts(10, "office", (11,), (11,)), VlanPorts(30, "", (11,), ()))


def test_ciscos_vlans_with_access_ports_and_trunks() -> None:
    def bit(vlan: int) -> bytes:
        return (1 << 1023 - vlan % 1024).to_bytes(128)

    rows: Rows = {
        vlan_ports.VTP_VLAN_NAME: {(1, 1): b"default", (1, 20): b"desk", (1, 1002): b"fddi", (1, 2050): b"far"},
        vlan_ports.VTP_VLAN_STATE: {(1, 1): 1, (1, 20): 1},
        vlan_ports.VTP_VLAN_TYPE: {(1, 1): 1, (1, 1002): 2},
        vlan_ports.VM_VLAN: {(101,): 20, (102,): 1, (110,): 1},
        vlan_ports.TRUNK_DYNAMIC_STATUS: {(110,): 1, (101,): 2},
        vlan_ports.TRUNK_NATIVE_VLAN: {(110,): 1},
        vlan_ports.TRUNK_VLANS_ENABLED[0]: {
            (110,): (int.from_bytes(bit(1)) | int.from_bytes(bit(20))).to_bytes(128),
            (101,): b"\xff" * 128,
        },
        vlan_ports.TRUNK_VLANS_ENABLED[2]: {(110,): bit(2050)},
    }
    assert from_rows(VTP, rows) == (
        VlanPorts(1, "default", (102, 110), (102, 110)),
        VlanPorts(20, "desk", (101, 110), (101,)),
        VlanPorts(2050, "far", (110,), ()),
    )


def test_a_suspended_vlan_is_not_carried() -> None:
    rows: Rows = {vlan_ports.VTP_VLAN_NAME: {(1, 20): b"desk"}, vlan_ports.VTP_VLAN_STATE: {(1, 20): 2}}
    assert from_rows(VTP, rows) == ()


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        (VLAN_PORTS, {vlan_ports.VLAN_CURRENT_EGRESS_PORTS: {(10,): b"\x80"}}),
        (VLAN_PORTS, {vlan_ports.VLAN_CURRENT_EGRESS_PORTS: {(0, 0): b"\x80"}}),
        (VLAN_PORTS, {vlan_ports.VLAN_CURRENT_EGRESS_PORTS: {(0, 10): 128}}),
        (VLAN_PORTS, {BASE_PORT_IF_INDEX: {(1,): b"1"}, vlan_ports.VLAN_CURRENT_EGRESS_PORTS: {(0, 10): b"\x80"}}),
        (STATIC, {vlan_ports.VLAN_STATIC_EGRESS_PORTS: {(0, 10): b"\x80"}}),
        (STATIC, {vlan_ports.VLAN_STATIC_EGRESS_PORTS: {(10,): b"\x80"}, VLAN_STATIC_ROW_STATUS: {(10,): b"1"}}),
        (VTP, {vlan_ports.VTP_VLAN_NAME: {(10,): b"x"}}),
        (VTP, {vlan_ports.VTP_VLAN_NAME: {(1, 10): 5}}),
        (VTP, {vlan_ports.VM_VLAN: {(1, 2): 5}}),
        (VTP, {vlan_ports.TRUNK_DYNAMIC_STATUS: {(1, 2): 1}}),
        (VTP, {vlan_ports.TRUNK_DYNAMIC_STATUS: {(1,): 1}, vlan_ports.TRUNK_VLANS_ENABLED[0]: {(1,): 5}}),
    ],
)
def test_vlans_that_make_no_sense_are_refused(table: Table[object], rows: Rows) -> None:
    with pytest.raises(BadValue):
        from_rows(table, rows)
