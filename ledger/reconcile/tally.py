"""Counts verdicts: each indicator at every node of the unit tree, whole and by level."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ledger.figure import AssetRow, Availability, Coverage
from ledger.plan import Level, Plan

#: What a gap may be made of, in the order of the verdict tables.
REASONS = tuple(
    dict.fromkeys(
        verdict.value for verdict in (*Coverage, *Availability) if verdict not in (Coverage.COVERED, Availability.UP)
    )
)
#: Unit, indicator, and the level that is counted; None: all of them.
Place = tuple[str, str, Level | None]
#: Unit, indicator, and the level that is counted: of the unit alone.
OwnPlace = tuple[str, str, Level]


@dataclass(slots=True)
class Tally:
    """Counts of one indicator at one node."""

    verdicts: Counter[str] = field(default_factory=Counter)
    numerator: int = 0
    due: int = 0

    @property
    def denominator(self) -> int:
        """Everything counted."""
        return self.verdicts.total()

    def add(self, other: "Tally") -> None:
        """Add a child's counts."""
        self.verdicts.update(other.verdicts)
        self.numerator += other.numerator
        self.due += other.due

    def reasons(self) -> dict[str, int]:
        """What the gap is made of, in the order of the verdict tables."""
        return {name: self.verdicts[name] for name in REASONS if self.verdicts[name]} if self.verdicts else {}


def tallies_of(plan: Plan, rows: Iterable[AssetRow], today: date) -> Mapping[Place, Tally]:
    """Count every node."""
    own: dict[OwnPlace, Tally] = defaultdict(Tally)
    for row in rows:
        if row.counted and row.unit is not None and row.indicator is not None:
            tally = own[row.unit, row.indicator, plan.units[row.unit].level]
            tally.verdicts[row.verdict.value] += 1
            tally.numerator += not row.is_gap
            tally.due += row.planned_from is not None and row.planned_from <= today
    return added_up(plan, own)


def added_up(plan: Plan, own: Mapping[OwnPlace, Tally]) -> Mapping[Place, Tally]:
    """What each unit has itself, added up the tree."""
    found: dict[Place, Tally] = defaultdict(Tally)
    for (unit, indicator, level), tally in own.items():
        for above in plan.ancestors(unit):
            found[above, indicator, None].add(tally)
            if plan.levels[above] != (level,):
                found[above, indicator, level].add(tally)
    return found
