"""Our own engine as it is measured: devices' values in, observations and samples ready for exposition out."""

import asyncio
import gc
from collections.abc import Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory

import uvloop
from pydantic import SecretStr

from bench.snmp.columns import COLUMNS, SCALARS
from bench.snmp.measurement import Measurement, Meter, Poll, User, max_rss_mib, open_fds, rss_mib, serve
from bench.snmp.province import province
from collectors.credentials import AuthProtocol, PrivProtocol, SnmpV2c, SnmpV3
from collectors.runner import utc_now
from collectors.sightings.devices import device_observations
from collectors.sightings.topology import topology_of
from collectors.snmp.client import SnmpClient
from collectors.snmp.engine_client import EngineClient
from collectors.snmp.reading import read_device
from collectors.snmp.samples import Poll as PollNote
from collectors.snmp.samples import Samples
from collectors.snmp.slow import SlowTables
from collectors.snmp.tables.interfaces import Interfaces
from exporter.blocks import Blocks
from ledger.max_age import MaxAges
from ledger.observation import Observation
from ledger.plan import Plan
from ledger.sink import LedgerSink
from ledger.store import open_store

#: Devices in a target of `/sd`, some 100,000 series.
A_PART = 158
#: A device's turn, given up after it; far beyond what any takes here.
DEADLINE_SECONDS = 60.0


def credentials(user: User | None) -> SnmpV2c | SnmpV3:
    """What the peers are given too."""
    if user is None:
        return SnmpV2c(SecretStr("public"))
    keys = SecretStr(user.auth_key), SecretStr(user.priv_key)
    return SnmpV3(user.name, AuthProtocol.SHA1, keys[0], PrivProtocol.AES128, keys[1])


@dataclass(slots=True)
class Tally:
    """What the cycles came to."""

    devices: int = 0
    values: int = 0
    missed: list[str] = field(default_factory=list)
    fds: list[int] = field(default_factory=list)
    rss_mib: list[float] = field(default_factory=list)

    def look(self) -> None:
        """Note what is held now."""
        self.fds.append(open_fds())
        self.rss_mib.append(round(rss_mib(), 1))


class Polling:
    """What `baophu collect` does of a device, with every column in every cycle, as the peers ask them.

    One thing differs: what is slow is not remembered, or warm cycles would read fewer values than the peers.
    """

    def __init__(self, client: SnmpClient, plan: Plan, sink: LedgerSink) -> None:
        self._client = client
        self._plan = plan
        self._topology = topology_of(plan, utc_now().date())
        self._sink = sink
        self._blocks = Blocks()
        self._seen: list[Observation] = []
        self.samples = Samples(plan.devices)

    async def read(self, address: str) -> int | None:
        """Read a device and make its observations and samples; how many values it had, None where some are missing."""
        device = self._plan.devices[address]
        session = self._client.session(device.address, deadline_seconds=DEADLINE_SECONDS)
        started_at = utc_now()
        reading = await read_device(
            session, device, slow=SlowTables(), clock=utc_now, counting="counters", tables=("interfaces",)
        )
        poll = PollNote(started_at=started_at, finished_at=utc_now(), packets=session.packets, restarts=0)
        self.samples.note(device, reading, poll)
        self._seen += device_observations(self._topology, reading)
        found = reading.interfaces
        if not isinstance(found, Interfaces) or len(found.columns) < len(COLUMNS) - 1:
            return None
        return len(SCALARS) + len(found) * len(COLUMNS)

    def end_cycle(self, *, is_scraped: bool) -> int:
        """Hand over the observations, and render what a scrape of all devices gets; its octets."""
        self._sink.accept(self._seen)
        self._seen.clear()
        if not is_scraped:
            return 0
        devices = self.samples.devices()
        return sum(len(self._blocks.text(devices[n : n + A_PART])) for n in range(0, len(devices), A_PART))


async def _cycle(polling: Polling, told: Poll, tally: Tally) -> None:
    """Read every address once, so many of them at a time, and expose what was read."""

    async def worker(waiting: Iterator[str]) -> None:
        for address in waiting:
            values = await polling.read(address)
            tally.devices += 1
            tally.values += values or 0
            if values is None:
                tally.missed.append(address)

    waiting = iter(told.addresses)
    async with asyncio.TaskGroup() as workers:
        for _ in range(told.in_flight):
            workers.create_task(worker(waiting))
    polling.end_cycle(is_scraped=told.is_scraped)


async def poll(told: Poll) -> Measurement:
    """Read every address in every cycle with one client, into a ledger of its own."""
    tally = Tally()
    with TemporaryDirectory() as folder, open_store(f"sqlite:///{folder}/ledger.db") as store:
        sink = LedgerSink(store, MaxAges.default(), utc_now)
        async with EngineClient(
            credentials(told.user), port=told.port, timeout_seconds=told.timeout_seconds, retries=told.retries
        ) as client:
            polling = Polling(client, province(told.addresses), sink)
            for _ in range(told.warm_up):
                await _cycle(polling, told, Tally())
            meter = Meter()
            for cycle in range(told.cycles):
                await _cycle(polling, told, tally)
                if cycle == told.cycles // 10:
                    tally.look()
            tally.look()
        sink.flush()
    cpu_seconds, wall_seconds = meter.read()
    return Measurement(
        cpu_seconds=cpu_seconds,
        wall_seconds=wall_seconds,
        devices=tally.devices,
        values=tally.values,
        missed=tuple(tally.missed),
        max_rss_mib=max_rss_mib(),
        fds=tuple(tally.fds),
        rss_mib=tuple(tally.rss_mib),
    )


if __name__ == "__main__":
    gc.set_threshold(100_000, 50, 100)  # as `baophu collect` does
    serve(lambda told: uvloop.run(poll(told)))
