"""Which target a figure is held against on a day: inherited down the tree, overridden nearer to the unit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from ledger.plan import Indicator, Level, Plan, Target, Unit, ValueUnit

Key = tuple[str, str | None, str | None, Level | None]


class Targets:
    """A plan's targets on a day."""

    def __init__(self, plan: Plan, today: date) -> None:
        self._plan = plan
        self._today = today
        self._by_place: dict[Key, list[Target]] = defaultdict(list)
        for target in plan.targets:
            self._by_place[target.indicator, target.field, target.unit, target.level].append(target)

    def of(
        self, indicator: Indicator, unit: Unit, *, field: str | None = None, level: Level | None = None
    ) -> Target | None:
        """The unit's target, or that of the units of `level` in it; None: it has none."""
        for place in self._places(indicator.unit_of(field), unit, level):
            targets = self._by_place.get((indicator.id, field, *place))
            found = in_force(targets, self._today) if targets else None
            if found is not None:
                return found
        return None

    def _places(
        self, value_unit: ValueUnit, unit: Unit, level: Level | None
    ) -> Iterator[tuple[str | None, Level | None]]:
        """Where a target may stand, the nearest first. Only a ratio that all of something owes, each part owes too."""
        is_ratio = value_unit is ValueUnit.RATIO
        yield unit.id, level
        above = self._plan.ancestors(unit.id)[1:]
        if level is not None:
            yield from ((place, level) for place in above if is_ratio)
        else:
            yield from ((place, unit.level) for place in above if is_ratio)
        if is_ratio or level is None:
            yield None, level or unit.level
        if is_ratio:
            yield from ((place, None) for place in ([unit.id, *above] if level is not None else above))


def in_force(targets: Sequence[Target], today: date) -> Target | None:
    """Of the version that holds on `today` the next target due, else the one due last; last is one without a date."""
    holding = [t for t in targets if t.valid_from is None or t.valid_from <= today]
    version = max((t.valid_from or date.min for t in holding), default=None)
    steps = [t for t in holding if (t.valid_from or date.min) == version]
    ahead = [t for t in steps if due_of(t) >= today]
    return min(ahead, key=due_of) if ahead else max(steps, key=due_of, default=None)


def due_of(target: Target) -> date:
    """Its last day, or the last there is."""
    return target.due or date.max
