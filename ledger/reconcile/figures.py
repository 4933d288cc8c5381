"""Figures: what was measured and what is declared of every unit and of the levels in it, held against their targets."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import ceil

from ledger.declared.amount import ValueState
from ledger.declared.statement import Declared, Statement, in_force
from ledger.declared.sums import Sum
from ledger.declared.tree import Node, declared_sums
from ledger.figure import AssetRow, Figure, FigureScope, FigureState
from ledger.plan import Direction, Indicator, Level, Plan, Target, Unit, ValueUnit
from ledger.reconcile.calendar import local_day
from ledger.reconcile.tally import Place, Tally, tallies_of
from ledger.reconcile.targets import Targets

#: Ratios are compared with targets up to this much, so that 9/10 meets 0.9.
TOLERANCE = 1e-9


def figures_of(
    plan: Plan, rows: Iterable[tuple[AssetRow, date]], as_of: datetime, declared: Sequence[Declared] = ()
) -> Iterator[Figure]:
    """Figures of every unit in register order, under each indicator; each row comes with its `planned_from`.

    Every unit has a figure of every measured indicator, nothing owed or not. Where there are units of several levels at
    or below it, each level that owes anything has one too. What is declared stands beside what was measured.
    """
    today = local_day(as_of)
    tallies = tallies_of(plan, rows, today)
    sums = declared_sums(plan, _current(plan, declared, today))
    writer = _Writer(plan, Targets(plan, today), as_of, tallies, sums)
    for unit in plan.units.values():
        for indicator in plan.indicators.values():
            yield from writer.of(unit, indicator)


def _current(plan: Plan, declared: Sequence[Declared], today: date) -> Iterator[Statement]:
    """What is in force, and not older than its indicator allows."""
    for said in in_force(declared, today):
        indicator = plan.indicators.get(said.indicator)
        longest = None if indicator is None else indicator.max_age_days
        if longest is None or said.day + timedelta(days=longest) >= today:
            yield said


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the figures of a unit from what was counted and what was added up."""

    plan: Plan
    targets: Targets
    as_of: datetime
    tallies: Mapping[Place, Tally]
    sums: Mapping[Node, Sum]

    def of(self, unit: Unit, indicator: Indicator) -> Iterator[Figure]:
        """The whole, then each level; what was measured, then what is declared, then its parts."""
        levels = self.plan.levels[unit.id]
        for level in (None, *(levels if len(levels) > 1 else ())):
            counted = self._measured(unit, indicator, level)
            if counted is not None:
                yield counted
            for field in (None, *self._fields(unit, indicator, level)):
                value = self.sums.get(Node(indicator.id, field, unit.id, level))
                if value is not None:
                    beside = counted if field is None else None
                    yield self._declared(_Place(unit, indicator, level, field), value, beside)

    def _fields(self, unit: Unit, indicator: Indicator, level: Level | None) -> list[str]:
        if not indicator.parts_sum and not indicator.fields:
            return []
        known = dict.fromkeys(node.field for node in self.sums if node.indicator == indicator.id)
        return sorted(f for f in known if f and Node(indicator.id, f, unit.id, level) in self.sums)

    def _measured(self, unit: Unit, indicator: Indicator, level: Level | None) -> Figure | None:
        tally = self.tallies.get((unit.id, indicator.id, level))
        if indicator.measure is None or (tally is None and level is not None):
            return None
        tally = tally or Tally()
        target = self.targets.of(indicator, unit, level=level)
        owed = tally.denominator
        ratio = tally.numerator / owed if owed else None
        wanted = None if target is None or not owed else _missing(target.value, tally.numerator, owed)
        return replace(
            self._blank(_Place(unit, indicator, level, None), target),
            evidence="measured",
            population=None,
            value=float(tally.numerator) if owed and indicator.value_unit is ValueUnit.COUNT else ratio,
            numerator=tally.numerator,
            denominator=owed,
            due_denominator=tally.due,
            ratio=ratio,
            target_met=None if wanted is None else wanted == 0,
            gap=owed - tally.numerator,
            to_target=wanted,
            reasons=tally.reasons(),
            state=FigureState.VALUE if owed else FigureState.NO_DATA,
        )

    def _declared(self, place: "_Place", value: Sum, beside: Figure | None) -> Figure:
        target = self.targets.of(place.indicator, place.unit, field=place.field, level=place.level)
        number = None if value.value is None else _number(value.value, value.value_unit)
        ratio = _ratio(value)
        wanted = None if target is None or number is None else _wanted(place.indicator, value, target, number)
        gap = None
        if value.numerator is not None and value.denominator is not None:
            gap = value.denominator - value.numerator
        measured_value = None if beside is None else beside.value
        return replace(
            self._blank(place, target),
            value=number,
            qualifier=value.qualifier,
            numerator=value.numerator,
            denominator=value.denominator,
            due_denominator=value.denominator,
            ratio=ratio,
            target_met=None if wanted is None else wanted <= 0,
            gap=gap,
            to_target=wanted,
            state=FigureState.CONFLICT if value.is_conflict else _state(value),
            mark=value.mark,
            difference=None if number is None or measured_value is None else number - measured_value,
            detail=value.detail,
        )

    def _blank(self, place: "_Place", target: Target | None) -> Figure:
        """What is the same whatever the value."""
        indicator = place.indicator
        return Figure(
            indicator=indicator.id,
            unit=place.unit.id,
            level=place.level or place.unit.level,
            scope=FigureScope.SUBTREE if place.level is None else FigureScope.LEVEL,
            field=place.field,
            population=indicator.population,
            step=None if indicator.step is None else indicator.step.value,
            evidence="declared",
            value=None,
            value_unit=indicator.unit_of(place.field).value,
            qualifier=None,
            numerator=None,
            denominator=None,
            due_denominator=None,
            ratio=None,
            target=target.value if target else None,
            target_met=None,
            due=target.due if target else None,
            legal_basis=target.legal_basis if target else None,
            gap=None,
            to_target=None,
            reasons={},
            state=FigureState.NO_DATA,
            as_of=self.as_of,
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """What a figure is about."""

    unit: Unit
    indicator: Indicator
    level: Level | None
    field: str | None


def _missing(target: float, numerator: int, owed: int) -> int:
    return max(0, ceil(target * owed - TOLERANCE) - numerator)


def _wanted(indicator: Indicator, value: Sum, target: Target, number: float) -> float:
    """How many more would meet the target; of a ratio without its counts, how much of it, and of a rank how far up."""
    if indicator.direction is Direction.DOWN:
        return max(0.0, number - target.value) if number - target.value > TOLERANCE else 0
    if value.value_unit is not ValueUnit.RATIO:
        return max(0.0, target.value - number)
    if value.numerator is None or value.denominator is None:
        return max(0.0, target.value - number) if target.value - number > TOLERANCE else 0
    return _missing(target.value, value.numerator, value.denominator)


def _ratio(value: Sum) -> float | None:
    if value.value_unit is ValueUnit.RATIO:
        return None if value.value is None else float(value.value)
    if value.value_unit is ValueUnit.COUNT and value.numerator is not None and value.denominator:
        return value.numerator / value.denominator
    return None


def _number(value: Decimal, unit: ValueUnit) -> float:
    return float(value) if unit is ValueUnit.RATIO or value % 1 else float(int(value))


def _state(value: Sum) -> FigureState:
    if value.state is ValueState.NOT_APPLICABLE:
        return FigureState.NOT_APPLICABLE
    return FigureState.VALUE if value.value is not None else FigureState.NO_DATA
