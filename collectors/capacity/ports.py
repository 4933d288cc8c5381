"""Which ports tell how much the planned links carry, and what they tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from collectors.capacity.meter import LONGEST_GAP, Meter
from collectors.capacity.octets import PortOctets
from collectors.fault import Fault
from collectors.schedule import is_in_use
from collectors.sightings.topology import topology_of
from collectors.snmp.reading import DeviceReading
from collectors.snmp.samples import speeds_of
from collectors.snmp.tables.interfaces import (
    IF_HC_IN_OCTETS,
    IF_HC_OUT_OCTETS,
    IF_IN_OCTETS,
    IF_OUT_OCTETS,
    Interfaces,
)
from collectors.snmp.tables.value import seen
from ledger.capacity import owes_capacity
from ledger.load import BUCKET, LoadSample
from ledger.observation import Failure
from ledger.plan import Plan


@dataclass(frozen=True, slots=True)
class MeasuredPort:
    """Where a link is measured. `is_near`: at its end towards the centre: what is received comes from the unit."""

    link: str
    port: str
    is_near: bool


class LinkPorts:
    """Measures the links of a plan by what polls bring; `bucket` is shorter in tests only."""

    def __init__(self, plan: Plan, today: date, bucket: timedelta = BUCKET) -> None:
        self._plan = plan
        self._bucket = bucket
        self.patience = LONGEST_GAP * bucket
        self._today = today
        self._ports = measured_ports(plan, today)
        self._meters: dict[str, Meter] = {}
        self._finished: list[LoadSample] = []

    def renew(self, today: date) -> None:
        """Look the plan over again on a new day."""
        if today != self._today:
            self._today, self._ports = today, measured_ports(self._plan, today)

    def wants(self, device: str) -> bool:
        """Whether a link is measured at the device, so that its octets must be read."""
        return device in self._ports

    def take(self, reading: DeviceReading) -> None:
        """Go on with each link that is measured at the device that was read."""
        ports = seen(reading.interfaces)
        if ports is None or isinstance(reading.system, Fault):
            return
        for measured in self._ports.get(reading.device, ()):
            octets = octets_at(measured.port, ports, reading.at, reading.system.up_time)
            if octets is not None:
                self._go_on(measured, octets)

    def samples(self) -> list[LoadSample]:
        """What was finished since this was last asked."""
        finished, self._finished = self._finished, []
        return finished

    def unread(self, now: datetime) -> Mapping[str, Fault]:
        """The links of which nothing has come for so long that a sample is lost, and why; by link."""
        oldest = now - self.patience
        found: dict[str, Fault] = {}
        for device, ports in self._ports.items():
            for measured in ports:
                meter = self._meters.get(measured.link)
                if meter is None or meter.last_at is None or meter.last_at < oldest:
                    detail = f"no octet counters of port {measured.port} of {device}"
                    found[measured.link] = Fault(Failure.NO_ANSWER, detail)
        return found

    @property
    def links(self) -> tuple[str, ...]:
        """The links that are measured."""
        return tuple(measured.link for ports in self._ports.values() for measured in ports)

    def _go_on(self, measured: MeasuredPort, octets: PortOctets) -> None:
        if (meter := self._meters.get(measured.link)) is None:
            meter = self._meters[measured.link] = Meter(self._bucket.total_seconds())
        for average in meter.take(octets):
            ways = (average.received, average.sent) if measured.is_near else (average.sent, average.received)
            self._finished.append(
                LoadSample(link=measured.link, begins_at=average.begins_at, from_unit=ways[0], to_unit=ways[1])
            )


def measured_ports(plan: Plan, today: date) -> dict[str, tuple[MeasuredPort, ...]]:
    """`dict[device, ports]`: of each link the end towards the centre, or the other where that device isn't ours.

    A link to which the seat has no planned way, or both of whose ends are others', is measured nowhere.
    """
    near_ends = topology_of(plan, today).near_ends
    found: dict[str, list[MeasuredPort]] = {}
    for link in plan.links.values():
        near = near_ends.get(link.id)
        if near is None or not owes_capacity(link) or not is_in_use(link, today):
            continue
        for end in (near, link.far_end(near.device)):
            device = plan.devices[end.device]
            if device.is_ours and is_in_use(device, today):
                found.setdefault(device.id, []).append(MeasuredPort(link.id, end.port, end is near))
                break
    return {device: tuple(ports) for device, ports in found.items()}


def octets_at(name: str, ports: Interfaces, at: datetime, up_time: timedelta) -> PortOctets | None:
    """The counters of the port of that name; None: there is no such port, or it has none."""
    port = ports.named(name)
    is_wide = IF_HC_IN_OCTETS in ports.columns
    received, sent = (IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS) if is_wide else (IF_IN_OCTETS, IF_OUT_OCTETS)
    if port is None or received not in ports.columns or sent not in ports.columns:
        return None
    place = ports.rows.index((port.index,))
    counts = ports.columns[received][place], ports.columns[sent][place]
    return PortOctets(
        at=at,
        up_time=up_time,
        received=counts[0] if isinstance(counts[0], int) else None,
        sent=counts[1] if isinstance(counts[1], int) else None,
        bits=64 if is_wide else 32,
        speed_bps=speeds_of(ports)[place],
    )
