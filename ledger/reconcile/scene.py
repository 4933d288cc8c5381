"""Everything that verdicts of one instant look at, sorted by asset once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from ledger.max_age import MaxAges
from ledger.observation import COLLECTOR_OF, Check, Failure
from ledger.reconcile.calendar import local_day
from ledger.reconcile.cycles import Cycles
from ledger.seen import Answer, Provisioning, Seen, State


class States:
    """One asset's states by check, each check's latest first."""

    __slots__ = ("_by_check",)

    def __init__(self, by_check: Mapping[Check, list[State]]) -> None:
        self._by_check = by_check

    def yes(self, check: Check) -> list[State]:
        """What said yes to `check`, at any time."""
        return [state for state in self._by_check.get(check, ()) if state.ok]

    def sightings(self, checks: Iterable[Check]) -> list[State]:
        """What says that the asset is there, at any time: every yes, and a no that tells what it saw."""
        found = []
        for check in checks:
            for state in self._by_check.get(check, ()):
                if state.ok or is_sighting(state):
                    found.append(state)  # noqa: PERF401 - as a comprehension it takes a third longer
        return found

    def latest(self, check: Check) -> State | None:
        """The latest state of `check`, whatever it says; None: nobody ever asked."""
        found = self._by_check.get(check)
        return found[0] if found else None

    def answered(self, check: Check) -> State | None:
        """The latest proper answer to `check`, yes or no; None: there never was one."""
        for state in self._by_check.get(check, ()):
            if state.ok or state.failure is None:
                return state
        return None

    def by_source(self, check: Check) -> Sequence[State]:
        """Each source's latest state of `check`."""
        found = self._by_check.get(check, ())
        if len(found) < 2:
            return found
        latest: dict[str, State] = {}
        for state in found:
            latest.setdefault(state.source, state)
        return list(latest.values())


RECENCY = attrgetter("last_at", "first_at", "source")
NOTHING_SEEN = States({})
#: Checks whose "no" is a sighting too where it says what is there: a suspended account, a portal with an error page,
#: a link that is too full.
TELLING = frozenset({Check.MAILBOX, Check.HTTPS, Check.CAPACITY})
#: What a device's tables tell of others, where SNMP itself tells whether it still gives them.
TABLES = frozenset(
    check
    for check, collector in COLLECTOR_OF.items()
    if collector == COLLECTOR_OF[Check.SNMP] and check is not Check.SNMP
)


class Scene:
    """One instant. `states` maps assets to what was seen of them; `today` is its date in Viet Nam.

    `fresh_from` has, for each check, the earliest sighting that is still within its max age: exactly that old counts.
    """

    def __init__(
        self,
        states: Mapping[str, States],
        *,
        as_of: datetime,
        max_ages: MaxAges,
        cycles: Cycles,
        provisioning: Mapping[str, Provisioning],
    ) -> None:
        self.states = states
        self.as_of = as_of
        self.today = local_day(as_of)
        self.max_ages = max_ages
        self.cycles = cycles
        self.provisioning = provisioning
        self.fresh_from = {check: as_of - age for check, age in max_ages.by_check.items()}
        self._current_from = {check: self._held_from(check) for check in max_ages.by_check}
        self._live = {check for check, collector in COLLECTOR_OF.items() if cycles.is_live(collector)}
        self._mute: dict[str, datetime | None] = {}

    def with_max_age(self, age: timedelta) -> "Scene":
        """The same instant, where no answer proves anything for longer than `age`."""
        return Scene(
            self.states,
            as_of=self.as_of,
            max_ages=self.max_ages.at_most(age),
            cycles=self.cycles,
            provisioning=self.provisioning,
        )

    def states_of(self, asset: str) -> States:
        """What was seen of `asset`."""
        return self.states.get(asset, NOTHING_SEEN)

    def is_fresh(self, state: State) -> bool:
        """Whether it was seen within its check's max age; a time slightly ahead (a skewed clock) counts as now."""
        return state.last_at >= self.fresh_from[state.check]

    def watched_since(self, state: State) -> bool:
        """Whether the check's collector has finished a cycle since: `last_at` may lag by as long as it may be held."""
        since = state.last_at + self.max_ages.flush_after(state.check)
        return self.cycles.cycled_since(COLLECTOR_OF[state.check], since)

    def is_current(self, state: State) -> bool:
        """Whether the state still held when it could last have been told otherwise, as far as is written down.

        That is when the check's collector last finished a cycle, or its source stopped giving tables.
        """
        held_from = self._current_from[state.check]
        if held_from is None:
            return False
        if state.last_at >= held_from:
            return True
        mute_since = self.mute_since(state)
        return mute_since is not None and state.last_at >= mute_since - self._lag(state.check)

    def is_told_now(self, state: State) -> bool:
        """Whether the state is current, by a collector that is at work and a device that gives its tables."""
        held_from = self._current_from[state.check]
        is_held = held_from is not None and state.last_at >= held_from
        return is_held and state.check in self._live and self.mute_since(state) is None

    def mute_since(self, state: State) -> datetime | None:
        """Since when the device whose table told the state gives no tables; None: it does, or it wasn't a table."""
        if state.check not in TABLES:
            return None
        source = state.source
        if source not in self._mute:
            latest = self.states_of(source).latest(Check.SNMP)
            self._mute[source] = None if latest is None or latest.ok else latest.since
        return self._mute[source]

    def is_live(self, check: Check) -> bool:
        """Whether the check's collector is at work."""
        return check in self._live

    def _held_from(self, check: Check) -> datetime | None:
        """From when on a state of `check` counts as current; None: its collector never finished a cycle."""
        finished_at = self.cycles.finished_at(COLLECTOR_OF[check])
        return None if finished_at is None else finished_at - self._lag(check)

    def _lag(self, check: Check) -> timedelta:
        return self.max_ages.flush_after(check) + self.cycles.patience(COLLECTOR_OF[check])


def scene_of(seen: Seen, max_ages: MaxAges, as_of: datetime) -> Scene:
    """Sort what was seen until `as_of`."""
    by_asset: dict[str, dict[Check, list[State]]] = {}
    several: dict[int, list[State]] = {}
    for state in seen.states:
        found = by_asset.setdefault(state.asset, {}).setdefault(state.check, [])
        found.append(state)
        if len(found) == 2:
            several[id(found)] = found
    for found in several.values():
        found.sort(key=RECENCY, reverse=True)
    return Scene(
        {asset: States(by_check) for asset, by_check in by_asset.items()},
        as_of=as_of,
        max_ages=max_ages,
        cycles=Cycles(seen.heartbeats, as_of),
        provisioning=seen.provisioning,
    )


def is_sighting(state: State) -> bool:
    """Whether the state proves that its asset is there."""
    return state.ok or (state.check in TELLING and state.value is not None and state.answer is Answer.NO)


def responds(state: State) -> bool:
    """Whether something answered, even if it refused or talked nonsense."""
    return state.ok or state.failure in (Failure.AUTH_FAILED, Failure.BAD_REPLY)
