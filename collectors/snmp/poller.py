"""Polls devices: each with what is remembered of it, at the pace of its site, and with its samples kept."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime

from collectors.snmp.client import SnmpClient
from collectors.snmp.pacing import SitePace
from collectors.snmp.reading import DeviceReading, read_device
from collectors.snmp.samples import Poll, Samples
from collectors.snmp.slow import SlowTables
from ledger.plan import Device, LinkKind, Plan, Role


class Poller:
    """Reads devices again and again. `paces` are the sites', `with_counters` the classes whose counters are read.

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
        jitter: Callable[[], float] = float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._client = client
        self._paces = paces or {}
        self._samples = samples or Samples()
        self._deadline_seconds = deadline_seconds
        self._with_counters = with_counters
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
        reading = await read_device(
            session, device, slow=slow, clock=clock, with_counters=device.role in self._with_counters
        )
        poll = Poll(started_at=started_at, finished_at=clock(), packets=session.packets, restarts=slow.restarts)
        self._samples.note(device, reading, poll)
        return reading


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
