"""Asks a frontier of addresses, some hundred at once, and keeps what came of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from collectors.discovery.acquaintance import Acquaintance, Hint, Way, meet
from collectors.discovery.approach import Approach
from collectors.discovery.fence import Fence
from collectors.discovery.frontier import Frontier
from collectors.discovery.ranges import Address
from collectors.fault import Fault
from collectors.guard import guarded
from collectors.snmp.definition import Definition
from ledger.observation import Failure

#: Addresses that are waited for at once, and devices that are asked over SNMP at once.
MOST_AT_ONCE, MOST_MET_AT_ONCE = 1024, 32
#: A device that refuses, or answers what makes no sense, is there.
REFUSALS = frozenset({Failure.AUTH_FAILED, Failure.BAD_REPLY})
#: The first echo to an address may be lost while a router looks for its MAC.
ECHOES = 2


@dataclass(slots=True)
class Sighting:
    """What is known of one address. `told` is what it said over SNMP, or why not; None: it wasn't asked so.

    `hints` are what others say of it, with the address of who said it and with what that was asked.
    """

    address: Address
    ways: set[Way] = field(default_factory=set)
    asked_with: Approach = Approach.ECHO
    told: Acquaintance | Fault | None = None
    hints: list[tuple[Hint, Address, Approach]] = field(default_factory=list)


@dataclass(slots=True)
class Exploration:
    """What was found so far: addresses that answered, that others told of, and neighbours without an address.

    `asked` are the addresses that echoes were sent to. `outside` are those that others told of and that weren't asked.
    """

    sightings: dict[Address, Sighting] = field(default_factory=dict)
    asked: set[Address] = field(default_factory=set)
    unaddressed: list[tuple[Hint, Address]] = field(default_factory=list)
    outside: dict[Address, Hint] = field(default_factory=dict)
    answered: int = 0

    def at(self, address: Address) -> Sighting:
        """What is known of the address, to be added to."""
        return self.sightings.setdefault(address, Sighting(address))


class Pace:
    """So many packets a second; who comes earlier waits. `clock` gives seconds from any start."""

    def __init__(self, rate: float, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._gap = 1 / rate
        self._clock = clock
        self._sleep = sleep
        self._next = -float("inf")

    async def turn(self) -> None:
        """Wait until it is time for the next one."""
        now = self._clock()
        at = max(self._next, now)
        self._next = at + self._gap
        if at > now:
            await self._sleep(at - now)


@dataclass(slots=True, kw_only=True)
class Explorer:
    """Asks the frontier's addresses for an echo, and those that may be for who they are and whom they know.

    `follows`: whether addresses that are told of join the frontier. `note` is called after each answer, or its absence.
    """

    fence: Fence
    frontier: Frontier
    pace: Pace
    definitions: Sequence[Definition]
    clock: Callable[[], datetime]
    found: Exploration
    follows: bool
    note: Callable[[], None]
    _meeting: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_MET_AT_ONCE))

    async def run(self) -> None:
        """Ask until the frontier is empty; what was found so far is in `found` at any time."""
        running: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                address = self.frontier.take() if len(running) < MOST_AT_ONCE else None
                if address is not None:
                    task = group.create_task(self._visit(address))
                    running.add(task)
                elif running:
                    done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                    running -= done
                else:
                    return

    async def _visit(self, address: Address) -> None:
        answers = await self._echo(address)
        if answers:
            self.found.at(address).ways.add(Way.ECHO)
            self.found.answered += 1
        if answers or self.fence.approach(address) is Approach.PROVINCE:
            await self._meet(address)
        self.note()

    async def _echo(self, address: Address) -> bool:
        for _ in range(ECHOES):
            await self.pace.turn()
            self.found.asked.add(address)
            if await guarded(self.fence.echo(address), address=str(address)) is True:
                return True
        return False

    async def _meet(self, address: Address) -> None:
        opened = self.fence.session(address)
        if opened is None:
            return
        chosen, session = opened
        async with self._meeting:
            told = await guarded(meet(session, self.definitions, self.clock), address=str(address))
        is_silent = isinstance(told, Fault) and told.failure not in REFUSALS
        if is_silent and address not in self.found.sightings:
            return
        sighting = self.found.at(address)
        sighting.asked_with, sighting.told = chosen, told
        if not is_silent:
            sighting.ways.add(Way.SNMP)
        if isinstance(told, Acquaintance):
            self._note_hints(told, sighting)

    def _note_hints(self, told: Acquaintance, by: Sighting) -> None:
        named = []
        for hint in told.hints:
            if hint.address is None:
                self.found.unaddressed.append((hint, by.address))
            elif not self.fence.allows(hint.address):
                if hint.way is not Way.ARP:
                    self.found.outside.setdefault(hint.address, hint)
            else:
                sighting = self.found.at(hint.address)
                sighting.hints.append((hint, by.address, by.asked_with))
                if hint.is_fresh:
                    sighting.ways.add(hint.way)
                named.append(hint.address)
        if self.follows:
            self.frontier.offer(named)
