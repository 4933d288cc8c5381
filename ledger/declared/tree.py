"""What is declared at every node of the unit tree, whole and by level: said there, or added up from below."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from ledger.declared.amount import ValueState
from ledger.declared.statement import Mark, Scope, Statement
from ledger.declared.sums import MARKS, Sum, added, as_part, settled, sum_of
from ledger.plan import Level, Plan, Unit, ValueUnit


class Node(NamedTuple):
    """An indicator (or a part of it) at a unit: with all below it (`level` None), or of the units of a level in it."""

    indicator: str
    field: str | None
    unit: str
    level: Level | None


def declared_sums(plan: Plan, statements: Iterable[Statement]) -> dict[Node, Sum]:
    """Every node that anything is said of, or of a unit below it; what isn't in the plan is left out."""
    found: dict[Node, Sum] = {}
    for indicator, part, climb in _climbs(plan, statements):
        found.update({Node(indicator, part, unit, level): value for unit, level, value in climb.nodes()})
    _settle_fields(plan, found)
    return found


def declared_atoms(plan: Plan, statements: Iterable[Statement]) -> dict[Node, Sum]:
    """What all sums are made of: at each unit what nothing below it makes up; `level` None: of no known level."""
    return {
        Node(indicator, part, unit, level): value
        for indicator, part, climb in _climbs(plan, statements)
        for unit, level, value in climb.atoms()
    }


def declared_wholes(plan: Plan, statements: Iterable[Statement]) -> dict[Node, Sum]:
    """What is said of units with others below them, and of levels, whether or not their parts are known too."""
    return {
        Node(indicator, part, unit, level): value
        for indicator, part, climb in _climbs(plan, statements)
        for unit, level, value in climb.wholes()
    }


def summed(plan: Plan, atoms: Mapping[Node, Sequence[Sum]]) -> dict[Node, Sum]:
    """Atoms added up a tree of units: each unit with all below it, and by level; ranks stay where they are."""
    parts: dict[Node, list[Sum]] = defaultdict(list)
    for node, values in atoms.items():
        is_summed = plan.indicators[node.indicator].unit_of(node.field) is not ValueUnit.RANK
        for unit in plan.ancestors(node.unit) if is_summed else (node.unit,):
            for level in dict.fromkeys((None, node.level)):
                parts[node._replace(unit=unit, level=level)].extend(values)
    found = {node: value for node, values in parts.items() if (value := added(values)) is not None}
    _settle_fields(plan, found)
    return found


def _climbs(plan: Plan, statements: Iterable[Statement]) -> Iterator[tuple[str, str | None, "_Climb"]]:
    by_thing: dict[tuple[str, str | None], list[Statement]] = defaultdict(list)
    for said in _without_older_parts(plan, statements):
        if said.unit in plan.units:
            by_thing[said.indicator, said.field].append(said)
    for (indicator, part), said_of_it in by_thing.items():
        yield indicator, part, _Climb(plan, plan.indicators[indicator].unit_of(part), said_of_it)


@dataclass(slots=True)
class _Said:
    """What is said of one unit itself."""

    own: Sum | None = None
    subtree: Sum | None = None
    levels: dict[Level, Sum] = field(default_factory=dict)


