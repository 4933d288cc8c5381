"""What a device tells of itself and of those around it, over SNMP."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from collectors.discovery.ranges import Address
from collectors.fault import Fault
from collectors.hardware_address import mac_text
from collectors.snmp.client import Column, Oid, Session
from collectors.snmp.definition import Definition
from collectors.snmp.identity import Identity, identify
from collectors.snmp.slow import SlowTables
from collectors.snmp.surveyor import Problem, Surveyor
from collectors.snmp.table_reader import TableReader
from collectors.snmp.tables.addresses import ADDRESSES
from collectors.snmp.tables.addresses import Address as OwnAddress
from collectors.snmp.tables.cdp import CDP
from collectors.snmp.tables.interfaces import IF_PHYS_ADDRESS
from collectors.snmp.tables.lldp import LOC_CHASSIS_ID
from collectors.snmp.tables.lldp_remotes import LLDP_REMOTES, ChassisIdKind
from collectors.snmp.tables.neighbours_ip import IP_NEIGHBOURS
from collectors.snmp.tables.value import identity as id_text

#: RFC 3411 §5 and IEEE 802.1AB.
SNMP_ENGINE_ID: Oid = (1, 3, 6, 1, 6, 3, 10, 2, 1, 1, 0)
OWN_CHASSIS_ID: Oid = (*LOC_CHASSIS_ID, 0)
#: As `mac_text` writes them.
MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
CISCO = "1.3.6.1.4.1.9."


class Way(StrEnum):
    """How something was found."""

    ECHO = "echo"
    SNMP = "snmp"
    LLDP = "lldp"
    CDP = "cdp"
    ARP = "arp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What a device says of another one. `address` None: it is heard, and doesn't say where it can be asked.

    `is_fresh`: by what the device says itself, the other one was there just now; it may also know of those who left.
    """

    way: Way
    address: Address | None
    mac: str | None = None
    name: str = ""
    chassis_id: str = ""
    is_fresh: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """A device that answered over SNMP. `macs` are those of its own addresses, `dict[address, MAC]`."""

    identity: Identity
    engine_id: str = ""
    chassis_id: str = ""
    addresses: frozenset[Address] = frozenset()
    macs: Mapping[Address, str]
    hints: tuple[Hint, ...] = ()
    problems: tuple[Problem, ...] = ()


async def meet(
    session: Session, definitions: Sequence[Definition], clock: Callable[[], datetime]
) -> Acquaintance | Fault:
    """Ask who it is and whom it knows; a Fault where it doesn't even tell its system group."""
    identity = await identify(session, definitions)
    if isinstance(identity, Fault):
        return identity
    surveyor = Surveyor(TableReader(session, SlowTables(), clock))
    surveyor.problems.extend(Problem(problem.table, problem.reason) for problem in identity.problems)
    ids = await session.get((SNMP_ENGINE_ID, OWN_CHASSIS_ID))
    if isinstance(ids, Fault):
        surveyor.problems.append(Problem("ids", ids.text))
        ids = {}
    own = await surveyor.read(ADDRESSES, ())
    physical = (await session.columns([IF_PHYS_ADDRESS]))[IF_PHYS_ADDRESS]
    hints = await _hints(surveyor, identity)
    engine_id, chassis_id = ids.get(SNMP_ENGINE_ID), ids.get(OWN_CHASSIS_ID)
    return Acquaintance(
        identity=identity,
        engine_id=engine_id.hex() if isinstance(engine_id, bytes) else "",
        chassis_id=id_text(chassis_id) if isinstance(chassis_id, bytes) else "",
        addresses=frozenset(entry.address for entry in own),
        macs=dict(_macs(own, physical)),
        hints=tuple(hints),
        problems=tuple(surveyor.problems),
    )


async def _hints(surveyor: Surveyor, identity: Identity) -> list[Hint]:
    """Its neighbours and its ARP and ND tables, in that order."""
    found: list[Hint] = []
    for lldp in await surveyor.read(LLDP_REMOTES, ()):
        is_mac = lldp.chassis_id_kind is ChassisIdKind.MAC_ADDRESS
        found.append(
            Hint(
                way=Way.LLDP,
                address=lldp.management_address,
                mac=lldp.chassis_id if is_mac and MAC.fullmatch(lldp.chassis_id) else None,
                name=lldp.sys_name,
                chassis_id=lldp.chassis_id,
            )
        )
    if identity.object_id.startswith(CISCO):
        for cdp in await surveyor.read(CDP, ()):
            name = cdp.sys_name or cdp.device_id
            found.append(Hint(way=Way.CDP, address=cdp.management_address, name=name, chassis_id=cdp.device_id))
    for entry in await surveyor.read(IP_NEIGHBOURS, ()):
        is_fresh = entry.is_reachable is not False
        found.append(Hint(way=Way.ARP, address=entry.address, mac=entry.mac, is_fresh=is_fresh))
    return found


def _macs(own: Sequence[OwnAddress], physical: Column) -> Iterator[tuple[Address, str]]:
    for entry in own:
        octets = physical.get((entry.if_index,))
        if isinstance(octets, bytes) and len(octets) == 6 and any(octets):
            yield entry.address, mac_text(octets)
