"""Looks around in the network: sweeps ranges, or walks from a seed, and holds what is there against the plan."""

import asyncio
import csv
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import uvloop
from rich.console import Console

from baophu.probing import resolved
from baophu.progress import ProgressLine, progress_line
from baophu.session import SPEAKING, utc_now
from collectors.credentials import Snmp
from collectors.discovery.approach import Approach, approach
from collectors.discovery.candidates import HEADER, candidates
from collectors.discovery.exploration import Exploration, Explorer, Pace
from collectors.discovery.fence import Fence
from collectors.discovery.finding import Discovery, held_against
from collectors.discovery.frontier import Frontier
from collectors.discovery.ranges import Address, Ranges, parse_ranges
from collectors.discovery.roster import Roster, planned_ranges, roster_of
from collectors.fault import Fault
from collectors.icmp import GufoPinger
from collectors.schedule import local_day
from collectors.snmp.client import SnmpClient
from collectors.snmp.definition import Definition
from collectors.snmp.definition_files import read_definitions
from collectors.snmp.opening import snmp_client
from ledger.errors import BaophuError, CallError, ConfigurationError
from ledger.language import N_
from ledger.plan import Plan

#: Addresses that are asked unless --limit says otherwise: a /16 swept, or so many on a walk.
SWEPT, WALKED = 65_536, 4_096
#: How long is waited for an echo and, at first, for an SNMP reply; how often the latter is asked for again.
ECHO_SECONDS, SNMP_SECONDS, SNMP_RETRIES = 1.0, 1.0, 1


class DiscoveryError(BaophuError):
    """Nothing could be found out, because the seed doesn't tell anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the command line asks for: ranges to be swept, or a seed to walk from, `within` these or the plan's."""

    ranges: tuple[str, ...]
    seed: str | None
    within: tuple[str, ...]
    limit: int | None
    rate: float
    port: int
    csv: Path | None


@dataclass(frozen=True, slots=True)
class Route:
    """Where to look, and from where: `seed` is None where the ranges are swept."""

    ranges: Ranges
    seed: Address | None
    limit: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; `left` addresses were beyond the limit, `is_whole`: nobody ended it before its time."""

    discovery: Discovery
    route: Route
    roster: Roster
    left: int
    is_whole: bool


def run_discovery(wish: Wish, plan: Plan, credentials: Mapping[Approach, Snmp]) -> Outcome:
    """Look around; after Ctrl-C give what was found so far. A file of candidates is written in the end.

    Raises CallError before anything is sent, ConfigurationError, and DiscoveryError where the seed tells nothing.
    """
    _refuse_file(wish.csv)
    roster = roster_of(plan, local_day(utc_now()))
    route = chosen_route(wish, roster, credentials.keys())
    expedition = _Expedition(wish, route, roster, credentials, read_definitions())
    with progress_line(Console(stderr=True)) as line:
        is_whole = expedition.run(line)
    if route.seed is not None and is_whole:
        _refuse_silence(route.seed, expedition.found)
    discovery = held_against(roster, route.ranges, expedition.found)
    if wish.csv is not None:
        _write(wish.csv, discovery, roster)
    return Outcome(discovery, route, roster, expedition.left, is_whole)


def chosen_route(wish: Wish, roster: Roster, credentials: Iterable[Approach]) -> Route:
    """Where to look; raises CallError where that can't be, or leads nowhere."""
    if bool(wish.ranges) == (wish.seed is not None):
        raise CallError(N_("discover: give either ranges to sweep, such as 10.68.24.0/24, or --seed HOST to walk from"))
    if wish.seed is not None:
        return _walk(wish, wish.seed, roster, frozenset(credentials))
    if wish.within:
        raise CallError(N_("discover: --within goes with --seed; a sweep stays within the ranges that it is given"))
    ranges = parse_ranges(wish.ranges)
    limit = wish.limit or SWEPT
    if ranges.size > limit:
        if any(network.version != 4 for network in ranges.networks):
            raise CallError(
                N_(
                    "discover: {ranges} holds {size} addresses, more than can be swept over IPv6; "
                    "give a smaller range, or walk with --seed HOST"
                ),
                ranges=ranges,
                size=ranges.size,
            )
        raise CallError(
            N_("discover: {ranges} holds {size} addresses, more than {limit}; give smaller ranges, or another --limit"),
            ranges=ranges,
            size=ranges.size,
            limit=limit,
        )
    return Route(ranges, None, limit)


