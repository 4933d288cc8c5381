"""One device's tables in one cycle: what could be read, and by name what couldn't."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address
from typing import TypeVar

from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, SnmpClient
from collectors.snmp.tables.arp import ARP, ArpEntry
from collectors.snmp.tables.bgp import PEERS, PeerState
from collectors.snmp.tables.bridge import FORWARDING, ForwardingEntry
from collectors.snmp.tables.interfaces import INTERFACES, Interface
from collectors.snmp.tables.lldp import NEIGHBOURS, Neighbour
from collectors.snmp.tables.system import SYSTEM, System, parse_system
from collectors.snmp.tables.value import BadValue, Table
from collectors.snmp.tables.vlans import VLANS
from ledger.observation import Failure
from ledger.plan import Device, Role

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReading:
    """What a device answered; `at` is when its first reply came, or when it was given up.

    `system` is a Fault where the device didn't answer properly at all; then nothing else was asked. A table is None
    where it isn't asked of such a device, and a Fault where it was but couldn't be read whole.
    """

    device: str
    at: datetime
    system: System | Fault
    interfaces: tuple[Interface, ...] | Fault | None = None
    neighbours: tuple[Neighbour, ...] | Fault | None = None
    forwarding: tuple[ForwardingEntry, ...] | Fault | None = None
    vlans: frozenset[int] | Fault | None = None
    arp: tuple[ArpEntry, ...] | Fault | None = None
    peers: Mapping[IPv4Address, PeerState] | Fault | None = None

    @property
    def table_faults(self) -> tuple[Fault, ...]:
        """Why tables are missing, each naming its table."""
        tables = (self.interfaces, self.neighbours, self.forwarding, self.vlans, self.arp, self.peers)
        return tuple(table for table in tables if isinstance(table, Fault))


class _Agent:
    """One device's agent; asks nothing more once it has fallen silent."""

    def __init__(self, client: SnmpClient, address: IPv4Address) -> None:
        self._client = client
        self._address = address
        self._is_silent = False

    async def system(self) -> System | Fault:
        values = await self._client.get(self._address, SYSTEM)
        if isinstance(values, Fault):
            return values
        try:
            return parse_system(values)
        except BadValue as error:
            return Fault(Failure.BAD_REPLY, f"system: {error}")

    async def table(self, table: Table[T_co]) -> T_co | Fault:
        columns: dict[Oid, Column] = {}
        for oid in table.columns:
            column = await self._column(oid)
            if isinstance(column, Fault):
                return replace(column, detail=f"table {table.name}: {column.detail}")
            columns[oid] = column
        try:
            found = table.parse(columns)
        except BadValue as error:
            return Fault(Failure.BAD_REPLY, f"table {table.name}: {error}")
        return found if found or table.fallback is None else await self.table(table.fallback)

    async def _column(self, oid: Oid) -> Column | Fault:
        if self._is_silent:
            return Fault(Failure.NO_ANSWER, "not asked, the device had fallen silent")
        column = await self._client.walk(self._address, oid)
        self._is_silent = isinstance(column, Fault) and column.failure is Failure.NO_ANSWER
        return column


Step = Callable[[_Agent, DeviceReading], Awaitable[DeviceReading]]


async def _interfaces(agent: _Agent, reading: DeviceReading) -> DeviceReading:
    return replace(reading, interfaces=await agent.table(INTERFACES))


async def _neighbours(agent: _Agent, reading: DeviceReading) -> DeviceReading:
    return replace(reading, neighbours=await agent.table(NEIGHBOURS))


async def _forwarding(agent: _Agent, reading: DeviceReading) -> DeviceReading:
    return replace(reading, forwarding=await agent.table(FORWARDING))


async def _vlans(agent: _Agent, reading: DeviceReading) -> DeviceReading:
    return replace(reading, vlans=await agent.table(VLANS))


async def _arp(agent: _Agent, reading: DeviceReading) -> DeviceReading:
    return replace(reading, arp=await agent.table(ARP))


async def _peers(agent: _Agent, reading: DeviceReading) -> DeviceReading:
    return replace(reading, peers=await agent.table(PEERS))


#: How each field of a reading that holds a table is filled.
STEPS: Mapping[str, Step] = {
    "interfaces": _interfaces,
    "neighbours": _neighbours,
    "forwarding": _forwarding,
    "vlans": _vlans,
    "arp": _arp,
    "peers": _peers,
}
#: What is asked of a device beyond its system group: the tables that prove something of it, and no others.
TABLES: Mapping[Role, tuple[str, ...]] = {
    Role.PROVINCE_SERVER: ("interfaces", "neighbours"),
    Role.MAIL_RELAY: ("interfaces", "neighbours"),
    Role.MAIL_SERVER: ("interfaces", "neighbours"),
    Role.WEB_SERVER: ("interfaces", "neighbours"),
    Role.POP: ("interfaces", "neighbours", "peers", "arp"),
    Role.CPE: ("interfaces", "neighbours", "arp"),
    Role.ACCESS_SWITCH: ("interfaces", "neighbours", "forwarding", "vlans"),
}


async def read_device(
    client: SnmpClient, device: Device, *, clock: Callable[[], datetime], deadline_seconds: float
) -> DeviceReading:
    """Ask a device for everything within the deadline; what it kept us waiting for is a Fault that names the table."""
    late = Fault(Failure.NO_ANSWER, f"not read within {deadline_seconds:g} s")
    reading: DeviceReading | None = None
    try:
        async with asyncio.timeout(deadline_seconds):
            agent = _Agent(client, device.address)
            system = await agent.system()
            if isinstance(system, Fault):
                return DeviceReading(device=device.id, at=clock(), system=system)
            reading = _begun(device, system, clock(), late)
            for table in TABLES[device.role]:
                reading = await STEPS[table](agent, reading)
    except TimeoutError:
        return reading or DeviceReading(device=device.id, at=clock(), system=late)
    return reading


def _begun(device: Device, system: System, at: datetime, late: Fault) -> DeviceReading:
    """A reading whose tables are all still owed: what isn't read in time stays so."""

    def owed(table: str) -> Fault | None:
        return replace(late, detail=f"table {table}: {late.detail}") if table in TABLES[device.role] else None

    return DeviceReading(
        device=device.id,
        at=at,
        system=system,
        interfaces=owed("interfaces"),
        neighbours=owed("neighbours"),
        forwarding=owed("forwarding"),
        vlans=owed("vlans"),
        arp=owed("arp"),
        peers=owed("peers"),
    )
