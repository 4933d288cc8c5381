"""What is known of one asset, in the terms of the coverage table."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from ledger import capacity, terminal
from ledger.obligation import OBLIGATIONS, Obligation
from ledger.observation import Check, Outcome
from ledger.plan import Asset, Exemption, PlannedAsset
from ledger.reconcile.outage import Outage
from ledger.reconcile.scene import Scene, States
from ledger.seen import Answer, State

#: What a check's value says to people, where it is a word of the data.
SAID: Mapping[Check, Callable[[str | None], str | None]] = {
    Check.CAPACITY: capacity.said_of,
    Check.TERMINAL: terminal.said_of,
}


RECENCY = attrgetter("last_at", "source")


class Progress(StrEnum):
    """What provisioning came to: once it succeeded it is done, whatever later runs did."""

    NEVER = "never"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Provisioned:
    """`at` is the last success, or the failure; `message` is Ansible's."""

    progress: Progress = Progress.NEVER
    at: datetime | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A proof or property that is owed and isn't there; `since` None: it never was."""

    check: Check
    since: datetime | None = None
    detail: str | None = None


@dataclass(slots=True, kw_only=True)  # a frozen one takes four times as long to make
class Evidence:
    """One asset at one instant, as the coverage table reads it; what is below the first line that applies may be unset.

    `proven_since` None: not proven now. `seen`: within max age, anywhere. `away_since`: seen within max age, only at
    another unit. `unseen_since`: when the last sighting ran out of max age (None: never seen). `watched`: a
    responsible collector has finished a cycle since it was last seen, or since it was provisioned. `upstream`: the
    outage that it lies behind. `in_service`: it was proven in its place at some time, all proofs included.
    `why_unseen`: what a check that never had an answer says of that.
    """

    exemption: Exemption | None = None
    planned_later: bool = False
    proven_since: datetime | None = None
    seen: bool = False
    seen_since: datetime | None = None
    away_since: datetime | None = None
    missing: tuple[Missing, ...] = ()
    ever_seen: bool = False
    unseen_since: datetime | None = None
    watched: bool = False
    upstream: Outage | None = None
    provisioned: Provisioned = Provisioned()
    in_service: bool = False
    last_seen: datetime | None = None
    seen_at_unit: str | None = None
    seen_by: str | None = None
    seen_value: str | None = None
    why_unseen: str | None = None


def gather(
    asset: PlannedAsset, obligation: Obligation, scene: Scene, *, upstream: Outage | None, provisioned: Provisioned
) -> Evidence:
    """Look at what was seen of `asset` through what it owes."""
    states = scene.states_of(asset.id)
    sightings = states.sightings(obligation.presence)
    home = [state for state in sightings if state.unit is None or state.unit == asset.unit]
    last = max(sightings, key=RECENCY) if sightings else None
    evidence = Evidence(
        exemption=_exemption(asset, scene),
        planned_later=asset.planned_from > scene.today,
        proven_since=_proven_since(states, home, obligation, scene),
        ever_seen=last is not None,
        upstream=upstream,
        provisioned=provisioned,
        in_service=bool(home) and all(map(states.yes, obligation.proofs)),
        last_seen=min(last.last_at, scene.as_of) if last else None,
        seen_at_unit=(last.unit or asset.unit) if last else None,
    )
    if evidence.exemption is None and evidence.proven_since is None and not evidence.planned_later:
        _look_closer(evidence, asset, obligation, scene, sightings=sightings, home=home)
    return evidence


def _look_closer(
    evidence: Evidence,
    asset: PlannedAsset,
    obligation: Obligation,
    scene: Scene,
    *,
    sightings: list[State],
    home: list[State],
) -> None:
    """Add what tells why an asset that is due isn't proven."""
    window = _windows(obligation, scene)
    recent = [state for state in sightings if scene.as_of - state.last_at <= window[state.check]]
    recent_home = [state for state in recent if state.unit in (None, asset.unit)]
    missing, unwatched_since = _shortfall(asset.id, obligation, scene)
    only_unwatched = unwatched_since if recent_home else None
    last = max(sightings, key=RECENCY, default=None)
    evidence.seen = bool(recent)
    evidence.seen_since = min((state.since for state in recent_home or recent), default=None)
    evidence.away_since = None if recent_home else _away_since(recent, home, window)
    evidence.missing = missing
    evidence.unseen_since = only_unwatched or max((s.last_at + window[s.check] for s in sightings), default=None)
    evidence.watched = only_unwatched is None and _watched(last, obligation, scene, evidence.provisioned)
    if last is None:
        evidence.why_unseen = _why_unseen(asset.id, obligation, scene)
    else:
        evidence.seen_by, evidence.seen_value = last.source, last.value


def was_proven(asset: PlannedAsset, scene: Scene, obligation: Obligation | None = None) -> bool:
    """Whether the asset was ever seen in its place, with every proof that it owes (its kind's unless given)."""
    owed = obligation or OBLIGATIONS[asset.kind]
    states = scene.states_of(asset.id)
    home = any(state.unit in (None, asset.unit) for state in states.sightings(owed.presence))
    return home and all(map(states.yes, owed.proofs))


