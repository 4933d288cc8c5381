"""A network that is played: who answers at which address, and with what; remembers all that was sent."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address

from collectors.discovery.acquaintance import OWN_CHASSIS_ID, SNMP_ENGINE_ID
from collectors.discovery.approach import Approach
from collectors.discovery.exploration import Exploration, Explorer, Pace
from collectors.discovery.fence import Fence
from collectors.discovery.frontier import Frontier
from collectors.discovery.ranges import Address, Ranges
from collectors.discovery.roster import Roster
from collectors.fault import Fault
from collectors.snmp.client import Column, Oid, Value
from collectors.snmp.identity import SYS_DESCR
from collectors.snmp.tables.addresses import IP_ADDRESS_IF_INDEX
from collectors.snmp.tables.arp import DYNAMIC, PHYSICAL_ADDRESS, PHYSICAL_STATE, PHYSICAL_TYPE, REACHABLE
from collectors.snmp.tables.interfaces import IF_PHYS_ADDRESS
from collectors.snmp.tables.lldp import (
    REM_CHASSIS_ID,
    REM_CHASSIS_ID_SUBTYPE,
    REM_MAN_ADDR_IF_SUBTYPE,
    REM_SYS_NAME,
)
from collectors.snmp.tables.system import SYS_NAME, SYS_OBJECT_ID, SYS_UP_TIME
from ledger.observation import Failure

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
SILENT = Fault(Failure.NO_ANSWER, "silent")
STALE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Who is heard by LLDP; the chassis id is a MAC."""

    name: str
    mac: str
    address: Address | None


@dataclass(slots=True, kw_only=True)
class Box:
    """A device: to whom it answers over SNMP, what it calls itself, whom it knows, `stale` of those no more."""

    name: str = ""
    accepts: frozenset[Approach] = frozenset()
    refusal: Fault = SILENT
    is_pinged: bool = True
    engine: bytes = b""
    chassis: bytes = b""
    own: Mapping[Address, str] = field(default_factory=dict)
    arp: Mapping[Address, str] = field(default_factory=dict)
    stale: Mapping[Address, str] = field(default_factory=dict)
    lldp: Sequence[Neighbour] = ()
    is_crashing: bool = False


class Village:
    """Plays every address: Echoes, and an SnmpClient for each credential; `sent` is whom what was sent to."""

    def __init__(self, boxes: Mapping[Address, Box]) -> None:
        self.boxes = boxes
        self.echoes: list[Address] = []
        self.sent: list[tuple[Approach, Address]] = []

    async def answers(self, address: Address) -> bool:
        self.echoes.append(address)
        return address in self.boxes and self.boxes[address].is_pinged

    def clients(self, *purposes: Approach) -> dict[Approach, "Client"]:
        return {purpose: Client(self, purpose) for purpose in purposes}


@dataclass(frozen=True, slots=True)
class Client:
    """Asks with one of the credentials."""

    village: Village
    purpose: Approach

    def session(self, address: Address, **_limits: object) -> "Turn":
        self.village.sent.append((self.purpose, address))
        return Turn(self.village.boxes.get(address, Box(is_pinged=False)), self.purpose)


@dataclass(frozen=True, slots=True)
class Turn:
    """One device's turn to be asked."""

    box: Box
    purpose: Approach
    packets: int = 1

    async def get(self, oids: Sequence[Oid]) -> Mapping[Oid, Value] | Fault:
        if self.box.is_crashing:
            raise LookupError("a bug")
        if self.purpose not in self.box.accepts:
            return self.box.refusal
        values: dict[Oid, Value] = {
            SYS_DESCR: b"a device",
            SYS_OBJECT_ID: (1, 3, 6, 1, 4, 1, 99999),
            SYS_UP_TIME: 1,
            SYS_NAME: self.box.name.encode(),
        }
        if self.box.engine:
            values[SNMP_ENGINE_ID] = self.box.engine
        if self.box.chassis:
            values[OWN_CHASSIS_ID] = self.box.chassis
        return {oid: value for oid, value in values.items() if oid in oids}

    async def columns(self, oids: Sequence[Oid]) -> Mapping[Oid, Column]:
        played = self._columns()
        given = {oid: dict(sorted(played.get(oid, {}).items())) for oid in oids}
        return {oid: Column(tuple(cells), tuple(cells.values())) for oid, cells in given.items()}

    def _columns(self) -> dict[Oid, dict[Oid, Value]]:
        box = self.box
        arp = [(*entry, REACHABLE) for entry in box.arp.items()] + [(*entry, STALE) for entry in box.stale.items()]
        neighbours = {(0, 1, number): neighbour for number, neighbour in enumerate(box.lldp, 1)}
        return {
            PHYSICAL_ADDRESS: {(1, *index(address)): octets(mac) for address, mac, _ in arp},
            PHYSICAL_TYPE: {(1, *index(address)): DYNAMIC for address, _, _ in arp},
            PHYSICAL_STATE: {(1, *index(address)): state for address, _, state in arp},
            REM_CHASSIS_ID_SUBTYPE: dict.fromkeys(neighbours, 4),
            REM_CHASSIS_ID: {row: octets(neighbour.mac) for row, neighbour in neighbours.items()},
            REM_SYS_NAME: {row: neighbour.name.encode() for row, neighbour in neighbours.items()},
            REM_MAN_ADDR_IF_SUBTYPE: {
                (*row, *index(neighbour.address)): 2
                for row, neighbour in neighbours.items()
                if neighbour.address is not None
            },
            IP_ADDRESS_IF_INDEX: {index(address): number for number, address in enumerate(box.own, 1)},
            IF_PHYS_ADDRESS: {(number,): octets(mac) for number, mac in enumerate(box.own.values(), 1)},
        }


def index(address: Address) -> Oid:
    """An address as an index has it: its type, its length, its octets, and its zone where it has one."""
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        return 4, 20, *address.packed, *int(address.scope_id).to_bytes(4)
    return (1 if isinstance(address, IPv4Address) else 2), len(address.packed), *address.packed


def octets(mac: str) -> bytes:
    return bytes.fromhex(mac.replace(":", ""))


def explore(
    village: Village,
    roster: Roster,
    ranges: Ranges,
    seed: Address | None = None,
    *,
    limit: int = 10_000,
    purposes: Iterable[Approach] = (Approach.PROVINCE, Approach.DISCOVERY),
) -> tuple[Exploration, Frontier]:
    """Sweep the ranges, or walk from the seed."""

    async def run() -> tuple[Exploration, Frontier]:
        fence = Fence(ranges, roster, village, village.clients(*purposes))
        frontier, found = Frontier(fence.allows, limit), Exploration()
        frontier.offer(ranges.hosts() if seed is None else [seed])

        async def no_sleep(_seconds: float) -> None:
            await asyncio.sleep(0)

        await Explorer(
            fence=fence,
            frontier=frontier,
            pace=Pace(1e9, lambda: 0.0, no_sleep),
            definitions=(),
            clock=lambda: NOON,
            found=found,
            follows=seed is not None,
            note=lambda: None,
        ).run()
        return found, frontier

    return asyncio.run(run())
