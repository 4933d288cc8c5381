"""One cycle: the network's, SNMP and leases side by side, then echoes; or that of a prober, which needs none of them.

What was seen goes to the sink, then each heartbeat.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from collectors.fault import Fault
from collectors.guard import guarded
from collectors.icmp import Pinger
from collectors.leases import LeaseReading, LeaseSource
from collectors.memory import Memory
from collectors.round import Prober, Round, all_of
from collectors.schedule import Schedule, local_day
from collectors.sightings.evidence import evidence, placed_by_switches
from collectors.sightings.pings import Echo, PingTarget, ping_observation, ping_targets
from collectors.sightings.topology import Topology, topology_of
from collectors.snmp.poller import Poller
from collectors.snmp.reading import DeviceReading
from collectors.triggers import Triggers
from ledger.observation import Failure, Heartbeat, Observation, Sink
from ledger.plan import Device, Plan, Role

LOGGER = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Instruments:
    """What the network's cycle asks with; `followers` say what the devices' polls of this cycle come to."""

    poller: Poller
    leases: LeaseSource
    pinger: Pinger
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


class Turns(Protocol):
    """What is done cycle after cycle."""

    async def turn(self) -> CycleReport:
        """Ask, hand over what was seen, and beat; raises StoreError where the sink can't keep it."""


class Between(Protocol):
    """What is done between two cycles, as soon as it is asked for."""

    @property
    def told(self) -> asyncio.Event:
        """Set where it was asked for."""

    async def look(self) -> None:
        """Do it; raises StoreError where the sink can't keep it."""


@dataclass(slots=True, kw_only=True)
class Beats:
    """Hands over one kind of cycle's heartbeats.

    Cycles that an outage draws out longer than their interval are as far apart as they take: slow isn't silent.
    """

    sink: Sink
    clock: Callable[[], datetime]
    cycle_seconds: float
    last_seconds: float = 0.0

    def part(self, part: Round[T], observations: int) -> Part:
        """Beat: what the collector saw has been handed over."""
        heartbeat = Heartbeat(
            collector=part.collector,
            started_at=part.started_at,
            finished_at=part.finished_at,
            cycle_seconds=max(self.cycle_seconds, self.last_seconds),
            asked=len(part.answers),
            failed=len(part.faults),
        )
        self.sink.beat(heartbeat)
        return Part(heartbeat, observations, part.faults)

    def report(self, started_at: datetime, done: Sequence[Part]) -> CycleReport:
        """The cycle, now finished, that these parts are all of."""
        finished_at = self.clock()
        self.last_seconds = (finished_at - started_at).total_seconds()
        return CycleReport(
            started_at=started_at,
            finished_at=finished_at,
            heartbeats=tuple(part.heartbeat for part in done),
            observations=sum(part.observations for part in done),
            faults={(part.heartbeat.collector, asset): fault for part in done for asset, fault in part.faults.items()},
        )


@dataclass(frozen=True, slots=True)
class ProberCycle:
    """Runs cycles of one collector of what runs on the network."""

    prober: Prober
    beats: Beats

    async def turn(self) -> CycleReport:
        """Ask everything that is due to it."""
        started_at = self.beats.clock()
        found, seen = await self.prober.ask()
        self.beats.sink.accept(seen)
        return self.beats.report(started_at, [self.beats.part(found, len(seen))])


@dataclass(slots=True, kw_only=True)
class Cycle:
    """Runs cycles over one plan's network, and remembers what it takes to notice silence."""

    plan: Plan
    schedule: Schedule
    instruments: Instruments
    sink: Sink
    clock: Callable[[], datetime]
    lease_duration: timedelta
    pace: Pace
    memory: Memory = field(default_factory=Memory)
    triggers: Triggers = field(default_factory=Triggers)
    beats: Beats = field(init=False)
    _placed: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.beats = Beats(sink=self.sink, clock=self.clock, cycle_seconds=self.pace.cycle_seconds)

    async def turn(self) -> CycleReport:
        """Ask the devices that are due; what was asked for by then is asked with them."""
        self.triggers.take_polls()
        started_at = self.clock()
        done = await self._ask_network(self.schedule.due(started_at))
        return self.beats.report(started_at, done)

    @property
    def told(self) -> asyncio.Event:
        """Set where devices were asked for between two cycles."""
        return self.triggers.polls_came

    async def look(self) -> None:
        """Poll the devices that were asked for, and hand over what was seen; no beat: not everything was asked.

        Never beside a cycle or another look, so that no older reading comes after a newer one.
        """
        wanted = self.triggers.take_polls()
        now = self.clock()
        devices = [device for device in self.schedule.due(now) if device.id in wanted]
        snmp = await self._ask_snmp(devices)
        topology = topology_of(self.plan, local_day(now))
        placed = self._placed | placed_by_switches(topology, snmp.answers)
        seen = self._evidence(topology, snmp, (), placed)
        LOGGER.debug(
            "devices polled because they were asked for",
            extra={"devices": len(devices), "failed": len(snmp.faults), "observations": len(seen)},
        )

    async def _ask_network(self, devices: Sequence[Device]) -> list[Part]:
        snmp, leases = await asyncio.gather(self._ask_snmp(devices), self._ask_leases(devices))
        topology = topology_of(self.plan, local_day(snmp.started_at))
        self._placed = placed_by_switches(topology, snmp.answers)
        seen = self._evidence(topology, snmp, leases.answers, self._placed)
        parts = [self.beats.part(snmp, len(seen)), self.beats.part(leases, 0)]
        for follower in self.instruments.followers:
            found, told = await follower.ask()
            self.sink.accept(told)
            parts.append(self.beats.part(found, len(told)))
        echoes = await self._ask_echoes(
            ping_targets(topology, devices, snmp.answers, self.memory.lease_tables, self.clock())
        )
        echoed = [ping_observation(echo) for echo in echoes.answers]
        self.sink.accept(echoed)
        return [*parts, self.beats.part(echoes, len(echoed))]

    def _evidence(
        self, topology: Topology, snmp: Round[DeviceReading], tables: Sequence[LeaseReading], placed: frozenset[str]
    ) -> list[Observation]:
        """What was seen, handed over and remembered."""
        seen = evidence(
            topology,
            snmp.answers,
            tables,
            lease_duration=self.lease_duration,
            visits=self.memory.visits,
            placed=placed,
        )
        self.sink.accept(seen)
        self.memory.note(seen, tables)
        return seen

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
