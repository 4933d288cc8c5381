"""One cycle: SNMP and leases side by side, then echoes, and beside all that what needs none of them: mail and web.

What was seen goes to the sink, then each heartbeat.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from collectors.fault import Fault
from collectors.guard import guarded
from collectors.icmp import Pinger
from collectors.leases import LeaseReading, LeaseSource
from collectors.memory import Memory
from collectors.round import Prober, Round, all_of
from collectors.schedule import local_day
from collectors.sightings.evidence import evidence
from collectors.sightings.pings import Echo, PingTarget, ping_observation, ping_targets
from collectors.sightings.topology import topology_of
from collectors.snmp.poller import Poller
from collectors.snmp.reading import DeviceReading
from ledger.observation import Failure, Heartbeat, Sink
from ledger.plan import Device, Plan, Role

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Instruments:
    """What a cycle asks with; `probers` are the collectors of what runs on the network.

    `followers` say what the devices' polls of this cycle come to.
    """

    poller: Poller
    leases: LeaseSource
    pinger: Pinger
    probers: tuple[Prober, ...] = ()
    followers: tuple[Prober, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast: seconds from one cycle's start to the next's, and how many are asked at once."""

    cycle_seconds: float = 30.0
    devices_at_once: int = 16
    routers_at_once: int = 8
    echoes_at_once: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """A finished cycle. `faults` has each asset that gave no proper answer, `dict[(collector, asset id), Fault]`."""

    started_at: datetime
    finished_at: datetime
    heartbeats: tuple[Heartbeat, ...]
    observations: int
    faults: Mapping[tuple[str, str], Fault]


@dataclass(frozen=True, slots=True)
class Part:
    """A collector's part of a cycle, once its heartbeat was handed over."""

    heartbeat: Heartbeat
    observations: int
    faults: Mapping[str, Fault]


@dataclass(slots=True, kw_only=True)
class Cycle:
    """Runs cycles over one plan, and remembers what it takes to notice silence."""

    plan: Plan
    instruments: Instruments
    sink: Sink
    clock: Callable[[], datetime]
    lease_duration: timedelta
    pace: Pace
    memory: Memory = field(default_factory=Memory)
    last_seconds: float = 0.0

    async def run(self, devices: Sequence[Device]) -> CycleReport:
        """Ask `devices`, hand over what was seen, and beat; raises StoreError where the sink can't keep it."""
        started_at = self.clock()
        parts = [self._ask_network(devices), *(self._ask(prober) for prober in self.instruments.probers)]
        tasks = [asyncio.ensure_future(part) for part in parts]
        try:
            done = [part for parts in await asyncio.gather(*tasks) for part in parts]
        finally:
            for task in tasks:
                task.cancel()
        finished_at = self.clock()
        self.last_seconds = (finished_at - started_at).total_seconds()
        return CycleReport(
            started_at=started_at,
            finished_at=finished_at,
            heartbeats=tuple(part.heartbeat for part in done),
            observations=sum(part.observations for part in done),
            faults={(part.heartbeat.collector, asset): fault for part in done for asset, fault in part.faults.items()},
        )

    async def _ask_network(self, devices: Sequence[Device]) -> list[Part]:
        snmp, leases = await asyncio.gather(self._ask_snmp(devices), self._ask_leases(devices))
        topology = topology_of(self.plan, local_day(snmp.started_at))
        visits = self.memory.visits
        seen = evidence(topology, snmp.answers, leases.answers, lease_duration=self.lease_duration, visits=visits)
        self.sink.accept(seen)
        self.memory.note(seen, leases.answers)
        parts = [self._part(snmp, len(seen)), self._part(leases, 0)]
        for follower in self.instruments.followers:
            parts += await self._ask(follower)
        echoes = await self._ask_echoes(
            ping_targets(topology, devices, snmp.answers, self.memory.lease_tables, self.clock())
        )
        echoed = [ping_observation(echo) for echo in echoes.answers]
        self.sink.accept(echoed)
        return [*parts, self._part(echoes, len(echoed))]

    async def _ask(self, prober: Prober) -> list[Part]:
        found, seen = await prober.ask()
        self.sink.accept(seen)
        return [self._part(found, len(seen))]

    async def _ask_snmp(self, devices: Sequence[Device]) -> Round[DeviceReading]:
        started_at = self.clock()
        readings = await all_of(devices, self._read_device, at_once=self.pace.devices_at_once)
        faults = {reading.device: reading.system for reading in readings if isinstance(reading.system, Fault)}
        return Round(collector="snmp", started_at=started_at, finished_at=self.clock(), answers=readings, faults=faults)

    async def _read_device(self, device: Device) -> DeviceReading:
        reading = await guarded(self.instruments.poller.read(device, self.clock), collector="snmp", device=device.id)
        if isinstance(reading, Fault):
            return DeviceReading(device=device.id, at=self.clock(), system=reading)
        return reading

    async def _ask_leases(self, devices: Sequence[Device]) -> Round[LeaseReading]:
        started_at = self.clock()
        routers = [device for device in devices if device.role is Role.CPE]
        tables = await all_of(routers, self._read_leases, at_once=self.pace.routers_at_once)
        faults = {table.device: table.leases for table in tables if isinstance(table.leases, Fault)}
        return Round(collector="leases", started_at=started_at, finished_at=self.clock(), answers=tables, faults=faults)

    async def _read_leases(self, router: Device) -> LeaseReading:
        leases = await guarded(self.instruments.leases.read(router), collector="leases", device=router.id)
        return LeaseReading(router.id, self.clock(), leases)

    async def _ask_echoes(self, targets: Sequence[PingTarget]) -> Round[Echo]:
        started_at = self.clock()
        echoes = await all_of(targets, self._echo, at_once=self.pace.echoes_at_once)
        faults = {echo.target.asset: echo.fault for echo in echoes if echo.fault is not None}
        return Round(collector="icmp", started_at=started_at, finished_at=self.clock(), answers=echoes, faults=faults)

    async def _echo(self, target: PingTarget) -> Echo:
        answers = await guarded(self.instruments.pinger.answers(target.address), collector="icmp", device=target.asset)
        silent = Fault(Failure.NO_ANSWER, f"no echo from {target.address}")
        return Echo(target, self.clock(), answers if isinstance(answers, Fault) else None if answers else silent)

    def _part(self, part: Round[T], observations: int) -> Part:
        """Beat: what the collector saw has been handed over.

        Cycles that an outage draws out longer than their interval are as far apart as they take: slow isn't silent.
        """
        heartbeat = Heartbeat(
            collector=part.collector,
            started_at=part.started_at,
            finished_at=part.finished_at,
            cycle_seconds=max(self.pace.cycle_seconds, self.last_seconds),
            asked=len(part.answers),
            failed=len(part.faults),
        )
        self.sink.beat(heartbeat)
        return Part(heartbeat, observations, part.faults)
