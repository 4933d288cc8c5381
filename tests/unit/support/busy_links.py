"""A province whose links carry what a test says, told by agents that count it: SnmpClient, on a clock that is told."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from itertools import accumulate

from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables import interfaces, system
from ledger.observation import Failure
from ledger.plan import Plan

UP = 1


@dataclass(frozen=True)
class Way:
    """Bits a second of each slice of `seconds` from `begins_at`."""

    begins_at: datetime
    seconds: float
    bits_per_second: Sequence[float]
    _octets: Sequence[float] = field(init=False)

    def __post_init__(self) -> None:
        sums = accumulate((bits / 8 * self.seconds for bits in self.bits_per_second), initial=0.0)
        object.__setattr__(self, "_octets", tuple(sums))

    def octets(self, until: datetime) -> int:
        """All octets that went this way."""
        slices = (until - self.begins_at).total_seconds() / self.seconds
        whole = min(int(slices), len(self.bits_per_second) - 1)
        return round(self._octets[whole] + self.bits_per_second[whole] / 8 * (slices - whole) * self.seconds)


@dataclass(frozen=True)
class Port:
    """A port as its device sees it."""

    received: Way
    sent: Way


@dataclass
class Agent:
    """One device: its ports, how wide its counters are, when it was started (again), and when nobody hears of it."""

    ports: Mapping[str, Port]
    bits: int = 64
    speed_bps: int = 1_000_000_000
    starts: list[datetime] = field(default_factory=list)
    silences: list[tuple[datetime, datetime]] = field(default_factory=list)

    def started_at(self, now: datetime) -> datetime:
        return self.starts[bisect_right(self.starts, now) - 1]

    def is_silent(self, now: datetime) -> bool:
        return any(begin <= now < end for begin, end in self.silences)

    def counter(self, way: Way, now: datetime) -> int:
        counted = way.octets(now) - way.octets(self.started_at(now))
        return counted % (1 << self.bits)


class Province:
    """Plays the agents of a plan's devices; a device without one is silent."""

    def __init__(self, plan: Plan, agents: Mapping[str, Agent], clock: Callable[[], datetime]) -> None:
        self._by_address = {plan.devices[name].address: agent for name, agent in agents.items()}
        self._clock = clock

    def session(self, address: IPv4Address | IPv6Address, **_limits: object) -> "Turn":
        agent = self._by_address.get(address) if isinstance(address, IPv4Address) else None
        return Turn(agent, self._clock())


class Turn:
    """One agent's answers at one instant."""

    packets = 1

    def __init__(self, agent: Agent | None, now: datetime) -> None:
        self._agent = agent
        self._now = now

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        agent, now = self._agent, self._now
        if agent is None or agent.is_silent(now):
            return Fault(Failure.NO_ANSWER, "silent")
        ticks = int((now - agent.started_at(now)) / timedelta(milliseconds=10)) % (1 << 32)
        values: dict[Oid, Value] = {system.SYS_OBJECT_ID: (1, 3), system.SYS_UP_TIME: ticks, system.SYS_NAME: b"agent"}
        return {oid: values[oid] for oid in oids if oid in values}

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        agent = self._agent
        if agent is None:
            raise AssertionError("a silent agent is asked no more")
        ports = agent.ports.values()
        received = tuple(agent.counter(port.received, self._now) for port in ports)
        sent = tuple(agent.counter(port.sent, self._now) for port in ports)
        counters = interfaces.OCTETS_64 if agent.bits == 64 else interfaces.OCTETS_32
        cells: dict[Oid, tuple[Value, ...]] = {
            interfaces.IF_NAME: tuple(name.encode() for name in agent.ports),
            interfaces.IF_OPER_STATUS: (UP,) * len(agent.ports),
            interfaces.IF_ADMIN_STATUS: (UP,) * len(agent.ports),
            interfaces.IF_SPEED: (agent.speed_bps,) * len(agent.ports),
            **dict(zip(counters, (received, sent), strict=True)),
        }
        rows = tuple((number,) for number in range(1, len(agent.ports) + 1))
        return {oid: Column(rows, cells[oid]) if oid in cells else Column() for oid in oids}