def _walk(wish: Wish, host: str, roster: Roster, credentials: frozenset[Approach]) -> Route:
    ranges = parse_ranges(wish.within) if wish.within else planned_ranges(roster.plan)
    seed = resolved(host)
    if seed not in ranges:
        raise CallError(
            N_("discover: the seed {seed} is outside the ranges ({ranges}); name its range with --within"),
            seed=seed,
            ranges=_short(ranges),
        )
    planned = roster.devices.get(seed)
    chosen = approach(planned, roster.today, has_discovery=Approach.DISCOVERY in credentials)
    if chosen is Approach.ECHO and planned is not None and not planned.is_ours:
        raise CallError(
            N_("discover: the seed {seed} is {asset}, which isn't ours: it gets an echo only; begin at another device"),
            seed=seed,
            asset=planned.id,
        )
    if chosen is Approach.ECHO:
        raise CallError(
            N_(
                "discover: the seed {seed} is no planned device of ours in use, so that it gets an echo only; "
                "begin at one, or give --discovery-credentials FILE"
            ),
            seed=seed,
        )
    if chosen not in credentials:
        raise CallError(
            N_("discover: a walk asks over SNMP; give --credentials FILE or BAOPHU_CREDENTIALS"),
        )
    return Route(ranges, seed, wish.limit or WALKED)


#: So many ranges are named in a message.
NAMED = 4


def _short(ranges: Ranges) -> str:
    names = [str(network) for network in ranges.networks[:NAMED]]
    return ", ".join([*names, "…"] if len(ranges.networks) > NAMED else names)


@dataclass(slots=True)
class _Expedition:
    """One exploration; what it finds stays in `found`, also where it is ended before its time."""

    wish: Wish
    route: Route
    roster: Roster
    credentials: Mapping[Approach, Snmp]
    definitions: tuple[Definition, ...]
    found: Exploration = field(default_factory=Exploration)
    frontier: Frontier | None = None

    @property
    def left(self) -> int:
        """Addresses beyond the limit."""
        return self.frontier.left if self.frontier is not None else 0

    def run(self, line: ProgressLine) -> bool:
        """Explore; False: Ctrl-C ended it."""
        try:
            uvloop.run(self._explore(line))
        except KeyboardInterrupt:
            return False
        return True

    async def _explore(self, line: ProgressLine) -> None:
        async with AsyncExitStack() as stack:
            pinger = await stack.enter_async_context(GufoPinger(timeout_seconds=ECHO_SECONDS, tries=1))
            clients: dict[Approach, SnmpClient] = {}
            for purpose, credentials in self.credentials.items():
                client = snmp_client(
                    credentials, port=self.wish.port, timeout_seconds=SNMP_SECONDS, retries=SNMP_RETRIES
                )
                clients[purpose] = await stack.enter_async_context(client)
            fence = Fence(self.route.ranges, self.roster, pinger, clients)
            self.frontier = frontier = Frontier(fence.allows, self.route.limit)
            frontier.offer(self.route.ranges.hosts() if self.route.seed is None else [self.route.seed])
            explorer = Explorer(
                fence=fence,
                frontier=frontier,
                pace=Pace(self.wish.rate, asyncio.get_running_loop().time, asyncio.sleep),
                definitions=self.definitions,
                clock=utc_now,
                found=self.found,
                follows=self.route.seed is not None,
                note=lambda: line.show(self._progress(frontier)),
            )
            await explorer.run()

    def _progress(self, frontier: Frontier) -> str:
        text = SPEAKING.get()
        message = text(N_("{asked} of {known} addresses asked, {answered} answered"))
        return message.format(
            asked=text.number(len(self.found.asked)),
            known=text.number(frontier.asked + frontier.waiting),
            answered=text.number(self.found.answered),
        )


def _refuse_silence(seed: Address, found: Exploration) -> None:
    """A walk ends at once where its seed tells nothing; say why."""
    sighting = found.sightings.get(seed)
    if sighting is None or sighting.told is None:
        raise DiscoveryError(
            N_("discover: the seed {seed} answers neither an echo nor SNMP; check its address and the way to it"),
            seed=seed,
        )
    if isinstance(sighting.told, Fault):
        raise DiscoveryError(
            N_("discover: the seed {seed} doesn't tell whom it knows: {reason}"), seed=seed, reason=sighting.told.text
        )


def _refuse_file(path: Path | None) -> None:
    """A file that is there may be a register: it is never written over."""
    if path is not None and path.exists():
        raise CallError(N_("discover: '{path}' exists already; give --csv another file"), path=path)
    if path is not None and not path.parent.is_dir():
        raise CallError(N_("discover: the folder of '{path}' doesn't exist; make it first"), path=path)


def _write(path: Path, discovery: Discovery, roster: Roster) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADER, lineterminator="\n")
            writer.writeheader()
            writer.writerows(candidates(discovery.findings, roster))
    except OSError as error:
        raise ConfigurationError(
            N_("discover: '{path}' can't be written ({strerror}); give --csv another file"),
            path=path,
            strerror=error.strerror,
        ) from None
