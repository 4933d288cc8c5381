"""Everything that a device tells, for a person who wants to know what it is: `baophu probe`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from collectors.fault import Fault
from collectors.snmp.client import VlanSession
from collectors.snmp.definition import Definition
from collectors.snmp.identity import Identity, identify
from collectors.snmp.slow import SlowTables
from collectors.snmp.surveyor import Problem, Surveyor
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
from collectors.snmp.tables.bridge import BRIDGE_FORWARDING, FORWARDING, VLAN_FORWARDING, ForwardingEntry
from collectors.snmp.tables.cdp import CDP, CdpRemote
from collectors.snmp.tables.host_resources import PROCESSORS
from collectors.snmp.tables.interfaces import IF_PHYS_ADDRESS, NAMES, STATES, Interfaces, interfaces_table
from collectors.snmp.tables.lldp_remotes import LLDP_REMOTES, LldpRemote
from collectors.snmp.tables.neighbours_ip import IP_NEIGHBOURS, IpNeighbour
from collectors.snmp.tables.printer import SUPPLIES, Supply
from collectors.snmp.tables.sensors import Sensor
from collectors.snmp.tables.system import System
from collectors.snmp.tables.ups import SUPPLY, Ups
from collectors.snmp.tables.value import Table
from collectors.snmp.tables.vlan_ports import VLAN_PORTS, VlanPorts
from collectors.snmp.vlan_contexts import PER_VLAN, read_vlan_tables

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
#: What a router hasn't got.
BRIDGE_MIB = "BRIDGE-MIB"


async def survey(
    session: VlanSession, definitions: Sequence[Definition], clock: Callable[[], datetime]
) -> Survey | Fault:
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
    surveyor = Surveyor(reader, found.problems)
    found.interfaces = await surveyor.read(INTERFACES, None)
    found.lldp = await surveyor.read(LLDP_REMOTES, ())
    found.cdp = await surveyor.read(CDP, ()) if _enterprise(identity) == CISCO else ()
    found.vlans = await surveyor.read(VLAN_PORTS, ())
    found.forwarding = await _forwarding(session, surveyor, found, clock)
    found.arp = await surveyor.read(IP_NEIGHBOURS, ())
    found.addresses = await surveyor.read(ADDRESSES, ())
    for table in (sensors.SENSORS, PROCESSORS, *HEALTH.get(_enterprise(identity), ())):
        found.sensors += await surveyor.read(table, ())
    found.supplies = await surveyor.read(SUPPLIES, ())
    found.ups = await surveyor.read(SUPPLY, ())
    found.packets += session.packets
    return found


async def _forwarding(
    session: VlanSession, surveyor: Surveyor, found: Survey, clock: Callable[[], datetime]
) -> tuple[ForwardingEntry, ...]:
    """The forwarding table; of Cisco's IOS, where the Q-BRIDGE-MIB has none, that of each VLAN by its context."""
    if _enterprise(found.identity) != CISCO or found.identity.os not in PER_VLAN:
        return await surveyor.read(FORWARDING, (), optional=BRIDGE_MIB)
    with_vlans = await surveyor.read(VLAN_FORWARDING, (), optional=BRIDGE_MIB)
    if with_vlans:
        return with_vlans
    tables = await read_vlan_tables(session, (vlan.vlan for vlan in found.vlans), clock)
    found.packets += tables.packets
    found.problems += [Problem(VLAN_FORWARDING.name, reason) for reason in tables.problems]
    if tables.entries:
        return tuple(tables.entries)
    return await surveyor.read(BRIDGE_FORWARDING, (), optional=BRIDGE_MIB)  # the default context's


def _enterprise(identity: Identity) -> int:
    parts = tuple(int(part) for part in identity.object_id.split(".") if part)
    return parts[len(ENTERPRISE)] if parts[: len(ENTERPRISE)] == ENTERPRISE and len(parts) > len(ENTERPRISE) else 0
