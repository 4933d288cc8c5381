"""The capacity collector's round: keeps the samples that polls finished, and says once a day what they come to."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from collectors.capacity.ports import LinkPorts
from collectors.fault import Fault
from collectors.round import Round
from collectors.schedule import is_in_use, local_day
from ledger.capacity import (
    CapacityVerdict,
    DaysRule,
    LinkCapacity,
    capacities,
    last_complete_day,
    value_of,
)
from ledger.load import LoadLog, LoadSample
from ledger.observation import Check, Failure, Observation
from ledger.plan import Plan

COLLECTOR = "capacity"
#: What was judged is said again so often: a judgement proves no longer than its check's max age.
SAID_EVERY = timedelta(hours=1)


@dataclass(slots=True, kw_only=True)
class CapacityRound:
    """`ports` are fed by the polls; `kept` is for how long samples are kept."""

    plan: Plan
    ports: LinkPorts
    log: LoadLog
    clock: Callable[[], datetime]
    rule: DaysRule
    kept: timedelta
    _judged: tuple[LinkCapacity, ...] = ()
    _last_day: date | None = None
    _said_at: datetime | None = None
    _began_at: datetime | None = None

    async def ask(self) -> tuple[Round[str], list[Observation]]:
        """Keep what was finished since the last round; raises StoreError, as a sink does."""
        started_at = self.clock()
        self.ports.renew(local_day(started_at))
        await asyncio.to_thread(self._keep, self.ports.samples(), started_at)
        finished_at = self.clock()
        found = Round(
            collector=COLLECTOR,
            started_at=started_at,
            finished_at=finished_at,
            answers=self.ports.links,
            faults=self._unread(started_at),
        )
        return found, self._said(started_at)

    def _unread(self, now: datetime) -> Mapping[str, Fault]:
        """What hasn't been read, once there was the time to."""
        if self._began_at is None:
            self._began_at = now
        return self.ports.unread(now) if now - self._began_at > self.ports.patience else {}

    def _keep(self, samples: Sequence[LoadSample], now: datetime) -> None:
        self.log.record_load(samples)
        if (last := last_complete_day(now)) != self._last_day:
            self._judged = capacities(self.plan, self.log, now, self.rule)
            self._last_day, self._said_at = last, None
            self.log.forget_load(local_day(now - self.kept))

    def _said(self, now: datetime) -> list[Observation]:
        if self._said_at is not None and timedelta() <= now - self._said_at < SAID_EVERY:
            return []
        self._said_at = now
        today = local_day(now)
        due = [capacity for capacity in self._judged if is_in_use(self.plan.links[capacity.link], today)]
        return [capacity_observation(capacity, now) for capacity in due]


def capacity_observation(capacity: LinkCapacity, at: datetime) -> Observation:
    """What the samples of a link come to; too few of them are no answer yet."""
    is_answer = capacity.verdict is not CapacityVerdict.TOO_FEW_SAMPLES
    value = value_of(capacity)
    return Observation(
        asset=capacity.link,
        check=Check.CAPACITY,
        ok=capacity.verdict is CapacityVerdict.WITHIN,
        at=at,
        source=COLLECTOR,
        value=value,
        failure=None if is_answer else Failure.NO_ANSWER,
        detail=None if is_answer else f"{Failure.NO_ANSWER}: {value} days measured",
    )
