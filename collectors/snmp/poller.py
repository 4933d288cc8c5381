"""Polls devices: each with what is remembered of it, at the pace of its site, and with its samples kept."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from collectors.snmp.client import Session, SnmpClient
from collectors.snmp.pacing import SitePace
from collectors.snmp.reading import Counting, DeviceReading, read_device
from collectors.snmp.samples import Poll, Samples
from collectors.snmp.slow import SlowTables
from collectors.snmp.tables.system import System
from ledger.plan import Device, LinkKind, Plan, Role


class OctetsTaker(Protocol):
    """Who wants to know how much ports carry."""

    def wants(self, device: str) -> bool:
        """Whether the octet counters of the device are to be read."""

    def take(self, reading: DeviceReading) -> None:
        """Take what was read of any device."""


class Closer(Protocol):
    """Who looks closer at some devices now and then, in their turn."""

    async def look(self, session: Session, device: Device) -> None:
        """Ask more of a device that answered; never raises."""


@dataclass(frozen=True, slots=True)
class Watchers:
    """Who else lives on the polls; None: nobody."""

    octets: OctetsTaker | None = None
    closer: Closer | None = None


class Poller:
    """Reads devices again and again. `paces` are the sites', `with_counters` the classes whose counters are read.

    `watchers` are told of every reading, may have other devices' octets read, and may ask more of a device.
    `jitter` gives how many seconds a device's turn is put off, so that a cycle doesn't begin with all of them at once.
    """

    def __init__(
        self,
        client: SnmpClient,
        *,
        paces: Mapping[str, SitePace] | None = None,
        samples: Samples | None = None,
        deadline_seconds: float = 20.0,
        with_counters: Collection[Role] = (),
        watchers: Watchers | None = None,
        jitter: Callable[[], float] = float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._paces = paces or {}
        self._samples = samples or Samples()
        self._deadline_seconds = deadline_seconds
        self._with_counters = with_counters
        watching = watchers or Watchers()
        self._octets, self._closer = watching.octets, watching.closer
        self._jitter = jitter
        self._sleep = sleep
        self._slow: defaultdict[str, SlowTables] = defaultdict(SlowTables)

    async def read(self, device: Device, clock: Callable[[], datetime]) -> DeviceReading:
        """Read a device within the deadline, and keep its samples."""
        if (put_off := self._jitter()) > 0:
            await self._sleep(put_off)
        started_at = clock()
        slow = self._slow[device.id]
        pace = self._paces.get(device.site or "")
        session = self._client.session(device.address, deadline_seconds=self._deadline_seconds, pace=pace)
        counting = self._counting(device)
        reading = await read_device(session, device, slow=slow, clock=clock, counting=counting)
        poll = Poll(
            started_at=started_at,
            finished_at=clock(),
            packets=session.packets,
            restarts=slow.restarts,
            shows_interfaces=counting == "counters",
        )
        self._samples.note(device, reading, poll)
        if self._octets is not None:
            self._octets.take(reading)
        if self._closer is not None and isinstance(reading.system, System):
            await self._closer.look(session, device)
        return reading

    def _counting(self, device: Device) -> Counting | None:
        if device.role in self._with_counters:
            return "counters"
        return "octets" if self._octets is not None and self._octets.wants(device.id) else None


def site_paces(plan: Plan) -> dict[str, SitePace]:
    """How fast each site may be asked: by the bandwidth of its uplinks together; a site without one isn't held back."""
    bandwidths: defaultdict[str, float] = defaultdict(float)
    for link in plan.links.values():
        if link.link_kind is not LinkKind.UPLINK:
            continue
        for end in (link.a, link.b):
            device = plan.devices.get(end.device)
            if device is not None and device.role is Role.CPE and device.site is not None:
                bandwidths[device.site] += link.bandwidth_mbps
    return {site: SitePace(bandwidth) for site, bandwidth in bandwidths.items() if bandwidth > 0}
