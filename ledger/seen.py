"""What was seen (As-Is), as the store gives it back: states, heartbeats and what provisioning came to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ledger.declared.statement import Declared
from ledger.observation import Check, Failure, Heartbeat, RunResult

#: A collector whose last cycle ended longer ago than this many cycles is silent.
SILENT_CYCLES = 3


class Answer(StrEnum):
    """The sort of an observation: the check's answer is yes, is no, or there was no proper answer."""

    YES = "yes"
    NO = "no"
    NONE = "none"

    __hash__ = str.__hash__  # an enumeration's own is a Python function, and answers are looked up millions of times


def answer_of(ok: bool, failure: Failure | None) -> Answer:
    """Sort an observation: a failure is no answer to the check's question."""
    if ok:
        return Answer.YES
    return Answer.NO if failure is None else Answer.NONE


@dataclass(unsafe_hash=True, slots=True, kw_only=True)  # never changed; a frozen one takes three times as long to make
class State:
    """An interval in which one source saw the same thing again and again.

    `first_at` and `last_at` bound it; no two of its sightings lie further apart than the check's max age. `since` is
    when the source began to say yes at this unit, or to say anything else: it spans changes of value and failure.
    """

    asset: str
    check: Check
    source: str
    ok: bool
    unit: str | None
    value: str | None
    failure: Failure | None
    detail: str | None
    first_at: datetime
    last_at: datetime
    since: datetime

    @property
    def answer(self) -> Answer:
        """The sort of the observations."""
        return answer_of(self.ok, self.failure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioning:
    """What the runs (check mode left out) came to for one asset; `succeeded_at` None: none ever succeeded."""

    last: RunResult
    succeeded_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What is known of one asset, newest first: what each source saw, and its part in provisioning runs."""

    states: tuple[State, ...] = ()
    runs: tuple[RunResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything seen up to one instant.

    `states` holds, per asset, check and source, the latest interval of each sort of answer and each unit.
    `heartbeats` holds each collector's latest cycle, `provisioning` each asset's runs, `declared` what others say,
    for whatever day. `version` is the store's.
    """

    version: int = 0
    states: tuple[State, ...] = ()
    heartbeats: tuple[Heartbeat, ...] = ()
    provisioning: Mapping[str, Provisioning] = field(default_factory=dict)
    declared: tuple[Declared, ...] = ()
