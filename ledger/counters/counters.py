"""Counters per unit, indicator and verdict, kept right by looking only at what changed or may have turned."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np

from ledger.counters.arrays import ALWAYS, NEVER, Codes, Counts, Instants, Places
from ledger.counters.evidence import Proof, StateColumns, proof_of
from ledger.counters.roll import Roll
from ledger.counters.tree import Tree
from ledger.counters.verdict import CODE_OF, CODES, GONE, Known, turns_at, verdicts_of
from ledger.figure import Coverage
from ledger.max_age import MaxAges
from ledger.obligation import Obligation
from ledger.observation import Heartbeat
from ledger.store.schema import to_micros

SILENT = CODE_OF[Coverage.COLLECTOR_SILENT.value]


class Counters:
    """Of the assets of one roll, under each of `obligations` (`dict[indicator id, …]`); not safe between threads.

    What is taken is counted at the next `advance`. ValueError where an obligation owes more proofs than presence: what
    those need isn't kept here.
    """

    def __init__(self, tree: Tree, roll: Roll, obligations: Mapping[str, Obligation], max_ages: MaxAges) -> None:
        if any(owed.proofs for owed in obligations.values()):
            raise ValueError("counters take obligations of presence and properties only")
        self.tree = tree
        self.roll = roll
        self.indicators = tuple(obligations)
        self._obligations = tuple(obligations.values())
        self._max_ages = max_ages
        self._now = NEVER
        self._cycles = [NEVER] * len(obligations)
        self._cut_off_since = np.full(len(roll), ALWAYS, dtype=np.int64)
        self._proofs = [_nothing(len(roll), owed) for owed in self._obligations]
        self._verdicts = np.full((len(obligations), len(roll)), GONE, dtype=np.int8)
        #: When each asset is to be judged again: an array of two million is searched faster than a queue is kept.
        self._turns_at = np.full(len(roll), NEVER, dtype=np.int64)
        self._counts = np.zeros((len(tree), len(obligations), GONE + 1), dtype=np.int64)
        own = np.bincount(roll.unit, minlength=len(tree))
        self._counts[:, :, GONE] = own[:, np.newaxis]

    def advance(self, now: datetime, beats: Iterable[Heartbeat]) -> None:
        """Go on to `now`, with each collector's latest finished cycle; time or a cycle that runs back is no trouble."""
        instant, began_at = to_micros(now), {beat.collector: to_micros(beat.started_at) for beat in beats}
        cycles = [
            max((began_at.get(name, NEVER) for name in owed.collectors), default=NEVER) for owed in self._obligations
        ]
        if instant < self._now or any(new < old for new, old in zip(cycles, self._cycles, strict=True)):
            turned = np.ones(len(self.roll), dtype=np.bool_)
        else:
            turned = self._turns_at <= instant
            for indicator, (new, old) in enumerate(zip(cycles, self._cycles, strict=True)):
                if new > old:
                    turned |= self._verdicts[indicator] == SILENT
        self._now, self._cycles = instant, cycles
        self._judge(np.flatnonzero(turned))

    def take(self, states: StateColumns) -> None:
        """Take all states of every asset in which anything changed; what was known of these before is forgotten."""
        is_there = np.zeros(len(self.roll), dtype=np.bool_)
        is_there[states.asset] = True
        places = np.flatnonzero(is_there)
        assets = (np.cumsum(is_there) - 1)[states.asset]
        for kept, owed in zip(self._proofs, self._obligations, strict=True):
            proof = proof_of(replace(states, asset=assets), len(places), owed, self._max_ages)
            kept.home_until[places] = proof.home_until
            kept.away_until[places] = proof.away_until
            kept.told_at[places] = proof.told_at
            kept.is_complete[places] = proof.is_complete
        self._turns_at[places] = NEVER

    def cut_off(self, since: Mapping[str, datetime]) -> None:
        """Take which assets lie behind an outage, and since when its root doesn't answer; no others lie behind one."""
        before = self._cut_off_since
        self._cut_off_since = np.full(len(self.roll), ALWAYS, dtype=np.int64)
        for asset, instant in since.items():
            self._cut_off_since[self.roll.place[asset]] = to_micros(instant)
        self._turns_at[before != self._cut_off_since] = NEVER

    def totals(self) -> Counts:
        """How many assets at each node have each verdict: (place in the tree, indicator, code of the verdict)."""
        return self.tree.sums(self._counts[:, :, : len(CODES)])

    def verdicts(self) -> Codes:
        """Each asset's code: (indicator, place in the roll); GONE for what is retired."""
        return self._verdicts.copy()

    def _judge(self, places: Places) -> None:
        if not len(places):
            return
        turns: list[Instants] = []
        units = self.roll.unit[places]
        for indicator, proof in enumerate(self._proofs):
            known = self._known(places, proof)
            new = verdicts_of(known, self._now, self._cycles[indicator])
            old = self._verdicts[indicator][places]
            moved = np.flatnonzero(new != old)
            counts = self._counts[:, indicator]
            np.subtract.at(counts, (units[moved], old[moved]), 1)
            np.add.at(counts, (units[moved], new[moved]), 1)
            self._verdicts[indicator][places] = new
            turns.append(turns_at(known, self._now))
        self._turns_at[places] = np.minimum.reduce(turns)

    def _known(self, places: Places, proof: Proof) -> Known:
        roll = self.roll
        return Known(
            planned_at=roll.planned_at[places],
            exempt_until=roll.exempt_until[places],
            retired_at=roll.retired_at[places],
            progress=roll.progress[places],
            provisioned_at=roll.provisioned_at[places],
            cut_off_since=self._cut_off_since[places],
            home_until=proof.home_until[places],
            away_until=proof.away_until[places],
            told_at=proof.told_at[places],
            is_complete=proof.is_complete[places],
        )


def _nothing(assets: int, obligation: Obligation) -> Proof:
    home_until, away_until, told_at = (np.full(assets, NEVER, dtype=np.int64) for _ in range(3))
    is_complete = np.full(assets, not obligation.latest)
    return Proof(home_until=home_until, away_until=away_until, told_at=told_at, is_complete=is_complete)
