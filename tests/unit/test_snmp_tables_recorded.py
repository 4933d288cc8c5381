"""Every table on recordings of real devices: how many rows it gives of which, and whom it refuses."""

import os
from collections import Counter
from functools import cache
from ipaddress import IPv4Address, IPv6Address

import pytest
from snmprec import DESCRIBING, PROVING, Recorded, columns_of, recordings

from collectors.snmp.tables import (
    health_cisco,
    health_fortinet,
    health_h3c,
    health_huawei,
    health_juniper,
    health_ruijie,
)
from collectors.snmp.tables.addresses import ADDRESSES, Address
from collectors.snmp.tables.cdp import CDP
from collectors.snmp.tables.entity import ENTITIES, EntityClass
from collectors.snmp.tables.lldp_remotes import LLDP_REMOTES, ChassisIdKind, LldpRemote, PortIdKind
from collectors.snmp.tables.neighbours_ip import IP_NEIGHBOURS
from collectors.snmp.tables.sensors import SENSORS, Kind, Sensor, Unit
from collectors.snmp.tables.ups import SUPPLY
from collectors.snmp.tables.value import BadValue, Table
from collectors.snmp.tables.vlan_ports import VLAN_PORTS, VlanPorts

#: Larger files take seconds each: `BAOPHU_TEST_LONG=1` reads them too, in a minute and a half.
MOST_OCTETS = None if "BAOPHU_TEST_LONG" in os.environ else 150_000
WANTED = {oid for table in (*DESCRIBING, *PROVING) for oid in columns_of(table)}
#: Rows of each table that a device has at all; what isn't named is empty, None is refused.
ROWS: dict[str, dict[str, int | None]] = {
    "arista-dcs-7150s-52-cl": {
        "addresses": 7,
        "ip_neighbours": 30,
        "lldp_remotes": 2,
        "vlan_ports": 5,
        "entities": 280,
        "sensors": 89,
        "storage": 8,
        "processors": 3,
        "devices": 3,
        "load": 1,
    },
    "cisco-c3560": {
        "addresses": 6,
        "ip_neighbours": 34,
        "cdp": 9,
        "vlan_ports": 4,
        "entities": 61,
        "cisco_cpu": 1,
        "cisco_memory": 3,
        "cisco_environment": 3,
    },
    "cisco-c3750": {
        "addresses": 2,
        "ip_neighbours": 7,
        "cdp": 125,
        "vlan_ports": 274,
        "entities": 35,
        "cisco_cpu": 1,
        "cisco_memory": 3,
        "cisco_environment": 2,
        "cisco_sensors": 10,
    },
    "cisco-n5000": {
        "addresses": 30,
        "ip_neighbours": 498,
        "lldp_remotes": 9,
        "cdp": 5,
        "vlan_ports": 16,
        "entities": 52,
        "cisco_cpu": 1,
        "cisco_sensors": 76,
    },
    "cisco-unknown-01": {
        "addresses": 298,
        "ip_neighbours": 2764,
        "cdp": 9,
        "vlan_ports": 178,
        "entities": 340,
        "cisco_cpu": 6,
        "cisco_memory": 8,
        "cisco_environment": 34,
        "cisco_sensors": 116,
    },
    "h3c-e528-2": {
        "addresses": 1,
        "ip_neighbours": 10,
        "lldp_remotes": 1,
        "vlan_ports": 2,
        "entities": 40,
        "h3c_entities": 5,
    },
    "h3c-comware-7-1-075": {
        "addresses": 14,
        "ip_neighbours": 11,
        "vlan_ports": 6,
        "entities": 281,
        "h3c_entities": 117,
        "h3c_transceivers": 100,
    },
    "huawei-s5720": {"addresses": 3, "ip_neighbours": 47, "entities": 63, "huawei_boards": 3, "huawei_fans": 1},
    "fortinet-xcu": {"addresses": 8, "ip_neighbours": 6, "entities": 24, "fortinet_system": 2, "fortinet_sensors": 65},
    "juniper-mx960-13-3r9-13": {
        "lldp_remotes": 6,
        "vlan_ports": 29,
        "juniper_operating": 75,
        "juniper_optics": 22,
        "storage": 18,
    },
    "ruijie-s5750-24gt12sfp": {
        "addresses": 7,
        "ip_neighbours": 902,
        "vlan_ports": 2,
        "entities": 38,
        "ruijie_nodes": 2,
    },
    "paloalto-pa-5000": {"entities": 15, "sensors": 14, "storage": 11, "processors": 2, "devices": 2},
    "bdcom-s5612": {"addresses": 4, "ip_neighbours": 23, "vlan_ports": 17, "processors": 1},
    "dlink-des3200": {"addresses": 1, "ip_neighbours": 2, "vlan_ports": 4},
    "hpe-procurve-516733-b21": {"addresses": 3, "lldp_remotes": 5, "cdp": 5, "vlan_ports": 8, "entities": 27},
    "zte-zrx10": {"addresses": 3, "ip_neighbours": 132, "vlan_ports": 922, "entities": 10},
    "eaton-93e-80": {"addresses": 2, "ip_neighbours": None, "ups": 1},
    "huawei-gse200m": {"ups": 1},
    "tripplite-poweralert": {"addresses": 4, "ip_neighbours": 1},
    "unknown-003": {
        "addresses": 6,
        "ip_neighbours": 14,
        "storage": 9,
        "processors": 4,
        "devices": 27,
        "memory": 1,
        "load": 1,
        "disks": 1,
    },
    "XP": {"addresses": 3, "ip_neighbours": 2, "storage": 4, "processors": 1, "devices": 13},
    "01": {"addresses": 4, "ip_neighbours": 4},
    "hikvision": {},
}
#: Which table refuses which recording, and why; an agent that hasn't the MIB is another matter.
REFUSED = {
    ("addresses", "brocade-fiber-channel"): "an address in an index is its type, its length and so many octets",
    ("addresses", "brocade-unknown-001"): "an address in an index is its type, its length and so many octets",
    ("addresses", "netmanage"): "an IPv4 index has 4 parts, not 5",
    ("arp", "01"): "an IPv4 index has 4 parts, not 0",
    ("arp", "eaton-93e-80"): "ipNetToPhysicalPhysAddress's index is too short",
    ("arp", "ingrasys-power-switch"): "an IPv4 index has 4 parts, not 0",
    ("arp", "venus-vsos-v0600r0705b20180507"): "an IPv4 index has 4 parts, not 0",
    ("arp", "venus-vsos-v070060600"): "an IPv4 index has 4 parts, not 0",
    ("ip_neighbours", "eaton-93e-80"): "an index has no address",
    ("vlan_ports", "zte-zxr10-5250"): "dot1qVlanCurrentEgressPorts's index is not a time and a VLAN",
}


