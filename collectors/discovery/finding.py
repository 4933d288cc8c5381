"""What was found, held against the plan: planned, retired, unplanned, or not to be told."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from collectors.discovery.acquaintance import Acquaintance, Hint, Way
from collectors.discovery.approach import Approach
from collectors.discovery.exploration import Exploration, Sighting
from collectors.discovery.one_device import Clash, Group, Groups, Rule
from collectors.discovery.ranges import Address, Ranges
from collectors.discovery.roster import Roster
from collectors.fault import Fault
from collectors.snmp.identity import Identity
from collectors.snmp.surveyor import Problem
from ledger.observation import Failure
from ledger.plan import Device, Workstation


class Verdict(StrEnum):
    """How something found stands to the plan.

    `unknown` is an address in a planned LAN whose MAC nobody told: it may be a planned PC's or not.
    """

    UNPLANNED = "unplanned"
    UNKNOWN = "unknown"
    RETIRED = "retired"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One device or PC. `address` is its planned one, else its lowest; `others` were joined to it by `rules`.

    `unit` and `site` are the plan's; of what isn't planned, those of the one site whose prefix holds the address.
    """

    address: Address
    verdict: Verdict
    others: tuple[Address, ...] = ()
    rules: tuple[Rule, ...] = ()
    asset: str | None = None
    unit: str | None = None
    site: str | None = None
    mac: str | None = None
    name: str = ""
    identity: Identity | None = None
    ways: tuple[Way, ...] = ()
    asked_with: Approach = Approach.ECHO
    problems: tuple[Problem, ...] = ()


class Absence(StrEnum):
    """Why a planned device within the ranges wasn't found."""

    SILENT = "silent"
    NOT_REACHED = "not_reached"


@dataclass(frozen=True, slots=True)
class Missing:
    """A planned device in use, within the ranges, that wasn't found."""

    device: Device
    absence: Absence


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """All that was found: what isn't planned first.

    `outside` and `unaddressed` were told of by their neighbours and not asked; what the plan has elsewhere is left out.
    """

    findings: tuple[Finding, ...]
    missing: tuple[Missing, ...]
    clashes: tuple[Clash, ...]
    outside: tuple[Hint, ...]
    unaddressed: tuple[tuple[Hint, Address], ...]
    asked: int
    answered: int


def held_against(roster: Roster, ranges: Ranges, found: Exploration) -> Discovery:
    """Join addresses to devices and devices to the plan."""
    groups = Groups((sighting for sighting in found.sightings.values() if sighting.ways), roster)
    order = list(Verdict)
    findings = sorted(
        (_finding(group, roster) for group in groups),
        key=lambda each: (order.index(each.verdict), each.address.version, int(each.address)),
    )
    return Discovery(
        findings=tuple(findings),
        missing=tuple(_missing(roster, ranges, found, findings)),
        clashes=tuple(groups.clashes),
        outside=tuple(found.outside[each] for each in sorted(found.outside.keys() - roster.devices.keys(), key=int)),
        unaddressed=tuple(found.unaddressed),
        asked=len(found.asked),
        answered=found.answered,
    )


def _missing(roster: Roster, ranges: Ranges, found: Exploration, findings: Sequence[Finding]) -> Iterable[Missing]:
    there = {finding.asset for finding in findings}
    for device in roster.plan.devices.values():
        if roster.is_in_use(device) and device.address in ranges and device.id not in there:
            yield Missing(device, Absence.SILENT if device.address in found.asked else Absence.NOT_REACHED)


def _finding(group: Group, roster: Roster) -> Finding:
    sightings = sorted(group.sightings, key=lambda each: (each.address.version, int(each.address)))
    device = next((found for each in sightings if (found := roster.devices.get(each.address)) is not None), None)
    first = next((each for each in sightings if device is not None and each.address == device.address), sightings[0])
    teller = next((each for each in (first, *sightings) if isinstance(each.told, Acquaintance)), first)
    told = teller.told if isinstance(teller.told, Acquaintance) else None
    pc = None if device is not None else _workstation(first, roster)
    planned = device or pc
    verdict = _verdict(first, device, pc, roster)
    site = None if planned is not None else roster.site_at(first.address)
    name = told.identity.name if told is not None else ""
    return Finding(
        address=first.address,
        verdict=verdict,
        others=tuple(each.address for each in sightings if each is not first),
        rules=tuple(rule for rule in Rule if rule in group.rules),
        asset=None if planned is None else planned.id,
        unit=planned.unit if planned is not None else site.unit if site is not None else None,
        site=planned.site if planned is not None else site.id if site is not None else None,
        mac=_mac(first, told),
        name=name or next((hint.name for hint, *_ in first.hints if hint.name), ""),
        identity=None if told is None else told.identity,
        ways=tuple(way for way in Way if any(way in each.ways for each in sightings)),
        asked_with=teller.asked_with,
        problems=tuple(_problems(sightings)),
    )


def _verdict(sighting: Sighting, device: Device | None, pc: Workstation | None, roster: Roster) -> Verdict:
    if device is not None:
        return Verdict.RETIRED if roster.is_retired(device) else Verdict.PLANNED
    if pc is not None:
        return Verdict.PLANNED
    is_unknown = _trusted_mac(sighting) is None and sighting.address in roster.lans
    return Verdict.UNKNOWN if is_unknown else Verdict.UNPLANNED


def _workstation(sighting: Sighting, roster: Roster) -> Workstation | None:
    mac = _trusted_mac(sighting)
    return None if mac is None else roster.workstations.get(mac)


def _trusted_mac(sighting: Sighting) -> str | None:
    """The MAC by a planned device's ARP table: what any other device says could pass a stranger off as a planned PC."""
    macs = [
        (not hint.is_fresh, hint.mac)
        for hint, _by, asked_with in sighting.hints
        if hint.way is Way.ARP and hint.mac is not None and asked_with is Approach.PROVINCE
    ]
    return min(macs)[1] if macs else None


def _mac(sighting: Sighting, told: Acquaintance | None) -> str | None:
    """The MAC by a planned device, else by the device itself, else by anybody."""
    own = None if told is None else told.macs.get(sighting.address)
    return _trusted_mac(sighting) or own or next((hint.mac for hint, *_ in sighting.hints if hint.mac), None)


def _problems(sightings: Iterable[Sighting]) -> Iterable[Problem]:
    for sighting in sightings:
        told = sighting.told
        if isinstance(told, Acquaintance):
            yield from told.problems
        elif isinstance(told, Fault) and _is_odd(sighting, told):
            yield Problem("snmp", told.text)


def _is_odd(sighting: Sighting, fault: Fault) -> bool:
    """A device of ours owes an answer; a stranger that doesn't speak SNMP with us is none."""
    return sighting.asked_with is Approach.PROVINCE or fault.failure is not Failure.NO_ANSWER
