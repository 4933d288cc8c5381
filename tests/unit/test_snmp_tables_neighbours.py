"""Who is heard by LLDP and CDP: rows as agents sent them, and what is read from them."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

import pytest
from snmprec import from_rows

from collectors.snmp.client import Oid, Value
from collectors.snmp.tables import cdp, lldp
from collectors.snmp.tables.cdp import CDP, CdpRemote
from collectors.snmp.tables.lldp_remotes import LLDP_REMOTES, ChassisIdKind, LldpRemote, PortIdKind
from collectors.snmp.tables.value import BadValue

Rows = Mapping[Oid, Mapping[Oid, Value]]
CHASSIS = b"\x02\x68\x00\x00\x00\x09"
ROW = (0, 3, 1)
V2_ROW = (0, 3, 1, 1)
ROUTER = LldpRemote(
    local_port=3,
    local_port_id="02:68:00:00:00:07",
    local_port_name="up1",
    chassis_id_kind=ChassisIdKind.MAC_ADDRESS,
    chassis_id="02:68:00:00:00:09",
    port_id_kind=PortIdKind.INTERFACE_NAME,
    port_id="lan0",
    port_name="to the switch",
    sys_name="68-22945-RT-001",
    sys_descr="Linux",
    management_address=IPv4Address("10.68.16.1"),
)
BARE = LldpRemote(
    local_port=3,
    local_port_id="",
    local_port_name="",
    chassis_id_kind=ChassisIdKind.UNKNOWN,
    chassis_id="",
    port_id_kind=PortIdKind.UNKNOWN,
    port_id="",
    port_name="",
    sys_name="",
    sys_descr="",
    management_address=None,
)


def test_a_neighbour_in_full() -> None:
    rows: Rows = {
        lldp.LOC_PORT_ID_SUBTYPE: {(3,): 3},
        lldp.LOC_PORT_ID: {(3,): b"\x02\x68\x00\x00\x00\x07"},
        lldp.LOC_PORT_DESC: {(3,): b"up1"},
        lldp.REM_CHASSIS_ID_SUBTYPE: {ROW: 4},
        lldp.REM_CHASSIS_ID: {ROW: CHASSIS},
        lldp.REM_PORT_ID_SUBTYPE: {ROW: 5},
        lldp.REM_PORT_ID: {ROW: b"lan0"},
        lldp.REM_PORT_DESC: {ROW: b"to the switch"},
        lldp.REM_SYS_NAME: {ROW: b"68-22945-RT-001"},
        lldp.REM_SYS_DESC: {ROW: b"Linux"},
        lldp.REM_MAN_ADDR_IF_SUBTYPE: {
            (*ROW, 2, 16, *IPv6Address("2001:db8::1").packed): 2,
            (*ROW, 1, 4, 10, 68, 16, 1): 2,
            (*ROW, 1, 4, 10, 68, 16, 2): 2,
            (*ROW, 6, 6, *CHASSIS): 2,
        },
    }
    assert from_rows(LLDP_REMOTES, rows) == (ROUTER,)


def test_the_second_version_has_a_destination_in_its_index() -> None:
    assert LLDP_REMOTES.fallback is not None
    rows: Rows = {
        lldp.V2_LOC_PORT_ID_SUBTYPE: {(3,): 3},
        lldp.V2_LOC_PORT_ID: {(3,): b"\x02\x68\x00\x00\x00\x07"},
        lldp.V2_LOC_PORT_DESC: {(3,): b"up1"},
        lldp.V2_REM_CHASSIS_ID_SUBTYPE: {V2_ROW: 4},
        lldp.V2_REM_CHASSIS_ID: {V2_ROW: CHASSIS},
        lldp.V2_REM_PORT_ID_SUBTYPE: {V2_ROW: 5},
        lldp.V2_REM_PORT_ID: {V2_ROW: b"lan0"},
        lldp.V2_REM_PORT_DESC: {V2_ROW: b"to the switch"},
        lldp.V2_REM_SYS_NAME: {V2_ROW: b"68-22945-RT-001"},
        lldp.V2_REM_SYS_DESC: {V2_ROW: b"Linux"},
        lldp.V2_REM_MAN_ADDR_IF_SUBTYPE: {(*V2_ROW, 1, 4, 10, 68, 16, 1): 2},
    }
    assert from_rows(LLDP_REMOTES.fallback, rows) == (ROUTER,)


@pytest.mark.parametrize(
    ("number", "value", "kind", "expected"),
    [
        (4, CHASSIS, ChassisIdKind.MAC_ADDRESS, "02:68:00:00:00:09"),
        (4, b"02:68:00:00:00:09", ChassisIdKind.MAC_ADDRESS, "02:68:00:00:00:09"),
        (4, b"abcdef", ChassisIdKind.MAC_ADDRESS, "61:62:63:64:65:66"),
        (5, b"\x01\x0a\x44\x10\x01", ChassisIdKind.NETWORK_ADDRESS, "10.68.16.1"),
        (5, b"\x02" + IPv6Address("2001:db8::1").packed, ChassisIdKind.NETWORK_ADDRESS, "2001:db8::1"),
        (5, b"\x01\x0a", ChassisIdKind.NETWORK_ADDRESS, "01:0a"),
        (7, b"68-22945-SW-001\0", ChassisIdKind.LOCAL, "68-22945-SW-001"),
        (7, CHASSIS, ChassisIdKind.LOCAL, "02:68:00:00:00:09"),
        (0, b"x", ChassisIdKind.UNKNOWN, "x"),
        (8, b"x", ChassisIdKind.UNKNOWN, "x"),
    ],
)
def test_a_chassis_id_is_written_as_what_it_is(number: int, value: bytes, kind: ChassisIdKind, expected: str) -> None:
    rows: Rows = {lldp.REM_CHASSIS_ID_SUBTYPE: {ROW: number}, lldp.REM_CHASSIS_ID: {ROW: value}}
    assert from_rows(LLDP_REMOTES, rows) == (replace(BARE, chassis_id_kind=kind, chassis_id=expected),)


@pytest.mark.parametrize(
    "rows",
    [
        {lldp.REM_CHASSIS_ID: {(1, 2): b"x"}},
        {lldp.REM_CHASSIS_ID: {V2_ROW: b"x"}},
        {lldp.REM_CHASSIS_ID: {ROW: 5}},
        {lldp.REM_CHASSIS_ID: {ROW: b"x"}, lldp.REM_CHASSIS_ID_SUBTYPE: {ROW: b"4"}},
        {lldp.REM_CHASSIS_ID: {ROW: b"x"}, lldp.REM_PORT_ID: {ROW: (1, 3)}},
        {lldp.REM_MAN_ADDR_IF_SUBTYPE: {ROW: 2}},
        {lldp.REM_MAN_ADDR_IF_SUBTYPE: {(*ROW, 1, 4, 10): 2}},
    ],
)
def test_neighbours_that_make_no_sense_are_refused(rows: Rows) -> None:
    with pytest.raises(BadValue):
        from_rows(LLDP_REMOTES, rows)


def cdp_rows(**cells: Value) -> Rows:
    return {getattr(cdp, name): {(10101, 5): value} for name, value in cells.items()}


CDP_BARE = CdpRemote(
    local_port=10101,
    device_id="",
    port_id="",
    sys_name="",
    platform="",
    version="",
    native_vlan=None,
    management_address=None,
)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            {
                "CDP_CACHE_DEVICE_ID": b"E-DJ-1F",
                "CDP_CACHE_DEVICE_PORT": b"GigabitEthernet0",
                "CDP_CACHE_PLATFORM": b"cisco AIR-CAP1602I",
                "CDP_CACHE_VERSION": b"15.3(3)JD6",
                "CDP_CACHE_NATIVE_VLAN": 12,
                "CDP_CACHE_SYS_NAME": b"e-dj-1f",
                "CDP_CACHE_ADDRESS_TYPE": 1,
                "CDP_CACHE_ADDRESS": b"\xac\x1c\x02\x44",
            },
            CdpRemote(
                local_port=10101,
                device_id="E-DJ-1F",
                port_id="GigabitEthernet0",
                sys_name="e-dj-1f",
                platform="cisco AIR-CAP1602I",
                version="15.3(3)JD6",
                native_vlan=12,
                management_address=IPv4Address("172.28.2.68"),
            ),
        ),
        (
            {
                "CDP_CACHE_DEVICE_ID": CHASSIS,
                "CDP_CACHE_NATIVE_VLAN": 0,
                "CDP_CACHE_ADDRESS_TYPE": 1,
                "CDP_CACHE_ADDRESS": b"\x0a\x44\x10\x01",
                "CDP_CACHE_PRIMARY_MGMT_ADDR_TYPE": 20,
                "CDP_CACHE_PRIMARY_MGMT_ADDR": IPv6Address("2001:db8::1").packed,
            },
            replace(CDP_BARE, device_id="02:68:00:00:00:09", management_address=IPv6Address("2001:db8::1")),
        ),
        (
            {"CDP_CACHE_DEVICE_ID": b"x", "CDP_CACHE_ADDRESS_TYPE": 1, "CDP_CACHE_ADDRESS": bytes(4)},
            replace(CDP_BARE, device_id="x"),
        ),
        (
            {"CDP_CACHE_DEVICE_ID": b"x", "CDP_CACHE_ADDRESS_TYPE": 65535, "CDP_CACHE_ADDRESS": b"\x01\x02"},
            replace(CDP_BARE, device_id="x"),
        ),
    ],
)
def test_cdp_neighbours(cells: dict[str, Value], expected: CdpRemote) -> None:
    assert from_rows(CDP, cdp_rows(**cells)) == (expected,)


@pytest.mark.parametrize(
    "rows",
    [
        {cdp.CDP_CACHE_DEVICE_ID: {(1,): b"x"}},
        {cdp.CDP_CACHE_DEVICE_ID: {(1, 2, 3): b"x"}},
        cdp_rows(CDP_CACHE_DEVICE_ID=5),
        cdp_rows(CDP_CACHE_DEVICE_ID=b"x", CDP_CACHE_ADDRESS_TYPE=1, CDP_CACHE_ADDRESS=b"\x0a\x44\x10"),
        cdp_rows(CDP_CACHE_DEVICE_ID=b"x", CDP_CACHE_NATIVE_VLAN=b"1"),
    ],
)
def test_cdp_rows_that_make_no_sense_are_refused(rows: Rows) -> None:
    with pytest.raises(BadValue):
        from_rows(CDP, rows)
