"""Whom a cycle sends echoes to: devices where they are planned, PCs where they are now, and nobody else."""

from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address

import pytest

from collectors.leases import Lease, LeaseReading
from collectors.sightings.pings import PingTarget, ping_targets
from collectors.sightings.topology import Topology, topology_of
from collectors.snmp.reading import DeviceReading
from collectors.snmp.tables.arp import ArpEntry
from collectors.snmp.tables.system import System
from ledger.plan import Plan

NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROUTER = "68-22945-RT-001"
PC1, PC2 = "02:68:00:20:00:01", "02:68:00:20:00:02"
STRANGER = "02:99:00:00:00:01"


@pytest.fixture
def topology(lab_plan: Plan) -> Topology:
    return topology_of(lab_plan, date(2026, 11, 22))


def router(*entries: ArpEntry) -> DeviceReading:
    """A CPE whose tables but ARP were not asked for."""
    return DeviceReading(device=ROUTER, at=NOW, system=System(ROUTER, HOUR, "1.3.6.1.4.1.8072.3.2.10"), arp=entries)


def arp(address: str, mac: str, *, is_reachable: bool | None = True) -> ArpEntry:
    return ArpEntry(IPv4Address(address), mac, is_reachable)


def lease(mac: str, address: str, ends_in: timedelta = HOUR / 2) -> Lease:
    return Lease(mac, IPv4Address(address), NOW + ends_in)


def leases(*found: Lease) -> LeaseReading:
    return LeaseReading(ROUTER, NOW, found)


def targets(
    topology: Topology, *readings: DeviceReading, tables: tuple[LeaseReading, ...] = ()
) -> set[tuple[str, str, str | None]]:
    found = ping_targets(topology, (), readings, tables, NOW)
    return {(target.asset, str(target.address), target.unit) for target in found}


def test_devices_are_asked_at_their_planned_address(topology: Topology) -> None:
    found = ping_targets(topology, topology.plan.devices.values(), (), (), NOW)
    assert found == [PingTarget(device.id, device.address, None) for device in topology.plan.devices.values()]


def test_a_pc_is_asked_at_the_address_that_it_has_now(topology: Topology) -> None:
    reading = router(arp("10.68.24.100", PC1, is_reachable=False), arp("10.68.24.105", PC1))
    table = leases(lease(PC1, "10.68.24.100"), lease(PC2, "10.68.25.100", HOUR / 4), lease(PC2, "10.68.25.101"))
    assert targets(topology, reading, tables=(table,)) == {
        ("68-22945-PC-001", "10.68.24.105", "68-22945"),
        ("68-22945-PC-002", "10.68.25.101", "68-22945"),
    }


def test_an_address_that_another_has_taken_over_is_not_asked(topology: Topology) -> None:
    reading = router(arp("10.68.24.100", STRANGER))
    assert targets(topology, reading, tables=(leases(lease(PC1, "10.68.24.100")),)) == set()


def test_a_lease_that_has_ended_is_not_asked(topology: Topology) -> None:
    assert targets(topology, tables=(leases(lease(PC1, "10.68.24.100", timedelta(0))),)) == set()


@pytest.mark.parametrize("address", ["127.0.0.1", "8.8.8.8", "10.68.16.100", "10.68.1.10", "10.68.2.6"])
def test_no_table_sends_an_echo_astray(topology: Topology, address: str) -> None:
    assert targets(topology, router(arp(address, PC1)), tables=(leases(lease(PC2, address)),)) == set()
