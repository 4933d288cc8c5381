"""Figures of one day told on another day's map: counts are conserved, ratios divided again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction

from ledger.declared.statement import Statement
from ledger.declared.sums import Sum, recounted, settled
from ledger.declared.tree import Node, declared_atoms, declared_wholes, summed
from ledger.figure import Availability, Coverage, Figure
from ledger.language import N_
from ledger.plan import Indicator, Plan, Unit
from ledger.reconcile.figures import written
from ledger.reconcile.tally import OwnPlace, Tally, added_up
from ledger.remark import Remark
from ledger.units.restatement import apportioned
from ledger.units.succession import Crosswalk, Part, crosswalk

ASSUMED = N_("restated; no share is recorded of a unit that was divided, its parts count alike")
ROUNDED = N_("restated; whole things were rounded")


@dataclass(slots=True)
class Way:
    """From a day's units to those of another day's map; what was divided without a share, and what was rounded."""

    before: Mapping[str, Unit]
    after: Mapping[str, Unit]
    parts: Crosswalk
    assumed: set[tuple[str, str]] = field(default_factory=set)
    rounded: set[tuple[str, str]] = field(default_factory=set)
    sources: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _found: dict[str, tuple[Part, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for unit in self.before:
            for part in self.of(unit):
                self.sources[part.unit].add(unit)

    def of(self, unit: str) -> tuple[Part, ...]:
        """Where a unit is on the map; one that ended without a successor counts with the unit above it."""
        if unit not in self._found:
            self._found[unit] = self._looked_up(unit)
        return self._found[unit]

    def _looked_up(self, unit: str) -> tuple[Part, ...]:
        found = self.parts.get(unit) or (Part(unit, Fraction(1), is_assumed=False),)
        if all(part.unit in self.after for part in found):
            return found
        known = self.before.get(unit)
        if known is None or known.parent is None:
            top = next(each.id for each in self.after.values() if each.parent is None)
            return tuple(part if part.unit in self.after else replace(part, unit=top) for part in found)
        return self.of(known.parent)

    def divided(self, unit: str, count: int, what: str = "") -> dict[str, int]:
        """The unit's count by the units of the map; notes of `what` something is assumed, and what is rounded."""
        parts = self.of(unit)
        if len(parts) == 1:
            return {parts[0].unit: count}
        whole = apportioned(count, [part.share for part in parts]) if parts else []
        found: dict[str, int] = {}
        for part, share in zip(parts, whole, strict=True):
            found[part.unit] = share
            if count and part.is_assumed:
                self.assumed.add((part.unit, what))
            if share != count * part.share:
                self.rounded.add((part.unit, what))
        return found


def restated_figures(
    plan: Plan,
    measured: Iterable[Figure],
    said: Sequence[Statement],
    *,
    as_of: datetime,
    units: Mapping[str, Unit],
    start: date,
    end: date,
) -> list[Figure]:
    """Figures on `end`'s map: `measured` are those of `units`, whose map is `start`'s.

    What was `said` is of its own day's units. What a figure owes to an assumption or to rounding its `detail` says.
    """
    after = plan.with_units(plan.history.at(end))
    way = Way(units, after.units, crosswalk(plan.history.successions, start, end))
    tallies = added_up(after, _moved(_own(plan, measured, way.before), way))
    atoms: dict[Node, list[Sum]] = defaultdict(list)
    wholes: dict[Node, Sum] = {}
    for day, statements in _by_map(plan, said).items():
        then = _way(plan, day, after, end)
        before = plan.with_units(then.before)
        for node, values in _moved_atoms(declared_atoms(before, statements), then).items():
            atoms[node] += values
        wholes.update(_moved_wholes(declared_wholes(before, statements), before, after, then))
        way.assumed |= then.assumed
        way.rounded |= then.rounded
    sums = summed(after, atoms)
    for node, stated in wholes.items():
        sums[node] = settled(stated, sums.get(node), are_all=False)
    figures = written(after, as_of, tallies, sums)
    return [_noted(figure, after, way) for figure in figures]


def _way(plan: Plan, start: date, after: Plan, end: date) -> Way:
    return Way(plan.history.at(start), after.units, crosswalk(plan.history.successions, start, end))


def _by_map(plan: Plan, said: Iterable[Statement]) -> dict[date, list[Statement]]:
    """What was declared by the map of its own day, `dict[a day of that map, statements]`."""
    days: dict[int, date] = {}
    found: dict[date, list[Statement]] = defaultdict(list)
    for each in said:
        era = sum(1 for succession in plan.history.successions if succession.on <= each.day)
        found[days.setdefault(era, each.day)].append(each)
    return found


