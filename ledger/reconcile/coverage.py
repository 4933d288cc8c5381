"""The coverage table: whether the asset was proven in its place within the check's max age."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ledger.figure import Coverage
from ledger.language import N_
from ledger.plan import Asset
from ledger.reconcile.calendar import day_begins
from ledger.reconcile.evidence import Evidence, Missing, Progress
from ledger.remark import Remark, joined
from ledger.wording import CHECKS

#: The first line that applies gives the verdict (design: the ledger).
COVERAGE_TABLE: tuple[tuple[Coverage, Callable[[Evidence], bool]], ...] = (
    (Coverage.EXEMPT, lambda e: e.exemption is not None),
    (Coverage.COVERED, lambda e: e.proven_since is not None),
    (Coverage.PLANNED_LATER, lambda e: e.planned_later),
    (Coverage.WRONG_PLACE, lambda e: e.seen and e.away_since is not None),
    (Coverage.NOT_COMPLIANT, lambda e: e.seen and bool(e.missing)),
    (Coverage.COLLECTOR_SILENT, lambda e: e.ever_seen and not e.watched),
    (Coverage.BEHIND_OUTAGE, lambda e: e.ever_seen and _was_cut_off_in_time(e)),
    (Coverage.STALE, lambda e: e.ever_seen),
    (Coverage.PROVISIONING_FAILED, lambda e: e.provisioned.progress is Progress.FAILED),
    (Coverage.NOT_PROVISIONED, lambda e: e.provisioned.progress is Progress.NEVER),
    (Coverage.COLLECTOR_SILENT, lambda e: not e.watched),
    (Coverage.NEVER_SEEN, lambda _: True),
)


@dataclass(slots=True, kw_only=True)
class Ruling:
    """A verdict with its reason for people; `since` as in AssetRow."""

    verdict: Coverage
    since: datetime | None
    detail: str | None


def coverage_verdict(evidence: Evidence) -> Coverage:
    """Read the table top to bottom."""
    for verdict, applies in COVERAGE_TABLE:
        if applies(evidence):
            return verdict
    raise AssertionError("the table's last line applies always")


def rule(asset: Asset, evidence: Evidence) -> Ruling:
    """The verdict, since when it holds, and why.

    covered: since everything owed was there without a break. wrong_place: since it was elsewhere and no longer proven
    at home. not_compliant: since the first property was missing while the asset was seen. Seen earlier: since its
    last sighting ran out of max age. provisioning_failed: the last run. not_provisioned: since it was planned for.
    never_seen: since it was provisioned. exempt, planned_later: not known.
    """
    verdict = coverage_verdict(evidence)
    since, detail = _EXPLAIN[verdict](asset, evidence)
    return Ruling(verdict=verdict, since=since, detail=detail)


def _was_cut_off_in_time(evidence: Evidence) -> bool:
    upstream, unseen_since = evidence.upstream, evidence.unseen_since
    return upstream is not None and unseen_since is not None and upstream.since <= unseen_since


Explanation = tuple[datetime | None, str | None]


def _exempt(_asset: Asset, evidence: Evidence) -> Explanation:
    exemption = evidence.exemption
    if exemption is None:
        return None, None
    return None, Remark(N_("{reason} (until {day})"), reason=exemption.reason, day=exemption.until)


def _covered(_asset: Asset, evidence: Evidence) -> Explanation:
    return evidence.proven_since, None


def _planned_later(asset: Asset, _evidence: Evidence) -> Explanation:
    return None, Remark(N_("planned from {day}"), day=asset.planned_from)


def _wrong_place(_asset: Asset, evidence: Evidence) -> Explanation:
    where = evidence.seen_at_unit
    return evidence.away_since, Remark(N_("seen at {unit} by {sighting}"), unit=where, sighting=_sighting(evidence))


def _not_compliant(_asset: Asset, evidence: Evidence) -> Explanation:
    starts = [missing.since for missing in evidence.missing if missing.since is not None]
    since = evidence.seen_since if len(starts) < len(evidence.missing) else min(starts)
    if since is not None and evidence.seen_since is not None:
        since = max(since, evidence.seen_since)
    return since, Remark(N_("missing: {what}"), what=joined([_lack(missing) for missing in evidence.missing]))


def _lack(missing: Missing) -> str:
    name = Remark(CHECKS[missing.check], data=missing.check)
    return Remark("{name} ({detail})", name=name, detail=missing.detail) if missing.detail else name


def _collector_silent(_asset: Asset, evidence: Evidence) -> Explanation:
    if evidence.ever_seen:
        message = N_("no collector has looked since it was last seen by {sighting}")
        return evidence.unseen_since, Remark(message, sighting=_sighting(evidence))
    return evidence.provisioned.at, Remark(N_("no collector has looked since it was provisioned"))


def _behind_outage(_asset: Asset, evidence: Evidence) -> Explanation:
    root = evidence.upstream.root if evidence.upstream else None
    return evidence.unseen_since, Remark(N_("behind {root}"), root=root) if root else None


def _stale(_asset: Asset, evidence: Evidence) -> Explanation:
    return evidence.unseen_since, Remark(N_("last seen by {sighting}"), sighting=_sighting(evidence))


def _provisioning_failed(_asset: Asset, evidence: Evidence) -> Explanation:
    return evidence.provisioned.at, evidence.provisioned.message


def _not_provisioned(asset: Asset, _evidence: Evidence) -> Explanation:
    return day_begins(asset.planned_from), None


def _never_seen(_asset: Asset, evidence: Evidence) -> Explanation:
    return evidence.provisioned.at, evidence.why_unseen or Remark(N_("provisioned, and never seen since"))


def _sighting(evidence: Evidence) -> str:
    return f"{evidence.seen_by} ({evidence.seen_value})" if evidence.seen_value else str(evidence.seen_by)


_EXPLAIN: dict[Coverage, Callable[[Asset, Evidence], Explanation]] = {
    Coverage.EXEMPT: _exempt,
    Coverage.COVERED: _covered,
    Coverage.PLANNED_LATER: _planned_later,
    Coverage.WRONG_PLACE: _wrong_place,
    Coverage.NOT_COMPLIANT: _not_compliant,
    Coverage.COLLECTOR_SILENT: _collector_silent,
    Coverage.BEHIND_OUTAGE: _behind_outage,
    Coverage.STALE: _stale,
    Coverage.PROVISIONING_FAILED: _provisioning_failed,
    Coverage.NOT_PROVISIONED: _not_provisioned,
    Coverage.NEVER_SEEN: _never_seen,
}
