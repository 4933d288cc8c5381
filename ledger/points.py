"""One indicator at one unit over time: the days on which its figure changed, measured and declared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ledger.attainment import measured_value
from ledger.declared.statement import Declared
from ledger.figure import FigureScope
from ledger.kept import Keeping, day_closes, units_of
from ledger.plan import Plan
from ledger.reconcile.figures import current, figures_of
from ledger.reconcile.restated import restated_figures
from ledger.reconcile.series import Turn, reported, restated
from ledger.store import Store


@dataclass(frozen=True, slots=True)
class Point:
    """From `day` on the unit has this; numerator and denominator None where nobody gave them."""

    day: date
    evidence: str
    value: float | None
    numerator: int | None
    denominator: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: from `first` to `last`, on the map of `on_map`; None: by the units of each day."""

    indicator: str
    unit: str
    first: date
    last: date
    on_map: date | None


def measured_points(plan: Plan, store: Store, asked: Question) -> Iterator[Point]:
    """What was kept, by day; raises StoreError."""
    changes = list(reported(store.kept_changes(asked.first, asked.last, indicator=asked.indicator)))
    if asked.on_map is not None:
        changes = list(restated(plan, changes, asked.on_map, turns_of(plan, store.keepings(), asked.last)))
    value_unit = plan.indicators[asked.indicator].value_unit
    for change in changes:
        if change.unit == asked.unit:
            owed = change.denominator
            value = measured_value(change.numerator, owed, value_unit)
            yield Point(change.day, "measured", value, change.numerator, owed)


def turns_of(plan: Plan, keepings: Sequence[Keeping], today: date) -> list[Turn]:
    """The days on which the tree of units changes that kept figures are of."""
    found: list[Turn] = []
    last = ""
    for day in sorted({day for each in keepings for day in (each.first, each.last + timedelta(days=1))}):
        keeping = next((each for each in reversed(keepings) if each.covers(day)), None)
        if keeping is not None and keeping.map != last:
            units, last = units_of(keeping.map), keeping.map
            found.append((day, units, plan.day_of(units, today)))
    return found


def declared_points(plan: Plan, declared: Sequence[Declared], asked: Question) -> Iterator[Point]:
    """What was declared, by the days that it is of; what held before the first day counts from there."""
    ours = [each for each in declared if each.statement.indicator == asked.indicator]
    days = sorted({each.statement.day for each in ours if each.statement.day <= asked.last})
    earlier = [day for day in days if day <= asked.first]
    before: Point | None = None
    for day in [*earlier[-1:], *(day for day in days if day > asked.first)]:
        point = _declared_on(plan, ours, asked, day)
        if point is not None and (before is None or replace(point, day=before.day) != before):
            yield point
            before = point


def _declared_on(plan: Plan, ours: Sequence[Declared], asked: Question, day: date) -> Point | None:
    as_of = day_closes(day)
    if asked.on_map is None:
        figures = list(figures_of(plan, [], as_of, ours))
    else:
        said = tuple(current(plan, ours, day))
        units = plan.history.at(day)
        figures = restated_figures(plan, [], said, as_of=as_of, units=units, start=day, end=asked.on_map)
    for figure in figures:
        is_whole = figure.scope is FigureScope.SUBTREE and figure.field is None
        if is_whole and (figure.evidence, figure.indicator, figure.unit) == ("declared", asked.indicator, asked.unit):
            told_from = max(day, asked.first)
            return Point(told_from, "declared", figure.value, figure.numerator, figure.denominator)
    return None