class _Climb:
    """From the leaves to the root, for one indicator or one part of it."""

    def __init__(self, plan: Plan, value_unit: ValueUnit, statements: Sequence[Statement]) -> None:
        self._plan = plan
        self._is_summed = value_unit is not ValueUnit.RANK
        self._said: dict[str, _Said] = defaultdict(_Said)
        for said in statements:
            self._take(said, sum_of(said.amount, said.mark, value_unit, said.day))

    def _take(self, said: Statement, value: Sum) -> None:
        at = self._said[said.unit]
        if said.scope is Scope.LEVEL and said.level is not None:
            at.levels[said.level] = value
        elif said.scope is Scope.OWN or not self._plan.children[said.unit]:
            at.own = value
        else:
            at.subtree = value

    def nodes(self) -> Iterator[tuple[str, Level | None, Sum]]:
        """Each unit with something at or below it: the whole, then by level. None as a key: of no known level."""
        below: dict[str, dict[Level | None, list[Sum]]] = defaultdict(lambda: defaultdict(list))
        told: dict[str, Counter[Level]] = defaultdict(Counter)  # how many units of each level say something themselves
        for unit in self._touched():
            said = self._said.get(unit.id, _Said())
            parts = below[unit.id]
            if said.own is not None:
                parts[unit.level].append(said.own)
                told[unit.id][unit.level] += said.own.value is not None
            levels: dict[Level | None, Sum] = {
                level: value for level in parts if (value := added(parts[level])) is not None
            }
            for counted, stated in said.levels.items():
                are_all = told[unit.id][counted] == self._plan.level_sizes[unit.id][counted]
                levels[counted] = settled(stated, levels.get(counted), are_all=are_all)
            whole = self._whole(unit, levels)
            if said.subtree is not None:
                whole = settled(said.subtree, whole, are_all=False)
                levels = levels or {None: said.subtree}
            if whole is not None:
                yield unit.id, None, whole
            yield from ((unit.id, level, value) for level, value in levels.items() if level is not None)
            if unit.parent is not None and self._is_summed:
                told[unit.parent].update(told[unit.id])
                for level, value in levels.items():
                    below[unit.parent][level].append(as_part(value))

    def _whole(self, unit: Unit, levels: Mapping[Level | None, Sum]) -> Sum | None:
        """All levels together; a ratio without counts is the whole only where there is nothing else in it."""
        if len(levels) == 1 and set(self._plan.levels[unit.id]) <= set(levels):
            return added(_unflagged(levels.values()))
        return added(as_part(value) for value in _unflagged(levels.values()))

    def wholes(self) -> Iterator[tuple[str, Level | None, Sum]]:
        """What is said of more than a unit itself."""
        for unit, said in self._said.items():
            if said.subtree is not None:
                yield unit, None, said.subtree
            yield from ((unit, level, value) for level, value in said.levels.items())

    def atoms(self) -> Iterator[tuple[str, Level | None, Sum]]:
        """What is said of each unit itself, and of levels or wholes that nothing below it makes up."""
        below: dict[str, set[Level | None]] = defaultdict(set)
        for unit in self._touched():
            said = self._said.get(unit.id, _Said())
            levels = below[unit.id]
            if said.own is not None:
                levels.add(unit.level)
                yield unit.id, unit.level, said.own
            for level in said.levels.keys() - levels:
                levels.add(level)
                yield unit.id, level, said.levels[level]
            if said.subtree is not None and not levels:
                levels.add(None)
                yield unit.id, None, said.subtree
            if unit.parent is not None and self._is_summed:
                below[unit.parent] |= levels

    def _touched(self) -> list[Unit]:
        """The units that something is said of, and those above them; children before their parents."""
        depth: dict[str, int] = {}
        for unit in self._said:
            path = self._plan.ancestors(unit) if self._is_summed else (unit,)
            depth.update({each: len(path) - place for place, each in enumerate(path)})
        return [self._plan.units[unit] for unit in sorted(depth, key=depth.__getitem__, reverse=True)]


def _without_older_parts(plan: Plan, statements: Iterable[Statement]) -> Iterator[Statement]:
    """What may be declared; of parts that make up a whole only those of the last day on which there are any."""
    known = [said for said in statements if said.indicator in plan.indicators]
    latest: dict[tuple[object, ...], date] = {}
    for said in known:
        if _is_part(plan, said):
            thing = (said.indicator, said.unit, said.scope, said.level)
            latest[thing] = max(said.day, latest.get(thing, said.day))
    for said in known:
        thing = (said.indicator, said.unit, said.scope, said.level)
        if plan.indicators[said.indicator].is_declared and (not _is_part(plan, said) or said.day == latest[thing]):
            yield said


def _is_part(plan: Plan, said: Statement) -> bool:
    indicator = plan.indicators[said.indicator]
    return indicator.parts_sum and said.field is not None and said.field not in (indicator.fields or {})


def _unflagged(values: Iterable[Sum]) -> Iterator[Sum]:
    """A level's conflict is told where it is, and is none of the whole that it is added to."""
    return (replace(value, is_conflict=False, detail=None) for value in values)


def _settle_fields(plan: Plan, found: dict[Node, Sum]) -> None:
    """The parts of an indicator make up its whole: held against it, or in its place where nobody said it."""
    parts: dict[Node, list[Sum]] = defaultdict(list)
    for node, value in found.items():
        indicator = plan.indicators[node.indicator]
        if indicator.parts_sum and node.field is not None and node.field not in (indicator.fields or {}):
            parts[node._replace(field=None)].append(value)
    for whole, values in parts.items():
        together = added(_unflagged(values))
        if whole in found:
            found[whole] = settled(found[whole], together, are_all=True)
        elif together is not None and together.state is ValueState.VALUE:
            found[whole] = replace(together, mark=max(together.mark, Mark.DERIVED, key=MARKS.index))
