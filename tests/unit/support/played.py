"""A province's devices, played: what a cycle asks, what it hands over, and time that passes only when told."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address

from collectors.fault import Fault
from collectors.leases import Lease
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.tables import bridge, interfaces, system
from ledger.observation import Check, Failure, Heartbeat, Observation
from ledger.plan import Device, Plan

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
SECRET = "s3cret-key"
ROUTER, SWITCH = "68-22945-RT-001", "68-22945-SW-001"
PC = "68-22945-PC-001"
PC_MAC, PC_ADDRESS = "02:68:00:20:00:01", IPv4Address("10.68.24.100")


class Clock:
    """Time that passes only when told."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Devices:
    """Plays every device of a plan: SnmpClient, LeaseSource and Pinger at once."""

    def __init__(self, plan: Plan) -> None:
        self.names: dict[IPv4Address | IPv6Address, str] = {
            device.address: device.id for device in plan.devices.values()
        }
        self.silent: set[str] = set()
        self.crashing: set[str] = set()
        self.leases: tuple[Lease, ...] | Fault = ()
        self.echoes: list[IPv4Address] = []
        self.at_once = self.most_at_once = 0

    def name(self, address: IPv4Address | IPv6Address) -> str:
        name = self.names[address]
        if name in self.crashing:
            raise LookupError(SECRET)
        return name

    def session(self, address: IPv4Address | IPv6Address, **_limits: object) -> "Turn":
        return Turn(self, address)

    async def read(self, device: Device) -> tuple[Lease, ...] | Fault:
        name = self.name(device.address)
        return self.leases if name == ROUTER else ()

    async def answers(self, address: IPv4Address) -> bool:
        self.echoes.append(address)
        name = self.names.get(address)
        if name in self.crashing:
            raise LookupError(SECRET)
        return name not in self.silent


class Turn:
    """Plays one device's agent."""

    packets = 1

    def __init__(self, devices: Devices, address: IPv4Address | IPv6Address) -> None:
        self.devices = devices
        self.address = address

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        devices = self.devices
        devices.at_once += 1
        devices.most_at_once = max(devices.most_at_once, devices.at_once)
        await asyncio.sleep(0)
        devices.at_once -= 1
        name = devices.name(self.address)
        if name in devices.silent:
            return Fault(Failure.NO_ANSWER, "silent")
        values: dict[Oid, Value] = {system.SYS_OBJECT_ID: (1, 3), system.SYS_UP_TIME: 1, system.SYS_NAME: name.encode()}
        return {oid: value for oid, value in values.items() if oid in oids}

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        played: Mapping[Oid, Mapping[Oid, Value]] = {
            interfaces.IF_NAME: {(1,): b"up0", (2,): b"p1"},
            interfaces.IF_OPER_STATUS: {(1,): 1, (2,): 1},
            interfaces.IF_ADMIN_STATUS: {(1,): 1, (2,): 1},
            bridge.BASE_PORT_IF_INDEX: {(2,): 2},
            bridge.Q_TP_FDB_PORT: {(10, *bytes.fromhex(PC_MAC.replace(":", ""))): 2},
        }
        if self.devices.name(self.address) != SWITCH:
            played = {}
        given = {oid: played.get(oid, {}) for oid in oids}
        return {oid: Column(tuple(cells), tuple(cells.values())) for oid, cells in given.items()}


class Sink:
    """Keeps what it is given, in order."""

    def __init__(self) -> None:
        self.taken: list[Observation | Heartbeat] = []

    def accept(self, observations: Sequence[Observation]) -> None:
        self.taken += observations

    def beat(self, heartbeat: Heartbeat) -> None:
        self.taken.append(heartbeat)

    @property
    def observations(self) -> list[Observation]:
        return [item for item in self.taken if isinstance(item, Observation)]

    @property
    def beats(self) -> list[tuple[str, int, int]]:
        return [(item.collector, item.asked, item.failed) for item in self.taken if isinstance(item, Heartbeat)]

    def answers(self, asset: str) -> dict[Check, tuple[bool, Failure | None]]:
        return {item.check: (item.ok, item.failure) for item in self.observations if item.asset == asset}