def _noted(figure: Figure, plan: Plan, way: Way) -> Figure:
    if figure.value is None or figure.detail is not None:
        return figure
    what, below = f"{figure.evidence} {figure.indicator}", set(plan.subtree(figure.unit))
    for noted, message in ((way.assumed, ASSUMED), (way.rounded, ROUNDED)):
        units = {unit for unit, of in noted if of == what}
        if units & below and units - below:
            return replace(figure, detail=Remark(message))
    return figure


def _own(plan: Plan, figures: Iterable[Figure], units: Mapping[str, Unit]) -> dict[OwnPlace, Tally]:
    """What each unit has itself: its figure, less those of its children."""
    found: dict[OwnPlace, Tally] = defaultdict(Tally)
    for figure in figures:
        if not figure.is_main or not figure.denominator or figure.indicator not in plan.indicators:
            continue
        tally = _tally(figure, plan.indicators[figure.indicator])
        unit = units.get(figure.unit)
        found[figure.unit, figure.indicator, unit.level if unit else figure.level].add(tally)
        if unit is not None and unit.parent is not None and unit.parent in units:
            _take_off(found[unit.parent, figure.indicator, units[unit.parent].level], tally)
    return found


def _tally(figure: Figure, indicator: Indicator) -> Tally:
    reached = Availability.UP if indicator.is_availability else Coverage.COVERED
    verdicts = Counter({**figure.reasons, reached.value: figure.numerator or 0})
    return Tally(verdicts, figure.numerator or 0, figure.due_denominator or 0)


def _take_off(tally: Tally, part: Tally) -> None:
    tally.verdicts.subtract(part.verdicts)
    tally.numerator -= part.numerator
    tally.due -= part.due


def _moved(own: Mapping[OwnPlace, Tally], way: Way) -> dict[OwnPlace, Tally]:
    """Each verdict's count divided by itself, so that they still sum to what is owed; of the level that it had."""
    found: dict[OwnPlace, Tally] = defaultdict(Tally)
    for (unit, indicator, level), tally in own.items():
        for verdict, count in tally.verdicts.items():
            is_reached = verdict in (Coverage.COVERED, Availability.UP)
            for target, share in way.divided(unit, count, f"measured {indicator}").items():
                found[target, indicator, level].verdicts[verdict] += share
                found[target, indicator, level].numerator += share if is_reached else 0
        for target, share in way.divided(unit, tally.due).items():
            found[target, indicator, level].due += share
    return found


def _moved_atoms(atoms: Mapping[Node, Sum], way: Way) -> dict[Node, list[Sum]]:
    """Counts divided among the units of the map; a value without counts only where its unit went on alone.

    Each keeps the level that it was counted at: what districts had is told as theirs.
    """
    found: dict[Node, list[Sum]] = defaultdict(list)
    for node, value in atoms.items():
        for unit, part in _divided(node, value, way):
            found[node._replace(unit=unit)].append(part)
    return found


def _moved_wholes(wholes: Mapping[Node, Sum], before: Plan, after: Plan, way: Way) -> Iterator[tuple[Node, Sum]]:
    """What was said of a whole holds of the unit that it became, if that took in nothing else."""
    for node, value in wholes.items():
        parts = way.of(node.unit)
        if len(parts) != 1:
            continue
        taken_in = {source for unit in after.subtree(parts[0].unit) for source in way.sources[unit]}
        if taken_in <= set(before.subtree(node.unit)):
            yield node._replace(unit=parts[0].unit), value


def _divided(node: Node, value: Sum, way: Way) -> Iterator[tuple[str, Sum]]:
    unit, what = node.unit, f"declared {node.indicator}"
    parts = way.of(unit)
    if not value.can_be_added:
        if len(parts) == 1 and (parts[0].unit == unit or way.sources[parts[0].unit] == {unit}):
            yield parts[0].unit, value
        return
    reached = value.numerator or 0
    ups = way.divided(unit, reached, what)
    # What is missing is divided by itself, so that no part has more of something than there is of it.
    gaps = {} if value.denominator is None else way.divided(unit, value.denominator - reached, what)
    for target, numerator in ups.items():
        denominator = numerator + gaps[target] if target in gaps else None
        yield target, recounted(value, numerator, denominator)
