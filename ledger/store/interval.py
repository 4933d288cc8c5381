"""How observations join what is known of their series (asset, check, source): pure, no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ledger.observation import Check, Observation
from ledger.seen import Answer, State, answer_of

Series = tuple[str, Check, str]
#: Of one series, the latest interval of each sort is kept at hand.
Sort = tuple[Answer, str | None]


def series_of(item: Observation | State) -> Series:
    """What the observation or interval is one of."""
    return (item.asset, item.check, item.source)


def sort_of(item: Observation | State) -> Sort:
    """Which of its series' latest intervals it may be."""
    return (answer_of(item.ok, item.failure), item.unit)


def continues(state: State, observation: Observation, max_age: timedelta) -> bool:
    """Whether the observation says the same as `state`, soon enough after it; `detail` alone makes no difference."""
    return (
        state.ok == observation.ok
        and state.unit == observation.unit
        and state.value == observation.value
        and state.failure == observation.failure
        and observation.at - state.last_at <= max_age
    )


@dataclass(slots=True)
class Joined:
    """What a batch makes of a series: its last interval grown, intervals added after it, and what came late."""

    extended: State | None = None
    added: list[State] = field(default_factory=list)
    late: list[Observation] = field(default_factory=list)

    @property
    def changed(self) -> list[State]:
        """Every interval that is new or grew, oldest first."""
        return [*([self.extended] if self.extended else ()), *self.added]


def join(head: State | None, observations: Iterable[Observation], max_age: timedelta) -> Joined:
    """Join observations, in the order of their times, to the interval seen last (None: the series is new).

    Of two answers at one instant, the one that came first stands; so the same batch again changes nothing.
    """
    joined = Joined()
    for observation in observations:
        if head is None or observation.at > head.last_at:
            grows = head is not None and continues(head, observation, max_age)
            head = _grown(head, observation) if grows and head is not None else _opened(observation, head, max_age)
            if not grows:
                joined.added.append(head)
            elif joined.added:
                joined.added[-1] = head
            else:
                joined.extended = head
        elif observation.at < head.last_at:
            joined.late.append(observation)
    return joined


def join_late(before: State | None, observation: Observation, max_age: timedelta) -> Joined:
    """Join one observation that came late; `before` is the last interval that begins no later than it.

    What lies inside a known interval changes nothing: the interval already says what was there.
    """
    if before is not None and observation.at <= before.last_at:
        return Joined()
    if before is not None and continues(before, observation, max_age):
        return Joined(extended=_grown(before, observation))
    return Joined(added=[_opened(observation, before, max_age)])


def _grown(state: State, observation: Observation) -> State:
    return State(  # dataclasses.replace takes three times as long
        asset=state.asset,
        check=state.check,
        source=state.source,
        ok=state.ok,
        unit=state.unit,
        value=state.value,
        failure=state.failure,
        detail=observation.detail,
        first_at=state.first_at,
        last_at=observation.at,
        since=state.since,
    )


def _opened(observation: Observation, before: State | None, max_age: timedelta) -> State:
    return State(
        asset=observation.asset,
        check=observation.check,
        source=observation.source,
        ok=observation.ok,
        unit=observation.unit,
        value=observation.value,
        failure=observation.failure,
        detail=observation.detail,
        first_at=observation.at,
        last_at=observation.at,
        since=_since(observation, before, max_age),
    )


def _since(observation: Observation, before: State | None, max_age: timedelta) -> datetime:
    """A yes goes on at the same unit, a no anywhere; what was not seen for longer than the max age begins anew."""
    if before is None or before.ok != observation.ok or observation.at - before.last_at > max_age:
        return observation.at
    return before.since if not before.ok or before.unit == observation.unit else observation.at
