"""Figures: what was measured and what is declared of every unit and of the levels in it, held against their targets."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from ledger.attainment import gap_of, measured_value, missing
from ledger.declared.amount import ValueState
from ledger.declared.statement import Declared, Statement, in_force
from ledger.declared.sums import Sum
from ledger.declared.tree import Node, declared_sums
from ledger.figure import AssetRow, Figure, FigureScope, FigureState
from ledger.plan import Indicator, Level, Plan, Target, Unit, ValueUnit
from ledger.reconcile.calendar import local_day
from ledger.reconcile.tally import Place, Tally, tallies_of
from ledger.reconcile.targets import Targets


def figures_of(
    plan: Plan, rows: Iterable[AssetRow], as_of: datetime, declared: Sequence[Declared] = ()
) -> Iterator[Figure]:
    """Figures of every unit in register order, under each indicator.

    Every unit has a figure of every measured indicator, nothing owed or not. Where there are units of several levels at
    or below it, each level that owes anything has one too. What is declared stands beside what was measured; on a day
    before the present map it is told by the units of that day, as it was reported.
    """
    today = local_day(as_of)
    said = tuple(current(plan, declared, today))
    then = plan.on(today)
    if then is plan:
        yield from written(plan, as_of, tallies_of(plan, rows, today), declared_sums(plan, said))
        return
    yield from written(plan, as_of, tallies_of(plan, rows, today), {})
    yield from (f for f in written(then, as_of, {}, declared_sums(then, said)) if f.evidence == "declared")


def written(plan: Plan, as_of: datetime, tallies: Mapping[Place, Tally], sums: Mapping[Node, Sum]) -> Iterator[Figure]:
    """The figures that counts and sums come to, held against the targets of the day."""
    told: dict[str, list[Level]] = defaultdict(list)
    for place in tallies:
        if place[2] is not None:
            told[place[0]].append(place[2])
    parts: dict[Place, list[str]] = defaultdict(list)
    for node in sorted(sums, key=lambda node: node.field or ""):
        if node.level is not None:
            told[node.unit].append(node.level)
        if node.field is not None:
            parts[node.unit, node.indicator, node.level].append(node.field)
    writer = _Writer(plan, Targets(plan, local_day(as_of)), as_of, tallies, sums, told, parts)
    for unit in plan.units.values():
        for indicator in plan.indicators.values():
            yield from writer.of(unit, indicator)


def current(plan: Plan, declared: Sequence[Declared], today: date) -> Iterator[Statement]:
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
    told: Mapping[str, list[Level]]  # the levels that there is something of, by unit: past ones too
    parts: Mapping[Place, list[str]]  # the fields that something is declared of

    def of(self, unit: Unit, indicator: Indicator) -> Iterator[Figure]:
        """The whole, then each level; what was measured, then what is declared, then its parts."""
        levels = dict.fromkeys((*self.plan.levels[unit.id], *self.told.get(unit.id, ())))
        for level in (None, *(levels if len(levels) > 1 else ())):
            counted = self._measured(unit, indicator, level)
            if counted is not None:
                yield counted
            for field in (None, *self.parts.get((unit.id, indicator.id, level), ())):
                value = self.sums.get(Node(indicator.id, field, unit.id, level))
                if value is not None:
                    beside = counted if field is None else None
                    yield self._declared(_Place(unit, indicator, level, field), value, beside)

    def _measured(self, unit: Unit, indicator: Indicator, level: Level | None) -> Figure | None:
        tally = self.tallies.get((unit.id, indicator.id, level))
        if indicator.measure is None or (tally is None and level is not None):
            return None
        tally = tally or Tally()
        target = self.targets.of(indicator, unit, level=level)
        owed = tally.denominator
        ratio = tally.numerator / owed if owed else None
        value = measured_value(tally.numerator, owed, indicator.value_unit)
        wanted = self._missing(indicator, target, value, (tally.numerator, owed))
        return replace(
            self._blank(_Place(unit, indicator, level, None), target),
            evidence="measured",
            population=None,
            value=value,
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
        counts = (value.numerator, value.denominator)
        wanted = self._missing(place.indicator, target, number, counts)
        measured_value = None if beside is None else beside.value
        return replace(
            self._blank(place, target),
            value=number,
            qualifier=value.qualifier,
            numerator=value.numerator,
            denominator=value.denominator,
            due_denominator=value.denominator,
            ratio=ratio,
            target_met=None if wanted is None else wanted == 0,
            gap=gap_of(place.indicator.direction, value.numerator, value.denominator),
            to_target=wanted,
            state=FigureState.CONFLICT if value.is_conflict else _state(value),
            mark=value.mark,
            difference=None if number is None or measured_value is None else number - measured_value,
            detail=value.detail,
            declared_on=value.first_day,
        )

    def _missing(
        self,
        indicator: Indicator,
        target: Target | None,
        value: float | None,
        counts: tuple[int | None, int | None],
    ) -> float | None:
        return missing(
            target.value if target else None,
            value=value,
            value_unit=indicator.unit_of(target.field if target else None),
            direction=indicator.direction,
            counts=counts,
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
    if value.value is None:
        return FigureState.NO_DATA
    return FigureState.ESTIMATED if value.is_estimated else FigureState.VALUE