@cache
def recorded(name: str) -> Recorded:
    return Recorded(recordings()[name], WANTED)


def refusal(name: str, table: Table[object]) -> str | None:
    """Why a table refuses a recording; None where it doesn't. Anything but BadValue is the test's failure."""
    try:
        recorded(name).read(table)
    except BadValue as error:
        return None if "the agent has no" in str(error) else str(error)
    return None


@pytest.mark.parametrize("name", recordings(most_octets=MOST_OCTETS))
def test_tables_of_any_recording_are_read_or_refused_with_a_reason(name: str) -> None:
    found = {table.name: why for table in (*DESCRIBING, *PROVING) if (why := refusal(name, table)) is not None}
    assert found == {table: why for (table, device), why in REFUSED.items() if device == name}


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_a_device(name: str) -> None:
    found: dict[str, int | None] = {}
    for table in DESCRIBING:
        rows = None if refusal(name, table) else len(recorded(name).read(table))
        if rows != 0:
            found[table.name] = rows
    assert found == ROWS[name]


def test_addresses_where_the_new_table_has_ipv6_only() -> None:
    found = recorded("cisco-c3560").read(ADDRESSES)
    assert Address(IPv6Address("2001:da8:215:1148::1"), 64, 3) in found
    assert Address(IPv4Address("10.110.148.1"), 24, 3) in found


def test_neighbours_where_the_new_table_has_hardly_any_ipv4() -> None:
    found = recorded("ruijie-s5750-24gt12sfp").read(IP_NEIGHBOURS)
    assert Counter(entry.address.version for entry in found) == {4: 406, 6: 496}


def test_a_neighbour_by_lldp() -> None:
    found = recorded("juniper-mx960-13-3r9-13").read(LLDP_REMOTES)[0]
    assert found == LldpRemote(
        local_port=606,
        local_port_id="606",
        local_port_name="DataCenter-Device-Management",
        chassis_id_kind=ChassisIdKind.MAC_ADDRESS,
        chassis_id="38:22:d6:b3:31:b5",
        port_id_kind=PortIdKind.INTERFACE_NAME,
        port_id="GigabitEthernet1/1/1",
        port_name="GigabitEthernet1/1/1 Interface",
        sys_name="DCGL-S5800",
        sys_descr='"H3C Comware Platform Software, Software Version 5.20, Release 1211',
        management_address=IPv4Address("10.196.0.18"),
    )


