"""Whom to ask for an echo, and what the answer says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address

from collectors.fault import Fault
from collectors.leases import LeaseReading
from collectors.sightings.topology import Topology
from collectors.snmp.reading import DeviceReading
from collectors.snmp.tables.value import seen
from ledger.observation import Check, Observation
from ledger.plan import Device

SOURCE = "icmp"


@dataclass(frozen=True, slots=True)
class PingTarget:
    """An asset at an address; `unit` is the one whose subnet that is, None for a device."""

    asset: str
    address: IPv4Address
    unit: str | None


def ping_targets(
    topology: Topology,
    devices: Iterable[Device],
    readings: Sequence[DeviceReading],
    lease_tables: Sequence[LeaseReading],
    now: datetime,
) -> list[PingTarget]:
    """Devices at their planned address, PCs at the one that they have: by ARP, else by a current lease.

    `lease_tables` may hold a router's last table, from before it fell silent. An address counts only within a planned
    subnet of that router's site, so that no table can send an echo astray, and only for the MAC that holds it now.
    """
    found = [PingTarget(device.id, device.address, None) for device in devices]
    taken: dict[IPv4Address, str] = {}
    having: set[str] = set()
    for router, mac, address in (*_resolved(readings), *_leased(lease_tables, now)):
        pc, planned = topology.workstations.get(mac), topology.plan.devices[router]
        if taken.setdefault(address, mac) != mac or mac in having or topology.vlan_at(planned.site, address) is None:
            continue
        having.add(mac)
        if pc is not None:
            found.append(PingTarget(pc.id, address, planned.unit))
    return found


def _resolved(readings: Sequence[DeviceReading]) -> list[tuple[str, str, IPv4Address]]:
    """(router, MAC, address) of every ARP entry, those confirmed just now first."""
    entries = [(reading.device, entry) for reading in readings for entry in seen(reading.arp) or ()]
    entries.sort(key=lambda item: not item[1].is_reachable)
    return [(router, entry.mac, entry.address) for router, entry in entries]


def _leased(lease_tables: Sequence[LeaseReading], now: datetime) -> list[tuple[str, str, IPv4Address]]:
    """(router, MAC, address) of every current lease, the latest first."""
    leases = [
        (table.device, lease)
        for table in lease_tables
        if isinstance(table.leases, tuple)
        for lease in table.leases
        if lease.is_current(now)
    ]
    leases.sort(key=lambda item: -item[1].expires.timestamp() if item[1].expires else 0.0)
    return [(router, lease.mac, lease.address) for router, lease in leases]


@dataclass(frozen=True, slots=True)
class Echo:
    """What came of asking a target until `at`; `fault` is None where it answered."""

    target: PingTarget
    at: datetime
    fault: Fault | None


def ping_observation(echo: Echo) -> Observation:
    """What an echo, or its absence, says of the asset."""
    return Observation(
        asset=echo.target.asset,
        check=Check.PING,
        ok=echo.fault is None,
        at=echo.at,
        source=SOURCE,
        unit=echo.target.unit,
        value=str(echo.target.address),
        failure=echo.fault.failure if echo.fault else None,
        detail=echo.fault.text if echo.fault else None,
    )
