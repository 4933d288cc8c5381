"""The availability table: whether an asset in service answers now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ledger.figure import Availability
from ledger.language import N_
from ledger.observation import COLLECTOR_OF, Check, Failure
from ledger.plan import AssetKind
from ledger.reconcile.outage import Outage
from ledger.reconcile.scene import Scene
from ledger.remark import Remark
from ledger.seen import State

#: What is asked of each kind: of each group any yes is an answer, and an asset answers where every group does.
ASKED: Mapping[AssetKind, tuple[tuple[Check, ...], ...]] = {
    AssetKind.ROUTER: ((Check.SNMP,),),
    AssetKind.SWITCH: ((Check.SNMP,),),
    AssetKind.SERVER: ((Check.SNMP,),),
    AssetKind.WORKSTATION: ((Check.PING, Check.FDB),),
    AssetKind.LINK: ((Check.LINK,),),
    AssetKind.MAIL_DOMAIN: ((Check.SMTP,), (Check.IMAP,)),
    AssetKind.SERVICE: ((Check.HTTPS,),),
}


@dataclass(slots=True, kw_only=True)  # a frozen one takes four times as long to make
class Response:
    """What came back lately; the availability table reads it top to bottom.

    `answers_since` None: it doesn't answer. `collector_silent`: nobody knows, since `silent_since` (None: nobody ever
    asked). `upstream`: the outage that it lies behind. `failure` and `detail` are those of the latest no.
    """

    answers_since: datetime | None = None
    collector_silent: bool = False
    silent_since: datetime | None = None
    upstream: Outage | None = None
    failure: Failure | None = None
    failing_since: datetime | None = None
    detail: str | None = None


WORST_LAST = tuple(Availability)
#: The first line that applies gives the verdict (design: the ledger).
AVAILABILITY_TABLE: tuple[tuple[Availability, Callable[[Response], bool]], ...] = (
    (Availability.UP, lambda r: r.answers_since is not None),
    (Availability.COLLECTOR_SILENT, lambda r: r.collector_silent),
    (Availability.BEHIND_OUTAGE, lambda r: r.upstream is not None),
    (Availability.AUTH_FAILED, lambda r: r.failure is Failure.AUTH_FAILED),
    (Availability.BAD_REPLY, lambda r: r.failure is Failure.BAD_REPLY),
    (Availability.DOWN, lambda _: True),
)


@dataclass(slots=True, kw_only=True)
class AvailabilityRuling:
    """A verdict with its reason for people; `since` as in AssetRow. `outage`: the one that keeps it from answering."""

    verdict: Availability
    since: datetime | None
    detail: str | None
    outage: Outage | None = None


def availability_verdict(response: Response) -> Availability:
    """Read the table top to bottom."""
    for verdict, applies in AVAILABILITY_TABLE:
        if applies(response):
            return verdict
    raise AssertionError("the table's last line applies always")


def rule_availability(response: Response) -> AvailabilityRuling:
    """The verdict, since when it holds, and why.

    up: since it answers without a break. collector_silent: since the heartbeat became too old. behind_outage: since
    the root stopped answering. Else since the asset stopped answering properly.
    """
    verdict = availability_verdict(response)
    since, detail = response.failing_since, response.detail
    if verdict is Availability.UP:
        since, detail = response.answers_since, None
    elif verdict is Availability.COLLECTOR_SILENT:
        since = response.silent_since
    elif response.upstream is not None and verdict is Availability.BEHIND_OUTAGE:
        since, detail = response.upstream.since, Remark(N_("behind {root}"), root=response.upstream.root)
    return AvailabilityRuling(verdict=verdict, since=since, detail=detail)


def availability_of(
    asset: str, groups: tuple[tuple[Check, ...], ...], scene: Scene, upstream: Outage | None
) -> AvailabilityRuling:
    """Whether every group answers, since the last of them began to; else the worst verdict, of equals the first."""
    rulings = [rule_availability(response_of(asset, checks, scene, upstream)) for checks in groups]
    if len(rulings) == 1:
        return rulings[0]
    wrong = [ruling for ruling in rulings if ruling.verdict is not Availability.UP]
    if wrong:
        return max(wrong, key=lambda ruling: WORST_LAST.index(ruling.verdict))
    return max(rulings, key=lambda ruling: ruling.since or scene.as_of)


def response_of(asset: str, checks: tuple[Check, ...], scene: Scene, upstream: Outage | None) -> Response:
    """What came back of `asset`: each source's latest state counts.

    A yes counts as an answer while its collector is at work, while the device whose table it was still gives tables,
    and if it held when the collector last finished a cycle: a source that no longer mentions an asset doesn't say yes
    for ever. Nobody knows where no collector is at work, where the one that had the last answer isn't, where the
    collector itself failed, or where all that is wrong is that the table isn't given any more.
    """
    seen = scene.states_of(asset)
    states = [state for check in checks for state in seen.by_source(check)]
    answers = [state.since for state in states if state.ok and scene.is_told_now(state)]
    if answers:
        return Response(answers_since=min(answers))
    held = [state for state in states if state.ok and scene.is_current(state)]
    told = [state for state in held if scene.mute_since(state) is None]
    refusal = max((state for state in states if not state.ok), key=lambda s: (s.last_at, s.source), default=None)
    silence = _silence(told, refusal, checks, scene) or (None if refusal or upstream else _muteness(held, scene))
    return Response(
        collector_silent=silence is not None,
        silent_since=silence.since if silence else None,
        upstream=upstream,
        failure=refusal.failure if refusal else None,
        failing_since=refusal.since if refusal else max((state.last_at for state in states), default=None),
        detail=silence.detail if silence else _said(refusal),
    )


@dataclass(frozen=True, slots=True)
class _Silence:
    """Why nobody knows, and since when (None: nobody ever asked)."""

    since: datetime | None
    detail: str


def _silence(told: list[State], refusal: State | None, checks: tuple[Check, ...], scene: Scene) -> _Silence | None:
    if refusal is not None and refusal.failure is Failure.COLLECTOR_ERROR:
        return _Silence(refusal.since, _said(refusal) or "")
    if not told and any(scene.is_live(check) for check in checks):
        return None
    names = sorted({COLLECTOR_OF[check] for check in {state.check for state in told} or checks})
    ends = [end for end in map(scene.cycles.silent_at, names) if end is not None]
    return _Silence(
        max(ends, default=None), Remark(N_("no heartbeat of the collector {names}"), names=", ".join(names))
    )


def _muteness(held: list[State], scene: Scene) -> _Silence | None:
    mute = {state.source: since for state in held if (since := scene.mute_since(state)) is not None}
    return (
        _Silence(max(mute.values()), Remark(N_("no tables of {devices}"), devices=", ".join(sorted(mute))))
        if mute
        else None
    )


def _said(refusal: State | None) -> str | None:
    if refusal is None:
        return None
    said = refusal.detail or refusal.value or refusal.failure or Remark(N_("no"))
    return Remark("{check}: {said}", check=refusal.check, said=said)
