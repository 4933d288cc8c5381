"""What is counted but stands in no register: each unit's connection point and LAN, judged by their parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ledger.figure import Availability, Coverage
from ledger.language import N_
from ledger.plan import AssetKind
from ledger.reconcile.availability import AvailabilityRuling
from ledger.reconcile.judgement import Judgement
from ledger.remark import Remark
from ledger.wording import VERDICTS

#: The best verdict first: the order of the coverage table, with what doesn't count last.
BEST_FIRST = (*(verdict for verdict in Coverage if verdict is not Coverage.EXEMPT), Coverage.EXEMPT)


def best(judgements: Sequence[Judgement]) -> Judgement:
    """The one that stands for all: by the order of the coverage table, of equals the first in register order."""
    return min(judgements, key=lambda judgement: BEST_FIRST.index(judgement.verdict))


#: What the assets that are derived from the best of several are called, after their unit.
SUFFIXES = {AssetKind.CONNECTION_POINT: "CP", AssetKind.UNIT_MAIL: "MAIL", AssetKind.UNIT_PORTAL: "WEB"}


def best_as(kind: AssetKind, judgements: Sequence[Judgement]) -> Judgement:
    """A unit's connection point by its routers, its mail by its mailboxes, its portal by its portals: the best."""
    chosen = best(judgements)
    return replace(chosen, asset=f"{chosen.unit}-{SUFFIXES[kind]}", kind=kind)


@dataclass(frozen=True, slots=True)
class LanParts:
    """A unit's routers (judged with DHCP), switches (at least one) and PCs; none of them retired."""

    routers: Sequence[Judgement]
    switches: Sequence[Judgement]
    workstations: Sequence[Judgement]

    def network(self, today: date) -> list[Judgement]:
        """The router and every switch that the LAN needs today: one planned for later doesn't count beside one due."""
        counted = [switch for switch in self.switches if switch.verdict is not Coverage.EXEMPT] or self.switches[:1]
        due = [switch for switch in counted if switch.planned_from <= today]
        needed = due or [min(counted, key=lambda switch: switch.planned_from)]
        return [*([best(self.routers)] if self.routers else ()), *needed]

    @property
    def proof(self) -> Judgement | None:
        """The PC that proves the LAN, or comes nearest to it; None where the plan has none that is polled."""
        polled = [pc for pc in self.workstations if pc.verdict is not Coverage.EXEMPT]
        return best(polled) if polled else None


def local_network(parts: LanParts, today: date) -> Judgement:
    """A unit's LAN: a CPE router that serves DHCP, its switches with their VLANs, and at least one PC.

    The first part that isn't covered gives the verdict, since when, and a detail that names it. An exempt router or
    switch exempts the LAN. One without a router or a polled PC in the plan can't be proven: it is not compliant.
    """
    network, proof = parts.network(today), parts.proof
    needed = [*network, *([proof] if proof else ())]
    verdict, since, detail = _verdict(needed, complete=bool(parts.routers) and proof is not None)
    in_service = verdict is not Coverage.EXEMPT and _was_proven(parts, network)
    shown = next((part for part in needed if part.verdict is not Coverage.COVERED), needed[-1])
    return replace(
        parts.switches[0],
        asset=f"{shown.unit}-LAN",
        kind=AssetKind.LAN,
        planned_from=max([part.planned_from for part in network] + _first_planned(parts.workstations)),
        verdict=verdict,
        since=since,
        detail=detail,
        last_seen=shown.last_seen,
        seen_at_unit=shown.seen_at_unit,
        in_service=in_service,
        provisioned=all(part.provisioned for part in needed),
        availability=_answers(network) if in_service else None,
    )


def _verdict(needed: Sequence[Judgement], *, complete: bool) -> tuple[Coverage, datetime | None, str | None]:
    exempt = next((part for part in needed if part.verdict is Coverage.EXEMPT), None)
    lacking = exempt or next((part for part in needed if part.verdict is not Coverage.COVERED), None)
    if lacking is not None:
        detail = lacking.detail or Remark(VERDICTS[lacking.verdict], data=lacking.verdict)
        return lacking.verdict, lacking.since, Remark("{asset}: {detail}", asset=lacking.asset, detail=detail)
    since = max((part.since for part in needed if part.since is not None), default=None)
    if not complete:
        return (
            Coverage.NOT_COMPLIANT,
            since,
            Remark(N_("the plan has no router or no polled workstation to prove it by")),
        )
    return Coverage.COVERED, since, None


def _was_proven(parts: LanParts, network: Sequence[Judgement]) -> bool:
    proven = all(part.in_service for part in network) and any(pc.in_service for pc in parts.workstations)
    return proven and bool(parts.routers)


def _first_planned(workstations: Sequence[Judgement]) -> list[date]:
    days = [pc.planned_from for pc in workstations if pc.verdict is not Coverage.EXEMPT]
    return [min(days)] if days else []


def _answers(network: Sequence[Judgement]) -> AvailabilityRuling | None:
    """A LAN answers where its router and switches do; else as the first that doesn't."""
    rulings = [part.availability for part in network if part.availability is not None]
    return next((ruling for ruling in rulings if ruling.verdict is not Availability.UP), next(iter(rulings), None))
