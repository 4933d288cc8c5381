"""Everything that verdicts of one instant look at, sorted by asset once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ledger.max_age import MaxAges
from ledger.observation import COLLECTOR_OF, Check, Failure
from ledger.reconcile.calendar import local_day
from ledger.reconcile.cycles import Cycles
from ledger.seen import Answer, Provisioning, Seen, State


class States:
    """One asset's states, each check's latest first."""

    def __init__(self, states: Sequence[State] = ()) -> None:
        self._by_check: dict[Check, list[State]] = {}
        for state in states:
            self._by_check.setdefault(state.check, []).append(state)
        for found in self._by_check.values():
            if len(found) > 1:
                found.sort(key=_recency, reverse=True)

    def yes(self, check: Check) -> list[State]:
        """What said yes to `check`, at any time."""
        return [state for state in self._by_check.get(check, ()) if state.ok]

    def sightings(self, check: Check) -> list[State]:
        """What says that the asset is there, at any time: every yes, and a no that tells what it saw."""
        return [state for state in self._by_check.get(check, ()) if is_sighting(state)]

    def latest(self, check: Check) -> State | None:
        """The latest state of `check`, whatever it says; None: nobody ever asked."""
        return next(iter(self._by_check.get(check, ())), None)

    def answered(self, check: Check) -> State | None:
        """The latest proper answer to `check`, yes or no; None: there never was one."""
        found = self._by_check.get(check, ())
        return next((state for state in found if state.answer is not Answer.NONE), None)

    def by_source(self, check: Check) -> list[State]:
        """Each source's latest state of `check`."""
        found = self._by_check.get(check, [])
        if len(found) < 2:
            return found
        latest: dict[str, State] = {}
        for state in found:
            latest.setdefault(state.source, state)
        return list(latest.values())


NOTHING_SEEN = States()
#: Checks whose "no" is a sighting too where it says what is there: a suspended account, a portal with an error page,
#: a link that is too full.
TELLING = frozenset({Check.MAILBOX, Check.HTTPS, Check.CAPACITY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One instant. `states` maps assets to what was seen of them; `today` is its date in Viet Nam."""

    as_of: datetime
    today: date
    max_ages: MaxAges
    cycles: Cycles
    states: Mapping[str, States]
    provisioning: Mapping[str, Provisioning]

    def with_max_age(self, age: timedelta) -> "Scene":
        """The same instant, where no answer proves anything for longer than `age`."""
        return replace(self, max_ages=self.max_ages.at_most(age))

    def states_of(self, asset: str) -> States:
        """What was seen of `asset`."""
        return self.states.get(asset, NOTHING_SEEN)

    def age(self, state: State) -> timedelta:
        """How long ago it was last seen; a time slightly ahead (a skewed clock) counts as now."""
        return max(self.as_of - state.last_at, timedelta())

    def is_fresh(self, state: State) -> bool:
        """Whether it was seen within its check's max age; exactly that old still counts."""
        return self.age(state) <= self.max_ages.of(state.check)

    def watched_since(self, state: State) -> bool:
        """Whether the check's collector has finished a cycle since: `last_at` may lag by as long as it may be held."""
        since = state.last_at + self.max_ages.flush_after(state.check)
        return self.cycles.cycled_since(COLLECTOR_OF[state.check], since)

    def is_current(self, state: State) -> bool:
        """Whether the state still held when it could last have been told otherwise, as far as is written down.

        That is when the check's collector last finished a cycle, or its source stopped giving tables.
        """
        collector = COLLECTOR_OF[state.check]
        finished_at = self.cycles.finished_at(collector)
        if finished_at is None:
            return False
        lag = self.max_ages.flush_after(state.check) + self.cycles.patience(collector)
        return min(finished_at, self.mute_since(state) or finished_at) - state.last_at <= lag

    def mute_since(self, state: State) -> datetime | None:
        """Since when the device whose table told the state gives no tables; None: it does, or it wasn't a table."""
        if state.check is Check.SNMP or COLLECTOR_OF[state.check] != COLLECTOR_OF[Check.SNMP]:
            return None
        source = next(iter(self.states_of(state.source).by_source(Check.SNMP)), None)
        return None if source is None or source.ok else source.since

    def is_live(self, check: Check) -> bool:
        """Whether the check's collector is at work."""
        return self.cycles.is_live(COLLECTOR_OF[check])


def scene_of(seen: Seen, max_ages: MaxAges, as_of: datetime) -> Scene:
    """Sort what was seen until `as_of`."""
    states: dict[str, list[State]] = defaultdict(list)
    for state in seen.states:
        states[state.asset].append(state)
    return Scene(
        as_of=as_of,
        today=local_day(as_of),
        max_ages=max_ages,
        cycles=Cycles(seen.heartbeats, as_of),
        states={asset: States(found) for asset, found in states.items()},
        provisioning=seen.provisioning,
    )


def is_sighting(state: State) -> bool:
    """Whether the state proves that its asset is there."""
    return state.ok or (state.check in TELLING and state.value is not None and state.answer is Answer.NO)


def responds(state: State) -> bool:
    """Whether something answered, even if it refused or talked nonsense."""
    return state.ok or state.failure in (Failure.AUTH_FAILED, Failure.BAD_REPLY)


def _recency(state: State) -> tuple[datetime, datetime, str]:
    return (state.last_at, state.first_at, state.source)
