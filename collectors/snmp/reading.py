"""One device's tables in one cycle: what could be read, and by name what couldn't."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import IPv4Address
from typing import Literal, TypeAlias, TypeVar

from collectors.fault import Fault
from collectors.snmp.client import Session
from collectors.snmp.slow import SlowTables
from collectors.snmp.table_reader import TableReader
from collectors.snmp.tables.arp import ARP, ArpEntry
from collectors.snmp.tables.bgp import PEERS, PeerState
from collectors.snmp.tables.bridge import FORWARDING, ForwardingEntry
from collectors.snmp.tables.cdp import CDP, CdpRemote
from collectors.snmp.tables.interfaces import (
    IF_HC_IN_OCTETS,
    INTERFACES,
    INTERFACES_WITH_COUNTERS,
    INTERFACES_WITH_NARROW_COUNTERS,
    INTERFACES_WITH_NARROW_OCTETS,
    INTERFACES_WITH_OCTETS,
    Interfaces,
)
from collectors.snmp.tables.lldp_remotes import Layout
from collectors.snmp.tables.neighbourhood import SPOKEN, Neighbourhood, neighbourhood_table
from collectors.snmp.tables.system import System
from collectors.snmp.tables.value import Partial, Table, whole
from collectors.snmp.tables.vlans import VLANS
from ledger.plan import Device, Platform, Role

T = TypeVar("T")
Counting: TypeAlias = Literal["counters", "octets"]
#: A table as it was read, or why not; None: it wasn't asked for.
Read: TypeAlias = T | Partial[T] | Fault | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReading:
    """What a device answered; `at` is when its first reply came, or when it was given up.

    `system` is a Fault where the device didn't answer properly at all; then nothing else was asked. A table is None
    where it isn't asked of such a device, a Fault where it was but couldn't be read, Partial where it broke off.
    """

    device: str
    at: datetime
    system: System | Fault
    interfaces: Read[Interfaces] = None
    neighbours: Read[Neighbourhood] = None
    cdp: Read[tuple[CdpRemote, ...]] = None
    forwarding: Read[tuple[ForwardingEntry, ...]] = None
    vlans: Read[frozenset[int]] = None
    arp: Read[tuple[ArpEntry, ...]] = None
    peers: Read[Mapping[IPv4Address, PeerState]] = None

    @property
    def table_faults(self) -> tuple[Fault, ...]:
        """Why tables are missing, each naming its table."""
        tables = (self.interfaces, self.neighbours, self.cdp, self.forwarding, self.vlans, self.arp, self.peers)
        faults = (table.fault if isinstance(table, Partial) else table for table in tables)
        return tuple(fault for fault in faults if isinstance(fault, Fault))


Step = Callable[[TableReader, DeviceReading], Awaitable[DeviceReading]]


async def _interfaces(agent: TableReader, reading: DeviceReading) -> DeviceReading:
    return replace(reading, interfaces=await agent.table(INTERFACES))


def _counting(wide: Table[Interfaces], narrow: Table[Interfaces]) -> Step:
    """Interfaces with 64-bit counters; with 32-bit ones of an agent that has no other, or speaks SNMPv1."""

    async def step(agent: TableReader, reading: DeviceReading) -> DeviceReading:
        found = await agent.table(wide)
        interfaces = whole(found)
        if interfaces is not None and IF_HC_IN_OCTETS not in interfaces.columns:
            found = await agent.table(narrow)
        return replace(reading, interfaces=found)

    return step


async def _neighbours(agent: TableReader, reading: DeviceReading) -> DeviceReading:
    spoken = await agent.table(SPOKEN)
    if not isinstance(spoken, Layout):  # at least one of the two was there, or it is a fault
        return replace(reading, neighbours=spoken.fault if isinstance(spoken, Partial) else spoken)
    return replace(reading, neighbours=await agent.table(neighbourhood_table(spoken)))


async def _cdp(agent: TableReader, reading: DeviceReading) -> DeviceReading:
    return replace(reading, cdp=await agent.table(CDP))


async def _forwarding(agent: TableReader, reading: DeviceReading) -> DeviceReading:
    return replace(reading, forwarding=await agent.table(FORWARDING))


async def _vlans(agent: TableReader, reading: DeviceReading) -> DeviceReading:
    return replace(reading, vlans=await agent.table(VLANS))


async def _arp(agent: TableReader, reading: DeviceReading) -> DeviceReading:
    return replace(reading, arp=await agent.table(ARP))


async def _peers(agent: TableReader, reading: DeviceReading) -> DeviceReading:
    return replace(reading, peers=await agent.table(PEERS))


#: How each field of a reading that holds a table is filled; `counters` are interfaces with what samples are made of,
#: `octets` with how much they carry.
STEPS: Mapping[str, Step] = {
    "interfaces": _interfaces,
    "counters": _counting(INTERFACES_WITH_COUNTERS, INTERFACES_WITH_NARROW_COUNTERS),
    "octets": _counting(INTERFACES_WITH_OCTETS, INTERFACES_WITH_NARROW_OCTETS),
    "neighbours": _neighbours,
    "cdp": _cdp,
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
#: Cisco's systems speak their own protocol too, some of them no other.
SPEAKS_CDP = frozenset({Platform.CISCO_IOS, Platform.CISCO_NXOS, Platform.CISCO_XE, Platform.CISCO_XR})


def tables_of(device: Device) -> tuple[str, ...]:
    """What is asked of a device by its role and platform."""
    return (*TABLES[device.role], *(("cdp",) if device.platform in SPEAKS_CDP else ()))


async def read_device(
    session: Session,
    device: Device,
    *,
    slow: SlowTables,
    clock: Callable[[], datetime],
    counting: Counting | None = None,
    tables: Sequence[str] | None = None,
) -> DeviceReading:
    """Ask a device for the tables of its role, or for `tables`; for interfaces with what is asked of their counters.

    What the session's deadline kept us from is a Fault that names the table.
    """
    agent = TableReader(session, slow, clock)
    system = await agent.system()
    reading = DeviceReading(device=device.id, at=clock(), system=system)
    if isinstance(system, Fault):
        return reading
    for table in tables_of(device) if tables is None else tables:
        step = counting if counting is not None and table == "interfaces" else table
        reading = await STEPS[step](agent, reading)
    return reading
