"""What a device's own answers say of it, of the sessions that it holds, and of the links at its ports."""

from collections.abc import Iterator

from collectors.fault import Fault
from collectors.sightings.adjacency import adjacency_of
from collectors.sightings.topology import Topology
from collectors.snmp.reading import DeviceReading
from collectors.snmp.samples import narrow_counters
from collectors.snmp.tables.bgp import PeerState
from collectors.snmp.tables.interfaces import Interface
from collectors.snmp.tables.value import Partial, seen
from ledger.observation import Check, Observation
from ledger.plan import Link, LinkEnd, LinkKind, Role


def device_observations(topology: Topology, reading: DeviceReading) -> list[Observation]:
    """SNMP, VLANs and neighbours of the device itself, a PoP's routing sessions, links whose nearer end it holds."""
    return [
        _snmp(reading),
        *_vlans(topology, reading),
        *_adjacency(reading),
        *_sessions(topology, reading),
        *_links(topology, reading),
    ]


def _snmp(reading: DeviceReading) -> Observation:
    system = reading.system
    if isinstance(system, Fault):
        return failed(reading, Check.SNMP, system)
    remarks = [fault.text for fault in reading.table_faults]
    interfaces = seen(reading.interfaces)
    if interfaces is not None and (narrow := narrow_counters(interfaces)):
        remarks.append(f"32-bit octet counters on {narrow} ports faster than 20 Mbit/s (RFC 2863)")
    return _seen(reading, reading.device, Check.SNMP, ok=True, value=system.name, detail="; ".join(remarks) or None)


def failed(reading: DeviceReading, check: Check, fault: Fault) -> Observation:
    """The device gave no proper answer to `check`."""
    return Observation(
        asset=reading.device,
        check=check,
        ok=False,
        at=reading.at,
        source=reading.device,
        failure=fault.failure,
        detail=fault.text,
    )


def _vlans(topology: Topology, reading: DeviceReading) -> Iterator[Observation]:
    vlans = reading.vlans
    if isinstance(vlans, Fault | Partial):
        yield failed(reading, Check.VLANS, vlans if isinstance(vlans, Fault) else vlans.fault)
    elif vlans is not None:
        missing = ", ".join(str(vlan) for vlan in sorted(set(topology.plan.vlans) - vlans))
        value = ",".join(str(vlan) for vlan in sorted(vlans))
        detail = f"missing VLAN {missing}" if missing else None
        yield _seen(reading, reading.device, Check.VLANS, ok=not missing, value=value, detail=detail)


def _adjacency(reading: DeviceReading) -> Iterator[Observation]:
    found = adjacency_of(reading)
    if isinstance(found, Fault):
        yield failed(reading, Check.ADJACENCY, found)
    elif found is not None:
        yield _seen(reading, reading.device, Check.ADJACENCY, ok=True, value=found, detail=None)


def _sessions(topology: Topology, reading: DeviceReading) -> Iterator[Observation]:
    """Each CPE's session, by the address of its own end of its uplink; the best where it has several uplinks."""
    peers = seen(reading.peers)
    if peers is None:
        return
    best: dict[str, PeerState | None] = {}
    for link in topology.plan.links_of(reading.device):
        far = link.far_end(reading.device)
        if link.id not in topology.near_ends or link.link_kind is not LinkKind.UPLINK or far.address is None:
            continue
        if topology.plan.devices[far.device].role is Role.CPE:
            state, before = peers.get(far.address.ip), best.get(far.device)
            if state is None and isinstance(reading.peers, Partial):
                continue  # it may stand where the table broke off
            best[far.device] = max(state, before, key=lambda known: known.value if known else 0)
    for router, state in best.items():
        ok = state is PeerState.ESTABLISHED
        value = state.name.lower() if state else None
        detail = None if state else "the PoP has no session with the router's uplink address"
        yield _seen(reading, router, Check.BGP_SESSION, ok=ok, value=value, detail=detail)


def _links(topology: Topology, reading: DeviceReading) -> Iterator[Observation]:
    for link in topology.plan.links_of(reading.device):
        end = topology.near_ends.get(link.id)
        if end is not None and end.device == reading.device:
            yield from _link(reading, link, end)


def _link(reading: DeviceReading, link: Link, end: LinkEnd) -> Iterator[Observation]:
    ports = seen(reading.interfaces)
    port = None if ports is None else ports.named(end.port)
    if ports is None or (port is None and isinstance(reading.interfaces, Partial)):
        return
    ok = port is not None and port.is_up
    value = None if port is None else "up" if ok else "down"
    yield _seen(reading, link.id, Check.LINK, ok=ok, value=value, detail=_why_down(end.port, port))


def _why_down(name: str, port: Interface | None) -> str | None:
    if port is None:
        return f"the device has no port {name}"
    return None if port.is_enabled else f"port {name} is switched off"


def _seen(
    reading: DeviceReading, asset: str, check: Check, *, ok: bool, value: str | None, detail: str | None
) -> Observation:
    return Observation(
        asset=asset, check=check, ok=ok, at=reading.at, source=reading.device, value=value, detail=detail
    )