def provisioned_by_runs(asset: str, scene: Scene) -> Provisioned:
    """What the runs came to for a host."""
    runs = scene.provisioning.get(asset)
    if runs is None:
        return Provisioned()
    if runs.succeeded_at is not None:
        return Provisioned(Progress.DONE, runs.succeeded_at)
    if runs.last.outcome is Outcome.OK:
        return Provisioned(Progress.DONE, runs.last.at)
    message = f"{runs.last.outcome.value}: {runs.last.message or runs.last.playbook}"
    return Provisioned(Progress.FAILED, runs.last.at, message)


def provisioned_by_hosts(ends: Iterable[tuple[str, Provisioned]]) -> Provisioned:
    """What provisioning came to for what has no runs of its own: a link by its end devices, a mailbox by its server."""
    known = list(ends)
    failed = next(((name, end) for name, end in known if end.progress is Progress.FAILED), None)
    if failed is not None:
        name, end = failed
        return Provisioned(Progress.FAILED, end.at, f"{name}: {end.message}")
    done = [end.at for _name, end in known if end.progress is Progress.DONE and end.at is not None]
    return Provisioned(Progress.DONE, max(done)) if done else Provisioned()


def _windows(obligation: Obligation, scene: Scene) -> Mapping[Check, timedelta]:
    """For how long each sighting counts as "seen": no longer than the shortest-lived proof that is owed.

    Else a router cut off for longer than SNMP's max age, but not yet ping's, would read as one without SNMP.
    """
    shortest = min((scene.max_ages.of(check) for check in obligation.proofs), default=timedelta.max)
    return {check: min(scene.max_ages.of(check), shortest) for check in obligation.presence}


def _exemption(asset: Asset, scene: Scene) -> Exemption | None:
    exemption = asset.exemption
    return exemption if exemption is not None and scene.today <= exemption.until else None


def _proven_since(states: States, home: list[State], obligation: Obligation, scene: Scene) -> datetime | None:
    """When everything owed was there for the first time without a break; None where something isn't there now."""
    starts: list[datetime] = []
    for proof in (home, *map(states.yes, obligation.proofs)):
        first = _fresh_since(proof, scene.fresh_from)
        if first is None:
            return None
        starts.append(first)
    for check in obligation.latest:
        answer = states.answered(check)
        if answer is None or not answer.ok:
            return None
        starts.append(answer.since)
    return min(max(starts), scene.as_of)


def _fresh_since(proof: Iterable[State], fresh_from: Mapping[Check, datetime]) -> datetime | None:
    first: datetime | None = None
    for state in proof:
        if state.last_at >= fresh_from[state.check] and (first is None or state.since < first):
            first = state.since
    return first


def _away_since(recent: list[State], home: list[State], window: Mapping[Check, timedelta]) -> datetime | None:
    """When the asset was at another unit and no longer proven at its own; None: it isn't seen at another."""
    if not recent:
        return None
    left_home = max((state.last_at + window[state.check] for state in home), default=None)
    arrived = min(state.since for state in recent)
    return arrived if left_home is None else max(arrived, left_home)


def _shortfall(asset: str, obligation: Obligation, scene: Scene) -> tuple[tuple[Missing, ...], datetime | None]:
    """What is missing; and since when a proof has been out of age only because nobody looked since (None: none is)."""
    states = scene.states_of(asset)
    missing: dict[Check, Missing] = {}
    unwatched_since: datetime | None = None
    for check in obligation.proofs:
        last = max(states.yes(check), key=lambda state: state.last_at, default=None)
        if last is None:
            missing[check] = Missing(check, None, _latest_detail(asset, check, scene))
        elif scene.is_fresh(last):
            continue
        elif scene.watched_since(last):
            lapsed_at = last.last_at + scene.max_ages.of(check)
            missing[check] = Missing(check, lapsed_at, _latest_detail(asset, check, scene))
        else:
            unwatched_since = unwatched_since or last.last_at + scene.max_ages.of(check)
    for check in obligation.latest:
        answer = states.answered(check)
        if answer is None:
            missing[check] = Missing(check, None, _latest_detail(asset, check, scene))
        elif not answer.ok:
            missing[check] = Missing(check, answer.since, answer.detail or _said(check, answer.value))
    return tuple(missing.values()), unwatched_since


def _said(check: Check, value: str | None) -> str | None:
    return SAID[check](value) if check in SAID else value


def _why_unseen(asset: str, obligation: Obligation, scene: Scene) -> str | None:
    states = (scene.states_of(asset).latest(check) for check in obligation.presence if check in SAID)
    return next((_said(state.check, state.value) for state in states if state and state.answer is Answer.NONE), None)


def _latest_detail(asset: str, check: Check, scene: Scene) -> str | None:
    state = next(iter(scene.states_of(asset).by_source(check)), None)
    if state is None or state.ok:
        return None
    return state.detail or (state.failure.value if state.failure else None)


def _watched(last: State | None, obligation: Obligation, scene: Scene, provisioned: Provisioned) -> bool:
    if last is not None:
        since = last.last_at + scene.max_ages.flush_after(last.check)
    elif provisioned.at is not None:
        since = provisioned.at
    else:
        return False
    return any(scene.cycles.cycled_since(collector, since) for collector in obligation.collectors)
