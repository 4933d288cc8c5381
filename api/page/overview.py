"""What the tables and cards show: figures with their standing, units in their tree, found, sorted and narrowed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from api.page.choice import UnitsChoice
from api.page.standing import WANTING, Standing, standing
from ledger.figure import Figure, Snapshot
from ledger.language import LOCAL_ZONE, Text
from ledger.plan import Indicator, Plan, Step, Unit, measured
from ledger.vietnamese import Alphabetic, alphabetic, matches


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure and how it stands."""

    figure: Figure
    indicator: Indicator
    standing: Standing
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """A unit with its figures, in the order of the columns; `depth` is 0 at the root."""

    unit: Unit
    depth: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Indicators of one rung of the ladder, or (`step` None) those of what answers now."""

    step: Step | None
    indicators: tuple[Indicator, ...]


class Figures:
    """A snapshot's measured figures by unit and indicator."""

    def __init__(self, snapshot: Snapshot, plan: Plan) -> None:
        self.today: date = snapshot.as_of.astimezone(LOCAL_ZONE).date()
        self._columns = columns(plan)
        self._by_unit: Mapping[str, dict[str, Figure]] = defaultdict(dict)
        for figure in snapshot.main_figures:
            self._by_unit[figure.unit].setdefault(figure.indicator, figure)

    def cells(self, unit: str) -> tuple[Cell, ...]:
        """The unit's figures in the order of the columns."""
        figures = self._by_unit[unit]
        return tuple(
            self._cell(figures[indicator.id], indicator) for indicator in self._columns if indicator.id in figures
        )

    def value(self, unit: str, indicator: str) -> float | None:
        """What the unit's figure is; None: no data."""
        figure = self._by_unit[unit].get(indicator)
        return figure.value if figure else None

    def _cell(self, figure: Figure, indicator: Indicator) -> Cell:
        days_left = (figure.due - self.today).days if figure.due is not None else None
        return Cell(figure, indicator, standing(figure, self.today, indicator), days_left)


def column_groups(plan: Plan) -> tuple[ColumnGroup, ...]:
    """What is measured: the ladder's rungs in their order, then what answers now; rungs are never merged."""
    ladder = list(Step)

    def rung(indicator: Indicator) -> int:
        return len(ladder) if indicator.is_availability or indicator.step is None else ladder.index(indicator.step)

    ordered = sorted(measured(plan.indicators).values(), key=rung)
    return tuple(
        ColumnGroup(None if place == len(ladder) else ladder[place], tuple(found))
        for place, found in groupby(ordered, rung)
    )


def columns(plan: Plan) -> tuple[Indicator, ...]:
    """Every measured indicator, in the order of the groups."""
    return tuple(indicator for group in column_groups(plan) for indicator in group.indicators)


@dataclass(frozen=True, slots=True)
class Lines:
    """The units chosen with their figures. `below`: only units under that one, itself left out."""

    plan: Plan
    figures: Figures
    choice: UnitsChoice
    text: Text
    below: str | None = None

    def chosen(self) -> list[Line]:
        """As a tree, siblings sorted; where the choice leaves some out, one after another."""
        tree = [Line(self.plan.units[unit], depth, self.figures.cells(unit)) for unit, depth in self._walk()]
        if not self.choice.narrows:
            return tree
        found = {line.unit.id: Line(line.unit, 0, line.cells) for line in tree if self._is_chosen(line)}
        return [found[unit] for unit in self._sorted(found)]

    def _walk(self) -> Iterator[tuple[str, int]]:
        roots = [unit.id for unit in self.plan.units.values() if unit.parent is None]
        waiting = [
            (unit, 0) for unit in reversed(self._sorted(self.plan.children[self.below] if self.below else roots))
        ]
        while waiting:
            unit, depth = waiting.pop()
            yield unit, depth
            waiting += [(child, depth + 1) for child in reversed(self._sorted(self.plan.children[unit]))]

    def _is_chosen(self, line: Line) -> bool:
        unit, choice = line.unit, self.choice
        return (
            choice.level in (None, unit.level)
            and (not choice.wanting or any(cell.standing in WANTING for cell in line.cells))
            and matches(choice.search, unit.name_vi, unit.name_en, unit.id, unit.code or "")
        )

    def _sorted(self, units: Iterable[str]) -> list[str]:
        """By name or by an indicator; what has no figure comes last either way."""
        column, backwards = self.choice.sort.removeprefix("-"), self.choice.sort.startswith("-")
        if not column:
            return list(units)
        if column == "name":
            return sorted(units, key=self._name, reverse=backwards)
        values = {unit: self.figures.value(unit, column) for unit in units}
        known = {unit: value for unit, value in values.items() if value is not None}
        return [
            *sorted(known, key=known.__getitem__, reverse=backwards),
            *(unit for unit in values if unit not in known),
        ]

    def _name(self, unit: str) -> Alphabetic:
        known = self.plan.units[unit]
        return alphabetic(self.text.name(known.name_vi, known.name_en))
