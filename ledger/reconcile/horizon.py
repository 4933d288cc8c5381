"""When time alone may turn a verdict next."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ledger.plan import Plan
from ledger.reconcile.calendar import FIRST, LAST, day_begins, day_ends
from ledger.reconcile.scene import Scene, is_sighting
from ledger.seen import Seen

#: A state exactly as old as its max age still counts; the verdict turns right after.
TICK = timedelta(microseconds=1)


def valid_until(plan: Plan, seen: Seen, scene: Scene) -> datetime | None:
    """The first instant after `as_of` at which a verdict or a figure may differ though nothing new is seen.

    It is never too late, and may be earlier than needed: a sighting that proves nothing is counted as well. None:
    never.
    """
    shortened = {timedelta(days=i.max_age_days) for i in plan.indicators.values() if i.max_age_days is not None}
    candidates = [*_expiries(seen, scene, shortened), *_silences(seen, scene), *_days(plan, seen)]
    return min((c for c in candidates if scene.as_of < c < LAST), default=None)


def _expiries(seen: Seen, scene: Scene, shortened: Iterable[timedelta]) -> Iterator[datetime]:
    """When sightings run out of max age, by any check's: a sighting counts no longer than a proof that is owed."""
    times = [state.last_at for state in seen.states if state.ok or is_sighting(state)]
    for age in {*scene.max_ages.by_check.values(), *shortened}:
        oldest = scene.as_of - age
        alive = [at for at in times if at >= oldest]
        if alive:
            first = min(alive)
            yield min(first, scene.as_of) + age + TICK


def _silences(seen: Seen, scene: Scene) -> Iterator[datetime]:
    for beat in seen.heartbeats:
        yield beat.finished_at + scene.cycles.patience(beat.collector) + TICK


def _days(plan: Plan, seen: Seen) -> Iterator[datetime]:
    for asset in plan.assets():
        yield day_begins(asset.planned_from)
        yield day_begins(asset.retired_on) if asset.retired_on else FIRST
        yield day_ends(asset.exemption.until) if asset.exemption else FIRST
    for target in plan.targets:
        yield day_ends(target.due) if target.due is not None else FIRST
        yield day_begins(target.valid_from) if target.valid_from is not None else FIRST
    for item in seen.declared:
        yield day_begins(item.statement.day)