def test_a_neighbour_by_cdp() -> None:
    found = recorded("cisco-c3750").read(CDP)[0]
    told = (found.local_port, found.device_id, found.port_id, found.platform, found.management_address)
    platform = "cisco AIR-CAP1602I-C-K9"
    assert told == (10101, "E-DJ-1F-101indoor", "GigabitEthernet0", platform, IPv4Address("172.28.2.68"))


def test_vlans_of_a_switch_with_access_ports_and_trunks() -> None:
    found = {entry.vlan: entry for entry in recorded("cisco-c3560").read(VLAN_PORTS)}
    trunks = (10149, 10151, 10152)
    assert found[2] == VlanPorts(2, "xiaodanwei2-hulian", tuple(sorted((*trunks, 10150))), (10150,))
    assert found[1] == VlanPorts(1, "default", (), ())


def test_the_chassis_of_a_switch() -> None:
    (chassis,) = (
        entry
        for entry in recorded("arista-dcs-7150s-52-cl").read(ENTITIES)
        if entry.entity_class is EntityClass.CHASSIS
    )
    told = (chassis.manufacturer, chassis.model, chassis.serial, chassis.software_rev, chassis.hardware_rev)
    assert told == ("Arista Networks", "DCS-7150S-52-CL", "JPE15151458", "4.20.5F", "02.02")


@pytest.mark.parametrize(
    ("name", "table", "expected"),
    [
        ("arista-dcs-7150s-52-cl", SENSORS, Sensor("Cpu temp sensor", Kind.TEMPERATURE, 28.2, Unit.CELSIUS)),
        (
            "arista-dcs-7150s-52-cl",
            SENSORS,
            Sensor("DOM RX Power Sensor for Ethernet23", Kind.OPTICAL_POWER, -3.52, Unit.DBM),
        ),
        ("paloalto-pa-5000", SENSORS, Sensor("Fan #1 RPM", Kind.FAN, 4618.0, Unit.RPM)),
        ("cisco-c3560", health_cisco.CPU, Sensor("CPU 1", Kind.CPU, 0.28, Unit.RATIO)),
        ("cisco-c3560", health_cisco.MEMORY, Sensor("I/O", Kind.MEMORY, 0.434, Unit.RATIO)),
        (
            "cisco-c3560",
            health_cisco.ENVIRONMENT,
            Sensor("SW#1, Sensor#1, YELLOW", Kind.TEMPERATURE, 61.0, Unit.CELSIUS),
        ),
        ("cisco-n5000", health_cisco.SENSORS, Sensor("entity 25827", Kind.OPTICAL_POWER, -1.931, Unit.DBM)),
        ("huawei-s5720", health_huawei.BOARDS, Sensor("MPU Board 0", Kind.CPU, 0.38, Unit.RATIO)),
        ("huawei-s5720", health_huawei.FANS, Sensor("fan 0/7", Kind.FAN, 1.0, Unit.STATE)),
        ("h3c-e528-2", health_h3c.ENTITIES, Sensor("Sensor1", Kind.TEMPERATURE, 40.0, Unit.CELSIUS)),
        (
            "h3c-comware-7-1-075",
            health_h3c.TRANSCEIVERS,
            Sensor("Ten-GigabitEthernet1/0/0/1 rx power", Kind.OPTICAL_POWER, -2.54, Unit.DBM),
        ),
        ("juniper-mx960-13-3r9-13", health_juniper.OPERATING, Sensor("PEM 0", Kind.SUPPLY, 1.0, Unit.STATE)),
        (
            "juniper-mx960-13-3r9-13",
            health_juniper.OPTICS,
            Sensor("xe-1/2/0 rx power", Kind.OPTICAL_POWER, -8.09, Unit.DBM),
        ),
        ("fortinet-xcu", health_fortinet.SENSORS, Sensor("PS1 VIN", Kind.VOLTAGE, 218.0, Unit.VOLTS)),
        ("ruijie-s5750-24gt12sfp", health_ruijie.NODES, Sensor("number 1", Kind.MEMORY, 0.5, Unit.RATIO)),
    ],
)
def test_a_reading(name: str, table: Table[tuple[Sensor, ...]], expected: Sensor) -> None:
    assert expected in recorded(name).read(table)


def test_a_supply_that_counts_otherwise_than_its_mib() -> None:
    (found,) = recorded("huawei-gse200m").read(SUPPLY)
    assert (found.model, found.charge, found.is_on_battery) == ("UPS5000", None, False)
    values = {sensor.name: sensor.value for sensor in found.sensors}
    assert (values["battery voltage"], values["input 1 voltage"], values["input 1 frequency"]) == (538.5, 236.9, 50.0)
