"""What should exist, as columns: the planned assets of one kind."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ledger.counters.arrays import ALWAYS, NEVER, Codes, Instants, Places
from ledger.counters.tree import Tree
from ledger.plan import PlannedAsset
from ledger.reconcile.calendar import day_begins, day_ends
from ledger.reconcile.evidence import Progress, Provisioned
from ledger.store.schema import to_micros

#: What provisioning came to, by its code in `Roll.progress`.
PROGRESS = tuple(Progress)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """One place an asset. `unit` is its unit's place in the tree.

    `planned_at`: it is due from then on. `exempt_until`, `retired_at`: the first instant at which it is exempt no
    longer, or gone. `provisioned_at`: the last success or failure, `progress` which of them.
    """

    place: dict[str, int]
    unit: Places
    planned_at: Instants
    exempt_until: Instants
    retired_at: Instants
    progress: Codes
    provisioned_at: Instants

    def __len__(self) -> int:
        return len(self.unit)


def roll_of(assets: Iterable[PlannedAsset], tree: Tree, provisioned: Callable[[PlannedAsset], Provisioned]) -> Roll:
    """The roll of assets of one kind; `provisioned` says what provisioning came to for each."""
    known = list(assets)
    outcomes = [provisioned(asset) for asset in known]
    ends = [asset.exemption.until if asset.exemption else None for asset in known]
    return Roll(
        place={asset.id: place for place, asset in enumerate(known)},
        unit=np.array([tree.place[asset.unit] for asset in known], dtype=np.int64),
        planned_at=_instants([asset.planned_from for asset in known], _begins, ALWAYS),
        exempt_until=_instants(ends, _ends, NEVER),
        retired_at=_instants([asset.retired_on for asset in known], _begins, ALWAYS),
        progress=np.array([PROGRESS.index(outcome.progress) for outcome in outcomes], dtype=np.int8),
        provisioned_at=np.array(
            [NEVER if outcome.at is None else to_micros(outcome.at) for outcome in outcomes], dtype=np.int64
        ),
    )


def _instants(days: Sequence[date | None], instant: Callable[[date], int], missing: int) -> Instants:
    known = {day: instant(day) for day in set(days) if day is not None}
    return np.array([missing if day is None else known[day] for day in days], dtype=np.int64)


def _begins(day: date) -> int:
    return to_micros(day_begins(day))


def _ends(day: date) -> int:
    return to_micros(day_ends(day))
