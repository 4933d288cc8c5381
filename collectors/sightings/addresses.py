"""Where routers know PCs: ARP tables and leases. What isn't planned is seen under its MAC, and only by its lease."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address

from collectors.fault import Fault
from collectors.leases import Lease, LeaseReading
from collectors.sightings.topology import Topology
from collectors.snmp.reading import DeviceReading
from collectors.snmp.tables.value import seen
from ledger.observation import Check, Observation

#: How far a router's clock may run ahead of ours before its leases' times are worth nothing.
CLOCK_SKEW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Sighting:
    """A router tells, by `check`, that a MAC had an address at `at`."""

    router: str
    check: Check
    mac: str
    address: IPv4Address
    at: datetime


def arp_observations(topology: Topology, reading: DeviceReading, placed: frozenset[str]) -> list[Observation]:
    """ARP of the planned PCs that the router has resolved just now, one each.

    `placed` holds the MACs whose VLAN a switch told in this cycle.
    """
    entries = seen(reading.arp) or ()
    fresh = {entry.mac: entry.address for entry in reversed(entries) if entry.is_reachable}
    found: list[Observation] = []
    for mac, address in sorted(fresh.items()):
        if mac in topology.workstations:
            found += _told(topology, Sighting(reading.device, Check.ARP, mac, address, reading.at), placed)
    return found


def lease_observations(
    topology: Topology, reading: LeaseReading, placed: frozenset[str], *, duration: timedelta
) -> list[Observation]:
    """DHCP of the router, LEASE of each MAC at its last ACK: a lease's end less `duration`, for which it is given."""
    if isinstance(reading.leases, Fault):
        return [_dhcp(reading, ok=False, fault=reading.leases)]
    found: list[Observation] = []
    odd = 0
    for lease in reading.leases:
        acked = _last_ack(lease, reading.at, duration)
        if acked is None:
            odd += 1
        else:
            sighting = Sighting(reading.device, Check.LEASE, lease.mac, lease.address, acked)
            found += _told(topology, sighting, placed)
    is_current = any(lease.is_current(reading.at) for lease in reading.leases)
    detail = "a lease's end doesn't fit the leases' duration" if odd else None
    return [_dhcp(reading, ok=is_current, detail=detail if is_current else "no current lease"), *found]


def _last_ack(lease: Lease, now: datetime, duration: timedelta) -> datetime | None:
    """When the lease was last given; None where it has no end, or ends later than any that is given now."""
    if lease.expires is None or lease.expires - duration > now + CLOCK_SKEW:
        return None
    return min(lease.expires - duration, now)


def _told(topology: Topology, sighting: Sighting, placed: frozenset[str]) -> Iterator[Observation]:
    asset, router = topology.asset_of(sighting.mac), topology.plan.devices[sighting.router]
    yield Observation(
        asset=asset,
        check=sighting.check,
        ok=True,
        at=sighting.at,
        source=router.id,
        unit=router.unit,
        value=str(sighting.address),
    )
    vlan = topology.vlan_at(router.site, sighting.address)
    if vlan is not None and sighting.mac in topology.workstations and sighting.mac not in placed:
        yield Observation(
            asset=asset,
            check=Check.TSLCD_VLAN,
            ok=vlan.tslcd,
            at=sighting.at,
            source=router.id,
            unit=router.unit,
            value=str(vlan.id),
        )


def _dhcp(reading: LeaseReading, *, ok: bool, fault: Fault | None = None, detail: str | None = None) -> Observation:
    return Observation(
        asset=reading.device,
        check=Check.DHCP,
        ok=ok,
        at=reading.at,
        source=reading.device,
        failure=fault.failure if fault else None,
        detail=fault.text if fault else detail,
    )
