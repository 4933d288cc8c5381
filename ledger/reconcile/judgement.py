"""An asset, judged: both verdicts and what its rows say."""

from dataclasses import dataclass
from datetime import date, datetime

from ledger.figure import AssetRow, Availability, Coverage, Lifecycle
from ledger.language import N_
from ledger.obligation import Obligation
from ledger.plan import AssetKind, Indicator, PlannedAsset
from ledger.reconcile.availability import ASKED, AvailabilityRuling, availability_of
from ledger.reconcile.coverage import rule
from ledger.reconcile.evidence import Evidence, Progress, Provisioned, gather
from ledger.reconcile.outage import Outage
from ledger.reconcile.scene import Scene
from ledger.remark import Remark

#: Verdicts that an outage may be the cause of: an asset may be part of one and still answer by another path.
STOPPED = (Availability.BEHIND_OUTAGE, Availability.DOWN)


@dataclass(slots=True, kw_only=True)  # a frozen one takes four times as long to make
class Judgement:
    """What is to be said of one planned asset; `availability` is None for what isn't in service."""

    asset: str
    kind: AssetKind
    unit: str
    site: str | None
    planned_from: date
    verdict: Coverage
    since: datetime | None
    detail: str | None
    last_seen: datetime | None
    seen_at_unit: str | None
    in_service: bool
    provisioned: bool
    availability: AvailabilityRuling | None

    @property
    def lifecycle(self) -> Lifecycle:
        """How far the asset has come."""
        if self.verdict is Coverage.EXEMPT:
            return Lifecycle.EXEMPT
        if self.in_service:
            return Lifecycle.IN_SERVICE
        return Lifecycle.PROVISIONED if self.provisioned else Lifecycle.PLANNED

    def take_life_of(self, own: "Judgement") -> None:
        """Take over the life and the answers of the same asset, judged by what its kind owes."""
        self.in_service, self.availability = own.in_service, own.availability

    def row(self, indicator: Indicator | None) -> AssetRow:
        """Its row under `indicator`; under an availability indicator, only what is in service has one."""
        verdict: Coverage | Availability = self.verdict
        since, detail = self.since, self.detail
        if indicator is not None and indicator.is_availability and self.availability is not None:
            verdict, since, detail = self.availability.verdict, self.availability.since, self.availability.detail
        return AssetRow(
            asset=self.asset,
            kind=self.kind,
            unit=self.unit,
            site=self.site,
            indicator=indicator.id if indicator else None,
            verdict=verdict,
            since=since,
            last_seen=self.last_seen,
            seen_at_unit=self.seen_at_unit,
            detail=detail,
            availability=self.availability.verdict if self.availability else None,
            lifecycle=self.lifecycle,
            planned_from=self.planned_from,
        )


def judge(
    asset: PlannedAsset,
    scene: Scene,
    *,
    obligation: Obligation,
    outage: Outage | None = None,
    host: str | None = None,
    provisioned: Provisioned,
) -> Judgement:
    """Judge a registered asset by `obligation`; `outage` is the one that it, or the server `host` that runs it, is in.

    What runs on a server that is down is down itself: only the network before the server is an outage to be behind.
    """
    upstream = outage if outage is not None and outage.root != asset.id else None
    evidence = gather(asset, obligation, scene, upstream=upstream, provisioned=provisioned)
    ruling = rule(asset, evidence)
    return Judgement(
        asset=asset.id,
        kind=asset.kind,
        unit=asset.unit,
        site=asset.site,
        planned_from=asset.planned_from,
        verdict=ruling.verdict,
        since=_not_ahead(ruling.since, scene),
        detail=ruling.detail,
        last_seen=evidence.last_seen,
        seen_at_unit=evidence.seen_at_unit,
        in_service=evidence.in_service,
        provisioned=provisioned.progress is Progress.DONE,
        availability=_answers(asset, evidence, scene, outage=outage, host=host),
    )


def _answers(
    asset: PlannedAsset, evidence: Evidence, scene: Scene, *, outage: Outage | None, host: str | None
) -> AvailabilityRuling | None:
    """Whether an asset in service answers; None for what isn't, or isn't asked (a mailbox)."""
    asked = ASKED.get(asset.kind)
    if asked is None or not evidence.in_service or evidence.exemption is not None:
        return None
    upstream = outage if outage is not None and outage.root not in (asset.id, host) else None
    ruling = availability_of(asset.id, asked, scene, upstream)
    ruling.since = _not_ahead(ruling.since, scene)
    if outage is not None and ruling.verdict in STOPPED:
        ruling.outage = outage
        if outage.root == host and ruling.verdict is Availability.DOWN:
            ruling.detail = Remark(N_("{host} is down; {detail}"), host=host, detail=ruling.detail or ruling.verdict)
    return ruling


def _not_ahead(since: datetime | None, scene: Scene) -> datetime | None:
    """A verdict that holds has begun; a skewed clock may say otherwise."""
    return None if since is None else min(since, scene.as_of)
