"""A whole cycle's observations from its readings; what can't be derived from one device stops no other."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from collectors.fault import Fault
from collectors.guard import guarded_call
from collectors.leases import LeaseReading
from collectors.sightings.addresses import arp_observations, lease_observations
from collectors.sightings.devices import device_observations, failed
from collectors.sightings.forwarding import Visits, access_sightings, forwarding_observations
from collectors.sightings.topology import Topology
from collectors.snmp.reading import DeviceReading
from ledger.observation import Check, Observation


def evidence(
    topology: Topology,
    readings: Sequence[DeviceReading],
    tables: Iterable[LeaseReading],
    *,
    lease_duration: timedelta,
    visits: Visits,
    placed: frozenset[str],
) -> list[Observation]:
    """Every observation of the readings, device by device in their order, then the leases.

    `placed` has the MACs whose VLAN a switch tells: routers say nothing of those.
    """
    found: list[Observation] = []
    for reading in readings:
        found += _of_device(topology, reading, placed, visits)
    for table in tables:
        found += _of_leases(topology, table, placed, lease_duration)
    return found


def placed_by_switches(topology: Topology, readings: Iterable[DeviceReading]) -> frozenset[str]:
    """The MACs whose VLAN a switch tells."""
    return frozenset(mac for reading in readings for mac in _placed(topology, reading))


def _placed(topology: Topology, reading: DeviceReading) -> list[str]:
    """The MACs whose VLAN this switch tells."""
    sightings = guarded_call(lambda: access_sightings(topology, reading), device=reading.device)
    known = sightings if isinstance(sightings, tuple) else ()
    return [sighting.mac for sighting in known if sighting.vlan is not None]


def _of_device(topology: Topology, reading: DeviceReading, placed: frozenset[str], visits: Visits) -> list[Observation]:
    def derive() -> list[Observation]:
        return [
            *device_observations(topology, reading),
            *forwarding_observations(topology, reading, visits),
            *arp_observations(topology, reading, placed),
        ]

    return _or_fault(derive, reading.device, lambda fault: [failed(reading, Check.SNMP, fault)])


def _of_leases(
    topology: Topology, table: LeaseReading, placed: frozenset[str], lease_duration: timedelta
) -> list[Observation]:
    def derive(read: LeaseReading = table) -> list[Observation]:
        return lease_observations(topology, read, placed, duration=lease_duration)

    return _or_fault(derive, table.device, lambda fault: derive(replace(table, leases=fault)))


def _or_fault(
    derive: Callable[[], list[Observation]], device: str, otherwise: Callable[[Fault], list[Observation]]
) -> list[Observation]:
    found = guarded_call(derive, device=device)
    return otherwise(found) if isinstance(found, Fault) else found
