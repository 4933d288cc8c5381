"""Adds verdicts up: one figure per node of the unit tree and indicator."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil

from ledger.figure import AssetRow, Availability, Coverage, Figure
from ledger.indicator import INDICATORS, Indicator, ValueUnit
from ledger.plan import Plan, Target, Unit
from ledger.reconcile.calendar import local_day

#: Ratios are compared with targets up to this much, so that 9/10 meets 0.9.
TOLERANCE = 1e-9
REASONS = (*Coverage, *Availability)


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
        covered = (Coverage.COVERED, Availability.UP)
        names = dict.fromkeys(reason.value for reason in REASONS if reason not in covered)
        return {name: self.verdicts[name] for name in names if self.verdicts[name]}


def figures_of(plan: Plan, rows: Iterable[tuple[AssetRow, date]], as_of: datetime) -> Iterator[Figure]:
    """Figures of every unit in register order, under each indicator; each row comes with its `planned_from`."""
    today = local_day(as_of)
    tallies = _tallies(plan, rows, today)
    for unit in plan.units.values():
        for indicator in INDICATORS.values():
            target = target_of(plan, indicator, unit, today)
            yield _figure(indicator, unit, tallies[unit.id, indicator.id], target, as_of)


def target_of(plan: Plan, indicator: Indicator, unit: Unit, today: date) -> Target | None:
    """The unit's own targets go before its level's; of several, the next one due, else the one due last."""
    ours = [target for target in plan.targets if target.indicator == indicator.id]
    candidates = [t for t in ours if t.unit == unit.id] or [t for t in ours if t.level is unit.level]
    ahead = [target for target in candidates if target.due >= today]
    if ahead:
        return min(ahead, key=lambda target: target.due)
    return max(candidates, key=lambda target: target.due, default=None)


def _tallies(plan: Plan, rows: Iterable[tuple[AssetRow, date]], today: date) -> Mapping[tuple[str, str], Tally]:
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for row, planned_from in rows:
        if row.counted and row.unit is not None and row.indicator is not None:
            tally = tallies[row.unit, row.indicator]
            tally.verdicts[row.verdict.value] += 1
            tally.numerator += not row.is_gap
            tally.due += planned_from <= today
    for root in (unit.id for unit in plan.units.values() if unit.parent is None):
        for unit in reversed(plan.subtree(root)):
            parent = plan.units[unit].parent
            for indicator in INDICATORS if parent is not None else ():
                tallies[str(parent), indicator].add(tallies[unit, indicator])
    return tallies


def _figure(indicator: Indicator, unit: Unit, tally: Tally, target: Target | None, as_of: datetime) -> Figure:
    owed = tally.denominator
    ratio = tally.numerator / owed if owed else None
    counted = float(tally.numerator) if owed and indicator.value_unit is ValueUnit.COUNT else ratio
    wanted = None if target is None or not owed else max(0, ceil(target.value * owed - TOLERANCE) - tally.numerator)
    return Figure(
        indicator=indicator.id,
        unit=unit.id,
        level=unit.level,
        population=None,
        step=indicator.step.value,
        evidence="measured",
        value=counted,
        value_unit=indicator.value_unit.value,
        qualifier=None,
        numerator=tally.numerator,
        denominator=owed,
        due_denominator=tally.due,
        ratio=ratio,
        target=target.value if target else None,
        target_met=None if wanted is None else wanted == 0,
        due=target.due if target else None,
        legal_basis=target.legal_basis if target else None,
        gap=owed - tally.numerator,
        to_target=wanted,
        reasons=tally.reasons(),
        state="value" if owed else "no_data",
        as_of=as_of,
    )
