"""Everything that a device tells, for a person who wants to know what it is: `baophu probe`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from collectors.fault import Fault
from collectors.snmp.client import Session
from collectors.snmp.definition import Definition
from collectors.snmp.identity import Identity, identify
from collectors.snmp.slow import SlowTables
from collectors.snmp.table_reader import TableReader
from collectors.snmp.tables import (
    health_cisco,
    health_fortinet,
    health_h3c,
    health_huawei,
    health_juniper,
    health_mikrotik,
    health_ruijie,
    sensors,
)
from collectors.snmp.tables.addresses import ADDRESSES, Address
from collectors.snmp.tables.bridge import FORWARDING, ForwardingEntry
from collectors.snmp.tables.cdp import CDP, CdpRemote
from collectors.snmp.tables.host_resources import PROCESSORS
from collectors.snmp.tables.interfaces import IF_PHYS_ADDRESS, NAMES, STATES, Interfaces, interfaces_table
from collectors.snmp.tables.lldp_remotes import LLDP_REMOTES, LldpRemote
from collectors.snmp.tables.neighbours_ip import IP_NEIGHBOURS, IpNeighbour
from collectors.snmp.tables.printer import SUPPLIES, Supply
from collectors.snmp.tables.sensors import Sensor
from collectors.snmp.tables.system import System
from collectors.snmp.tables.ups import SUPPLY, Ups
from collectors.snmp.tables.value import Partial, Table
from collectors.snmp.tables.vlan_ports import VLAN_PORTS, VlanPorts

T = TypeVar("T")

INTERFACES = interfaces_table(*NAMES, *STATES, IF_PHYS_ADDRESS)
#: Makers' own health tables, by the enterprise number in sysObjectID (1.3.6.1.4.1.N).
ENTERPRISE = (1, 3, 6, 1, 4, 1)
HEALTH: dict[int, tuple[Table[tuple[Sensor, ...]], ...]] = {
    9: health_cisco.TABLES,
    2011: health_huawei.TABLES,
    2636: health_juniper.TABLES,
    4881: health_ruijie.TABLES,
    12356: health_fortinet.TABLES,
    14988: health_mikrotik.TABLES,
    25506: health_h3c.TABLES,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A table that wasn't read whole, and why."""

    table: str
    reason: str


@dataclass(slots=True, kw_only=True)
class Survey:
    """What a device told; a table that it doesn't have is empty, one that broke off is among `problems` too."""

    system: System
    identity: Identity
    interfaces: Interfaces | None = None
    lldp: tuple[LldpRemote, ...] = ()
    cdp: tuple[CdpRemote, ...] = ()
    vlans: tuple[VlanPorts, ...] = ()
    forwarding: tuple[ForwardingEntry, ...] = ()
    arp: tuple[IpNeighbour, ...] = ()
    addresses: tuple[Address, ...] = ()
    sensors: list[Sensor] = field(default_factory=list)
    supplies: tuple[Supply, ...] = ()
    ups: tuple[Ups, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    packets: int = 0


#: Cisco's devices alone speak CDP.
CISCO = 9


async def survey(session: Session, definitions: Sequence[Definition], clock: Callable[[], datetime]) -> Survey | Fault:
    """Ask a device for everything, table by table; a Fault where it doesn't even answer for its system group."""
    reader = TableReader(session, SlowTables(), clock)
    system = await reader.system()
    if isinstance(system, Fault):
        return system
    identity = await identify(session, definitions)
    if isinstance(identity, Fault):
        return identity
    found = Survey(system=system, identity=identity)
    found.problems += [Problem(problem.table, problem.reason) for problem in identity.problems]
    surveyor = _Surveyor(reader, found.problems)
    found.interfaces = await surveyor.read(INTERFACES, None)
    found.lldp = await surveyor.read(LLDP_REMOTES, ())
    found.cdp = await surveyor.read(CDP, ()) if _enterprise(identity) == CISCO else ()
    found.vlans = await surveyor.read(VLAN_PORTS, ())
    found.forwarding = await surveyor.read(FORWARDING, (), optional="BRIDGE-MIB")
    found.arp = await surveyor.read(IP_NEIGHBOURS, ())
    found.addresses = await surveyor.read(ADDRESSES, ())
    for table in (sensors.SENSORS, PROCESSORS, *HEALTH.get(_enterprise(identity), ())):
        found.sensors += await surveyor.read(table, ())
    found.supplies = await surveyor.read(SUPPLIES, ())
    found.ups = await surveyor.read(SUPPLY, ())
    found.packets = session.packets
    return found


def _enterprise(identity: Identity) -> int:
    parts = tuple(int(part) for part in identity.object_id.split(".") if part)
    return parts[len(ENTERPRISE)] if parts[: len(ENTERPRISE)] == ENTERPRISE and len(parts) > len(ENTERPRISE) else 0


@dataclass(frozen=True, slots=True)
class _Surveyor:
    """Reads tables and notes what went wrong."""

    reader: TableReader
    problems: list[Problem]

    async def read(self, table: Table[T], otherwise: T, *, optional: str | None = None) -> T:
        """The table, or what was read of it, or `otherwise`; an agent without the MIB `optional` has none."""
        found = await self.reader.table(table)
        fault = found.fault if isinstance(found, Partial) else found if isinstance(found, Fault) else None
        if fault is not None and not (optional is not None and fault.detail.endswith(f"the agent has no {optional}")):
            self.problems.append(Problem(table.name, fault.text))
        if isinstance(found, Partial):
            return found.read
        return otherwise if isinstance(found, Fault) else found
