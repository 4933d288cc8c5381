"""The coverage table for whole columns, and when time alone may turn a line."""

from dataclasses import dataclass

import numpy as np

from ledger.counters.arrays import ALWAYS, NEVER, Codes, Flags, Instants
from ledger.counters.roll import PROGRESS
from ledger.figure import Coverage
from ledger.reconcile.evidence import Progress

#: Verdicts by their codes; what is retired has none and the code GONE.
CODES = tuple(verdict for verdict in Coverage if verdict is not Coverage.UNPLANNED)
CODE_OF = {verdict.value: code for code, verdict in enumerate(CODES)}
GONE = len(CODES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the table reads of some assets, one place an asset; columns as in Roll and Proof.

    `cut_off_since`: when the root of the outage that it lies behind stopped answering (ALWAYS: it lies behind none).
    """

    planned_at: Instants
    exempt_until: Instants
    retired_at: Instants
    progress: Codes
    provisioned_at: Instants
    cut_off_since: Instants
    home_until: Instants
    away_until: Instants
    told_at: Instants
    is_complete: Flags


def verdicts_of(known: Known, now: int, cycle_began_at: int) -> Codes:
    """Read the table top to bottom, as `ledger.reconcile.coverage` has it.

    `cycle_began_at`: when the latest finished cycle of a responsible collector began, NEVER where none finished one.
    """
    ever_seen = known.told_at != NEVER
    is_home, is_away = known.home_until >= now, known.away_until >= now
    unseen_since = np.maximum(known.home_until, known.away_until)
    is_done = known.progress == PROGRESS.index(Progress.DONE)
    table: tuple[tuple[int, Flags], ...] = (
        (GONE, known.retired_at <= now),
        (CODE_OF[Coverage.EXEMPT.value], now < known.exempt_until),
        (CODE_OF[Coverage.COVERED.value], is_home & known.is_complete),
        (CODE_OF[Coverage.PLANNED_LATER.value], now < known.planned_at),
        (CODE_OF[Coverage.WRONG_PLACE.value], is_away & ~is_home),
        (CODE_OF[Coverage.NOT_COMPLIANT.value], is_home),
        (CODE_OF[Coverage.COLLECTOR_SILENT.value], ever_seen & (cycle_began_at <= known.told_at)),
        (CODE_OF[Coverage.BEHIND_OUTAGE.value], ever_seen & (known.cut_off_since <= unseen_since)),
        (CODE_OF[Coverage.STALE.value], ever_seen),
        (CODE_OF[Coverage.PROVISIONING_FAILED.value], known.progress == PROGRESS.index(Progress.FAILED)),
        (CODE_OF[Coverage.NOT_PROVISIONED.value], ~is_done),
        (CODE_OF[Coverage.COLLECTOR_SILENT.value], cycle_began_at <= known.provisioned_at),
    )
    found = np.full(len(ever_seen), CODE_OF[Coverage.NEVER_SEEN.value], dtype=np.int8)
    for code, applies in reversed(table):
        found[applies] = code
    return found


def turns_at(known: Known, now: int) -> Instants:
    """The first instant after `now` at which time alone may turn a verdict; ALWAYS: never."""
    found = np.full(len(known.told_at), ALWAYS, dtype=np.int64)
    last_instants = (known.home_until + 1, known.away_until + 1)
    for turn in (known.retired_at, known.exempt_until, known.planned_at, *last_instants):
        np.minimum(found, turn, out=found, where=turn > now)
    return found
