"""Rows as agents sent them, and what is read from them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from ipaddress import IPv4Address

import pytest

from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables import arp, bgp, bridge, interfaces, lldp, system, vlans
from collectors.snmp.tables.lldp_remotes import V1
from collectors.snmp.tables.neighbourhood import SPOKEN, neighbourhood_table
from collectors.snmp.tables.value import BadValue, Table, integer, mac_of_index, octets, text

Rows = Mapping[Oid, Mapping[Oid, Value]]
PC = (2, 104, 0, 16, 0, 1)


def columns(table: Table[object], rows: Rows) -> dict[Oid, Column]:
    return columns_of(table.columns, rows)


def columns_of(oids: Iterable[Oid], rows: Rows) -> dict[Oid, Column]:
    given = {oid: rows.get(oid, {}) for oid in oids}
    return {oid: Column(tuple(cells), tuple(cells.values())) for oid, cells in given.items()}


def test_system_is_three_scalars() -> None:
    values: dict[Oid, Value] = {
        system.SYS_OBJECT_ID: (1, 3, 6, 1, 4, 1, 8072, 3, 2, 10),
        system.SYS_UP_TIME: 4200,
        system.SYS_NAME: b"68-POP-RT-001",
    }
    expected = system.System("68-POP-RT-001", timedelta(seconds=42), "1.3.6.1.4.1.8072.3.2.10")
    assert system.parse_system(values) == expected


@pytest.mark.parametrize("missing", system.SYSTEM)
def test_an_agent_without_a_scalar_of_its_system_group_makes_no_sense(missing: Oid) -> None:
    values: dict[Oid, Value] = {system.SYS_OBJECT_ID: (1, 3), system.SYS_UP_TIME: 1, system.SYS_NAME: b"x"}
    del values[missing]
    with pytest.raises(BadValue):
        system.parse_system(values)


def test_interfaces_are_joined_by_index_and_half_made_ones_left_out() -> None:
    rows: Rows = {
        interfaces.IF_NAME: {(1,): b"lo", (4,): b"p1", (5,): b"p2", (9,): b"new"},
        interfaces.IF_OPER_STATUS: {(1,): 1, (4,): 2, (5,): 7, (7,): 1},
        interfaces.IF_ADMIN_STATUS: {(1,): 1, (4,): 1, (5,): 2, (7,): 1},
    }
    found = interfaces.parse_interfaces(columns(interfaces.INTERFACES, rows))
    assert tuple(found) == (
        interfaces.Interface(1, "lo", is_up=True, is_enabled=True),
        interfaces.Interface(4, "p1", is_up=False, is_enabled=True),
        interfaces.Interface(5, "p2", is_up=False, is_enabled=False),
    )


NEIGHBOURHOOD = neighbourhood_table(V1)


def test_a_neighbourhood_is_who_the_device_is_and_whom_it_hears() -> None:
    rows: Rows = {
        lldp.LOC_CHASSIS_ID_SUBTYPE: {(0,): 4},
        lldp.LOC_CHASSIS_ID: {(0,): b"\x02\x68\x00\x00\x00\x05"},
        lldp.LOC_PORT_ID_SUBTYPE: {(3,): 3, (4,): 7},
        lldp.LOC_PORT_ID: {(3,): b"\x02\x68\x00\x00\x00\x07", (4,): b"lan0"},
        lldp.LOC_PORT_DESC: {(3,): b"up1"},
        lldp.REM_CHASSIS_ID_SUBTYPE: {(0, 3, 1): 4, (120, 4, 2): 7},
        lldp.REM_CHASSIS_ID: {(0, 3, 1): b"\x02\x68\x00\x00\x00\x09", (120, 4, 2): b"68-22945-SW-001"},
        lldp.REM_PORT_ID_SUBTYPE: {(0, 3, 1): 3},
        lldp.REM_PORT_ID: {(0, 3, 1): b"\x02\x68\x00\x00\x00\x0a"},
        lldp.REM_PORT_DESC: {(0, 3, 1): b"wan0"},
        lldp.REM_SYS_NAME: {(0, 3, 1): b"68-22945-RT-001.lan"},
    }
    found = NEIGHBOURHOOD.parse(columns(NEIGHBOURHOOD, rows))
    assert (found.chassis_id, len(found)) == ("02:68:00:00:00:05", 2)
    assert [
        (r.local_port, r.local_port_id, r.local_port_name, r.chassis_id, r.port_id, r.port_name, r.sys_name)
        for r in found.heard
    ] == [
        (3, "02:68:00:00:00:07", "up1", "02:68:00:00:00:09", "02:68:00:00:00:0a", "wan0", "68-22945-RT-001.lan"),
        (4, "lan0", "", "68-22945-SW-001", "", "", ""),
    ]


def test_a_vlan_aware_table_gives_vlan_and_interface_of_what_was_learned() -> None:
    rows: Rows = {
        bridge.BASE_PORT_IF_INDEX: {(1,): 11, (2,): 12},
        bridge.Q_TP_FDB_PORT: {(10, *PC): 1, (20, *PC[:5], 2): 2, (77, *PC[:5], 3): 1, (10, *PC[:5], 4): 9},
        bridge.Q_TP_FDB_STATUS: {(10, *PC): 3, (77, *PC[:5], 3): 4},
    }
    assert bridge.parse_vlan_forwarding(columns(bridge.FORWARDING, rows)) == (
        bridge.ForwardingEntry("02:68:00:10:00:01", 10, 11),
        bridge.ForwardingEntry("02:68:00:10:00:02", 20, 12),
    )


def test_a_filtering_database_is_the_vlan_that_the_switch_says() -> None:
    rows: Rows = {
        bridge.BASE_PORT_IF_INDEX: {(1,): 11},
        bridge.Q_TP_FDB_PORT: {(2, *PC): 1},
        bridge.Q_VLAN_FDB_ID: {(0, 10): 1, (0, 20): 2},
    }
    found = bridge.parse_vlan_forwarding(columns(bridge.FORWARDING, rows))
    assert found == (bridge.ForwardingEntry("02:68:00:10:00:01", 20, 11),)


def test_an_old_table_takes_the_ports_own_vlan_and_port_zero_is_no_port() -> None:
    assert bridge.FORWARDING.fallback is not None
    rows: Rows = {
        bridge.BASE_PORT_IF_INDEX: {(1,): 11, (2,): 12, (0,): 99},
        bridge.TP_FDB_PORT: {PC: 1, (*PC[:5], 2): 2, (*PC[:5], 3): 0, (*PC[:5], 4): 1},
        bridge.TP_FDB_STATUS: {PC: 3, (*PC[:5], 4): 5},
        bridge.Q_PVID: {(1,): 10},
    }
    assert bridge.parse_forwarding(columns(bridge.FORWARDING.fallback, rows)) == (
        bridge.ForwardingEntry("02:68:00:10:00:01", 10, 11),
        bridge.ForwardingEntry("02:68:00:10:00:02", None, 12),
    )


def test_only_active_vlans_are_carried() -> None:
    rows: Rows = {
        vlans.VLAN_STATIC_NAME: {(10,): b"office", (20,): b"desk", (30,): b"camera"},
        vlans.VLAN_STATIC_ROW_STATUS: {(10,): 1, (20,): 2},
    }
    assert vlans.parse_vlans(columns(vlans.VLANS, rows)) == {10, 30}


def test_arp_keeps_dynamic_ipv4_and_says_what_was_confirmed_just_now() -> None:
    def index(last: int) -> Oid:
        return (2, 1, 4, 10, 68, 16, last)

    rows: Rows = {
        arp.PHYSICAL_ADDRESS: {
            index(100): bytes(PC),
            index(101): bytes(PC),
            index(102): bytes(PC),
            index(103): b"",
            index(104): bytes(PC),
            (2, 2, 16, *range(16)): bytes(PC),
        },
        arp.PHYSICAL_TYPE: {index(100): 3, index(101): 3, index(102): 4, index(103): 3},
        arp.PHYSICAL_STATE: {index(100): 1, index(101): 2},
    }
    assert arp.parse_arp(columns(arp.ARP, rows)) == (
        arp.ArpEntry(IPv4Address("10.68.16.100"), "02:68:00:10:00:01", is_reachable=True),
        arp.ArpEntry(IPv4Address("10.68.16.101"), "02:68:00:10:00:01", is_reachable=False),
        arp.ArpEntry(IPv4Address("10.68.16.104"), "02:68:00:10:00:01", is_reachable=None),
    )


def test_the_old_arp_table_cannot_tell_what_is_fresh() -> None:
    rows: Rows = {
        arp.MEDIA_ADDRESS: {(2, 10, 68, 16, 100): bytes(PC), (2, 10, 68, 16, 1): bytes(PC)},
        arp.MEDIA_TYPE: {(2, 10, 68, 16, 100): 3, (2, 10, 68, 16, 1): 4},
    }
    found = arp.parse_arp(columns(arp.ARP, rows))
    assert found == (arp.ArpEntry(IPv4Address("10.68.16.100"), "02:68:00:10:00:01", None),)


def test_sessions_are_known_by_the_peers_address() -> None:
    rows: Rows = {bgp.LOCAL_AS: {(0,): 65068}, bgp.PEER_STATE: {(10, 68, 2, 2): 6, (10, 68, 2, 6): 3}}
    assert bgp.parse_peers(columns(bgp.PEERS, rows)) == {
        IPv4Address("10.68.2.2"): bgp.PeerState.ESTABLISHED,
        IPv4Address("10.68.2.6"): bgp.PeerState.ACTIVE,
    }


def test_addresses_that_only_the_older_table_has_are_not_lost() -> None:
    rows: Rows = {
        arp.PHYSICAL_ADDRESS: {(2, 1, 4, 10, 68, 16, 100): bytes(PC)},
        arp.PHYSICAL_STATE: {(2, 1, 4, 10, 68, 16, 100): 1},
        arp.MEDIA_ADDRESS: {(2, 10, 68, 16, 100): bytes(PC), (2, 10, 68, 16, 101): bytes((*PC[:5], 2))},
    }
    assert arp.parse_arp(columns(arp.ARP, rows)) == (
        arp.ArpEntry(IPv4Address("10.68.16.100"), "02:68:00:10:00:01", True),
        arp.ArpEntry(IPv4Address("10.68.16.101"), "02:68:00:10:00:02", None),
    )


@pytest.mark.parametrize(
    ("parse", "rows"),
    [
        (interfaces.parse_interfaces, {interfaces.IF_NAME: {(1, 2): b"x"}}),
        (
            interfaces.parse_interfaces,
            {
                interfaces.IF_NAME: {(1,): 5},
                interfaces.IF_OPER_STATUS: {(1,): 1},
                interfaces.IF_ADMIN_STATUS: {(1,): 1},
            },
        ),
        (NEIGHBOURHOOD.parse, {lldp.LOC_PORT_ID: {(1,): b"x"}, lldp.REM_CHASSIS_ID: {(1, 2): b"x"}}),
        (NEIGHBOURHOOD.parse, {lldp.LOC_PORT_ID: {(1,): b"x"}, lldp.REM_CHASSIS_ID: {(0, 1, 2): 5}}),
        (NEIGHBOURHOOD.parse, {lldp.LOC_CHASSIS_ID: {(0,): 5}}),
        (bridge.parse_vlan_forwarding, {bridge.BASE_PORT_IF_INDEX: {(1,): 1}, bridge.Q_TP_FDB_PORT: {PC: 1}}),
        (bridge.parse_vlan_forwarding, {bridge.BASE_PORT_IF_INDEX: {(1,): 1}, bridge.Q_TP_FDB_PORT: {(10, *PC): b"1"}}),
        (
            bridge.parse_vlan_forwarding,
            {bridge.BASE_PORT_IF_INDEX: {(1,): 1}, bridge.Q_TP_FDB_PORT: {(9, *[256] * 6): 1}},
        ),
        (bridge.parse_forwarding, {bridge.BASE_PORT_IF_INDEX: {(1,): 1}, bridge.TP_FDB_PORT: {(1, 2): 1}}),
        (vlans.parse_vlans, {vlans.VLAN_STATIC_NAME: {(): b"x"}}),
        (arp.parse_arp, {arp.PHYSICAL_ADDRESS: {(1, 1): b"x"}}),
        (arp.parse_arp, {arp.PHYSICAL_ADDRESS: {(2, 1, 4, 10, 68, 16): bytes(PC)}}),
        (arp.parse_arp, {arp.PHYSICAL_ADDRESS: {(2, 1, 4, 10, 68, 16, 1): 7}}),
        (arp.parse_arp, {arp.MEDIA_ADDRESS: {(2,): bytes(PC)}}),
        (bgp.parse_peers, {bgp.LOCAL_AS: {(0,): 1}, bgp.PEER_STATE: {(10, 68, 2): 6}}),
        (bgp.parse_peers, {bgp.LOCAL_AS: {(0,): 1}, bgp.PEER_STATE: {(10, 68, 2, 2): 7}}),
    ],
)
def test_rows_that_make_no_sense_are_refused(parse: Callable[[Mapping[Oid, Column]], object], rows: Rows) -> None:
    every = (interfaces.INTERFACES, NEIGHBOURHOOD, bridge.FORWARDING, bridge.FORWARDING.fallback, vlans.VLANS)
    known = {oid for table in (*every, arp.ARP, bgp.PEERS) if table for oid in table.columns}
    with pytest.raises(BadValue):
        parse(columns_of(known, rows))


@pytest.mark.parametrize(
    ("table", "mib"),
    [
        (interfaces.INTERFACES, "ifTable"),
        (SPOKEN.fallback, "LLDP-MIB"),
        (bridge.FORWARDING, "BRIDGE-MIB"),
        (bgp.PEERS, "BGP4-MIB"),
    ],
)
def test_an_agent_without_the_mib_is_not_an_empty_table(table: Table[object], mib: str) -> None:
    with pytest.raises(BadValue, match=mib):
        table.parse(columns(table, {}))


@pytest.mark.parametrize(
    ("read", "value"), [(integer, b"1"), (integer, (1, 2)), (octets, 1), (text, 1), (mac_of_index, (1, 2, 3))]
)
def test_a_value_of_another_type_is_refused(read: Callable[[Value], object], value: Value) -> None:
    with pytest.raises(BadValue):
        read(value)


def test_text_from_a_device_is_one_printable_line_of_limited_length() -> None:
    assert text(b"a\x1b[31m\nb\xff\0\0") == "a?[31m?b\ufffd"
    assert len(text(b"x" * 5000)) == 255
