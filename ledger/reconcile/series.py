"""A measured indicator's history, day by day: as it was reported, or restated on another day's map."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from ledger.kept import FigureKey, Numbers, counts_of
from ledger.plan import Plan, Unit
from ledger.reconcile.restated import Way
from ledger.units.succession import crosswalk

#: How many of a unit's assets have which verdict; `reached` those in the numerator, `due` those that are due.
Counts = Mapping[str, int]
REACHED, DUE = "reached", "due"
NOTHING: Counts = {}


@dataclass(frozen=True, slots=True)
class Change:
    """From `day` on `unit` with all below it has these counts; empty: nothing is owed any more."""

    day: date
    unit: str
    counts: Counts

    @property
    def numerator(self) -> int:
        """What is covered, or answers."""
        return self.counts.get(REACHED, 0)

    @property
    def denominator(self) -> int:
        """What is counted."""
        return sum(count for name, count in self.counts.items() if name != DUE)


def reported(changes: Iterable[tuple[FigureKey, date, Numbers]]) -> Iterator[Change]:
    """What was kept, by day and unit."""
    found = [Change(day, key.unit, counts_of(numbers)) for key, day, numbers in changes]
    yield from sorted(found, key=lambda change: change.day)


#: From a day on, the units that figures are of, and a day whose map these are.
Turn = tuple[date, Mapping[str, Unit], date]


def restated(plan: Plan, changes: Iterable[Change], on_map: date, turns: Iterable[Turn]) -> Iterator[Change]:
    """The same history on `on_map`'s map: `changes` are one indicator's, of every unit, by day.

    Units that are divided or merged between a day and the map are carried over; totals are conserved on every day.
    """
    by_day: dict[date, list[Change]] = defaultdict(list)
    for change in changes:
        by_day[change.day].append(change)
    if not by_day:
        return
    maps = {day: (units, start) for day, units, start in turns}
    totals: dict[str, Counts] = {}
    after = plan.with_units(plan.history.at(on_map))
    above = {unit: after.ancestors(unit) for unit in after.units}
    era: _Era | None = None
    told: dict[str, Counts] = {}
    for day in sorted(by_day.keys() | maps.keys()):
        fresh = by_day.get(day, [])
        totals.update((change.unit, change.counts) for change in fresh)
        if era is None or day in maps:
            units, start = maps.get(day, (plan.units, on_map))
            way = Way(units, after.units, crosswalk(plan.history.successions, start, on_map))
            era = _Era(way, above)
            touched = era.take(totals)
            touched.update(dict.fromkeys(told))
        else:
            touched = era.take({change.unit: change.counts for change in fresh})
        for unit in touched:
            counts = {name: count for name, count in era.totals.get(unit, NOTHING).items() if count}
            if counts != told.get(unit, NOTHING):
                told[unit] = counts
                yield Change(day, unit, counts)


@dataclass(slots=True)
class _Era:
    """Days between which no unit became another: each unit's own counts, and what they make on the map."""

    way: Way
    above: Mapping[str, tuple[str, ...]]
    totals: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    _known: dict[str, Counts] = field(default_factory=dict)
    _own: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    _given: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    def take(self, changed: Mapping[str, Counts]) -> dict[str, None]:
        """Take units' new totals; the units of the map whose counts may differ now."""
        moved: dict[str, None] = {}
        for unit, counts in changed.items():
            known = self.way.before.get(unit)
            parent = known.parent if known is not None and known.parent in self.way.before else None
            for name, difference in _differences(self._known.get(unit, NOTHING), counts):
                self._own[unit][name] += difference
                if parent is not None:
                    self._own[parent][name] -= difference
            self._known[unit] = counts
            moved[unit] = None
            if parent is not None:
                moved[parent] = None
        touched: dict[str, None] = {}
        for unit in moved:
            self._give(unit, touched)
        return touched

    def _give(self, unit: str, touched: dict[str, None]) -> None:
        """Put a unit's own counts in the place of those that it gave before."""
        given: dict[str, dict[str, int]] = defaultdict(dict)
        for name, count in self._own[unit].items():
            for target, share in self.way.divided(unit, count).items():
                given[target][name] = share
        before = self._given.get(unit, {})
        for target in given.keys() | before.keys():
            differences = list(_differences(before.get(target, NOTHING), given.get(target, NOTHING)))
            for place in self.above[target] if differences else ():
                touched[place] = None
                totals = self.totals[place]
                for name, difference in differences:
                    totals[name] += difference
        self._given[unit] = given


def _differences(before: Counts, after: Counts) -> Iterator[tuple[str, int]]:
    for name in before.keys() | after.keys():
        difference = after.get(name, 0) - before.get(name, 0)
        if difference:
            yield name, difference
