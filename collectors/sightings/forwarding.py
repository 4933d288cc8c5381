"""Where switches hear PCs. What isn't planned is seen under its MAC."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from collectors.sightings.topology import Topology
from collectors.snmp.reading import DeviceReading
from collectors.snmp.tables.bridge import ForwardingEntry
from collectors.snmp.tables.value import seen, whole
from ledger.observation import Check, Observation

#: The switches that heard a PC last time they were asked, `dict[workstation id, switch ids]`.
Visits = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A MAC on an access port, with the VLAN where the switch tells it."""

    mac: str
    port: str
    vlan: int | None


def access_sightings(topology: Topology, reading: DeviceReading) -> tuple[Sighting, ...] | None:
    """The MACs on a switch's access ports, one sighting each; None where its tables couldn't be read."""
    forwarding, interfaces = seen(reading.forwarding), seen(reading.interfaces)
    if forwarding is None or interfaces is None:
        return None
    names = interfaces.name_of
    found: dict[str, Sighting] = {}
    for entry in sorted(forwarding, key=_order):
        port = names.get(entry.if_index)
        if port is not None and (reading.device, port) not in topology.link_ports:
            found.setdefault(entry.mac, Sighting(entry.mac, port, entry.vlan))
    return tuple(found.values())


def _order(entry: ForwardingEntry) -> tuple[str, int, int]:
    return (entry.mac, entry.vlan or 0, entry.if_index)


def forwarding_observations(topology: Topology, reading: DeviceReading, visits: Visits) -> list[Observation]:
    """FDB and TSLCD_VLAN of what is on a switch's access ports, and which of its planned PCs and visitors are not."""
    sightings = access_sightings(topology, reading)
    if sightings is None:
        return []
    found: list[Observation] = []
    for sighting in sightings:
        found.append(_heard(topology, reading, sighting))
        if sighting.vlan is not None and sighting.mac in topology.workstations:
            found.append(_vlan_of_port(topology, reading, sighting, sighting.vlan))
    if whole(reading.forwarding) is None or whole(reading.interfaces) is None:
        return found  # who isn't heard may stand where a table broke off
    return [*found, *_missing(topology, reading, frozenset(sighting.mac for sighting in sightings), visits)]


def _heard(topology: Topology, reading: DeviceReading, sighting: Sighting) -> Observation:
    return Observation(
        asset=topology.asset_of(sighting.mac),
        check=Check.FDB,
        ok=True,
        at=reading.at,
        source=reading.device,
        unit=topology.plan.devices[reading.device].unit,
        value=sighting.port if sighting.vlan is None else f"{sighting.port} vlan {sighting.vlan}",
    )


def _vlan_of_port(topology: Topology, reading: DeviceReading, sighting: Sighting, number: int) -> Observation:
    vlan = topology.plan.vlans.get(number)
    return Observation(
        asset=topology.asset_of(sighting.mac),
        check=Check.TSLCD_VLAN,
        ok=vlan is not None and vlan.tslcd,
        at=reading.at,
        source=reading.device,
        unit=topology.plan.devices[reading.device].unit,
        value=str(number),
        detail=f"VLAN {number} is not planned" if vlan is None else None,
    )


def _missing(
    topology: Topology, reading: DeviceReading, heard: frozenset[str], visits: Visits
) -> Iterator[Observation]:
    """PCs that belong or lately were here and are not heard: said outright, so that it shows at once."""
    for mac, pc in topology.workstations.items():
        expected = pc.switch == reading.device or reading.device in visits.get(pc.id, ())
        if expected and mac not in heard:
            yield Observation(
                asset=pc.id,
                check=Check.FDB,
                ok=False,
                at=reading.at,
                source=reading.device,
                detail=f"not heard on an access port of {reading.device}",
            )
